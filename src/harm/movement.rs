//! Who came onto the list, stayed, came back or left since the list before.

use std::path::Path;

use anyhow::{Context, Result, bail};
use duckdb::Connection;
use serde::Serialize;

use super::list::List;
use crate::store::bind;

/// One person on either of two lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    pub nominal_id: String,
    pub previous_rank: Option<u32>,
    pub rank: Option<u32>,
    pub kind: Kind,
    /// The list they were last on, when that was before the previous one.
    pub last_list: Option<u32>,
    /// Why someone left.
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    New,
    Returned,
    Stayed,
    Left,
}

/// Compares a list with the one before it, reading the job's `movement.sql`.
pub fn between(
    connection: &Connection,
    dir: &Path,
    previous: &List,
    list: &List,
) -> Result<Vec<Move>> {
    let file = "jobs/harm-list/movement.sql";
    let sql =
        std::fs::read_to_string(dir.join(file)).with_context(|| format!("cannot read {file}"))?;
    let rows = bind::query(
        connection,
        &sql,
        &[
            ("previous_id", &previous.list_id),
            ("previous_size", &previous.size),
            ("previous_as_of", &bind::date(previous.as_of)),
            ("list_id", &list.list_id),
            ("size", &list.size),
        ],
        |row| {
            let kind: String = row.get("movement")?;
            Ok((
                kind,
                Move {
                    nominal_id: row.get("nominal_id")?,
                    previous_rank: row.get("previous_rank")?,
                    rank: row.get("rank")?,
                    kind: Kind::Left,
                    last_list: row.get("last_list")?,
                    reason: row.get("reason")?,
                },
            ))
        },
    )
    .with_context(|| format!("{file} failed"))?;
    rows.into_iter()
        .map(|(kind, row)| {
            Ok(Move {
                kind: parse(&kind)?,
                ..row
            })
        })
        .collect()
}

fn parse(kind: &str) -> Result<Kind> {
    Ok(match kind {
        "new" => Kind::New,
        "returned" => Kind::Returned,
        "stayed" => Kind::Stayed,
        "left" => Kind::Left,
        other => bail!("jobs/harm-list/movement.sql calls a movement {other:?}"),
    })
}
