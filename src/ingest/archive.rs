//! Puts a judged file into the archive, only after its batch is committed: under
//! `accepted/` or `refused/`, beside a receipt. What is archived is the copy
//! that was judged. Every step can be done again after a crash in the middle.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, ensure};
use duckdb::{Connection, params};
use serde_json::{Value, json};

use super::arrive::folder::Folder;
use super::arrive::{Arrival, hashing_reader, manifest};
use super::contract::Contract;
use super::history::ledger;
use crate::model::control_chars;
use crate::store::chain::anchor;

/// The deployment's folder of judged files, which nobody else may write to.
#[derive(Debug)]
pub struct Archive {
    root: Folder,
}

impl Archive {
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self {
            root: Folder::own(path)?,
        })
    }

    fn shelf(&self, state: &str, source: &str) -> Result<Folder> {
        self.root.own_inner(state)?.own_inner(source)
    }
}

/// A file that was judged.
#[derive(Clone, Copy)]
pub struct Judged<'a> {
    pub arrival: &'a Arrival<'a>,
    pub batch_id: i64,
    /// Where the copy lies that was judged just now; none when its content was
    /// judged before.
    pub copy: Option<&'a Path>,
}

/// Archives a judged file with its manifest and a receipt, once, and takes it
/// away from where it landed, unless another has come into its place meanwhile.
pub fn put_away(connection: &Connection, archive: &Archive, judged: Judged<'_>) -> Result<()> {
    let arrival = judged.arrival;
    let (state, receipt) = receipt(connection, judged.batch_id)?;
    let folder = archive.shelf(&state, &arrival.contract.name)?;
    let name = name(judged.batch_id, &arrival.file_name);
    if !folder.has(&name) {
        let text = control_chars::in_json(&format!("{receipt:#}\n"));
        write_whole(&folder, &with_ending(&name, RECEIPT), |file| {
            Ok(file.write_all(text.as_bytes())?)
        })?;
        if let Some(manifest) = &arrival.manifest {
            write_whole(&folder, &manifest::name_of(&name), |file| {
                Ok(file.write_all(&manifest.bytes)?)
            })?;
        }
        let sha256 = receipt["sha256"].as_str().unwrap_or_default();
        keep(&folder, &name, judged, sha256)?;
        folder.sync()?;
    }
    take_away(arrival, &folder, &name)
}

/// Puts the file's content under its name: the judged copy itself where it lies
/// on the same file system, else the same bytes again.
fn keep(folder: &Folder, name: &OsStr, judged: Judged<'_>, sha256: &str) -> Result<()> {
    let from: Box<dyn Read> = match judged.copy {
        Some(copy) => {
            let file = File::open(copy).context("cannot open the judged copy")?;
            file.sync_all().context("cannot settle the judged copy")?;
            match folder.receive(copy, name) {
                Err(error) if error.kind() == io::ErrorKind::CrossesDevices => Box::new(file),
                moved => return moved.context("cannot archive the judged copy"),
            }
        }
        None => Box::new(judged.arrival.open().map_err(anyhow::Error::msg)?),
    };
    write_whole(folder, name, |file| {
        let hash = hashing_reader::hash(from, |block| Ok(file.write_all(&block)?))?;
        ensure!(hash == sha256, "it changed since it was judged");
        Ok(())
    })
}

/// Removes a file from where it landed once it is archived, with its manifest.
fn take_away(arrival: &Arrival<'_>, archived_in: &Folder, archived_as: &OsStr) -> Result<()> {
    let told = || format!("cannot take {} away", arrival.path().display());
    let Ok(lies) = arrival.folder.look(&arrival.name) else {
        return Ok(());
    };
    let archived = archived_in.look(archived_as).with_context(told)?;
    let is_itself = (lies.dev(), lies.ino()) == (archived.dev(), archived.ino());
    if is_itself || !arrival.is_unchanged() {
        return Ok(());
    }
    arrival.folder.remove(&arrival.name).with_context(told)?;
    // A crash before this leaves the manifest behind; `tidy` takes it away.
    let beside = manifest::name_of(&arrival.name);
    let read = arrival.manifest.as_ref().map(|manifest| &manifest.bytes);
    if read.is_some() && manifest::bytes(&arrival.folder, &beside).ok().as_ref() == read {
        arrival.folder.remove(&beside).with_context(told)?;
    }
    Ok(())
}

/// Takes manifests out of the landing folder whose file was taken away before
/// them: those that lie in the archive, word for word, and without their file.
pub fn tidy(
    connection: &Connection,
    archive: &Archive,
    landing: &Path,
    contracts: &[Contract],
) -> Result<()> {
    let Ok(root) = Folder::open(landing) else {
        return Ok(());
    };
    let below = contracts.iter().filter_map(|c| root.inner(&c.name).ok());
    for folder in below.chain(Folder::open(landing)) {
        for name in folder.names()? {
            let Some(file) = manifest::file_of(&name) else {
                continue;
            };
            let is_left = !folder.has(OsStr::new(file))
                && is_archived(connection, archive, file, &folder, &name)?;
            if is_left {
                folder.remove(&name).with_context(|| {
                    format!("cannot remove {}", folder.path().join(&name).display())
                })?;
            }
        }
    }
    Ok(())
}

fn is_archived(
    connection: &Connection,
    archive: &Archive,
    file: &str,
    folder: &Folder,
    manifest: &OsStr,
) -> Result<bool> {
    let Some((batch_id, source, refusal)) = ledger::newest_of_name(connection, file)? else {
        return Ok(false);
    };
    let state = if refusal.is_some() {
        "refused"
    } else {
        "accepted"
    };
    let there = archive.shelf(state, &source)?;
    let there = manifest::bytes(&there, &manifest::name_of(&name(batch_id, file)));
    let here = manifest::bytes(folder, manifest);
    Ok(here.is_ok_and(|here| there.is_ok_and(|there| there == here)))
}

/// Where the refused file of a batch lies.
pub fn refused_file(archive: &Path, source: &str, batch_id: i64, file_name: &str) -> PathBuf {
    let shelf = archive.join("refused").join(source);
    shelf.join(name(batch_id, file_name))
}

/// Removes the files of a state that have lain in the archive longer than
/// `kept`; their receipts stay. Returns their batches.
pub fn age_out(
    archive: &Archive,
    state: &str,
    now: SystemTime,
    kept: Duration,
) -> Result<Vec<i64>> {
    let shelf = archive.root.own_inner(state)?;
    let mut erased = Vec::new();
    for source in shelf.names()? {
        let Some(folder) = source.to_str().and_then(|name| shelf.inner(name).ok()) else {
            continue;
        };
        for name in folder.names()? {
            let Ok(written) = folder
                .look(&with_ending(&name, RECEIPT))
                .and_then(|m| m.modified())
            else {
                continue;
            };
            if now.duration_since(written).is_ok_and(|age| age > kept) {
                folder.remove(&name).with_context(|| {
                    format!("cannot remove {}", folder.path().join(&name).display())
                })?;
                erased.extend(batch_of(&name));
            }
        }
    }
    erased.sort_unstable();
    Ok(erased)
}

fn batch_of(name: &OsStr) -> Option<i64> {
    name.to_str()?.split_once('_')?.0.parse().ok()
}

/// What a batch did, as its receipt tells it, from what was committed.
pub fn receipt(connection: &Connection, batch_id: i64) -> Result<(String, Value)> {
    let anchor = anchor::newest(connection)?.map(|anchor| anchor.to_string());
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
                    "ledger": anchor,
                    "program": concat!("daybook ", env!("CARGO_PKG_VERSION")),
                });
                Ok((state, receipt))
            },
        )
        .with_context(|| format!("batch {batch_id} is not in the ledger"))
}

const RECEIPT: &str = ".receipt.json";

fn name(batch_id: i64, file_name: &str) -> OsString {
    format!("{batch_id:06}_{file_name}").into()
}

fn with_ending(name: &OsStr, ending: &str) -> OsString {
    let mut name = name.to_owned();
    name.push(ending);
    name
}

/// Writes beside and renames, so that nobody ever sees half of it.
fn write_whole(
    folder: &Folder,
    name: &OsStr,
    write: impl FnOnce(&mut File) -> Result<()>,
) -> Result<()> {
    let beside = with_ending(name, ".part");
    // What a crash left.
    let _ = folder.remove(&beside);
    let write = || -> Result<()> {
        let mut file = folder.create(&beside)?;
        write(&mut file)?;
        file.sync_all()?;
        Ok(folder.rename(&beside, name)?)
    };
    let written = write();
    if written.is_err() {
        // A full disk is not to stay full of this.
        let _ = folder.remove(&beside);
    }
    written.with_context(|| format!("cannot write {}", folder.path().join(name).display()))
}
