//! `daybook check`: everything an admin can write, found sound or told.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use super::output;
use crate::report::png;
use crate::schedule::context::Deployment;

#[derive(Debug, Args)]
pub struct Check {}

/// Checks the whole deployment.
pub fn run(dir: &Path) -> Result<()> {
    let deployment = Deployment::load(dir)?;
    deployment.check_tables()?;
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
