//! What went wrong, in words of our own. The database and the libraries that
//! parse quote the value that they stumbled over, and an error is logged, kept
//! and mailed: of theirs only the kind is told, with its code.

use std::error::Error;
use std::fmt;
use std::io;

/// Letters of a reason that are kept.
const LONGEST: usize = 200;

/// How the database begins the text of each kind of error, its code, and what
/// is told instead.
const KINDS: [(&str, &str, &str); 18] = [
    ("Conversion", "conversion", "a value could not be converted"),
    (
        "Mismatch Type",
        "conversion",
        "values of two types do not go together",
    ),
    (
        "Invalid Input",
        "input",
        "a function was given a value that it does not take",
    ),
    ("Out of Range", "range", "a number is out of range"),
    ("Constraint", "constraint", "a row breaks a constraint"),
    ("Out of Memory", "memory", "the database ran out of memory"),
    ("IO", "io", "the database could not read or write a file"),
    ("INTERRUPT", "interrupt", "the database was told to stop"),
    ("Parser", "parser", "the statement is no SQL"),
    ("Syntax", "parser", "the statement is no SQL"),
    (
        "Binder",
        "binder",
        "the statement names something that is not there or does not fit",
    ),
    (
        "Catalog",
        "catalog",
        "the statement names something that is not there",
    ),
    (
        "Not implemented",
        "unsupported",
        "the database cannot do that",
    ),
    ("Permission", "permission", "the database may not do that"),
    (
        "TransactionContext",
        "transaction",
        "the transaction had been ended by an error",
    ),
    (
        "Transaction",
        "transaction",
        "the transaction could not be completed",
    ),
    ("FATAL", "fatal", "the database can no longer be used"),
    ("INTERNAL", "internal", "the database failed within itself"),
];

/// The kinds that speak of a statement's own text, and of no row.
const OF_THE_STATEMENT: [&str; 3] = ["parser", "binder", "catalog"];

/// An error and what caused it, for the ledger, the log and the mail.
pub fn told(error: &anyhow::Error) -> String {
    chain(error, &|error| {
        let (code, words) = kind(error);
        format!("{words} ({code})")
    })
}

/// The same for whoever typed or wrote the statement: what the database has
/// against its text is told as it stands.
pub fn told_to_author(error: &anyhow::Error) -> String {
    chain(error, &|error| match kind(error) {
        (code, _) if OF_THE_STATEMENT.contains(&code) => said(error).to_owned(),
        (code, words) => format!("{words} ({code})"),
    })
}

/// A reason as it is recorded: of no more than 200 letters.
pub fn cut(reason: &str) -> String {
    match reason.char_indices().nth(LONGEST) {
        None => reason.to_owned(),
        Some(_) => {
            let kept: String = reason.chars().take(LONGEST - 1).collect();
            format!("{}…", kept.trim_end())
        }
    }
}

/// The code of the database's error that lies behind an error, if one does.
pub fn code(error: &anyhow::Error) -> Option<&'static str> {
    let found = error.chain().find_map(|cause| cause.downcast_ref());
    found.map(|error| kind(error).0)
}

fn chain(error: &anyhow::Error, database: &dyn Fn(&duckdb::Error) -> String) -> String {
    let mut told: Vec<String> = Vec::new();
    for cause in error.chain() {
        let (words, is_last) = match foreign(cause, database) {
            Some(words) => (words, true),
            None => (cause.to_string(), false),
        };
        told.push(words);
        if is_last {
            break;
        }
    }
    told.join(": ")
}

/// Our words for an error that is not ours.
fn foreign(
    cause: &(dyn Error + 'static),
    database: &dyn Fn(&duckdb::Error) -> String,
) -> Option<String> {
    if let Some(error) = cause.downcast_ref::<duckdb::Error>() {
        return Some(database(error));
    }
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        return Some(system(error));
    }
    if let Some(error) = cause.downcast_ref::<serde_json::Error>() {
        let place = format!("line {}, column {}", error.line(), error.column());
        return Some(format!("not JSON as expected at {place} (json)"));
    }
    cause
        .is::<csv::Error>()
        .then(|| "not a table as expected (csv)".to_owned())
}

/// What the operating system said; an error that only passes for one of its
/// own is told by its kind.
pub fn system(error: &io::Error) -> String {
    let own = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Own>());
    match (own, error.raw_os_error()) {
        (Some(own), _) => own.to_string(),
        (None, Some(number)) => io::Error::from_raw_os_error(number).to_string(),
        (None, None) => error.kind().to_string(),
    }
}

/// Words of our own on their way through what knows only the system's errors.
#[derive(Debug)]
pub struct Own(&'static str);

impl Own {
    pub fn error(kind: io::ErrorKind, words: &'static str) -> io::Error {
        io::Error::new(kind, Self(words))
    }
}

impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Own {}

fn kind(error: &duckdb::Error) -> (&'static str, &'static str) {
    let said = said(error);
    if said.contains("No space left on device") {
        return ("disk-full", "the disk is full");
    }
    let is_meant = |begins: &str| {
        let rest = said.strip_prefix(begins);
        rest.is_some_and(|rest| rest.starts_with(" Error"))
    };
    let found = KINDS.iter().find(|(begins, ..)| is_meant(begins));
    found.map_or(
        ("database", "the database reported an error"),
        |(_, code, words)| (*code, *words),
    )
}

fn said(error: &duckdb::Error) -> &str {
    match error {
        duckdb::Error::DuckDBFailure(_, Some(said)) => said,
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;
    use crate::store::{Store, bind};

    fn failing(sql: &str) -> anyhow::Error {
        let store = Store::in_memory().unwrap();
        store
            .connection()
            .execute_batch(
                "create table people (surname varchar primary key); \
                 insert into people values ('Aldermoss')",
            )
            .unwrap();
        bind::execute(store.connection(), sql, &[])
            .context("x.sql failed")
            .unwrap_err()
    }

    #[test]
    fn an_error_of_the_database_is_told_by_its_kind() {
        for (sql, expected) in [
            (
                "select surname::int from people",
                "a value could not be converted (conversion)",
            ),
            (
                "select strptime(surname, '%Y') from people",
                "a function was given a value that it does not take (input)",
            ),
            (
                "select error(surname) from people",
                "a function was given a value that it does not take (input)",
            ),
            (
                "insert into people select surname from people",
                "a row breaks a constraint (constraint)",
            ),
            (
                "select 9223372036854775807 + len(surname) from people",
                "a number is out of range (range)",
            ),
            (
                "select ('[' || surname)::json from people",
                "a value could not be converted (conversion)",
            ),
        ] {
            let error = failing(sql);
            let wanted = format!("x.sql failed: {expected}");
            assert_eq!(told(&error), wanted, "{sql}: {error:#}");
            assert_eq!(told_to_author(&error), wanted, "{sql}");
        }
    }

    #[test]
    fn an_author_is_told_what_is_wrong_with_the_statement() {
        let error = failing("select forename from people");
        assert!(
            told_to_author(&error).contains("\"forename\" not found"),
            "{error:#}"
        );
        assert_eq!(
            told(&error),
            "x.sql failed: the statement names something that is not there or does not fit (binder)"
        );
        assert_eq!(code(&error), Some("binder"));
    }

    #[test]
    fn libraries_and_files_are_told_in_our_words() {
        let json = serde_json::from_str::<u32>("\"Aldermoss\"").unwrap_err();
        let file = std::fs::read("/nowhere").unwrap_err();
        let own = io::Error::new(io::ErrorKind::InvalidData, "Aldermoss");
        for (error, expected) in [
            (
                anyhow::Error::new(json),
                "not JSON as expected at line 1, column 11 (json)",
            ),
            (
                anyhow::Error::new(file),
                "No such file or directory (os error 2)",
            ),
            (anyhow::Error::new(own), "invalid data"),
        ] {
            assert_eq!(told(&error.context("here")), format!("here: {expected}"));
        }
    }

    #[test]
    fn a_reason_is_cut_at_200_letters() {
        assert_eq!(cut("short"), "short");
        assert_eq!(cut(&"é".repeat(200)), "é".repeat(200));
        assert_eq!(cut(&"é".repeat(201)), format!("{}…", "é".repeat(199)));
    }
}
