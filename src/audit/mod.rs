//! The log of what was done with personal data and by whom (Data Protection
//! Act 2018 s.62): a row for each act, in the transaction that does it, or
//! before what is looked at is shown; and whether the record is what was
//! written.

pub mod export;
pub mod heads;
pub mod reach;
pub mod verify;

use anyhow::Result;
use duckdb::{Connection, params};
use serde_json::Value;

use crate::model::account_name::AccountName;
use crate::model::act::Who;
use crate::store::chain;

/// What kind of processing an act is, in the law's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Collection,
    Alteration,
    Consultation,
    Disclosure,
    Erasure,
    /// What touches nobody's data: roles, releases, jobs started by hand.
    Administration,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Collection => "collection",
            Self::Alteration => "alteration",
            Self::Consultation => "consultation",
            Self::Disclosure => "disclosure",
            Self::Erasure => "erasure",
            Self::Administration => "administration",
        }
    }
}

/// One act.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    pub kind: Kind,
    /// The command, job or report.
    pub what: &'a str,
    /// Nominal ids of the people touched.
    pub subjects: Vec<String>,
    /// Lists whose people were touched.
    pub lists: Vec<i64>,
    /// How far down the lists; their own size when none.
    pub up_to_rank: Option<u32>,
    pub reason: Option<&'a str>,
    /// A JSON object with what else tells the act apart.
    pub detail: Value,
}

impl<'a> Event<'a> {
    /// An act that touches nobody.
    pub fn new(kind: Kind, what: &'a str) -> Self {
        Self {
            kind,
            what,
            subjects: Vec::new(),
            lists: Vec::new(),
            up_to_rank: None,
            reason: None,
            detail: serde_json::json!({}),
        }
    }
}

/// Appends an act to the log.
pub fn record(connection: &Connection, who: Who<'_>, event: &Event<'_>) -> Result<()> {
    let audit_id: i64 =
        connection.query_row("select nextval('ledger.audit_ids')", [], |row| row.get(0))?;
    connection.execute(
        "insert into ledger.audit (audit_id, acted_at, kind, account, machine_uid, machine_user, \
             what, subjects, lists, up_to_rank, reason, detail) \
         values (?, ?, ?, ?, ?, ?, ?, \
             cast(cast(? as json) as varchar[]), cast(cast(? as json) as bigint[]), ?, ?, ?)",
        params![
            audit_id,
            who.at,
            event.kind.as_str(),
            who.account.map(AccountName::as_str),
            who.operator.uid,
            who.operator.name,
            event.what,
            serde_json::to_string(&event.subjects)?,
            serde_json::to_string(&event.lists)?,
            event.up_to_rank,
            event.reason,
            event.detail.to_string(),
        ],
    )?;
    chain::seal(connection, "ledger.audit", &[audit_id])
}
