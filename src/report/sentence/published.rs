//! The force's own published series, for context: no direction is good or bad.

use super::breaks;
use crate::report::format;
use crate::report::view::source::{MonthCount, PublishedSeries};

/// The finding: the newest twelve months against the twelve before.
pub fn finding(series: &PublishedSeries) -> String {
    let Some(last) = series.months.last() else {
        return format!("{}: no figures yet", series.title);
    };
    let year = of_last(&series.months, 12).filter(|year| series.crossed(year).is_none());
    let Some(newest) = year.map(mean) else {
        let month = format::month(last.month);
        return format!("{}: {} in {month}", series.title, format::count(last.count));
    };
    let change = of_last(&series.months, 24)
        .map(|both| against_before(series, both, newest))
        .unwrap_or_default();
    format!(
        "{}: {} a month in the year to {}{change}",
        series.title,
        format::mean(newest),
        format::month(last.month)
    )
}

/// What the chart shows, for those who cannot see it.
pub fn description(series: &PublishedSeries) -> String {
    let (Some(first), Some(last)) = (series.months.first(), series.months.last()) else {
        return "No figures yet.".to_owned();
    };
    let low = series.months.iter().map(|month| month.count).min();
    let high = series.months.iter().map(|month| month.count).max();
    let mut said = format!(
        "Line chart by month, {} to {}, with the mean of twelve months. Lowest {}, highest {}, \
         last {}.",
        format::month(first.month),
        format::month(last.month),
        format::count(low.unwrap_or_default()),
        format::count(high.unwrap_or_default()),
        format::count(last.count)
    );
    for found in &series.breaks {
        let reason = breaks::reason(found.date, &found.what);
        said.push_str(" Both lines are broken, for ");
        said.push_str(&reason);
        said.push('.');
    }
    said
}

/// The year against the one before it, unless a break lies between.
fn against_before(series: &PublishedSeries, both: &[MonthCount], newest: f64) -> String {
    if series.crossed(both).is_some() {
        return ", not compared with the year before it".to_owned();
    }
    let before = mean(&both[..12]);
    if before > 0.0 {
        compared(newest, before)
    } else {
        String::new()
    }
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

fn of_last(months: &[MonthCount], number: usize) -> Option<&[MonthCount]> {
    months.len().checked_sub(number).map(|from| &months[from..])
}

fn mean(year: &[MonthCount]) -> f64 {
    let total: u64 = year.iter().map(|month| month.count).sum();
    format::ratio(total, year.len() as u64)
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
