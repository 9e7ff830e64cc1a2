//! Splits text into lines and lines into cells. A quote left open swallows the
//! rows up to the next one without changing the number of cells, so what merely
//! looks odd is refused: text after a closing quote, and, unless the contract
//! allows it, a cell that runs over the end of its line.

use std::io::Read;
use std::ops::Range;

use super::unreadable::unreadable_io;
use crate::ingest::refusal::{LIMIT, Refused};

/// The lines of a text, without their ends.
pub struct Lines<R> {
    inner: R,
    /// What ends a line.
    end_byte: u8,
    /// Longer lines are not rows of an extract; they would only fill the memory.
    longest: usize,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    is_at_end: bool,
    /// Number of the line that was handed out last, from 1.
    pub number: u64,
    pub blank: u64,
    /// The last line had a line end.
    pub is_closed: bool,
    /// What it is read from failed.
    pub is_broken: bool,
}

/// One line and its number.
#[derive(Debug, Clone, Copy)]
pub struct Line<'t> {
    pub number: u64,
    pub text: &'t [u8],
}

impl<R: Read> Lines<R> {
    pub fn new(inner: R, longest: usize) -> Self {
        Self::ended_by(b'\n', inner, longest)
    }

    /// Lines whose cells may hold line ends as they like.
    pub fn ended_by(end_byte: u8, inner: R, longest: usize) -> Self {
        Self {
            inner,
            end_byte,
            longest,
            buffer: vec![0; 1 << 20],
            start: 0,
            end: 0,
            is_at_end: false,
            number: 0,
            blank: 0,
            is_closed: true,
            is_broken: false,
        }
    }

    /// The next line that is not blank, or none at the end.
    pub fn next_filled(&mut self) -> Result<Option<Line<'_>>, Refused> {
        loop {
            let Some(range) = self.advance()? else {
                return Ok(None);
            };
            if range.is_empty() {
                self.blank += 1;
            } else {
                return Ok(Some(Line {
                    number: self.number,
                    text: &self.buffer[range],
                }));
            }
        }
    }

    /// The next line, blank or not, or none at the end.
    pub fn next_any(&mut self) -> Result<Option<Line<'_>>, Refused> {
        let range = self.advance()?;
        Ok(range.map(|range| Line {
            number: self.number,
            text: &self.buffer[range],
        }))
    }

    fn advance(&mut self) -> Result<Option<Range<usize>>, Refused> {
        let mut searched = self.start;
        loop {
            let found = memchr::memchr(self.end_byte, &self.buffer[searched..self.end]);
            let (end, next) = match found {
                Some(at) => (searched + at, searched + at + 1),
                None if !self.is_at_end => {
                    searched = self.more()?;
                    continue;
                }
                None if self.start == self.end => return Ok(None),
                None => {
                    self.is_closed = false;
                    (self.end, self.end)
                }
            };
            let start = std::mem::replace(&mut self.start, next);
            self.number += 1;
            let has_return = end > start && self.buffer[end - 1] == b'\r';
            return Ok(Some(start..end - usize::from(has_return)));
        }
    }

    /// Reads on behind the unfinished line; returns where the new text starts.
    fn more(&mut self) -> Result<usize, Refused> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end > self.longest {
            let told = format!(
                "line {}: longer than {} KiB, its contract's limits.line_kib; is this file text?",
                self.number + 1,
                self.longest >> 10
            );
            return Err(Refused::coded(LIMIT, told));
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let known = self.end;
        let read = self.inner.read(&mut self.buffer[known..]);
        self.is_broken = read.is_err();
        let read = read.map_err(unreadable_io)?;
        self.is_at_end = read == 0;
        self.end += read;
        Ok(known)
    }
}

/// How cells stand in a line.
#[derive(Debug, Clone, Copy)]
pub struct Dialect<'c> {
    pub delimiter: &'c [u8],
    pub quote: Option<u8>,
}

impl Dialect<'_> {
    fn find(self, text: &[u8]) -> Option<usize> {
        match self.delimiter {
            [byte] => memchr::memchr(*byte, text),
            longer => memchr::memmem::find(text, longer),
        }
    }
}

/// The cells of one row, trimmed.
#[derive(Debug, Default)]
pub struct Cells {
    text: Vec<u8>,
    ends: Vec<usize>,
}

/// Why a line is not a row of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// A quoted cell has not ended.
    Open,
    /// Text goes on after the quote that closes a cell.
    AfterQuote,
}

impl Cells {
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).map(|index| {
            let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
            &self.text[start..self.ends[index]]
        })
    }

    /// Takes the cells of a row, in place of those of the row before.
    pub fn split(&mut self, row: &[u8], dialect: Dialect<'_>) -> Result<(), Flaw> {
        self.text.clear();
        self.ends.clear();
        let mut rest = Some(row);
        while let Some(text) = rest {
            rest = match dialect.quote {
                Some(quote) if text.first() == Some(&quote) => {
                    self.quoted(&text[1..], quote, dialect)?
                }
                _ => self.plain(text, dialect),
            };
        }
        Ok(())
    }

    /// Adds empty cells up to a width, and takes away those beyond it that are
    /// empty.
    pub(crate) fn fit(&mut self, width: usize) {
        while self.ends.len() < width {
            self.ends.push(self.text.len());
        }
        while self.ends.len() > width && self.ends[self.ends.len() - 2] == self.text.len() {
            self.ends.pop();
        }
    }

    fn plain<'t>(&mut self, text: &'t [u8], dialect: Dialect<'_>) -> Option<&'t [u8]> {
        let end = dialect.find(text);
        self.push(end.map_or(text, |end| &text[..end]));
        end.map(|end| &text[end + dialect.delimiter.len()..])
    }

    fn quoted<'t>(
        &mut self,
        mut text: &'t [u8],
        quote: u8,
        dialect: Dialect<'_>,
    ) -> Result<Option<&'t [u8]>, Flaw> {
        let mut cell = Vec::new();
        loop {
            let at = memchr::memchr(quote, text).ok_or(Flaw::Open)?;
            cell.extend_from_slice(&text[..at]);
            text = &text[at + 1..];
            if text.first() == Some(&quote) {
                cell.push(quote);
                text = &text[1..];
                continue;
            }
            let rest = text.strip_prefix(dialect.delimiter);
            if rest.is_none() && !text.is_empty() {
                return Err(Flaw::AfterQuote);
            }
            self.push(&cell);
            return Ok(rest);
        }
    }

    fn push(&mut self, cell: &[u8]) {
        self.text.extend_from_slice(trimmed(cell));
        self.ends.push(self.text.len());
    }
}

/// The number of cells of a line that can stand as it is, without a quote, a
/// return (which the database would take for a line's end) or a cell to trim;
/// none when it must be looked at cell by cell.
pub fn plain_cells(line: &[u8], dialect: Dialect<'_>) -> Option<usize> {
    // The database is given rows with a delimiter of one byte.
    let [delimiter] = dialect.delimiter else {
        return None;
    };
    let has_quote = memchr::memchr2(b'"', b'\r', line).is_some()
        || dialect
            .quote
            .is_some_and(|quote| quote != b'"' && memchr::memchr(quote, line).is_some());
    if has_quote {
        return None;
    }
    let mut count = 1;
    let mut start = 0;
    for at in memchr::memchr_iter(*delimiter, line) {
        if !is_tidy(&line[start..at]) {
            return None;
        }
        count += 1;
        start = at + 1;
    }
    is_tidy(&line[start..]).then_some(count)
}

/// Whether a cell surely has nothing to trim; the last two bytes may begin or
/// end a no-break space.
fn is_tidy(cell: &[u8]) -> bool {
    let may_be_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | 0xC2 | 0xA0);
    !cell.first().is_some_and(may_be_space) && !cell.last().is_some_and(may_be_space)
}

/// Without the spaces, tabs, line ends and no-break spaces around it.
pub fn trimmed(cell: &[u8]) -> &[u8] {
    match std::str::from_utf8(cell) {
        Ok(text) => text
            .trim_matches([' ', '\t', '\r', '\n', '\u{a0}'])
            .as_bytes(),
        // Text has been decoded by now; this only keeps what it is given.
        Err(_) => cell,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COMMA: Dialect<'_> = Dialect {
        delimiter: b",",
        quote: Some(b'"'),
    };

    fn cells(row: &str) -> Result<Vec<String>, Flaw> {
        let mut cells = Cells::default();
        cells.split(row.as_bytes(), COMMA)?;
        Ok(cells
            .iter()
            .map(|cell| String::from_utf8(cell.to_vec()).unwrap())
            .collect())
    }

    #[test]
    fn cells_are_unquoted_and_trimmed() {
        assert_eq!(
            cells("a, b\u{a0},\"c, \"\"d\"\"\",").unwrap(),
            ["a", "b", "c, \"d\"", ""]
        );
        assert_eq!(cells("5\" blade,x").unwrap(), ["5\" blade", "x"]);
        assert_eq!(cells("").unwrap(), [""]);
    }

    #[test]
    fn a_delimiter_may_be_longer_than_a_byte() {
        for delimiter in ["||", "¬", "§"] {
            let dialect = Dialect {
                delimiter: delimiter.as_bytes(),
                quote: Some(b'"'),
            };
            let row = ["a | b", "\"c||d¬e§\"", "", "f"].join(delimiter);
            let mut cells = Cells::default();
            cells.split(row.as_bytes(), dialect).unwrap();
            let found: Vec<&str> = cells
                .iter()
                .map(|cell| std::str::from_utf8(cell).unwrap())
                .collect();
            assert_eq!(found, ["a | b", "c||d¬e§", "", "f"]);
            assert_eq!(plain_cells(row.as_bytes(), dialect), None);
        }
    }

    #[test]
    fn cells_that_a_sheet_leaves_out_are_empty() {
        let mut cells = Cells::default();
        for (row, width, count) in [("a", 3, 3), ("a,b,,", 2, 2), ("a,,c,", 1, 3), ("", 1, 1)] {
            cells.split(row.as_bytes(), COMMA).unwrap();
            cells.fit(width);
            assert_eq!(cells.count(), count, "{row:?}");
        }
    }

    #[test]
    fn a_quote_out_of_place_is_told() {
        assert_eq!(cells("1,\"Smith"), Err(Flaw::Open));
        assert_eq!(cells("1,\"Smith\" x,2"), Err(Flaw::AfterQuote));
    }

    #[test]
    fn lines_end_with_or_without_a_return_and_keep_their_number() {
        let mut lines = Lines::new(&b"a\r\nb\n\nc"[..], 1 << 20);
        let mut found = Vec::new();
        while let Some(line) = lines.next_any().unwrap() {
            found.push(String::from_utf8(line.text.to_vec()).unwrap());
        }
        assert_eq!(found, ["a", "b", "", "c"]);
        assert_eq!((lines.number, lines.is_closed), (4, false));
    }

    #[test]
    fn a_line_that_never_ends_is_refused_before_it_fills_the_memory() {
        let mut lines = Lines::new(std::io::repeat(b'x').take(100 << 20), 16 << 20);
        let told = lines.next_any().unwrap_err().to_string();
        assert!(
            told.contains("line 1") && told.contains("16384 KiB"),
            "{told}"
        );
        assert!(lines.buffer.len() <= 64 << 20);
    }

    proptest! {
        #[test]
        fn any_cells_that_were_written_are_read_again(
            row in proptest::collection::vec("[ -~\u{a0}\u{e9}\n]{0,12}", 1..8)
        ) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&row).unwrap();
            let written = writer.into_inner().unwrap();
            let text = std::str::from_utf8(&written).unwrap();
            let text = text.strip_suffix('\n').unwrap();
            let wanted: Vec<String> = row
                .iter()
                .map(|cell| String::from_utf8(trimmed(cell.as_bytes()).to_vec()).unwrap())
                .collect();
            prop_assert_eq!(cells(text).unwrap(), wanted);
            if let Some(count) = plain_cells(text.as_bytes(), COMMA) {
                prop_assert_eq!(count, row.len());
                prop_assert!(text.split(',').eq(row.iter().map(String::as_str)));
            }
        }
    }
}
