//! The chart of a measure with the numbers that it draws.

use super::figure::{Caption, Figure};
use crate::measures::measure_value::State;
use crate::report::chart::xmr::{XmrLine, XmrLines, XmrPoint, XmrStretch, xmr_chart};
use crate::report::chart::{Size, Words};
use crate::report::format;
use crate::report::sentence::measures;
use crate::report::view::measure::{Measure, Point, Stretch, Unit};
use crate::table::{Cell, Column, Table};

/// Months beside a chart in a mail.
const RECENT_MONTHS: usize = 6;

/// A measure's chart; `title` is the finding, `id` unique in the page.
pub fn figure(measure: &Measure, id: String, title: String, as_of: &str) -> Figure {
    let caption = Caption {
        id,
        title,
        description: measures::description(measure),
        note: format!(
            "{}, by month; {}. Source: {}, as of {as_of}.",
            format::capitalised(format::unit_title(measure.unit)),
            measures::direction(measure.direction),
            measure.source
        ),
    };
    let (points, lines, latest) = drawing(measure);
    let draw = |words: Words<'_>, size: Size| xmr_chart(words, size, &points, &lines, &latest);
    Figure::half(caption, draw, vec![numbers(measure, true)])
}

/// The newest months without their intervals, short enough for a mail.
pub fn recent(measure: &Measure) -> Table {
    let mut table = numbers(measure, false);
    table.rows.truncate(RECENT_MONTHS);
    table
}

/// A value as its chart prints it, `[x]` for none.
pub fn printed(measure: &Measure, value: Option<f64>) -> String {
    value.map_or_else(
        || "[x]".to_owned(),
        |value| measures::printed(measure, value),
    )
}

/// Posts are counted in halves, so a half is printed where there is one.
pub fn as_counted(amount: Option<f64>) -> String {
    amount.map_or_else(
        || "[x]".to_owned(),
        |amount| format::number(amount, usize::from(amount.fract().abs() > 0.04)),
    )
}

/// What a value is made of: a part of a whole, two months, or so many cases.
pub fn part_titles(unit: Unit, has_part: bool) -> (&'static str, &'static str) {
    match (unit, has_part) {
        (Unit::Change, _) => ("This month", "A year before"),
        (_, true) => ("Part", "Out of"),
        (_, false) => ("", "Cases"),
    }
}

fn drawing(measure: &Measure) -> (Vec<XmrPoint>, XmrLines, String) {
    let signals = measure.xmr.as_ref().map_or(&[][..], |xmr| &xmr.signals);
    let points = measure
        .series
        .iter()
        .enumerate()
        .map(|(index, point)| XmrPoint {
            label: format::month_short(point.month),
            value: point.value,
            is_signal: signals.iter().any(|s| (s.from..=s.to).contains(&index)),
            is_immature: point.is_immature,
            is_withheld: matches!(point.state, State::Few | State::Stale | State::Crossing),
        })
        .collect();
    let line = |name: &str, value: f64| {
        Some(XmrLine {
            value,
            text: format!("{name} {}", measures::printed(measure, value)),
        })
    };
    let xmr = measure.xmr.as_ref();
    let lines = XmrLines {
        centre: xmr.and_then(|xmr| line("mean", xmr.centre)),
        lower: xmr.and_then(|xmr| line("lower", xmr.lower)),
        upper: xmr.and_then(|xmr| line("upper", xmr.upper)),
        target: measure.target.map(|value| XmrLine {
            value,
            text: format!("target {}", measures::target(measure, value)),
        }),
        from: xmr.map_or(0, |xmr| xmr.from),
        earlier: xmr.map_or_else(Vec::new, |xmr| xmr.earlier.iter().map(stretch).collect()),
        breaks: measure.breaks.iter().map(|found| found.at).collect(),
    };
    let latest = measure
        .latest()
        .and_then(|point| point.value)
        .map(|value| measures::printed(measure, value))
        .unwrap_or_default();
    (points, lines, latest)
}

fn stretch(stretch: &Stretch) -> XmrStretch {
    XmrStretch {
        from: stretch.from,
        to: stretch.to,
        centre: stretch.centre,
        lower: stretch.lower,
        upper: stretch.upper,
    }
}

/// The months of a measure, newest first.
fn numbers(measure: &Measure, with_interval: bool) -> Table {
    let has_part = measure.series.iter().any(|p| p.numerator.is_some());
    let has_whole = measure.series.iter().any(|p| p.denominator.is_some());
    let has_interval = with_interval && measure.series.iter().any(|p| p.interval.is_some());
    let mut columns = vec![Column::words("Month"), Column::figure("Value")];
    let (part, whole) = part_titles(measure.unit, has_part);
    columns.extend((has_part && has_whole).then(|| Column::figure(part)));
    columns.extend(has_whole.then(|| Column::figure(whole)));
    if has_interval {
        columns.extend([Column::figure("95% low"), Column::figure("95% high")]);
    }
    let caption = format!("{} {}, by month", measure.id, measure.title);
    let mut table = Table::new(&caption, columns);
    for point in measure.series.iter().rev() {
        let mut row = vec![month_cell(point), Cell::new(printed(measure, point.value))];
        let cell = |amount: Option<f64>| Cell::new(as_counted(amount));
        row.extend((has_part && has_whole).then(|| cell(point.numerator)));
        row.extend(has_whole.then(|| cell(point.denominator)));
        if has_interval {
            let ends = [
                point.interval.map(|interval| interval.low),
                point.interval.map(|interval| interval.high),
            ];
            row.extend(ends.map(|end| Cell::new(printed(measure, end))));
        }
        table.push(row);
    }
    table
}

fn month_cell(point: &Point) -> Cell {
    let month = format::month_short(point.month);
    let why = match point.state {
        State::Shown => return Cell::new(month),
        State::Immature => "provisional",
        State::Few => "too few cases",
        State::Stale => "not covered",
        State::Crossing => "crosses a break",
        State::Empty => "no cases",
    };
    Cell::new(format!("{month}, {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::sample;

    fn texts(row: &[Cell]) -> Vec<&str> {
        row.iter().map(Cell::text).collect()
    }

    #[test]
    fn a_change_on_the_year_before_is_printed_with_its_sign() {
        let mut measure = sample::measures::quiet(1).remove(0);
        measure.unit = Unit::Change;
        measure.series.truncate(1);
        let point = &mut measure.series[0];
        point.value = Some(41.2);
        point.numerator = Some(48.0);
        point.denominator = Some(34.0);
        let table = numbers(&measure, false);
        let titles: Vec<_> = table.columns.iter().map(|c| c.title.as_str()).collect();
        assert_eq!(titles, ["Month", "Value", "This month", "A year before"]);
        assert_eq!(texts(&table.rows[0]), ["Nov 2024", "+41%", "48", "34"]);
    }

    #[test]
    fn a_median_has_cases_and_no_part() {
        let mut measure = sample::measures::worsening();
        measure.series[23].denominator = Some(38.0);
        let table = numbers(&measure, false);
        assert_eq!(table.columns[2].title, "Cases");
        assert_eq!(texts(&table.rows[0]), ["Oct 2026", "482", "38"]);
    }

    #[test]
    fn a_half_post_is_printed_as_a_half() {
        assert_eq!(as_counted(Some(337.5)), "337.5");
        assert_eq!(as_counted(Some(1_460.0)), "1,460");
        assert_eq!(as_counted(None), "[x]");
    }
}
