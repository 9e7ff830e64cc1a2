//! `daybook ingest`: takes named files in, and answers for all that came in.

mod look;
mod rejects;
mod undo;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::{Args, Subcommand};

use super::output::{self, Usage};
use super::progress::Progress;
use crate::clock::Clock;
use crate::model::as_of::AsOf;
use crate::schedule::context::{Context, Deployment};
use crate::schedule::ingest_job::{self, Ingested};
use crate::schedule::runner;
use crate::schedule::stop::Stop;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Ingest {
    #[command(subcommand)]
    action: Option<Action>,
    /// Files; a contract recognises each by its name.
    files: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Where every source stands: last file, age, rows, rejects, due, late
    Status(look::Status),
    /// Rejected rows and values: file, line, column, value, reason
    Rejects(rejects::Rejects),
    /// Every judged file, newest first, with its reconciliation
    Batches(look::Batches),
    /// Accept a snapshot that was refused for the rows it would delete
    AcceptDeletions(undo::Confirm),
    /// Take a batch back; nothing is erased
    Revert(undo::Revert),
}

impl Ingest {
    pub fn run(&self, dir: &Path) -> Result<()> {
        match &self.action {
            Some(Action::Status(command)) => command.run(dir),
            Some(Action::Rejects(command)) => command.run(dir),
            Some(Action::Batches(command)) => command.run(dir),
            Some(Action::AcceptDeletions(command)) => command.run(dir),
            Some(Action::Revert(command)) => command.run(dir),
            None if self.files.is_empty() => Err(Usage(
                "name the files to take in, or see `daybook ingest --help`".to_owned(),
            )
            .into()),
            None => take_in(dir, &self.files),
        }
    }
}

fn take_in(dir: &Path, files: &[PathBuf]) -> Result<()> {
    let done = with_context(dir, |context| {
        let today = AsOf(context.clock.today(context.deployment.config.tz()));
        ingest_job::ingest(context, today, Some(files))
    })?;
    tell(&done)?;
    end(&done)
}

/// Opens the deployment and runs one step of it under a progress bar.
fn with_context<T>(dir: &Path, work: impl FnOnce(&Context<'_>) -> Result<T>) -> Result<T> {
    let deployment = Deployment::load(dir)?;
    let store = deployment.open_store()?;
    let bar = Progress::start("ingest");
    let context = Context {
        deployment: &deployment,
        store: &store,
        clock: Clock::System,
        stop: &Stop::default(),
        progress: &|what, done, total| bar.at(what, done, total),
    };
    let outcome = work(&context);
    bar.finish();
    outcome
}

/// Prints what became of each file, and what else a reader should know.
fn tell(done: &Ingested) -> Result<()> {
    for batch in &done.accepted {
        let merged = batch.merged;
        output::line(format!(
            "{}: batch {}, {} rows = {} accepted + {} rejected + {} duplicate; {} new, {} changed, {} unchanged, {} superseded, {} ended{}",
            batch.file_name,
            batch.batch_id,
            batch.rows_read,
            batch.rows_accepted,
            batch.rows_rejected,
            batch.rows_duplicate,
            merged.new,
            merged.changed,
            merged.unchanged,
            merged.superseded,
            merged.ended,
            batch
                .reason
                .as_ref()
                .map_or_else(String::new, |note| format!(" ({note})"))
        ))?;
    }
    for (file, batch_id, state) in &done.known {
        output::line(format!(
            "{file}: {state} before, as batch {batch_id}; nothing done"
        ))?;
    }
    for batch in &done.refused {
        output::line(format!(
            "{}: refused as batch {}: {}",
            batch.file_name,
            batch.batch_id,
            batch.reason.as_deref().unwrap_or_default()
        ))?;
    }
    for waiting in &done.waiting {
        output::line(format!(
            "{}: not accepted: {}",
            waiting.file_name, waiting.reason
        ))?;
    }
    for failed in &done.failed {
        output::line(format!("{}: failed: {}", failed.file_name, failed.reason))?;
    }
    for lacking in &done.overdue {
        output::line(runner::tell_overdue(lacking))?;
    }
    for check in done.checks.iter().filter(|check| check.rows > 0) {
        output::line(format!("check: {check}"))?;
    }
    Ok(())
}

/// Whether the command did all that it was asked for.
fn end(done: &Ingested) -> Result<()> {
    if let Some(blocked) = runner::tell_blocked(done) {
        bail!("{blocked}");
    }
    match done.refused.len() + done.waiting.len() + done.failed.len() {
        0 => Ok(()),
        1 => bail!("1 file was not accepted"),
        count => bail!("{count} files were not accepted"),
    }
}
