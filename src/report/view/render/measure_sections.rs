//! The measures of the morning briefing: a chart for each signal, a table for
//! those that differ from a year ago, the quiet ones and those that cannot be
//! tested, a line for each that has no figures.

use super::figure::Figure;
use super::measure_figure::{figure, printed, recent};
use super::measure_rows;
use crate::report::format;
use crate::report::sentence::measures::{self, Sorted};
use crate::report::view::commitment_scorecard::BrokenMeasure;
use crate::report::view::measure::{Measure, MeasureState, Point};
use crate::report::view::morning_briefing::MorningBriefing;
use crate::table::{Cell, Column, Table};

/// Measures side by side in one table of months.
const MEASURES_IN_TABLE: usize = 7;
#[derive(Debug)]
pub struct MeasuresSection {
    pub heading: String,
    /// What chance alone would give.
    pub chance: String,
    pub signals: Vec<SignalCard>,
    /// Those without a signal, by what is known of them.
    pub others: Vec<OtherMeasures>,
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
pub struct OtherMeasures {
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
            others: OtherMeasures::all(&sorted),
            unavailable_heading: unavailable_heading(sorted.unavailable.len() + view.broken.len()),
            unavailable: sorted
                .unavailable
                .iter()
                .filter_map(|measure| UnavailableMeasure::new(measure))
                .chain(view.broken.iter().map(UnavailableMeasure::broken))
                .collect(),
        }
    }
}

impl SignalCard {
    fn new(measure: &Measure, place: usize, as_of: &str) -> Self {
        let finding = measures::finding(measure);
        Self {
            headline: format!("{} {finding}", measure.id),
            commitment: format!(
                "Commitment {}, {}",
                measure.commitment, measure.commitment_title
            ),
            definition: measure.definition.clone(),
            notes: measures::notes(measure),
            figure: figure(measure, format!("measure-{}", place + 1), finding, as_of),
            recent: recent(measure),
        }
    }
}

impl OtherMeasures {
    fn all(sorted: &Sorted<'_>) -> Vec<Self> {
        const BAND: &str = "the band is the range between the limits";
        [
            (
                &sorted.differing,
                "without a signal, further from a year ago than chance",
                BAND,
            ),
            (
                &sorted.quiet,
                "without a signal, and no further from a year ago than chance",
                BAND,
            ),
            (
                &sorted.levels,
                "at a level, which no signal is looked for in",
                "each beside a year ago",
            ),
            (
                &sorted.short,
                "with too few months in a row to test",
                "each beside a year ago",
            ),
        ]
        .into_iter()
        .filter(|(measures, ..)| !measures.is_empty())
        .map(|(measures, what, band)| Self::new(measures, what, band))
        .collect()
    }

    fn new(measures: &[&Measure], what: &str, band: &str) -> Self {
        let many = format::plural(measures.len() as u64, "measure", "measures");
        let heading = format!("{many} {what}");
        Self {
            table: measure_rows::table(&format!("{heading}; {band}"), measures),
            months: measures
                .chunks(MEASURES_IN_TABLE)
                .map(months_table)
                .collect(),
            heading,
        }
    }
}

impl UnavailableMeasure {
    /// The measure and the reason in one line.
    pub fn line(&self) -> String {
        let title = Some(self.title.as_str()).filter(|title| !title.is_empty());
        let title = title.map_or_else(String::new, |title| format!(" {title}"));
        format!("[x] {}{title}: {}", self.id, self.reason)
    }

    fn broken(broken: &BrokenMeasure) -> Self {
        Self {
            id: broken.name.clone(),
            title: String::new(),
            reason: format!("its definition does not hold: {}", broken.problem),
        }
    }

    pub fn new(measure: &Measure) -> Option<Self> {
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
        "; [p] provisional"
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

    #[test]
    fn a_young_month_is_marked_among_the_numbers() {
        let mut measure = sample::measures::quiet(1).remove(0);
        measure.series[23].is_immature = true;
        let table = months_table(&[&measure]);
        assert!(table.caption.ends_with("[p] provisional"));
        assert!(table.rows[0][1].text().ends_with(" [p]"));
        assert!(!table.rows[1][1].text().contains("[p]"));
        let row = measure_rows::row(&measure);
        let head = row[0].text();
        assert!(head.ends_with(", to Sep 2026"), "{head}");
    }
}
