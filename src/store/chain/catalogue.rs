//! Every ledger that is chained: its table, what names an entry, and what
//! names a row when an entry covers several.

use anyhow::{Context, Result};
use duckdb::Connection;

use crate::store::bind;

/// A chained ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    pub name: String,
    pub table: String,
    /// SQL that names an entry; rows with one key are sealed together.
    pub key: String,
    pub is_number: bool,
    /// SQL that names one of the rows of a key; none when it has only one.
    pub row: Option<String>,
    /// Columns that are sealed.
    pub columns: String,
    /// Rows that are sealed.
    pub only: String,
}

/// Which batch corrected a rejected row: apart from the rejects, because it
/// comes later and is taken back with the batch.
pub const CORRECTED: &str = "ledger.rejects corrected";

/// What is not chained, and why.
pub const EXCEPT: &[(&str, &str)] = &[
    ("conduct_ledger.chain", "the chain itself"),
    ("conduct_ledger.anchors", "chained among themselves"),
    ("conduct_ledger.anchor_heads", "hashed with their anchor"),
];

/// The ledgers that every database has. A new table of the schemas `ledger`
/// and `conduct_ledger` needs a line here.
pub fn fixed() -> Vec<Ledger> {
    vec![
        numbered("ledger.migrations", "version"),
        numbered("ledger.batches", "batch_id"),
        family("ledger.batch_scopes", "batch_id", "scope"),
        rejects(),
        corrected(),
        family(
            "ledger.confirmations",
            "batch_id",
            "'line ' || file_line || ' of batch ' || said_by",
        ),
        worded("ledger.hashing", "source"),
        family(
            "ledger.relation_checks",
            "known_at",
            "source || ' ' || columns",
        ),
        repeated("ledger.ending_confirmations", "confirmed_at"),
        repeated("ledger.ingest_failures", "failed_at"),
        worded("ledger.slots", "job || ' ' || scheduled_at"),
        numbered("ledger.runs", "run_id"),
        numbered("ledger.rebuilds", "rebuild_id"),
        family("ledger.check_results", "rebuild_id", "name"),
        numbered("ledger.lists", "list_id"),
        family("ledger.list_entries", "list_id", "nominal_id"),
        family(
            "ledger.list_contributions",
            "list_id",
            "nominal_id || ' ' || crime_ref",
        ),
        family("ledger.list_inputs", "list_id", "file"),
        family("ledger.list_variants", "list_id", "variant"),
        family(
            "ledger.list_variant_ranks",
            "list_id",
            "variant || ' ' || nominal_id",
        ),
        family("ledger.list_moves", "list_id", "nominal_id"),
        family("ledger.list_verifications", "list_id", "verified_at"),
        numbered("ledger.list_decisions", "decision_id"),
        numbered("ledger.list_closes", "list_id"),
        numbered("ledger.person_marks", "mark_id"),
        numbered("ledger.account_roles", "change_id"),
        numbered("ledger.account_bindings", "binding_id"),
        numbered("ledger.audit", "audit_id"),
        worded("ledger.texts", "sha256"),
        numbered("ledger.index_imports", "import_id"),
        numbered("ledger.measure_sets", "set_id"),
        family("ledger.measure_inputs", "set_id", "file"),
        family(
            "ledger.measure_cells",
            "cells_of",
            "concat_ws(' ', basis, span, period, area, \"group\")",
        ),
        numbered("ledger.releases", "release_id"),
        numbered("ledger.release_issues", "release_id"),
        family("ledger.release_tables", "release_id", "'table ' || place"),
        numbered("ledger.reports", "report_id"),
        numbered("ledger.outbox", "envelope_id"),
        numbered("ledger.verifications", "verification_id"),
        family(
            "conduct_ledger.rejected_values",
            "batch_id",
            "'line ' || line",
        ),
        numbered("conduct_ledger.consultations", "consultation_id"),
    ]
}

/// Every ledger of the database, those of the sources' history included.
pub fn all(connection: &Connection) -> Result<Vec<Ledger>> {
    let held: Vec<String> = bind::query(
        connection,
        "select schema_name || '.' || table_name from duckdb_tables() where not temporary \
         and schema_name in ('ledger', 'conduct_ledger', 'history', 'conduct_history') order by 1",
        &[],
        |row| row.get(0),
    )?;
    // One that is yet to be migrated lacks some.
    let fixed = fixed()
        .into_iter()
        .filter(|ledger| held.contains(&ledger.table));
    let histories = held
        .iter()
        .filter(|table| table.contains("history."))
        .flat_map(|table| [brought(table), ended(table)]);
    Ok(fixed.chain(histories).collect())
}

/// The ledger of that name.
pub fn named(name: &str) -> Result<Ledger> {
    fixed()
        .into_iter()
        .find(|ledger| ledger.name == name)
        .with_context(|| format!("{name} is not in the catalogue of chained ledgers"))
}

/// The versions that a batch brought into a history table. Which batch ended
/// one is sealed with that batch, which rests on what and the hash that finds
/// equal rows quickly are worked out of the rest.
pub fn brought(table: &str) -> Ledger {
    Ledger {
        columns: "* exclude (row_hash, confirmed_by, batch_to)".to_owned(),
        ..family(table, "batch_from", "'line ' || file_line")
    }
}

/// The versions that a batch ended.
pub fn ended(table: &str) -> Ledger {
    Ledger {
        name: format!("{table} ended"),
        columns: "* exclude (row_hash, confirmed_by)".to_owned(),
        only: "batch_to is not null".to_owned(),
        ..family(
            table,
            "batch_to",
            "'line ' || file_line || ' of batch ' || said_by",
        )
    }
}

fn rejects() -> Ledger {
    Ledger {
        columns: "* exclude (corrected_by)".to_owned(),
        ..family(
            "ledger.rejects",
            "batch_id",
            "concat_ws(' ', 'line', line, column_name)",
        )
    }
}

fn corrected() -> Ledger {
    Ledger {
        name: CORRECTED.to_owned(),
        columns: "batch_id, line, column_name, corrected_by".to_owned(),
        only: "corrected_by is not null".to_owned(),
        ..family(
            "ledger.rejects",
            "corrected_by",
            "concat_ws(' ', 'line', line, column_name, 'of batch', batch_id)",
        )
    }
}

/// A table whose rows carry a number of their own.
fn numbered(table: &str, key: &str) -> Ledger {
    Ledger {
        name: table.to_owned(),
        table: table.to_owned(),
        key: key.to_owned(),
        is_number: true,
        row: None,
        columns: "*".to_owned(),
        only: "true".to_owned(),
    }
}

/// A table whose rows are sealed by the number of what they belong to.
fn family(table: &str, key: &str, row: &str) -> Ledger {
    Ledger {
        row: Some(row.to_owned()),
        ..numbered(table, key)
    }
}

/// A table with rows for each time that something befell a file.
fn repeated(table: &str, row: &str) -> Ledger {
    Ledger {
        is_number: false,
        ..family(table, "source || ' ' || sha256", row)
    }
}

/// A table whose rows are named by words.
fn worded(table: &str, key: &str) -> Ledger {
    Ledger {
        is_number: false,
        ..numbered(table, key)
    }
}
