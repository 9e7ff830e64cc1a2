//! Puts a judged file away, only after its batch is committed: into
//! `accepted/` or `refused/` beside a receipt. Every step can be done again
//! after a crash in the middle.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use duckdb::{Connection, params};
use serde_json::{Value, json};

use super::arrive::Arrival;
use super::contract::Contract;
use super::manifest;

const RECEIPT: &str = ".receipt.json";

/// Whether a file is some other's receipt.
pub fn is_receipt(path: &Path) -> bool {
    path.to_string_lossy().ends_with(RECEIPT)
}

/// Moves a file of the landing folder, and its manifest, to where it belongs.
/// Returns where it lies now; none when it has been replaced meanwhile.
pub fn shelve(
    connection: &Connection,
    landing: &Path,
    arrival: &Arrival<'_>,
    batch_id: i64,
) -> Result<Option<PathBuf>> {
    let (state, receipt) = receipt(connection, batch_id)?;
    let folder = landing.join(&state).join(&arrival.contract.name);
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    let place = free_place(&folder, &format!("{batch_id:06}_{}", arrival.file_name));
    write_whole(
        &with_ending(&place, RECEIPT),
        format!("{receipt:#}\n").as_bytes(),
    )?;
    let beside = manifest::path(&arrival.path);
    if let Ok(bytes) = manifest::bytes(&beside) {
        write_whole(&manifest::path(&place), &bytes)?;
    }
    if !arrival.is_unchanged() {
        return Ok(None);
    }
    std::fs::rename(&arrival.path, &place).with_context(|| {
        format!(
            "cannot move {} to {}",
            arrival.path.display(),
            place.display()
        )
    })?;
    sync_folder(&folder)?;
    // A crash before this leaves the manifest behind; `tidy` takes it away.
    let _ = std::fs::remove_file(&beside);
    Ok(Some(place))
}

/// Takes manifests away whose file was put away before them.
pub fn tidy(landing: &Path, contracts: &[Contract]) -> Result<()> {
    let folders = contracts
        .iter()
        .map(|contract| landing.join(&contract.name));
    for folder in [landing.to_owned()].into_iter().chain(folders) {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry?.path();
            let is_left = manifest::is_manifest(&path) && is_shelved(landing, contracts, &path);
            if is_left {
                std::fs::remove_file(&path)
                    .with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
    }
    Ok(())
}

/// Whether a manifest without its file lies on a shelf, word for word.
fn is_shelved(landing: &Path, contracts: &[Contract], path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let file = name.trim_end_matches(".manifest.json");
    if path.with_file_name(file).exists() {
        return false;
    }
    let Some(contract) = contracts.iter().find(|c| c.recognise(file).is_some()) else {
        return false;
    };
    let Ok(here) = manifest::bytes(path) else {
        return false;
    };
    ["accepted", "refused"].iter().any(|shelf| {
        let folder = landing.join(shelf).join(&contract.name);
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.into_iter().any(|entry| {
            let is_namesake = entry
                .file_name()
                .to_string_lossy()
                .ends_with(&format!("_{name}"));
            is_namesake && std::fs::read(entry.path()).is_ok_and(|there| there == here)
        })
    })
}

/// Where the refused file of this name lies, the newest when there are more.
pub fn refused_file(landing: &Path, source: &str, batch_id: i64, file_name: &str) -> PathBuf {
    let shelf = landing.join("refused").join(source);
    shelf.join(format!("{batch_id:06}_{file_name}"))
}

/// Removes refused files that have lain longer than `kept`; their receipts
/// stay. Returns how many.
pub fn age_out(landing: &Path, now: SystemTime, kept: Duration) -> Result<u64> {
    let mut removed = 0;
    let shelves = std::fs::read_dir(landing.join("refused"))
        .into_iter()
        .flatten();
    for folder in shelves.flatten() {
        for entry in std::fs::read_dir(folder.path())
            .into_iter()
            .flatten()
            .flatten()
        {
            let path = entry.path();
            let receipt = with_ending(&path, RECEIPT);
            let Ok(written) = std::fs::symlink_metadata(&receipt).and_then(|m| m.modified()) else {
                continue;
            };
            let is_old = now.duration_since(written).is_ok_and(|age| age > kept);
            if is_old && entry.file_type()?.is_file() {
                std::fs::remove_file(&path)
                    .with_context(|| format!("cannot remove {}", path.display()))?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

/// What a batch did, as its receipt tells it, from what was committed.
pub fn receipt(connection: &Connection, batch_id: i64) -> Result<(String, Value)> {
    connection
        .query_row(
            "select state, source, file_name, sha256, bytes, as_at::varchar, contract_sha256, \
                 refusal, reason, rows_read, rows_accepted, rows_rejected, rows_duplicate, \
                 rows_warned, rows_new, rows_changed, rows_unchanged, rows_superseded, rows_ended, \
                 received_at::varchar, lines, blank_lines \
             from ledger.batches where batch_id = ?",
            params![batch_id],
            |row| {
                let number = |index: usize| row.get::<_, Option<u64>>(index);
                let text = |index: usize| row.get::<_, Option<String>>(index);
                let state: String = row.get(0)?;
                let receipt = json!({
                    "batch": batch_id,
                    "state": state,
                    "source": text(1)?,
                    "file": text(2)?,
                    "sha256": text(3)?,
                    "bytes": number(4)?,
                    "as_at": text(5)?,
                    "contract_sha256": text(6)?,
                    "refusal": text(7)?,
                    "reason": text(8)?,
                    "lines": number(20)?,
                    "blank_lines": number(21)?,
                    "rows": {
                        "read": number(9)?,
                        "accepted": number(10)?,
                        "rejected": number(11)?,
                        "duplicate": number(12)?,
                        "accepted_with_warnings": number(13)?,
                    },
                    "history": {
                        "new": number(14)?,
                        "changed": number(15)?,
                        "unchanged": number(16)?,
                        "superseded": number(17)?,
                        "ended": number(18)?,
                    },
                    "received_at_utc": text(19)?,
                    "program": concat!("daybook ", env!("CARGO_PKG_VERSION")),
                });
                Ok((state, receipt))
            },
        )
        .with_context(|| format!("batch {batch_id} is not in the ledger"))
}

/// The place of that name, or one beside it when the same content came again.
fn free_place(folder: &Path, name: &str) -> PathBuf {
    let first = folder.join(name);
    if !first.exists() {
        return first;
    }
    (2..u32::MAX)
        .map(|count| folder.join(format!("{name}.again-{count}")))
        .find(|place| !place.exists())
        .unwrap_or(first)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Writes beside and renames, so that nobody ever sees half of it.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = with_ending(path, ".part");
    let write = || {
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .with_context(|| format!("cannot settle {}", folder.display()))
}
