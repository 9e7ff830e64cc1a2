//! `daybook ingest confirm` and `revert`: a person's word on a file.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;

use super::{end, tell, with_context};
use crate::cli::{machine_user, output};
use crate::schedule::{intake, rerun};

#[derive(Debug, Args)]
pub(super) struct Confirm {
    /// The file, by its name or where it lies.
    file: PathBuf,
    /// Who says so; the user of this machine when left out.
    #[arg(long)]
    by: Option<String>,
}

impl Confirm {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let by = self.by.clone().unwrap_or_else(machine_user);
        let done = with_context(dir, |context| intake::confirm(context, &self.file, &by))?;
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
    reason: String,
}

impl Revert {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let (reverted, done, stories) = with_context(dir, |context| {
            let (reverted, done) = intake::revert(context, self.batch, &self.reason)?;
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
