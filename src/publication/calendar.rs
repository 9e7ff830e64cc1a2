//! When releases are due, and when each was issued.

use anyhow::{Context, Result, ensure};
use chrono::{NaiveDate, NaiveDateTime};
use duckdb::{Connection, params};
use serde::Serialize;

use crate::store::bind;

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
) -> Result<i64> {
    check_name(name)?;
    ensure!(
        due_on >= today,
        "{due_on} has passed; expected {today} or a later day; nothing was changed"
    );
    ensure!(
        find(connection, name)?.is_none(),
        "there is a release {name:?} already; nothing was changed"
    );
    let id: i64 =
        connection.query_row("select nextval('ledger.release_ids')", [], |row| row.get(0))?;
    connection.execute(
        "insert into ledger.releases values (?, ?, ?, null)",
        params![id, name, due_on],
    )?;
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

fn find(connection: &Connection, name: &str) -> Result<Option<Planned>> {
    Ok(all(connection)?
        .into_iter()
        .find(|planned| planned.name == name))
}

/// A name becomes a folder's: letters, digits, spaces, dots and hyphens.
fn check_name(name: &str) -> Result<()> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " .-".contains(c);
    let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    ensure!(
        begins && name.len() <= LONGEST_NAME && name.trim() == name && name.chars().all(is_plain),
        "{name:?} is no name of a release; expected letters, digits, spaces, dots and hyphens, \
         {LONGEST_NAME} at most, a letter or digit first"
    );
    Ok(())
}
