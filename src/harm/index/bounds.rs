//! How large a workbook may be. It is an archive, and the library that reads it
//! lays out whatever the archive claims: its parts are unpacked here first, to a
//! limit, and cells are taken one by one.

use std::io::{Cursor, Read};

use calamine::{Cell, Data, DataRef, Range, Xlsx, XlsxError};
use zip::ZipArchive;

/// Bytes of the file; the official one has less than a hundredth of it.
pub(super) const MOST_BYTES: u64 = 16 << 20;
/// Bytes of all its parts, unpacked.
const MOST_UNPACKED: u64 = 32 << 20;
const MOST_PARTS: usize = 1_000;
const MOST_SHEETS: usize = 100;
/// Cells that hold something.
const MOST_CELLS: usize = 500_000;
/// Rows and columns that a cell may lie at.
const MOST_ROWS: u32 = 100_000;
const MOST_COLUMNS: u32 = 500;
/// Texts that a part may claim to hold; room for them is made at once.
const MOST_TEXTS: u64 = 1_000_000;

/// What is too large about an archive, or that it is none.
pub(super) fn of_archive(bytes: &[u8]) -> Result<(), String> {
    let damaged = "the workbook is damaged: its parts cannot be unpacked";
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged.to_owned())?;
    if archive.len() > MOST_PARTS {
        return Err(format!("it has more than {MOST_PARTS} parts"));
    }
    let mut left = MOST_UNPACKED;
    let mut text = Vec::new();
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| damaged.to_owned())?;
        text.clear();
        let read = part.take(left + 1).read_to_end(&mut text);
        let read = read.map_err(|_| damaged.to_owned())? as u64;
        left = left
            .checked_sub(read)
            .ok_or_else(|| format!("it unpacks to more than {} MiB", MOST_UNPACKED >> 20))?;
        if most_claimed(&text) > MOST_TEXTS {
            return Err(format!("it claims to hold more than {MOST_TEXTS} texts"));
        }
    }
    Ok(())
}

/// The greatest number of texts that a part says it holds.
fn most_claimed(part: &[u8]) -> u64 {
    const NAME: &[u8] = b"uniqueCount";
    memchr::memmem::find_iter(part, NAME)
        .map(|at| {
            let rest = &part[at + NAME.len()..];
            let is_between =
                |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'=' | b'"' | b'\'');
            let digits = rest
                .iter()
                .skip_while(is_between)
                .take_while(|b| b.is_ascii_digit());
            digits.fold(0_u64, |number, digit| {
                number
                    .saturating_mul(10)
                    .saturating_add(u64::from(digit - b'0'))
            })
        })
        .max()
        .unwrap_or(0)
}

pub(super) fn of_sheets(sheets: &[String]) -> Result<(), String> {
    if sheets.len() > MOST_SHEETS {
        return Err(format!(
            "it has {} sheets; expected at most {MOST_SHEETS}",
            sheets.len()
        ));
    }
    Ok(())
}

/// Why a sheet could not be taken.
pub(super) enum Untaken {
    Unreadable(XlsxError),
    TooLarge(String),
}

/// A sheet's cells; the library would make room for every cell between the
/// first and the last before it looked at any.
pub(super) fn cells(book: &mut Xlsx<Cursor<&[u8]>>, sheet: &str) -> Result<Range<Data>, Untaken> {
    let mut reader = book
        .worksheet_cells_reader(sheet)
        .map_err(Untaken::Unreadable)?;
    let mut cells = Vec::new();
    while let Some(cell) = reader.next_cell().map_err(Untaken::Unreadable)? {
        if matches!(cell.get_value(), DataRef::Empty) {
            continue;
        }
        let (row, column) = cell.get_position();
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Err(Untaken::TooLarge(format!(
                "{} holds something; expected no cell beyond {}",
                super::cells::name(row, column),
                super::cells::name(MOST_ROWS - 1, MOST_COLUMNS - 1)
            )));
        }
        if cells.len() == MOST_CELLS {
            return Err(Untaken::TooLarge(format!(
                "it has more than {MOST_CELLS} cells"
            )));
        }
        cells.push(Cell::new(
            (row, column),
            Data::from(cell.get_value().clone()),
        ));
    }
    Ok(Range::from_sparse(cells))
}
