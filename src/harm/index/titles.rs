//! The crosswalk of offence titles: what the Met publishes under, before and
//! since its record system changed, each joined to the broader offence that goes
//! on, and to the code whose place in a basket decides.

use std::path::Path;

use anyhow::{Context, Result};

use super::table::Table;
use crate::config::problem::Problems;
use crate::model::ho_code::HoCode;

/// The crosswalk, from the deployment folder.
pub const FILE: &str = "jobs/harm-list/met-titles.csv";

/// The class of what the publisher counts by a flag and puts outside VAWG.
pub const NO_VAWG: &str = "Other flagged offences outside of VAWG";

/// One published title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    pub title: String,
    pub offence: String,
    pub class: String,
    pub subclass: String,
    /// Its code or the nearest one; empty for what has none.
    pub ho_code: String,
}

/// What a title is found by, without case, punctuation and spacing.
pub type Key = [String; 3];

impl Title {
    pub fn key(&self) -> Key {
        key(&self.title, &self.offence, &self.class)
    }
}

pub fn key(title: &str, offence: &str, class: &str) -> Key {
    let plain = |text: &str| {
        let is_kept = |c: &char| c.is_alphanumeric();
        text.chars()
            .filter(is_kept)
            .flat_map(char::to_lowercase)
            .collect()
    };
    [plain(title), plain(offence), plain(class)]
}

/// The crosswalk of a deployment; none where there is no file, as in one from
/// before there was a bridge.
pub fn load(dir: &Path) -> Result<Option<Vec<Title>>> {
    if !dir.join(FILE).exists() {
        return Ok(None);
    }
    let text =
        std::fs::read_to_string(dir.join(FILE)).with_context(|| format!("cannot read {FILE}"))?;
    Ok(Some(parse(FILE, &text)?))
}

/// Checks the text of a crosswalk.
pub fn parse(file: &str, text: &str) -> Result<Vec<Title>, Problems> {
    let columns = ["title", "offence", "class", "subclass", "ho_code"];
    let mut table = Table::read(file, text, &columns, &[])?;
    table.check_rows();
    let (mut found, mut problems) = (Vec::<Title>::new(), Vec::new());
    for row in &table.rows {
        let cell = |column: &str| table.cell(row, column).trim().to_owned();
        for column in &columns[..4] {
            if cell(column).is_empty() {
                problems.push(table.problem(row, column, "is empty; expected the published words"));
            }
        }
        let title = Title {
            title: cell("title"),
            offence: cell("offence"),
            class: cell("class"),
            subclass: cell("subclass"),
            ho_code: cell("ho_code"),
        };
        if let Err(error) = title.ho_code.parse::<HoCode>()
            && !title.ho_code.is_empty()
        {
            problems.push(table.problem(row, "ho_code", &format!("is wrong: {error}")));
        }
        let other = found.iter().find(|held| held.key() == title.key());
        if other.is_some_and(|other| other.ho_code != title.ho_code) {
            let message = "stands in an earlier row with another code; expected one for each title";
            problems.push(table.problem(row, "title", message));
        }
        found.push(title);
    }
    table.problems.extend(problems);
    table.finish(found)
}
