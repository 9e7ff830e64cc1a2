//! Reads a measure's stored figures back as a series of months, with what its
//! chart makes of them.

use anyhow::{Context, Result};
use chrono::{Months, NaiveDate, NaiveDateTime};
use daybook_statistics::series::accrual::signals_apply;
use daybook_statistics::series::shift::{self, Shift};
use daybook_statistics::series::xmr::{self, Chart, Limits};
use duckdb::{Connection, OptionalExt, Row, params};

use super::definition::Definition;
use super::extent;
use super::measure_value::{Cell, Figure, Span, State};
use crate::model::as_of::AsOf;
use crate::store::bind;
use crate::store::schema::hex_sha256;

/// Area of the figures of the whole force.
pub const FORCE: &str = "Force";

/// One series of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Which<'a> {
    pub basis: &'a str,
    pub area: &'a str,
    pub group: &'a str,
    pub span: Span,
}

impl<'a> Which<'a> {
    /// The series that the force's chart shows.
    pub fn headline(definition: &'a Definition) -> Self {
        Self {
            basis: definition.readings()[0],
            area: FORCE,
            group: &definition.headline,
            span: Span::Month,
        }
    }
}

/// A set of figures in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    pub set_id: i64,
    pub known_at: i64,
    pub months: u32,
    /// Sources of which a file was due every night.
    pub nightly: Vec<String>,
    /// Why there are no figures.
    pub unavailable: Option<String>,
    /// UTC.
    pub made_at: NaiveDateTime,
}

/// One measure with its months, limits and signals.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Why there are no figures.
    pub unavailable: Option<String>,
    /// Oldest first, one per month.
    pub points: Vec<Point>,
    /// Limits and signals; positions count `points`. None where months are no
    /// new observations.
    pub chart: Option<Chart>,
}

impl Series {
    /// The limits that the newest month is held against.
    pub fn limits(&self) -> Option<Limits> {
        self.chart.as_ref()?.limits()
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    pub month: NaiveDate,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    pub cases: Option<i64>,
    pub value: Option<f64>,
    /// 95%, in the unit of the value.
    pub interval: Option<(f64, f64)>,
    pub state: State,
}

impl Point {
    pub fn is_immature(&self) -> bool {
        self.state == State::Immature
    }

    /// Whether a limit may rest on it.
    pub fn is_mature(&self) -> bool {
        self.state == State::Shown
    }
}

/// The newest date that measures were evaluated for.
pub fn newest(connection: &Connection) -> Result<Option<AsOf>> {
    let newest: Option<NaiveDate> =
        connection.query_row("select max(as_of) from ledger.measure_sets", [], |row| {
            row.get(0)
        })?;
    Ok(newest.map(AsOf))
}

/// The newest date up to another that measures were evaluated for.
pub fn newest_by(connection: &Connection, as_of: AsOf) -> Result<Option<AsOf>> {
    let newest: Option<NaiveDate> = connection.query_row(
        "select max(as_of) from ledger.measure_sets where as_of <= ?",
        params![as_of.0],
        |row| row.get(0),
    )?;
    Ok(newest.map(AsOf))
}

/// The last set of figures of a measure for a date, whatever its definition said.
pub fn last(connection: &Connection, measure_id: &str, as_of: AsOf) -> Result<Option<Set>> {
    Ok(connection
        .query_row(
            "select set_id, known_at, months, nightly, reason, made_at from ledger.measure_sets \
             where measure_id = ? and as_of = ? order by set_id desc limit 1",
            params![measure_id, as_of.0],
            |row| {
                let nightly: Option<String> = row.get(3)?;
                Ok(Set {
                    set_id: row.get(0)?,
                    known_at: row.get(1)?,
                    months: row.get(2)?,
                    nightly: nightly
                        .iter()
                        .flat_map(|names| names.split_whitespace())
                        .map(ToOwned::to_owned)
                        .collect(),
                    unavailable: row.get(4)?,
                    made_at: row.get(5)?,
                })
            },
        )
        .optional()?)
}

/// The set of figures that a definition gave for a date. Where the last one was
/// made by another, it has none until it is evaluated: a figure stands beside
/// the words that it was made by.
pub fn set(connection: &Connection, definition: &Definition, as_of: AsOf) -> Result<Option<Set>> {
    let Some(mut set) = last(connection, &definition.id, as_of)? else {
        return Ok(None);
    };
    let is_its_own: bool = connection.query_row(
        "select exists (from ledger.measure_sets where set_id = ? and definition_sha256 = ?) \
             and exists (from ledger.measure_inputs \
                 where set_id = ? and role = 'measure' and sha256 = ?)",
        params![
            set.set_id,
            hex_sha256(serde_json::to_string(definition)?.as_bytes()),
            set.set_id,
            hex_sha256(definition.sql.as_bytes())
        ],
        |row| row.get(0),
    )?;
    if !is_its_own {
        set.unavailable = Some(format!(
            "its definition has changed since it was evaluated for {}; `daybook run \
             commitment-measures` evaluates it again",
            as_of.0.format("%-d %B %Y")
        ));
    }
    Ok(Some(set))
}

/// A series as last evaluated for a date. None when the measure was never
/// evaluated for it.
pub fn series(
    connection: &Connection,
    definition: &Definition,
    as_of: AsOf,
    which: Which<'_>,
) -> Result<Option<Series>> {
    let Some(set) = set(connection, definition, as_of)? else {
        return Ok(None);
    };
    if set.unavailable.is_some() {
        return Ok(Some(Series {
            unavailable: set.unavailable,
            points: Vec::new(),
            chart: None,
        }));
    }
    let points = points(connection, set.set_id, which)?;
    let is_blank = points.iter().all(|point| point.value.is_none());
    let chart = signals_apply(definition.series).then(|| chart(definition, which, &points));
    Ok(Some(Series {
        unavailable: is_blank.then(|| format!("no figure in the last {} months", set.months)),
        points,
        chart,
    }))
}

/// Limits and signals over the mature points, from one break to the next.
fn chart(definition: &Definition, which: Which<'_>, points: &[Point]) -> Chart {
    let (values, steps) = sides(definition, which.area, points);
    xmr::chart(&values, &steps).cut(&values, definition.range(which.group))
}

/// The mature values, and the first position after each break. A month with days
/// of before and since a break is on neither side.
fn sides(definition: &Definition, area: &str, points: &[Point]) -> (Vec<Option<f64>>, Vec<usize>) {
    let is_of_one_side = |point: &&Point| {
        let days = extent::of(definition, Span::Month, point.month);
        definition.crossed(area, days).is_none()
    };
    let values: Vec<Option<f64>> = points
        .iter()
        .map(|point| Some(point).filter(is_of_one_side))
        .map(|point| point.filter(|point| point.is_mature())?.value)
        .collect();
    let months: Vec<NaiveDate> = points.iter().map(|point| point.month).collect();
    let dates: Vec<NaiveDate> = definition.breaks_in(area).map(|found| found.date).collect();
    (values, xmr::step_positions(&months, &dates))
}

/// Lasting shifts of a series that no break of the register explains, each at
/// its first month.
pub fn shifts(definition: &Definition, area: &str, series: &Series) -> Vec<(NaiveDate, Shift)> {
    if series.chart.is_none() {
        return Vec::new();
    }
    let (values, steps) = sides(definition, area, &series.points);
    shift::lasting(&values, &steps)
        .into_iter()
        .map(|found| (series.points[found.at].month, found))
        .collect()
}

/// Every month of a series from its first to its last.
pub fn points(connection: &Connection, set_id: i64, which: Which<'_>) -> Result<Vec<Point>> {
    Ok(every_month(stored(connection, set_id, which)?.into_iter()))
}

/// A series with the months that it has no cell for, in which nothing happened.
pub fn every_month(cells: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    for point in cells {
        while let Some(last) = points.last().map(|last| last.month) {
            let next = last + Months::new(1);
            if next >= point.month {
                break;
            }
            points.push(Point::without_a_case(next));
        }
        points.push(point);
    }
    points
}

/// The cells of a series as they are stored.
pub fn stored(connection: &Connection, set_id: i64, which: Which<'_>) -> Result<Vec<Point>> {
    let rows = bind::query(
        connection,
        "select * from ledger.measure_values \
         where set_id = $set_id and basis = $basis and span = $span \
             and area = $area and \"group\" = $group order by period",
        &[
            ("set_id", &set_id),
            ("basis", &which.basis),
            ("span", &which.span.as_str()),
            ("area", &which.area),
            ("group", &which.group),
        ],
        |row| Ok((point(row)?, row.get::<_, String>("state")?)),
    )?;
    rows.into_iter()
        .map(|(point, state)| {
            let state = self::state(&state)?;
            Ok(Point { state, ..point })
        })
        .collect()
}

impl From<&Figure> for Point {
    fn from(figure: &Figure) -> Self {
        let Figure {
            cell,
            worked,
            state,
        } = figure;
        Self {
            month: cell.period,
            numerator: cell.numerator,
            denominator: cell.denominator,
            cases: cell.cases,
            value: worked.map(|worked| worked.value),
            interval: worked.and_then(|worked| worked.interval),
            state: *state,
        }
    }
}

impl Which<'_> {
    /// Whether a cell is of the series.
    pub fn holds(&self, cell: &Cell) -> bool {
        (
            cell.span,
            cell.basis.as_str(),
            cell.area.as_str(),
            cell.group.as_str(),
        ) == (self.span, self.basis, self.area, self.group)
    }
}

impl Point {
    /// A month in which nothing happened that could be measured.
    fn without_a_case(month: NaiveDate) -> Self {
        Self {
            month,
            numerator: None,
            denominator: None,
            cases: None,
            value: None,
            interval: None,
            state: State::Empty,
        }
    }
}

/// The state that the ledger names.
pub(super) fn state(text: &str) -> Result<State> {
    State::parse(text).with_context(|| format!("{text:?} is no state of a figure"))
}

/// A cell without its state.
pub(super) fn point(row: &Row<'_>) -> duckdb::Result<Point> {
    let bounds: (Option<f64>, Option<f64>) = (row.get("low")?, row.get("high")?);
    Ok(Point {
        month: row.get("period")?,
        numerator: row.get("numerator")?,
        denominator: row.get("denominator")?,
        cases: row.get("cases")?,
        value: row.get("value")?,
        interval: bounds.0.zip(bounds.1),
        state: State::Empty,
    })
}
