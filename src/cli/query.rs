//! `daybook query`: one SELECT, read-only, with a deadline; over the tables as
//! they are, and over every source as it was known on a day. What lies in a
//! room is shown to accounts with its role, and each look is on record.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use chrono::Days;
use clap::Args;

use super::output::{self, Format};
use crate::clock::{self, Clock};
use crate::config::Config;
use crate::harm::consultations::{self, Wish};
use crate::ingest::contract;
use crate::ingest::{history, room};
use crate::model::account_name::AccountName;
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
    /// Who asks, for conduct and HR data: an account with the role
    /// conduct-reader.
    #[arg(long = "as", value_name = "ACCOUNT")]
    asker: Option<AccountName>,
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
        let mut store = self.open_settled(dir, &config)?;
        let deadline = Duration::from_secs(self.seconds);
        let seen = store.with_deadline(deadline, |connection| {
            consultations::seen(connection, &self.sql)
        })?;
        if let Some(seen) = seen {
            // Two ways of opening the file do not go together.
            drop(store);
            self.consult(&config, &seen)?;
            store = self.open(&config)?;
        }
        let table =
            store.with_deadline(deadline, |connection| query::select(connection, &self.sql))?;
        output::table(&table, self.format)
    }

    /// Opens the database with every source in the room that its contract says,
    /// moving those that were taken in before it said so.
    fn open_settled(&self, dir: &Path, config: &Config) -> Result<Store> {
        let contracts = contract::load_all(dir)?;
        let store = self.open(config)?;
        if !room::is_awaited(store.connection(), &contracts)? {
            return Ok(store);
        }
        drop(store);
        history::ensure_all(&Store::open(&config.store)?, &contracts)?;
        self.open(config)
    }

    fn open(&self, config: &Config) -> Result<Store> {
        Store::open_known(&config.store, |connection| match self.known_on {
            Some(day) => {
                let end = clock::midnight(day.0 + Days::new(1), config.tz());
                known::batch_before(connection, end.naive_utc()).map(Some)
            }
            None => Ok(self.known_at),
        })
    }

    fn consult(&self, config: &Config, seen: &str) -> Result<()> {
        let wish = Wish {
            what: seen,
            account: self.asker.as_ref(),
            machine_user: &super::machine_user(),
            statement: &self.sql,
            at: Clock::System.now().naive_utc(),
        };
        consultations::consult(&Store::open(&config.store)?, wish)
    }
}
