//! A sheet of a workbook as a table. A workbook is an archive, and the library
//! that reads it lays out what its parts claim: they are unpacked here first, to
//! a limit, and its cells taken one by one.

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use chrono::NaiveDate;

use calamine::{
    Data, DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError,
};

use super::decoded::Decoded;
use super::table::{self, SHEET_CELL, SHEET_ROW};
use super::unreadable::unreadable_io;
use super::{header, kinds, zip};
use crate::ingest::arrive::Arrival;
use crate::ingest::arrive::hashing_reader::Landed;
use crate::ingest::contract::Contract;
use crate::ingest::contract::limits::Told;
use crate::ingest::refusal::{HEADER, LIMIT, Refused};

/// Bytes of a workbook, and of all its parts unpacked: its texts are held in
/// memory at once.
pub(crate) const MOST_BYTES: u64 = 64 << 20;
const MOST_UNPACKED: u64 = 128 << 20;
/// Texts that it may claim to hold; room for them is made at once.
const MOST_TEXTS: u64 = 4_000_000;
/// Rows of a sheet.
const MOST_ROWS: u32 = 1 << 20;

/// Reads the sheet that the contract means. A damaged workbook can make the
/// library panic; that too is a refusal.
pub(crate) fn decode(
    arrival: &Arrival<'_>,
    copy: &Landed,
    scratch: &Path,
) -> Result<Decoded, Refused> {
    let read = AssertUnwindSafe(|| sheet(arrival, copy, scratch));
    catch_unwind(read).unwrap_or_else(|_| Err(damaged()))
}

fn sheet(arrival: &Arrival<'_>, copy: &Landed, scratch: &Path) -> Result<Decoded, Refused> {
    let contract = arrival.contract;
    check_parts(arrival, copy)?;
    let mut book: Xlsx<_> = Xlsx::new(copy.clone()).map_err(unreadable)?;
    let name = chosen(&book, contract)?;
    let above = contract.layout.skip_lines + contract.layout.header_lines;
    let merged = book.merge_cells_by_sheet_name(&name).map_err(unreadable)?;
    if let Some(cells) = merged.iter().find(|cells| u64::from(cells.end.0) >= above) {
        return Err(Refused::at(
            u64::from(cells.start.0) + 1,
            "merged cells in the table; expected one value a cell",
        ));
    }
    let text = SheetText {
        cells: book.worksheet_cells_reader(&name).map_err(unreadable)?,
        row: 0,
        column: 0,
        out: Vec::new(),
        given: 0,
        is_at_end: false,
    };
    table::decode_sheet(contract, text, scratch)
}

/// Refuses a workbook that would fill the memory.
fn check_parts(arrival: &Arrival<'_>, copy: &Landed) -> Result<(), Refused> {
    let mut head = Vec::new();
    let start = copy.clone().take(kinds::HEAD_BYTES as u64);
    { start }.read_to_end(&mut head).map_err(unreadable_io)?;
    if !head.starts_with(b"PK") {
        let found = kinds::container(&head).or_else(|| kinds::document(&head));
        let found = found.unwrap_or("something else");
        return Err(Refused::whole(format!(
            "no readable workbook: it is {found}; expected .xlsx"
        )));
    }
    if arrival.bytes > MOST_BYTES {
        let mib = MOST_BYTES >> 20;
        return Err(Refused::coded(
            LIMIT,
            format!("a workbook of more than {mib} MiB; expected its rows as text"),
        ));
    }
    let mut parts = zip::open(copy.clone())?;
    let limits = &arrival.contract.limits;
    let mut left = limits.unpacked_of(arrival.bytes).min(MOST_UNPACKED);
    let most = left;
    let mut text = Vec::new();
    for at in 0..parts.len() {
        let part = zip::content(&mut parts, at)?;
        text.clear();
        let read = part.take(left + 1).read_to_end(&mut text);
        let read = read.map_err(unreadable_io)? as u64;
        left = left.checked_sub(read).ok_or_else(|| {
            let told = format!(
                "{} bytes of a workbook unpack to more than {most}, as much as its contract's \
                 limits and memory allow",
                arrival.bytes
            );
            Refused::coded(LIMIT, told)
        })?;
        if most_claimed(&text) > MOST_TEXTS {
            let told = format!("a workbook that claims to hold more than {MOST_TEXTS} texts");
            return Err(Refused::coded(LIMIT, told));
        }
    }
    Ok(())
}

/// The greatest number of texts that a part says it holds.
fn most_claimed(part: &[u8]) -> u64 {
    const NAME: &[u8] = b"uniqueCount";
    let number = |at: usize| {
        let rest = &part[at + NAME.len()..];
        let digits = rest
            .iter()
            .skip_while(|byte| byte.is_ascii_whitespace() || b"=\"'".contains(byte))
            .take_while(|byte| byte.is_ascii_digit());
        digits.fold(0_u64, |number, digit| {
            number
                .saturating_mul(10)
                .saturating_add(u64::from(digit - b'0'))
        })
    };
    memchr::memmem::find_iter(part, NAME)
        .map(number)
        .max()
        .unwrap_or(0)
}

/// The sheet that the contract names, or the only one that is shown.
fn chosen(book: &Xlsx<Landed>, contract: &Contract) -> Result<String, Refused> {
    let sheets = book.sheets_metadata().iter();
    let sheets: Vec<_> = sheets
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .collect();
    let wrong = |told: String| Err(Refused::coded(HEADER, told));
    match &contract.layout.sheet {
        Some(wanted) => {
            let is_wanted = |name: &str| name.trim().eq_ignore_ascii_case(wanted.trim());
            match sheets.iter().find(|sheet| is_wanted(&sheet.name)) {
                Some(sheet) => Ok(sheet.name.clone()),
                None => wrong(format!(
                    "none of its {} sheets is {wanted:?}, as its contract says",
                    sheets.len()
                )),
            }
        }
        None => {
            let shown = sheets
                .iter()
                .filter(|sheet| sheet.visible == SheetVisible::Visible);
            match shown.collect::<Vec<_>>()[..] {
                [only] => Ok(only.name.clone()),
                ref several => wrong(format!(
                    "it shows {} sheets; say which one with sheet in its contract",
                    several.len()
                )),
            }
        }
    }
}

fn damaged() -> Refused {
    Refused::whole("the workbook is damaged and could not be read to its end")
}

fn unreadable(error: XlsxError) -> Refused {
    match error {
        XlsxError::Password => Refused::whole("the workbook is protected with a password"),
        XlsxError::Io(error) => unreadable_io(error),
        _ => damaged(),
    }
}

/// A sheet laid out as text: a line for each of its rows, blank ones included,
/// up to the last cell that holds something.
struct SheetText<'b> {
    cells: XlsxCellReader<'b, Landed>,
    /// Where the text has come to.
    row: u32,
    column: u32,
    out: Vec<u8>,
    given: usize,
    is_at_end: bool,
}

impl SheetText<'_> {
    fn fill(&mut self) -> io::Result<()> {
        const BLOCK_BYTES: usize = 1 << 16;
        self.out.clear();
        self.given = 0;
        while self.out.len() < BLOCK_BYTES && !self.is_at_end {
            let next = self.cells.next_cell_with_formula_metadata();
            let Some(cell) = next.map_err(|_| broken("its cells cannot be read"))? else {
                self.is_at_end = true;
                self.out.push(SHEET_ROW);
                break;
            };
            if cell.formula.is_some() && matches!(cell.value, DataRef::Empty) {
                return Err(not_worked_out(cell.pos));
            }
            let text = text_of(&cell.value);
            if !text.is_empty() {
                self.write(cell.pos, &text)?;
            }
        }
        Ok(())
    }

    fn write(&mut self, (row, column): (u32, u32), text: &str) -> io::Result<()> {
        if (row, column) < (self.row, self.column) {
            return Err(broken("its cells do not stand in order"));
        }
        if row >= MOST_ROWS || column as usize >= header::MOST_COLUMNS {
            let told = format!(
                "a cell in row {}, column {}; expected none beyond row {MOST_ROWS}, column {}",
                u64::from(row) + 1,
                u64::from(column) + 1,
                header::MOST_COLUMNS
            );
            return Err(Told::error(LIMIT, told));
        }
        while self.row < row {
            self.out.push(SHEET_ROW);
            self.row += 1;
            self.column = 0;
        }
        while self.column < column {
            self.out.extend_from_slice(SHEET_CELL);
            self.column += 1;
        }
        let is_ours = |byte: &u8| *byte == SHEET_ROW || SHEET_CELL.contains(byte);
        let bytes = text.bytes().filter(|byte| !is_ours(byte) && *byte != 0);
        self.out.extend(bytes);
        Ok(())
    }
}

impl Read for SheetText<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.out.len() && !self.is_at_end {
            self.fill()?;
        }
        let count = out.len().min(self.out.len() - self.given);
        out[..count].copy_from_slice(&self.out[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

/// What programs write that leave a workbook's formulas to whoever opens it.
fn not_worked_out((row, column): (u32, u32)) -> io::Error {
    let told = format!(
        "row {}, column {}: a formula that was never worked out; expected its value, as a \
         spreadsheet program saves it",
        u64::from(row) + 1,
        u64::from(column) + 1
    );
    Told::error(crate::ingest::refusal::UNREADABLE, told)
}

fn broken(why: &str) -> io::Error {
    let told = format!("the workbook is damaged: {why}");
    Told::error(crate::ingest::refusal::UNREADABLE, told)
}

/// A cell as a text file would have it: dates as ISO, whole numbers without a
/// point.
pub(crate) fn text_of(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.trim().to_owned()
        }
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::Bool(is_true) => is_true.to_string(),
        DataRef::DateTime(moment) => {
            let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
            // The last instant of a day is rounded to an hour that it has not.
            let next = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())
                .and_then(|day| day.succ_opt())
                .filter(|_| hour == 24);
            let date = match next {
                Some(next) => next.to_string(),
                None => format!("{year:04}-{month:02}-{day:02}"),
            };
            let hour = if next.is_some() { 0 } else { hour };
            let time = match milli {
                0 => format!("{hour:02}:{minute:02}:{second:02}"),
                _ => format!("{hour:02}:{minute:02}:{second:02}.{milli:03}"),
            };
            // Below one it is a time of a day without a day.
            if moment.is_duration() || moment.as_f64() < 1.0 {
                time
            } else if time == "00:00:00" {
                date
            } else {
                format!("{date} {time}")
            }
        }
        DataRef::Error(_) => Data::from(cell.clone()).to_string(),
    }
}

/// A spreadsheet keeps 15 digits; a longer number shows that it has lost some.
fn number_text(number: f64) -> String {
    if number.abs() >= 1e15 {
        let text = format!("{number:E}");
        return text.replacen('E', "E+", 1);
    }
    let kept: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    kept.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_a_spreadsheet_shows_them() {
        for (number, text) in [
            (15646.0, "15646"),
            (0.1 + 0.2, "0.3"),
            (-12.5, "-12.5"),
            (999_999_999_999_999.0, "999999999999999"),
            (1.564_6e19, "1.5646E+19"),
            (1e15, "1E+15"),
        ] {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn claims_of_many_texts_are_found() {
        assert_eq!(
            most_claimed(b"<sst count=\"5\" uniqueCount = '70000000' x>"),
            70_000_000
        );
        assert_eq!(most_claimed(b"<sst>"), 0);
    }
}
