//! Verifies the whole record: every chain from its first entry, every row
//! against its last one, the heads against what went outside.

mod anchors;
mod definitions;
mod history;
mod links;
mod pages;
mod rows;

use std::fmt;
use std::path::PathBuf;

use anyhow::Result;
use chrono::{NaiveDate, NaiveDateTime};
use duckdb::{Connection, params};
use serde::Serialize;

use super::heads;
use crate::store::chain::anchor::{self, Anchor};
use crate::store::chain::{self, catalogue};
use crate::store::{Store, bind};

/// What lies outside the database and must agree with it.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// The log of anchors; none where there is no file, as in tests.
    pub log: Option<PathBuf>,
    /// Anchors from mails and receipts.
    pub anchors: Vec<Anchor>,
}

/// What was done to the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    Edited,
    Deleted,
    Inserted,
    /// Entries of a chain that are not what its hashes say.
    Forged,
    /// Entries that were there once.
    Cut,
}

impl What {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Edited => "edited",
            Self::Deleted => "deleted",
            Self::Inserted => "inserted",
            Self::Forged => "forged",
            Self::Cut => "cut",
        }
    }
}

/// One thing that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub ledger: String,
    /// What names the row, or the entry.
    pub key: String,
    pub what: What,
    /// Which rows of the key, or how it is known.
    pub told: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.ledger, self.key, self.what.as_str())?;
        if self.told.is_empty() {
            return Ok(());
        }
        write!(f, ": {}", self.told)
    }
}

/// What verifying the record gave.
#[derive(Debug, Clone, Serialize)]
pub struct Verified {
    pub entries: u64,
    pub ledgers: usize,
    pub findings: Vec<Finding>,
}

impl Verified {
    /// Ledgers in which something was found, each once.
    pub fn altered(&self) -> Vec<String> {
        let mut found: Vec<String> = self.findings.iter().map(|f| f.ledger.clone()).collect();
        found.sort();
        found.dedup();
        found
    }
}

/// Verifies everything. Writes nothing.
pub fn verify(connection: &Connection, outside: &Outside) -> Result<Verified> {
    let ledgers = catalogue::all(connection)?;
    let mut findings = Vec::new();
    let mut entries = 0;
    for ledger in &ledgers {
        let chain = chain::entries(connection, &ledger.name)?;
        entries += chain.len() as u64;
        findings.extend(links::check(&ledger.name, &chain));
        findings.extend(rows::check(connection, ledger, chain)?);
    }
    findings.extend(definitions::check(connection)?);
    for name in strange(connection, &ledgers)? {
        let chain = chain::entries(connection, &name)?;
        entries += chain.len() as u64;
        // Whoever can write to the file must not have their words told.
        let told = if is_plain(&name) {
            name.as_str()
        } else {
            "a ledger of no known name"
        };
        let forged = links::check(&name, &chain).into_iter();
        findings.extend(forged.map(|found| Finding {
            ledger: told.to_owned(),
            ..found
        }));
        findings.extend(rows::all_gone(told, chain));
    }
    findings.extend(history::check(connection)?);
    findings.extend(pages::check(connection)?);
    findings.extend(anchors::check(connection)?);
    findings.extend(anchors::check_outside(connection, outside)?);
    Ok(Verified {
        entries,
        ledgers: ledgers.len(),
        findings,
    })
}

/// Writes into the ledger how it went, anchors the record and appends that to
/// the log. `as_of` is the morning that it was for.
pub fn record(
    store: &Store,
    outside: &Outside,
    verified: &Verified,
    as_of: Option<NaiveDate>,
    at: NaiveDateTime,
) -> Result<()> {
    store.transaction(|tx| {
        let id: i64 = tx.query_row(
            "select coalesce(max(verification_id), 0) + 1 from ledger.verifications",
            [],
            |row| row.get(0),
        )?;
        tx.execute(
            "insert into ledger.verifications values (?, ?, ?, ?, ?, \
                 cast(cast(? as json) as varchar[]), ?)",
            params![
                id,
                as_of,
                at,
                verified.entries,
                verified.findings.len() as u64,
                serde_json::to_string(&verified.altered())?,
                env!("CARGO_PKG_VERSION"),
            ],
        )?;
        chain::seal(tx, "ledger.verifications", &[id])
    })?;
    match &outside.log {
        Some(log) => heads::append(store, log, at).map(drop),
        None => store.transaction(|tx| anchor::take(tx, at)).map(drop),
    }
}

/// How the record stood when it was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// UTC.
    pub verified_at: NaiveDateTime,
    pub entries: u64,
    pub findings: u64,
    pub ledgers: Vec<String>,
}

/// How the record stood on a morning; none when it was not verified for it.
pub fn standing(connection: &Connection, as_of: NaiveDate) -> Result<Option<Standing>> {
    let found = bind::query(
        connection,
        "select verified_at, entries, findings, array_to_string(ledgers, ',') \
         from ledger.verifications where as_of = $as_of \
         order by verification_id desc limit 1",
        &[("as_of", &bind::date(as_of))],
        |row| {
            let ledgers: String = row.get(3)?;
            Ok(Standing {
                verified_at: row.get(0)?,
                entries: row.get(1)?,
                findings: row.get(2)?,
                ledgers: ledgers.split_terminator(',').map(str::to_owned).collect(),
            })
        },
    )?;
    Ok(found.into_iter().next())
}

fn is_plain(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_. ".contains(c);
    name.len() <= 80 && name.chars().all(is_letter)
}

/// Chains of tables that are not there any more, or never were.
fn strange(connection: &Connection, known: &[catalogue::Ledger]) -> Result<Vec<String>> {
    let mut names: Vec<String> = bind::query(
        connection,
        "select distinct ledger from conduct_ledger.chain order by 1",
        &[],
        |row| row.get(0),
    )?;
    names.retain(|name| !known.iter().any(|ledger| ledger.name == *name));
    Ok(names)
}
