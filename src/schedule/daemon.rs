//! The daemon's side of the schedule: at every tick it asks what is due since
//! the last slot of each job, and runs it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};

use super::context::{Context, Deployment};
use super::definition::Job;
use super::ledger::{self, Slot, Trigger, Unrun};
use super::post::{self, Round};
use super::runner;
use super::stop::Stop;
use crate::clock::{Clock, Stopwatch};
use crate::model::as_of::AsOf;
use crate::store::{Store, failure};

/// How far back missed slots are recorded.
const LONGEST_GAP: chrono::Duration = chrono::Duration::days(31);

/// How late a slot may begin: after a pause, a step of the clock or a long run
/// the day's work is done, and what lies before it is history.
const CATCH_UP: chrono::Duration = chrono::Duration::days(1);

/// A step of the clock that is worth a line in the log.
const STEP: chrono::Duration = chrono::Duration::seconds(30);

/// How long the daemon waits for a tick before it looks by itself. The
/// metronome's library never ticks again once it was late by a period: after a
/// pause of the machine or a step of its clock.
const LONGEST_SILENCE: Duration = Duration::from_secs(2);

/// How soon it notices that it should stop.
const PULSE: Duration = Duration::from_millis(500);

/// How often mail that could not be sent is tried again.
const MAIL_PERIOD: Duration = Duration::from_mins(5);

/// Keeps time for one deployment.
pub struct Daemon<'a> {
    deployment: &'a Deployment,
    store: &'a Store,
    ledger: Store,
    clock: Clock,
    stop: &'a Stop,
    /// Per job, the instant up to which every slot is accounted for.
    settled: BTreeMap<String, DateTime<Utc>>,
    /// Jobs whose slot could not be recorded; told once, tried at every tick.
    unrecorded: BTreeSet<String>,
    /// What the clock said at the last tick.
    ticked_at: DateTime<Utc>,
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
        let now = clock.now();
        let mut daemon = Self {
            deployment,
            store,
            ledger: store.sibling()?,
            clock,
            stop,
            settled: BTreeMap::new(),
            unrecorded: BTreeSet::new(),
            ticked_at: now,
        };
        let interrupted = ledger::mark_interrupted(daemon.ledger.connection(), now)?;
        let mut missed = 0;
        for job in daemon.enabled() {
            missed += daemon.miss(job, now, "daybook was not running")?;
            daemon.settled.insert(job.name.clone(), now);
        }
        tracing::info!(
            jobs.enabled = daemon.settled.len(),
            runs.interrupted = interrupted,
            slots.missed = missed,
            "keeping time for {} jobs; {interrupted} runs had been interrupted, {missed} slots missed",
            daemon.settled.len()
        );
        Ok(daemon)
    }

    /// Works at every tick, and without one at its own pace, until asked to
    /// stop.
    pub fn keep_time(&mut self, ticks: &Receiver<()>) -> Result<()> {
        self.send_waiting_mail();
        let (mut ticked, mut mailed) = (Stopwatch::start(), Stopwatch::start());
        while !self.stop.is_asked() {
            match ticks.recv_timeout(PULSE) {
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) if ticked.elapsed() < LONGEST_SILENCE => continue,
                // Ticks that came while a job ran are one.
                Ok(()) | Err(RecvTimeoutError::Timeout) => while ticks.try_recv().is_ok() {},
            }
            ticked = Stopwatch::start();
            self.tick(self.clock.now())?;
            if mailed.elapsed() >= MAIL_PERIOD {
                self.send_waiting_mail();
                mailed = Stopwatch::start();
            }
        }
        self.store.checkpoint()
    }

    /// Runs everything that has become due by `now`.
    pub fn tick(&mut self, now: DateTime<Utc>) -> Result<()> {
        self.watch_the_clock(now);
        let due = self.due(now)?;
        let is_idle = due.is_empty();
        for (job, slot) in due {
            if self.stop.is_asked() {
                return Ok(());
            }
            // A failed run is in the ledger and in the log; the next job goes
            // on, unless the database itself has failed.
            let outcome = runner::run(&self.context(), &self.ledger, job, &slot, Trigger::Schedule);
            if let Err(error) = outcome {
                self.check_database()?;
                if !ledger::was_begun(self.ledger.connection(), &slot)? {
                    self.tell_unrecorded(job, &error);
                    continue;
                }
            }
            self.unrecorded.remove(&job.name);
            self.settled.insert(job.name.clone(), now);
        }
        if !is_idle && let Err(error) = self.store.release_memory(&self.deployment.config.store) {
            tracing::error!("memory could not be given back: {}", failure::told(&error));
            self.check_database()?;
        }
        Ok(())
    }

    fn watch_the_clock(&mut self, now: DateTime<Utc>) {
        if now < self.ticked_at - STEP {
            tracing::warn!("the clock went back from {} to {now}", self.ticked_at);
        } else if now > self.ticked_at + CATCH_UP {
            tracing::warn!("the clock went on from {} to {now}", self.ticked_at);
        }
        self.ticked_at = now;
    }

    /// A database that reported a fatal error answers nothing any more; the
    /// program must end, so that whoever supervises it starts it again.
    fn check_database(&self) -> Result<()> {
        self.ledger
            .connection()
            .execute_batch("select count(*) from ledger.slots")
            .context("the database can no longer be used; daybook must be started again")
    }

    /// The newest due slot of each job, in order of time.
    fn due(&mut self, now: DateTime<Utc>) -> Result<Vec<(&'a Job, Slot)>> {
        let mut due = Vec::new();
        for job in self.enabled() {
            match self.due_of(job, now) {
                Ok(Some(slot)) => due.push((job, slot)),
                Ok(None) => {
                    self.settled.insert(job.name.clone(), now);
                }
                Err(error) => {
                    self.check_database()?;
                    self.tell_unrecorded(job, &error);
                }
            }
        }
        due.sort_by(|a, b| (a.1.scheduled_at, &a.1.job).cmp(&(b.1.scheduled_at, &b.1.job)));
        Ok(due)
    }

    /// The newest slot of a job that is due and was not begun before; older
    /// ones, which came due while something else ran, are skipped. A clock that
    /// was set back repeats nothing: a slot is its instant, wherever the clock
    /// stands. It stops nothing either: what comes next is looked for from now.
    fn due_of(&self, job: &Job, now: DateTime<Utc>) -> Result<Option<Slot>> {
        let mut since = self.settled.get(&job.name).copied().unwrap_or(now);
        if now - since > CATCH_UP {
            since = now - CATCH_UP;
            let reason =
                "not begun within a day: the program was paused or busy, or its clock leapt";
            self.miss(job, since, reason)?;
        }
        let mut slots = slots(job, since, now);
        let newest = slots.pop();
        let reason = "a later slot of the job was already due";
        ledger::close(self.ledger.connection(), &slots, Unrun::Skipped, reason)?;
        match newest {
            Some(slot) if !ledger::was_begun(self.ledger.connection(), &slot)? => Ok(Some(slot)),
            _ => Ok(None),
        }
    }

    /// Records what a job's schedule has missed since the ledger knows of it.
    fn miss(&self, job: &Job, until: DateTime<Utc>, reason: &str) -> Result<usize> {
        let connection = self.ledger.connection();
        let Some(last) = ledger::latest(connection, &job.name, until)? else {
            return Ok(0);
        };
        // Older gaps are history; a slot per minute of them is noise.
        let gone = slots(job, last.max(until - LONGEST_GAP), until);
        ledger::close(connection, &gone, Unrun::Missed, reason)?;
        Ok(gone.len())
    }

    /// Told once; the slot is tried again at every tick.
    fn tell_unrecorded(&mut self, job: &Job, error: &anyhow::Error) {
        if self.unrecorded.insert(job.name.clone()) {
            let name = job.name.as_str();
            tracing::error!(
                job.name = name,
                "{name} is due, but its slot could not be recorded; it is tried again: {}",
                failure::told(error)
            );
        }
    }

    fn send_waiting_mail(&self) {
        let told = match post::send_queued(&self.context()) {
            Ok(round) => tell_round(&round),
            Err(error) => Some(format!(
                "waiting mail could not be sent: {}",
                failure::told(&error)
            )),
        };
        if let Some(told) = told {
            tracing::error!("{told}");
        }
    }

    fn context(&self) -> Context<'a> {
        Context {
            deployment: self.deployment,
            store: self.store,
            clock: self.clock,
            stop: self.stop,
            progress: &|_, _, _| {},
        }
    }

    fn enabled(&self) -> impl Iterator<Item = &'a Job> + use<'a> {
        self.deployment.jobs.values().filter(|job| job.is_enabled)
    }
}

/// Says in the log what of the waiting mail was sent; gives back what is wrong.
fn tell_round(round: &Round) -> Option<String> {
    if !round.sent.is_empty() {
        tracing::info!(
            mails.sent = round.sent.len(),
            "mail that had waited was sent"
        );
    }
    let reason = round.unsent.first()?;
    Some(format!(
        "{} mails that wait could not be sent; the first: {reason}",
        round.unsent.len() + round.untried
    ))
}

fn slots(job: &Job, after: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Slot> {
    let instants = job.schedule.between(after, until).into_iter();
    instants.map(|at| slot(job, at)).collect()
}

fn slot(job: &Job, scheduled_at: DateTime<Utc>) -> Slot {
    Slot {
        job: job.name.clone(),
        scheduled_at,
        as_of: AsOf(scheduled_at.with_timezone(&job.schedule.zone).date_naive()),
    }
}
