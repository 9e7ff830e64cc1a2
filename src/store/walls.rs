//! What SQL of a job may name: tables of the database that it runs on, and
//! functions that work on values. DuckDB reads a name that is no table as a
//! file, schema and name joined by a dot, so that nothing but a table of that
//! very name will do; and a statement with anything else in it is not bound,
//! since binding opens files.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use duckdb::Connection;

use super::bind;
use super::functions::{is_row_maker, is_value_maker};
use super::table_references::{self, FunctionRef, TableRef};

/// Something that a statement names and may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// Bytes before it.
    pub at: usize,
    pub message: String,
}

/// Refuses a text that is not one SELECT, or names what it may not.
pub fn check(connection: &Connection, sql: &str) -> Result<()> {
    match strangers(connection, sql)?.first() {
        Some(stranger) => bail!("{}", stranger.message),
        None => Ok(()),
    }
}

/// What one SELECT names and may not, in the order of its text.
pub fn strangers(connection: &Connection, sql: &str) -> Result<Vec<Stranger>> {
    let reads = table_references::reads(connection, sql)?;
    let held = Held::new(connection)?;
    let tables = reads.tables.iter().filter(|table| !held.has(table));
    let rows = reads.functions.iter().filter(|found| !is_row_maker(found));
    let calls = reads.calls.iter().filter(|found| !is_value_maker(found));
    let mut found: Vec<Stranger> = tables
        .map(of_table)
        .chain(rows.chain(calls).map(of_function))
        .collect();
    found.sort_by(|a, b| (a.at, &a.message).cmp(&(b.at, &b.message)));
    Ok(found)
}

fn of_table(table: &TableRef) -> Stranger {
    Stranger {
        at: table.at,
        message: format!("reads {table}, which is no table of the database; SQL reads no file"),
    }
}

fn of_function(function: &FunctionRef) -> Stranger {
    Stranger {
        at: function.at,
        message: format!(
            "uses {}(), which is not on the list of functions that SQL may use",
            function.name
        ),
    }
}

/// Tables and views: database, schema and name, in lower case.
struct Held {
    names: BTreeSet<[String; 3]>,
    here: String,
}

impl Held {
    fn new(connection: &Connection) -> Result<Self> {
        let names: Vec<[String; 3]> = bind::query(
            connection,
            "select lower(database_name), lower(schema_name), lower(table_name) \
             from duckdb_tables() \
             union all \
             select lower(database_name), lower(schema_name), lower(view_name) \
             from duckdb_views() where not internal",
            &[],
            |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]),
        )?;
        let here =
            connection.query_row("select lower(current_database())", [], |row| row.get(0))?;
        Ok(Self {
            names: names.into_iter().collect(),
            here,
        })
    }

    /// Whether a name finds its table and cannot find a file.
    fn has(&self, table: &TableRef) -> bool {
        let is_here = |database: &str, schema: &str| {
            let place = [database, schema, &table.name].map(ToOwned::to_owned);
            self.names.contains(&place)
        };
        match (table.catalog.as_deref(), table.schema.as_deref()) {
            (Some(database), Some(schema)) => is_here(database, schema),
            // One of two names may be the database's.
            (_, Some(first)) => is_here(&self.here, first) || is_here(first, "main"),
            (_, None) => is_here("temp", "main") || is_here(&self.here, "main"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    fn told(sql: &str) -> Vec<String> {
        let store = Store::in_memory().unwrap();
        store
            .connection()
            .execute_batch(
                "create table core.crimes (n int); create temp table ranking (n int); \
                 create view core.glimpse as from core.crimes; \
                 create view core.leak as from read_text('/etc/hostname');",
            )
            .unwrap();
        let found = strangers(store.connection(), sql).unwrap();
        found.into_iter().map(|stranger| stranger.message).collect()
    }

    #[test]
    fn tables_of_the_database_are_no_strangers() {
        for sql in [
            "from core.crimes",
            "from Core.\"CRIMES\", ranking, temp.ranking, core.glimpse, memory.core.crimes",
            "with a as (from core.crimes) select sum(n) + 1 from a, range(3), unnest([1])",
            "select lower('A'), $as_of, count(*) filter (n > 1) over () from ledger.batches",
        ] {
            assert_eq!(told(sql), [""; 0], "{sql}");
        }
    }

    #[test]
    fn a_name_that_could_be_a_file_is_one() {
        for (sql, name) in [
            ("from 'crimes.csv'", "crimes.csv"),
            ("from \"zzf\".\"csv\"", "zzf.csv"),
            ("from \"/etc/x\".\"csv\"", "/etc/x.csv"),
            ("from \"core\".\"csv\"", "core.csv"),
            ("from core.parquet", "core.parquet"),
            ("from a.b.json", "a.b.json"),
            ("from \"other\".duckdb", "other.duckdb"),
            ("from 's3://bucket/x.parquet'", "s3://bucket/x.parquet"),
            ("from 'https://example.invalid/x.csv'", "https://"),
            ("from '*.csv'", "*.csv"),
            ("from 'x.csv.gz'", "x.csv.gz"),
            ("select (select count(*) from 'x.db')", "x.db"),
            ("with \"x.csv\" as (select 1) from \"x.csv\"", "x.csv"),
            ("from core.crimse", "core.crimse"),
            ("from sqlite_master", "sqlite_master"),
            (
                "from information_schema.tables",
                "information_schema.tables",
            ),
        ] {
            let told = told(sql);
            assert!(
                told.len() == 1 && told[0].contains(name) && told[0].contains("no table"),
                "{sql}: {told:?}"
            );
        }
    }

    #[test]
    fn a_function_that_could_read_one_is_refused() {
        for (sql, name) in [
            ("from read_csv('x.csv')", "read_csv()"),
            ("from query('from ''x.csv''')", "query()"),
            ("from glob('*')", "glob()"),
            (
                "select json_serialize_plan('from ''x.csv''')",
                "json_serialize_plan()",
            ),
            ("select core.getenv('HOME')", "getenv()"),
            ("from core.leak", "read_text()"),
            ("show tables", "show()"),
        ] {
            let told = told(sql);
            assert!(told.len() == 1 && told[0].contains(name), "{sql}: {told:?}");
        }
    }
}
