//! Whether the rows of a ledger hold what its last entries say.

use std::collections::BTreeMap;

use anyhow::Result;
use duckdb::Connection;

use super::{Finding, What};
use crate::store::chain::Entry;
use crate::store::chain::catalogue::Ledger;
use crate::store::chain::content::{self, Keys};

/// Rows named for one key; the rest are counted.
const NAMED: usize = 5;

pub(super) fn check(
    connection: &Connection,
    ledger: &Ledger,
    chain: Vec<Entry>,
) -> Result<Vec<Finding>> {
    let mut sealed = last(chain);
    let mut findings = Vec::new();
    for now in content::take(connection, ledger, Keys::All)? {
        match sealed.remove(&now.key) {
            Some(entry) if entry.content.as_ref() == Some(&now.sha256) => {}
            Some(Entry {
                content: Some(_),
                marks,
                ..
            }) => {
                let marks = marks.as_deref();
                findings.push(edited(connection, ledger, &now.key, marks)?);
            }
            _ => findings.push(found(ledger, &now.key, What::Inserted, String::new())),
        }
    }
    findings.extend(gone(&ledger.name, sealed));
    Ok(findings)
}

/// The findings of a chain whose table is gone.
pub(super) fn all_gone(ledger: &str, chain: Vec<Entry>) -> Vec<Finding> {
    gone(ledger, last(chain)).collect()
}

fn last(chain: Vec<Entry>) -> BTreeMap<String, Entry> {
    chain
        .into_iter()
        .map(|entry| (entry.key.clone(), entry))
        .collect()
}

fn gone(ledger: &str, sealed: BTreeMap<String, Entry>) -> impl Iterator<Item = Finding> {
    sealed
        .into_values()
        .filter(|entry| entry.content.is_some())
        .map(move |entry| Finding {
            ledger: ledger.to_owned(),
            key: entry.key,
            what: What::Deleted,
            told: String::new(),
        })
}

/// What became of a key's rows, as far as their marks tell.
fn edited(
    connection: &Connection,
    ledger: &Ledger,
    key: &str,
    marks: Option<&str>,
) -> Result<Finding> {
    let Some(marks) = marks else {
        return Ok(found(ledger, key, What::Edited, String::new()));
    };
    let (strange, lost) = content::without_mark(connection, ledger, key, marks)?;
    let named = strange
        .iter()
        .take(NAMED)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    let more = match strange.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Ok(match (strange.len(), lost) {
        (0, lost) => found(ledger, key, What::Deleted, format!("{lost} of its rows")),
        (_, 0) => found(ledger, key, What::Inserted, format!("{named}{more}")),
        (now, lost) if now == lost => found(ledger, key, What::Edited, format!("{named}{more}")),
        (_, lost) => found(
            ledger,
            key,
            What::Edited,
            format!("{named}{more} in place of {lost} rows"),
        ),
    })
}

fn found(ledger: &Ledger, key: &str, what: What, told: String) -> Finding {
    Finding {
        ledger: ledger.name.clone(),
        key: key.to_owned(),
        what,
        told,
    }
}
