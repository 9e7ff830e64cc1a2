//! Frozen rows against the same rows made again.

use std::collections::BTreeMap;

use anyhow::Result;
use duckdb::{Connection, Row};

use super::difference_reason::cause;
use super::{Difference, DifferingPerson};
use crate::harm::ranking;
use crate::harm::sql::{self, Bound, Frozen, ListSql};
use crate::store::bind;

/// What was compared and what differs.
#[derive(Default)]
pub(super) struct Found {
    pub(super) rows: u64,
    by_person: BTreeMap<String, Vec<Difference>>,
    pub(super) list: Vec<Difference>,
}

impl Found {
    pub(super) fn people(&mut self) -> Vec<DifferingPerson> {
        std::mem::take(&mut self.by_person)
            .into_iter()
            .map(|(nominal_id, differences)| DifferingPerson {
                cause: cause(&differences),
                nominal_id,
                differences,
            })
            .collect()
    }
}

/// Compares what a statement gives with the rows frozen for it; one that is
/// not due must have left none.
pub(super) fn compare(
    connection: &Connection,
    (frozen, is_due): (Frozen, bool),
    statements: &ListSql,
    bound: &Bound,
    found: &mut Found,
) -> Result<()> {
    let Frozen {
        statement, table, ..
    } = frozen;
    let own = bound.get("list_id");
    let list_id = ("list_id", &own as &dyn duckdb::ToSql);
    let rows: u64 = bind::query_one(
        connection,
        &format!("select count(*) from ledger.{table} where list_id = $list_id"),
        &[list_id],
        |row| row.get(0),
    )?;
    found.rows += rows;
    let Some(text) = statements.get(statement).filter(|_| is_due) else {
        // Before there was such a statement, or a list to move from, there
        // were no such rows.
        if rows > 0 {
            found
                .list
                .push(of_list(table, "rows", &format!("{rows} where none can be")));
        }
        return Ok(());
    };
    let head = "create or replace temp table again as\nselect rows.* from (\n";
    sql::run(connection, statement, text, (head, ranking::TAIL), bound)?;
    let columns = bind::temp_columns(connection, "again")?;
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let keys = frozen.keys;
    let values: Vec<&str> = names
        .iter()
        .filter(|name| !keys.contains(name))
        .copied()
        .collect();
    let doubled: u64 = bind::query_one(
        connection,
        &format!(
            "select count(*) - count(distinct ({})) from ledger.{table} where list_id = $list_id",
            keys.join(", ")
        ),
        &[list_id],
        |row| row.get(0),
    )?;
    if doubled > 0 {
        found
            .list
            .push(of_list(table, "rows", &format!("{doubled} doubled")));
    }
    let rows = bind::query(
        connection,
        &differing_rows(table, keys, &values),
        &[list_id],
        |row| DifferingRow::read(row, values.len()),
    )?;
    for row in rows {
        let place = if keys.contains(&"nominal_id") {
            found.by_person.entry(row.person.clone()).or_default()
        } else {
            &mut found.list
        };
        place.extend(row.differences(table, &values));
    }
    connection.execute_batch("drop table temp.again")?;
    Ok(())
}

/// A row that is not the same on both sides.
struct DifferingRow {
    person: String,
    /// What else tells the row apart.
    row: String,
    was_there: bool,
    is_there: bool,
    /// Every value but the keys, as frozen and as made again.
    cells: Vec<(Option<String>, Option<String>)>,
}

impl DifferingRow {
    fn read(row: &Row<'_>, values: usize) -> duckdb::Result<Self> {
        let cells = (0..values)
            .map(|place| Ok((row.get(4 + 2 * place)?, row.get(5 + 2 * place)?)))
            .collect::<duckdb::Result<_>>()?;
        Ok(Self {
            person: row.get(0)?,
            row: row.get(1)?,
            was_there: row.get(2)?,
            is_there: row.get(3)?,
            cells,
        })
    }

    fn differences(self, table: &str, columns: &[&str]) -> Vec<Difference> {
        let row = self.row;
        let difference = |column: &str, frozen, again| Difference {
            table: table.to_owned(),
            row: row.clone(),
            column: column.to_owned(),
            frozen,
            again,
        };
        if !self.was_there || !self.is_there {
            let told = |is: bool| is.then(|| "a row".to_owned());
            return vec![difference("row", told(self.was_there), told(self.is_there))];
        }
        columns
            .iter()
            .zip(self.cells)
            .filter(|(_, (frozen, again))| frozen != again)
            .map(|(column, (frozen, again))| difference(column, frozen, again))
            .collect()
    }
}

/// Rows that are not the same on both sides: the person, what else tells the
/// row apart, whether each side has it, and every value of both.
fn differing_rows(table: &str, keys: &[&str], values: &[&str]) -> String {
    let on: Vec<String> = keys
        .iter()
        .map(|key| format!("frozen.{key} = again.{key}"))
        .collect();
    let key = |name: &str| format!("coalesce(frozen.{name}, again.{name})");
    let person = if keys[0] == "nominal_id" {
        key("nominal_id")
    } else {
        "''".to_owned()
    };
    let others: Vec<String> = keys
        .iter()
        .filter(|name| **name != "nominal_id")
        .map(|name| key(name))
        .collect();
    let row = if others.is_empty() {
        "''".to_owned()
    } else {
        others.join(" || ' ' || ")
    };
    let cells: Vec<String> = values
        .iter()
        .map(|name| format!("cast(frozen.{name} as varchar), cast(again.{name} as varchar)"))
        .collect();
    let differs: Vec<String> = values
        .iter()
        .map(|name| format!("frozen.{name} is distinct from again.{name}"))
        .collect();
    format!(
        "with frozen as (select * from ledger.{table} where list_id = $list_id) \
         select {person}, {row}, frozen.{first} is not null, again.{first} is not null, {} \
         from frozen full join again on {} \
         where frozen.{first} is null or again.{first} is null or {} \
         order by 1, 2",
        cells.join(", "),
        on.join(" and "),
        differs.join(" or "),
        first = keys[0],
    )
}

/// Something that is wrong with a list's rows as a whole.
fn of_list(table: &str, column: &str, frozen: &str) -> Difference {
    Difference {
        table: table.to_owned(),
        row: "whole".to_owned(),
        column: column.to_owned(),
        frozen: Some(frozen.to_owned()),
        again: None,
    }
}
