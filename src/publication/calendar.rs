//! When releases are due, and when each was issued.

use anyhow::{Context, Result, bail, ensure};
use chrono::{NaiveDate, NaiveDateTime};
use duckdb::{Connection, params};
use serde::Serialize;

use crate::audit::{self, Event, Kind};
use crate::model::act::Act;
use crate::store::{bind, chain};

/// A release that is due or was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Planned {
    pub release_id: i64,
    pub name: String,
    pub due_on: NaiveDate,
    /// UTC.
    pub issued_at: Option<NaiveDateTime>,
    pub issued_by: Option<String>,
    /// The date whose figures it holds.
    pub as_of: Option<NaiveDate>,
}

/// Characters of a name at most.
const LONGEST_NAME: usize = 80;

/// Announces a release. Its name is new and its day has not passed: what is
/// planned afterwards would always be on time or never.
pub fn plan(
    connection: &Connection,
    name: &str,
    due_on: NaiveDate,
    today: NaiveDate,
    act: Act<'_>,
) -> Result<i64> {
    check_name(name)?;
    ensure!(
        due_on >= today,
        "{due_on} has passed; expected {today} or a later day; nothing was changed"
    );
    if let Some(other) = all(connection)?
        .into_iter()
        .find(|other| folder(&other.name) == folder(name))
    {
        let same = if other.name == name {
            ""
        } else {
            ", whose folder would be the same"
        };
        bail!(
            "there is a release {:?} already{same}; nothing was changed",
            other.name
        );
    }
    let id: i64 =
        connection.query_row("select nextval('ledger.release_ids')", [], |row| row.get(0))?;
    connection.execute(
        "insert into ledger.releases values (?, ?, ?, null)",
        params![id, name, due_on],
    )?;
    chain::seal(connection, "ledger.releases", &[id])?;
    let event = Event {
        detail: serde_json::json!({ "release": name, "due_on": due_on }),
        ..Event::new(Kind::Administration, "release plan")
    };
    audit::record(connection, act.into(), &event)?;
    Ok(id)
}

/// Every release, the next one due first, then the issued ones, newest first.
pub fn all(connection: &Connection) -> Result<Vec<Planned>> {
    bind::query(
        connection,
        "select release_id, name, due_on, releases.issued_at, issued_by, as_of \
         from ledger.releases as releases \
         left join ledger.release_issues as issues using (release_id) \
         order by releases.issued_at is not null, \
             case when releases.issued_at is null then due_on end, \
             releases.issued_at desc, release_id",
        &[],
        |row| {
            Ok(Planned {
                release_id: row.get(0)?,
                name: row.get(1)?,
                due_on: row.get(2)?,
                issued_at: row.get(3)?,
                issued_by: row.get(4)?,
                as_of: row.get(5)?,
            })
        },
    )
}

/// A release by its name.
pub fn named(connection: &Connection, name: &str) -> Result<Planned> {
    find(connection, name)?.with_context(|| {
        format!(
            "no release is called {name:?}; plan it with `daybook release plan`, or see \
             `daybook release list`"
        )
    })
}

impl Planned {
    /// Refused before its day: what was announced for a day is told to nobody
    /// sooner.
    pub fn check_day(&self, today: NaiveDate) -> Result<()> {
        ensure!(
            self.due_on <= today,
            "{:?} is due on {}; it is neither issued nor shown before that day, and today is {today}",
            self.name,
            self.due_on
        );
        Ok(())
    }
}

/// The folder that a release's files lie in: what one name becomes is not told
/// apart by every file system from what another does.
pub fn folder(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

fn find(connection: &Connection, name: &str) -> Result<Option<Planned>> {
    Ok(all(connection)?
        .into_iter()
        .find(|planned| planned.name == name))
}

/// A name becomes a folder's: letters, digits, spaces, dots and hyphens. No dot
/// ends it, which some file systems drop.
fn check_name(name: &str) -> Result<()> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " .-".contains(c);
    let is_end = |c: char| c.is_ascii_alphanumeric();
    let has_ends = name.starts_with(is_end) && name.ends_with(is_end);
    ensure!(
        has_ends && name.len() <= LONGEST_NAME && name.chars().all(is_plain),
        "{name:?} is no name of a release; expected letters, digits, spaces, dots and hyphens, \
         {LONGEST_NAME} at most, a letter or digit first and last"
    );
    Ok(())
}
