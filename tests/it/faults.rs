//! Every fault that synthetic London injects is found on its line, by kind and
//! count, and no other row is rejected.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{MORNING, Site, london};

/// File and line of a row.
type Place = (String, String);

/// The kind of each injected fault by its place, and how many rows were merely
/// doubled.
fn injected(site: &Site) -> (BTreeMap<Place, String>, u64) {
    let mut reader = csv::Reader::from_path(site.landing().join("truth/faults.csv")).unwrap();
    let mut faults = BTreeMap::new();
    let mut doubled = 0;
    for row in reader.records() {
        let row = row.unwrap();
        let (file, line, kind) = (row[1].to_owned(), row[2].to_owned(), row[4].to_owned());
        if kind == "exact_duplicate" {
            doubled += 1;
        } else {
            faults.insert((file, line), kind);
        }
    }
    (faults, doubled)
}

/// The kind of fault that the first reason given for a line speaks of.
fn kind_of(column: &str, value: &str, reason: &str) -> &'static str {
    let found = [
        (reason.contains("cells where the header has"), "shape"),
        (
            reason.contains("have this key and different values"),
            "conflicting_duplicate",
        ),
        (reason.starts_with("empty"), "missing_key"),
        (reason.starts_with("expected a date"), "impossible_date"),
        (
            reason.starts_with("expected a Home Office"),
            "malformed_code",
        ),
        (reason.starts_with("expected one of"), "unknown_value"),
        (reason.contains("number"), "not_a_number"),
        (
            reason.starts_with("expected true or false"),
            "not_a_boolean",
        ),
    ];
    let kind = found.iter().find(|(is_so, _)| *is_so);
    kind.unwrap_or_else(|| panic!("{column} {value:?}: {reason}"))
        .1
}

fn every_fault_is_found(site: &Site, least: usize) {
    let (injected, doubled) = injected(site);
    assert!(injected.len() > least, "{}", injected.len());
    let kinds: BTreeSet<&String> = injected.values().collect();
    assert_eq!(kinds.len(), 9, "{kinds:?}");
    let mut found: BTreeMap<Place, BTreeSet<&'static str>> = BTreeMap::new();
    let told = site.query(
        "select file_name, line, column_name, value, rejects.reason \
         from ledger.rejects inner join ledger.batches using (batch_id)",
    );
    for row in told {
        let kind = kind_of(&row[2], &row[3], &row[4]);
        let place = (row[0].clone(), row[1].clone());
        found.entry(place).or_default().insert(kind);
    }
    let mut conflicts = 0;
    for (place, kind) in &injected {
        let wanted = match kind.as_str() {
            "too_few_fields" | "too_many_fields" => "shape",
            kind => kind,
        };
        let told = found.remove(place);
        assert!(
            told.as_ref().is_some_and(|told| told.contains(wanted)),
            "{kind} at {place:?} was told as {told:?}"
        );
        conflicts += usize::from(wanted == "conflicting_duplicate");
    }
    // Of two rows that contradict each other, the first is rejected as well.
    assert_eq!(found.len(), conflicts, "{found:?}");
    let firsts = found.values().flatten().collect::<BTreeSet<_>>();
    assert_eq!(firsts, BTreeSet::from([&"conflicting_duplicate"]));
    assert_eq!(
        site.one("select sum(rows_duplicate)::bigint from ledger.batches"),
        doubled.to_string()
    );
    assert_eq!(
        site.one("select sum(rows_rejected)::bigint from ledger.batches"),
        (injected.len() + conflicts).to_string()
    );
}

fn lines_in_are_rows_out(site: &Site) {
    let files = site.query(
        "select file_name, rows_read, rows_accepted + rows_rejected + rows_duplicate from ledger.batches",
    );
    assert_eq!(files.len(), 21 * 11);
    for row in files {
        let text = std::fs::read_to_string(site.landing().join(&row[0])).unwrap();
        assert_eq!(row[1], row[2], "{}", row[0]);
        assert_eq!(row[1], (text.lines().count() - 1).to_string(), "{}", row[0]);
    }
    let distinct = "select sum(rows_rejected)::bigint from ledger.batches";
    assert_eq!(
        site.one(distinct),
        site.one("select count(distinct (batch_id, line)) from ledger.rejects")
    );
}

#[test]
fn every_injected_fault_is_found_and_none_invented() {
    every_fault_is_found(&london(), 200);
}

#[test]
fn lines_in_are_rows_accepted_rejected_and_duplicate() {
    lines_in_are_rows_out(&london());
}

#[test]
fn of_two_dirty_rows_in_a_hundred_every_one_is_found_and_none_invented() {
    let site = Site::with_london(3_000, 11, 0.02);
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.one("select count(*) from ledger.batches where state = 'refused'"),
        "0"
    );
    every_fault_is_found(&site, 1_000);
    lines_in_are_rows_out(&site);
}
