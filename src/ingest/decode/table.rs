//! Delimited tables, and sheets that are laid out as such: where the header
//! stands, which lines under it are rows, and what is neither.

use std::io::Read;
use std::path::Path;

use super::aside::{self, Aside};
use super::csv_lines::{Cells, Dialect, Flaw, Lines, plain_cells};
use super::decoded::{Counts, Decoded};
use super::head::{self, Head};
use super::header;
use super::spool::Rows;
use crate::ingest::contract::Contract;
use crate::ingest::refusal::{HEADER, Refused, UNREADABLE};

/// Reads delimited text.
pub(crate) fn decode(
    contract: &Contract,
    text: impl Read,
    scratch: &Path,
) -> Result<Decoded, Refused> {
    let dialect = Dialect {
        delimiter: &contract.delimiter,
        quote: contract.quote,
    };
    let lines = Lines::new(text, contract.limits.line);
    Table::new(contract, dialect, false, lines).decode(scratch)
}

/// What separates the cells and ends the rows of a sheet's text.
pub(crate) const SHEET_CELL: &[u8] = b"\x1f";
pub(crate) const SHEET_ROW: u8 = 0x1e;

/// Reads a sheet, laid out as text in which a line is a row.
pub(crate) fn decode_sheet(
    contract: &Contract,
    text: impl Read,
    scratch: &Path,
) -> Result<Decoded, Refused> {
    let dialect = Dialect {
        delimiter: SHEET_CELL,
        quote: None,
    };
    let lines = Lines::ended_by(SHEET_ROW, text, contract.limits.line);
    Table::new(contract, dialect, true, lines).decode(scratch)
}

/// A table on its way through.
struct Table<'c, R> {
    contract: &'c Contract,
    dialect: Dialect<'c>,
    /// Its rows end with the last cell that holds something.
    is_sheet: bool,
    lines: Lines<R>,
    cells: Cells,
    aside: Aside,
}

impl<'c, R: Read> Table<'c, R> {
    fn new(contract: &'c Contract, dialect: Dialect<'c>, is_sheet: bool, lines: Lines<R>) -> Self {
        Self {
            contract,
            dialect,
            is_sheet,
            lines,
            cells: Cells::default(),
            aside: Aside::default(),
        }
    }

    fn decode(mut self, scratch: &Path) -> Result<Decoded, Refused> {
        let head = self.header()?;
        let delimiter = match self.dialect.delimiter {
            [byte] if !self.is_sheet => *byte,
            _ => b',',
        };
        let mut rows = Rows::create(self.contract, scratch, delimiter)?;
        self.read(&head, &mut rows)?;
        if head.wide.is_empty() {
            self.aside.check(rows.read())?;
        }
        let counts = Counts {
            rows: None,
            lines: self.lines.number,
            blank_lines: self.lines.blank,
            is_unclosed: !self.lines.is_closed,
            aside: self.aside,
        };
        rows.finish(head.header, counts, self.is_sheet)
    }

    fn header(&mut self) -> Result<Head, Refused> {
        let layout = &self.contract.layout;
        for _ in 0..layout.skip_lines {
            if self.lines.next_any()?.is_none() {
                return Err(Refused::whole(
                    "the file ends within the lines that skip_lines passes over",
                ));
            }
            self.aside.above += 1;
        }
        let (mut number, mut line) = match self.header_row() {
            Ok(found) => found,
            // A title may well hold a quote.
            Err(refused) if refused.code() == UNREADABLE && !self.lines.is_broken => {
                return Err(self.better_header(self.lines.number, refused));
            }
            Err(refused) => return Err(refused),
        };
        if let Some(said) = aside::separator(&line) {
            self.check_separator(number, said)?;
            self.aside.above += 1;
            (number, line) = self.header_row()?;
        }
        let mut lines = vec![line];
        let mut rows = vec![self.texts()];
        for _ in 1..layout.header_lines {
            lines.push(self.header_row()?.1);
            rows.push(self.texts());
        }
        let names = head::joined(&rows);
        header::check_count(names.len(), number)?;
        let width = names.len();
        let (names, wide) = match &layout.wide {
            None => (names, Vec::new()),
            Some(wide) => head::unpivoted(self.contract, wide, names, number)?,
        };
        let header = header::map(self.contract, &names, number)
            .map_err(|refused| self.better_header(number, refused))?;
        Ok(Head {
            header,
            rows,
            lines,
            width,
            wide,
        })
    }

    fn header_row(&mut self) -> Result<(u64, Vec<u8>), Refused> {
        let Some((number, line)) = self.next_row()? else {
            return Err(Refused::whole(
                "the file is empty; a night without rows still has a header line",
            ));
        };
        if memchr::memchr(b'\r', &line).is_some() {
            return Err(Refused::at(
                number,
                "a carriage return inside the header; lines must end with LF or CR LF",
            ));
        }
        Ok((number, line))
    }

    /// Takes the cells of the next row; gives its line and that line's number.
    fn next_row(&mut self) -> Result<Option<(u64, Vec<u8>)>, Refused> {
        let Some(line) = self.lines.next_filled()? else {
            return Ok(None);
        };
        let (number, text) = (line.number, line.text.to_vec());
        match self.cells.split(&text, self.dialect) {
            Ok(()) => {}
            Err(Flaw::Open) if self.contract.may_break_lines => {
                self.gather(number, text.clone())?;
            }
            Err(flaw) => return Err(misplaced(flaw, number, self.contract)),
        }
        Ok(Some((number, text)))
    }

    fn texts(&self) -> Vec<String> {
        let text = |cell| String::from_utf8_lossy(cell).into_owned();
        self.cells.iter().map(text).collect()
    }

    fn check_separator(&self, number: u64, said: &[u8]) -> Result<(), Refused> {
        if self.is_sheet || said == self.contract.delimiter {
            return Ok(());
        }
        Err(Refused::coded(
            HEADER,
            format!(
                "line {number}: says that another delimiter separates cells than {}, as the \
                 contract says",
                header::shown(&String::from_utf8_lossy(&self.contract.delimiter))
            ),
        ))
    }

    /// A header that cannot be mapped may be a title, with the header below.
    fn better_header(&mut self, number: u64, refused: Refused) -> Refused {
        const LOOKED_AT: u64 = 20;
        let layout = &self.contract.layout;
        if layout.header_lines > 1 || layout.wide.is_some() {
            return refused;
        }
        while let Ok(Some((below, _))) = self.next_row() {
            if below > number + LOOKED_AT {
                break;
            }
            if header::map(self.contract, &self.texts(), below).is_ok() {
                let told = format!(
                    "line {number}: no header, but line {below} is one; say skip_lines = {} in \
                     the contract",
                    below - 1
                );
                return Refused::coded(HEADER, told);
            }
        }
        refused
    }

    fn read(&mut self, head: &Head, rows: &mut Rows<'_>) -> Result<(), Refused> {
        for _ in 0..self.contract.layout.skip_rows {
            if self.next_row()?.is_some() {
                self.aside.under += 1;
            }
        }
        let is_plain = head.wide.is_empty() && !self.is_sheet && head.width > 1;
        let patterns = self.contract.layout.set_aside.as_ref();
        let patterns = patterns.filter(|_| !self.is_sheet);
        let mut is_first = true;
        while let Some(line) = self.lines.next_filled()? {
            if std::mem::take(&mut is_first)
                && aside::is_underline(line.text, self.dialect.delimiter)
            {
                self.aside.under += 1;
                continue;
            }
            if head.is_line(line.text) {
                self.aside.headers += 1;
                continue;
            }
            if patterns.is_some_and(|patterns| patterns.is_match(line.text)) {
                self.aside.matched += 1;
                continue;
            }
            // What may be the file's own count of its rows is looked at by cells.
            if is_plain
                && line.text.first() != Some(&b'(')
                && plain_cells(line.text, self.dialect) == Some(head.width)
            {
                rows.pass(line.number, line.text)?;
                continue;
            }
            let number = line.number;
            match self.cells.split(line.text, self.dialect) {
                Ok(()) => {}
                Err(Flaw::Open) if self.contract.may_break_lines => {
                    let start = line.text.to_vec();
                    self.gather(number, start)?;
                }
                Err(flaw) => return Err(misplaced(flaw, number, self.contract)),
            }
            self.row(number, head, rows)?;
        }
        Ok(())
    }

    /// Takes the cells as a row, unless they are none.
    fn row(&mut self, number: u64, head: &Head, rows: &mut Rows<'_>) -> Result<(), Refused> {
        if self.is_sheet {
            if self.matches_pattern() {
                self.aside.matched += 1;
                return Ok(());
            }
            self.cells.fit(head.width);
        }
        if head.is_row(&self.cells) {
            self.aside.headers += 1;
            return Ok(());
        }
        if let Some(said) = aside::counted(&self.cells) {
            self.aside.said = Some(self.aside.said.unwrap_or(0).saturating_add(said));
            return Ok(());
        }
        if self.cells.count() != head.width {
            return rows.set_aside(number, &self.cells, head.width);
        }
        if head.wide.is_empty() {
            return rows.write(number, self.cells.iter());
        }
        let cells: Vec<&[u8]> = self.cells.iter().collect();
        let is_wide = |at: usize| head.wide.iter().any(|(own, _)| *own == at);
        let fixed: Vec<&[u8]> = (0..cells.len())
            .filter(|at| !is_wide(*at))
            .map(|at| cells[at])
            .collect();
        for (at, name) in &head.wide {
            let own = [name.as_bytes(), cells[*at]];
            let line = self.contract.layout.row_number(number, *at as u64 + 1);
            rows.write(line, fixed.iter().copied().chain(own))?;
        }
        Ok(())
    }

    /// Whether a sheet's row, laid out as the contract's text would be, is one
    /// to set aside.
    fn matches_pattern(&self) -> bool {
        let Some(patterns) = &self.contract.layout.set_aside else {
            return false;
        };
        let cells: Vec<&[u8]> = self.cells.iter().collect();
        patterns.is_match(&cells.join(&self.contract.delimiter[..]))
    }

    /// Takes further lines to a row whose last cell is still open.
    fn gather(&mut self, number: u64, mut row: Vec<u8>) -> Result<(), Refused> {
        for _ in 0..MOST_LINES_IN_A_ROW {
            let Some(line) = self.lines.next_any()? else {
                break;
            };
            row.push(b'\n');
            row.extend_from_slice(line.text);
            let has_quote = self
                .dialect
                .quote
                .is_some_and(|quote| memchr::memchr(quote, line.text).is_some());
            if row.len() > self.contract.limits.line {
                break;
            }
            if has_quote {
                match self.cells.split(&row, self.dialect) {
                    Ok(()) => return Ok(()),
                    Err(Flaw::Open) => {}
                    Err(flaw) => return Err(misplaced(flaw, number, self.contract)),
                }
            }
        }
        Err(misplaced(Flaw::Open, number, self.contract))
    }
}

/// A cell that runs over more lines than this is a quote that was never closed.
const MOST_LINES_IN_A_ROW: usize = 1_000;

fn misplaced(flaw: Flaw, line: u64, contract: &Contract) -> Refused {
    let reason = match flaw {
        Flaw::Open if contract.may_break_lines => {
            "a quote opened in the row that begins here is not closed".to_owned()
        }
        Flaw::Open => "a quote opened on this line is not closed on it; say `line_breaks = true` \
                       in the contract if cells may hold line breaks"
            .to_owned(),
        Flaw::AfterQuote => "text goes on after the quote that closes a cell; a quote inside a \
                             cell is written twice"
            .to_owned(),
    };
    Refused::at(line, reason)
}
