//! History as it was known after a batch, under the name `known.<source>`, for
//! questions about the past.

use anyhow::Result;
use chrono::NaiveDateTime;
use duckdb::Connection;

use super::bind;

/// The newest batch that had been received before a moment, UTC; 0 before the
/// first.
pub fn batch_before(connection: &Connection, moment: NaiveDateTime) -> Result<i64> {
    bind::query_one(
        connection,
        "select coalesce(max(batch_id), 0) from ledger.batches \
         where state = 'accepted' and received_at < cast($moment as timestamp)",
        &[("moment", &moment)],
        |row| row.get(0),
    )
}

/// Columns that keep history and are no part of what was known.
pub const HIDDEN: [&str; 4] = ["row_hash", "occurrence", "batch_to", "is_deleted"];

/// Whether tables of a schema are read under `known` too.
pub fn is_history(schema: &str) -> bool {
    ["history", "conduct_history"].contains(&schema)
}

/// The rows of a history table as known after batch `known_at`, or as known
/// now.
pub fn rows(table: &str, known_at: Option<i64>) -> String {
    let known_at = known_at.unwrap_or(i64::MAX);
    format!(
        "select * exclude ({}) from {table} where batch_from <= {known_at} \
             and (batch_to is null or batch_to > {known_at}) and not is_deleted",
        HIDDEN.join(", ")
    )
}
