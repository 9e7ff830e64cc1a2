//! Who is compared with whom. A person belongs to the group of their first
//! appearance and stays in it whatever an officer decided and wherever they
//! rank later, so that nobody is sorted by what became of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::ground::{Appearance, Era, Ground, ListHead};
use crate::harm::statistics::survival::Subject;

/// Everyone who appears on the lists of an era, once.
#[derive(Debug, Clone)]
pub struct Cohort<'a> {
    pub ground: &'a Ground,
    pub entrants: Vec<Entrant<'a>>,
    /// The morning on which follow-up ends.
    pub until: NaiveDate,
    pub has_lists: bool,
}

/// A person at their first appearance.
#[derive(Debug, Clone, Copy)]
pub struct Entrant<'a> {
    pub group: Group,
    pub list: &'a ListHead,
    pub at: &'a Appearance,
    /// The first later list that someone of the reserve was listed on.
    pub listed_on: Option<NaiveDate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    Listed,
    Reserve,
}

impl<'a> Cohort<'a> {
    pub fn of(ground: &'a Ground, era: Era) -> Self {
        let lists = || {
            ground
                .lists
                .iter()
                .zip(&ground.people)
                .filter(move |(list, _)| list.era == era)
        };
        let mut seen = BTreeSet::new();
        let mut entrants = Vec::new();
        for (list, people) in lists() {
            for at in people {
                let Some(group) = group(list, at.rank) else {
                    continue;
                };
                if seen.insert(at.person_key) {
                    entrants.push(Entrant {
                        group,
                        list,
                        at,
                        listed_on: None,
                    });
                }
            }
        }
        let listed_on = first_listed(lists());
        for entrant in &mut entrants {
            if entrant.group == Group::Reserve {
                entrant.listed_on = listed_on.get(&entrant.at.person_key).copied();
            }
        }
        Self {
            ground,
            entrants,
            until: match (era, ground.programme_from) {
                // From then on they could be listed.
                (Era::YearBefore, Some(from)) => ground.as_of.min(from),
                _ => ground.as_of,
            },
            has_lists: lists().next().is_some(),
        }
    }

    pub fn group(&self, group: Group) -> impl Iterator<Item = &Entrant<'a>> {
        self.entrants
            .iter()
            .filter(move |entrant| entrant.group == group)
    }

    /// Whether reports are held for the 180 days before and after the list
    /// date, and its weights too.
    pub fn has_harm(&self, entrant: &Entrant<'_>) -> bool {
        let before = entrant.list.as_of - Days::new(u64::from(super::DAYS));
        let reports = self.ground.reports_from;
        entrant.list.has_weights
            && entrant.list.is_followed_by(self.until)
            && reports.is_some_and(|from| from <= before)
    }

    /// Whether arrests are held from the list date on.
    pub fn has_arrests(&self, entrant: &Entrant<'_>) -> bool {
        let arrests = self.ground.arrests_from;
        arrests.is_some_and(|from| from <= entrant.list.as_of)
    }

    /// How long someone was followed to an arrest: to the end, to death, and
    /// where `until_listed` to the day before they were listed. None without a
    /// full day.
    pub fn followed(&self, entrant: &Entrant<'_>, until_listed: bool) -> Option<Subject> {
        let ends = [
            self.until.pred_opt(),
            entrant.at.deceased_on,
            entrant
                .listed_on
                .filter(|_| until_listed)
                .and_then(|day| day.pred_opt()),
        ];
        let last = ends.into_iter().flatten().min()?;
        let day_of = |day: NaiveDate| {
            let day = (day - entrant.list.as_of).num_days() + 1;
            u32::try_from(day).ok().filter(|day| *day > 0)
        };
        let arrested = entrant.at.arrested_on.filter(|day| *day <= last);
        Some(Subject {
            day: day_of(arrested.unwrap_or(last))?,
            had_event: arrested.is_some(),
        })
    }
}

fn group(list: &ListHead, rank: u32) -> Option<Group> {
    if rank <= list.size {
        Some(Group::Listed)
    } else if rank <= list.size.saturating_add(list.reserve) {
        Some(Group::Reserve)
    } else {
        None
    }
}

fn first_listed<'a>(
    lists: impl Iterator<Item = (&'a ListHead, &'a Vec<Appearance>)>,
) -> BTreeMap<u32, NaiveDate> {
    let mut found = BTreeMap::new();
    for (list, people) in lists {
        for at in people.iter().filter(|at| at.rank <= list.size) {
            found.entry(at.person_key).or_insert(list.as_of);
        }
    }
    found
}
