//! Codes that the official workbook holds on several rows: one weight where
//! their scores agree, and where they do not, what the force decides.

use std::collections::BTreeMap;

use super::refusal::Refusal;
use super::table::Table;
use super::weights::{Basis, Weight};
use super::workbook::{ValueRow, Values};
use crate::config::problem::Problems;

/// Which score stands for a code with several.
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

/// The weights of a workbook, one per code.
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

/// One weight per code, by the policy where rows disagree. `workbook` stands
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
            Ok(row) => weights.push(weight(row, &rows, workbook, policy)),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(Settled { weights, disputed })
    } else {
        Err(refusal(values, problems))
    }
}

fn choose<'a>(code: &str, rows: &[&'a ValueRow], policy: &Policy) -> Result<&'a ValueRow, String> {
    // The first of several rows with the score that stands.
    let by_score = |row: &&&ValueRow| (row.score, std::cmp::Reverse(row.row));
    let extreme = match policy {
        Policy::Refuse => None,
        Policy::Highest => rows.iter().max_by_key(by_score),
        Policy::Lowest => rows.iter().min_by_key(|row| (row.score, row.row)),
        Policy::ByTitle(choices) => return by_title(code, rows, choices),
    };
    extreme.copied().ok_or_else(|| told(code, rows, ""))
}

fn by_title<'a>(
    code: &str,
    rows: &[&'a ValueRow],
    choices: &[Choice],
) -> Result<&'a ValueRow, String> {
    let Some(choice) = choices.iter().find(|choice| choice.ho_code == code) else {
        return Err(told(code, rows, ", and the titles name none of its rows"));
    };
    let is_chosen = |row: &&&ValueRow| plain(&row.title) == plain(&choice.title);
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
    let mut note = vec![row.starting_point.clone(), row.note.clone()];
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
    note.retain(|part| !part.is_empty());
    Weight {
        ho_code: row.code.as_str().to_owned(),
        title: row.title.clone(),
        days: row.score,
        basis: Basis::Published,
        source: format!("{workbook}, row {}, ATHENA URN {}", row.row, row.urn),
        note: note.join("; "),
    }
}

/// A title without the differences that do not matter.
fn plain(title: &str) -> String {
    let words = title.split_whitespace().collect::<Vec<_>>();
    words.join(" ").to_lowercase()
}
