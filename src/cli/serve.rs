//! `daybook serve`: the daemon. One thread keeps time and works; this one
//! waits for the word to stop.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

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

/// Runs until SIGTERM or SIGINT.
pub fn run(dir: &Path) -> Result<()> {
    let deployment = Deployment::load(dir)?;
    png::self_test()?;
    let store = deployment.open_store()?;
    let interrupt = store.connection().interrupt_handle();
    // Before the first job, so that an early signal stops it in good order.
    let signals = Signals::listen()?;
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
    signals.wait(ticks)?;
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

/// The signals that ask for a stop, heard from the moment this exists.
struct Signals {
    runtime: Runtime,
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("the runtime could not start")?;
        let guard = runtime.enter();
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        drop(guard);
        Ok(Self {
            runtime,
            terminate,
            interrupt,
        })
    }

    /// Ticks until a signal arrives.
    fn wait(mut self, ticks: mpsc::Sender<()>) -> Result<()> {
        self.runtime.block_on(async {
            let metronome = Metronome::start(TICK, ticks).await?;
            tokio::select! {
                _ = self.terminate.recv() => {}
                _ = self.interrupt.recv() => {}
            }
            metronome.stop().await
        })
    }
}
