//! How far the sources speak that actions are counted from. A count whose
//! source has never arrived is unavailable, never zero.

use anyhow::{Context, Result};
use chrono::NaiveDate;
use duckdb::Connection;
use serde::Serialize;

use crate::model::as_of::AsOf;
use crate::store::bind;

/// One source and the newest extract of it that the warehouse holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Arrived {
    pub source: Source,
    /// The morning it speaks of; none when it never arrived.
    pub as_at: Option<NaiveDate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Arrests,
    Charges,
    CourtResults,
    CustodySpells,
    Interventions,
}

impl Source {
    const ALL: [Self; 5] = [
        Self::Arrests,
        Self::Charges,
        Self::CourtResults,
        Self::CustodySpells,
        Self::Interventions,
    ];

    /// Its name in the ledger and in the landing folder.
    pub fn name(self) -> &'static str {
        match self {
            Self::Arrests => "arrests",
            Self::Charges => "charges",
            Self::CourtResults => "court_results",
            Self::CustodySpells => "custody_spells",
            Self::Interventions => "interventions",
        }
    }
}

/// Every source, whether it arrived or not.
pub fn sources(connection: &Connection) -> Result<Vec<Arrived>> {
    let found: Vec<(String, NaiveDate)> = bind::query(
        connection,
        "select source, cast(max(as_at) as date) from ledger.standing_files \
         where batch_id <= ( \
             select coalesce(max(known_at), 0) from ledger.rebuilds \
             where state = 'built' \
         ) group by source order by source",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let as_at = |source: Source| {
        let held = found.iter().find(|(name, _)| name == source.name());
        held.map(|(_, as_at)| *as_at)
    };
    Ok(Source::ALL
        .into_iter()
        .map(|source| Arrived {
            source,
            as_at: as_at(source),
        })
        .collect())
}

/// The date up to which every source that has arrived speaks.
pub fn all_speak_to(sources: &[Arrived]) -> Result<AsOf> {
    sources
        .iter()
        .filter_map(|held| held.as_at)
        .min()
        .map(AsOf)
        .context("no arrests, charges, court results, custody spells or interventions have been accepted yet")
}

/// Whether all of some sources have arrived.
pub fn has(sources: &[Arrived], wanted: &[Source]) -> bool {
    sources
        .iter()
        .filter(|held| wanted.contains(&held.source))
        .all(|held| held.as_at.is_some())
}
