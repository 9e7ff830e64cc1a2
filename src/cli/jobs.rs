//! `daybook jobs`: what is scheduled, when it is next due, what became of it.

use std::path::Path;

use anyhow::Result;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};

use super::output::{self, Format, Printed};
use crate::clock::Clock;
use crate::config::Config;
use crate::schedule::context::Deployment;
use crate::store::Store;
use crate::store::query::select;
use crate::table::{Cell, Column, Table};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Jobs {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    printed: Printed,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The next five runs of every job
    Next(Printed),
    /// What became of past slots, newest first
    History(Printed),
}

/// Runs of each job that `next` tells.
const NEXT: usize = 5;

impl Jobs {
    pub fn run(&self, dir: &Path) -> Result<()> {
        match &self.action {
            None => show(dir, self.printed.format()),
            Some(Action::Next(printed)) => next(dir, printed.format()),
            Some(Action::History(printed)) => history(dir, printed.format()),
        }
    }
}

fn show(dir: &Path, format: Format) -> Result<()> {
    let deployment = Deployment::load(dir)?;
    let now = Clock::System.now();
    let rows = deployment
        .jobs
        .values()
        .map(|job| {
            let due = job.schedule.next(now, 1);
            let next = match due.first().filter(|_| job.is_enabled) {
                Some(at) => moment(*at, job.schedule.zone),
                None => Cell::new("switched off"),
            };
            vec![
                Cell::of(&job.name),
                Cell::of(&job.title),
                Cell::of(job.schedule.pattern()),
                next,
            ]
        })
        .collect();
    let columns = vec![
        Column::code("job"),
        Column::words("title"),
        Column::code("schedule"),
        Column::words("next run"),
    ];
    output::table(&Table::of(columns, rows), format)
}

fn next(dir: &Path, format: Format) -> Result<()> {
    let deployment = Deployment::load(dir)?;
    let now = Clock::System.now();
    if format != Format::Table {
        let jobs = deployment.jobs.values();
        let rows = jobs.flat_map(|job| {
            job.schedule.next(now, NEXT).into_iter().map(move |at| {
                vec![
                    Cell::of(&job.name),
                    Cell::of(job.schedule.pattern()),
                    moment(at, job.schedule.zone),
                ]
            })
        });
        let columns = ["job", "schedule", "next run"].map(Column::words).to_vec();
        return output::table(&Table::of(columns, rows.collect()), format);
    }
    for job in deployment.jobs.values() {
        output::line(format!("{} ({})", job.name, job.schedule.pattern()))?;
        for at in job.schedule.next(now, NEXT) {
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

/// A moment in words, and with its offset for programs.
fn moment(at: DateTime<Utc>, zone: chrono_tz::Tz) -> Cell {
    let programs = at.with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%:z");
    Cell::new(local(at, zone)).read_as(programs)
}

fn local(at: DateTime<Utc>, zone: chrono_tz::Tz) -> String {
    at.with_timezone(&zone)
        .format("%A %-d %B %Y, %H:%M %Z")
        .to_string()
}
