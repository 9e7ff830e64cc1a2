//! Measures in a row each: the newest month, the mean, the limits, the year
//! before, the trend.

use super::measure_figure::printed;
use crate::report::chart::spark;
use crate::report::format;
use crate::report::sentence::{changed, measures};
use crate::report::view::measure::{Measure, MeasureState};
use crate::table::{Cell, Column, Table};

/// A table of measures under a caption.
pub fn table(caption: &str, shown: &[&Measure]) -> Table {
    let columns = vec![
        Column::words("Measure"),
        Column::figure("Latest"),
        Column::words("Month").on_page(),
        Column::figure("Mean").on_wide(),
        Column::figure("Limits").on_wide(),
        Column::figure("Year, and before").on_wide(),
        Column::chart("Trend"),
    ];
    let mut table = Table::new(caption, columns);
    for measure in shown {
        table.push(row(measure));
    }
    table
}

/// One row of it.
pub fn row(measure: &Measure) -> Vec<Cell> {
    let latest = measure.latest();
    let xmr = measure.xmr.as_ref();
    let limits = xmr.map(|xmr| (xmr.lower, xmr.upper));
    let values: Vec<_> = measure
        .series
        .iter()
        // The months on this side of a break, for which the band holds.
        .skip(xmr.map_or(0, |xmr| xmr.from))
        .map(|point| point.value.filter(|_| !point.is_immature))
        .collect();
    let mut head = Cell::new(format!(
        "{} {}{}",
        measure.id,
        measure.title,
        held_back(measure)
    ));
    if let MeasureState::Immature { reason } = &measure.state {
        head = head.note(reason.as_str());
    }
    if let Some(trial) = xmr.and_then(measures::trial) {
        head = head.note(trial);
    }
    // A month stays on one line.
    let month = latest.map_or_else(
        || "[x]".to_owned(),
        |p| format::month_short(p.month).replace(' ', "\u{A0}"),
    );
    let range = limits.map_or_else(
        || "[z]".to_owned(),
        |(lower, upper)| {
            let lower = measures::printed(measure, lower);
            let lower = lower.strip_suffix('%').unwrap_or(&lower).to_owned();
            format!("{lower} to {}", measures::printed(measure, upper))
        },
    );
    vec![
        head,
        Cell::new(printed(measure, latest.and_then(|point| point.value))).strong(true),
        Cell::new(month),
        Cell::new(xmr.map_or_else(
            || "[z]".to_owned(),
            |xmr| measures::printed(measure, xmr.centre),
        )),
        Cell::new(range),
        year(measure),
        Cell::chart(spark::sparkline(&values, limits)),
    ]
}

/// The newest year and the one before it, or two months' ends; strong where they
/// differ by more than chance.
fn year(measure: &Measure) -> Cell {
    let year = measure.year_on_year.as_ref();
    let text = year.map_or_else(
        || "[x]".to_owned(),
        |year| changed::in_short(measure.unit, year).replace(", against ", ", "),
    );
    Cell::new(text).strong(measure.differs_from_year_before())
}

/// `, to Apr 2026` where newer months are provisional: a mail shows no month.
fn held_back(measure: &Measure) -> String {
    let newest = measure.series.iter().rfind(|point| point.value.is_some());
    measure
        .latest()
        .filter(|latest| newest.is_some_and(|newest| newest.month > latest.month))
        .map(|latest| format!(", to {}", format::month_short(latest.month)))
        .unwrap_or_default()
}
