//! What a file holds once it is decoded.

use std::path::PathBuf;

use super::aside::Aside;
use super::header::Header;
use crate::ingest::refusal::Fault;

/// Rows of text, ready for the database to read.
#[derive(Debug)]
pub struct Decoded {
    pub relation: Relation,
    pub header: Header,
    pub counts: Counts,
    /// Lines that are not rows.
    pub faulty: u64,
    /// What is wrong with them, as far as it is listed.
    pub faults: Vec<Fault>,
    /// The encoding that was found out from the content.
    pub detected: Option<&'static str>,
}

/// What a file holds, counted as it is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Data rows, readable or not; unknown for Parquet until it is read.
    pub rows: Option<u64>,
    /// Lines of the file, the header and blank ones included.
    pub lines: u64,
    pub blank_lines: u64,
    /// The last line lacks its end.
    pub is_unclosed: bool,
    pub aside: Aside,
}

/// Where the database finds the rows.
#[derive(Debug)]
pub enum Relation {
    /// Comma or other; each row is led by its line number. The longest row in
    /// bytes is what the database needs to be told.
    Csv {
        path: PathBuf,
        delimiter: u8,
        longest: usize,
        /// Some row stands on more than one line.
        has_breaks: bool,
        /// Dates of a sheet stand in it as dates, written here as ISO dates.
        has_dates: bool,
    },
    /// The database's names and types of the file's columns; these decide how
    /// each is read.
    Parquet {
        path: PathBuf,
        columns: Vec<(String, String)>,
    },
}
