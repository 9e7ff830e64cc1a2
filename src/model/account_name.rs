//! The name under which somebody acts.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// A lower-case name of letters, digits, dots and hyphens: `j.smith`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AccountName(String);

const LONGEST: usize = 64;

impl AccountName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AccountName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
        if begins && text.len() <= LONGEST && text.chars().all(is_part) {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "{text:?} is no account name; expected up to {LONGEST} lower-case letters, digits, \
                 dots and hyphens, a letter first"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_lower_case_and_begins_with_a_letter() {
        for name in ["a", "j.smith", "officer-12"] {
            assert_eq!(name.parse::<AccountName>().unwrap().as_str(), name);
        }
        for wrong in ["", "J.Smith", "1a", "-a", "a b", "a\n", "jos\u{e9}", "a;b"] {
            let error = wrong.parse::<AccountName>().unwrap_err();
            assert!(error.contains("lower-case letters"), "{error}");
        }
        assert!("a".repeat(65).parse::<AccountName>().is_err());
    }
}
