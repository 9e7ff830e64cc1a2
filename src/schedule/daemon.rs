//! The daemon's side of the schedule: at every tick it asks what is due since
//! the last slot of each job, and runs it.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};

use super::context::{Context, Deployment};
use super::definition::Job;
use super::ledger::{self, Slot, Trigger};
use super::publish;
use super::runner;
use super::stop::Stop;
use crate::clock::Clock;
use crate::model::as_of::AsOf;
use crate::store::Store;

/// How far back missed slots are recorded.
const LONGEST_GAP: chrono::Duration = chrono::Duration::days(31);

/// How often mail that could not be sent is tried again.
const MAIL_PERIOD: chrono::Duration = chrono::Duration::minutes(5);

/// Keeps time for one deployment.
pub struct Daemon<'a> {
    deployment: &'a Deployment,
    store: &'a Store,
    ledger: Store,
    clock: Clock,
    stop: &'a Stop,
    /// Per job, the instant up to which every slot is accounted for.
    settled: BTreeMap<String, DateTime<Utc>>,
}

impl<'a> Daemon<'a> {
    /// Accounts for the time the program was not running: runs that were under
    /// way are interrupted, slots that went by are missed.
    pub fn open(
        deployment: &'a Deployment,
        store: &'a Store,
        clock: Clock,
        stop: &'a Stop,
    ) -> Result<Self> {
        let ledger = store.sibling()?;
        let now = clock.now();
        let interrupted = ledger::mark_interrupted(ledger.connection(), now)?;
        let mut missed = 0;
        let mut settled = BTreeMap::new();
        for job in deployment.jobs.values().filter(|job| job.is_enabled) {
            if let Some(last) = ledger::latest(ledger.connection(), &job.name, now)? {
                // Older gaps are history; a slot per minute of them is noise.
                let since = last.max(now - LONGEST_GAP);
                let gone: Vec<Slot> = job
                    .schedule
                    .between(since, now)
                    .into_iter()
                    .map(|at| slot(job, at))
                    .collect();
                let reason = "daybook was not running";
                ledger::close(ledger.connection(), &gone, ledger::Unrun::Missed, reason)?;
                missed += gone.len();
            }
            settled.insert(job.name.clone(), now);
        }
        tracing::info!(
            jobs.enabled = settled.len(),
            runs.interrupted = interrupted,
            slots.missed = missed,
            "keeping time for {} jobs; {interrupted} runs had been interrupted, {missed} slots missed",
            settled.len()
        );
        Ok(Self {
            deployment,
            store,
            ledger,
            clock,
            stop,
            settled,
        })
    }

    /// Works at every tick until asked to stop.
    pub fn keep_time(&mut self, ticks: &Receiver<()>) -> Result<()> {
        self.send_waiting_mail();
        let mut mailed_at = self.clock.now();
        while !self.stop.is_asked() {
            match ticks.recv_timeout(Duration::from_millis(500)) {
                Ok(()) => {
                    let now = self.clock.now();
                    self.tick(now)?;
                    if now - mailed_at >= MAIL_PERIOD {
                        self.send_waiting_mail();
                        mailed_at = now;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.store.checkpoint()
    }

    /// Runs everything that has become due by `now`.
    pub fn tick(&mut self, now: DateTime<Utc>) -> Result<()> {
        let due = self.due(now)?;
        let is_idle = due.is_empty();
        for (job, slot) in due {
            if self.stop.is_asked() {
                return Ok(());
            }
            let context = Context {
                deployment: self.deployment,
                store: self.store,
                clock: self.clock,
                stop: self.stop,
                progress: &|_, _, _| {},
            };
            // A failed run is in the ledger and in the log; the next job goes
            // on, unless the database itself has failed.
            if runner::run(&context, &self.ledger, job, &slot, Trigger::Schedule).is_err() {
                self.check_database()?;
            }
        }
        if !is_idle {
            self.store.release_memory(&self.deployment.config.store)?;
        }
        Ok(())
    }

    /// A database that reported a fatal error answers nothing any more; the
    /// program must end, so that whoever supervises it starts it again.
    fn check_database(&self) -> Result<()> {
        self.ledger
            .connection()
            .execute_batch("select count(*) from ledger.slots")
            .context("the database can no longer be used; daybook must be started again")
    }

    /// The newest due slot of each job, in order of time; older ones that
    /// came due while something else ran are skipped.
    fn due(&mut self, now: DateTime<Utc>) -> Result<Vec<(&'a Job, Slot)>> {
        let mut due = Vec::new();
        for job in self.deployment.jobs.values().filter(|job| job.is_enabled) {
            let since = self.settled.get(&job.name).copied().unwrap_or(now);
            let mut instants = job.schedule.between(since, now);
            let newest = instants.pop();
            let passed: Vec<Slot> = instants.into_iter().map(|at| slot(job, at)).collect();
            let reason = "a later slot of the job was already due";
            ledger::close(
                self.ledger.connection(),
                &passed,
                ledger::Unrun::Skipped,
                reason,
            )?;
            if let Some(at) = newest {
                self.settled.insert(job.name.clone(), at);
                due.push((job, slot(job, at)));
            }
        }
        due.sort_by(|a, b| (a.1.scheduled_at, &a.1.job).cmp(&(b.1.scheduled_at, &b.1.job)));
        Ok(due)
    }

    fn send_waiting_mail(&self) {
        let context = Context {
            deployment: self.deployment,
            store: self.store,
            clock: self.clock,
            stop: self.stop,
            progress: &|_, _, _| {},
        };
        match publish::send_queued(&context) {
            Ok((sent, unsent)) if !sent.is_empty() || !unsent.is_empty() => {
                tracing::info!(
                    mails.sent = sent.len(),
                    mails.unsent = unsent.len(),
                    "mail that had waited was sent"
                );
            }
            Ok(_) => {}
            Err(error) => tracing::error!("waiting mail could not be sent: {error:#}"),
        }
    }
}

fn slot(job: &Job, scheduled_at: DateTime<Utc>) -> Slot {
    Slot {
        job: job.name.clone(),
        scheduled_at,
        as_of: AsOf(scheduled_at.with_timezone(&job.schedule.zone).date_naive()),
    }
}
