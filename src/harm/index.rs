//! The harm index and the VAWG basket as tables: read from the job's CSV
//! files, checked row by row, and loaded into the staging layer.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use duckdb::{Connection, params};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::model::ho_code::HoCode;
use crate::store::schema::hex_sha256;

/// Everything the list looks offences up in, with the hash of each file.
#[derive(Debug, Clone)]
pub struct Reference {
    pub edition: String,
    pub weights: Vec<Weight>,
    pub basket: Vec<BasketRow>,
    pub aliases: Vec<Alias>,
    /// SHA-256 over the edition and its aliases.
    pub index_sha256: String,
    pub basket_sha256: String,
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

/// Reads and checks the files of one edition.
pub fn load(dir: &Path, edition: &str) -> Result<Reference> {
    let (weights, index_text) = read::<Weight>(dir, &format!("{FOLDER}/index/{edition}.csv"))?;
    let (aliases, alias_text) = read::<Alias>(dir, &format!("{FOLDER}/index/aliases.csv"))?;
    let (basket, basket_text) = read::<BasketRow>(dir, &format!("{FOLDER}/basket.csv"))?;
    check_weights(&weights, edition)?;
    check_aliases(&aliases)?;
    check_basket(&basket)?;
    Ok(Reference {
        edition: edition.to_owned(),
        weights,
        basket,
        aliases,
        index_sha256: hex_sha256(format!("{index_text}\n{alias_text}").as_bytes()),
        basket_sha256: hex_sha256(basket_text.as_bytes()),
    })
}

/// Replaces the reference tables of the staging layer.
pub fn write(connection: &Connection, reference: &Reference) -> Result<()> {
    connection.execute_batch(
        "create or replace table staging.harm_index (edition varchar, ho_code varchar, \
             title varchar, days decimal(10, 2), basis varchar, source varchar);
         create or replace table staging.basket (ho_code varchar, vawg_group varchar, \
             condition varchar, title varchar);
         create or replace table staging.index_aliases (recorded_code varchar, index_code varchar);",
    )?;
    let mut rows = connection.appender_to_db("harm_index", "staging")?;
    for weight in &reference.weights {
        rows.append_row(params![
            reference.edition,
            weight.ho_code,
            weight.title,
            weight.days,
            weight.basis,
            weight.source
        ])?;
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

fn read<T: for<'de> Deserialize<'de>>(dir: &Path, file: &str) -> Result<(Vec<T>, String)> {
    let text =
        std::fs::read_to_string(dir.join(file)).with_context(|| format!("cannot read {file}"))?;
    let rows = csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<Vec<T>, _>>()
        .with_context(|| format!("{file} is not as expected"))?;
    Ok((rows, text))
}

fn check_weights(weights: &[Weight], edition: &str) -> Result<()> {
    let file = format!("{FOLDER}/index/{edition}.csv");
    let mut seen = BTreeMap::new();
    for (row, weight) in weights.iter().enumerate() {
        let line = row + 2;
        code(&weight.ho_code, &file, line, "ho_code")?;
        if weight.days <= Decimal::ZERO || weight.days.scale() > 2 {
            bail!(
                "{file}:{line}: days is {}; expected more than 0, with at most 2 decimals",
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

fn check_aliases(aliases: &[Alias]) -> Result<()> {
    let file = format!("{FOLDER}/index/aliases.csv");
    let mut seen = BTreeMap::new();
    for (row, alias) in aliases.iter().enumerate() {
        let line = row + 2;
        code(&alias.recorded_code, &file, line, "recorded_code")?;
        code(&alias.index_code, &file, line, "index_code")?;
        if let Some(first) = seen.insert(alias.recorded_code.as_str(), line) {
            bail!(
                "{file}:{line}: {} stands on line {first} already",
                alias.recorded_code
            );
        }
    }
    Ok(())
}

fn check_basket(basket: &[BasketRow]) -> Result<()> {
    let file = format!("{FOLDER}/basket.csv");
    let mut seen = BTreeMap::new();
    for (row, entry) in basket.iter().enumerate() {
        let line = row + 2;
        code(&entry.ho_code, &file, line, "ho_code")?;
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
        let reference = load(root, "starter-2026").unwrap();
        assert!(reference.weights.len() > 300);
        let weighed = |code: &str| reference.weights.iter().any(|w| w.ho_code == code);
        for code in ["001/01", "019/08", "008/77", "008/66", "105/01"] {
            assert!(weighed(code), "{code}");
        }
        for alias in &reference.aliases {
            assert!(weighed(&alias.index_code), "{alias:?}");
        }
        for weight in reference.weights.iter().filter(|w| w.basis == "analogue") {
            let near = weight.source.trim_start_matches("analogue of ");
            assert!(
                reference
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
            let error = load(dir.path(), "e").unwrap_err();
            assert!(format!("{error:#}").contains(wanted), "{row}: {error:#}");
        }
    }
}
