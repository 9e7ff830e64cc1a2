//! One SELECT as an analyst types it: whether it is one, and its rows as text.

use anyhow::{Context, Result, bail};
use duckdb::Connection;
use duckdb::types::ValueRef;

use super::bind;
use crate::table::{Cell, Column, Kind, Table};

/// What a query may return; more belongs into a file of its own.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    pub rows: usize,
    /// Of all cells together, as text.
    pub bytes: u64,
}

/// Rows that one query may return.
pub const MOST_ROWS: usize = 500_000;

impl Bounds {
    /// As many rows as any query may return, in so many bytes.
    pub fn of_bytes(bytes: u64) -> Self {
        Self {
            rows: MOST_ROWS,
            bytes,
        }
    }
}

/// Runs one SELECT of the program's or a test's own and collects its cells as
/// text.
pub fn select(connection: &Connection, sql: &str) -> Result<Table> {
    check_single_select(connection, sql)?;
    let sql = without_end(connection, sql)?;
    select_within(connection, sql, Bounds::of_bytes(u64::MAX))
}

/// Runs one SELECT, which ends without a semicolon, and collects its cells as
/// text while they come; a result that is too large is refused before it is
/// whole.
///
/// All but numbers and texts are turned into text by the database: the driver
/// cannot hold every value that it can, such as infinite moments.
pub(super) fn select_within(connection: &Connection, sql: &str, bounds: Bounds) -> Result<Table> {
    let columns: Vec<(String, String)> = bind::query(
        connection,
        &format!("describe select * from (\n{sql}\n) as answer"),
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let cells: Vec<String> = columns.iter().map(cell_sql).collect();
    let mut statement = connection.prepare(&format!(
        "select {} from (\n{sql}\n) as answer",
        cells.join(", ")
    ))?;
    // Runs it; what it gives is then taken piece by piece.
    drop(statement.stream_arrow([])?);
    let mut rows = Vec::new();
    let mut left = bounds.bytes;
    let mut cursor = statement.raw_query();
    while let Some(row) = cursor.next()? {
        if rows.len() == bounds.rows {
            bail!(
                "more than {} rows; add a limit, or count and group",
                bounds.rows
            );
        }
        let mut cells = Vec::with_capacity(columns.len());
        for index in 0..columns.len() {
            let cell = cell(row.get_ref(index)?)?;
            let size = cell.as_ref().map_or(0, String::len) as u64;
            left = left.checked_sub(size).with_context(|| {
                format!(
                    "the result is larger than {} bytes; add a limit, or count and group",
                    bounds.bytes
                )
            })?;
            cells.push(Cell::from(cell));
        }
        rows.push(cells);
    }
    Ok(Table::of(columns.into_iter().map(column).collect(), rows))
}

/// Types that the driver reads as they are.
const INTEGERS_AND_SUCH: [&str; 11] = [
    "BOOLEAN",
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "FLOAT",
    "DOUBLE",
];

fn cell_sql((name, kind): &(String, String)) -> String {
    let name = format!("\"{}\"", name.replace('"', "\"\""));
    if INTEGERS_AND_SUCH.contains(&kind.as_str()) {
        name
    } else {
        format!("cast({name} as varchar)")
    }
}

/// What the cells of a column are, by its type and, for numbers that count
/// nothing and texts that are looked up, by its name.
fn column((name, of): (String, String)) -> Column {
    let is_decimal = of.starts_with("DECIMAL(") || ["FLOAT", "DOUBLE"].contains(&&*of);
    let is_integer = of.ends_with("INT") || of == "INTEGER" || of == "UINTEGER";
    let kind = match &*of {
        "BOOLEAN" => Kind::Flag,
        "UUID" => Kind::Code,
        "VARCHAR" if is_label(&name) => Kind::Code,
        "\"NULL\"" => Kind::Figure,
        _ if is_integer && is_label(&name) => Kind::Number,
        _ if is_integer || is_decimal => Kind::Figure,
        _ if of.starts_with("DATE") || of.starts_with("TIME") => Kind::Date,
        _ => Kind::Words,
    };
    Column::of(name, kind)
}

/// Whether a name says that what it names is one of many: `list_id`, `batch`,
/// `known_at`, `year`.
fn is_label(name: &str) -> bool {
    const LAST_WORDS: [&str; 12] = [
        "at", "batch", "code", "id", "key", "line", "number", "rank", "ref", "sha256", "uid",
        "year",
    ];
    let name = name.to_lowercase();
    let last = name.rsplit(['_', ' ']).next().unwrap_or_default();
    LAST_WORDS.contains(&last)
}

fn cell(value: ValueRef<'_>) -> Result<Option<String>> {
    Ok(Some(match value {
        ValueRef::Null => return Ok(None),
        ValueRef::Boolean(v) => v.to_string(),
        ValueRef::TinyInt(v) => v.to_string(),
        ValueRef::SmallInt(v) => v.to_string(),
        ValueRef::Int(v) => v.to_string(),
        ValueRef::BigInt(v) => v.to_string(),
        ValueRef::UTinyInt(v) => v.to_string(),
        ValueRef::USmallInt(v) => v.to_string(),
        ValueRef::UInt(v) => v.to_string(),
        ValueRef::UBigInt(v) => v.to_string(),
        ValueRef::Float(v) => v.to_string(),
        ValueRef::Double(v) => v.to_string(),
        ValueRef::Text(v) => String::from_utf8_lossy(v).into_owned(),
        other => bail!(
            "the driver gives {:?} where text was asked for",
            other.data_type()
        ),
    }))
}

/// A SELECT without the semicolon and the comments that may end it, so that it
/// can stand inside another.
pub(super) fn without_end<'a>(connection: &Connection, sql: &'a str) -> Result<&'a str> {
    if !sql.contains(';') {
        return Ok(sql);
    }
    let whole = parse(connection, sql)?;
    for (at, _) in sql.match_indices(';') {
        if parse(connection, &sql[..at])? == whole {
            return Ok(&sql[..at]);
        }
    }
    Ok(sql)
}

/// Why a text is not exactly one SELECT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub message: String,
    /// Bytes before the place, when the parser names one.
    pub position: Option<usize>,
    /// Whether it is no SQL at all.
    pub is_garbled: bool,
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
    Ok(fault_of(&parse(connection, sql)?))
}

pub(super) fn fault_of(parsed: &serde_json::Value) -> Option<Fault> {
    if parsed["error"].as_bool() == Some(true) {
        let is_garbled = parsed["error_type"] == "parser";
        let said = parsed["error_message"].as_str().filter(|_| is_garbled);
        let said = said.unwrap_or("this is none, or a pivot without `in (...)`");
        return Some(Fault {
            message: format!("expected one SELECT: {said}"),
            position: parsed["position"].as_str().and_then(|at| at.parse().ok()),
            is_garbled,
        });
    }
    let statements = parsed["statements"].as_array().map_or(0, Vec::len);
    (statements != 1).then(|| Fault {
        message: format!("expected one SELECT, got {statements} statements"),
        position: None,
        is_garbled: false,
    })
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
            .map(|cell| cell.value().unwrap_or("-"))
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
        let kinds: Vec<Kind> = table.columns.iter().map(|column| column.kind).collect();
        assert_eq!(
            kinds,
            [
                Kind::Figure,
                Kind::Figure,
                Kind::Date,
                Kind::Date,
                Kind::Figure,
                Kind::Words,
                Kind::Flag
            ]
        );
    }

    #[test]
    fn a_column_is_known_by_its_type_and_its_name() {
        for (name, of, wanted) in [
            ("rows", "BIGINT", Kind::Figure),
            ("batch_id", "BIGINT", Kind::Number),
            ("year", "BIGINT", Kind::Number),
            ("known_at", "UINTEGER", Kind::Number),
            ("days", "DECIMAL(18,2)", Kind::Figure),
            ("total", "HUGEINT", Kind::Figure),
            ("nominal_id", "VARCHAR", Kind::Code),
            ("reason", "VARCHAR", Kind::Words),
            ("at", "TIMESTAMP WITH TIME ZONE", Kind::Date),
            ("spans", "INTERVAL", Kind::Words),
            ("ids", "INTEGER[]", Kind::Words),
            ("is_open", "BOOLEAN", Kind::Flag),
        ] {
            let found = column((name.to_owned(), of.to_owned()));
            assert_eq!(found.kind, wanted, "{name} {of}");
        }
    }
}
