//! What the sender says about a file, in `<file>.manifest.json` beside it, and
//! whether it is so.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read as _};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use duckdb::Connection;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

use super::Refused;
use super::arrive::Arrival;
use super::contract::Kind;
use super::folder::Folder;
use super::stage::Reading;
use crate::store::bind;
use crate::store::failure::Own;

/// The sender's word.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Manifest {
    /// Data rows, the header not counted.
    pub rows: Option<u64>,
    /// Lower case.
    pub sha256: Option<String>,
    /// A moment, or a date for the start of that day; local time.
    pub as_at: Option<NaiveDateTime>,
    /// Sums of number columns over all rows, by the contract's names.
    pub totals: BTreeMap<String, Decimal>,
    /// As it was read, for the archive.
    pub bytes: Vec<u8>,
}

/// A manifest as JSON, before its values are looked at.
#[derive(Deserialize)]
struct Raw {
    rows: Option<Value>,
    sha256: Option<Value>,
    as_at: Option<Value>,
    #[serde(default)]
    totals: Option<BTreeMap<String, Value>>,
}

/// Holds some four hundred totals. All manifests of a night are kept in memory.
const MOST_BYTES: u64 = 16 << 10;

const ENDING: &str = ".manifest.json";

/// A file that disagrees with its manifest may still be on its way for this
/// long after it was last written to.
const PATIENCE: Duration = Duration::from_mins(10);

/// The file that a manifest of this name speaks of; none for any other file.
pub fn file_of(name: &OsStr) -> Option<&str> {
    name.to_str()?.strip_suffix(ENDING)
}

/// The name of a file's manifest.
pub fn name_of(file: &OsStr) -> OsString {
    let mut name = file.to_owned();
    name.push(ENDING);
    name
}

/// A file's manifest, if there is one.
pub fn read(folder: &Folder, file: &OsStr) -> Result<Option<Manifest>> {
    match bytes(folder, &name_of(file)) {
        Ok(bytes) => Ok(Some(parse(bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A manifest's content. A link is not followed, a pipe not waited for.
pub(super) fn bytes(folder: &Folder, name: &OsStr) -> io::Result<Vec<u8>> {
    let told = || {
        Own::error(
            io::ErrorKind::InvalidInput,
            "not a plain file of at most 16 KiB",
        )
    };
    let file = match folder.file(name) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(told()),
        opened => opened?,
    };
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(told());
    }
    Ok(bytes)
}

/// What is wrong is told without the text that is wrong: whoever writes
/// manifests would otherwise write into logs and mails.
pub(super) fn parse(bytes: Vec<u8>) -> Result<Manifest> {
    let raw: Raw = serde_json::from_slice(&bytes).map_err(|error| {
        anyhow::anyhow!(
            "not one JSON object of rows, sha256, as_at and totals, each once at most; see line \
             {}, column {}",
            error.line(),
            error.column()
        )
    })?;
    let whole = |value: Value| value.as_u64().context("rows is no whole number");
    let totals = raw.totals.unwrap_or_default().into_iter();
    let totals = totals.map(|(name, value)| Ok((name, serde_json::from_value(value)?)));
    Ok(Manifest {
        rows: raw.rows.map(whole).transpose()?,
        sha256: raw.sha256.as_ref().map(hash).transpose()?,
        as_at: raw.as_at.as_ref().map(moment).transpose()?,
        totals: totals
            .collect::<serde_json::Result<_>>()
            .ok()
            .context("a total is no number")?,
        bytes,
    })
}

fn hash(value: &Value) -> Result<String> {
    let text = value.as_str().unwrap_or_default();
    let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    ensure!(is_hash, "sha256 is not 64 hexadecimal digits");
    Ok(text.to_ascii_lowercase())
}

fn moment(value: &Value) -> Result<NaiveDateTime> {
    let text = value.as_str().unwrap_or_default();
    let day = || Some(text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN));
    let moment = text.parse::<NaiveDateTime>().ok().or_else(day);
    moment
        .filter(|moment| (1..=9999).contains(&moment.year()))
        .context("as_at is not local time without offset, YYYY-MM-DDTHH:MM:SS")
}

impl Arrival<'_> {
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
            let Some(column) = self.contract.column(name) else {
                let reason = "its manifest sums a column that its contract does not have";
                return Ok(Some(reason.to_owned()));
            };
            if !matches!(column.kind, Kind::Integer | Kind::Decimal) {
                let told = "its manifest sums something that is no number of its contract";
                return Ok(Some(told.to_owned()));
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
