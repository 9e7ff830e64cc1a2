//! `daybook ingest accept-deletions` and `revert`: a person's word on a file.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;

use super::{end, tell, with_context};
use crate::cli::{self, output};
use crate::clock::Clock;
use crate::model::account_name::AccountName;
use crate::model::reason::Reason;
use crate::schedule::{ingest_job, rerun};

#[derive(Debug, Args)]
pub(super) struct Confirm {
    /// The file, by its name or where it lies.
    file: PathBuf,
    /// An account with the role data-steward.
    #[arg(long)]
    by: AccountName,
}

impl Confirm {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let act = cli::act(&self.by, Clock::System.now());
        let done = with_context(dir, |context| ingest_job::confirm(context, &self.file, act))?;
        tell(&done)?;
        end(&done)
    }
}

#[derive(Debug, Args)]
pub(super) struct Revert {
    /// Number of the batch, as `daybook ingest batches` shows it.
    batch: i64,
    /// Why; kept with the batch that records it.
    #[arg(long, default_value = "taken back by command")]
    reason: Reason,
    /// An account with the role data-steward.
    #[arg(long)]
    by: AccountName,
}

impl Revert {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let act = cli::act(&self.by, Clock::System.now());
        let reason = self.reason.as_str();
        let (reverted, done, stories) = with_context(dir, |context| {
            let (reverted, done) = ingest_job::revert(context, self.batch, reason, act)?;
            let stories = rerun::dependants(context)?;
            Ok((reverted, done, stories))
        })?;
        output::line(format!(
            "batch {} ({}) taken back by batch {}: {} rows ended, {} restored",
            reverted.undone,
            reverted.file_name,
            reverted.batch_id,
            reverted.ended,
            reverted.restored
        ))?;
        tell(&done)?;
        for story in stories {
            output::line(story)?;
        }
        end(&done)
    }
}
