//! Imports a harm index: read and settled whole, kept in the ledger, then
//! written as an edition. Killed in between, the next import ends the work.

use std::path::Path;

use anyhow::{Context, Result};
use chrono::NaiveDateTime;

use super::conflicts::{self, Choice, Policy};
use super::diff::{self, Difference};
use super::imports::{self, Import};
use super::refusal::Refusal;
use super::weights::{self, Weight};
use super::{editions, workbook};
use crate::store::Store;
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
    pub by: &'a str,
    pub at: NaiveDateTime,
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

/// What an import did.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    pub import: Import,
    pub done: Done,
    /// Sheets of the workbook that were not read.
    pub other_sheets: Vec<String>,
    /// Rows without a code or a score, in words.
    pub left_out: Vec<String>,
    /// Rows of the table of titles that no conflict asked for.
    pub spare_choices: Vec<String>,
    /// What changed in an edition that was replaced.
    pub difference: Option<Difference>,
    /// The edition that an interrupted import had left unwritten.
    pub repaired: Option<String>,
}

/// What became of the edition's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Written,
    Replaced,
    /// It held the same already; the import is recorded.
    Recorded,
    /// The same import stands in the ledger; nothing was done.
    Unchanged,
}

/// What a file holds, settled.
struct Settled {
    name: String,
    kind: &'static str,
    weights: Vec<Weight>,
    rows_read: usize,
    conflicts: usize,
    without_code: Vec<String>,
    without_score: Vec<String>,
    other_sheets: Vec<String>,
    spare_choices: Vec<String>,
}

/// Imports a workbook or a CSV file.
pub fn import(store: &Store, wanted: &Wanted<'_>) -> Result<Imported> {
    let bytes = std::fs::read(wanted.file)
        .with_context(|| format!("cannot read {}", wanted.file.display()))?;
    let titles = titles(wanted.conflicts)?;
    let settled = settle(wanted, &bytes, titles.as_deref())?;
    let csv = weights::render(&settled.weights)?;
    let repaired = repair(store, wanted.dir)?;
    let found = editions::text(wanted.dir, &settled.name)?;
    let draft = draft(wanted, &settled, &bytes, titles, &csv, found.as_deref());
    let difference = found
        .as_deref()
        .filter(|found| *found != csv)
        .map(|found| difference(&settled, found))
        .transpose()?;
    let done = match (&found, &difference) {
        _ if is_known(store, &draft, found.as_deref())? => Done::Unchanged,
        (None, _) => Done::Written,
        (Some(_), None) => Done::Recorded,
        (Some(_), Some(_)) if wanted.replace => Done::Replaced,
        (Some(_), Some(difference)) => return Err(differs(&settled.name, difference).into()),
    };
    let import = if done == Done::Unchanged {
        newest(store, &draft.edition)?.unwrap_or(draft)
    } else {
        let import_id = store.transaction(|tx| imports::keep(tx, &draft, &bytes, &csv))?;
        Import { import_id, ..draft }
    };
    if matches!(done, Done::Written | Done::Replaced) {
        editions::write(wanted.dir, &settled.name, &csv)?;
    }
    let mut left_out = settled.without_code;
    left_out.extend(settled.without_score);
    Ok(Imported {
        import,
        done,
        other_sheets: settled.other_sheets,
        left_out,
        spare_choices: settled.spare_choices,
        difference,
        repaired,
    })
}

/// Writes the edition of the newest import when its file is still what that
/// import found: it was ended before it could.
fn repair(store: &Store, dir: &Path) -> Result<Option<String>> {
    let Some(last) = imports::all(store.connection())?.into_iter().next() else {
        return Ok(None);
    };
    let held = editions::text(dir, &last.edition)?.map(|text| hex_sha256(text.as_bytes()));
    if held == last.found_sha256 && held.as_ref() != Some(&last.csv_sha256) {
        let text = imports::text(store.connection(), &last.csv_sha256)?;
        editions::write(dir, &last.edition, &text)?;
        return Ok(Some(last.edition));
    }
    Ok(None)
}

fn titles(conflicts: Conflicts<'_>) -> Result<Option<String>> {
    let Conflicts::ByTitle(path) = conflicts else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read {} as UTF-8 text", path.display()))?;
    Ok(Some(text))
}

fn settle(wanted: &Wanted<'_>, bytes: &[u8], titles: Option<&str>) -> Result<Settled> {
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
        other_sheets: values.other_sheets,
        spare_choices,
    })
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
        other_sheets: Vec::new(),
        spare_choices: Vec::new(),
    })
}

fn draft(
    wanted: &Wanted<'_>,
    settled: &Settled,
    bytes: &[u8],
    titles: Option<String>,
    csv: &str,
    found: Option<&str>,
) -> Import {
    let count = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
    let policy = match wanted.conflicts {
        Conflicts::Refuse => "refuse",
        Conflicts::Highest => "highest",
        Conflicts::Lowest => "lowest",
        Conflicts::ByTitle(_) => "by-title",
    };
    Import {
        import_id: 0,
        edition: settled.name.clone(),
        kind: settled.kind.to_owned(),
        file_name: shown(wanted.file),
        sha256: hex_sha256(bytes),
        policy: policy.to_owned(),
        titles,
        rows_read: count(settled.rows_read),
        rows_without_code: count(settled.without_code.len()),
        rows_without_score: count(settled.without_score.len()),
        codes: count(settled.weights.len()),
        conflicts_solved: count(settled.conflicts),
        csv_sha256: hex_sha256(csv.as_bytes()),
        found_sha256: found.map(|text| hex_sha256(text.as_bytes())),
        imported_by: wanted.by.to_owned(),
        imported_at: wanted.at,
    }
}

/// Whether the edition's newest import read the same in the same way and its
/// file stands.
fn is_known(store: &Store, draft: &Import, found: Option<&str>) -> Result<bool> {
    let stands = found.map(|text| hex_sha256(text.as_bytes())).as_ref() == Some(&draft.csv_sha256);
    let last = newest(store, &draft.edition)?;
    Ok(stands
        && last.is_some_and(|last| {
            let of = |import: &Import| {
                let Import {
                    sha256,
                    policy,
                    titles,
                    csv_sha256,
                    ..
                } = import.clone();
                (sha256, policy, titles, csv_sha256)
            };
            of(&last) == of(draft)
        }))
}

fn newest(store: &Store, edition: &str) -> Result<Option<Import>> {
    let all = imports::all(store.connection())?;
    Ok(all.into_iter().find(|import| import.edition == edition))
}

fn difference(settled: &Settled, found: &str) -> Result<Difference> {
    let earlier = weights::parse(&editions::file_of(&settled.name), found)
        .context("the edition on the disk is broken; move it away to import a new one")?;
    Ok(diff::compare(&earlier, &settled.weights))
}

fn differs(name: &str, difference: &Difference) -> Refusal {
    let file = editions::file_of(name);
    Refusal {
        advice: "Add --replace to put this import in its place; lists made so far keep the text \
                 they were made from."
            .to_owned(),
        ..Refusal::new(
            format!("{file} is there already and differs ({difference})"),
            difference.lines(),
        )
    }
}

fn shown(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
