//! A measure that is added, changed or broken by files alone.

use serde_json::Value;

use super::{ONE_OF_FOUR, lay, measure, site};
use crate::support::MORNING;

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
    site.run("morning-briefing", MORNING).unwrap();
    let page = site.one("select html from ledger.reports where report = 'morning-briefing'");
    assert!(page.contains("Trials that succeed"), "the scorecard");
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
        "crimes: 1 files, 1 rows taken in",
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
        .execute_batch(
            "update ledger.measure_values set value = 2 where period = date '2026-06-01'",
        )
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
