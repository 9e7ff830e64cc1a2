//! Finds the files that have arrived, whole, and says what each claims to be:
//! its source, the moment it speaks of, its manifest.

use std::fs::{File, FileType, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use super::contract::Contract;
use super::manifest::{self, Manifest};
use super::shelve;

/// A file that is ready to be read.
#[derive(Debug, Clone)]
pub struct Arrival<'a> {
    pub contract: &'a Contract,
    pub path: PathBuf,
    pub file_name: String,
    pub bytes: u64,
    /// The moment the file speaks of, in the force's local time.
    pub as_at: NaiveDateTime,
    /// The moment comes from a manifest or the file's name, not from the
    /// file's own time stamp.
    pub is_dated: bool,
    pub manifest: Option<Manifest>,
    identity: Identity,
}

/// What tells a file from any other and from itself after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    /// The kernel's own mark, which nobody can set back.
    changed: (i64, i64),
}

impl Identity {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            bytes: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// Why a file that changed under our hands is left.
pub const REPLACED: &str = "replaced while it was read; left for the next run";

impl Arrival<'_> {
    /// The file, if it still is the one that arrived.
    pub fn open(&self) -> Result<Option<File>> {
        let file = File::open(&self.path)
            .with_context(|| format!("cannot read {}", self.path.display()))?;
        let is_same = Identity::of(&file.metadata()?) == self.identity;
        Ok(is_same.then_some(file))
    }

    /// Whether nobody has written to the file, or put another in its place.
    pub fn is_unchanged(&self) -> bool {
        std::fs::symlink_metadata(&self.path)
            .is_ok_and(|metadata| Identity::of(&metadata) == self.identity)
    }

    /// Values that the file's name gives to columns.
    pub fn named(&self) -> Vec<(String, String)> {
        let columns = self.contract.columns.iter();
        columns
            .filter_map(|column| {
                let place = column.from_name.as_ref()?;
                let value = self.contract.place_in_name(&self.file_name, place)?;
                Some((column.name.clone(), value))
            })
            .collect()
    }
}

/// A file that is not taken in now, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub file_name: String,
    pub reason: String,
}

/// How files are looked at.
#[derive(Clone, Copy)]
pub struct Looking<'a> {
    pub contracts: &'a [Contract],
    /// A file without a manifest is whole when it has not been written to for
    /// this long.
    pub settle: Duration,
    pub zone: Tz,
    /// Asked while waiting; an error ends it.
    pub go_on: &'a dyn Fn() -> Result<()>,
}

/// What lies in a landing folder: what is ready, in the order it is taken in,
/// and what is not. Folders in it that are named after a source hold only that
/// source's files.
pub fn scan<'a>(landing: &Path, looking: Looking<'a>) -> Result<(Vec<Arrival<'a>>, Vec<Waiting>)> {
    let mut found = Vec::new();
    let mut waiting = Vec::new();
    look_into(landing, None, looking.contracts, &mut found, &mut waiting)?;
    for contract in looking.contracts {
        let folder = landing.join(&contract.name);
        let is_folder = std::fs::symlink_metadata(&folder).is_ok_and(|m| m.is_dir());
        if is_folder {
            look_into(
                &folder,
                Some(contract),
                looking.contracts,
                &mut found,
                &mut waiting,
            )?;
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    let (arrivals, unready) = inspect_all(&found, looking)?;
    waiting.extend(unready);
    waiting.sort_by(|a, b| a.file_name.cmp(&b.file_name));
    Ok((arrivals, waiting))
}

/// Looks at the named files. One that is no file of a source is told.
pub fn inspect<'a>(
    paths: &[PathBuf],
    looking: Looking<'a>,
) -> Result<(Vec<Arrival<'a>>, Vec<Waiting>)> {
    let mut found = Vec::new();
    let mut waiting = Vec::new();
    for path in paths {
        let metadata = std::fs::symlink_metadata(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        match claim(path, metadata.file_type(), looking.contracts) {
            Ok(candidate) => found.push(candidate),
            Err(reason) => waiting.push(Waiting {
                file_name: shown_name(path),
                reason,
            }),
        }
    }
    let (arrivals, unready) = inspect_all(&found, looking)?;
    waiting.extend(unready);
    Ok((arrivals, waiting))
}

/// Looks at one file under the name that it arrived with.
pub fn inspect_as<'a>(
    path: &Path,
    name: &str,
    looking: Looking<'a>,
) -> Result<(Vec<Arrival<'a>>, Vec<Waiting>)> {
    let kind = std::fs::symlink_metadata(path)?.file_type();
    let claimed = claim(&path.with_file_name(name), kind, looking.contracts);
    match claimed {
        Ok(candidate) => {
            let path = path.to_owned();
            let (mut arrivals, waiting) = inspect_all(&[Candidate { path, ..candidate }], looking)?;
            for arrival in &mut arrivals {
                name.clone_into(&mut arrival.file_name);
            }
            Ok((arrivals, waiting))
        }
        Err(reason) => Ok((
            Vec::new(),
            vec![Waiting {
                file_name: name.to_owned(),
                reason,
            }],
        )),
    }
}

/// A file that a contract claims.
struct Candidate<'a> {
    path: PathBuf,
    contract: &'a Contract,
    date: Option<String>,
}

fn look_into<'a>(
    folder: &Path,
    only: Option<&Contract>,
    contracts: &'a [Contract],
    found: &mut Vec<Candidate<'a>>,
    waiting: &mut Vec<Waiting>,
) -> Result<()> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("cannot read the landing folder {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot list {}", folder.display()))?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let is_named_so = |name: &str| contracts.iter().any(|c| c.recognise(name).is_some());
        let is_folder = kind.is_dir()
            && !path
                .file_name()
                .and_then(|n| n.to_str())
                .is_some_and(is_named_so);
        if is_folder || manifest::is_manifest(&path) || shelve::is_receipt(&path) {
            continue;
        }
        let claimed = claim(&path, kind, contracts).and_then(|candidate| match only {
            Some(only) if only.name != candidate.contract.name => Err(format!(
                "a file of {} in the folder of {}",
                candidate.contract.name, only.name
            )),
            _ => Ok(candidate),
        });
        match claimed {
            Ok(candidate) => found.push(candidate),
            Err(reason) => waiting.push(Waiting {
                file_name: shown_name(&path),
                reason,
            }),
        }
    }
    Ok(())
}

/// A judged file is put away under its name and more, beside a receipt, and a
/// file system ends a name at 255 bytes.
const LONGEST_NAME: usize = 200;

/// The one contract that a file belongs to, or why it is left.
fn claim<'a>(
    path: &Path,
    kind: FileType,
    contracts: &'a [Contract],
) -> Result<Candidate<'a>, String> {
    let name = path.file_name().and_then(|name| name.to_str());
    let Some(name) = name.filter(|name| !name.contains(char::is_control)) else {
        return Err("refused: its name is not plain text".to_owned());
    };
    if name.len() > LONGEST_NAME {
        return Err(format!(
            "refused: its name is longer than {LONGEST_NAME} bytes"
        ));
    }
    if kind.is_symlink() {
        return Err("refused: a symbolic link, which is not followed".to_owned());
    }
    if !kind.is_file() {
        return Err("refused: not a plain file".to_owned());
    }
    let claims: Vec<(&Contract, Option<String>)> = contracts
        .iter()
        .filter_map(|contract| contract.recognise(name).map(|date| (contract, date)))
        .collect();
    match claims.as_slice() {
        [] => Err("not recognised: no contract names files like this".to_owned()),
        [(contract, date)] => Ok(Candidate {
            path: path.to_owned(),
            contract,
            date: date.clone(),
        }),
        [(first, _), (second, _), ..] => Err(format!(
            "two contracts name files like this: {} and {}",
            first.name, second.name
        )),
    }
}

/// A name that can be printed, whatever stands in it.
fn shown_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| {
        name.to_string_lossy().escape_debug().to_string()
    })
}

fn inspect_all<'a>(
    found: &[Candidate<'a>],
    looking: Looking<'a>,
) -> Result<(Vec<Arrival<'a>>, Vec<Waiting>)> {
    let seen: Vec<Result<Metadata>> = found
        .iter()
        .map(|candidate| Ok(std::fs::symlink_metadata(&candidate.path)?))
        .collect();
    let unsettled = || {
        let young = found.iter().zip(&seen);
        young.filter(|(candidate, _)| !manifest::path(&candidate.path).exists())
    };
    let longest = unsettled()
        .filter_map(|(_, metadata)| metadata.as_ref().ok()?.modified().ok())
        .map(|modified| {
            looking
                .settle
                .saturating_sub(modified.elapsed().unwrap_or_default())
        })
        .max();
    wait(longest.unwrap_or_default(), looking.go_on)?;
    let mut arrivals = Vec::new();
    let mut waiting = Vec::new();
    for (candidate, before) in found.iter().zip(seen) {
        let looked_at = before
            .and_then(|before| arrival(candidate, &before, looking))
            .unwrap_or_else(|error| Err(format!("{error:#}")));
        match looked_at {
            Ok(found) => arrivals.push(found),
            Err(reason) => waiting.push(Waiting {
                file_name: shown_name(&candidate.path),
                reason,
            }),
        }
    }
    sort(&mut arrivals, looking.contracts);
    Ok((arrivals, waiting))
}

/// Waits in small steps, so that a stop is heard.
fn wait(longest: Duration, go_on: &dyn Fn() -> Result<()>) -> Result<()> {
    const STEP: Duration = Duration::from_millis(100);
    let mut left = longest;
    while !left.is_zero() {
        go_on()?;
        let step = left.min(STEP);
        std::thread::sleep(step);
        left -= step;
    }
    Ok(())
}

/// By the moment a file speaks of; then what others name comes before those
/// that name it; then by source and name.
fn sort(arrivals: &mut [Arrival<'_>], contracts: &[Contract]) {
    let depth = |arrival: &Arrival<'_>| depth(arrival.contract, contracts, contracts.len());
    arrivals.sort_by(|a, b| {
        (a.as_at, depth(a), &a.contract.name, &a.file_name).cmp(&(
            b.as_at,
            depth(b),
            &b.contract.name,
            &b.file_name,
        ))
    });
}

/// How many steps of relations a source stands away from those that name none.
fn depth(contract: &Contract, contracts: &[Contract], most: usize) -> usize {
    if most == 0 {
        return 0;
    }
    let named = contract.relations.iter().filter_map(|rule| {
        let other = contracts.iter().find(|c| c.name == rule.source)?;
        (other.name != contract.name).then(|| 1 + depth(other, contracts, most - 1))
    });
    named.max().unwrap_or(0)
}

fn arrival<'a>(
    candidate: &Candidate<'a>,
    before: &Metadata,
    looking: Looking<'_>,
) -> Result<Result<Arrival<'a>, String>> {
    let path = &candidate.path;
    let manifest = match manifest::read(path) {
        Ok(manifest) => manifest,
        Err(error) => return Ok(Err(format!("its manifest cannot be read: {error:#}"))),
    };
    let now = std::fs::symlink_metadata(path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    if manifest.is_none() && Identity::of(&now) != Identity::of(before) {
        return Ok(Err("still growing; left for the next run".to_owned()));
    }
    let dated = match (manifest.as_ref().and_then(|m| m.as_at), &candidate.date) {
        (Some(as_at), _) => Some(as_at),
        (None, Some(text)) => match moment_of(text) {
            Some(moment) => Some(moment),
            None => return Ok(Err(format!("{text} in its name is not a date that exists"))),
        },
        (None, None) => None,
    };
    let written = DateTime::<chrono::Utc>::from(now.modified()?).with_timezone(&looking.zone);
    Ok(Ok(Arrival {
        contract: candidate.contract,
        path: path.clone(),
        file_name: shown_name(path),
        bytes: now.len(),
        as_at: dated.unwrap_or_else(|| written.naive_local()),
        is_dated: dated.is_some(),
        manifest,
        identity: Identity::of(&now),
    }))
}

/// `20261121` is the start of that day; `2026-10` speaks of a whole month and
/// so of the moment it ended.
fn moment_of(text: &str) -> Option<NaiveDateTime> {
    let day = if text.contains('-') {
        NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok()? + Months::new(1)
    } else {
        NaiveDate::parse_from_str(text, "%Y%m%d").ok()?
    };
    if !(1..=9999).contains(&day.year()) {
        return None;
    }
    day.and_hms_opt(0, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_the_moment_it_speaks_of() {
        assert_eq!(
            moment_of("20261121").unwrap().to_string(),
            "2026-11-21 00:00:00"
        );
        assert_eq!(
            moment_of("2018-12").unwrap().to_string(),
            "2019-01-01 00:00:00"
        );
        for wrong in ["20260231", "00000101", "0000-00", "9999-12"] {
            assert_eq!(moment_of(wrong), None, "{wrong}");
        }
    }
}
