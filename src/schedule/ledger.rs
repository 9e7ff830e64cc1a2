//! The ledger of slots and runs. A slot is (job, scheduled instant) and has
//! one final state; a run is one attempt at it.

use anyhow::Result;
use chrono::{DateTime, NaiveDateTime, Utc};
use duckdb::{Connection, ToSql, params, params_from_iter};

use crate::audit::{self, Event, Kind};
use crate::model::act::Who;
use crate::model::as_of::AsOf;
use crate::store::{bind, chain};

/// What a slot stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub job: String,
    pub scheduled_at: DateTime<Utc>,
    pub as_of: AsOf,
}

impl Slot {
    /// As the chain of slots names it.
    fn key(&self) -> String {
        format!("{} {}", self.job, self.scheduled_at.naive_utc())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    Schedule,
    Command,
}

impl Trigger {
    fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Command => "command",
        }
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Succeeded,
    Failed,
    Interrupted,
}

impl Ending {
    fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }
}

/// Records that an attempt begins; returns the run's number.
pub fn begin(
    connection: &Connection,
    slot: &Slot,
    trigger: Trigger,
    now: DateTime<Utc>,
) -> Result<i64> {
    let run_id: i64 =
        connection.query_row("select nextval('ledger.run_ids')", [], |row| row.get(0))?;
    let transaction = connection.unchecked_transaction()?;
    transaction.execute(
        "insert into ledger.slots values (?, ?, ?, 'running', null) \
         on conflict (job, scheduled_at) do update set state = 'running', reason = null",
        params![slot.job, slot.scheduled_at.naive_utc(), slot.as_of.0],
    )?;
    transaction.execute(
        "insert into ledger.runs values (?, ?, ?, ?, ?, ?, null, 'running', null)",
        params![
            run_id,
            slot.job,
            slot.scheduled_at.naive_utc(),
            slot.as_of.0,
            trigger.as_str(),
            now.naive_utc()
        ],
    )?;
    seal(&transaction, &[run_id], &[slot.key()])?;
    let what = format!("run {}", slot.job);
    let event = Event {
        detail: serde_json::json!({
            "run_id": run_id,
            "as_of": slot.as_of.to_string(),
            "trigger": trigger.as_str(),
        }),
        ..Event::new(Kind::Administration, &what)
    };
    audit::record(&transaction, Who::program(now.naive_utc()), &event)?;
    transaction.commit()?;
    Ok(run_id)
}

/// Whether the schedule has begun a slot, however that ended. A slot that only
/// a command has run is still the schedule's to run.
pub fn was_begun(connection: &Connection, slot: &Slot) -> Result<bool> {
    Ok(connection.query_row(
        "select count(*) > 0 from ledger.runs \
         where job = ? and scheduled_at = ? and trigger = 'schedule'",
        params![slot.job, slot.scheduled_at.naive_utc()],
        |row| row.get(0),
    )?)
}

/// Records how an attempt ended, in its run and its slot.
pub fn end(
    connection: &Connection,
    slot: &Slot,
    run_id: i64,
    ending: Ending,
    story: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let transaction = connection.unchecked_transaction()?;
    transaction.execute(
        "update ledger.runs set ended_at = ?, state = ?, story = ? where run_id = ?",
        params![now.naive_utc(), ending.as_str(), story, run_id],
    )?;
    let reason = (ending != Ending::Succeeded).then_some(story);
    transaction.execute(
        "update ledger.slots set state = ?, reason = ? where job = ? and scheduled_at = ?",
        params![
            ending.as_str(),
            reason,
            slot.job,
            slot.scheduled_at.naive_utc()
        ],
    )?;
    seal(&transaction, &[run_id], &[slot.key()])?;
    transaction.commit()?;
    Ok(())
}

/// Why a slot came and went without a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unrun {
    /// The program was not there.
    Missed,
    /// The program had a reason not to.
    Skipped,
}

/// A job of each minute can have missed tens of thousands of slots, which are
/// slow to write one by one.
const AT_ONCE: usize = 500;

/// Gives slots that were never run their final state, all or none.
pub fn close(connection: &Connection, slots: &[Slot], unrun: Unrun, reason: &str) -> Result<()> {
    let state = match unrun {
        Unrun::Missed => "missed",
        Unrun::Skipped => "skipped",
    };
    let transaction = connection.unchecked_transaction()?;
    for some in slots.chunks(AT_ONCE) {
        let rows = vec!["(?, ?, ?, ?, ?)"; some.len()].join(", ");
        let values = some.iter().flat_map(|slot| {
            let (at, as_of) = (slot.scheduled_at.naive_utc(), slot.as_of.0);
            let row: [Box<dyn ToSql>; 5] = [
                Box::new(slot.job.clone()),
                Box::new(at),
                Box::new(as_of),
                Box::new(state),
                Box::new(reason.to_owned()),
            ];
            row
        });
        transaction.execute(
            &format!("insert into ledger.slots values {rows} on conflict do nothing"),
            params_from_iter(values),
        )?;
    }
    let keys: Vec<String> = slots.iter().map(Slot::key).collect();
    seal(&transaction, &[], &keys)?;
    transaction.commit()?;
    Ok(())
}

/// Runs that were under way when the program last stopped are interrupted.
pub fn mark_interrupted(connection: &Connection, now: DateTime<Utc>) -> Result<usize> {
    let transaction = connection.unchecked_transaction()?;
    let (runs_ending, slots_ending) = under_way(&transaction)?;
    let runs = transaction.execute(
        "update ledger.runs set state = 'interrupted', ended_at = ?, \
             story = 'the program stopped while this ran' where state = 'running'",
        [now.naive_utc()],
    )?;
    transaction.execute(
        "update ledger.slots set state = 'interrupted', \
             reason = 'the program stopped while this ran' where state = 'running'",
        [],
    )?;
    seal(&transaction, &runs_ending, &slots_ending)?;
    transaction.commit()?;
    Ok(runs)
}

/// The runs that are under way, by number, and the slots, by their key.
fn under_way(connection: &Connection) -> Result<(Vec<i64>, Vec<String>)> {
    let runs = bind::query(
        connection,
        "select run_id from ledger.runs where state = 'running' order by run_id",
        &[],
        |row| row.get(0),
    )?;
    let slots = bind::query(
        connection,
        "select job || ' ' || scheduled_at as slot from ledger.slots \
         where state = 'running' order by slot",
        &[],
        |row| row.get(0),
    )?;
    Ok((runs, slots))
}

fn seal(tx: &Connection, runs: &[i64], slots: &[String]) -> Result<()> {
    chain::seal(tx, "ledger.runs", runs)?;
    chain::seal(tx, "ledger.slots", slots)
}

/// The latest instant up to `now` that the schedule has accounted for: a slot
/// that it ran, missed or skipped. A slot that only a command has run says
/// nothing of the schedule.
pub fn latest(
    connection: &Connection,
    job: &str,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let found: Option<NaiveDateTime> = connection.query_row(
        "select max(slots.scheduled_at) from ledger.slots as slots \
         left join ledger.runs as runs \
             on runs.job = slots.job and runs.scheduled_at = slots.scheduled_at \
         where slots.job = ? and slots.scheduled_at <= ? \
             and (runs.run_id is null or runs.trigger = 'schedule')",
        params![job, now.naive_utc()],
        |row| row.get(0),
    )?;
    Ok(found.map(|at| at.and_utc()))
}
