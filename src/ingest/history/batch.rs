//! What became of a file, and of a batch that was taken back, as the ledger
//! keeps it.

use chrono::NaiveDateTime;

use super::detect_changes::Merged;
use crate::ingest::arrive::Arrival;
use crate::ingest::refusal::Refused;
use crate::store::failure;

/// One judged file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub batch_id: i64,
    pub source: String,
    pub file_name: String,
    pub as_at: NaiveDateTime,
    pub is_accepted: bool,
    /// One word for why it was refused.
    pub refusal: Option<&'static str>,
    /// Why it was refused, or what a reader should know of an accepted one.
    pub reason: Option<String>,
    pub rows_read: u64,
    pub rows_accepted: u64,
    pub rows_rejected: u64,
    pub rows_duplicate: u64,
    /// Accepted rows that lost a wrong value.
    pub rows_warned: u64,
    /// Lines of a text file, the header and blank ones included.
    pub lines: u64,
    pub blank_lines: u64,
    pub merged: Merged,
    /// UTC.
    pub received_at: NaiveDateTime,
}

impl Batch {
    /// A file of which nothing was accepted: as far as its rows were counted,
    /// all of them are rejected.
    pub fn refused(
        arrival: &Arrival<'_>,
        batch_id: i64,
        refused: &Refused,
        received_at: NaiveDateTime,
    ) -> Self {
        Self {
            batch_id,
            source: arrival.contract.name.clone(),
            file_name: arrival.file_name.clone(),
            as_at: arrival.as_at,
            is_accepted: false,
            refusal: Some(refused.code()),
            reason: Some(failure::cut(&refused.to_string())),
            rows_read: refused.rows_read(),
            rows_accepted: 0,
            rows_rejected: refused.rows_read(),
            rows_duplicate: 0,
            rows_warned: 0,
            lines: 0,
            blank_lines: 0,
            merged: Merged::default(),
            received_at,
        }
    }

    pub fn state(&self) -> &'static str {
        if self.is_accepted {
            "accepted"
        } else {
            "refused"
        }
    }
}

/// What taking a batch back did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reverted {
    /// The batch that records it.
    pub batch_id: i64,
    pub undone: i64,
    pub source: String,
    pub file_name: String,
    /// Rows that no longer stand as the batch had left them.
    pub ended: u64,
    /// Rows that stand again as they were said before.
    pub restored: u64,
}
