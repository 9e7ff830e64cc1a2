//! `daybook ingest rejects`: what was not taken in, or not as it came, and
//! what became of it.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use crate::cli::machine_user;
use crate::cli::output::{self, Format};
use crate::clock::Clock;
use crate::harm::consultations::{self, Wish};
use crate::ingest::contract::Contract;
use crate::ingest::history;
use crate::ingest::rejects::{self, Choice, Reject};
use crate::model::account_name::AccountName;
use crate::model::room::Room;
use crate::schedule::context::Deployment;
use crate::store::Store;
use crate::store::query::Table;

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
    /// Who asks, to see the values of conduct and HR data too: an account with
    /// the role conduct-reader.
    #[arg(long = "as", value_name = "ACCOUNT")]
    asker: Option<AccountName>,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

impl Rejects {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let store = deployment.open_store()?;
        // What a source held before its contract named a room is moved first.
        history::ensure_all(&store, &deployment.contracts)?;
        if let Some(asker) = &self.asker {
            self.consult(&store, asker)?;
        }
        let choice = Choice {
            file: self.file.as_deref(),
            source: self.source.as_deref(),
            is_open: self.open,
            has_rooms: self.asker.is_some(),
        };
        let found = rejects::list(store.connection(), choice)?;
        if self.format == Format::Json {
            return output::json(&found);
        }
        let rows: Vec<Vec<Option<String>>> = found
            .into_iter()
            .map(|reject| {
                let is_hidden =
                    self.asker.is_none() && is_in_room(&deployment.contracts, &reject.source);
                row(reject, is_hidden)
            })
            .collect();
        let count = rows.len();
        output::table(&table(rows), self.format)?;
        match self.format {
            Format::Table => output::line(format!("{count} faults")),
            _ => Ok(()),
        }
    }

    fn consult(&self, store: &Store, asker: &AccountName) -> Result<()> {
        let choices = [("file", &self.file), ("source", &self.source)];
        let named = choices
            .into_iter()
            .filter_map(|(name, value)| Some(format!(" --{name} {}", value.as_ref()?)));
        let statement: String = std::iter::once("ingest rejects".to_owned())
            .chain(named)
            .collect();
        let wish = Wish {
            what: "what rejected rows of it held",
            account: Some(asker),
            machine_user: &machine_user(),
            statement: &statement,
            at: Clock::System.now().naive_utc(),
        };
        consultations::consult(store, wish)
    }
}

fn is_in_room(contracts: &[Contract], source: &str) -> bool {
    contracts
        .iter()
        .any(|contract| contract.name == source && contract.room != Room::Open)
}

fn row(reject: Reject, is_hidden: bool) -> Vec<Option<String>> {
    let value = match reject.aged_out_on {
        Some(on) => Some(format!("(forgotten {on})")),
        None if is_hidden => Some("(shown with --as)".to_owned()),
        None => reject.value,
    };
    let became = match (reject.is_warning, reject.corrected_by) {
        (true, _) => "taken in without it".to_owned(),
        (false, Some(batch)) => format!("came right in batch {batch}"),
        (false, None) => "open".to_owned(),
    };
    vec![
        Some(reject.file),
        Some(reject.line.to_string()),
        reject.column,
        value,
        Some(reject.reason),
        Some(became),
        Some(reject.contract[..12.min(reject.contract.len())].to_owned()),
    ]
}

fn table(rows: Vec<Vec<Option<String>>>) -> Table {
    let columns = [
        "file", "line", "column", "value", "reason", "became", "contract",
    ];
    Table {
        columns: columns.map(ToOwned::to_owned).to_vec(),
        rows,
        is_plain: (0..columns.len()).map(|at| at == 1).collect(),
    }
}
