//! One person's story: lists, decisions, work under the four Ps, arrests,
//! charges, results, custody and orders, in order of date.

use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use chrono_tz::Tz;
use duckdb::{Connection, OptionalExt as _, params};
use serde::Serialize;

use super::entries;
use crate::model::as_of::AsOf;
use crate::model::nominal_id::NominalId;
use crate::store::bind;

/// What is held of a person, by identifier alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunSummary {
    pub nominal_id: String,
    pub as_of: NaiveDate,
    /// The first list that held them.
    pub listed_on: Option<NaiveDate>,
    /// Their first acceptance by an officer.
    pub tasked_on: Option<NaiveDate>,
    pub events: Vec<Event>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    pub happened_on: NaiveDate,
    pub kind: String,
    /// One of the four Ps.
    pub pillar: Option<String>,
    pub reference: Option<String>,
    pub detail: Option<String>,
    /// Days since the first listing; below zero before it.
    pub days_since_listing: Option<i64>,
    pub days_since_tasking: Option<i64>,
}

/// The story of whoever is known under an identifier, merged or not, up to the
/// day before `as_of`.
pub fn story(
    connection: &Connection,
    nominal: &NominalId,
    as_of: AsOf,
    zone: Tz,
) -> Result<RunSummary> {
    let (person_key, nominal_id) = find(connection, nominal)?;
    refuse_restricted(connection, person_key, nominal)?;
    entries::decisions(connection, zone)?;
    let mut events = read(connection, person_key, as_of)?;
    connection.execute_batch("drop table decisions")?;
    let first = |kind: &str| {
        let found = events.iter().find(|event| event.kind == kind);
        found.map(|event| event.happened_on)
    };
    let (listed_on, tasked_on) = (first("listed"), first("accepted"));
    for event in &mut events {
        let since = |day: Option<NaiveDate>| day.map(|day| (event.happened_on - day).num_days());
        event.days_since_listing = since(listed_on);
        event.days_since_tasking = since(tasked_on);
    }
    Ok(RunSummary {
        nominal_id,
        as_of: as_of.0,
        listed_on,
        tasked_on,
        events,
    })
}

fn find(connection: &Connection, nominal: &NominalId) -> Result<(i32, String)> {
    connection
        .query_row(
            "select people.person_key, people.person_id \
             from core.identities as identities \
             inner join core.people as people on people.person_key = identities.person_key \
             where identities.nominal_id = ?",
            params![nominal.as_str()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?
        .with_context(|| format!("no extract holds a person {nominal}"))
}

/// Contested and unsettled: nothing is disclosed of someone whom the newest
/// list that holds them restricts.
fn refuse_restricted(connection: &Connection, person_key: i32, nominal: &NominalId) -> Result<()> {
    let is_restricted: Option<bool> = bind::query_one(
        connection,
        "select arg_max(coalesce(entries.is_restricted, false), entries.list_id) \
         from ledger.list_entries as entries \
         inner join core.identities as identities \
             on identities.nominal_id = entries.nominal_id \
         where identities.person_key = $person_key",
        &[("person_key", &person_key)],
        |row| row.get(0),
    )?;
    if is_restricted == Some(true) {
        bail!("{nominal} is restricted on the newest list, so nothing is disclosed");
    }
    Ok(())
}

fn read(connection: &Connection, person_key: i32, as_of: AsOf) -> Result<Vec<Event>> {
    bind::query(
        connection,
        include_str!("person.sql"),
        &[("person_key", &person_key), ("as_of", &bind::date(as_of.0))],
        |row| {
            Ok(Event {
                happened_on: row.get("happened_on")?,
                kind: row.get("kind")?,
                pillar: row.get("pillar")?,
                reference: row.get("reference")?,
                detail: row.get("detail")?,
                days_since_listing: None,
                days_since_tasking: None,
            })
        },
    )
}
