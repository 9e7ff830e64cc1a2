//! Whether a chain's entries follow from one another, from the first.

use super::{Finding, What};
use crate::store::chain::{self, Entry};

pub(super) fn check(ledger: &str, chain: &[Entry]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (mut number, mut head) = (0, "");
    for entry in chain {
        if entry.number != number + 1 {
            findings.push(found(ledger, number + 1, What::Cut, "no such entry"));
        } else if chain::link(head, ledger, entry) != entry.sha256 {
            let told = format!(
                "the entry of {} does not follow from the one before",
                entry.key
            );
            findings.push(found(ledger, entry.number, What::Forged, &told));
        }
        // Told once, not for every later entry.
        number = entry.number;
        head = &entry.sha256;
    }
    findings
}

fn found(ledger: &str, number: i64, what: What, told: &str) -> Finding {
    Finding {
        ledger: ledger.to_owned(),
        key: format!("entry {number}"),
        what,
        told: told.to_owned(),
    }
}
