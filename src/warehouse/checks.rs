//! Checks: each a SELECT of rows that should not exist, with the sentence that
//! should hold as its first comment line.

use anyhow::{Context, Result};
use duckdb::Connection;

use super::models::Model;
use crate::store::bind;
use crate::store::query::check_single_select;

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    pub name: String,
    /// What should hold, in words.
    pub title: String,
    /// Rows for which it does not.
    pub rows: u64,
}

/// Runs every check and keeps the results for the reports.
pub fn run(connection: &Connection, checks: &[Model]) -> Result<Vec<CheckResult>> {
    connection.execute_batch(
        "create or replace table mart.checks (name varchar, title varchar, failing_rows bigint)",
    )?;
    let mut results = Vec::with_capacity(checks.len());
    for check in checks {
        check_single_select(connection, &check.sql).with_context(|| check.file.clone())?;
        let rows: u64 = bind::query_one(
            connection,
            &format!("select count(*) from (\n{}\n)", check.sql),
            &[],
            |row| row.get(0),
        )
        .with_context(|| format!("{} failed", check.file))?;
        let title = title(&check.sql);
        connection.execute(
            "insert into mart.checks values (?, ?, ?)",
            duckdb::params![check.name, title, rows],
        )?;
        results.push(CheckResult {
            name: check.name.clone(),
            title,
            rows,
        });
    }
    Ok(results)
}

fn title(sql: &str) -> String {
    let first = sql.lines().next().unwrap_or_default();
    first
        .trim_start_matches('-')
        .trim()
        .trim_end_matches('.')
        .to_owned()
}
