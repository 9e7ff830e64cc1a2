//! Months that no accepted file covers are unknown, and what is shown is what
//! the files of today give.

use serde_json::Value;

use super::{lay, measure};
use daybook::harm::accounts::Role;

use crate::support::rows::{CRIMES, crime, file};
use crate::support::{MORNING, STEWARD, Site};

const COUNTED: [(&str, &str); 3] = [
    ("kind", "\"count\""),
    ("unit", "\"count\""),
    ("denominator", ""),
];

/// Counts rows of a table by a column that holds the month.
fn by_month(table: &str, month: &str) -> String {
    format!(
        "select cast(date_trunc('month', {month}) as date) as period, 'Force' as area, \
             'All' as \"group\", count(*) as numerator \
         from {table} where {month} >= $from and {month} < $until group by period"
    )
}

/// A street file of one force and month with so many rows.
fn street(site: &Site, month: &str, force: &str, rows: usize) {
    let head = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,\
        LSOA name,Crime type,Last outcome category,Context\n";
    let row = format!(",{month},{force},{force},,,On or near A Street,,,Robbery,,\n");
    let name = force.to_lowercase().replace(' ', "-");
    site.land(
        &format!("{month}-{name}-street.csv"),
        format!("{head}{}", row.repeat(rows)),
    );
}

fn months(from: (u32, u32), count: u32) -> Vec<String> {
    (0..count)
        .map(|at| {
            let month = from.1 - 1 + at;
            format!("{}-{:02}", from.0 + month / 12, month % 12 + 1)
        })
        .collect()
}

/// The months of a measure's headline as `measures show` tells them, and its
/// whole answer.
fn shown(site: &mut Site, id: &str) -> (Vec<(String, String, Option<f64>)>, Value) {
    let told = site.told(&["measures", "show", id, "--json"]);
    let json: Value = serde_json::from_str(&told).unwrap();
    (rows(&json["months"]), json)
}

fn previewed(site: &mut Site, id: &str) -> Vec<(String, String, Option<f64>)> {
    let told = site.told(&["measures", "preview", id, "--as-of", MORNING, "--json"]);
    rows(&serde_json::from_str(&told).unwrap())
}

fn rows(json: &Value) -> Vec<(String, String, Option<f64>)> {
    let row = |row: &Value| {
        (
            row["period"].as_str().unwrap()[..7].to_owned(),
            row["state"].as_str().unwrap().to_owned(),
            row["value"].as_f64(),
        )
    };
    json.as_array().unwrap().iter().map(row).collect()
}

fn of(rows: &[(String, String, Option<f64>)], month: &str) -> (String, Option<f64>) {
    let found = rows.iter().find(|row| row.0 == month).unwrap();
    (found.1.clone(), found.2)
}

const BTP: &str = "British Transport Police";
const CITY: &str = "City of London Police";

/// Street files of a force from November 2024 to October 2026, but for one
/// month: 10 rows and 12 by turns, and 14 in the months after the hole.
fn a_hole(site: &Site, force: &str, hole: &str) {
    for (at, month) in months((2024, 11), 24).iter().enumerate() {
        if month != hole {
            let rows = if !hole.is_empty() && month.as_str() > hole {
                14 + at % 2
            } else {
                10 + 2 * (at % 2)
            };
            street(site, month, force, rows);
        }
    }
}

#[test]
fn a_month_whose_file_never_came_is_unknown_and_nothing_runs_across_it() {
    let mut site = Site::new();
    a_hole(&site, BTP, "2026-04");
    site.run("nightly-ingest", MORNING).unwrap();
    let mut trial = COUNTED.to_vec();
    trial.push(("sources", "[\"street_crimes\"]"));
    lay(
        &mut site,
        &[measure("t.1", &trial)],
        &[("t.1", &by_month("staging.street_crimes", "month"))],
    );
    site.run("commitment-measures", MORNING).unwrap();
    let (months, json) = shown(&mut site, "t.1");
    assert_eq!(of(&months, "2026-04"), ("stale".to_owned(), None));
    assert_eq!(of(&months, "2026-03"), ("shown".to_owned(), Some(10.0)));
    assert_eq!(of(&months, "2026-05"), ("shown".to_owned(), Some(14.0)));
    assert_eq!(months, previewed(&mut site, "t.1"));
    let mut hole = json["months"].as_array().unwrap().iter();
    let hole = hole.find(|row| row["period"] == "2026-04-01").unwrap();
    assert_eq!(hole["numerator"], Value::Null, "never nought");
    // The years that hold it are unknown, the last before it is not.
    let years = rows(&json["years"]);
    assert_eq!(of(&years, "2026-03").0, "shown");
    for month in ["2026-04", "2026-09", "2026-10"] {
        assert_eq!(of(&years, month), ("stale".to_owned(), None), "{month}");
    }
    // Six months above are no run of seven, and no year is told against one.
    let sentence = json["sentence"].as_str().unwrap();
    assert!(!sentence.contains("months in a row"), "{sentence}");
    assert_eq!(json["year_on_year"], Value::Null);
    let told = site.told(&["measures", "show", "t.1"]);
    let line = told.lines().find(|line| line.contains("2026-04")).unwrap();
    assert!(
        line.trim_end().ends_with("not covered") && !line.contains(" 0"),
        "{line}"
    );
    let explained = site.told(&["measures", "explain", "t.1", "--period", "2026-04"]);
    assert!(explained.contains("the same, as are"), "{explained}");
    // It comes late.
    street(&site, "2026-04", BTP, 12);
    site.run("nightly-ingest", MORNING).unwrap();
    site.run("commitment-measures", MORNING).unwrap();
    let (months, json) = shown(&mut site, "t.1");
    assert_eq!(of(&months, "2026-04"), ("shown".to_owned(), Some(12.0)));
    assert_eq!(of(&rows(&json["years"]), "2026-10").0, "shown");
    assert_eq!(json["year_on_year"]["before"], "2025-10-01");
}

#[test]
fn a_month_that_one_of_two_forces_told_is_half_a_month_and_unknown() {
    let mut site = Site::new();
    a_hole(&site, BTP, "");
    a_hole(&site, CITY, "2026-10");
    site.run("nightly-ingest", MORNING).unwrap();
    let counted = |changes: &[(&'static str, &'static str)]| {
        let mut trial = COUNTED.to_vec();
        trial.push(("sources", "[\"street_crimes\"]"));
        trial.extend(changes);
        trial
    };
    let sql = by_month("staging.street_crimes", "month");
    let of_btp = format!("from ({sql}) where true").replace(
        "where month",
        "where reported_by = 'British Transport Police' and month",
    );
    lay(
        &mut site,
        &[
            measure("t.1", &counted(&[])),
            measure(
                "t.2",
                &counted(&[("parts", "[\"British Transport Police\"]")]),
            ),
            measure(
                "t.3",
                &counted(&[("parts", "[\"Brutish Transport Police\"]")]),
            ),
        ],
        &[("t.1", &sql), ("t.2", &of_btp), ("t.3", &of_btp)],
    );
    site.run("commitment-measures", MORNING).unwrap();
    let (both, _) = shown(&mut site, "t.1");
    assert_eq!(of(&both, "2026-09"), ("shown".to_owned(), Some(20.0)));
    assert_eq!(of(&both, "2026-10"), ("stale".to_owned(), None));
    let (one, _) = shown(&mut site, "t.2");
    assert_eq!(of(&one, "2026-10"), ("shown".to_owned(), Some(12.0)));
    // A force that never came is no force that had nothing to tell.
    let told = site.told(&["measures", "show", "t.3"]);
    assert!(
        told.contains("[x] unavailable as of 2026-11-21: no street_crimes extract"),
        "{told}"
    );
}

#[test]
fn a_month_taken_back_is_unknown_at_once_and_shown_as_it_is_previewed() {
    let mut site = Site::new();
    site.grant(STEWARD, Role::DataSteward);
    a_hole(&site, BTP, "");
    site.run("nightly-ingest", MORNING).unwrap();
    let mut trial = COUNTED.to_vec();
    trial.push(("sources", "[\"street_crimes\"]"));
    let sql = by_month("staging.street_crimes", "month");
    lay(&mut site, &[measure("t.1", &trial)], &[("t.1", &sql)]);
    site.run("commitment-measures", MORNING).unwrap();
    let (whole, _) = shown(&mut site, "t.1");
    assert_eq!(of(&whole, "2026-04").0, "shown");
    let batch = site.one("select batch_id from ledger.batches where file_name like '2026-04-%'");
    site.told(&["ingest", "revert", &batch, "--by", STEWARD]);
    let (months, _) = shown(&mut site, "t.1");
    assert_eq!(of(&months, "2026-04"), ("stale".to_owned(), None));
    assert_eq!(months, previewed(&mut site, "t.1"));
    // The newest month taken back is where the source ends.
    let batch = site.one("select batch_id from ledger.batches where file_name like '2026-10-%'");
    site.told(&["ingest", "revert", &batch, "--by", STEWARD]);
    let (months, _) = shown(&mut site, "t.1");
    assert_eq!(of(&months, "2026-10"), ("stale".to_owned(), None));
    assert_eq!(months, previewed(&mut site, "t.1"));
    // Sets of before the two are explained as they were known then.
    let first = site.one("select min(set_id) from ledger.measure_sets where measure_id = 't.1'");
    assert_eq!(
        site.one(&format!(
            "select value from ledger.measure_values where set_id = {first} \
                 and period = date '2026-04-01' and span = 'month'"
        )),
        "12"
    );
}

/// A night's crimes, all recorded on the day before it.
fn night(site: &Site, morning: &str, refs: &[&str]) {
    let before = crate::support::day(morning).pred_opt().unwrap().to_string();
    let rows: Vec<String> = refs
        .iter()
        .map(|name| crime(name, "008/06", &before, &[]))
        .collect();
    let name = morning.replace('-', "");
    site.land(&format!("crimes_{name}.csv"), file(CRIMES, &rows));
}

/// Evaluates the count of crimes as of a date and tells its months.
fn crimes_by_month(site: &mut Site) -> Vec<(String, String, Option<f64>)> {
    let mut trial = COUNTED.to_vec();
    trial.push(("sources", "[\"crimes\"]"));
    let sql = by_month("core.crimes", "recorded_on");
    lay(site, &[measure("t.1", &trial)], &[("t.1", &sql)]);
    site.run("nightly-ingest", MORNING).unwrap();
    site.run("commitment-measures", MORNING).unwrap();
    let (months, _) = shown(site, "t.1");
    assert_eq!(months, previewed(site, "t.1"));
    months
}

#[test]
fn a_nightly_source_that_was_silent_for_weeks_knows_nothing_of_their_months() {
    let mut site = Site::new();
    night(&site, "2026-06-15", &["C1", "C2"]);
    night(&site, "2026-06-29", &["C3"]);
    // Silent from the 29th of June to the 20th of August.
    night(&site, "2026-08-20", &["C4"]);
    for (at, morning) in [
        "2026-09-01",
        "2026-09-14",
        "2026-09-28",
        "2026-10-12",
        "2026-10-26",
    ]
    .iter()
    .enumerate()
    {
        night(&site, morning, &[&format!("D{at}")]);
    }
    night(&site, "2026-11-05", &["E1"]);
    let months = crimes_by_month(&mut site);
    for month in ["2026-06", "2026-07", "2026-08"] {
        assert_eq!(of(&months, month), ("stale".to_owned(), None), "{month}");
    }
    assert_eq!(of(&months, "2026-09").0, "shown");
    assert_eq!(of(&months, "2026-10"), ("shown".to_owned(), Some(2.0)));
    // The silence is filled in afterwards.
    for morning in ["2026-07-10", "2026-07-24", "2026-08-07"] {
        night(&site, morning, &[&format!("L{morning}")]);
    }
    let months = crimes_by_month(&mut site);
    assert_eq!(of(&months, "2026-07"), ("shown".to_owned(), Some(2.0)));
    assert_eq!(of(&months, "2026-06").0, "shown");
}

#[test]
fn a_quiet_month_of_a_source_that_was_delivered_is_none_and_no_hole() {
    let mut site = Site::new();
    night(&site, "2026-06-15", &["C1"]);
    // Every fortnight a file, in which July has no crime of its own.
    let again = [crime("C1", "008/06", "2026-06-14", &[])];
    for morning in ["20260629", "20260713", "20260727", "20260810"] {
        site.land(&format!("crimes_{morning}.csv"), file(CRIMES, &again));
    }
    for morning in [
        "2026-08-24",
        "2026-09-07",
        "2026-09-21",
        "2026-10-05",
        "2026-10-19",
        "2026-11-02",
    ] {
        night(&site, morning, &[morning]);
    }
    let months = crimes_by_month(&mut site);
    assert_eq!(of(&months, "2026-07"), ("shown".to_owned(), Some(0.0)));
}

#[test]
fn a_published_table_that_leaves_a_month_out_says_nothing_of_it() {
    let mut site = Site::new();
    let table: String = months((2024, 1), 30)
        .iter()
        .filter(|month| *month != "2025-05")
        // Of one month nobody says what is no VAWG.
        .map(|month| match month.as_str() {
            "2024-05" => "2024-05-01,110,\n".to_owned(),
            _ => format!("{month}-01,110,10\n"),
        })
        .collect();
    site.land(
        "met_vawg_monthly_20260701.csv",
        format!("month,offences,non_vawg\n{table}"),
    );
    site.run("nightly-ingest", MORNING).unwrap();
    site.run("commitment-measures", MORNING).unwrap();
    let (months, json) = shown(&mut site, "P.1");
    assert_eq!(of(&months, "2024-05"), ("stale".to_owned(), None));
    assert_eq!(of(&months, "2024-06"), ("shown".to_owned(), Some(100.0)));
    assert_eq!(of(&months, "2025-05"), ("stale".to_owned(), None));
    assert_eq!(of(&months, "2025-06"), ("shown".to_owned(), Some(100.0)));
    assert_eq!(of(&rows(&json["years"]), "2026-04").0, "stale");
    assert_eq!(of(&rows(&json["years"]), "2026-05").1, Some(1200.0));
    assert_eq!(months, previewed(&mut site, "P.1"));
    site.run("morning-briefing", MORNING).unwrap();
    let page = site.one("select html from ledger.reports where report = 'morning-briefing'");
    assert!(
        page.contains("100 a month in the year to June 2026"),
        "{page}"
    );
}

#[test]
fn medians_and_shares_know_nothing_of_a_month_that_did_not_come() {
    let mut site = Site::new();
    a_hole(&site, BTP, "2026-04");
    site.run("nightly-ingest", MORNING).unwrap();
    let of_street = |changes: &[(&'static str, &'static str)]| {
        let mut trial = vec![("sources", "[\"street_crimes\"]")];
        trial.extend(changes);
        trial
    };
    let rows_of = "select cast(month as date) as period, 'Force' as area, 'All' as \"group\", \
        cast(length(crime_type) as double) as value from staging.street_crimes \
        where month >= $from and month < $until";
    let share = "select cast(month as date) as period, 'Force' as area, 'All' as \"group\", \
        count(*) filter (location is null) as numerator, count(*) as denominator \
        from staging.street_crimes where month >= $from and month < $until group by month";
    // A look back of its own, which names every month of the year.
    let rolling = "select cast(m as date) as period, 'Force' as area, 'All' as \"group\", \
        (select count(*) from staging.street_crimes where month > m - interval 12 month \
             and month <= m) as numerator \
        from generate_series(cast($from as timestamp), $until - interval 1 month, \
            interval 1 month) as t(m)";
    let change = "select cast(m as date) as period, 'Force' as area, 'All' as \"group\", \
        (select count(*) from staging.street_crimes where month = m) as numerator, \
        (select count(*) from staging.street_crimes where month = m - interval 12 month) \
            as denominator \
        from generate_series(cast($from as timestamp), $until - interval 1 month, \
            interval 1 month) as t(m)";
    let young = ("lag", "{ months = 2, because = \"young\" }");
    lay(
        &mut site,
        &[
            measure(
                "t.1",
                &of_street(&[
                    ("kind", "\"median\""),
                    ("unit", "\"days\""),
                    ("denominator", ""),
                ]),
            ),
            measure("t.2", &of_street(&[])),
            measure(
                "t.3",
                &of_street(&[
                    ("kind", "\"count\""),
                    ("unit", "\"count\""),
                    ("denominator", ""),
                    ("series", "\"rolling\""),
                ]),
            ),
            measure("t.4", &of_street(&[("kind", "\"change\"")])),
            measure("t.5", &of_street(&[young])),
        ],
        &[
            ("t.1", rows_of),
            ("t.2", share),
            ("t.3", rolling),
            ("t.4", change),
            ("t.5", share),
        ],
    );
    site.run("commitment-measures", MORNING).unwrap();
    let mut unknown = |id: &str| -> Vec<String> {
        let (months, _) = shown(&mut site, id);
        assert_eq!(months, previewed(&mut site, id));
        let stale = months.into_iter().filter(|row| row.1 == "stale");
        stale.map(|row| row.0).collect()
    };
    assert_eq!(unknown("t.1"), ["2026-04"]);
    assert_eq!(unknown("t.2"), ["2026-04"]);
    assert_eq!(unknown("t.3"), super::coverage::months((2026, 4), 7));
    assert_eq!(unknown("t.4"), ["2026-04"]);
    // Two months to grow old in: those before the hole did not.
    assert_eq!(unknown("t.5"), ["2026-02", "2026-03", "2026-04"]);
}

#[test]
fn a_file_of_several_forces_says_that_one_without_rows_had_none() {
    let mut site = Site::new();
    let head = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,\
        LSOA name,Crime type,Last outcome category,Context\n";
    for month in months((2026, 5), 6) {
        // The third force had a quiet July.
        let forces = ["Avon", "Kent", "Powys"]
            .iter()
            .filter(|force| **force != "Powys" || month != "2026-07");
        let rows: String = forces
            .map(|force| format!(",{month},{force},{force},,,On or near A Street,,,Robbery,,\n"))
            .collect();
        site.land(&format!("{month}-all-street.csv"), format!("{head}{rows}"));
    }
    site.run("nightly-ingest", MORNING).unwrap();
    let mut trial = COUNTED.to_vec();
    trial.push(("sources", "[\"street_crimes\"]"));
    let sql = by_month("staging.street_crimes", "month");
    lay(&mut site, &[measure("t.1", &trial)], &[("t.1", &sql)]);
    site.run("commitment-measures", MORNING).unwrap();
    let (months, _) = shown(&mut site, "t.1");
    assert_eq!(of(&months, "2026-07"), ("shown".to_owned(), Some(2.0)));
    assert_eq!(of(&months, "2026-08"), ("shown".to_owned(), Some(3.0)));
}
