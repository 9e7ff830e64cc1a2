//! `daybook index show`, `coverage`, `diff` and `basket`.

use std::path::Path;

use anyhow::{Result, bail};
use clap::Args;
use serde::Serialize;

use super::{measure, read_store, settings, tell, window};
use crate::cli::output;
use crate::harm::index::editions::{self, Held};
use crate::harm::index::imports::{self, Import};
use crate::harm::index::{Reference, basket, coverage, diff};
use crate::schedule::context::Deployment;

#[derive(Debug, Args)]
pub(super) struct Show {
    /// One edition
    edition: Option<String>,
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Coverage {
    /// The edition that lists rank on, unless another is named
    #[arg(long)]
    edition: Option<String>,
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Diff {
    from: String,
    to: String,
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Basket {
    #[arg(long)]
    json: bool,
}

/// An edition with what the ledger knows of it.
#[derive(Serialize)]
pub(super) struct Shown {
    #[serde(flatten)]
    pub(super) held: Held,
    /// `ranks`, `compared` or nothing.
    pub(super) used: Option<&'static str>,
    /// Newest first.
    pub(super) imports: Vec<Import>,
}

impl Show {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let store = read_store(&deployment)?;
        let imports = store.map_or_else(|| Ok(Vec::new()), |s| imports::all(s.connection()))?;
        let settings = settings(&deployment);
        let used = |name: &String| match name {
            name if *name == settings.edition => Some("ranks"),
            name if settings.compare_editions.contains(name) => Some("compared"),
            _ => None,
        };
        let mut shown: Vec<Shown> = editions::held(dir)?
            .into_iter()
            .map(|held| Shown {
                used: used(&held.name),
                imports: imports
                    .iter()
                    .filter(|i| i.edition == held.name)
                    .cloned()
                    .collect(),
                held,
            })
            .collect();
        if let Some(wanted) = &self.edition {
            let names: Vec<String> = shown.iter().map(|one| one.held.name.clone()).collect();
            shown.retain(|one| one.held.name == *wanted);
            if shown.is_empty() {
                bail!(
                    "there is no edition {wanted:?}; there are {}",
                    names.join(", ")
                );
            }
        }
        if self.json {
            output::json(&shown)
        } else {
            tell::editions(&shown)
        }
    }
}

impl Coverage {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let store = read_store(&deployment)?;
        let edition = self
            .edition
            .clone()
            .unwrap_or_else(|| settings(&deployment).edition);
        editions::weights(dir, &edition)?;
        let found = measure(&deployment, store.as_ref(), &edition)?;
        if self.json {
            output::json(&found)
        } else {
            tell::coverage(&found)
        }
    }
}

impl Diff {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let from = editions::weights(dir, &self.from)?;
        let to = editions::weights(dir, &self.to)?;
        let mut difference = diff::compare(&from, &to);
        if let Some(store) = read_store(&deployment)? {
            let reference = Reference::load(dir, &self.to, &[])?;
            let window = window(&deployment, &store)?;
            let touched = coverage::by_index_code(&reference, store.connection(), &window)?;
            if let Some(touched) = touched {
                difference.touch(&touched);
            }
        }
        if self.json {
            output::json(&difference)
        } else {
            tell::difference(&difference)
        }
    }
}

impl Basket {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let store = read_store(&deployment)?;
        let reference = Reference::load(dir, &settings(&deployment).edition, &[])?;
        let connection = store.as_ref().map(crate::store::Store::connection);
        let summary = basket::summarise(&reference, connection)?;
        if self.json {
            output::json(&summary)
        } else {
            tell::basket(&summary)
        }
    }
}
