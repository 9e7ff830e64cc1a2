//! The history table of a source: every version of every row, with the batch
//! that brought it and the batch that ended it.

use anyhow::{Result, bail};
use duckdb::{Connection, OptionalExt, params};

use super::contract::Contract;
use super::described;
use super::failed::{Cause, Failure};
use super::keys::names;
use super::restricted;
use crate::store::chain::{self, catalogue};
use crate::store::{Store, bind, failure};

/// A source whose rows cannot be kept as its contract now says, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unready {
    pub source: String,
    pub reason: String,
}

/// Makes sure of the history table of every source, so that relations and
/// models find it; returns those of which none can be made.
///
/// A source that is not in the room its contract says is no fault of its own
/// files alone: its rows would be open to all, so that it is an error here.
pub fn ensure_all(store: &Store, contracts: &[Contract]) -> Result<Vec<Unready>> {
    let is_moving = restricted::is_awaited(store.connection(), contracts)?;
    for contract in contracts {
        store.transaction(|tx| restricted::move_in(tx, contract))?;
    }
    let mut unready = Vec::new();
    for contract in contracts {
        let Err(error) = store.transaction(|tx| ensure(tx, contract)) else {
            continue;
        };
        if Failure::of(&error).cause == Cause::End {
            return Err(error);
        }
        unready.push(Unready {
            source: contract.name.clone(),
            reason: failure::told(&error),
        });
    }
    described::describe(store, contracts)?;
    if is_moving {
        // A table made, filled and another dropped is not left to be replayed.
        store.checkpoint()?;
    }
    Ok(unready)
}

/// Makes sure that the history table of a source exists, in its room, with its
/// contract's columns. A column that the contract gained is added, empty for
/// the past; a column whose type changed is refused.
pub fn ensure(connection: &Connection, contract: &Contract) -> Result<()> {
    restricted::move_in(connection, contract)?;
    let table = contract.history();
    let columns: Vec<String> = contract
        .columns
        .iter()
        .map(|column| format!("\"{}\" {}", column.name, column.kind.sql_type()))
        .collect();
    connection.execute_batch(&format!(
        "create table if not exists {table} ({}, row_hash ubigint not null, \
         occurrence integer not null, file_line bigint not null, as_at timestamp not null, \
         said_by bigint not null, confirmed_by bigint not null, batch_from bigint not null, \
         batch_to bigint, is_deleted boolean not null)",
        columns.join(", ")
    ))?;
    let known = columns_held(connection, contract)?;
    let is_from_before = known.iter().any(|(name, _)| name == "confirmed_at");
    if is_from_before {
        bail!(
            "{table} was made by daybook 0.1 as it was before files could be reverted; \
             start a new database and take the files in again"
        );
    }
    let mut missing = Vec::new();
    for column in &contract.columns {
        let wanted = column.kind.sql_type().replace(", ", ",");
        match known.iter().find(|(name, _)| *name == column.name) {
            Some((_, held)) if *held == wanted => {}
            Some((_, held)) => bail!(
                "{table}.{} holds {held}, the contract now says {wanted}; \
                 give the column a new name, so that what is kept stays as it is",
                column.name
            ),
            None => missing.push(format!(
                "alter table {table} add column \"{}\" {};",
                column.name,
                column.kind.sql_type()
            )),
        }
    }
    if !missing.is_empty() {
        let ledgers = [catalogue::brought(&table), catalogue::ended(&table)];
        let note = format!("{} gained columns", contract.name);
        chain::rewrite(connection, &ledgers, &note, || {
            Ok(connection.execute_batch(&missing.concat())?)
        })?;
    }
    hash_again_if_needed(connection, contract)
}

fn columns_held(connection: &Connection, contract: &Contract) -> Result<Vec<(String, String)>> {
    bind::query(
        connection,
        "select column_name, lower(data_type) from information_schema.columns \
         where table_schema = $schema and table_name = $name",
        &[
            ("schema", &contract.room.history()),
            ("name", &contract.name),
        ],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Hashes every row again when the columns or the database's hash function are
/// not those that the rows were hashed with; all would seem changed otherwise.
fn hash_again_if_needed(connection: &Connection, contract: &Contract) -> Result<()> {
    let names = names(contract);
    let probe: u64 =
        connection.query_row("select hash('daybook', 2026, true)", [], |row| row.get(0))?;
    let proof = format!("{names} {probe}");
    let known: Option<String> = connection
        .query_row(
            "select proof from ledger.hashing where source = ?",
            [&contract.name],
            |row| row.get(0),
        )
        .optional()?;
    if known.as_deref() == Some(&proof) {
        return Ok(());
    }
    if known.is_some() {
        connection.execute_batch(&format!(
            "update {} set row_hash = hash({names})",
            contract.history()
        ))?;
    }
    connection.execute(
        "insert or replace into ledger.hashing values (?, ?)",
        params![contract.name, proof],
    )?;
    chain::seal(connection, "ledger.hashing", &[&contract.name])
}

/// Whether no row of a source is held, so that every sound row is new.
pub fn is_empty(connection: &Connection, contract: &Contract) -> Result<bool> {
    Ok(connection.query_row(
        &format!("select not exists (from {})", contract.history()),
        [],
        |row| row.get(0),
    )?)
}
