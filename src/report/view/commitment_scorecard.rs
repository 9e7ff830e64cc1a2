//! The commitment scorecard: every measure of every commitment with its chart,
//! its readings, groups and boroughs, and where it stands in one sentence.

use serde::Serialize;

use super::Header;
use super::measure::{Measure, Point};
use super::source::{Checks, Source};
use crate::harm::index::bridge::Bridge;
use crate::measures::changes::Changed;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CommitmentScorecard {
    pub header: Header,
    /// In order of number; published figures, which have the number 0, last.
    pub commitments: Vec<Commitment>,
    /// From the national basket to the Met's published total.
    pub bridge: Bridge,
    /// Signals that chance alone would give this month over the measures that
    /// have limits.
    pub expected_false_signals: f64,
    /// Definitions that do not hold.
    pub broken: Vec<BrokenMeasure>,
    /// In reading order, most important first.
    pub sources: Vec<Source>,
    pub checks: Checks,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Commitment {
    pub number: u8,
    pub title: String,
    /// One sentence.
    pub in_brief: String,
    /// What the plan groups it under.
    pub pillar: Option<String>,
    pub measures: Vec<Detailed>,
}

/// A measure with everything that a chart has no room for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Detailed {
    pub measure: Measure,
    /// Below it no rate is told.
    pub minimum_denominator: Option<f64>,
    /// What is counted, in words.
    pub numerator: String,
    /// What it is counted among.
    pub denominator: Option<String>,
    /// Where and of what date the baseline was published.
    pub baseline_source: Option<String>,
    /// Path of the SQL from the deployment folder.
    pub file: String,
    /// The set of figures in the ledger.
    pub set_id: Option<i64>,
    pub year_to_date: Option<Changed>,
    /// Whether the slices hold twelve months each, or a month's end.
    pub is_of_years: bool,
    /// By reading, area and group, the force's headline among them.
    pub slices: Vec<Slice>,
}

/// One reading in one group of one area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slice {
    /// Empty for a measure that has only one.
    pub reading: String,
    pub area: String,
    pub group: String,
    /// The newest that is old enough to judge.
    pub point: Point,
    /// The value a year before.
    pub before: Option<f64>,
}

/// A definition that does not hold, with the first of its problems.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokenMeasure {
    /// Its id as far as it can be read, or the file.
    pub name: String,
    pub problem: String,
}
