//! A contract says what a source's files look like, what its columns mean, and
//! what to do when they do not. Contracts are TOML files in
//! `jobs/nightly-ingest/sources/`, one per source; the file's name is the
//! source's name.

pub mod codepage;
pub mod file;
pub mod formats;
pub mod house;
pub mod keys;
pub mod layout;
pub mod layout_problems;
pub mod limits;
pub mod load;
pub mod naming;
pub mod problems;
pub mod values;

use std::collections::BTreeMap;

use chrono::NaiveTime;
use regex::Captures;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::restricted::Room;
use codepage::Charset;
use layout::Layout;
use limits::Limits;
use naming::Pattern;

/// A checked contract.
#[derive(Debug, Clone)]
pub struct Contract {
    /// Name of the source, and of its history table in its room's schema.
    pub name: String,
    pub title: String,
    /// Who publishes the file, and under which licence, when it is public.
    pub publisher: Option<Publisher>,
    pub room: Room,
    pub mode: Mode,
    pub format: Format,
    pub encoding: Encoding,
    /// In UTF-8.
    pub delimiter: Vec<u8>,
    /// None: the file has no quoting, and a quote is a letter like any other.
    pub quote: Option<u8>,
    /// Cells may hold line breaks. When not, an open quote refuses the file.
    pub may_break_lines: bool,
    pub layout: Layout,
    /// Columns that identify a row. Empty: rows are told apart only by their
    /// content, and equal rows are counted.
    pub key: Vec<String>,
    /// Snapshot only: columns that say which part of the whole a file covers.
    pub scope: Vec<String>,
    pub op: Op,
    /// Delta only: the column by which several changes of one key follow each
    /// other.
    pub sequence: Option<String>,
    pub columns: Vec<Column>,
    /// Words that stand for no value, such as NULL.
    pub no_value: Vec<String>,
    pub relations: Vec<Relation>,
    pub affects: Option<String>,
    pub volume: Volume,
    /// None: the source has no set time to arrive.
    pub freshness: Option<Freshness>,
    pub limits: Limits,
    /// Share of rejected rows above which the whole file is refused.
    pub rejects: Limit,
    /// Snapshot only: share of the rows held that a file may end unasked.
    pub ending: Limit,
    pub(crate) patterns: Vec<Pattern>,
    /// SHA-256 of the contract's text: its version.
    pub sha256: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The file holds every live row (of its scope); a missing row is gone.
    Snapshot,
    /// The file holds new and changed rows, by key.
    Delta,
}

/// How a file's bytes become rows. `auto` goes by the file's ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// By the file's ending.
    #[default]
    Auto,
    /// Cells that a delimiter separates.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// A table of typed columns.
    Parquet,
    /// A sheet of a workbook.
    Xlsx,
}

/// How a file's bytes are letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Known(Charset),
    /// Found out from the content of each file.
    Detect,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    /// As reports print it.
    pub name: String,
    /// Licence that the file is published under.
    pub licence: String,
    /// Where it is published.
    pub url: Option<String>,
}

/// The column of a delta that says what happened to a row: I, U or D.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Op {
    /// Spellings of its header.
    pub headers: Vec<String>,
    /// The file's codes to ours.
    pub map: BTreeMap<String, Operation>,
    /// Codes of rows that are no changes, such as what a row held before.
    pub drop: Vec<String>,
}

impl Default for Op {
    fn default() -> Self {
        Self {
            headers: vec!["op".to_owned()],
            map: BTreeMap::new(),
            drop: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Operation {
    I,
    U,
    D,
}

impl Operation {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::I => "I",
            Self::U => "U",
            Self::D => "D",
        }
    }
}

/// One column of the house format and how it is found in a file.
#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
    pub is_required: bool,
    /// Spellings of the header that are accepted, compared without case and
    /// outer spaces; the name itself always is.
    pub headers: Vec<String>,
    /// Which of several columns of that name, counted from 1; none: there
    /// must be only one.
    pub nth: Option<usize>,
    /// A file may come without this column; its cells are then empty.
    pub may_be_absent: bool,
    /// Stands where the cell is empty or the column absent.
    pub default: Option<String>,
    /// The value stands in the file's name, where the pattern has `{this}`.
    pub from_name: Option<String>,
    /// The value must be the one in the file's name, where the pattern has
    /// `{this}`.
    pub as_in_name: Option<String>,
    /// The only values allowed, after mapping; empty: any.
    pub values: Vec<String>,
    /// The table of the deployment that they come from.
    pub values_from: Option<String>,
    /// A file's spelling to ours: `Y = "true"`.
    pub map: BTreeMap<String, String>,
    /// The whole value must match.
    pub pattern: Option<String>,
    /// `strptime` formats, tried in order; empty: ISO.
    pub formats: Vec<String>,
    /// Where the moments of a timestamp are told; none: local, without offset.
    pub zone: Option<Zone>,
    /// First of the hundred years that two digits (`%y`) stand for.
    pub two_digit_years_from: Option<i32>,
    /// Smallest and largest number allowed, both inside.
    pub min: Option<i64>,
    pub max: Option<i64>,
    /// Dates and times before this year are wrong.
    pub first_year: i32,
    /// Dates and times more than so many calendar years after the file's own
    /// year are wrong.
    pub years_ahead: i32,
    /// `15646.0` stands for `15646`.
    pub drop_zero_decimals: bool,
    /// What parts the thousands of a number.
    pub thousands: Option<char>,
    /// Rows that have one of these here are none, such as `Total`.
    pub set_aside: Vec<String>,
    pub otherwise: OnInvalid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Text,
    /// Text that names a thing: one that a spreadsheet or a program turned
    /// into a decimal number is rejected.
    Identifier,
    Integer,
    Decimal,
    Boolean,
    Date,
    /// Local time of the force, as the source wrote it, without offset.
    Timestamp,
    /// Home Office classification `NNN/SS`.
    HoCode,
}

impl Kind {
    /// The column's type in the history table.
    pub fn sql_type(self) -> &'static str {
        match self {
            Self::Text | Self::Identifier | Self::HoCode => "varchar",
            Self::Integer => "bigint",
            Self::Decimal => "decimal(18, 6)",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
        }
    }

    /// The type as contracts name it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Identifier => "identifier",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::HoCode => "ho_code",
        }
    }

    /// What a cell should have held, for people.
    pub fn expected(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Identifier => "an identifier",
            Self::Integer => "a whole number",
            Self::Decimal => "a number",
            Self::Boolean => "true or false",
            Self::Date => "a date that exists",
            Self::Timestamp => "a date and time that exist",
            Self::HoCode => "a Home Office classification NNN/SS, such as 019/08",
        }
    }
}

/// What the moments of a timestamp are told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Zone {
    /// They are turned into local time of the force.
    #[serde(rename = "UTC")]
    Utc,
    /// An offset beside them is taken off and not applied.
    #[serde(rename = "local")]
    Local,
}

/// What to do when something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnInvalid {
    /// The row is set aside with its reason.
    #[default]
    RejectRow,
    /// Nothing of the file is accepted.
    RejectFile,
    /// The row is accepted; a wrong value becomes empty, and it is told.
    Warn,
}

/// Rows of another source that rows of this one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    pub columns: Vec<String>,
    pub source: String,
    /// The room that the other source lies in.
    pub source_room: Room,
    pub source_columns: Vec<String>,
    /// Days that the other source may take to bring the row.
    pub within_days: u32,
    pub otherwise: OnInvalid,
}

impl Relation {
    /// The other source's history table, with its schema.
    pub fn history(&self) -> String {
        format!("{}.{}", self.source_room.history(), self.source)
    }
}

/// How many rows a file should have.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Volume {
    pub least: Option<u64>,
    pub most: Option<u64>,
    /// Smallest and largest share of the median of the last 28 files.
    pub median_share: Option<(f64, f64)>,
    pub refuses: bool,
}

/// When a nightly file should be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// Local time of the force; none: any time will do.
    pub due_by: Option<NaiveTime>,
    /// Hours after the moment a file speaks of when its source counts as
    /// stale rather than merely late.
    pub stale_after_hours: u32,
}

/// A share of rows that must not be passed, once it is `at_least` so many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    pub share: f64,
    pub at_least: u64,
}

impl Limit {
    #[expect(clippy::cast_precision_loss, reason = "row counts are below 2^52")]
    pub fn is_passed(self, part: u64, whole: u64) -> bool {
        part >= self.at_least.max(1) && part as f64 > self.share * whole as f64
    }
}

/// A share as a percentage without needless decimals.
pub fn percent(share: f64) -> String {
    let text = format!("{:.1}", share * 100.0);
    text.strip_suffix(".0")
        .map_or(text.clone(), ToOwned::to_owned)
}

impl Contract {
    /// Whether a file of this name belongs to this source, and the date or
    /// month in its name, as digits and dashes.
    pub fn recognise(&self, file_name: &str) -> Option<Option<String>> {
        let captures = self.captures(file_name)?;
        if let Some(date) = captures.name("date") {
            return Some(Some(date.as_str().to_owned()));
        }
        Some(captures.name("month").map(|month| {
            // A month that a day follows is a date.
            naming::day_behind(file_name, month.range()).to_owned()
        }))
    }

    /// A pattern that a file's name comes near.
    pub fn nearly(&self, file_name: &str) -> Option<&str> {
        let mut patterns = self.patterns.iter();
        Some(&patterns.find(|pattern| pattern.is_near(file_name))?.text)
    }

    fn captures<'n>(&self, file_name: &'n str) -> Option<Captures<'n>> {
        self.patterns
            .iter()
            .find_map(|pattern| pattern.regex.captures(file_name))
    }

    /// What a file's name has in a place of its pattern, such as `{force}`.
    pub fn place_in_name(&self, file_name: &str, place: &str) -> Option<String> {
        let captures = self.captures(file_name)?;
        Some(captures.name(place)?.as_str().to_owned())
    }

    /// The source's history table, with its schema.
    pub fn history(&self) -> String {
        format!("{}.{}", self.room.history(), self.name)
    }

    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::problem::{Problems, Source};

    const SMALL: &str = r#"
title = "Crime reports"
mode = "delta"
files = ["crimes_{date}.csv"]
key = ["crime_ref"]

[[columns]]
name = "crime_ref"
type = "identifier"
required = true

[[columns]]
name = "proactive"
type = "boolean"
map = { Y = "true", N = "false" }
"#;

    fn parse(text: &str) -> Result<Contract, Problems> {
        Contract::parse("crimes", &Source::new("sources/crimes.toml", text))
    }

    #[test]
    fn a_file_is_recognised_by_its_name_and_gives_its_date() {
        let contract = parse(SMALL).unwrap();
        for name in [
            "crimes_20261121.csv",
            "crimes_20261121.csv.gz",
            "crimes_20261121.csv.zst",
        ] {
            assert_eq!(contract.recognise(name), Some(Some("20261121".to_owned())));
        }
        assert_eq!(contract.recognise("crimes_20261121.csv.part"), None);
        assert_eq!(contract.recognise("old_crimes_20261121.csv"), None);
    }
}
