//! `daybook index show`, `coverage`, `diff` and `basket`.

use std::path::Path;

use anyhow::{Result, bail};
use clap::Args;
use serde::Serialize;

use super::{measure, read_store, settings, tell, window};
use crate::cli::output::{self, Format, Printed};
use crate::harm::index::editions::{self, Held};
use crate::harm::index::imports::{self, Import};
use crate::harm::index::{Reference, basket, coverage, diff};
use crate::model::basket_name::BasketName;
use crate::schedule::context::Deployment;

#[derive(Debug, Args)]
pub(super) struct Show {
    /// One edition
    edition: Option<String>,
    #[command(flatten)]
    printed: Printed,
}

#[derive(Debug, Args)]
pub(super) struct Coverage {
    /// The edition that lists rank on, unless another is named
    #[arg(long)]
    edition: Option<String>,
    #[command(flatten)]
    printed: Printed,
}

#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The edition that is compared.
    from: String,
    /// The edition that it is compared with.
    to: String,
    #[command(flatten)]
    printed: Printed,
}

#[derive(Debug, Args)]
pub(super) struct Basket {
    /// `npcc`, `met` or another; the one that counts when left out
    name: Option<BasketName>,
    #[command(flatten)]
    printed: Printed,
}

/// A basket with its name.
#[derive(Serialize)]
pub(super) struct Named<'a> {
    pub(super) name: BasketName,
    pub(super) file: &'static str,
    /// Whether the list and the measures count by it.
    pub(super) is_in_use: bool,
    #[serde(flatten)]
    pub(super) summary: &'a basket::Summary,
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
        match self.printed.format() {
            Format::Json => output::json(&shown),
            Format::Csv => output::csv(&tell::table_of_editions(&shown)),
            Format::Table => tell::editions(&shown),
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
        match self.printed.format() {
            Format::Json => output::json(&found),
            Format::Csv => output::csv(&tell::table_of_codes(&found)),
            Format::Table => tell::coverage(&found),
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
            let reference = Reference::load(dir, settings(&deployment).basket, &self.to, &[])?;
            let window = window(&deployment, &store)?;
            let touched = coverage::by_index_code(&reference, store.connection(), &window)?;
            if let Some(touched) = touched {
                difference.touch(&touched);
            }
        }
        match self.printed.format() {
            Format::Json => output::json(&difference),
            Format::Csv => output::csv(&tell::table_of_changes(&difference)),
            Format::Table => tell::difference(&difference),
        }
    }
}

impl Basket {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let store = read_store(&deployment)?;
        let in_use = settings(&deployment).basket;
        let name = self.name.unwrap_or(in_use);
        let reference = Reference::of_basket(dir, name)?;
        let connection = store.as_ref().map(crate::store::Store::connection);
        let summary = basket::summarise(&reference, connection)?;
        let named = Named {
            name,
            file: name.file(),
            is_in_use: name == in_use,
            summary: &summary,
        };
        match self.printed.format() {
            Format::Json => output::json(&named),
            Format::Csv => output::csv(&tell::table_of_groups(&named)),
            Format::Table => tell::basket(&named),
        }
    }
}
