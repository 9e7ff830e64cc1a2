//! `daybook run JOB`: one job, now, for a date.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use super::output::{self, Usage};
use super::progress::Progress;
use crate::clock::Clock;
use crate::model::as_of::AsOf;
use crate::schedule::context::{Context, Deployment};
use crate::schedule::definition::Job;
use crate::schedule::ledger::{Slot, Trigger, mark_interrupted};
use crate::schedule::runner::{self, RunSummary};
use crate::schedule::stop::Stop;

#[derive(Debug, Args)]
pub struct Run {
    /// Name of the job: a folder in jobs/.
    job: String,
    /// Date the figures speak of; today when left out.
    #[arg(long, conflicts_with_all = ["from", "to"])]
    as_of: Option<AsOf>,
    /// Run for every date of the job's schedule from this one on, each as it
    /// is known now.
    #[arg(long)]
    from: Option<AsOf>,
    /// Last of these dates; today when left out.
    #[arg(long, requires = "from")]
    to: Option<AsOf>,
}

/// The most slots that one command runs: ten years of nights.
const MOST_SLOTS: usize = 3_660;

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
        let clock = Clock::System;
        let today = AsOf(clock.today(deployment.config.tz()));
        let slots = self.slots(job, today)?;
        let store = deployment.open_store()?;
        // Whoever has the database alone finds no run that is still under way.
        mark_interrupted(store.connection(), clock.now())?;
        for slot in &slots {
            let bar = Progress::start(&format!("{} as of {}", job.name, slot.as_of));
            let context = Context {
                deployment: &deployment,
                store: &store,
                clock,
                stop: &Stop::default(),
                progress: &|what, done, total| bar.at(what, done, total),
            };
            let outcome = runner::run(&context, &store.sibling()?, job, slot, Trigger::Command);
            bar.finish();
            tell(job, slot, &outcome?)?;
        }
        Ok(())
    }

    fn slots(&self, job: &Job, today: AsOf) -> Result<Vec<Slot>> {
        let Some(from) = self.from else {
            return Ok(vec![runner::slot_of(job, self.as_of.unwrap_or(today))]);
        };
        let to = self.to.unwrap_or(today);
        if from > to {
            return Err(Usage(format!("--from {from} is after {to}")).into());
        }
        let slots = runner::slots_between(job, from, to);
        if slots.is_empty() || slots.len() > MOST_SLOTS {
            return Err(Usage(format!(
                "{} has {} slots from {from} to {to}; expected 1 to {MOST_SLOTS}",
                job.name,
                slots.len()
            ))
            .into());
        }
        Ok(slots)
    }
}

fn tell(job: &Job, slot: &Slot, story: &RunSummary) -> Result<()> {
    output::line(format!(
        "{} as of {}: {}",
        job.name, slot.as_of, story.headline
    ))?;
    story
        .details
        .iter()
        .try_for_each(|detail| output::line(format!("  {detail}")))
}
