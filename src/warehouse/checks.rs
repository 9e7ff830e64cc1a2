//! Checks: each a SELECT of rows that should not exist. Its first comment line
//! is the sentence that should hold; a line `-- severity: block` keeps the
//! warehouse of before in place when it does not.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use duckdb::{Connection, params};

use super::models::{self, Model};
use crate::config::problem::{Problem, Problems, Source};
use crate::model::restricted::Room;
use crate::store::{bind, plan_scans, walls};

/// What a failing check means for the rebuild.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// A list or a figure would be wrong for someone: the rebuild is undone.
    Block,
    /// Told on the reports; extracts bring such rows every night.
    Warn,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Warn => "warn",
        }
    }
}

/// One check: `checks/<name>.sql`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub name: String,
    /// Path from the deployment folder.
    pub file: String,
    /// What should hold, in words, no full stop.
    pub title: String,
    pub severity: Severity,
    pub sql: String,
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    pub name: String,
    pub title: String,
    pub severity: Severity,
    /// Rows for which it does not hold.
    pub rows: u64,
    /// JSON: up to five of the rows, identifiers only.
    pub examples: String,
}

impl CheckResult {
    /// Whether the rebuild must be undone for it.
    pub fn is_blocking(&self) -> bool {
        self.severity == Severity::Block && self.rows > 0
    }
}

impl fmt::Display for CheckResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = match self.rows {
            1 => "1 row".to_owned(),
            rows => format!("{rows} rows"),
        };
        write!(f, "“{}” does not hold for {rows}", self.title)
    }
}

/// Reads the checks of a folder, in order of name, and tells every problem of
/// all of them.
pub fn load(dir: &Path, folder: &str) -> Result<Vec<Check>, Problems> {
    let mut checks = Vec::new();
    let mut problems = Vec::new();
    for file in models::read_folder(dir, folder, "mart")? {
        match parse(file) {
            Ok(check) => checks.push(check),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(checks)
    } else {
        Err(Problems(problems))
    }
}

/// Runs every check and keeps the results for the reports.
pub fn run(connection: &Connection, checks: &[Check]) -> Result<Vec<CheckResult>> {
    connection.execute_batch(
        "create or replace table mart.checks \
             (name varchar, title varchar, severity varchar, failing_rows bigint); \
         comment on table mart.checks is \
             'One row per check of the warehouse, with the number of rows that fail it.'",
    )?;
    let mut results = Vec::with_capacity(checks.len());
    for check in checks {
        let result =
            run_one(connection, check).with_context(|| format!("{} failed", check.file))?;
        connection.execute(
            "insert into mart.checks values (?, ?, ?, ?)",
            params![
                result.name,
                result.title,
                result.severity.as_str(),
                result.rows
            ],
        )?;
        results.push(result);
    }
    connection.execute_batch("drop table if exists failing")?;
    Ok(results)
}

const NO_EXAMPLES: &str = "[]";

/// Endings of the columns that may be kept as examples. What identifies a
/// record leads back to it; a name or a birth date has no place in the ledger.
const IDENTIFYING: [&str; 7] = ["id", "ids", "ref", "refs", "key", "keys", "source"];

fn run_one(connection: &Connection, check: &Check) -> Result<CheckResult> {
    walls::check(connection, &check.sql)?;
    bind::execute(
        connection,
        &format!("create or replace temp table failing as\n{}", check.sql),
        &[],
    )?;
    let rows: u64 = connection.query_row("select count(*) from failing", [], |row| row.get(0))?;
    Ok(CheckResult {
        name: check.name.clone(),
        title: check.title.clone(),
        severity: check.severity,
        rows,
        examples: if is_about_room(connection, &check.sql)? {
            NO_EXAMPLES.to_owned()
        } else {
            examples(connection)?
        },
    })
}

/// Rows of a room are counted, and none of them is shown outside it.
fn is_about_room(connection: &Connection, sql: &str) -> Result<bool> {
    let scans = plan_scans::scans(connection, sql)?;
    let schemas = scans.tables.iter().filter_map(|t| t.schema.as_deref());
    Ok(schemas.map(Room::of_schema).any(|room| room != Room::Open))
}

fn examples(connection: &Connection) -> Result<String> {
    let columns: Vec<String> = bind::temp_columns(connection, "failing")?
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| is_identifying(name))
        .map(|name| format!("\"{}\"", name.replace('"', "\"\"")))
        .collect();
    if columns.is_empty() {
        return Ok(NO_EXAMPLES.to_owned());
    }
    bind::query_one(
        connection,
        &format!(
            "select cast(coalesce(to_json(list(example)), '{NO_EXAMPLES}') as varchar) \
             from (select {} from failing order by all limit 5) as example",
            columns.join(", ")
        ),
        &[],
        |row| row.get(0),
    )
}

fn is_identifying(column: &str) -> bool {
    let last = column.rsplit('_').next().unwrap_or(column);
    IDENTIFYING.contains(&last.to_lowercase().as_str())
}

fn parse(file: Model) -> Result<Check, Problem> {
    let source = Source::new(file.file.as_str(), file.sql.as_str());
    let title = title(&file.sql).ok_or_else(|| {
        source.problem(
            0..0,
            "the first line must say what should hold, as in `-- Every charge has a crime.`",
        )
    })?;
    Ok(Check {
        title,
        severity: severity(&source)?,
        name: file.name,
        file: file.file,
        sql: file.sql,
    })
}

fn title(sql: &str) -> Option<String> {
    let words = comment(sql.lines().next()?)?.trim_end_matches('.');
    let is_sentence = !words.is_empty() && severity_word(words).is_none();
    is_sentence.then(|| words.to_owned())
}

/// The severity that a comment names; without one a check only warns.
fn severity(source: &Source) -> Result<Severity, Problem> {
    let mut found = None;
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        let place = start..start;
        start += line.len();
        let Some(word) = comment(line).and_then(severity_word) else {
            continue;
        };
        if found.is_some() {
            return Err(source.problem(place, "the severity stands on an earlier line already"));
        }
        found = Some(match word {
            "block" => Severity::Block,
            "warn" => Severity::Warn,
            other => {
                let message = format!("unknown severity {other:?}; expected block or warn");
                return Err(source.problem(place, message));
            }
        });
    }
    Ok(found.unwrap_or(Severity::Warn))
}

fn comment(line: &str) -> Option<&str> {
    line.trim().strip_prefix("--").map(str::trim)
}

fn severity_word(comment: &str) -> Option<&str> {
    comment.strip_prefix("severity:").map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    fn check(sql: &str) -> Result<Check, Problem> {
        parse(Model {
            layer: "mart".to_owned(),
            name: "c".to_owned(),
            file: "checks/c.sql".to_owned(),
            sql: sql.to_owned(),
        })
    }

    #[test]
    fn a_check_warns_unless_its_head_says_block() {
        let severity = |sql: &str| check(sql).unwrap().severity;
        assert_eq!(severity("-- All is well.\nselect 1"), Severity::Warn);
        assert_eq!(
            severity("-- All is well.\n-- severity: warn\nselect 1"),
            Severity::Warn
        );
        assert_eq!(
            severity("-- All is well.\n-- More of it.\n--severity:  block\r\nselect 1"),
            Severity::Block
        );
        assert_eq!(
            check("-- All is well.\nselect 1").unwrap().title,
            "All is well"
        );
    }

    #[test]
    fn an_unknown_severity_is_told_with_its_line() {
        let problem = check("-- All is well.\n-- severity: blok\nselect 1").unwrap_err();
        assert_eq!((problem.file.as_str(), problem.line), ("checks/c.sql", 2));
        assert!(problem.message.contains("blok"), "{problem}");
        let twice = "-- All is well.\n-- severity: warn\n-- severity: block\nselect 1";
        assert_eq!(check(twice).unwrap_err().line, 3);
    }

    #[test]
    fn a_check_without_its_sentence_is_told() {
        for sql in [
            "select 1",
            "--\nselect 1",
            "-- severity: block\nselect 1",
            "",
        ] {
            assert_eq!(check(sql).unwrap_err().line, 1, "{sql}");
        }
    }

    #[test]
    fn examples_are_few_and_hold_identifiers_only() {
        let store = Store::in_memory().unwrap();
        let sql = "-- Nobody is here.\n\
                   select 'N' || i as nominal_id, 'Aldermoss' as surname, [i] as circle_ids \
                   from range(9) as t(i)";
        let results = run(store.connection(), &[check(sql).unwrap()]).unwrap();
        assert_eq!(results[0].rows, 9);
        assert!(
            results[0]
                .examples
                .starts_with(r#"[{"nominal_id":"N0","circle_ids":[0]},"#),
            "{}",
            results[0].examples
        );
        assert_eq!(results[0].examples.matches("nominal_id").count(), 5);
        assert!(!results[0].examples.contains("Aldermoss"));
        let without = check("-- Nobody.\nselect 'Wren' as forenames").unwrap();
        let results = run(store.connection(), &[without]).unwrap();
        assert_eq!((results[0].rows, results[0].examples.as_str()), (1, "[]"));
    }
}
