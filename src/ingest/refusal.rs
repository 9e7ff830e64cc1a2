//! Why a whole file was not taken in.

use super::Fault;

/// A file of which nothing is taken in, or a machine that could not.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("{0}")]
    Whole(String),
    #[error("line {line}: {reason}")]
    At { line: u64, reason: String },
    /// For a reason that is looked up later.
    #[error("{reason}")]
    Coded { code: &'static str, reason: String },
    /// After its rows were judged.
    #[error("{reason}")]
    Judged {
        code: &'static str,
        reason: String,
        rows_read: u64,
        faults: Vec<Fault>,
    },
    /// Not yet what its manifest says, and young enough to become it.
    #[error("not yet what its manifest says; it is still being written, or was damaged on the way")]
    Unfinished,
    /// Not the file's fault: it was replaced while it was read.
    #[error("replaced while it was read")]
    Replaced,
    /// Not the file's fault: the disk, or the program.
    #[error(transparent)]
    Broken(#[from] anyhow::Error),
}

impl Refused {
    pub fn whole(reason: impl Into<String>) -> Self {
        Self::Whole(reason.into())
    }

    pub fn at(line: u64, reason: impl Into<String>) -> Self {
        Self::At {
            line,
            reason: reason.into(),
        }
    }

    pub fn coded(code: &'static str, reason: String) -> Self {
        Self::Coded { code, reason }
    }

    /// The refusal that came out of a transaction as its error.
    pub fn from_chain(error: anyhow::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(refused) => refused,
            Err(error) => Self::Broken(error),
        }
    }

    /// One word for what is looked up later.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Whole(_) | Self::At { .. } => "unreadable",
            Self::Coded { code, .. } | Self::Judged { code, .. } => code,
            Self::Unfinished | Self::Replaced | Self::Broken(_) => "broken",
        }
    }

    pub fn rows_read(&self) -> u64 {
        match self {
            Self::Judged { rows_read, .. } => *rows_read,
            _ => 0,
        }
    }

    pub fn faults(&self) -> &[Fault] {
        match self {
            Self::Judged { faults, .. } => faults,
            _ => &[],
        }
    }
}
