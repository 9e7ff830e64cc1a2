//! Fills the views from the database: one file per report, and one for each
//! part that reports share.

pub mod commitment_scorecard;
pub mod harm_list_pack;
pub mod list;
pub mod measures;
pub mod morning_briefing;
pub mod operations_report;
pub mod overnight;
pub mod people;
pub mod public_release;
pub mod readers;
pub mod sources;

use std::path::Path;

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDateTime, NaiveTime, Utc};
use duckdb::Connection;

use crate::config::Config;
use crate::ingest::contract::Contract;
use crate::ingest::contract::load::Broken;
use crate::ingest::status::Moment;
use crate::measures::definition::load::Loaded;
use crate::measures::settings::MeasureSettings;
use crate::model::as_of::AsOf;
use crate::report::view::source::FailedCheck;
use crate::report::view::{Header, Stale};
use crate::store::walls;
use crate::warehouse::build_status::Standing;

/// What a report is made from.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub connection: &'a Connection,
    pub dir: &'a Path,
    pub config: &'a Config,
    pub contracts: &'a [Contract],
    pub broken: &'a [Broken],
    pub measures: &'a Loaded,
    pub measure_settings: MeasureSettings,
    /// What the tables stand on.
    pub standing: &'a Standing,
    pub as_of: AsOf,
    /// When the report was due: the same for every run of its slot.
    pub at: DateTime<Utc>,
}

impl Scope<'_> {
    /// When the report was due, with what speaks of its date or an earlier one.
    pub fn moment(&self) -> Moment {
        Moment {
            now: self.local(),
            before: Some(self.end_of_day()),
        }
    }

    /// The start of the report's date, London time.
    pub fn midnight(&self) -> NaiveDateTime {
        self.as_of.0.and_time(NaiveTime::MIN)
    }

    /// The end of the report's date: what speaks of a later moment is not in it.
    pub fn end_of_day(&self) -> NaiveDateTime {
        self.midnight() + chrono::Duration::days(1)
    }

    /// When the report was due, London time.
    pub fn local(&self) -> NaiveDateTime {
        self.at.with_timezone(&self.config.tz()).naive_local()
    }

    /// Reads a job's SQL from its folder.
    pub fn sql(&self, file: &str) -> Result<String> {
        let text = std::fs::read_to_string(self.dir.join(file))
            .with_context(|| format!("cannot read {file}"))?;
        walls::check(self.connection, &text).with_context(|| file.to_owned())?;
        Ok(text)
    }

    /// Head and foot of a page.
    pub fn header(&self, report: &str) -> Result<Header> {
        let link = self.config.reports.link.as_ref().trim_end_matches('/');
        Ok(Header {
            marking: self.config.marking.clone(),
            force: self.config.force.clone(),
            as_of: self.as_of.0,
            data_to: sources::newest(self)?,
            stale: stale(self)?,
            run_id: None,
            page_url: (!link.is_empty()).then(|| format!("{link}/{}/{report}.html", self.as_of)),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            is_synthetic: self.config.synthetic,
        })
    }
}

/// What keeps the figures at an earlier batch.
fn stale(scope: &Scope<'_>) -> Result<Option<Stale>> {
    let Some(blocked) = &scope.standing.stale else {
        return Ok(None);
    };
    let taken_in_at: Option<NaiveDateTime> = scope.connection.query_row(
        "select max(received_at) from ledger.batches where batch_id = ?",
        [scope.standing.known_at],
        |row| row.get(0),
    )?;
    let local = |at: NaiveDateTime| {
        let zone = scope.config.tz();
        at.and_utc().with_timezone(&zone).naive_local()
    };
    Ok(Some(Stale {
        batch: scope.standing.known_at,
        taken_in_at: taken_in_at.map(local),
        since: local(blocked.since),
        failed: blocked
            .because
            .iter()
            .map(|check| FailedCheck {
                title: check.title.clone(),
                rows: check.rows,
            })
            .collect(),
    }))
}

/// A row count as an index or a size.
pub fn to_u32(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
