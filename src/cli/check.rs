//! `daybook check`: everything an admin can write, found sound or told.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use super::output;
use crate::config::problem::Problems;
use crate::report::png;
use crate::schedule::check_sql;
use crate::schedule::context::Deployment;

#[derive(Debug, Args)]
pub struct Check {
    /// Only bind the SQL files, and list them in the order they run
    #[arg(long)]
    sql: bool,
}

impl Check {
    pub fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let mut problems = deployment.contract_problems();
        if !problems.is_empty() {
            // What reads a source that cannot be made would be told as well.
            problems.extend(deployment.measures.problems());
            return Err(Problems(problems).into());
        }
        if self.sql {
            let files = check_sql::check(&deployment)??;
            let broken = deployment.measures.problems();
            if !broken.is_empty() {
                return Err(Problems(broken).into());
            }
            return files.iter().try_for_each(output::line);
        }
        let mut problems = deployment.measures.problems();
        let mut keep = |found: Problems| problems.extend(found.0);
        deployment.check_access().unwrap_or_else(&mut keep);
        deployment.check_tables().unwrap_or_else(&mut keep);
        let files = check_sql::check(&deployment)?.map_err(&mut keep).ok();
        let Some(files) = files.filter(|_| problems.is_empty()) else {
            return Err(Problems(problems).into());
        };
        png::self_test()?;
        output::line(format!(
            "{}: {} jobs, {} sources, {} models, {} checks, {} measures, {} SQL files bound: no problems found",
            dir.display(),
            deployment.jobs.len(),
            deployment.contracts.len(),
            deployment.models.len(),
            deployment.checks.len(),
            deployment.measures.definitions.len(),
            files.len()
        ))
    }
}
