//! The rules of the harm list that are settings, with their defaults.

use serde::{Deserialize, Serialize};

/// `[list]` in `jobs/harm-list/job.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListSettings {
    /// Edition of the harm index: a file in `jobs/harm-list/index/`.
    pub edition: String,
    /// People the list holds.
    pub size: u32,
    /// People after the list, kept as the comparison group.
    pub reserve: u32,
    /// Full days before the list date that count.
    pub window_days: u32,
    /// Which date puts an allegation inside the window.
    pub window_by: WindowBy,
    /// Nobody younger than this on the list date is ranked.
    pub minimum_age: u32,
    /// Conditional codes count when domestic abuse is flagged or a victim is
    /// female.
    pub count_conditional_codes: bool,
    /// Allegations ended with no further action (outcomes 14, 15, 16, 18)
    /// stay in the score, labelled.
    pub count_no_further_action: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WindowBy {
    Reported,
    Committed,
}

impl WindowBy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Committed => "committed",
        }
    }
}

impl Default for ListSettings {
    fn default() -> Self {
        Self {
            edition: "starter-2026".to_owned(),
            size: 100,
            reserve: 100,
            window_days: 365,
            window_by: WindowBy::Reported,
            minimum_age: 18,
            count_conditional_codes: true,
            count_no_further_action: true,
        }
    }
}
