//! Rows that name something of another source: on arrival, where the contract
//! lets none in that is not held, and afterwards, whether they still wait.

use anyhow::Result;
use duckdb::{Connection, params};
use serde::Serialize;

use super::row_errors::Target;
use crate::ingest::contract::keys::key_text;
use crate::ingest::contract::{Contract, OnInvalid, Relation};
use crate::ingest::refusal::{Fault, Refused};
use crate::model::restricted::Room;
use crate::store::{bind, chain};

/// Rows that name something another source does not hold, where the contract
/// does not let them in.
pub fn on_arrival(
    tx: &Connection,
    contract: &Contract,
    target: &Target,
) -> Result<Vec<Fault>, Refused> {
    let mut faults = Vec::new();
    let strict = contract.relations.iter();
    for rule in strict.filter(|rule| rule.otherwise != OnInvalid::Warn) {
        let found = orphans(tx, contract, target, rule)?;
        if let (Some(first), OnInvalid::RejectFile) = (found.first(), rule.otherwise) {
            let told = format!(
                "{}: {}; its contract then refuses the file",
                rule.columns.join(", "),
                first.reason
            );
            return Err(Refused::coded(
                "value",
                format!("line {}: {told}", first.line),
            ));
        }
        if !found.is_empty() {
            target.drop_lines(tx)?;
        }
        faults.extend(found);
    }
    Ok(faults)
}

fn orphans(
    tx: &Connection,
    contract: &Contract,
    target: &Target,
    rule: &Relation,
) -> Result<Vec<Fault>> {
    tx.execute_batch(&format!(
        "create or replace temp table dropped as select {line} as line, {value} as value, \
         {key} as row_key from {table} as own where {own} and not ({is_deletion}) and {condition}",
        line = target.line,
        value = related_text(rule),
        key = key_text(contract, "own"),
        table = target.table,
        own = target.own,
        is_deletion = target.is_deletion,
        condition = orphan_condition(rule),
    ))?;
    bind::query(
        tx,
        &format!(
            "select line, value, row_key from dropped order by line limit {}",
            contract.limits.faults
        ),
        &[],
        |row| {
            let value: Option<String> = row.get(1)?;
            let mut fault = Fault::reject(
                contract.layout.line_of(row.get(0)?),
                Some(rule.columns.join(", ")),
                value.as_deref(),
                (
                    "reference",
                    format!("expected one that {} holds", rule.source),
                ),
            );
            fault.key = row.get(2)?;
            Ok(fault)
        },
    )
}

/// What one relation lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingReferences {
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
pub fn check(
    tx: &Connection,
    contracts: &[Contract],
    known_at: i64,
) -> Result<Vec<MissingReferences>> {
    tx.execute(
        "delete from ledger.relation_checks where known_at = ?",
        [known_at],
    )?;
    let mut found = Vec::new();
    for contract in contracts {
        let lenient = contract.relations.iter();
        for rule in lenient.filter(|rule| rule.otherwise == OnInvalid::Warn) {
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
    chain::seal(tx, "ledger.relation_checks", &[known_at])?;
    Ok(found)
}

fn lacking(tx: &Connection, contract: &Contract, rule: &Relation) -> Result<MissingReferences> {
    // An example goes to logs and terminals, where a room's rows have no place.
    let example = match contract.room {
        Room::Open => "min(value)",
        Room::Conduct => "cast(null as varchar)",
    };
    let sql = format!(
        "with missing as (select own.as_at, {value} as value from {history} as own \
             where own.batch_to is null and not own.is_deleted and {orphan}), \
         newest as (select max(as_at) as as_at from ledger.standing_files \
             where source = $other) \
         select count(*), \
             count(*) filter (missing.as_at + to_days($within_days::integer) <= newest.as_at), \
             {example} \
         from missing cross join newest",
        value = related_text(rule),
        history = contract.history(),
        orphan = orphan_condition(rule),
    );
    let within_days = i64::from(rule.within_days);
    bind::query_one(
        tx,
        &sql,
        &[("other", &rule.source), ("within_days", &within_days)],
        |row| {
            Ok(MissingReferences {
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

/// The columns of a relation as one text.
fn related_text(rule: &Relation) -> String {
    let parts: Vec<String> = rule
        .columns
        .iter()
        .map(|name| format!("cast(own.\"{name}\" as varchar)"))
        .collect();
    parts.join(" || ' | ' || ")
}

/// Holds for rows of `own` that name something which is not held.
fn orphan_condition(rule: &Relation) -> String {
    let filled: Vec<String> = rule
        .columns
        .iter()
        .map(|name| format!("own.\"{name}\" is not null"))
        .collect();
    let same: Vec<String> = rule
        .columns
        .iter()
        .zip(&rule.source_columns)
        .map(|(here, there)| format!("other.\"{there}\" = own.\"{here}\""))
        .collect();
    format!(
        "{} and not exists (select 1 from {} as other \
         where other.batch_to is null and not other.is_deleted and {})",
        filled.join(" and "),
        rule.history(),
        same.join(" and ")
    )
}
