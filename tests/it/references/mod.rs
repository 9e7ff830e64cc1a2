//! The references in `docs/reference/`: made from the types, commands and SQL
//! that they describe, and compared with the files. With
//! `DAYBOOK_WRITE_REFERENCES=1` the files are written instead.

mod commands;
mod configuration;
mod data;

use std::path::Path;

use daybook::ingest::contract;
use daybook::measures::{breaks, definition};
use daybook::schedule;

use crate::support::{MORNING, Site};

/// Compares a file with what it is made from, or writes it.
fn hold(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("DAYBOOK_WRITE_REFERENCES").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let held = std::fs::read_to_string(&path).unwrap_or_default();
    let same = held.lines().zip(text.lines());
    let same = same.take_while(|(one, other)| one == other).count();
    assert!(
        held == text,
        "{file} differs from line {} on; write it anew with \
         DAYBOOK_WRITE_REFERENCES=1 cargo xtask test --test it -- references",
        same + 1
    );
}

/// A text as a cell of a table of Markdown.
fn cell(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

/// The heads of the columns, and the line below them.
fn head(columns: &[&str]) -> String {
    let names = columns.join(" | ");
    let rules = vec!["---"; columns.len()].join(" | ");
    format!("| {names} |\n| {rules} |\n")
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    format!("| {} |\n", cells.join(" | "))
}

#[test]
fn the_reference_of_configuration_is_the_types_that_parse_it() {
    let files = [
        (
            "daybook.toml",
            "The deployment folder's own settings.",
            daybook::config::schema(),
        ),
        (
            "jobs/*/job.toml",
            "One in each job's folder. `[list]`, `[measures]` and `[report]` belong to the \
             action of their name.",
            schedule::definition::schema(),
        ),
        (
            "jobs/nightly-ingest/sources/*.toml",
            "Contracts, one for each source; the file's name is the source's. \
             [What lands](../ingest.md) tells how they work together.",
            contract::load::schema(),
        ),
        (
            "jobs/commitment-measures/*/commitment.toml",
            "A commitment and its measures, each with a `.sql` file beside it: \
             [measures](../measures.md).",
            definition::file::schema(),
        ),
        (
            "jobs/breaks.toml",
            "Changes in how things are recorded, which no comparison crosses.",
            breaks::schema(),
        ),
    ];
    hold(
        "docs/reference/configuration.md",
        &configuration::text(&files),
    );
}

#[test]
fn the_schema_for_editors_of_contracts_is_the_types() {
    let schema = serde_json::to_string_pretty(&contract::load::schema()).unwrap();
    let file = "jobs/nightly-ingest/contract.schema.json";
    hold(file, &(schema + "\n"));
}

#[test]
fn the_reference_of_commands_is_the_commands() {
    hold("docs/reference/commands.md", &commands::text());
}

#[test]
fn the_reference_of_data_is_the_database() {
    let site = Site::new();
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(site.altered(), [""; 0]);
    hold("docs/reference/data.md", &data::text(&site));
}
