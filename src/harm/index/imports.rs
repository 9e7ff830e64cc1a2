//! The ledger's record of imported indexes.

use anyhow::Result;
use chrono::NaiveDateTime;
use duckdb::{Connection, Row, params};
use serde::Serialize;

use crate::audit::{self, Event, Kind};
use crate::model::act::Act;
use crate::store::{bind, chain, inputs};

/// One import, as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Import {
    pub import_id: i64,
    pub edition: String,
    pub kind: String,
    pub file_name: String,
    pub sha256: String,
    pub policy: String,
    #[serde(skip)]
    pub titles: Option<String>,
    pub rows_read: u32,
    pub rows_without_code: u32,
    pub rows_without_score: u32,
    pub codes: u32,
    pub conflicts_solved: u32,
    pub csv_sha256: String,
    #[serde(skip)]
    pub found_sha256: Option<String>,
    pub imported_by: String,
    /// UTC.
    pub imported_at: NaiveDateTime,
}

/// Every import, newest first; none in a database without the table.
pub fn all(connection: &Connection) -> Result<Vec<Import>> {
    let is_there: bool = bind::query_one(
        connection,
        "select count(*) > 0 from duckdb_tables() \
         where schema_name = 'ledger' and table_name = 'index_imports'",
        &[],
        |row| row.get(0),
    )?;
    if !is_there {
        return Ok(Vec::new());
    }
    bind::query(
        connection,
        "select * exclude (bytes) from ledger.index_imports order by import_id desc",
        &[],
        read,
    )
}

/// The text of an edition as an import made it.
pub fn text(connection: &Connection, sha256: &str) -> Result<String> {
    bind::query_one(
        connection,
        "select text from ledger.texts where sha256 = $sha256",
        &[("sha256", &sha256)],
        |row| row.get(0),
    )
}

/// Keeps an import with the bytes it was read from and the text it made.
pub fn keep(
    connection: &Connection,
    import: &Import,
    bytes: &[u8],
    csv: &str,
    act: Act<'_>,
) -> Result<i64> {
    let csv_sha256 = inputs::keep_text(connection, csv)?;
    debug_assert_eq!(import.csv_sha256, csv_sha256);
    let import_id: i64 =
        connection.query_row("select nextval('ledger.index_import_ids')", [], |row| {
            row.get(0)
        })?;
    connection.execute(
        "insert into ledger.index_imports \
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            import_id,
            import.edition,
            import.kind,
            import.file_name,
            import.sha256,
            bytes,
            import.policy,
            import.titles,
            import.rows_read,
            import.rows_without_code,
            import.rows_without_score,
            import.codes,
            import.conflicts_solved,
            import.csv_sha256,
            import.found_sha256,
            import.imported_by,
            import.imported_at
        ],
    )?;
    chain::seal(connection, "ledger.index_imports", &[import_id])?;
    let event = Event {
        detail: serde_json::json!({ "import_id": import_id, "edition": import.edition }),
        ..Event::new(Kind::Administration, "index import")
    };
    audit::record(connection, act.into(), &event)?;
    Ok(import_id)
}

fn read(row: &Row<'_>) -> duckdb::Result<Import> {
    Ok(Import {
        import_id: row.get("import_id")?,
        edition: row.get("edition")?,
        kind: row.get("kind")?,
        file_name: row.get("file_name")?,
        sha256: row.get("sha256")?,
        policy: row.get("policy")?,
        titles: row.get("titles")?,
        rows_read: row.get("rows_read")?,
        rows_without_code: row.get("rows_without_code")?,
        rows_without_score: row.get("rows_without_score")?,
        codes: row.get("codes")?,
        conflicts_solved: row.get("conflicts_solved")?,
        csv_sha256: row.get("csv_sha256")?,
        found_sha256: row.get("found_sha256")?,
        imported_by: row.get("imported_by")?,
        imported_at: row.get("imported_at")?,
    })
}
