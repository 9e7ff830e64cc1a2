//! Why a whole file was not accepted.

/// One thing wrong on one line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Counted from 1, the header included; a Parquet file's row from 1.
    pub line: u64,
    /// The contract's name of the column; none when the whole line is meant.
    pub column: Option<String>,
    pub value: Option<String>,
    /// One word for the kind of reason, which outlives it.
    pub code: &'static str,
    /// In words that quote nothing of the file.
    pub reason: String,
    /// The row was accepted nevertheless, without this value.
    pub is_warning: bool,
    /// The row's key as text, when it has one.
    pub key: Option<String>,
}

impl Fault {
    pub fn reject(
        line: u64,
        column: Option<String>,
        value: Option<&str>,
        (code, reason): (&'static str, String),
    ) -> Self {
        Self {
            line,
            column,
            // Every line of a file may be wrong, and as long as a line can be.
            value: value.map(shortened),
            code,
            reason,
            is_warning: false,
            key: None,
        }
    }
}

/// A rejected value of any length, as it is kept.
pub(crate) fn shortened(value: &str) -> String {
    const KEPT: usize = 500;
    match value.char_indices().nth(KEPT) {
        Some((end, _)) => format!("{}... ({} bytes)", &value[..end], value.len()),
        None => value.to_owned(),
    }
}

/// A file of which nothing is accepted, or a machine that could not.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Before its rows were judged. No word of it is the file's own.
    #[error("{reason}")]
    Coded { code: &'static str, reason: String },
    /// With what its faults held.
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

/// It is not laid out as its contract says.
pub const UNREADABLE: &str = "unreadable";
/// Its columns are not those of its contract.
pub const HEADER: &str = "header";
/// It is not in the encoding of its contract.
pub const ENCODING: &str = "encoding";
/// It is damaged or was cut off, or packed otherwise than its name says.
pub const STREAM: &str = "stream";
/// It passes a limit of its contract.
pub const LIMIT: &str = "limit";
/// It was set aside because it failed again and again.
pub const FAILED: &str = "failed";

/// What a code means, for those who may not see what a file held: pages, mails.
pub fn in_words(code: Option<&str>) -> &'static str {
    match code {
        Some("manifest") => "it is not what its manifest or its last line says",
        Some("rejects") => "too many of its rows are wrong",
        Some("empty") => "it has no sound row",
        Some("volume") => "it has far fewer or more rows than usual",
        Some("value") => "it holds a value that its contract never takes",
        Some(FAILED) => "it failed twice while it was read, and was set aside",
        Some("ending") => "it would end more rows than its contract allows",
        Some(HEADER) => "its columns are not those of its contract",
        Some(ENCODING) => "it is not in the encoding that its contract says",
        Some(STREAM) => "its compressed content is damaged, or packed otherwise than its name says",
        Some(LIMIT) => "it is larger than its contract allows",
        _ => "it cannot be read as its contract says",
    }
}

/// What is wrong with an identifier that was a number on its way.
pub const RESHAPED: &str = "a number that a spreadsheet or a program has reshaped";
/// What an identifier should have been.
pub const AS_ISSUED: &str = "expected the identifier as it was issued";

/// Codes of what can be wrong with one row, as the ledger keeps them.
const FAULTS: [&str; 20] = [
    "width",
    "json",
    "member",
    "empty",
    "type",
    "reshaped",
    "marks",
    "unseen",
    "lost",
    "name",
    "year",
    "range",
    "pattern",
    "values",
    "op",
    "key",
    "reference",
    "header",
    "rejects",
    "value",
];

/// A code as the database gives it back.
pub(crate) fn fault_code(found: &str) -> &'static str {
    FAULTS
        .into_iter()
        .find(|code| *code == found)
        .unwrap_or("value")
}

/// A file's name in a sentence: whoever sends a file can name it as they like,
/// and only one that can be nothing but a name is told.
pub fn name(file: &str) -> &str {
    const LONGEST: usize = 80;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    if file.len() <= LONGEST && file.chars().all(is_plain) {
        file
    } else {
        "under an unusual name"
    }
}

impl Refused {
    pub fn whole(reason: impl Into<String>) -> Self {
        Self::coded(UNREADABLE, reason)
    }

    pub fn at(line: u64, reason: impl std::fmt::Display) -> Self {
        Self::whole(format!("line {line}: {reason}"))
    }

    pub fn coded(code: &'static str, reason: impl Into<String>) -> Self {
        Self::Coded {
            code,
            reason: reason.into(),
        }
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
