//! Adds the rows of the temporary table `measured` up into cells.

use std::collections::BTreeMap;

use anyhow::Result;
use duckdb::{Connection, Row, params};

use super::definition::{Definition, Kind};
use super::statistics::series::Accrual;
use super::window::Window;
use super::worked::{self, Cell, Span, Worked};
use crate::model::interval::median;
use crate::store::bind;

/// Every cell of a measure: months and rolling years, in their order.
pub fn of(connection: &Connection, definition: &Definition, window: Window) -> Result<Vec<Cell>> {
    match definition.kind {
        Kind::Median => medians(connection, definition, window),
        Kind::Survey => {
            let mut cells = sums(connection, definition, window)?;
            cells.extend(gaps(definition, &cells));
            Ok(cells)
        }
        _ => sums(connection, definition, window),
    }
}

fn sums(connection: &Connection, definition: &Definition, window: Window) -> Result<Vec<Cell>> {
    let is_level = definition.series != Accrual::Flow;
    bind::query(
        connection,
        include_str!("cells.sql"),
        &[
            ("is_survey", &(definition.kind == Kind::Survey)),
            ("is_stock", &is_level),
            // No row is none counted; of a level it would be a guess.
            ("fills_with_zero", &(definition.kind == Kind::Count)),
            ("has_years", &(definition.series != Accrual::Rolling)),
            ("ends_itself", &definition.whole_series),
            ("shown_from", &bind::date(window.shown_from)),
            ("until", &bind::date(window.until)),
        ],
        |row| summed(definition, row),
    )
}

fn summed(definition: &Definition, row: &Row<'_>) -> duckdb::Result<Cell> {
    let is_survey = definition.kind == Kind::Survey;
    let cases: Option<i64> = row.get("cases")?;
    Ok(Cell {
        numerator: row.get("numerator")?,
        denominator: row.get("denominator")?,
        squared_weights: row.get("squared_weights")?,
        cases: cases.filter(|_| is_survey),
        given: None,
        ..empty(row)?
    })
}

/// Where a cell stands, without its figures.
fn empty(row: &Row<'_>) -> duckdb::Result<Cell> {
    let span: String = row.get("span")?;
    Ok(Cell {
        basis: row.get("basis")?,
        span: if span == "year" {
            Span::Year
        } else {
            Span::Month
        },
        period: row.get("period")?,
        area: row.get("area")?,
        group: row.get("group")?,
        numerator: None,
        denominator: None,
        squared_weights: None,
        cases: None,
        given: None,
    })
}

/// A survey's share in one group less that in another, wherever both answered.
fn gaps(definition: &Definition, cells: &[Cell]) -> Vec<Cell> {
    let Some([first, second]) = &definition.gap else {
        return Vec::new();
    };
    let place = |cell: &Cell| {
        (
            cell.basis.clone(),
            cell.span,
            cell.period,
            cell.area.clone(),
        )
    };
    let of: BTreeMap<_, &Cell> = cells
        .iter()
        .filter(|cell| cell.group == *second)
        .map(|cell| (place(cell), cell))
        .collect();
    cells
        .iter()
        .filter(|cell| cell.group == *first)
        .filter_map(|one| {
            let other = of.get(&place(one))?;
            Some(Cell {
                group: format!("{first} less {second}"),
                numerator: None,
                denominator: None,
                squared_weights: None,
                cases: one.cases.min(other.cases),
                given: worked::gap(one, other),
                ..one.clone()
            })
        })
        .collect()
}

fn medians(connection: &Connection, definition: &Definition, window: Window) -> Result<Vec<Cell>> {
    let has_years = definition.series == Accrual::Flow;
    ranks(connection)?;
    bind::query(
        connection,
        include_str!("medians.sql"),
        &[
            ("has_years", &has_years),
            ("shown_from", &bind::date(window.shown_from)),
            ("until", &bind::date(window.until)),
        ],
        |row| {
            let bounds: (Option<f64>, Option<f64>) = (row.get("low")?, row.get("high")?);
            Ok(Cell {
                cases: row.get("cases")?,
                given: Some(Worked {
                    value: row.get("value")?,
                    interval: bounds.0.zip(bounds.1),
                }),
                ..empty(row)?
            })
        },
    )
}

/// Writes, for every number of cases there can be, which of them in their
/// order bound the median.
fn ranks(connection: &Connection) -> Result<()> {
    connection.execute_batch(
        "create or replace temp table ranks (cases bigint, low_rank bigint, high_rank bigint)",
    )?;
    let most: i64 = bind::query_one(
        connection,
        "select coalesce(max(cases), 0) from ( \
             select count(*) as cases from measured group by basis, area, \"group\")",
        &[],
        |row| row.get(0),
    )?;
    let mut appender = connection.appender_to_catalog_and_db("ranks", "temp", "main")?;
    for cases in 1..=most {
        if let Some((low, high)) = bounds(cases) {
            appender.append_row(params![cases, low, high])?;
        }
    }
    appender.flush()?;
    Ok(())
}

/// The ranks of the two cases that bound the median.
fn bounds(cases: i64) -> Option<(i64, i64)> {
    let low = i64::try_from(median::rank(usize::try_from(cases).ok()?)?).ok()?;
    Some((low, cases + 1 - low))
}
