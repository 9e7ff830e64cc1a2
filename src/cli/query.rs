//! `daybook query`: one SELECT, read-only, with a deadline; over the tables as
//! they are, and over every source as it was known on a day.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use chrono::Days;
use clap::Args;

use super::output::{self, Format};
use crate::clock;
use crate::config::Config;
use crate::model::as_of::AsOf;
use crate::store::{Store, known, query};

#[derive(Debug, Args)]
pub struct Query {
    /// The statement.
    sql: String,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Seconds after which the query is stopped.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Show `known.<source>` as it was known at the end of this day.
    #[arg(long, conflicts_with = "known_at")]
    known_on: Option<AsOf>,
    /// Show `known.<source>` as it was known after this batch.
    #[arg(long)]
    known_at: Option<i64>,
}

impl Query {
    pub fn run(&self, dir: &Path) -> Result<()> {
        let config = Config::load(dir)?;
        if !config.store.path.exists() {
            bail!(
                "{} does not exist yet; run a job first",
                config.store.path.display()
            );
        }
        let store = Store::open_known(&config.store, |connection| match self.known_on {
            Some(day) => {
                let end = clock::midnight(day.0 + Days::new(1), config.tz());
                known::batch_before(connection, end.naive_utc()).map(Some)
            }
            None => Ok(self.known_at),
        })?;
        let table = store.with_deadline(Duration::from_secs(self.seconds), |connection| {
            query::select(connection, &self.sql)
        })?;
        output::table(&table, self.format)
    }
}
