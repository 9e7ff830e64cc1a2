//! A measure that is added, changed or broken by files alone.

use serde_json::Value;

use super::{ONE_OF_FOUR, lay, measure, site};
use crate::support::{MORNING, Site};

#[test]
fn a_measure_added_by_files_alone_is_in_the_table_the_scorecard_and_the_json() {
    let mut site = site();
    let measures = [
        measure("t.1", &[("name", "\"Trials that succeed\"")]),
        measure("t.2", &[("direction", "\"sideways\"")]),
    ];
    lay(
        &mut site,
        &measures,
        &[("t.1", ONE_OF_FOUR), ("t.2", ONE_OF_FOUR)],
    );
    site.run("commitment-measures", MORNING).unwrap();
    let told = site.told(&["measures"]);
    let line = told.lines().find(|line| line.starts_with("t.1 ")).unwrap();
    assert!(
        line.contains("Trials that succeed") && line.contains("25.0%"),
        "{line}"
    );
    assert!(told.contains("t.2: its definition does not hold"), "{told}");
    let json: Value = serde_json::from_str(&site.told(&["measures", "--json"])).unwrap();
    let added = json["measures"]
        .as_array()
        .unwrap()
        .iter()
        .find(|measure| measure["id"] == "t.1")
        .unwrap();
    assert_eq!(
        added["series"].as_array().unwrap().last().unwrap()["value"],
        25.0
    );
    assert_eq!(json["broken"][0]["name"], "t.2");
    let shown: Value =
        serde_json::from_str(&site.told(&["measures", "show", "t.1", "--json"])).unwrap();
    assert_eq!(shown["months"][0]["numerator"], 1.0);
    assert_eq!(shown["months"][0]["denominator"], 4.0);
    let sentence = added["sentence"].as_str().unwrap();
    for report in ["morning-briefing", "commitment-scorecard"] {
        site.run(report, MORNING).unwrap();
        let page = site.one(&format!(
            "select html from ledger.reports where report = '{report}'"
        ));
        assert!(page.contains("Trials that succeed"), "{report}");
        assert!(
            page.contains("[x] t.2: its definition does not hold: "),
            "{report}"
        );
        let is_whole = report == "commitment-scorecard";
        assert_eq!(page.contains(sentence), is_whole, "{report}");
    }
}

#[test]
fn a_preview_prints_the_result_and_stores_nothing() {
    let mut site = site();
    lay(&mut site, &[measure("t.1", &[])], &[("t.1", ONE_OF_FOUR)]);
    let told = site.told(&["measures", "preview", "t.1", "--as-of", MORNING]);
    assert!(told.contains("2026-10") && told.contains("25.0%"), "{told}");
    assert!(told.contains("none of them stored"), "{told}");
    assert_eq!(site.one("select count(*) from ledger.measure_sets"), "0");
    let output = site.command(&["measures", "preview", "t.9"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("no measure has the id \"t.9\"")
    );
}

#[test]
fn a_figure_is_explained_by_what_made_it_and_worked_out_again() {
    let mut site = site();
    let crimes = "select date_trunc('month', recorded_on) as period, 'Force' as area, \
        'All' as \"group\", count(*) as numerator from core.crimes \
        where recorded_on >= $from and recorded_on < $until group by period";
    let counted = [
        ("kind", "\"count\""),
        ("unit", "\"count\""),
        ("sources", "[\"crimes\"]"),
        ("denominator", ""),
    ];
    lay(&mut site, &[measure("t.1", &counted)], &[("t.1", crimes)]);
    site.run("commitment-measures", MORNING).unwrap();
    // The files change, and data come, after the figure was printed.
    lay(
        &mut site,
        &[measure("t.1", &counted)],
        &[("t.1", "select 1")],
    );
    let explain = ["measures", "explain", "t.1", "--period", "2026-06"];
    let told = site.told(&explain);
    for expected in [
        "t.1 Force, All, month 2026-06, as of 2026-11-21: 1 (shown)",
        "crimes: 1 files, 1 rows accepted",
        "crimes_20261121.csv",
        "jobs/nightly-ingest/models/core/crimes.sql (sha256 ",
        "$from = 2023-12-01, $until = 2026-11-01",
        "from core.crimes",
        "Worked out again from these: the same",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    // What is altered by hand is found.
    site.store
        .connection()
        .execute_batch("update ledger.measure_cells set value = 2 where period = date '2026-06-01'")
        .unwrap();
    let output = site.command(&explain);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("Worked out again from these: 1.")
    );
    let missing = site.command(&["measures", "explain", "t.1", "--period", "2020-01"]);
    assert!(
        String::from_utf8(missing.stderr)
            .unwrap()
            .contains("t.1 holds no figure for")
    );
}

#[test]
fn a_measure_whose_source_never_arrived_is_unavailable_with_the_reason() {
    let site = Site::new();
    site.land(
        "posts_20261121.csv",
        "unit,role,as_at,established_fte,filled_fte\nA Public Protection,staff,2026-11-01,10,8\n",
    );
    site.run("nightly-ingest", MORNING).unwrap();
    site.run("commitment-measures", MORNING).unwrap();
    let states =
        site.query("select measure_id, state, reason from ledger.measure_sets order by measure_id");
    let of = |id: &str| states.iter().find(|row| row[0] == id).unwrap()[1..].to_vec();
    assert_eq!(of("3.1"), ["available", ""]);
    assert_eq!(of("6.4"), ["unavailable", "no crimes extract has arrived"]);
    assert_eq!(of("6.3"), ["unavailable", "no harm list has been made"]);
}

/// Counts of crimes by the month of recording.
const CRIMES_BY_MONTH: &str = "select date_trunc('month', recorded_on) as period, \
    'Force' as area, 'All' as \"group\", count(*) as numerator from core.crimes \
    where recorded_on >= $from and recorded_on < $until group by period";

#[test]
fn a_month_that_the_extract_does_not_cover_whole_is_stale_and_has_no_value() {
    let mut site = site();
    let counted = [
        ("kind", "\"count\""),
        ("unit", "\"count\""),
        ("sources", "[\"crimes\"]"),
        ("denominator", ""),
    ];
    lay(
        &mut site,
        &[measure("t.1", &counted)],
        &[("t.1", CRIMES_BY_MONTH)],
    );
    // The extract of 21 November; asked for on the first of January.
    site.run("commitment-measures", "2027-01-01").unwrap();
    assert_eq!(
        site.query(
            "select strftime(period, '%Y-%m'), v.state, numerator, value \
             from ledger.measure_values as v join ledger.measure_sets using (set_id) \
             where measure_id = 't.1' and span = 'month' and period >= date '2026-09-01' order by period"
        ),
        [
            ["2026-09", "shown", "0", "0"],
            ["2026-10", "shown", "0", "0"],
            ["2026-11", "stale", "", ""],
            ["2026-12", "stale", "", ""],
        ]
    );
}

#[test]
fn years_add_up_their_months_and_the_young_and_the_few_are_marked() {
    let mut site = site();
    let sql = "select cast(m as date) as period, 'Force' as area, 'All' as \"group\", \
        month(m) as numerator, 12 as denominator \
        from generate_series(cast($from as timestamp), $until - interval 1 month, interval 1 month) as t(m)";
    let young = [
        ("lag", "{ months = 2, because = \"young\" }"),
        ("minimum_denominator", "13.0"),
    ];
    let stock = [("series", "\"stock\"")];
    let rolling = [("series", "\"rolling\"")];
    lay(
        &mut site,
        &[
            measure("t.1", &[]),
            measure("t.2", &young),
            measure("t.3", &stock),
            measure("t.4", &rolling),
        ],
        &[("t.1", sql), ("t.2", sql), ("t.3", sql), ("t.4", sql)],
    );
    site.run("commitment-measures", MORNING).unwrap();
    let cells = |id: &str, month: &str| {
        site.query(&format!(
            "select v.span, v.state, v.numerator, v.denominator from ledger.measure_values as v \
             join ledger.measure_sets as s using (set_id) \
             where measure_id = '{id}' and period = date '{month}-01' order by all"
        ))
    };
    // 1 + 2 + ... + 12 = 78 of 144.
    let year = ["year", "shown", "78", "144"];
    assert_eq!(
        cells("t.1", "2026-10"),
        [["month", "shown", "10", "12"], year]
    );
    assert_eq!(cells("t.1", "2024-11")[1], year);
    assert_eq!(
        cells("t.2", "2026-09"),
        [
            ["month", "few", "9", "12"],
            ["year", "immature", "78", "144"]
        ]
    );
    assert_eq!(cells("t.2", "2026-08")[1][1], "shown");
    assert_eq!(cells("t.3", "2026-10")[1], ["year", "shown", "6.5", "12"]);
    assert_eq!(cells("t.4", "2026-10"), [["month", "shown", "10", "12"]]);
}

#[test]
fn a_survey_is_weighted_and_its_gap_told() {
    let mut site = site();
    let survey = [
        ("kind", "\"survey\""),
        ("gap", "[\"Women\", \"Men\"]"),
        ("headline", "\"Women\""),
    ];
    // Women: 3 of 4 by weight; men: 1 of 2.
    let sql = "select cast($until - interval 1 month as date) as period, 'Force' as area, \
        g as \"group\", n as numerator, w as weight \
        from (values ('Women', 1, 3), ('Women', 0, 1), ('Men', 1, 1), ('Men', 0, 1)) as t(g, n, w)";
    lay(&mut site, &[measure("t.1", &survey)], &[("t.1", sql)]);
    site.run("commitment-measures", MORNING).unwrap();
    assert_eq!(
        site.query(
            "select \"group\", cases, round(value, 6) from ledger.measure_values \
             join ledger.measure_sets using (set_id) where measure_id = 't.1' order by \"group\""
        ),
        [
            ["Men", "2", "50"],
            ["Women", "2", "75"],
            ["Women less Men", "2", "25"]
        ]
    );
}

#[test]
fn the_same_inputs_are_evaluated_once_and_a_changed_model_again() {
    let mut site = site();
    let counted = [
        ("kind", "\"count\""),
        ("unit", "\"count\""),
        ("sources", "[\"crimes\"]"),
        ("denominator", ""),
    ];
    lay(
        &mut site,
        &[measure("t.1", &counted)],
        &[("t.1", CRIMES_BY_MONTH)],
    );
    let sets =
        |site: &Site| site.one("select count(*) from ledger.measure_sets where measure_id = 't.1'");
    for _ in 0..2 {
        site.run("commitment-measures", MORNING).unwrap();
        assert_eq!(sets(&site), "1");
    }
    let model = site.dir.join("jobs/nightly-ingest/models/core/crimes.sql");
    let text = std::fs::read_to_string(&model).unwrap();
    std::fs::write(&model, format!("-- Read anew.\n{text}")).unwrap();
    site.deployment = daybook::schedule::context::Deployment::load(&site.dir).unwrap();
    site.run("commitment-measures", MORNING).unwrap();
    assert_eq!(sets(&site), "2");
}
