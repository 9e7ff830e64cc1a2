//! Keeps what the list rests on apart: no SQL but the measures' may read the
//! rooms, and none may read the measures' figures, since statistics must not
//! feed a decision about a person (Data Protection Act 2018 s.41(2)).

use std::path::Path;

use anyhow::Result;
use duckdb::Connection;

use super::context::Deployment;
use super::sql_catalogue;
use crate::config::problem::{Problem, Problems, Source};
use crate::measures::allowed_tables::{self, ROW_MAKERS};
use crate::model::restricted::Room;
use crate::store::table_references::{self, Reads, TableRef};
use crate::warehouse::models::Model;

/// What the SQL files of a deployment read and may not, each at its place. One
/// that is no SELECT is left to those who bind it.
pub fn problems(connection: &Connection, deployment: &Deployment) -> Result<Vec<Problem>> {
    let models = outside(&deployment.models)
        .map(|model| Source::new(model.file.as_str(), model.sql.as_str()));
    let statements = sql_catalogue::of_jobs(deployment.jobs.values())
        .into_iter()
        .filter_map(|statement| Source::read(&deployment.dir, Path::new(statement.file)).ok());
    let mut problems = Vec::new();
    for source in models.chain(statements) {
        problems.extend(misreads(connection, &source)?);
    }
    for definition in &deployment.measures.definitions {
        let source = Source::new(definition.file.as_str(), definition.sql.as_str());
        let Some(reads) = reads_of(connection, &source)? else {
            continue;
        };
        let found =
            allowed_tables::misreads(definition.commitment.room, &definition.sources, &reads);
        problems.extend(
            found
                .into_iter()
                .map(|misread| source.problem(misread.at..misread.at, misread.message)),
        );
    }
    Ok(problems)
}

/// Refuses SQL of the warehouse or the list that reads what it may not, before
/// any of it is run.
pub fn check(connection: &Connection, sources: impl Iterator<Item = Source>) -> Result<()> {
    let mut problems = Vec::new();
    for source in sources {
        problems.extend(misreads(connection, &source)?);
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Problems(problems).into())
    }
}

/// The models that make no table of a room.
pub fn outside(models: &[Model]) -> impl Iterator<Item = &Model> {
    models
        .iter()
        .filter(|model| Room::of_schema(&model.layer) == Room::Open)
}

fn misreads(connection: &Connection, source: &Source) -> Result<Vec<Problem>> {
    let Some(reads) = reads_of(connection, source)? else {
        return Ok(Vec::new());
    };
    let tables = reads
        .tables
        .iter()
        .filter_map(|table| Some(source.problem(table.at..table.at, fault_of_table(table)?)));
    let functions = reads
        .functions
        .iter()
        .filter(|function| !ROW_MAKERS.contains(&function.name.as_str()))
        .map(|function| {
            let message = format!(
                "reads from {}(), which may hide what it reads; name the tables themselves",
                function.name
            );
            source.problem(function.at..function.at, message)
        });
    Ok(tables.chain(functions).collect())
}

fn reads_of(connection: &Connection, source: &Source) -> Result<Option<Reads>> {
    Ok(table_references::reads_or_fault(connection, &source.text)?.ok())
}

fn fault_of_table(table: &TableRef) -> Option<String> {
    let schema = table.schema.as_deref().unwrap_or_default();
    if Room::of_schema(schema) != Room::Open {
        return Some(format!(
            "reads {table}, which is conduct and HR data; only models/conduct/ and the measures \
             of a commitment whose commitment.toml says room = \"conduct\" may"
        ));
    }
    if schema == "ledger" && table.name.starts_with("measure") {
        return Some(format!(
            "reads {table}; a measure's figures may not feed a list or a decision about a person"
        ));
    }
    None
}
