//! A file of decisions: `nominal_id,decision,reason`, one person a row.

use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use super::decide::{Refused, Wish};
use crate::config::problem::{Problem, Problems};

/// The columns, in any order.
pub const COLUMNS: [&str; 3] = ["nominal_id", "decision", "reason"];

/// Wishes, each with the place it was read from.
#[derive(Debug)]
pub struct Wishes {
    pub wishes: Vec<Wish>,
    file: String,
    /// Line of each row, and the values as they stood.
    rows: Vec<(usize, [String; 3])>,
    /// Place of each column in the file, counted from 1.
    places: [usize; 3],
}

/// Reads a file of decisions; every problem of every row is told.
pub fn read(path: &Path) -> Result<Wishes, Problems> {
    let file = path.display().to_string();
    let bytes = std::fs::read(path)
        .map_err(|error| Problem::whole(file.as_str(), format!("cannot be read: {error}")))?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|b| *b == b'\n').count();
        at(
            &file,
            line,
            1,
            "",
            "not UTF-8 text; expected a CSV file in UTF-8",
        )
    })?;
    parse(&file, text.trim_start_matches('\u{feff}'))
}

impl Wishes {
    /// What was refused, told where it stands in the file.
    pub fn problems(&self, refused: &Refused) -> Problems {
        let place = |refusal: &super::decide::Refusal| {
            let (line, values) = &self.rows[refusal.index];
            let column = position(refusal.column);
            let value = &values[column];
            at(
                &self.file,
                *line,
                self.places[column],
                value,
                &refusal.message,
            )
        };
        Problems(refused.0.iter().map(place).collect())
    }
}

fn parse(file: &str, text: &str) -> Result<Wishes, Problems> {
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader
        .headers()
        .map_err(|error| at(file, 1, 1, "", &error.to_string()))?
        .clone();
    let mut wishes = Wishes {
        wishes: Vec::new(),
        file: file.to_owned(),
        rows: Vec::new(),
        places: places(file, &header)?,
    };
    let mut problems = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => wishes.take(&record, header.len(), &mut problems),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                problems.push(at(file, to_usize(line), 1, "", &error.to_string()));
            }
        }
    }
    if problems.is_empty() && wishes.wishes.is_empty() {
        problems.push(Problem::whole(file, "holds no decision"));
    }
    if problems.is_empty() {
        Ok(wishes)
    } else {
        Err(Problems(problems))
    }
}

impl Wishes {
    fn take(&mut self, record: &StringRecord, columns: usize, problems: &mut Vec<Problem>) {
        let line = to_usize(record.position().map_or(0, csv::Position::line));
        if record.len() != columns {
            let message = format!("{} values; expected {columns}", record.len());
            let text: Vec<&str> = record.iter().collect();
            problems.push(at(&self.file, line, 1, &text.join(","), &message));
            return;
        }
        let values = self
            .places
            .map(|place| record.get(place - 1).unwrap_or_default().to_owned());
        let (nominal, verdict, reason) = (
            values[0].parse::<crate::model::nominal_id::NominalId>(),
            values[1].trim().parse::<super::Verdict>(),
            values[2].parse::<crate::model::reason::Reason>(),
        );
        let errors = [
            nominal.as_ref().err(),
            verdict.as_ref().err(),
            reason.as_ref().err(),
        ];
        for (index, error) in errors.into_iter().enumerate() {
            if let Some(message) = error {
                let place = self.places[index];
                problems.push(at(&self.file, line, place, &values[index], message));
            }
        }
        if let (Ok(nominal), Ok(verdict), Ok(reason)) = (nominal, verdict, reason) {
            self.wishes.push(Wish {
                nominal,
                verdict,
                reason,
            });
            self.rows.push((line, values));
        }
    }
}

fn places(file: &str, header: &StringRecord) -> Result<[usize; 3], Problems> {
    let mut problems = Vec::new();
    let mut places = [0; 3];
    for (at_column, name) in header.iter().enumerate() {
        match COLUMNS.iter().position(|column| *column == name.trim()) {
            Some(index) if places[index] == 0 => places[index] = at_column + 1,
            _ => problems.push(at(
                file,
                1,
                at_column + 1,
                name,
                "not expected; the columns are nominal_id, decision and reason, each once",
            )),
        }
    }
    for (name, place) in COLUMNS.iter().zip(places) {
        if place == 0 {
            problems.push(at(file, 1, 1, "", &format!("the column {name} is missing")));
        }
    }
    if problems.is_empty() {
        Ok(places)
    } else {
        Err(Problems(problems))
    }
}

fn position(column: &str) -> usize {
    COLUMNS.iter().position(|name| *name == column).unwrap_or(0)
}

/// A problem in one cell, `column` being the cell's place in its row.
fn at(file: &str, line: usize, column: usize, value: &str, message: &str) -> Problem {
    const LONGEST: usize = 80;
    let mut text: String = value.chars().take(LONGEST).collect();
    if value.chars().count() > LONGEST {
        text.push('…');
    }
    Problem {
        file: file.to_owned(),
        line,
        column,
        text: text.escape_debug().to_string(),
        message: message.to_owned(),
    }
}

fn to_usize(line: u64) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        parse("decisions.csv", text).unwrap_err().to_string()
    }

    #[test]
    fn columns_stand_in_any_order_and_a_reason_may_have_lines() {
        let wishes = parse(
            "decisions.csv",
            "reason,nominal_id,decision\n\"first, and\nsecond\",N1,accept\nwhy,N2, defer\n",
        )
        .unwrap();
        assert_eq!(wishes.wishes.len(), 2);
        assert_eq!(wishes.wishes[0].reason.as_str(), "first, and\nsecond");
        assert_eq!(wishes.rows[1].0, 4);
    }

    #[test]
    fn every_problem_is_told_with_line_column_and_value() {
        let told = told("nominal_id,decision,reason\nN1,accepted,why\n,defer,\nN3,defer\n");
        for expected in [
            "decisions.csv:2:2: accepted",
            "expected accept, defer or reject",
            "decisions.csv:3:1: ",
            "is not a nominal id",
            "decisions.csv:3:3: ",
            "the reason is blank",
            "decisions.csv:4:1: N3,defer\n    2 values; expected 3",
        ] {
            assert!(told.contains(expected), "{expected}\n{told}");
        }
    }

    #[test]
    fn a_wrong_header_and_an_empty_file_are_told() {
        let wrong = told("nominal,decision,reason,reason\n");
        for expected in ["1:1: nominal", "1:4: reason", "nominal_id is missing"] {
            assert!(wrong.contains(expected), "{expected}\n{wrong}");
        }
        assert!(told("nominal_id,decision,reason\n").contains("no decision"));
        assert!(told("").contains("the column decision is missing"));
    }
}
