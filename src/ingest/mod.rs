//! Takes extracts in: arrive, decode, stage, check, merge into history. A
//! file's rows commit together with the ledger row that says it was taken in,
//! or nothing of it stays.

pub mod arrive;
pub mod contract;
mod contract_file;
pub mod decode;
pub mod header;
pub mod ledger;
pub mod merge;
pub mod quotes;
pub mod stage;
pub mod text;

use std::path::Path;

use anyhow::{Context, Result};
use chrono::NaiveDateTime;

use crate::store::Store;
use crate::store::bind;
use arrive::Arrival;
use decode::Decoded;
use ledger::Batch;
use merge::Merged;

/// One thing wrong on one line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Counted from 1, the header included; a Parquet file's row from 1.
    pub line: u64,
    /// The contract's name of the column; none when the whole line is meant.
    pub column: Option<String>,
    pub value: Option<String>,
    pub reason: String,
}

/// Why a whole file was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("{0}")]
    Whole(String),
    #[error("line {line}: {reason}")]
    At { line: u64, reason: String },
    /// Not the file's fault: the disk, or the program.
    #[error(transparent)]
    Broken(#[from] anyhow::Error),
}

impl Refused {
    pub fn whole(reason: impl Into<String>) -> Self {
        Self::Whole(reason.into())
    }

    pub fn at(line: u64, reason: impl Into<String>) -> Self {
        Self::At {
            line,
            reason: reason.into(),
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
    /// The file was replaced while it was read; left for the next run.
    Changed,
    Refused(Batch),
}

/// Takes one file in. Only a failure of the machine or the database is an
/// error; a bad file is an outcome, and the night goes on with the next.
pub fn take_in(
    store: &Store,
    arrival: &Arrival<'_>,
    scratch: &Path,
    received_at: NaiveDateTime,
) -> Result<Outcome> {
    if let Some((batch_id, state)) = ledger::known(store.connection(), arrival)? {
        return Ok(Outcome::Known { batch_id, state });
    }
    match stage_file(store, arrival, scratch) {
        Ok(_) if arrive::hash_file(&arrival.path).is_ok_and(|(now, _)| now != arrival.sha256) => {
            Ok(Outcome::Changed)
        }
        Ok(staged) => store
            .transaction(|tx| {
                merge::ensure_history(tx, arrival.contract)?;
                let batch_id = ledger::next_id(tx)?;
                let merged = merge::merge(
                    tx,
                    arrival.contract,
                    batch_id,
                    arrival.as_at,
                    staged.faults.is_empty(),
                )?;
                let batch = staged.batch(arrival, batch_id, merged, received_at);
                ledger::record(tx, arrival, &batch, &staged.faults)?;
                Ok(Outcome::Accepted(batch))
            })
            .with_context(|| format!("{} could not be taken in", arrival.file_name)),
        Err(Refused::Broken(error)) => {
            Err(error.context(format!("{} could not be read", arrival.file_name)))
        }
        Err(refused) => store.transaction(|tx| {
            let batch_id = ledger::next_id(tx)?;
            let batch = Batch::refused(arrival, batch_id, refused.to_string(), received_at);
            ledger::record(tx, arrival, &batch, &[])?;
            Ok(Outcome::Refused(batch))
        }),
    }
}

/// Rows that are typed and checked, in the temporary table `staged`.
struct Staged {
    rows_read: u64,
    rows_duplicate: u64,
    rows_accepted: u64,
    faults: Vec<Fault>,
    ignored_columns: Vec<String>,
}

impl Staged {
    /// What a reader should know of an accepted file.
    fn notes(&self, arrival: &Arrival<'_>) -> Option<String> {
        let mut notes = Vec::new();
        if !self.ignored_columns.is_empty() {
            let names = self.ignored_columns.join(", ");
            notes.push(format!("columns not in the contract, not read: {names}"));
        }
        if arrival.contract.mode == contract::Mode::Snapshot && !self.faults.is_empty() {
            notes.push("rows it lacks were not ended, because rows were rejected".to_owned());
        }
        (!notes.is_empty()).then(|| notes.join("; "))
    }

    fn batch(
        &self,
        arrival: &Arrival<'_>,
        batch_id: i64,
        merged: Merged,
        received_at: NaiveDateTime,
    ) -> Batch {
        Batch {
            batch_id,
            source: arrival.contract.name.clone(),
            file_name: arrival.file_name.clone(),
            as_at: arrival.as_at,
            is_accepted: true,
            reason: self.notes(arrival),
            rows_read: self.rows_read,
            rows_accepted: self.rows_accepted,
            rows_rejected: self.rows_read - self.rows_accepted - self.rows_duplicate,
            rows_duplicate: self.rows_duplicate,
            merged,
            received_at,
        }
    }
}

fn stage_file(store: &Store, arrival: &Arrival<'_>, scratch: &Path) -> Result<Staged, Refused> {
    let outcome = decode::decode(arrival, scratch, |path| parquet_columns(store, path))
        .and_then(|decoded| stage_rows(store, arrival, &decoded));
    // Whatever became of the file; what cannot be removed is overwritten next.
    let _ = std::fs::remove_file(decode::scratch_file(arrival.contract, scratch));
    outcome
}

fn stage_rows(store: &Store, arrival: &Arrival<'_>, decoded: &Decoded) -> Result<Staged, Refused> {
    let contract = arrival.contract;
    let connection = store.connection();
    let sql = stage::staged_sql(contract, &decoded.relation, &decoded.header);
    connection
        .execute_batch(&sql)
        .map_err(|error| match decoded.relation {
            decode::Relation::Parquet(_) => decode::unreadable_parquet(error.into()),
            decode::Relation::Csv(_) => {
                Refused::Broken(anyhow::Error::new(error).context("cannot stage the rows"))
            }
        })?;
    let staged_rows: u64 =
        bind::query_one(connection, "select count(*) from staged", &[], |r| r.get(0))?;
    let rows_read = decoded.rows_read.unwrap_or(staged_rows);
    if rows_read != staged_rows + decoded.faults.len() as u64 {
        return Err(Refused::Broken(anyhow::anyhow!(
            "{rows_read} rows in the file, {staged_rows} staged, {} set aside: rows were lost",
            decoded.faults.len()
        )));
    }
    check_manifest(arrival, rows_read)?;
    let mut faults = decoded.faults.clone();
    faults.extend(collect_faults(store)?);
    connection
        .execute_batch("delete from staged where faults is not null")
        .map_err(anyhow::Error::from)?;
    let (duplicates, conflicts) = settle_duplicates(store, arrival)?;
    faults.extend(conflicts);
    faults.sort_by(|a, b| (a.line, &a.column).cmp(&(b.line, &b.column)));
    let rows_accepted: u64 =
        bind::query_one(connection, "select count(*) from staged", &[], |r| r.get(0))?;
    if arrival.contract.mode == contract::Mode::Snapshot && rows_accepted == 0 {
        return Err(Refused::whole(
            "a snapshot without a sound row would end everything that is held; nothing was changed",
        ));
    }
    Ok(Staged {
        rows_read,
        rows_duplicate: duplicates,
        rows_accepted,
        faults,
        ignored_columns: decoded.header.ignored.clone(),
    })
}

fn parquet_columns(store: &Store, path: &Path) -> Result<Vec<String>> {
    bind::query(
        store.connection(),
        "select name from parquet_schema($path) where num_children is null or num_children = 0",
        &[("path", &path.display().to_string())],
        |row| row.get(0),
    )
}

fn check_manifest(arrival: &Arrival<'_>, rows_read: u64) -> Result<(), Refused> {
    let claimed = arrival.manifest.as_ref().and_then(|manifest| manifest.rows);
    match claimed {
        Some(claimed) if claimed != rows_read => Err(Refused::whole(format!(
            "the manifest says {claimed} rows, the file has {rows_read}"
        ))),
        _ => Ok(()),
    }
}

fn collect_faults(store: &Store) -> Result<Vec<Fault>> {
    bind::query(
        store.connection(),
        "select line, fault.column_name, fault.value, fault.reason \
         from (select line, unnest(faults) as fault from staged where faults is not null) \
         order by line, fault.column_name",
        &[],
        |row| {
            Ok(Fault {
                line: row.get(0)?,
                column: row.get(1)?,
                value: row.get(2)?,
                reason: row.get(3)?,
            })
        },
    )
}

/// Rows with one key: equal ones count once; ones that differ are all
/// rejected, because nothing says which is right.
fn settle_duplicates(store: &Store, arrival: &Arrival<'_>) -> Result<(u64, Vec<Fault>)> {
    if arrival.contract.key.is_empty() {
        return Ok((0, Vec::new()));
    }
    let connection = store.connection();
    let key: Vec<String> = arrival
        .contract
        .key
        .iter()
        .map(|k| format!("\"{k}\""))
        .collect();
    let key = key.join(", ");
    connection.execute_batch(&format!(
        "create or replace temp table repeated as \
         select {key}, min(line) as first_line, list(line order by line) as lines, \
             count(distinct (row_hash, op)) > 1 as is_conflict \
         from staged group by {key} having count(*) > 1"
    ))?;
    let conflicts = bind::query(
        connection,
        &format!(
            "select unnest(lines), array_to_string([{key}], ', '), array_to_string(lines, ', ') \
             from repeated where is_conflict order by 1",
            key = arrival
                .contract
                .key
                .iter()
                .map(|k| format!("cast(\"{k}\" as varchar)"))
                .collect::<Vec<_>>()
                .join(", ")
        ),
        &[],
        |row| {
            Ok(Fault {
                line: row.get(0)?,
                column: Some(arrival.contract.key.join(", ")),
                value: row.get(1)?,
                reason: format!(
                    "lines {} have this key and different values; expected one",
                    row.get::<_, String>(2)?
                ),
            })
        },
    )?;
    connection.execute_batch(
        "delete from staged using repeated where repeated.is_conflict and list_contains(repeated.lines, staged.line)",
    )?;
    let duplicates = bind::execute(
        connection,
        "delete from staged using repeated where not repeated.is_conflict \
         and list_contains(repeated.lines, staged.line) and staged.line <> repeated.first_line",
        &[],
    )?;
    Ok((duplicates as u64, conflicts))
}
