//! The statements of the list, read from the job's folder so that an analyst
//! can read along, with the values that each may ask for.

use std::path::Path;

use anyhow::{Context, Result};
use chrono::{Months, NaiveDate};
use duckdb::types::Value;
use duckdb::{Connection, ToSql};

use super::list::List;
use super::settings::{ContestedRule, CounterRule, ListSettings};
use super::variants;
use crate::model::as_of::AsOf;
use crate::store::inputs::{self, Input, Role};
use crate::store::{bind, walls};

/// The job's SQL.
#[derive(Debug, Clone, Default)]
pub struct ListSql {
    pub inputs: Vec<Input>,
}

/// Statements whose rows become temporary tables of the same name, in the
/// order in which they read each other.
pub const WORKING: [&str; 4] = ["ranking", "contributions", "people", "sensitivity"];

/// Statements whose rows are frozen, the tables of the ledger that take them,
/// and the columns that tell their rows apart.
pub const FROZEN: [Frozen; 5] = [
    Frozen::new("entries", "list_entries", &["nominal_id"]),
    Frozen::new(
        "listed_contributions",
        "list_contributions",
        &["nominal_id", "crime_ref"],
    ),
    Frozen::new("variants", "list_variants", &["variant"]),
    Frozen::new(
        "variant_ranks",
        "list_variant_ranks",
        &["nominal_id", "variant"],
    ),
    Frozen::new("movement", "list_moves", &["nominal_id"]),
];

/// One statement whose rows are frozen.
#[derive(Debug, Clone, Copy)]
pub struct Frozen {
    pub statement: &'static str,
    pub table: &'static str,
    pub keys: &'static [&'static str],
}

impl Frozen {
    const fn new(
        statement: &'static str,
        table: &'static str,
        keys: &'static [&'static str],
    ) -> Self {
        Self {
            statement,
            table,
            keys,
        }
    }
}

/// The figures of a whole list.
pub(super) const COUNTS: &str = "counts";

impl ListSql {
    pub fn load(dir: &Path) -> Result<Self> {
        let names = WORKING
            .into_iter()
            .chain(FROZEN.iter().map(|frozen| frozen.statement))
            .chain([COUNTS]);
        let read = |name| {
            let file = file_of(name);
            let text = std::fs::read_to_string(dir.join(&file))
                .with_context(|| format!("cannot read {file}"))?;
            let role = Role::List;
            Ok(Input { role, file, text })
        };
        Ok(Self {
            inputs: names.map(read).collect::<Result<_>>()?,
        })
    }

    /// The statements among the texts of a list.
    pub fn of(inputs: &[Input]) -> Self {
        let is_statement = |input: &&Input| input.role == Role::List;
        Self {
            inputs: inputs.iter().filter(is_statement).cloned().collect(),
        }
    }

    /// A statement's text; none when the list was made before there was one.
    pub fn get(&self, name: &str) -> Option<&str> {
        let file = file_of(name);
        let found = self.inputs.iter().find(|input| input.file == file)?;
        Some(&found.text)
    }

    pub fn counts(&self) -> Result<&str> {
        self.get(COUNTS)
            .with_context(|| format!("the list has no {}", file_of(COUNTS)))
    }

    pub fn sha256(&self) -> String {
        inputs::sha256(self.inputs.iter())
    }
}

/// A statement's path from the deployment folder.
pub fn file_of(name: &str) -> String {
    format!("jobs/harm-list/{name}.sql")
}

/// Runs a statement behind the head that says where its rows go.
pub fn run(
    connection: &Connection,
    name: &str,
    sql: &str,
    (before, after): (&str, &str),
    bound: &Bound,
) -> Result<usize> {
    walls::check(connection, sql).with_context(|| file_of(name))?;
    bind::execute(
        connection,
        &format!("{before}{sql}{after}"),
        &bound.values(),
    )
    .with_context(|| format!("{} failed", file_of(name)))
}

/// Every value that a statement of the list may ask for, by name.
#[derive(Debug, Clone)]
pub struct Bound {
    values: Vec<(&'static str, Value)>,
}

/// What tells one list from another, beside its settings.
#[derive(Debug, Clone, Copy)]
pub struct ListContext<'a> {
    pub list_id: i64,
    pub as_of: AsOf,
    /// Newest mark on a person, and newest decision, that are known.
    pub marks_known_at: i64,
    pub decisions_known_at: i64,
    pub previous: Option<&'a List>,
}

impl Bound {
    pub fn new(settings: &ListSettings, occasion: ListContext<'_>) -> Self {
        let ListContext {
            as_of, previous, ..
        } = occasion;
        let of_age = as_of.0 - Months::new(12 * settings.minimum_age);
        let number = |value: u32| Value::Int(i32::try_from(value).unwrap_or(i32::MAX));
        let maybe_day = |day: Option<NaiveDate>| day.map_or(Value::Null, bind::date);
        let maybe_number = |value: Option<u32>| value.map_or(Value::Null, number);
        let text = |text: &str| Value::Text(text.to_owned());
        let values = vec![
            ("list_id", Value::BigInt(occasion.list_id)),
            ("as_of", bind::date(as_of.0)),
            ("adult_born_by", bind::date(of_age)),
            (
                "window_from",
                bind::date(as_of.window_start(settings.window_days)),
            ),
            ("window_to", bind::date(as_of.last_day())),
            (
                "widest_from",
                bind::date(variants::widest_from(settings, as_of)),
            ),
            ("window_by", text(settings.window_by.as_str())),
            ("edition", text(&settings.edition)),
            ("size", number(settings.size)),
            (
                "kept",
                number(settings.size.saturating_add(settings.reserve)),
            ),
            ("minimum_age", number(settings.minimum_age)),
            ("most_suspects", number(settings.most_suspects)),
            (
                "count_alleged_under_age",
                Value::Boolean(settings.count_alleged_under_age),
            ),
            ("rank_deceased", Value::Boolean(settings.rank_deceased)),
            ("rank_in_custody", Value::Boolean(settings.rank_in_custody)),
            ("count_cancelled", Value::Boolean(settings.count_cancelled)),
            (
                "count_conditional_codes",
                Value::Boolean(settings.count_conditional_codes),
            ),
            ("count_proactive", Value::Boolean(settings.count_proactive)),
            (
                "count_no_further_action",
                Value::Boolean(settings.count_no_further_action),
            ),
            (
                "counter_allegation",
                text(match settings.counter_allegation {
                    CounterRule::Block => "block",
                    CounterRule::Mark => "mark",
                }),
            ),
            (
                "contested",
                text(match settings.contested {
                    ContestedRule::Restrict => "restrict",
                    ContestedRule::Mark => "mark",
                }),
            ),
            ("marks_known_at", Value::BigInt(occasion.marks_known_at)),
            (
                "decisions_known_at",
                Value::BigInt(occasion.decisions_known_at),
            ),
            (
                "previous_id",
                previous.map_or(Value::Null, |list| Value::BigInt(list.list_id)),
            ),
            ("previous_as_of", maybe_day(previous.map(|list| list.as_of))),
            (
                "previous_window_from",
                maybe_day(previous.map(|list| list.window_from)),
            ),
            (
                "previous_size",
                maybe_number(previous.map(|list| list.size)),
            ),
            (
                "previous_kept",
                maybe_number(previous.map(|list| list.size.saturating_add(list.reserve))),
            ),
        ];
        Self { values }
    }

    /// One value; null for a name that no statement knows.
    pub fn get(&self, name: &str) -> Value {
        self.values
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(Value::Null, |(_, value)| value.clone())
    }

    pub fn values(&self) -> Vec<(&str, &dyn ToSql)> {
        self.values
            .iter()
            .map(|(name, value)| (*name, value as &dyn ToSql))
            .collect()
    }
}
