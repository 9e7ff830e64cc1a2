//! `daybook list evaluate`: whether the list does what it is for, in figures
//! about groups.

mod files;
mod phrases;
mod words;

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::audit::{Event, Kind};
use crate::cli::asker::Asker;
use crate::cli::output::{self, Format, Printed, Usage};
use crate::harm::evaluation::study_data::Ground;
use crate::harm::evaluation::{self, Question, data};
use crate::harm::list::{self, List};
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
    #[command(flatten)]
    printed: Printed,
    /// Write what the figures were worked out from into this folder, as CSV: a
    /// row per person, under running numbers.
    #[arg(long)]
    data: Option<PathBuf>,
    #[command(flatten)]
    asker: Asker,
}

impl Evaluate {
    pub(super) fn run(&self, store: &Store) -> Result<()> {
        let format = self.printed.format();
        if format == Format::Csv {
            return Err(Usage(
                "an evaluation is sentences and not rows: --format json has every figure of it, \
                 and --data writes what they were worked out from as CSV"
                    .to_owned(),
            )
            .into());
        }
        let question = Question {
            as_of: self.as_of,
            programme_from: self.programme_from.map(|from| from.0),
            bandwidth: self.bandwidth,
        };
        let ground = evaluation::gather(store.connection(), &question)?;
        let found = evaluation::evaluate(&ground, &question);
        let written = match &self.data {
            Some(folder) => {
                self.record(store, &ground)?;
                files::write(folder, &data::rows(&ground))?
            }
            None => Vec::new(),
        };
        if format == Format::Json {
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

    /// Rows about every person leave the database.
    fn record(&self, store: &Store, ground: &Ground) -> Result<()> {
        let lists = list::all(store.connection())?;
        let is_read = |list: &&List| ground.lists.iter().any(|head| head.as_of == list.as_of);
        let look = Event {
            lists: lists
                .iter()
                .filter(is_read)
                .map(|list| list.list_id)
                .collect(),
            up_to_rank: Some(u32::MAX),
            ..Event::new(Kind::Disclosure, "list evaluate --data")
        };
        self.asker.record(store, look)
    }
}
