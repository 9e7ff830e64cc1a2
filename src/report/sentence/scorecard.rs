//! What the scorecard says of all its measures together.

use super::Sentence;
use super::measures::Sorted;
use crate::report::format;
use crate::report::view::commitment_scorecard::{BrokenMeasure, Commitment};
use crate::report::view::measure::{Assurance, Measure, Reading};

/// How the measures of a commitment read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub improving: usize,
    pub worsening: usize,
    /// Signals of measures that have no good direction.
    pub other: usize,
    /// Further from the year before than chance would do, whatever the signals.
    pub better: usize,
    pub worse: usize,
    pub unavailable: usize,
}

impl Counts {
    pub fn new(measures: &[Measure]) -> Self {
        let mut counts = Self::default();
        for measure in measures.iter().filter(|measure| measure.is_shown()) {
            match measure.year_reading() {
                Reading::Improving => counts.better += 1,
                Reading::Worsening => counts.worse += 1,
                _ => {}
            }
        }
        for measure in measures {
            match measure.reading() {
                _ if !measure.is_shown() => counts.unavailable += 1,
                Reading::Improving => counts.improving += 1,
                Reading::Worsening => counts.worsening += 1,
                Reading::Rising | Reading::Falling => counts.other += 1,
                Reading::NoSignal => {}
            }
        }
        counts
    }
}

/// `Commitment 6, targeting perpetrators`.
pub fn kicker(commitment: &Commitment) -> String {
    if commitment.number == 0 {
        return "For comparison".to_owned();
    }
    let pillar = commitment
        .pillar
        .as_deref()
        .map_or_else(String::new, |pillar| {
            format!(", {}", format::inside_a_sentence(pillar))
        });
    format!("Commitment {}{pillar}", commitment.number)
}

/// The lead sentence about targets: only what limits can tell is told.
pub fn targets(sorted: &Sorted<'_>) -> Sentence {
    let shown = || sorted.shown();
    let with = shown().filter(|measure| measure.target.is_some()).count() as u64;
    if with == 0 {
        return Sentence::new("No measure", " has a target.", "#measures");
    }
    let settled = |wanted| {
        let is = |measure: &&Measure| measure.assurance == Some(wanted) && !measure.has_signal();
        shown().filter(is).count() as u64
    };
    let linked = format::plural(with, "measure has a target", "measures have targets");
    let parts: Vec<String> = [
        (settled(Assurance::WillBeMet), "will be met"),
        (settled(Assurance::WillBeMissed), "will be missed"),
        (settled(Assurance::HitOrMiss), "may be hit or missed"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{} {what}", format::count_in_words(count)))
    .collect();
    let judged: u64 = [
        Assurance::WillBeMet,
        Assurance::WillBeMissed,
        Assurance::HitOrMiss,
    ]
    .map(settled)
    .iter()
    .sum();
    let after = match with - judged {
        _ if judged == 0 => "; none can be judged: changing, or without limits.".to_owned(),
        0 => format!(": as things stand {}.", format::list_in_words(&parts)),
        others => format!(
            ": as things stand {}; {} cannot be judged, changing or without limits.",
            format::list_in_words(&parts),
            format::count_in_words(others)
        ),
    };
    Sentence::new(&linked, &after, "#measures")
}

/// The lead sentence about what could not be told.
pub fn missing(sorted: &Sorted<'_>, broken: &[BrokenMeasure]) -> Sentence {
    let young = sorted
        .shown()
        .filter(|measure| measure.latest().is_none())
        .count() as u64;
    let mut parts = Vec::new();
    let count =
        |count: u64, one: &str, many: &str| (count > 0).then(|| format::plural(count, one, many));
    let unavailable = sorted.unavailable.len() as u64;
    parts.extend(count(
        unavailable,
        "measure has no figures",
        "measures have no figures",
    ));
    parts.extend(count(
        young,
        "measure has no month old enough to judge",
        "measures have no month old enough to judge",
    ));
    parts.extend(count(
        broken.len() as u64,
        "definition does not hold",
        "definitions do not hold",
    ));
    if parts.is_empty() {
        return Sentence::new("Nothing", ": every measure has a figure.", "#measures");
    }
    let first = parts.remove(0);
    parts.insert(0, String::new());
    Sentence::new(&first, &format!("{}.", parts.join("; ")), "#measures")
}

/// `4 without figures`, for a subject line.
pub fn unavailable_in_short(sorted: &Sorted<'_>) -> Option<String> {
    let count = sorted.unavailable.len();
    (count > 0).then(|| format!("{count} without figures"))
}

/// One line of a definition that does not hold.
pub fn broken(broken: &BrokenMeasure) -> String {
    format!(
        "[x] {}: its definition does not hold: {}",
        broken.name, broken.problem
    )
}
