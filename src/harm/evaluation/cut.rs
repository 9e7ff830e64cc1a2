//! What being just inside the list does, against being just outside it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::ground::{Era, Ground};
use super::{DAYS, Figure, Outcome};
use crate::harm::statistics::discontinuity::{Errors, Jump, Observation, jump};

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
    #[serde(flatten)]
    pub outcome: Outcome<Jump>,
}

/// One person at one cut, with the list they stood on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtCut {
    pub list: usize,
    pub rank: u32,
    pub observation: Observation,
}

/// Fewer people than this on a side say nothing.
const FEWEST: usize = 20;

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
            .map(|ranks| AtBandwidth {
                ranks,
                outcome: estimate(&all, ranks).into(),
            })
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

fn estimate(all: &[Observation], ranks: f64) -> Result<Jump, String> {
    let side = |is_listed: bool| {
        all.iter()
            .filter(|one| one.distance.abs() < ranks && (one.distance > 0.0) == is_listed)
            .count()
    };
    let (inside, outside) = (side(true), side(false));
    if inside < FEWEST || outside < FEWEST {
        return Err(format!(
            "{inside} people inside and {outside} outside lie within {ranks} ranks of the cut; it \
             needs {FEWEST} on each side"
        ));
    }
    jump(all, ranks, Errors::ClusteredByPerson)
        .ok_or_else(|| "nobody's harm afterwards differs from another's".to_owned())
}
