//! What arrived last night, and whether it can be relied on.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use serde::Serialize;

/// One extract on one night.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Name in file names: `crimes`.
    pub name: String,
    /// Name for readers: `Crime reports`.
    pub title: String,
    pub state: SourceState,
    /// When the last file taken in was cut, London time. None: never arrived.
    pub as_at: Option<NaiveDateTime>,
    /// Rows of last night's files; all zero when none was taken in.
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
    #[must_use]
    pub fn is_of_the_night(&self, as_of: NaiveDate) -> bool {
        self.as_at
            .is_some_and(|as_at| as_at > (as_of - Days::new(1)).and_time(NaiveTime::MIN))
    }

    /// Did it arrive in time?
    #[must_use]
    pub fn has_arrived(&self) -> bool {
        matches!(self.state, SourceState::Fresh | SourceState::HeldBack)
    }

    /// Fresh by its contract, but not cut for this night: published monthly, or
    /// sent once a week.
    #[must_use]
    pub fn is_held(&self, as_of: NaiveDate) -> bool {
        self.state == SourceState::Fresh && !self.is_of_the_night(as_of)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum SourceState {
    Fresh,
    /// Arrived in time; a failed check keeps it out of the figures.
    HeldBack,
    /// Arrived, but older than the contract allows.
    Late {
        days: u32,
    },
    /// Expected last night, did not come.
    Missing,
    /// Came and was not taken in; reason in words, no full stop.
    Refused {
        reason: String,
    },
    /// Has never arrived; not counted as missing.
    NeverReceived,
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MonthCount {
    /// First day of the month.
    pub month: NaiveDate,
    pub count: u64,
}
