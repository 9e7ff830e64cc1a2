//! `daybook list`: the harm list, and why someone is where they are.

mod look;

use std::path::Path;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::config::Config;
use crate::model::as_of::AsOf;
use crate::model::nominal_id::NominalId;
use crate::store::Store;

#[derive(Debug, Args)]
pub struct List {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The list of a date, or the newest
    Show {
        #[arg(long)]
        as_of: Option<AsOf>,
        #[arg(long)]
        json: bool,
        /// Show this many ranks beyond the list.
        #[arg(long, default_value_t = 0)]
        beyond: u32,
    },
    /// Every allegation behind one person's score
    Explain {
        /// Nominal id, current or merged.
        nominal: Option<NominalId>,
        /// The person at this rank.
        #[arg(long, conflicts_with = "nominal")]
        rank: Option<u32>,
        #[arg(long)]
        as_of: Option<AsOf>,
        #[arg(long)]
        json: bool,
    },
}

impl List {
    pub fn run(&self, dir: &Path) -> Result<()> {
        let config = Config::load(dir)?;
        let store = Store::open_read_only(&config.store)?;
        match &self.action {
            Action::Show {
                as_of,
                json,
                beyond,
            } => look::show(&store, *as_of, *json, *beyond),
            Action::Explain {
                nominal,
                rank,
                as_of,
                json,
            } => look::explain(&store, nominal.as_ref(), *rank, *as_of, *json),
        }
    }
}
