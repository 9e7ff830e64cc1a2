//! How commands print: tables for people, CSV and JSON for programs.

use std::fmt;
use std::io::Write as _;

use anyhow::Result;
use clap::ValueEnum;
use comfy_table::{CellAlignment, Table as TextTable, TableComponent, presets};

use crate::model::unseen;
use crate::store::query::Table;

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

/// Prints one line, with nothing in it that a terminal would obey; a reader
/// that went away does not stop the work.
pub fn line(text: impl fmt::Display) -> Result<()> {
    put(&unseen::written_out(&text.to_string()))
}

/// Prints text for a program, to the letter.
fn put(text: &str) -> Result<()> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        outcome => Ok(outcome?),
    }
}

/// Prints a value as indented JSON.
pub fn json(value: &impl serde::Serialize) -> Result<()> {
    put(&serde_json::to_string_pretty(value)?)
}

/// Prints what a query returned.
pub fn table(table: &Table, format: Format) -> Result<()> {
    match format {
        Format::Table => line(text_table(table)),
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&table.columns)?;
            for row in &table.rows {
                writer.write_record(row.iter().map(|cell| cell.as_deref().unwrap_or("")))?;
            }
            let text = String::from_utf8(writer.into_inner()?)?;
            put(text.strip_suffix('\n').unwrap_or(&text))
        }
        Format::Json => {
            let rows: Vec<serde_json::Map<String, serde_json::Value>> =
                table.rows.iter().map(|row| json_row(table, row)).collect();
            json(&rows)
        }
    }
}

/// Lays rows out with figures to the right.
pub fn text_table(table: &Table) -> String {
    let mut text = TextTable::new();
    text.load_preset(presets::UTF8_HORIZONTAL_ONLY);
    // One line under the header is enough; a line per row is noise.
    for component in [
        TableComponent::HorizontalLines,
        TableComponent::MiddleIntersections,
        TableComponent::LeftBorderIntersections,
        TableComponent::RightBorderIntersections,
    ] {
        text.remove_style(component);
    }
    text.set_header(&table.columns);
    for row in &table.rows {
        text.add_row(row.iter().map(|cell| cell.as_deref().unwrap_or("")));
    }
    for (index, is_plain) in table.is_plain.iter().enumerate() {
        let Some(column) = text.column_mut(index) else {
            continue;
        };
        // With the empty border between columns, two spaces.
        column.set_padding((0, 1));
        if *is_plain {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    text.to_string()
}

fn json_row(table: &Table, row: &[Option<String>]) -> serde_json::Map<String, serde_json::Value> {
    table
        .columns
        .iter()
        .zip(row)
        .zip(&table.is_plain)
        .map(|((name, cell), is_plain)| {
            let value = match cell {
                None => serde_json::Value::Null,
                Some(text) if *is_plain => plain(text),
                Some(text) => serde_json::Value::String(text.clone()),
            };
            (name.clone(), value)
        })
        .collect()
}

/// Numbers and booleans of SQL are written alike in JSON, save for what a JSON
/// number cannot hold to the last digit, or at all: that stays text.
fn plain(text: &str) -> serde_json::Value {
    serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .filter(|value| value.is_boolean() || is_exact(text, value))
        .unwrap_or_else(|| serde_json::Value::String(text.to_owned()))
}

fn is_exact(text: &str, value: &serde_json::Value) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    value.is_i64() || value.is_u64() || (value.is_f64() && digits <= 15)
}
