//! `daybook audit`: the record of who did what, and whether it is what was
//! written.

mod export;
mod verify;

use std::path::Path;

use anyhow::Result;
use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// What is on record of a person, of an account, or since a day
    Export(export::Export),
    /// Verify the whole record: every chain, every row, every anchor outside
    Verify(verify::Verify),
}

impl Audit {
    pub fn run(&self, dir: &Path) -> Result<()> {
        match &self.action {
            Action::Export(command) => command.run(dir),
            Action::Verify(command) => command.run(dir),
        }
    }
}
