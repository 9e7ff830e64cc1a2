//! The harm index and the VAWG basket as tables: read from the job's CSV
//! files, checked row by row, and loaded into the staging layer.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use duckdb::{Connection, params};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::inputs::{self, Input, Role};
use crate::model::ho_code::HoCode;

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

/// One row of an edition: a Home Office code's weight in days.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    pub ho_code: String,
    pub title: String,
    pub days: Decimal,
    /// `published`, `guideline` or `analogue`.
    pub basis: String,
    pub source: String,
    pub note: String,
}

/// Whether and when a code is violence against women and girls.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BasketRow {
    pub ho_code: String,
    pub vawg_group: String,
    pub condition: String,
    pub title: String,
}

/// A retired code and the one its weight stands under.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    pub recorded_code: String,
    pub index_code: String,
    pub source: String,
}

const FOLDER: &str = "jobs/harm-list";
const BASES: [&str; 3] = ["published", "guideline", "analogue"];
const CONDITIONS: [&str; 3] = ["female_victim", "domestic_abuse_or_female_victim", "never"];

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
            inputs.push(read(Role::Edition, format!("{FOLDER}/index/{name}.csv"))?);
        }
        Self::parse(inputs)
    }

    /// Checks the texts of a list.
    pub fn parse(inputs: Vec<Input>) -> Result<Self> {
        let mut reference = Self::default();
        for input in &inputs {
            let (file, text) = (input.file.as_str(), input.text.as_str());
            match input.role {
                Role::Edition => {
                    let weights = rows(file, text)?;
                    check_weights(&weights, file)?;
                    let name = Path::new(file).file_stem().unwrap_or_default();
                    reference.editions.push(Edition {
                        name: name.to_string_lossy().into_owned(),
                        weights,
                    });
                }
                Role::Aliases => {
                    reference.aliases = rows(file, text)?;
                    check_aliases(&reference.aliases, file)?;
                }
                Role::Basket => {
                    reference.basket = rows(file, text)?;
                    check_basket(&reference.basket, file)?;
                }
                Role::Model | Role::List => {}
            }
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
                weight.basis,
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
            row.condition,
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

fn rows<T: for<'de> Deserialize<'de>>(file: &str, text: &str) -> Result<Vec<T>> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<Vec<T>, _>>()
        .with_context(|| format!("{file} is not as expected"))
}

fn check_weights(weights: &[Weight], file: &str) -> Result<()> {
    let mut seen = BTreeMap::new();
    for (row, weight) in weights.iter().enumerate() {
        let line = row + 2;
        code(&weight.ho_code, file, line, "ho_code")?;
        if weight.days <= Decimal::ZERO || weight.days.scale() > 3 {
            bail!(
                "{file}:{line}: days is {}; expected more than 0, with at most 3 decimals",
                weight.days
            );
        }
        if !BASES.contains(&weight.basis.as_str()) {
            bail!(
                "{file}:{line}: basis is {:?}; expected one of {}",
                weight.basis,
                BASES.join(", ")
            );
        }
        if weight.source.trim().is_empty() {
            bail!("{file}:{line}: {} has no source", weight.ho_code);
        }
        if let Some(first) = seen.insert(weight.ho_code.as_str(), line) {
            bail!(
                "{file}:{line}: {} stands on line {first} already",
                weight.ho_code
            );
        }
    }
    Ok(())
}

fn check_aliases(aliases: &[Alias], file: &str) -> Result<()> {
    let mut seen = BTreeMap::new();
    for (row, alias) in aliases.iter().enumerate() {
        let line = row + 2;
        code(&alias.recorded_code, file, line, "recorded_code")?;
        code(&alias.index_code, file, line, "index_code")?;
        if let Some(first) = seen.insert(alias.recorded_code.as_str(), line) {
            bail!(
                "{file}:{line}: {} stands on line {first} already",
                alias.recorded_code
            );
        }
    }
    Ok(())
}

fn check_basket(basket: &[BasketRow], file: &str) -> Result<()> {
    let mut seen = BTreeMap::new();
    for (row, entry) in basket.iter().enumerate() {
        let line = row + 2;
        code(&entry.ho_code, file, line, "ho_code")?;
        if !CONDITIONS.contains(&entry.condition.as_str()) {
            bail!(
                "{file}:{line}: condition is {:?}; expected one of {}",
                entry.condition,
                CONDITIONS.join(", ")
            );
        }
        if let Some(first) = seen.insert(entry.ho_code.as_str(), line) {
            bail!(
                "{file}:{line}: {} stands on line {first} already",
                entry.ho_code
            );
        }
    }
    Ok(())
}

fn code(text: &str, file: &str, line: usize, column: &str) -> Result<()> {
    text.parse::<HoCode>()
        .map(drop)
        .map_err(|error| anyhow::anyhow!("{file}:{line}: {column}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(index: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join(FOLDER);
        std::fs::create_dir_all(root.join("index")).unwrap();
        std::fs::write(root.join("index/e.csv"), index).unwrap();
        std::fs::write(
            root.join("index/aliases.csv"),
            "recorded_code,index_code,source\n",
        )
        .unwrap();
        std::fs::write(
            root.join("basket.csv"),
            "ho_code,vawg_group,condition,title\n",
        )
        .unwrap();
        dir
    }

    #[test]
    fn the_shipped_edition_is_sound_and_covers_the_basket_it_names() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let reference = Reference::load(root, "starter-2026", &[]).unwrap();
        assert!(reference.editions[0].weights.len() > 300);
        let weighed = |code: &str| {
            reference.editions[0]
                .weights
                .iter()
                .any(|w| w.ho_code == code)
        };
        for code in ["001/01", "019/08", "008/77", "008/66", "105/01"] {
            assert!(weighed(code), "{code}");
        }
        for alias in &reference.aliases {
            assert!(weighed(&alias.index_code), "{alias:?}");
        }
        for weight in reference.editions[0]
            .weights
            .iter()
            .filter(|w| w.basis == "analogue")
        {
            let near = weight.source.trim_start_matches("analogue of ");
            assert!(
                reference.editions[0]
                    .weights
                    .iter()
                    .any(|w| w.ho_code == near && w.basis != "analogue"),
                "{weight:?}"
            );
        }
    }

    #[test]
    fn a_wrong_row_is_told_with_its_line() {
        let head = "ho_code,title,days,basis,source,note\n001/01,Murder,5475,published,x,\n";
        for (row, wanted) in [
            ("4.10,X,10,published,x,\n", "e.csv:3: ho_code"),
            ("002/00,X,0,published,x,\n", "e.csv:3: days"),
            ("002/00,X,10,guess,x,\n", "e.csv:3: basis"),
            ("002/00,X,10,published,,\n", "e.csv:3: 002/00 has no source"),
            ("001/01,X,10,published,x,\n", "stands on line 2"),
            ("002/00,X,ten,published,x,\n", "not as expected"),
        ] {
            let dir = folder(&format!("{head}{row}"));
            let error = Reference::load(dir.path(), "e", &[]).unwrap_err();
            assert!(format!("{error:#}").contains(wanted), "{row}: {error:#}");
        }
    }
}
