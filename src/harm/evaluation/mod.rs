//! Whether the list does what it is for, in figures about groups. Nobody is
//! named, and nothing here feeds a score. Each figure says what it cannot
//! show, and is unavailable with the reason where the data do not carry it.
//! Formulas and sources: docs/evaluation.md.

pub mod arrest;
pub mod cohort;
pub mod concentration;
pub mod data;
pub mod harm;
pub mod persistence;
pub mod regression_discontinuity;
pub mod study_data;
pub mod year_before;

use anyhow::Result;
use chrono::NaiveDate;
use duckdb::Connection;
use serde::Serialize;

use crate::model::as_of::AsOf;
use cohort::Cohort;
use study_data::{Era, Ground, ListHead};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// The morning on which follow-up ends; the newest that all extracts reach
    /// when left out.
    pub as_of: Option<AsOf>,
    /// The first day of the programme: lists before it were made for
    /// comparison and tasked nobody.
    pub programme_from: Option<NaiveDate>,
    /// Ranks on each side of the cut that the discontinuity rests on.
    pub bandwidth: u32,
}

/// Days before and after a list date over which harm is compared.
pub const DAYS: u32 = 180;

/// Every figure, as of one morning.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    pub as_of: NaiveDate,
    /// The batch up to which the data stand.
    pub known_at: i64,
    pub programme_from: Option<NaiveDate>,
    pub lists: Vec<ListHead>,
    pub concentration: Figure<concentration::Concentration>,
    pub persistence: Figure<persistence::Persistence>,
    pub harm: Figure<harm::HarmChange>,
    pub arrested: Figure<arrest::Arrested>,
    pub time_to_arrest: Figure<arrest::TimeToArrest>,
    pub year_before: Figure<year_before::YearBefore>,
    pub discontinuity: Figure<regression_discontinuity::Discontinuity>,
}

/// A figure with what it asks and what it cannot show.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure<T> {
    pub question: &'static str,
    pub cannot_show: &'static [&'static str],
    #[serde(flatten)]
    pub outcome: Outcome<T>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Outcome<T> {
    Available(T),
    Unavailable { reason: String },
}

impl<T> From<Result<T, String>> for Outcome<T> {
    fn from(found: Result<T, String>) -> Self {
        match found {
            Ok(value) => Self::Available(value),
            Err(reason) => Self::Unavailable { reason },
        }
    }
}

/// Reads what the figures rest on.
pub fn gather(connection: &Connection, question: &Question) -> Result<Ground> {
    study_data::read(connection, question)
}

/// Works every figure out.
pub fn evaluate(ground: &Ground, question: &Question) -> Evaluation {
    let programme = Cohort::of(ground, Era::Programme);
    let earlier = Cohort::of(ground, Era::YearBefore);
    Evaluation {
        as_of: ground.as_of,
        known_at: ground.known_at,
        programme_from: ground.programme_from,
        lists: ground.lists.clone(),
        concentration: concentration::figure(ground),
        persistence: persistence::figure(ground),
        harm: harm::figure(&programme),
        arrested: arrest::share_figure(&programme),
        time_to_arrest: arrest::time_figure(&programme),
        year_before: year_before::figure(&programme, &earlier),
        discontinuity: regression_discontinuity::figure(ground, question.bandwidth),
    }
}
