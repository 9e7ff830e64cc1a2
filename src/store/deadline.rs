//! Work that the database may not take too long over.

use std::sync::mpsc;
use std::time::Duration;

use duckdb::Connection;

/// What came of some work, and whether it was interrupted.
#[derive(Debug)]
pub struct Timed<T> {
    pub outcome: T,
    pub is_late: bool,
}

/// Runs `work`, interrupting whatever the database does for the connection
/// when `limit` has passed.
pub fn within<T>(connection: &Connection, limit: Duration, work: impl FnOnce() -> T) -> Timed<T> {
    let handle = connection.interrupt_handle();
    let (done, waits) = mpsc::channel::<()>();
    let guard = std::thread::spawn(move || {
        let is_late = waits.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout);
        if is_late {
            handle.interrupt();
        }
        is_late
    });
    let outcome = work();
    drop(done);
    Timed {
        outcome,
        // The guard only waits on the channel; it cannot panic.
        is_late: guard.join().unwrap_or(false),
    }
}
