//! The commitment scorecard as a page: every word and table, before any
//! markup.

use super::bridge_section::BridgeSection;
use super::briefing;
use super::context_sections::TrustSection;
use super::measure_rows;
use super::measure_sections::UnavailableMeasure;
use super::page_header::{PageHeader, Question};
use super::scorecard_card::MeasureCard;
use crate::report::format;
use crate::report::sentence::measures::{self, Sorted};
use crate::report::sentence::{data_quality, scorecard as say, stale_notice};
use crate::report::view::commitment_scorecard::{Commitment, CommitmentScorecard};
use crate::report::view::measure::Measure;
use crate::table::{Cell, Column, Table};

#[derive(Debug)]
pub struct ScorecardPage {
    pub furniture: PageHeader,
    /// What the subject says after the date.
    pub in_short: String,
    pub lead: Vec<Question>,
    pub heading: String,
    /// What chance alone would give.
    pub chance: String,
    pub overview: Table,
    pub sections: Vec<CommitmentSection>,
    pub bridge: BridgeSection,
    /// Definitions that do not hold, a line each.
    pub broken: Vec<String>,
    pub trust: TrustSection,
}

#[derive(Debug)]
pub struct CommitmentSection {
    /// `commitment-6`.
    pub id: String,
    /// `Commitment 6, targeting perpetrators`.
    pub kicker: String,
    pub heading: String,
    pub in_brief: String,
    /// `1 signal in 6 measures that can be tested`.
    pub finding: String,
    pub table: Option<Table>,
    pub cards: Vec<MeasureCard>,
    pub unavailable: Vec<UnavailableMeasure>,
}

impl ScorecardPage {
    pub fn new(view: &CommitmentScorecard) -> Self {
        let furniture = PageHeader::new("Commitment scorecard", &view.header);
        let shown = judged(view);
        let sorted = Sorted::new(&shown);
        Self {
            in_short: in_short(view, &sorted),
            lead: lead(view, &sorted, &furniture),
            heading: measures::heading(&sorted),
            chance: format::capitalised(&measures::chance(view.expected_false_signals)),
            overview: overview(view),
            sections: sections(view),
            bridge: BridgeSection::new(&view.bridge),
            broken: view.broken.iter().map(say::broken).collect(),
            trust: TrustSection::new(&view.sources, &view.checks, view.header.as_of),
            furniture,
        }
    }

    /// The first screen in plain text.
    pub fn lead_text(&self) -> String {
        briefing::lead_text(&self.lead)
    }
}

impl CommitmentSection {
    fn new(commitment: &Commitment, as_of: &str) -> Self {
        let measures = of(commitment);
        let sorted = Sorted::new(&measures);
        let shown: Vec<&Measure> = measures.iter().filter(|m| m.is_shown()).collect();
        Self {
            id: anchor(commitment),
            kicker: say::kicker(commitment),
            heading: commitment.title.clone(),
            in_brief: commitment.in_brief.clone(),
            finding: measures::heading(&sorted),
            table: (!shown.is_empty()).then(|| table(commitment, &shown)),
            cards: commitment
                .measures
                .iter()
                .filter(|detailed| detailed.measure.is_shown())
                .map(|detailed| MeasureCard::new(detailed, as_of))
                .collect(),
            unavailable: measures
                .iter()
                .filter_map(UnavailableMeasure::new)
                .collect(),
        }
    }
}

fn sections(view: &CommitmentScorecard) -> Vec<CommitmentSection> {
    let as_of = format::date(view.header.as_of);
    let new = |commitment| CommitmentSection::new(commitment, &as_of);
    view.commitments.iter().map(new).collect()
}

fn of(commitment: &Commitment) -> Vec<Measure> {
    let measures = commitment.measures.iter();
    measures.map(|detailed| detailed.measure.clone()).collect()
}

/// The measures that the force is judged by: not what others publish.
fn judged(view: &CommitmentScorecard) -> Vec<Measure> {
    let of_plan = view.commitments.iter().filter(|c| c.number > 0);
    of_plan.flat_map(of).collect()
}

fn anchor(commitment: &Commitment) -> String {
    format!("commitment-{}", commitment.number)
}

/// The measures of a commitment, each leading to its card.
fn table(commitment: &Commitment, shown: &[&Measure]) -> Table {
    let caption = format!(
        "{}; the band is the range between the limits",
        commitment.title
    );
    let mut table = measure_rows::table(&caption, shown);
    for (row, measure) in table.rows.iter_mut().zip(shown) {
        let head = std::mem::take(&mut row[0]);
        row[0] = head.target(format!("#{}", super::scorecard_card::anchor(measure)));
    }
    table
}

/// A row per commitment.
fn overview(view: &CommitmentScorecard) -> Table {
    let columns = vec![
        Column::words("Commitment"),
        Column::figure("Measures").on_wide(),
        Column::figure("Improving"),
        Column::figure("Worsening"),
        Column::figure("Other signals").on_page(),
        Column::figure("Better than a year ago"),
        Column::figure("Worse than a year ago"),
        Column::figure("No figures"),
    ];
    let mut table = Table::new("The commitments by number of measures", columns);
    for commitment in &view.commitments {
        let measures = of(commitment);
        let counts = say::Counts::new(&measures);
        let name = match commitment.number {
            0 => commitment.title.clone(),
            number => format!("{number} {}", commitment.title),
        };
        let figure = |count: usize| Cell::new(format::count(count as u64)).strong(count > 0);
        table.push(vec![
            Cell::new(name).target(format!("#{}", anchor(commitment))),
            Cell::new(format::count(measures.len() as u64)),
            figure(counts.improving),
            figure(counts.worsening),
            figure(counts.other),
            figure(counts.better),
            figure(counts.worse),
            figure(counts.unavailable),
        ]);
    }
    table
}

fn lead(view: &CommitmentScorecard, sorted: &Sorted<'_>, furniture: &PageHeader) -> Vec<Question> {
    let as_of = view.header.as_of;
    vec![
        furniture.question(
            "What changed",
            vec![measures::lead(sorted, view.expected_false_signals)],
        ),
        furniture.question("Are targets met", vec![say::targets(sorted)]),
        furniture.question("What is missing", vec![say::missing(sorted, &view.broken)]),
        furniture.question(
            "Can I trust it",
            vec![data_quality::lead(&view.sources, &view.checks, as_of)],
        ),
    ]
}

fn in_short(view: &CommitmentScorecard, sorted: &Sorted<'_>) -> String {
    let mut parts = vec![measures::signals(sorted.signals.len())];
    parts.extend(say::unavailable_in_short(sorted));
    parts.extend(view.header.stale.as_ref().map(stale_notice::in_short));
    if view.header.is_synthetic {
        parts.push("synthetic data".to_owned());
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests;
