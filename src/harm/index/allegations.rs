//! A force's own allegations in a window, counted by code.

use anyhow::Result;
use chrono::NaiveDate;
use duckdb::Connection;
use serde::Serialize;

use crate::harm::settings::ListSettings;
use crate::model::as_of::AsOf;
use crate::store::bind;

/// The days whose allegations are looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Window {
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// `reported` or `committed`.
    pub by: &'static str,
}

/// One row of `allegations.sql`.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact that the SQL groups by"
)]
pub(super) struct Counted {
    pub(super) ho_code: String,
    pub(super) offence_title: Option<String>,
    pub(super) has_female_victim: bool,
    pub(super) is_domestic_abuse: bool,
    pub(super) is_proactive: bool,
    pub(super) is_withdrawn: bool,
    pub(super) allegations: u64,
    pub(super) offences: u64,
}

impl Counted {
    pub(super) fn title(&self) -> &str {
        self.offence_title.as_deref().unwrap_or_default()
    }
}

/// The window of the newest list, or of a list of today.
pub fn window(
    connection: &Connection,
    settings: &ListSettings,
    today: NaiveDate,
) -> Result<Window> {
    let newest = bind::query(
        connection,
        "select window_from, window_to from ledger.lists \
         order by as_of desc, list_id desc limit 1",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let today = AsOf(today);
    let (from, to) = newest
        .into_iter()
        .next()
        .unwrap_or_else(|| (today.window_start(settings.window_days), today.last_day()));
    Ok(Window {
        from,
        to,
        by: settings.window_by.as_str(),
    })
}

/// Whether there are allegations to look at.
pub(super) fn has_data(connection: &Connection) -> Result<bool> {
    let tables: u64 = bind::query_one(
        connection,
        "select count(*) from duckdb_tables() \
         where schema_name = 'core' and table_name in ('crimes', 'allegations')",
        &[],
        |row| row.get(0),
    )?;
    Ok(tables == 2)
}

/// Allegations in a window, by code, title and what decides whether they count.
pub(super) fn counted(connection: &Connection, window: &Window) -> Result<Vec<Counted>> {
    bind::query(
        connection,
        include_str!("allegations.sql"),
        &[
            ("window_by", &window.by),
            ("window_from", &bind::date(window.from)),
            ("window_to", &bind::date(window.to)),
        ],
        |row| {
            Ok(Counted {
                ho_code: row.get("ho_code")?,
                offence_title: row.get("offence_title")?,
                has_female_victim: row.get("has_female_victim")?,
                is_domestic_abuse: row.get("is_domestic_abuse")?,
                is_proactive: row.get("is_proactive")?,
                is_withdrawn: row.get("is_withdrawn")?,
                allegations: row.get("allegations")?,
                offences: row.get("offences")?,
            })
        },
    )
}
