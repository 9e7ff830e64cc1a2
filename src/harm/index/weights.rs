//! The rows of an edition: a Home Office code's weight in days, what it rests
//! on and where it was found.

use anyhow::Result;
use rust_decimal::Decimal;
use serde::Serialize;

use super::table::{Row, Table};
use crate::config::problem::Problems;

/// One row of an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weight {
    pub ho_code: String,
    pub title: String,
    pub days: Decimal,
    pub basis: Basis,
    pub source: String,
    pub note: String,
}

/// What a weight rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Printed by the index's authors.
    Published,
    /// The index's rule applied to the named sentencing guideline.
    Guideline,
    /// The weight of a near offence, which the row names.
    Analogue,
}

/// Days of the longest weight that is believed: a hundred years.
pub const MOST_DAYS: Decimal = Decimal::from_parts(36_525, 0, 0, false, 0);
/// Decimals of a weight.
pub const MOST_DECIMALS: u32 = 3;

const COLUMNS: [&str; 5] = ["ho_code", "title", "days", "basis", "source"];

impl Basis {
    pub const ALL: [Self; 3] = [Self::Published, Self::Guideline, Self::Analogue];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Guideline => "guideline",
            Self::Analogue => "analogue",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.as_str() == text)
    }
}

/// Checks the text of an edition.
pub fn parse(file: &str, text: &str) -> Result<Vec<Weight>, Problems> {
    let mut table = Table::read(file, text, &COLUMNS, &["note"])?;
    table.check_rows();
    table.check_codes("ho_code");
    table.check_doubles("ho_code");
    let (mut weights, mut problems) = (Vec::new(), Vec::new());
    for row in &table.rows {
        let days = days(table.cell(row, "days"));
        let basis = Basis::parse(table.cell(row, "basis"));
        if let Err(message) = &days {
            problems.push(table.problem(row, "days", message));
        }
        if basis.is_none() {
            let held = table.cell(row, "basis");
            let message = format!("is {held:?}; expected one of published, guideline, analogue");
            problems.push(table.problem(row, "basis", &message));
        }
        if table.cell(row, "source").trim().is_empty() {
            let message = "is empty; expected where the weight was found";
            problems.push(table.problem(row, "source", message));
        }
        if let (Ok(days), Some(basis)) = (days, basis) {
            weights.push(weight(&table, row, days, basis));
        }
    }
    table.problems.extend(problems);
    table.finish(weights)
}

/// The text of an edition, in the order of its codes.
pub fn render(weights: &[Weight]) -> Result<String> {
    let mut sorted: Vec<&Weight> = weights.iter().collect();
    sorted.sort_by(|a, b| a.ho_code.cmp(&b.ho_code));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.iter().chain(&["note"]))?;
    for weight in sorted {
        writer.write_record([
            weight.ho_code.as_str(),
            &weight.title,
            &weight.days.normalize().to_string(),
            weight.basis.as_str(),
            &weight.source,
            &weight.note,
        ])?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// What is wrong with a number as a weight.
pub fn fault(days: Decimal) -> Option<String> {
    let days = days.normalize();
    if days.scale() > MOST_DECIMALS {
        Some(format!(
            "is {days}; expected at most {MOST_DECIMALS} decimals"
        ))
    } else if days <= Decimal::ZERO || days > MOST_DAYS {
        Some(format!(
            "is {days}; expected more than 0 days and at most {MOST_DAYS}"
        ))
    } else {
        None
    }
}

fn days(text: &str) -> Result<Decimal, String> {
    let days: Decimal = text
        .parse()
        .map_err(|_| format!("is {text:?}; expected a number of days, such as 547.5"))?;
    fault(days).map_or(Ok(days), Err)
}

fn weight(table: &Table, row: &Row, days: Decimal, basis: Basis) -> Weight {
    let text = |column: &str| table.cell(row, column).to_owned();
    Weight {
        ho_code: text("ho_code"),
        title: text("title"),
        days,
        basis,
        source: text("source"),
        note: text("note"),
    }
}
