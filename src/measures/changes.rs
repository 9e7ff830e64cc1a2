//! A measure against itself a year before, and the year so far against the same
//! months of the last.

use chrono::NaiveDate;
use serde::Serialize;

use super::definition::{Definition, Kind};
use super::results::Point;
use super::statistics::series::Accrual;
use super::statistics::year_on_year::{self, Outcome};
use super::statistics::year_to_date::{self, Figure};
use crate::model::interval::poisson::Events;
use crate::model::interval::{Estimate, difference};

/// What a figure became in a year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed {
    /// The last month of both, and of the year before.
    pub period: NaiveDate,
    pub before: NaiveDate,
    /// In the measure's unit.
    pub now_value: Option<f64>,
    pub before_value: Option<f64>,
    /// How many times as many for counts and rates, otherwise the difference
    /// in the measure's unit.
    pub change: Option<f64>,
    pub is_ratio: bool,
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// Why there is no change, or no interval.
    pub without: Option<String>,
}

/// The newest rolling year against the one before it; for a level or a look
/// back, the newest month against the same one a year before. None without a
/// mature figure.
pub fn year_on_year(definition: &Definition, months: &[Point], years: &[Point]) -> Option<Changed> {
    let points = match definition.series {
        Accrual::Flow => years,
        Accrual::Stock | Accrual::Rolling => months,
    };
    let at = points.iter().rposition(Point::is_mature)?;
    let before = points.get(at.checked_sub(12)?)?;
    Some(changed(definition, &points[at], before))
}

/// The year so far, of flows that have both their parts. `starts` is the month
/// in which a year begins.
pub fn year_to_date(definition: &Definition, months: &[Point], starts: u32) -> Option<Changed> {
    let adds_up = matches!(
        definition.kind,
        Kind::Count | Kind::Proportion | Kind::Rate | Kind::Share | Kind::Ratio
    );
    if definition.series != Accrual::Flow || !adds_up {
        return None;
    }
    let dates: Vec<NaiveDate> = months.iter().map(|point| point.month).collect();
    let newest = months.iter().rposition(Point::is_mature)?;
    let found = year_to_date::year_to_date(&dates, newest, starts)?;
    let figures: Vec<Option<Figure>> = months
        .iter()
        .map(|point| figure(definition, point))
        .collect();
    let now = year_to_date::sum(&figures[found.now])?;
    let before = year_to_date::sum(&figures[found.before?])?;
    let year_before = newest.checked_sub(12)?;
    Some(changed(
        definition,
        &summed(definition, &months[newest], now),
        &summed(definition, &months[year_before], before),
    ))
}

/// What a month adds; none when nobody knows of it.
fn figure(definition: &Definition, point: &Point) -> Option<Figure> {
    let numerator = point.numerator.unwrap_or(0.0);
    let denominator = match definition.kind {
        Kind::Count => 1.0,
        _ => point.denominator.unwrap_or(0.0),
    };
    point.state.is_known().then_some(Figure {
        numerator,
        denominator,
    })
}

fn summed(definition: &Definition, point: &Point, sum: Figure) -> Point {
    let share = sum.numerator / sum.denominator;
    let value = match definition.kind {
        Kind::Count => sum.numerator,
        Kind::Rate => 1000.0 * share,
        Kind::Ratio => share,
        _ => 100.0 * share,
    };
    Point {
        numerator: Some(sum.numerator),
        denominator: (definition.kind != Kind::Count).then_some(sum.denominator),
        value: value.is_finite().then_some(value),
        interval: None,
        ..point.clone()
    }
}

fn changed(definition: &Definition, now: &Point, before: &Point) -> Changed {
    let is_sample = definition.series == Accrual::Flow;
    let is_ratio = is_sample && matches!(definition.kind, Kind::Count | Kind::Rate);
    let (outcome, factor) = outcome(definition.kind, is_sample, now, before);
    let (change, interval, without) = match outcome {
        Ok(change) => (
            Some(change.value * factor),
            change.interval.ok(),
            change.interval.err().map(|without| without.to_string()),
        ),
        Err(without) => (None, None, Some(without.to_string())),
    };
    Changed {
        period: now.month,
        before: before.month,
        now_value: now.value,
        before_value: before.value,
        change,
        is_ratio,
        low: interval.map(|(low, _)| low * factor),
        high: interval.map(|(_, high)| high * factor),
        without,
    }
}

/// The change, and what turns it into the measure's unit.
fn outcome(kind: Kind, is_sample: bool, now: &Point, before: &Point) -> (Outcome, f64) {
    let parts = |point: &Point| {
        (
            point.numerator.unwrap_or(0.0),
            point.denominator.unwrap_or(0.0),
        )
    };
    let events = |point: &Point| {
        let (count, exposure) = parts(point);
        Events { count, exposure }
    };
    match kind {
        Kind::Count if is_sample => (year_on_year::counts(parts(now).0, parts(before).0), 1.0),
        Kind::Rate if is_sample => (year_on_year::rates(events(now), events(before)), 1.0),
        Kind::Proportion if is_sample => {
            (year_on_year::proportions(parts(now), parts(before)), 100.0)
        }
        Kind::Median | Kind::Survey => (of_estimates(now, before), 1.0),
        _ => (year_on_year::levels(now.value, before.value), 1.0),
    }
}

/// The difference of two figures that each have an interval.
fn of_estimates(now: &Point, before: &Point) -> Outcome {
    let estimate = |point: &Point| {
        let (low, high) = point.interval?;
        Some(Estimate {
            value: point.value?,
            low,
            high,
        })
    };
    match (estimate(now), estimate(before)) {
        (Some(now), Some(before)) => Ok(difference(now, before).into()),
        _ => year_on_year::levels(now.value, before.value),
    }
}
