//! The outbox: one envelope per report, date and recipient, from the moment
//! its report is kept until it is sent, failed or uncertain. What is under way
//! is marked, so that a program that is killed finds out what it may repeat.

use anyhow::{Result, ensure};
use chrono::{DateTime, NaiveDate, Utc};
use duckdb::{Connection, params};

use crate::store::{Store, chain};

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
    /// The server will not take this message for this recipient; nothing was
    /// delivered.
    Failed(String),
    /// The server may or may not have taken it.
    Uncertain(String),
    /// Nothing was delivered; worth trying again later.
    Waiting(String),
}

/// Whether a recipient has an envelope with this report for this date. Case
/// does not tell two mailboxes apart.
pub fn holds(
    connection: &Connection,
    report: &str,
    as_of: NaiveDate,
    recipient: &str,
) -> Result<bool> {
    Ok(connection.query_row(
        "select count(*) > 0 from ledger.outbox \
         where report = ? and as_of = ? and lower(recipient) = lower(?)",
        params![report, as_of, recipient],
        |row| row.get(0),
    )?)
}

/// Puts a message into the outbox; must run in the transaction that keeps its
/// report.
pub fn enqueue(connection: &Connection, entry: Entry<'_>, now: DateTime<Utc>) -> Result<()> {
    let envelope_id: i64 =
        connection.query_row("select nextval('ledger.envelope_ids')", [], |row| {
            row.get(0)
        })?;
    connection.execute(
        "insert into ledger.outbox (envelope_id, report_id, report, as_of, recipient, message_id, \
             sender, subject, message, state, queued_at) \
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?)",
        params![
            envelope_id,
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
    chain::seal(connection, "ledger.outbox", &[envelope_id])
}

/// Gives what the server refused another attempt, because somebody runs the
/// report again; what may have been delivered is left alone.
pub fn retry_failed(
    connection: &Connection,
    report: &str,
    as_of: NaiveDate,
    recipient: &str,
) -> Result<()> {
    let mut statement = connection.prepare(
        "update ledger.outbox set state = 'queued', settled_at = null \
         where report = ? and as_of = ? and lower(recipient) = lower(?) and state = 'failed' \
         returning envelope_id",
    )?;
    let again = statement.query_map(params![report, as_of, recipient], |row| row.get(0))?;
    let again: Vec<i64> = again.collect::<duckdb::Result<_>>()?;
    chain::seal(connection, "ledger.outbox", &again)
}

/// Everything that waits: what was tried least often first, so that a message
/// that breaks the connection never holds up the others, then the oldest.
pub fn queued(connection: &Connection) -> Result<Vec<Envelope>> {
    let mut statement = connection.prepare(
        "select envelope_id, report, as_of, sender, recipient, message from ledger.outbox \
         where state = 'queued' order by attempts, envelope_id",
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

/// Who has not got a report, with the state of the envelope and why.
pub fn lacking(
    connection: &Connection,
    report: &str,
    as_of: NaiveDate,
) -> Result<Vec<(String, String, String)>> {
    let mut statement = connection.prepare(
        "select recipient, state, coalesce(detail, 'not tried yet') from ledger.outbox \
         where report = ? and as_of = ? and state <> 'sent' order by recipient",
    )?;
    let rows = statement.query_map(params![report, as_of], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    Ok(rows.collect::<duckdb::Result<_>>()?)
}

/// Settles what was being sent when the program was stopped. Whoever sends has
/// the outbox alone. Returns how many.
pub fn settle_cut_off(store: &Store, now: DateTime<Utc>) -> Result<usize> {
    store.transaction(|tx| {
        let mut statement =
            tx.prepare("select envelope_id from ledger.outbox where state = 'sending'")?;
        let cut_off: Vec<i64> = statement
            .query_map([], |row| row.get(0))?
            .collect::<duckdb::Result<_>>()?;
        tx.execute(
            "update ledger.outbox set state = 'queued', \
                 detail = 'the program stopped before the message was handed over' \
             where state = 'sending' and handed_over_at is null",
            [],
        )?;
        tx.execute(
            "update ledger.outbox set state = 'uncertain', settled_at = ?, \
                 detail = 'the program stopped while the message was handed over' \
             where state = 'sending' and handed_over_at is not null",
            params![now.naive_utc()],
        )?;
        chain::seal(tx, "ledger.outbox", &cut_off)?;
        Ok(cut_off.len())
    })
}

/// Marks an envelope before its first byte leaves.
pub fn begin(store: &Store, envelope_id: i64, now: DateTime<Utc>) -> Result<()> {
    store.transaction(|tx| {
        let marked = tx.execute(
            "update ledger.outbox set state = 'sending', detail = null, attempts = attempts + 1, \
                 attempted_at = ?, handed_over_at = null \
             where envelope_id = ? and state = 'queued'",
            params![now.naive_utc(), envelope_id],
        )?;
        ensure!(marked == 1, "envelope {envelope_id} does not wait");
        chain::seal(tx, "ledger.outbox", &[envelope_id])
    })
}

/// Marks an envelope before its message leaves: from here on the server may
/// have it.
pub fn hand_over(store: &Store, envelope_id: i64, now: DateTime<Utc>) -> Result<()> {
    store.transaction(|tx| {
        tx.execute(
            "update ledger.outbox set handed_over_at = ? where envelope_id = ?",
            params![now.naive_utc(), envelope_id],
        )?;
        chain::seal(tx, "ledger.outbox", &[envelope_id])
    })
}

/// Records how an attempt ended.
pub fn settle(
    store: &Store,
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
    store.transaction(|tx| {
        tx.execute(
            "update ledger.outbox set state = ?, detail = ?, settled_at = ? where envelope_id = ?",
            params![state, detail, settled_at, envelope_id],
        )?;
        chain::seal(tx, "ledger.outbox", &[envelope_id])
    })
}
