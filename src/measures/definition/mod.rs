//! `jobs/commitment-measures/<commitment>/commitment.toml` and the SQL beside
//! it: what a measure counts, in words and in a SELECT. A definition that does
//! not hold is told and left out; the others stand.

mod checks;
pub mod file;
pub mod load;

use std::collections::BTreeMap;
use std::fmt;

use daybook_statistics::series::accrual::Accrual;
use daybook_statistics::series::direction::Direction;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::breaks::Break;
use crate::model::restricted::Room;

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
    /// Of sources that arrive in parts, such as a file for each force, those
    /// that the SQL reads; all when none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    pub audiences: Vec<Audience>,
    pub baseline: Option<Baseline>,
    /// In the measure's unit.
    pub target: Option<f64>,
    /// Below it no value is told.
    pub minimum_denominator: Option<f64>,
    pub lag: Option<Lag>,
    /// Home Office codes that it counts, or classes of them; all where none is
    /// named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// The breaks that touch it, the oldest first. They come from the register
    /// and are kept with the definition, as they decide its figures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<Break>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

/// Who may be shown a measure.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Leadership,
    Public,
    ProfessionalStandards,
}

/// A published figure to compare with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// In the measure's unit, where it is comparable.
    pub value: Option<f64>,
    /// As published.
    pub text: String,
    /// Who published it, and where.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lag {
    /// Months at the end of a series that are provisional.
    pub months: u32,
    /// Why it takes so long, in words.
    pub because: String,
    /// On which bases; on all when none is named.
    #[serde(default)]
    pub bases: Vec<String>,
    /// Months of groups that have their own.
    #[serde(default)]
    pub groups: BTreeMap<String, u32>,
}

impl Lag {
    /// Months provisional on a basis and in a group.
    pub fn months_of(&self, basis: &str, group: &str) -> u32 {
        if !self.bases.is_empty() && !self.bases.iter().any(|own| own == basis) {
            return 0;
        }
        self.groups.get(group).copied().unwrap_or(self.months)
    }
}

/// Least and most that a value of this kind can be, in its unit.
pub(super) fn range(kind: Kind, unit: Unit) -> (f64, Option<f64>) {
    let least = match kind {
        Kind::Change => -100.0,
        _ => 0.0,
    };
    let most = match (kind, unit) {
        (Kind::Proportion | Kind::Share | Kind::Survey, _) => Some(100.0),
        (_, Unit::Coefficient) => Some(1.0),
        _ => None,
    };
    (least, most)
}

/// Sources of crimes that were recorded.
const RECORDED_CRIME: [&str; 5] = [
    "crimes",
    "street_crimes",
    "met_vawg_monthly",
    "met_vawg_offences",
    "met_vawg_victims",
];

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

    /// Least and most that a value can be in a group; a gap is a difference of
    /// two shares.
    pub fn range(&self, group: &str) -> (f64, Option<f64>) {
        let is_gap = self
            .gap
            .as_ref()
            .is_some_and(|[first, second]| *group == format!("{first} less {second}"));
        if is_gap {
            return (-100.0, Some(100.0));
        }
        range(self.kind, self.unit)
    }

    /// Whether it counts crimes or their victims as they were recorded, which
    /// is not how many there were.
    pub fn is_volume(&self) -> bool {
        let mut names = self.sources.iter().flat_map(|source| source.split('|'));
        matches!(self.kind, Kind::Count | Kind::Rate)
            && names.any(|name| RECORDED_CRIME.contains(&name))
    }

    /// Months provisional to judge on a basis and in a group.
    pub fn lag_months(&self, basis: &str, group: &str) -> u32 {
        self.lag
            .as_ref()
            .map_or(0, |lag| lag.months_of(basis, group))
    }
}
