//! `daybook synth`: synthetic London in the house format.

use std::path::PathBuf;

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;
use daybook_synth::Plan;

use super::output;
use super::progress::Progress;

#[derive(Debug, Args)]
pub struct Synth {
    /// Folder to write the extracts into.
    #[arg(long)]
    out: PathBuf,
    /// People named as suspects in the last 365 days.
    #[arg(long, default_value_t = 36_000)]
    suspects: u32,
    /// First day of the data.
    #[arg(long)]
    from: NaiveDate,
    /// Morning of the last files; the data ends the day before.
    #[arg(long)]
    to: NaiveDate,
    /// The same seed makes the same files.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Nightly files after the first load.
    #[arg(long, default_value_t = 14)]
    nights: u32,
    /// Share of rows that are damaged, each in a named way.
    #[arg(long, default_value_t = 0.002)]
    dirty: f64,
}

impl Synth {
    pub fn run(&self) -> Result<()> {
        let plan = Plan {
            suspects: self.suspects,
            from: self.from,
            to: self.to,
            seed: self.seed,
            nights: self.nights,
            dirty_share: self.dirty,
        };
        let bar = Progress::start("synthetic London");
        let summary =
            daybook_synth::write(&plan, &self.out, &mut |done, total| bar.at("", done, total))?;
        bar.finish();
        let rows: u64 = summary.files.iter().map(|file| file.rows).sum();
        let dirty: u64 = summary.files.iter().map(|file| file.dirty).sum();
        output::line(format!(
            "{} files, {rows} rows, {dirty} of them damaged on purpose, in {}",
            summary.files.len(),
            self.out.display()
        ))
    }
}
