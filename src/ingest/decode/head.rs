//! The header of a table: its names, whatever lines they stand on.

use super::csv_lines::Cells;
use super::header::{self, Header};
use crate::ingest::contract::Contract;
use crate::ingest::contract::layout::Wide;
use crate::ingest::refusal::{HEADER, Refused};

/// The header of a table, as it stands and as it is mapped.
pub(crate) struct Head {
    pub(crate) header: Header,
    /// Cells of the rows of the header.
    pub(crate) rows: Vec<Vec<String>>,
    /// Its lines, to know them again.
    pub(crate) lines: Vec<Vec<u8>>,
    pub(crate) width: usize,
    /// Columns that each become a row, by their place, with their name.
    pub(crate) wide: Vec<(usize, String)>,
}

impl Head {
    /// A table of one column may well hold its name.
    pub(crate) fn is_line(&self, text: &[u8]) -> bool {
        // Where files were put together, each may begin with a mark.
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        self.width > 1 && self.lines.iter().any(|line| line == text)
    }

    pub(crate) fn is_row(&self, cells: &Cells) -> bool {
        let is_same = |row: &Vec<String>| cells.iter().eq(row.iter().map(String::as_bytes));
        self.width > 1 && self.rows.iter().any(is_same)
    }
}

/// The names of columns whose header stands on several lines.
pub(crate) fn joined(rows: &[Vec<String>]) -> Vec<String> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    (0..width)
        .map(|at| {
            let parts: Vec<&str> = rows
                .iter()
                .filter_map(|row| row.get(at).map(String::as_str))
                .filter(|part| !part.is_empty())
                .collect();
            parts.join(" ")
        })
        .collect()
}

/// Names of a header, and those of columns that become rows with their places.
type Unpivoted = (Vec<String>, Vec<(usize, String)>);

/// A header's names with a column for the names and one for the values of
/// those that become rows, in place of these; and these.
pub(crate) fn unpivoted(
    contract: &Contract,
    wide: &Wide,
    names: Vec<String>,
    line: u64,
) -> Result<Unpivoted, Refused> {
    let is_wide = |name: &str| {
        wide.columns.is_match(name) && !contract.columns.iter().any(|c| header::matches(c, name))
    };
    let (found, mut fixed): (Vec<_>, Vec<_>) = names
        .into_iter()
        .enumerate()
        .partition(|(_, name)| is_wide(name));
    let wrong = |told: String| Err(Refused::coded(HEADER, format!("line {line}: {told}")));
    if found.is_empty() {
        return wrong("no column is named as wide.columns of its contract says".to_owned());
    }
    for (place, (at, name)) in found.iter().enumerate() {
        if let Some((before, _)) = found[..place].iter().find(|(_, other)| other == name) {
            return wrong(format!(
                "columns {} and {} have one name; expected one of each",
                before + 1,
                at + 1
            ));
        }
    }
    fixed.push((0, wide.name.clone()));
    fixed.push((0, wide.value.clone()));
    Ok((fixed.into_iter().map(|(_, name)| name).collect(), found))
}
