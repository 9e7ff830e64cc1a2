//! Makes a past list again, from the texts kept with it and from history as it
//! was known then, and compares every frozen row.

pub mod difference_reason;
mod head;
pub mod rebuild;
mod rows;

use anyhow::Result;
use chrono::NaiveDateTime;
use duckdb::{Connection, params};
use serde::Serialize;

use super::list::List;
use crate::model::as_of::AsOf;
use crate::store::{bind, chain, failure};

/// How a list compared with itself made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    pub list_id: i64,
    pub as_of: AsOf,
    /// Frozen rows that were compared.
    pub rows: u64,
    /// People whose rows differ, each with every difference.
    pub people: Vec<DifferingPerson>,
    /// Figures of the whole list that differ.
    pub list: Vec<Difference>,
}

impl Verified {
    /// A list that could not be made again differs as a whole.
    pub fn failed(list: &List, error: &anyhow::Error) -> Self {
        Self {
            list_id: list.list_id,
            as_of: AsOf(list.as_of),
            rows: 0,
            people: Vec::new(),
            list: vec![Difference {
                table: "lists".to_owned(),
                row: "whole".to_owned(),
                column: "made_again".to_owned(),
                frozen: Some("a list".to_owned()),
                again: Some(format!("impossible: {}", failure::told(error))),
            }],
        }
    }

    pub fn is_identical(&self) -> bool {
        self.people.is_empty() && self.list.is_empty()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DifferingPerson {
    pub nominal_id: String,
    /// What brought the difference about, in words.
    pub cause: String,
    pub differences: Vec<Difference>,
}

/// One value that is not what was frozen; none where a row is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Table of the ledger, without its schema.
    pub table: String,
    /// What tells the row apart beside the person: a crime, a variant.
    pub row: String,
    pub column: String,
    pub frozen: Option<String>,
    pub again: Option<String>,
}

/// Writes into the ledger how a list compared.
pub fn record(connection: &Connection, verified: &Verified, at: NaiveDateTime) -> Result<()> {
    let transaction = connection.unchecked_transaction()?;
    transaction.execute(
        "insert into ledger.list_verifications values (?, ?, ?, ?, ?)",
        params![
            verified.list_id,
            verified.is_identical(),
            i32::try_from(verified.people.len())?,
            env!("CARGO_PKG_VERSION"),
            at
        ],
    )?;
    chain::seal(
        &transaction,
        "ledger.list_verifications",
        &[verified.list_id],
    )?;
    transaction.commit()?;
    Ok(())
}

/// Lists of which rows are left and the head is gone.
pub fn headless(connection: &Connection) -> Result<Vec<i64>> {
    bind::query(
        connection,
        "select distinct list_id from ledger.list_entries \
         where list_id not in (select list_id from ledger.lists) order by list_id",
        &[],
        |row| row.get(0),
    )
}
