//! A table made fit for the public, or the reason why it is not.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::cell::Cell;
use super::differencing;
use super::figure::Figure;
use super::policy::{self, Breach};
use super::primary_suppression::hide;
use super::published::{self, Past};
use super::rules::Rules;
use super::table::Table;

/// What left the house, kept so that later releases can be held against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    pub name: String,
    pub subject: String,
    pub cells: Vec<Released>,
}

/// One figure of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    pub cell: Cell,
    /// What the public sees.
    pub figure: Figure,
    /// The count behind a figure that is shown. It stays in the house; of a
    /// hidden figure nothing is kept.
    pub exact: Option<u64>,
}

/// Why a table is not published. No count that needs protection is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the table does not hold together: {}", .0.join("; "))]
    Unfit(Vec<String>),
    #[error("not for publication: {}", joined(.0))]
    Policy(Vec<Breach>),
    #[error("no part of the table can be published without revealing a small count")]
    Unprotectable,
    #[error("{}", joined(findings))]
    Revealing {
        findings: Vec<Finding>,
        /// Cells to withhold so that nothing would be revealed. None where
        /// withholding does not help.
        remedy: Option<BTreeSet<Cell>>,
    },
}

/// A count that a release would reveal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What would be known.
    pub reveals: String,
    /// The cells it would be known from, those of earlier releases with the
    /// release's name.
    pub from: Vec<String>,
    pub how: How,
}

/// How a count would be revealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// As a sum or difference of the cells.
    Difference,
    /// Since counts cannot be below zero, too few values would be left.
    Limits,
    /// As the change since an earlier release.
    Revision,
}

/// Makes `table` fit for the public under `name`: small counts and what would
/// reveal them hidden, the rest rounded. Refused if the rules on length and
/// area forbid it, or if it reveals a count together with `earlier` releases.
pub fn release(
    name: &str,
    table: &Table,
    earlier: &[Release],
    rules: &Rules,
) -> Result<Release, Refusal> {
    let faults = table.faults();
    if !faults.is_empty() {
        return Err(Refusal::Unfit(faults));
    }
    let breaches = policy::check(table, rules);
    if !breaches.is_empty() {
        return Err(Refusal::Policy(breaches));
    }
    let past = published::related(table, earlier).map_err(Refusal::Unfit)?;
    let shown = shown(table, &past, rules)?;
    Ok(Release {
        name: name.to_owned(),
        subject: table.subject.clone(),
        cells: released(table, shown, rules),
    })
}

/// The counts that may be shown, in the order of the cells.
fn shown(table: &Table, past: &[Past<'_>], rules: &Rules) -> Result<Vec<Option<i64>>, Refusal> {
    let shown = hide(table, past, rules).ok_or(Refusal::Unprotectable)?;
    let Some((findings, to_withhold)) = differencing::check(table, &shown, past, rules) else {
        return Ok(shown);
    };
    let remedy = to_withhold.and_then(|withheld| tried(table, past, rules, withheld));
    Err(Refusal::Revealing { findings, remedy })
}

/// What has to be withheld for the table to pass, beginning with `withheld`.
fn tried(
    table: &Table,
    past: &[Past<'_>],
    rules: &Rules,
    withheld: BTreeSet<Cell>,
) -> Option<BTreeSet<Cell>> {
    let table = Table {
        withheld: withheld.clone(),
        ..table.clone()
    };
    match shown(&table, past, rules) {
        Ok(_) => Some(withheld),
        Err(Refusal::Revealing { remedy, .. }) => remedy,
        Err(_) => None,
    }
}

fn released(table: &Table, shown: Vec<Option<i64>>, rules: &Rules) -> Vec<Released> {
    let exact = shown
        .into_iter()
        .map(|count| count.and_then(|count| u64::try_from(count).ok()));
    table
        .cells
        .iter()
        .zip(exact)
        .map(|(cell, exact)| Released {
            cell: cell.clone(),
            figure: exact.map_or(Figure::Suppressed, |count| Figure::rounded(count, rules)),
            exact,
        })
        .collect()
}

fn joined<T: fmt::Display>(parts: &[T]) -> String {
    let parts: Vec<String> = parts.iter().map(T::to_string).collect();
    parts.join("; ")
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reveals, from, how } = self;
        let from = match from[..] {
            [] => "earlier releases".to_owned(),
            _ => from.join(" and "),
        };
        match how {
            How::Difference => write!(f, "{reveals} would be known from {from}"),
            How::Limits => write!(f, "{reveals} would be too nearly known with {from}"),
            How::Revision => write!(f, "{reveals} would be known by its change, from {from}"),
        }
    }
}
