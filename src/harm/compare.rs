//! Any two lists side by side: who is on both, and what the lists were made
//! from differently. Movement says why a score changed from one month to the
//! next; this says what a correction, an index or a rule did to a list.

use anyhow::{Context, Result};
use duckdb::Connection;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use super::list::List;
use crate::store::bind;

/// Two lists, and everyone on either.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    pub from: Head,
    pub to: Head,
    /// What the lists were made from differently.
    pub differences: Vec<Difference>,
    pub on_both: usize,
    pub only_on_from: usize,
    pub only_on_to: usize,
    pub people: Vec<Person>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Head {
    pub list_id: i64,
    pub as_of: chrono::NaiveDate,
}

/// One thing that decides a list, as each has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub what: String,
    pub from: String,
    pub to: String,
}

/// One person; no rank where a list does not rank them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Person {
    pub nominal_id: String,
    pub from_rank: Option<u32>,
    pub to_rank: Option<u32>,
    /// ranked, `under_18`, deceased or `in_custody`; none without an
    /// allegation that could count.
    pub from_standing: Option<String>,
    pub to_standing: Option<String>,
    /// Days of harm.
    #[serde(with = "rust_decimal::serde::float_option")]
    pub from_days: Option<Decimal>,
    #[serde(with = "rust_decimal::serde::float_option")]
    pub to_days: Option<Decimal>,
    pub was_listed: bool,
    pub is_listed: bool,
}

/// Lays one list beside another.
pub fn compare(connection: &Connection, from: &List, to: &List) -> Result<Compared> {
    let people = bind::query(
        connection,
        include_str!("compare.sql"),
        &[("from_id", &from.list_id), ("to_id", &to.list_id)],
        |row| {
            Ok(Person {
                nominal_id: row.get("nominal_id")?,
                from_rank: row.get("from_rank")?,
                to_rank: row.get("to_rank")?,
                from_standing: row.get("from_standing")?,
                to_standing: row.get("to_standing")?,
                from_days: row.get("from_days")?,
                to_days: row.get("to_days")?,
                was_listed: row.get("was_listed")?,
                is_listed: row.get("is_listed")?,
            })
        },
    )?;
    let count = |holds: fn(&Person) -> bool| people.iter().filter(|person| holds(person)).count();
    Ok(Compared {
        from: head(from),
        to: head(to),
        differences: differences(from, to)?,
        on_both: count(|person| person.was_listed && person.is_listed),
        only_on_from: count(|person| !person.is_listed),
        only_on_to: count(|person| !person.was_listed),
        people,
    })
}

fn head(list: &List) -> Head {
    Head {
        list_id: list.list_id,
        as_of: list.as_of,
    }
}

fn differences(from: &List, to: &List) -> Result<Vec<Difference>> {
    let short = |sha256: &str| sha256.chars().take(12).collect::<String>();
    let mut all = vec![
        ("date", from.as_of.to_string(), to.as_of.to_string()),
        (
            "batch known",
            from.known_at.to_string(),
            to.known_at.to_string(),
        ),
        ("edition", from.edition.clone(), to.edition.clone()),
        (
            "weights",
            short(&from.index_sha256),
            short(&to.index_sha256),
        ),
        (
            "basket",
            short(&from.basket_sha256),
            short(&to.basket_sha256),
        ),
        ("SQL", short(&from.sql_sha256), short(&to.sql_sha256)),
    ]
    .into_iter()
    .map(|(what, from, to)| (what.to_owned(), from, to))
    .collect::<Vec<_>>();
    all.extend(settings(from, to)?);
    Ok(all
        .into_iter()
        .filter(|(_, from, to)| from != to)
        .map(|(what, from, to)| Difference { what, from, to })
        .collect())
}

/// Every rule of both, by its name in `job.toml`.
fn settings(from: &List, to: &List) -> Result<Vec<(String, String, String)>> {
    let (from, to) = (
        serde_json::to_value(&from.settings)?,
        serde_json::to_value(&to.settings)?,
    );
    let rules = from.as_object().context("settings are an object")?;
    Ok(rules
        .iter()
        .filter(|(name, _)| name.as_str() != "edition")
        .map(|(name, value)| (name.clone(), in_words(value), in_words(&to[name])))
        .collect())
}

fn in_words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
