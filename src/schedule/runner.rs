//! Runs a job in a slot: begins and ends it in the ledger, and tells one story
//! of it.

use std::panic::AssertUnwindSafe;

use anyhow::{Result, bail};
use chrono::{DateTime, Duration, Utc};

use super::actions;
use super::context::Context;
use super::definition::{Action, Job};
use super::ingest_job;
use super::ingest_job::Ingested;
use super::ledger::{self, Ending, Slot, Trigger};
use super::post;
use crate::clock::{self, Stopwatch};
use crate::ingest::arrive::Waiting;
use crate::ingest::refusal;
use crate::ingest::validate::relations::MissingReferences;
use crate::measures::evaluate::Evaluated;
use crate::model::as_of::AsOf;
use crate::store::{Store, failure};

/// What a run has to say when it ends well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunSummary {
    pub headline: String,
    /// What a reader should know beyond the headline, a line each.
    pub details: Vec<String>,
}

/// The slot that a date has for a job: its due instant on that day, or the
/// day's start when it has none.
pub fn slot_of(job: &Job, as_of: AsOf) -> Slot {
    let zone = job.schedule.zone;
    let midnight = clock::midnight(as_of.0, zone);
    let due = job.schedule.between(
        midnight - Duration::seconds(1),
        midnight + Duration::hours(24),
    );
    let on_the_day = |at: &&DateTime<Utc>| at.with_timezone(&zone).date_naive() == as_of.0;
    Slot {
        job: job.name.clone(),
        scheduled_at: due.iter().find(on_the_day).copied().unwrap_or(midnight),
        as_of,
    }
}

/// Every slot that a job's schedule has on the days from one date to another,
/// both inside, the earliest first.
pub fn slots_between(job: &Job, from: AsOf, to: AsOf) -> Vec<Slot> {
    let zone = job.schedule.zone;
    let due = job.schedule.between(
        clock::midnight(from.0, zone) - Duration::seconds(1),
        clock::midnight(to.0, zone) + Duration::hours(25),
    );
    due.into_iter()
        .map(|scheduled_at| Slot {
            job: job.name.clone(),
            scheduled_at,
            as_of: AsOf(scheduled_at.with_timezone(&zone).date_naive()),
        })
        .filter(|slot| (from..=to).contains(&slot.as_of))
        .collect()
}

/// Runs a job in a slot. `ledger` is a connection of its own, so that a long
/// step never holds up the record of a run.
pub fn run(
    context: &Context<'_>,
    ledger: &Store,
    job: &Job,
    slot: &Slot,
    trigger: Trigger,
) -> Result<RunSummary> {
    let stopwatch = Stopwatch::start();
    let run_id = ledger::begin(ledger.connection(), slot, trigger, context.clock.now())?;
    let outcome = caught(|| act(context, job, slot));
    let elapsed_ms = stopwatch.elapsed_ms();
    let (ending, text) = match &outcome {
        Ok(story) => (Ending::Succeeded, story.headline.clone()),
        Err(error) if context.stop.is_asked() => (Ending::Interrupted, failure::told(error)),
        Err(error) => (Ending::Failed, failure::told(error)),
    };
    let recorded = ledger::end(
        ledger.connection(),
        slot,
        run_id,
        ending,
        &text,
        context.clock.now(),
    );
    let (name, as_of) = (job.name.as_str(), slot.as_of.to_string());
    match &outcome {
        Ok(story) => tracing::info!(
            job.name = name,
            run.id = run_id,
            as_of,
            elapsed_ms,
            "{name} as of {as_of}: {}",
            story.headline
        ),
        Err(error) => tracing::error!(
            job.name = name,
            run.id = run_id,
            as_of,
            elapsed_ms,
            "{name} as of {as_of} failed: {}",
            failure::told(error)
        ),
    }
    if let Err(error) = &recorded {
        tracing::error!(
            job.name = name,
            run.id = run_id,
            "how {name} ended could not be recorded: {}",
            failure::told(error)
        );
    }
    outcome.and_then(|story| recorded.map(|()| story))
}

/// A panic is one job's failure. What it says may quote a row, so it is told in
/// words of our own; the log has its place. The transaction it broke off is
/// rolled back by then.
fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    std::panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        bail!("the program broke off in this job (a panic: a fault in daybook, whose place is in the log)")
    })
}

fn act(context: &Context<'_>, job: &Job, slot: &Slot) -> Result<RunSummary> {
    let as_of = slot.as_of;
    match &job.action {
        Action::Ingest => {
            let done = ingest_job::ingest(context, as_of, None)?;
            let story = tell_ingest(&done);
            let unwell: Vec<String> = [tell_failed(&done), tell_blocked(&done)]
                .into_iter()
                .flatten()
                .collect();
            if unwell.is_empty() {
                return Ok(story);
            }
            bail!("{}; {}", story.headline, unwell.join("; "));
        }
        Action::HarmList(settings) => {
            let made = actions::harm_list(context, as_of, settings)?;
            Ok(RunSummary {
                headline: format!(
                    "list {} {}: {} people listed of {} ranked",
                    made.list_id,
                    if made.is_new {
                        "made"
                    } else {
                        "stands as it was made before"
                    },
                    made.counts.listed,
                    made.counts.ranked
                ),
                details: Vec::new(),
            })
        }
        Action::Measures(settings) => {
            actions::measures(context, as_of, *settings).map(|done| tell_measures(&done))
        }
        Action::Report { kind, to } => {
            let published = actions::report(context, slot, *kind, to)?;
            if !published.lacking.is_empty() {
                bail!(
                    "{} was rendered, but {}",
                    kind.as_str(),
                    post::tell_lacking(&published.lacking)
                );
            }
            let mut details = vec![published.path.display().to_string()];
            details.extend(published.sent.iter().cloned());
            Ok(RunSummary {
                headline: format!(
                    "{} {}, {} sent",
                    kind.as_str(),
                    if published.is_new {
                        "rendered"
                    } else {
                        "unchanged"
                    },
                    match published.sent.len() {
                        1 => "1 mail".to_owned(),
                        count => format!("{count} mails"),
                    }
                ),
                details,
            })
        }
    }
}

/// The story of a night's ingest.
pub fn tell_ingest(done: &Ingested) -> RunSummary {
    let sum = |pick: fn(&crate::ingest::history::batch::Batch) -> u64| {
        done.accepted.iter().map(pick).sum::<u64>()
    };
    let mut details: Vec<String> = Vec::new();
    for batch in &done.refused {
        details.push(format!(
            "{} refused: {}",
            batch.file_name,
            batch.reason.as_deref().unwrap_or("no reason given")
        ));
    }
    let noted = done
        .accepted
        .iter()
        .filter_map(|batch| Some((batch, batch.reason.as_ref()?)));
    let noted: Vec<String> = noted
        .map(|(batch, note)| format!("{}: {note}", batch.file_name))
        .collect();
    details.extend(noted.iter().take(MOST_TOLD).cloned());
    if noted.len() > MOST_TOLD {
        let more = noted.len() - MOST_TOLD;
        details.push(format!(
            "{more} more files have notes; see `daybook ingest batches`"
        ));
    }
    let is_refused = |state: &str| ["refused", refusal::FAILED].contains(&state);
    for (file, batch_id, state) in done.known.iter().filter(|(_, _, s)| is_refused(s)) {
        details.push(format!(
            "{file} still refused, see batch {batch_id} ({state})"
        ));
    }
    details.extend(done.waiting.iter().take(MOST_TOLD).map(told));
    if done.waiting.len() > MOST_TOLD {
        let more = done.waiting.len() - MOST_TOLD;
        details.push(format!("{more} more files wait"));
    }
    details.extend(done.overdue.iter().map(tell_overdue));
    let failed = done.checks.iter().filter(|check| check.rows > 0);
    details.extend(failed.map(|check| format!("check: {check}")));
    RunSummary {
        headline: format!(
            "{} files accepted ({} rows accepted, {} rejected, {} duplicate), {} known already, {} refused, {} waiting{}; {} tables rebuilt",
            done.accepted.len(),
            sum(|b| b.rows_accepted),
            sum(|b| b.rows_rejected),
            sum(|b| b.rows_duplicate),
            done.known.len(),
            done.refused.len(),
            done.waiting.len(),
            match done.erased.len() {
                0 => String::new(),
                erased => format!(", {erased} erased after their time"),
            },
            done.built.len()
        ),
        details,
    }
}

/// Waiting files that are told one by one.
const MOST_TOLD: usize = 100;

fn told(waiting: &Waiting) -> String {
    format!("{}: {}", waiting.file_name, waiting.reason)
}

/// Why a night did not do all that it could, though what could be accepted was.
pub fn tell_failed(done: &Ingested) -> Option<String> {
    const NAMED: usize = 5;
    let named: Vec<String> = done.failed.iter().take(NAMED).map(told).collect();
    let more = match done.failed.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    match named.len() {
        0 => None,
        1 => Some(format!("1 file failed: {}{more}", named[0])),
        _ => Some(format!(
            "{} files failed: {}{more}",
            done.failed.len(),
            named.join("; ")
        )),
    }
}

/// One relation of which rows wait too long.
pub fn tell_overdue(lacking: &MissingReferences) -> String {
    format!(
        "{}: {} rows name a {} that {} does not hold, {} of them for longer than {} days",
        lacking.source,
        lacking.rows_missing,
        lacking.columns,
        lacking.other_source,
        lacking.rows_overdue,
        lacking.within_days
    )
}

/// Why a night whose files were accepted did not end well.
pub fn tell_blocked(done: &Ingested) -> Option<String> {
    let blocked = done.blocked.as_ref()?;
    let ground = done.stands_at.map_or_else(
        || "there is no warehouse yet".to_owned(),
        |batch| format!("lists and reports stand on batch {batch} and say so"),
    );
    Some(format!(
        "what was accepted is kept, but the warehouse was not rebuilt, because a check failed: \
         {blocked} (which rows: ledger.check_results); {ground}"
    ))
}

fn tell_measures(done: &[Evaluated]) -> RunSummary {
    let unavailable: Vec<&Evaluated> = done.iter().filter(|m| m.unavailable.is_some()).collect();
    RunSummary {
        headline: format!(
            "{} measures, {} evaluated now, {} unavailable",
            done.len(),
            done.iter().filter(|m| m.is_new).count(),
            unavailable.len()
        ),
        details: unavailable
            .iter()
            .map(|m| {
                format!(
                    "{}: {}",
                    m.measure_id,
                    m.unavailable.as_deref().unwrap_or_default()
                )
            })
            .collect(),
    }
}
