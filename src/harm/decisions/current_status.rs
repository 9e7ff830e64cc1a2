//! Where people stand at this moment, whatever held when a list was made.

use anyhow::{Context, Result, ensure};
use chrono::NaiveDateTime;
use duckdb::{Connection, Row};
use serde::Serialize;

use super::Verdict;
use crate::harm::settings::{ContestedRule, CounterRule, ListSettings};
use crate::model::nominal_id::NominalId;
use crate::store::bind;

/// One person: marks, counter-allegations, and what was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// As the list has it, or as it was asked for.
    pub nominal_id: String,
    /// None for a person asked for without a list.
    pub rank: Option<u32>,
    /// The record that the person's others are merged into now.
    pub person_id: String,
    /// False when no extract names the person.
    pub is_known: bool,
    /// Every record that is or was merged with the person's.
    pub identities: Vec<String>,
    /// Records whose accuracy is contested and unsettled.
    pub contested_ids: Vec<String>,
    /// Records that an officer restricted.
    pub restricted_ids: Vec<String>,
    /// Crimes in which the person and somebody else accuse each other.
    pub counter_crimes: Vec<String>,
    /// Those of them that no specialist has reviewed.
    pub open_crimes: Vec<String>,
    pub decided: Option<Decided>,
}

/// A decision as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decided {
    pub decision: Verdict,
    pub reason: String,
    pub by: String,
    pub at: NaiveDateTime,
}

impl Standing {
    pub fn is_contested(&self) -> bool {
        !self.contested_ids.is_empty()
    }

    /// Neither named nor referenced to readers, and accepted by nobody.
    pub fn is_restricted(&self, settings: &ListSettings) -> bool {
        let by_contest = settings.contested == ContestedRule::Restrict && self.is_contested();
        by_contest || !self.restricted_ids.is_empty()
    }

    /// Accepted by nobody before a specialist has reviewed what is open.
    pub fn is_blocked(&self, settings: &ListSettings) -> bool {
        settings.counter_allegation == CounterRule::Block && !self.open_crimes.is_empty()
    }

    pub fn was_decided(&self, verdict: Verdict) -> bool {
        self.decided
            .as_ref()
            .is_some_and(|decided| decided.decision == verdict)
    }
}

/// Everyone on a list, by rank.
pub fn of_list(connection: &Connection, list_id: i64) -> Result<Vec<Standing>> {
    read(connection, Some(list_id), None)
}

/// One person, on a list or not.
pub fn of_person(connection: &Connection, nominal: &NominalId) -> Result<Standing> {
    ensure!(
        knows_people(connection)?,
        "nothing has been accepted yet, so nobody is known; run `daybook run nightly-ingest` first"
    );
    let found = read(connection, None, Some(nominal.as_str()))?;
    found
        .into_iter()
        .find(|standing| standing.is_known)
        .with_context(|| format!("no extract names a person {nominal}; nothing was changed"))
}

/// One person, whether or not an extract still names them.
pub fn of_anyone(connection: &Connection, nominal_id: &str) -> Result<Option<Standing>> {
    read(connection, None, Some(nominal_id)).map(|found| found.into_iter().next())
}

/// Whether the warehouse was ever built.
pub fn knows_people(connection: &Connection) -> Result<bool> {
    bind::query_one(
        connection,
        "select count(*) = 1 from information_schema.tables \
         where table_schema = 'core' and table_name = 'counter_allegations'",
        &[],
        |row| row.get(0),
    )
}

fn read(
    connection: &Connection,
    list_id: Option<i64>,
    nominal: Option<&str>,
) -> Result<Vec<Standing>> {
    bind::query(
        connection,
        include_str!("standing.sql"),
        &[("list_id", &list_id), ("nominal", &nominal)],
        read_row,
    )
}

fn read_row(row: &Row<'_>) -> duckdb::Result<Standing> {
    let texts = |column: &str| bind::texts(row, column);
    Ok(Standing {
        nominal_id: row.get("nominal_id")?,
        rank: row.get("rank")?,
        person_id: row.get("person_id")?,
        is_known: row.get("is_known")?,
        identities: texts("identities")?,
        contested_ids: texts("contested_ids")?,
        restricted_ids: texts("restricted_ids")?,
        counter_crimes: texts("counter_crimes")?,
        open_crimes: texts("open_crimes")?,
        decided: decided(row)?,
    })
}

fn decided(row: &Row<'_>) -> duckdb::Result<Option<Decided>> {
    let decision: Option<String> = row.get("decision")?;
    let Some(decision) = decision.and_then(|text| text.parse().ok()) else {
        return Ok(None);
    };
    Ok(Some(Decided {
        decision,
        reason: row.get("reason")?,
        by: row.get("decided_by")?,
        at: row.get("decided_at")?,
    }))
}
