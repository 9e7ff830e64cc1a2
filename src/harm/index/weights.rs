//! The rows of an edition: the weight in days of a Home Office code, or of one
//! offence title of it, what it rests on and where it was found.

use std::collections::BTreeMap;

use anyhow::Result;
use rust_decimal::Decimal;
use serde::Serialize;

use super::table::{Row, Table};
use crate::config::problem::{Problem, Problems};
use crate::model::{control_chars, offence_title};

/// One row of an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weight {
    pub ho_code: String,
    /// The title in the crimes extract that this row alone weighs; empty for
    /// every other title of the code.
    pub for_title: String,
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

/// How much of what was weighed rests on one basis.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Distinct rows of the edition.
    pub weights: u64,
    pub allegations: u64,
    #[serde(with = "rust_decimal::serde::float")]
    pub harm_days: Decimal,
}

/// What a body of allegations rests on.
pub type Shares = BTreeMap<Basis, Share>;

/// Days of the longest weight that is believed: a hundred years.
pub const MOST_DAYS: Decimal = Decimal::from_parts(36_525, 0, 0, false, 0);
/// Decimals of a weight.
pub const MOST_DECIMALS: u32 = 3;

const COLUMNS: [&str; 5] = ["ho_code", "title", "days", "basis", "source"];

/// What a weight is looked up by: a code, and a bare title or nothing.
pub type Key<'a> = (&'a str, String);

impl Weight {
    pub fn key(&self) -> Key<'_> {
        (&self.ho_code, offence_title::bare(&self.for_title))
    }

    /// The code, with the title where the row weighs one alone.
    pub fn name(&self) -> String {
        if self.for_title.is_empty() {
            self.ho_code.clone()
        } else {
            format!("{} {:?}", self.ho_code, self.for_title)
        }
    }
}

/// The weight of an allegation: that of its title, or else of its code.
pub fn find<'a>(
    weights: &BTreeMap<Key<'_>, &'a Weight>,
    code: &str,
    title: &str,
) -> Option<&'a Weight> {
    let of = |title: String| weights.get(&(code, title)).copied();
    of(offence_title::bare(title)).or_else(|| of(String::new()))
}

/// Weights by what they are looked up by.
pub fn by_key(weights: &[Weight]) -> BTreeMap<Key<'_>, &Weight> {
    weights
        .iter()
        .map(|weight| (weight.key(), weight))
        .collect()
}

impl Basis {
    pub const ALL: [Self; 3] = [Self::Published, Self::Guideline, Self::Analogue];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Guideline => "guideline",
            Self::Analogue => "analogue",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.as_str() == text)
    }
}

/// Checks the text of an edition.
pub fn parse(file: &str, text: &str) -> Result<Vec<Weight>, Problems> {
    let mut table = Table::read(file, text, &COLUMNS, &["for_title", "note"])?;
    table.check_rows();
    table.check_codes("ho_code");
    let (mut weights, mut problems) = (Vec::new(), check_titles(&table));
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

/// Rows that weigh what an earlier one weighs already, and titles that are
/// none.
fn check_titles(table: &Table) -> Vec<Problem> {
    let mut seen = BTreeMap::new();
    let mut found = Vec::new();
    for row in &table.rows {
        let (code, title) = (table.cell(row, "ho_code"), table.cell(row, "for_title"));
        let bare = offence_title::bare(title);
        if bare.is_empty() && !title.is_empty() {
            let message = format!("is {title:?}; expected a title with letters, or nothing");
            found.push(table.problem(row, "for_title", &message));
        } else if let Some(first) = seen.get(&(code, bare.clone())) {
            let (column, held) = if title.is_empty() {
                ("ho_code", code.to_owned())
            } else {
                ("for_title", format!("{title:?}"))
            };
            let message = format!("is {held}, which stands on line {first} already");
            found.push(table.problem(row, column, &message));
        } else {
            seen.insert((code, bare), row.line);
        }
    }
    found
}

/// The text of an edition, in the order of its codes and titles.
pub fn render(weights: &[Weight]) -> Result<String> {
    let mut sorted: Vec<&Weight> = weights.iter().collect();
    sorted.sort_by_key(|weight| weight.key());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let [code, rest @ ..] = COLUMNS;
    writer.write_record([&[code, "for_title"], &rest[..], &["note"]].concat())?;
    for weight in sorted {
        writer.write_record([
            weight.ho_code.as_str(),
            &control_chars::in_cell(&weight.for_title),
            &control_chars::in_cell(&weight.title),
            &weight.days.normalize().to_string(),
            weight.basis.as_str(),
            &control_chars::in_cell(&weight.source),
            &control_chars::in_cell(&weight.note),
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
        for_title: text("for_title"),
        title: text("title"),
        days,
        basis,
        source: text("source"),
        note: text("note"),
    }
}
