//! `daybook list verify`: past lists made again from what was known then.

use std::path::Path;

use anyhow::{Result, bail};
use clap::Args;
use serde::Serialize;

use crate::cli::output::{self, Usage};
use crate::cli::progress::Progress;
use crate::clock::Clock;
use crate::config::Config;
use crate::harm::list::{self, List};
use crate::harm::verify::{self, Verified, cause, workshop::Workshop};
use crate::model::as_of::AsOf;
use crate::store::Store;

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Every list that was ever made.
    #[arg(long, conflicts_with_all = ["as_of", "list"])]
    all: bool,
    /// The last list of a date.
    #[arg(long, conflicts_with = "list")]
    as_of: Option<AsOf>,
    /// Number of the list; the newest when left out.
    #[arg(long)]
    list: Option<i64>,
    #[arg(long)]
    json: bool,
}

/// People told in full for each list; the rest are counted.
const SHOWN: usize = 20;

#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    verified: &'a Verified,
    is_identical: bool,
}

impl Verify {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let config = Config::load(dir)?;
        let store = Store::open(&config.store)?;
        let lists = self.lists(&store)?;
        let total = lists.len();
        let mut workshop = Workshop::open(&store)?;
        let mut results = Vec::with_capacity(total);
        let bar = Progress::start("verify");
        for (done, list) in lists.iter().enumerate() {
            bar.at(&format!("list {}", list.list_id), done as u64, total as u64);
            let verified = workshop
                .verify(list)
                .unwrap_or_else(|error| Verified::failed(list, &error));
            verify::record(
                store.connection(),
                &verified,
                Clock::System.now().naive_utc(),
            )?;
            results.push(verified);
        }
        bar.finish();
        self.tell(&results)?;
        let headless = verify::headless(store.connection())?;
        if self.all && !headless.is_empty() {
            let lists: Vec<String> = headless.iter().map(ToString::to_string).collect();
            bail!(
                "rows are left of lists that the ledger no longer names: {}",
                lists.join(", ")
            );
        }
        let differing = results.iter().filter(|r| !r.is_identical()).count();
        if differing > 0 {
            bail!("{differing} of {total} lists differ from what was frozen");
        }
        Ok(())
    }

    fn lists(&self, store: &Store) -> Result<Vec<List>> {
        let connection = store.connection();
        let lists = match (self.all, self.list) {
            (true, _) => list::all(connection)?,
            (_, Some(list_id)) => list::by_id(connection, list_id)?.into_iter().collect(),
            (_, None) => list::find(connection, self.as_of)?.into_iter().collect(),
        };
        if lists.is_empty() {
            return Err(Usage("there is no such list".to_owned()).into());
        }
        Ok(lists)
    }

    fn tell(&self, results: &[Verified]) -> Result<()> {
        if self.json {
            let told: Vec<Told<'_>> = results
                .iter()
                .map(|verified| Told {
                    verified,
                    is_identical: verified.is_identical(),
                })
                .collect();
            return output::json(&told);
        }
        results.iter().try_for_each(tell_one)?;
        let identical = results.iter().filter(|r| r.is_identical()).count();
        output::line(format!(
            "{identical} of {} lists are identical to what was frozen",
            results.len()
        ))
    }
}

fn tell_one(verified: &Verified) -> Result<()> {
    let head = format!("list {} as of {}", verified.list_id, verified.as_of);
    if verified.is_identical() {
        return output::line(format!("{head}: identical, {} rows", verified.rows));
    }
    output::line(format!("{head}: {} people differ", verified.people.len()))?;
    let (passed, caused): (Vec<_>, Vec<_>) = verified
        .people
        .iter()
        .partition(|person| person.cause == cause::PASSED);
    for person in caused.iter().take(SHOWN) {
        output::line(format!("  {}: {}", person.nominal_id, person.cause))?;
    }
    if caused.len() > SHOWN {
        output::line(format!(
            "  and {} more; --json tells all",
            caused.len() - SHOWN
        ))?;
    }
    if !passed.is_empty() {
        output::line(format!(
            "  {} people differ in rank alone, because others moved past",
            passed.len()
        ))?;
    }
    for figure in &verified.list {
        output::line(format!(
            "  {}.{} {}: was {}, is {}",
            figure.table,
            figure.column,
            figure.row,
            figure.frozen.as_deref().unwrap_or("none"),
            figure.again.as_deref().unwrap_or("none")
        ))?;
    }
    Ok(())
}
