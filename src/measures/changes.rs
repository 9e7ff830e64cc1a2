//! A measure against itself a year before, and the year so far against the same
//! months of the last.

use chrono::{Months, NaiveDate};
use daybook_statistics::interval::poisson::Events;
use daybook_statistics::interval::{Estimate, difference};
use daybook_statistics::series::accrual::Accrual;
use daybook_statistics::series::year_on_year::{self, Outcome, Without};
use daybook_statistics::series::year_to_date::{self, Figure};
use serde::Serialize;

use super::breaks::Break;
use super::definition::{Definition, Kind};
use super::extent::{self, Extent};
use super::measure_value::{Span, State};
use super::results::Point;
use super::window::YEAR;

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
    /// The break that lies between them, so that they are not set against each
    /// other.
    pub crosses: Option<Break>,
}

impl Changed {
    /// What stands for no change.
    pub fn none(&self) -> f64 {
        if self.is_ratio { 1.0 } else { 0.0 }
    }

    /// Whether it rose, when its interval leaves out that it did not change.
    pub fn beyond_chance(&self) -> Option<bool> {
        let (low, high, none) = (self.low?, self.high?, self.none());
        match (low > none, high < none) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }
}

/// The newest rolling year against the one before it; for a level or a look
/// back, the newest month against the same one a year before. None without a
/// mature figure.
pub fn year_on_year(
    definition: &Definition,
    area: &str,
    months: &[Point],
    years: &[Point],
) -> Option<Changed> {
    let (points, span) = match definition.series {
        Accrual::Flow => (years, Span::Year),
        Accrual::Stock | Accrual::Rolling => (months, Span::Month),
    };
    let is_told = |point: &Point| point.is_mature() || point.state == State::Crossing;
    let at = points.iter().rposition(is_told)?;
    let now = &points[at];
    let before = now.month - Months::new(YEAR);
    let days = extent::of(definition, span, now.month);
    if let Some(found) = definition.crossed(area, days.and(extent::of(definition, span, before))) {
        return Some(apart(now, before, found));
    }
    let before = points.get(at.checked_sub(12)?)?;
    Some(changed(definition, now, before))
}

/// The year so far, of flows that have both their parts. `starts` is the month
/// in which a year begins.
pub fn year_to_date(
    definition: &Definition,
    area: &str,
    months: &[Point],
    starts: u32,
) -> Option<Changed> {
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
    let days = Extent {
        from: dates[*found.now.start()],
        until: dates[newest] + Months::new(1),
    };
    let both = Extent {
        from: days.from - Months::new(YEAR),
        ..days
    };
    let now = year_to_date::sum(&figures[found.now])?;
    if let Some(crossed) = definition.crossed(area, both) {
        let mut now = summed(definition, &months[newest], now);
        now.value = now
            .value
            .filter(|_| definition.crossed(area, days).is_none());
        return Some(apart(&now, now.month - Months::new(YEAR), crossed));
    }
    let before = year_to_date::sum(&figures[found.before?])?;
    let year_before = newest.checked_sub(12)?;
    Some(changed(
        definition,
        &summed(definition, &months[newest], now),
        &summed(definition, &months[year_before], before),
    ))
}

/// A figure that is not set against that of a year before, since a break lies
/// between.
fn apart(now: &Point, before: NaiveDate, crosses: &Break) -> Changed {
    Changed {
        period: now.month,
        before,
        now_value: now.value,
        before_value: None,
        change: None,
        is_ratio: false,
        low: None,
        high: None,
        without: Some(format!(
            "a break lies between: on {}, {}",
            crosses.date, crosses.what
        )),
        crosses: Some(crosses.clone()),
    }
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
        crosses: None,
    }
}

/// The change, and what turns it into the measure's unit. What has no value,
/// such as a year over a month that is not covered, is compared with nothing.
fn outcome(kind: Kind, is_sample: bool, now: &Point, before: &Point) -> (Outcome, f64) {
    if now.value.is_none() {
        return (Err(Without::FigureNow), 1.0);
    }
    if before.value.is_none() {
        return (Err(Without::FigureBefore), 1.0);
    }
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
