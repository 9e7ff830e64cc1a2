//! One row on its way to a file, its fields already text.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Weekday};
use std::fmt::{Display, Write};

/// A reused buffer: the text of all fields, and where each one ends.
#[derive(Default)]
pub(super) struct Row {
    text: String,
    ends: Vec<usize>,
}

impl Row {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| &self.text[start..*end])
    }

    /// A text; an empty one reads as null.
    pub(super) fn text(&mut self, value: &str) {
        self.text.push_str(value);
        self.none();
    }

    pub(super) fn none(&mut self) {
        self.ends.push(self.text.len());
    }

    pub(super) fn flag(&mut self, value: bool) {
        self.text(if value { "true" } else { "false" });
    }

    pub(super) fn number(&mut self, value: impl Display) {
        self.put(format_args!("{value}"));
        self.none();
    }

    pub(super) fn number_or_none(&mut self, value: Option<impl Display>) {
        match value {
            Some(value) => self.number(value),
            None => self.none(),
        }
    }

    pub(super) fn day(&mut self, value: Option<NaiveDate>) {
        if let Some(day) = value {
            self.put_day(day);
        }
        self.none();
    }

    /// A London local time.
    pub(super) fn moment(&mut self, value: Option<NaiveDateTime>) {
        if let Some(moment) = value.map(existing) {
            self.put_day(moment.date());
            let (hour, minute, second) = (moment.hour(), moment.minute(), moment.second());
            self.put(format_args!(" {hour:02}:{minute:02}:{second:02}"));
        }
        self.none();
    }

    fn put_day(&mut self, day: NaiveDate) {
        let (year, month, day) = (day.year(), day.month(), day.day());
        self.put(format_args!("{year:04}-{month:02}-{day:02}"));
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        self.text
            .write_fmt(text)
            .expect("writing to a string cannot fail");
    }
}

/// On the last Sunday of March the hour from one o'clock does not exist; what
/// would fall in it is written as two o'clock.
fn existing(moment: NaiveDateTime) -> NaiveDateTime {
    let day = moment.date();
    let skipped =
        moment.hour() == 1 && day.month() == 3 && day.day() > 24 && day.weekday() == Weekday::Sun;
    match NaiveTime::from_hms_opt(2, 0, 0) {
        Some(two) if skipped => day.and_time(two),
        _ => moment,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back_as_written() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap();
        let mut row = Row::default();
        row.text("a");
        row.none();
        row.flag(true);
        row.number(1.25);
        row.day(Some(day));
        row.moment(day.and_hms_opt(1, 30, 0));
        row.moment(day.and_hms_opt(3, 4, 5));
        let fields: Vec<&str> = row.fields().collect();
        assert_eq!(
            fields,
            [
                "a",
                "",
                "true",
                "1.25",
                "2026-03-29",
                "2026-03-29 02:00:00",
                "2026-03-29 03:04:05"
            ]
        );
    }
}
