//! Settles judged rows into history. A row's versions carry the batch that
//! brought them and the batch that ended them, and only what changed is
//! written. What stands is what the latest file says, by the moment the files
//! speak of: one that comes late never overwrites it, its rows are kept as
//! versions that were superseded on arrival.

use anyhow::{Context, Result, bail, ensure};
use chrono::NaiveDateTime;
use duckdb::Connection;

use super::contract::{Contract, Mode};
use super::decode::Relation;
use super::stage::{self, Reading, key_columns, key_hash, names};
use super::{Refused, scratch};
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
            "insert into history.{} ({names}, {ADDED})\nwith {}\n\
             select {names}, row_hash, occurrence, line, $as_at, $batch_id, $batch_id, $batch_id, \
             case when is_faulty then {FAULTY} end, op is not distinct from 'D' from typed",
            contract.name,
            reading.typed(None)
        ),
        &[("as_at", &reading.as_at), ("batch_id", &batch_id)],
    )
    .context("cannot write the rows")?;
    let is_faulty = format!("batch_from = {batch_id} and batch_to = {FAULTY}");
    let faulty: usize = bind::query_one(
        tx,
        &format!(
            "select count(*) from history.{} where {is_faulty}",
            contract.name
        ),
        &[],
        |row| row.get(0),
    )?;
    if faulty > 0 {
        tx.execute_batch(&format!(
            "delete from history.{} where {is_faulty}",
            contract.name
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
             from history.{} where batch_from = $batch_id",
            contract.name
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
/// be there (see [`find_later`]).
pub fn merge(tx: &Connection, reading: &Reading<'_>, merging: Merging) -> Result<Merged, Refused> {
    let contract = reading.contract;
    let judged: u64 = bind::query_one(tx, "select count(*) from judged", &[], |row| row.get(0))?;
    match contract.mode {
        Mode::Delta => settle_delta(tx, contract)?,
        Mode::Snapshot => settle_snapshot(tx, contract, merging)?,
    }
    let merged = counts(tx, judged)?;
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

/// Fills the temporary table `later` with the batches whose files speak of a
/// later moment than this one's: by the moment, then the file's name.
pub fn find_later(
    tx: &Connection,
    contract: &Contract,
    as_at: NaiveDateTime,
    file_name: &str,
) -> Result<()> {
    tx.execute_batch("create or replace temp table later (batch_id bigint)")?;
    let found = bind::query(
        tx,
        "select batch_id from ledger.standing_files where source = $source \
         and (as_at > cast($as_at as timestamp) \
              or (as_at = cast($as_at as timestamp) and file_name > $file_name))",
        &[
            ("source", &contract.name),
            ("as_at", &as_at),
            ("file_name", &file_name),
        ],
        |row| row.get::<_, i64>(0),
    )?;
    for batch_id in found {
        tx.execute("insert into later values (?)", [batch_id])?;
    }
    Ok(())
}

/// The fate of each row of a delta, by its key.
fn settle_delta(tx: &Connection, contract: &Contract) -> Result<()> {
    tx.execute_batch(&format!(
        "create or replace temp table settled as \
         select judged.line, held.held_row, held.said_by, held.file_line, \
             case \
                 when held.held_row is null and op = 'D' then 'ended' \
                 when held.held_row is null then 'new' \
                 when held.confirmed_by in (select batch_id from later) then 'superseded' \
                 when held.row_hash = judged.row_hash \
                     and held.is_deleted = (op is not distinct from 'D') then 'unchanged' \
                 when op = 'D' then 'ended' \
                 when held.is_deleted then 'new' \
                 else 'changed' \
             end as fate \
         from judged \
         left join (select rowid as held_row, * from history.{} where batch_to is null) as held \
             on {}",
        contract.name,
        same_key(contract, "judged", "held")
    ))?;
    Ok(())
}

/// The fate of each row that a snapshot says differently, and of each that it
/// lacks. Equal rows are found by hash first, so that only the others are
/// compared by key.
fn settle_snapshot(tx: &Connection, contract: &Contract, merging: Merging) -> Result<()> {
    let key = key_columns(contract);
    let list = |table: &str| -> String {
        let columns: Vec<String> = key.iter().map(|k| format!("{table}.\"{k}\"")).collect();
        columns.join(", ")
    };
    let both: Vec<String> = key
        .iter()
        .map(|k| format!("coalesce(judged.\"{k}\", held.\"{k}\") as \"{k}\""))
        .collect();
    tx.execute_batch(&format!(
        "create or replace temp table scopes as \
         select scope, \
             exists (select 1 from ledger.batch_scopes as past where past.scope = judged.scope \
                 and past.batch_id in (select batch_id from later)) as has_later, \
             exists (select 1 from ledger.batch_scopes as past where past.scope = judged.scope \
                 and past.is_whole and past.batch_id in (select batch_id from later)) as is_past \
         from judged group by scope; \
         create or replace temp table unlike as \
         select judged.line, held.held_row, {both}, coalesce(judged.scope, held.scope) as scope \
         from judged \
         full outer join ( \
             select rowid as held_row, row_hash, {key_hash} as key_hash, occurrence, \
                 {scope} as scope, {held_key} \
             from history.{source} as held \
             where batch_to is null and not is_deleted \
                 and {scope} in (select scope from scopes) \
         ) as held \
             on held.row_hash = judged.row_hash and held.key_hash = judged.key_hash \
                 and held.occurrence = judged.occurrence \
         where judged.line is null or held.held_row is null; \
         create or replace temp table settled as \
         select said.line, coalesce(held.held_row, gone.held_row) as held_row, \
             cast(null as bigint) as said_by, cast(null as bigint) as file_line, \
             case \
                 when scopes.is_past or (scopes.has_later and held.held_row is not null) \
                     then 'superseded' \
                 when held.held_row is null then 'new' \
                 else 'changed' \
             end as fate \
         from unlike as said \
         inner join scopes on scopes.scope = said.scope \
         left join unlike as held on held.line is null and {said_held} \
         left join (select rowid as held_row, {gone_key} from history.{source} as gone \
                    where batch_to is null and is_deleted) as gone on {said_gone} \
         where said.line is not null \
         union all \
         select 0 as line, held.held_row, null, null, 'ended' as fate \
         from unlike as held \
         inner join scopes on scopes.scope = held.scope \
         where held.line is null and {is_whole} and not scopes.has_later \
             and not exists (select 1 from unlike as said where said.line is not null and {said_held})",
        both = both.join(", "),
        key_hash = key_hash(contract),
        scope = stage::scope_text(contract),
        held_key = held_key(contract),
        source = contract.name,
        said_held = same_key(contract, "said", "held"),
        gone_key = list("gone"),
        said_gone = same_key(contract, "said", "gone"),
        is_whole = merging.is_whole,
    ))?;
    Ok(())
}

/// The key columns of history that are not there already.
fn held_key(contract: &Contract) -> String {
    if contract.key.is_empty() {
        return "1 as held_mark".to_owned();
    }
    let columns: Vec<String> = contract.key.iter().map(|k| format!("\"{k}\"")).collect();
    columns.join(", ")
}

fn counts(tx: &Connection, judged: u64) -> Result<Merged> {
    let mut merged = Merged::default();
    let rows = bind::query(
        tx,
        "select fate, count(*), count(*) filter (line > 0) from settled group by fate",
        &[],
        |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, u64>(1)?,
                row.get::<_, u64>(2)?,
            ))
        },
    )?;
    let mut told = 0;
    for (fate, count, of_the_file) in rows {
        told += of_the_file;
        match fate.as_str() {
            "new" => merged.new = count,
            "changed" => merged.changed = count,
            "unchanged" => merged.unchanged = count,
            "superseded" => merged.superseded = count,
            "ended" => merged.ended = count,
            other => bail!("a row settled as {other:?}"),
        }
    }
    ensure!(
        told <= judged,
        "{told} rows settled of {judged}: a key is held twice"
    );
    merged.unchanged += judged - told;
    Ok(merged)
}

/// A snapshot that would end more than its contract lets it waits for a word.
fn check_ending(tx: &Connection, contract: &Contract, ended: u64) -> Result<(), Refused> {
    let held: u64 = bind::query_one(
        tx,
        &format!(
            "select count(*) from history.{} where batch_to is null and not is_deleted \
             and {} in (select scope from scopes)",
            contract.name,
            stage::scope_text(contract)
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
            "update history.{} set confirmed_by = $batch_id \
             where rowid in (select held_row from settled where fate = 'unchanged')",
            contract.name
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
            "update history.{} set batch_to = $batch_id where rowid in (\
             select held_row from settled where held_row is not null \
             and fate in ('new', 'changed', 'ended'))",
            contract.name
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
    let kept = is_few.then_some("line in (select line from written)");
    let thin = thinned(tx, reading.relation, is_few)?;
    let thin_reading = Reading {
        relation: thin.as_ref().unwrap_or(reading.relation),
        named: reading.named.clone(),
        ..*reading
    };
    let sql = format!(
        "insert into history.{} ({names}, {ADDED})\nwith {}\n\
         select {names}, row_hash, nth, line, $as_at, $batch_id, $batch_id, $batch_id, \
             case when written.fate = 'superseded' then cast($batch_id as bigint) end, \
             op is not distinct from 'D' \
         from typed inner join written using (line) order by line",
        contract.name,
        thin_reading.typed(kept)
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
            "insert into history.{source} ({names}, {ADDED}) \
             select {names}, row_hash, occurrence, 0, $as_at, $batch_id, $batch_id, $batch_id, \
                 null, true \
             from history.{source} \
             where rowid in (select held_row from settled where line = 0) order by {key}",
            source = contract.name,
            key = key_columns(contract)
                .iter()
                .map(|k| format!("\"{k}\""))
                .collect::<Vec<_>>()
                .join(", ")
        ),
        values,
    )
    .context("cannot record the rows that ended")?;
    Ok(())
}

pub(super) fn same_key(contract: &Contract, left: &str, right: &str) -> String {
    key_columns(contract)
        .iter()
        .map(|key| format!("{left}.\"{key}\" = {right}.\"{key}\""))
        .collect::<Vec<_>>()
        .join(" and ")
}
