//! What a measure's SQL may read: the warehouse, of the ledger what its
//! sources name, and a room when its commitment says so. Never a file, and
//! nothing that hides what it reads.

use crate::model::restricted::Room;
use crate::store::table_references::{Reads, TableRef};

/// Something that a measure may not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// Bytes of the statement before it.
    pub at: usize,
    pub message: String,
}

/// Functions that give rows of their own.
pub const ROW_MAKERS: [&str; 3] = ["generate_series", "range", "unnest"];

/// Tables of the ledger, by the source that a measure names to read them.
const LEDGER: [(&str, &[&str]); 2] = [
    (
        "list",
        &["lists", "list_entries", "list_decisions", "list_variants"],
    ),
    ("ledger", &["batches", "list_verifications", "releases"]),
];

/// Holds what a statement reads against what the measure may read, being of a
/// commitment in this room and of these sources; `a|b` is either.
pub fn misreads(room: Room, sources: &[String], reads: &Reads) -> Vec<Misread> {
    let tables = reads.tables.iter().filter_map(|table| {
        let message = fault_of_table(room, sources, table)?;
        Some(Misread {
            at: table.at,
            message,
        })
    });
    let functions = reads.functions.iter().filter_map(|function| {
        let is_allowed = ROW_MAKERS.contains(&function.name.as_str());
        (!is_allowed).then(|| Misread {
            at: function.at,
            message: format!(
                "reads from {}(); of functions that give rows a measure may use only {}",
                function.name,
                ROW_MAKERS.join(", ")
            ),
        })
    });
    let mut found: Vec<Misread> = tables.chain(functions).collect();
    found.sort_by(|a, b| (a.at, &a.message).cmp(&(b.at, &b.message)));
    found
}

fn fault_of_table(room: Room, sources: &[String], table: &TableRef) -> Option<String> {
    let schema = match (&table.catalog, &table.schema) {
        (None, Some(schema)) => schema.as_str(),
        _ => {
            return Some(format!(
                "reads {table}, which is no table of the warehouse; a measure reads no file"
            ));
        }
    };
    match schema {
        "staging" | "core" => None,
        "conduct" if room == Room::Conduct => None,
        "conduct" => Some(format!(
            "reads {table}, which is conduct and HR data; only a commitment whose \
             commitment.toml says room = \"conduct\" may"
        )),
        "ledger" => fault_of_ledger(sources, table),
        _ => Some(format!(
            "reads {table}; a measure reads staging and core, and what its sources name"
        )),
    }
}

fn fault_of_ledger(sources: &[String], table: &TableRef) -> Option<String> {
    let Some((source, _)) = LEDGER
        .iter()
        .find(|(_, tables)| tables.contains(&table.name.as_str()))
    else {
        return Some(format!("reads {table}, which no measure may read"));
    };
    let mut named = sources.iter().flat_map(|names| names.split('|'));
    let is_named = named.any(|name| name.trim() == *source);
    (!is_named)
        .then(|| format!("reads {table}; only a measure whose sources name \"{source}\" may"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, table_references};

    fn told(room: Room, sources: &[&str], sql: &str) -> Vec<String> {
        let store = Store::in_memory().unwrap();
        let sources: Vec<String> = sources.iter().map(ToString::to_string).collect();
        let reads = table_references::reads(store.connection(), sql).unwrap();
        let found = misreads(room, &sources, &reads).into_iter();
        found.map(|misread| misread.message).collect()
    }

    #[test]
    fn the_warehouse_and_what_the_sources_name_may_be_read() {
        let sql = "with crimes as (from core.crimes), months as (from range(3)) \
                   from crimes, months, unnest([1]), STAGING.orders, ledger.list_entries, \
                   ledger.batches";
        let none: [&str; 0] = [];
        assert_eq!(told(Room::Open, &["list|crimes", "ledger"], sql), none);
        let inside = "select (select count(*) from conduct.conduct_cases) from core.people";
        assert_eq!(told(Room::Conduct, &["conduct_cases"], inside), none);
    }

    #[test]
    fn all_else_is_told() {
        for (sql, word) in [
            ("from 'crimes.csv'", "crimes.csv"),
            ("from people", "people"),
            ("from read_csv('a.csv')", "read_csv()"),
            ("from query('from core.crimes')", "query()"),
            ("from query_table('core.crimes')", "query_table()"),
            ("from history.crimes", "history.crimes"),
            ("from mart.checks", "mart.checks"),
            ("from other.core.crimes", "other.core.crimes"),
            ("from information_schema.tables", "information_schema"),
            ("from ledger.list_entries", "sources name \"list\""),
            ("from ledger.releases", "sources name \"ledger\""),
            ("from ledger.list_states", "no measure may read"),
            ("from ledger.person_marks", "no measure may read"),
            ("from ledger.measure_values", "no measure may read"),
            (
                "select (from \"Conduct\".Training limit 1)",
                "room = \"conduct\"",
            ),
        ] {
            let told = told(Room::Open, &["crimes"], sql);
            assert!(
                told.iter().any(|said| said.contains(word)),
                "{sql}: {told:?}"
            );
        }
    }

    #[test]
    fn the_room_itself_is_read_through_its_models_only() {
        for sql in [
            "from conduct_history.conduct_cases",
            "from conduct_ledger.consultations",
            "from daybook.conduct.conduct_cases",
        ] {
            assert_eq!(told(Room::Conduct, &[], sql).len(), 1, "{sql}");
        }
    }
}
