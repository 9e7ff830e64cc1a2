//! `daybook query`: one SELECT, read-only, with bounds on its time, memory and
//! result; over the tables as they are, and over every source as it was known
//! on a day. What lies in a room is shown to accounts with its role, and each
//! look, and each refusal, is on record.

mod guard;

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use chrono::Days;
use clap::Args;

use super::asker::Asker;
use super::output::{self, Printed, Usage};
use crate::audit::{Event, Kind, reach};
use crate::clock::{self, Clock};
use crate::config::Config;
use crate::harm::bindings;
use crate::harm::consultations::{self, Wish};
use crate::ingest::contract;
use crate::ingest::history;
use crate::model::as_of::AsOf;
use crate::model::operator::Operator;
use crate::model::restricted::Room;
use crate::store::query::Bounds;
use crate::store::sandbox::{Admitted, Refusal, Sandbox};
use crate::store::{Store, as_known_views};
use crate::table::Table;

#[derive(Debug, Args)]
pub struct Query {
    /// The statement.
    sql: String,
    #[command(flatten)]
    printed: Printed,
    /// Seconds after which the query is stopped; 60 when left out.
    #[arg(long)]
    seconds: Option<u64>,
    /// Show `known.<source>` as it was known at the end of this day.
    #[arg(long, conflicts_with = "known_at")]
    known_on: Option<AsOf>,
    /// Show `known.<source>` as it was known after this batch.
    #[arg(long)]
    known_at: Option<i64>,
    /// For conduct and HR data, --as names an account with the role
    /// conduct-reader.
    #[command(flatten)]
    asker: Asker,
}

/// The most people whom the record of a look names; of more it has the number,
/// and counts as a look at everybody.
const MOST_NAMED: usize = 1_000;

/// Seconds that a query has when nothing else is said.
const USUAL_SECONDS: u64 = 60;

impl Query {
    pub fn run(&self, dir: &Path) -> Result<()> {
        let config = Config::load(dir)?;
        if !config.store.path.exists() {
            bail!(
                "{} does not exist yet; run a job first",
                config.store.path.display()
            );
        }
        let deadline = self.deadline(&config)?;
        let memory = config.query.memory_bytes();
        if !guard::is_guarded() {
            return guard::watch(deadline, memory);
        }
        guard::bound_memory(memory)?;
        let answer = guard::bounded(deadline, || self.answer(dir));
        let table = answer.map_err(|error| guard::in_words(error, memory))?;
        output::table(&table, self.printed.format())
    }

    /// What the statement returns, to those who may see it.
    pub fn answer(&self, dir: &Path) -> Result<Table> {
        let config = Config::load(dir)?;
        let (mut sandbox, mut admitted) = self.admit(dir, &config)?;
        let inside = consultations::inside(&admitted.reads);
        if let Some(seen) = &inside {
            // Two ways of opening the file do not go together.
            drop(sandbox);
            self.on_record(&config, seen, consultations::consult)?;
            (sandbox, admitted) = self.admit(dir, &config)?;
            if consultations::inside(&admitted.reads) != inside {
                bail!("the tables changed while the look was put on record; ask again");
            }
        }
        // Of the room it was asked, and is on record.
        if let (None, Some(account)) = (&inside, &self.asker.account) {
            bindings::require(sandbox.connection(), account, Operator::current())?;
        }
        let is_shown = |schema: &str| inside.is_some() || Room::of_schema(schema) == Room::Open;
        let known_at = self.known_at(&config, &sandbox)?;
        sandbox.close_in(&admitted, known_at, is_shown)?;
        let found = guard::within(self.deadline(&config)?, sandbox.store(), || {
            sandbox.select(&admitted, Bounds::of_bytes(config.query.result_bytes()))
        });
        // What may name people of the room stays in its own record.
        let of_people = match inside {
            Some(_) => Vec::new(),
            None => reach::of_people(&admitted.reads),
        };
        if !of_people.is_empty() {
            drop(sandbox);
            self.record(&config, &of_people, found.as_ref().ok())?;
        }
        found
    }

    /// Puts the look on record, with whom the rows are about as far as they
    /// say. An error is shown no earlier: it may hold a value.
    fn record(&self, config: &Config, read: &[String], found: Option<&Table>) -> Result<()> {
        let subjects = found.map(reach::subjects).unwrap_or_default();
        let people = subjects.len();
        let look = Event {
            subjects: if people > MOST_NAMED {
                Vec::new()
            } else {
                subjects
            },
            detail: serde_json::json!({
                "statement": self.sql,
                "tables": read,
                "people": people,
            }),
            ..Event::new(Kind::Consultation, "query")
        };
        self.asker.record(&Store::open(&config.store)?, look)
    }

    fn deadline(&self, config: &Config) -> Result<Duration> {
        let most = *config.query.max_seconds.as_ref();
        match self.seconds {
            None => Ok(Duration::from_secs(most.min(USUAL_SECONDS))),
            Some(seconds) if (1..=most).contains(&seconds) => Ok(Duration::from_secs(seconds)),
            Some(seconds) => Err(Usage(format!(
                "--seconds {seconds}: expected 1 to {most}, the most that [query] max_seconds in \
                 daybook.toml allows"
            ))
            .into()),
        }
    }

    /// Opens the database for the statement, or puts on record that it may not
    /// be run.
    fn admit(&self, dir: &Path, config: &Config) -> Result<(Sandbox, Admitted)> {
        let sandbox = open_settled(dir, config)?;
        let why = match sandbox.admit(&self.sql)? {
            Ok(admitted) => return Ok((sandbox, admitted)),
            Err(Refusal(why)) => why,
        };
        drop(sandbox);
        self.on_record(config, &why, consultations::refuse)
    }

    /// Writes the wish down, with what it is about.
    fn on_record<T>(
        &self,
        config: &Config,
        what: &str,
        write: impl FnOnce(&Store, Wish<'_>) -> Result<T>,
    ) -> Result<T> {
        let wish = Wish {
            what,
            account: self.asker.account.as_ref(),
            operator: Operator::current(),
            statement: &self.sql,
            at: Clock::System.now().naive_utc(),
        };
        write(&Store::open(&config.store)?, wish)
    }

    fn known_at(&self, config: &Config, sandbox: &Sandbox) -> Result<Option<i64>> {
        match self.known_on {
            Some(day) => {
                let end = clock::midnight(day.0 + Days::new(1), config.tz());
                as_known_views::batch_before(sandbox.connection(), end.naive_utc()).map(Some)
            }
            None => Ok(self.known_at),
        }
    }
}

/// Opens the database with every source in the room that its contract says,
/// moving those that were accepted before it said so.
fn open_settled(dir: &Path, config: &Config) -> Result<Sandbox> {
    let contracts = contract::load::load_all(dir)?.whole()?;
    let sandbox = Sandbox::open(&config.store_of_queries())?;
    if !history::is_awaited(sandbox.connection(), &contracts)? {
        return Ok(sandbox);
    }
    drop(sandbox);
    history::ensure_all(&Store::open(&config.store)?, &contracts)?;
    Sandbox::open(&config.store_of_queries())
}
