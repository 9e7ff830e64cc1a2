//! `daybook ingest status` and `batches`: what came in, and how it was judged.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use crate::cli::output::{self, Format, Printed};
use crate::clock::Clock;
use crate::ingest::status;
use crate::ingest::status::{Moment, SourceStatus, State};
use crate::schedule::context::Deployment;
use crate::store::query::select;
use crate::table::{Cell, Column, Table};
use crate::warehouse::build_status;

#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    printed: Printed,
}

impl Status {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let store = deployment.open_store()?;
        let connection = store.connection();
        let now = Clock::System
            .now()
            .with_timezone(&deployment.config.tz())
            .naive_local();
        let sources = status::status(
            connection,
            &deployment.contracts,
            &deployment.broken,
            Moment::now(now),
        )?;
        let standing = build_status::standing(connection)?;
        let stale = standing.as_ref().and_then(|s| s.stale.as_ref());
        let format = self.printed.format();
        if format == Format::Json {
            return output::json(&serde_json::json!({
                "at": now.format("%Y-%m-%dT%H:%M:%S").to_string(),
                "warehouse": {
                    "stands_on_batch": standing.as_ref().map(|s| s.known_at),
                    "is_stale": stale.is_some(),
                    "because": stale.map(ToString::to_string),
                },
                "sources": sources,
            }));
        }
        output::table(&table(&sources), format)?;
        if format == Format::Csv {
            return Ok(());
        }
        for source in &sources {
            if let Some(refused) = &source.refused {
                output::line(format!(
                    "{}: {} was refused as batch {}: {}",
                    source.source, refused.file, refused.batch_id, refused.reason
                ))?;
            }
        }
        match (&standing, stale) {
            (Some(standing), Some(stale)) => output::line(format!(
                "the warehouse stands on batch {} and is stale: {stale}",
                standing.known_at
            )),
            (Some(standing), None) => output::line(format!(
                "the warehouse stands on batch {}",
                standing.known_at
            )),
            (None, _) => output::line("there is no warehouse yet"),
        }
    }
}

/// JSON has every figure.
fn table(sources: &[SourceStatus]) -> Table {
    let columns = vec![
        Column::code("source"),
        Column::words("state"),
        Column::words("last file"),
        Column::figure("age h"),
        Column::figure("rows"),
        Column::figure("usual"),
        Column::figure("rejected"),
        Column::figure("open"),
        Column::figure("overdue"),
        Column::date("next due"),
    ];
    let rows = sources
        .iter()
        .map(|source| {
            let last = source.last.as_ref();
            let usual = (source.files_compared > 0).then(|| format!("{:.0}", source.usual_rows));
            let file = last.map(|last| Cell::new(shortened(&last.file)).read_as(&last.file));
            let due = source.next_due.map(|due| {
                Cell::of(due.format("%a %H:%M")).read_as(due.format("%Y-%m-%dT%H:%M:%S"))
            });
            vec![
                Cell::of(&source.source),
                Cell::new(shown(source.state)),
                file.unwrap_or_default(),
                Cell::maybe(last.map(|last| last.age_hours)),
                Cell::maybe(last.map(|last| last.rows_read)),
                Cell::from(usual),
                Cell::maybe(last.map(|last| last.rows_rejected)),
                Cell::of(source.open_rejects),
                Cell::of(source.overdue_rows),
                due.unwrap_or_default(),
            ]
        })
        .collect();
    Table::of(columns, rows)
}

/// A long file name without its middle: source and date are at the ends.
fn shortened(name: &str) -> String {
    const LETTERS: usize = 29;
    const END: usize = 12;
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= LETTERS {
        return name.to_owned();
    }
    let start: String = letters[..LETTERS - END - 1].iter().collect();
    let end: String = letters[letters.len() - END..].iter().collect();
    format!("{start}…{end}")
}

/// What needs a person stands out in capitals.
fn shown(state: State) -> String {
    match state {
        State::Late | State::Stale | State::Refused => state.as_str().to_uppercase(),
        State::Never => "never".to_owned(),
        _ => state.as_str().to_owned(),
    }
}

#[derive(Debug, Args)]
pub(super) struct Batches {
    #[command(flatten)]
    printed: Printed,
}

impl Batches {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let store = deployment.open_store()?;
        let found = select(
            store.connection(),
            "select batch_id as batch, source, file_name as file, as_at, \
                 case when kind = 'revert' then 'takes back ' || undoes \
                     when reverted_by is not null then 'taken back by ' || reverted_by \
                     else state end as state, \
                 rows_read as rows, rows_accepted as accepted, rows_rejected as rejected, \
                 rows_duplicate as duplicate, rows_new as \"new\", rows_changed as changed, \
                 rows_unchanged as unchanged, rows_superseded as superseded, rows_ended as ended, \
                 reason \
             from ledger.batches order by batch_id desc",
        )?;
        output::table(&found, self.printed.format())
    }
}
