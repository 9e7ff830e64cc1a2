//! Why somebody decided as they did, in their own words.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::control_chars;

/// A text that says something, of at most 2,000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Reason(String);

const LONGEST: usize = 2_000;

impl Reason {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Reason {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let reason = text.trim();
        let length = reason.chars().count();
        let is_foreign = |c: char| control_chars::is_unseen(c) && !['\n', '\r', '\t'].contains(&c);
        if reason.is_empty() {
            Err("the reason is blank; expected why, in words".to_owned())
        } else if length > LONGEST {
            Err(format!(
                "the reason has {length} characters; expected at most {LONGEST}"
            ))
        } else if let Some(found) = reason.chars().find(|c| is_foreign(*c)) {
            Err(format!(
                "the reason holds the control character {found:?}; expected plain text"
            ))
        } else {
            Ok(Self(reason.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something_and_ends() {
        assert_eq!(
            "  two\nlines ".parse::<Reason>().unwrap().as_str(),
            "two\nlines"
        );
        assert!("\u{e9}".repeat(2_000).parse::<Reason>().is_ok());
        let wrong = |text: &str| text.parse::<Reason>().unwrap_err();
        assert!(wrong(" \n ").contains("blank"));
        assert!(wrong(&"x".repeat(3_000)).contains("3000 characters"));
        assert!(wrong("a\u{1b}[2Jb").contains("control character"));
        assert!(wrong("a\u{202e}b").contains("control character"));
    }
}
