//! Who entered and when: the people whose actions are counted, and the events
//! that are counted for them, as temporary tables.

use anyhow::Result;
use chrono::{NaiveDate, NaiveDateTime, TimeZone as _};
use chrono_tz::Tz;
use duckdb::{Connection, params};
use serde::Serialize;

use crate::model::as_of::AsOf;
use crate::store::bind;

/// What counts as entering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// An officer's first acceptance: from then on someone is tasked.
    Accepted,
    /// The first list that holds someone, whatever was decided.
    Listed,
}

impl By {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Listed => "listed",
        }
    }
}

/// The people in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    pub people: u64,
    pub first: Option<NaiveDate>,
    pub last: Option<NaiveDate>,
    pub entered_since: u64,
    pub unknown: u64,
}

/// By acceptance, unless no list carries one.
pub fn usual(connection: &Connection) -> Result<By> {
    let acceptances: u64 = bind::query_one(
        connection,
        "select count(*) from ledger.list_decisions where decision = 'accept'",
        &[],
        |row| row.get(0),
    )?;
    Ok(if acceptances == 0 {
        By::Listed
    } else {
        By::Accepted
    })
}

/// Makes the tables `decisions`, `entered`, `entries` (who entered before
/// `as_of`) and `events`.
pub fn fill(connection: &Connection, as_of: AsOf, by: By, zone: Tz) -> Result<()> {
    decisions(connection, zone)?;
    let as_of = bind::date(as_of.0);
    for (table, sql) in [
        ("entered", include_str!("entries.sql")),
        ("entries", "select * from entered where entered_on < $as_of"),
        ("events", include_str!("events.sql")),
    ] {
        bind::execute(
            connection,
            &format!("create or replace temp table {table} as\n{sql}"),
            &[("as_of", &as_of), ("by", &by.as_str())],
        )?;
    }
    Ok(())
}

/// Makes the table `decisions`: who was accepted, deferred or rejected on which
/// of the force's days. The database knows no zones, so the day is found here.
pub fn decisions(connection: &Connection, zone: Tz) -> Result<()> {
    connection.execute_batch(
        "create or replace temp table decisions ( \
             list_id bigint not null, nominal_id varchar not null, \
             decision varchar not null, decided_on date not null \
         )",
    )?;
    let held: Vec<(i64, String, String, NaiveDateTime)> = bind::query(
        connection,
        "select list_id, nominal_id, decision, decided_at from ledger.list_decisions \
         order by decision_id",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let mut insert = connection.prepare("insert into decisions values (?, ?, ?, ?)")?;
    for (list_id, nominal_id, decision, decided_at) in held {
        let on = zone.from_utc_datetime(&decided_at).date_naive();
        insert.execute(params![list_id, nominal_id, decision, on])?;
    }
    Ok(())
}

/// Counts the people of `entries`, and those who are not among them.
pub fn span(connection: &Connection, as_of: AsOf, by: By) -> Result<Span> {
    bind::query_one(
        connection,
        include_str!("span.sql"),
        &[("as_of", &bind::date(as_of.0)), ("by", &by.as_str())],
        |row| {
            Ok(Span {
                people: row.get("people")?,
                first: row.get("first_entered_on")?,
                last: row.get("last_entered_on")?,
                entered_since: row.get("entered_since")?,
                unknown: row.get("unknown")?,
            })
        },
    )
}

/// Drops the tables.
pub fn clear(connection: &Connection) -> Result<()> {
    connection.execute_batch(
        "drop table events; drop table entries; drop table entered; drop table decisions;",
    )?;
    Ok(())
}
