//! The force's identifier of a person.

use std::fmt;
use std::str::FromStr;

use super::control_chars;

/// A nominal's identifier as the force writes it: text, kept unchanged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NominalId(String);

impl NominalId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NominalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for NominalId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.chars().any(control_chars::is_unseen) {
            Err(format!("{text:?} is not a nominal id"))
        } else {
            Ok(Self(trimmed.to_owned()))
        }
    }
}
