//! Fills the operations report: the figures of `daybook ingest status`, and how
//! the last day's work went.

use anyhow::Result;
use chrono::{Duration, NaiveDateTime};

use super::{Scope, measures};
use crate::audit::verify;
use crate::ingest::history::ledger;
use crate::ingest::status;
use crate::measures::results::{self, Which};
use crate::model::restricted::Room;
use crate::report::view::operations_report::{
    CheckCount, JobRuns, OperationsReport, OverdueRows, Record, RejectCount, Shifted, Warehouse,
};
use crate::store::bind;
use crate::warehouse::build_status;
use crate::warehouse::checks::Severity;

/// The report of a slot.
pub fn view(scope: &Scope<'_>) -> Result<OperationsReport> {
    let moment = scope.moment();
    Ok(OperationsReport {
        header: scope.header("operations-report")?,
        at: moment.now,
        sources: status::status(scope.connection, scope.contracts, scope.broken, moment)?,
        rejects: rejects(scope)?,
        overdue: overdue(scope)?,
        warehouse: warehouse(scope)?,
        shifts: shifts(scope)?,
        checks: checks(scope)?,
        record: record(scope)?,
        jobs: jobs(scope)?,
    })
}

fn rejects(scope: &Scope<'_>) -> Result<Vec<RejectCount>> {
    let (local, utc) = (scope.local(), scope.at.naive_utc());
    bind::query(
        scope.connection,
        &scope.sql("jobs/operations-report/rejects.sql")?,
        &[
            ("from", &day_before(local)),
            ("until", &local),
            ("utc_from", &day_before(utc)),
            ("utc_until", &utc),
        ],
        |row| {
            Ok(RejectCount {
                source: row.get("source")?,
                column: row.get("column_name")?,
                reason: row.get("reason")?,
                rejected_rows: row.get("rejected_rows")?,
                warned_rows: row.get("warned_rows")?,
            })
        },
    )
}

fn overdue(scope: &Scope<'_>) -> Result<Vec<OverdueRows>> {
    bind::query(
        scope.connection,
        &scope.sql("jobs/operations-report/overdue.sql")?,
        &[],
        |row| {
            Ok(OverdueRows {
                source: row.get("source")?,
                columns: row.get("columns")?,
                other_source: row.get("other_source")?,
                rows_missing: row.get("rows_missing")?,
                rows_overdue: row.get("rows_overdue")?,
                within_days: row.get("within_days")?,
            })
        },
    )
}

/// Of the figures that the measures' job made last.
fn shifts(scope: &Scope<'_>) -> Result<Vec<Shifted>> {
    let Some(as_of) = results::newest_by(scope.connection, scope.as_of)? else {
        return Ok(Vec::new());
    };
    let mut shifted = Vec::new();
    for definition in measures::for_leadership(scope) {
        let headline = Which::headline(definition);
        let series = results::series(scope.connection, definition, as_of, headline)?;
        let found = series.map(|series| results::shifts(definition, headline.area, &series));
        shifted.extend(found.into_iter().flatten().map(|(month, shift)| Shifted {
            measure: definition.id.clone(),
            title: definition.name.clone(),
            unit: measures::unit(definition),
            month,
            means:
                (definition.commitment.room == Room::Open).then_some((shift.before, shift.after)),
        }));
    }
    Ok(shifted)
}

fn warehouse(scope: &Scope<'_>) -> Result<Warehouse> {
    let stands_on = scope.standing.known_at;
    Ok(Warehouse {
        stands_on_batch: (!scope.standing.recipe.is_empty()).then_some(stands_on),
        newest_batch: ledger::latest(scope.connection)?,
        is_blocked: build_status::blocked(scope.connection)?.is_some(),
    })
}

fn checks(scope: &Scope<'_>) -> Result<Vec<CheckCount>> {
    let results = build_status::newest_results(scope.connection)?;
    Ok(results
        .into_iter()
        .map(|check| CheckCount {
            title: check.title,
            is_blocking: check.severity == Severity::Block,
            failing_rows: check.rows,
        })
        .collect())
}

fn record(scope: &Scope<'_>) -> Result<Option<Record>> {
    let zone = scope.config.tz();
    let standing = verify::standing(scope.connection, scope.as_of.0)?;
    Ok(standing.map(|standing| Record {
        verified_at: standing
            .verified_at
            .and_utc()
            .with_timezone(&zone)
            .naive_local(),
        entries: standing.entries,
        findings: standing.findings,
        ledgers: standing.ledgers,
    }))
}

/// Slots are told by when they were due, so that a report made again later
/// tells of the same ones.
fn jobs(scope: &Scope<'_>) -> Result<Vec<JobRuns>> {
    let utc = scope.at.naive_utc();
    let zone = scope.config.tz();
    bind::query(
        scope.connection,
        &scope.sql("jobs/operations-report/runs.sql")?,
        &[("utc_from", &day_before(utc)), ("utc_until", &utc)],
        |row| {
            let due_at: NaiveDateTime = row.get("scheduled_at")?;
            Ok(JobRuns {
                job: row.get("job")?,
                slots: row.get("slots")?,
                troubled_slots: row.get("troubled_slots")?,
                due_at: due_at.and_utc().with_timezone(&zone).naive_local(),
                state: row.get("state")?,
                elapsed_ms: row.get("elapsed_ms")?,
            })
        },
    )
}

fn day_before(at: NaiveDateTime) -> NaiveDateTime {
    at - Duration::days(1)
}
