//! Takes extracts in: arrive, decode, judge, merge into history, shelve. A
//! file's rows commit together with the ledger row that says it was taken in,
//! or nothing of it stays.

pub mod arrive;
pub mod bytes;
pub mod contract;
pub mod contract_file;
mod contract_problems;
pub mod decode;
#[cfg(test)]
mod fuzz;
pub mod header;
pub mod history;
mod jsonl;
pub mod judge;
pub mod keys;
pub mod ledger;
pub mod lines;
pub mod manifest;
pub mod merge;
pub mod refusal;
pub mod rejects;
pub mod relations;
pub mod revert;
pub mod room;
mod scratch;
pub mod settle;
pub mod shelve;
pub mod sift;
pub mod stage;
pub mod status;
pub mod text;
mod value;
pub mod volume;
mod zstd;

use std::path::Path;

use anyhow::{Context, Result};
use chrono::NaiveDateTime;
use duckdb::Connection;

use crate::store::Store;
use crate::store::bind;
use arrive::Arrival;
use contract::Mode;
use decode::Decoded;
use ledger::Batch;
use merge::Merging;
pub use refusal::Refused;
use stage::Reading;

/// One thing wrong on one line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Counted from 1, the header included; a Parquet file's row from 1.
    pub line: u64,
    /// The contract's name of the column; none when the whole line is meant.
    pub column: Option<String>,
    pub value: Option<String>,
    pub reason: String,
    /// The row was taken in nevertheless, without this value.
    pub is_warning: bool,
    /// The row's key as text, when it has one.
    pub key: Option<String>,
}

impl Fault {
    pub fn reject(line: u64, column: Option<String>, value: Option<&str>, reason: String) -> Self {
        Self {
            line,
            column,
            // Every line of a file may be wrong, and as long as a line can be.
            value: value.map(ledger::shortened),
            reason,
            is_warning: false,
            key: None,
        }
    }
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Accepted(Batch),
    /// The same content is in the ledger already, accepted or refused.
    Known {
        batch_id: i64,
        state: String,
    },
    /// Left where it is for the next run, and why.
    Waiting(String),
    Refused(Batch),
}

/// How files are taken in.
#[derive(Debug, Clone, Copy)]
pub struct Taking<'a> {
    /// Folder for what is read on the way.
    pub scratch: &'a Path,
    /// UTC.
    pub received_at: NaiveDateTime,
    /// Somebody has confirmed that this snapshot may end what it lacks.
    pub may_end: bool,
    /// Somebody asks for this file, rather than that it lies there.
    pub is_named: bool,
}

/// Takes one file in. Only a failure of the machine or the database is an
/// error; a bad file is an outcome, and the night goes on with the next.
pub fn take_in(store: &Store, arrival: &Arrival<'_>, taking: Taking<'_>) -> Result<Outcome> {
    let connection = store.connection();
    if let Some(known) = known(connection, arrival, taking)? {
        return Ok(known);
    }
    let Some(file) = arrival.open()? else {
        return Ok(Outcome::Waiting(arrive::REPLACED.to_owned()));
    };
    let (sha256, decoded) = decode::decode(arrival, file, taking.scratch, |path| {
        parquet_columns(connection, path)
    });
    let sha256 = sha256.with_context(|| format!("cannot read {}", arrival.path.display()))?;
    // A file that is still on its way cannot be read either; it waits.
    let claimed = arrival.check_claim(&sha256).and(decoded);
    let judged = claimed.and_then(|decoded| accept(store, arrival, &sha256, &decoded, taking));
    // What cannot be removed is overwritten by the source's next file.
    let _ = std::fs::remove_file(scratch::file(arrival.contract, taking.scratch));
    match judged {
        Ok(batch) => Ok(Outcome::Accepted(batch)),
        Err(Refused::Replaced) => Ok(Outcome::Waiting(arrive::REPLACED.to_owned())),
        Err(refused @ Refused::Unfinished) => Ok(Outcome::Waiting(refused.to_string())),
        Err(Refused::Broken(error)) => {
            Err(error.context(format!("{} could not be taken in", arrival.file_name)))
        }
        Err(_) if !arrival.is_unchanged() => Ok(Outcome::Waiting(arrive::REPLACED.to_owned())),
        Err(refused) => refuse(store, arrival, &sha256, &refused, taking),
    }
}

/// The same content again does nothing. Reading it takes a while, so it is
/// only hashed first when a file of this size has been seen.
fn known(
    connection: &Connection,
    arrival: &Arrival<'_>,
    taking: Taking<'_>,
) -> Result<Option<Outcome>> {
    if taking.may_end || !ledger::has_size(connection, arrival)? {
        return Ok(None);
    }
    let Some(mut file) = arrival.open()? else {
        return Ok(None);
    };
    let sha256 = bytes::hash_file(&mut file)
        .with_context(|| format!("cannot read {}", arrival.path.display()))?;
    let found = ledger::known(connection, arrival, &sha256)?;
    let found = found.filter(|(_, state)| !(taking.is_named && state == "reverted"));
    Ok(found.map(|(batch_id, state)| Outcome::Known { batch_id, state }))
}

fn refuse(
    store: &Store,
    arrival: &Arrival<'_>,
    sha256: &str,
    refused: &Refused,
    taking: Taking<'_>,
) -> Result<Outcome> {
    store.transaction(|tx| {
        let batch_id = ledger::next_id(tx)?;
        let batch = Batch::refused(arrival, batch_id, refused, taking.received_at);
        ledger::record(tx, arrival, sha256, &batch, refused.faults())?;
        Ok(Outcome::Refused(batch))
    })
}

/// Judges, merges and records, all in one transaction.
fn accept(
    store: &Store,
    arrival: &Arrival<'_>,
    sha256: &str,
    decoded: &Decoded,
    taking: Taking<'_>,
) -> Result<Batch, Refused> {
    let accepted = store.transaction(|tx| {
        let batch = take_rows(tx, arrival, sha256, decoded, taking)?;
        if !arrival.is_unchanged() {
            return Err(Refused::Replaced.into());
        }
        Ok(batch)
    });
    accepted.map_err(Refused::from_chain)
}

fn take_rows(
    tx: &Connection,
    arrival: &Arrival<'_>,
    sha256: &str,
    decoded: &Decoded,
    taking: Taking<'_>,
) -> Result<Batch> {
    let contract = arrival.contract;
    let reading = Reading {
        contract,
        relation: &decoded.relation,
        header: &decoded.header,
        as_at: arrival.as_at,
        named: arrival.named(),
    };
    history::ensure(tx, contract)?;
    settle::find_later(tx, contract, arrival.as_at, &arrival.file_name)?;
    let batch_id = ledger::next_id(tx)?;
    let is_first = history::is_empty(tx, contract)? && !has_later(tx)?;
    let judged = judge::read_rows(tx, arrival, decoded, &reading, is_first.then_some(batch_id))?;
    judge::check_file(tx, arrival, &reading, &judged)?;
    let merging = Merging {
        batch_id,
        as_at: arrival.as_at,
        is_whole: judged.rows_rejected() == 0,
        may_end: taking.may_end,
    };
    let merged = if is_first {
        merge::count_first(tx, contract, batch_id)?
    } else {
        merge::merge(tx, &reading, merging)?
    };
    let batch = Batch {
        batch_id,
        source: contract.name.clone(),
        file_name: arrival.file_name.clone(),
        as_at: arrival.as_at,
        is_accepted: true,
        refusal: None,
        reason: judged.notes(tx, arrival, decoded)?,
        rows_read: judged.rows_read,
        rows_accepted: judged.rows_accepted,
        rows_rejected: judged.rows_rejected(),
        rows_duplicate: judged.duplicates,
        rows_warned: judged.rows_warned,
        lines: decoded.counts.lines,
        blank_lines: decoded.counts.blank_lines,
        merged,
        received_at: taking.received_at,
    };
    ledger::record(tx, arrival, sha256, &batch, &judged.faults)?;
    if contract.mode == Mode::Snapshot {
        let own = is_first.then_some(batch_id);
        ledger::record_scopes(tx, contract, batch_id, own, merging.is_whole)?;
    }
    rejects::link_corrected(tx, contract, &batch, is_first)?;
    Ok(batch)
}

fn has_later(tx: &Connection) -> Result<bool> {
    bind::query_one(tx, "select count(*) > 0 from later", &[], |row| row.get(0))
}

fn parquet_columns(connection: &Connection, path: &Path) -> Result<Vec<(String, String)>> {
    bind::query(
        connection,
        "select column_name, column_type \
         from (describe select * from read_parquet($path, hive_partitioning = false))",
        &[("path", &stage::literal_path(path))],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
