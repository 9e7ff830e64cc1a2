//! Bounds that the database does not keep by itself: its limits of memory leave
//! out results and long texts, and nothing interrupts one function at work on
//! them. So a query runs in a process of its own, with so much memory and no
//! more, which ends when its time is over; the one that was called tells how.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use anyhow::{Context, Error, Result, anyhow, bail};
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{Signal, raise};

use crate::store::{self, Store, failure};

/// Set in the process that asks the database. Whoever sets it by hand only does
/// without the one that waits: everything is decided in the same way.
const GUARDED: &str = "DAYBOOK_QUERY_GUARDED";

/// How long the database has to stop by itself.
const GRACE: Duration = Duration::from_secs(1);

pub(super) fn is_guarded() -> bool {
    std::env::var_os(GUARDED).is_some()
}

/// Runs this very command in a second process and ends as that one ended.
pub(super) fn watch(deadline: Duration, memory: u64) -> Result<()> {
    let status = Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .env(GUARDED, "1")
        .status()
        .context("the query cannot be started")?;
    match status.code() {
        Some(0) => Ok(()),
        // It has told why.
        Some(code) => std::process::exit(code),
        None => bail!("{}", end(status, deadline, memory)),
    }
}

fn end(status: ExitStatus, deadline: Duration, memory: u64) -> String {
    if status.signal() == Some(Signal::SIGALRM as i32) {
        return late(deadline);
    }
    format!(
        "the query was ended ({status}), most likely for want of memory: {}",
        most(memory)
    )
}

fn late(deadline: Duration) -> String {
    format!(
        "the query was stopped after {} s; ask for less, or give it more with --seconds",
        deadline.as_secs()
    )
}

fn most(memory: u64) -> String {
    format!(
        "a query may take {memory} bytes in all, [query] max_memory in daybook.toml; ask for less"
    )
}

/// What the database says when it is refused memory names settings that nobody
/// can change here.
pub(super) fn in_words(error: Error, memory: u64) -> Error {
    if failure::code(&error) == Some("memory") {
        return anyhow!("the query needs too much memory: {}", most(memory));
    }
    error
}

/// How long opening the database, reading the statement and putting the look on
/// record may take beside the query itself.
const BESIDE: Duration = Duration::from_secs(10);

/// Runs all of a query, and ends the process when even that is over: a
/// statement can be long to read before the database has begun with it.
pub(super) fn bounded<T>(deadline: Duration, work: impl FnOnce() -> T) -> T {
    let done = ends_after(deadline + GRACE + BESIDE);
    let outcome = work();
    drop(done);
    outcome
}

/// Ends the process after a time, unless what is returned was dropped by then.
fn ends_after(last: Duration) -> Sender<()> {
    let (done, waits) = mpsc::channel::<()>();
    std::thread::spawn(move || {
        if waits.recv_timeout(last) == Err(RecvTimeoutError::Timeout) {
            // It ends the process, unless whoever called it ignores it.
            let _ = raise(Signal::SIGALRM);
            let _ = raise(Signal::SIGKILL);
        }
    });
    done
}

/// From here on this process is refused more memory.
pub(super) fn bound_memory(memory: u64) -> Result<()> {
    setrlimit(Resource::RLIMIT_AS, memory, memory)
        .context("the machine does not bound the query's memory")
}

/// Runs `work`, which asks the database, and stops it at the deadline: first
/// the database, then the process.
pub(super) fn within<T>(
    deadline: Duration,
    database: &Store,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let done = ends_after(deadline + GRACE);
    let timed = store::deadline::within(database.connection(), deadline, work);
    drop(done);
    match timed.outcome {
        Err(_) if timed.is_late => bail!("{}", late(deadline)),
        outcome => outcome,
    }
}
