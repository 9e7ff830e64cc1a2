//! The months that a measure is evaluated over.

use chrono::{Datelike, Months, NaiveDate};

use crate::model::as_of::AsOf;

/// Months of a series, all full on its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First day that the SQL is asked for: the first rolling year that is
    /// shown begins there.
    pub from: NaiveDate,
    /// First month that is shown.
    pub shown_from: NaiveDate,
    /// First day after the last month.
    pub until: NaiveDate,
}

/// Months of a rolling year.
pub const YEAR: u32 = 12;

impl Window {
    /// The months that were full by a morning.
    pub fn new(as_of: AsOf, months: u32) -> Self {
        let until = as_of.0.with_day(1).unwrap_or(as_of.0);
        let shown_from = until - Months::new(months);
        Self {
            from: shown_from - Months::new(YEAR - 1),
            shown_from,
            until,
        }
    }

    /// The same end, and every month before it.
    #[must_use]
    pub fn whole(self) -> Self {
        let first = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or(self.from);
        Self {
            from: first,
            shown_from: first,
            ..self
        }
    }

    /// Whether a month is provisional by so many months.
    pub fn is_immature(&self, month: NaiveDate, lag_months: u32) -> bool {
        month + Months::new(lag_months) >= self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_window_ends_with_the_last_full_month_and_begins_a_year_before_it_is_shown() {
        let window = Window::new(AsOf(day("2026-11-21")), 24);
        assert_eq!(window.until, day("2026-11-01"));
        assert_eq!(window.shown_from, day("2024-11-01"));
        assert_eq!(window.from, day("2023-12-01"));
        // On the first of a month the month before it is full.
        assert_eq!(Window::new(AsOf(day("2026-11-01")), 24), window);
    }

    #[test]
    fn the_months_of_the_lag_are_immature_and_no_other() {
        let window = Window::new(AsOf(day("2026-11-21")), 24);
        assert!(!window.is_immature(day("2026-10-01"), 0));
        assert!(window.is_immature(day("2026-05-01"), 6));
        assert!(!window.is_immature(day("2026-04-01"), 6));
    }
}
