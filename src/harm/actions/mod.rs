//! What was done about the people of the list and what came of it: work under
//! the four Ps, and arrests, charges, remands and convictions since someone
//! was tasked. What happened after is not what happened because of it.

pub mod arrived;
pub mod entries;
pub mod outcome;
pub mod person;

use anyhow::Result;
use chrono::NaiveDate;
use chrono_tz::Tz;
use duckdb::Connection;
use serde::Serialize;

use crate::model::as_of::AsOf;
use arrived::Arrived;
use entries::By;
use outcome::Followed;

/// The full days after entry that the programme is judged on.
pub const HORIZONS: [u32; 3] = [90, 180, 365];

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// Events before this date count; when left out, the date up to which all
    /// sources that have arrived speak.
    pub as_of: Option<AsOf>,
    /// When left out, by acceptance if any list carries one.
    pub by: Option<By>,
    /// The zone that decides on which day an officer accepted.
    pub zone: Tz,
}

/// The answer, by month of entry and horizon.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Actions {
    pub as_of: NaiveDate,
    pub by: By,
    pub people: u64,
    pub first_entered_on: Option<NaiveDate>,
    pub last_entered_on: Option<NaiveDate>,
    /// Who entered on or after `as_of`: not among the people.
    pub entered_since: u64,
    /// Accepted under an identifier that no extract holds any more.
    pub unknown: u64,
    /// The newest extract of each source.
    pub sources: Vec<Arrived>,
    /// At 90, 180 and 365 days, then to date.
    pub horizons: Vec<Horizon>,
}

/// What had happened within some days of entry.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Horizon {
    /// None: to date.
    pub days: Option<u32>,
    /// Every month of entry.
    pub months: Vec<Followed>,
    /// All months that are old enough; none when no month is.
    pub all: Option<Followed>,
}

/// Answers from the warehouse and the ledger as they stand.
pub fn take(connection: &Connection, question: Question) -> Result<Actions> {
    let sources = arrived::sources(connection)?;
    let as_of = match question.as_of {
        Some(date) => date,
        None => arrived::all_speak_to(&sources)?,
    };
    let by = match question.by {
        Some(by) => by,
        None => entries::usual(connection)?,
    };
    entries::fill(connection, as_of, by, question.zone)?;
    let span = entries::span(connection, as_of, by)?;
    let horizons = HORIZONS
        .into_iter()
        .map(Some)
        .chain([None])
        .map(|days| outcome::within(connection, as_of, days, &sources))
        .collect::<Result<_>>()?;
    entries::clear(connection)?;
    Ok(Actions {
        as_of: as_of.0,
        by,
        people: span.people,
        first_entered_on: span.first,
        last_entered_on: span.last,
        entered_since: span.entered_since,
        unknown: span.unknown,
        sources,
        horizons,
    })
}
