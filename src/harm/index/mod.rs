//! The harm index and the VAWG basket as tables: read from the job's CSV
//! files, checked cell by cell, and loaded into the staging layer.

pub mod aliases;
pub mod allegations;
pub mod basket;
mod bounds;
pub mod bridge;
mod cells;
pub mod conflicts;
pub mod coverage;
pub mod diff;
pub mod editions;
pub mod import;
pub mod imports;
mod official;
pub mod reading;
pub mod refusal;
mod starting_point;
mod table;
pub mod titles;
pub mod weights;
pub mod workbook;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use duckdb::{Connection, params};

use self::aliases::Alias;
use self::basket::BasketRow;
use self::weights::Weight;
use crate::config::problem::Problems;
use crate::model::basket_name::BasketName;
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
pub const TABLES: [&str; 4] = [
    "staging.harm_index",
    "staging.weighed_offences",
    "staging.basket",
    "staging.index_aliases",
];

impl Reference {
    /// Reads and checks the files of a deployment: a basket, the edition that
    /// ranks and some others.
    pub fn load(dir: &Path, basket: BasketName, edition: &str, others: &[String]) -> Result<Self> {
        let mut inputs = vec![aliases(dir)?, self::basket(dir, basket)?];
        let mut names = vec![edition];
        names.extend(others.iter().map(String::as_str));
        for name in names {
            let edition = read(dir, Role::Edition, editions::file_of(name)).context(
                "an edition that edition or compare_editions in jobs/harm-list/job.toml names",
            )?;
            inputs.push(edition);
        }
        Self::parse(inputs)
    }

    /// A basket of a deployment alone, with the codes that lead to it.
    pub fn of_basket(dir: &Path, basket: BasketName) -> Result<Self> {
        Self::parse(vec![aliases(dir)?, self::basket(dir, basket)?])
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

fn aliases(dir: &Path) -> Result<Input> {
    read(dir, Role::Aliases, format!("{FOLDER}/index/aliases.csv"))
}

fn basket(dir: &Path, name: BasketName) -> Result<Input> {
    read(dir, Role::Basket, name.file().to_owned())
        .context("the basket that basket in jobs/harm-list/job.toml names")
}

fn read(dir: &Path, role: Role, file: String) -> Result<Input> {
    let text =
        std::fs::read_to_string(dir.join(&file)).with_context(|| format!("cannot read {file}"))?;
    Ok(Input { role, file, text })
}

/// Replaces the reference tables of the staging layer.
pub fn write(connection: &Connection, reference: &Reference) -> Result<()> {
    connection.execute_batch(
        "create or replace table staging.harm_index (edition varchar, weight_key integer, \
             ho_code varchar, title varchar, days decimal(10, 3), basis varchar, source varchar);
         create or replace table staging.weighed_offences (weight_key integer, \
             index_code varchar, bare_title varchar);
         create or replace table staging.basket (ho_code varchar, vawg_group varchar, \
             condition varchar, title varchar);
         create or replace table staging.index_aliases (recorded_code varchar, index_code varchar);
         comment on table staging.harm_index is \
             'One row per edition and offence that it weighs: days of harm, how they came about, and who published them.';
         comment on table staging.weighed_offences is \
             'One row per code, and per title that some edition weighs apart from its code (bare_title), with one number for all editions.';
         comment on table staging.basket is \
             'One row per Home Office code of the VAWG basket, with the condition under which it counts.';
         comment on table staging.index_aliases is \
             'One row per retired code, with the code that it is weighed under.';",
    )?;
    write_weights(connection, reference)?;
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

/// What is weighed has one number in all editions: a code, or a title of one
/// that some edition weighs apart. Every edition has a row for each that it
/// weighs, under its own title or the code's weight, so that a join by number
/// and edition finds one row and asks nothing else. Only the row of a code
/// itself carries the code: a statement that joins by it meets each once.
fn write_weights(connection: &Connection, reference: &Reference) -> Result<()> {
    let all = reference
        .editions
        .iter()
        .flat_map(|edition| &edition.weights);
    let offences: BTreeSet<weights::Key<'_>> = all.map(Weight::key).collect();
    let mut rows = connection.appender_to_db("weighed_offences", "staging")?;
    for (number, (code, title)) in (1_i32..).zip(&offences) {
        rows.append_row(params![number, code, title])?;
    }
    rows.flush()?;
    let mut rows = connection.appender_to_db("harm_index", "staging")?;
    for edition in &reference.editions {
        let held = weights::by_key(&edition.weights);
        for (number, (code, title)) in (1_i32..).zip(&offences) {
            let Some(weight) = weights::find(&held, code, title) else {
                continue;
            };
            rows.append_row(params![
                edition.name,
                number,
                title.is_empty().then_some(code),
                weight.title,
                weight.days,
                weight.basis.as_str(),
                weight.source
            ])?;
        }
    }
    rows.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests;
