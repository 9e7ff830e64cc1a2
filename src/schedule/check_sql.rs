//! Binds every SQL file of a deployment against its schema, without data, so
//! that a misspelt column is told by `daybook check` and not by a night.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result};
use chrono::NaiveDate;
use duckdb::{Connection, ToSql};

use super::context::Deployment;
use super::restricted;
use super::sql_catalogue::{self, Binds, Target};
use crate::config::problem::{Problem, Problems, Source};
use crate::harm::index::{self, Reference};
use crate::harm::ranking;
use crate::harm::settings::ListSettings;
use crate::harm::sql::{Bound, ListContext};
use crate::harm::variants;
use crate::ingest::contract::house;
use crate::ingest::contract::{Column, Contract};
use crate::ingest::history::Held;
use crate::measures::definition::Definition;
use crate::measures::settings::MeasureSettings;
use crate::measures::window::Window;
use crate::measures::{run_sql, shape};
use crate::model::as_of::AsOf;
use crate::store::query::fault_of_select;
use crate::store::walls::{self, Stranger};
use crate::store::{Store, bind};
use crate::warehouse::models::tables_read;

/// Binds every model, check, measure and job statement; returns their files in
/// the order they run. Every problem of all of them is told, a broken file's
/// dependants once each and without the errors that follow from it.
pub fn check(deployment: &Deployment) -> Result<Result<Vec<String>, Problems>> {
    let store = Store::in_memory()?;
    let mut binder = Binder {
        connection: store.connection(),
        files: Vec::new(),
        refused: BTreeSet::new(),
        failed: BTreeMap::new(),
        problems: Vec::new(),
    };
    binder.prepare(deployment)?;
    let found = restricted::problems(store.connection(), deployment)?;
    binder.refused = found.iter().map(|problem| problem.file.clone()).collect();
    binder.problems.extend(found);
    binder.warehouse(deployment);
    binder.measures(&deployment.measures.definitions);
    binder.jobs(deployment);
    if binder.problems.is_empty() {
        Ok(Ok(binder.files))
    } else {
        Ok(Err(Problems(binder.problems)))
    }
}

struct Binder<'a> {
    connection: &'a Connection,
    files: Vec<String>,
    /// Files that read what they may not, which has been told.
    refused: BTreeSet<String>,
    /// Tables that could not be made, and the file at fault.
    failed: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

/// A statement as it will be run: its own text between two others.
struct Wrapped<'a> {
    source: &'a Source,
    before: String,
    after: &'static str,
    /// The table it makes.
    table: Option<&'a str>,
}

/// Name of the temporary table that takes rows nobody reads by its name.
const RESULT: &str = "bound";

impl Binder<'_> {
    /// Empty tables under everything that the warehouse reads.
    fn prepare(&mut self, deployment: &Deployment) -> Result<()> {
        let house = house::contracts();
        let held = Held::read(self.connection)?;
        for contract in &deployment.contracts {
            let file = format!("jobs/nightly-ingest/sources/{}.toml", contract.name);
            if let Err(error) = held.ensure(self.connection, contract) {
                self.problems
                    .push(Problem::whole(file.as_str(), format!("{error:#}")));
            }
            let lacking = house::lacking(&house, contract);
            let lacking: Vec<&Column> = lacking
                .into_iter()
                .filter(|column| is_read(deployment, contract, &column.name))
                .collect();
            if !lacking.is_empty() {
                self.problems
                    .push(Problem::whole(file, told_lacking(&lacking)));
                self.lend(contract, &lacking)?;
            }
        }
        index::write(self.connection, &Reference::default())
            .context("the reference tables cannot be made")
    }

    /// Gives a source's table the columns that its contract lacks, which have
    /// been told: every statement that reads them would tell them again.
    fn lend(&self, contract: &Contract, columns: &[&Column]) -> Result<()> {
        let table = contract.history();
        let each = columns.iter().map(|column| {
            let name = &column.name;
            format!(
                "alter table {table} drop column if exists \"{name}\"; \
                 alter table {table} add column \"{name}\" {};",
                column.kind.sql_type()
            )
        });
        self.connection
            .execute_batch(&each.collect::<String>())
            .context("the columns of the house format cannot be made")
    }

    fn warehouse(&mut self, deployment: &Deployment) {
        for model in &deployment.models {
            let source = Source::new(model.file.as_str(), model.sql.as_str());
            let table = model.table();
            let statement = Wrapped {
                before: format!("create or replace table {table} as\n"),
                after: "",
                table: Some(&table),
                source: &source,
            };
            self.bind(&statement, &[("known_at", &0_i64)]);
        }
        for check in &deployment.checks {
            let source = Source::new(check.file.as_str(), check.sql.as_str());
            self.bind(&Wrapped::rows(&source), &[]);
        }
    }

    fn measures(&mut self, definitions: &[Definition]) {
        let as_of = AsOf(NaiveDate::default());
        let window = Window::new(as_of, MeasureSettings::default().months);
        for definition in definitions {
            let source = Source::new(
                definition.file.as_str(),
                run_sql::statement(&definition.sql),
            );
            let basis = definition.bases.first();
            let is_bound = self.bind(
                &Wrapped::rows(&source),
                &[
                    ("as_of", &bind::date(as_of.0)),
                    ("from", &bind::date(window.from)),
                    ("until", &bind::date(window.until)),
                    ("basis", &basis),
                ],
            );
            if is_bound {
                let misfits = shape::misfits(definition, &self.columns());
                self.problems.extend(
                    misfits
                        .into_iter()
                        .map(|misfit| at_column(&source, misfit.column, &misfit.message)),
                );
            }
        }
    }

    fn jobs(&mut self, deployment: &Deployment) {
        let settings = ListSettings::default();
        // A table that cannot be made is told by the statements that read it.
        let _ = variants::write(self.connection, &settings, AsOf(NaiveDate::default()));
        for statement in sql_catalogue::of_jobs(deployment.jobs.values()) {
            let source = match Source::read(&deployment.dir, Path::new(statement.file)) {
                Ok(source) => source,
                Err(found) => {
                    self.problems.extend(found.0);
                    if let Target::Table(table) = statement.target {
                        self.fail(table, statement.file);
                    }
                    continue;
                }
            };
            let wrapped = match statement.target {
                Target::Rows => {
                    if statement.binds != Binds::List {
                        self.leave_list();
                    }
                    Wrapped::rows(&source)
                }
                Target::Table(table) => Wrapped {
                    before: format!("create or replace temp table {table} as\n"),
                    table: Some(table),
                    ..Wrapped::rows(&source)
                },
                Target::Ledger(table) => {
                    if !self.fills(&source, table, statement.binds) {
                        continue;
                    }
                    Wrapped {
                        before: ranking::head(table),
                        after: ranking::TAIL,
                        table: None,
                        source: &source,
                    }
                }
            };
            if self.bind_job(&wrapped, statement.binds) {
                let table = wrapped.table.unwrap_or(RESULT);
                self.check_columns(&source, table, statement.gives);
            }
        }
    }

    /// Binds a job's statement with the values that its caller has for it.
    fn bind_job(&mut self, statement: &Wrapped<'_>, binds: Binds) -> bool {
        let names = match binds {
            Binds::List => return self.bind(statement, &list_values().values()),
            Binds::Names(names) => names,
        };
        let day = bind::date(NaiveDate::default());
        let values: [(&str, &dyn ToSql); 9] = [
            ("as_of", &day),
            ("list_id", &0_i64),
            ("size", &0_u32),
            ("from", &day),
            ("until", &day),
            ("utc_from", &day),
            ("utc_until", &day),
            ("day", &day),
            ("known_at", &0_i64),
        ];
        let bound: Vec<(&str, &dyn ToSql)> = values
            .into_iter()
            .filter(|(name, _)| names.contains(name))
            .collect();
        self.bind(statement, &bound)
    }

    /// Whether the statement binds; if not, what is wrong is noted.
    fn bind(&mut self, statement: &Wrapped<'_>, values: bind::Values<'_>) -> bool {
        let source = statement.source;
        self.files.push(source.file.clone());
        if let Some(cause) = self.broken_ground(&source.text) {
            let message = format!("not checked, because {cause} failed");
            self.problems
                .push(Problem::whole(source.file.as_str(), message));
            if let Some(table) = statement.table {
                self.fail(table, &cause);
            }
            return false;
        }
        // Binding what may not be read would open it.
        if !self.refused.contains(&source.file) {
            let Err(problem) = self.try_bind(statement, values) else {
                return true;
            };
            self.problems.push(problem);
        }
        if let Some(table) = statement.table {
            self.fail(table, &source.file);
        }
        false
    }

    fn try_bind(&self, statement: &Wrapped<'_>, values: bind::Values<'_>) -> Result<(), Problem> {
        let source = statement.source;
        let as_it_stands =
            |error: anyhow::Error| Problem::whole(source.file.as_str(), error.to_string());
        if let Some(fault) = fault_of_select(self.connection, &source.text).map_err(as_it_stands)? {
            return Err(match fault.position {
                Some(at) => {
                    let at = source.text.floor_char_boundary(at);
                    source.problem(at..at, fault.message)
                }
                None => Problem::whole(source.file.as_str(), fault.message),
            });
        }
        let strangers = walls::strangers(self.connection, &source.text).map_err(as_it_stands)?;
        if let Some(Stranger { at, message }) = strangers.into_iter().next() {
            return Err(source.problem(at..at, message));
        }
        let sql = format!("{}{}{}", statement.before, source.text, statement.after);
        let lines_before = statement.before.matches('\n').count();
        bind::execute(self.connection, &sql, values)
            .map(drop)
            .map_err(|error| placed(source, &error, lines_before))
    }

    fn check_columns(&mut self, source: &Source, table: &str, wanted: &[&str]) {
        if wanted.is_empty() {
            return;
        }
        let held = bind::temp_columns(self.connection, table).unwrap_or_default();
        for column in wanted {
            if !held.iter().any(|(name, _)| name == column) {
                let message =
                    format!("the result has no column {column:?}, which the program reads");
                self.problems
                    .push(Problem::whole(source.file.as_str(), message));
            }
        }
    }

    /// The tables that the list's statements make for each other are gone when
    /// a report's run.
    fn leave_list(&mut self) {
        self.failed.retain(|table, _| table.contains('.'));
        for table in sql_catalogue::list_tables() {
            // A table in the way would only hide a problem, never make one.
            let _ = self
                .connection
                .execute_batch(&format!("drop table if exists temp.{table}"));
        }
    }

    /// Whether a statement gives every column of the table of the ledger that
    /// takes its rows; one left out would stay empty in silence.
    fn fills(&mut self, source: &Source, table: &str, binds: Binds) -> bool {
        let wanted: Vec<String> = bind::query(
            self.connection,
            "select column_name from duckdb_columns() \
             where schema_name = 'ledger' and table_name = $table and column_name <> 'list_id'",
            &[("table", &table)],
            |row| row.get(0),
        )
        .unwrap_or_default();
        let before = self.problems.len();
        if self.bind_job(&Wrapped::rows(source), binds) {
            let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
            self.check_columns(source, RESULT, &wanted);
        }
        // It is bound a second time, into its table, and counts once.
        self.files.pop();
        self.problems.len() == before
    }

    fn columns(&self) -> Vec<(String, String)> {
        bind::temp_columns(self.connection, RESULT).unwrap_or_default()
    }

    fn fail(&mut self, table: &str, file: &str) {
        self.failed.insert(table.to_owned(), file.to_owned());
    }

    /// The file at fault when a statement reads a table that could not be made.
    fn broken_ground(&self, sql: &str) -> Option<String> {
        let read = tables_read(sql);
        self.failed
            .iter()
            .find(|(table, _)| read.contains(table) || reads_bare(sql, table))
            .map(|(_, file)| file.clone())
    }
}

impl<'a> Wrapped<'a> {
    fn rows(source: &'a Source) -> Self {
        Self {
            source,
            before: format!("create or replace temp table {RESULT} as\n"),
            after: "",
            table: None,
        }
    }
}

/// Whether a model that reads a source's table names a column.
fn is_read(deployment: &Deployment, contract: &Contract, column: &str) -> bool {
    let history = contract.history();
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    deployment.models.iter().any(|model| {
        model.sql.contains(&history) && model.sql.split(|c| !is_letter(c)).any(|w| w == column)
    })
}

fn told_lacking(lacking: &[&Column]) -> String {
    let each: Vec<String> = lacking
        .iter()
        .map(|column| format!("{} ({})", column.name, column.kind.word()))
        .collect();
    format!(
        "lacks of the house format, or has in another type: {}; models read them; expected each \
         among the columns, with may_be_absent = true where the files have none",
        each.join(", ")
    )
}

/// Values of the types that a list's statements are given.
fn list_values() -> Bound {
    let occasion = ListContext {
        list_id: 0,
        as_of: AsOf(NaiveDate::default()),
        marks_known_at: 0,
        decisions_known_at: 0,
        previous: None,
    };
    Bound::new(&ListSettings::default(), occasion)
}

/// Whether a statement reads a table that stands in no schema.
fn reads_bare(sql: &str, table: &str) -> bool {
    let code = sql
        .lines()
        .map(|line| line.split("--").next().unwrap_or(""));
    let words: Vec<&str> = code.flat_map(str::split_whitespace).collect();
    words.windows(2).any(|pair| {
        ["from", "join"].contains(&pair[0]) && pair[1].trim_end_matches([',', ')']) == table
    })
}

/// What the database says, at the line and column it says it of.
fn placed(source: &Source, error: &anyhow::Error, lines_before: usize) -> Problem {
    let told = error
        .chain()
        .find(|cause| cause.is::<duckdb::Error>())
        .map_or_else(|| error.to_string(), ToString::to_string);
    let Some((message, place)) = told.split_once("\nLINE ") else {
        return unplaced(source, &told);
    };
    let (number, rest) = place.split_once(": ").unwrap_or((place, ""));
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let number: usize = number.parse().unwrap_or(0);
    let Some(line) = number.checked_sub(lines_before + 1) else {
        return Problem::whole(source.file.as_str(), message);
    };
    let start: usize = source
        .text
        .split_inclusive('\n')
        .take(line)
        .map(str::len)
        .sum();
    let text = source.text[start.min(source.text.len())..]
        .lines()
        .next()
        .unwrap_or("");
    let mut shown = rest.lines();
    let is_whole = shown.next() == Some(text);
    let caret = shown.next().and_then(|line| line.find('^')).unwrap_or(0);
    let indent = format!("LINE {number}: ").len();
    let column = if is_whole {
        caret.saturating_sub(indent)
    } else {
        0
    };
    let at = start + text.char_indices().nth(column).map_or(0, |(at, _)| at);
    source.problem(at..at, message)
}

/// A value that nobody binds is named with a dollar sign; anything else is
/// told of the whole file.
fn unplaced(source: &Source, told: &str) -> Problem {
    let name = told
        .split_whitespace()
        .find(|word| word.starts_with('$'))
        .map(|word| word.trim_end_matches(','));
    match name.and_then(|name| source.text.find(name)) {
        Some(at) => source.problem(at..at, told),
        None => Problem::whole(source.file.as_str(), told),
    }
}

/// A problem at the last place that names a column of the result.
fn at_column(source: &Source, column: &str, message: &str) -> Problem {
    let named = [format!(" as {column}"), format!(" as \"{column}\"")];
    let place = named
        .iter()
        .filter_map(|name| source.text.rfind(name))
        .max();
    match place.map(|at| at + " as ".len()) {
        Some(at) => source.problem(at..at, message),
        None => Problem::whole(source.file.as_str(), message),
    }
}
