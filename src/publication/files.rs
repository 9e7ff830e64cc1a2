//! A release's files: written once, into a folder of their own, and held
//! against what was issued ever after.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::issued::Texts;
use crate::store::schema::hex_sha256;

impl Texts {
    fn files(&self) -> [(&'static str, &str); 2] {
        [("release.html", &self.page), ("figures.csv", &self.figures)]
    }
}

/// Refuses a folder that holds anything, before a release is issued.
pub fn check_free(folder: &Path) -> Result<()> {
    ensure!(
        is_free(folder)?,
        "nothing was issued: {} exists already; move it away",
        folder.display()
    );
    Ok(())
}

/// Refuses files that are not what was issued. A folder that is not there is
/// none.
pub fn check(folder: &Path, texts: &Texts) -> Result<()> {
    if is_free(folder)? {
        return Ok(());
    }
    for (name, text) in texts.files() {
        let path = folder.join(name);
        let is_file = fs::symlink_metadata(&path).is_ok_and(|found| found.is_file());
        let bytes = if is_file { fs::read(&path).ok() } else { None };
        let Some(bytes) = bytes else {
            bail!(
                "{} is not the file that was issued: it cannot be read",
                path.display()
            );
        };
        ensure!(
            bytes == text.as_bytes(),
            "{} is not what was issued: its SHA-256 is {}, that of what was issued {}; nothing was \
             written; move {} away to have the release written again",
            path.display(),
            hex_sha256(&bytes),
            hex_sha256(text.as_bytes()),
            folder.display()
        );
    }
    Ok(())
}

/// Writes the files into a folder that nobody has seen half full, and returns
/// their paths. What lies there already has to be the same.
pub fn write(folder: &Path, texts: &Texts) -> Result<Vec<PathBuf>> {
    check(folder, texts)?;
    if is_free(folder)? {
        let parent = folder.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent)
            .with_context(|| format!("cannot create {}", parent.display()))?;
        put(folder, texts).with_context(|| {
            format!(
                "cannot write {}; `daybook release show` writes it again",
                folder.display()
            )
        })?;
    }
    Ok(texts.files().map(|(name, _)| folder.join(name)).to_vec())
}

/// Fills a folder beside, of which nobody knows, and gives it its name.
fn put(folder: &Path, texts: &Texts) -> Result<()> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.with_file_name(format!(".{name}.{}.part", std::process::id()));
    fs::create_dir(&beside)?;
    let outcome = fill(&beside, texts).and_then(|()| Ok(fs::rename(&beside, folder)?));
    if outcome.is_err() {
        // Our own, made just now, with copies only.
        let _ = fs::remove_dir_all(&beside);
    }
    outcome
}

fn fill(folder: &Path, texts: &Texts) -> Result<()> {
    for (name, text) in texts.files() {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(folder.join(name))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
    }
    Ok(File::open(folder)?.sync_all()?)
}

/// Whether there is nothing at a path, or a folder that holds nothing.
fn is_free(folder: &Path) -> Result<bool> {
    let Ok(found) = fs::symlink_metadata(folder) else {
        return Ok(true);
    };
    ensure!(
        found.is_dir(),
        "{} is no folder; move it away",
        folder.display()
    );
    let mut entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    Ok(entries.next().is_none())
}
