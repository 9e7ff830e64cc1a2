//! Lines of a table that are neither its header nor a row.

use super::csv_lines::Cells;
use crate::ingest::refusal::Refused;

/// Lines that are neither the header nor a row, counted as they are met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Aside {
    pub(crate) above: u64,
    pub(crate) under: u64,
    /// The header once more.
    pub(crate) headers: u64,
    /// By a pattern of the contract.
    pub matched: u64,
    /// Rows that the file's own last lines count.
    pub(crate) said: Option<u64>,
}

impl Aside {
    /// What a reader should know of them.
    pub fn notes(self) -> impl Iterator<Item = String> {
        let lines = |count: u64, what: &str| {
            let plural = if count == 1 { "line" } else { "lines" };
            (count > 0).then(|| format!("{count} {plural} {what}"))
        };
        [
            lines(self.above, "above the header passed over"),
            lines(self.under, "under the header passed over"),
            lines(self.headers, "repeating the header"),
            lines(self.matched, "set aside by its contract"),
            self.said
                .map(|said| format!("a last line that counts {said} rows")),
        ]
        .into_iter()
        .flatten()
    }

    /// Refuses a file that has not as many rows as it says itself.
    pub(crate) fn check(self, rows: u64) -> Result<(), Refused> {
        match self.said {
            Some(said) if said != rows && said != rows + self.matched => Err(Refused::coded(
                "manifest",
                format!("its last line says {said} rows, the file has {rows}"),
            )),
            _ => Ok(()),
        }
    }
}

/// What a line such as Excel's `sep=;` says separates the cells.
pub(crate) fn separator(line: &[u8]) -> Option<&[u8]> {
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let (key, said) = line.split_at_checked(4)?;
    let said = said.strip_suffix(b"\"").unwrap_or(said);
    (key.eq_ignore_ascii_case(b"sep=") && (1..=4).contains(&said.len())).then_some(said)
}

/// Whether a line under the header only draws a line, as `sqlcmd` does.
pub(crate) fn is_underline(line: &[u8], delimiter: &[u8]) -> bool {
    let is_drawn = |byte: &u8| b"-=+| \t".contains(byte) || delimiter.contains(byte);
    let has_line = line.windows(2).any(|two| two == b"--" || two == b"==");
    has_line && !delimiter.contains(&b'-') && line.iter().all(is_drawn)
}

/// The rows that a line such as `(2 rows affected)` says there are.
pub(crate) fn counted(cells: &Cells) -> Option<u64> {
    let mut cells = cells.iter();
    let first = cells.next()?;
    if cells.any(|cell| !cell.is_empty()) {
        return None;
    }
    let text = std::str::from_utf8(first).ok()?;
    let text = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'))
        .or_else(|| text.strip_suffix('.'))?;
    let (count, what) = text.split_once(' ')?;
    let is_count = [
        "row",
        "rows",
        "row affected",
        "rows affected",
        "row(s) affected",
        "row selected",
        "rows selected",
    ]
    .contains(&what);
    count.parse().ok().filter(|_| is_count)
}
