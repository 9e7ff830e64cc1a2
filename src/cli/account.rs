//! `daybook account`: who may decide, review, read, and as which user of the
//! machine.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};

use super::act;
use super::output::{self, Format, Printed};
use crate::clock::Clock;
use crate::config::Config;
use crate::harm::accounts::{self, Holding, Role};
use crate::harm::bindings;
use crate::model::account_name::AccountName;
use crate::model::operator::Operator;
use crate::store::Store;
use crate::table::{Cell, Column, Table};

#[derive(Debug, Args)]
pub struct Account {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Give an account a role, and bind it to a user of this machine
    Grant {
        #[command(flatten)]
        subject: Subject,
        /// The user of this machine who may act under it, by number.
        #[arg(long)]
        uid: Option<u32>,
    },
    /// Take a role from an account; what it did stays
    Revoke(Subject),
    /// Let a user of this machine act under an account
    Bind(Binding),
    /// Let a user of this machine act under an account no longer
    Unbind(Binding),
    /// Name the first authorising officer of a deployment that has none who
    /// can act; only whoever owns the folder may
    Appoint {
        /// The account.
        name: AccountName,
    },
    /// Every account with its roles
    List(Printed),
}

#[derive(Debug, Args)]
struct Subject {
    /// Lower-case name: letters, digits, dots and hyphens.
    name: AccountName,
    /// authorising-officer, specialist-reviewer, analyst, conduct-reader,
    /// publisher, data-steward or inspector.
    #[arg(long)]
    role: Role,
    /// The authorising officer who says so.
    #[arg(long)]
    by: AccountName,
}

#[derive(Debug, Args)]
struct Binding {
    /// The account.
    name: AccountName,
    /// Number of the user, as `id -u NAME` tells it.
    #[arg(long)]
    uid: u32,
    /// The authorising officer who says so.
    #[arg(long)]
    by: AccountName,
}

impl Account {
    pub fn run(&self, dir: &Path) -> Result<()> {
        let config = Config::load(dir)?;
        let open = || Store::open(&config.store);
        let now = Clock::System.now();
        match &self.action {
            Action::Grant { subject, uid } => grant(&open()?, subject, *uid),
            Action::Revoke(Subject { name, role, by }) => {
                accounts::revoke(&open()?, name, *role, act(by, now))?;
                output::line(format!("{name} is {role} no longer, by {by}"))
            }
            Action::Bind(Binding { name, uid, by }) => {
                bindings::bind(&open()?, name, *uid, act(by, now))?;
                let user = Operator::of(*uid);
                output::line(format!("{name} is bound to {user} now, by {by}"))
            }
            Action::Unbind(Binding { name, uid, by }) => {
                bindings::unbind(&open()?, name, *uid, act(by, now))?;
                let user = Operator::of(*uid);
                output::line(format!("{name} is bound to {user} no longer, by {by}"))
            }
            Action::Appoint { name } => {
                check_owner(dir)?;
                appoint(&open()?, name)
            }
            Action::List(printed) => {
                let (holdings, bound) = if config.store.path.exists() {
                    let store = open()?;
                    let connection = store.connection();
                    (accounts::all(connection)?, bindings::all(connection)?)
                } else {
                    Default::default()
                };
                let uids = |account: &str| bound.get(account).cloned().unwrap_or_default();
                let held = holdings.into_iter();
                show(
                    &held
                        .map(|held| (uids(&held.account), held))
                        .collect::<Vec<_>>(),
                    printed.format(),
                )
            }
        }
    }
}

/// Makes whoever runs the program the first authorising officer, by this name.
pub fn appoint(store: &Store, name: &AccountName) -> Result<()> {
    accounts::appoint(store, act(name, Clock::System.now()))?;
    output::line(format!(
        "{name} is authorising-officer, bound to {}",
        Operator::current()
    ))
}

fn grant(store: &Store, subject: &Subject, uid: Option<u32>) -> Result<()> {
    let Subject { name, role, by } = subject;
    let act = act(by, Clock::System.now());
    accounts::grant(store, name, *role, uid, act)?;
    output::line(format!("{name} is {role} now, by {by}"))?;
    let bound = bindings::uids(store.connection(), name)?;
    output::line(format!("{name} is bound to {}", bindings::told(&bound)))?;
    if bound.is_empty() {
        output::line(format!(
            "nobody can act under it before `daybook account bind {name} --uid N --by {by}`"
        ))?;
    }
    Ok(())
}

/// Whoever owns the folder can read and change everything in it.
fn check_owner(dir: &Path) -> Result<()> {
    let owner = std::fs::metadata(dir)
        .with_context(|| format!("cannot look at {}", dir.display()))?
        .uid();
    let operator = Operator::current();
    if owner != operator.uid {
        bail!(
            "{} belongs to {}, and this is run by {operator}; only its owner appoints the first \
             authorising officer; nothing was changed",
            dir.display(),
            Operator::of(owner)
        );
    }
    Ok(())
}

#[derive(serde::Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    held: &'a Holding,
    uids: &'a [u32],
}

fn show(holdings: &[(Vec<u32>, Holding)], format: Format) -> Result<()> {
    if format == Format::Json {
        let shown: Vec<Shown<'_>> = holdings
            .iter()
            .map(|(uids, held)| Shown { held, uids })
            .collect();
        return output::json(&shown);
    }
    if holdings.is_empty() && format == Format::Table {
        return output::line(
            "no account has a role yet; name the first with `daybook account appoint`",
        );
    }
    let rows = holdings
        .iter()
        .map(|(uids, held)| {
            vec![
                Cell::of(&held.account),
                Cell::of(&held.role),
                Cell::new(if held.is_granted { "yes" } else { "no longer" }),
                Cell::of(&held.changed_by),
                Cell::new(accounts::shown(held.changed_at)),
                Cell::new(bindings::told(uids)),
            ]
        })
        .collect();
    let columns = vec![
        Column::code("account"),
        Column::code("role"),
        Column::words("holds it"),
        Column::words("changed by"),
        Column::date("at"),
        Column::words("bound to"),
    ];
    output::table(&Table::of(columns, rows), format)
}
