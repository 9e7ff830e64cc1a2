//! Whether rows that name something of another source still wait for it.

use anyhow::Result;
use duckdb::{Connection, params};
use serde::Serialize;

use super::contract::{Contract, Otherwise};
use super::judge::{orphan_condition, related_text};
use crate::store::bind;

/// What one relation lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lacking {
    pub source: String,
    pub columns: String,
    pub other_source: String,
    /// Rows that name something which is not held.
    pub rows_missing: u64,
    /// Of these, rows for which the other source has had its days.
    pub rows_overdue: u64,
    pub within_days: u32,
    pub example: Option<String>,
}

/// Counts, for every relation, the rows that name something which is not held,
/// and keeps the counts under the newest batch. A source that never arrived is
/// told elsewhere and makes no row overdue here.
pub fn check(tx: &Connection, contracts: &[Contract], known_at: i64) -> Result<Vec<Lacking>> {
    tx.execute(
        "delete from ledger.relation_checks where known_at = ?",
        [known_at],
    )?;
    let mut found = Vec::new();
    for contract in contracts {
        let lenient = contract.relations.iter();
        for rule in lenient.filter(|rule| rule.otherwise == Otherwise::Warn) {
            let lacking = lacking(tx, contract, rule)?;
            tx.execute(
                "insert into ledger.relation_checks values (?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    known_at,
                    lacking.source,
                    lacking.columns,
                    lacking.other_source,
                    lacking.rows_missing,
                    lacking.rows_overdue,
                    lacking.within_days,
                    lacking.example,
                ],
            )?;
            found.push(lacking);
        }
    }
    Ok(found)
}

fn lacking(
    tx: &Connection,
    contract: &Contract,
    rule: &super::contract::Relation,
) -> Result<Lacking> {
    let sql = format!(
        "with missing as (select own.as_at, {value} as value from history.{source} as own \
             where own.batch_to is null and not own.is_deleted and {orphan}), \
         newest as (select max(as_at) as as_at from ledger.standing_files \
             where source = $other) \
         select count(*), \
             count(*) filter (missing.as_at + to_days($within_days::integer) <= newest.as_at), \
             min(value) \
         from missing cross join newest",
        value = related_text(rule),
        source = contract.name,
        orphan = orphan_condition(rule),
    );
    let within_days = i64::from(rule.within_days);
    bind::query_one(
        tx,
        &sql,
        &[("other", &rule.source), ("within_days", &within_days)],
        |row| {
            Ok(Lacking {
                source: contract.name.clone(),
                columns: rule.columns.join(", "),
                other_source: rule.source.clone(),
                rows_missing: row.get(0)?,
                rows_overdue: row.get(1)?,
                within_days: rule.within_days,
                example: row.get(2)?,
            })
        },
    )
}
