//! A table for programs: CSV and JSON, with every value whole.

use anyhow::Result;
use serde_json::{Map, Value};

use super::{Cell, Column, Kind, Table};
use crate::model::control_chars;

impl Table {
    /// The columns' titles and every row, a line each.
    pub fn to_csv(&self) -> Result<String> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let titles = self.of_data().map(|(_, column)| &column.title);
        writer.write_record(titles.map(|title| control_chars::in_cell(title)))?;
        for row in &self.rows {
            let cells = self.of_data();
            writer.write_record(cells.map(|(at, column)| column.in_csv(row.get(at))))?;
        }
        Ok(String::from_utf8(writer.into_inner()?)?)
    }

    /// An object per row, by the columns' titles.
    pub fn to_json(&self) -> Vec<Map<String, Value>> {
        let object = |row: &Vec<Cell>| {
            self.of_data()
                .map(|(at, column)| (column.title.clone(), column.in_json(row.get(at))))
                .collect()
        };
        self.rows.iter().map(object).collect()
    }

    fn of_data(&self) -> impl Iterator<Item = (usize, &Column)> {
        let all = self.columns.iter().enumerate();
        all.filter(|(_, column)| column.is_in_data())
    }
}

impl Column {
    /// A cell for a program or a spreadsheet. A negative number is a number; a
    /// text that begins with a minus is none.
    fn in_csv(&self, cell: Option<&Cell>) -> String {
        let text = cell.and_then(Cell::value).unwrap_or_default();
        if self.is_plain() && is_number(text) {
            text.to_owned()
        } else {
            control_chars::in_cell(text)
        }
    }

    fn in_json(&self, cell: Option<&Cell>) -> Value {
        match cell.and_then(Cell::value) {
            None => Value::Null,
            Some(text) if self.is_plain() => plain(text),
            Some(text) => Value::String(text.to_owned()),
        }
    }

    /// Whether its values need no quotes in JSON.
    fn is_plain(&self) -> bool {
        matches!(self.kind, Kind::Figure | Kind::Number | Kind::Flag)
    }
}

/// Whether a text is a number of the database's, `-inf` and the like among them.
fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}

/// Numbers and booleans of SQL are written alike in JSON, save for what a JSON
/// number cannot hold to the last digit, or at all: that stays text.
fn plain(text: &str) -> Value {
    serde_json::from_str::<Value>(text)
        .ok()
        .filter(|value| value.is_boolean() || is_exact(text, value))
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

fn is_exact(text: &str, value: &Value) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    value.is_i64() || value.is_u64() || (value.is_f64() && digits <= 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let columns = vec![
            Column::code("ref"),
            Column::figure("days"),
            Column::words("said").on_screen_only(),
            Column::figure("low").in_data_only(),
            Column::of("held", Kind::Flag),
        ];
        let row = |code: &str, days: Cell, low: Option<f64>| {
            vec![
                Cell::new(code),
                days,
                Cell::new("0.1 to 0.2"),
                Cell::maybe(low),
                Cell::of(true),
            ]
        };
        let mut table = Table::of(columns, Vec::new());
        table.push(row(
            "A,1",
            Cell::new("12,345.7").read_as("12345.678"),
            Some(0.1),
        ));
        table.push(row("=1+1", Cell::of(-5), None));
        table.push(row("\u{202e}x", Cell::new("=2"), None));
        // A row that ends early.
        table.push(vec![Cell::new("-5")]);
        table
    }

    #[test]
    fn csv_keeps_whole_values_and_no_formula() {
        assert_eq!(
            table().to_csv().unwrap(),
            "ref,days,low,held\n\
             \"A,1\",12345.678,0.1,true\n\
             '=1+1,-5,,true\n\
             \\u{202e}x,'=2,,true\n\
             '-5,,,\n"
        );
    }

    #[test]
    fn json_has_every_column_of_every_row() {
        let wanted = serde_json::json!([
            {"ref": "A,1", "days": 12345.678, "low": 0.1, "held": true},
            {"ref": "=1+1", "days": -5, "low": null, "held": true},
            {"ref": "\u{202e}x", "days": "=2", "low": null, "held": true},
            {"ref": "-5", "days": null, "low": null, "held": null},
        ]);
        assert_eq!(serde_json::to_value(table().to_json()).unwrap(), wanted);
    }

    #[test]
    fn a_number_that_json_cannot_hold_stays_text() {
        let of = |text: &str| Column::figure("n").in_json(Some(&Cell::new(text)));
        assert_eq!(
            of("9007199254740993"),
            serde_json::json!(9_007_199_254_740_993_i64)
        );
        assert_eq!(of("0.1234567890123456789"), "0.1234567890123456789");
        assert_eq!(
            of("170141183460469231731687303715884105727"),
            "170141183460469231731687303715884105727"
        );
        assert_eq!(of("inf"), "inf");
    }
}
