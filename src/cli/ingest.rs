//! `daybook ingest FILE...`: takes the named files in, wherever they lie.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;

use super::output;
use super::progress::Progress;
use crate::clock::Clock;
use crate::model::as_of::AsOf;
use crate::schedule::context::{Context, Deployment};
use crate::schedule::runner;
use crate::schedule::steps::{self, Ingested};
use crate::schedule::stop::Stop;

#[derive(Debug, Args)]
pub struct Ingest {
    /// Files; a contract recognises each by its name.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

impl Ingest {
    pub fn run(&self, dir: &Path) -> Result<()> {
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
        let today = AsOf(context.clock.today(deployment.config.tz()));
        let done = steps::ingest(&context, today, Some(&self.files))?;
        bar.finish();
        tell(&done)?;
        if let Some(blocked) = runner::tell_blocked(&done) {
            bail!("{blocked}");
        }
        if done.refused.is_empty() && done.waiting.is_empty() {
            Ok(())
        } else {
            bail!(
                "{} files were not taken in",
                done.refused.len() + done.waiting.len()
            )
        }
    }
}

fn tell(done: &Ingested) -> Result<()> {
    for batch in &done.accepted {
        output::line(format!(
            "{}: batch {}, {} rows = {} accepted + {} rejected + {} duplicate; {} new, {} changed, {} unchanged, {} superseded, {} ended{}",
            batch.file_name,
            batch.batch_id,
            batch.rows_read,
            batch.rows_accepted,
            batch.rows_rejected,
            batch.rows_duplicate,
            batch.merged.new,
            batch.merged.changed,
            batch.merged.unchanged,
            batch.merged.superseded,
            batch.merged.ended,
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
            "{}: refused: {}",
            batch.file_name,
            batch.reason.as_deref().unwrap_or_default()
        ))?;
    }
    for waiting in &done.waiting {
        output::line(format!(
            "{}: not taken in: {}",
            waiting.file_name, waiting.reason
        ))?;
    }
    for check in done.checks.iter().filter(|check| check.rows > 0) {
        output::line(format!("check: {}", check.with_examples()))?;
    }
    Ok(())
}
