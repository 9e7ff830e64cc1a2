//! The force's own published series, for context: no direction is good or bad.

use crate::report::format;
use crate::report::view::source::{MonthCount, PublishedSeries};

/// The finding: the newest twelve months against the twelve before.
#[must_use]
pub fn finding(series: &PublishedSeries) -> String {
    let Some(last) = series.months.last() else {
        return format!("{}: no figures yet", series.title);
    };
    let Some(newest) = mean_of_last(&series.months, 0) else {
        let month = format::month(last.month);
        return format!("{}: {} in {month}", series.title, format::count(last.count));
    };
    let change = mean_of_last(&series.months, 12)
        .filter(|before| *before > 0.0)
        .map(|before| compared(newest, before))
        .unwrap_or_default();
    format!(
        "{}: {} a month in the year to {}{change}",
        series.title,
        format::mean(newest),
        format::month(last.month)
    )
}

/// What the chart shows, for those who cannot see it.
#[must_use]
pub fn description(series: &PublishedSeries) -> String {
    let (Some(first), Some(last)) = (series.months.first(), series.months.last()) else {
        return "No figures yet.".to_owned();
    };
    let low = series.months.iter().map(|month| month.count).min();
    let high = series.months.iter().map(|month| month.count).max();
    format!(
        "Line chart by month, {} to {}, with the mean of twelve months. Lowest {}, highest {}, \
         last {}.",
        format::month(first.month),
        format::month(last.month),
        format::count(low.unwrap_or_default()),
        format::count(high.unwrap_or_default()),
        format::count(last.count)
    )
}

fn compared(newest: f64, before: f64) -> String {
    let change = (newest / before - 1.0) * 100.0;
    if change.abs() < 0.5 {
        return ", as in the year before it".to_owned();
    }
    let word = if change > 0.0 { "more" } else { "fewer" };
    format!(
        ", {}% {word} than in the year before it",
        format::number(change.abs(), 0)
    )
}

/// Mean of twelve months, `skipped` months before the end.
fn mean_of_last(months: &[MonthCount], skipped: usize) -> Option<f64> {
    let end = months.len().checked_sub(skipped)?;
    let start = end.checked_sub(12)?;
    let total: u64 = months[start..end].iter().map(|month| month.count).sum();
    Some(format::ratio(total, 12))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::sample;

    #[test]
    fn the_last_year_stands_against_the_year_before() {
        let mut series = sample::published();
        for (index, month) in series.months.iter_mut().rev().enumerate() {
            month.count = if index < 12 { 1_030 } else { 1_000 };
        }
        assert_eq!(
            finding(&series),
            "VAWG offences recorded in London: 1,030 a month in the year to May 2025, 3% more \
             than in the year before it"
        );
    }

    #[test]
    fn short_and_empty_series_claim_nothing() {
        let mut series = sample::published();
        series.months.truncate(1);
        assert!(finding(&series).contains(" in "));
        series.months.clear();
        assert!(finding(&series).ends_with("no figures yet"));
        assert_eq!(description(&series), "No figures yet.");
    }
}
