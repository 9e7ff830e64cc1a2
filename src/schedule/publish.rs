//! From a report to its readers: rendered, kept in the ledger together with
//! its envelopes, written to the reports folder, and sent.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use duckdb::{Connection, OptionalExt, params};

use super::context::Context;
use super::definition::ReportKind;
use super::ledger::Slot;
use super::post::{self, MissingReferences, Sent};
use crate::audit::{self, Event, Kind};
use crate::mail::compose::{self, Key, Letter, Picture};
use crate::mail::outbox::{self, Entry};
use crate::model::act::Who;
use crate::model::as_of::AsOf;
use crate::report::query::{self, Scope};
use crate::report::view::render::{self, Rendered, RenderedMail};
use crate::store::chain::{self, anchor};
use crate::store::failure;
use crate::store::schema::hex_sha256;
use crate::warehouse::build_status::Standing;

/// What publishing did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub path: PathBuf,
    pub sha256: String,
    /// False when the same page had been kept before.
    pub is_new: bool,
    pub queued: u64,
    /// What was sent of this report.
    pub sent: Vec<String>,
    /// Who has not got it, and why.
    pub lacking: Vec<MissingReferences>,
}

/// Renders a report for a slot and gets it to its recipients, each once. A
/// recipient that cannot be written to never keeps it from the others.
pub fn publish(
    context: &Context<'_>,
    standing: &Standing,
    slot: &Slot,
    kind: ReportKind,
    recipients: &[String],
) -> Result<Published> {
    let as_of = slot.as_of;
    let (rendered, named) = render(context, standing, slot, kind)?;
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
    let mut lacking = Vec::new();
    let (is_new, queued) = context.store.transaction(|tx| {
        let (report_id, is_new) = keep(context, tx, as_of, kind, &rendered, &sha256, &path)?;
        if is_new && !named.is_empty() {
            record_named(tx, kind, report_id, named, now)?;
        }
        let anchor = anchor::take(tx, now.naive_utc())?.to_string();
        let mut queued = 0;
        for recipient in recipients {
            if outbox::holds(tx, kind.as_str(), as_of.0, recipient)? {
                outbox::retry_failed(tx, kind.as_str(), as_of.0, recipient)?;
                continue;
            }
            let key = Key {
                report: kind.as_str(),
                as_of: &as_of.to_string(),
                recipient,
                anchor: &anchor,
            };
            let sender = context.deployment.config.mail.from.as_ref();
            match compose::compose(&letter, &key, sender, context.clock.now()) {
                Ok(message) => {
                    enqueue(
                        context,
                        tx,
                        (report_id, as_of),
                        &key,
                        &letter.subject,
                        &message,
                    )?;
                    queued += 1;
                }
                Err(error) => lacking.push(MissingReferences {
                    recipient: recipient.clone(),
                    state: "not queued".to_owned(),
                    reason: failure::told(&error),
                }),
            }
        }
        // Before the commit: no mail may name a page that was never written.
        write_page(&path, &rendered.html)?;
        Ok((is_new, queued))
    })?;
    let round = post::send_queued(context)?;
    lacking.extend(post::lacking(context, kind, as_of, recipients)?);
    let is_own = |mail: &Sent| mail.report == kind.as_str() && mail.as_of == as_of.0;
    let own = round.sent.into_iter().filter(is_own);
    Ok(Published {
        path,
        sha256,
        is_new,
        queued,
        sent: own.map(|mail| mail.detail).collect(),
        lacking,
    })
}

/// The page with its mail, and the nominal ids of everyone it tells of.
fn render(
    context: &Context<'_>,
    standing: &Standing,
    slot: &Slot,
    kind: ReportKind,
) -> Result<(Rendered, Vec<String>)> {
    let mut named = Vec::new();
    let scope = Scope {
        connection: context.store.connection(),
        dir: &context.deployment.dir,
        config: &context.deployment.config,
        contracts: &context.deployment.contracts,
        broken: &context.deployment.broken,
        measures: &context.deployment.measures,
        measure_settings: context.deployment.measure_settings(),
        standing,
        as_of: slot.as_of,
        at: slot.scheduled_at,
    };
    let rendered = match kind {
        ReportKind::MorningBriefing => {
            render::render_morning_briefing(&query::morning_briefing::view(&scope)?)
        }
        ReportKind::CommitmentScorecard => {
            render::render_commitment_scorecard(&query::commitment_scorecard::view(&scope)?)
        }
        ReportKind::HarmListPack => {
            let view = query::harm_list_pack::view(&scope)?;
            named = view.nominal_ids();
            render::render_harm_list_pack(&view)
        }
        ReportKind::OperationsReport => {
            render::render_operations_report(&query::operations_report::view(&scope)?)
        }
    }
    .with_context(|| format!("the {} could not be rendered", kind.as_str()))?;
    Ok((rendered, named))
}

/// Puts on record whom a kept page tells of.
fn record_named(
    connection: &Connection,
    kind: ReportKind,
    report_id: i64,
    named: Vec<String>,
    now: DateTime<Utc>,
) -> Result<()> {
    let event = Event {
        subjects: named,
        detail: serde_json::json!({ "report_id": report_id }),
        ..Event::new(Kind::Disclosure, kind.as_str())
    };
    audit::record(connection, Who::program(now.naive_utc()), &event)
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
    chain::seal(connection, "ledger.reports", &[report_id])?;
    Ok((report_id, true))
}

fn enqueue(
    context: &Context<'_>,
    connection: &Connection,
    (report_id, as_of): (i64, AsOf),
    key: &Key<'_>,
    subject: &str,
    message: &[u8],
) -> Result<()> {
    let sender = context.deployment.config.mail.from.as_ref();
    let entry = Entry {
        report_id,
        report: key.report,
        as_of: as_of.0,
        sender,
        recipient: key.recipient,
        subject,
        message_id: &key.message_id(sender),
        message,
    };
    outbox::enqueue(connection, entry, context.clock.now())
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
