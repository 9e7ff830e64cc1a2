//! How commands print: tables for people, CSV and JSON for programs.

use std::fmt;
use std::io::{IsTerminal as _, Write as _};

use anyhow::Result;
use clap::{Args, ValueEnum};
use terminal_size::{Width, terminal_size_of};

use crate::model::control_chars;
use crate::table::Table;
use crate::table::terminal::Screen;

/// The caller asked for something that cannot be; exit code 2.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Csv,
    Json,
}

/// How a command that prints data is asked to print it.
#[derive(Debug, Clone, Copy, Args)]
#[group(skip)]
pub struct Printed {
    /// Tables are cut to the width of the terminal; CSV and JSON have every
    /// value whole.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// The same as --format json.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl Printed {
    pub fn format(self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}

/// Tells on standard error what went wrong, with nothing in it that a terminal
/// would obey.
pub fn error(text: impl fmt::Display) {
    eprintln!("daybook: {}", control_chars::written_out(&text.to_string()));
}

/// Prints one line, with nothing in it that a terminal would obey; a reader
/// that went away does not stop the work.
pub fn line(text: impl fmt::Display) -> Result<()> {
    put(&control_chars::written_out(&text.to_string()))
}

fn put(text: &str) -> Result<()> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        outcome => Ok(outcome?),
    }
}

/// Prints a value as indented JSON.
pub fn json(value: &impl serde::Serialize) -> Result<()> {
    put(&control_chars::in_json(&serde_json::to_string_pretty(
        value,
    )?))
}

/// Prints a table.
pub fn table(table: &Table, format: Format) -> Result<()> {
    match format {
        Format::Table => line(table.to_terminal(screen())),
        Format::Csv => csv(table),
        Format::Json => json(&table.to_json()),
    }
}

pub fn csv(table: &Table) -> Result<()> {
    let text = table.to_csv()?;
    put(text.strip_suffix('\n').unwrap_or(&text))
}

/// Letters in a line where nothing says how many there are.
const USUAL_WIDTH: usize = 100;

/// In less room a table says nothing.
const LEAST_WIDTH: usize = 20;

/// What is printed on: as wide as `COLUMNS` says, or as the terminal is.
fn screen() -> Screen {
    let said = std::env::var("COLUMNS").ok();
    let said: Option<usize> = said.and_then(|columns| columns.trim().parse().ok());
    let said = said.filter(|columns| *columns > 0);
    let is = || terminal_size_of(std::io::stdout()).map(|(Width(width), _)| width.into());
    let width = said.or_else(is);
    Screen {
        width: width.unwrap_or(USUAL_WIDTH).max(LEAST_WIDTH),
        repeats_titles: std::io::stdout().is_terminal(),
    }
}
