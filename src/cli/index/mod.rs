//! `daybook index`: the harm index and the VAWG basket, imported, shown and
//! held against the force's own data.

mod show;
mod take;
mod tell;

use std::path::Path;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};

use crate::clock::Clock;
use crate::harm::index::Reference;
use crate::harm::index::allegations::{self, Window};
use crate::harm::index::coverage::{self, Coverage};
use crate::harm::settings::ListSettings;
use crate::schedule::context::Deployment;
use crate::schedule::definition::Action as JobAction;
use crate::store::Store;

#[derive(Debug, Args)]
pub struct Index {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Import the official workbook, or any index as CSV
    Import(take::Import),
    /// The editions: rows per basis, hash, imports
    Show(show::Show),
    /// What an edition covers of this force's allegations and of the basket
    Coverage(show::Coverage),
    /// What two editions weigh differently, and how many allegations it touches
    Diff(show::Diff),
    /// The VAWG basket: codes per group and condition, and since when in use
    Basket(show::Basket),
}

impl Index {
    pub fn run(&self, dir: &Path) -> Result<()> {
        match &self.action {
            Action::Import(command) => command.run(dir),
            Action::Show(command) => command.run(dir),
            Action::Coverage(command) => command.run(dir),
            Action::Diff(command) => command.run(dir),
            Action::Basket(command) => command.run(dir),
        }
    }
}

/// The settings of the deployment's list job.
fn settings(deployment: &Deployment) -> ListSettings {
    let of_list = |job: &crate::schedule::definition::Job| match &job.action {
        JobAction::HarmList(settings) => Some(settings.clone()),
        _ => None,
    };
    deployment
        .jobs
        .values()
        .find_map(of_list)
        .unwrap_or_default()
}

/// The database to read, when there is one yet.
fn read_store(deployment: &Deployment) -> Result<Option<Store>> {
    let config = &deployment.config.store;
    if config.path.exists() {
        Store::open_read_only(config).map(Some)
    } else {
        Ok(None)
    }
}

fn window(deployment: &Deployment, store: &Store) -> Result<Window> {
    let today = Clock::System.today(deployment.config.tz());
    allegations::window(store.connection(), &settings(deployment), today)
        .context("cannot tell which days the newest list looked at")
}

fn measure(deployment: &Deployment, store: Option<&Store>, edition: &str) -> Result<Coverage> {
    let basket = settings(deployment).basket;
    let reference = Reference::load(&deployment.dir, basket, edition, &[])?;
    let data = match store {
        Some(store) => Some((store.connection(), window(deployment, store)?)),
        None => None,
    };
    coverage::measure(&reference, data)
}
