//! What the measures say: findings for signals, quiet for the rest.

use super::{Sentence, signal};
use crate::measures::worked::State;
use crate::report::format;
use crate::report::view::measure::{
    Assurance, Direction, Measure, MeasureState, Reading, Unit, Xmr,
};

/// Measures sorted into those with a signal (worsening first), those without,
/// and those without figures.
#[derive(Debug, Default)]
pub struct Sorted<'a> {
    pub signals: Vec<&'a Measure>,
    pub quiet: Vec<&'a Measure>,
    pub unavailable: Vec<&'a Measure>,
}

impl<'a> Sorted<'a> {
    #[must_use]
    pub fn new(measures: &'a [Measure]) -> Self {
        let mut sorted = Self::default();
        for measure in measures {
            if !measure.is_shown() {
                sorted.unavailable.push(measure);
            } else if measure.has_signal() {
                sorted.signals.push(measure);
            } else {
                sorted.quiet.push(measure);
            }
        }
        sorted
            .signals
            .sort_by_key(|measure| urgency(measure.reading()));
        sorted
    }

    #[must_use]
    pub fn shown(&self) -> usize {
        self.signals.len() + self.quiet.len()
    }
}

/// The lead sentence about the measures.
#[must_use]
pub fn lead(sorted: &Sorted<'_>, expected_false: f64) -> Sentence {
    let shown = sorted.shown();
    let chance = chance(expected_false);
    if shown == 0 {
        return Sentence::new("No measure", " has figures yet.", "#measures");
    }
    if sorted.signals.is_empty() {
        let linked = format!("No signal in {shown} of {}", measures(shown));
        return Sentence::new(&linked, &format!("; {chance}."), "#measures");
    }
    let linked = format!("{} in {}", signals(sorted.signals.len()), measures(shown));
    let after = format!(": {}; {chance}.", named(sorted));
    Sentence::new(&linked, &after, "#measures")
}

/// The heading of the measures' section.
#[must_use]
pub fn heading(sorted: &Sorted<'_>) -> String {
    let shown = sorted.shown();
    match (sorted.signals.len(), shown) {
        (_, 0) => "No measure has figures yet".to_owned(),
        (0, _) => format!("No signal in {shown} of {}", measures(shown)),
        (n, _) => format!("A signal in {n} of {}", measures(shown)),
    }
}

/// `2 signals`, for a subject line.
#[must_use]
pub fn signals(count: usize) -> String {
    match count {
        0 => "no signal".to_owned(),
        1 => "1 signal".to_owned(),
        n => format!("{n} signals"),
    }
}

/// `VAWG crimes charged: improving, 8 months in a row above the mean`.
#[must_use]
pub fn finding(measure: &Measure) -> String {
    let reading = signal::reading(measure);
    match signal::evidence(measure) {
        Some(evidence) => format!("{}: {reading}, {evidence}", measure.title),
        None => format!("{}: {reading}", measure.title),
    }
}

#[must_use]
pub fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "higher is better",
        Direction::Down => "lower is better",
        Direction::Context => "neither direction is good or bad",
    }
}

/// What the chart shows, for those who cannot see it.
#[must_use]
pub fn description(measure: &Measure) -> String {
    let mut parts = vec![span(measure)];
    if let Some(point) = measure.latest() {
        parts.push(format!(
            "Latest {}, {}.",
            printed_in_words(measure, point.value.unwrap_or(f64::NAN)),
            format::month(point.month)
        ));
    }
    if let Some(xmr) = &measure.xmr {
        parts.push(format!(
            "Mean {}, limits {} to {}.",
            printed(measure, xmr.centre),
            printed(measure, xmr.lower),
            printed(measure, xmr.upper)
        ));
    }
    if let Some(evidence) = signal::evidence(measure).filter(|_| measure.has_signal()) {
        parts.push(format!("Signal: {evidence}."));
    }
    parts.join(" ")
}

/// Notes beneath a chart: trial limits, young cohorts, target and baseline.
#[must_use]
pub fn notes(measure: &Measure) -> Vec<String> {
    let mut notes = Vec::new();
    if let MeasureState::Immature { reason } = &measure.state {
        notes.push(reason.clone());
    }
    if let Some(xmr) = &measure.xmr {
        notes.extend(trial(xmr));
        if signal::is_unsettled(measure, xmr) {
            let note = "Most of its months are signals: the mean and limits do not describe a \
                        steady level.";
            notes.push(note.to_owned());
        }
        if xmr.drops_extreme_ranges {
            notes.push("Extreme moving ranges are left out of the limits.".to_owned());
        }
    }
    notes.extend(without_figure(measure));
    notes.extend(steps(measure));
    if let Some(target) = measure.target {
        notes.push(target_in_words(measure, target));
    }
    if let Some(baseline) = &measure.baseline {
        notes.push(format!("Published baseline: {baseline}."));
    }
    notes
}

/// The known changes of the process, by their numbers on the chart.
fn steps(measure: &Measure) -> impl Iterator<Item = String> {
    measure.steps.iter().enumerate().map(|(number, step)| {
        let reason = step.reason.trim_end_matches('.');
        format!(
            "Known change {}, {}: {reason}; limits start anew.",
            number + 1,
            format::date(step.date)
        )
    })
}

/// Months that are told without a figure, and why.
fn without_figure(measure: &Measure) -> Vec<String> {
    let count = |state| {
        let of_state = measure.series.iter().filter(|point| point.state == state);
        of_state.count() as u64
    };
    let told = |state, one: &str, many: &str| {
        let months = count(state);
        let number = format::capitalised(&format::count_in_words(months));
        match months {
            0 => None,
            1 => Some(format!("{number} month {one} and has no figure.")),
            _ => Some(format!("{number} months {many} and have no figure.")),
        }
    };
    [
        told(
            State::Few,
            "rests on too few cases",
            "rest on too few cases",
        ),
        told(
            State::Stale,
            "is not covered whole by the extracts",
            "are not covered whole by the extracts",
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Limits that rest on few months.
#[must_use]
pub fn trial(xmr: &Xmr) -> Option<String> {
    let points = format::plural(xmr.points.into(), "month", "months");
    xmr.is_trial
        .then(|| format!("Trial limits, from {points}; they may still move."))
}

/// A value with the decimals its limits call for: `7.35%` where they stand less
/// than one percentage point apart, `7.4%` elsewhere.
#[must_use]
pub fn printed(measure: &Measure, value: f64) -> String {
    let is_narrow = measure
        .xmr
        .as_ref()
        .is_some_and(|xmr| xmr.upper - xmr.lower < 1.0);
    if measure.unit == Unit::Percent && is_narrow {
        return format!("{}%", format::number(value, 2));
    }
    format::value(measure.unit, value)
}

/// A target as it was set: `100%`, not `100.0%`.
#[must_use]
pub fn target(measure: &Measure, target: f64) -> String {
    if measure.unit == Unit::Percent && target.fract().abs() < 1e-9 {
        return format!("{}%", format::number(target, 0));
    }
    format::value_in_words(measure.unit, target)
}

/// `chance alone would give about 0.1 a month`.
#[must_use]
pub fn chance(expected_false: f64) -> String {
    if expected_false < 0.05 {
        "chance alone would give fewer than 0.1 a month".to_owned()
    } else {
        format!(
            "chance alone would give about {} a month",
            format::number(expected_false, 1)
        )
    }
}

fn named(sorted: &Sorted<'_>) -> String {
    const NAMED: usize = 3;
    let names: Vec<String> = sorted
        .signals
        .iter()
        .take(NAMED)
        .map(|m| format!("{} is {}", quoted(&m.title), signal::reading(m)))
        .collect();
    let names = format::list_in_words(&names);
    match sorted.signals.len().saturating_sub(NAMED) {
        0 => names,
        rest => format!("{names}; {rest} more on the page"),
    }
}

fn quoted(title: &str) -> String {
    format!("“{title}”")
}

fn target_in_words(measure: &Measure, value: f64) -> String {
    let target = target(measure, value);
    if measure.has_signal() && measure.assurance.is_some() {
        return format!(
            "Target: {target}; while the measure is changing, its limits do not say whether it \
             will be met."
        );
    }
    format!("Target: {target}{}.", outlook(measure))
}

/// What the limits say of the target, to follow it; nothing without both.
pub(super) fn outlook(measure: &Measure) -> &'static str {
    match measure.assurance {
        Some(Assurance::WillBeMet) => ", which will be met consistently as things stand",
        Some(Assurance::WillBeMissed) => ", which will be missed consistently as things stand",
        Some(Assurance::HitOrMiss) => ", which will be hit or missed by chance as things stand",
        None => "",
    }
}

pub(super) fn printed_in_words(measure: &Measure, value: f64) -> String {
    match measure.unit {
        Unit::Days | Unit::PerThousand => format::value_in_words(measure.unit, value),
        Unit::Percent | Unit::Change | Unit::Count | Unit::Ratio => printed(measure, value),
    }
}

fn span(measure: &Measure) -> String {
    match measure.series.as_slice() {
        [] => "No figures yet.".to_owned(),
        [only] => format!("One month, {}.", format::month(only.month)),
        [first, .., last] => format!(
            "Line chart by month, {} to {}.",
            format::month(first.month),
            format::month(last.month)
        ),
    }
}

fn measures(count: usize) -> String {
    if count == 1 {
        "1 measure".to_owned()
    } else {
        format!("{count} measures")
    }
}

fn urgency(reading: Reading) -> u8 {
    match reading {
        Reading::Worsening => 0,
        Reading::Improving => 1,
        Reading::Rising | Reading::Falling => 2,
        Reading::NoSignal => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sentence::signal::signal_in_words;
    use crate::report::view::measure::{Side, Signal, SignalKind};
    use crate::report::view::sample;

    #[test]
    fn a_quiet_month_is_a_good_briefing() {
        let measures = sample::measures::quiet(7);
        let sorted = Sorted::new(&measures);
        assert_eq!(
            lead(&sorted, 0.09).text(),
            "No signal in 7 of 7 measures; chance alone would give about 0.1 a month."
        );
        assert_eq!(heading(&sorted), "No signal in 7 of 7 measures");
        assert_eq!(signals(sorted.signals.len()), "no signal");
    }

    #[test]
    fn signals_are_named_worsening_first() {
        let measures = sample::measures::mixed();
        let sorted = Sorted::new(&measures);
        assert_eq!(
            lead(&sorted, 0.09).text(),
            "2 signals in 6 measures: “Rape: median days, recorded to charge” is worsening and \
             “VAWG crimes charged” is improving; chance alone would give about 0.1 a month."
        );
        assert_eq!(heading(&sorted), "A signal in 2 of 6 measures");
    }

    #[test]
    fn no_figures_is_not_no_signal() {
        let sorted = Sorted::new(&[]);
        assert_eq!(lead(&sorted, 0.0).text(), "No measure has figures yet.");
        assert_eq!(heading(&sorted), "No measure has figures yet");
    }

    #[test]
    fn a_finding_names_its_evidence() {
        let measure = sample::measures::improving();
        assert_eq!(
            finding(&measure),
            "VAWG crimes charged: improving, 8 months in a row above the mean"
        );
        let signal = Signal {
            kind: SignalKind::Outside,
            side: Side::Below,
            from: 23,
            to: 23,
        };
        assert_eq!(
            signal_in_words(&measure, signal),
            "October 2026 below the lower limit"
        );
        let near = Signal {
            kind: SignalKind::TwoOfThree,
            side: Side::Below,
            from: 21,
            to: 23,
        };
        assert_eq!(
            signal_in_words(&measure, near),
            "2 of 3 months to October 2026 near the lower limit"
        );
        let beyond = Signal { to: 900, ..signal };
        assert!(signal_in_words(&measure, beyond).contains("the last month"));
    }

    #[test]
    fn a_target_is_not_judged_while_the_measure_changes() {
        let mut measure = sample::measures::improving();
        measure.target = Some(10.0);
        measure.assurance = Some(Assurance::WillBeMissed);
        let changing = notes(&measure).join(" ");
        assert!(changing.contains("Target: 10%; while the measure is changing"));
        measure.xmr.as_mut().expect("set").reading = Reading::NoSignal;
        assert!(notes(&measure).join(" ").contains("missed consistently"));
    }

    #[test]
    fn limits_that_signals_overrun_are_named_as_such() {
        let mut measure = sample::measures::improving();
        assert!(!notes(&measure).join(" ").contains("steady level"));
        measure.xmr.as_mut().expect("set").signals[0].from = 4;
        assert!(notes(&measure).join(" ").contains("steady level"));
    }

    #[test]
    fn narrow_limits_call_for_two_decimals() {
        let mut measure = sample::measures::improving();
        assert_eq!(printed(&measure, 7.352), "7.4%");
        measure.xmr.as_mut().expect("set").lower = 7.8;
        assert_eq!(printed(&measure, 7.352), "7.35%");
    }

    #[test]
    fn up_to_three_signals_are_named_and_the_rest_counted() {
        let measures: Vec<_> = (0..5).map(|_| sample::measures::improving()).collect();
        let text = lead(&Sorted::new(&measures), 0.1).text();
        assert!(text.contains("and “VAWG crimes charged” is improving; 2 more on the page; "));
    }

    #[test]
    fn few_expected_signals_are_not_printed_as_none() {
        assert!(chance(0.01).contains("fewer than 0.1"));
    }

    #[test]
    fn trial_limits_and_young_cohorts_are_told() {
        let mut measure = sample::measures::improving();
        measure.state = MeasureState::Immature {
            reason: "Rape takes about 14 months to charge.".to_owned(),
        };
        if let Some(xmr) = &mut measure.xmr {
            xmr.is_trial = true;
            xmr.points = 9;
        }
        let notes = notes(&measure).join(" ");
        assert!(notes.contains("14 months to charge"));
        assert!(notes.contains("Trial limits, from 9 months"));
    }
}
