//! The business date a figure speaks of.

use std::fmt;
use std::str::FromStr;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// The morning a question is asked. Figures "as of" a date count what was
/// reported before that date began: the last full day is the day before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AsOf(pub NaiveDate);

impl AsOf {
    /// The last full day that figures as of this date include.
    pub fn last_day(self) -> NaiveDate {
        self.0 - Days::new(1)
    }

    /// First day of a window of `days` full days that ends before this date.
    pub fn window_start(self, days: u32) -> NaiveDate {
        self.0 - Days::new(u64::from(days))
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for AsOf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .map(Self)
            .map_err(|_| format!("{text:?} is not a date; expected YYYY-MM-DD"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_of_365_days_ends_on_the_day_before() {
        let as_of: AsOf = "2026-11-21".parse().unwrap();
        assert_eq!(as_of.last_day().to_string(), "2026-11-20");
        assert_eq!(as_of.window_start(365).to_string(), "2025-11-21");
        assert_eq!((as_of.0 - as_of.window_start(365)).num_days(), 365);
    }

    #[test]
    fn a_date_that_does_not_exist_is_refused_with_its_text() {
        let error = "2026-02-31".parse::<AsOf>().unwrap_err();
        assert!(error.contains("2026-02-31"), "{error}");
    }
}
