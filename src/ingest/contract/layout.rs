//! Where in a file its table stands, which of its lines are rows, and how a row
//! is told from the others.

use regex::Regex;
use regex::bytes::RegexSet;

/// Where in a file its table stands, and which of its lines are rows.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The file that is meant in a zip archive; none: it must hold only one.
    pub member: Option<Regex>,
    /// The sheet that is meant in a workbook; none: it must show only one.
    pub sheet: Option<String>,
    /// Lines above the header.
    pub skip_lines: u64,
    /// Lines that the header takes.
    pub header_lines: u64,
    /// Rows under the header that are none.
    pub skip_rows: u64,
    /// Lines that are no rows, wherever they stand.
    pub set_aside: Option<RegexSet>,
    pub wide: Option<Wide>,
}

/// A table in which a row holds many values, in a column each: every one is
/// read as a row of its own.
#[derive(Debug, Clone)]
pub struct Wide {
    /// Which headers name such a column.
    pub columns: Regex,
    /// The contract's columns of that header and of the value under it.
    pub name: String,
    pub value: String,
}

impl Layout {
    /// What tells a row from the others of its file: its line, and in a wide
    /// table, where several stand on one, its column too.
    pub fn row_number(&self, line: u64, column: u64) -> u64 {
        match self.wide {
            Some(_) => line * WIDE_PLACES + column,
            None => line,
        }
    }

    /// The line that a row stands on.
    pub fn line_of(&self, row: u64) -> u64 {
        match self.wide {
            Some(_) => row / WIDE_PLACES,
            None => row,
        }
    }
}

/// More than there can be columns.
pub(crate) const WIDE_PLACES: u64 = 8_192;
