//! A contract says what a source's files look like and what its columns mean.
//! Contracts are TOML files in `jobs/nightly-ingest/sources/`, one per source;
//! the file's name is the source's name.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::contract_file::{ContractFile, delimiter_byte, pattern_regex};
use crate::config::problem::{Problem, Problems, Source};
use crate::model::ho_code;
use crate::store::schema::hex_sha256;

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
    pub encoding: &'static encoding_rs::Encoding,
    pub delimiter: u8,
    /// Cells may hold line breaks. When not, an open quote refuses the file.
    pub may_break_lines: bool,
    /// Columns that identify a row. Empty: rows are told apart only by their
    /// content, and equal rows are counted.
    pub key: Vec<String>,
    /// Snapshot only: columns that say which part of the whole a file covers.
    pub scope: Vec<String>,
    pub columns: Vec<Column>,
    pub affects: Option<String>,
    /// Hours after which the newest file counts as late; none: never late.
    pub late_after_hours: Option<u32>,
    patterns: Vec<Regex>,
    /// SHA-256 of the contract's text.
    pub sha256: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The file holds every live row (of its scope); a missing row is gone.
    Snapshot,
    /// The file holds new and changed rows, by key.
    Delta,
}

/// How a file's bytes become rows. `auto` goes by the file's ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    #[default]
    Auto,
    Csv,
    Jsonl,
    Parquet,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    pub name: String,
    pub licence: String,
    pub url: Option<String>,
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
    /// A file may come without this column; its cells are then empty.
    pub may_be_absent: bool,
    /// The only values allowed, after mapping; empty: any.
    pub values: Vec<String>,
    /// A file's spelling to ours: `Y = "true"`.
    pub map: BTreeMap<String, String>,
    /// `strptime` formats, tried in order; empty: ISO.
    pub formats: Vec<String>,
    /// Smallest and largest number allowed, both inside.
    pub min: Option<i64>,
    pub max: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Text,
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
            Self::Text | Self::HoCode => "varchar",
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
            Self::Integer => "a whole number",
            Self::Decimal => "a number",
            Self::Boolean => "true or false",
            Self::Date => "a date that exists",
            Self::Timestamp => "a date and time that exist",
            Self::HoCode => "a Home Office classification NNN/SS, such as 019/08",
        }
    }
}

impl Contract {
    /// Parses and checks one contract.
    pub fn parse(name: &str, source: &Source) -> Result<Self, Problems> {
        let file: ContractFile = source.parse()?;
        let problems = file.problems(name, source);
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        let encoding = encoding_rs::Encoding::for_label(file.encoding.as_ref().as_bytes())
            .unwrap_or(encoding_rs::UTF_8);
        let patterns = file
            .files
            .iter()
            .filter_map(|pattern| pattern_regex(pattern.as_ref()).ok())
            .collect();
        Ok(Self {
            name: name.to_owned(),
            title: file.title,
            publisher: file.publisher,
            mode: file.mode,
            format: file.format,
            encoding,
            delimiter: delimiter_byte(file.delimiter.as_ref()).unwrap_or(b','),
            may_break_lines: file.line_breaks,
            key: file.key.into_iter().map(Spanned::into_inner).collect(),
            scope: file.scope.into_iter().map(Spanned::into_inner).collect(),
            columns: file.columns.into_iter().map(Column::from).collect(),
            affects: file.affects,
            late_after_hours: file.late_after_hours,
            patterns,
            sha256: hex_sha256(source.text.as_bytes()),
        })
    }

    /// Whether a file of this name belongs to this source, and the date or
    /// month in its name, as digits and dashes.
    pub fn recognise(&self, file_name: &str) -> Option<Option<String>> {
        let captures = self.patterns.iter().find_map(|p| p.captures(file_name))?;
        Some(captures.name("date").map(|date| date.as_str().to_owned()))
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
        let parsed = Source::read(dir, &folder.join(format!("{name}.toml")))
            .and_then(|source| Contract::parse(&name, &source));
        match parsed {
            Ok(contract) => contracts.push(contract),
            Err(found) => problems.extend(found.0),
        }
    }
    if problems.is_empty() {
        Ok(contracts)
    } else {
        Err(Problems(problems))
    }
}

/// Columns that ingest adds to every history table.
pub const RESERVED: &[&str] = &[
    "line",
    "op",
    "row_hash",
    "occurrence",
    "file_line",
    "as_at",
    "batch_from",
    "batch_to",
    "is_deleted",
    "faults",
];

/// The pattern of Home Office codes, for the staging SQL.
pub fn ho_code_pattern() -> &'static str {
    ho_code::PATTERN
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
title = "Crime reports"
mode = "delta"
files = ["crimes_{date}.csv", "crimes_{date}.csv.gz"]
key = ["crime_ref"]

[[columns]]
name = "crime_ref"
type = "text"
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
        assert_eq!(
            contract.recognise("crimes_20261121.csv"),
            Some(Some("20261121".to_owned()))
        );
        assert_eq!(
            contract.recognise("crimes_20261121.csv.gz"),
            Some(Some("20261121".to_owned()))
        );
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
    fn a_column_may_not_take_a_name_of_the_house() {
        let text = SMALL.replace("name = \"proactive\"", "name = \"batch_to\"");
        assert_eq!(parse(&text).unwrap_err().0.len(), 1);
    }
}
