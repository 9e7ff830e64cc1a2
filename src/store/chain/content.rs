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
    let rows = rows(ledger, keys, "true");
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
        Some(_) => together(ledger, keys, &many(connection, ledger, &rows)?),
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

/// The keys of more than a few rows, as literals.
fn many(connection: &Connection, ledger: &Ledger, rows: &str) -> Result<Vec<String>> {
    let key = &ledger.key;
    let sql = format!("select ({key})::varchar from {rows} group by {key} having count(*) > {FEW}");
    bind::query(connection, &sql, &[], |row| {
        Ok(literal(ledger, &row.get::<_, String>(0)?))
    })
}

/// One hash for all rows of a key, whatever their order. No join tells the keys
/// of many rows from the others: it would take longer than the hashes.
fn together(ledger: &Ledger, keys: Keys<'_>, many: &[String]) -> String {
    let key = &ledger.key;
    let hashed = |only: &str, hash: &str, told: &str| {
        format!(
            "select sealed_key, {told} \
             from (select {key} as sealed_key, {hash} as hashed from {rows}) \
             group by sealed_key",
            rows = rows(ledger, keys, only)
        )
    };
    let one_by_one = |only: &str| {
        let told = format!(
            "sha256(string_agg(hashed, '' order by hashed)) as sha256, \
             string_agg(left(hashed, {MARK}), '' order by hashed) as marks"
        );
        hashed(only, "sha256(to_json(content)::varchar)", &told)
    };
    let parts = if many.is_empty() {
        one_by_one(&format!("{key} is not null"))
    } else {
        let list = many.join(", ");
        let few = one_by_one(&format!("{key} not in ({list})"));
        let many = hashed(
            &format!("{key} in ({list})"),
            "hash(content)",
            "sha256(concat_ws(' ', count(*), sum(hashed), bit_xor(hashed))) as sha256, \
             null as marks",
        );
        format!("{few} union all {many}")
    };
    format!("select sealed_key::varchar, sha256, marks from ({parts}) order by sealed_key")
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
            rows(ledger, Keys::These(&keys), "true")
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

/// The sealed rows of a ledger, as far as a further condition holds.
fn rows(ledger: &Ledger, keys: Keys<'_>, and: &str) -> String {
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
    format!("(select {columns} from {table} where {only}{meant} and {and}) as content")
}

fn literal(ledger: &Ledger, key: &str) -> String {
    if ledger.is_number {
        key.to_owned()
    } else {
        format!("'{}'", quoted(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn keys_of_many_rows_are_hashed_at_once_and_the_others_row_by_row() {
        let store = Store::in_memory().unwrap();
        let connection = store.connection();
        let made = format!(
            "create temp table said as \
             select case when i <= {FEW} then 11 when i <= {FEW} + 3 then 9 end as batch, \
                 i as line, 'row ' || i as text \
             from range(0, {FEW} + 9) as rows (i)"
        );
        connection.execute_batch(&made).unwrap();
        let ledger = Ledger {
            name: "said".to_owned(),
            table: "said".to_owned(),
            key: "batch".to_owned(),
            is_number: true,
            row: Some("line".to_owned()),
            columns: "*".to_owned(),
            only: "true".to_owned(),
        };
        let one = |sql: &str| -> String {
            let sql = format!("select {sql} from said as content");
            connection.query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        let wanted = || {
            [
                Content {
                    key: "9".to_owned(),
                    sha256: one("sha256(string_agg(sha256(to_json(content)::varchar), '' \
                         order by sha256(to_json(content)::varchar)) filter (batch = 9))"),
                    marks: Some(one(
                        "string_agg(left(sha256(to_json(content)::varchar), 8), '' \
                         order by sha256(to_json(content)::varchar)) filter (batch = 9)",
                    )),
                },
                Content {
                    key: "11".to_owned(),
                    sha256: one("sha256(concat_ws(' ', count(*) filter (batch = 11), \
                             sum(hash(content)) filter (batch = 11), \
                             bit_xor(hash(content)) filter (batch = 11)))"),
                    marks: None,
                },
            ]
        };
        let found = take(connection, &ledger, Keys::All).unwrap();
        assert_eq!(found, wanted());
        for (at, key) in ["9", "11"].into_iter().enumerate() {
            let these = [key.to_owned()];
            let alone = take(connection, &ledger, Keys::These(&these)).unwrap();
            assert_eq!(alone, wanted()[at..=at]);
        }
        connection
            .execute_batch(&format!(
                "update said set text = '' where line in (5, {FEW} + 1)"
            ))
            .unwrap();
        let altered = take(connection, &ledger, Keys::All).unwrap();
        assert_eq!(altered, wanted());
        for (before, after) in found.iter().zip(&altered) {
            assert_ne!(before.sha256, after.sha256);
        }
    }
}
