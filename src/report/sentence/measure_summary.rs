//! Where one measure stands, in one sentence: what changed, the newest figure,
//! how firm it is, and the target.

use daybook_statistics::series::accrual::{Accrual, signals_apply};

use super::{breaks, measures, signal};
use crate::report::format;
use crate::report::view::measure::{
    Measure, MeasureState, Point, Side, Signal, SignalKind, Unit, Xmr,
};

/// What a sentence must know of a measure beside its figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Footing {
    pub accrual: Accrual,
    /// Below it no rate is told.
    pub minimum_denominator: Option<f64>,
}

/// `Improving: eight months in a row above the mean of 7.1%; in October 2026 it
/// was 8.3% (779 of 9,400); no target.`
pub fn standing(measure: &Measure, footing: Footing) -> String {
    if let MeasureState::Unavailable { reason } = &measure.state {
        return format!("No figures: {reason}.");
    }
    let Some(newest) = newest(measure, footing) else {
        return without_figures(measure, footing);
    };
    let mut parts = vec![opening(measure, footing)];
    if !measure.is_tested() && measure.differs_from_year_before() {
        parts.push(measures::year_reading(measure).to_owned());
    }
    parts.push(figure(measure, footing, &measure.series[newest]));
    parts.extend(too_few(measure, footing, newest));
    parts.extend(too_young(measure, newest));
    parts.extend(since(measure, newest));
    if signals_apply(footing.accrual) {
        parts.extend(measure.xmr.as_ref().and_then(trial));
    }
    parts.push(target(measure, footing));
    format!("{}.", format::capitalised(&parts.join("; ")))
}

fn opening(measure: &Measure, footing: Footing) -> String {
    match (footing.accrual, &measure.xmr) {
        (Accrual::Stock, _) => {
            "no signals are looked for in a level that carries over from month to month".to_owned()
        }
        (Accrual::Rolling, _) => {
            "no signals are looked for in a look back whose months overlap from one figure to the \
             next"
                .to_owned()
        }
        (Accrual::Flow, None) => "too few months in a row to look for signals".to_owned(),
        (Accrual::Flow, Some(xmr)) => finding(measure, xmr),
    }
}

fn finding(measure: &Measure, xmr: &Xmr) -> String {
    let newest = signal::newest_signal(measure).filter(|_| measure.has_signal());
    let Some(newest) = newest else {
        let year = if measure.differs_from_year_before() {
            format!(", but {}", measures::year_reading(measure))
        } else {
            String::new()
        };
        return format!(
            "no signal{year}: within the limits of {} and {} around a mean of {}",
            line(measure, xmr.lower),
            line(measure, xmr.upper),
            line(measure, xmr.centre)
        );
    };
    let evidence = evidence(measure, xmr, newest);
    let reading = signal::reading(measure);
    match opposed(xmr, newest) {
        Some(other) => {
            let other = self::evidence(measure, xmr, other);
            format!("{reading}: {evidence}, though {other}")
        }
        None => format!("{reading}: {evidence}"),
    }
}

/// A signal on the same month that points the other way.
fn opposed(xmr: &Xmr, newest: Signal) -> Option<Signal> {
    let is_opposed = |signal: &&Signal| signal.to == newest.to && signal.side != newest.side;
    xmr.signals.iter().find(is_opposed).copied()
}

fn evidence(measure: &Measure, xmr: &Xmr, signal: Signal) -> String {
    let months = format::count_in_words((signal.to + 1 - signal.from) as u64);
    let month = measure.series.get(signal.to).map(|point| point.month);
    let month = month.map_or_else(|| "the last month".to_owned(), format::month);
    let (side, limit, bound, way) = match signal.side {
        Side::Above => ("above", "upper", xmr.upper, "higher"),
        Side::Below => ("below", "lower", xmr.lower, "lower"),
    };
    let bound = line(measure, bound);
    match signal.kind {
        SignalKind::Outside => format!("{month} {side} the {limit} limit of {bound}"),
        SignalKind::Run => {
            let mean = line(measure, xmr.centre);
            format!("{months} months in a row {side} the mean of {mean}")
        }
        SignalKind::Trend => format!("{months} months, each {way} than the one before"),
        SignalKind::TwoOfThree => {
            format!("two of three months to {month} near the {limit} limit of {bound}")
        }
    }
}

fn figure(measure: &Measure, footing: Footing, point: &Point) -> String {
    let value = measures::printed_in_words(measure, point.value.unwrap_or(f64::NAN));
    let when = if footing.accrual == Accrual::Flow {
        "in"
    } else {
        "at the end of"
    };
    let month = format::month(point.month);
    match parts(measure, point) {
        Some((part, of)) => format!("{when} {month} it was {value} ({part} of {of})"),
        None => format!("{when} {month} it was {value}"),
    }
}

/// Numerator and denominator of a percentage, where both are whole.
fn parts(measure: &Measure, point: &Point) -> Option<(String, String)> {
    let (part, of) = (point.numerator?, point.denominator?);
    let is_whole = |number: f64| number >= 0.0 && number.fract().abs() < 1e-9;
    (measure.unit == Unit::Percent && is_whole(part) && is_whole(of))
        .then(|| (format::number(part, 0), format::number(of, 0)))
}

/// The newest mature month after the newest figure that has too few cases.
fn too_few(measure: &Measure, footing: Footing, newest: usize) -> Option<String> {
    let least = footing.minimum_denominator?;
    let later = &measure.series[newest + 1..];
    let point = later
        .iter()
        .rfind(|point| !point.is_immature && has_too_few(point, footing))?;
    Some(format!(
        "{} has too few cases for a figure ({}, and at least {} are needed)",
        format::month(point.month),
        format::number(point.denominator?, 0),
        format::number(least, 0)
    ))
}

fn too_young(measure: &Measure, newest: usize) -> Option<String> {
    let is_young = measure.series[newest + 1..].iter().any(|p| p.is_immature);
    is_young.then(|| "later months are provisional".to_owned())
}

/// The newest break before a month, on whose side it stands.
fn since(measure: &Measure, newest: usize) -> Option<String> {
    let found = measure.breaks.iter().rfind(|found| found.at <= newest)?;
    Some(format!(
        "nothing here is set against the time before, for {}",
        breaks::reason(found.date, &found.what)
    ))
}

fn trial(xmr: &Xmr) -> Option<String> {
    let months = format::count_in_words(xmr.points.into());
    xmr.is_trial
        .then(|| format!("its limits rest on {months} months and may still move"))
}

fn target(measure: &Measure, footing: Footing) -> String {
    let Some(value) = measure.target else {
        return "no target".to_owned();
    };
    let target = measures::target(measure, value);
    if !signals_apply(footing.accrual) {
        return format!("target {target}");
    }
    if measure.has_signal() && measure.assurance.is_some() {
        return format!("target {target}, not judged while the measure is changing");
    }
    format!("target {target}{}", measures::outlook(measure))
}

fn without_figures(measure: &Measure, footing: Footing) -> String {
    if let MeasureState::Immature { reason } = &measure.state
        && measure.series.iter().any(|point| point.is_immature)
    {
        return format!("No month is old enough to judge: {reason}");
    }
    match footing.minimum_denominator {
        Some(least) if measure.series.iter().any(|p| has_too_few(p, footing)) => format!(
            "No figure: every month has fewer than {} cases.",
            format::number(least, 0)
        ),
        _ => "No figures yet.".to_owned(),
    }
}

/// The newest month that is old enough and has cases enough.
fn newest(measure: &Measure, footing: Footing) -> Option<usize> {
    measure.series.iter().rposition(|point| {
        point.value.is_some() && !point.is_immature && !has_too_few(point, footing)
    })
}

fn has_too_few(point: &Point, footing: Footing) -> bool {
    let least = footing.minimum_denominator;
    point
        .denominator
        .zip(least)
        .is_some_and(|(cases, least)| cases < least)
}

fn line(measure: &Measure, value: f64) -> String {
    measures::printed_in_words(measure, value)
}

#[cfg(test)]
mod tests;
