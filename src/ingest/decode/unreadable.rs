//! Errors of what is read: the file's own fault, or the machine's.

use std::io;

use crate::ingest::contract::limits::Told;
use crate::ingest::refusal::{Refused, STREAM};
use crate::store::failure;

/// An error while the bytes came in: the file's fault when they are not what
/// they claim to be, the machine's otherwise.
pub fn unreadable_io(error: io::Error) -> Refused {
    if let Some(told) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Told>())
    {
        return Refused::coded(told.code, told.words.clone());
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Refused::coded(
            STREAM,
            "the compressed stream ends early: the file was cut off",
        ),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            Refused::coded(STREAM, "the compressed stream is damaged")
        }
        _ => Refused::Broken(error.into()),
    }
}

/// What a reader of packed content says where it ends and the file goes on.
pub(crate) fn followed() -> io::Error {
    let told = "something else follows its compressed stream";
    Told::error(STREAM, told.to_owned())
}

/// Codes of the database's errors that are no fault of the file.
const OURS: [&str; 4] = ["interrupt", "memory", "disk-full", "fatal"];

/// A database error while a Parquet file was read: the file's own fault, unless
/// it tells of a stop, of memory or of the disk.
pub fn unreadable_parquet(error: anyhow::Error) -> Refused {
    match failure::code(&error) {
        Some(code) if !OURS.contains(&code) => {
            Refused::whole(format!("not a readable Parquet file ({code})"))
        }
        _ => Refused::from_chain(error),
    }
}
