//! The shape of a source: its columns in order, what each may hold.

/// One nightly extract; its first `keys` columns identify a row.
pub(super) struct Source {
    pub(super) name: &'static str,
    pub(super) keys: usize,
    pub(super) columns: &'static [(&'static str, Kind)],
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Date,
    Moment,
    Number,
    Flag,
    /// A Home Office code.
    Code,
    /// One of a few words.
    Choice(&'static [&'static str]),
}

impl Source {
    /// The columns of one kind that hold something in this row.
    pub(super) fn filled(&self, fields: &[&str], wanted: impl Fn(Kind) -> bool) -> Vec<usize> {
        let columns = self.columns.iter().enumerate();
        columns
            .filter(|(at, (_, kind))| wanted(*kind) && !fields[*at].is_empty())
            .map(|(at, _)| at)
            .collect()
    }

    pub(super) fn header(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|(name, _)| *name)
    }
}
