//! Rebuilds the warehouse: one SELECT per table, in layers, ordered by what
//! each reads, all in one transaction. Readers see yesterday's tables until
//! today's are whole; a failed check that blocks leaves yesterday's in place.

pub mod build_status;
pub mod checks;
pub mod models;

use anyhow::{Context, Result, anyhow};
use chrono::{DateTime, Utc};
use duckdb::{Connection, params};

use crate::clock::Stopwatch;
use crate::model::restricted::Room;
use crate::store::planner::joins_as_written;
use crate::store::{Store, bind, comment, walls};
use build_status::State;
use checks::{Check, CheckResult};
use models::Model;

/// What a rebuild is made from.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    pub models: &'a [Model],
    pub checks: &'a [Check],
    /// The batch up to which the tables will stand.
    pub known_at: i64,
    /// A hash of everything but the data that decides the result.
    pub recipe: &'a str,
    pub attempted_at: DateTime<Utc>,
}

/// One rebuilt table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    pub table: String,
    pub rows: u64,
    pub elapsed_ms: u64,
}

/// What became of a rebuild.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Empty when a check blocked the rebuild.
    pub built: Vec<Built>,
    pub checks: Vec<CheckResult>,
}

/// Undoes the transaction of a rebuild and carries out what was found.
#[derive(Debug, thiserror::Error)]
#[error("a check of severity block failed")]
struct Undone(Vec<CheckResult>);

/// Rebuilds every model, then runs the checks. When one of severity `block`
/// fails, all of it is rolled back and only the failure is recorded.
/// `prepare` fills the reference tables of the staging layer, in the same
/// transaction.
pub fn rebuild(
    store: &Store,
    plan: Plan<'_>,
    prepare: impl FnOnce(&Connection) -> Result<()>,
) -> Result<Rebuilt> {
    let outcome = store.transaction(|tx| {
        prepare(tx)?;
        let mut built = Vec::with_capacity(plan.models.len());
        // A model reads tables that this transaction has only just made.
        joins_as_written(tx, || {
            for model in plan.models {
                built.push(build(tx, model, plan.known_at)?);
            }
            Ok(())
        })?;
        let checks = checks::run(tx, plan.checks)?;
        if checks.iter().any(CheckResult::is_blocking) {
            return Err(Undone(checks).into());
        }
        stand_on(tx, plan)?;
        build_status::record(tx, plan, State::Built, &checks)?;
        Ok(Rebuilt { built, checks })
    });
    let error = match outcome {
        Ok(rebuilt) => return Ok(rebuilt),
        Err(error) => error,
    };
    let Undone(checks) = error.downcast::<Undone>()?;
    store
        .transaction(|tx| build_status::record(tx, plan, State::Blocked, &checks))
        .context("the blocked rebuild could not be recorded")?;
    Ok(Rebuilt {
        built: Vec::new(),
        checks,
    })
}

fn stand_on(connection: &Connection, plan: Plan<'_>) -> Result<()> {
    connection.execute_batch(
        "create or replace table mart.warehouse (known_at bigint, recipe varchar); \
         comment on table mart.warehouse is \
             'One row: the newest batch and the recipe that the warehouse stands on.'",
    )?;
    connection.execute(
        "insert into mart.warehouse values (?, ?)",
        params![plan.known_at, plan.recipe],
    )?;
    Ok(())
}

/// What the database says of a room's rows may hold one of their values, and a
/// night's errors are logged and mailed.
fn failure(model: &Model, error: anyhow::Error) -> anyhow::Error {
    let file = &model.file;
    match Room::of_schema(&model.layer) {
        Room::Open => error.context(format!("{file} failed")),
        Room::Conduct => anyhow!("{file} failed; `daybook check` may tell why"),
    }
}

fn build(connection: &Connection, model: &Model, known_at: i64) -> Result<Built> {
    let stopwatch = Stopwatch::start();
    let table = model.table();
    walls::check(connection, &model.sql).with_context(|| model.file.clone())?;
    bind::execute(
        connection,
        &format!("create or replace table {table} as\n{}", model.sql),
        &[("known_at", &known_at)],
    )
    .map_err(|error| failure(model, error))?;
    connection.execute_batch(&comment::on_table(&table, &model.about()))?;
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
