//! A contract's file as TOML, and everything that can be wrong in it.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::contract::{Column, Format, Kind, Mode, Publisher, RESERVED};
use crate::config::problem::{Problem, Source};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContractFile {
    pub(super) title: String,
    pub(super) publisher: Option<Publisher>,
    pub(super) mode: Mode,
    #[serde(default)]
    pub(super) format: Format,
    pub(super) files: Vec<Spanned<String>>,
    #[serde(default = "utf8")]
    pub(super) encoding: Spanned<String>,
    #[serde(default = "comma")]
    pub(super) delimiter: Spanned<String>,
    #[serde(default)]
    pub(super) line_breaks: bool,
    #[serde(default)]
    pub(super) key: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) scope: Vec<Spanned<String>>,
    pub(super) affects: Option<String>,
    pub(super) late_after_hours: Option<u32>,
    pub(super) columns: Vec<ColumnFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnFile {
    pub(super) name: Spanned<String>,
    #[serde(rename = "type")]
    pub(super) kind: Kind,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) headers: Vec<String>,
    #[serde(default)]
    pub(super) may_be_absent: bool,
    #[serde(default)]
    pub(super) values: Vec<String>,
    #[serde(default)]
    pub(super) map: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) formats: Vec<String>,
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
}

impl From<ColumnFile> for Column {
    fn from(file: ColumnFile) -> Self {
        Self {
            name: file.name.into_inner(),
            kind: file.kind,
            is_required: file.required,
            headers: file.headers,
            may_be_absent: file.may_be_absent,
            values: file.values,
            map: file.map,
            formats: file.formats,
            min: file.min,
            max: file.max,
        }
    }
}

impl ContractFile {
    pub(super) fn problems(&self, name: &str, source: &Source) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !is_identifier(name) {
            problems.push(Problem::whole(
                source.file.clone(),
                "a contract's file name must be lower-case letters, digits and underscores",
            ));
        }
        if encoding_rs::Encoding::for_label(self.encoding.as_ref().as_bytes()).is_none() {
            problems.push(source.problem(
                self.encoding.span(),
                "unknown encoding; expected one such as \"utf-8\", \"windows-1252\" or \"utf-16le\"",
            ));
        }
        if delimiter_byte(self.delimiter.as_ref()).is_none() {
            problems.push(source.problem(self.delimiter.span(), "expected one ASCII character"));
        }
        for pattern in &self.files {
            if let Err(message) = pattern_regex(pattern.as_ref()) {
                problems.push(source.problem(pattern.span(), message));
            }
        }
        if self.mode == Mode::Delta && self.key.is_empty() {
            problems.push(source.problem_at("mode", "a delta needs a key"));
        }
        self.column_problems(source, &mut problems);
        problems
    }

    fn column_problems(&self, source: &Source, problems: &mut Vec<Problem>) {
        let mut seen: Vec<&str> = Vec::new();
        for column in &self.columns {
            let name = column.name.as_ref().as_str();
            if !is_identifier(name) || RESERVED.contains(&name) {
                problems.push(source.problem(
                    column.name.span(),
                    "a column's name must be lower-case letters, digits and underscores, and none of daybook's own",
                ));
            }
            if seen.contains(&name) {
                problems.push(source.problem(column.name.span(), "this column stands here twice"));
            }
            seen.push(name);
        }
        for named in self.key.iter().chain(&self.scope) {
            if !seen.contains(&named.as_ref().as_str()) {
                problems.push(source.problem(named.span(), "no column has this name"));
            }
        }
    }
}

fn utf8() -> Spanned<String> {
    Spanned::new(0..0, "utf-8".to_owned())
}

fn comma() -> Spanned<String> {
    Spanned::new(0..0, ",".to_owned())
}

pub(super) fn delimiter_byte(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !b"\"\r\n".contains(byte) => Some(*byte),
        _ => None,
    }
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// A file pattern: `*` is any text, `{date}` eight digits, `{month}` a year
/// and month with a dash.
pub(super) fn pattern_regex(pattern: &str) -> Result<Regex, String> {
    if pattern.contains(['/', '\\']) {
        return Err("a pattern names files, not folders".to_owned());
    }
    let escaped = regex::escape(pattern)
        .replace(r"\*", ".*")
        .replace(r"\{date\}", r"(?P<date>[0-9]{8})")
        .replace(r"\{month\}", r"(?P<date>[0-9]{4}-[0-9]{2})");
    Regex::new(&format!("^(?:{escaped})$")).map_err(|error| error.to_string())
}
