//! `daybook ingest rejects`: what was not accepted, or not as it came, and
//! what became of it.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use crate::audit::{Event, Kind};
use crate::cli::asker::Asker;
use crate::cli::output::{self, Format, Printed};
use crate::clock::Clock;
use crate::harm::consultations::{self, Wish};
use crate::ingest::contract::Contract;
use crate::ingest::history;
use crate::ingest::history::rejects;
use crate::ingest::history::rejects::{Choice, Reject};
use crate::model::account_name::AccountName;
use crate::model::operator::Operator;
use crate::model::restricted::Room;
use crate::schedule::context::Deployment;
use crate::store::Store;
use crate::table::{Cell, Column, Table};

#[derive(Debug, Args)]
pub(super) struct Rejects {
    /// Only of this file.
    #[arg(long)]
    file: Option<String>,
    /// Only of this source.
    #[arg(long)]
    source: Option<String>,
    /// Only those that no later file has corrected.
    #[arg(long)]
    open: bool,
    /// With --as an account that has the role conduct-reader, the values of
    /// conduct and HR data too.
    #[command(flatten)]
    asker: Asker,
    #[command(flatten)]
    printed: Printed,
}

impl Rejects {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let store = deployment.open_store()?;
        // What a source held before its contract named a room is moved first.
        history::ensure_all(&store, &deployment.contracts)?;
        if let Some(asker) = &self.asker.account {
            self.consult(&store, asker)?;
        }
        let choice = Choice {
            file: self.file.as_deref(),
            source: self.source.as_deref(),
            is_open: self.open,
            has_rooms: self.asker.account.is_some(),
        };
        let mut found = rejects::list(store.connection(), choice)?;
        let is_hidden =
            |source: &str| self.asker.account.is_none() && !is_open(&deployment.contracts, source);
        // In every format: the table says what stands in its place.
        for reject in found.iter_mut().filter(|reject| is_hidden(&reject.source)) {
            reject.value = None;
        }
        let look = Event {
            detail: serde_json::json!({ "command": self.command() }),
            ..Event::new(Kind::Consultation, "ingest rejects")
        };
        self.asker.record(&store, look)?;
        let format = self.printed.format();
        if format == Format::Json {
            return output::json(&found);
        }
        let rows: Vec<Vec<Cell>> = found
            .into_iter()
            .map(|reject| {
                let is_hidden = is_hidden(&reject.source);
                row(reject, is_hidden)
            })
            .collect();
        let count = rows.len();
        output::table(&table(rows), format)?;
        match format {
            Format::Table => output::line(format!("{count} faults")),
            _ => Ok(()),
        }
    }

    fn consult(&self, store: &Store, asker: &AccountName) -> Result<()> {
        let wish = Wish {
            what: "what rejected rows of it held",
            account: Some(asker),
            operator: Operator::current(),
            statement: &self.command(),
            at: Clock::System.now().naive_utc(),
        };
        consultations::consult(store, wish)
    }

    fn command(&self) -> String {
        let choices = [("file", &self.file), ("source", &self.source)];
        let named = choices
            .into_iter()
            .filter_map(|(name, value)| Some(format!(" --{name} {}", value.as_ref()?)));
        std::iter::once("ingest rejects".to_owned())
            .chain(named)
            .collect()
    }
}

/// Whether a contract says that a source is in no room. One that does not hold
/// says nothing.
fn is_open(contracts: &[Contract], source: &str) -> bool {
    contracts
        .iter()
        .any(|contract| contract.name == source && contract.room == Room::Open)
}

fn row(reject: Reject, is_hidden: bool) -> Vec<Cell> {
    let value = match reject.aged_out_on {
        Some(on) => Some(format!("(forgotten {on})")),
        None if is_hidden => Some("(shown with --as)".to_owned()),
        None => reject.value,
    };
    let became = match (reject.is_warning, reject.corrected_by) {
        (true, _) => "accepted without it".to_owned(),
        (false, Some(batch)) => format!("came right in batch {batch}"),
        (false, None) => "open".to_owned(),
    };
    vec![
        Cell::new(reject.file),
        Cell::of(reject.line),
        Cell::from(reject.column),
        Cell::from(value),
        Cell::new(reject.reason),
        Cell::new(became),
        Cell::new(&reject.contract[..12.min(reject.contract.len())]),
    ]
}

fn table(rows: Vec<Vec<Cell>>) -> Table {
    let columns = vec![
        Column::words("file"),
        Column::number("line"),
        Column::words("column"),
        Column::words("value"),
        Column::words("reason"),
        Column::words("became"),
        Column::code("contract"),
    ];
    Table::of(columns, rows)
}
