//! A contract says what a source's files look like, what its columns mean, and
//! what to do when they do not. Contracts are TOML files in
//! `jobs/nightly-ingest/sources/`, one per source; the file's name is the
//! source's name.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use chrono::NaiveTime;
use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;

use super::contract_file::{self, ContractFile};
use crate::config::problem::{Problem, Problems, Source};

/// A checked contract.
#[derive(Debug, Clone)]
pub struct Contract {
    /// Name of the source and of its history table.
    pub name: String,
    pub title: String,
    /// Who publishes the file, and under which licence, when it is public.
    pub publisher: Option<Publisher>,
    pub mode: Mode,
    pub format: Format,
    pub encoding: Encoding,
    pub delimiter: u8,
    /// None: the file has no quoting, and a quote is a letter like any other.
    pub quote: Option<u8>,
    /// Cells may hold line breaks. When not, an open quote refuses the file.
    pub may_break_lines: bool,
    /// Columns that identify a row. Empty: rows are told apart only by their
    /// content, and equal rows are counted.
    pub key: Vec<String>,
    /// Snapshot only: columns that say which part of the whole a file covers.
    pub scope: Vec<String>,
    pub op: Op,
    pub columns: Vec<Column>,
    pub relations: Vec<Relation>,
    pub affects: Option<String>,
    pub volume: Volume,
    /// None: the source has no set time to arrive.
    pub freshness: Option<Freshness>,
    /// Share of rejected rows above which the whole file is refused.
    pub rejects: Limit,
    /// Snapshot only: share of the rows held that a file may end unasked.
    pub ending: Limit,
    pub(super) patterns: Vec<Regex>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    #[default]
    Auto,
    Csv,
    Jsonl,
    Parquet,
}

/// How a file's bytes are letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Known(&'static encoding_rs::Encoding),
    /// Found out from the content of each file.
    Detect,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    pub name: String,
    pub licence: String,
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
}

impl Default for Op {
    fn default() -> Self {
        Self {
            headers: vec!["op".to_owned()],
            map: BTreeMap::new(),
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
    /// The only values allowed, after mapping; empty: any.
    pub values: Vec<String>,
    /// A file's spelling to ours: `Y = "true"`.
    pub map: BTreeMap<String, String>,
    /// The whole value must match.
    pub pattern: Option<String>,
    /// `strptime` formats, tried in order; empty: ISO.
    pub formats: Vec<String>,
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
    pub otherwise: Otherwise,
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

/// What to do when something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Otherwise {
    /// The row is set aside with its reason.
    #[default]
    RejectRow,
    /// Nothing of the file is taken in.
    RejectFile,
    /// The row is taken in; a wrong value becomes empty, and it is told.
    Warn,
}

/// Rows of another source that rows of this one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    pub columns: Vec<String>,
    pub source: String,
    pub source_columns: Vec<String>,
    /// Days that the other source may take to bring the row.
    pub within_days: u32,
    pub otherwise: Otherwise,
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

impl Contract {
    /// Parses and checks one contract.
    pub fn parse(name: &str, source: &Source) -> Result<Self, Problems> {
        let file: ContractFile = source.parse()?;
        let problems = file.problems(name, source);
        if problems.is_empty() {
            Ok(contract_file::contract(name, file, source))
        } else {
            Err(Problems(problems))
        }
    }

    /// Whether a file of this name belongs to this source, and the date or
    /// month in its name, as digits and dashes.
    pub fn recognise(&self, file_name: &str) -> Option<Option<String>> {
        let captures = self.patterns.iter().find_map(|p| p.captures(file_name))?;
        let date = captures.name("date").or_else(|| captures.name("month"));
        Some(date.map(|date| date.as_str().to_owned()))
    }

    /// What a file's name has in a place of its pattern, such as `{force}`.
    pub fn place_in_name(&self, file_name: &str, place: &str) -> Option<String> {
        let captures = self.patterns.iter().find_map(|p| p.captures(file_name))?;
        Some(captures.name(place)?.as_str().to_owned())
    }

    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// Reads all contracts of a folder, in order of name.
pub fn load_all(dir: &Path) -> Result<Vec<Contract>, Problems> {
    let folder = Path::new("jobs/nightly-ingest/sources");
    let entries = match std::fs::read_dir(dir.join(folder)) {
        Ok(entries) => entries,
        Err(error) => {
            return Err(Problem::whole(folder.display().to_string(), error.to_string()).into());
        }
    };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".toml").map(ToOwned::to_owned))
        .collect();
    names.sort();
    let mut contracts = Vec::new();
    let mut problems = Vec::new();
    for name in names {
        let file = folder.join(format!("{name}.toml"));
        let parsed = Source::read(dir, &file).and_then(|source| Contract::parse(&name, &source));
        match parsed {
            Ok(contract) => contracts.push(contract),
            Err(found) => problems.extend(found.0),
        }
    }
    if problems.is_empty() {
        problems = relation_problems(dir, folder, &contracts);
    }
    if problems.is_empty() {
        Ok(contracts)
    } else {
        Err(Problems(problems))
    }
}

/// Relations that lead to a source or a column that is not there.
fn relation_problems(dir: &Path, folder: &Path, contracts: &[Contract]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for contract in contracts {
        for relation in &contract.relations {
            let file = folder.join(format!("{}.toml", contract.name));
            let Ok(source) = Source::read(dir, &file) else {
                continue;
            };
            let other = contracts.iter().find(|c| c.name == relation.source);
            let missing = match other {
                None => Some(format!("no source is named {:?}", relation.source)),
                Some(other) => unlike_columns(contract, relation, other),
            };
            problems.extend(missing.map(|message| {
                source.problem_containing(&format!("\"{}\"", relation.source), message)
            }));
        }
    }
    problems
}

/// Why rows of two sources cannot be compared by the columns of a relation.
fn unlike_columns(contract: &Contract, relation: &Relation, other: &Contract) -> Option<String> {
    let pairs = relation.columns.iter().zip(&relation.source_columns);
    pairs.into_iter().find_map(|(here, there)| {
        let Some(held) = other.column(there) else {
            return Some(format!("{} has no column {there:?}", relation.source));
        };
        let own = contract.column(here)?;
        (own.kind.sql_type() != held.kind.sql_type()).then(|| {
            format!(
                "{here:?} is {}, {there:?} of {} is {}; expected one type",
                own.kind.expected(),
                relation.source,
                held.kind.expected()
            )
        })
    })
}

/// Columns that ingest adds to every history table or needs on the way.
pub const RESERVED: &[&str] = &[
    "line",
    "op",
    "key_hash",
    "row_hash",
    "occurrence",
    "file_line",
    "as_at",
    "said_by",
    "confirmed_by",
    "batch_from",
    "batch_to",
    "is_deleted",
    "is_faulty",
    "has_warning",
    "scope",
    "fate",
    "held_row",
    "rowid",
    "lines",
    "is_conflict",
];

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn every_fault_of_a_contract_is_placed() {
        let text = SMALL.replace(
            "key = [\"crime_ref\"]",
            "key = [\"crime\"]\nencoding = \"utf-9\"\ndelimiter = \"||\"",
        );
        let problems = parse(&text).unwrap_err().0;
        let lines: Vec<usize> = problems.iter().map(|p| p.line).collect();
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(
            lines.contains(&5) && lines.contains(&6) && lines.contains(&7),
            "{lines:?}"
        );
    }

    #[test]
    fn a_source_is_not_named_like_a_shelf_and_has_columns() {
        let source = Source::new("sources/refused.toml", SMALL);
        let told = Contract::parse("refused", &source).unwrap_err().0;
        assert!(told[0].message.contains("neither accepted nor refused"));
        let bare = "title = \"x\"\nmode = \"snapshot\"\nfiles = [\"x.csv\"]\ncolumns = []\n";
        let told = parse(bare).unwrap_err().0;
        assert!(told[0].message.contains("a column at least"), "{told:?}");
    }

    #[test]
    fn every_format_that_a_contract_may_hold_is_one_of_the_database() {
        let store = crate::store::Store::in_memory().unwrap();
        let ask = |format: &str| {
            let sql = format!(
                "select typeof(try_strptime(x, ['{format}'])) from (values ('1')) as t (x)"
            );
            let found = store
                .connection()
                .query_row(&sql, [], |row| row.get::<_, String>(0));
            found.is_ok_and(|held| held == "TIMESTAMP")
        };
        let letters: Vec<char> = ('a'..='z').chain('A'..='Z').chain(['%']).collect();
        for letter in letters {
            for format in [format!("%{letter}"), format!("%-{letter}")] {
                let column = format!("type = \"timestamp\"\nformats = [\"{format}\"]");
                let is_let = parse(&SMALL.replace(
                    "type = \"boolean\"\nmap = { Y = \"true\", N = \"false\" }",
                    &column,
                ))
                .is_ok();
                assert!(!is_let || ask(&format), "{format} is let through");
            }
        }
    }

    #[test]
    fn what_a_contract_cannot_keep_is_told() {
        let wrong = |from: &str, to: &str| {
            let found = parse(&SMALL.replace(from, to)).unwrap_err();
            found.0.into_iter().next().unwrap().message
        };
        let column = "type = \"boolean\"";
        for (from, to, message) in [
            (
                "name = \"proactive\"",
                "name = \"batch_to\"",
                "daybook's own",
            ),
            (column, "type = \"date\"\nformats = [\"%q\"]", "format"),
            (column, "type = \"text\"\npattern = \"(\"", "pattern"),
            (column, "type = \"integer\"\nmin = 5\nmax = 4", "min"),
            (column, "type = \"boolean\"\ndefault = \"maybe\"", "default"),
            (column, "type = \"text\"\nnth = 0", "counted from 1"),
            (column, "type = \"date\"\nformats = [\"%-Y\"]", "format"),
            (
                column,
                "type = \"timestamp\"\nformats = [\"%Y-%m-%d %H:%M%z\"]",
                "format",
            ),
            (
                column,
                "type = \"date\"\nyears_ahead = 2147483647",
                "years_ahead",
            ),
            (column, "type = \"date\"\nfirst_year = -5", "first_year"),
            (
                "key = [\"crime_ref\"]",
                "key = [\"crime_ref\", \"crime_ref\"]",
                "twice",
            ),
            (
                "files = [\"crimes_{date}.csv\"]",
                "files = []",
                "a pattern at least",
            ),
            (
                "mode = \"delta\"",
                "mode = \"delta\"\ndelimiter = \"1\"",
                "no letter, digit",
            ),
            (
                "mode = \"delta\"",
                "mode = \"delta\"\nrejects = { refuse_above = 7.0 }",
                "share",
            ),
            (
                "mode = \"delta\"",
                "mode = \"delta\"\nquote = \",\"",
                "delimiter",
            ),
            (
                "mode = \"delta\"",
                "mode = \"delta\"\nvolume = { least = 9, most = 3 }",
                "least",
            ),
            (
                "mode = \"delta\"",
                "mode = \"delta\"\nfreshness = { due_by = \"25:00\", stale_after_hours = 36 }",
                "time",
            ),
        ] {
            let told = wrong(from, to);
            assert!(told.contains(message), "{to}: {told}");
        }
    }
}
