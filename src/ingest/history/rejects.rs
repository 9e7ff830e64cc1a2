//! Rows that were not accepted, or not as they came: listed, linked to the row
//! that came right later, and aged out.

use anyhow::Result;
use chrono::{NaiveDate, NaiveDateTime};
use duckdb::{Connection, params};
use serde::Serialize;

use super::batch::Batch;
use crate::audit::{self, Event, Kind};
use crate::ingest::contract::{Contract, keys};
use crate::ingest::refusal::{self, Fault};
use crate::model::act::Who;
use crate::model::restricted::Room;
use crate::store::chain::{self, catalogue};
use crate::store::{Store, bind, failure};

/// One rejected row, or one value that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reject {
    pub batch_id: i64,
    pub source: String,
    pub file: String,
    pub line: u64,
    pub column: Option<String>,
    /// None when it has aged out, or lies in a room and was not asked for.
    pub value: Option<String>,
    /// In words; only its code when it has aged out.
    pub reason: String,
    pub code: String,
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
    /// With the values of rooms, for somebody who may see them.
    pub has_rooms: bool,
}

/// Rejected rows and warnings, newest batch first.
pub fn list(connection: &Connection, choice: Choice<'_>) -> Result<Vec<Reject>> {
    bind::query(
        connection,
        "with kept as ( \
             select distinct batch_id, line, column_name, reason, value \
             from conduct_ledger.rejected_values where $has_rooms \
         ) \
         select rejects.batch_id, source, file_name, rejects.line, rejects.column_name, \
             coalesce(rejects.value, kept.value), rejects.reason, \
             coalesce(is_warning, false), contract_sha256, corrected_by, aged_out_on, code \
         from ledger.rejects as rejects \
         inner join ledger.batches as batches on batches.batch_id = rejects.batch_id \
         left join kept on kept.batch_id = rejects.batch_id and kept.line = rejects.line \
             and kept.column_name is not distinct from rejects.column_name \
             and kept.reason = rejects.reason \
         where ($file is null or file_name = $file) and ($source is null or source = $source) \
             and (not $is_open or corrected_by is null) \
         order by rejects.batch_id desc, rejects.line, rejects.column_name",
        &[
            ("file", &choice.file),
            ("source", &choice.source),
            ("is_open", &choice.is_open),
            ("has_rooms", &choice.has_rooms),
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
                code: row.get(11)?,
            })
        },
    )
}

/// Keeps the faults of a batch. What the cells held goes where its source
/// lies: with the fault, or in the source's room.
pub(crate) fn record(
    connection: &Connection,
    contract: &Contract,
    batch_id: i64,
    faults: &[Fault],
) -> Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    let is_open = contract.room == Room::Open;
    let mut appender = connection.appender_to_db("rejects", "ledger")?;
    for fault in faults {
        let (value, key) = held(fault);
        appender.append_row(params![
            batch_id,
            fault.line,
            fault.column,
            value.filter(|_| is_open),
            failure::cut(&fault.reason),
            fault.is_warning,
            key.filter(|_| is_open),
            None::<i64>,
            None::<NaiveDate>,
            fault.code,
        ])?;
    }
    appender.flush()?;
    chain::seal(connection, "ledger.rejects", &[batch_id])?;
    if is_open {
        return Ok(());
    }
    let mut appender = connection.appender_to_db("rejected_values", "conduct_ledger")?;
    for fault in faults
        .iter()
        .filter(|f| f.value.is_some() || f.key.is_some())
    {
        let (value, key) = held(fault);
        appender.append_row(params![
            batch_id,
            fault.line,
            fault.column,
            failure::cut(&fault.reason),
            value,
            key
        ])?;
    }
    appender.flush()?;
    chain::seal(connection, "conduct_ledger.rejected_values", &[batch_id])
}

fn held(fault: &Fault) -> (Option<&str>, Option<String>) {
    (
        fault.value.as_deref(),
        fault.key.as_deref().map(refusal::shortened),
    )
}

/// Links rejected rows of earlier files to the batch whose sound rows have the
/// same key.
pub(crate) fn link_corrected(
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
        return link(tx, contract, batch, &contract.history(), &own);
    }
    link(tx, contract, batch, "judged", "op is distinct from 'D'")
}

fn link(tx: &Connection, contract: &Contract, batch: &Batch, table: &str, own: &str) -> Result<()> {
    let open = format!(
        "corrected_by is null and not is_warning and {} \
         and batch_id in (select batch_id from ledger.batches \
             where source = $source and batch_id < $batch_id and as_at <= $as_at)",
        has_key(contract.room, "is not null")
    );
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
    let sound = format!(
        "in (select {} from {table} as sound where {own})",
        keys::key_text(contract, "sound")
    );
    bind::execute(
        tx,
        &format!(
            "update ledger.rejects set corrected_by = $batch_id where {open} and {}",
            has_key(contract.room, &sound)
        ),
        values,
    )?;
    chain::seal(tx, catalogue::CORRECTED, &[batch.batch_id])
}

/// Holds for a reject whose key is as wanted.
fn has_key(room: Room, wanted: &str) -> String {
    match room {
        Room::Open => format!("row_key {wanted}"),
        Room::Conduct => format!(
            "exists (select 1 from conduct_ledger.rejected_values as kept \
             where kept.batch_id = rejects.batch_id and kept.line = rejects.line \
                 and kept.row_key {wanted})"
        ),
    }
}

/// Forgets the values, keys and reasons of rejects that were received before a
/// moment. Where it was and the code of what was wrong stay. Returns how many.
pub fn age_out(
    store: &Store,
    before: NaiveDateTime,
    today: NaiveDate,
    at: NaiveDateTime,
) -> Result<u64> {
    const OLD: &str = "batch_id in (select batch_id from ledger.batches \
                           where received_at < cast($before as timestamp))";
    store.transaction(|tx| {
        let ageing = ageing(tx, before)?;
        let aged = bind::execute(
            tx,
            &format!(
                "update ledger.rejects set value = null, row_key = null, reason = code, \
                     aged_out_on = $today \
                 where aged_out_on is null and {OLD}"
            ),
            &[("before", &before), ("today", &bind::date(today))],
        )?;
        bind::execute(
            tx,
            &format!("delete from conduct_ledger.rejected_values where {OLD}"),
            &[("before", &before)],
        )?;
        chain::seal(tx, "ledger.rejects", &ageing)?;
        chain::seal(tx, "conduct_ledger.rejected_values", &ageing)?;
        if aged > 0 {
            let event = Event {
                detail: serde_json::json!({ "values": aged, "received_before": before }),
                ..Event::new(Kind::Erasure, "values of rejected rows")
            };
            audit::record(tx, Who::program(at), &event)?;
        }
        Ok(aged as u64)
    })
}

/// Batches received before a moment of which a value or key is still kept.
fn ageing(tx: &Connection, before: NaiveDateTime) -> Result<Vec<i64>> {
    bind::query(
        tx,
        "select batch_id from ledger.batches as batches \
         where received_at < cast($before as timestamp) and ( \
             exists (select 1 from ledger.rejects as rejects \
                 where rejects.batch_id = batches.batch_id and rejects.aged_out_on is null) \
             or exists (select 1 from conduct_ledger.rejected_values as kept \
                 where kept.batch_id = batches.batch_id)) \
         order by batch_id",
        &[("before", &before)],
        |row| row.get(0),
    )
}
