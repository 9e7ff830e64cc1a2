//! What ingest writes into the ledger: batches, rejected rows, scopes.

use anyhow::Result;
use chrono::NaiveDateTime;
use duckdb::{Connection, OptionalExt, params};

use super::batch::{Batch, Reverted};
use super::rejects;
use crate::audit::{self, Event, Kind};
use crate::ingest::arrive::Arrival;
use crate::ingest::contract::{Contract, keys};
use crate::ingest::refusal::Fault;
use crate::model::act::Act;
use crate::store::chain::{self, catalogue};
use crate::store::failure;

/// Whether a file of this size has been judged for this source.
pub fn has_size(connection: &Connection, arrival: &Arrival<'_>) -> Result<bool> {
    Ok(connection.query_row(
        "select count(*) > 0 from ledger.batches where source = ? and bytes = ?",
        params![arrival.contract.name, arrival.bytes],
        |row| row.get(0),
    )?)
}

/// The batch that has this content already. An empty night's file equals
/// other empty nights' files, so the moment a file speaks of counts too, and
/// its name, which orders the files of one moment. A refused file is judged
/// again when its contract has changed; one that was taken back, or failed too
/// often, only when it is asked for by name.
pub fn known(
    connection: &Connection,
    arrival: &Arrival<'_>,
    sha256: &str,
) -> Result<Option<(i64, String)>> {
    let found = connection
        .query_row(
            "select batch_id, case when reverted_by is not null then 'reverted' \
                 when refusal = 'failed' then refusal else state end \
             from ledger.batches \
             where source = ? and sha256 = ? and kind = 'file' \
                 and (not ? or (as_at = ? and file_name = ?)) \
                 and (state = 'accepted' or contract_sha256 = ?) \
             order by batch_id desc limit 1",
            params![
                arrival.contract.name,
                sha256,
                arrival.is_dated,
                arrival.as_at,
                arrival.file_name,
                arrival.contract.sha256
            ],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    Ok(found)
}

/// The newest batch of a file's name, with its source and why it was refused.
pub fn newest_of_name(
    connection: &Connection,
    file_name: &str,
) -> Result<Option<(i64, String, Option<String>)>> {
    Ok(connection
        .query_row(
            "select batch_id, source, refusal from ledger.batches \
             where file_name = ? and kind = 'file' order by batch_id desc limit 1",
            [file_name],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?)
}

/// Records somebody's word that a refused snapshot may end what it lacks.
pub fn confirm_ending(connection: &Connection, batch_id: i64, act: Act<'_>) -> Result<()> {
    connection.execute(
        "insert into ledger.ending_confirmations \
         select source, sha256, ?, ? from ledger.batches where batch_id = ?",
        params![act.by.as_str(), act.at, batch_id],
    )?;
    let file: String = connection.query_row(
        "select source || ' ' || sha256 from ledger.batches where batch_id = ?",
        [batch_id],
        |row| row.get(0),
    )?;
    chain::seal(connection, "ledger.ending_confirmations", &[file])?;
    let event = Event {
        detail: serde_json::json!({ "batch": batch_id }),
        ..Event::new(Kind::Alteration, "ingest accept-deletions")
    };
    audit::record(connection, act.into(), &event)
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
    sha256: &str,
    batch: &Batch,
    faults: &[Fault],
) -> Result<()> {
    let merged = batch.merged;
    connection.execute(
        "insert into ledger.batches (batch_id, source, file_name, sha256, bytes, as_at, \
             contract_sha256, state, reason, rows_read, rows_accepted, rows_rejected, \
             rows_duplicate, rows_new, rows_changed, rows_unchanged, rows_superseded, rows_ended, \
             received_at, refusal, rows_warned, lines, blank_lines) \
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            batch.batch_id,
            batch.source,
            batch.file_name,
            sha256,
            arrival.bytes,
            batch.as_at,
            arrival.contract.sha256,
            batch.state(),
            batch.reason.as_deref().map(failure::cut),
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
            batch.refusal,
            batch.rows_warned,
            batch.lines,
            batch.blank_lines,
        ],
    )?;
    chain::seal(connection, "ledger.batches", &[batch.batch_id])?;
    rejects::record(connection, arrival.contract, batch.batch_id, faults)
}

/// Records the batch that took another back: the moment that one's file speaks
/// of, the instant of the revert, and why.
pub fn record_revert(
    tx: &Connection,
    contract: &Contract,
    reverted: &Reverted,
    (as_at, at): (NaiveDateTime, NaiveDateTime),
    reason: &str,
) -> Result<()> {
    tx.execute(
        "insert into ledger.batches (batch_id, source, file_name, sha256, bytes, as_at, \
             contract_sha256, state, reason, rows_read, rows_accepted, rows_rejected, \
             rows_duplicate, rows_new, rows_changed, rows_unchanged, rows_superseded, \
             rows_ended, received_at, kind, undoes) \
         values (?, ?, ?, '', 0, ?, ?, 'accepted', ?, 0, 0, 0, 0, ?, 0, 0, 0, ?, ?, 'revert', ?)",
        params![
            reverted.batch_id,
            reverted.source,
            reverted.file_name,
            as_at,
            contract.sha256,
            reason,
            reverted.restored,
            reverted.ended,
            at,
            reverted.undone
        ],
    )?;
    chain::seal(tx, "ledger.batches", &[reverted.undone, reverted.batch_id])
}

/// Records which parts of its source a snapshot covered. `first` is the batch
/// when its rows went straight into history.
pub fn record_scopes(
    tx: &Connection,
    contract: &Contract,
    batch_id: i64,
    first: Option<i64>,
    is_whole: bool,
) -> Result<()> {
    let scopes = match first {
        Some(batch) => format!(
            "select distinct {}, true from {} where batch_from = {batch}",
            keys::scope_text(contract),
            contract.history()
        ),
        None => "select scope, not has_later from scopes".to_owned(),
    };
    tx.execute_batch(&format!(
        "insert into ledger.batch_scopes select {batch_id}, scope, {is_whole}, is_standing \
         from ({scopes}) as covered (scope, is_standing) order by scope"
    ))?;
    chain::seal(tx, "ledger.batch_scopes", &[batch_id])
}

/// Seals what a batch did to the history of its source.
pub fn seal_history(tx: &Connection, contract: &Contract, batch_id: i64) -> Result<()> {
    let table = contract.history();
    chain::seal_in(tx, &catalogue::brought(&table), &[batch_id])?;
    chain::seal_in(tx, &catalogue::ended(&table), &[batch_id])
}
