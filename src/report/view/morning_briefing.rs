//! The morning briefing: the night, the list by number, the measures, and how
//! far the figures can be trusted. No name and no nominal id has a place here.

use chrono::NaiveDate;
use serde::Serialize;

use super::Header;
use super::commitment_scorecard::BrokenMeasure;
use super::list::ListSummary;
use super::measure::Measure;
use super::source::{Checks, PublishedSeries, Source};
use crate::measures::breaks::Break;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MorningBriefing {
    pub header: Header,
    pub overnight: Overnight,
    /// The newest list; absent before the first.
    pub list: Option<ListSummary>,
    /// In order of id.
    pub measures: Vec<Measure>,
    /// Definitions that do not hold.
    pub broken: Vec<BrokenMeasure>,
    /// Signals that chance alone would give this month over the available
    /// measures; about 0.013 each.
    pub expected_false_signals: f64,
    pub published: Option<PublishedSeries>,
    /// In reading order, most important first.
    pub sources: Vec<Source>,
    pub checks: Checks,
    /// What the reader is asked to do, most pressing first.
    pub asks: Vec<Ask>,
}

/// The day before `header.as_of`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overnight {
    pub day: NaiveDate,
    /// False when the crimes extract covering the day did not arrive; the
    /// counts below are then not shown.
    pub is_complete: bool,
    /// True when that extract arrived and a failed check keeps it out.
    pub is_held_back: bool,
    /// VAWG crimes recorded on the day.
    pub vawg: DayCount,
    /// Groups in reading order; their counts add up to `vawg.count`.
    pub groups: Vec<GroupCount>,
    /// Those of `vawg.count` flagged as domestic abuse.
    pub domestic_abuse: u64,
    /// Mean share of domestic abuse, 0 to 100, on the same weekday of the
    /// previous eight weeks.
    pub domestic_abuse_usual_percent: Option<f64>,
    /// The break within those weeks: what is usual is of the days since.
    pub crosses: Option<Break>,
    /// 56 days up to and including `day`, oldest first.
    pub daily: Vec<DayPoint>,
    /// VAWG arrests on the day, and of people on the list.
    pub arrests: Option<OnList>,
    /// VAWG charges on the day, and of people on the list.
    pub charges: Option<OnList>,
    pub orders_granted: Option<u64>,
    /// VAWG crimes cancelled on the day.
    pub cancelled: u64,
}

/// A day's count beside the same weekday of earlier weeks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DayCount {
    pub count: u64,
    /// Absent when no earlier week is held.
    pub usual: Option<Usual>,
}

/// The same weekday over the previous weeks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Usual {
    /// Weeks compared; 8 unless the history is shorter.
    pub weeks: u32,
    pub mean: f64,
    pub low: u64,
    pub high: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupCount {
    /// `Stalking and harassment`.
    pub title: String,
    pub day: DayCount,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DayPoint {
    pub on: NaiveDate,
    pub count: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct OnList {
    pub total: u64,
    /// Of `total`, those of people on the current list.
    pub on_list: u64,
}

/// One request to the reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ask {
    pub kind: AskKind,
    /// People, records, codes or extracts, whichever the kind is about.
    pub count: u64,
    pub due_on: Option<NaiveDate>,
    /// Address of the page where it is done.
    pub url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AskKind {
    /// People on the proposed list without a decision.
    DecideList,
    /// People with a counter-allegation and no specialist review.
    ReviewCounterAllegations,
    /// Records whose accuracy is contested.
    SettleContestedRecords,
    /// Offence codes without a weight.
    ScoreOffenceCodes,
    /// Extracts that were refused or did not come.
    SendExtracts,
}
