//! `daybook query`: one SELECT, read-only, with a deadline.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;

use super::output::{self, Format};
use crate::config::Config;
use crate::store::{Store, query};

#[derive(Debug, Args)]
pub struct Query {
    /// The statement.
    sql: String,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Seconds after which the query is stopped.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
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
        let store = Store::open_read_only(&config.store)?;
        let table = store.with_deadline(Duration::from_secs(self.seconds), |connection| {
            query::select(connection, &self.sql)
        })?;
        output::table(&table, self.format)
    }
}
