//! `daybook measures show`.

use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;
use serde::Serialize;

use super::{Asked, definition, newest, series_name};
use crate::cli::output::{self, Format};
use crate::measures::changes::{self, Changed};
use crate::measures::definition::Definition;
use crate::measures::results::{self, Point, Which};
use crate::measures::worked::{Span, State};
use crate::model::as_of::AsOf;
use crate::report::format;
use crate::report::query::measures::{self, unit};
use crate::report::sentence::changed;
use crate::report::sentence::standing::{self, Footing};
use crate::report::view::measure::Measure;
use crate::schedule::context::Deployment;
use crate::store::query::Table;
use crate::store::{Store, bind};

#[derive(Debug, Args)]
pub(super) struct Show {
    /// Id, such as 6.4.
    id: String,
    #[arg(long)]
    as_of: Option<AsOf>,
    #[command(flatten)]
    asked: Asked,
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Shown<'a> {
    definition: &'a Definition,
    as_of: chrono::NaiveDate,
    set_id: Option<i64>,
    known_at: Option<i64>,
    unavailable: Option<String>,
    /// Every series that is held.
    held: Vec<Held>,
    basis: &'a str,
    area: &'a str,
    group: &'a str,
    /// Where the force's headline stands, in one sentence.
    sentence: String,
    year_on_year: Option<Changed>,
    year_to_date: Option<Changed>,
    months: Vec<Row>,
    years: Vec<Row>,
}

#[derive(Serialize)]
struct Held {
    basis: String,
    area: String,
    group: String,
}

/// One cell as programs read it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Row {
    pub(super) period: chrono::NaiveDate,
    pub(super) state: &'static str,
    pub(super) numerator: Option<f64>,
    pub(super) denominator: Option<f64>,
    pub(super) cases: Option<i64>,
    pub(super) value: Option<f64>,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
}

impl From<&Point> for Row {
    fn from(point: &Point) -> Self {
        Self {
            period: point.month,
            state: point.state.as_str(),
            numerator: point.numerator,
            denominator: point.denominator,
            cases: point.cases,
            value: point.value,
            low: point.interval.map(|(low, _)| low),
            high: point.interval.map(|(_, high)| high),
        }
    }
}

impl Show {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let definition = definition(&deployment, &self.id)?;
        let store = Store::open_read_only(&deployment.config.store)?;
        let connection = store.connection();
        let as_of = newest(connection, self.as_of)?;
        let set = results::set(connection, &definition.id, as_of)?
            .with_context(|| format!("{} was not evaluated as of {as_of}", definition.id))?;
        let month = self.asked.which(definition, Span::Month)?;
        let points = |span| results::points(connection, set.set_id, Which { span, ..month });
        let (months, years) = (points(Span::Month)?, points(Span::Year)?);
        let sentence = sentence(definition, &measures::one(connection, as_of, definition)?);
        let starts = deployment.measure_settings().year_starts_month;
        let year_on_year = changes::year_on_year(definition, &months, &years);
        let year_to_date = changes::year_to_date(definition, &months, starts);
        if self.json {
            return output::json(&Shown {
                definition,
                as_of: as_of.0,
                set_id: Some(set.set_id),
                known_at: Some(set.known_at),
                unavailable: set.unavailable,
                held: held(connection, set.set_id)?,
                basis: month.basis,
                area: month.area,
                group: month.group,
                sentence,
                year_on_year,
                year_to_date,
                months: months.iter().map(Row::from).collect(),
                years: years.iter().map(Row::from).collect(),
            });
        }
        tell_definition(definition)?;
        if let Some(reason) = set.unavailable {
            return output::line(format!("[x] unavailable as of {as_of}: {reason}"));
        }
        output::line(sentence)?;
        output::line(format!("{}, as of {as_of}:", series_name(&month)))?;
        tell_points(definition, &months, &years)?;
        let (unit, accrual) = (unit(definition), definition.series);
        year_on_year
            .map(|found| changed::year_on_year(unit, accrual, &found))
            .into_iter()
            .chain(year_to_date.map(|found| changed::year_to_date(unit, &found)))
            .try_for_each(output::line)
    }
}

/// Where a measure's headline stands, in one sentence.
pub(super) fn sentence(definition: &Definition, measure: &Measure) -> String {
    standing::standing(
        measure,
        Footing {
            accrual: definition.series,
            minimum_denominator: definition.minimum_denominator,
        },
    )
}

fn held(connection: &duckdb::Connection, set_id: i64) -> Result<Vec<Held>> {
    bind::query(
        connection,
        "select distinct basis, area, \"group\" from ledger.measure_values \
         where set_id = $set_id order by all",
        &[("set_id", &set_id)],
        |row| {
            Ok(Held {
                basis: row.get(0)?,
                area: row.get(1)?,
                group: row.get(2)?,
            })
        },
    )
}

pub(super) fn tell_definition(definition: &Definition) -> Result<()> {
    output::line(format!("{} {}", definition.id, definition.name))?;
    output::line(&definition.definition)?;
    match &definition.denominator {
        Some(denominator) => output::line(format!("  {} / {denominator}", definition.numerator))?,
        None => output::line(format!("  {}", definition.numerator))?,
    }
    let target = definition.target.map_or_else(
        || "none".to_owned(),
        |target| format::value(unit(definition), target),
    );
    output::line(format!("  target: {target}; file: {}", definition.file))?;
    if let Some(baseline) = &definition.baseline {
        let source = baseline.source.as_deref().unwrap_or("source not known");
        output::line(format!("  published: {} ({source})", baseline.text))?;
    }
    if let Some(lag) = &definition.lag {
        output::line(format!("  too young: {}", lag.because))?;
    }
    Ok(())
}

/// A table of months beside the rolling years that end with them.
pub(super) fn tell_points(
    definition: &Definition,
    months: &[Point],
    years: &[Point],
) -> Result<()> {
    let columns = [
        "month",
        "numerator",
        "denominator",
        "value",
        "95% interval",
        "12 months",
        "95% interval",
        "",
    ];
    let rows = months
        .iter()
        .map(|point| {
            let year = years.iter().find(|year| year.month == point.month);
            vec![
                Some(point.month.format("%Y-%m").to_string()),
                point.numerator.map(amount),
                point
                    .denominator
                    .map(amount)
                    .or(point.cases.map(|cases| cases.to_string())),
                told(definition, point),
                interval(definition, point),
                year.and_then(|year| told(definition, year)),
                year.and_then(|year| interval(definition, year)),
                Some(mark(point.state).to_owned()),
            ]
        })
        .collect();
    output::table(
        &Table {
            columns: columns.map(ToOwned::to_owned).to_vec(),
            rows,
            is_plain: vec![false, true, true, true, true, true, true, false],
        },
        Format::Table,
    )
}

fn amount(value: f64) -> String {
    format::number(value, usize::from(value.fract().abs() > 1e-9))
}

fn told(definition: &Definition, point: &Point) -> Option<String> {
    point
        .value
        .map(|value| format::value(unit(definition), value))
}

fn interval(definition: &Definition, point: &Point) -> Option<String> {
    let (low, high) = point.interval?;
    let print = |value| format::value(unit(definition), value);
    Some(format!("{} to {}", print(low), print(high)))
}

/// What a reader must know of a figure.
fn mark(state: State) -> &'static str {
    match state {
        State::Shown => "",
        State::Few => "too few",
        State::Empty => "nothing to divide by",
        State::Immature => "too young",
        State::Stale => "not covered",
    }
}
