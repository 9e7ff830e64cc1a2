//! How many of a list are on later ones.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use daybook_statistics::groups::agreement::{jaccard, spearman};
use daybook_statistics::groups::proportion::Part;
use serde::Serialize;

use super::study_data::Ground;
use super::{Figure, Outcome};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Persistence {
    pub lists: usize,
    pub lags: Vec<Lag>,
}

/// All pairs of lists so many apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lag {
    pub lists_later: usize,
    #[serde(flatten)]
    pub outcome: Outcome<Stayed>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stayed {
    pub pairs: usize,
    pub shortest_days: i64,
    pub longest_days: i64,
    /// People of the earlier lists who are on the later ones, over all pairs.
    pub stayed: Part,
    pub share: f64,
    pub lowest_share: f64,
    pub highest_share: f64,
    pub latest: Pair,
}

/// The newest pair.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub stayed: Part,
    /// People on both over people on either.
    pub jaccard: f64,
    /// Spearman's correlation of the ranks of people on both.
    pub spearman: Option<f64>,
}

const LAGS: [usize; 4] = [1, 3, 6, 12];

pub(super) fn figure(ground: &Ground) -> Figure<Persistence> {
    Figure {
        question: "How many of a list are on later ones?",
        cannot_show: &[
            "Lists share most of their window: a month apart they look at eleven months in \
             common. Only lists a window apart rest on different allegations.",
            "Leaving the list is no success in itself: allegations age out of the window \
             whatever anyone does.",
            "The same people stand in many pairs, so the share over all pairs has no interval.",
        ],
        outcome: find(ground).into(),
    }
}

fn find(ground: &Ground) -> Result<Persistence, String> {
    let lists: Vec<Listed> = ground
        .lists
        .iter()
        .zip(&ground.people)
        .map(|(list, people)| Listed {
            as_of: list.as_of,
            ranks: people
                .iter()
                .filter(|at| at.rank <= list.size)
                .map(|at| (at.person_key, at.rank))
                .collect(),
        })
        .collect();
    if lists.len() < 2 {
        return Err(format!(
            "{} made up to {}; persistence needs two",
            match lists.len() {
                0 => "no list has been",
                _ => "one list was",
            },
            ground.as_of
        ));
    }
    Ok(Persistence {
        lists: lists.len(),
        lags: LAGS.iter().map(|&apart| lag(&lists, apart)).collect(),
    })
}

struct Listed {
    as_of: NaiveDate,
    ranks: BTreeMap<u32, u32>,
}

fn lag(lists: &[Listed], apart: usize) -> Lag {
    let pairs: Vec<Pair> = lists
        .iter()
        .zip(lists.iter().skip(apart))
        .filter_map(|(from, to)| compare(from, to))
        .collect();
    let found = summary(&pairs)
        .ok_or_else(|| format!("it needs {} lists; there are {}", apart + 1, lists.len()));
    Lag {
        lists_later: apart,
        outcome: found.into(),
    }
}

fn summary(pairs: &[Pair]) -> Option<Stayed> {
    let latest = pairs.last()?;
    let days = || pairs.iter().map(|pair| (pair.to - pair.from).num_days());
    let shares = || pairs.iter().map(|pair| share(pair.stayed));
    let stayed = Part {
        part: pairs.iter().map(|pair| pair.stayed.part).sum(),
        of: pairs.iter().map(|pair| pair.stayed.of).sum(),
    };
    Some(Stayed {
        pairs: pairs.len(),
        shortest_days: days().min()?,
        longest_days: days().max()?,
        stayed,
        share: share(stayed),
        lowest_share: shares().reduce(f64::min)?,
        highest_share: shares().reduce(f64::max)?,
        latest: latest.clone(),
    })
}

/// None when nobody was on the earlier list.
fn compare(from: &Listed, to: &Listed) -> Option<Pair> {
    let (before, after): (BTreeSet<u32>, BTreeSet<u32>) = (
        from.ranks.keys().copied().collect(),
        to.ranks.keys().copied().collect(),
    );
    let both: Vec<(f64, f64)> = before
        .intersection(&after)
        .map(|person| (f64::from(from.ranks[person]), f64::from(to.ranks[person])))
        .collect();
    Some(Pair {
        from: from.as_of,
        to: to.as_of,
        stayed: Part {
            part: u32::try_from(both.len()).ok()?,
            of: u32::try_from(before.len()).ok().filter(|of| *of > 0)?,
        },
        jaccard: jaccard(&before, &after)?,
        spearman: spearman(&both),
    })
}

fn share(part: Part) -> f64 {
    f64::from(part.part) / f64::from(part.of)
}
