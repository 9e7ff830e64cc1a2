//! Runs a measure's SQL, and refuses rows that no measure can have.

use std::time::Duration;

use anyhow::{Context, Error, Result, anyhow, ensure};
use duckdb::{Connection, ToSql};

use super::definition::{Definition, Kind, ONE_BASIS};
use super::window::Window;
use super::{allowed_tables, labels};
use crate::config::problem::{Problem, Problems, Source};
use crate::model::as_of::AsOf;
use crate::model::restricted::Room;
use crate::store::{bind, deadline, table_references, walls};

/// What a measure's SQL may ask for, by name.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub as_of: AsOf,
    pub window: Window,
}

/// Runs the SQL once for each basis into the temporary table `measured`, and
/// checks its rows.
pub fn take(
    connection: &Connection,
    definition: &Definition,
    asked: Asked,
    limit: Duration,
) -> Result<()> {
    check_reads(connection, definition)?;
    walls::check(connection, &definition.sql).with_context(|| definition.file.clone())?;
    connection.execute_batch(TABLE)?;
    let timed = deadline::within(connection, limit, || {
        definition
            .readings()
            .into_iter()
            .try_for_each(|basis| run(connection, definition, asked, basis))
    });
    ensure!(
        !timed.is_late || timed.outcome.is_ok(),
        "{} was stopped after {} seconds, the time limit of the job",
        definition.file,
        limit.as_secs()
    );
    timed.outcome.map_err(|error| failure(definition, error))?;
    refuse(connection, definition, asked.window)?;
    labels::check(connection, definition)
}

/// What the database says of a room's rows may hold one of their values.
fn failure(definition: &Definition, error: Error) -> Error {
    match definition.commitment.room {
        Room::Open => error.context(definition.file.clone()),
        Room::Conduct => anyhow!(
            "{}: its SQL failed; `daybook check` may tell why",
            definition.file
        ),
    }
}

/// Refuses SQL that reads what a measure may not: a file, another room, what
/// its sources do not name.
fn check_reads(connection: &Connection, definition: &Definition) -> Result<()> {
    let reads = table_references::reads(connection, &definition.sql)
        .with_context(|| definition.file.clone())?;
    let source = Source::new(definition.file.as_str(), definition.sql.as_str());
    let problems: Vec<Problem> =
        allowed_tables::misreads(definition.commitment.room, &definition.sources, &reads)
            .into_iter()
            .map(|misread| source.problem(misread.at..misread.at, misread.message))
            .collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Problems(problems).into())
    }
}

/// Where the rows go before they are added up.
const TABLE: &str = "create or replace temp table measured (basis varchar, period date, \
    area varchar, \"group\" varchar, numerator double, denominator double, value double, \
    weight double)";

fn run(connection: &Connection, definition: &Definition, asked: Asked, basis: &str) -> Result<()> {
    let (from, until, as_of) = (
        bind::date(asked.window.from),
        bind::date(asked.window.until),
        bind::date(asked.as_of.0),
    );
    let basis_name = (basis != ONE_BASIS).then_some(basis);
    let values: [(&str, &dyn ToSql); 5] = [
        ("measure_basis", &basis),
        ("basis", &basis_name),
        ("as_of", &as_of),
        ("from", &from),
        ("until", &until),
    ];
    bind::execute(
        connection,
        &format!(
            "insert into measured by name\n\
             select cast($measure_basis as varchar) as basis, cast(period as date) as period, \
                 area, \"group\", {}\n\
             from (\n{}\n) as figures",
            columns(definition.kind),
            statement(&definition.sql)
        ),
        &values,
    )
    .map(drop)
}

/// A statement without what ends it.
pub fn statement(sql: &str) -> &str {
    sql.trim_end().trim_end_matches(';')
}

fn columns(kind: Kind) -> &'static str {
    match kind {
        Kind::Median => "cast(value as double) as value",
        Kind::Survey => "cast(numerator as double) as numerator, cast(weight as double) as weight",
        Kind::Count => "cast(numerator as double) as numerator",
        _ => "cast(numerator as double) as numerator, cast(denominator as double) as denominator",
    }
}

/// Rows that no measure can have. One of them is an example for the author
/// alone: it tells an exact figure, or what a row held.
#[derive(Debug, thiserror::Error)]
#[error("{rows} rows {message}")]
pub struct Impossible {
    rows: i64,
    message: &'static str,
    pub example: String,
}

/// Refuses a measure whose rows cannot be.
fn refuse(connection: &Connection, definition: &Definition, window: Window) -> Result<()> {
    let bounds = [
        ("from", bind::date(window.from)),
        ("until", bind::date(window.until)),
    ];
    let bounds: Vec<(&str, &dyn ToSql)> = bounds
        .iter()
        .map(|(name, day)| (*name, day as &dyn ToSql))
        .collect();
    let conditions = impossible(definition.kind);
    let counts: Vec<String> = conditions
        .iter()
        .map(|(condition, _)| format!("count(*) filter ({condition})"))
        .collect();
    let counts: Vec<i64> = bind::query_one(
        connection,
        &format!("select {} from measured", counts.join(", ")),
        &bounds,
        |row| (0..conditions.len()).map(|at| row.get(at)).collect(),
    )?;
    for ((condition, message), rows) in conditions.iter().zip(counts) {
        if rows > 0 {
            let example = match definition.commitment.room {
                Room::Open => one_of(connection, condition, &bounds)?,
                Room::Conduct => String::new(),
            };
            return Err(Impossible {
                rows,
                message,
                example,
            }
            .into());
        }
    }
    if definition.is_by_case() {
        return Ok(());
    }
    let doubled: i64 = bind::query_one(
        connection,
        "select count(*) - count(distinct (basis, period, area, \"group\")) from measured",
        &[],
        |row| row.get(0),
    )?;
    ensure!(
        doubled == 0,
        "{doubled} rows stand twice for one period, area and group"
    );
    Ok(())
}

/// A row for which a condition holds, in words.
fn one_of(connection: &Connection, condition: &str, bounds: bind::Values<'_>) -> Result<String> {
    bind::query_one(
        connection,
        &format!(
            "select concat_ws(', ', nullif(basis, ''), period, area, \"group\", \
                 'numerator ' || numerator, 'denominator ' || denominator, 'value ' || value, \
                 'weight ' || weight) \
             from measured where {condition} order by all limit 1"
        ),
        bounds,
        |row| row.get(0),
    )
}

/// Conditions under which a row is refused, and how that is told.
fn impossible(kind: Kind) -> Vec<(&'static str, &'static str)> {
    let mut all = vec![
        ("period is null", "have no period"),
        (
            "period <> date_trunc('month', period)",
            "have a period that is no first day of a month",
        ),
        (
            "period < $from or period >= $until",
            "lie outside the months that were asked for",
        ),
        (
            "coalesce(trim(area), '') = '' or coalesce(trim(\"group\"), '') = ''",
            "have no area or no group",
        ),
    ];
    all.extend(match kind {
        Kind::Median => vec![("value is null or not isfinite(value)", "have no value")],
        Kind::Survey => vec![
            (
                "numerator is null or numerator not in (0, 1)",
                "have a response other than 0 and 1",
            ),
            (
                "weight is null or not isfinite(weight) or weight < 0",
                "have no weight, or one below zero",
            ),
        ],
        _ => vec![(
            "numerator is null or not isfinite(numerator)",
            "have no numerator",
        )],
    });
    if !matches!(kind, Kind::Median | Kind::Survey | Kind::Count) {
        all.push((
            "denominator is null or not isfinite(denominator)",
            "have no denominator",
        ));
        all.push(("denominator < 0", "have a denominator below zero"));
    }
    if matches!(
        kind,
        Kind::Proportion | Kind::Rate | Kind::Count | Kind::Change
    ) {
        all.push(("numerator < 0", "have a numerator below zero"));
    }
    if kind == Kind::Proportion {
        all.push((
            "numerator > denominator",
            "have a numerator above the denominator",
        ));
    }
    all
}
