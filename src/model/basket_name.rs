//! Which definition of violence against women and girls counts.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A basket by its name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BasketName {
    /// The national one.
    #[default]
    Npcc,
    /// What the Met publishes as such.
    Met,
}

impl BasketName {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Npcc => "npcc",
            Self::Met => "met",
        }
    }

    /// Its file, from the deployment folder.
    pub fn file(self) -> &'static str {
        match self {
            Self::Npcc => "jobs/harm-list/basket.csv",
            Self::Met => "jobs/harm-list/basket-met.csv",
        }
    }
}

impl fmt::Display for BasketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for BasketName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Npcc, Self::Met]
            .into_iter()
            .find(|name| name.as_str() == text)
            .ok_or_else(|| format!("{text:?} is no basket; expected npcc or met"))
    }
}
