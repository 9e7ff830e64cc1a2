//! `daybook measures`: every measure in one line.

use std::path::Path;

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use super::newest;
use crate::cli::output::{self, Format, Printed};
use crate::measures::definition::load::FOLDER;
use crate::measures::definition::{Audience, Definition};
use crate::model::as_of::AsOf;
use crate::report::format;
use crate::report::query::measures;
use crate::report::sentence::{self, measures::Sorted};
use crate::report::view::measure::{Measure, MeasureState};
use crate::schedule::context::Deployment;
use crate::store::Store;
use crate::table::{Cell, Column, Table};

#[derive(Debug, Args)]
pub(super) struct Scorecard {
    /// As evaluated for this date; the newest when left out.
    #[arg(long)]
    as_of: Option<AsOf>,
    #[command(flatten)]
    printed: Printed,
}

#[derive(Serialize)]
struct Shown<'a> {
    as_of: chrono::NaiveDate,
    /// Signals that chance alone would give on the newest points.
    expected_false_signals: f64,
    measures: Vec<One<'a>>,
    broken: Vec<Broken>,
}

#[derive(Serialize)]
struct One<'a> {
    #[serde(flatten)]
    measure: &'a Measure,
    sentence: String,
    audiences: &'a [Audience],
    file: &'a str,
}

#[derive(Serialize)]
struct Broken {
    name: String,
    problems: Vec<String>,
}

impl Scorecard {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let store = Store::open_read_only(&deployment.config.store)?;
        let connection = store.connection();
        let as_of = newest(connection, self.as_of)?;
        let definitions = &deployment.measures.definitions;
        let found = definitions
            .iter()
            .map(|definition| measures::one(connection, as_of, definition))
            .collect::<Result<Vec<_>>>()?;
        let broken: Vec<Broken> = deployment
            .measures
            .broken
            .iter()
            .map(|broken| Broken {
                name: broken.name.clone(),
                problems: broken.problems.0.iter().map(ToString::to_string).collect(),
            })
            .collect();
        let format = self.printed.format();
        if format == Format::Csv {
            return output::table(&table(&found), format);
        }
        if format == Format::Json {
            return output::json(&Shown {
                as_of: as_of.0,
                expected_false_signals: measures::expected_false_signals(&found),
                measures: found.iter().zip(definitions).map(one).collect(),
                broken,
            });
        }
        tell(as_of, &found)?;
        for broken in &broken {
            output::line(format!(
                "{}: its definition does not hold: {}",
                broken.name,
                broken.problems.join("; ")
            ))?;
        }
        Ok(())
    }
}

fn one<'a>((measure, definition): (&'a Measure, &'a Definition)) -> One<'a> {
    One {
        measure,
        sentence: super::show::sentence(definition, measure),
        audiences: &definition.audiences,
        file: &definition.file,
    }
}

fn tell(as_of: AsOf, found: &[Measure]) -> Result<()> {
    output::line(format!(
        "{} measures in {FOLDER}, as of {as_of}",
        found.len()
    ))?;
    output::table(&table(found), Format::Table)?;
    // What others publish is shown and not judged, here as on the pages.
    let judged: Vec<Measure> = found
        .iter()
        .filter(|measure| measure.commitment != measures::PUBLISHED)
        .cloned()
        .collect();
    let sorted = Sorted::new(&judged);
    output::line(format!("{}.", sentence::measures::heading(&sorted)))?;
    output::line(format!(
        "By chance alone about {} of the newest points would carry a signal.",
        format::number(measures::expected_false_signals(&judged), 1)
    ))
}

fn table(found: &[Measure]) -> Table {
    let columns = vec![
        Column::code("id"),
        Column::words("measure"),
        Column::date("month"),
        Column::figure("value"),
        Column::words("what it says"),
    ];
    let row = |measure: &Measure| {
        let latest = measure.latest();
        let value = match (&measure.state, latest.and_then(|point| point.value)) {
            (MeasureState::Unavailable { .. }, _) | (_, None) => Cell::new("[x]"),
            (_, Some(value)) => Cell::new(format::value(measure.unit, value)).read_as(value),
        };
        vec![
            Cell::of(&measure.id),
            Cell::of(&measure.title),
            Cell::maybe(latest.map(|point| point.month.format("%Y-%m"))),
            value,
            Cell::new(sentence::measures::says(measure)),
        ]
    };
    Table::of(columns, found.iter().map(row).collect())
}
