//! How far a measure's sources speak: a month that they do not cover whole is
//! stale, and a source that never came makes the measure unavailable.

use anyhow::Result;
use chrono::NaiveDate;
use duckdb::Connection;

use super::definition::Definition;
use crate::store::bind;

/// Sources that are daybook's own and always speak to the present.
const LIST: &str = "list";
const LEDGER: &str = "ledger";

/// How far the sources of a measure speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Nothing can be told, and why.
    Missing(String),
    /// To before this morning, and which source ends there; to the present
    /// when there is no extract among them.
    Until(Option<(NaiveDate, String)>),
}

impl Reach {
    /// Why a month is not covered whole; none when it is.
    pub fn stale(&self, next_month: NaiveDate) -> Option<String> {
        match self {
            Self::Until(Some((until, source))) if *until < next_month => Some(format!(
                "the newest {source} extract speaks of the time before {until}"
            )),
            _ => None,
        }
    }
}

/// How far the sources of a measure speak, as known after a batch.
pub fn of(connection: &Connection, definition: &Definition, known_at: i64) -> Result<Reach> {
    let held = held(connection, known_at)?;
    let mut nearest: Option<(NaiveDate, String)> = None;
    for source in &definition.sources {
        match source.as_str() {
            LIST if lists(connection)? == 0 => {
                return Ok(Reach::Missing("no harm list has been made".to_owned()));
            }
            LIST | LEDGER => {}
            source => {
                // One measure may be fed by any of several published files.
                let names: Vec<&str> = source.split('|').collect();
                let newest = held
                    .iter()
                    .filter(|(name, _)| names.contains(&name.as_str()))
                    .max_by_key(|(_, as_at)| *as_at);
                let Some((name, as_at)) = newest else {
                    return Ok(Reach::Missing(format!(
                        "no {} extract has arrived",
                        names[0]
                    )));
                };
                if nearest.as_ref().is_none_or(|(day, _)| as_at < day) {
                    nearest = Some((*as_at, name.clone()));
                }
            }
        }
    }
    Ok(Reach::Until(nearest))
}

/// The morning that each source speaks of.
fn held(connection: &Connection, known_at: i64) -> Result<Vec<(String, NaiveDate)>> {
    bind::query(
        connection,
        "select source, cast(max(as_at) as date) from ledger.standing_files \
         where batch_id <= $known_at group by source order by source",
        &[("known_at", &known_at)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

fn lists(connection: &Connection) -> Result<i64> {
    bind::query_one(
        connection,
        "select count(*) from ledger.lists",
        &[],
        |row| row.get(0),
    )
}
