//! What an index file holds, workbook or table, with its conflicts settled.

use std::path::Path;

use anyhow::{Context, Result};

use super::conflicts::{self, Choice, Policy};
use super::refusal::Refusal;
use super::weights::{self, Weight};
use super::workbook::{self, ValueRow};
use super::{editions, starting_point};
use crate::model::act::Act;
use crate::store::schema::hex_sha256;

/// What somebody asks to be imported.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    pub dir: &'a Path,
    pub file: &'a Path,
    /// The year of a workbook, the name of any other index.
    pub edition: &'a str,
    pub conflicts: Conflicts<'a>,
    /// An edition that differs may be replaced.
    pub replace: bool,
    pub act: Act<'a>,
}

/// How rows that disagree are settled.
#[derive(Debug, Clone, Copy)]
pub enum Conflicts<'a> {
    Refuse,
    Highest,
    Lowest,
    /// By the table at this path.
    ByTitle(&'a Path),
}

/// What a file holds, settled.
pub(super) struct Settled {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) weights: Vec<Weight>,
    pub(super) rows_read: usize,
    pub(super) conflicts: usize,
    pub(super) without_code: Vec<String>,
    pub(super) without_score: Vec<String>,
    /// Rows whose cells contradict each other.
    pub(super) contradicting: Vec<String>,
    /// Scores that their own starting points contradict.
    pub(super) doubts: Vec<String>,
    pub(super) other_sheets: Vec<String>,
    pub(super) spare_choices: Vec<String>,
}

/// The text of the table of titles, where one is asked for.
pub(super) fn titles(conflicts: Conflicts<'_>) -> Result<Option<String>> {
    let Conflicts::ByTitle(path) = conflicts else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read {} as UTF-8 text", path.display()))?;
    Ok(Some(text))
}

/// Reads a file and settles its conflicts.
pub(super) fn settle(wanted: &Wanted<'_>, bytes: &[u8], titles: Option<&str>) -> Result<Settled> {
    let ending = wanted.file.extension().and_then(|e| e.to_str());
    match ending.map(str::to_ascii_lowercase).as_deref() {
        Some("xlsx" | "xlsm") => settle_workbook(wanted, bytes, titles),
        Some("csv") => settle_table(wanted, bytes),
        _ => Err(Refusal::one(
            wanted.file.display().to_string(),
            "expected a workbook (.xlsx) or a table (.csv)",
        )
        .into()),
    }
}

fn settle_workbook(wanted: &Wanted<'_>, bytes: &[u8], titles: Option<&str>) -> Result<Settled> {
    let (file, year) = (shown(wanted.file), wanted.edition);
    let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    if !is_year {
        let problem =
            format!("the edition is {year:?}; expected the year of the workbook, such as 2026");
        return Err(Refusal::one(file, problem).into());
    }
    let policy = match (wanted.conflicts, titles) {
        (Conflicts::Highest, _) => Policy::Highest,
        (Conflicts::Lowest, _) => Policy::Lowest,
        (Conflicts::ByTitle(path), Some(text)) => {
            Policy::ByTitle(conflicts::parse_choices(&shown(path), text)?)
        }
        (Conflicts::Refuse | Conflicts::ByTitle(_), _) => Policy::Refuse,
    };
    let values = workbook::read(&file, bytes, year)?;
    // The name of a file can change; what it holds is what was read.
    let source = format!("CCHI {year} workbook {}", &hex_sha256(bytes)[..12]);
    let settled = conflicts::settle(&values, &policy, &source).map_err(|refusal| Refusal {
        subject: format!("{file}, {}", refusal.subject),
        ..refusal
    })?;
    let spare_choices = match &policy {
        Policy::ByTitle(choices) => spare(choices, &settled.disputed),
        _ => Vec::new(),
    };
    Ok(Settled {
        name: format!("cchi-{year}"),
        kind: "cchi",
        weights: settled.weights,
        rows_read: values.rows_read,
        conflicts: settled.disputed.len(),
        without_code: values
            .without_code
            .iter()
            .map(|row| format!("row {row}: no code"))
            .collect(),
        without_score: values
            .without_score
            .iter()
            .map(|(row, code)| format!("row {row}: {code} has no score"))
            .collect(),
        doubts: values.rows.iter().filter_map(doubt).collect(),
        contradicting: values.contradicting,
        other_sheets: values.other_sheets,
        spare_choices,
    })
}

fn doubt(row: &ValueRow) -> Option<String> {
    let told = starting_point::contradiction(row.score, &row.starting_point)?;
    Some(format!("row {}: {} has {told}", row.row, row.code))
}

fn spare(choices: &[Choice], disputed: &[String]) -> Vec<String> {
    choices
        .iter()
        .filter(|choice| !disputed.contains(&choice.ho_code))
        .map(|choice| choice.ho_code.clone())
        .collect()
}

fn settle_table(wanted: &Wanted<'_>, bytes: &[u8]) -> Result<Settled> {
    let file = shown(wanted.file);
    editions::check_name(wanted.edition)?;
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let line = bytecount::count(&bytes[..at], b'\n') + 1;
        Refusal::one(
            file.as_str(),
            format!("line {line} is not UTF-8; save it as CSV UTF-8"),
        )
    })?;
    let weights = weights::parse(&file, text).map_err(|found| {
        let problems = found.0.iter().map(ToString::to_string).collect();
        Refusal::new(file.as_str(), problems)
    })?;
    Ok(Settled {
        name: wanted.edition.to_owned(),
        kind: "table",
        rows_read: weights.len(),
        weights,
        conflicts: 0,
        without_code: Vec::new(),
        without_score: Vec::new(),
        contradicting: Vec::new(),
        doubts: Vec::new(),
        other_sheets: Vec::new(),
        spare_choices: Vec::new(),
    })
}

/// A file by its name alone.
pub(super) fn shown(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
