//! What being just inside the list does, against being just outside it.

use std::collections::BTreeSet;

use daybook_statistics::groups::discontinuity::{Errors, Jump, Observation, jump};
use serde::Serialize;

use super::study_data::{Era, Ground};
use super::{DAYS, Figure, Outcome};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Discontinuity {
    /// The outcome: harm reported in so many days from the list date on.
    pub days: u32,
    pub lists: usize,
    /// Half the bandwidth asked for, that bandwidth, and twice it.
    pub estimates: Vec<AtBandwidth>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AtBandwidth {
    /// Ranks on each side of the cut.
    pub ranks: f64,
    pub inside: Side,
    pub outside: Side,
    #[serde(flatten)]
    pub outcome: Outcome<Jump>,
}

/// Places on one side within the bandwidth, and how many of their people were
/// accused of any harm afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Side {
    pub places: usize,
    pub with_harm: usize,
}

/// One person at one cut, with the list they stood on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtCut {
    pub list: usize,
    pub rank: u32,
    pub observation: Observation,
}

/// Fewer places on a side, or fewer of them with any harm after, say nothing:
/// the interval rests on there being many.
const FEWEST: usize = 20;
const FEWEST_WITH_HARM: usize = 5;

pub(super) fn figure(ground: &Ground, bandwidth: u32) -> Figure<Discontinuity> {
    Figure {
        question: "Are people just inside the list accused of less harm in the 180 days after it \
                   than people just outside?",
        cannot_show: &[
            "It speaks of people near the cut only, not of those at the top.",
            "Ranks are unique and without gaps, so their density is flat by construction: it \
             cannot show whether anyone was moved across the cut.",
            "People just outside may be listed on a later date, which draws the estimate towards \
             nothing; people listed before are left out on both sides.",
            "Harm after is rare and heavy: an interval that spans nothing is not the absence of \
             an effect.",
        ],
        outcome: find(ground, bandwidth).into(),
    }
}

fn find(ground: &Ground, bandwidth: u32) -> Result<Discontinuity, String> {
    let at_cut = observations(ground);
    let lists: BTreeSet<usize> = at_cut.iter().map(|one| one.list).collect();
    if lists.is_empty() {
        return Err(format!(
            "no list has {DAYS} full days of reports after it up to {}, with the weights of its \
             edition held",
            ground.as_of
        ));
    }
    let all: Vec<Observation> = at_cut.iter().map(|one| one.observation).collect();
    let ranks = f64::from(bandwidth);
    Ok(Discontinuity {
        days: DAYS,
        lists: lists.len(),
        estimates: [ranks / 2.0, ranks, ranks * 2.0]
            .map(|ranks| at_bandwidth(&all, ranks))
            .to_vec(),
    })
}

/// Everyone near a cut of the programme who had not been listed by it before.
/// The distance is in ranks from the middle between the last one on the list
/// and the first one off it, above nothing on the list.
pub(super) fn observations(ground: &Ground) -> Vec<AtCut> {
    let mut listed_before = BTreeSet::new();
    let mut found = Vec::new();
    for (place, (list, people)) in ground.lists.iter().zip(&ground.people).enumerate() {
        if list.era != Era::Programme {
            continue;
        }
        if list.has_weights && list.is_followed_by(ground.as_of) {
            let at_cut = people
                .iter()
                .filter(|at| !listed_before.contains(&at.person_key))
                .map(|at| AtCut {
                    list: place,
                    rank: at.rank,
                    observation: Observation {
                        distance: f64::from(list.size) + 0.5 - f64::from(at.rank),
                        outcome: at.after_days,
                        person: at.person_key,
                    },
                });
            found.extend(at_cut);
        }
        let listed = people.iter().filter(|at| at.rank <= list.size);
        listed_before.extend(listed.map(|at| at.person_key));
    }
    found
}

fn at_bandwidth(all: &[Observation], ranks: f64) -> AtBandwidth {
    let side = |is_inside: bool| {
        let places = || {
            all.iter()
                .filter(move |one| one.distance.abs() < ranks)
                .filter(move |one| (one.distance > 0.0) == is_inside)
        };
        Side {
            places: places().count(),
            with_harm: places().filter(|one| one.outcome > 0.0).count(),
        }
    };
    let (inside, outside) = (side(true), side(false));
    AtBandwidth {
        ranks,
        inside,
        outside,
        outcome: estimate(all, ranks, inside, outside).into(),
    }
}

fn estimate(all: &[Observation], ranks: f64, inside: Side, outside: Side) -> Result<Jump, String> {
    let (fewest, fewest_with_harm) = (
        inside.places.min(outside.places),
        inside.with_harm.min(outside.with_harm),
    );
    if fewest < FEWEST || fewest_with_harm < FEWEST_WITH_HARM {
        return Err(format!(
            "of {} places inside and {} outside, {} and {} had any harm afterwards; it needs \
             {FEWEST} places on each side and {FEWEST_WITH_HARM} with harm",
            inside.places, outside.places, inside.with_harm, outside.with_harm
        ));
    }
    jump(all, ranks, Errors::ClusteredByPerson)
        .ok_or_else(|| "nobody's harm afterwards differs from another's".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::cohort::tests::{ground, head, person};
    use super::*;

    #[test]
    fn who_was_listed_before_is_at_no_later_cut() {
        let ground = ground(
            "2026-11-21",
            None,
            vec![
                (
                    head("2026-01-01", Era::Programme),
                    vec![person(1, 2), person(2, 3)],
                ),
                (
                    head("2026-02-01", Era::Programme),
                    vec![person(2, 2), person(1, 3), person(3, 4)],
                ),
                // Not followed for 180 days yet.
                (head("2026-11-01", Era::Programme), vec![person(4, 2)]),
            ],
        );
        let found: Vec<(usize, u32, f64)> = observations(&ground)
            .iter()
            .map(|one| (one.list, one.observation.person, one.observation.distance))
            .collect();
        assert_eq!(
            found,
            [(0, 1, 0.5), (0, 2, -0.5), (1, 2, 0.5), (1, 3, -1.5)]
        );
    }

    #[test]
    fn lists_of_the_year_before_task_nobody_and_have_no_cut() {
        let lists = vec![(head("2026-01-01", Era::YearBefore), vec![person(1, 2)])];
        let ground = ground("2026-11-21", Some("2026-02-01"), lists);
        assert!(observations(&ground).is_empty());
        assert!(find(&ground, 50).is_err());
    }

    #[test]
    fn few_with_harm_are_told_and_not_estimated() {
        let people: Vec<_> = (1..=100)
            .map(|rank| super::super::study_data::Appearance {
                after_days: if rank % 30 == 0 { 365.0 } else { 0.0 },
                ..person(rank, rank)
            })
            .collect();
        let list = super::super::study_data::ListHead {
            size: 50,
            ..head("2026-01-01", Era::Programme)
        };
        let ground = ground("2026-11-21", None, vec![(list, people)]);
        let found = find(&ground, 50).unwrap();
        let at = &found.estimates[1];
        assert_eq!((at.inside.places, at.inside.with_harm), (50, 1));
        assert_eq!((at.outside.places, at.outside.with_harm), (50, 2));
        assert!(
            matches!(&at.outcome, Outcome::Unavailable { reason } if reason.contains("1 and 2 had"))
        );
    }
}
