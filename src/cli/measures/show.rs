//! `daybook measures show`.

use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;

use super::{Asked, definition, newest, series_name};
use crate::cli::output::{self, Format, Printed};
use crate::measures::breaks::Break;
use crate::measures::changes::{self, Changed};
use crate::measures::definition::Definition;
use crate::measures::measure_value::{Span, State};
use crate::measures::results::{self, Point, Which};
use crate::model::as_of::AsOf;
use crate::report::format;
use crate::report::query::measures::{self, unit};
use crate::report::sentence::measure_summary::{self, Footing};
use crate::report::sentence::measures::PREVALENCE;
use crate::report::sentence::{breaks, changed};
use crate::report::view::measure::Measure;
use crate::schedule::context::Deployment;
use crate::store::{Store, bind};
use crate::table::{Cell, Column, Table};

#[derive(Debug, Args)]
pub(super) struct Show {
    /// Id, such as 6.4.
    id: String,
    /// Figures as evaluated for this date; the newest when left out.
    #[arg(long)]
    as_of: Option<AsOf>,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    printed: Printed,
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
    /// The breaks that touch the area, the oldest first.
    breaks: Vec<&'a Break>,
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
        let set = results::set(connection, definition, as_of)?
            .with_context(|| format!("{} was not evaluated as of {as_of}", definition.id))?;
        let month = self.asked.which(definition, Span::Month)?;
        let points = |span| results::points(connection, set.set_id, Which { span, ..month });
        let (months, years) = (points(Span::Month)?, points(Span::Year)?);
        let sentence = sentence(definition, &measures::one(connection, as_of, definition)?);
        let starts = deployment.measure_settings().year_starts_month;
        let year_on_year = changes::year_on_year(definition, month.area, &months, &years);
        let year_to_date = changes::year_to_date(definition, month.area, &months, starts);
        let format = self.printed.format();
        if format == Format::Csv {
            if let Some(reason) = &set.unavailable {
                bail!("[x] unavailable as of {as_of}: {reason}");
            }
            return output::table(&table(definition, &months, &years), format);
        }
        if format == Format::Json {
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
                breaks: definition.breaks_in(month.area).collect(),
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
        output::table(&table(definition, &months, &years), format)?;
        tell_breaks(definition, month.area)?;
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
    measure_summary::standing(
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
    if definition.is_volume() {
        output::line(format!("  {PREVALENCE}"))?;
    }
    if let Some(lag) = &definition.lag {
        output::line(format!("  provisional: {}", lag.because))?;
    }
    Ok(())
}

/// What divides the series of an area.
pub(super) fn tell_breaks(definition: &Definition, area: &str) -> Result<()> {
    definition
        .breaks_in(area)
        .map(|found| breaks::told("Break", found.date, &found.what, &found.source))
        .try_for_each(output::line)
}

/// Months beside the rolling years that end with them.
pub(super) fn table(definition: &Definition, months: &[Point], years: &[Point]) -> Table {
    let columns = vec![
        Column::date("month"),
        Column::figure("numerator"),
        Column::figure("denominator"),
        Column::figure("value"),
        Column::figure("95% interval").on_screen_only(),
        Column::figure("low").in_data_only(),
        Column::figure("high").in_data_only(),
        Column::figure("12 months"),
        Column::figure("95% interval").on_screen_only(),
        Column::figure("12 months low").in_data_only(),
        Column::figure("12 months high").in_data_only(),
        Column::words("").on_screen_only(),
        Column::words("state").in_data_only(),
    ];
    let rows = months.iter().map(|point| {
        let year = years.iter().find(|year| year.month == point.month);
        let whole = point.denominator.map(amount);
        let whole = whole.or_else(|| point.cases.map(Cell::of));
        let mark = mark(point.state, year.map(|year| year.state));
        let mut cells = vec![
            Cell::of(point.month.format("%Y-%m")),
            point.numerator.map(amount).unwrap_or_default(),
            whole.unwrap_or_default(),
        ];
        cells.extend(value(definition, Some(point)));
        cells.extend(value(definition, year));
        cells.extend([Cell::new(mark), Cell::new(mark)]);
        cells
    });
    Table::of(columns, rows.collect())
}

fn amount(value: f64) -> Cell {
    let decimals = usize::from(value.fract().abs() > 1e-9);
    Cell::new(format::number(value, decimals)).read_as(value)
}

/// A value, its interval in words, and the interval's ends.
fn value(definition: &Definition, point: Option<&Point>) -> [Cell; 4] {
    let print = |value| format::value(unit(definition), value);
    let value = point.and_then(|point| point.value);
    let interval = point.and_then(|point| point.interval);
    [
        value.map_or_else(Cell::default, |value| {
            Cell::new(print(value)).read_as(value)
        }),
        Cell::from(interval.map(|(low, high)| format!("{} to {}", print(low), print(high)))),
        Cell::maybe(interval.map(|(low, _)| low)),
        Cell::maybe(interval.map(|(_, high)| high)),
    ]
}

/// What a reader must know of a month and of the year that ends with it.
fn mark(month: State, year: Option<State>) -> &'static str {
    match month {
        State::Shown if year == Some(State::Crossing) => "12 months cross a break",
        State::Shown => "",
        State::Few => "too few",
        State::Empty => "nothing to divide by",
        State::Immature => "provisional",
        State::Stale => "not covered",
        State::Crossing => "crosses a break",
    }
}
