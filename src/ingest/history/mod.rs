//! The history table of a source: every version of every row, with the batch
//! that brought it and the batch that ended it.

pub mod batch;
pub mod described;
pub mod detect_changes;
pub mod ledger;
pub mod merge;
pub mod rejects;
pub mod restricted;
pub mod revert;

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use duckdb::{Connection, params};

use crate::ingest::contract::keys::names;
use crate::ingest::contract::{Column, Contract};
use crate::ingest::failed::{Cause, Failure};
use crate::model::restricted::Room;
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
    let mut held = Held::read(store.connection())?;
    let is_moving = contracts.iter().any(|contract| held.awaits(contract));
    if contracts.iter().any(|contract| held.is_elsewhere(contract)) {
        for contract in contracts {
            store.transaction(|tx| restricted::move_in(tx, contract))?;
        }
        held = Held::read(store.connection())?;
    }
    let mut unready = Vec::new();
    for contract in contracts {
        if held.suits(contract) {
            continue;
        }
        let Err(error) = store.transaction(|tx| held.ensure(tx, contract)) else {
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

/// Whether rows of a source still lie outside the room that its contract says.
pub fn is_awaited(connection: &Connection, contracts: &[Contract]) -> Result<bool> {
    let held = Held::read(connection)?;
    Ok(contracts.iter().any(|contract| held.awaits(contract)))
}

/// Makes sure of the history table of one source, in its room.
pub fn ensure(connection: &Connection, contract: &Contract) -> Result<()> {
    restricted::move_in(connection, contract)?;
    Held::read(connection)?.ensure(connection, contract)
}

/// What is kept of the sources, read at once for all of them.
pub struct Held {
    /// By schema and table: each column with its type.
    columns: BTreeMap<(String, String), Vec<(String, String)>>,
    /// By source: the columns and the hash function that its rows were hashed
    /// with.
    proofs: BTreeMap<String, String>,
    /// What the database's hash function gives today.
    probe: u64,
}

impl Held {
    pub fn read(connection: &Connection) -> Result<Self> {
        let mut columns = BTreeMap::<_, Vec<_>>::new();
        let rooms = [
            ("open", &Room::Open.history()),
            ("conduct", &Room::Conduct.history()),
        ];
        let found: Vec<((String, String), (String, String))> = bind::query(
            connection,
            "select table_schema, table_name, column_name, lower(data_type) \
             from information_schema.columns where table_schema in ($open, $conduct)",
            &rooms.map(|(name, schema)| (name, schema as _)),
            |row| Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?))),
        )?;
        for (table, column) in found {
            columns.entry(table).or_default().push(column);
        }
        let proofs = bind::query(
            connection,
            "select source, proof from ledger.hashing",
            &[],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let probe =
            connection.query_row("select hash('daybook', 2026, true)", [], |row| row.get(0))?;
        Ok(Self {
            columns,
            proofs: proofs.into_iter().collect(),
            probe,
        })
    }

    fn columns(&self, room: Room, contract: &Contract) -> Option<&Vec<(String, String)>> {
        let table = (room.history().to_owned(), contract.name.clone());
        self.columns.get(&table)
    }

    /// Whether rows of a source still lie outside the room that its contract
    /// says.
    pub(crate) fn awaits(&self, contract: &Contract) -> bool {
        contract.room != Room::Open && self.columns(Room::Open, contract).is_some()
    }

    /// Whether rows of a source lie in another room than its contract says.
    fn is_elsewhere(&self, contract: &Contract) -> bool {
        [Room::Open, Room::Conduct]
            .into_iter()
            .any(|room| room != contract.room && self.columns(room, contract).is_some())
    }

    /// Whether a source is kept as its contract says, so that nothing is to do.
    fn suits(&self, contract: &Contract) -> bool {
        self.columns(contract.room, contract).is_some()
            && !self.is_elsewhere(contract)
            && self
                .missing(contract)
                .is_ok_and(|missing| missing.is_empty())
            && self.proofs.get(&contract.name) == Some(&self.proof(contract))
    }

    /// Makes sure that the history table of a source exists with its contract's
    /// columns. A column that the contract gained is added, empty for the past;
    /// a column whose type changed is refused.
    pub fn ensure(&self, connection: &Connection, contract: &Contract) -> Result<()> {
        let missing = self.missing(contract)?;
        if self.columns(contract.room, contract).is_none() {
            create(connection, contract)?;
        } else if !missing.is_empty() {
            add(connection, contract, &missing)?;
        }
        hash_again_if_needed(connection, contract, self)
    }

    /// Columns that the contract gained; an error where one has changed.
    fn missing<'c>(&self, contract: &'c Contract) -> Result<Vec<&'c Column>> {
        let table = contract.history();
        let Some(known) = self.columns(contract.room, contract) else {
            return Ok(Vec::new());
        };
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
                None => missing.push(column),
            }
        }
        Ok(missing)
    }

    fn proof(&self, contract: &Contract) -> String {
        format!("{} {}", names(contract), self.probe)
    }
}

fn create(connection: &Connection, contract: &Contract) -> Result<()> {
    let columns: Vec<String> = contract.columns.iter().map(of_table).collect();
    Ok(connection.execute_batch(&format!(
        "create table {} ({}, row_hash ubigint not null, \
         occurrence integer not null, file_line bigint not null, as_at timestamp not null, \
         said_by bigint not null, confirmed_by bigint not null, batch_from bigint not null, \
         batch_to bigint, is_deleted boolean not null)",
        contract.history(),
        columns.join(", ")
    ))?)
}

fn add(connection: &Connection, contract: &Contract, missing: &[&Column]) -> Result<()> {
    let table = contract.history();
    let each: Vec<String> = missing
        .iter()
        .map(|column| format!("alter table {table} add column {};", of_table(column)))
        .collect();
    let ledgers = [catalogue::brought(&table), catalogue::ended(&table)];
    let note = format!("{} gained columns", contract.name);
    chain::rewrite(connection, &ledgers, &note, || {
        Ok(connection.execute_batch(&each.concat())?)
    })
}

/// A column as the table has it.
fn of_table(column: &Column) -> String {
    format!("\"{}\" {}", column.name, column.kind.sql_type())
}

/// Hashes every row again when the columns or the database's hash function are
/// not those that the rows were hashed with; all would seem changed otherwise.
fn hash_again_if_needed(connection: &Connection, contract: &Contract, held: &Held) -> Result<()> {
    let names = names(contract);
    let proof = held.proof(contract);
    let known = held.proofs.get(&contract.name);
    if known == Some(&proof) {
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
