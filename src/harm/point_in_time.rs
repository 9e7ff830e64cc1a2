//! The warehouse as it stood: its tables made again beside the deployment's own
//! from texts that were kept and from history as it was known.

use std::path::Path;

use anyhow::{Context, Result};
use duckdb::Connection;

use super::index::{self, Reference};
use crate::model::restricted::Room;
use crate::store::inputs::{self, Input, Role};
use crate::store::{Store, bind, walls};

/// A database in memory, beside the deployment's own, in which the tables of
/// the warehouse stand as they stood after some batch.
pub struct Past {
    store: Store,
    /// Name of the deployment's own database.
    own: String,
    /// The batch and the texts that the tables stand on.
    stands_on: Option<(i64, String)>,
}

/// Name of that database.
const NAME: &str = "made_again";

/// Schemas of the common room that are made again.
const LAYERS: [&str; 3] = ["staging", "core", "mart"];

impl Past {
    /// With the history of the common room, and of one other if it is named:
    /// a list is never made from another.
    pub fn open(store: &Store, room: Room) -> Result<Self> {
        let store = store.sibling()?;
        let connection = store.connection();
        let own: String = connection.query_row("select current_database()", [], |r| r.get(0))?;
        let tables: Vec<(String, String)> = bind::query(
            connection,
            "select table_schema, table_name from information_schema.tables \
             where table_catalog = current_database() \
                 and table_schema in ('history', $room, 'ledger') order by all",
            &[("room", &room.history())],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        connection.execute_batch(&format!("attach ':memory:' as {NAME}; use {NAME};"))?;
        let looked_at = [Room::Open.history(), room.history(), "ledger"];
        for schema in LAYERS.iter().chain(&looked_at).chain(&[room.layer()]) {
            connection.execute_batch(&format!("create schema if not exists {schema}"))?;
        }
        for (schema, table) in tables {
            connection.execute_batch(&format!(
                "create view {schema}.{table} as from \"{own}\".{schema}.{table}"
            ))?;
        }
        Ok(Self {
            store,
            own,
            stands_on: None,
        })
    }

    pub fn connection(&self) -> &Connection {
        self.store.connection()
    }

    /// Shows only those rows of a table of the ledger for which `condition`
    /// holds, from now on.
    pub fn narrow(&self, table: &str, condition: &str) -> Result<()> {
        self.connection()
            .execute_batch(&format!(
                "create or replace view ledger.{table} as \
                 from \"{}\".ledger.{table} where {condition}",
                self.own
            ))
            .with_context(|| format!("ledger.{table} cannot be looked at"))
    }

    /// Rebuilds the tables from the reference files and models among the
    /// texts, unless they stand on the same batch and texts.
    pub fn stand_on(&mut self, known_at: i64, texts: &[Input]) -> Result<()> {
        let is_statement = |input: &Input| matches!(input.role, Role::List | Role::Measure);
        let decides = |input: &&Input| !is_statement(input);
        let ground = (known_at, inputs::sha256(texts.iter().filter(decides)));
        if self.stands_on.as_ref() == Some(&ground) {
            return Ok(());
        }
        // Until all of them stand, they stand on nothing.
        self.stands_on = None;
        let connection = self.store.connection();
        let references: Vec<Input> = texts
            .iter()
            .filter(|input| matches!(input.role, Role::Edition | Role::Aliases | Role::Basket))
            .cloned()
            .collect();
        if !references.is_empty() {
            index::write(connection, &Reference::parse(references)?)?;
        }
        for model in texts.iter().filter(|input| input.role == Role::Model) {
            let table = table_of(&model.file)?;
            walls::check(connection, &model.text)
                .with_context(|| format!("{} as kept", model.file))?;
            bind::execute(
                connection,
                &format!("create or replace table {table} as\n{}", model.text),
                &[("known_at", &known_at)],
            )
            .with_context(|| format!("{} as kept failed", model.file))?;
        }
        self.stands_on = Some(ground);
        Ok(())
    }
}

impl Drop for Past {
    fn drop(&mut self) {
        // What stays attached would only be memory.
        let _ = self
            .store
            .connection()
            .execute_batch(&format!("use \"{}\"; detach {NAME};", self.own));
    }
}

/// The table that a model's file makes: its folder is the layer.
fn table_of(file: &str) -> Result<String> {
    let path = Path::new(file);
    let layer = path.parent().and_then(Path::file_name);
    let parts = layer.zip(path.file_stem());
    let (layer, name) = parts.with_context(|| format!("{file} is no path of a model"))?;
    Ok(format!("{}.{}", layer.display(), name.display()))
}
