//! What the measures say: findings for signals, quiet for the rest.

use chrono::Months;
use daybook_statistics::series::accrual::signals_apply;
use daybook_statistics::series::direction::Direction;

use super::{Sentence, breaks, changed, signal};
use crate::measures::measure_value::State;
use crate::report::format;
use crate::report::view::measure::{Assurance, Measure, MeasureState, Reading, Unit, Xmr};

/// Measures by what is known of their change. Only what is tested may be called
/// quiet.
#[derive(Debug, Default)]
pub struct Sorted<'a> {
    /// With a signal, worsening first.
    pub signals: Vec<&'a Measure>,
    /// Without one, but further from the year before than chance would do.
    pub differing: Vec<&'a Measure>,
    /// Looked at for signals and found without, nor far from the year before.
    pub quiet: Vec<&'a Measure>,
    /// Levels and looks back, in which no signal is looked for.
    pub levels: Vec<&'a Measure>,
    /// With too few months in a row for limits.
    pub short: Vec<&'a Measure>,
    pub unavailable: Vec<&'a Measure>,
}

impl<'a> Sorted<'a> {
    pub fn new(measures: &'a [Measure]) -> Self {
        let mut sorted = Self::default();
        for measure in measures {
            sorted.room_for(measure).push(measure);
        }
        sorted
            .signals
            .sort_by_key(|measure| urgency(measure.reading()));
        sorted
            .differing
            .sort_by_key(|measure| urgency(measure.year_reading()));
        sorted
    }

    fn room_for(&mut self, measure: &Measure) -> &mut Vec<&'a Measure> {
        if !measure.is_shown() {
            &mut self.unavailable
        } else if measure.has_signal() {
            &mut self.signals
        } else if measure.differs_from_year_before() {
            &mut self.differing
        } else if measure.is_tested() {
            &mut self.quiet
        } else if signals_apply(measure.accrual) {
            &mut self.short
        } else {
            &mut self.levels
        }
    }

    /// All that have figures.
    pub fn shown(&self) -> impl Iterator<Item = &'a Measure> {
        let rooms = [
            &self.signals,
            &self.differing,
            &self.quiet,
            &self.levels,
            &self.short,
        ];
        rooms.into_iter().flatten().copied()
    }
}

/// The lead sentence about the measures.
pub fn lead(sorted: &Sorted<'_>, expected_false: f64) -> Sentence {
    if sorted.shown().next().is_none() {
        return Sentence::new("No measure", " has figures yet.", "#measures");
    }
    let mut after = String::new();
    if !sorted.signals.is_empty() {
        after = format!(": {}", named(&sorted.signals, signal::reading));
    }
    for part in beside(sorted) {
        after = format!("{after}; {part}");
    }
    if !sorted.differing.is_empty() {
        after = format!("{after}: {}", named(&sorted.differing, year_reading));
    }
    let compared = sorted.shown().filter(|m| compared_by_chance(m)).count();
    after = format!("{after}; {}", chance(expected_false));
    if compared > 0 {
        after = format!(
            "{after}, and about {} of {compared} comparisons with a year ago",
            format::number(0.05 * float(compared), 1)
        );
    }
    Sentence::new(&tested(sorted), &format!("{after}."), "#measures")
}

/// The heading of the measures' section.
pub fn heading(sorted: &Sorted<'_>) -> String {
    if sorted.shown().next().is_none() {
        return "No measure has figures yet".to_owned();
    }
    let mut parts = vec![tested(sorted)];
    parts.extend(beside(sorted));
    parts.join("; ")
}

/// `4 signals in 26 measures that can be tested`.
fn tested(sorted: &Sorted<'_>) -> String {
    let tested = sorted.shown().filter(|m| m.is_tested()).count();
    if tested == 0 {
        return "No measure here can be tested for signals".to_owned();
    }
    format!(
        "{} in {} that can be tested",
        format::capitalised(&signals(sorted.signals.len())),
        measures(tested)
    )
}

/// What is said of the measures that have no signal, or cannot have one.
fn beside(sorted: &Sorted<'_>) -> Vec<String> {
    let differing = sorted.differing.len();
    let levels = sorted.shown().filter(|m| !signals_apply(m.accrual)).count();
    let short = sorted.short.len();
    let more = if sorted.signals.is_empty() {
        ""
    } else {
        " more"
    };
    [
        (
            differing,
            format!(
                "{differing}{more} {} from a year ago by more than chance",
                verb(differing, "differs", "differ")
            ),
        ),
        (
            levels,
            format!(
                "{levels} {} and {} compared with a year ago",
                verb(levels, "is a level", "are levels"),
                verb(levels, "is", "are")
            ),
        ),
        (
            short,
            format!(
                "{short} {} too few months in a row to test",
                verb(short, "has", "have")
            ),
        ),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(_, text)| text)
    .collect()
}

fn verb<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

/// Whether chance alone could put it further from the year before than its
/// interval.
fn compared_by_chance(measure: &Measure) -> bool {
    measure
        .year_on_year
        .as_ref()
        .is_some_and(|year| year.low.is_some())
}

/// What its newest year is beside the one before it.
pub fn year_reading(measure: &Measure) -> &'static str {
    match measure.year_reading() {
        Reading::NoSignal => "no different from a year ago",
        Reading::Improving => "better than a year ago",
        Reading::Worsening => "worse than a year ago",
        Reading::Rising => "higher than a year ago",
        Reading::Falling => "lower than a year ago",
    }
}

/// `2 signals`, for a subject line.
pub fn signals(count: usize) -> String {
    match count {
        0 => "no signal".to_owned(),
        1 => "1 signal".to_owned(),
        n => format!("{n} signals"),
    }
}

/// `VAWG crimes charged: improving, 8 months in a row above the mean`; what the
/// year says besides, and of what cannot be tested, why.
pub fn finding(measure: &Measure) -> String {
    format!("{}: {}", measure.title, says(measure))
}

/// What a measure says, without its name.
pub fn says(measure: &Measure) -> String {
    if let MeasureState::Unavailable { reason } = &measure.state {
        return format!("unavailable: {reason}");
    }
    let mut parts = vec![
        match signal::evidence(measure).filter(|_| measure.has_signal()) {
            Some(evidence) => format!("{}, {evidence}", signal::reading(measure)),
            None if measure.is_tested() => "no signal".to_owned(),
            None if signals_apply(measure.accrual) => "too few months in a row to test".to_owned(),
            None => "a level, compared with a year ago".to_owned(),
        },
    ];
    if measure.differs_from_year_before() {
        parts.push(year_reading(measure).to_owned());
    }
    let year = measure.year_on_year.as_ref();
    let is_told = measure.differs_from_year_before() || !signals_apply(measure.accrual);
    parts.extend(
        year.filter(|_| is_told)
            .map(|year| changed::in_short(measure.unit, year)),
    );
    parts.join("; ")
}

pub fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "higher is better",
        Direction::Down => "lower is better",
        Direction::Context => "neither direction is good or bad",
    }
}

/// What the chart shows, for those who cannot see it.
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
        for before in &xmr.earlier {
            parts.push(format!(
                "Before {}: {}.",
                format::month(measure.series[before.to].month + Months::new(1)),
                lines(measure, before.centre, (before.lower, before.upper))
            ));
        }
        let now = lines(measure, xmr.centre, (xmr.lower, xmr.upper));
        parts.push(match measure.breaks.last().filter(|_| xmr.from > 0) {
            Some(_) => format!(
                "From {}: {now}.",
                format::month(measure.series[xmr.from].month)
            ),
            None => format!("{}.", format::capitalised(&now)),
        });
    }
    parts.extend(measure.breaks.iter().map(|found| {
        let reason = breaks::reason(found.date, &found.what);
        format!("The line is broken, for {reason}.")
    }));
    if let Some(evidence) = signal::evidence(measure).filter(|_| measure.has_signal()) {
        parts.push(format!("Signal: {evidence}."));
    }
    parts.join(" ")
}

/// `mean 7.1%, limits 6.0% to 8.2%`
fn lines(measure: &Measure, centre: f64, (lower, upper): (f64, f64)) -> String {
    format!(
        "mean {}, limits {} to {}",
        printed(measure, centre),
        printed(measure, lower),
        printed(measure, upper)
    )
}

/// What stands with every volume of crimes.
pub const PREVALENCE: &str = "Recorded crime is not prevalence: it is what was reported and \
    recorded, and more of it may mean more trust.";

/// Notes beneath a chart: trial limits, young cohorts, target and baseline.
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
    notes.extend(measure.is_volume.then(|| PREVALENCE.to_owned()));
    notes.extend(without_figure(measure));
    notes.extend(breaks_in_words(measure));
    if let Some(target) = measure.target {
        notes.push(target_in_words(measure, target));
    }
    if let Some(baseline) = &measure.baseline {
        notes.push(format!("Published baseline: {baseline}."));
    }
    notes
}

/// The breaks, by their numbers on the chart.
fn breaks_in_words(measure: &Measure) -> impl Iterator<Item = String> {
    measure.breaks.iter().enumerate().map(|(number, found)| {
        let name = format!("Break {}", number + 1);
        breaks::told(&name, found.date, &found.what, &found.source)
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
    let few = told(
        State::Few,
        "rests on too few cases",
        "rest on too few cases",
    );
    let crossing = told(
        State::Crossing,
        "looks back across a break",
        "look back across a break",
    );
    few.into_iter()
        .chain(crossing)
        .chain(not_covered(measure))
        .collect()
}

/// The months that the extracts do not cover, by name.
fn not_covered(measure: &Measure) -> Option<String> {
    let points = measure
        .series
        .iter()
        .filter(|point| point.state == State::Stale);
    let months: Vec<String> = points.map(|point| format::month(point.month)).collect();
    let named = match &months[..] {
        [] => return None,
        [first, .., last] if months.len() > 3 => format!(
            "{} months from {first} to {last}",
            format::count_in_words(months.len() as u64)
        ),
        few => format::list_in_words(few),
    };
    Some(format!(
        "Not covered whole by the extracts and without a figure: {named}; no run and no year \
         passes over a month without one."
    ))
}

/// Limits that rest on few months.
pub fn trial(xmr: &Xmr) -> Option<String> {
    let points = format::plural(xmr.points.into(), "month", "months");
    xmr.is_trial
        .then(|| format!("Trial limits, from {points}; they may still move."))
}

/// A value with the decimals its limits call for: `7.35%` where they stand less
/// than one percentage point apart, `7.4%` elsewhere.
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
pub fn target(measure: &Measure, target: f64) -> String {
    if measure.unit == Unit::Percent && target.fract().abs() < 1e-9 {
        return format!("{}%", format::number(target, 0));
    }
    format::value_in_words(measure.unit, target)
}

/// `chance alone would give about 0.1 a month`.
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

fn named(found: &[&Measure], reading: fn(&Measure) -> &'static str) -> String {
    const NAMED: usize = 3;
    let names: Vec<String> = found
        .iter()
        .take(NAMED)
        .map(|m| format!("{} is {}", quoted(&m.title), reading(m)))
        .collect();
    let names = format::list_in_words(&names);
    match found.len().saturating_sub(NAMED) {
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

#[expect(
    clippy::cast_precision_loss,
    reason = "a scorecard has far fewer measures than 2^52"
)]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;
