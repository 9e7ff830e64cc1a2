//! `daybook jobs`: what is scheduled, when it is next due, what became of it.

use std::path::Path;

use anyhow::Result;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};

use super::output::{self, Format};
use crate::clock::Clock;
use crate::config::Config;
use crate::schedule::context::Deployment;
use crate::store::Store;
use crate::store::query::{Table, select};

#[derive(Debug, Args)]
pub struct Jobs {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The next five runs of every job
    Next,
    /// What became of past slots, newest first
    History {
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
}

impl Jobs {
    pub fn run(&self, dir: &Path) -> Result<()> {
        match &self.action {
            None => show(dir),
            Some(Action::Next) => next(dir),
            Some(Action::History { format }) => history(dir, *format),
        }
    }
}

fn show(dir: &Path) -> Result<()> {
    let deployment = Deployment::load(dir)?;
    let now = Clock::System.now();
    let rows = deployment
        .jobs
        .values()
        .map(|job| {
            let due = job.schedule.next(now, 1);
            let next = due
                .first()
                .filter(|_| job.is_enabled)
                .map(|at| local(*at, job.schedule.zone));
            let cells = [
                Some(job.name.clone()),
                Some(job.title.clone()),
                Some(job.schedule.pattern().to_owned()),
                Some(next.unwrap_or_else(|| "switched off".to_owned())),
            ];
            cells.to_vec()
        })
        .collect();
    let columns = ["job", "title", "schedule", "next run"]
        .map(ToOwned::to_owned)
        .to_vec();
    output::table(
        &Table {
            is_plain: vec![false; columns.len()],
            columns,
            rows,
        },
        Format::Table,
    )
}

fn next(dir: &Path) -> Result<()> {
    let deployment = Deployment::load(dir)?;
    let now = Clock::System.now();
    for job in deployment.jobs.values() {
        output::line(format!("{} ({})", job.name, job.schedule.pattern()))?;
        for at in job.schedule.next(now, 5) {
            output::line(format!("  {}", local(at, job.schedule.zone)))?;
        }
    }
    Ok(())
}

fn history(dir: &Path, format: Format) -> Result<()> {
    let config = Config::load(dir)?;
    let store = Store::open_read_only(&config.store)?;
    let table = select(
        store.connection(),
        "select slots.job, slots.scheduled_at as scheduled_at_utc, slots.as_of, slots.state, \
             count(runs.run_id) as runs, \
             coalesce(any_value(slots.reason), arg_max(runs.story, runs.run_id)) as story \
         from ledger.slots as slots \
         left join ledger.runs as runs \
             on runs.job = slots.job and runs.scheduled_at = slots.scheduled_at \
         group by slots.job, slots.scheduled_at, slots.as_of, slots.state \
         order by slots.scheduled_at desc, slots.job",
    )?;
    output::table(&table, format)
}

fn local(at: DateTime<Utc>, zone: chrono_tz::Tz) -> String {
    at.with_timezone(&zone)
        .format("%A %-d %B %Y, %H:%M %Z")
        .to_string()
}
