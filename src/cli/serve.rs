//! `daybook serve`: the daemon. One thread keeps time and works; this one
//! waits for the word to stop.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::report::png;
use crate::schedule::context::Deployment;
use crate::schedule::daemon::Daemon;
use crate::schedule::ledger::mark_interrupted;
use crate::schedule::metronome::Metronome;
use crate::schedule::stop::Stop;
use crate::store::failure;

#[derive(Debug, Args)]
pub struct Serve {}

/// How often the daemon looks at what is due.
const TICK: Duration = Duration::from_secs(2);

/// How long a running job may take to notice that it should stop.
const PATIENCE: Duration = Duration::from_secs(4);

/// Runs until SIGTERM or SIGINT.
pub fn run(dir: &Path) -> Result<()> {
    let deployment = Deployment::load(dir)?;
    deployment.check_access()?;
    deployment.check_tables()?;
    png::self_test()?;
    let store = deployment.open_store()?;
    let interrupt = store.connection().interrupt_handle();
    // Before the first job, so that an early signal stops it in good order.
    let signals = Signals::listen()?;
    let stop = Stop::default();
    let ledger = store.sibling()?;
    let (ticks, heard) = mpsc::channel();
    let (done, finished) = oneshot::channel();
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
    let is_finished = signals.wait(ticks, finished, || {
        tracing::info!("asked to stop");
        stop.ask();
        interrupt.interrupt();
    })?;
    if !is_finished {
        mark_interrupted(ledger.connection(), Clock::System.now())?;
        tracing::warn!("a job did not stop in time; its run is marked interrupted");
        return Ok(());
    }
    let outcome = worker
        .join()
        .map_err(|_| anyhow::anyhow!("the job thread panicked"))?;
    if let (Err(error), true) = (&outcome, stop.is_asked()) {
        // Whatever was under way was cut off on request.
        tracing::info!("stopped: {}", failure::told(error));
        return Ok(());
    }
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

    /// Ticks until a signal arrives or the work ends by itself. After a signal
    /// the work has a while to end; returns whether it has.
    fn wait(
        mut self,
        ticks: mpsc::Sender<()>,
        mut finished: oneshot::Receiver<()>,
        ask: impl FnOnce(),
    ) -> Result<bool> {
        self.runtime.block_on(async {
            let metronome = Metronome::start(TICK, ticks).await?;
            let is_finished = tokio::select! {
                _ = self.terminate.recv() => false,
                _ = self.interrupt.recv() => false,
                _ = &mut finished => true,
            };
            metronome.stop().await?;
            if is_finished {
                return Ok(true);
            }
            ask();
            Ok(tokio::time::timeout(PATIENCE, finished).await.is_ok())
        })
    }
}
