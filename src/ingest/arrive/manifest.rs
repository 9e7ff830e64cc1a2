//! What the sender says about a file, in `<file>.manifest.json` beside it, and
//! whether it is so.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read as _};

use anyhow::{Context as _, Result, ensure};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

use super::folder::Folder;
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
pub(crate) fn bytes(folder: &Folder, name: &OsStr) -> io::Result<Vec<u8>> {
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
pub(crate) fn parse(bytes: Vec<u8>) -> Result<Manifest> {
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
