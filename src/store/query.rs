//! One read-only SELECT, and nothing else, as an analyst types it.

use anyhow::{Context, Result, bail};
use duckdb::Connection;
use duckdb::types::{TimeUnit, Value, ValueRef};

/// What a query returned: names and cells, an empty cell being `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Option<String>>>,
    /// Columns whose cells are numbers or booleans and need no quotes in JSON.
    pub is_plain: Vec<bool>,
}

/// Rows that one query may return; more belong into a file of their own.
pub const MOST_ROWS: usize = 500_000;

/// Runs one SELECT and collects its cells as text.
pub fn select(connection: &Connection, sql: &str) -> Result<Table> {
    check_single_select(connection, sql)?;
    let mut statement = connection.prepare(sql)?;
    statement.execute([])?;
    let columns = statement.column_names();
    let width = columns.len();
    let mut is_plain = vec![true; width];
    let mut rows = Vec::new();
    let mut cursor = statement.raw_query();
    while let Some(row) = cursor.next()? {
        if rows.len() == MOST_ROWS {
            bail!("more than {MOST_ROWS} rows; add a limit, or count and group");
        }
        let mut cells = Vec::with_capacity(width);
        for (index, plain) in is_plain.iter_mut().enumerate() {
            let value = row.get_ref(index)?;
            *plain &= is_plain_value(&value);
            cells.push(cell(value));
        }
        rows.push(cells);
    }
    Ok(Table {
        columns,
        rows,
        is_plain,
    })
}

/// Why a text is not exactly one SELECT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub message: String,
    /// Bytes before the place, when the parser names one.
    pub position: Option<usize>,
}

/// Refuses anything that the database's own parser does not see as exactly
/// one SELECT.
pub fn check_single_select(connection: &Connection, sql: &str) -> Result<()> {
    match fault_of_select(connection, sql)? {
        Some(fault) => bail!("{}", fault.message),
        None => Ok(()),
    }
}

/// What the database's own parser has against a text as exactly one SELECT.
pub fn fault_of_select(connection: &Connection, sql: &str) -> Result<Option<Fault>> {
    let parsed = parse(connection, sql)?;
    if parsed["error"].as_bool() == Some(true) {
        let message = parsed["error_message"].as_str().unwrap_or("not a SELECT");
        return Ok(Some(Fault {
            message: format!("expected one SELECT: {message}"),
            position: parsed["position"].as_str().and_then(|at| at.parse().ok()),
        }));
    }
    let statements = parsed["statements"].as_array().map_or(0, Vec::len);
    Ok((statements != 1).then(|| Fault {
        message: format!("expected one SELECT, got {statements} statements"),
        position: None,
    }))
}

/// A text as the database's own parser sees it.
pub(super) fn parse(connection: &Connection, sql: &str) -> Result<serde_json::Value> {
    let parsed: String = connection
        .query_row(
            "select cast(json_serialize_sql(cast(? as varchar)) as varchar)",
            [sql],
            |row| row.get(0),
        )
        .context("the statement could not be parsed")?;
    Ok(serde_json::from_str(&parsed)?)
}

fn is_plain_value(value: &ValueRef<'_>) -> bool {
    !matches!(
        value,
        ValueRef::Text(_)
            | ValueRef::Blob(_)
            | ValueRef::Date32(_)
            | ValueRef::Timestamp(..)
            | ValueRef::Time64(..)
            | ValueRef::Interval { .. }
            | ValueRef::List(..)
            | ValueRef::Enum(..)
            | ValueRef::Struct(..)
            | ValueRef::Array(..)
            | ValueRef::Map(..)
            | ValueRef::Union(..)
    )
}

fn cell(value: ValueRef<'_>) -> Option<String> {
    Some(match value {
        ValueRef::Null => return None,
        ValueRef::Boolean(v) => v.to_string(),
        ValueRef::TinyInt(v) => v.to_string(),
        ValueRef::SmallInt(v) => v.to_string(),
        ValueRef::Int(v) => v.to_string(),
        ValueRef::BigInt(v) => v.to_string(),
        ValueRef::HugeInt(v) => v.to_string(),
        ValueRef::UTinyInt(v) => v.to_string(),
        ValueRef::USmallInt(v) => v.to_string(),
        ValueRef::UInt(v) => v.to_string(),
        ValueRef::UBigInt(v) => v.to_string(),
        ValueRef::Float(v) => v.to_string(),
        ValueRef::Double(v) => v.to_string(),
        ValueRef::Text(v) => String::from_utf8_lossy(v).into_owned(),
        ValueRef::Date32(days) => date(days),
        ValueRef::Timestamp(unit, v) => timestamp(unit, v),
        other => text_of(Value::from(other)),
    })
}

/// Nested and rarer values, as the database writes them.
fn text_of(value: Value) -> String {
    let list = |items: Vec<Value>| {
        let texts: Vec<String> = items.into_iter().map(text_of).collect();
        format!("[{}]", texts.join(", "))
    };
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Text(text) | Value::Enum(text) => text,
        Value::Decimal(number) => decimal(number),
        Value::List(items) | Value::Array(items) => list(items),
        Value::Struct(fields) => {
            let texts: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name}: {}", text_of(value.clone())))
                .collect();
            format!("{{{}}}", texts.join(", "))
        }
        Value::Boolean(v) => v.to_string(),
        Value::TinyInt(v) => v.to_string(),
        Value::SmallInt(v) => v.to_string(),
        Value::Int(v) => v.to_string(),
        Value::BigInt(v) => v.to_string(),
        Value::HugeInt(v) => v.to_string(),
        Value::UTinyInt(v) => v.to_string(),
        Value::USmallInt(v) => v.to_string(),
        Value::UInt(v) => v.to_string(),
        Value::UBigInt(v) => v.to_string(),
        Value::Float(v) => v.to_string(),
        Value::Double(v) => v.to_string(),
        Value::Date32(days) => date(days),
        Value::Timestamp(unit, at) => timestamp(unit, at),
        other => format!("{other:?}"),
    }
}

fn decimal(value: duckdb::types::Decimal) -> String {
    rust_decimal::Decimal::try_from(value).map_or_else(|_| format!("{value:?}"), |v| v.to_string())
}

fn date(days: i32) -> String {
    chrono::NaiveDate::default()
        .checked_add_signed(chrono::Duration::days(i64::from(days)))
        .map_or_else(|| format!("day {days}"), |date| date.to_string())
}

fn timestamp(unit: TimeUnit, value: i64) -> String {
    chrono::DateTime::from_timestamp_micros(unit.to_micros(value))
        .map_or_else(|| value.to_string(), |at| at.naive_utc().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    fn check(sql: &str) -> Result<()> {
        check_single_select(Store::in_memory().unwrap().connection(), sql)
    }

    #[test]
    fn only_one_select_passes() {
        check("select 1").unwrap();
        check("with a as (select 1 as x) select * from a order by x").unwrap();
        for wrong in [
            "select 1; select 2",
            "drop table x",
            "insert into t values (1)",
            "attach 'x.db'",
            "copy (select 1) to 'x.csv'",
            "pragma version",
            "",
            "selec 1",
        ] {
            assert!(check(wrong).is_err(), "{wrong:?} was let through");
        }
    }

    #[test]
    fn cells_come_out_as_people_write_them() {
        let store = Store::in_memory().unwrap();
        let table = select(
            store.connection(),
            "select 1 as n, 547.50::decimal(10, 2) as days, date '2026-11-21' as d, \
             timestamp '2026-11-21 06:00:00' as t, null as nothing, 'a' as w, true as b",
        )
        .unwrap();
        let cells: Vec<&str> = table.rows[0]
            .iter()
            .map(|c| c.as_deref().unwrap_or("-"))
            .collect();
        assert_eq!(
            cells,
            [
                "1",
                "547.50",
                "2026-11-21",
                "2026-11-21 06:00:00",
                "-",
                "a",
                "true"
            ]
        );
        assert_eq!(
            table.is_plain,
            [true, true, false, false, true, false, true]
        );
    }
}
