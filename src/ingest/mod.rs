//! Takes extracts in. A file goes through the rooms in this order: `arrive`,
//! `decode`, `validate`, `history`, `archive`, each after the words of its
//! `contract`, and none knows a later one. Its rows commit together with the
//! ledger row that says it was accepted, or nothing of it stays.

pub mod archive;
pub mod arrive;
pub mod contract;
pub mod decode;
pub mod draft;
pub mod failed;
#[cfg(test)]
mod fuzz;
pub mod history;
pub mod refusal;
pub mod status;
pub mod validate;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use anyhow::{Context as _, Result, anyhow};
use chrono::NaiveDateTime;
use duckdb::Connection;

use crate::store::chain::anchor;
use crate::store::{Store, bind, failure};
use arrive::Arrival;
use arrive::hashing_reader::{self, Landed};
use contract::Mode;
use decode::decoded::Decoded;
use decode::spool;
use failed::{Cause, Failure};
use history::batch::Batch;
use history::merge::{self, Merging};
use history::{detect_changes, ledger, rejects};
use refusal::Refused;
use validate::WriteFirst;
use validate::stage::{self, Reading};

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
    /// It could not be judged, and is left for another try.
    Failed(String),
}

/// How files are accepted.
#[derive(Debug, Clone, Copy)]
pub struct IngestOptions<'a> {
    /// Folder for what is read on the way, and for the copy that is judged.
    pub scratch: &'a Path,
    /// UTC.
    pub received_at: NaiveDateTime,
    /// Somebody has confirmed that this snapshot may end what it lacks.
    pub may_end: bool,
    /// Somebody asks for this file, rather than that it lies there.
    pub is_named: bool,
}

/// Takes one file in. Only a stop or a database that can no longer be used is
/// an error; what is wrong with a file is an outcome, and the night goes on
/// with the next.
pub fn take_in(store: &Store, arrival: &Arrival<'_>, taking: IngestOptions<'_>) -> Result<Outcome> {
    let connection = store.connection();
    let landed = match arrival.open() {
        Ok(landed) => landed,
        Err(reason) => return Ok(Outcome::Waiting(reason)),
    };
    if let Some(known) = known(connection, arrival, &landed, taking)? {
        return Ok(known);
    }
    let decoded = decode::decode(arrival, &landed, taking.scratch, |path| {
        parquet_columns(connection, path)
    });
    let (sha256, decoded) = match decoded {
        Ok(decoded) => decoded,
        Err(error) => return Ok(Outcome::Failed(Failure::of(&error).told)),
    };
    // A file that is still on its way cannot be read either; it waits.
    let claimed = arrival.check_claim(&sha256).and(decoded);
    let judged = claimed.and_then(|decoded| {
        let copy = Settling::begin(judged_copy(arrival, taking.scratch));
        failed::caught(|| accept(store, arrival, &sha256, &decoded, copy, taking))
    });
    spool::clear(arrival.contract, taking.scratch);
    match judged {
        Ok(batch) => Ok(Outcome::Accepted(batch)),
        Err(_) if !arrival.is_unchanged() => Ok(Outcome::Waiting(arrive::REPLACED.to_owned())),
        Err(refused @ Refused::Unfinished) => Ok(Outcome::Waiting(refused.to_string())),
        Err(Refused::Broken(error)) => fail(store, arrival, &sha256, error, taking),
        Err(refused) => refuse(store, arrival, &sha256, &refused, taking),
    }
}

/// The copy that is judged, on its way to the disk while its rows are read.
struct Settling(JoinHandle<std::io::Result<()>>);

impl Settling {
    fn begin(copy: PathBuf) -> Self {
        Self(std::thread::spawn(move || File::open(copy)?.sync_all()))
    }

    fn finish(self) -> Result<()> {
        let settled = self.0.join();
        settled
            .map_err(|_| anyhow!("the thread that settles the judged copy stopped"))?
            .context("cannot settle the judged copy")
    }
}

/// Where the copy lies that was judged, until the source's next file.
pub fn judged_copy(arrival: &Arrival<'_>, scratch: &Path) -> PathBuf {
    spool::copy(arrival.contract, scratch)
}

/// What follows from a file that could not be judged: another try, until it has
/// failed often enough by its own fault to be refused.
fn fail(
    store: &Store,
    arrival: &Arrival<'_>,
    sha256: &str,
    error: anyhow::Error,
    taking: IngestOptions<'_>,
) -> Result<Outcome> {
    let Failure { cause, told } = Failure::of(&error);
    match cause {
        Cause::End => Err(error.context(format!("{} could not be accepted", arrival.file_name))),
        Cause::Machine => Ok(Outcome::Failed(told)),
        Cause::File => {
            let at = taking.received_at;
            let times = store.transaction(|tx| failed::record(tx, arrival, sha256, &told, at))?;
            if times < failed::MOST {
                return Ok(Outcome::Failed(told));
            }
            let reason = format!(
                "failed {times} times and was set aside: {told}; \
                 `daybook ingest {}` tries again",
                arrival.file_name
            );
            refuse(
                store,
                arrival,
                sha256,
                &Refused::coded(refusal::FAILED, reason),
                taking,
            )
        }
    }
}

/// The same content again does nothing. Reading it takes a while, so it is
/// only hashed first when a file of this size has been seen.
fn known(
    connection: &Connection,
    arrival: &Arrival<'_>,
    landed: &Landed,
    taking: IngestOptions<'_>,
) -> Result<Option<Outcome>> {
    if taking.may_end || !ledger::has_size(connection, arrival)? {
        return Ok(None);
    }
    // What cannot be read fails where it is decoded.
    let Ok(sha256) = hashing_reader::hash(landed.clone(), |_| Ok(())) else {
        return Ok(None);
    };
    let found = ledger::known(connection, arrival, &sha256)?;
    let tries_again =
        |state: &str| taking.is_named && ["reverted", refusal::FAILED].contains(&state);
    let found = found.filter(|(_, state)| !tries_again(state));
    Ok(found.map(|(batch_id, state)| Outcome::Known { batch_id, state }))
}

fn refuse(
    store: &Store,
    arrival: &Arrival<'_>,
    sha256: &str,
    refused: &Refused,
    taking: IngestOptions<'_>,
) -> Result<Outcome> {
    store.transaction(|tx| {
        let batch_id = ledger::next_id(tx)?;
        let batch = Batch::refused(arrival, batch_id, refused, taking.received_at);
        ledger::record(tx, arrival, sha256, &batch, refused.faults())?;
        anchor::take(tx, taking.received_at)?;
        Ok(Outcome::Refused(batch))
    })
}

/// Judges, merges and records, all in one transaction, which ends once the copy
/// that was judged is on the disk.
fn accept(
    store: &Store,
    arrival: &Arrival<'_>,
    sha256: &str,
    decoded: &Decoded,
    copy: Settling,
    taking: IngestOptions<'_>,
) -> Result<Batch, Refused> {
    let accepted = store.transaction(|tx| {
        let batch = take_rows(tx, arrival, sha256, decoded, taking)?;
        copy.finish()?;
        // A sender that still writes had not sent the whole.
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
    taking: IngestOptions<'_>,
) -> Result<Batch> {
    let contract = arrival.contract;
    let reading = Reading {
        contract,
        relation: &decoded.relation,
        header: &decoded.header,
        as_at: arrival.as_at,
        is_dated: arrival.is_dated,
        zone: arrival.zone,
        named: arrival.named(),
    };
    detect_changes::find_later(tx, contract, arrival.as_at, &arrival.file_name)?;
    let batch_id = ledger::next_id(tx)?;
    let is_held = !history::is_empty(tx, contract)?;
    let is_first = !is_held && !has_later(tx)?;
    let first = is_first.then_some((batch_id, merge::write_first as WriteFirst));
    let judged = validate::read_rows(tx, arrival, decoded, &reading, first)?;
    validate::check_file(tx, arrival, &reading, &judged, is_held)?;
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
        reason: judged
            .notes(tx, arrival, decoded)?
            .as_deref()
            .map(failure::cut),
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
    ledger::seal_history(tx, contract, batch_id)?;
    anchor::take(tx, taking.received_at)?;
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
