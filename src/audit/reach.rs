//! Which tables hold data about people.

use std::collections::BTreeSet;

use crate::store::sandbox::Name;
use crate::table::{Cell, Table};

/// Tables of the ledger that name nobody; any other may, a new one too.
const OF_NOBODY: [&str; 20] = [
    "account_bindings",
    "account_roles",
    "batch_scopes",
    "batches",
    "ending_confirmations",
    "hashing",
    "index_imports",
    "list_inputs",
    "list_states",
    "list_variants",
    "list_verifications",
    "migrations",
    "rebuilds",
    "release_issues",
    "release_tables",
    "releases",
    "runs",
    "slots",
    "standing_files",
    "texts",
];

/// Of the tables that a statement reads, those that may hold data about
/// people. Outside the ledger that is every one: a table of posts is read no
/// worse for being on record, and what analysts add is not known here.
pub fn of_people(tables: &[Name]) -> Vec<String> {
    tables
        .iter()
        .filter(|(schema, table)| may_name_people(schema, table))
        .map(|(schema, table)| format!("{schema}.{table}"))
        .collect()
}

/// The people whom rows are about, by their columns of nominal ids.
pub fn subjects(table: &Table) -> Vec<String> {
    const COLUMNS: [&str; 4] = ["nominal_id", "merged_into", "named_as", "person_id"];
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for (place, column) in table.columns.iter().enumerate() {
        if COLUMNS.contains(&column.title.to_lowercase().as_str()) {
            found.extend(
                table
                    .rows
                    .iter()
                    .filter_map(|row| row.get(place).and_then(Cell::value)),
            );
        }
    }
    found.into_iter().map(ToOwned::to_owned).collect()
}

fn may_name_people(schema: &str, table: &str) -> bool {
    match schema {
        "information_schema" | "pg_catalog" | "catalogue" => false,
        "ledger" => !OF_NOBODY.contains(&table) && !table.starts_with("measure_"),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::bind;

    #[test]
    fn what_is_said_to_name_nobody_is_there_and_has_no_column_of_a_person() {
        let store = Store::in_memory().unwrap();
        for table in OF_NOBODY {
            let columns: Vec<String> = bind::query(
                store.connection(),
                "select column_name from duckdb_columns() \
                 where schema_name = 'ledger' and table_name = $table",
                &[("table", &table)],
                |row| row.get(0),
            )
            .unwrap();
            assert!(!columns.is_empty(), "there is no ledger.{table}");
            for of_a_person in [
                "nominal_id",
                "crime_ref",
                "value",
                "html",
                "message",
                "subjects",
            ] {
                assert!(
                    !columns.iter().any(|c| c == of_a_person),
                    "{table}.{of_a_person}"
                );
            }
        }
    }

    #[test]
    fn a_table_nobody_has_heard_of_may_name_people() {
        for (schema, table, wanted) in [
            ("history", "nominals", true),
            ("core", "anything", true),
            ("ledger", "list_entries", true),
            ("ledger", "rejects", true),
            ("ledger", "audit", true),
            ("ledger", "not_made_yet", true),
            ("ledger", "batches", false),
            ("ledger", "measure_cells", false),
            ("information_schema", "tables", false),
        ] {
            assert_eq!(may_name_people(schema, table), wanted, "{schema}.{table}");
        }
    }
}
