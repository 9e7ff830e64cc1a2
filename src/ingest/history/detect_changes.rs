//! Says what becomes of each judged row: new, changed, unchanged, ended, or
//! superseded by a file that speaks of a later moment. Nothing is written here
//! but temporary tables.

use anyhow::{Result, bail, ensure};
use chrono::NaiveDateTime;
use duckdb::Connection;

use crate::ingest::contract::keys::{key_columns, key_hash, key_list, same_key, scope_text};
use crate::ingest::contract::{Contract, Mode};
use crate::store::bind;

/// What a batch did to history, in rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Merged {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub superseded: u64,
    pub ended: u64,
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

/// Fills the temporary table `settled` with the fate of each row of `judged`,
/// and of those that a snapshot lacks when it `is_whole`. `later` must be there.
pub fn settle(tx: &Connection, contract: &Contract, is_whole: bool, judged: u64) -> Result<Merged> {
    match contract.mode {
        Mode::Delta => settle_delta(tx, contract)?,
        Mode::Snapshot => {
            find_scopes(tx)?;
            find_unlike(tx, contract)?;
            settle_unlike(tx, contract, is_whole)?;
        }
    }
    counts(tx, judged)
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
         left join (select rowid as held_row, * from {} where batch_to is null) as held \
             on {}",
        contract.history(),
        same_key(contract, "judged", "held")
    ))?;
    Ok(())
}

/// Fills `scopes` with the parts of the whole that a snapshot covers, and
/// whether a later one has covered each, or covered it wholly.
fn find_scopes(tx: &Connection) -> Result<()> {
    tx.execute_batch(
        "create or replace temp table scopes as \
         select scope, \
             exists (select 1 from ledger.batch_scopes as past where past.scope = judged.scope \
                 and past.batch_id in (select batch_id from later)) as has_later, \
             exists (select 1 from ledger.batch_scopes as past where past.scope = judged.scope \
                 and past.is_whole and past.batch_id in (select batch_id from later)) as is_past \
         from judged group by scope",
    )?;
    Ok(())
}

/// Fills `unlike` with the rows of the snapshot that are not held just so, and
/// the rows held in its scopes that it does not say just so. Equal rows are
/// found by hash, so that only the others are compared by key.
fn find_unlike(tx: &Connection, contract: &Contract) -> Result<()> {
    let key: Vec<String> = key_columns(contract)
        .iter()
        .map(|k| format!("coalesce(judged.\"{k}\", held.\"{k}\") as \"{k}\""))
        .collect();
    tx.execute_batch(&format!(
        "create or replace temp table unlike as \
         select judged.line, held.held_row, {key}, coalesce(judged.scope, held.scope) as scope \
         from judged \
         full outer join ( \
             select rowid as held_row, {key_hash} as key_hash, {scope} as scope, * \
             from {history} \
             where batch_to is null and not is_deleted \
                 and {scope} in (select scope from scopes) \
         ) as held \
             on held.row_hash = judged.row_hash and held.key_hash = judged.key_hash \
                 and held.occurrence = judged.occurrence \
         where judged.line is null or held.held_row is null",
        key = key.join(", "),
        key_hash = key_hash(contract),
        scope = scope_text(contract),
        history = contract.history(),
    ))?;
    Ok(())
}

/// The fate of the rows in `unlike`. One that comes back ends the version that
/// recorded its end.
fn settle_unlike(tx: &Connection, contract: &Contract, is_whole: bool) -> Result<()> {
    tx.execute_batch(&format!(
        "create or replace temp table settled as \
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
         left join (select rowid as held_row, {gone_key} from {history} as gone \
                    where batch_to is null and is_deleted) as gone on {said_gone} \
         where said.line is not null \
         union all \
         select 0 as line, held.held_row, null, null, 'ended' as fate \
         from unlike as held \
         inner join scopes on scopes.scope = held.scope \
         where held.line is null and {is_whole} and not scopes.has_later \
             and not exists (select 1 from unlike as said where said.line is not null and {said_held})",
        said_held = same_key(contract, "said", "held"),
        gone_key = key_list(contract, "gone"),
        history = contract.history(),
        said_gone = same_key(contract, "said", "gone"),
    ))?;
    Ok(())
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
