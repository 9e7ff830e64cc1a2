//! What the figures were worked out from, a row per person, for whoever wants
//! to reckon again. People carry running numbers that mean nothing elsewhere.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::cohort::{Cohort, Entrant, Group};
use super::regression_discontinuity;
use super::study_data::{Era, Ground};

/// Rows by table.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    pub scores: Vec<Score>,
    pub lists: Vec<Listed>,
    pub entrants: Vec<Entered>,
    pub cut: Vec<AtCut>,
}

/// Everyone ranked on the newest list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    pub person: u32,
    pub rank: u32,
    pub score_days: f64,
}

/// Everyone on a list or its reserve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listed {
    pub list_as_of: NaiveDate,
    pub person: u32,
    pub rank: u32,
    pub is_listed: bool,
}

/// Everyone at their first appearance. Days count from 1, the list date.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entered {
    pub era: Era,
    pub group: Group,
    pub person: u32,
    pub list_as_of: NaiveDate,
    pub rank: u32,
    pub is_in_custody: bool,
    pub days_held: i64,
    pub arrested_day: Option<i64>,
    pub died_day: Option<i64>,
    pub listed_day: Option<i64>,
    pub has_harm: bool,
    pub has_arrests: bool,
    pub before_days: f64,
    pub after_days: f64,
}

/// Everyone near a cut.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AtCut {
    pub list_as_of: NaiveDate,
    pub person: u32,
    pub rank: u32,
    pub distance_ranks: f64,
    pub after_days: f64,
}

/// The rows behind the figures.
pub fn rows(ground: &Ground) -> Data {
    let mut numbers = Numbers::default();
    let lists = listed(ground, &mut numbers);
    let entrants = [Era::YearBefore, Era::Programme]
        .into_iter()
        .flat_map(|era| entered(ground, era, &mut numbers))
        .collect();
    let cut = regression_discontinuity::observations(ground)
        .into_iter()
        .map(|one| AtCut {
            list_as_of: ground.lists[one.list].as_of,
            person: numbers.of(Some(one.observation.person)),
            rank: one.rank,
            distance_ranks: one.observation.distance,
            after_days: one.observation.outcome,
        })
        .collect();
    let scores = ground
        .scores
        .iter()
        .map(|score| Score {
            person: numbers.of(score.person_key),
            rank: score.rank,
            score_days: score.days,
        })
        .collect();
    Data {
        scores,
        lists,
        entrants,
        cut,
    }
}

/// Numbers in the order in which people are first met.
#[derive(Default)]
struct Numbers {
    given: BTreeMap<u32, u32>,
    newest: u32,
}

impl Numbers {
    /// Someone whose record is held no more gets a number of their own.
    fn of(&mut self, person_key: Option<u32>) -> u32 {
        if let Some(number) = person_key.and_then(|key| self.given.get(&key)) {
            return *number;
        }
        self.newest += 1;
        if let Some(key) = person_key {
            self.given.insert(key, self.newest);
        }
        self.newest
    }
}

fn listed(ground: &Ground, numbers: &mut Numbers) -> Vec<Listed> {
    let mut found = Vec::new();
    for (list, people) in ground.lists.iter().zip(&ground.people) {
        let lowest = list.size.saturating_add(list.reserve);
        for at in people.iter().filter(|at| at.rank <= lowest) {
            found.push(Listed {
                list_as_of: list.as_of,
                person: numbers.of(Some(at.person_key)),
                rank: at.rank,
                is_listed: at.rank <= list.size,
            });
        }
    }
    found
}

fn entered(ground: &Ground, era: Era, numbers: &mut Numbers) -> Vec<Entered> {
    let cohort = Cohort::of(ground, era);
    cohort
        .entrants
        .iter()
        .map(|one| Entered {
            era,
            group: one.group,
            person: numbers.of(Some(one.at.person_key)),
            list_as_of: one.list.as_of,
            rank: one.at.rank,
            is_in_custody: one.at.is_in_custody,
            days_held: (cohort.until - one.list.as_of).num_days(),
            arrested_day: day(one, one.at.arrested_on),
            died_day: day(one, one.at.deceased_on),
            listed_day: day(one, one.listed_on),
            has_harm: cohort.has_harm(one),
            has_arrests: cohort.has_arrests(one),
            before_days: one.at.before_days,
            after_days: one.at.after_days,
        })
        .collect()
}

fn day(entrant: &Entrant<'_>, on: Option<NaiveDate>) -> Option<i64> {
    on.map(|on| (on - entrant.list.as_of).num_days() + 1)
}
