//! Settles staged rows into history. A row's versions carry the batch that
//! brought them and the batch that ended them, and only what changed is
//! written. A file that speaks of an earlier moment than what is already
//! known never overwrites it: its rows are kept as versions that were
//! superseded on arrival.

use anyhow::{Context, Result, bail};
use chrono::NaiveDateTime;
use duckdb::Connection;

use super::contract::{Contract, Mode};
use super::stage::key_columns;
use crate::store::bind::{self, Values};

/// What a batch did to history, in rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Merged {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub superseded: u64,
    pub ended: u64,
}

/// Makes sure that the history table of a source exists with its contract's
/// columns. A column that the contract gained is added, empty for the past; a
/// column whose type changed is refused.
pub fn ensure_history(connection: &Connection, contract: &Contract) -> Result<()> {
    let columns: Vec<String> = contract
        .columns
        .iter()
        .map(|column| format!("\"{}\" {}", column.name, column.kind.sql_type()))
        .collect();
    connection.execute_batch(&format!(
        "create table if not exists history.{} ({}, row_hash ubigint not null, \
         occurrence integer not null, file_line bigint not null, as_at timestamp not null, \
         confirmed_at timestamp not null, batch_from bigint not null, batch_to bigint, \
         is_deleted boolean not null)",
        contract.name,
        columns.join(", ")
    ))?;
    let known = bind::query(
        connection,
        "select column_name, lower(data_type) from information_schema.columns \
         where table_schema = 'history' and table_name = $name",
        &[("name", &contract.name)],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
    )?;
    for column in &contract.columns {
        let wanted = column.kind.sql_type().replace(", ", ",");
        match known.iter().find(|(name, _)| *name == column.name) {
            Some((_, held)) if *held == wanted => {}
            Some((_, held)) => bail!(
                "history.{}.{} holds {held}, the contract now says {wanted}; \
                 give the column a new name, so that what is kept stays as it is",
                contract.name,
                column.name
            ),
            None => connection.execute_batch(&format!(
                "alter table history.{} add column \"{}\" {}",
                contract.name,
                column.name,
                column.kind.sql_type()
            ))?,
        }
    }
    Ok(())
}

/// Merges the sound rows of the temporary table `staged` into history. Must
/// run inside the transaction that records the batch. A snapshot ends the rows
/// it lacks only when all of it `is_sound`: a rejected row is not a missing one.
pub fn merge(
    connection: &Connection,
    contract: &Contract,
    batch_id: i64,
    as_at: NaiveDateTime,
    is_sound: bool,
) -> Result<Merged> {
    let values: Values<'_> = &[("batch_id", &batch_id), ("as_at", &as_at)];
    let same_key = same_key(contract, "staged", "held");
    // `held` is the newest version, whether it lives or records a deletion.
    bind::execute(
        connection,
        &format!(
            "create or replace temp table settled as \
             select staged.line, \
                 case \
                     when held.row_hash is null then case when op = 'D' then 'ended' else 'new' end \
                     when held.confirmed_at > cast($as_at as timestamp) then 'superseded' \
                     when held.is_deleted and coalesce(op, 'U') = 'D' then 'unchanged' \
                     when held.is_deleted then 'new' \
                     when op = 'D' then 'ended' \
                     when held.row_hash = staged.row_hash then 'unchanged' \
                     else 'changed' \
                 end as fate, \
                 held.row_hash is not null as is_held \
             from staged \
             left join history.{} as held on held.batch_to is null and {same_key}",
            contract.name
        ),
        &[("as_at", &as_at)],
    )?;
    let mut merged = counts(connection)?;
    let moved = merged.new + merged.changed + merged.ended;
    if contract.mode == Mode::Snapshot && is_sound {
        merged.ended += end_missing(connection, contract, values)?;
    }
    if moved > 0 {
        end_versions(connection, contract, values)?;
    }
    if moved + merged.superseded > 0 {
        insert_versions(connection, contract, values)?;
    }
    if merged.unchanged > 0 {
        confirm(connection, contract, as_at)?;
    }
    connection.execute_batch("drop table settled")?;
    Ok(merged)
}

fn counts(connection: &Connection) -> Result<Merged> {
    let mut merged = Merged::default();
    let rows = bind::query(
        connection,
        "select fate, count(*) from settled group by fate",
        &[],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, u64>(1)?)),
    )?;
    for (fate, count) in rows {
        match fate.as_str() {
            "new" => merged.new = count,
            "changed" => merged.changed = count,
            "unchanged" => merged.unchanged = count,
            "superseded" => merged.superseded = count,
            "ended" => merged.ended = count,
            other => bail!("a row settled as {other:?}"),
        }
    }
    Ok(merged)
}

fn end_versions(connection: &Connection, contract: &Contract, values: Values<'_>) -> Result<()> {
    bind::execute(
        connection,
        &format!(
            "update history.{} as held set batch_to = $batch_id \
             from staged join settled using (line) \
             where held.batch_to is null and settled.is_held \
                 and settled.fate in ('new', 'changed', 'ended') and {}",
            contract.name,
            same_key(contract, "staged", "held")
        ),
        values,
    )
    .context("cannot end the versions that changed")?;
    Ok(())
}

fn insert_versions(connection: &Connection, contract: &Contract, values: Values<'_>) -> Result<()> {
    let names = names(contract);
    bind::execute(
        connection,
        &format!(
            "insert into history.{} ({names}, row_hash, occurrence, file_line, as_at, confirmed_at, \
                 batch_from, batch_to, is_deleted) \
             select {names}, row_hash, occurrence, line, $as_at, $as_at, $batch_id, \
                 case when settled.fate = 'superseded' then cast($batch_id as bigint) end, \
                 coalesce(op, 'U') = 'D' \
             from staged join settled using (line) \
             where settled.fate in ('new', 'changed', 'ended', 'superseded') \
             order by line",
            contract.name
        ),
        values,
    )
    .context("cannot write the new versions")?;
    Ok(())
}

/// A snapshot's missing rows end: each gets a version that records it.
fn end_missing(connection: &Connection, contract: &Contract, values: Values<'_>) -> Result<u64> {
    let names = names(contract);
    let scope: Vec<String> = contract
        .scope
        .iter()
        .map(|column| format!("held.\"{column}\" is not distinct from scope.\"{column}\""))
        .collect();
    let in_scope = if contract.scope.is_empty() {
        "true".to_owned()
    } else {
        format!(
            "exists (select 1 from staged as scope where {})",
            scope.join(" and ")
        )
    };
    let condition = format!(
        "held.batch_to is null and not held.is_deleted \
         and held.confirmed_at <= cast($as_at as timestamp) and {in_scope} \
         and not exists (select 1 from staged where {})",
        same_key(contract, "staged", "held")
    );
    bind::execute(
        connection,
        &format!(
            "create or replace temp table missing as select {names}, row_hash, occurrence, file_line \
             from history.{} as held where {condition}",
            contract.name
        ),
        &values[1..],
    )?;
    let ended: u64 = bind::query_one(connection, "select count(*) from missing", &[], |row| {
        row.get(0)
    })?;
    // DuckDB 1.5.6 hides a bulk insert from later readers, until the next
    // checkpoint, when an insert of no rows came before it in the transaction.
    if ended > 0 {
        bind::execute(
            connection,
            &format!(
                "update history.{} as held set batch_to = $batch_id where {condition}",
                contract.name
            ),
            values,
        )?;
        bind::execute(
            connection,
            &format!(
                "insert into history.{} ({names}, row_hash, occurrence, file_line, as_at, confirmed_at, \
                     batch_from, batch_to, is_deleted) \
                 select {names}, row_hash, occurrence, file_line, $as_at, $as_at, $batch_id, null, true from missing",
                contract.name
            ),
            values,
        )?;
    }
    connection.execute_batch("drop table missing")?;
    Ok(ended)
}

/// Notes that the newest file says the same, so that a file from between the
/// two cannot overwrite it later.
fn confirm(connection: &Connection, contract: &Contract, as_at: NaiveDateTime) -> Result<()> {
    bind::execute(
        connection,
        &format!(
            "update history.{} as held set confirmed_at = $as_at \
             from staged join settled using (line) \
             where held.batch_to is null and settled.fate = 'unchanged' \
                 and held.confirmed_at < cast($as_at as timestamp) and {}",
            contract.name,
            same_key(contract, "staged", "held")
        ),
        &[("as_at", &as_at)],
    )
    .context("cannot confirm the unchanged rows")?;
    Ok(())
}

fn same_key(contract: &Contract, left: &str, right: &str) -> String {
    key_columns(contract)
        .iter()
        .map(|key| format!("{left}.\"{key}\" = {right}.\"{key}\""))
        .collect::<Vec<_>>()
        .join(" and ")
}

fn names(contract: &Contract) -> String {
    contract
        .columns
        .iter()
        .map(|column| format!("\"{}\"", column.name))
        .collect::<Vec<_>>()
        .join(", ")
}
