//! The first rows of a workbook's sheet, as those of a text.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use calamine::{Reader as _, SheetVisible, Xlsx};

use crate::ingest::arrive::hashing_reader::Landed;
use crate::ingest::decode::workbook::{MOST_BYTES, text_of};

/// A sheet's rows, and its name where the workbook shows several.
pub(super) struct Sheet {
    pub(super) name: Option<String>,
    pub(super) rows: Vec<Vec<String>>,
}

/// Reads so many rows of the first sheet that is shown. A damaged workbook can
/// make the library panic.
pub(super) fn read(path: &Path, most: usize) -> Result<Sheet> {
    let file = File::open(path)?;
    let bytes = file.metadata()?.len();
    ensure!(
        bytes <= MOST_BYTES,
        "a workbook of more than {} MiB; expected its rows as text",
        MOST_BYTES >> 20
    );
    let read = AssertUnwindSafe(|| first(Landed::new(file, bytes), most));
    catch_unwind(read).unwrap_or_else(|_| bail!("the workbook is damaged"))
}

fn first(file: Landed, most: usize) -> Result<Sheet> {
    // What the library says of a cell may quote it.
    let damaged = "no readable workbook; expected .xlsx";
    let mut book: Xlsx<_> = Xlsx::new(file).ok().context(damaged)?;
    let sheets = book.sheets_metadata().iter();
    let shown: Vec<String> = sheets
        .filter(|sheet| sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    let name = shown.first().context("the workbook shows no sheet")?;
    let mut cells = book.worksheet_cells_reader(name).ok().context(damaged)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    while let Some(cell) = cells.next_cell().ok().context(damaged)? {
        let (row, column) = cell.get_position();
        let (row, column) = (row as usize, column as usize);
        if row >= most {
            break;
        }
        rows.resize_with(rows.len().max(row + 1), Vec::new);
        let held = &mut rows[row];
        held.resize_with(held.len().max(column + 1), String::new);
        held[column] = text_of(cell.get_value());
    }
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    for row in &mut rows {
        row.resize_with(width, String::new);
    }
    Ok(Sheet {
        name: (shown.len() > 1).then(|| name.clone()),
        rows,
    })
}
