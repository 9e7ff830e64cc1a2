//! Who came onto the list, stayed, came back or left since the list before,
//! and why: as it was frozen with the list.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use duckdb::Connection;
use rust_decimal::Decimal;
use serde::Serialize;

use super::list::List;
use crate::store::bind;

/// One person on either of two lists.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Move {
    pub nominal_id: String,
    pub kind: Kind,
    pub previous_rank: Option<u32>,
    pub rank: Option<u32>,
    #[serde(with = "rust_decimal::serde::float_option")]
    pub previous_days: Option<Decimal>,
    #[serde(with = "rust_decimal::serde::float_option")]
    pub score_days: Option<Decimal>,
    /// What weighed most; none when nothing changed.
    pub reason: Option<String>,
    /// Days of score by cause; they add up to the change of the score.
    pub causes: BTreeMap<String, f64>,
    /// The list they were last on before the previous one.
    pub last_list: Option<u32>,
    /// On how many of the twelve lists before this one.
    pub times_listed: u32,
    /// What an officer had decided on the list before.
    pub previous_decision: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    New,
    Returned,
    Stayed,
    Left,
}

/// The movement onto a list and off the one before; empty for a first list.
pub fn onto(connection: &Connection, list: &List) -> Result<Vec<Move>> {
    let rows = bind::query(
        connection,
        "select * from ledger.list_moves where list_id = $list_id \
         order by previous_rank nulls last, rank nulls last, nominal_id",
        &[("list_id", &list.list_id)],
        |row| {
            let texts: (String, String) = (row.get("movement")?, row.get("causes")?);
            let row = Move {
                nominal_id: row.get("nominal_id")?,
                kind: Kind::Left,
                previous_rank: row.get("previous_rank")?,
                rank: row.get("rank")?,
                previous_days: row.get("previous_days")?,
                score_days: row.get("score_days")?,
                reason: row.get("reason")?,
                causes: BTreeMap::new(),
                last_list: row.get("last_list")?,
                times_listed: row.get("times_listed")?,
                previous_decision: row.get("previous_decision")?,
            };
            Ok((texts, row))
        },
    )?;
    rows.into_iter()
        .map(|((kind, causes), row)| {
            Ok(Move {
                kind: parse(&kind)?,
                causes: serde_json::from_str(&causes)
                    .context("the causes of a movement cannot be read")?,
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
        other => bail!("a movement is called {other:?} in the ledger"),
    })
}
