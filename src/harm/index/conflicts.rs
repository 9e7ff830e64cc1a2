//! Codes that the official workbook holds on several rows: one weight where
//! their scores agree. Where they do not, each title has its own, and the force
//! decides which stands for an allegation under another title.

use std::collections::BTreeMap;

use super::refusal::Refusal;
use super::table::Table;
use super::weights::{Basis, Weight};
use super::workbook::{ValueRow, Values};
use crate::config::problem::Problems;
use crate::model::offence_title;

/// Which score stands for the titles of a code that no row has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Policy {
    /// None: every conflict is told and nothing is imported.
    Refuse,
    Highest,
    Lowest,
    /// The row with the title that a table names for each code.
    ByTitle(Vec<Choice>),
}

/// The row that stands for a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub ho_code: String,
    pub title: String,
}

impl Policy {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Highest => "highest",
            Self::Lowest => "lowest",
            Self::ByTitle(_) => "by-title",
        }
    }
}

/// The weights of a workbook: one per code, and one per title that weighs
/// differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub weights: Vec<Weight>,
    /// Codes whose rows disagreed.
    pub disputed: Vec<String>,
}

/// Checks the table of `Policy::ByTitle`.
pub fn parse_choices(file: &str, text: &str) -> Result<Vec<Choice>, Problems> {
    let mut table = Table::read(file, text, &["ho_code", "title"], &[])?;
    table.check_codes("ho_code");
    table.check_doubles("ho_code");
    let choices = table
        .rows
        .iter()
        .map(|row| Choice {
            ho_code: table.cell(row, "ho_code").to_owned(),
            title: table.cell(row, "title").to_owned(),
        })
        .collect();
    table.finish(choices)
}

/// One weight per code, by the policy where rows disagree, and beside it one
/// for each title with another score. `workbook` stands
/// in each weight's source.
pub fn settle(values: &Values, policy: &Policy, workbook: &str) -> Result<Settled, Refusal> {
    let mut by_code: BTreeMap<&str, Vec<&ValueRow>> = BTreeMap::new();
    for row in &values.rows {
        by_code.entry(row.code.as_str()).or_default().push(row);
    }
    let (mut weights, mut disputed, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for (code, rows) in by_code {
        let is_conflict = rows.iter().any(|row| row.score != rows[0].score);
        let chosen = if is_conflict {
            disputed.push(code.to_owned());
            choose(code, &rows, policy)
        } else {
            Ok(rows[0])
        };
        match chosen {
            Ok(row) => {
                weights.push(weight(row, &rows, workbook, policy));
                match titled(code, row, &rows, (policy, workbook)) {
                    Ok(titled) => weights.extend(titled),
                    Err(found) => problems.extend(found),
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(Settled { weights, disputed })
    } else {
        Err(refusal(values, problems))
    }
}

/// The titles of a code that weigh otherwise than the code itself. Of several
/// scores under one title the policy says which stands, if it can.
fn titled(
    code: &str,
    chosen: &ValueRow,
    rows: &[&ValueRow],
    (policy, workbook): (&Policy, &str),
) -> Result<Vec<Weight>, Vec<String>> {
    let mut by_title: BTreeMap<String, Vec<&ValueRow>> = BTreeMap::new();
    for row in rows {
        let bare = offence_title::bare(&row.title);
        if !bare.is_empty() {
            by_title.entry(bare).or_default().push(row);
        }
    }
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for rows in by_title.values() {
        let is_conflict = rows.iter().any(|row| row.score != rows[0].score);
        let Some(row) = (if is_conflict {
            extreme(rows, policy)
        } else {
            Some(rows[0])
        }) else {
            problems.push(told(code, rows, " under one title"));
            continue;
        };
        if row.score != chosen.score {
            found.push(Weight {
                for_title: row.title.clone(),
                ..weight(row, rows, workbook, policy)
            });
        }
    }
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(problems)
    }
}

fn choose<'a>(code: &str, rows: &[&'a ValueRow], policy: &Policy) -> Result<&'a ValueRow, String> {
    match policy {
        Policy::ByTitle(choices) => by_title(code, rows, choices),
        _ => extreme(rows, policy).ok_or_else(|| told(code, rows, "")),
    }
}

/// The first of several rows with the score that a policy lets stand.
fn extreme<'a>(rows: &[&'a ValueRow], policy: &Policy) -> Option<&'a ValueRow> {
    let rows = rows.iter().copied();
    match policy {
        Policy::Refuse | Policy::ByTitle(_) => None,
        Policy::Highest => rows.max_by_key(|row| (row.score, std::cmp::Reverse(row.row))),
        Policy::Lowest => rows.min_by_key(|row| (row.score, row.row)),
    }
}

fn by_title<'a>(
    code: &str,
    rows: &[&'a ValueRow],
    choices: &[Choice],
) -> Result<&'a ValueRow, String> {
    let Some(choice) = choices.iter().find(|choice| choice.ho_code == code) else {
        return Err(told(code, rows, ", and the titles name none of its rows"));
    };
    let is_chosen =
        |row: &&&ValueRow| offence_title::bare(&row.title) == offence_title::bare(&choice.title);
    let chosen: Vec<&&ValueRow> = rows.iter().filter(is_chosen).collect();
    match chosen.as_slice() {
        [] => {
            let why = format!(", and none of its rows has the title {:?}", choice.title);
            Err(told(code, rows, &why))
        }
        [first, more @ ..] if more.iter().all(|row| row.score == first.score) => Ok(first),
        _ => {
            let why = format!(
                ", and several rows with the title {:?} differ",
                choice.title
            );
            Err(told(code, rows, &why))
        }
    }
}

fn told(code: &str, rows: &[&ValueRow], why: &str) -> String {
    let mut scores: Vec<_> = rows.iter().map(|row| row.score).collect();
    scores.sort();
    scores.dedup();
    let lines = rows.iter().map(|row| {
        let (score, place, title) = (row.score, row.row, &row.title);
        format!("    {score} in row {place}: {title}")
    });
    let head = format!("{code} has {} scores{why}:", scores.len());
    std::iter::once(head)
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
}

fn refusal(values: &Values, problems: Vec<String>) -> Refusal {
    Refusal {
        // A force must see each of them to decide.
        shown: problems.len(),
        advice: format!(
            "{} codes have rows that disagree. Decide with --conflicts highest, --conflicts lowest, \
             or --conflicts by-title --titles FILE.csv, whose lines (ho_code,title) name the row \
             that stands for each.",
            problems.len()
        ),
        subject: format!("sheet {:?}", values.sheet),
        problems,
    }
}

fn weight(row: &ValueRow, rows: &[&ValueRow], workbook: &str, policy: &Policy) -> Weight {
    let mut note = note(row);
    let others = rows.iter().filter(|other| other.score != row.score);
    let mut scores: Vec<String> = others.map(|other| other.score.to_string()).collect();
    scores.dedup();
    if !scores.is_empty() {
        note.push(format!(
            "{} of several scores; the others: {}",
            policy.as_str(),
            scores.join(", ")
        ));
    }
    Weight {
        ho_code: row.code.as_str().to_owned(),
        for_title: String::new(),
        title: row.title.clone(),
        days: row.score,
        basis: Basis::Published,
        source: format!("{workbook}, row {}, ATHENA URN {}", row.row, row.urn),
        note: note.join("; "),
    }
}

fn note(row: &ValueRow) -> Vec<String> {
    let own = match row.own.as_str() {
        "" => String::new(),
        own => format!("sentencing data of the offence itself: {own}"),
    };
    let mut note = vec![row.starting_point.clone(), own, row.note.clone()];
    note.retain(|part| !part.is_empty());
    note
}
