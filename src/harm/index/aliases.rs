//! Retired codes that force data still hold, each led to the code its weight
//! stands under.

use std::collections::BTreeMap;

use super::table::Table;
use super::weights::Weight;
use crate::config::problem::Problems;

/// A retired code and the one its weight stands under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    pub recorded_code: String,
    pub index_code: String,
    pub source: String,
}

/// Checks the text of the aliases. One step is followed, so a code that is led
/// on, or to itself, is wrong.
pub fn parse(file: &str, text: &str) -> Result<Vec<Alias>, Problems> {
    let mut table = Table::read(file, text, &["recorded_code", "index_code", "source"], &[])?;
    table.check_codes("recorded_code");
    table.check_codes("index_code");
    table.check_doubles("recorded_code");
    let lines: BTreeMap<&str, usize> = table
        .rows
        .iter()
        .map(|row| (table.cell(row, "recorded_code"), row.line))
        .collect();
    let mut problems = Vec::new();
    for row in &table.rows {
        let to = table.cell(row, "index_code");
        if to == table.cell(row, "recorded_code") {
            let message = format!("is {to}, the code itself; expected another one");
            problems.push(table.problem(row, "index_code", &message));
        } else if let Some(line) = lines.get(to) {
            let message = format!(
                "is {to}, which line {line} leads on; expected the code that the index holds"
            );
            problems.push(table.problem(row, "index_code", &message));
        }
        if table.cell(row, "source").trim().is_empty() {
            let message = "is empty; expected who says so";
            problems.push(table.problem(row, "source", message));
        }
    }
    let aliases = table
        .rows
        .iter()
        .map(|row| Alias {
            recorded_code: table.cell(row, "recorded_code").to_owned(),
            index_code: table.cell(row, "index_code").to_owned(),
            source: table.cell(row, "source").to_owned(),
        })
        .collect();
    table.problems.extend(problems);
    table.finish(aliases)
}

/// What does not fit between the aliases and an edition, in words: codes led
/// to one without a weight, and codes that hold a weight of their own which
/// the alias sets aside.
pub fn doubts(aliases: &[Alias], weights: &[Weight]) -> Vec<String> {
    let weights: BTreeMap<&str, _> = weights
        .iter()
        .filter(|weight| weight.for_title.is_empty())
        .map(|weight| (weight.ho_code.as_str(), weight.days))
        .collect();
    let mut found = Vec::new();
    for alias in aliases {
        let (from, to) = (&alias.recorded_code, &alias.index_code);
        match (weights.get(from.as_str()), weights.get(to.as_str())) {
            (None, None) => found.push(format!(
                "{from} is led to {to}, which has no weight: unscored"
            )),
            (Some(own), None) => found.push(format!(
                "{from} is led to {to}, which has no weight, and its own {own} days are set aside: unscored"
            )),
            (Some(own), Some(led)) if own != led => found.push(format!(
                "{from} is led to {to} ({led} days), and its own {own} days are set aside"
            )),
            _ => {}
        }
    }
    found
}
