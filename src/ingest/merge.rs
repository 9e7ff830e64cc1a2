//! Settles judged rows into history. A row's versions carry the batch that
//! brought them and the batch that ended them, and only what changed is
//! written. What stands is what the latest file says, by the moment the files
//! speak of: one that comes late never overwrites it, its rows are kept as
//! versions that were superseded on arrival.

use anyhow::{Context, Result, ensure};
use chrono::NaiveDateTime;
use duckdb::Connection;

use super::contract::{Contract, Mode};
use super::decode::Relation;
use super::keys::{key_list, names, scope_text};
use super::stage::Reading;
use super::{Refused, scratch, settle};
use crate::store::bind::{self, Values};
use crate::store::planner::joins_as_written;

/// What a batch did to history, in rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Merged {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub superseded: u64,
    pub ended: u64,
}

/// The batch that is being merged.
#[derive(Debug, Clone, Copy)]
pub struct Merging {
    pub batch_id: i64,
    pub as_at: NaiveDateTime,
    /// No row was rejected, so that a row a snapshot lacks is gone.
    pub is_whole: bool,
    /// Somebody has confirmed that the snapshot may end what it lacks.
    pub may_end: bool,
}

/// Columns that history adds, in the order rows are written.
const ADDED: &str = "row_hash, occurrence, file_line, as_at, said_by, confirmed_by, \
                     batch_from, batch_to, is_deleted";

/// Writes every sound row of a file straight into an empty history; returns
/// how many. Faulty rows are marked on the way and taken out again, because a
/// condition would have the database work every value out twice.
pub fn write_first(tx: &Connection, reading: &Reading<'_>, batch_id: i64) -> Result<u64> {
    let contract = reading.contract;
    let names = names(contract);
    let written = bind::execute(
        tx,
        &format!(
            "insert into {} ({names}, {ADDED})\nwith {}\n\
             select {names}, row_hash, occurrence, line, $as_at, $batch_id, $batch_id, $batch_id, \
             case when is_faulty then {FAULTY} end, op is not distinct from 'D' from typed",
            contract.history(),
            reading.typed(None)
        ),
        &[("as_at", &reading.as_at), ("batch_id", &batch_id)],
    )
    .context("cannot write the rows")?;
    let is_faulty = format!("batch_from = {batch_id} and batch_to = {FAULTY}");
    let faulty: usize = bind::query_one(
        tx,
        &format!(
            "select count(*) from {} where {is_faulty}",
            contract.history()
        ),
        &[],
        |row| row.get(0),
    )?;
    if faulty > 0 {
        tx.execute_batch(&format!(
            "delete from {} where {is_faulty}",
            contract.history()
        ))?;
    }
    Ok((written - faulty) as u64)
}

/// Marks a row that must not stay; no batch has this number.
const FAULTY: i64 = -1;

/// What a first file did: all that it left in history is new.
pub fn count_first(tx: &Connection, contract: &Contract, batch_id: i64) -> Result<Merged> {
    bind::query_one(
        tx,
        &format!(
            "select count(*) filter (not is_deleted), count(*) filter (is_deleted) \
             from {} where batch_from = $batch_id",
            contract.history()
        ),
        &[("batch_id", &batch_id)],
        |row| {
            Ok(Merged {
                new: row.get(0)?,
                ended: row.get(1)?,
                ..Merged::default()
            })
        },
    )
}

/// Merges the rows of the temporary table `judged` into history. Must run
/// inside the transaction that records the batch. `later` of the source must
/// be there (see [`settle::find_later`]).
pub fn merge(tx: &Connection, reading: &Reading<'_>, merging: Merging) -> Result<Merged, Refused> {
    let contract = reading.contract;
    let judged: u64 = bind::query_one(tx, "select count(*) from judged", &[], |row| row.get(0))?;
    let merged = settle::settle(tx, contract, merging.is_whole, judged)?;
    if contract.mode == Mode::Snapshot && !merging.may_end {
        check_ending(tx, contract, merged.ended)?;
    }
    let values: Values<'_> = &[("batch_id", &merging.batch_id), ("as_at", &merging.as_at)];
    confirm(tx, contract, merging.batch_id)?;
    end_versions(tx, contract, merging.batch_id)?;
    write_versions(tx, reading, values, judged)?;
    write_endings(tx, contract, values)?;
    Ok(merged)
}

/// A snapshot that would end more than its contract lets it waits for a word.
fn check_ending(tx: &Connection, contract: &Contract, ended: u64) -> Result<(), Refused> {
    let held: u64 = bind::query_one(
        tx,
        &format!(
            "select count(*) from {} where batch_to is null and not is_deleted \
             and {} in (select scope from scopes)",
            contract.history(),
            scope_text(contract)
        ),
        &[],
        |row| row.get(0),
    )?;
    if contract.ending.is_passed(ended, held) {
        return Err(Refused::coded(
            "ending",
            format!(
                "it lacks {ended} of the {held} rows held, more than the {}% that its contract \
                 lets a file end; if that is right, `daybook ingest confirm FILE`",
                percent(contract.ending.share)
            ),
        ));
    }
    Ok(())
}

/// A share as a percentage without needless decimals.
pub(super) fn percent(share: f64) -> String {
    let text = format!("{:.1}", share * 100.0);
    text.strip_suffix(".0")
        .map_or(text.clone(), ToOwned::to_owned)
}

/// Notes that a delta says the same again, so that a file from in between
/// cannot overwrite it later.
fn confirm(tx: &Connection, contract: &Contract, batch_id: i64) -> Result<()> {
    let said: u64 = bind::query_one(
        tx,
        "select count(*) from settled where fate = 'unchanged'",
        &[],
        |row| row.get(0),
    )?;
    if said == 0 {
        return Ok(());
    }
    bind::execute(
        tx,
        &format!(
            "update {} set confirmed_by = $batch_id \
             where rowid in (select held_row from settled where fate = 'unchanged')",
            contract.history()
        ),
        &[("batch_id", &batch_id)],
    )
    .context("cannot confirm the unchanged rows")?;
    bind::execute(
        tx,
        "insert into ledger.confirmations \
         select $source, $batch_id, said_by, file_line from settled where fate = 'unchanged' \
         order by line",
        &[("source", &contract.name), ("batch_id", &batch_id)],
    )?;
    Ok(())
}

fn end_versions(tx: &Connection, contract: &Contract, batch_id: i64) -> Result<()> {
    bind::execute(
        tx,
        &format!(
            "update {} set batch_to = $batch_id where rowid in (\
             select held_row from settled where held_row is not null \
             and fate in ('new', 'changed', 'ended'))",
            contract.history()
        ),
        &[("batch_id", &batch_id)],
    )
    .context("cannot end the versions that changed")?;
    Ok(())
}

fn write_versions(
    tx: &Connection,
    reading: &Reading<'_>,
    values: Values<'_>,
    judged: u64,
) -> Result<()> {
    let contract = reading.contract;
    let names = names(contract);
    tx.execute_batch(
        "create or replace temp table written as \
         select line, settled.fate, judged.occurrence as nth \
         from settled inner join judged using (line) \
         where settled.fate in ('new', 'changed', 'ended', 'superseded')",
    )?;
    let wanted: u64 = bind::query_one(tx, "select count(*) from written", &[], |row| row.get(0))?;
    // DuckDB 1.5.6 hides a bulk insert from later readers, until the next
    // checkpoint, when an insert of no rows came before it in the transaction.
    if wanted == 0 {
        return Ok(());
    }
    // Equal rows were counted over all lines; over a few the count would be off.
    let is_few = wanted * 2 < judged;
    let thin = thinned(tx, reading.relation, is_few)?;
    let thin_reading = Reading {
        relation: thin.as_ref().unwrap_or(reading.relation),
        named: reading.named.clone(),
        ..*reading
    };
    let sql = format!(
        "insert into {} ({names}, {ADDED})\nwith {}\n\
         select {names}, row_hash, nth, line, $as_at, $batch_id, $batch_id, $batch_id, \
             case when written.fate = 'superseded' then cast($batch_id as bigint) end, \
             op is not distinct from 'D' \
         from typed inner join written using (line) order by line",
        contract.history(),
        thin_reading
            .typed((is_few && thin.is_none()).then_some("line in (select line from written)"))
    );
    let inserted = joins_as_written(tx, || bind::execute(tx, &sql, values));
    if let Some(Relation::Csv { path, .. }) = &thin {
        // What stays is overwritten next time, and cleared with the folder.
        let _ = std::fs::remove_file(path);
    }
    let inserted = inserted.context("cannot write the new versions")?;
    ensure!(
        inserted as u64 == wanted,
        "{wanted} versions to write, {inserted} written"
    );
    Ok(())
}

/// The decoded rows without those that are not wanted again, when they are few
/// and can be told apart by their lines: quicker than to parse them all twice.
fn thinned(tx: &Connection, relation: &Relation, is_few: bool) -> Result<Option<Relation>> {
    let Relation::Csv {
        path,
        delimiter,
        longest,
        has_breaks: false,
    } = relation
    else {
        return Ok(None);
    };
    if !is_few {
        return Ok(None);
    }
    let sql = "select line from written order by line";
    let lines = bind::query(tx, sql, &[], |row| row.get::<_, u64>(0))?;
    Ok(Some(Relation::Csv {
        path: scratch::thinned(path, *delimiter, &lines)?,
        delimiter: *delimiter,
        longest: *longest,
        has_breaks: false,
    }))
}

/// A snapshot's missing rows end: each gets a version that records it.
fn write_endings(tx: &Connection, contract: &Contract, values: Values<'_>) -> Result<()> {
    let missing: u64 = bind::query_one(
        tx,
        "select count(*) from settled where line = 0",
        &[],
        |row| row.get(0),
    )?;
    if missing == 0 {
        return Ok(());
    }
    let names = names(contract);
    bind::execute(
        tx,
        &format!(
            "insert into {history} ({names}, {ADDED}) \
             select {names}, row_hash, occurrence, 0, $as_at, $batch_id, $batch_id, $batch_id, \
                 null, true \
             from {history} as held \
             where rowid in (select held_row from settled where line = 0) order by {key}",
            history = contract.history(),
            key = key_list(contract, "held")
        ),
        values,
    )
    .context("cannot record the rows that ended")?;
    Ok(())
}
