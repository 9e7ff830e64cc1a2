//! A request to stop, seen by everything that runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, bail};

/// Shared by the one who asks and the ones who look.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    pub fn ask(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// An error once a stop was asked for; called between pieces of work.
    pub fn check(&self) -> Result<()> {
        if self.is_asked() {
            bail!("asked to stop");
        }
        Ok(())
    }
}
