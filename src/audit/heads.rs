//! `audit-heads.log`: the anchors of the record, a line each, in a file beside
//! the database that is only ever appended to. A line holds the moment, the
//! anchor, and the SHA-256 of the line before it.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::{NaiveDateTime, SubsecRound as _};

use crate::store::Store;
use crate::store::chain::anchor::{self, Anchor};
use crate::store::schema::hex_sha256;

/// A line of the log that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: usize,
    /// What the line says; none when it is none of ours.
    pub anchor: Option<Anchor>,
    /// Whether it was written after the line that stands before it.
    pub follows: bool,
}

/// Where the log of a database lies.
pub fn path(database: &Path) -> PathBuf {
    database.with_file_name("audit-heads.log")
}

/// Anchors the record at an instant in UTC and appends that to the log.
pub fn append(store: &Store, log: &Path, at: NaiveDateTime) -> Result<Anchor> {
    let anchor = store.transaction(|tx| anchor::take(tx, at))?;
    let write = || {
        let earlier = match std::fs::read(log) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read?,
        };
        let before = String::from_utf8_lossy(&earlier);
        let before = hash_of(before.lines().next_back());
        let at = at.trunc_subsecs(0).format("%FT%T");
        let line = format!("{at}Z {anchor} {before}\n");
        let mut file = OpenOptions::new().append(true).create(true).open(log)?;
        file.write_all(line.as_bytes())?;
        file.sync_all()
    };
    write().with_context(|| format!("cannot write to {}", log.display()))?;
    Ok(anchor)
}

/// The lines of the log; none when there is no log.
pub fn read(log: &Path) -> Result<Option<Vec<Line>>> {
    let bytes = match std::fs::read(log) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        read => read.with_context(|| format!("cannot read {}", log.display()))?,
    };
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = Vec::new();
    let (mut before, mut is_linked) = (None, false);
    for (index, line) in text.lines().enumerate() {
        let mut parts = line.split(' ').skip(1);
        let anchor = parts.next().and_then(parse);
        // The first lines of an earlier version have no hash.
        let follows = match parts.next() {
            Some(hash) => hash == hash_of(before),
            None => !is_linked,
        };
        is_linked |= line.split(' ').count() > 2;
        before = Some(line);
        lines.push(Line {
            number: index + 1,
            anchor,
            follows,
        });
    }
    Ok(Some(lines))
}

/// What a line says of the one before it; of the first that there is none.
fn hash_of(before: Option<&str>) -> String {
    hex_sha256(before.unwrap_or_default().as_bytes())
}

/// An anchor as it stands in a mail, a receipt or the log: its number, a colon
/// and its hash.
pub fn parse(text: &str) -> Option<Anchor> {
    let (number, sha256) = text.trim().split_once(':')?;
    let is_hash = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit());
    Some(Anchor {
        number: number.parse().ok()?,
        sha256: is_hash.then(|| sha256.to_ascii_lowercase())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_is_read_as_it_was_written() {
        let anchor = Anchor {
            number: 12,
            sha256: "0f".repeat(32),
        };
        assert_eq!(parse(&anchor.to_string()), Some(anchor));
        for wrong in [
            "",
            "12",
            "x:ff",
            "12:ff",
            &format!("12:{}", "zz".repeat(32)),
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
