//! What arrived for a morning, and whether it can be relied on.

use anyhow::Result;
use chrono::NaiveDateTime;
use duckdb::params;

use super::Scope;
use crate::ingest::refusal;
use crate::ingest::status;
use crate::ingest::status::{DayTotal, SourceStatus};
use crate::report::view::source::{Checks, FailedCheck, Source};
use crate::warehouse::build_status;

/// The newest moment that any nightly extract behind the figures speaks of, up
/// to the report's.
pub fn newest(scope: &Scope<'_>) -> Result<Option<NaiveDateTime>> {
    let nightly: Vec<&str> = scope
        .contracts
        .iter()
        .filter(|c| c.freshness.is_some())
        .map(|c| c.name.as_str())
        .collect();
    let found: Option<NaiveDateTime> = scope.connection.query_row(
        "select max(as_at) from ledger.standing_files \
         where as_at < ? and batch_id <= ? \
             and list_contains(string_split(?, ','), source)",
        params![
            scope.end_of_day(),
            scope.standing.known_at,
            nightly.join(",")
        ],
        |row| row.get(0),
    )?;
    Ok(found)
}

/// Every source, the nightly ones first, as `daybook ingest status` has it.
pub fn all(scope: &Scope<'_>) -> Result<Vec<Source>> {
    let found = status::status(
        scope.connection,
        scope.contracts,
        scope.broken,
        scope.moment(),
    )?;
    let mut sources: Vec<Source> = found
        .into_iter()
        .map(|found| one(scope, found))
        .collect::<Result<_>>()?;
    let place = |source: &Source| {
        let mut contracts = scope.contracts.iter();
        let contract = contracts.find(|contract| contract.name == source.name);
        contract.map_or((true, false), |contract| {
            (contract.freshness.is_none(), contract.publisher.is_some())
        })
    };
    sources.sort_by_key(place);
    Ok(sources)
}

/// The checks that ran with the last attempt to rebuild the warehouse.
pub fn checks(scope: &Scope<'_>) -> Result<Checks> {
    let results = build_status::newest_results(scope.connection)?;
    Ok(Checks {
        run: results.len() as u64,
        failed: results
            .into_iter()
            .filter(|check| check.rows > 0)
            .map(|check| FailedCheck {
                title: check.title,
                rows: check.rows,
            })
            .collect(),
    })
}

fn one(scope: &Scope<'_>, found: SourceStatus) -> Result<Source> {
    let as_at = found.last.as_ref().map(|last| last.as_at);
    let of_day = found.days.iter().find(|total| total.day == scope.as_of.0);
    let rows = |pick: fn(&DayTotal) -> u64| of_day.map_or(0, pick);
    Ok(Source {
        is_held_back: match as_at {
            Some(as_at) => is_held_back(scope, &found.source, as_at)?,
            None => false,
        },
        refused: found
            .refused
            .map(|refused| refusal::in_words(refused.refusal.as_deref()).to_owned()),
        state: found.state,
        as_at,
        rows_in: rows(|day| day.rows_read),
        rows_accepted: rows(|day| day.rows_accepted),
        rows_rejected: rows(|day| day.rows_rejected),
        rows_duplicate: rows(|day| day.rows_duplicate),
        name: found.source,
        title: found.title,
        affects: found.affects,
    })
}

/// Whether no file of a moment has reached the tables.
fn is_held_back(scope: &Scope<'_>, source: &str, as_at: NaiveDateTime) -> Result<bool> {
    Ok(scope.connection.query_row(
        "select min(batch_id) > ? from ledger.standing_files \
         where source = ? and as_at = ?",
        params![scope.standing.known_at, source, as_at],
        |row| row.get(0),
    )?)
}
