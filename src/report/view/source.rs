//! What arrived last night, and whether it can be relied on.

use chrono::{Days, Months, NaiveDate, NaiveDateTime, NaiveTime};
use serde::Serialize;

use super::measure::RecordedBreak;
use crate::ingest::status::State;

/// One extract on one night.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Name in file names: `crimes`.
    pub name: String,
    /// Name for readers: `Crime reports`.
    pub title: String,
    pub state: State,
    /// Arrived in time; a failed check keeps it out of the figures.
    pub is_held_back: bool,
    /// Why the newest file was refused, in words, no full stop.
    pub refused: Option<String>,
    /// When the last file accepted was cut, London time. None: never arrived.
    pub as_at: Option<NaiveDateTime>,
    /// Rows of last night's files; all zero when none was accepted.
    pub rows_in: u64,
    pub rows_accepted: u64,
    pub rows_rejected: u64,
    pub rows_duplicate: u64,
    /// What is not to be relied on while this source is not fresh, no full
    /// stop: `arrests and charges on the first page`.
    pub affects: Option<String>,
}

impl Source {
    /// Was it cut within the day before this morning?
    pub fn is_of_the_night(&self, as_of: NaiveDate) -> bool {
        self.as_at
            .is_some_and(|as_at| as_at > (as_of - Days::new(1)).and_time(NaiveTime::MIN))
    }

    /// Did it arrive in time?
    pub fn has_arrived(&self) -> bool {
        matches!(self.state, State::Fresh | State::Unscheduled)
    }

    /// Was it to come by now, and did not? What never came may be a source that
    /// nobody sends.
    pub fn is_troubled(&self) -> bool {
        use State::{Broken, Late, Refused, Stale};
        matches!(self.state, Late | Stale | Refused | Broken)
    }

    /// Fresh by its contract, but not cut for this night: published monthly, or
    /// sent once a week.
    pub fn is_held(&self, as_of: NaiveDate) -> bool {
        self.has_arrived() && !self.is_held_back && !self.is_of_the_night(as_of)
    }
}

/// The checks that ran over the warehouse after the load.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Checks {
    pub run: u64,
    pub failed: Vec<FailedCheck>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedCheck {
    /// What should hold, in words, no full stop.
    pub title: String,
    pub rows: u64,
}

/// A series the force publishes itself, shown for context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublishedSeries {
    /// `VAWG offences recorded in London`.
    pub title: String,
    /// `offences a month`.
    pub unit: String,
    /// `Metropolitan Police, VAWG dashboard data`.
    pub publisher: String,
    /// `Open Government Licence v3.0`.
    pub licence: String,
    pub url: Option<String>,
    /// Oldest first, every month present.
    pub months: Vec<MonthCount>,
    /// Breaks that lie within the months, the oldest first.
    pub breaks: Vec<RecordedBreak>,
}

impl PublishedSeries {
    /// The newest break with days on both sides among some months.
    pub fn crossed(&self, months: &[MonthCount]) -> Option<&RecordedBreak> {
        let (first, last) = (months.first()?, months.last()?);
        let until = last.month + Months::new(1);
        self.breaks
            .iter()
            .rfind(|found| first.month < found.date && found.date < until)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MonthCount {
    /// First day of the month.
    pub month: NaiveDate,
    pub count: u64,
}
