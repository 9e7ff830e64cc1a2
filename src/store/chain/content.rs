//! What the rows of a ledger hold, as hashes: one for each key.

use std::collections::BTreeMap;

use anyhow::Result;
use duckdb::Connection;

use super::catalogue::Ledger;
use crate::store::{bind, quoted};

/// Up to so many rows of one key, each row's hash is SHA-256 and leaves a mark
/// by which an altered row is named. Above it they are hashed by the database's
/// own function, forty times as quick and not made to withstand design.
const FEW: u32 = 20_000;

/// Letters of a row's hash that are its mark.
pub const MARK: usize = 8;

/// What one key's rows hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub key: String,
    pub sha256: String,
    pub marks: Option<String>,
}

/// Which keys are meant.
#[derive(Debug, Clone, Copy)]
pub enum Keys<'a> {
    All,
    These(&'a [String]),
}

/// The hashes of the rows as they are now, in the order of their keys.
pub fn take(connection: &Connection, ledger: &Ledger, keys: Keys<'_>) -> Result<Vec<Content>> {
    let Ledger { key, row, .. } = ledger;
    let rows = rows(ledger, keys);
    // Most sources of most deployments never arrived, and this is the cheaper
    // question by far.
    if is_empty(connection, &rows)? {
        return Ok(Vec::new());
    }
    let sql = match row {
        None => format!(
            "select ({key})::varchar, sha256(to_json(content)::varchar), null from {rows} \
             order by {key}"
        ),
        Some(_) => together(key, &rows),
    };
    bind::query(connection, &sql, &[], |row| {
        Ok(Content {
            key: row.get(0)?,
            sha256: row.get(1)?,
            marks: row.get(2)?,
        })
    })
}

fn is_empty(connection: &Connection, rows: &str) -> Result<bool> {
    let sql = format!("select not exists (from {rows})");
    bind::query_one(connection, &sql, &[], |row| row.get(0))
}

/// One hash for all rows of a key, whatever their order.
fn together(key: &str, rows: &str) -> String {
    format!(
        "with counted as ( \
             select {key} as sealed_key, count(*) > {FEW} as is_many from {rows} group by 1 \
         ), \
         hashed as ( \
             select sealed_key, is_many, \
                 case when not is_many then sha256(to_json(content)::varchar) end as strong, \
                 case when is_many then hash(content) end as quick \
             from {rows} inner join counted on sealed_key = {key} \
         ) \
         select sealed_key::varchar, \
             case when is_many \
                 then sha256(concat_ws(' ', count(*), sum(quick), bit_xor(quick))) \
                 else sha256(string_agg(strong, '' order by strong)) end, \
             case when not is_many \
                 then string_agg(left(strong, {MARK}), '' order by strong) end \
         from hashed group by sealed_key, is_many order by sealed_key"
    )
}

/// The rows of one key that have none of these marks: they were altered, or
/// are new.
pub fn without_mark(
    connection: &Connection,
    ledger: &Ledger,
    key: &str,
    marks: &str,
) -> Result<(Vec<String>, usize)> {
    let mut kept: BTreeMap<&str, usize> = BTreeMap::new();
    for start in (0..marks.len()).step_by(MARK) {
        *kept.entry(&marks[start..start + MARK]).or_default() += 1;
    }
    let keys = [key.to_owned()];
    let now: Vec<(String, String)> = bind::query(
        connection,
        &format!(
            "select coalesce(({})::varchar, ''), left(sha256(to_json(content)::varchar), {MARK}) from {} \
             order by 1, 2",
            ledger.row.as_deref().unwrap_or("''"),
            rows(ledger, Keys::These(&keys))
        ),
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let mut strange = Vec::new();
    for (row, mark) in now {
        match kept.get_mut(mark.as_str()) {
            Some(left) if *left > 0 => *left -= 1,
            _ => strange.push(row),
        }
    }
    Ok((strange, kept.values().sum()))
}

/// The sealed rows of a ledger as a table of that name.
fn rows(ledger: &Ledger, keys: Keys<'_>) -> String {
    let Ledger {
        table,
        key,
        columns,
        only,
        ..
    } = ledger;
    let meant = match keys {
        Keys::All => String::new(),
        Keys::These(keys) => {
            let literals: Vec<String> = keys.iter().map(|key| literal(ledger, key)).collect();
            format!(" and {key} in ({})", literals.join(", "))
        }
    };
    format!("(select {columns} from {table} where {only}{meant}) as content")
}

fn literal(ledger: &Ledger, key: &str) -> String {
    if ledger.is_number {
        key.to_owned()
    } else {
        format!("'{}'", quoted(key))
    }
}
