//! What a public figure speaks of: some months, an area and a group of people.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{Datelike, Months as Step, NaiveDate};
use serde::{Deserialize, Serialize};

/// One figure of a table, named by what it counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    pub months: Months,
    pub area: Area,
    pub group: Part,
}

/// Whole months, from the first day of one until the first day after the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "(NaiveDate, NaiveDate)", into = "(NaiveDate, NaiveDate)")]
pub struct Months {
    from: NaiveDate,
    until: NaiveDate,
}

/// An area with how fine it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Area {
    pub level: Level,
    pub part: Part,
}

/// How fine an area is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    Force,
    Borough,
    Ward,
    /// A square with sides of so many metres.
    Grid(u32),
    /// An output area, a street, an address.
    Finer,
}

/// A part of an area or of the people counted: the name that readers see, and
/// the paths it covers. `Camden` covers `Camden` and `Camden/Holborn`; the empty
/// path covers everything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Part {
    pub name: String,
    pub paths: BTreeSet<String>,
}

impl Months {
    /// The months from `from` until before `until`.
    pub fn new(from: NaiveDate, until: NaiveDate) -> Result<Self, String> {
        if from.day() != 1 || until.day() != 1 || from >= until {
            return Err(format!(
                "{from} until {until} are not whole months; expected the first of a month and the \
                 first of a later one"
            ));
        }
        Ok(Self { from, until })
    }

    /// `count` months from `from` on.
    pub fn starting(from: NaiveDate, count: u32) -> Result<Self, String> {
        Self::new(from, from + Step::new(count))
    }

    pub fn from(self) -> NaiveDate {
        self.from
    }

    pub fn until(self) -> NaiveDate {
        self.until
    }

    pub fn count(self) -> usize {
        self.index(self.until)
    }

    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.until && other.from < self.until
    }

    pub fn contains(self, other: Self) -> bool {
        self.from <= other.from && other.until <= self.until
    }

    /// The month that lies `number` months after the first.
    pub(super) fn month(self, number: usize) -> NaiveDate {
        self.from + Step::new(u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// How many months after the first `month` is.
    pub(super) fn index(self, month: NaiveDate) -> usize {
        let months = |date: NaiveDate| date.year() * 12 + date.month0().cast_signed();
        usize::try_from(months(month) - months(self.from)).unwrap_or(usize::MAX)
    }
}

impl Part {
    /// Everything there is, under a name.
    pub fn all(name: &str) -> Self {
        Self::of(name, &[""])
    }

    pub fn of(name: &str, paths: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            paths: paths.iter().map(|&path| path.to_owned()).collect(),
        }
    }

    /// A part that is called what its path is called.
    pub fn named(path: &str) -> Self {
        Self::of(path, &[path])
    }

    pub(super) fn covers(&self, path: &str) -> bool {
        self.paths.iter().any(|own| is_within(path, own))
    }
}

fn is_within(path: &str, whole: &str) -> bool {
    whole.is_empty()
        || path
            .strip_prefix(whole)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl TryFrom<(NaiveDate, NaiveDate)> for Months {
    type Error = String;

    fn try_from((from, until): (NaiveDate, NaiveDate)) -> Result<Self, String> {
        Self::new(from, until)
    }
}

impl From<Months> for (NaiveDate, NaiveDate) {
    fn from(months: Months) -> Self {
        (months.from, months.until)
    }
}

impl fmt::Display for Months {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.until - Step::new(1);
        write!(f, "{}", self.from.format("%B %Y"))?;
        if last > self.from {
            write!(f, " to {}", last.format("%B %Y"))?;
        }
        Ok(())
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            months,
            area,
            group,
        } = self;
        write!(f, "{}, {}, {months}", area.part.name, group.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn months_are_whole_and_in_order() {
        assert!(Months::new(date("2025-01-02"), date("2025-02-01")).is_err());
        assert!(Months::new(date("2025-02-01"), date("2025-02-01")).is_err());
        let year = Months::starting(date("2025-03-01"), 12).unwrap();
        assert_eq!(year.until(), date("2026-03-01"));
        assert_eq!(year.count(), 12);
        assert_eq!(year.to_string(), "March 2025 to February 2026");
    }

    #[test]
    fn months_that_do_not_exist_cannot_be_read_in() {
        let read: Result<Months, _> = serde_json::from_str(r#"["2025-01-01","2024-01-01"]"#);
        assert!(read.is_err());
    }

    #[test]
    fn a_part_covers_what_lies_beneath_its_paths() {
        let camden = Part::named("Camden");
        assert!(camden.covers("Camden") && camden.covers("Camden/Holborn"));
        assert!(!camden.covers("Camden Town") && !camden.covers("Brent"));
        assert!(Part::all("Force").covers("Brent"));
    }
}
