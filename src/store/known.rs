//! History as it was known after a batch: a view for every source, under the
//! name `known.<source>`, for questions about the past.

use anyhow::{Context, Result};
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

/// Adds the views to a connection, as known after batch `known_at`, or as
/// known now. They lie in memory, beside the file, which stays as it is.
pub fn add_views(connection: &Connection, known_at: Option<i64>) -> Result<()> {
    connection.execute_batch("attach ':memory:' as known")?;
    let tables: Vec<(String, String, String)> = bind::query(
        connection,
        "select database_name, schema_name, table_name from duckdb_tables() \
         where schema_name in ('history', 'conduct_history') order by table_name",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let known_at = known_at.unwrap_or(i64::MAX);
    for (database, schema, table) in tables {
        connection
            .execute_batch(&format!(
                "create view known.{table} as \
                 select * exclude (row_hash, occurrence, batch_to, is_deleted) \
                 from \"{database}\".{schema}.{table} \
                 where batch_from <= {known_at} \
                     and (batch_to is null or batch_to > {known_at}) and not is_deleted"
            ))
            .with_context(|| format!("cannot show {schema}.{table}"))?;
    }
    Ok(())
}
