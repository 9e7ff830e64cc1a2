//! Whether the quick hash that each version carries is that of its values.
//! Ingest tells new from old by it; and it names the row when a batch of many
//! is not what was sealed.

use anyhow::Result;
use duckdb::Connection;

use super::{Finding, What};
use crate::store::bind;

/// Versions named for one table; the rest are counted.
const NAMED: usize = 5;

pub(super) fn check(connection: &Connection) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (table, columns) in hashed(connection)? {
        let rows: Vec<String> = bind::query(
            connection,
            &format!(
                "select format('line {{}} of batch {{}}', file_line, said_by) from {table} \
                 where row_hash <> hash({columns}) order by batch_from, file_line, occurrence"
            ),
            &[],
            |row| row.get(0),
        )?;
        if rows.is_empty() {
            continue;
        }
        let more = match rows.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!("and {more} more "),
        };
        findings.push(Finding {
            ledger: table,
            key: rows[..rows.len().min(NAMED)].join(", "),
            what: What::Edited,
            told: format!("{more}the row's own hash is another"),
        });
    }
    Ok(findings)
}

/// The history tables whose rows were hashed by this build's function, and the
/// columns in the order in which they were.
fn hashed(connection: &Connection) -> Result<Vec<(String, String)>> {
    let found: Vec<(String, String)> = bind::query(
        connection,
        "select tables.schema_name || '.' || tables.table_name, hashing.proof \
         from ledger.hashing as hashing \
         inner join duckdb_tables() as tables on tables.table_name = hashing.source \
         where tables.schema_name in ('history', 'conduct_history') \
             and ends_with(hashing.proof, ' ' || hash('daybook', 2026, true)) order by 1",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(found
        .into_iter()
        .filter_map(|(table, proof)| {
            let columns = proof.rsplit_once(' ')?.0;
            are_columns(columns).then(|| (table, columns.to_owned()))
        })
        .collect())
}

/// Whoever can write to the file must not have their words run as SQL.
fn are_columns(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.split(", ").all(|column| {
        let name = column.strip_prefix('"').and_then(|c| c.strip_suffix('"'));
        name.is_some_and(|name| !name.is_empty() && name.chars().all(is_plain))
    })
}
