//! A CSV table that an admin can edit: its columns, its rows, and the place of
//! every cell, so that what is wrong is told where it stands.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};

use crate::config::problem::{Problem, Problems, Source};
use crate::model::ho_code::HoCode;

/// A table whose columns are right; its cells stand in the order asked for.
pub(super) struct Table {
    source: Source,
    columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    pub(super) problems: Vec<Problem>,
}

struct Column {
    name: &'static str,
    /// Its place in the file; `None` for an optional one that is not there.
    place: Option<usize>,
}

pub(super) struct Row {
    start: usize,
    pub(super) line: usize,
    cells: StringRecord,
}

impl Table {
    /// Reads a text; a header without what is asked for ends it.
    pub(super) fn read(
        file: &str,
        text: &str,
        required: &[&'static str],
        optional: &[&'static str],
    ) -> Result<Self, Problems> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let source = Source::new(file, text);
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut records = reader.records().filter_map(Result::ok);
        let header = records.next().unwrap_or_default();
        let columns = columns(&source, &header, required, optional)?;
        let (mut rows, mut problems) = (Vec::new(), Vec::new());
        for cells in records {
            let row = place(&source, cells);
            if row.cells.len() == header.len() {
                rows.push(row);
            } else {
                let message = format!(
                    "{} values in the line; expected {}, as in the header",
                    row.cells.len(),
                    header.len()
                );
                problems.push(source.problem(row.start..row.start, message));
            }
        }
        Ok(Self {
            source,
            columns,
            rows,
            problems,
        })
    }

    pub(super) fn cell<'a>(&'a self, row: &'a Row, column: &str) -> &'a str {
        self.place_of(column)
            .and_then(|place| row.cells.get(place))
            .unwrap_or("")
    }

    /// What is wrong with one cell.
    pub(super) fn problem(&self, row: &Row, column: &str, message: &str) -> Problem {
        let record = &self.source.text[row.start..];
        let at = row.start + self.place_of(column).map_or(0, |n| offset_of(record, n));
        self.source.problem(at..at, format!("{column} {message}"))
    }

    /// Every cell of a column that is no Home Office classification.
    pub(super) fn check_codes(&mut self, column: &str) {
        let wrong = |row: &Row| {
            let error = self.cell(row, column).parse::<HoCode>().err()?;
            Some(self.problem(row, column, &format!("is wrong: {error}")))
        };
        let found: Vec<Problem> = self.rows.iter().filter_map(wrong).collect();
        self.problems.extend(found);
    }

    /// Every cell of a column that stands in an earlier row already.
    pub(super) fn check_doubles(&mut self, column: &str) {
        let mut seen = BTreeMap::new();
        let mut found = Vec::new();
        for row in &self.rows {
            let value = self.cell(row, column);
            if let Some(first) = seen.get(value) {
                let message = format!("is {value}, which stands on line {first} already");
                found.push(self.problem(row, column, &message));
            } else {
                seen.insert(value, row.line);
            }
        }
        self.problems.extend(found);
    }

    /// A table that may not be empty.
    pub(super) fn check_rows(&mut self) {
        if self.rows.is_empty() && self.problems.is_empty() {
            let file = self.source.file.as_str();
            self.problems.push(Problem::whole(
                file,
                "has no rows; expected one line per code under the header",
            ));
        }
    }

    /// The values, when nothing is wrong.
    pub(super) fn finish<T>(mut self, values: Vec<T>) -> Result<Vec<T>, Problems> {
        if self.problems.is_empty() {
            return Ok(values);
        }
        self.problems
            .sort_by_key(|problem| (problem.line, problem.column));
        Err(Problems(self.problems))
    }

    fn place_of(&self, column: &str) -> Option<usize> {
        let found = self.columns.iter().find(|known| known.name == column);
        found.and_then(|column| column.place)
    }
}

fn columns(
    source: &Source,
    header: &StringRecord,
    required: &[&'static str],
    optional: &[&'static str],
) -> Result<Vec<Column>, Problems> {
    let expected = || required.iter().chain(optional);
    let mut problems = Vec::new();
    for (place, name) in header.iter().enumerate() {
        let at = offset_of(&source.text, place);
        if !expected().any(|known| *known == name) {
            let wanted: Vec<&str> = expected().copied().collect();
            let message = format!(
                "{name:?} is no column of this table; expected {}",
                wanted.join(", ")
            );
            problems.push(source.problem(at..at, message));
        } else if header.iter().take(place).any(|earlier| earlier == name) {
            let message = format!("the column {name} stands twice; expected it once");
            problems.push(source.problem(at..at, message));
        }
    }
    for name in required {
        if !header.iter().any(|held| held == *name) {
            let message = format!(
                "there is no column {name}; expected {}",
                required.join(", ")
            );
            problems.push(source.problem(0..0, message));
        }
    }
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    let place = |name: &&'static str| Column {
        name,
        place: header.iter().position(|held| held == *name),
    };
    Ok(expected().map(place).collect())
}

fn place(source: &Source, cells: StringRecord) -> Row {
    let byte = cells.position().map_or(0, csv::Position::byte);
    let mut start = usize::try_from(byte).unwrap_or(0).min(source.text.len());
    // The reader begins a record at the line end before it.
    let rest = &source.text[start..];
    start += rest.len() - rest.trim_start_matches(['\r', '\n']).len();
    let line = source.text[..start].matches('\n').count() + 1;
    Row { start, line, cells }
}

/// Bytes from a record's start to the field at a place.
fn offset_of(record: &str, place: usize) -> usize {
    let (mut field, mut is_quoted) = (0, false);
    for (at, byte) in record.bytes().enumerate() {
        let is_end = !is_quoted && byte == b'\n';
        if field == place || is_end {
            return at;
        }
        match byte {
            b'"' => is_quoted = !is_quoted,
            b',' if !is_quoted => field += 1,
            _ => {}
        }
    }
    record.len()
}
