//! Adds the rows of the temporary table `measured` up into cells.

use std::collections::BTreeMap;

use anyhow::Result;
use daybook_statistics::interval::median;
use daybook_statistics::series::accrual::Accrual;
use duckdb::{Connection, Row, params};

use super::definition::{Definition, Kind};
use super::measure_value::{self, Cell, Span, Worked};
use super::source_coverage::Coverage;
use super::window::Window;
use crate::store::bind;

/// Every cell of a measure: months and rolling years, in their order.
pub fn of(
    connection: &Connection,
    definition: &Definition,
    window: Window,
    coverage: &Coverage,
) -> Result<Vec<Cell>> {
    let mut cells = match definition.kind {
        Kind::Median => medians(connection, definition, window)?,
        _ => sums(connection, definition, window)?,
    };
    match definition.kind {
        Kind::Survey => cells.extend(gaps(definition, &cells)),
        Kind::Median => {
            cells.extend(without_cases(&cells, coverage));
            cells.sort_by(|a, b| a.place().cmp(&b.place()));
        }
        _ => {}
    }
    for cell in &mut cells {
        if definition.is_crossing(&cell.area, cell.span, cell.period) {
            *cell = Cell {
                is_crossing: true,
                ..cell.clone().unknown()
            };
        }
    }
    Ok(cells)
}

/// What the sources cover, less what a table that says itself how far it goes
/// leaves out: months of a group that it has a row for nowhere.
pub fn coverage(
    connection: &Connection,
    definition: &Definition,
    coverage: Coverage,
) -> Result<Coverage> {
    if !definition.whole_series {
        return Ok(coverage);
    }
    let untold = bind::query(
        connection,
        "with months as ( \
             select cast(unnest(generate_series( \
                 cast(min(period) as timestamp), cast(max(period) as timestamp), \
                 interval 1 month \
             )) as date) as month from measured \
         ) \
         select \"group\", month from (select distinct \"group\" from measured), months \
         except select \"group\", period from measured order by all",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(Coverage {
        untold: untold.into_iter().collect(),
        ..coverage
    })
}

/// The months that are not covered, of a measure that has a cell only where it
/// has cases: without a row of their own they would pass for months in which
/// nothing happened.
fn without_cases(cells: &[Cell], coverage: &Coverage) -> Vec<Cell> {
    let mut series: BTreeMap<_, Vec<&Cell>> = BTreeMap::new();
    for cell in cells.iter().filter(|cell| cell.span == Span::Month) {
        let place = (&cell.basis, &cell.area, &cell.group);
        series.entry(place).or_default().push(cell);
    }
    let mut found = Vec::new();
    for cells in series.values() {
        let (Some(first), Some(last)) = (cells.first(), cells.last()) else {
            continue;
        };
        for month in coverage
            .holes
            .range(first.period..=last.period)
            .map(|hole| *hole.0)
        {
            if !cells.iter().any(|cell| cell.period == month) {
                found.push(Cell {
                    period: month,
                    ..(*first).clone().unknown()
                });
            }
        }
    }
    found
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
        is_crossing: false,
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
                given: measure_value::gap(one, other),
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
