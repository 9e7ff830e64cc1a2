//! `jobs/commitment-measures/<commitment>/commitment.toml` and the SQL beside
//! it: what a measure counts, in words and in a SELECT.

use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::config::problem::{Problem, Problems, Source};
use crate::model::room::Room;
use crate::store::schema::hex_sha256;

/// One measure, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// `6.4`; unique over all commitments.
    pub id: String,
    pub commitment: u8,
    pub commitment_title: String,
    /// The room that its SQL may read besides the warehouse.
    pub room: Room,
    pub title: String,
    pub definition: String,
    pub kind: Kind,
    pub unit: Unit,
    pub direction: Direction,
    /// Extracts the figures come from; `list` is daybook's own ledger.
    pub sources: Vec<String>,
    pub baseline: Option<String>,
    pub target: Option<f64>,
    /// Months at the end of the series too young to judge.
    pub immature_months: u32,
    pub immature_because: Option<String>,
    pub sql: String,
    /// Path of the SQL from the deployment folder.
    pub file: String,
    /// SHA-256 over the definition and its SQL.
    pub sha256: String,
}

/// How a value comes from what the SQL returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 100 x numerator / denominator, with a Wilson interval.
    Proportion,
    /// 100 x numerator / denominator of amounts, which are no sample.
    Share,
    /// 100 x (numerator / denominator - 1).
    Change,
    /// The numerator.
    Count,
    /// The column `value`.
    Median,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    Percent,
    Days,
    Count,
    Ratio,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Up,
    Down,
    Context,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommitmentFile {
    number: u8,
    title: String,
    #[serde(default)]
    room: Room,
    /// The commitment in brief, for pages that show one.
    #[serde(rename = "in_brief")]
    _in_brief: String,
    measures: Vec<MeasureFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MeasureFile {
    id: Spanned<String>,
    title: String,
    definition: String,
    sql: Spanned<String>,
    kind: Kind,
    unit: Unit,
    direction: Direction,
    sources: Vec<String>,
    baseline: Option<String>,
    target: Option<f64>,
    #[serde(default)]
    immature_months: u32,
    immature_because: Option<String>,
}

/// Folder of the definitions, from the deployment folder.
pub const FOLDER: &str = "jobs/commitment-measures";

/// Reads every definition, in order of commitment and id.
pub fn load_all(dir: &Path) -> Result<Vec<Definition>, Problems> {
    let entries = std::fs::read_dir(dir.join(FOLDER))
        .map_err(|error| Problem::whole(FOLDER, format!("cannot be read: {error}")))?;
    let mut folders: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    folders.sort();
    let mut found: Vec<Definition> = Vec::new();
    let mut problems = Vec::new();
    for folder in folders {
        let path = format!("{FOLDER}/{folder}/commitment.toml");
        match Source::read(dir, Path::new(&path)).and_then(|source| read(dir, &folder, &source)) {
            Ok(definitions) => found.extend(definitions),
            Err(told) => problems.extend(told.0),
        }
    }
    let mut ids: Vec<&str> = Vec::new();
    for definition in &found {
        if ids.contains(&definition.id.as_str()) {
            let message = format!(
                "the id {:?} stands in another definition too",
                definition.id
            );
            problems.push(Problem::whole(definition.file.clone(), message));
        }
        ids.push(&definition.id);
    }
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(Problems(problems))
    }
}

fn read(dir: &Path, folder: &str, source: &Source) -> Result<Vec<Definition>, Problems> {
    let file: CommitmentFile = source.parse()?;
    let mut definitions = Vec::new();
    let mut problems = Vec::new();
    for measure in file.measures {
        let path = format!("{FOLDER}/{folder}/{}", measure.sql.as_ref());
        let Ok(sql) = Source::read(dir, Path::new(&path)) else {
            problems.push(source.problem(measure.sql.span(), "no such file beside this one"));
            continue;
        };
        if measure.id.as_ref().trim().is_empty() {
            problems
                .push(source.problem(measure.id.span(), "a measure needs an id, such as \"6.4\""));
        }
        let text = format!("{}\n{:?}\n{}", source.text, measure.id.as_ref(), sql.text);
        definitions.push(Definition {
            id: measure.id.into_inner(),
            commitment: file.number,
            commitment_title: file.title.clone(),
            room: file.room,
            title: measure.title,
            definition: measure.definition,
            kind: measure.kind,
            unit: measure.unit,
            direction: measure.direction,
            sources: measure.sources,
            baseline: measure.baseline,
            target: measure.target,
            immature_months: measure.immature_months,
            immature_because: measure.immature_because,
            sha256: hex_sha256(text.as_bytes()),
            sql: sql.text,
            file: path,
        });
    }
    if problems.is_empty() {
        Ok(definitions)
    } else {
        Err(Problems(problems))
    }
}
