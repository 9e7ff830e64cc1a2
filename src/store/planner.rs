//! Where the database's planner knows less than we do: tables made in the
//! transaction that reads them, and files, have no statistics, and joins are
//! turned round so that the large side is held in memory; and rows that nothing
//! reads in an order are kept in one all the same.

use anyhow::Result;
use duckdb::Connection;

/// Runs `work` with joins done in the order in which they are written: the
/// first table is read through, those joined to it are held in memory.
pub fn joins_as_written<T>(connection: &Connection, work: impl FnOnce() -> Result<T>) -> Result<T> {
    told(
        connection,
        "set disabled_optimizers = 'join_order,build_side_probe_side'",
        work,
    )
}

/// Runs `work` with new rows written as they come, by every thread for itself:
/// what is read of them says its order.
pub fn in_any_order<T>(connection: &Connection, work: impl FnOnce() -> Result<T>) -> Result<T> {
    told(connection, "set preserve_insertion_order = false", work)
}

fn told<T>(connection: &Connection, how: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    connection.execute_batch(how)?;
    let outcome = work();
    // After an error the transaction takes no statement; `Store::transaction`
    // resets it once that is rolled back.
    let reset = reset(connection);
    let value = outcome?;
    reset?;
    Ok(value)
}

/// Lets the planner choose again.
pub(super) fn reset(connection: &Connection) -> Result<()> {
    Ok(connection
        .execute_batch("set disabled_optimizers = ''; set preserve_insertion_order = true")?)
}

/// Lets the planner choose again when a panic has broken off what it was told.
pub(super) struct AfterPanic<'a>(pub(super) &'a Connection);

impl Drop for AfterPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // Whoever uses the connection next is told what is wrong with it.
            let _ = reset(self.0);
        }
    }
}
