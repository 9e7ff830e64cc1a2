//! `daybook ingest status` and `batches`: what came in, and how it was judged.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use crate::cli::output::{self, Format};
use crate::clock::Clock;
use crate::ingest::status::{self, Moment, SourceStatus, State};
use crate::schedule::context::Deployment;
use crate::store::query::{Table, select};
use crate::warehouse::standing;

#[derive(Debug, Args)]
pub(super) struct Status {
    #[arg(long)]
    json: bool,
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
        let sources = status::status(connection, &deployment.contracts, Moment::now(now))?;
        let standing = standing::standing(connection)?;
        let stale = standing.as_ref().and_then(|s| s.stale.as_ref());
        if self.json {
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
        output::table(&table(&sources), Format::Table)?;
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

/// Fits 120 letters; JSON has every figure.
fn table(sources: &[SourceStatus]) -> Table {
    let columns = [
        "source",
        "state",
        "last file",
        "age h",
        "rows",
        "usual",
        "rejected",
        "open",
        "overdue",
        "next due",
    ];
    let rows = sources
        .iter()
        .map(|source| {
            let last = source.last.as_ref();
            let usual = (source.files_compared > 0).then(|| format!("{:.0}", source.usual_rows));
            vec![
                Some(source.source.clone()),
                Some(shown(source.state)),
                last.map(|last| shortened(&last.file)),
                last.map(|last| last.age_hours.to_string()),
                last.map(|last| last.rows_read.to_string()),
                usual,
                last.map(|last| last.rows_rejected.to_string()),
                Some(source.open_rejects.to_string()),
                Some(source.overdue_rows.to_string()),
                source
                    .next_due
                    .map(|due| due.format("%a %H:%M").to_string()),
            ]
        })
        .collect();
    Table {
        columns: columns.map(ToOwned::to_owned).to_vec(),
        rows,
        is_plain: (0..columns.len()).map(|at| (3..9).contains(&at)).collect(),
    }
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
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
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
        output::table(&found, self.format)
    }
}
