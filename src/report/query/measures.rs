//! Measures as the reports show them.

use anyhow::Result;
use chrono::NaiveDate;
use duckdb::Connection;

use super::Scope;
use crate::measures::definition::{self, Audience, Definition};
use crate::measures::results::{self, Series, Which};
use crate::measures::statistics::assurance::{self, assurance};
use crate::measures::statistics::false_signals;
use crate::measures::xmr::{self, Chart, Limits, Rule};
use crate::model::as_of::AsOf;
use crate::report::view::measure::{
    Assurance, Direction, Interval, Measure, MeasureState, Point, Reading, Side, Signal,
    SignalKind, StepChange, Stretch, Unit, Xmr,
};
use crate::report::view::source::{MonthCount, PublishedSeries};

/// Commitment 0 holds figures that the force publishes itself.
pub const PUBLISHED: u8 = 0;

/// The measures that leadership may be shown.
pub fn for_leadership<'a>(scope: &Scope<'a>) -> impl Iterator<Item = &'a Definition> {
    let may_see = |definition: &&Definition| definition.audiences.contains(&Audience::Leadership);
    scope.measures.definitions.iter().filter(may_see)
}

/// Every commitment measure as evaluated for the date.
pub fn all(scope: &Scope<'_>) -> Result<Vec<Measure>> {
    for_leadership(scope)
        .filter(|definition| definition.commitment.number != PUBLISHED)
        .map(|definition| one(scope.connection, scope.as_of, definition))
        .collect()
}

/// Signals that chance alone would give over the measures that have limits.
pub fn expected_false_signals(measures: &[Measure]) -> f64 {
    let points: Vec<usize> = measures
        .iter()
        .filter_map(|measure| Some(measure.xmr.as_ref()?.points as usize))
        .collect();
    false_signals::expected_false_signals(&points)
}

/// The force's own published series for London.
pub fn published(scope: &Scope<'_>) -> Result<Option<PublishedSeries>> {
    let Some(definition) = for_leadership(scope).find(|d| d.commitment.number == PUBLISHED) else {
        return Ok(None);
    };
    let headline = Which::headline(definition);
    let Some(series) = results::series(scope.connection, definition, scope.as_of, headline)? else {
        return Ok(None);
    };
    let months: Vec<MonthCount> = series
        .points
        .iter()
        .filter_map(|point| {
            Some(MonthCount {
                month: point.month,
                count: whole(point.value?),
            })
        })
        .collect();
    let publisher = scope
        .contracts
        .iter()
        .find(|c| c.name == "met_vawg_monthly")
        .and_then(|c| c.publisher.clone());
    Ok(publisher
        .filter(|_| !months.is_empty())
        .map(|publisher| PublishedSeries {
            title: "VAWG offences recorded in London".to_owned(),
            unit: "offences a month".to_owned(),
            publisher: publisher.name,
            licence: publisher.licence,
            url: publisher.url,
            months,
        }))
}

/// One measure as evaluated for a date: the series that the force's chart
/// shows.
pub fn one(connection: &Connection, as_of: AsOf, definition: &Definition) -> Result<Measure> {
    let headline = Which::headline(definition);
    let series = results::series(connection, definition, as_of, headline)?;
    let shown = series
        .as_ref()
        .filter(|series| series.unavailable.is_none());
    let xmr = shown.and_then(|series| {
        series
            .limits()
            .map(|limits| chart(definition, series, limits))
    });
    Ok(Measure {
        id: definition.id.clone(),
        commitment: definition.commitment.number,
        commitment_title: definition.commitment.title.clone(),
        title: definition.name.clone(),
        definition: definition.definition.clone(),
        unit: unit(definition),
        direction: direction(definition.direction),
        source: sources(definition),
        baseline: definition.baseline.as_ref().map(ToString::to_string),
        target: definition.target,
        assurance: shown.and_then(|series| outlook(definition, series)),
        state: state(definition, series.as_ref()),
        series: shown.map_or_else(Vec::new, |series| series.points.iter().map(point).collect()),
        xmr,
        steps: shown.map_or_else(Vec::new, |series| steps(definition, series)),
    })
}

/// The recorded step changes that fall between two months of the series.
fn steps(definition: &Definition, series: &Series) -> Vec<StepChange> {
    let months: Vec<NaiveDate> = series.points.iter().map(|point| point.month).collect();
    let dates: Vec<NaiveDate> = definition.steps.iter().map(|step| step.date).collect();
    xmr::step_positions(&months, &dates)
        .into_iter()
        .zip(&definition.steps)
        .filter(|(at, _)| (1..months.len()).contains(at))
        .map(|(at, step)| StepChange {
            at,
            date: step.date,
            reason: step.reason.clone(),
        })
        .collect()
}

/// Where the newest limits begin, and those before.
fn stretches(chart: &Chart) -> (usize, Vec<Stretch>) {
    let newest = chart
        .segments
        .iter()
        .rposition(|segment| chart.newest.is_some_and(|newest| segment.from <= newest));
    let (before, from) = newest.map_or((&[][..], 0), |at| {
        (&chart.segments[..at], chart.segments[at].from)
    });
    let earlier = before
        .iter()
        .filter_map(|segment| {
            let limits = segment.limits?;
            Some(Stretch {
                from: segment.from,
                to: segment.to,
                centre: limits.centre,
                lower: limits.lower,
                upper: limits.upper,
            })
        })
        .collect();
    (from, earlier)
}

fn state(definition: &Definition, series: Option<&Series>) -> MeasureState {
    match series {
        None => MeasureState::Unavailable {
            reason: "not evaluated for this date".to_owned(),
        },
        Some(Series {
            unavailable: Some(reason),
            ..
        }) => MeasureState::Unavailable {
            reason: reason.clone(),
        },
        Some(series) => match &definition.lag {
            Some(lag) if series.points.iter().any(results::Point::is_immature) => {
                MeasureState::Immature {
                    reason: lag.because.clone(),
                }
            }
            _ => MeasureState::Available,
        },
    }
}

fn chart(definition: &Definition, series: &Series, limits: Limits) -> Xmr {
    let found = series.chart.as_ref().map(|chart| chart.signals.as_slice());
    let (from, earlier) = series.chart.as_ref().map_or((0, Vec::new()), stretches);
    let signals: Vec<Signal> = found
        .unwrap_or_default()
        .iter()
        .map(|signal| Signal {
            kind: match signal.rule {
                Rule::Outside => SignalKind::Outside,
                Rule::Run => SignalKind::Run,
                Rule::Trend => SignalKind::Trend,
                Rule::TwoOfThree => SignalKind::TwoOfThree,
            },
            side: if signal.is_high {
                Side::Above
            } else {
                Side::Below
            },
            from: signal.from,
            to: signal.to,
        })
        .collect();
    Xmr {
        centre: limits.centre,
        lower: limits.lower,
        upper: limits.upper,
        points: limits.points,
        is_trial: limits.is_trial,
        drops_extreme_ranges: false,
        reading: reading(definition, series, &signals),
        signals,
        from,
        earlier,
    }
}

/// What the signals that touch the newest mature point amount to.
fn reading(definition: &Definition, series: &Series, signals: &[Signal]) -> Reading {
    let newest = series.points.iter().rposition(results::Point::is_mature);
    let Some(signal) = signals
        .iter()
        .rev()
        .find(|signal| Some(signal.to) == newest)
    else {
        return Reading::NoSignal;
    };
    let is_up = signal.side == Side::Above;
    match (definition.direction, is_up) {
        (definition::Direction::Context, true) => Reading::Rising,
        (definition::Direction::Context, false) => Reading::Falling,
        (definition::Direction::Up, true) | (definition::Direction::Down, false) => {
            Reading::Improving
        }
        _ => Reading::Worsening,
    }
}

fn outlook(definition: &Definition, series: &Series) -> Option<Assurance> {
    assurance(series.limits(), definition.target, definition.direction).map(|found| match found {
        assurance::Assurance::ConsistentlyMet => Assurance::WillBeMet,
        assurance::Assurance::ConsistentlyMissed => Assurance::WillBeMissed,
        assurance::Assurance::HitOrMiss => Assurance::HitOrMiss,
    })
}

/// A stored figure as a view holds it.
pub fn point(point: &results::Point) -> Point {
    Point {
        month: point.month,
        numerator: point.numerator,
        denominator: point.denominator,
        value: point.value,
        interval: point.interval.map(|(low, high)| Interval { low, high }),
        is_immature: point.is_immature(),
        state: point.state,
    }
}

/// How a measure's values are printed.
pub fn unit(definition: &Definition) -> Unit {
    match (definition.kind, definition.unit) {
        (definition::Kind::Change, _) => Unit::Change,
        (_, definition::Unit::Percent) => Unit::Percent,
        (_, definition::Unit::Days) => Unit::Days,
        (_, definition::Unit::Count) => Unit::Count,
        (_, definition::Unit::Ratio | definition::Unit::Coefficient) => Unit::Ratio,
        (_, definition::Unit::PerThousand) => Unit::PerThousand,
    }
}

fn direction(direction: definition::Direction) -> Direction {
    match direction {
        definition::Direction::Up => Direction::Up,
        definition::Direction::Down => Direction::Down,
        definition::Direction::Context => Direction::Context,
    }
}

fn sources(definition: &Definition) -> String {
    let names: Vec<String> = definition
        .sources
        .iter()
        .map(|source| match source.as_str() {
            "list" => "the harm lists".to_owned(),
            "ledger" => "daybook's own ledger".to_owned(),
            name => format!(
                "{} extract",
                name.split('|').next().unwrap_or(name).replace('_', " ")
            ),
        })
        .collect();
    names.join(", ")
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of offences, not negative and far below 2^53"
)]
fn whole(value: f64) -> u64 {
    value.max(0.0).round() as u64
}
