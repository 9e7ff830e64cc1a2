//! `daybook check`: everything an admin can write, found sound or told.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use super::output;
use crate::harm::index;
use crate::harm::ranking::ListSql;
use crate::report::png;
use crate::schedule::context::Deployment;
use crate::schedule::definition::Action;

#[derive(Debug, Args)]
pub struct Check {}

/// Checks the whole deployment.
pub fn run(dir: &Path) -> Result<()> {
    let deployment = Deployment::load(dir)?;
    for job in deployment.jobs.values() {
        if let Action::HarmList(settings) = &job.action {
            index::load(dir, &settings.edition)?;
            ListSql::load(dir)?;
        }
    }
    png::self_test()?;
    output::line(format!(
        "{}: {} jobs, {} sources, {} models, {} checks, {} measures: no problems found",
        dir.display(),
        deployment.jobs.len(),
        deployment.contracts.len(),
        deployment.models.len(),
        deployment.checks.len(),
        deployment.measures.len()
    ))
}
