//! Running every job twice changes nothing but the log of attempts.

use std::collections::BTreeMap;

use crate::support::{MORNING, Site};

const JOBS: [&str; 7] = [
    "nightly-ingest",
    "harm-list",
    "commitment-measures",
    "morning-briefing",
    "commitment-scorecard",
    "harm-list-pack",
    "operations-report",
];

/// Every table's row count and content, the pages' hashes, the mails' bytes.
fn state(site: &Site) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let tables = site.query(
        "select table_schema || '.' || table_name from information_schema.tables \
         where table_schema in ('ledger', 'history', 'staging', 'core', 'mart') \
             or table_schema like 'conduct%' order by 1",
    );
    for table in tables.concat() {
        // Every attempt is on record, and the record is chained.
        let is_of_attempts = ["ledger.runs", "ledger.audit", "conduct_ledger.chain"]
            .contains(&table.as_str())
            || table.starts_with("conduct_ledger.anchor");
        if is_of_attempts {
            continue;
        }
        let hash = site.one(&format!(
            "select count(*) || ' ' || coalesce(bit_xor(hash(t))::varchar, '') from {table} t"
        ));
        found.insert(table, hash);
    }
    for folder in ["reports/2026-11-21", "mail"] {
        for entry in std::fs::read_dir(site.dir.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            found.insert(path.display().to_string(), format!("{:?}", sha256(&bytes)));
        }
    }
    found
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).to_vec()
}

#[test]
fn every_job_twice_gives_the_same_answer() {
    let site = Site::with_london(600, 3, 0.005);
    for job in JOBS {
        site.run(job, MORNING).unwrap();
    }
    let once = state(&site);
    assert_eq!(
        site.one("select count(*) from ledger.outbox where state = 'sent'"),
        "6"
    );
    assert_eq!(std::fs::read_dir(site.dir.join("mail")).unwrap().count(), 6);
    for job in JOBS {
        site.run(job, MORNING).unwrap();
    }
    let twice = state(&site);
    assert_eq!(site.altered(), [""; 0]);
    for (what, held) in &once {
        assert_eq!(Some(held), twice.get(what), "{what} changed");
    }
    assert_eq!(once.len(), twice.len());
    let slots = site.query("select job, state from ledger.slots order by job");
    assert_eq!(slots.len(), JOBS.len());
    assert!(slots.iter().all(|slot| slot[1] == "succeeded"), "{slots:?}");
    assert_eq!(site.one("select count(*) from ledger.runs"), "14");
}
