//! The editions of a deployment: files in `jobs/harm-list/index/`, written
//! whole or not at all.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use rust_decimal::Decimal;
use serde::Serialize;

use super::FOLDER;
use super::weights::{self, Basis, Weight};
use crate::config::problem::{Problems, Source};
use crate::harm::settings::ListSettings;
use crate::store::schema::hex_sha256;

/// An edition as its file stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Held {
    pub name: String,
    pub sha256: String,
    pub rows: usize,
    pub bases: BTreeMap<Basis, usize>,
    #[serde(with = "rust_decimal::serde::float_option")]
    pub lowest_days: Option<Decimal>,
    #[serde(with = "rust_decimal::serde::float_option")]
    pub highest_days: Option<Decimal>,
    /// What is wrong with the file.
    pub problems: Option<String>,
}

/// The table of retired codes lies beside the editions and is none.
const ALIASES: &str = "aliases";

/// The file of an edition, from the deployment folder.
pub fn file_of(name: &str) -> String {
    format!("{FOLDER}/index/{name}.csv")
}

/// The edition in a file.
pub fn name_of(file: &str) -> String {
    let stem = Path::new(file).file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// Refuses a name that could not be a file beside the others.
pub fn check_name(name: &str) -> Result<()> {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    ensure!(
        name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.len() <= 60
            && name.chars().all(is_part)
            && name != ALIASES,
        "{name:?} is no name for an edition; expected up to 60 small letters, digits, hyphens, \
         underscores and full stops, such as ons-severity, and not {ALIASES:?}"
    );
    Ok(())
}

/// Refuses settings of the list that name an edition which `index/` does not
/// hold, at the line that names it.
pub fn check_named(dir: &Path, settings: &ListSettings) -> Result<(), Problems> {
    let others = settings.compare_editions.iter();
    let missing: Vec<(&str, String)> = std::iter::once(("edition", &settings.edition))
        .chain(others.map(|name| ("compare_editions", name)))
        .map(|(key, name)| (key, file_of(name)))
        .filter(|(_, file)| !dir.join(file).is_file())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let source = Source::read(dir, &Path::new(FOLDER).join("job.toml"))?;
    let problem = |(key, file): (&str, String)| {
        let message = format!("expected the name of a file in index/; there is no {file}");
        source.problem_at(key, message)
    };
    Err(Problems(missing.into_iter().map(problem).collect()))
}

/// Every edition of a deployment, by name.
pub fn held(dir: &Path) -> Result<Vec<Held>> {
    let folder = dir.join(FOLDER).join("index");
    let entries =
        fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".csv").map(ToOwned::to_owned))
        .filter(|name| name != ALIASES && !name.starts_with('.'))
        .collect();
    names.sort();
    names.iter().map(|name| describe(dir, name)).collect()
}

/// The text of an edition's file; `None` when there is none.
pub fn text(dir: &Path, name: &str) -> Result<Option<String>> {
    match fs::read_to_string(dir.join(file_of(name))) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file_of(name))),
    }
}

/// The weights of an edition that must be there.
pub fn weights(dir: &Path, name: &str) -> Result<Vec<Weight>> {
    let file = file_of(name);
    let text = text(dir, name)?.with_context(|| {
        let names = held(dir).map(|held| held.into_iter().map(|h| h.name).collect::<Vec<_>>());
        format!(
            "there is no {file}; there are {}",
            names.unwrap_or_default().join(", ")
        )
    })?;
    Ok(weights::parse(&file, &text)?)
}

/// Writes an edition's file: beside it first, and in its place when it is on
/// the disk.
pub fn write(dir: &Path, name: &str, text: &str) -> Result<()> {
    let path = dir.join(file_of(name));
    let folder = path.parent().context("an edition lies in a folder")?;
    let beside = folder.join(format!(".{name}.csv.part"));
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, &path)?;
        File::open(folder)?.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

fn describe(dir: &Path, name: &str) -> Result<Held> {
    let text = text(dir, name)?.unwrap_or_default();
    let parsed = weights::parse(&file_of(name), &text);
    let problems = parsed.as_ref().err().map(ToString::to_string);
    let weights = parsed.unwrap_or_default();
    let mut bases = BTreeMap::new();
    for weight in &weights {
        *bases.entry(weight.basis).or_insert(0) += 1;
    }
    Ok(Held {
        name: name.to_owned(),
        sha256: hex_sha256(text.as_bytes()),
        rows: weights.len(),
        bases,
        lowest_days: weights.iter().map(|weight| weight.days).min(),
        highest_days: weights.iter().map(|weight| weight.days).max(),
        problems,
    })
}
