//! What the sender says about a file, in `<file>.manifest.json` beside it, and
//! whether it is so.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use duckdb::Connection;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::Refused;
use super::arrive::Arrival;
use super::contract::Kind;
use super::stage::Reading;
use crate::store::bind;

/// The sender's word.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Manifest {
    /// Data rows, the header not counted.
    pub rows: Option<u64>,
    pub sha256: Option<String>,
    /// A moment, or a date for the start of that day; local time.
    #[serde(default, deserialize_with = "moment")]
    pub as_at: Option<NaiveDateTime>,
    /// Sums of number columns over all rows, by the contract's names.
    #[serde(default)]
    pub totals: BTreeMap<String, Decimal>,
}

const MOST_BYTES: u64 = 1 << 20;

const ENDING: &str = ".manifest.json";

/// A file that disagrees with its manifest may still be on its way for this
/// long after it was last written to.
const PATIENCE: Duration = Duration::from_mins(10);

/// Whether a file is some other's manifest.
pub fn is_manifest(path: &Path) -> bool {
    path.to_string_lossy().ends_with(ENDING)
}

/// Where a file's manifest lies, if it has one.
pub fn path(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ENDING);
    PathBuf::from(name)
}

/// A file's manifest, if there is one.
pub fn read(file: &Path) -> Result<Option<Manifest>> {
    match bytes(&path(file)) {
        Ok(bytes) => Ok(Some(parse(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A manifest's content. A link is not followed, a pipe not waited for.
pub(super) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = std::fs::symlink_metadata(path)?;
    if !metadata.is_file() || metadata.len() > MOST_BYTES {
        let told = "not a plain file of at most 1 MiB";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, told));
    }
    std::fs::read(path)
}

pub(super) fn parse(bytes: &[u8]) -> serde_json::Result<Manifest> {
    serde_json::from_slice(bytes)
}

fn moment<'de, D: serde::Deserializer<'de>>(
    input: D,
) -> std::result::Result<Option<NaiveDateTime>, D::Error> {
    let Some(text) = Option::<String>::deserialize(input)? else {
        return Ok(None);
    };
    let day = || Some(text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN));
    let moment = text.parse::<NaiveDateTime>().ok().or_else(day);
    match moment.filter(|moment| (1..=9999).contains(&moment.year())) {
        Some(moment) => Ok(Some(moment)),
        None => Err(serde::de::Error::custom(format!(
            "as_at is {text:?}; expected local time without offset, YYYY-MM-DDTHH:MM:SS"
        ))),
    }
}

impl Arrival<'_> {
    /// Whether the content is what the manifest claims. A young file that is
    /// not may still be growing, and waits; an old one is refused.
    pub fn check_claim(&self, sha256: &str) -> Result<(), Refused> {
        let claimed = self.manifest.as_ref().and_then(|m| m.sha256.as_ref());
        match claimed {
            Some(claimed) if !claimed.eq_ignore_ascii_case(sha256) => {
                let modified = std::fs::metadata(&self.path).and_then(|m| m.modified());
                let age = modified.ok().and_then(|at| at.elapsed().ok());
                if age.is_some_and(|age| age < PATIENCE) {
                    return Err(Refused::Unfinished);
                }
                Err(Refused::coded(
                    "manifest",
                    format!(
                        "its manifest says sha256 {claimed}, its content has {sha256}; \
                         it was damaged on the way, or belongs to another file"
                    ),
                ))
            }
            _ => Ok(()),
        }
    }

    /// Why the rows are not what the manifest counts and sums.
    pub fn check_totals(
        &self,
        tx: &Connection,
        reading: &Reading<'_>,
        rows_read: u64,
    ) -> Result<Option<String>> {
        let Some(manifest) = &self.manifest else {
            return Ok(None);
        };
        if let Some(claimed) = manifest.rows.filter(|claimed| *claimed != rows_read) {
            return Ok(Some(format!(
                "its manifest says {claimed} rows, the file has {rows_read}"
            )));
        }
        for (name, claimed) in &manifest.totals {
            let is_number = self
                .contract
                .column(name)
                .is_some_and(|c| matches!(c.kind, Kind::Integer | Kind::Decimal));
            if !is_number {
                return Ok(Some(format!(
                    "its manifest sums {name}, which is no number of its contract"
                )));
            }
            let found = total(tx, reading, name)?;
            if found != *claimed {
                return Ok(Some(format!(
                    "its manifest says {name} sums to {claimed}, the rows sum to {found}"
                )));
            }
        }
        Ok(None)
    }
}

fn total(tx: &Connection, reading: &Reading<'_>, name: &str) -> Result<Decimal> {
    let typed = reading.typed(None);
    let sql = format!(
        "with {typed} select cast(coalesce(sum(\"{name}\"), 0) as decimal(38, 6)) from typed"
    );
    let sum: Decimal = bind::query_one(tx, &sql, &[], |row| row.get(0))?;
    Ok(sum.normalize())
}
