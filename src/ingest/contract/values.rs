//! Tables of the only values that columns may hold, which a deployment edits in
//! one place: what a row says then stands on a page only where the deployment
//! has named it.

use std::path::Path;

use super::Contract;
use crate::config::problem::{Problem, Problems, Source};
use crate::model::control_chars;
use crate::store::schema::hex_sha256;

const FOLDER: &str = "jobs/nightly-ingest/values";
const HEADER: &str = "value";

/// Reads the tables that a contract's columns name. They are part of its version.
pub(crate) fn read_all(
    dir: &Path,
    source: &Source,
    contract: &mut Contract,
) -> Result<(), Problems> {
    let mut text = source.text.clone();
    for column in &mut contract.columns {
        let Some(file) = &column.values_from else {
            continue;
        };
        let told = told_of(file);
        let is_table = Path::new(file)
            .extension()
            .is_some_and(|ending| ending == "csv");
        if file.contains(['/', '\\']) || !is_table {
            let told = source.problem_containing(
                &told,
                "expected the name of a .csv file in jobs/nightly-ingest/values/",
            );
            return Err(told.into());
        }
        let table = Source::read(dir, &Path::new(FOLDER).join(file)).map_err(|_| {
            source.problem_containing(&told, format!("cannot read {FOLDER}/{file}"))
        })?;
        column.values = values(&table)?;
        let is_unknown = |to: &&String| !to.is_empty() && !column.values.contains(to);
        if let Some(to) = column.map.values().chain(&column.default).find(is_unknown) {
            let told = format!("{}: {to:?} is none of the values of {file}", column.name);
            return Err(source.problem_containing(&told_of(file), told).into());
        }
        text += &table.text;
    }
    if text.len() > source.text.len() {
        contract.sha256 = hex_sha256(text.as_bytes());
    }
    Ok(())
}

/// The name of a table as its contract says it.
fn told_of(file: &str) -> String {
    format!("\"{file}\"")
}

fn values(table: &Source) -> Result<Vec<String>, Problems> {
    let wrong = |line: usize, told: &str| Problem {
        line,
        ..Problem::whole(table.file.clone(), told)
    };
    let mut lines = table.text.lines().enumerate();
    if lines.next().map(|(_, line)| line.trim()) != Some(HEADER) {
        return Err(wrong(
            1,
            "expected the header `value`, and a value on each line below it",
        )
        .into());
    }
    let mut found: Vec<String> = Vec::new();
    let mut problems = Vec::new();
    for (at, line) in lines {
        let value = line.trim().trim_matches('"');
        if value.is_empty() || value.contains('"') || value.chars().any(control_chars::is_unseen) {
            problems.push(wrong(
                at + 1,
                "expected a value, with no quote inside it and no letter that is not seen",
            ));
        } else if found.iter().any(|before| before == value) {
            problems.push(wrong(at + 1, "this value stands here twice"));
        } else {
            found.push(value.to_owned());
        }
    }
    if found.is_empty() && problems.is_empty() {
        problems.push(wrong(1, "expected a value at least"));
    }
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(Problems(problems))
    }
}
