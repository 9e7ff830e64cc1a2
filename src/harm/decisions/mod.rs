//! What named officers decide about a proposed list. Everything is appended;
//! nothing that was decided changes or goes away.

pub mod close;
pub mod current_status;
pub mod decide;
pub mod file;
pub mod marks;
pub mod overrides;

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, bail};
use duckdb::Connection;
use serde::Serialize;

use super::list::{self, List};
use crate::model::as_of::AsOf;

/// What an officer decides on one person of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Accept,
    Defer,
    Reject,
}

impl Verdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Defer => "defer",
            Self::Reject => "reject",
        }
    }

    /// `accepted`, as a report says it.
    pub fn past(self) -> &'static str {
        match self {
            Self::Accept => "accepted",
            Self::Defer => "deferred",
            Self::Reject => "rejected",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Verdict {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Accept, Self::Defer, Self::Reject]
            .into_iter()
            .find(|verdict| verdict.as_str() == text)
            .ok_or_else(|| format!("{text:?} is no decision; expected accept, defer or reject"))
    }
}

/// Which list somebody means.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    Newest,
    AsOf(AsOf),
    Number(i64),
}

/// The list that somebody means.
pub fn find(connection: &Connection, which: Which) -> Result<List> {
    let (found, missing) = match which {
        Which::Newest => (
            list::find(connection, None)?,
            "no list has been made yet; run `daybook run harm-list`".to_owned(),
        ),
        Which::AsOf(date) => (
            list::find(connection, Some(date))?,
            format!("there is no list as of {date}"),
        ),
        Which::Number(number) => (
            list::by_id(connection, number)?,
            format!("there is no list {number}"),
        ),
    };
    match found {
        Some(list) => Ok(list),
        None => bail!(missing),
    }
}
