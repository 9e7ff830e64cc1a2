//! `jobs/commitment-measures/<commitment>/commitment.toml` and the SQL beside
//! it: what a measure counts, in words and in a SELECT. A definition that does
//! not hold is told and left out; the others stand.

mod checks;
mod file;
mod load;

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::statistics::series::Accrual;
use crate::model::room::Room;

pub use load::{Broken, FOLDER, Loaded, load_all};

/// One measure, checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// `6.4`; unique over all commitments.
    pub id: String,
    pub commitment: Commitment,
    /// Short, no full stop.
    pub name: String,
    /// One sentence.
    pub definition: String,
    /// What is counted, in words.
    pub numerator: String,
    /// What it is counted among; none for counts and medians.
    pub denominator: Option<String>,
    pub kind: Kind,
    pub series: Accrual,
    pub unit: Unit,
    pub direction: Direction,
    /// Readings of the same measure, the first one the chart's: `recorded`,
    /// `closed`. A measure with one reading has none.
    pub bases: Vec<String>,
    /// The group that the force's chart shows.
    pub headline: String,
    /// Surveys: the first group's share less the second's is told too.
    pub gap: Option<[String; 2]>,
    /// Every month that the source tells, not only those of the job's setting:
    /// a published table, which says itself how far it goes.
    pub whole_series: bool,
    /// Extracts the figures come from; `list` is the ledger of harm lists,
    /// `ledger` daybook's own, `a|b` either of two.
    pub sources: Vec<String>,
    pub audiences: Vec<Audience>,
    pub baseline: Option<Baseline>,
    /// In the measure's unit.
    pub target: Option<f64>,
    /// Below it no value is told.
    pub minimum_denominator: Option<f64>,
    pub lag: Option<Lag>,
    /// Recorded step changes, the oldest first.
    pub steps: Vec<Step>,
    #[serde(skip)]
    pub sql: String,
    /// Path of the SQL from the deployment folder.
    pub file: String,
}

/// The commitment that a measure belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// 1 to 10; 0 for figures that others publish.
    pub number: u8,
    pub title: String,
    pub in_brief: String,
    /// What the plan groups it under.
    pub pillar: Option<String>,
    /// The room that its SQL may read besides the warehouse.
    #[serde(default)]
    pub room: Room,
}

/// How a value comes from what the SQL returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 100 x numerator / denominator of counts, with a Wilson interval.
    Proportion,
    /// 100 x numerator / denominator of amounts, which are no sample.
    Share,
    /// 1,000 x numerator / denominator, with an exact Poisson interval.
    Rate,
    /// Numerator / denominator.
    Ratio,
    /// The numerator.
    Count,
    /// 100 x (numerator / denominator - 1).
    Change,
    /// The median of the column `value`, a row per case.
    Median,
    /// The weighted share of those who agree, a row per response.
    Survey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Percent,
    Days,
    Count,
    Ratio,
    #[serde(rename = "per_1000")]
    PerThousand,
    /// From 0 to 1, such as Gini's.
    Coefficient,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Up,
    Down,
    /// Neither.
    Context,
}

/// Who may be shown a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Leadership,
    Public,
    ProfessionalStandards,
}

/// A published figure to compare with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// In the measure's unit, where it is comparable.
    pub value: Option<f64>,
    /// As published.
    pub text: String,
    pub source: Option<String>,
    /// Year, month or day that it speaks of.
    pub date: Option<String>,
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// How long a month's cohort takes to be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lag {
    /// Months at the end of a series that are too young.
    pub months: u32,
    pub because: String,
    /// On which bases; on all when none is named.
    #[serde(default)]
    pub bases: Vec<String>,
    /// Months of groups that have their own.
    #[serde(default)]
    pub groups: BTreeMap<String, u32>,
}

impl Lag {
    /// Months too young on a basis and in a group.
    pub fn months_of(&self, basis: &str, group: &str) -> u32 {
        if !self.bases.is_empty() && !self.bases.iter().any(|own| own == basis) {
            return 0;
        }
        self.groups.get(group).copied().unwrap_or(self.months)
    }
}

/// A change of the process that is known, from which limits are drawn anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub date: NaiveDate,
    pub reason: String,
}

/// The basis of a measure that has only one reading.
pub const ONE_BASIS: &str = "";

impl Definition {
    /// Each reading; one without a name where there is only one.
    pub fn readings(&self) -> Vec<&str> {
        if self.bases.is_empty() {
            vec![ONE_BASIS]
        } else {
            self.bases.iter().map(String::as_str).collect()
        }
    }

    /// Whether the SQL gives a row per case or response.
    pub fn is_by_case(&self) -> bool {
        matches!(self.kind, Kind::Median | Kind::Survey)
    }

    /// Months too young to judge on a basis and in a group.
    pub fn lag_months(&self, basis: &str, group: &str) -> u32 {
        self.lag
            .as_ref()
            .map_or(0, |lag| lag.months_of(basis, group))
    }
}
