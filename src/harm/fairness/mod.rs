//! Whether the list and what follows it falls alike on groups of people: the
//! rate of each group at each stage against that of all others, with counts
//! below ten suppressed. None of it ever feeds a score or a rank.

pub mod relative;
pub mod suppression;

use anyhow::{Result, ensure};
use chrono::NaiveDate;
use chrono_tz::Tz;
use duckdb::{Connection, Row};
use serde::Serialize;

use crate::harm::actions::arrived::{self, Arrived, Source};
use crate::harm::actions::entries;
use crate::model::as_of::AsOf;
use crate::store::bind;
use relative::Relative;
use suppression::{Shown, Stages};

/// List dates that are looked at together.
pub const LISTS: u32 = 12;

/// What someone may come to, each a part of the one it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    Named,
    Listed,
    Accepted,
    Tasked,
    Arrested,
    Charged,
}

impl Stage {
    pub const ALL: [Self; 6] = [
        Self::Named,
        Self::Listed,
        Self::Accepted,
        Self::Tasked,
        Self::Arrested,
        Self::Charged,
    ];

    /// What its rate is of. People come off a list in several ways at once, so
    /// all that follows is a share of those listed, and of those named.
    pub fn bases(self) -> &'static [Self] {
        match self {
            Self::Named => &[],
            Self::Listed => &[Self::Named],
            _ => &[Self::Listed, Self::Named],
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Listed => "listed",
            Self::Accepted => "accepted",
            Self::Tasked => "tasked",
            Self::Arrested => "arrested",
            Self::Charged => "charged",
        }
    }
}

/// The lists of a year, by groups of people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fairness {
    pub as_of: NaiveDate,
    pub lists: u32,
    pub first_list: NaiveDate,
    pub last_list: NaiveDate,
    /// Everyone named, by stage.
    pub totals: Vec<Shown>,
    pub dimensions: Vec<Dimension>,
    pub multiplicity: Multiplicity,
    pub sources: Vec<Arrived>,
}

/// One way of dividing people into groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dimension {
    pub name: String,
    pub groups: Vec<Group>,
    /// Of the groups whose counts are shown.
    pub rates: Vec<Rate>,
}

/// A group's people by stage, in the order of [`Stage::ALL`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    pub name: String,
    pub counts: Vec<Shown>,
}

/// How often a group came to a stage, against everyone else.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rate {
    pub stage: Stage,
    /// What it is a share of.
    pub of: Stage,
    pub group: String,
    pub part: u64,
    pub whole: u64,
    pub others_part: u64,
    pub others_whole: u64,
    /// None when nobody of the group, or nobody else, came to the stage.
    pub relative: Option<Relative>,
}

/// What chance alone would do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Multiplicity {
    pub comparisons: u64,
    /// Intervals that leave out 1.
    pub outside: u64,
    /// Of these comparisons, the mean number that would with no difference
    /// anywhere.
    pub expected_by_chance: f64,
}

/// A group as counted, before anything is suppressed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Counted {
    dimension: String,
    name: String,
    /// False for people under age, whom no rule could list.
    is_rankable: bool,
    counts: [u64; 6],
}

/// Reads the ledger and the warehouse as they stand.
pub fn take(connection: &Connection, as_of: Option<AsOf>, zone: Tz) -> Result<Fairness> {
    let sources = arrived::sources(connection)?;
    let as_of = match as_of {
        Some(date) => date,
        None => arrived::all_speak_to(&sources)?,
    };
    entries::decisions(connection, zone)?;
    let values: bind::Values<'_> = &[("as_of", &bind::date(as_of.0)), ("lists", &LISTS)];
    let dates: Vec<(NaiveDate, bool)> =
        bind::query(connection, include_str!("period.sql"), values, |row| {
            Ok((row.get("as_of")?, row.get("has_decisions")?))
        })?;
    let counted = bind::query(connection, include_str!("cells.sql"), values, read)?;
    connection.execute_batch("drop table decisions")?;
    ensure!(!dates.is_empty(), "no list had been made by {as_of}");
    let is_held = |stage: Stage| match stage {
        Stage::Named | Stage::Listed => true,
        Stage::Accepted | Stage::Tasked => dates.iter().any(|(_, is_decided)| *is_decided),
        Stage::Arrested => arrived::has(&sources, &[Source::Arrests]),
        Stage::Charged => arrived::has(&sources, &[Source::Charges]),
    };
    let (totals, dimensions) = describe(&counted, Stage::ALL.map(is_held));
    Ok(Fairness {
        as_of: as_of.0,
        lists: u32::try_from(dates.len())?,
        first_list: dates[0].0,
        last_list: dates[dates.len() - 1].0,
        totals,
        multiplicity: multiplicity(&dimensions),
        dimensions,
        sources,
    })
}

fn read(row: &Row<'_>) -> duckdb::Result<Counted> {
    let mut counts = [0; 6];
    for (stage, count) in Stage::ALL.into_iter().zip(&mut counts) {
        *count = row.get(stage.as_str())?;
    }
    Ok(Counted {
        dimension: row.get("dimension")?,
        name: row.get("name")?,
        is_rankable: row.get("is_rankable")?,
        counts,
    })
}

/// Suppresses small counts in all dimensions at once, since a total that one
/// dimension shows is the total of every other.
fn describe(counted: &[Counted], is_held: [bool; 6]) -> (Vec<Shown>, Vec<Dimension>) {
    let mut names: Vec<&str> = counted
        .iter()
        .map(|group| group.dimension.as_str())
        .collect();
    names.dedup();
    let of = |name: &str| -> Vec<&Counted> {
        counted
            .iter()
            .filter(|group| group.dimension == name)
            .collect()
    };
    let rankable = |name: &str| -> Vec<Stages> {
        of(name)
            .into_iter()
            .filter(|group| group.is_rankable)
            .map(|group| group.counts)
            .collect()
    };
    let tables: Vec<Vec<Stages>> = names.iter().map(|name| rankable(name)).collect();
    let published = suppression::publish(&tables, is_held);
    let dimensions = names
        .iter()
        .zip(published.tables)
        .map(|(name, shown)| {
            let groups = label(&of(name), shown);
            Dimension {
                name: (*name).to_owned(),
                rates: relative::rates(&groups, &published.totals),
                groups,
            }
        })
        .collect();
    (published.totals.to_vec(), dimensions)
}

/// Puts the shown counts to their groups' names. People under age are shown
/// where they stand, with nothing but their number.
fn label(counted: &[&Counted], shown: Vec<[Shown; 6]>) -> Vec<Group> {
    let mut shown = shown.into_iter();
    counted
        .iter()
        .map(|group| {
            let counts = if group.is_rankable {
                shown.next().expect("a row was published for each group")
            } else {
                let mut counts = [Shown::NotApplicable; 6];
                counts[0] = Shown::alone(group.counts[0]);
                counts
            };
            Group {
                name: group.name.clone(),
                counts: counts.to_vec(),
            }
        })
        .collect()
}

fn multiplicity(dimensions: &[Dimension]) -> Multiplicity {
    let found: Vec<Relative> = dimensions
        .iter()
        .flat_map(|dimension| &dimension.rates)
        .filter_map(|rate| rate.relative)
        .collect();
    let comparisons = found.len() as u64;
    Multiplicity {
        comparisons,
        outside: found.iter().filter(|held| held.is_outside()).count() as u64,
        expected_by_chance: relative::expected_outside(comparisons),
    }
}
