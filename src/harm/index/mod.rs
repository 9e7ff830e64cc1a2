//! The harm index and the VAWG basket as tables: read from the job's CSV
//! files, checked cell by cell, and loaded into the staging layer.

pub mod aliases;
pub mod allegations;
pub mod basket;
mod cells;
pub mod conflicts;
pub mod coverage;
pub mod diff;
pub mod editions;
pub mod import;
pub mod imports;
mod official;
mod reading;
pub mod refusal;
mod table;
pub mod weights;
pub mod workbook;

use std::path::Path;

use anyhow::{Context, Result};
use duckdb::{Connection, params};

use self::aliases::Alias;
use self::basket::BasketRow;
use self::weights::Weight;
use crate::config::problem::Problems;
use crate::store::inputs::{self, Input, Role};

/// Everything the list looks offences up in.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    /// The edition that ranks, then those that a list is compared under.
    pub editions: Vec<Edition>,
    pub basket: Vec<BasketRow>,
    pub aliases: Vec<Alias>,
    /// The files these were read from, in their order.
    pub inputs: Vec<Input>,
}

/// One edition of a harm index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Its file in `index/`, without the ending.
    pub name: String,
    pub weights: Vec<Weight>,
}

/// The harm list's folder in a deployment.
pub const FOLDER: &str = "jobs/harm-list";

/// Tables of the warehouse that are written from the reference files.
pub const TABLES: [&str; 3] = [
    "staging.harm_index",
    "staging.basket",
    "staging.index_aliases",
];

impl Reference {
    /// Reads and checks the files of a deployment: the edition that ranks and
    /// some others.
    pub fn load(dir: &Path, edition: &str, others: &[String]) -> Result<Self> {
        let read = |role: Role, file: String| {
            let text = std::fs::read_to_string(dir.join(&file))
                .with_context(|| format!("cannot read {file}"))?;
            anyhow::Ok(Input { role, file, text })
        };
        let mut inputs = vec![
            read(Role::Aliases, format!("{FOLDER}/index/aliases.csv"))?,
            read(Role::Basket, format!("{FOLDER}/basket.csv"))?,
        ];
        let mut names = vec![edition];
        names.extend(others.iter().map(String::as_str));
        for name in names {
            let edition = read(Role::Edition, editions::file_of(name)).context(
                "an edition that edition or compare_editions in jobs/harm-list/job.toml names",
            )?;
            inputs.push(edition);
        }
        Self::parse(inputs)
    }

    /// Checks the texts of a list; every problem of all of them is told.
    pub fn parse(inputs: Vec<Input>) -> Result<Self> {
        let mut reference = Self::default();
        let mut problems = Vec::new();
        let mut keep = |found: Problems| problems.extend(found.0);
        for input in &inputs {
            let (file, text) = (input.file.as_str(), input.text.as_str());
            match input.role {
                Role::Edition => reference.editions.push(Edition {
                    name: editions::name_of(file),
                    weights: weights::parse(file, text)
                        .map_err(&mut keep)
                        .unwrap_or_default(),
                }),
                Role::Aliases => {
                    reference.aliases = aliases::parse(file, text)
                        .map_err(&mut keep)
                        .unwrap_or_default();
                }
                Role::Basket => {
                    reference.basket = basket::parse(file, text)
                        .map_err(&mut keep)
                        .unwrap_or_default();
                }
                Role::Model | Role::List | Role::Measure => {}
            }
        }
        if !problems.is_empty() {
            return Err(Problems(problems).into());
        }
        reference.inputs = inputs;
        Ok(reference)
    }

    /// The edition that ranks; empty when there is none.
    pub fn edition(&self) -> &str {
        self.editions.first().map_or("", |edition| &edition.name)
    }

    /// The SHA-256 over the editions and the aliases.
    pub fn index_sha256(&self) -> String {
        let is_index = |input: &&Input| matches!(input.role, Role::Edition | Role::Aliases);
        inputs::sha256(self.inputs.iter().filter(is_index))
    }

    /// The SHA-256 of the basket.
    pub fn basket_sha256(&self) -> String {
        inputs::sha256(self.inputs.iter().filter(|i| i.role == Role::Basket))
    }
}

/// Replaces the reference tables of the staging layer.
pub fn write(connection: &Connection, reference: &Reference) -> Result<()> {
    connection.execute_batch(
        "create or replace table staging.harm_index (edition varchar, ho_code varchar, \
             title varchar, days decimal(10, 3), basis varchar, source varchar);
         create or replace table staging.basket (ho_code varchar, vawg_group varchar, \
             condition varchar, title varchar);
         create or replace table staging.index_aliases (recorded_code varchar, index_code varchar);",
    )?;
    let mut rows = connection.appender_to_db("harm_index", "staging")?;
    for edition in &reference.editions {
        for weight in &edition.weights {
            rows.append_row(params![
                edition.name,
                weight.ho_code,
                weight.title,
                weight.days,
                weight.basis.as_str(),
                weight.source
            ])?;
        }
    }
    rows.flush()?;
    let mut rows = connection.appender_to_db("basket", "staging")?;
    for row in &reference.basket {
        rows.append_row(params![
            row.ho_code,
            row.vawg_group,
            row.condition.as_str(),
            row.title
        ])?;
    }
    rows.flush()?;
    let mut rows = connection.appender_to_db("index_aliases", "staging")?;
    for alias in &reference.aliases {
        rows.append_row(params![alias.recorded_code, alias.index_code])?;
    }
    rows.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests;
