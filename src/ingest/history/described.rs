//! What a history table and its columns hold, said on the table itself, in the
//! words of its contract.

use std::collections::BTreeMap;

use anyhow::Result;
use duckdb::Connection;

use crate::ingest::contract::{Column, Contract, Kind};
use crate::model::restricted::Room;
use crate::store::{Store, bind, comment};

/// The columns that daybook adds to those of a contract.
const ADDED: [(&str, &str); 9] = [
    (
        "row_hash",
        "Finds equal rows quickly; worked out of the rest.",
    ),
    (
        "occurrence",
        "Which of equal rows of one file, counted from 1.",
    ),
    ("file_line", "Line of the file that said it."),
    ("as_at", "The moment that file speaks of."),
    ("said_by", "The batch whose file said it."),
    ("confirmed_by", "The newest batch that said the same."),
    ("batch_from", "The first batch after which it stood."),
    ("batch_to", "The batch that ended it; null while it stands."),
    ("is_deleted", "The source said that the row is gone."),
];

/// Puts the words of the contracts on the tables of their sources, where they
/// are not there already.
pub(crate) fn describe(store: &Store, contracts: &[Contract]) -> Result<()> {
    let held = held(store.connection())?;
    let differs = |place: &(String, String), words: &str| {
        held.get(place)
            .is_some_and(|said| said.as_deref() != Some(words))
    };
    let mut due = String::new();
    for contract in contracts {
        let table = contract.history();
        for (column, words) in words(contract) {
            let place = (table.clone(), column);
            if differs(&place, &words) {
                due += &match place.1.as_str() {
                    "" => comment::on_table(&table, &words),
                    column => comment::on_column(&table, column, &words),
                };
            }
        }
    }
    if due.is_empty() {
        return Ok(());
    }
    store.transaction(|tx| Ok(tx.execute_batch(&due)?))
}

/// What is said of a source's table, whose name is empty, and of its columns.
fn words(contract: &Contract) -> Vec<(String, String)> {
    let own = contract.columns.iter().filter_map(|column| {
        let words = of_column(contract, column);
        (!words.is_empty()).then(|| (column.name.clone(), words))
    });
    let added = ADDED.map(|(name, words)| (name.to_owned(), words.to_owned()));
    std::iter::once((String::new(), of_table(contract)))
        .chain(own)
        .chain(added)
        .collect()
}

fn of_table(contract: &Contract) -> String {
    let publisher = contract.publisher.as_ref();
    let publisher = publisher.map_or(String::new(), |from| {
        format!(", published by {}", from.name)
    });
    format!(
        "{}{publisher}: every version of every row, with the batch that brought it and the batch \
         that ended it.",
        contract.title
    )
}

/// What its contract demands of a column.
fn of_column(contract: &Contract, column: &Column) -> String {
    let is = |condition: bool, words: &str| condition.then(|| words.to_owned());
    let range = match (column.min, column.max) {
        (Some(min), Some(max)) => Some(format!("from {min} to {max}")),
        (Some(min), None) => Some(format!("at least {min}")),
        (None, Some(max)) => Some(format!("at most {max}")),
        (None, None) => None,
    };
    let values = match &column.values_from {
        Some(file) => Some(format!("one of values/{file}")),
        None => is(
            !column.values.is_empty(),
            &format!("one of {}", column.values.join(", ")),
        ),
    };
    let named = contract.relations.iter().find_map(|relation| {
        let at = relation
            .columns
            .iter()
            .position(|name| *name == column.name)?;
        Some(format!(
            "names {}.{}",
            relation.source, relation.source_columns[at]
        ))
    });
    let facts = [
        is(contract.key.contains(&column.name), "identifies the row"),
        is(column.is_required, "required"),
        of_kind(column.kind).map(str::to_owned),
        named,
        values,
        range,
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    sentence(&facts.join("; "))
}

/// What the column's type in the database does not tell.
fn of_kind(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::HoCode => Some("Home Office code NNN/SS"),
        Kind::Timestamp => Some("local time, as the source wrote it"),
        _ => None,
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        format!("{}{}.", first.to_uppercase(), letters.as_str())
    })
}

/// What is said already: by table and column, whose name is empty for the table.
fn held(connection: &Connection) -> Result<BTreeMap<(String, String), Option<String>>> {
    let places = bind::query(
        connection,
        "select schema_name || '.' || table_name, '' as column_name, comment \
         from duckdb_tables() where schema_name in ($open, $conduct) \
         union all \
         select schema_name || '.' || table_name, column_name, comment \
         from duckdb_columns() where schema_name in ($open, $conduct)",
        &[
            ("open", &Room::Open.history()),
            ("conduct", &Room::Conduct.history()),
        ],
        |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)),
    )?;
    Ok(places.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_contract_demands_is_told_as_a_sentence() {
        assert_eq!(
            sentence("required; from 1 to 22"),
            "Required; from 1 to 22."
        );
        assert_eq!(sentence(""), "");
    }
}
