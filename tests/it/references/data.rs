//! Every table and column, as they stand in a database in which nothing has
//! landed, with the words that stand on them.

use std::collections::BTreeMap;

use super::{head, row};
use crate::support::Site;

const OPENING: &str = "\
# Data

Every table that a deployment's database holds, with its columns. This page is made
from a database; the words come from the SQL of models and migrations and from the
contracts, and stand on the tables themselves: whoever opens the file with DuckDB
finds them in `duckdb_tables()` and `duckdb_columns()`. A column without words holds
what its name says. Names that end in `_at` are instants, in UTC where daybook made
them and in local time where an extract did; `_on` are days; `_days`, `_minutes` and
the like are units; `is_` and `has_` are true or false.

`daybook query` reads all of it, conduct and HR data only for accounts with that
role: [rooms](../rooms.md).
";

/// Schemas in the order in which data walks, each with what lies there.
const SCHEMAS: [(&str, &str); 8] = [
    (
        "history",
        "What arrived: every version of every row of each source, as its contract keeps it. \
         [What lands](../ingest.md) tells how versions come and go. Each table also has \
         `row_hash`, `occurrence`, `file_line`, `as_at`, `said_by`, `confirmed_by`, \
         `batch_from`, `batch_to` and `is_deleted`, which are told with the first.",
    ),
    (
        "conduct_history",
        "The same for sources in the room for conduct and HR data.",
    ),
    (
        "staging",
        "What stands now, a table for each source, and the reference tables that offences \
         are looked up in. Rebuilt as a whole.",
    ),
    ("conduct", "The same for sources in the room."),
    (
        "core",
        "People, crimes, allegations and events, joined and named: what lists, measures and \
         reports read. Rebuilt as a whole.",
    ),
    ("mart", "What the rebuild says of itself."),
    (
        "ledger",
        "What was taken in, run, decided, written and sent. Rows are appended, and sealed \
         where they are written: [the record](../audit.md).",
    ),
    (
        "conduct_ledger",
        "What the record keeps in the room, and the chain that seals all of it.",
    ),
];

struct Column {
    name: String,
    kind: String,
    words: String,
}

pub fn text(site: &Site) -> String {
    let tables = site.query(
        "select schema_name, table_name, comment from duckdb_tables() \
         where database_name = current_database() and not internal \
         union all \
         select schema_name, view_name, comment from duckdb_views() \
         where database_name = current_database() and not internal order by all",
    );
    let columns = columns(site);
    let mut text = OPENING.to_owned();
    for (schema, about) in SCHEMAS {
        let own: Vec<_> = tables.iter().filter(|table| table[0] == schema).collect();
        if own.is_empty() {
            continue;
        }
        text += &format!("\n## {schema}\n\n{about}\n");
        for (at, table) in own.into_iter().enumerate() {
            let name = format!("{schema}.{}", table[1]);
            assert!(!table[2].is_empty(), "nothing is said of {name}");
            let is_told = |column: &&Column| at == 0 || !is_of_history(schema, &column.name);
            text += &format!("\n### `{name}`\n\n{}\n\n", sentences(&table[2]));
            text += &head(&["column", "type", "meaning"]);
            text += &columns[&name]
                .iter()
                .filter(is_told)
                .map(|column| {
                    row(&[
                        format!("`{}`", column.name),
                        column.kind.clone(),
                        column.words.clone(),
                    ])
                })
                .collect::<String>();
        }
    }
    assert_all_told(&tables);
    text
}

/// A schema that is new has to be put among those above.
fn assert_all_told(tables: &[Vec<String>]) {
    for table in tables {
        let is_told = SCHEMAS.iter().any(|(schema, _)| *schema == table[0]);
        assert!(
            is_told,
            "{}.{} has no place in the reference",
            table[0], table[1]
        );
    }
}

fn columns(site: &Site) -> BTreeMap<String, Vec<Column>> {
    let rows = site.query(
        "select schema_name || '.' || table_name, column_name, lower(data_type), comment \
         from duckdb_columns() where database_name = current_database() and not internal \
         order by schema_name, table_name, column_index",
    );
    let mut found: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for row in rows {
        let [table, name, kind, words]: [String; 4] = row.try_into().unwrap();
        let column = Column { name, kind, words };
        found.entry(table).or_default().push(column);
    }
    found
}

/// Columns that every table of versions has.
fn is_of_history(schema: &str, column: &str) -> bool {
    schema.ends_with("history")
        && [
            "row_hash",
            "occurrence",
            "file_line",
            "as_at",
            "said_by",
            "confirmed_by",
            "batch_from",
            "batch_to",
            "is_deleted",
        ]
        .contains(&column)
}

/// The labels of a model's head comment, as a reader needs them.
fn sentences(comment: &str) -> String {
    let grain = comment.trim_start_matches("Grain: ");
    let mut letters = grain.chars();
    let first = letters.next().unwrap().to_uppercase();
    format!("{first}{}", letters.as_str()).replace(" Purpose: ", "\n\nPurpose: ")
}
