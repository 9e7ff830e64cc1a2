//! How the measures of a deployment are evaluated, from their job's `job.toml`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::problem::{Problem, Source};
use crate::model::basket_name::BasketName;

/// `[measures]` of the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MeasureSettings {
    /// The basket that they count by, which is the list's: named here too, it
    /// must be the same.
    pub basket: Option<BasketName>,
    /// Months that a series covers, up to the last full one.
    pub months: u32,
    /// Month in which the year to date begins: 4 is the financial year's.
    pub year_starts_month: u32,
    /// Seconds after which a measure's SQL is stopped.
    pub time_limit_seconds: u64,
}

impl Default for MeasureSettings {
    fn default() -> Self {
        Self {
            basket: None,
            months: 24,
            year_starts_month: 4,
            time_limit_seconds: 60,
        }
    }
}

/// Longest series: a century says nothing of a force of today.
const MOST_MONTHS: u32 = 600;

impl MeasureSettings {
    /// What cannot be, each at its line.
    pub fn problems(&self, source: &Source) -> Vec<Problem> {
        [
            (
                (3..=MOST_MONTHS).contains(&self.months),
                "months",
                format!("expected 3 to {MOST_MONTHS} months"),
            ),
            (
                (1..=12).contains(&self.year_starts_month),
                "year_starts_month",
                "expected a month from 1 to 12".to_owned(),
            ),
            (
                (1..=3600).contains(&self.time_limit_seconds),
                "time_limit_seconds",
                "expected 1 to 3600 seconds".to_owned(),
            ),
        ]
        .into_iter()
        .filter(|(fits, ..)| !fits)
        .map(|(_, key, message)| source.problem_at(key, message))
        .collect()
    }
}
