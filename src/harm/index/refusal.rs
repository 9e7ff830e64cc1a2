//! Why an import was refused: what was meant to be read, and everything that
//! is wrong with it.

use std::fmt;

/// A file that was not imported; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What was being read.
    pub subject: String,
    /// One sentence each.
    pub problems: Vec<String>,
    /// Told after them.
    pub advice: String,
    /// How many problems are shown.
    pub shown: usize,
}

/// Problems that are shown; the rest are counted.
pub const MOST_SHOWN: usize = 20;

impl Refusal {
    pub fn new(subject: impl Into<String>, problems: Vec<String>) -> Self {
        Self {
            subject: subject.into(),
            problems,
            advice: String::new(),
            shown: MOST_SHOWN,
        }
    }

    pub fn one(subject: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::new(subject, vec![problem.into()])
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: not imported, nothing was changed", self.subject)?;
        for problem in self.problems.iter().take(self.shown) {
            write!(f, "\n  {problem}")?;
        }
        match self.problems.len().saturating_sub(self.shown) {
            0 => {}
            1 => write!(f, "\n  and 1 problem more")?,
            more => write!(f, "\n  and {more} problems more")?,
        }
        if !self.advice.is_empty() {
            write!(f, "\n{}", self.advice)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}
