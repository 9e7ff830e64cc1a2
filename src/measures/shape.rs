//! What a measure's SQL must return: columns by name, and of which type.

use super::definition::{Definition, Kind};

/// A column that is missing or of the wrong type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    pub column: &'static str,
    pub message: String,
}

const NUMERIC: [&str; 8] = [
    "DECIMAL", "DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT",
];

/// Compares the columns of a result, name and type, with what the measure's
/// kind needs.
pub fn misfits(definition: &Definition, columns: &[(String, String)]) -> Vec<Misfit> {
    let mut needed = vec![
        ("period", "a date", is_date as fn(&str) -> bool),
        ("area", "text", is_text),
        ("group", "text", is_text),
    ];
    let numbers: &[&str] = match definition.kind {
        Kind::Median => &["value"],
        Kind::Survey => &["numerator", "weight"],
        Kind::Count => &["numerator"],
        _ => &["numerator", "denominator"],
    };
    needed.extend(numbers.iter().map(|name| {
        let is_number: fn(&str) -> bool = is_number;
        (*name, "a number", is_number)
    }));
    needed
        .into_iter()
        .filter_map(|(column, wanted, fits)| {
            let held = columns.iter().find(|(name, _)| name == column);
            let message = match held {
                None => format!("the result has no column {column:?}; it must be {wanted}"),
                Some((_, held)) if !fits(held) => {
                    format!("{column:?} is {held}; it must be {wanted}")
                }
                Some(_) => return None,
            };
            Some(Misfit { column, message })
        })
        .collect()
}

fn is_date(sql_type: &str) -> bool {
    sql_type == "DATE" || sql_type.starts_with("TIMESTAMP")
}

fn is_text(sql_type: &str) -> bool {
    sql_type == "VARCHAR"
}

fn is_number(sql_type: &str) -> bool {
    let signed = sql_type.strip_prefix('U').unwrap_or(sql_type);
    NUMERIC.iter().any(|name| signed.starts_with(name))
}
