//! `daybook measures`: the commitment measures, their figures and where these
//! come from.

mod bridge;
mod explain;
mod preview;
mod scorecard;
mod show;

use std::path::Path;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};

use super::output::Usage;
use crate::measures::breaks;
use crate::measures::definition::load::Broken;
use crate::measures::definition::{Definition, ONE_BASIS};
use crate::measures::measure_value::Span;
use crate::measures::results::{self, FORCE, Which};
use crate::model::as_of::AsOf;
use crate::schedule::context::Deployment;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Measures {
    #[command(flatten)]
    scorecard: scorecard::Scorecard,
    #[command(subcommand)]
    action: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// One measure: its definition and one of its series, month by month
    Show(show::Show),
    /// Work a measure out from its files as they are, and store nothing
    Preview(preview::Preview),
    /// From the national basket to the Met's published total, line by line
    Bridge(bridge::Walk),
    /// Where a figure comes from: SQL, values, batches; worked out again
    Explain(explain::Explain),
}

impl Measures {
    pub fn run(&self, dir: &Path) -> Result<()> {
        match &self.action {
            None => self.scorecard.run(dir),
            Some(What::Show(command)) => command.run(dir),
            Some(What::Preview(command)) => command.run(dir),
            Some(What::Bridge(command)) => command.run(dir),
            Some(What::Explain(command)) => command.run(dir),
        }
    }
}

/// Which of a measure's series is meant; the force's headline when nothing is
/// said.
#[derive(Debug, Args)]
struct Asked {
    /// Reading, where a measure has several: recorded, closed.
    #[arg(long)]
    basis: Option<String>,
    /// Borough, or Force.
    #[arg(long, default_value = FORCE)]
    area: String,
    /// A group that the definition names.
    #[arg(long)]
    group: Option<String>,
}

impl Asked {
    fn which<'a>(&'a self, definition: &'a Definition, span: Span) -> Result<Which<'a>> {
        let basis = self.basis.as_deref().unwrap_or(definition.readings()[0]);
        if !definition.readings().contains(&basis) {
            let readings = definition.readings().join(", ");
            return Err(Usage(if definition.bases.is_empty() {
                format!("{} has only one basis", definition.id)
            } else {
                format!(
                    "{} has no basis {basis:?}; there are {readings}",
                    definition.id
                )
            })
            .into());
        }
        Ok(Which {
            basis,
            area: &self.area,
            group: self.group.as_deref().unwrap_or(&definition.headline),
            span,
        })
    }
}

/// The definition of an id; one that does not hold is told with its problems.
fn definition<'a>(deployment: &'a Deployment, id: &str) -> Result<&'a Definition> {
    let loaded = &deployment.measures;
    let names = |broken: &&Broken| broken.name == id || broken.name == breaks::FILE;
    if let Some(broken) = loaded.broken.iter().find(names) {
        return Err(broken.problems.clone().into());
    }
    loaded
        .definitions
        .iter()
        .find(|definition| definition.id == id)
        .ok_or_else(|| {
            Usage(format!(
                "no measure has the id {id:?}; see `daybook measures`"
            ))
            .into()
        })
}

/// The date that is meant: the newest that measures were evaluated for.
fn newest(connection: &duckdb::Connection, asked: Option<AsOf>) -> Result<AsOf> {
    if let Some(as_of) = asked {
        return Ok(as_of);
    }
    results::newest(connection)?
        .context("no measure has been evaluated yet; run `daybook run commitment-measures`")
}

/// `recorded, Camden, All`, as a heading names a series.
fn series_name(which: &Which<'_>) -> String {
    let basis = (which.basis != ONE_BASIS).then_some(which.basis);
    basis
        .into_iter()
        .chain([which.area, which.group])
        .collect::<Vec<_>>()
        .join(", ")
}
