//! The days that a figure speaks of, and so whether a break lies among them.

use chrono::{Days, Months, NaiveDate};
use daybook_statistics::series::accrual::Accrual;

use super::breaks::Break;
use super::definition::{Definition, Kind};
use super::measure_value::Span;
use super::window::YEAR;

/// Days from the first to before the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    pub from: NaiveDate,
    pub until: NaiveDate,
}

impl Extent {
    /// Its days, those of another and all between.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            from: self.from.min(other.from),
            until: self.until.max(other.until),
        }
    }

    /// Whether days of before and since a break are among these.
    pub fn holds(self, date: NaiveDate) -> bool {
        self.from < date && date < self.until
    }
}

/// The days of a measure's month, or of the year that ends with it. A level is
/// that of the last day, a look back that of the year before, and a month set
/// against that of a year before speaks of both.
pub fn of(definition: &Definition, span: Span, month: NaiveDate) -> Extent {
    let until = month + Months::new(1);
    let first = match span {
        Span::Month => month,
        Span::Year => month - Months::new(YEAR - 1),
    };
    let from = match (definition.series, definition.kind) {
        (Accrual::Stock, _) => first + Months::new(1) - Days::new(1),
        // A list looks back from any day of the month.
        (Accrual::Rolling, _) if definition.sources.iter().any(|name| name == "list") => {
            first - Months::new(YEAR)
        }
        (Accrual::Rolling, _) => first - Months::new(YEAR - 1),
        (Accrual::Flow, Kind::Change) => first - Months::new(YEAR),
        (Accrual::Flow, _) => first,
    };
    Extent { from, until }
}

impl Definition {
    /// The breaks that touch an area, the oldest first.
    pub fn breaks_in<'a>(&'a self, area: &'a str) -> impl Iterator<Item = &'a Break> {
        self.breaks.iter().filter(move |found| found.is_in(area))
    }

    /// The newest break in an area that lies among some days.
    pub fn crossed<'a>(&'a self, area: &'a str, days: Extent) -> Option<&'a Break> {
        self.breaks_in(area)
            .filter(|found| days.holds(found.date))
            .last()
    }

    /// Whether a figure cannot be told, since it would add up days of before and
    /// since a break. A flow's own month is what was recorded in it, whichever
    /// way: it is told, and no limit rests on it.
    pub fn is_crossing(&self, area: &str, span: Span, month: NaiveDate) -> bool {
        let is_own_month =
            span == Span::Month && self.series == Accrual::Flow && self.kind != Kind::Change;
        !is_own_month && self.crossed(area, of(self, span, month)).is_some()
    }
}
