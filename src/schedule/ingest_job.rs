//! Files on their way in: what has landed, what was asked for by name, what an
//! admin confirms or takes back; and what follows from each.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::actions;
use super::context::Context;
use crate::audit::heads;
use crate::audit::{self, Event, Kind};
use crate::harm::accounts::{self, Role};
use crate::ingest;
use crate::ingest::archive;
use crate::ingest::archive::{Archive, Judged};
use crate::ingest::arrive::landing;
use crate::ingest::arrive::landing::Named;
use crate::ingest::arrive::{Arrival, ScanOptions, Waiting};
use crate::ingest::history::Unready;
use crate::ingest::history::batch::Batch;
use crate::ingest::history::batch::Reverted;
use crate::ingest::history::revert;
use crate::ingest::history::{ledger, rejects};
use crate::ingest::validate::relations;
use crate::ingest::validate::relations::MissingReferences;
use crate::ingest::{IngestOptions, Outcome, refusal};
use crate::model::act::{Act, Who};
use crate::model::as_of::AsOf;
use crate::store::failure;
use crate::warehouse::build_status::{self, Blocked};
use crate::warehouse::checks::CheckResult;
use crate::warehouse::{Built, Rebuilt};

/// What a night of ingest did.
#[derive(Debug, Default)]
pub struct Ingested {
    pub accepted: Vec<Batch>,
    pub refused: Vec<Batch>,
    /// Files whose content is in the ledger already.
    pub known: Vec<(String, i64, String)>,
    pub waiting: Vec<Waiting>,
    /// What went wrong beside the files: one that could not be judged, or not
    /// be put away. It is tried again.
    pub failed: Vec<Waiting>,
    /// Relations of which rows wait longer than they may.
    pub overdue: Vec<MissingReferences>,
    /// Rejected values that were forgotten.
    pub aged_out: u64,
    /// Batches whose archived files were erased after their time.
    pub erased: Vec<i64>,
    /// Empty when nothing had changed.
    pub built: Vec<Built>,
    pub checks: Vec<CheckResult>,
    /// Why the warehouse does not stand on what was accepted.
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
    let archive = Archive::open(&landing.archive)?;
    let (arrivals, waiting) = match files {
        Some(files) => {
            record_named(context, files)?;
            landing::inspect(&named(context, files)?, looking)?
        }
        None => {
            let connection = context.store.connection();
            archive::tidy(connection, &archive, &landing.path, &deployment.contracts)?;
            landing::scan(&landing.path, looking)?
        }
    };
    let unready = context.ensure_histories()?;
    let mut ingested = Ingested {
        waiting,
        failed: unready.iter().map(told_unready).collect(),
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
            ingested.waiting.push(told(arrival, reason));
            continue;
        }
        if unready
            .iter()
            .any(|found| found.source == arrival.contract.name)
        {
            let reason = "its contract cannot be kept to; left for another night".to_owned();
            ingested.waiting.push(told(arrival, reason));
            continue;
        }
        take_in(context, &archive, arrival, Wish::of(files), &mut ingested)?;
    }
    age_out(context, &archive, &mut ingested)?;
    clear_scratch(context)?;
    (context.progress)("warehouse", total, total);
    finish(context, ingested)
}

/// Puts on record who asked for files by name; the night's are told by its run.
fn record_named(context: &Context<'_>, files: &[PathBuf]) -> Result<()> {
    let names: Vec<String> = files.iter().map(|file| file_name(file)).collect();
    let event = Event {
        detail: serde_json::json!({ "files": names }),
        ..Event::new(Kind::Collection, "ingest")
    };
    let who = Who::program(context.clock.now().naive_utc());
    context
        .store
        .transaction(|tx| audit::record(tx, who, &event))
}

/// Takes one named file in and leaves the warehouse as it is.
pub fn take_in_only(context: &Context<'_>, file: &Path) -> Result<Ingested> {
    let archive = Archive::open(&context.deployment.config.landing.archive)?;
    let go_on = || Ok(());
    let (arrivals, waiting) = landing::inspect(&[Named::left(file)], looking(context, &go_on))?;
    let unready = context.ensure_histories()?;
    let mut ingested = Ingested {
        waiting,
        ..Ingested::default()
    };
    for arrival in &arrivals {
        refuse_unready(&unready, arrival)?;
        take_in(context, &archive, arrival, Wish::Named, &mut ingested)?;
    }
    Ok(ingested)
}

/// Takes in a snapshot that was refused for what it would end, on a data
/// steward's word.
pub fn confirm(context: &Context<'_>, file: &Path, act: Act<'_>) -> Result<Ingested> {
    accounts::require(context.store.connection(), act, Role::DataSteward)?;
    let archive = Archive::open(&context.deployment.config.landing.archive)?;
    let (named, batch_id) = refused_for_ending(context, file)?;
    let looking = ScanOptions {
        settle: Duration::ZERO,
        ..looking(context, &|| Ok(()))
    };
    let (mut arrivals, waiting) = landing::inspect(std::slice::from_ref(&named), looking)?;
    let Some(arrival) = arrivals.pop() else {
        let reason = waiting.first().map_or("not found", |w| w.reason.as_str());
        bail!("{}: {reason}", named.path.display());
    };
    refuse_unready(&context.ensure_histories()?, &arrival)?;
    context
        .store
        .transaction(|tx| ledger::confirm_ending(tx, batch_id, act))?;
    let mut ingested = Ingested::default();
    take_in(context, &archive, &arrival, Wish::Confirmed, &mut ingested)?;
    finish(context, ingested)
}

/// Takes a batch back and rebuilds the warehouse.
pub fn revert(
    context: &Context<'_>,
    batch_id: i64,
    reason: &str,
    act: Act<'_>,
) -> Result<(Reverted, Ingested)> {
    accounts::require(context.store.connection(), act, Role::DataSteward)?;
    context.ensure_histories()?;
    let reverted = revert::revert(
        context.store,
        &context.deployment.contracts,
        batch_id,
        reason,
        act,
    )?;
    let ingested = finish(context, Ingested::default())?;
    Ok((reverted, ingested))
}

fn looking<'a>(context: &Context<'a>, go_on: &'a dyn Fn() -> Result<()>) -> ScanOptions<'a> {
    let deployment = context.deployment;
    ScanOptions {
        contracts: &deployment.contracts,
        settle: Duration::from_secs(deployment.config.landing.settle_seconds.into()),
        largest: deployment.config.landing.largest_bytes(),
        zone: deployment.config.tz(),
        go_on,
    }
}

/// What follows from changed history: relations counted, tables rebuilt.
fn finish(context: &Context<'_>, ingested: Ingested) -> Result<Ingested> {
    let connection = context.store.connection();
    let known_at = ledger::latest(connection)?;
    let unready = context.ensure_histories()?;
    let is_ready = |name: &str| unready.iter().all(|found| found.source != name);
    let mut contracts = context.deployment.contracts.clone();
    contracts.retain(|contract| is_ready(&contract.name));
    for contract in &mut contracts {
        contract.relations.retain(|rule| is_ready(&rule.source));
    }
    let lacking = context
        .store
        .transaction(|tx| relations::check(tx, &contracts, known_at))?;
    let Rebuilt { built, checks } = actions::refresh_warehouse(context)?;
    let log = heads::path(&context.deployment.config.store.path);
    heads::append(context.store, &log, context.clock.now().naive_utc())?;
    Ok(Ingested {
        overdue: lacking.into_iter().filter(|l| l.rows_overdue > 0).collect(),
        built,
        checks,
        blocked: build_status::blocked(connection)?,
        stands_at: build_status::standing(connection)?.map(|standing| standing.known_at),
        ..ingested
    })
}

/// A contract's fault stops its own files; the others are accepted.
fn told_unready(unready: &Unready) -> Waiting {
    Waiting {
        file_name: format!("contract of {}", unready.source),
        reason: unready.reason.clone(),
    }
}

/// A file that somebody named waits for nothing.
fn refuse_unready(unready: &[Unready], arrival: &Arrival<'_>) -> Result<()> {
    match unready
        .iter()
        .find(|found| found.source == arrival.contract.name)
    {
        Some(found) => bail!("{}: {}", found.source, found.reason),
        None => Ok(()),
    }
}

/// Why a file is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Landed,
    Named,
    /// Somebody has said that it may end what it lacks.
    Confirmed,
}

impl Wish {
    fn of(files: Option<&[PathBuf]>) -> Self {
        files.map_or(Self::Landed, |_| Self::Named)
    }
}

fn told(arrival: &Arrival<'_>, reason: String) -> Waiting {
    Waiting {
        file_name: arrival.file_name.clone(),
        reason,
    }
}

fn take_in(
    context: &Context<'_>,
    archive: &Archive,
    arrival: &Arrival<'_>,
    wish: Wish,
    ingested: &mut Ingested,
) -> Result<()> {
    let scratch = scratch(context);
    std::fs::create_dir_all(&scratch)
        .with_context(|| format!("cannot create {}", scratch.display()))?;
    let taking = IngestOptions {
        scratch: &scratch,
        received_at: context.clock.now().naive_utc(),
        may_end: wish == Wish::Confirmed,
        is_named: wish != Wish::Landed,
    };
    let copy = ingest::judged_copy(arrival, &scratch);
    let judged = |batch_id, copy| Judged {
        arrival,
        batch_id,
        copy,
    };
    let judged = match ingest::take_in(context.store, arrival, taking)? {
        Outcome::Accepted(batch) => {
            tracing::debug!(batch.id = batch.batch_id, file = %batch.file_name, rows.accepted = batch.rows_accepted, "file accepted");
            let judged = judged(batch.batch_id, Some(copy.as_path()));
            ingested.accepted.push(batch);
            Some(judged)
        }
        Outcome::Refused(batch) => {
            let judged = judged(batch.batch_id, Some(copy.as_path()));
            ingested.refused.push(batch);
            Some(judged)
        }
        Outcome::Known { batch_id, state } => {
            let name = arrival.file_name.clone();
            ingested.known.push((name, batch_id, state));
            Some(judged(batch_id, None))
        }
        Outcome::Waiting(reason) => {
            ingested.waiting.push(told(arrival, reason));
            None
        }
        Outcome::Failed(reason) => {
            ingested.failed.push(told(arrival, reason));
            None
        }
    };
    if let Some(judged) = judged.filter(|_| is_taken_away(context, arrival))
        && let Err(error) = archive::put_away(context.store.connection(), archive, judged)
    {
        let reason = format!(
            "judged as batch {}, not put away: {}",
            judged.batch_id,
            failure::told(&error)
        );
        ingested.failed.push(told(arrival, reason));
    }
    // What cannot be removed is overwritten by the source's next file.
    let _ = std::fs::remove_file(copy);
    Ok(())
}

/// Whether a judged file is moved into the archive: unless it lies elsewhere, or
/// the landing folder is to be left as it is.
fn is_taken_away(context: &Context<'_>, arrival: &Arrival<'_>) -> bool {
    arrival.is_taken_away && !context.deployment.config.landing.leave_files
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

/// Forgets rejected values, and erases archived files, after their time.
fn age_out(context: &Context<'_>, archive: &Archive, ingested: &mut Ingested) -> Result<()> {
    let config = &context.deployment.config;
    let now = context.clock.now();
    let days = |days: u32| Duration::from_secs(u64::from(days) * 86_400);
    let retention = &config.retention;
    if retention.rejected_days > 0 {
        let before = (now - days(retention.rejected_days)).naive_utc();
        let today = now.with_timezone(&config.tz()).date_naive();
        ingested.aged_out = rejects::age_out(context.store, before, today, now.naive_utc())?;
    }
    for (state, kept) in [
        ("refused", retention.rejected_days),
        ("accepted", retention.accepted_days),
    ] {
        if kept == 0 {
            continue;
        }
        match archive::age_out(archive, state, now.into(), days(kept)) {
            Ok(erased) => ingested.erased.extend(erased),
            Err(error) => ingested.failed.push(Waiting {
                file_name: format!("archive of {state} files"),
                reason: failure::told(&error),
            }),
        }
    }
    if !ingested.erased.is_empty() {
        record_erased(context, &ingested.erased)?;
        tracing::info!(
            files.erased = ingested.erased.len(),
            batches = ?ingested.erased,
            "archived extracts erased after their time"
        );
    }
    Ok(())
}

/// Puts on record which batches' files are kept no longer.
fn record_erased(context: &Context<'_>, erased: &[i64]) -> Result<()> {
    let event = Event {
        detail: serde_json::json!({ "batches": erased }),
        ..Event::new(Kind::Erasure, "archived extracts")
    };
    let who = Who::program(context.clock.now().naive_utc());
    context
        .store
        .transaction(|tx| audit::record(tx, who, &event))
}

/// Where the named files lie: one that was set aside is found by the name that
/// it arrived with.
fn named(context: &Context<'_>, files: &[PathBuf]) -> Result<Vec<Named>> {
    let set_aside = |file: &PathBuf| {
        if file.exists() {
            return Ok(Named::left(file));
        }
        let name = file_name(file);
        let found = ledger::newest_of_name(context.store.connection(), &name)?;
        Ok(match found {
            Some((batch_id, source, Some(refusal))) if refusal == refusal::FAILED => {
                archived(context, &source, batch_id, &name)
            }
            _ => Named::left(file),
        })
    };
    files.iter().map(set_aside).collect()
}

fn archived(context: &Context<'_>, source: &str, batch_id: i64, name: &str) -> Named {
    let archive = &context.deployment.config.landing.archive;
    Named {
        path: archive::refused_file(archive, source, batch_id, name),
        name: name.into(),
        is_ours: true,
    }
}

/// The newest batch of a file that was refused for what it would end, and
/// where the file lies.
fn refused_for_ending(context: &Context<'_>, file: &Path) -> Result<(Named, i64)> {
    let name = file_name(file);
    let found = ledger::newest_of_name(context.store.connection(), &name)?;
    let Some((batch_id, source, refusal)) = found else {
        bail!("{name} has not arrived; `daybook ingest status` shows what has");
    };
    if refusal.as_deref() != Some("ending") {
        bail!("{name} was not refused for the rows it would end; there is nothing to confirm");
    }
    let landing = &context.deployment.config.landing.path;
    let landed = |path: PathBuf| Named {
        is_ours: true,
        ..Named::left(&path)
    };
    let places = [
        archived(context, &source, batch_id, &name),
        landed(landing.join(&name)),
        landed(landing.join(&source).join(&name)),
        Named::left(file),
    ];
    match places.into_iter().find(|place| place.path.is_file()) {
        Some(place) => Ok((place, batch_id)),
        None => bail!("{name} is no longer there; have it sent again"),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
