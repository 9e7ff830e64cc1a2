//! Finds the files that have arrived, whole, and says what each claims to be:
//! its source, the moment it speaks of, its content's hash, its manifest.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use chrono::{DateTime, Months, NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::contract::Contract;
use crate::store::schema::to_hex;

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
    pub sha256: String,
    pub manifest: Option<Manifest>,
}

/// What the sender says about a file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Manifest {
    pub rows: Option<u64>,
    pub sha256: Option<String>,
    /// A moment, or a date for the start of that day.
    #[serde(default, deserialize_with = "moment")]
    pub as_at: Option<NaiveDateTime>,
}

fn moment<'de, D: serde::Deserializer<'de>>(
    input: D,
) -> std::result::Result<Option<NaiveDateTime>, D::Error> {
    let Some(text) = Option::<String>::deserialize(input)? else {
        return Ok(None);
    };
    text.parse::<NaiveDateTime>()
        .or_else(|_| {
            text.parse::<NaiveDate>()
                .map(|day| day.and_time(NaiveTime::MIN))
        })
        .map(Some)
        .map_err(|_| {
            serde::de::Error::custom(format!(
                "as_at is {text:?}; expected local time without offset, YYYY-MM-DDTHH:MM:SS"
            ))
        })
}

/// A file in the landing folder that is not ready, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub file_name: String,
    pub reason: String,
}

/// Everything that lies in a landing folder, in the order it is taken in:
/// by the moment a file speaks of, then by source and name.
pub fn scan<'a>(
    landing: &Path,
    contracts: &'a [Contract],
    settle: Duration,
    zone: Tz,
) -> Result<(Vec<Arrival<'a>>, Vec<Waiting>)> {
    let entries = std::fs::read_dir(landing)
        .with_context(|| format!("cannot read the landing folder {}", landing.display()))?;
    let mut paths = Vec::new();
    let mut passed_over = Vec::new();
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot list {}", landing.display()))?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        match why_passed_over(&path, kind, contracts) {
            _ if kind.is_dir() || name_of(&path).ends_with(MANIFEST) => {}
            Some(reason) => passed_over.push(Waiting {
                file_name: name_of(&path),
                reason: reason.to_owned(),
            }),
            None => paths.push(path),
        }
    }
    paths.sort();
    let (arrivals, mut waiting) = inspect(&paths, contracts, settle, zone)?;
    waiting.extend(passed_over);
    waiting.sort_by(|a, b| a.file_name.cmp(&b.file_name));
    Ok((arrivals, waiting))
}

const MANIFEST: &str = ".manifest.json";

fn why_passed_over(
    path: &Path,
    kind: std::fs::FileType,
    contracts: &[Contract],
) -> Option<&'static str> {
    if kind.is_symlink() {
        Some("a symbolic link, which is not followed")
    } else if !kind.is_file() {
        Some("not a plain file")
    } else if contract_of(path, contracts).is_none() {
        Some("not recognised: no contract names files like this")
    } else {
        None
    }
}

/// Looks at the named files. A file that no contract recognises is an error.
pub fn inspect<'a>(
    paths: &[PathBuf],
    contracts: &'a [Contract],
    settle: Duration,
    zone: Tz,
) -> Result<(Vec<Arrival<'a>>, Vec<Waiting>)> {
    let mut arrivals = Vec::new();
    let mut waiting = Vec::new();
    for path in paths {
        let (contract, date) = contract_of(path, contracts).with_context(|| {
            format!(
                "{}: no contract in jobs/nightly-ingest/sources names files like this",
                path.display()
            )
        })?;
        let looked_at = arrival(path, contract, date, settle, zone)
            .unwrap_or_else(|error| Err(format!("{error:#}")));
        match looked_at {
            Ok(found) => arrivals.push(found),
            Err(reason) => waiting.push(Waiting {
                file_name: name_of(path),
                reason,
            }),
        }
    }
    arrivals.sort_by(|a, b| {
        (a.as_at, &a.contract.name, &a.file_name).cmp(&(b.as_at, &b.contract.name, &b.file_name))
    });
    Ok((arrivals, waiting))
}

fn contract_of<'a>(
    path: &Path,
    contracts: &'a [Contract],
) -> Option<(&'a Contract, Option<String>)> {
    let name = name_of(path);
    contracts
        .iter()
        .find_map(|contract| contract.recognise(&name).map(|date| (contract, date)))
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn arrival<'a>(
    path: &Path,
    contract: &'a Contract,
    date: Option<String>,
    settle: Duration,
    zone: Tz,
) -> Result<Result<Arrival<'a>, String>> {
    let shown = path.display();
    let manifest = match read_manifest(path) {
        Ok(manifest) => manifest,
        Err(error) => return Ok(Err(format!("its manifest cannot be read: {error:#}"))),
    };
    let before = std::fs::metadata(path).with_context(|| format!("cannot read {shown}"))?;
    if manifest.is_none() && !is_settled(path, &before, settle)? {
        return Ok(Err("still growing; left for the next run".to_owned()));
    }
    let (sha256, bytes) = hash_file(path).with_context(|| format!("cannot read {shown}"))?;
    let claimed = manifest.as_ref().and_then(|m| m.sha256.as_ref());
    if claimed.is_some_and(|claimed| !claimed.eq_ignore_ascii_case(&sha256)) {
        return Ok(Err(
            "its content does not match the sha256 of its manifest; \
                       it is still being written, or was damaged on the way"
                .to_owned(),
        ));
    }
    let dated = match (manifest.as_ref().and_then(|m| m.as_at), date) {
        (Some(as_at), _) => Some(as_at),
        (None, Some(text)) => match moment_of(&text) {
            Some(moment) => Some(moment),
            None => return Ok(Err(format!("{text} in its name is not a date that exists"))),
        },
        (None, None) => None,
    };
    let written = DateTime::<chrono::Utc>::from(before.modified()?).with_timezone(&zone);
    Ok(Ok(Arrival {
        contract,
        path: path.to_owned(),
        file_name: name_of(path),
        bytes,
        as_at: dated.unwrap_or_else(|| written.naive_local()),
        is_dated: dated.is_some(),
        sha256,
        manifest,
    }))
}

/// A file without a manifest is whole when it has not been written to for the
/// settling time; a younger one is watched for that time.
fn is_settled(path: &Path, before: &std::fs::Metadata, settle: Duration) -> Result<bool> {
    let age = before.modified()?.elapsed().unwrap_or_default();
    if age >= settle {
        return Ok(true);
    }
    std::thread::sleep(settle.saturating_sub(age));
    let after = std::fs::metadata(path)?;
    Ok(after.len() == before.len() && after.modified()? == before.modified()?)
}

fn read_manifest(path: &Path) -> Result<Option<Manifest>> {
    let mut name = path.as_os_str().to_owned();
    name.push(MANIFEST);
    match std::fs::read(PathBuf::from(name)) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The SHA-256 of a file's content, and its size in bytes.
pub fn hash_file(path: &Path) -> Result<(String, u64)> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((to_hex(&hasher.finalize()), bytes));
        }
        bytes += read as u64;
        hasher.update(&buffer[..read]);
    }
}

/// `20261121` is the start of that day; `2026-10` speaks of a whole month and
/// so of the moment it ended.
fn moment_of(text: &str) -> Option<NaiveDateTime> {
    let day = if text.contains('-') {
        NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok()? + Months::new(1)
    } else {
        NaiveDate::parse_from_str(text, "%Y%m%d").ok()?
    };
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
        assert_eq!(moment_of("20260231"), None);
    }
}
