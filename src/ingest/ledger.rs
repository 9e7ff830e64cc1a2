//! What ingest writes into the ledger: batches and rejected rows.

use anyhow::Result;
use chrono::NaiveDateTime;
use duckdb::{Connection, OptionalExt, params};

use super::Fault;
use super::arrive::Arrival;
use super::merge::Merged;

/// One judged file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub batch_id: i64,
    pub source: String,
    pub file_name: String,
    pub as_at: NaiveDateTime,
    pub is_accepted: bool,
    /// Why it was refused, or what a reader should know of an accepted one.
    pub reason: Option<String>,
    pub rows_read: u64,
    pub rows_accepted: u64,
    pub rows_rejected: u64,
    pub rows_duplicate: u64,
    pub merged: Merged,
    /// UTC.
    pub received_at: NaiveDateTime,
}

impl Batch {
    /// A file of which nothing was taken in.
    pub fn refused(
        arrival: &Arrival<'_>,
        batch_id: i64,
        reason: String,
        received_at: NaiveDateTime,
    ) -> Self {
        Self {
            batch_id,
            source: arrival.contract.name.clone(),
            file_name: arrival.file_name.clone(),
            as_at: arrival.as_at,
            is_accepted: false,
            reason: Some(reason),
            rows_read: 0,
            rows_accepted: 0,
            rows_rejected: 0,
            rows_duplicate: 0,
            merged: Merged::default(),
            received_at,
        }
    }
}

/// The batch that has this content already. An empty night's file equals
/// other empty nights' files, so the moment a file speaks of counts too; a
/// refused file is judged again when its contract has changed.
pub fn known(connection: &Connection, arrival: &Arrival<'_>) -> Result<Option<(i64, String)>> {
    let found = connection
        .query_row(
            "select batch_id, state from ledger.batches \
             where source = ? and sha256 = ? and (as_at = ? or not ?) \
                 and (state = 'accepted' or contract_sha256 = ?) \
             order by batch_id desc limit 1",
            params![
                arrival.contract.name,
                arrival.sha256,
                arrival.as_at,
                arrival.is_dated,
                arrival.contract.sha256
            ],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    Ok(found)
}

/// The number of the newest batch that changed history; 0 before the first.
pub fn latest(connection: &Connection) -> Result<i64> {
    Ok(connection.query_row(
        "select coalesce(max(batch_id), 0) from ledger.batches where state = 'accepted'",
        [],
        |row| row.get(0),
    )?)
}

/// Takes the next batch number.
pub fn next_id(connection: &Connection) -> Result<i64> {
    Ok(connection.query_row("select nextval('ledger.batch_ids')", [], |row| row.get(0))?)
}

/// Records a batch and its faults.
pub fn record(
    connection: &Connection,
    arrival: &Arrival<'_>,
    batch: &Batch,
    faults: &[Fault],
) -> Result<()> {
    let merged = batch.merged;
    connection.execute(
        "insert into ledger.batches values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            batch.batch_id,
            batch.source,
            batch.file_name,
            arrival.sha256,
            arrival.bytes,
            batch.as_at,
            arrival.contract.sha256,
            if batch.is_accepted { "accepted" } else { "refused" },
            batch.reason,
            batch.rows_read,
            batch.rows_accepted,
            batch.rows_rejected,
            batch.rows_duplicate,
            merged.new,
            merged.changed,
            merged.unchanged,
            merged.superseded,
            merged.ended,
            batch.received_at,
        ],
    )?;
    let mut appender = connection.appender_to_db("rejects", "ledger")?;
    for fault in faults {
        appender.append_row(params![
            batch.batch_id,
            fault.line,
            fault.column,
            fault.value,
            fault.reason
        ])?;
    }
    appender.flush()?;
    Ok(())
}
