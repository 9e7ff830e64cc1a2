//! How the rows of a source are told apart, as SQL: by their key, or by their
//! content where there is none, and by the part of the whole they belong to.

use super::{Contract, Mode};

/// Every column of the contract, quoted, in its order.
pub fn names(contract: &Contract) -> String {
    let names: Vec<String> = contract
        .columns
        .iter()
        .map(|column| format!("\"{}\"", column.name))
        .collect();
    names.join(", ")
}

/// The columns by which a row is matched with history.
pub fn key_columns(contract: &Contract) -> Vec<String> {
    if contract.key.is_empty() {
        vec!["row_hash".to_owned(), "occurrence".to_owned()]
    } else {
        contract.key.clone()
    }
}

/// The columns of a row's key in a table, as a list.
pub fn key_list(contract: &Contract, table: &str) -> String {
    let key = key_columns(contract);
    let columns: Vec<String> = key.iter().map(|key| format!("{table}.\"{key}\"")).collect();
    columns.join(", ")
}

/// Holds where two tables have rows of one key.
pub fn same_key(contract: &Contract, left: &str, right: &str) -> String {
    let key = key_columns(contract);
    let same: Vec<String> = key
        .iter()
        .map(|key| format!("{left}.\"{key}\" = {right}.\"{key}\""))
        .collect();
    same.join(" and ")
}

/// The hash of a row's key, of columns that stand unqualified in reach.
pub fn key_hash(contract: &Contract) -> String {
    if contract.key.is_empty() {
        return format!("hash({})", names(contract));
    }
    let key: Vec<String> = contract
        .key
        .iter()
        .map(|key| format!("\"{key}\""))
        .collect();
    format!("hash({})", key.join(", "))
}

/// A row's key as one text, null when a part of it is missing.
pub fn key_text(contract: &Contract, table: &str) -> String {
    let parts: Vec<String> = contract
        .key
        .iter()
        .map(|key| format!("cast({table}.\"{key}\" as varchar)"))
        .collect();
    match parts.as_slice() {
        [] => "cast(null as varchar)".to_owned(),
        [one] => one.clone(),
        _ => parts.join(" || ' | ' || "),
    }
}

/// Which part of the whole a row belongs to, as text.
pub fn scope_text(contract: &Contract) -> String {
    let parts: Vec<String> = contract
        .scope
        .iter()
        .map(|column| format!("coalesce(cast(\"{column}\" as varchar), '')"))
        .collect();
    if contract.mode == Mode::Delta || parts.is_empty() {
        return "''".to_owned();
    }
    parts.join(" || ' | ' || ")
}
