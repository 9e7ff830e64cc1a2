//! Sifts the rows of a decoded file: where they lie while they are judged, what
//! is wrong with those at fault, which stand there twice.

use anyhow::Result;
use duckdb::Connection;

use super::stage::Reading;
use crate::ingest::contract::layout::WIDE_PLACES;
use crate::ingest::contract::{Contract, OnInvalid, keys};
use crate::ingest::refusal::{self, Fault};
use crate::store::bind;
use crate::store::planner::in_any_order;

/// Where the sound rows of a file lie while they are judged: the temporary
/// table `judged`, or, when nothing was held before, history itself.
pub struct Target {
    pub table: String,
    pub line: &'static str,
    /// A condition that picks this file's rows.
    pub own: String,
    /// Holds for a row that records a deletion.
    pub is_deletion: &'static str,
    key_hash: String,
}

impl Target {
    pub fn judged() -> Self {
        Self {
            table: "judged".to_owned(),
            line: "line",
            own: "true".to_owned(),
            is_deletion: "op is not distinct from 'D'",
            key_hash: "key_hash".to_owned(),
        }
    }

    pub fn history(contract: &Contract, batch_id: i64) -> Self {
        Self {
            table: contract.history(),
            line: "file_line",
            own: format!("batch_from = {batch_id}"),
            is_deletion: "is_deleted",
            key_hash: keys::key_hash(contract),
        }
    }

    pub fn count(&self, tx: &Connection) -> Result<u64> {
        let sql = format!("select count(*) from {} where {}", self.table, self.own);
        bind::query_one(tx, &sql, &[], |row| row.get(0))
    }

    /// Takes the lines of the temporary table `dropped` away.
    pub fn drop_lines(&self, tx: &Connection) -> Result<()> {
        tx.execute_batch(&format!(
            "delete from {} where {} and {} in (select line from dropped)",
            self.table, self.own, self.line
        ))?;
        Ok(())
    }
}

/// Reads a file's rows into the temporary table `judged`: what is needed to
/// judge and compare them, and no more.
pub fn lay_out(tx: &Connection, reading: &Reading<'_>) -> Result<()> {
    let contract = reading.contract;
    let mut wanted: Vec<&str> = contract.key.iter().map(String::as_str).collect();
    let related = contract.relations.iter().flat_map(|rule| &rule.columns);
    for column in related.chain(&contract.sequence) {
        if !wanted.contains(&column.as_str()) {
            wanted.push(column);
        }
    }
    let wanted: Vec<String> = wanted.iter().map(|name| format!("\"{name}\", ")).collect();
    let sql = format!(
        "create or replace temp table judged as\nwith {typed}\n\
         select line, op, {wanted}row_hash, key_hash, occurrence, scope, is_faulty, has_warning\n\
         from typed",
        typed = reading.typed(None),
        wanted = wanted.concat(),
    );
    in_any_order(tx, || Ok(tx.execute_batch(&sql)?))
}

/// The faults and warnings of the lines in the temporary table `wrong`, as many
/// as are listed.
pub fn faults(tx: &Connection, reading: &Reading<'_>) -> Result<Vec<Fault>> {
    bind::query(
        tx,
        &reading.faults("line in (select line from wrong)"),
        &[],
        |row| {
            let value: Option<String> = row.get(2)?;
            Ok(Fault {
                is_warning: row.get(5)?,
                key: row.get(6)?,
                ..Fault::reject(
                    reading.contract.layout.line_of(row.get(0)?),
                    row.get(1)?,
                    value.as_deref(),
                    (refusal::fault_code(&row.get::<_, String>(3)?), row.get(4)?),
                )
            })
        },
    )
}

/// Why a file is refused whose contract wants nothing of it when a value of
/// some column is wrong. The value itself is in the faults.
pub fn refusing(contract: &Contract, faults: &[Fault]) -> Option<String> {
    faults.iter().find_map(|fault| {
        let name = fault.column.as_deref()?;
        let column = contract.column(name)?;
        (column.otherwise == OnInvalid::RejectFile).then(|| {
            format!(
                "line {}: {name}: {}; its contract then refuses the file",
                fault.line, fault.reason
            )
        })
    })
}

/// Rows with one key: equal ones count once; of changes in an order, the last
/// counts; others that differ are all rejected, because nothing says which is
/// right. Returns how many were one too many, how many of these a later change
/// overtook, and the faults of the others.
pub fn settle_duplicates(tx: &Connection, contract: &Contract, target: &Target) -> Result<Doubles> {
    if contract.key.is_empty() || !has_duplicates(tx, target)? {
        return Ok(Doubles::default());
    }
    let overtaken = match &contract.sequence {
        Some(sequence) => overtake(tx, contract, target, sequence)?,
        None => 0,
    };
    let key = keys::key_list(contract, "own");
    let (table, line, own) = (&target.table, target.line, &target.own);
    tx.execute_batch(&format!(
        "create or replace temp table repeated as \
         select {key}, list({line} order by {line}) as lines, \
             count(distinct (row_hash, {is_deletion})) > 1 as is_conflict \
         from {table} as own where {own} group by {key} having count(*) > 1",
        is_deletion = target.is_deletion,
    ))?;
    let conflicts = bind::query(
        tx,
        &format!(
            "select unnest(lines), {}, array_to_string([{} for row in lines[:20]], ', ') \
             from repeated where is_conflict order by 1 limit {}",
            keys::key_text(contract, "repeated"),
            if contract.layout.wide.is_some() {
                format!("row // {WIDE_PLACES}")
            } else {
                "row".to_owned()
            },
            contract.limits.faults
        ),
        &[],
        |row| {
            let value: String = row.get(1)?;
            let mut fault = Fault::reject(
                contract.layout.line_of(row.get(0)?),
                Some(contract.key.join(", ")),
                Some(&value),
                (
                    "key",
                    format!(
                        "lines {} have this key and different values; expected one",
                        row.get::<_, String>(2)?
                    ),
                ),
            );
            fault.key = Some(value);
            Ok(fault)
        },
    )?;
    tx.execute_batch(
        "create or replace temp table dropped as \
         select unnest(case when is_conflict then lines else lines[2:] end) as line from repeated",
    )?;
    target.drop_lines(tx)?;
    let equal: u64 = bind::query_one(
        tx,
        "select coalesce(sum(len(lines) - 1), 0)::ubigint from repeated where not is_conflict",
        &[],
        |row| row.get(0),
    )?;
    Ok(Doubles {
        rows: equal + overtaken,
        overtaken,
        conflicts,
    })
}

/// Rows that share their key with another of their file.
#[derive(Default)]
pub struct Doubles {
    pub rows: u64,
    pub overtaken: u64,
    pub conflicts: Vec<Fault>,
}

/// Takes away what a later change of its key overtook. Those of one place in
/// the order stay, and count as any others of one key.
fn overtake(tx: &Connection, contract: &Contract, target: &Target, sequence: &str) -> Result<u64> {
    let (table, line, own) = (&target.table, target.line, &target.own);
    // Numbers that are kept as text, and padded or not, follow by length first.
    let is_text = contract
        .column(sequence)
        .is_some_and(|column| column.kind.sql_type() == "varchar");
    let place = if is_text {
        format!("struct_pack(l := length(own.\"{sequence}\"), t := own.\"{sequence}\")")
    } else {
        format!("own.\"{sequence}\"")
    };
    tx.execute_batch(&format!(
        "create or replace temp table dropped as \
         select {line} as line from {table} as own where {own} \
         qualify {place} < max({place}) over (partition by {key})",
        key = keys::key_list(contract, "own"),
    ))?;
    let overtaken = bind::query_one(tx, "select count(*) from dropped", &[], |row| row.get(0))?;
    target.drop_lines(tx)?;
    Ok(overtaken)
}

/// Different hashes are different keys, so that as many hashes as rows prove
/// that no key stands there twice.
fn has_duplicates(tx: &Connection, target: &Target) -> Result<bool> {
    let sql = format!(
        "select count(distinct {}) <> count(*) from {} where {}",
        target.key_hash, target.table, target.own
    );
    bind::query_one(tx, &sql, &[], |row| row.get(0))
}
