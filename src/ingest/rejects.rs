//! Rows that were not taken in, or not as they came: listed, linked to the row
//! that came right later, and aged out.

use anyhow::Result;
use chrono::{NaiveDate, NaiveDateTime};
use duckdb::Connection;
use serde::Serialize;

use super::contract::Contract;
use super::keys;
use super::ledger::Batch;
use crate::store::bind;

/// One rejected row, or one value that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reject {
    pub batch_id: i64,
    pub source: String,
    pub file: String,
    pub line: u64,
    pub column: Option<String>,
    /// None when it has aged out.
    pub value: Option<String>,
    pub reason: String,
    pub is_warning: bool,
    /// SHA-256 of the contract that judged it.
    pub contract: String,
    /// The batch that brought the row in good form.
    pub corrected_by: Option<i64>,
    pub aged_out_on: Option<NaiveDate>,
}

/// Which rejects are wanted; an empty choice is all.
#[derive(Debug, Clone, Copy, Default)]
pub struct Choice<'a> {
    pub file: Option<&'a str>,
    pub source: Option<&'a str>,
    /// Only those that nothing has corrected.
    pub is_open: bool,
}

/// Rejected rows and warnings, newest batch first.
pub fn list(connection: &Connection, choice: Choice<'_>) -> Result<Vec<Reject>> {
    bind::query(
        connection,
        "select rejects.batch_id, source, file_name, line, column_name, value, rejects.reason, \
             coalesce(is_warning, false), contract_sha256, corrected_by, aged_out_on \
         from ledger.rejects as rejects \
         inner join ledger.batches as batches on batches.batch_id = rejects.batch_id \
         where ($file is null or file_name = $file) and ($source is null or source = $source) \
             and (not $is_open or corrected_by is null) \
         order by rejects.batch_id desc, line, column_name",
        &[
            ("file", &choice.file),
            ("source", &choice.source),
            ("is_open", &choice.is_open),
        ],
        |row| {
            Ok(Reject {
                batch_id: row.get(0)?,
                source: row.get(1)?,
                file: row.get(2)?,
                line: row.get(3)?,
                column: row.get(4)?,
                value: row.get(5)?,
                reason: row.get(6)?,
                is_warning: row.get(7)?,
                contract: row.get(8)?,
                corrected_by: row.get(9)?,
                aged_out_on: row.get(10)?,
            })
        },
    )
}

/// Links rejected rows of earlier files to the batch whose sound rows have the
/// same key.
pub(super) fn link_corrected(
    tx: &Connection,
    contract: &Contract,
    batch: &Batch,
    is_first: bool,
) -> Result<()> {
    if contract.key.is_empty() {
        return Ok(());
    }
    if is_first {
        let own = format!("batch_from = {} and not is_deleted", batch.batch_id);
        return link(
            tx,
            contract,
            batch,
            &format!("history.{}", contract.name),
            &own,
        );
    }
    link(tx, contract, batch, "judged", "op is distinct from 'D'")
}

fn link(tx: &Connection, contract: &Contract, batch: &Batch, table: &str, own: &str) -> Result<()> {
    let open = "corrected_by is null and row_key is not null and not is_warning \
                and batch_id in (select batch_id from ledger.batches \
                    where source = $source and batch_id < $batch_id and as_at <= $as_at)";
    let values: bind::Values<'_> = &[
        ("source", &contract.name),
        ("batch_id", &batch.batch_id),
        ("as_at", &batch.as_at),
    ];
    let waiting: u64 = bind::query_one(
        tx,
        &format!("select count(*) from ledger.rejects where {open}"),
        values,
        |row| row.get(0),
    )?;
    if waiting == 0 {
        return Ok(());
    }
    let key = keys::key_text(contract, "sound");
    bind::execute(
        tx,
        &format!(
            "update ledger.rejects set corrected_by = $batch_id where {open} \
             and row_key in (select {key} from {table} as sound where {own})"
        ),
        values,
    )?;
    Ok(())
}

/// Forgets the values and keys of rejects that were received before a moment.
/// What was wrong and where stays. Returns how many.
pub fn age_out(connection: &Connection, before: NaiveDateTime, today: NaiveDate) -> Result<u64> {
    let aged = bind::execute(
        connection,
        "update ledger.rejects set value = null, row_key = null, aged_out_on = $today \
         where aged_out_on is null and (value is not null or row_key is not null) \
             and batch_id in (select batch_id from ledger.batches \
                 where received_at < cast($before as timestamp))",
        &[("before", &before), ("today", &bind::date(today))],
    )?;
    Ok(aged as u64)
}
