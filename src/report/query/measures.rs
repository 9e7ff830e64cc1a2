//! Measures as the reports show them.

use anyhow::Result;
use chrono::NaiveDate;
use daybook_statistics::series::assurance::{self, assurance};
use daybook_statistics::series::false_signals;
use daybook_statistics::series::xmr::{self, Chart, Limits, Rule};
use duckdb::Connection;

use super::Scope;
use crate::measures::breaks::Break;
use crate::measures::changes::{self, Changed};
use crate::measures::definition::{self, Audience, Definition};
use crate::measures::measure_value::Span;
use crate::measures::results::{self, FORCE, Series, Which};
use crate::model::as_of::AsOf;
use crate::report::view::measure::{
    Assurance, Interval, Measure, MeasureState, Point, Reading, RecordedBreak, Side, Signal,
    SignalKind, Stretch, Unit, Xmr,
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
    let points = unbroken(&series.points);
    let months: Vec<MonthCount> = points.iter().filter_map(month_count).collect();
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
            breaks: breaks(definition, points),
            months,
        }))
}

/// The newest months up to one that is not known: a year's mean over fewer than
/// twelve of its months would be none.
fn unbroken(points: &[results::Point]) -> &[results::Point] {
    let newest = points.iter().rposition(|point| point.value.is_some());
    let until = newest.map_or(0, |at| at + 1);
    let from = points[..until]
        .iter()
        .rposition(|point| point.value.is_none())
        .map_or(0, |at| at + 1);
    &points[from..until]
}

fn month_count(point: &results::Point) -> Option<MonthCount> {
    Some(MonthCount {
        month: point.month,
        count: whole(point.value?),
    })
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
        direction: definition.direction,
        source: sources(definition),
        baseline: definition.baseline.as_ref().map(ToString::to_string),
        target: definition.target,
        accrual: definition.series,
        is_volume: definition.is_volume(),
        year_on_year: year_on_year(connection, definition, as_of, shown)?,
        assurance: shown.and_then(|series| outlook(definition, series)),
        state: state(definition, series.as_ref()),
        series: shown.map_or_else(Vec::new, |series| series.points.iter().map(point).collect()),
        xmr,
        breaks: shown.map_or_else(Vec::new, |series| breaks(definition, &series.points)),
    })
}

/// The headline against the year before.
fn year_on_year(
    connection: &Connection,
    definition: &Definition,
    as_of: AsOf,
    shown: Option<&Series>,
) -> Result<Option<Changed>> {
    let set = results::set(connection, definition, as_of)?;
    let (Some(shown), Some(set)) = (shown, set) else {
        return Ok(None);
    };
    let years = Which {
        span: Span::Year,
        ..Which::headline(definition)
    };
    let years = results::points(connection, set.set_id, years)?;
    Ok(changes::year_on_year(
        definition,
        FORCE,
        &shown.points,
        &years,
    ))
}

/// The breaks that fall between two months of the force's series.
fn breaks(definition: &Definition, points: &[results::Point]) -> Vec<RecordedBreak> {
    let months: Vec<NaiveDate> = points.iter().map(|point| point.month).collect();
    let found: Vec<&Break> = definition.breaks_in(FORCE).collect();
    let dates: Vec<NaiveDate> = found.iter().map(|found| found.date).collect();
    xmr::step_positions(&months, &dates)
        .into_iter()
        .zip(found)
        .filter(|(at, _)| (1..months.len()).contains(at))
        .map(|(at, found)| RecordedBreak {
            at,
            date: found.date,
            what: found.what.clone(),
            source: found.source.clone(),
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
    Reading::of(definition.direction, signal.side == Side::Above)
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
