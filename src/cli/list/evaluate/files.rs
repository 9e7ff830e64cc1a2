//! The rows behind the figures, as CSV files that only their owner may read.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;

use crate::cli::output::Usage;
use crate::harm::evaluation::data::Data;

// A table without rows has its header all the same.
const SCORES: [&str; 3] = ["person", "rank", "score_days"];
const LISTS: [&str; 4] = ["list_as_of", "person", "rank", "is_listed"];
const ENTRANTS: [&str; 14] = [
    "era",
    "group",
    "person",
    "list_as_of",
    "rank",
    "is_in_custody",
    "days_held",
    "arrested_day",
    "died_day",
    "listed_day",
    "has_harm",
    "has_arrests",
    "before_days",
    "after_days",
];
const CUT: [&str; 5] = [
    "list_as_of",
    "person",
    "rank",
    "distance_ranks",
    "after_days",
];

/// Writes every table; none when one of them is there already, or when one
/// cannot be written.
pub(super) fn write(folder: &Path, data: &Data) -> Result<Vec<PathBuf>> {
    let tables = [
        ("scores.csv", table(&SCORES, &data.scores)?),
        ("lists.csv", table(&LISTS, &data.lists)?),
        ("entrants.csv", table(&ENTRANTS, &data.entrants)?),
        ("cut.csv", table(&CUT, &data.cut)?),
    ];
    let paths: Vec<PathBuf> = tables.iter().map(|(name, _)| folder.join(name)).collect();
    if let Some(there) = paths.iter().find(|path| path.exists()) {
        let message = format!(
            "{} is there already; name another folder, or remove it",
            there.display()
        );
        return Err(Usage(message).into());
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for (place, (_, bytes)) in tables.iter().enumerate() {
        if let Err(error) = write_one(&paths[place], bytes) {
            for path in &paths[..=place] {
                // It may not have been made at all.
                let _ = fs::remove_file(path);
            }
            return Err(error);
        }
    }
    Ok(paths)
}

fn write_one(path: &Path, bytes: &[u8]) -> Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(bytes))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn table(header: &[&str], rows: &[impl Serialize]) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .has_headers(false)
        .from_writer(Vec::new());
    writer.write_record(header)?;
    for row in rows {
        writer.serialize(row)?;
    }
    Ok(writer.into_inner()?)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::harm::evaluation::cohort::Group;
    use crate::harm::evaluation::data::{AtCut, Entered, Listed, Score};
    use crate::harm::evaluation::study_data::Era;

    fn header(row: impl Serialize) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.serialize(row).unwrap();
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        text.lines().next().unwrap().to_owned()
    }

    #[test]
    fn headers_are_the_names_of_the_columns_in_their_order() {
        let list_as_of = NaiveDate::default();
        let score = Score {
            person: 1,
            rank: 1,
            score_days: 1.0,
        };
        assert_eq!(header(score), SCORES.join(","));
        let listed = Listed {
            list_as_of,
            person: 1,
            rank: 1,
            is_listed: true,
        };
        assert_eq!(header(listed), LISTS.join(","));
        let entered = Entered {
            era: Era::Programme,
            group: Group::Listed,
            person: 1,
            list_as_of,
            rank: 1,
            is_in_custody: false,
            days_held: 1,
            arrested_day: None,
            died_day: None,
            listed_day: None,
            has_harm: true,
            has_arrests: true,
            before_days: 1.0,
            after_days: 1.0,
        };
        assert_eq!(header(entered), ENTRANTS.join(","));
        let at_cut = AtCut {
            list_as_of,
            person: 1,
            rank: 1,
            distance_ranks: 0.5,
            after_days: 1.0,
        };
        assert_eq!(header(at_cut), CUT.join(","));
    }
}
