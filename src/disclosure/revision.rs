//! What is known from the change of a count between two releases.

use std::collections::{BTreeMap, BTreeSet};

use super::differencing::Joint;
use super::release::{Finding, How};
use super::rules::Rules;
use super::worlds::Worlds;

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
    counts: BTreeMap<usize, i64>,
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
        let mut counts = BTreeMap::new();
        for (extent, count) in shown {
            counts.insert(system.of_extent[extent], count);
            if count == 0 {
                counts.extend(system.classes.sets[extent].iter().map(|&class| (class, 0)));
            }
        }
        let mut worlds = system.worlds.clone();
        counts.keys().for_each(|&variable| worlds.fix(variable));
        Self { worlds, counts }
    }

    /// The count of a variable, if the release tells it.
    fn count(&self, variable: usize) -> Option<i64> {
        let (terms, scale) = self.worlds.terms(variable)?;
        let sum: i64 = terms
            .iter()
            .map(|(term, times)| self.counts[term] * times)
            .sum();
        Some(sum / scale)
    }
}

/// Small changes of what `one` shows and `other` tells in whatever way.
fn changes(joint: &Joint<'_>, one: &Known, other: &Known, rules: &Rules) -> Vec<Finding> {
    one.counts
        .iter()
        .filter(|&(&variable, &count)| {
            let before = other.count(variable);
            let is_small = |before: i64| rules.is_small((count - before).abs());
            other.worlds.is_spent() || before.is_some_and(is_small)
        })
        .map(|(&variable, _)| {
            let terms = other
                .worlds
                .terms(variable)
                .map_or_else(Vec::new, |(terms, _)| terms);
            Finding {
                reveals: joint.name(variable),
                from: terms.iter().map(|&(term, _)| joint.name(term)).collect(),
                how: How::Revision,
            }
        })
        .collect()
}
