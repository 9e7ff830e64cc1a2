//! What a statement names to read from, by the database's own parse of it:
//! tables with their schemas, and table functions. Nothing is bound, and no
//! file is opened. What this does not know of a parse counts as a function, so
//! that a new way to name a table is refused until it is known here.

use std::borrow::Cow;

use anyhow::{Context, Result, bail};
use duckdb::Connection;
use serde_json::Value;

use super::query::Fault;
use super::{bind, plan_scans, query};

pub use super::plan_scans::TableRef;

/// What one SELECT reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    /// Each table named, without those that the statement itself makes with
    /// `with`; after a view also the tables that stand behind it.
    pub tables: Vec<TableRef>,
    /// Each function that is read like a table: `range`, `read_csv`, `query`;
    /// those behind a view too.
    pub functions: Vec<FunctionRef>,
    /// Each function that gives a value: `lower`, `sum`, `+`.
    pub calls: Vec<FunctionRef>,
}

/// A table function as a statement names it, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FunctionRef {
    pub name: String,
    /// Bytes before the name.
    pub at: usize,
}

/// What a statement reads, in the order of its text. What a function such as
/// `query` reads in turn cannot be told from here: see [`scans`].
pub fn reads(connection: &Connection, sql: &str) -> Result<Reads> {
    match reads_or_fault(connection, sql)? {
        Ok(reads) => Ok(reads),
        Err(fault) => bail!("{}", fault.message),
    }
}

/// The same, or what the parser has against the text as one SELECT.
pub fn reads_or_fault(connection: &Connection, sql: &str) -> Result<Result<Reads, Fault>> {
    let parsed = query::parse(connection, sql)?;
    if let Some(fault) = query::fault_of(&parsed) {
        return Ok(Err(fault));
    }
    let mut reads = named(&parsed);
    if !reads.tables.is_empty() {
        for view in views(connection)? {
            look_behind(connection, &view, &mut reads)?;
        }
    }
    // What is behind a view comes after it, since equal places keep their order.
    reads.tables.sort_by_key(|table| table.at);
    reads.tables.dedup();
    reads
        .functions
        .sort_by(|a, b| (a.at, &a.name).cmp(&(b.at, &b.name)));
    Ok(Ok(reads))
}

/// What a parsed statement names, views as they are named.
pub(super) fn named(parsed: &Value) -> Reads {
    let mut reads = Reads::default();
    walk(&parsed["statements"], &[], &mut reads);
    let Reads {
        functions, calls, ..
    } = &mut reads;
    calls.retain(|call| !functions.contains(call));
    reads
}

/// Parts of a statement that name no table by themselves: expressions by their
/// class, all else by its type.
const KNOWN: [&str; 35] = [
    "ASCENDING",
    "BETWEEN",
    "CASE",
    "CAST",
    "COLLATE",
    "COLUMN_REF",
    "COMPARISON",
    "CONJUNCTION",
    "CONSTANT",
    "CTE_NODE",
    "DESCENDING",
    "DISTINCT_MODIFIER",
    "EMPTY",
    "EXPRESSION_LIST",
    "FUNCTION",
    "JOIN",
    "LAMBDA",
    "LIMIT_MODIFIER",
    "LIMIT_PERCENT_MODIFIER",
    "OPERATOR",
    "ORDER_DEFAULT",
    "ORDER_MODIFIER",
    "PARAMETER",
    "PIVOT",
    "POSITIONAL_REFERENCE",
    "RECURSIVE_CTE_NODE",
    "SELECT_NODE",
    "SET_OPERATION_NODE",
    "STAR",
    "SUBQUERY",
    "WINDOW",
    "BASE_TABLE",
    "TABLE_FUNCTION",
    "SHOW_REF",
    "TYPE",
];

/// Gathers what a part of a parsed statement reads; `made` are the names that
/// `with` gives to tables around it.
fn walk(part: &Value, made: &[String], reads: &mut Reads) {
    match part {
        Value::Array(parts) => parts.iter().for_each(|part| walk(part, made, reads)),
        Value::Object(fields) => {
            let made = with_made(part, made, reads);
            match kind(part) {
                "BASE_TABLE" => reads.tables.extend(table(part, &made)),
                "TABLE_FUNCTION" => reads.functions.push(function(&part["function"], part)),
                // `show tables`, unlike `describe` of a table or a statement.
                "SHOW_REF" if part["query"].is_null() => reads.functions.push(other("show", part)),
                "" => {}
                kind if KNOWN.contains(&kind) || kind.ends_with("_TYPE_INFO") => {}
                kind => reads.functions.push(other(kind, part)),
            }
            for (name, field) in fields {
                match name.as_str() {
                    "cte_map" => {}
                    "function_name" => reads.calls.push(function(part, part)),
                    _ => walk(field, &made, reads),
                }
            }
        }
        _ => {}
    }
}

/// The names that `with` has given inside a part. Each of its tables may read
/// those before it, and itself only when it is recursive.
fn with_made<'m>(part: &Value, made: &'m [String], reads: &mut Reads) -> Cow<'m, [String]> {
    // Copied only where names are added: a statement may have thousands of each.
    let mut made = Cow::Borrowed(made);
    if text(part, "type") == "RECURSIVE_CTE_NODE" {
        made.to_mut().push(text(part, "cte_name").to_lowercase());
    }
    let entries = part["cte_map"]["map"].as_array();
    for entry in entries.into_iter().flatten() {
        walk(&entry["value"], &made, reads);
        made.to_mut().push(text(entry, "key").to_lowercase());
    }
    made
}

fn table(part: &Value, made: &[String]) -> Option<TableRef> {
    let name = text(part, "table_name").to_lowercase();
    let table = TableRef {
        catalog: filled(text(part, "catalog_name")),
        schema: filled(text(part, "schema_name")),
        at: place(part),
        name,
    };
    let is_bare = table.catalog.is_none() && table.schema.is_none();
    let is_made = is_bare && is_word(&table.name) && made.contains(&table.name);
    (!is_made).then_some(table)
}

/// Whether a name that `with` gives could be neither a file nor a view of the
/// database's own, wherever it should hold.
fn is_word(name: &str) -> bool {
    let its_own = ["duckdb_", "pg_", "pragma_", "sqlite_"];
    name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !its_own.iter().any(|start| name.starts_with(start))
}

fn function(named: &Value, placed: &Value) -> FunctionRef {
    let schema = text(named, "schema");
    let name = text(named, "function_name").to_lowercase();
    FunctionRef {
        name: match (text(named, "catalog"), schema) {
            ("", "" | "main") => name,
            (catalog, _) => format!("{catalog}.{schema}.{name}").to_lowercase(),
        },
        at: place(placed),
    }
}

fn other(name: &str, part: &Value) -> FunctionRef {
    FunctionRef {
        name: name.to_lowercase(),
        at: place(part),
    }
}

/// The class of an expression, the type of all else; nothing of what is a part
/// of neither.
fn kind(part: &Value) -> &str {
    part["class"].as_str().unwrap_or_else(|| text(part, "type"))
}

/// A view by its database, schema and name.
struct View([String; 3]);

fn views(connection: &Connection) -> Result<Vec<View>> {
    bind::query(
        connection,
        "select database_name, schema_name, view_name from duckdb_views() \
         where not internal order by all",
        &[],
        |row| Ok(View([row.get(0)?, row.get(1)?, row.get(2)?])),
    )
}

/// Adds what stands behind a view wherever it is named. The first of two names
/// may be the database's or the schema's.
fn look_behind(connection: &Connection, view: &View, reads: &mut Reads) -> Result<()> {
    let lower = view.0.each_ref().map(|name| name.to_lowercase());
    let is_view = |table: &TableRef| {
        let schema = table.schema.as_ref();
        table.name == lower[2] && schema.is_none_or(|schema| lower[..2].contains(schema))
    };
    let places: Vec<usize> = reads
        .tables
        .iter()
        .filter(|table| is_view(table))
        .map(|table| table.at)
        .collect();
    if places.is_empty() {
        return Ok(());
    }
    let quoted = view.0.each_ref().map(|name| name.replace('"', "\"\""));
    let whole = format!("from \"{}\"", quoted.join("\".\""));
    let behind = plan_scans::scans(connection, &whole)
        .with_context(|| format!("cannot tell what {} reads", view.0.join(".")))?;
    for at in places {
        let tables = behind.tables.iter().cloned();
        reads.tables.extend(tables.map(|behind| TableRef {
            catalog: None,
            at,
            ..behind
        }));
        let functions = behind.functions.iter().cloned();
        reads
            .functions
            .extend(functions.map(|name| FunctionRef { name, at }));
    }
    Ok(())
}

fn text<'a>(part: &'a Value, field: &str) -> &'a str {
    part[field].as_str().unwrap_or_default()
}

fn filled(name: &str) -> Option<String> {
    (!name.is_empty()).then(|| name.to_lowercase())
}

fn place(part: &Value) -> usize {
    let at = part["query_location"].as_u64().unwrap_or_default();
    usize::try_from(at).unwrap_or_default()
}

#[cfg(test)]
mod tests;
