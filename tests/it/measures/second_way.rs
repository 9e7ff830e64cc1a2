//! Each measure computed a second way, in plain Rust over the extract files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::support::{MORNING, Site, day};

type Row = BTreeMap<String, String>;

/// The rows that stand: of each key, the one in the newest file.
fn standing(landing: &Path, source: &str, key: &[&str]) -> Vec<Row> {
    let mut files: Vec<_> = std::fs::read_dir(landing)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with(&format!("{source}_2")) && name.ends_with(".csv")
        })
        .collect();
    files.sort();
    let mut rows: BTreeMap<Vec<String>, Row> = BTreeMap::new();
    for path in files {
        let mut reader = csv::Reader::from_path(path).unwrap();
        for row in reader.deserialize::<Row>() {
            let row = row.unwrap();
            rows.insert(key.iter().map(|name| row[*name].clone()).collect(), row);
        }
    }
    rows.into_values().collect()
}

/// Month of a moment as the first seven characters.
fn month(text: &str) -> String {
    text.get(..7).unwrap_or_default().to_owned()
}

fn stored(site: &Site, id: &str, group: &str) -> BTreeMap<String, (String, String, String)> {
    let sql = format!(
        "select strftime(period, '%Y-%m'), round(numerator, 6), round(denominator, 6), round(value, 6) \
         from ledger.measure_values join ledger.measure_sets using (set_id) \
         where measure_id = '{id}' and area = 'Force' and \"group\" = '{group}'"
    );
    let rows = site.query(&sql);
    assert!(rows.len() > 3, "{id}: {rows:?}");
    rows.into_iter()
        .map(|row| {
            (
                row[0].clone(),
                (row[1].clone(), row[2].clone(), row[3].clone()),
            )
        })
        .collect()
}

fn number(value: f64) -> String {
    let rounded = (value * 1e6).round() / 1e6;
    format!("{rounded}")
}

fn months() -> Vec<String> {
    let mut month = day("2024-11-01");
    let mut found = Vec::new();
    while month < day("2026-11-01") {
        found.push(month.format("%Y-%m").to_string());
        month = month + chrono::Months::new(1);
    }
    found
}

fn measured() -> Site {
    let site = Site::with_london(1_500, 11, 0.0);
    for job in ["nightly-ingest", "harm-list", "commitment-measures"] {
        site.run(job, MORNING).unwrap();
    }
    site
}

fn basket(site: &Site) -> BTreeMap<String, (String, String)> {
    let mut reader = csv::Reader::from_path(site.dir.join("jobs/harm-list/basket.csv")).unwrap();
    reader
        .deserialize::<Row>()
        .map(|row| row.unwrap())
        .map(|row| {
            (
                row["ho_code"].clone(),
                (row["condition"].clone(), row["vawg_group"].clone()),
            )
        })
        .collect()
}

#[test]
fn crimes_charged_equal_a_count_over_the_files() {
    let site = measured();
    let landing = site.landing();
    let women: BTreeSet<String> = standing(&landing, "nominals", &["nominal_id"])
        .into_iter()
        .filter(|row| row["sex"] == "F")
        .map(|row| row["nominal_id"].clone())
        .collect();
    let against_women: BTreeSet<String> =
        standing(&landing, "parties", &["crime_ref", "nominal_id", "role"])
            .into_iter()
            .filter(|row| row["role"] == "victim" && women.contains(&row["nominal_id"]))
            .map(|row| row["crime_ref"].clone())
            .collect();
    let basket = basket(&site);
    let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut closed: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for row in standing(&landing, "crimes", &["crime_ref"]) {
        let female = against_women.contains(&row["crime_ref"]);
        let is_vawg = match basket.get(&row["ho_code"]).map(|found| found.0.as_str()) {
            Some("female_victim") => female,
            Some("domestic_abuse_or_female_victim") => female || row["domestic_abuse"] == "true",
            _ => false,
        };
        if !is_vawg || ["cancelled", "transferred"].contains(&row["status"].as_str()) {
            continue;
        }
        let charged = u64::from(row["outcome_code"] == "1");
        let entry = counts.entry(month(&row["recorded_at"])).or_default();
        entry.0 += charged;
        entry.1 += 1;
        let entry = closed.entry(month(&row["outcome_at"])).or_default();
        entry.0 += charged;
        entry.1 += 1;
    }
    for (group, counted) in [("All", counts), ("closed in the month", closed)] {
        let found = stored(&site, "6.4", group);
        for month in months() {
            let Some((charged, all)) = counted.get(&month).copied() else {
                continue;
            };
            let value = 100.0 * charged as f64 / all as f64;
            assert_eq!(
                found[&month],
                (number(charged as f64), number(all as f64), number(value)),
                "{group} {month}"
            );
        }
        assert_eq!(
            found.len(),
            counted.keys().filter(|m| months().contains(m)).count()
        );
    }
}

#[test]
fn serious_sexual_charges_equal_a_count_over_the_files() {
    let site = measured();
    let basket = basket(&site);
    let mut cases: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in standing(&site.landing(), "charges", &["charge_ref"]) {
        let group = basket.get(&row["ho_code"]).map(|found| found.1.as_str());
        if matches!(group, Some("rape" | "child_sexual_abuse" | "other_sexual")) {
            cases
                .entry(month(&row["charged_at"]))
                .or_default()
                .insert(row["crime_ref"].clone());
        }
    }
    let found = stored(&site, "6.6", "All");
    for (month, value) in &found {
        let year: i32 = month[..4].parse().unwrap();
        let before = format!("{}{}", year - 1, &month[4..]);
        let (now, then) = (cases[month].len() as f64, cases[&before].len() as f64);
        assert_eq!(
            *value,
            (
                number(now),
                number(then),
                number(100.0 * (now / then - 1.0))
            ),
            "{month}"
        );
    }
}

#[test]
fn orders_in_force_equal_a_count_over_the_files() {
    let site = measured();
    let orders = standing(&site.landing(), "orders", &["order_ref"]);
    let found = stored(&site, "7.1", "All");
    for month in months() {
        let after = (day(&format!("{month}-01")) + chrono::Months::new(1)).to_string();
        let holds = |row: &&Row| {
            let open = |column: &str| row[column].is_empty() || row[column][..10] >= *after;
            row["decision"] == "granted"
                && row["decided_at"][..10] < *after
                && open("expires_at")
                && open("revoked_at")
        };
        let count = orders.iter().filter(holds).count();
        let held = found.get(&month).map_or("0", |value| &value.0);
        assert_eq!(held, number(count as f64), "{month}");
    }
    let by_kind: u64 = site
        .one("select sum(numerator)::bigint from ledger.measure_values join ledger.measure_sets using (set_id) where measure_id = '7.1' and \"group\" <> 'All'")
        .parse()
        .unwrap();
    let all: f64 = found
        .values()
        .map(|value| value.0.parse::<f64>().unwrap())
        .sum();
    assert_eq!(by_kind as f64, all);
}

#[test]
fn posts_above_baseline_equal_a_sum_over_the_newest_file() {
    let site = measured();
    let path = site.landing().join("posts_20261121.csv");
    let mut filled: BTreeMap<String, f64> = BTreeMap::new();
    for row in csv::Reader::from_path(path).unwrap().deserialize::<Row>() {
        let row = row.unwrap();
        if row["unit"].contains("Public Protection") {
            *filled.entry(row["as_at"].clone()).or_default() +=
                row["filled_fte"].parse::<f64>().unwrap();
        }
    }
    let baseline = *filled.values().next().unwrap();
    for (month, value) in stored(&site, "3.1", "All") {
        let next = (day(&format!("{month}-01")) + chrono::Months::new(1)).to_string();
        let above = filled[&next] - baseline;
        assert_eq!(
            value,
            (
                number(above),
                "565".to_owned(),
                number(100.0 * above / 565.0)
            ),
            "{month}"
        );
    }
}

#[test]
fn days_to_finalise_equal_a_median_over_the_files() {
    let site = measured();
    let mut days: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for row in standing(&site.landing(), "conduct_cases", &["case_ref"]) {
        if row["vawg"] == "true" && !row["finalised_at"].is_empty() {
            let taken =
                (day(&row["finalised_at"][..10]) - day(&row["recorded_at"][..10])).num_days();
            days.entry(month(&row["finalised_at"]))
                .or_default()
                .push(taken);
        }
    }
    for (month, value) in stored(&site, "1.4", "All") {
        let mut taken = days[&month].clone();
        taken.sort_unstable();
        let middle = taken.len() / 2;
        let median = if taken.len() % 2 == 1 {
            taken[middle] as f64
        } else {
            (taken[middle - 1] + taken[middle]) as f64 / 2.0
        };
        assert_eq!(
            (value.1, value.2),
            (number(taken.len() as f64), number(median)),
            "{month}"
        );
    }
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

#[test]
fn one_broken_measure_leaves_the_others_standing() {
    for broken in [
        "select 1 as period",
        "drop table ledger.batches",
        "select 1; select 2",
        "select $from as period, 'Force' as area, 'All' as \"group\", 3 as numerator, 2 as denominator from nowhere.at_all",
        "select $from as period, 'Force' as area, 'All' as \"group\", 1 as numerator, -2 as denominator",
    ] {
        let site = Site::new();
        site.land("orders_20261121.csv", "order_ref,kind,subject_id,protected_id,applied_at,decision,decided_at,expires_at,revoked_at\nO1,SPO,S,V,2026-01-01,granted,2026-01-02,,\n");
        site.land("conduct_cases_20261121.csv", "case_ref,recorded_at,category,vawg,subject_id,linked_crime_ref,finalised_at,outcome\nP1,2026-01-01,harassment,true,S,,2026-02-01,no_action\n");
        std::fs::write(
            site.dir
                .join("jobs/commitment-measures/01-police-perpetrators/days-to-finalise.sql"),
            broken,
        )
        .unwrap();
        let deployment = daybook::schedule::context::Deployment::load(&site.dir).unwrap();
        let site = Site { deployment, ..site };
        site.run("nightly-ingest", MORNING).unwrap();
        site.run("commitment-measures", MORNING).unwrap();
        let states = site.query("select measure_id, state from ledger.measure_sets where measure_id in ('1.4', '7.1') order by 1");
        assert_eq!(
            states,
            [["1.4", "unavailable"], ["7.1", "available"]],
            "{broken}"
        );
        assert_eq!(
            site.one("select count(*) from ledger.batches"),
            "2",
            "{broken}"
        );
    }
}
