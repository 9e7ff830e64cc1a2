//! The metronome: one repeated job, in UTC, that only says that time has
//! passed. What is due is decided elsewhere, from the ledger.

use std::sync::mpsc::Sender;
use std::time::Duration;

use anyhow::Result;
use tokio_cron_scheduler::{Job, JobScheduler};

/// Ticks until dropped or stopped.
pub struct Metronome {
    scheduler: JobScheduler,
}

impl Metronome {
    /// Starts to send a tick every `period`.
    pub async fn start(period: Duration, ticks: Sender<()>) -> Result<Self> {
        let scheduler = JobScheduler::new().await?;
        let tick = Job::new_repeated(period, move |_id, _scheduler| {
            // The receiver is gone only while the program stops.
            let _ = ticks.send(());
        })?;
        scheduler.add(tick).await?;
        scheduler.start().await?;
        Ok(Self { scheduler })
    }

    pub async fn stop(mut self) -> Result<()> {
        self.scheduler.shutdown().await?;
        Ok(())
    }
}
