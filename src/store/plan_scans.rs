//! What a statement reads once the database has bound it: the tables behind
//! views, macros and `query('...')`, as its own plan has them before anything
//! in it is optimised away.

use std::fmt;

use anyhow::{Context, Result};
use duckdb::Connection;
use serde_json::Value;

use super::bind;
use super::query::check_single_select;

/// A table as a statement names it. Names have no case in SQL; here all are
/// lower.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableRef {
    pub catalog: Option<String>,
    /// None: a temporary table, or a file that is read by its path.
    pub schema: Option<String>,
    pub name: String,
    /// Bytes before the name; of a table behind a view, before the view's.
    pub at: usize,
}

impl fmt::Display for TableRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.catalog.iter().chain(&self.schema) {
            write!(f, "{part}.")?;
        }
        f.write_str(&self.name)
    }
}

/// What a bound SELECT reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scans {
    /// Each with its catalog and schema; `at` is 0.
    pub tables: Vec<TableRef>,
    /// In lower case: whatever else gives rows, such as `range` or `read_csv`.
    pub functions: Vec<String>,
}

/// Lets a connection be asked for [`scans`]. Must come before its
/// configuration is locked.
pub fn allow(connection: &Connection) -> Result<()> {
    Ok(connection.execute_batch("set explain_output = 'all'")?)
}

/// Binds a statement without running it, and tells what it reads.
pub fn scans(connection: &Connection, sql: &str) -> Result<Scans> {
    check_single_select(connection, sql)?;
    let is_allowed: bool = bind::query_one(
        connection,
        "select lower(current_setting('explain_output')) = 'all'",
        &[],
        |row| row.get(0),
    )?;
    if !is_allowed {
        allow(connection)?;
    }
    // What is wrong with it is told of the statement itself.
    connection.prepare(sql)?;
    let plans: Vec<(String, String)> = bind::query(
        connection,
        &format!("explain (format json) {sql}"),
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let (_, plan) = plans
        .into_iter()
        .find(|(kind, _)| kind == "logical_plan")
        .context("the database gave no plan of the statement")?;
    let mut scans = Scans::default();
    let plan = serde_json::from_str(&plan).context("it nests too deeply to tell what it reads")?;
    walk(&plan, &mut scans)?;
    scans.tables.sort();
    scans.tables.dedup();
    scans.functions.sort();
    scans.functions.dedup();
    Ok(scans)
}

/// Rows that come from the statement itself.
const OWN_ROWS: [&str; 6] = [
    "DUMMY_SCAN",
    "EXPRESSION_GET",
    "CHUNK_GET",
    "CTE_SCAN",
    "DELIM_GET",
    "EMPTY_RESULT",
];

/// Tells what a plan of a statement says of another's data without reading it.
const PLANS: &str = "json_serialize_plan";

fn walk(plan: &Value, scans: &mut Scans) -> Result<()> {
    for node in plan.as_array().into_iter().flatten() {
        let name = node["name"].as_str().context("a plan without names")?;
        let info = &node["extra_info"];
        if info.to_string().contains(PLANS) {
            scans.functions.push(PLANS.to_owned());
        }
        let children = &node["children"];
        if let Some(table) = info["Table"].as_str() {
            scans.tables.push(table_of(table)?);
        } else if children.as_array().is_none_or(Vec::is_empty) && !OWN_ROWS.contains(&name) {
            scans.functions.push(name.to_lowercase());
        }
        walk(children, scans)?;
    }
    Ok(())
}

/// `daybook.core."Odd name"` in its parts.
fn table_of(text: &str) -> Result<TableRef> {
    let mut parts = vec![String::new()];
    let mut is_quoted = false;
    for letter in text.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            '.' if !is_quoted => parts.push(String::new()),
            _ => {
                if let Some(part) = parts.last_mut() {
                    part.extend(letter.to_lowercase());
                }
            }
        }
    }
    let [catalog, schema, name] = <[String; 3]>::try_from(parts)
        .ok()
        .with_context(|| format!("{text:?} in a plan is no table of three names"))?;
    Ok(TableRef {
        catalog: Some(catalog),
        schema: Some(schema),
        name,
        at: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    fn scanned(sql: &str) -> Scans {
        let store = Store::in_memory().unwrap();
        store
            .connection()
            .execute_batch(
                "create table core.crimes (id varchar, n int); \
                 create schema closed; create table closed.cases (id varchar, n int); \
                 create table closed.\"Odd. Name\" (id varchar); \
                 create view core.glimpse as select * from closed.cases; \
                 create macro core.look() as table select * from core.glimpse; \
                 create macro core.most() as (select max(n) from closed.cases);",
            )
            .unwrap();
        scans(store.connection(), sql).unwrap()
    }

    #[test]
    fn nothing_hides_a_table() {
        for sql in [
            "from closed.cases",
            "from \"CLOSED\".\"Cases\"",
            "from core.glimpse",
            "from core.look()",
            "select core.most()",
            "from query('from core.glimpse')",
            "from query('from query(''from closed.cases'')')",
            "from query_table('closed.cases')",
            "from query_table(['closed.cases'])",
            "from histogram('closed.cases', 'n')",
            "summarize closed.cases",
            "with cases as (from closed.cases) from cases",
            "select 1 from closed.cases where false",
            "select count(*) from closed.cases",
            "select (select max(n) from closed.cases)",
            "select 1 where exists (from closed.cases)",
            "select 1 limit (select max(n) from closed.cases)",
            "from closed.cases limit 0",
            "select 1 order by (select max(n) from closed.cases)",
            "pivot closed.cases on n in (1, 2) using count(*)",
            "with recursive r as (select 1 as n union all \
                 select n + 1 from r where n < (select max(n) from closed.cases)) from r",
        ] {
            let found = scanned(sql);
            let names: Vec<String> = found.tables.iter().map(ToString::to_string).collect();
            assert_eq!(names, ["memory.closed.cases"], "{sql}");
        }
    }

    #[test]
    fn a_name_of_its_own_is_not_taken_for_anothers() {
        let found = scanned("with cases as (select 1), closed as (from cases) from closed");
        assert_eq!(found, Scans::default());
        let odd = scanned("from closed.\"Odd. Name\"");
        assert_eq!(odd.tables[0].schema.as_deref(), Some("closed"));
        assert_eq!(odd.tables[0].name, "odd. name");
    }

    #[test]
    fn whatever_else_gives_rows_is_a_function() {
        for (sql, name) in [
            ("from range(3)", "range"),
            ("from unnest([1])", "unnest"),
            ("from duckdb_tables()", "duckdb_tables"),
            (
                "from pragma_storage_info('closed.cases')",
                "pragma_storage_info",
            ),
            (
                "from duckdb_table_sample('closed.cases')",
                "duckdb_table_sample",
            ),
            (
                "from json_execute_serialized_sql(json_serialize_sql('from closed.cases'))",
                "json_execute_serialized_sql",
            ),
            (
                "select json_serialize_plan('from closed.cases', optimize := true)",
                "json_serialize_plan",
            ),
            (
                "from query('select json_serialize_plan(''from closed.cases'')')",
                "json_serialize_plan",
            ),
        ] {
            let found = scanned(sql);
            assert_eq!(found.functions, [name], "{sql}");
            assert_eq!(found.tables, [], "{sql}");
        }
    }

    #[test]
    fn a_locked_connection_can_be_asked_when_it_was_allowed_before() {
        let store = Store::in_memory().unwrap();
        allow(store.connection()).unwrap();
        store.lock().unwrap();
        assert_eq!(
            scans(store.connection(), "select 1").unwrap(),
            Scans::default()
        );
    }
}
