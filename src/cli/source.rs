//! `daybook source`: contracts of sources.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::output;
use crate::ingest::contract::house;
use crate::ingest::draft;

#[derive(Debug, Args)]
pub struct Source {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Write a contract to start from, read off a file's header and first rows
    Draft(Draft),
}

#[derive(Debug, Args)]
struct Draft {
    /// An extract: CSV, JSON lines, Parquet, a workbook, or a zip archive of one
    /// text; nothing of it is taken.
    file: PathBuf,
}

impl Source {
    pub fn run(&self) -> Result<()> {
        let Action::Draft(Draft { file }) = &self.action;
        let drafted = draft::draft(file, &house::contracts())?;
        output::error(format!(
            "for jobs/nightly-ingest/sources/{}.toml; {}",
            drafted.source,
            match drafted.edits.len() {
                0 => "nothing to edit; run `daybook check`".to_owned(),
                1 => "1 edit to make, told at its head; then run `daybook check`".to_owned(),
                edits =>
                    format!("{edits} edits to make, told at its head; then run `daybook check`"),
            }
        ));
        output::line(drafted.contract.trim_end())
    }
}
