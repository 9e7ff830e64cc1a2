//! What rejected rows of a room held is shown like the room itself.

use chrono::TimeDelta;
use daybook::ingest::history::rejects;
use std::sync::OnceLock;

use super::{ANALYST, CASES, READER, refused, site};
use crate::support::kept::Kept;
use crate::support::{MORNING, Site, day, noon};

/// A file with a wrong category and a row of another width.
fn night() -> Site {
    static MADE: OnceLock<Kept> = OnceLock::new();
    Kept::once(&MADE, || {
        let site = site();
        site.land(
            "conduct_cases_20261121.csv",
            format!(
                "{CASES}\nK3,2026-01-01 10:00:00,murmured of S9,true,S9,,,\n\
                 K4,2026-01-02 10:00:00,harassment,true,S10,C-SECRET,,\n"
            ),
        );
        site.run("nightly-ingest", MORNING).unwrap();
        site
    })
}

const REJECTS: &[&str] = &["ingest", "rejects"];

#[test]
fn values_are_shown_to_conduct_readers_only() {
    let mut site = night();
    let told = site.told(REJECTS);
    for word in [
        "conduct_cases_20261121.csv",
        "category",
        "(shown with --as)",
        "open",
    ] {
        assert!(told.contains(word), "{told}");
    }
    assert!(!told.contains("murmured"), "{told}");
    assert!(
        !site
            .told(&["ingest", "rejects", "--format", "json"])
            .contains("murmured")
    );

    let with_role = [REJECTS, &["--source", "conduct_cases", "--as", READER]].concat();
    let told = site.told(&with_role);
    assert!(told.contains("murmured of S9"), "{told}");
    let without = refused(&mut site, &["ingest", "rejects", "--as", ANALYST]);
    assert!(without.contains("does not hold the role"), "{without}");
    assert_eq!(
        site.query(super::ON_RECORD),
        [
            [READER, "ingest rejects --source conduct_cases", "true"],
            [ANALYST, "ingest rejects", "false"],
        ]
    );
}

#[test]
fn nothing_of_a_rooms_rows_lies_in_the_open_ledger() {
    let site = night();
    let tables = site.query(
        "select schema_name || '.' || table_name from duckdb_tables() \
         where schema_name in ('ledger', 'history', 'staging', 'core', 'mart') order by 1",
    );
    for table in tables.concat() {
        let text = format!("select coalesce(string_agg(t::varchar), '') from {table} as t");
        let text = site.one(&text);
        for secret in ["murmured", "K3", "K1", "S7", "S9", "C-SECRET"] {
            assert!(!text.contains(secret), "{table} holds {secret}: {text}");
        }
    }
    assert_eq!(
        site.one(
            "select max(rows_missing) from ledger.relation_checks where source = 'conduct_cases'"
        ),
        "1"
    );
}

#[test]
fn a_rejected_row_of_a_room_is_linked_and_forgotten_like_others() {
    let site = night();
    let open = "select line, coalesce(corrected_by, 0), aged_out_on from ledger.rejects";
    assert_eq!(site.query(open), [["2", "0", ""]]);
    site.land(
        "conduct_cases_20261122.csv",
        format!("{CASES}\nK3,2026-01-01 10:00:00,harassment,true,S9,,,\n"),
    );
    site.run("nightly-ingest", "2026-11-22").unwrap();
    let batch = site.one("select max(batch_id) from ledger.batches");
    assert_eq!(site.query(open), [["2", batch.as_str(), ""]]);

    let later = (noon() + TimeDelta::days(1)).naive_utc();
    assert_eq!(
        rejects::age_out(&site.store, later, day("2026-11-23"), later).unwrap(),
        1
    );
    assert_eq!(site.query(open)[0][2], "2026-11-23");
    assert_eq!(
        site.one("select count(*) from conduct_ledger.rejected_values"),
        "0"
    );
    assert_eq!(
        rejects::age_out(&site.store, later, day("2026-11-24"), later).unwrap(),
        0
    );
}

#[test]
fn a_check_of_a_room_counts_rows_and_shows_none() {
    let site = site();
    for (name, table) in [
        ("cases_end", "conduct.conduct_cases"),
        ("hidden", "(with t as (from conduct.training) from t)"),
    ] {
        let sql = format!("-- Nothing is held.\nselect *, 'K9' as case_ref_id from {table}\n");
        let path = site
            .dir
            .join(format!("jobs/nightly-ingest/checks/{name}.sql"));
        std::fs::write(path, sql).unwrap();
    }
    let deployment = daybook::schedule::context::Deployment::load(&site.dir).unwrap();
    let site = Site { deployment, ..site };
    site.run("nightly-ingest", MORNING).unwrap();
    let found = site.query(
        "select name, failing_rows, examples from ledger.check_results \
         where name in ('cases_end', 'hidden') order by 1",
    );
    assert_eq!(found, [["cases_end", "2", "[]"], ["hidden", "1", "[]"]]);
}
