//! A public release: figures that have passed disclosure control, and what was
//! left out. Nothing in it is finer or more exact than what may leave.

use chrono::NaiveDate;
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicRelease {
    /// `October 2026`.
    pub name: String,
    pub force: String,
    /// The date whose figures it holds.
    pub as_of: NaiveDate,
    pub due_on: NaiveDate,
    pub issued_on: NaiveDate,
    /// The next release that is planned.
    pub next_due_on: Option<NaiveDate>,
    /// In order of commitment and measure.
    pub sections: Vec<Section>,
    pub left_out: Vec<LeftOut>,
    pub version: String,
    pub is_synthetic: bool,
}

/// One reading of one measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// `6.4`.
    pub id: String,
    pub title: String,
    /// `6 Dangerous perpetrators`.
    pub commitment: String,
    /// One sentence.
    pub definition: String,
    /// What is counted, in words.
    pub counted: String,
    /// What it is counted among.
    pub among: Option<String>,
    /// `recorded`; empty for a measure that has only one reading.
    pub reading: String,
    /// Set where each group is protected, and told, by itself.
    pub group: Option<String>,
    /// First and last of its months.
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub rows: Vec<Row>,
    /// Figures kept back because of earlier releases.
    pub withheld: u64,
}

/// Figures as they may be printed: rounded, or `[c]` where hidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub area: String,
    pub group: String,
    pub counted: String,
    pub among: Option<String>,
    /// Of the rounded figures, to one decimal.
    pub percent: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// `6.4 recorded`.
    pub subject: String,
    pub title: String,
    /// No full stop.
    pub reason: String,
}
