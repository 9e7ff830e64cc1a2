//! A file that could not be judged: whose fault that is, told in words of our
//! own because errors quote what files hold, and how often it has been so.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Result, anyhow};
use chrono::NaiveDateTime;
use duckdb::{Connection, params};

use super::arrive::Arrival;
use super::refusal::Refused;
use crate::store::{chain, failure};

/// So often a file fails before it is set aside.
pub const MOST: u64 = 2;

/// Why a file could not be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub cause: Cause,
    pub told: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A stop was asked for, or the database can no longer be used: nothing
    /// else can be accepted either.
    End,
    /// A full disk, a folder that may not be written to: not the file's doing.
    Machine,
    /// The file's own, as far as can be told.
    File,
}

impl Failure {
    pub fn of(error: &anyhow::Error) -> Self {
        let io_error = error
            .chain()
            .find_map(|cause| cause.downcast_ref::<io::Error>());
        let (cause, told) = match (failure::code(error), io_error) {
            (Some("interrupt" | "fatal"), _) => (Cause::End, "cut off".to_owned()),
            (Some("disk-full"), _) => (Cause::Machine, "the disk is full".to_owned()),
            (_, Some(io_error)) => (Cause::Machine, told_io(error, io_error)),
            (Some("memory"), None) => {
                let told =
                    "it takes more memory than memory_limit in [store] lets the database use";
                (Cause::File, told.to_owned())
            }
            (Some(code), None) => (Cause::File, format!("the database gave it up ({code})")),
            (None, None) if error.root_cause().to_string() == PANIC => {
                (Cause::File, PANIC.to_owned())
            }
            (None, None) => (Cause::File, "it could not be judged".to_owned()),
        };
        Self { cause, told }
    }
}

/// What was being done, and the kind of the error alone: a reader's may quote
/// what it read.
fn told_io(error: &anyhow::Error, cause: &io::Error) -> String {
    let own = error.chain().take_while(|link| !link.is::<io::Error>());
    let mut told: Vec<String> = own.map(ToString::to_string).collect();
    told.push(failure::system(cause));
    told.join(": ")
}

const PANIC: &str = "a fault of the program while it was read";

/// A panic in a reader is a failure of the file that was read.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, Refused>) -> Result<T, Refused> {
    // What `work` had in hand is given up: a transaction rolls back, and the
    // scratch file is written anew.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Refused::Broken(anyhow!(PANIC))))
}

/// Records that a file of this content failed. Returns how often it has.
pub(crate) fn record(
    tx: &Connection,
    arrival: &Arrival<'_>,
    sha256: &str,
    told: &str,
    at: NaiveDateTime,
) -> Result<u64> {
    let source = &arrival.contract.name;
    tx.execute(
        "insert into ledger.ingest_failures (source, file_name, sha256, reason, failed_at) \
         values (?, ?, ?, ?, ?)",
        params![source, arrival.file_name, sha256, told, at],
    )?;
    let file = format!("{source} {sha256}");
    chain::seal(tx, "ledger.ingest_failures", &[file])?;
    Ok(tx.query_row(
        "select count(*) from ledger.ingest_failures where source = ? and sha256 = ?",
        params![source, sha256],
        |row| row.get(0),
    )?)
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;
    use crate::store::Store;

    #[test]
    fn a_failure_is_told_by_its_kind_and_quotes_nothing() {
        let store = Store::in_memory().unwrap();
        let sql = "select 'Aldermoss'::int";
        let failed = store.connection().execute_batch(sql).unwrap_err();
        let failure = Failure::of(&anyhow!(failed).context("rows"));
        assert_eq!(failure.told, "the database gave it up (conversion)");
        assert_eq!(failure.cause, Cause::File);
        let said = |text: &str| {
            let said = Some(text.to_owned());
            anyhow!(duckdb::Error::DuckDBFailure(
                duckdb::ffi::Error::new(1),
                said
            ))
        };
        for (error, cause, told) in [
            (said("FATAL Error: x"), Cause::End, "cut off"),
            (said("INTERRUPT Error: x"), Cause::End, "cut off"),
            (
                said("IO Error: cannot write: No space left on device"),
                Cause::Machine,
                "the disk is full",
            ),
            (anyhow!("Aldermoss"), Cause::File, "it could not be judged"),
            (
                said("Out of Memory Error: could not allocate 'Aldermoss'"),
                Cause::File,
                "it takes more memory than memory_limit in [store] lets the database use",
            ),
        ] {
            let failure = Failure::of(&error);
            assert_eq!((failure.cause, failure.told.as_str()), (cause, told));
        }
        let full: Result<()> = Err(io::Error::from(io::ErrorKind::StorageFull).into());
        let failure = Failure::of(&full.context("cannot write").unwrap_err());
        assert_eq!(
            (failure.cause, failure.told.as_str()),
            (Cause::Machine, "cannot write: no storage space")
        );
    }

    #[test]
    fn a_panic_is_a_failure_of_the_file() {
        let Err(Refused::Broken(error)) = caught::<()>(|| panic!("on purpose")) else {
            panic!("the panic went through");
        };
        let failure = Failure::of(&error);
        assert_eq!((failure.cause, failure.told.as_str()), (Cause::File, PANIC));
    }
}
