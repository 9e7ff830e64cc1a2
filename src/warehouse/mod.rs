//! Rebuilds the warehouse: one SELECT per table, in layers, ordered by what
//! each reads, all in one transaction. Readers see yesterday's tables until
//! today's are whole.

pub mod checks;
pub mod models;

use anyhow::{Context, Result};
use duckdb::{Connection, params};

use crate::clock::Stopwatch;
use crate::store::Store;
use crate::store::bind;
use crate::store::query::check_single_select;
use checks::CheckResult;
use models::Model;

/// One rebuilt table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    pub table: String,
    pub rows: u64,
    pub elapsed_ms: u64,
}

/// Rebuilds every model as known after batch `known_at`, then runs the checks.
/// `prepare` fills the reference tables of the staging layer, in the same
/// transaction; `recipe` is a hash of everything but the data that decides the
/// result.
pub fn rebuild(
    store: &Store,
    models: &[Model],
    checks: &[Model],
    known_at: i64,
    recipe: &str,
    prepare: impl FnOnce(&Connection) -> Result<()>,
) -> Result<(Vec<Built>, Vec<CheckResult>)> {
    store.transaction(|tx| {
        prepare(tx)?;
        let mut built = Vec::with_capacity(models.len());
        for model in models {
            built.push(build(tx, model, known_at)?);
        }
        let results = checks::run(tx, checks)?;
        tx.execute_batch(
            "create or replace table mart.warehouse (known_at bigint, recipe varchar)",
        )?;
        tx.execute(
            "insert into mart.warehouse values (?, ?)",
            params![known_at, recipe],
        )?;
        Ok((built, results))
    })
}

/// Whether the warehouse was built from this batch by these models.
pub fn stands_on(connection: &Connection, batch: i64, recipe: &str) -> Result<bool> {
    if known_at(connection)? != Some(batch) {
        return Ok(false);
    }
    let found: String =
        connection.query_row("select recipe from mart.warehouse", [], |row| row.get(0))?;
    Ok(found == recipe)
}

/// The batch up to which the warehouse stands; none before the first build.
pub fn known_at(connection: &Connection) -> Result<Option<i64>> {
    let exists: bool = connection.query_row(
        "select count(*) > 0 from information_schema.tables \
         where table_schema = 'mart' and table_name = 'warehouse'",
        [],
        |row| row.get(0),
    )?;
    if !exists {
        return Ok(None);
    }
    Ok(
        connection.query_row("select max(known_at) from mart.warehouse", [], |row| {
            row.get(0)
        })?,
    )
}

fn build(connection: &Connection, model: &Model, known_at: i64) -> Result<Built> {
    let stopwatch = Stopwatch::start();
    let table = model.table();
    check_single_select(connection, &model.sql).with_context(|| model.file.clone())?;
    bind::execute(
        connection,
        &format!("create or replace table {table} as\n{}", model.sql),
        &[("known_at", &known_at)],
    )
    .with_context(|| format!("{} failed", model.file))?;
    let rows = bind::query_one(
        connection,
        &format!("select count(*) from {table}"),
        &[],
        |row| row.get(0),
    )?;
    Ok(Built {
        table,
        rows,
        elapsed_ms: stopwatch.elapsed_ms(),
    })
}
