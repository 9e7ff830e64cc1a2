//! Reads the official Cambridge Crime Harm Index workbook: the values sheet of
//! an edition, row by row, with every problem named by its cell.

use std::io::Cursor;

use calamine::{Data, Dimensions, Range, Reader as _, Xlsx, XlsxError};
use rust_decimal::Decimal;

use super::bounds::{self, Untaken};
use super::cells::{self, NoCode};
use super::official::{self, Columns, at};
use super::refusal::Refusal;
use crate::model::ho_code::HoCode;

/// The values sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    pub sheet: String,
    /// Sheets that were not read.
    pub other_sheets: Vec<String>,
    /// Rows that hold anything.
    pub rows_read: usize,
    pub rows: Vec<ValueRow>,
    /// Rows with a score and no code.
    pub without_code: Vec<u32>,
    /// Rows with a code and no score, or nought.
    pub without_score: Vec<(u32, HoCode)>,
    /// Rows whose cells contradict each other, in words.
    pub contradicting: Vec<String>,
}

/// One row with a code and a score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueRow {
    /// As the spreadsheet numbers it.
    pub row: u32,
    pub code: HoCode,
    pub title: String,
    pub score: Decimal,
    pub urn: String,
    pub starting_point: String,
    /// Whether the offence has a guideline of its own, as the workbook says it.
    pub own: String,
    pub note: String,
}

/// Reads the values sheet of an edition, such as `2026`. A damaged workbook can
/// make the library that reads it panic; that too is a refusal.
pub fn read(file: &str, bytes: &[u8], year: &str) -> Result<Values, Refusal> {
    std::panic::catch_unwind(|| values(file, bytes, year)).unwrap_or_else(|_| {
        let problem = "the workbook is damaged and could not be read to its end".to_owned();
        Err(Refusal::one(file, problem))
    })
}

fn values(file: &str, bytes: &[u8], year: &str) -> Result<Values, Refusal> {
    if let Some(problem) = wrong_container(bytes) {
        return Err(Refusal::one(file, problem));
    }
    bounds::of_archive(bytes).map_err(|problem| Refusal::one(file, problem))?;
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes))
        .map_err(|error| Refusal::one(file, unreadable(&error)))?;
    let sheets = book.sheet_names();
    bounds::of_sheets(&sheets).map_err(|problem| Refusal::one(file, problem))?;
    let wanted = format!("CCHI {year} values sheet");
    let is_wanted = |name: &&String| name.trim().eq_ignore_ascii_case(&wanted);
    let Some(sheet) = sheets.iter().find(is_wanted).cloned() else {
        return Err(Refusal::one(
            file,
            format!("there is no sheet {wanted:?}; there are {sheets:?}"),
        ));
    };
    let subject = format!("{file}, sheet {sheet:?}");
    let unread = |error: XlsxError| Refusal::one(subject.as_str(), unreadable(&error));
    let range = bounds::cells(&mut book, &sheet).map_err(|untaken| match untaken {
        Untaken::Unreadable(error) => unread(error),
        Untaken::TooLarge(problem) => Refusal::one(subject.as_str(), problem),
    })?;
    let merged = book.merge_cells_by_sheet_name(&sheet).map_err(unread)?;
    let columns =
        official::columns(&range).map_err(|problems| Refusal::new(&*subject, problems))?;
    let problems = merged_in_table(&merged, &columns, &range);
    let mut values = Values {
        other_sheets: sheets.into_iter().filter(|name| *name != sheet).collect(),
        sheet,
        rows_read: 0,
        rows: Vec::new(),
        without_code: Vec::new(),
        without_score: Vec::new(),
        contradicting: Vec::new(),
    };
    values.take_rows(&range, &columns, problems, &subject)?;
    Ok(values)
}

impl Values {
    fn take_rows(
        &mut self,
        range: &Range<Data>,
        columns: &Columns,
        mut problems: Vec<String>,
        subject: &str,
    ) -> Result<(), Refusal> {
        let last = range.end().map_or(0, |(row, _)| row);
        for row in columns.header + 1..=last {
            let is_blank = |column: u32| cells::text(at(range, row, column)).is_empty();
            if [columns.urn, columns.title, columns.score, columns.code]
                .into_iter()
                .all(is_blank)
            {
                continue;
            }
            self.rows_read += 1;
            match one(range, columns, row) {
                Ok(Read::Row(found)) => self.rows.push(found),
                Ok(Read::WithoutCode) => self.without_code.push(row + 1),
                Ok(Read::WithoutScore(code)) => self.without_score.push((row + 1, code)),
                Ok(Read::Contradicting(found)) => self.contradicting.push(found),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() && self.rows.is_empty() {
            problems.append(&mut self.contradicting);
            problems.push(format!(
                "no row under the header in row {} holds a code and a score",
                columns.header + 1
            ));
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Refusal::new(subject, problems))
        }
    }
}

enum Read {
    Row(ValueRow),
    WithoutCode,
    WithoutScore(HoCode),
    Contradicting(String),
}

fn one(range: &Range<Data>, columns: &Columns, row: u32) -> Result<Read, Vec<String>> {
    let text = |column: Option<u32>| {
        column.map_or_else(String::new, |column| cells::text(at(range, row, column)))
    };
    let code = match code(range, columns, row) {
        Ok(None) => return Ok(Read::WithoutCode),
        Err(NoCode::Contradicted(found)) => return Ok(Read::Contradicting(found)),
        Ok(Some(code)) => Ok(code),
        Err(NoCode::Unread(found)) => Err(found),
    };
    let score = cells::score(at(range, row, columns.score))
        .map_err(|error| format!("{} {error}", cells::name(row, columns.score)));
    match (code, score) {
        (Ok(code), Ok(Some(score))) => Ok(Read::Row(ValueRow {
            row: row + 1,
            code,
            title: text(Some(columns.title)),
            score,
            urn: text(Some(columns.urn)),
            starting_point: text(columns.starting_point),
            own: text(columns.own),
            note: text(columns.note),
        })),
        (Ok(code), Ok(None)) => Ok(Read::WithoutScore(code)),
        (code, score) => Err(code.err().into_iter().chain(score.err()).collect()),
    }
}

/// The code of a row, which its class and sub-code must agree with.
fn code(range: &Range<Data>, columns: &Columns, row: u32) -> Result<Option<HoCode>, NoCode> {
    let whole = |column: Option<u32>| match column {
        None => Ok(None),
        Some(column) => cells::whole(at(range, row, column))
            .map_err(|error| NoCode::Unread(format!("{} {error}", cells::name(row, column)))),
    };
    let held = at(range, row, columns.code);
    if cells::text(held).is_empty() {
        return Ok(None);
    }
    let (class, sub_code) = (whole(columns.class)?, whole(columns.sub_code)?);
    let place = cells::name(row, columns.code);
    cells::code(held, class, sub_code).map_err(|error| match error {
        NoCode::Unread(error) => NoCode::Unread(format!("{place} {error}")),
        NoCode::Contradicted(held) => {
            let beside: Vec<String> = [(columns.class, class), (columns.sub_code, sub_code)]
                .into_iter()
                .filter_map(|(column, held)| {
                    Some(format!("{} {}", cells::name(row, column?), held?))
                })
                .collect();
            NoCode::Contradicted(format!(
                "row {}: {place} {held}, which is another code than {} (HO_CODE and HO_SUB_CODE) say",
                row + 1,
                beside.join(" and ")
            ))
        }
    })
}

fn merged_in_table(merged: &[Dimensions], columns: &Columns, range: &Range<Data>) -> Vec<String> {
    let last = range.end().map_or(0, |(row, _)| row);
    let is_in_table =
        |region: &&Dimensions| region.end.0 >= columns.header && region.start.0 <= last;
    let name = |(row, column): (u32, u32)| cells::name(row, column);
    merged
        .iter()
        .filter(is_in_table)
        .map(|region| {
            format!(
                "{}:{} are merged cells in the table; expected one value per cell",
                name(region.start),
                name(region.end)
            )
        })
        .collect()
}

/// What is wrong with a file that is no zip archive, as every .xlsx is. A
/// protected workbook is wrapped in the container of the old .xls format.
fn wrong_container(bytes: &[u8]) -> Option<&'static str> {
    let packed: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let is_old = bytes.starts_with(b"\xD0\xCF\x11\xE0");
    if is_old && bytes.windows(packed.len()).any(|held| held == packed) {
        Some(
            "is protected with a password; open it in a spreadsheet program, take the password \
             off and save it as .xlsx",
        )
    } else if is_old {
        Some("is a workbook of the old .xls format; save it as .xlsx")
    } else if bytes.starts_with(b"PK") {
        None
    } else {
        Some("is no .xlsx workbook; expected the file as it was downloaded")
    }
}

fn unreadable(error: &XlsxError) -> String {
    let why = match error {
        XlsxError::Xml(_) | XlsxError::XmlAttr(_) | XlsxError::XmlEof(_) => "damaged-xml",
        XlsxError::Zip(_) | XlsxError::Io(_) => "damaged-archive",
        XlsxError::Password => "password",
        _ => "not-as-expected",
    };
    format!("cannot be read as an .xlsx workbook ({why})")
}
