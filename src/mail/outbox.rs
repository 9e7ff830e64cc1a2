//! The outbox: one envelope per report, date and recipient, from the moment
//! its report is kept until it is sent, failed or uncertain.

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use duckdb::{Connection, params};

/// A message that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    pub envelope_id: i64,
    pub report: String,
    pub as_of: NaiveDate,
    pub sender: String,
    pub recipient: String,
    pub message: Vec<u8>,
}

/// What is put into the outbox.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    pub report_id: i64,
    pub report: &'a str,
    pub as_of: NaiveDate,
    pub sender: &'a str,
    pub recipient: &'a str,
    pub subject: &'a str,
    pub message_id: &'a str,
    pub message: &'a [u8],
}

/// How an attempt to send ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    Sent(String),
    /// The server will never take it.
    Failed(String),
    /// The server may or may not have taken it.
    Uncertain(String),
    /// Worth trying again later.
    Waiting(String),
}

/// Whether a recipient has, or will get, this report for this date.
pub fn holds(
    connection: &Connection,
    report: &str,
    as_of: NaiveDate,
    recipient: &str,
) -> Result<bool> {
    Ok(connection.query_row(
        "select count(*) > 0 from ledger.outbox where report = ? and as_of = ? and recipient = ?",
        params![report, as_of, recipient],
        |row| row.get(0),
    )?)
}

/// Puts a message into the outbox; must run in the transaction that keeps its
/// report.
pub fn enqueue(connection: &Connection, entry: Entry<'_>, now: DateTime<Utc>) -> Result<()> {
    connection.execute(
        "insert into ledger.outbox values \
         (nextval('ledger.envelope_ids'), ?, ?, ?, ?, ?, ?, ?, ?, 'queued', null, ?, null)",
        params![
            entry.report_id,
            entry.report,
            entry.as_of,
            entry.recipient,
            entry.message_id,
            entry.sender,
            entry.subject,
            entry.message,
            now.naive_utc(),
        ],
    )?;
    Ok(())
}

/// Everything that waits, oldest first.
pub fn queued(connection: &Connection) -> Result<Vec<Envelope>> {
    let mut statement = connection.prepare(
        "select envelope_id, report, as_of, sender, recipient, message from ledger.outbox \
         where state = 'queued' order by envelope_id",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Envelope {
            envelope_id: row.get(0)?,
            report: row.get(1)?,
            as_of: row.get(2)?,
            sender: row.get(3)?,
            recipient: row.get(4)?,
            message: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<duckdb::Result<_>>()?)
}

/// Records how an attempt ended.
pub fn settle(
    connection: &Connection,
    envelope_id: i64,
    settled: &Settled,
    now: DateTime<Utc>,
) -> Result<()> {
    let (state, detail) = match settled {
        Settled::Sent(detail) => ("sent", detail),
        Settled::Failed(detail) => ("failed", detail),
        Settled::Uncertain(detail) => ("uncertain", detail),
        Settled::Waiting(detail) => ("queued", detail),
    };
    let settled_at = (state != "queued").then(|| now.naive_utc());
    connection.execute(
        "update ledger.outbox set state = ?, detail = ?, settled_at = ? where envelope_id = ?",
        params![state, detail, settled_at, envelope_id],
    )?;
    Ok(())
}
