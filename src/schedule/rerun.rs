//! Runs again what stood on history before it was changed: the newest list,
//! measures and reports that jobs have made.

use anyhow::Result;
use duckdb::{OptionalExt, params};

use super::context::Context;
use super::definition::{Action, Job};
use super::ledger::{Slot, Trigger, mark_interrupted};
use super::runner;
use crate::model::as_of::AsOf;
use crate::store::failure;

/// Runs every enabled job but the ingest again for the newest date that it
/// succeeded for. Returns one line for each; a job that fails is told and the
/// others go on.
pub fn dependants(context: &Context<'_>) -> Result<Vec<String>> {
    mark_interrupted(context.store.connection(), context.clock.now())?;
    let mut jobs: Vec<&Job> = context
        .deployment
        .jobs
        .values()
        .filter(|job| job.is_enabled && !matches!(job.action, Action::Ingest))
        .collect();
    jobs.sort_by_key(|job| (order(&job.action), job.name.clone()));
    let ledger = context.store.sibling()?;
    let mut stories = Vec::new();
    for job in jobs {
        let Some(slot) = newest_slot(context, job)? else {
            continue;
        };
        let told = match runner::run(context, &ledger, job, &slot, Trigger::Command) {
            Ok(story) => story.headline,
            Err(error) => format!("failed: {}", failure::told(&error)),
        };
        stories.push(format!("{} as of {} again: {told}", job.name, slot.as_of));
    }
    Ok(stories)
}

/// Lists and measures come before the reports that print them.
fn order(action: &Action) -> u8 {
    match action {
        Action::Ingest => 0,
        Action::HarmList(_) => 1,
        Action::Measures(_) => 2,
        Action::Report { .. } => 3,
    }
}

fn newest_slot(context: &Context<'_>, job: &Job) -> Result<Option<Slot>> {
    let found = context
        .store
        .connection()
        .query_row(
            "select scheduled_at, as_of from ledger.slots \
             where job = ? and state = 'succeeded' order by as_of desc, scheduled_at desc limit 1",
            params![job.name],
            |row| {
                let at: chrono::NaiveDateTime = row.get(0)?;
                Ok((at.and_utc(), row.get(1)?))
            },
        )
        .optional()?;
    Ok(found.map(|(scheduled_at, as_of)| Slot {
        job: job.name.clone(),
        scheduled_at,
        as_of: AsOf(as_of),
    }))
}
