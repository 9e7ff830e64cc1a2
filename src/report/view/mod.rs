//! What the reports say, as plain figures. A view is filled by queries and
//! turned into bytes by `render`; the same view always gives the same bytes,
//! because nothing here reads a clock or a database.

pub mod commitment_scorecard;
pub mod harm_list_pack;
pub mod list;
pub mod measure;
pub mod morning_briefing;
pub mod operations_report;
pub mod public_release;
pub mod render;
#[cfg(test)]
pub(crate) mod sample;
pub mod source;

use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;

use source::FailedCheck;

/// What every report carries at its head and foot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Header {
    /// The protective marking, in capitals: `OFFICIAL-SENSITIVE`.
    pub marking: String,
    /// The force as a reader names it: `Metropolitan Police`.
    pub force: String,
    /// The business date the report is about; the night before is `as_of - 1`.
    pub as_of: NaiveDate,
    /// When the newest extract behind the figures was cut, London time.
    pub data_to: Option<NaiveDateTime>,
    /// Set when the figures are of an earlier batch than what has arrived.
    pub stale: Option<Stale>,
    /// The ledger's id of the run that made the report, for questions about it.
    pub run_id: Option<String>,
    /// Address of the authenticated page, without anchor. Mail links need it;
    /// without one the mail says that the page is in daybook.
    pub page_url: Option<String>,
    /// Version of the program.
    pub version: String,
    /// True shows a banner: no real person or event.
    pub is_synthetic: bool,
}

/// Why the figures could not be renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stale {
    /// The batch up to which the figures stand.
    pub batch: i64,
    /// When that batch was accepted, London time.
    pub taken_in_at: Option<NaiveDateTime>,
    /// When renewing them first failed, London time.
    pub since: NaiveDateTime,
    /// The checks that stand in the way; never empty.
    pub failed: Vec<FailedCheck>,
}
