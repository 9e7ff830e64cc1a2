//! `daybook run JOB`: one job, now, for a date.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use super::output::{self, Usage};
use super::progress::Progress;
use crate::clock::Clock;
use crate::model::as_of::AsOf;
use crate::schedule::context::{Context, Deployment};
use crate::schedule::ledger::{Trigger, mark_interrupted};
use crate::schedule::runner;
use crate::schedule::stop::Stop;

#[derive(Debug, Args)]
pub struct Run {
    /// Name of the job: a folder in jobs/.
    job: String,
    /// Date the figures speak of; today when left out.
    #[arg(long)]
    as_of: Option<AsOf>,
}

impl Run {
    pub fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let Some(job) = deployment.jobs.get(&self.job) else {
            let known: Vec<&str> = deployment.jobs.keys().map(String::as_str).collect();
            return Err(Usage(format!(
                "no job is called {:?}; there are {}",
                self.job,
                known.join(", ")
            ))
            .into());
        };
        let store = deployment.open_store()?;
        let clock = Clock::System;
        let as_of = self
            .as_of
            .unwrap_or_else(|| AsOf(clock.today(deployment.config.tz())));
        let bar = Progress::start(&job.name);
        let context = Context {
            deployment: &deployment,
            store: &store,
            clock,
            stop: &Stop::default(),
            progress: &|what, done, total| bar.at(what, done, total),
        };
        // Whoever has the database alone finds no run that is still under way.
        mark_interrupted(store.connection(), clock.now())?;
        let slot = runner::slot_of(job, as_of);
        let outcome = runner::run(&context, &store.sibling()?, job, &slot, Trigger::Command);
        bar.finish();
        let story = outcome?;
        output::line(format!("{} as of {as_of}: {}", job.name, story.headline))?;
        story
            .details
            .iter()
            .try_for_each(|detail| output::line(format!("  {detail}")))
    }
}
