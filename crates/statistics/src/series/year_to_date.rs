//! The year so far against the same months of the year before.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};

/// April: police years run with the public accounts.
pub const FINANCIAL_YEAR_STARTS: u32 = 4;

/// What a month adds to a year's figure. A month in which nothing could happen
/// adds nothing over nothing; a month that nobody knows of is no figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    pub numerator: f64,
    pub denominator: f64,
}

/// Positions in a series of months.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearToDate {
    /// From the year's first month to the newest one.
    pub now: RangeInclusive<usize>,
    /// The same months a year before; none where the series does not reach
    /// back to them.
    pub before: Option<RangeInclusive<usize>>,
}

/// The months of the year so far, in a series of every month in order. `newest`
/// is the position of the last month to be counted, `year_starts_month` 4 for
/// the financial year. None where the series begins within this year, for part
/// of a year is not the year so far.
pub fn year_to_date(
    months: &[NaiveDate],
    newest: usize,
    year_starts_month: u32,
) -> Option<YearToDate> {
    const YEAR: usize = 12;
    let since = (months.get(newest)?.month() + 12 - year_starts_month) % 12;
    let first = newest.checked_sub(since as usize)?;
    Some(YearToDate {
        now: first..=newest,
        before: first.checked_sub(YEAR).map(|first| first..=newest - YEAR),
    })
}

/// What flowed in over some months: the sum of each part. None where a month
/// is not known, or there is none.
pub fn sum(figures: &[Option<Figure>]) -> Option<Figure> {
    let none = Figure {
        numerator: 0.0,
        denominator: 0.0,
    };
    (!figures.is_empty()).then_some(())?;
    figures.iter().try_fold(none, |total, figure| {
        let figure = (*figure)?;
        Some(Figure {
            numerator: total.numerator + figure.numerator,
            denominator: total.denominator + figure.denominator,
        })
    })
}

/// The level over some months: the mean of their ends. None where a month is
/// not known, or there is none.
pub fn mean(levels: &[Option<f64>]) -> Option<f64> {
    let number = u32::try_from(levels.len()).ok().filter(|n| *n > 0)?;
    let total = levels
        .iter()
        .try_fold(0.0, |sum, level| Some(sum + (*level)?))?;
    Some(total / f64::from(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Months;

    fn months(count: u32) -> Vec<NaiveDate> {
        // January 2024 onwards.
        let first = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
        (0..count).map(|at| first + Months::new(at)).collect()
    }

    #[test]
    fn october_is_the_seventh_month_of_the_financial_year() {
        let months = months(34);
        let found = year_to_date(&months, 33, FINANCIAL_YEAR_STARTS).unwrap();
        assert_eq!(months[33].to_string(), "2026-10-01");
        assert_eq!(months[*found.now.start()].to_string(), "2026-04-01");
        let before = found.before.unwrap();
        assert_eq!(months[*before.start()].to_string(), "2025-04-01");
        assert_eq!(months[*before.end()].to_string(), "2025-10-01");
        assert_eq!(before.count(), 7);
    }

    #[test]
    fn april_stands_alone_and_march_ends_a_whole_year() {
        let months = months(40);
        let april = year_to_date(&months, 27, 4).unwrap();
        assert_eq!(april.now, 27..=27);
        assert_eq!(april.before, Some(15..=15));
        let march = year_to_date(&months, 26, 4).unwrap();
        assert_eq!(march.now, 15..=26);
        assert_eq!(march.before, Some(3..=14));
        let december = year_to_date(&months, 23, 1).unwrap();
        assert_eq!((december.now, december.before), (12..=23, Some(0..=11)));
    }

    #[test]
    fn a_series_that_begins_within_the_year_has_no_year_so_far() {
        let months = months(20);
        assert_eq!(year_to_date(&months, 1, 4), None);
        assert_eq!(year_to_date(&months, 20, 4), None);
        let first = year_to_date(&months, 5, 4).unwrap();
        assert_eq!((first.now, first.before), (3..=5, None));
    }

    #[test]
    fn flows_add_up_and_levels_are_averaged() {
        let figure = |numerator, denominator| {
            Some(Figure {
                numerator,
                denominator,
            })
        };
        let found = sum(&[figure(14.0, 96.0), figure(0.0, 0.0), figure(6.0, 104.0)]);
        assert_eq!(found, figure(20.0, 200.0));
        assert_eq!(mean(&[Some(10.0), Some(20.0), Some(60.0)]), Some(30.0));
    }

    #[test]
    fn a_month_that_is_not_known_leaves_the_year_unknown() {
        let figure = Some(Figure {
            numerator: 1.0,
            denominator: 2.0,
        });
        assert_eq!(sum(&[figure, None]), None);
        assert_eq!(mean(&[Some(1.0), None]), None);
        assert_eq!(sum(&[]), None);
        assert_eq!(mean(&[]), None);
    }
}
