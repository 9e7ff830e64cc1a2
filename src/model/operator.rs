//! The operating system's account under which the program runs.

use std::fmt;
use std::sync::OnceLock;

use nix::unistd::{Uid, User, getuid};

/// Who runs the program, as the kernel has it and no environment variable can
/// say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    pub uid: u32,
    /// As the machine's user database has it; empty when it has none.
    pub name: String,
}

impl Operator {
    /// Whoever runs this process. It does not change while the process lives.
    pub fn current() -> &'static Self {
        static CURRENT: OnceLock<Operator> = OnceLock::new();
        CURRENT.get_or_init(|| Self::of(getuid().as_raw()))
    }

    /// The account of a uid, with or without a name.
    pub fn of(uid: u32) -> Self {
        let found = User::from_uid(Uid::from_raw(uid)).ok().flatten();
        Self {
            uid,
            name: found.map(|user| user.name).unwrap_or_default(),
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.as_str() {
            "" => write!(f, "uid {}", self.uid),
            name => write!(f, "uid {} ({name})", self.uid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_is_told_by_number_and_by_name_where_there_is_one() {
        assert_eq!(Operator::of(0).to_string(), "uid 0 (root)");
        assert_eq!(Operator::of(4_000_000_001).to_string(), "uid 4000000001");
        assert_eq!(Operator::current().uid, getuid().as_raw());
    }
}
