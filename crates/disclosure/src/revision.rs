//! What is known from the change of a count between two releases.

use std::collections::{BTreeMap, BTreeSet};

use super::differencing::Joint;
use super::feasible_tables::Worlds;
use super::release::{Finding, How};
use super::rules::Rules;

/// Cells whose count is known from one earlier release and from the table, and
/// has changed by a small number: so many crimes were added or taken out.
pub(super) fn findings(joint: &Joint<'_>, rules: &Rules) -> Vec<Finding> {
    let releases: BTreeSet<usize> = joint.past.iter().map(|past| past.release).collect();
    let today = Known::today(joint);
    releases
        .into_iter()
        .flat_map(|release| {
            let then = Known::then(joint, release);
            changes(joint, &today, &then, rules)
                .into_iter()
                .chain(changes(joint, &then, &today, rules))
        })
        .collect()
}

/// What one release tells, with its own counts.
struct Known {
    worlds: Worlds,
    told: BTreeMap<usize, Told>,
}

/// A count with the extent that tells it.
#[derive(Clone, Copy)]
struct Told {
    count: i64,
    extent: usize,
}

impl Known {
    fn today(joint: &Joint<'_>) -> Self {
        let shown = (0..).zip(joint.shown);
        Self::new(
            joint,
            shown.filter_map(|(extent, count)| Some((extent, (*count)?))),
        )
    }

    fn then(joint: &Joint<'_>, release: usize) -> Self {
        let past = (joint.shown.len()..).zip(joint.past);
        let past = past.filter(|(_, past)| past.release == release);
        Self::new(
            joint,
            past.filter_map(|(extent, past)| Some((extent, past.exact()?))),
        )
    }

    /// Of counts by extent. Where one is zero, so is all that it holds.
    fn new(joint: &Joint<'_>, shown: impl Iterator<Item = (usize, i64)>) -> Self {
        let system = &joint.system;
        let mut told = BTreeMap::new();
        for (extent, count) in shown {
            let own = Told { count, extent };
            if count == 0 {
                told.extend(system.held(extent).map(|&class| (class, own)));
            }
            told.insert(system.of_extent[extent], own);
        }
        let mut worlds = system.worlds.clone();
        for &variable in told.keys() {
            worlds.fix(variable);
        }
        Self { worlds, told }
    }

    /// The count of a variable with the extents that tell it, if the release
    /// does.
    fn count(&self, variable: usize) -> Option<(i64, BTreeSet<usize>)> {
        let (terms, scale) = self.worlds.terms(variable)?;
        // Terms that no extent tells are known to be nothing.
        let told = terms
            .iter()
            .filter_map(|(term, times)| Some((self.told.get(term)?, times)));
        let sum: i64 = told.clone().map(|(told, times)| told.count * times).sum();
        let extents = told.map(|(told, _)| told.extent);
        Some((sum / scale, extents.collect()))
    }
}

/// Small changes of what `one` shows and `other` tells in whatever way.
fn changes(joint: &Joint<'_>, one: &Known, other: &Known, rules: &Rules) -> Vec<Finding> {
    one.told
        .iter()
        .filter_map(|(&variable, told)| {
            let from = match other.count(variable) {
                Some((before, from)) if rules.is_small((told.count - before).abs()) => from,
                None if other.worlds.is_spent() => BTreeSet::new(),
                _ => return None,
            };
            Some(Finding {
                reveals: joint.name_of_extent(told.extent),
                from: from
                    .into_iter()
                    .map(|extent| joint.name_of_extent(extent))
                    .collect(),
                how: How::Revision,
            })
        })
        .collect()
}
