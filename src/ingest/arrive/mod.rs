//! Says of each file that has arrived whether it is whole and what it claims to
//! be: its source, the moment it speaks of, its manifest. A file is known by
//! the folder it lies in, held open, and its name there.

pub mod folder;
pub mod hashing_reader;
pub mod landing;
pub mod manifest;

use std::ffi::OsString;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use crate::ingest::contract::Contract;
use crate::ingest::refusal::Refused;
use crate::store::failure;
use folder::Folder;
use hashing_reader::Landed;
use manifest::Manifest;

/// A file that is ready to be read.
#[derive(Debug, Clone)]
pub struct Arrival<'a> {
    pub contract: &'a Contract,
    pub folder: Arc<Folder>,
    /// Its name in the folder.
    pub name: OsString,
    /// The name that it arrived with, as it is kept and shown.
    pub file_name: String,
    pub bytes: u64,
    /// The moment the file speaks of, in the force's local time.
    pub as_at: NaiveDateTime,
    /// The moment comes from a manifest or the file's name, not from the
    /// file's own time stamp.
    pub is_dated: bool,
    /// It lies where daybook takes files away from once they are judged.
    pub is_taken_away: bool,
    pub manifest: Option<Manifest>,
    /// The force's.
    pub zone: Tz,
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

/// A file that disagrees with its manifest may still be on its way for this
/// long after it was last written to.
const PATIENCE: Duration = Duration::from_mins(10);

/// Why a file that changed under our hands is left.
pub const REPLACED: &str = "replaced while it was read; left for the next run";

impl Arrival<'_> {
    /// The file, if it still is the one that arrived; else why not.
    pub fn open(&self) -> Result<Landed, String> {
        let file = self.folder.file(&self.name).map_err(|e| not_opened(&e))?;
        let metadata = file.metadata().map_err(|e| not_opened(&e))?;
        if Identity::of(&metadata) == self.identity {
            Ok(Landed::new(file, self.bytes))
        } else {
            Err(REPLACED.to_owned())
        }
    }

    /// Whether nobody has written to the file, or put another in its place.
    pub fn is_unchanged(&self) -> bool {
        let metadata = self.folder.look(&self.name);
        metadata.is_ok_and(|metadata| Identity::of(&metadata) == self.identity)
    }

    /// How long ago it was last written to; none in the future.
    pub fn age(&self) -> Option<Duration> {
        age(self.identity.modified)
    }

    /// Where it lies, for people.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }

    /// Values that the file's name gives to columns, or holds them to.
    pub fn named(&self) -> Vec<(String, String)> {
        let columns = self.contract.columns.iter();
        columns
            .filter_map(|column| {
                let place = column.from_name.as_ref().or(column.as_in_name.as_ref())?;
                let value = self.contract.place_in_name(&self.file_name, place)?;
                Some((column.name.clone(), value))
            })
            .collect()
    }

    /// Whether the content is what the manifest claims. A young file that is
    /// not may still be growing, and waits; an old one is refused.
    pub fn check_claim(&self, sha256: &str) -> Result<(), Refused> {
        let claimed = self.manifest.as_ref().and_then(|m| m.sha256.as_ref());
        match claimed {
            Some(claimed) if claimed != sha256 => {
                if self.age().is_some_and(|age| age < PATIENCE) {
                    return Err(Refused::Unfinished);
                }
                Err(Refused::coded(
                    "manifest",
                    format!(
                        "its manifest says another sha256 than its content has, {sha256}; \
                         it was damaged on the way, or belongs to another file"
                    ),
                ))
            }
            _ => Ok(()),
        }
    }
}

fn not_opened(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "gone before it could be read".to_owned(),
        // A link, a pipe, a socket, a folder or a second name is in its place.
        io::ErrorKind::InvalidInput => REPLACED.to_owned(),
        _ => format!("cannot be opened: {error}; left for the next run"),
    }
}

fn age((seconds, nanoseconds): (i64, i64)) -> Option<Duration> {
    let since_then = Duration::new(
        u64::try_from(seconds).ok()?,
        u32::try_from(nanoseconds).ok()?,
    );
    SystemTime::UNIX_EPOCH
        .checked_add(since_then)?
        .elapsed()
        .ok()
}

/// A file that a contract claims.
struct Candidate<'a> {
    folder: Arc<Folder>,
    name: OsString,
    file_name: String,
    contract: &'a Contract,
    date: Option<String>,
    is_taken_away: bool,
}

/// A file that is not accepted now, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub file_name: String,
    pub reason: String,
}

/// How files are looked at.
#[derive(Clone, Copy)]
pub struct ScanOptions<'a> {
    pub contracts: &'a [Contract],
    /// A file without a manifest is whole when it has not been written to for
    /// this long.
    pub settle: Duration,
    /// Bytes of the largest file that is read.
    pub largest: u64,
    pub zone: Tz,
    /// Asked while waiting; an error ends it.
    pub go_on: &'a dyn Fn() -> Result<()>,
}

/// Waits for the files that may still grow, and says which are ready, in the
/// order they are accepted, and which are not.
fn inspect<'a>(
    found: &[Candidate<'a>],
    looking: ScanOptions<'a>,
) -> Result<(Vec<Arrival<'a>>, Vec<Waiting>)> {
    let seen: Vec<io::Result<Metadata>> = found
        .iter()
        .map(|candidate| candidate.folder.look(&candidate.name))
        .collect();
    wait(longest_wait(found, &seen, looking.settle), looking.go_on)?;
    let mut arrivals = Vec::new();
    let mut waiting = Vec::new();
    for (candidate, before) in found.iter().zip(seen) {
        match before
            .map_err(|error| not_opened(&error))
            .and_then(|before| arrival(candidate, &before, looking))
        {
            Ok(arrival) => arrivals.push(arrival),
            Err(reason) => waiting.push(Waiting {
                file_name: candidate.file_name.clone(),
                reason,
            }),
        }
    }
    sort(&mut arrivals, looking.contracts);
    Ok((arrivals, waiting))
}

/// How long the youngest file without a manifest has to lie still; one that
/// was written in the future, by a clock that is wrong, the whole time.
fn longest_wait(
    found: &[Candidate<'_>],
    seen: &[io::Result<Metadata>],
    settle: Duration,
) -> Duration {
    let has_manifest =
        |candidate: &Candidate<'_>| candidate.folder.has(&manifest::name_of(&candidate.name));
    let unsettled = found.iter().zip(seen).filter_map(|(candidate, metadata)| {
        let metadata = metadata.as_ref().ok()?;
        let left = settle.saturating_sub(age(Identity::of(metadata).modified).unwrap_or_default());
        (!left.is_zero() && !has_manifest(candidate)).then_some(left)
    });
    unsettled.max().unwrap_or_default()
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
    looking: ScanOptions<'_>,
) -> Result<Arrival<'a>, String> {
    let (folder, name) = (&candidate.folder, &candidate.name);
    if before.len() > looking.largest {
        return Err(format!(
            "refused unread: {} bytes, more than the {} that largest_file in [landing] allows",
            before.len(),
            looking.largest
        ));
    }
    let manifest = manifest::read(folder, name)
        .map_err(|error| format!("its manifest cannot be read: {}", failure::told(&error)))?;
    let now = folder.look(name).map_err(|error| not_opened(&error))?;
    let identity = Identity::of(&now);
    if manifest.is_none() && identity != Identity::of(before) {
        return Err("still growing; left for the next run".to_owned());
    }
    let dated = match (manifest.as_ref().and_then(|m| m.as_at), &candidate.date) {
        (Some(as_at), _) => Some(as_at),
        (None, Some(text)) => Some(
            moment_of(text)
                .ok_or_else(|| format!("{text} in its name is not a date that exists"))?,
        ),
        (None, None) => None,
    };
    Ok(Arrival {
        contract: candidate.contract,
        folder: Arc::clone(folder),
        name: name.clone(),
        file_name: candidate.file_name.clone(),
        bytes: now.len(),
        as_at: match dated {
            Some(moment) => moment,
            None => written_at(identity, looking.zone)
                .ok_or("its time stamp is not a date of the years 1 to 9999")?,
        },
        is_dated: dated.is_some(),
        is_taken_away: candidate.is_taken_away,
        manifest,
        zone: looking.zone,
        identity,
    })
}

/// When a file was last written to, in local time.
fn written_at(identity: Identity, zone: Tz) -> Option<NaiveDateTime> {
    let (seconds, nanoseconds) = identity.modified;
    let written = DateTime::from_timestamp(seconds, u32::try_from(nanoseconds).ok()?)?;
    let is_sane = (1..=9999).contains(&written.year());
    is_sane.then(|| written.with_timezone(&zone).naive_local())
}

/// `20261121` and `2026-11-21` are the start of that day; `2026-10` speaks of a
/// whole month and so of the moment it ended.
fn moment_of(text: &str) -> Option<NaiveDateTime> {
    let day = match text.matches('-').count() {
        0 => NaiveDate::parse_from_str(text, "%Y%m%d").ok()?,
        1 => NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok()? + Months::new(1),
        _ => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?,
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
        assert_eq!(moment_of("2026-11-21"), moment_of("20261121"));
        for wrong in ["20260231", "2026-02-31", "00000101", "0000-00", "9999-12"] {
            assert_eq!(moment_of(wrong), None, "{wrong}");
        }
    }
}
