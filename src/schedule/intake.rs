//! Files on their way in: what has landed, what was asked for by name, what an
//! admin confirms or takes back; and what follows from each.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::context::Context;
use super::steps;
use crate::ingest::arrive::{self, Arrival, Looking, Waiting};
use crate::ingest::ledger::Batch;
use crate::ingest::relations::{self, Lacking};
use crate::ingest::revert::{self, Reverted};
use crate::ingest::{self, Outcome, Taking, ledger, rejects, shelve};
use crate::model::as_of::AsOf;
use crate::warehouse::checks::CheckResult;
use crate::warehouse::standing::{self, Blocked};
use crate::warehouse::{Built, Rebuilt};

/// What a night of ingest did.
#[derive(Debug, Default)]
pub struct Ingested {
    pub accepted: Vec<Batch>,
    pub refused: Vec<Batch>,
    /// Files whose content is in the ledger already.
    pub known: Vec<(String, i64, String)>,
    pub waiting: Vec<Waiting>,
    /// Relations of which rows wait longer than they may.
    pub overdue: Vec<Lacking>,
    /// Rejected values and refused files that were forgotten.
    pub aged_out: u64,
    /// Empty when nothing had changed.
    pub built: Vec<Built>,
    pub checks: Vec<CheckResult>,
    /// Why the warehouse does not stand on what was taken in.
    pub blocked: Option<Blocked>,
    /// The batch on which it stands; none before the first build.
    pub stands_at: Option<i64>,
}

/// Takes in what has landed up to a date, or the named files, and rebuilds the
/// warehouse when something changed.
pub fn ingest(context: &Context<'_>, as_of: AsOf, files: Option<&[PathBuf]>) -> Result<Ingested> {
    let deployment = context.deployment;
    let landing = &deployment.config.landing;
    let go_on = || context.stop.check();
    let looking = looking(context, &go_on);
    clear_scratch(context)?;
    let (arrivals, waiting) = match files {
        Some(files) => arrive::inspect(files, looking)?,
        None => {
            shelve::tidy(&landing.path, &deployment.contracts)?;
            arrive::scan(&landing.path, looking)?
        }
    };
    ensure_histories(context)?;
    let mut ingested = Ingested {
        waiting,
        ..Ingested::default()
    };
    let total = arrivals.len() as u64;
    for (done, arrival) in arrivals.iter().enumerate() {
        context.stop.check()?;
        (context.progress)(&arrival.file_name, done as u64, total);
        if files.is_none() && arrival.as_at.date() > as_of.0 && arrival.is_dated {
            let reason = format!(
                "speaks of {}, after {as_of}; left for its own night",
                arrival.as_at.date()
            );
            ingested.waiting.push(Waiting {
                file_name: arrival.file_name.clone(),
                reason,
            });
            continue;
        }
        take_in(context, arrival, files.is_some(), false, &mut ingested)?;
    }
    ingested.aged_out = age_out(context)?;
    (context.progress)("warehouse", total, total);
    finish(context, ingested)
}

/// Takes one named file in and leaves the warehouse as it is.
pub fn take_in_only(context: &Context<'_>, file: &Path) -> Result<Ingested> {
    let (arrivals, waiting) = arrive::inspect(&[file.to_owned()], looking(context, &|| Ok(())))?;
    ensure_histories(context)?;
    let mut ingested = Ingested {
        waiting,
        ..Ingested::default()
    };
    for arrival in &arrivals {
        take_in(context, arrival, true, false, &mut ingested)?;
    }
    Ok(ingested)
}

/// Takes in a snapshot that was refused for what it would end, on the word of
/// whoever runs the command.
pub fn confirm(context: &Context<'_>, file: &Path, by: &str) -> Result<Ingested> {
    let (path, batch_id) = refused_for_ending(context, file)?;
    let looking = Looking {
        settle: Duration::ZERO,
        ..looking(context, &|| Ok(()))
    };
    let named = file_name(file);
    let (mut arrivals, waiting) = arrive::inspect_as(&path, &named, looking)?;
    let Some(arrival) = arrivals.pop() else {
        let reason = waiting.first().map_or("not found", |w| w.reason.as_str());
        bail!("{}: {reason}", path.display());
    };
    ensure_histories(context)?;
    let at = context.clock.now().naive_utc();
    ledger::confirm_ending(context.store.connection(), batch_id, by, at)?;
    let mut ingested = Ingested::default();
    take_in(context, &arrival, true, true, &mut ingested)?;
    finish(context, ingested)
}

/// Takes a batch back and rebuilds the warehouse.
pub fn revert(context: &Context<'_>, batch_id: i64, reason: &str) -> Result<(Reverted, Ingested)> {
    ensure_histories(context)?;
    let reverted = revert::revert(
        context.store,
        &context.deployment.contracts,
        batch_id,
        reason,
        context.clock.now().naive_utc(),
    )?;
    let ingested = finish(context, Ingested::default())?;
    Ok((reverted, ingested))
}

fn looking<'a>(context: &Context<'a>, go_on: &'a dyn Fn() -> Result<()>) -> Looking<'a> {
    let deployment = context.deployment;
    Looking {
        contracts: &deployment.contracts,
        settle: Duration::from_secs(deployment.config.landing.settle_seconds.into()),
        zone: deployment.config.tz(),
        go_on,
    }
}

/// What follows from changed history: relations counted, tables rebuilt.
fn finish(context: &Context<'_>, ingested: Ingested) -> Result<Ingested> {
    let connection = context.store.connection();
    let known_at = ledger::latest(connection)?;
    let lacking = context
        .store
        .transaction(|tx| relations::check(tx, &context.deployment.contracts, known_at))?;
    let Rebuilt { built, checks } = steps::refresh_warehouse(context)?;
    Ok(Ingested {
        overdue: lacking.into_iter().filter(|l| l.rows_overdue > 0).collect(),
        built,
        checks,
        blocked: standing::blocked(connection)?,
        stands_at: standing::standing(connection)?.map(|standing| standing.known_at),
        ..ingested
    })
}

/// Every source has its history table, so that relations and models find it.
pub fn ensure_histories(context: &Context<'_>) -> Result<()> {
    ingest::history::ensure_all(context.store, &context.deployment.contracts)
}

fn take_in(
    context: &Context<'_>,
    arrival: &Arrival<'_>,
    is_named: bool,
    may_end: bool,
    ingested: &mut Ingested,
) -> Result<()> {
    let scratch = scratch(context);
    std::fs::create_dir_all(&scratch)
        .with_context(|| format!("cannot create {}", scratch.display()))?;
    let taking = Taking {
        scratch: &scratch,
        received_at: context.clock.now().naive_utc(),
        may_end,
        is_named,
    };
    let outcome = ingest::take_in(context.store, arrival, taking);
    if outcome.is_err() && !arrival.path.exists() {
        ingested.waiting.push(Waiting {
            file_name: arrival.file_name.clone(),
            reason: "gone before it could be read".to_owned(),
        });
        return Ok(());
    }
    let batch_id = match outcome? {
        Outcome::Accepted(batch) => {
            tracing::debug!(batch.id = batch.batch_id, file = %batch.file_name, rows.accepted = batch.rows_accepted, "file taken in");
            let batch_id = batch.batch_id;
            ingested.accepted.push(batch);
            batch_id
        }
        Outcome::Refused(batch) => {
            let batch_id = batch.batch_id;
            ingested.refused.push(batch);
            batch_id
        }
        Outcome::Known { batch_id, state } => {
            let name = arrival.file_name.clone();
            ingested.known.push((name, batch_id, state));
            batch_id
        }
        Outcome::Waiting(reason) => {
            ingested.waiting.push(Waiting {
                file_name: arrival.file_name.clone(),
                reason,
            });
            return Ok(());
        }
    };
    put_away(context, arrival, batch_id)
}

/// Where rows lie between a file and the database.
fn scratch(context: &Context<'_>) -> PathBuf {
    let store = &context.deployment.config.store;
    store.path.with_extension("scratch")
}

/// Removes the rows that a run left behind when it was killed. Whoever has the
/// database has the folder alone.
fn clear_scratch(context: &Context<'_>) -> Result<()> {
    let scratch = scratch(context);
    match std::fs::remove_dir_all(&scratch) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot clear {}", scratch.display()))
        }
        _ => Ok(()),
    }
}

/// Moves a judged file out of the landing folder, unless it lies elsewhere or
/// the landing folder is to be left as it is.
fn put_away(context: &Context<'_>, arrival: &Arrival<'_>, batch_id: i64) -> Result<()> {
    let landing = &context.deployment.config.landing;
    let has_landed = arrival.path.starts_with(&landing.path);
    if landing.leave_files || !has_landed {
        return Ok(());
    }
    shelve::shelve(context.store.connection(), &landing.path, arrival, batch_id)?;
    Ok(())
}

/// Forgets rejected values and removes refused files after their time.
fn age_out(context: &Context<'_>) -> Result<u64> {
    let config = &context.deployment.config;
    let days = config.retention.rejected_days;
    if days == 0 {
        return Ok(0);
    }
    let kept = Duration::from_secs(u64::from(days) * 86_400);
    let now = context.clock.now();
    let before = (now - kept).naive_utc();
    let today = now.with_timezone(&config.tz()).date_naive();
    let rows = rejects::age_out(context.store, before, today)?;
    let files = shelve::age_out(&config.landing.path, now.into(), kept)?;
    Ok(rows + files)
}

/// The newest batch of a file that was refused for what it would end, and
/// where the file lies.
fn refused_for_ending(context: &Context<'_>, file: &Path) -> Result<(PathBuf, i64)> {
    let name = file_name(file);
    let found = ledger::newest_of_name(context.store.connection(), &name)?;
    let Some((batch_id, source, refusal)) = found else {
        bail!("{name} has not arrived; `daybook ingest status` shows what has");
    };
    if refusal.as_deref() != Some("ending") {
        bail!("{name} was not refused for the rows it would end; there is nothing to confirm");
    }
    let landing = &context.deployment.config.landing.path;
    let places = [
        shelve::refused_file(landing, &source, batch_id, &name),
        landing.join(&name),
        landing.join(&source).join(&name),
        file.to_owned(),
    ];
    match places.into_iter().find(|place| place.is_file()) {
        Some(place) => Ok((place, batch_id)),
        None => bail!("{name} is no longer there; have it sent again"),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
