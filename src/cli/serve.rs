//! `daybook serve`: the daemon. One thread keeps time and works; this one
//! waits for the word to stop.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::clock::Clock;
use crate::report::png;
use crate::schedule::context::Deployment;
use crate::schedule::daemon::Daemon;
use crate::schedule::metronome::Metronome;
use crate::schedule::stop::Stop;

#[derive(Debug, Args)]
pub struct Serve {}

/// How often the daemon looks at what is due.
const TICK: Duration = Duration::from_secs(2);

/// How long a running job may take to notice that it should stop.
const PATIENCE: Duration = Duration::from_secs(4);

impl Serve {
    pub fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        png::self_test()?;
        let store = deployment.open_store()?;
        let interrupt = store.connection().interrupt_handle();
        let stop = Stop::default();
        let (ticks, heard) = mpsc::channel();
        let (done, finished) = mpsc::channel();
        let worker = {
            let stop = stop.clone();
            std::thread::Builder::new()
                .name("jobs".to_owned())
                .spawn(move || {
                    let outcome = Daemon::open(&deployment, &store, Clock::System, &stop)
                        .and_then(|mut daemon| daemon.keep_time(&heard));
                    // Nobody listens any more only when the program ends anyway.
                    let _ = done.send(());
                    outcome
                })?
        };
        wait_for_signal(ticks)?;
        tracing::info!("asked to stop");
        stop.ask();
        interrupt.interrupt();
        if finished.recv_timeout(PATIENCE).is_err() {
            tracing::warn!(
                "a job did not stop in time; its run will be marked interrupted at the next start"
            );
            return Ok(());
        }
        let outcome = worker
            .join()
            .map_err(|_| anyhow::anyhow!("the job thread panicked"))?;
        tracing::info!("stopped");
        outcome
    }
}

/// Ticks until SIGTERM or SIGINT arrives.
fn wait_for_signal(ticks: mpsc::Sender<()>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime could not start")?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let metronome = Metronome::start(TICK, ticks).await?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        metronome.stop().await
    })
}
