//! Settles judged rows into history. A row's versions carry the batch that
//! brought them and the batch that ended them, and only what changed is
//! written. What stands is what the latest file says, by the moment the files
//! speak of: one that comes late never overwrites it, its rows are kept as
//! versions that were superseded on arrival.

use anyhow::{Context, Result, ensure};
use chrono::NaiveDateTime;
use duckdb::Connection;

use super::detect_changes::{self, Merged};
use crate::ingest::contract::keys::{key_list, names, scope_text};
use crate::ingest::contract::{Contract, Mode, percent};
use crate::ingest::decode::{decoded::Relation, spool};
use crate::ingest::refusal::Refused;
use crate::ingest::validate::stage::Reading;
use crate::store::bind::{self, Values};
use crate::store::chain;
use crate::store::planner::{in_any_order, joins_as_written};

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
/// how many, and whether some lost a wrong value. Faulty rows are marked on the
/// way and taken out again, because a condition would have the database work
/// every value out twice.
pub fn write_first(tx: &Connection, reading: &Reading<'_>, batch_id: i64) -> Result<(u64, bool)> {
    let contract = reading.contract;
    let names = names(contract);
    let sql = format!(
        "insert into {} ({names}, {ADDED})\nwith {}\n\
         select {names}, row_hash, occurrence, line, $as_at, $batch_id, $batch_id, $batch_id, \
         case when is_faulty then {FAULTY} when has_warning then {WARNED} end, \
         op is not distinct from 'D' from typed",
        contract.history(),
        reading.typed(None)
    );
    let values: Values<'_> = &[("as_at", &reading.as_at), ("batch_id", &batch_id)];
    let written = in_any_order(tx, || bind::execute(tx, &sql, values));
    let written = written.context("cannot write the rows")?;
    let history = contract.history();
    let own = format!("batch_from = {batch_id}");
    let (faulty, warned): (usize, usize) = bind::query_one(
        tx,
        &format!(
            "select count(*) filter (batch_to = {FAULTY}), count(*) filter (batch_to = {WARNED}) \
             from {history} where {own} and batch_to is not null"
        ),
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    if faulty > 0 {
        tx.execute_batch(&format!(
            "delete from {history} where {own} and batch_to = {FAULTY}"
        ))?;
    }
    if warned > 0 {
        tx.execute_batch(&format!(
            "update {history} set batch_to = null where {own} and batch_to = {WARNED}"
        ))?;
    }
    Ok(((written - faulty) as u64, warned > 0))
}

/// Marks a row that must not stay, and one that lost a value; no batch has
/// these numbers.
const FAULTY: i64 = -1;
const WARNED: i64 = -2;

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
/// be there (see [`detect_changes::find_later`]).
pub fn merge(tx: &Connection, reading: &Reading<'_>, merging: Merging) -> Result<Merged, Refused> {
    let contract = reading.contract;
    let judged: u64 = bind::query_one(tx, "select count(*) from judged", &[], |row| row.get(0))?;
    let merged = detect_changes::settle(tx, contract, merging.is_whole, judged)?;
    if contract.mode == Mode::Snapshot && !merging.may_end {
        check_ending(tx, contract, merged)?;
    }
    let values: Values<'_> = &[("batch_id", &merging.batch_id), ("as_at", &merging.as_at)];
    confirm(tx, contract, merging.batch_id)?;
    end_versions(tx, contract, merging.batch_id)?;
    write_versions(tx, reading, values, judged)?;
    write_endings(tx, contract, values)?;
    Ok(merged)
}

/// A snapshot that would end more than its contract lets it waits for a word:
/// of all that it covers, or of a part, so that a stray row of a small part does
/// not take that part away. Rows that are known by their content alone end with
/// every correction, and what came in their place is no loss.
fn check_ending(tx: &Connection, contract: &Contract, merged: Merged) -> Result<(), Refused> {
    if merged.ended < contract.ending.at_least {
        return Ok(());
    }
    let replaced = contract.key.is_empty();
    let (ended, held, parts): (u64, u64, u64) = bind::query_one(
        tx,
        &format!(
            "with held as ( \
                 select {scope} as scope, count(*) as held from {history} \
                 where batch_to is null and not is_deleted \
                     and {scope} in (select scope from scopes) group by 1 \
             ), \
             lost as ( \
                 select unlike.scope, count(*) filter (settled.fate = 'ended') \
                     - count(*) filter ({replaced} and settled.fate = 'new') as ended \
                 from unlike inner join settled \
                     on settled.line = coalesce(unlike.line, 0) \
                     and (unlike.line is not null or settled.held_row = unlike.held_row) \
                 group by 1 \
             ), \
             each as ( \
                 select scope, greatest(coalesce(ended, 0), 0) as ended, held \
                 from held left join lost using (scope) \
             ) \
             select cast(sum(ended) as ubigint) as ended, cast(sum(held) as ubigint), 0 \
             from each having sum(ended) > {share} * sum(held) and sum(ended) >= {least} \
             union all \
             select cast(arg_max(ended, ended) as ubigint), cast(arg_max(held, ended) as ubigint), \
                 count(*) \
             from each where ended > {share} * held and ended >= {least} having count(*) > 0 \
             union all select 0, 0, 0 \
             order by 1 desc, 3 limit 1",
            scope = scope_text(contract),
            history = contract.history(),
            share = contract.ending.share,
            least = contract.ending.at_least.max(1),
        ),
        &[],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    if ended == 0 {
        return Ok(());
    }
    let whole = match parts {
        0 => "",
        _ => " of one of its parts",
    };
    Err(Refused::coded(
        "ending",
        format!(
            "it lacks {ended} of the {held} rows held{whole}, more than the {}% that its contract \
             lets a file end; if that is right, `daybook ingest accept-deletions FILE`",
            percent(contract.ending.share)
        ),
    ))
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
    chain::seal(tx, "ledger.confirmations", &[batch_id])
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
        has_dates,
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
        path: spool::thinned(path, *delimiter, &lines)?,
        delimiter: *delimiter,
        longest: *longest,
        has_breaks: false,
        has_dates: *has_dates,
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
