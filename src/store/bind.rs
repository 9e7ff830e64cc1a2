//! Runs statements with values bound by name: `$as_of`, `$known_at`. A name
//! the statement does not mention is left alone, so one set of values serves
//! a whole folder of models.

use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use duckdb::types::Value;
use duckdb::{Connection, Row, Statement, ToSql};

/// Values by name, without the dollar sign.
pub type Values<'a> = &'a [(&'a str, &'a dyn ToSql)];

/// A date bound as a DATE. Bound as it stands it would arrive as text, and a
/// comparison or a new table would then be one of texts.
pub fn date(day: NaiveDate) -> Value {
    let epoch = NaiveDate::default();
    Value::Date32(i32::try_from((day - epoch).num_days()).unwrap_or(i32::MAX))
}

/// Executes one statement; returns the number of rows it changed.
pub fn execute(connection: &Connection, sql: &str, values: Values<'_>) -> Result<usize> {
    let mut statement = prepare(connection, sql, values)?;
    Ok(statement.raw_execute()?)
}

/// Collects what one statement returns.
pub fn query<T>(
    connection: &Connection,
    sql: &str,
    values: Values<'_>,
    mut read: impl FnMut(&Row<'_>) -> duckdb::Result<T>,
) -> Result<Vec<T>> {
    let mut statement = prepare(connection, sql, values)?;
    statement.raw_execute()?;
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// The one row that one statement returns.
pub fn query_one<T>(
    connection: &Connection,
    sql: &str,
    values: Values<'_>,
    read: impl FnMut(&Row<'_>) -> duckdb::Result<T>,
) -> Result<T> {
    let mut found = query(connection, sql, values, read)?;
    match found.len() {
        1 => Ok(found.remove(0)),
        rows => bail!("expected one row, got {rows}"),
    }
}

/// The texts of a list, none where there is no list.
pub fn texts(row: &Row<'_>, column: &str) -> duckdb::Result<Vec<String>> {
    let unlike =
        |held: &Value| duckdb::Error::InvalidColumnType(0, column.to_owned(), held.data_type());
    let text = |value| match value {
        Value::Text(text) => Ok(text),
        other => Err(unlike(&other)),
    };
    match row.get(column)? {
        Value::Null => Ok(Vec::new()),
        Value::List(values) => values.into_iter().map(text).collect(),
        other => Err(unlike(&other)),
    }
}

/// Names and types of a temporary table's columns, in their order.
pub fn temp_columns(connection: &Connection, table: &str) -> Result<Vec<(String, String)>> {
    query(
        connection,
        "select column_name, data_type from duckdb_columns() \
         where database_name = 'temp' and table_name = $table order by column_index",
        &[("table", &table)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

fn prepare<'c>(connection: &'c Connection, sql: &str, values: Values<'_>) -> Result<Statement<'c>> {
    let mut statement = connection.prepare(sql)?;
    for index in 1..=statement.parameter_count() {
        let name = statement.parameter_name(index)?;
        let (_, value) = values
            .iter()
            .find(|(known, _)| *known == name)
            .with_context(|| format!("the statement asks for ${name}, which has no value here"))?;
        statement.raw_bind_parameter(index, *value)?;
    }
    Ok(statement)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn values_are_found_by_name_and_an_unknown_name_is_told() {
        let store = Store::in_memory().unwrap();
        let values: Values<'_> = &[("b", &2), ("a", &40), ("unused", &"x")];
        let sum: i64 = query_one(store.connection(), "select $a + $b + 0 * $a", values, |r| {
            r.get(0)
        })
        .unwrap();
        assert_eq!(sum, 42);
        let error = query_one(store.connection(), "select $c", values, |r| {
            r.get::<_, i64>(0)
        })
        .unwrap_err();
        assert!(error.to_string().contains("$c"), "{error}");
    }

    #[test]
    fn a_table_can_be_made_from_bound_values() {
        let store = Store::in_memory().unwrap();
        let as_of = chrono::NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        execute(
            store.connection(),
            "create or replace table t as select $as_of as d",
            &[("as_of", &date(as_of))],
        )
        .unwrap();
        let day: chrono::NaiveDate =
            query_one(store.connection(), "select d from t", &[], |r| r.get(0)).unwrap();
        assert_eq!(day, as_of);
    }
}
