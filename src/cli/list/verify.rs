//! `daybook list verify`: past lists made again from what was known then.

use std::path::Path;

use anyhow::{Result, bail};
use clap::Args;
use serde::Serialize;

use crate::audit::{Event, Kind};
use crate::cli::asker::Asker;
use crate::cli::output::{self, Format, Printed, Usage};
use crate::cli::progress::Progress;
use crate::clock::Clock;
use crate::config::Config;
use crate::harm::list::{self, List};
use crate::harm::verify::{self, Verified, difference_reason, rebuild::Workshop};
use crate::model::as_of::AsOf;
use crate::store::Store;
use crate::table::{Cell, Column, Table};

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
    #[command(flatten)]
    printed: Printed,
    #[command(flatten)]
    asker: Asker,
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
        self.asker.record(&store, look(&results))?;
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
        let format = self.printed.format();
        if format == Format::Csv {
            return output::table(&table(results), format);
        }
        if format == Format::Json {
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

/// Whom the lists that were made again may show, and who differs on them.
fn look(results: &[Verified]) -> Event<'static> {
    let people = results.iter().flat_map(|verified| &verified.people);
    Event {
        subjects: people.map(|person| person.nominal_id.clone()).collect(),
        lists: results.iter().map(|verified| verified.list_id).collect(),
        // Nobody who does not differ is told of.
        up_to_rank: Some(0),
        ..Event::new(Kind::Consultation, "list verify")
    }
}

fn table(results: &[Verified]) -> Table {
    let columns = vec![
        Column::number("list"),
        Column::date("as of"),
        Column::figure("rows"),
        Column::flag("identical"),
        Column::figure("people that differ"),
    ];
    let row = |verified: &Verified| {
        vec![
            Cell::of(verified.list_id),
            Cell::of(verified.as_of),
            Cell::of(verified.rows),
            Cell::of(verified.is_identical()),
            Cell::of(verified.people.len()),
        ]
    };
    Table::of(columns, results.iter().map(row).collect())
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
        .partition(|person| person.cause == difference_reason::PASSED);
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
