//! Rounds of the outbox: everything that waits is tried once, and whoever has
//! not got a report is known by name.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::NaiveDate;

use super::context::Context;
use super::definition::ReportKind;
use crate::mail::outbox::{self, Settled};
use crate::mail::send::Mailer;
use crate::model::as_of::AsOf;

/// A recipient without a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingReferences {
    pub recipient: String,
    pub state: String,
    pub reason: String,
}

/// What one round did.
#[derive(Debug, Default)]
pub struct Round {
    pub sent: Vec<Sent>,
    /// Why each of the others was not sent.
    pub unsent: Vec<String>,
    /// Mails that were not tried, because the way out is at fault.
    pub untried: usize,
}

/// A mail that has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub report: String,
    pub as_of: NaiveDate,
    /// The server's word, or the file that was written.
    pub detail: String,
}

/// Sends everything that waits, until the way out itself fails.
pub fn send_queued(context: &Context<'_>) -> Result<Round> {
    let store = context.store;
    let now = || context.clock.now();
    let cut_off = outbox::settle_cut_off(store, now())?;
    if cut_off > 0 {
        tracing::warn!(mails.cut_off = cut_off, "{cut_off} mails had been cut off");
    }
    let mut round = Round::default();
    let mut waiting = outbox::queued(store.connection())?.into_iter();
    if waiting.len() == 0 {
        return Ok(round);
    }
    let mailer = Mailer::open(&context.deployment.config.mail)?;
    for envelope in waiting.by_ref() {
        let id = envelope.envelope_id;
        outbox::begin(store, id, now())?;
        let attempt = mailer.send(&envelope, || outbox::hand_over(store, id, now()));
        outbox::settle(store, id, &attempt.settled, now())?;
        match attempt.settled {
            Settled::Sent(detail) => round.sent.push(Sent {
                report: envelope.report,
                as_of: envelope.as_of,
                detail,
            }),
            Settled::Failed(reason) | Settled::Uncertain(reason) | Settled::Waiting(reason) => {
                round.unsent.push(reason);
            }
        }
        if attempt.ends_round || context.stop.is_asked() {
            break;
        }
    }
    round.untried = waiting.len();
    Ok(round)
}

/// Who of some recipients has not got a report that is in the outbox.
pub fn lacking(
    context: &Context<'_>,
    kind: ReportKind,
    as_of: AsOf,
    recipients: &[String],
) -> Result<Vec<MissingReferences>> {
    let mut found = outbox::lacking(context.store.connection(), kind.as_str(), as_of.0)?;
    let is_asked_for = |(recipient, ..): &(String, String, String)| {
        recipients
            .iter()
            .any(|asked| asked.to_lowercase() == recipient.to_lowercase())
    };
    found.retain(is_asked_for);
    let named = found
        .into_iter()
        .map(|(recipient, state, reason)| MissingReferences {
            recipient,
            state,
            reason,
        });
    Ok(named.collect())
}

/// Who has not got a report, by what became of it.
pub fn tell_lacking(lacking: &[MissingReferences]) -> String {
    let mut by_reason: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for one in lacking {
        let reason = (one.state.as_str(), one.reason.as_str());
        by_reason.entry(reason).or_default().push(&one.recipient);
    }
    let told: Vec<String> = by_reason
        .iter()
        .map(|((state, reason), who)| format!("{}: {state}, {reason}", who.join(", ")))
        .collect();
    let told = told.join("; ");
    match lacking.len() {
        1 => format!("1 recipient has not got it: {told}"),
        count => format!("{count} recipients have not got it: {told}"),
    }
}
