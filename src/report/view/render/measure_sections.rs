//! The measures of the morning briefing: a chart for each signal, one table
//! for the quiet ones, a line for each that has no figures.

use super::figure::{Caption, Figure};
use super::table::{Cell, Column, Table};
use crate::measures::worked::State;
use crate::report::chart::xmr::{XmrLine, XmrLines, XmrPoint, XmrStretch, xmr_chart};
use crate::report::chart::{Size, Words, spark};
use crate::report::format;
use crate::report::sentence::measures::{self, Sorted};
use crate::report::view::measure::{Measure, MeasureState, Point, Stretch, Unit};
use crate::report::view::morning_briefing::MorningBriefing;

/// Quiet measures side by side in one table of months.
const MEASURES_IN_TABLE: usize = 7;
/// Months beside a chart in a mail.
const RECENT_MONTHS: usize = 6;

#[derive(Debug)]
pub struct MeasuresSection {
    pub heading: String,
    /// What chance alone would give.
    pub chance: String,
    pub signals: Vec<SignalCard>,
    pub quiet: Option<QuietMeasures>,
    pub unavailable_heading: String,
    pub unavailable: Vec<UnavailableMeasure>,
}

#[derive(Debug)]
pub struct SignalCard {
    /// The id, then the finding.
    pub headline: String,
    pub commitment: String,
    pub definition: String,
    pub notes: Vec<String>,
    pub figure: Figure,
    /// The last months, for mail.
    pub recent: Table,
}

#[derive(Debug)]
pub struct QuietMeasures {
    pub heading: String,
    pub table: Table,
    pub months: Vec<Table>,
}

#[derive(Debug)]
pub struct UnavailableMeasure {
    id: String,
    title: String,
    reason: String,
}

impl MeasuresSection {
    #[must_use]
    pub fn new(view: &MorningBriefing) -> Self {
        let sorted = Sorted::new(&view.measures);
        let as_of = format::date(view.header.as_of);
        let chance = measures::chance(view.expected_false_signals);
        Self {
            heading: measures::heading(&sorted),
            chance: format::capitalised(&chance),
            signals: sorted
                .signals
                .iter()
                .enumerate()
                .map(|(place, measure)| SignalCard::new(measure, place, &as_of))
                .collect(),
            quiet: QuietMeasures::new(&sorted),
            unavailable_heading: unavailable_heading(sorted.unavailable.len()),
            unavailable: sorted
                .unavailable
                .iter()
                .filter_map(|measure| UnavailableMeasure::new(measure))
                .collect(),
        }
    }
}

impl SignalCard {
    fn new(measure: &Measure, place: usize, as_of: &str) -> Self {
        let caption = Caption {
            id: format!("measure-{}", place + 1),
            title: measures::finding(measure),
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
        Self {
            headline: format!("{} {}", measure.id, caption.title),
            commitment: format!(
                "Commitment {}, {}",
                measure.commitment, measure.commitment_title
            ),
            definition: measure.definition.clone(),
            notes: measures::notes(measure),
            figure: Figure::half(caption, draw, vec![numbers(measure, true)]),
            recent: recent(measure),
        }
    }
}

impl QuietMeasures {
    fn new(sorted: &Sorted<'_>) -> Option<Self> {
        if sorted.quiet.is_empty() {
            return None;
        }
        let of = format!("{} of {}", sorted.quiet.len(), sorted.shown());
        Some(Self {
            heading: format!("No signal in {of} measures"),
            table: quiet_table(&sorted.quiet),
            months: sorted
                .quiet
                .chunks(MEASURES_IN_TABLE)
                .map(months_table)
                .collect(),
        })
    }
}

impl UnavailableMeasure {
    /// The measure and the reason in one line.
    #[must_use]
    pub fn line(&self) -> String {
        format!("[x] {} {}: {}", self.id, self.title, self.reason)
    }

    fn new(measure: &Measure) -> Option<Self> {
        let MeasureState::Unavailable { reason } = &measure.state else {
            return None;
        };
        Some(Self {
            id: measure.id.clone(),
            title: measure.title.clone(),
            reason: reason.clone(),
        })
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
            is_withheld: matches!(point.state, State::Few | State::Stale),
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
        steps: measure.steps.iter().map(|step| step.at).collect(),
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

/// The newest months without their intervals, short enough for a mail.
fn recent(measure: &Measure) -> Table {
    let mut table = numbers(measure, false);
    table.rows.truncate(RECENT_MONTHS);
    table
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

/// What a value is made of: a part of a whole, two months, or so many cases.
fn part_titles(unit: Unit, has_part: bool) -> (&'static str, &'static str) {
    match (unit, has_part) {
        (Unit::Change, _) => ("This month", "A year before"),
        (_, true) => ("Part", "Out of"),
        (_, false) => ("", "Cases"),
    }
}

fn month_cell(point: &Point) -> Cell {
    let month = format::month_short(point.month);
    let why = match point.state {
        State::Shown => return Cell::new(month),
        State::Immature => "too young",
        State::Few => "too few cases",
        State::Stale => "not covered",
        State::Empty => "no cases",
    };
    Cell::new(format!("{month}, {why}"))
}

fn quiet_table(quiet: &[&Measure]) -> Table {
    let columns = vec![
        Column::words("Measure"),
        Column::figure("Latest"),
        Column::words("Month").on_page(),
        Column::figure("Mean").on_wide(),
        Column::figure("Limits").on_wide(),
        Column::chart("Trend"),
    ];
    let caption = "Measures without a signal; the band is the range between the limits";
    let mut table = Table::new(caption, columns);
    for measure in quiet {
        table.push(quiet_row(measure));
    }
    table
}

fn quiet_row(measure: &Measure) -> Vec<Cell> {
    let latest = measure.latest();
    let xmr = measure.xmr.as_ref();
    let limits = xmr.map(|xmr| (xmr.lower, xmr.upper));
    let values: Vec<_> = measure
        .series
        .iter()
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
        || "[x]".to_owned(),
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
        Cell::new(printed(measure, xmr.map(|xmr| xmr.centre))),
        Cell::new(range),
        Cell::chart(spark::sparkline(&values, limits)),
    ]
}

/// `, to Apr 2026` where newer months are too young: a mail shows no month.
fn held_back(measure: &Measure) -> String {
    let newest = measure.series.iter().rfind(|point| point.value.is_some());
    measure
        .latest()
        .filter(|latest| newest.is_some_and(|newest| newest.month > latest.month))
        .map(|latest| format!(", to {}", format::month_short(latest.month)))
        .unwrap_or_default()
}

/// Months down, measures across: the numbers behind the small charts.
fn months_table(measures: &[&Measure]) -> Table {
    let mut columns = vec![Column::words("Month")];
    columns.extend(measures.iter().map(|measure| Column::figure(&measure.id)));
    let (first, last) = (measures.first(), measures.last());
    let ids = [first, last].map(|m| m.map_or("", |m| m.id.as_str()));
    let caption = if ids[0] == ids[1] {
        format!("Measure {} by month", ids[0])
    } else {
        format!("Measures {} to {} by month", ids[0], ids[1])
    };
    let is_any_young = measures.iter().any(|m| m.series.iter().any(is_young));
    let young = if is_any_young {
        "; [p] provisional, too young to judge"
    } else {
        ""
    };
    let mut table = Table::new(&format!("{caption}{young}"), columns);
    let mut months: Vec<_> = measures
        .iter()
        .flat_map(|measure| measure.series.iter().map(|point| point.month))
        .collect();
    months.sort_unstable();
    months.dedup();
    for month in months.into_iter().rev() {
        let mut row = vec![Cell::new(format::month_short(month))];
        row.extend(measures.iter().map(|measure| {
            let point = measure.series.iter().find(|point| point.month == month);
            let value = printed(measure, point.and_then(|point| point.value));
            Cell::new(if point.is_some_and(is_young) {
                format!("{value} [p]")
            } else {
                value
            })
        }));
        table.push(row);
    }
    table
}

fn printed(measure: &Measure, value: Option<f64>) -> String {
    value.map_or_else(
        || "[x]".to_owned(),
        |value| measures::printed(measure, value),
    )
}

/// Posts are counted in halves, so a half is printed where there is one.
fn as_counted(amount: Option<f64>) -> String {
    amount.map_or_else(
        || "[x]".to_owned(),
        |amount| format::number(amount, usize::from(amount.fract().abs() > 0.04)),
    )
}

fn is_young(point: &Point) -> bool {
    point.is_immature && point.value.is_some()
}

fn unavailable_heading(count: usize) -> String {
    match count {
        1 => "1 measure is unavailable".to_owned(),
        n => format!("{n} measures are unavailable"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::sample;

    fn texts(row: &[Cell]) -> Vec<&str> {
        row.iter().map(|cell| cell.text.as_str()).collect()
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
    fn a_young_month_is_marked_among_the_numbers() {
        let mut measure = sample::measures::quiet(1).remove(0);
        measure.series[23].is_immature = true;
        let table = months_table(&[&measure]);
        assert!(
            table
                .caption
                .ends_with("[p] provisional, too young to judge")
        );
        assert!(table.rows[0][1].text.ends_with(" [p]"));
        assert!(!table.rows[1][1].text.contains("[p]"));
        let head = &quiet_row(&measure)[0].text;
        assert!(head.ends_with(", to Sep 2026"), "{head}");
    }

    #[test]
    fn a_half_post_is_printed_as_a_half() {
        assert_eq!(as_counted(Some(337.5)), "337.5");
        assert_eq!(as_counted(Some(1_460.0)), "1,460");
        assert_eq!(as_counted(None), "[x]");
    }
}
