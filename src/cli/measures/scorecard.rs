//! `daybook measures`: every measure in one line.

use std::path::Path;

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use super::newest;
use crate::cli::output::{self, Format};
use crate::measures::definition::{Audience, Definition, FOLDER};
use crate::model::as_of::AsOf;
use crate::report::format;
use crate::report::query::measures;
use crate::report::sentence;
use crate::report::view::measure::{Measure, MeasureState};
use crate::schedule::context::Deployment;
use crate::store::Store;
use crate::store::query::Table;

#[derive(Debug, Args)]
pub(super) struct Scorecard {
    /// As evaluated for this date; the newest when left out.
    #[arg(long)]
    as_of: Option<AsOf>,
    #[arg(long)]
    json: bool,
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
        if self.json {
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
    let columns = ["id", "measure", "month", "value", "what it says"];
    let rows = found
        .iter()
        .map(|measure| {
            let latest = measure.latest();
            vec![
                Some(measure.id.clone()),
                Some(measure.title.clone()),
                latest.map(|point| point.month.format("%Y-%m").to_string()),
                Some(
                    match (&measure.state, latest.and_then(|point| point.value)) {
                        (MeasureState::Unavailable { .. }, _) | (_, None) => "[x]".to_owned(),
                        (_, Some(value)) => format::value(measure.unit, value),
                    },
                ),
                Some(sentence::measures::finding(measure)),
            ]
        })
        .collect();
    output::table(
        &Table {
            columns: columns.map(ToOwned::to_owned).to_vec(),
            rows,
            is_plain: vec![false, false, false, true, false],
        },
        Format::Table,
    )?;
    output::line(format!(
        "By chance alone about {} of the newest points would carry a signal.",
        format::number(measures::expected_false_signals(found), 1)
    ))
}
