//! From a report to its readers: rendered, kept in the ledger together with
//! its envelopes, written to the reports folder, and sent.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use duckdb::{Connection, OptionalExt, params};

use super::context::Context;
use super::definition::ReportKind;
use super::ledger::Slot;
use crate::mail::compose::{self, Key, Letter, Picture};
use crate::mail::outbox::{self, Entry, Settled};
use crate::mail::send::Mailer;
use crate::model::as_of::AsOf;
use crate::report::query::{self, Scope};
use crate::report::view::render::{self, Rendered, RenderedMail};
use crate::store::schema::hex_sha256;
use crate::warehouse::standing::Standing;

/// What publishing did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub path: PathBuf,
    pub sha256: String,
    /// False when the same page had been kept before.
    pub is_new: bool,
    pub queued: u64,
    pub sent: Vec<String>,
    pub unsent: Unsent,
}

/// Recipients to whom mail could not be sent, and why.
pub type Unsent = Vec<(String, String)>;

/// Renders a report for a slot and gets it to its recipients, each once.
pub fn publish(
    context: &Context<'_>,
    standing: &Standing,
    slot: &Slot,
    kind: ReportKind,
    recipients: &[String],
) -> Result<Published> {
    let as_of = slot.as_of;
    let rendered = render(context, standing, slot, kind)?;
    let sha256 = hex_sha256(rendered.html.as_bytes());
    let path = context
        .deployment
        .config
        .reports
        .path
        .join(as_of.to_string())
        .join(format!("{}.html", kind.as_str()));
    let letter = letter(&rendered.mail);
    let now = context.clock.now();
    let (is_new, queued) = context.store.transaction(|tx| {
        let (report_id, is_new) = keep(context, tx, as_of, kind, &rendered, &sha256, &path)?;
        let mut queued = 0;
        for recipient in recipients {
            if outbox::holds(tx, kind.as_str(), as_of.0, recipient)? {
                continue;
            }
            enqueue(context, tx, report_id, as_of, kind, &letter, recipient)?;
            queued += 1;
        }
        Ok((is_new, queued))
    })?;
    write_page(&path, &rendered.html)?;
    let (sent, unsent) = send_queued(context)?;
    tracing::debug!(report = kind.as_str(), at = %now, "published");
    Ok(Published {
        path,
        sha256,
        is_new,
        queued,
        sent,
        unsent,
    })
}

/// Sends everything in the outbox that waits.
pub fn send_queued(context: &Context<'_>) -> Result<(Vec<String>, Unsent)> {
    let waiting = outbox::queued(context.store.connection())?;
    let mut sent = Vec::new();
    let mut unsent = Vec::new();
    if waiting.is_empty() {
        return Ok((sent, unsent));
    }
    let mailer = Mailer::open(&context.deployment.config.mail)?;
    for envelope in waiting {
        let settled = mailer.send(&envelope);
        outbox::settle(
            context.store.connection(),
            envelope.envelope_id,
            &settled,
            context.clock.now(),
        )?;
        match settled {
            Settled::Sent(detail) => sent.push(detail),
            Settled::Failed(reason) | Settled::Uncertain(reason) | Settled::Waiting(reason) => {
                unsent.push((envelope.recipient, reason));
            }
        }
    }
    Ok((sent, unsent))
}

fn render(
    context: &Context<'_>,
    standing: &Standing,
    slot: &Slot,
    kind: ReportKind,
) -> Result<Rendered> {
    let scope = Scope {
        connection: context.store.connection(),
        dir: &context.deployment.dir,
        config: &context.deployment.config,
        contracts: &context.deployment.contracts,
        measures: &context.deployment.measures,
        measure_settings: context.deployment.measure_settings(),
        standing,
        as_of: slot.as_of,
        at: slot.scheduled_at,
    };
    match kind {
        ReportKind::MorningBriefing => {
            render::render_morning_briefing(&query::morning_briefing::view(&scope)?)
        }
        ReportKind::CommitmentScorecard => {
            render::render_commitment_scorecard(&query::commitment_scorecard::view(&scope)?)
        }
        ReportKind::HarmListPack => {
            render::render_harm_list_pack(&query::harm_list_pack::view(&scope)?)
        }
        ReportKind::OperationsReport => {
            render::render_operations_report(&query::operations_report::view(&scope)?)
        }
    }
    .with_context(|| format!("the {} could not be rendered", kind.as_str()))
}

fn keep(
    context: &Context<'_>,
    connection: &Connection,
    as_of: AsOf,
    kind: ReportKind,
    rendered: &Rendered,
    sha256: &str,
    path: &std::path::Path,
) -> Result<(i64, bool)> {
    let newest: Option<(i64, i32, String)> = connection
        .query_row(
            "select report_id, version, sha256 from ledger.reports \
             where report = ? and as_of = ? order by version desc limit 1",
            params![kind.as_str(), as_of.0],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let version = match newest {
        Some((report_id, _, kept)) if kept == sha256 => return Ok((report_id, false)),
        Some((_, version, _)) => version + 1,
        None => 1,
    };
    let report_id: i64 =
        connection.query_row("select nextval('ledger.report_ids')", [], |row| row.get(0))?;
    connection.execute(
        "insert into ledger.reports values (?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            report_id,
            kind.as_str(),
            as_of.0,
            version,
            sha256,
            rendered.html,
            path.display().to_string(),
            context.clock.now().naive_utc(),
        ],
    )?;
    Ok((report_id, true))
}

fn enqueue(
    context: &Context<'_>,
    connection: &Connection,
    report_id: i64,
    as_of: AsOf,
    kind: ReportKind,
    letter: &Letter,
    recipient: &str,
) -> Result<()> {
    let sender = context.deployment.config.mail.from.as_ref();
    let date = as_of.to_string();
    let key = Key {
        report: kind.as_str(),
        as_of: &date,
        recipient,
    };
    let now = context.clock.now();
    let message = compose::compose(letter, &key, sender, now)?;
    outbox::enqueue(
        connection,
        Entry {
            report_id,
            report: kind.as_str(),
            as_of: as_of.0,
            sender,
            recipient,
            subject: &letter.subject,
            message_id: &key.message_id(sender),
            message: &message,
        },
        now,
    )
}

fn letter(mail: &RenderedMail) -> Letter {
    Letter {
        subject: mail.subject.clone(),
        text: mail.text.clone(),
        html: mail.html.clone(),
        pictures: mail
            .images
            .iter()
            .map(|image| Picture {
                cid: image.cid.clone(),
                png: image.png.clone(),
            })
            .collect(),
    }
}

fn write_page(path: &std::path::Path, html: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    let partial = path.with_extension("html.part");
    std::fs::write(&partial, html)
        .and_then(|()| std::fs::rename(&partial, path))
        .with_context(|| format!("cannot write {}", path.display()))
}
