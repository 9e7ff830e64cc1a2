//! Rooms: data that is kept apart from the rest and read by fewer people.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a source's rows lie, and what may be made of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Room {
    /// With the rest.
    #[default]
    Open,
    /// Conduct and HR data about the force's own people: schemas of its own,
    /// and a role that whoever reads them must hold.
    Conduct,
}

impl Room {
    /// The schema of the history tables of its sources.
    pub fn history(self) -> &'static str {
        match self {
            Self::Open => "history",
            Self::Conduct => "conduct_history",
        }
    }

    /// The schema of the tables that models make of its sources.
    pub fn layer(self) -> &'static str {
        match self {
            Self::Open => "staging",
            Self::Conduct => "conduct",
        }
    }

    /// The room that a schema belongs to.
    pub fn of_schema(schema: &str) -> Self {
        match schema {
            "conduct" | "conduct_history" | "conduct_ledger" => Self::Conduct,
            _ => Self::Open,
        }
    }
}
