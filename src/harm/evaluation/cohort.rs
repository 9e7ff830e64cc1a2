//! Who is compared with whom. A person belongs to the group of their first
//! appearance and stays in it whatever an officer decided and wherever they
//! rank later, so that nobody is sorted by what became of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use daybook_statistics::groups::survival::Subject;
use serde::Serialize;

use super::study_data::{Appearance, Era, Ground, ListHead};

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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::harm::settings::ListSettings;

    pub(in super::super) fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// A list of two with a reserve of two.
    pub(in super::super) fn head(as_of: &str, era: Era) -> ListHead {
        ListHead {
            as_of: day(as_of),
            era,
            size: 2,
            reserve: 2,
            edition: "any".to_owned(),
            not_followed: 0,
            has_weights: true,
            list_id: 1,
            settings: ListSettings::default(),
        }
    }

    pub(in super::super) fn person(person_key: u32, rank: u32) -> Appearance {
        Appearance {
            person_key,
            rank,
            is_in_custody: false,
            deceased_on: None,
            arrested_on: None,
            before_days: 100.0,
            after_days: 10.0,
        }
    }

    pub(in super::super) fn ground(
        as_of: &str,
        programme_from: Option<&str>,
        lists: Vec<(ListHead, Vec<Appearance>)>,
    ) -> Ground {
        let (lists, people) = lists.into_iter().unzip();
        Ground {
            as_of: day(as_of),
            known_at: 1,
            programme_from: programme_from.map(day),
            reports_from: Some(day("2024-01-01")),
            arrests_from: Some(day("2024-01-01")),
            lists,
            people,
            scores: Vec::new(),
        }
    }

    fn two_lists() -> Ground {
        ground(
            "2026-11-21",
            None,
            vec![
                (
                    head("2026-01-01", Era::Programme),
                    vec![person(1, 1), person(2, 2), person(3, 3), person(9, 5)],
                ),
                (
                    head("2026-02-01", Era::Programme),
                    vec![person(3, 1), person(4, 2), person(1, 3), person(9, 4)],
                ),
            ],
        )
    }

    #[test]
    fn a_person_stays_in_the_group_of_their_first_appearance() {
        let ground = two_lists();
        let cohort = Cohort::of(&ground, Era::Programme);
        let found: Vec<(u32, Group, Option<NaiveDate>)> = cohort
            .entrants
            .iter()
            .map(|one| (one.at.person_key, one.group, one.listed_on))
            .collect();
        assert_eq!(
            found,
            [
                (1, Group::Listed, None),
                (2, Group::Listed, None),
                // Listed a month later, and of the reserve for all that.
                (3, Group::Reserve, Some(day("2026-02-01"))),
                (4, Group::Listed, None),
                // Below the reserve at first.
                (9, Group::Reserve, None),
            ]
        );
    }

    #[test]
    fn follow_up_ends_with_the_last_day_a_death_or_being_listed() {
        let ground = two_lists();
        let cohort = Cohort::of(&ground, Era::Programme);
        let mut at = person(3, 3);
        let follow = |at: &Appearance, until_listed| {
            let entrant = Entrant {
                at,
                ..cohort.entrants[2]
            };
            cohort
                .followed(&entrant, until_listed)
                .map(|subject| (subject.day, subject.had_event))
        };
        // 1 January to 20 November, both inside.
        assert_eq!(follow(&at, false), Some((324, false)));
        assert_eq!(follow(&at, true), Some((31, false)));
        at.arrested_on = Some(day("2026-01-01"));
        assert_eq!(follow(&at, false), Some((1, true)));
        at.arrested_on = Some(day("2026-02-01"));
        assert_eq!(follow(&at, false), Some((32, true)));
        assert_eq!(follow(&at, true), Some((31, false)));
        at.deceased_on = Some(day("2026-01-10"));
        assert_eq!(follow(&at, false), Some((10, false)));
        at.arrested_on = Some(day("2026-01-10"));
        assert_eq!(follow(&at, false), Some((10, true)));
        at.deceased_on = Some(day("2025-12-31"));
        assert_eq!(follow(&at, false), None);
    }

    #[test]
    fn the_year_before_is_followed_until_the_programme_begins() {
        let ground = ground(
            "2026-11-21",
            Some("2026-01-15"),
            vec![
                (head("2026-01-01", Era::YearBefore), vec![person(1, 1)]),
                (head("2026-02-01", Era::Programme), vec![person(1, 1)]),
            ],
        );
        let before = Cohort::of(&ground, Era::YearBefore);
        assert_eq!(before.entrants.len(), 1);
        let followed = before.followed(&before.entrants[0], false).unwrap();
        assert_eq!((followed.day, followed.had_event), (14, false));
        assert!(!before.has_harm(&before.entrants[0]));
        assert_eq!(Cohort::of(&ground, Era::Programme).entrants.len(), 1);
    }

    #[test]
    fn harm_needs_180_full_days_of_reports_on_both_sides() {
        let lists = || vec![(head("2026-05-25", Era::Programme), vec![person(1, 1)])];
        for (as_of, reports_from, wanted) in [
            ("2026-11-21", "2025-11-26", true),
            ("2026-11-20", "2025-11-26", false),
            ("2026-11-21", "2025-11-27", false),
        ] {
            let mut ground = ground(as_of, None, lists());
            ground.reports_from = Some(day(reports_from));
            let cohort = Cohort::of(&ground, Era::Programme);
            let found = cohort.has_harm(&cohort.entrants[0]);
            assert_eq!(found, wanted, "{as_of} {reports_from}");
        }
    }
}
