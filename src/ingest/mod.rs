//! Takes extracts in: arrive, decode, judge, merge into history, shelve. A
//! file's rows commit together with the ledger row that says it was taken in,
//! or nothing of it stays.

pub mod arrive;
pub mod bytes;
pub mod contract;
pub mod contract_file;
pub mod decode;
#[cfg(test)]
mod fuzz;
pub mod header;
pub mod history;
mod jsonl;
pub mod judge;
pub mod ledger;
pub mod lines;
pub mod manifest;
pub mod merge;
pub mod refusal;
pub mod rejects;
pub mod relations;
pub mod revert;
mod scratch;
pub mod shelve;
pub mod stage;
pub mod status;
pub mod text;
pub mod volume;
mod zstd;

use std::path::Path;

use anyhow::{Context, Result, ensure};
use chrono::NaiveDateTime;
use duckdb::Connection;

use crate::store::Store;
use crate::store::bind;
use arrive::Arrival;
use contract::{Mode, Otherwise};
use decode::{Decoded, Relation};
use judge::Target;
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
    let _ = std::fs::remove_file(decode::scratch_file(arrival.contract, taking.scratch));
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
    merge::find_later(tx, contract, arrival.as_at, &arrival.file_name)?;
    let batch_id = ledger::next_id(tx)?;
    let is_first = history::is_empty(tx, contract)? && !has_later(tx)?;
    let judged = read_rows(tx, arrival, decoded, &reading, is_first.then_some(batch_id))?;
    check_file(tx, arrival, &reading, &judged)?;
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

/// What judging found.
struct Judged {
    rows_read: u64,
    rows_accepted: u64,
    rows_warned: u64,
    duplicates: u64,
    faults: Vec<Fault>,
}

impl Judged {
    fn rows_rejected(&self) -> u64 {
        self.rows_read - self.rows_accepted - self.duplicates
    }

    /// What a reader should know of an accepted file.
    fn notes(
        &self,
        tx: &Connection,
        arrival: &Arrival<'_>,
        decoded: &Decoded,
    ) -> Result<Option<String>> {
        let mut notes = Vec::new();
        let ignored = &decoded.header.ignored;
        if !ignored.is_empty() {
            let names = header::listed(ignored);
            notes.push(format!("columns not in the contract, not read: {names}"));
        }
        if arrival.contract.mode == Mode::Snapshot && self.rows_rejected() > 0 {
            notes.push("rows it lacks were not ended, because rows were rejected".to_owned());
        }
        if decoded.counts.is_unclosed {
            notes.push("the last line has no line end; the file may have been cut off".to_owned());
        }
        if decoded.counts.blank_lines > 0 {
            notes.push(format!("{} blank lines", decoded.counts.blank_lines));
        }
        notes.extend(volume::unusual(tx, arrival.contract, self.rows_read)?);
        Ok((!notes.is_empty()).then(|| notes.join("; ")))
    }
}

/// Reads and judges the rows; into an empty history, when `first` is a batch,
/// else into the temporary table `judged`.
fn read_rows(
    tx: &Connection,
    arrival: &Arrival<'_>,
    decoded: &Decoded,
    reading: &Reading<'_>,
    first: Option<i64>,
) -> Result<Judged> {
    let contract = arrival.contract;
    let parquet = |error: anyhow::Error| match decoded.relation {
        Relation::Parquet { .. } => anyhow::Error::new(decode::unreadable_parquet(error)),
        Relation::Csv { .. } => error,
    };
    let rows = match (&decoded.relation, decoded.counts.rows) {
        (_, Some(rows)) => rows - decoded.faults.len() as u64,
        (Relation::Parquet { path, .. }, None) => parquet_rows(tx, path).map_err(parquet)?,
        (Relation::Csv { .. }, None) => 0,
    };
    let target = match first {
        Some(batch_id) => Target::history(contract, batch_id),
        None => Target::judged(),
    };
    let sound = match first {
        Some(batch_id) => merge::write_first(tx, reading, batch_id).map_err(parquet)?,
        None => {
            judge::judge(tx, reading).map_err(parquet)?;
            sound_rows(tx, rows)?
        }
    };
    ensure!(
        sound <= rows,
        "{rows} rows in the file, {sound} found in it"
    );
    let mut faults = decoded.faults.clone();
    let may_warn = contract
        .columns
        .iter()
        .any(|c| c.otherwise == Otherwise::Warn);
    if sound < rows || may_warn {
        find_wrong(tx, reading, first.is_some())?;
        faults.extend(judge::faults(tx, reading)?);
    }
    if let Some(reason) = judge::refusing(contract, &faults) {
        let rows_read = rows + decoded.faults.len() as u64;
        let refused = Refused::Judged {
            code: "value",
            reason,
            rows_read,
            faults,
        };
        return Err(refused.into());
    }
    let (duplicates, conflicts) = judge::settle_duplicates(tx, contract, &target)?;
    faults.extend(conflicts);
    faults.extend(judge::check_relations(tx, contract, &target)?);
    faults.sort_by(|a, b| (a.line, &a.column).cmp(&(b.line, &b.column)));
    Ok(Judged {
        rows_read: rows + decoded.faults.len() as u64,
        rows_accepted: target.count(tx)?,
        rows_warned: warned_lines(&faults),
        duplicates,
        faults,
    })
}

/// Lines with a warning whose row was not rejected for something else.
fn warned_lines(faults: &[Fault]) -> u64 {
    let of_one_line = faults.chunk_by(|a, b| a.line == b.line);
    let warned = of_one_line.filter(|faults| faults.iter().all(|fault| fault.is_warning));
    warned.count() as u64
}

/// Rows without a fault among those judged, which are as many as were read.
fn sound_rows(tx: &Connection, rows: u64) -> Result<u64> {
    let (judged, sound): (u64, u64) = bind::query_one(
        tx,
        "select count(*), count(*) filter (not is_faulty) from judged",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    ensure!(
        judged == rows,
        "{rows} rows in the file, {judged} judged: rows were lost"
    );
    Ok(sound)
}

/// Fills the temporary table `wrong` with the lines that have a fault or a
/// warning, and takes those with a fault out of `judged`.
fn find_wrong(tx: &Connection, reading: &Reading<'_>, is_first: bool) -> Result<()> {
    let is_wrong = "select line from {} where is_faulty or has_warning";
    if is_first {
        let found = is_wrong.replace("{}", "typed");
        let typed = reading.typed(None);
        tx.execute_batch(&format!(
            "create or replace temp table wrong as with {typed} {found}"
        ))?;
    } else {
        let found = is_wrong.replace("{}", "judged");
        tx.execute_batch(&format!(
            "create or replace temp table wrong as {found}; delete from judged where is_faulty"
        ))?;
    }
    Ok(())
}

/// What refuses a file as a whole once its rows are known.
fn check_file(
    tx: &Connection,
    arrival: &Arrival<'_>,
    reading: &Reading<'_>,
    judged: &Judged,
) -> Result<()> {
    let contract = arrival.contract;
    let refused = |code: &'static str, reason: String| {
        anyhow::Error::new(Refused::Judged {
            code,
            reason,
            rows_read: judged.rows_read,
            faults: judged.faults.clone(),
        })
    };
    if let Some(reason) = arrival.check_totals(tx, reading, judged.rows_read)? {
        return Err(refused("manifest", reason));
    }
    let rejected = judged.rows_rejected();
    if contract.rejects.is_passed(rejected, judged.rows_read) {
        let reason = format!(
            "{rejected} of {} rows are wrong, more than the {}% that its contract lets pass; \
             the first: line {}, {}",
            judged.rows_read,
            merge::percent(contract.rejects.share),
            judged.faults.first().map_or(0, |fault| fault.line),
            judged.faults.first().map_or("", |fault| &fault.reason),
        );
        return Err(refused("rejects", reason));
    }
    if contract.mode == Mode::Snapshot && judged.rows_accepted == 0 {
        let reason = "a snapshot without a sound row would end everything that is held; \
                      nothing was changed";
        return Err(refused("empty", reason.to_owned()));
    }
    if contract.volume.refuses
        && let Some(reason) = volume::unusual(tx, contract, judged.rows_read)?
    {
        return Err(refused("volume", reason));
    }
    Ok(())
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

fn parquet_rows(connection: &Connection, path: &Path) -> Result<u64> {
    bind::query_one(
        connection,
        "select count(*) from read_parquet($path, hive_partitioning = false)",
        &[("path", &stage::literal_path(path))],
        |row| row.get(0),
    )
}
