//! `daybook account`: who may decide, review, read.

use std::path::Path;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::output::{self, Format};
use crate::clock::Clock;
use crate::config::Config;
use crate::harm::accounts::{self, Change, Holding, Role};
use crate::model::account_name::AccountName;
use crate::store::Store;
use crate::store::query::Table;

#[derive(Debug, Args)]
pub struct Account {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Give an account a role
    Grant(Subject),
    /// Take a role from an account; what it did stays
    Revoke(Subject),
    /// Every account with its roles
    List {
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
struct Subject {
    /// Lower-case name: letters, digits, dots and hyphens.
    name: AccountName,
    /// authorising-officer, specialist-reviewer, analyst, conduct-reader or
    /// publisher.
    #[arg(long)]
    role: Role,
    /// The authorising officer who says so; before there is one, anybody who
    /// may open the folder.
    #[arg(long)]
    by: AccountName,
}

impl Account {
    pub fn run(&self, dir: &Path) -> Result<()> {
        let config = Config::load(dir)?;
        match &self.action {
            Action::Grant(subject) => {
                let store = Store::open(&config.store)?;
                let Subject { name, role, by } = subject;
                accounts::grant(&store, name, *role, now(by))?;
                output::line(format!("{name} is {role} now, by {by}"))
            }
            Action::Revoke(subject) => {
                let store = Store::open(&config.store)?;
                let Subject { name, role, by } = subject;
                accounts::revoke(&store, name, *role, now(by))?;
                output::line(format!("{name} is {role} no longer, by {by}"))
            }
            Action::List { json } => {
                let holdings = if config.store.path.exists() {
                    accounts::all(Store::open_read_only(&config.store)?.connection())?
                } else {
                    Vec::new()
                };
                show(&holdings, *json)
            }
        }
    }
}

fn now(by: &AccountName) -> Change<'_> {
    Change {
        by,
        at: Clock::System.now().naive_utc(),
    }
}

fn show(holdings: &[Holding], json: bool) -> Result<()> {
    if json {
        return output::json(&holdings);
    }
    if holdings.is_empty() {
        return output::line(
            "no account has a role yet; give the first with `daybook account grant`",
        );
    }
    let rows = holdings
        .iter()
        .map(|held| {
            [
                held.account.clone(),
                held.role.clone(),
                if held.is_granted { "yes" } else { "no longer" }.to_owned(),
                held.changed_by.clone(),
                accounts::shown(held.changed_at),
            ]
            .map(Some)
            .to_vec()
        })
        .collect();
    output::table(
        &Table {
            columns: ["account", "role", "holds it", "changed by", "at"]
                .map(ToOwned::to_owned)
                .to_vec(),
            rows,
            is_plain: vec![false; 5],
        },
        Format::Table,
    )
}
