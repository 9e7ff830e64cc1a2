//! The newest figure of each reading, group and area of a measure.

use anyhow::Result;
use chrono::{Months, NaiveDate};
use duckdb::Connection;

use super::definition::Definition;
use super::extent;
use super::measure_value::Span;
use super::results::{self, Point};
use super::window::YEAR;
use crate::store::bind;

/// One reading in one group of one area.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    pub basis: String,
    pub area: String,
    pub group: String,
    /// The newest month or year that is old enough to judge and covered.
    pub newest: Point,
    /// Its value a year before; none when a break lies between.
    pub before: Option<f64>,
}

/// The slices of a set of figures, by reading, area and group.
pub fn newest(
    connection: &Connection,
    definition: &Definition,
    set_id: i64,
    span: Span,
) -> Result<Vec<Slice>> {
    let rows = bind::query(
        connection,
        include_str!("slices.sql"),
        &[("set_id", &set_id), ("span", &span.as_str())],
        |row| {
            let slice = Slice {
                basis: row.get("basis")?,
                area: row.get("area")?,
                group: row.get("group")?,
                newest: results::point(row)?,
                before: row.get("before_value")?,
            };
            Ok((slice, row.get::<_, String>("state")?))
        },
    )?;
    rows.into_iter()
        .map(|(slice, state)| {
            let state = results::state(&state)?;
            let newest = Point {
                state,
                ..slice.newest
            };
            let before = slice
                .before
                .filter(|_| !is_apart(definition, &slice.area, span, newest.month));
            Ok(Slice {
                newest,
                before,
                ..slice
            })
        })
        .collect()
}

/// Whether a break lies between a figure and that of a year before.
fn is_apart(definition: &Definition, area: &str, span: Span, month: NaiveDate) -> bool {
    let of = |month| extent::of(definition, span, month);
    let both = of(month).and(of(month - Months::new(YEAR)));
    definition.crossed(area, both).is_some()
}
