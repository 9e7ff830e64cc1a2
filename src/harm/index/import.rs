//! Imports a harm index: read and settled whole, kept in the ledger, then
//! written as an edition. Killed in between, the next import ends the work.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};

use super::bounds::MOST_BYTES;
use super::diff::{self, Difference};
use super::imports::{self, Import};
use super::reading::{self, Conflicts, Settled, Wanted};
use super::refusal::Refusal;
use super::{editions, weights};
use crate::harm::accounts::{self, Role};
use crate::store::Store;
use crate::store::schema::hex_sha256;

/// What an import did.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    pub import: Import,
    pub done: Done,
    /// Sheets of the workbook that were not read.
    pub other_sheets: Vec<String>,
    /// Rows without a code or a score, in words.
    pub left_out: Vec<String>,
    /// Titles that weigh otherwise than their code.
    pub by_title: usize,
    /// Rows whose cells contradict each other: rejected.
    pub rejected: Vec<String>,
    /// Scores that their own starting points contradict: they stand.
    pub doubts: Vec<String>,
    /// Rows of the table of titles that no conflict asked for.
    pub spare_choices: Vec<String>,
    /// What changed in an edition that was replaced.
    pub difference: Option<Difference>,
    /// The edition that an interrupted import had left unwritten.
    pub repaired: Option<String>,
}

/// What became of the edition's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Written,
    Replaced,
    /// It held the same already; the import is recorded.
    Recorded,
    /// The same import stands in the ledger; nothing was done.
    Unchanged,
}

/// A file's content, if it is no larger than an index can be.
fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read {}", path.display()))?;
    if bytes.len() as u64 > MOST_BYTES {
        let problem = format!("is larger than {} MiB", MOST_BYTES >> 20);
        return Err(Refusal::one(reading::shown(path), problem).into());
    }
    Ok(bytes)
}

/// Imports a workbook or a CSV file.
pub fn import(store: &Store, wanted: &Wanted<'_>) -> Result<Imported> {
    accounts::require(store.connection(), wanted.act, Role::DataSteward)?;
    let bytes = read(wanted.file)?;
    let titles = reading::titles(wanted.conflicts)?;
    let settled = reading::settle(wanted, &bytes, titles.as_deref())?;
    let csv = weights::render(&settled.weights)?;
    let repaired = repair(store, wanted.dir)?;
    let found = editions::text(wanted.dir, &settled.name)?;
    let draft = draft(wanted, &settled, &bytes, titles, &csv, found.as_deref());
    let difference = found
        .as_deref()
        .filter(|found| *found != csv)
        .map(|found| difference(&settled, found))
        .transpose()?;
    let done = match (&found, &difference) {
        _ if is_known(store, &draft, found.as_deref())? => Done::Unchanged,
        (None, _) => Done::Written,
        (Some(_), None) => Done::Recorded,
        (Some(_), Some(_)) if wanted.replace => Done::Replaced,
        (Some(_), Some(difference)) => return Err(differs(&settled.name, difference).into()),
    };
    let import = if done == Done::Unchanged {
        newest(store, &draft.edition)?.unwrap_or(draft)
    } else {
        let import_id =
            store.transaction(|tx| imports::keep(tx, &draft, &bytes, &csv, wanted.act))?;
        Import { import_id, ..draft }
    };
    if matches!(done, Done::Written | Done::Replaced) {
        editions::write(wanted.dir, &settled.name, &csv)?;
    }
    let by_title = settled.weights.iter().filter(|w| !w.for_title.is_empty());
    let by_title = by_title.count();
    let mut left_out = settled.without_code;
    left_out.extend(settled.without_score);
    Ok(Imported {
        import,
        done,
        other_sheets: settled.other_sheets,
        left_out,
        by_title,
        rejected: settled.contradicting,
        doubts: settled.doubts,
        spare_choices: settled.spare_choices,
        difference,
        repaired,
    })
}

/// Writes the edition of the newest import when its file is still what that
/// import found: it was ended before it could.
fn repair(store: &Store, dir: &Path) -> Result<Option<String>> {
    let Some(last) = imports::all(store.connection())?.into_iter().next() else {
        return Ok(None);
    };
    let held = editions::text(dir, &last.edition)?.map(|text| hex_sha256(text.as_bytes()));
    if held == last.found_sha256 && held.as_ref() != Some(&last.csv_sha256) {
        let text = imports::text(store.connection(), &last.csv_sha256)?;
        editions::write(dir, &last.edition, &text)?;
        return Ok(Some(last.edition));
    }
    Ok(None)
}

fn draft(
    wanted: &Wanted<'_>,
    settled: &Settled,
    bytes: &[u8],
    titles: Option<String>,
    csv: &str,
    found: Option<&str>,
) -> Import {
    let count = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
    let policy = match wanted.conflicts {
        Conflicts::Refuse => "refuse",
        Conflicts::Highest => "highest",
        Conflicts::Lowest => "lowest",
        Conflicts::ByTitle(_) => "by-title",
    };
    Import {
        import_id: 0,
        edition: settled.name.clone(),
        kind: settled.kind.to_owned(),
        file_name: reading::shown(wanted.file),
        sha256: hex_sha256(bytes),
        policy: policy.to_owned(),
        titles,
        rows_read: count(settled.rows_read),
        rows_without_code: count(settled.without_code.len()),
        rows_without_score: count(settled.without_score.len()),
        codes: count(
            settled
                .weights
                .iter()
                .filter(|w| w.for_title.is_empty())
                .count(),
        ),
        conflicts_solved: count(settled.conflicts),
        csv_sha256: hex_sha256(csv.as_bytes()),
        found_sha256: found.map(|text| hex_sha256(text.as_bytes())),
        imported_by: wanted.act.by.to_string(),
        imported_at: wanted.act.at,
    }
}

/// Whether the edition's newest import read the same in the same way and its
/// file stands.
fn is_known(store: &Store, draft: &Import, found: Option<&str>) -> Result<bool> {
    let stands = found.map(|text| hex_sha256(text.as_bytes())).as_ref() == Some(&draft.csv_sha256);
    let last = newest(store, &draft.edition)?;
    Ok(stands
        && last.is_some_and(|last| {
            let of = |import: &Import| {
                let Import {
                    sha256,
                    policy,
                    titles,
                    csv_sha256,
                    ..
                } = import.clone();
                (sha256, policy, titles, csv_sha256)
            };
            of(&last) == of(draft)
        }))
}

fn newest(store: &Store, edition: &str) -> Result<Option<Import>> {
    let all = imports::all(store.connection())?;
    Ok(all.into_iter().find(|import| import.edition == edition))
}

fn difference(settled: &Settled, found: &str) -> Result<Difference> {
    let earlier = weights::parse(&editions::file_of(&settled.name), found)
        .context("the edition on the disk is broken; move it away to import a new one")?;
    Ok(diff::compare(&earlier, &settled.weights))
}

fn differs(name: &str, difference: &Difference) -> Refusal {
    let file = editions::file_of(name);
    Refusal {
        advice: "Add --replace to put this import in its place; lists made so far keep the text \
                 they were made from."
            .to_owned(),
        ..Refusal::new(
            format!("{file} is there already and differs ({difference})"),
            difference.lines(),
        )
    }
}
