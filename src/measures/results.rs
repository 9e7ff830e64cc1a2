//! Reads a measure's stored figures back as a series of months.

use anyhow::Result;
use chrono::{Months, NaiveDate};
use duckdb::{Connection, OptionalExt, params};

use super::definition::{Definition, Kind};
use super::evaluate::months;
use super::xmr::{self, Limits, Signal};
use crate::model::as_of::AsOf;
use crate::model::interval::wilson;

/// Month, numerator, denominator, value as they are stored.
type Figures = (NaiveDate, Option<f64>, Option<f64>, Option<f64>);

/// One measure with its months, limits and signals.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Why there are no figures.
    pub unavailable: Option<String>,
    /// Oldest first, one per month.
    pub points: Vec<Point>,
    pub limits: Option<Limits>,
    /// Positions count `points`.
    pub signals: Vec<Signal>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    pub month: NaiveDate,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    pub value: Option<f64>,
    /// 95%, in the unit of the value.
    pub interval: Option<(f64, f64)>,
    pub is_immature: bool,
}

/// The series of one area and group, as last evaluated for a date. None when
/// the measure was never evaluated for it.
pub fn series(
    connection: &Connection,
    definition: &Definition,
    as_of: AsOf,
    area: &str,
    group: &str,
) -> Result<Option<Series>> {
    let set: Option<(i64, Option<String>)> = connection
        .query_row(
            "select set_id, reason from ledger.measure_sets \
             where measure_id = ? and as_of = ? order by set_id desc limit 1",
            params![definition.id, as_of.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((set_id, reason)) = set else {
        return Ok(None);
    };
    if reason.is_some() {
        return Ok(Some(Series {
            unavailable: reason,
            points: Vec::new(),
            limits: None,
            signals: Vec::new(),
        }));
    }
    let points = points(connection, definition, set_id, as_of, area, group)?;
    let values: Vec<Option<f64>> = points
        .iter()
        .map(|point| point.value.filter(|_| !point.is_immature))
        .collect();
    let chart = xmr::chart(&values, &[]);
    Ok(Some(Series {
        unavailable: points
            .iter()
            .all(|p| p.value.is_none())
            .then(|| "no figure in the last 24 months".to_owned()),
        limits: chart.limits(),
        signals: chart.signals,
        points,
    }))
}

fn points(
    connection: &Connection,
    definition: &Definition,
    set_id: i64,
    as_of: AsOf,
    area: &str,
    group: &str,
) -> Result<Vec<Point>> {
    let mut statement = connection.prepare(
        "select period, numerator, denominator, value from ledger.measure_values \
         where set_id = ? and area = ? and \"group\" = ? order by period",
    )?;
    let rows: Vec<Figures> = statement
        .query_map(params![set_id, area, group], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect::<duckdb::Result<_>>()?;
    let (_, until) = months(as_of);
    let Some((first, ..)) = rows.first() else {
        return Ok(Vec::new());
    };
    let mut month = *first;
    let mut points = Vec::new();
    while month < until {
        let row = rows.iter().find(|row| row.0 == month);
        let numerator = row.and_then(|row| row.1);
        let denominator = row.and_then(|row| row.2);
        points.push(Point {
            month,
            numerator,
            denominator,
            value: row.and_then(|row| row.3),
            interval: interval(definition.kind, numerator, denominator),
            is_immature: month + Months::new(definition.immature_months) >= until,
        });
        month = month + Months::new(1);
    }
    Ok(points)
}

fn interval(kind: Kind, numerator: Option<f64>, denominator: Option<f64>) -> Option<(f64, f64)> {
    if kind != Kind::Proportion {
        return None;
    }
    wilson(numerator?, denominator?).map(|(low, high)| (100.0 * low, 100.0 * high))
}
