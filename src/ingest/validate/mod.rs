//! Judges the rows of a decoded file: reads them, sets aside what is wrong,
//! double or orphaned, and says whether the whole can be accepted.

pub mod moment;
pub mod relations;
pub mod row_errors;
pub mod stage;
pub mod totals;
pub mod value;
pub mod volume;

use std::path::Path;

use anyhow::{Result, ensure};
use duckdb::Connection;

use crate::ingest::arrive::Arrival;
use crate::ingest::contract::{Mode, percent};
use crate::ingest::decode::decoded::{Decoded, Relation};
use crate::ingest::decode::unreadable::unreadable_parquet;
use crate::ingest::refusal::{self, Fault, Refused};
use crate::store::bind;
use row_errors::Target;
use stage::Reading;

/// What judging found.
pub struct Judged {
    pub rows_read: u64,
    pub rows_accepted: u64,
    pub rows_warned: u64,
    pub duplicates: u64,
    /// Duplicates that a later change of their key overtook.
    pub overtaken: u64,
    /// Rows that are none by what they hold, and not counted as read.
    pub aside: u64,
    /// As many as are listed, the first ones.
    pub faults: Vec<Fault>,
    /// There are more.
    pub is_cut: bool,
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
        notes.extend(volume::unusual(tx, arrival.contract, self.rows_read)?);
        if arrival.contract.mode == Mode::Snapshot && self.rows_rejected() > 0 {
            notes.push("rows it lacks were not ended, because rows were rejected".to_owned());
        }
        if let Some(charset) = decoded.detected {
            notes.push(format!("its text was taken for {charset}"));
        }
        notes.extend(ends_like_a_sheet(decoded.counts.lines, self.rows_read));
        notes.extend(rows(self.aside, "set aside by its contract"));
        notes.extend(decoded.counts.aside.notes());
        notes.extend(rows(self.overtaken, "overtaken by a later one of its key"));
        if let Some(unknown) = &decoded.header.unknown {
            notes.push(format!("{unknown}, not read"));
        }
        if self.is_cut {
            notes.push(format!("only {} faults are listed", self.faults.len()));
        }
        match self.rows_warned {
            0 => {}
            1 => notes.push("1 row was accepted without a wrong value".to_owned()),
            rows => notes.push(format!("{rows} rows were accepted without a wrong value")),
        }
        if decoded.counts.is_unclosed {
            notes.push("the last line has no line end; the file may have been cut off".to_owned());
        }
        if decoded.counts.blank_lines > 0 {
            notes.push(format!("{} blank lines", decoded.counts.blank_lines));
        }
        Ok((!notes.is_empty()).then(|| notes.join("; ")))
    }
}

/// Rows that were not accepted as others are.
fn rows(count: u64, what: &str) -> Option<String> {
    let plural = if count == 1 { "row" } else { "rows" };
    (count > 0).then(|| format!("{count} {plural} {what}"))
}

/// A file that ends where the sheets of spreadsheets do may have been cut off.
fn ends_like_a_sheet(lines: u64, rows: u64) -> Option<String> {
    const ENDS: [u64; 2] = [1 << 16, 1 << 20];
    // With a header, and without one.
    let end = ENDS
        .into_iter()
        .find(|end| lines == *end || rows == *end || rows + 1 == *end)?;
    Some(format!(
        "it ends at row {end}, where the sheets of a spreadsheet end; was it cut off there?"
    ))
}

/// Writes the rows of a batch straight into an empty history; gives how many
/// are sound, and whether some lost a wrong value.
pub type WriteFirst = fn(&Connection, &Reading<'_>, i64) -> Result<(u64, bool)>;

/// Reads and judges the rows; into an empty history, when `first` is a batch,
/// else into the temporary table `judged`.
pub fn read_rows(
    tx: &Connection,
    arrival: &Arrival<'_>,
    decoded: &Decoded,
    reading: &Reading<'_>,
    first: Option<(i64, WriteFirst)>,
) -> Result<Judged> {
    let contract = arrival.contract;
    let parquet = |error: anyhow::Error| match decoded.relation {
        Relation::Parquet { .. } => anyhow::Error::new(unreadable_parquet(error)),
        Relation::Csv { .. } => error,
    };
    let rows = match (&decoded.relation, decoded.counts.rows) {
        (_, Some(rows)) => rows - decoded.faulty,
        (Relation::Parquet { path, columns }, None) => {
            let held = parquet_rows(tx, path, &texts(reading, columns)).map_err(parquet)?;
            held.check(arrival)?
        }
        (Relation::Csv { .. }, None) => 0,
    };
    let aside = match reading.count_aside() {
        Some(sql) => bind::query_one(tx, &sql, &[], |row| row.get(0)).map_err(parquet)?,
        None => 0,
    };
    let rows = rows - aside;
    let target = match first {
        Some((batch_id, _)) => Target::history(contract, batch_id),
        None => Target::judged(),
    };
    let (sound, has_warned) = match first {
        Some((batch_id, write)) => write(tx, reading, batch_id).map_err(parquet)?,
        None => {
            row_errors::lay_out(tx, reading).map_err(parquet)?;
            sound_rows(tx, rows)?
        }
    };
    ensure!(
        sound <= rows,
        "{rows} rows in the file, {sound} found in it"
    );
    let rows_read = rows + decoded.faulty;
    let mut faults = decoded.faults.clone();
    let has_wrong = sound < rows || has_warned;
    if has_wrong {
        find_wrong(tx, reading, first.is_some())?;
        faults.extend(row_errors::faults(tx, reading)?);
    }
    if let Some(reason) = row_errors::refusing(contract, &faults) {
        let (faults, _) = listed(faults, contract.limits.faults);
        let refused = Refused::Judged {
            code: "value",
            reason,
            rows_read,
            faults,
        };
        return Err(refused.into());
    }
    let doubles = row_errors::settle_duplicates(tx, contract, &target)?;
    faults.extend(doubles.conflicts);
    faults.extend(relations::on_arrival(tx, contract, &target)?);
    let rows_warned = if has_wrong { warned(tx, &target)? } else { 0 };
    let (faults, is_full) = listed(faults, contract.limits.faults);
    Ok(Judged {
        rows_read,
        rows_accepted: target.count(tx)?,
        rows_warned,
        duplicates: doubles.rows,
        overtaken: doubles.overtaken,
        aside,
        is_cut: is_full || decoded.faulty > faults.len() as u64,
        faults,
    })
}

/// The first faults of a file by their place, and whether there may be more.
fn listed(mut faults: Vec<Fault>, most: usize) -> (Vec<Fault>, bool) {
    faults.sort_by(|a, b| (a.line, &a.column).cmp(&(b.line, &b.column)));
    let is_full = faults.len() >= most;
    faults.truncate(most);
    (faults, is_full)
}

/// Rows that were accepted and lost a wrong value.
fn warned(tx: &Connection, target: &Target) -> Result<u64> {
    let sql = format!(
        "select count(*) from wrong \
         where not is_faulty and line in (select {} from {} where {})",
        target.line, target.table, target.own
    );
    bind::query_one(tx, &sql, &[], |row| row.get(0))
}

/// Rows without a fault among those judged, which are as many as were read, and
/// whether some lost a wrong value.
fn sound_rows(tx: &Connection, rows: u64) -> Result<(u64, bool)> {
    let (judged, sound, has_warned): (u64, u64, bool) = bind::query_one(
        tx,
        "select count(*), count(*) filter (not is_faulty), coalesce(bool_or(has_warning), false) \
         from judged",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    ensure!(
        judged == rows,
        "{rows} rows in the file, {judged} judged: rows were lost"
    );
    Ok((sound, has_warned))
}

/// Fills the temporary table `wrong` with the lines that have a fault or a
/// warning, and takes those with a fault out of `judged`.
fn find_wrong(tx: &Connection, reading: &Reading<'_>, is_first: bool) -> Result<()> {
    let is_wrong = "select line, is_faulty from {} where is_faulty or has_warning";
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

/// What refuses a file as a whole once its rows are known; `is_held` when
/// something was held of its source before.
pub fn check_file(
    tx: &Connection,
    arrival: &Arrival<'_>,
    reading: &Reading<'_>,
    judged: &Judged,
    is_held: bool,
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
    let counted = judged.rows_read + judged.aside;
    if let Some(reason) = totals::check(tx, arrival, reading, counted)? {
        return Err(refused("manifest", reason));
    }
    let rejected = judged.rows_rejected();
    if contract.rejects.is_passed(rejected, judged.rows_read) {
        let reason = format!(
            "{rejected} of {} rows are wrong, more than the {}% that its contract lets pass; \
             the first: {}",
            judged.rows_read,
            percent(contract.rejects.share),
            judged.faults.first().map_or_else(String::new, in_words),
        );
        return Err(refused("rejects", reason));
    }
    if contract.mode == Mode::Snapshot && judged.rows_accepted == 0 {
        let reason = match (judged.rows_read, is_held) {
            (0, false) => "the file has no rows, and nothing is held; nothing was changed",
            (0, true) => {
                "a snapshot without rows would end everything that is held; nothing was changed"
            }
            (_, false) => "none of its rows is sound, and nothing is held; nothing was changed",
            (_, true) => {
                "a snapshot without a sound row would end everything that is held; \
                 nothing was changed"
            }
        };
        return Err(refused("empty", reason.to_owned()));
    }
    if contract.volume.refuses
        && let Some(reason) = volume::unusual(tx, contract, judged.rows_read)?
    {
        return Err(refused("volume", reason));
    }
    Ok(())
}

/// A fault without the value, which is kept for those who may see it.
fn in_words(fault: &Fault) -> String {
    match &fault.column {
        Some(column) => format!("line {}, {column}: {}", fault.line, fault.reason),
        None => format!("line {}, {}", fault.line, fault.reason),
    }
}

/// What a Parquet file holds once it is text.
struct Held {
    rows: u64,
    longest: u64,
    bytes: u64,
}

impl Held {
    /// The rows, if they are no more and no longer than the contract allows.
    fn check(self, arrival: &Arrival<'_>) -> Result<u64, Refused> {
        let limits = &arrival.contract.limits;
        limits.check(arrival.bytes, self.rows, self.bytes)?;
        if self.longest > limits.line as u64 {
            return Err(Refused::coded(
                refusal::LIMIT,
                format!(
                    "a cell is longer than {} KiB, its contract's limits.line_kib",
                    limits.line >> 10
                ),
            ));
        }
        Ok(self.rows)
    }
}

/// The columns of text that are read.
fn texts<'c>(reading: &Reading<'_>, columns: &'c [(String, String)]) -> Vec<&'c str> {
    let header = reading.header;
    let read = header.positions.iter().chain([&header.op]).flatten();
    read.map(|at| &columns[*at])
        .filter(|(_, held)| held == "VARCHAR")
        .map(|(name, _)| name.as_str())
        .collect()
}

/// Counts rows and bytes without laying any text out: one text can stand in
/// millions of rows.
fn parquet_rows(connection: &Connection, path: &Path, texts: &[&str]) -> Result<Held> {
    let lengths: Vec<String> = texts
        .iter()
        .map(|name| format!("strlen(\"{}\")", name.replace('"', "\"\"")))
        .collect();
    let each = |make: &dyn Fn(&String) -> String, between: &str| {
        let parts: Vec<String> = lengths.iter().map(make).collect();
        format!("0{between}{}", parts.join(between))
    };
    let (longest, bytes) = if lengths.is_empty() {
        ("0".to_owned(), "0".to_owned())
    } else {
        (
            format!(
                "greatest({})",
                each(&|l| format!("coalesce(max({l}), 0)"), ", ")
            ),
            each(&|l| format!("coalesce(sum({l}), 0)"), " + "),
        )
    };
    bind::query_one(
        connection,
        &format!(
            "select count(*), cast({longest} as ubigint), cast({bytes} as ubigint) \
             from read_parquet($path, hive_partitioning = false)"
        ),
        &[("path", &stage::literal_path(path))],
        |row| {
            Ok(Held {
                rows: row.get(0)?,
                longest: row.get(1)?,
                bytes: row.get(2)?,
            })
        },
    )
}
