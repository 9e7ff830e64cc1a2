//! The rows behind the figures, as CSV files that only their owner may read.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;

use crate::cli::output::Usage;
use crate::harm::evaluation::data::Data;

/// Writes every table; none when one of them is there already, or when one
/// cannot be written.
pub(super) fn write(folder: &Path, data: &Data) -> Result<Vec<PathBuf>> {
    let tables = [
        ("scores.csv", table(&data.scores)?),
        ("lists.csv", table(&data.lists)?),
        ("entrants.csv", table(&data.entrants)?),
        ("cut.csv", table(&data.cut)?),
    ];
    let paths: Vec<PathBuf> = tables.iter().map(|(name, _)| folder.join(name)).collect();
    if let Some(there) = paths.iter().find(|path| path.exists()) {
        let message = format!(
            "{} is there already; name another folder, or remove it",
            there.display()
        );
        return Err(Usage(message).into());
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for (place, (_, bytes)) in tables.iter().enumerate() {
        if let Err(error) = write_one(&paths[place], bytes) {
            for path in &paths[..=place] {
                // It may not have been made at all.
                let _ = fs::remove_file(path);
            }
            return Err(error);
        }
    }
    Ok(paths)
}

fn write_one(path: &Path, bytes: &[u8]) -> Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(bytes))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn table(rows: &[impl Serialize]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row)?;
    }
    Ok(writer.into_inner()?)
}
