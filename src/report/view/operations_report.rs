//! The operations report: how every source stands and how the night's work
//! went, in counts. Nothing in it is of a person.

use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;

use super::Header;
use super::measure::Unit;
use crate::ingest::status::SourceStatus;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OperationsReport {
    pub header: Header,
    /// The moment the report speaks of, London time.
    pub at: NaiveDateTime,
    /// In order of name.
    pub sources: Vec<SourceStatus>,
    /// Of the files of the last day.
    pub rejects: Vec<RejectCount>,
    pub overdue: Vec<OverdueRows>,
    pub warehouse: Warehouse,
    /// What may be a break that nobody recorded, by measure.
    pub shifts: Vec<Shifted>,
    /// Of the last attempt to rebuild the warehouse, in order of name.
    pub checks: Vec<CheckCount>,
    /// How the record stood; none when it could not be verified.
    pub record: Option<Record>,
    /// Jobs that had a slot in the last day, in order of time.
    pub jobs: Vec<JobRuns>,
}

/// Rows with one kind of fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RejectCount {
    pub source: String,
    /// None when the whole line is meant.
    pub column: Option<String>,
    pub reason: String,
    pub rejected_rows: u64,
    /// Rows accepted without the value.
    pub warned_rows: u64,
}

/// Rows of a source that name something another source has not brought in its
/// days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverdueRows {
    pub source: String,
    pub columns: String,
    pub other_source: String,
    /// Rows that name what is not held, overdue or not.
    pub rows_missing: u64,
    pub rows_overdue: u64,
    pub within_days: u32,
}

/// A lasting shift of a measure's months.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shifted {
    pub measure: String,
    pub title: String,
    pub unit: Unit,
    /// The first month of the new level.
    pub month: NaiveDate,
    /// Mean of a month before and since; none of a measure of a room.
    pub means: Option<(f64, f64)>,
}

/// What the tables stand on; why they could not be renewed is in the header.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Warehouse {
    /// None before the first build.
    pub stands_on_batch: Option<i64>,
    pub newest_batch: i64,
    /// A rebuild was tried and a check undid it.
    pub is_blocked: bool,
}

/// What the morning's verification of the record gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// London time.
    pub verified_at: NaiveDateTime,
    pub entries: u64,
    pub findings: u64,
    /// Ledgers in which something was found.
    pub ledgers: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckCount {
    /// What should hold, in words, no full stop.
    pub title: String,
    /// Its failure keeps the warehouse of before in place.
    pub is_blocking: bool,
    pub failing_rows: u64,
}

/// The slots of one job in the last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobRuns {
    pub job: String,
    pub slots: u64,
    /// Slots that failed, were cut off or never ran.
    pub troubled_slots: u64,
    /// When its last slot was due, London time.
    pub due_at: NaiveDateTime,
    /// How that slot ended, in one word.
    pub state: String,
    /// None when it never ran.
    pub elapsed_ms: Option<i64>,
}
