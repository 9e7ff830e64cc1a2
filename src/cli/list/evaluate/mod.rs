//! `daybook list evaluate`: whether the list does what it is for, in figures
//! about groups.

mod files;
mod phrases;
mod words;

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::cli::output;
use crate::harm::evaluation::{self, Question, data};
use crate::model::as_of::AsOf;
use crate::store::Store;

#[derive(Debug, Args)]
pub(super) struct Evaluate {
    /// The morning on which follow-up ends; the newest that all extracts reach
    /// when left out.
    #[arg(long)]
    as_of: Option<AsOf>,
    /// The first day of the programme. Lists before it count as made for
    /// comparison only, those of the 365 days before it as the year before.
    #[arg(long)]
    programme_from: Option<AsOf>,
    /// Ranks on each side of the cut that the discontinuity rests on; half and
    /// twice as many are shown beside.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(10..=1_000))]
    bandwidth: u32,
    #[arg(long)]
    json: bool,
    /// Write what the figures were worked out from into this folder, as CSV: a
    /// row per person, under running numbers.
    #[arg(long)]
    data: Option<PathBuf>,
}

impl Evaluate {
    pub(super) fn run(&self, store: &Store) -> Result<()> {
        let question = Question {
            as_of: self.as_of,
            programme_from: self.programme_from.map(|from| from.0),
            bandwidth: self.bandwidth,
        };
        let ground = evaluation::gather(store.connection(), &question)?;
        let found = evaluation::evaluate(&ground, &question);
        let written = match &self.data {
            Some(folder) => files::write(folder, &data::rows(&ground))?,
            None => Vec::new(),
        };
        if self.json {
            return output::json(&found);
        }
        words::tell(&found)?;
        if !written.is_empty() {
            output::line("\nA row per person, under running numbers, lies in")?;
            for path in written {
                output::line(format!("  {}", path.display()))?;
            }
            output::line("Whoever holds the list can tell who is who: keep these like the list.")?;
        }
        Ok(())
    }
}
