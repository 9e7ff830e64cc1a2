//! Judges the rows of a decoded file: reads them, sets aside what is wrong,
//! double or orphaned, and says whether the whole can be taken in.

use std::path::Path;

use anyhow::{Result, ensure};
use duckdb::Connection;

use super::arrive::Arrival;
use super::contract::{Mode, Otherwise};
use super::decode::{self, Decoded, Relation};
use super::sift::{self, Target};
use super::stage::{self, Reading};
use super::{Fault, Refused, header, merge, relations, volume};
use crate::store::bind;

/// What judging found.
pub struct Judged {
    pub rows_read: u64,
    pub rows_accepted: u64,
    pub rows_warned: u64,
    pub duplicates: u64,
    pub faults: Vec<Fault>,
}

impl Judged {
    pub fn rows_rejected(&self) -> u64 {
        self.rows_read - self.rows_accepted - self.duplicates
    }

    /// What a reader should know of an accepted file.
    pub fn notes(
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
pub fn read_rows(
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
            sift::lay_out(tx, reading).map_err(parquet)?;
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
        faults.extend(sift::faults(tx, reading)?);
    }
    if let Some(reason) = sift::refusing(contract, &faults) {
        let rows_read = rows + decoded.faults.len() as u64;
        let refused = Refused::Judged {
            code: "value",
            reason,
            rows_read,
            faults,
        };
        return Err(refused.into());
    }
    let (duplicates, conflicts) = sift::settle_duplicates(tx, contract, &target)?;
    faults.extend(conflicts);
    faults.extend(relations::on_arrival(tx, contract, &target)?);
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
pub fn check_file(
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

fn parquet_rows(connection: &Connection, path: &Path) -> Result<u64> {
    bind::query_one(
        connection,
        "select count(*) from read_parquet($path, hive_partitioning = false)",
        &[("path", &stage::literal_path(path))],
        |row| row.get(0),
    )
}
