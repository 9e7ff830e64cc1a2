//! Every fault that synthetic London injects is found on its line, by kind and
//! count, and no other row is rejected.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::london;

#[test]
fn every_injected_fault_is_found_and_none_invented() {
    let site = london();
    let mut reader = csv::Reader::from_path(site.landing().join("truth/faults.csv")).unwrap();
    let mut injected: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut doubled: u64 = 0;
    for row in reader.records() {
        let row = row.unwrap();
        let (file, line, kind) = (row[1].to_owned(), row[2].to_owned(), row[4].to_owned());
        if kind == "exact_duplicate" {
            doubled += 1;
        } else {
            injected.insert((file, line), kind);
        }
    }
    assert!(injected.len() > 200, "{}", injected.len());
    let kinds: BTreeSet<&String> = injected.values().collect();
    assert_eq!(kinds.len(), 9, "{kinds:?}");
    let rejected: BTreeSet<(String, String)> = site
        .query("select distinct file_name, line from ledger.rejects join ledger.batches using (batch_id)")
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    let missed: Vec<_> = injected
        .iter()
        .filter(|(place, _)| !rejected.contains(place))
        .collect();
    assert_eq!(missed, Vec::new());
    let conflicts = injected
        .values()
        .filter(|kind| *kind == "conflicting_duplicate")
        .count();
    let invented: Vec<_> = rejected
        .iter()
        .filter(|place| !injected.contains_key(*place))
        .collect();
    // Of two rows that contradict each other, the first is rejected as well.
    assert_eq!(invented.len(), conflicts, "{invented:?}");
    assert_eq!(
        site.one("select sum(rows_duplicate)::bigint from ledger.batches"),
        doubled.to_string()
    );
}

#[test]
fn lines_in_are_rows_accepted_rejected_and_duplicate() {
    let site = london();
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
