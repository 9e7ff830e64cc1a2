//! The functions that SQL of analysts and of jobs may call. A list of what may
//! be, and not of what may not: a function that a later DuckDB brings is
//! refused until somebody has read what it does.
//!
//! Left out is what names a table or a statement by a value (`query`,
//! `json_execute_serialized_sql`), tells a plan, a setting, a catalogue or
//! statistics (`json_serialize_plan`, `current_setting`, `stats`,
//! `duckdb_tables`), reads a file, writes, or waits.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::table_references::FunctionRef;

/// Functions that give rows of their own and read nothing but their values.
const ROW_MAKERS: [&str; 7] = [
    "generate_series",
    "json_each",
    "json_tree",
    "range",
    "repeat",
    "repeat_row",
    "unnest",
];

static VALUE_MAKERS: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| include_str!("functions.txt").lines().collect());

/// Whether a function gives rows that are its own.
pub fn is_row_maker(function: &FunctionRef) -> bool {
    ROW_MAKERS.contains(&function.name.as_str())
}

/// Whether a function works a value out of its values and of nothing else.
/// What stands before its name may be a column, as in `surname.lower()`.
pub fn is_value_maker(call: &FunctionRef) -> bool {
    let name = match call.name.rsplit_once('.') {
        // An operator of its own.
        Some((_, "")) | None => call.name.as_str(),
        Some((_, name)) => name,
    };
    VALUE_MAKERS.contains(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, bind};

    fn held() -> BTreeSet<String> {
        let names = bind::query(
            Store::in_memory().unwrap().connection(),
            "select distinct function_name from duckdb_functions() \
             where function_type in ('scalar', 'aggregate', 'macro')",
            &[],
            |row| row.get(0),
        );
        names.unwrap().into_iter().collect()
    }

    /// Kinds of names that are left out, beside those in [`LEFT_OUT`].
    const KINDS: [&str; 6] = ["__internal", "icu_", "pg_", "has_", "inet_", "st_"];

    const LEFT_OUT: &str = "can_cast_implicitly cast_to_type col_description combine \
        constant_or_null create_sort_key current_catalog current_connection_id current_database \
        current_query current_query_id current_role current_schema current_schemas \
        current_setting current_transaction_id current_user currval error finalize \
        format_pg_type format_type get_block_size get_current_time get_type getvariable \
        in_search_path is_histogram_other_bin json_deserialize_sql json_serialize_plan \
        json_serialize_sql make_type map_to_pg_oid nextval obj_description \
        parse_duckdb_log_message remap_struct replace_type session_user setseed \
        shobj_description sleep_ms stats timetz_byte_comparable transaction_timestamp \
        txid_current unpivot_list user variant_bytes_to_variant variant_extract \
        variant_normalize variant_to_parquet_variant variant_typeof vector_type version \
        write_log";

    #[test]
    fn every_function_of_the_database_is_allowed_or_left_out_by_name() {
        let left_out: BTreeSet<&str> = LEFT_OUT.split_whitespace().collect();
        let unread: Vec<String> = held()
            .into_iter()
            .filter(|name| !VALUE_MAKERS.contains(name.as_str()))
            .filter(|name| !left_out.contains(name.as_str()))
            .filter(|name| !KINDS.iter().any(|kind| name.starts_with(kind)))
            .collect();
        assert_eq!(unread, [""; 0]);
        let both: Vec<&&str> = left_out.intersection(&VALUE_MAKERS).collect();
        assert_eq!(both, [&""; 0]);
    }

    #[test]
    fn nothing_is_allowed_that_changes_from_one_binding_to_the_next_but_time_and_chance() {
        let volatile: Vec<String> = bind::query(
            Store::in_memory().unwrap().connection(),
            "select distinct function_name from duckdb_functions() \
             where stability not in ('CONSISTENT') and function_type <> 'table' order by 1",
            &[],
            |row| row.get(0),
        )
        .unwrap();
        // These come with an extension that only the prebuilt library has.
        let of_icu = ["current_date", "today"];
        let allowed: Vec<&str> = volatile
            .iter()
            .map(String::as_str)
            .filter(|name| VALUE_MAKERS.contains(name) && !of_icu.contains(name))
            .collect();
        assert_eq!(
            allowed,
            [
                "gen_random_uuid",
                "get_current_timestamp",
                "now",
                "random",
                "uuid",
                "uuidv4",
                "uuidv7"
            ]
        );
    }
}
