//! What arrived for a morning, and whether it can be relied on.

use anyhow::Result;
use chrono::{Duration, NaiveDateTime};
use duckdb::{OptionalExt, params};

use super::Scope;
use crate::ingest::contract::Contract;
use crate::report::view::source::{Checks, FailedCheck, Source, SourceState};
use crate::warehouse::standing;

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

/// One row per contract, the nightly ones first.
pub fn all(scope: &Scope<'_>) -> Result<Vec<Source>> {
    let mut contracts: Vec<&Contract> = scope.contracts.iter().collect();
    contracts.sort_by_key(|contract| (contract.freshness.is_none(), contract.publisher.is_some()));
    contracts
        .into_iter()
        .map(|contract| one(scope, contract))
        .collect()
}

/// The checks that ran with the last attempt to rebuild the warehouse.
pub fn checks(scope: &Scope<'_>) -> Result<Checks> {
    let results = standing::newest_results(scope.connection)?;
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

fn one(scope: &Scope<'_>, contract: &Contract) -> Result<Source> {
    let as_at: Option<NaiveDateTime> = scope.connection.query_row(
        "select max(as_at) from ledger.standing_files where source = ? and as_at < ?",
        params![contract.name, scope.end_of_day()],
        |row| row.get(0),
    )?;
    let (rows_in, rows_accepted, rows_rejected, rows_duplicate) = scope.connection.query_row(
        "select coalesce(sum(rows_read), 0)::bigint, coalesce(sum(rows_accepted), 0)::bigint, \
             coalesce(sum(rows_rejected), 0)::bigint, coalesce(sum(rows_duplicate), 0)::bigint \
         from ledger.standing_files where source = ? and as_at::date = ?::date",
        params![contract.name, scope.midnight()],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    Ok(Source {
        name: contract.name.clone(),
        title: contract.title.clone(),
        state: state(scope, contract, as_at)?,
        as_at,
        rows_in,
        rows_accepted,
        rows_rejected,
        rows_duplicate,
        affects: contract.affects.clone(),
    })
}

fn state(
    scope: &Scope<'_>,
    contract: &Contract,
    as_at: Option<NaiveDateTime>,
) -> Result<SourceState> {
    let refused: Option<String> = scope
        .connection
        .query_row(
            "select coalesce(reason, '') from ledger.batches \
             where source = ? and state = 'refused' and as_at < ? and (? is null or as_at > ?) \
             order by as_at desc, batch_id desc limit 1",
            params![contract.name, scope.end_of_day(), as_at, as_at],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(reason) = refused {
        return Ok(SourceState::Refused { reason });
    }
    let Some(as_at) = as_at else {
        return Ok(SourceState::NeverReceived);
    };
    let age = scope.midnight() - as_at;
    Ok(match contract.freshness {
        Some(freshness)
            if age > Duration::hours(freshness.stale_after_hours.into())
                && age > Duration::hours(24) =>
        {
            SourceState::Late {
                days: super::to_u32(age.num_days().unsigned_abs()),
            }
        }
        Some(freshness) if freshness.due_by.is_some() && age > Duration::zero() => {
            SourceState::Missing
        }
        _ if is_held_back(scope, contract, as_at)? => SourceState::HeldBack,
        _ => SourceState::Fresh,
    })
}

/// Whether no file of a moment has reached the tables.
fn is_held_back(scope: &Scope<'_>, contract: &Contract, as_at: NaiveDateTime) -> Result<bool> {
    Ok(scope.connection.query_row(
        "select min(batch_id) > ? from ledger.standing_files \
         where source = ? and as_at = ?",
        params![scope.standing.known_at, contract.name, as_at],
        |row| row.get(0),
    )?)
}
