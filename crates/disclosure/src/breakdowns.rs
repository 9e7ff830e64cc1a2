//! Where the same things are broken down in several ways that are not crossed:
//! by borough, and by offence. What each breakdown holds in a month and a group
//! is the same, and that ties them together.

use std::collections::BTreeSet;

use super::cell_bounds::Extent;
use super::table::Table;

/// The same extent in the other breakdowns, if it is the whole of one.
pub(super) fn twins(table: &Table, extent: &Extent) -> Vec<Extent> {
    let wholes = table.breakdowns();
    if !wholes.contains(&extent.areas) {
        return Vec::new();
    }
    wholes
        .into_iter()
        .filter(|areas| *areas != extent.areas)
        .map(|areas| Extent {
            areas,
            ..extent.clone()
        })
        .collect()
}

/// Pairs of extents that hold the same, as finely as some extents tell months
/// apart: the first breakdown and each other, in every group.
pub(super) fn equals(table: &Table, extents: &[Extent]) -> Vec<[Extent; 2]> {
    let wholes = table.breakdowns();
    let Some((first, others)) = wholes.split_first() else {
        return Vec::new();
    };
    let spans = spans(extents);
    let extent = |&months: &(usize, usize), areas: &Vec<usize>, group: usize| Extent {
        months,
        areas: areas.clone(),
        groups: vec![group],
    };
    let mut equal = Vec::new();
    for months in &spans {
        for group in 0..table.groups.len() {
            for other in others {
                equal.push([extent(months, first, group), extent(months, other, group)]);
            }
        }
    }
    equal
}

/// What in a table's counts does not agree between breakdowns, and cells that
/// lie in more than one.
pub(super) fn faults(table: &Table, extents: &[Extent]) -> Vec<String> {
    let wholes = table.breakdowns();
    let mut faults = Vec::new();
    let across = |extent: &&Extent| {
        let within = |whole: &Vec<usize>| extent.areas.iter().all(|area| whole.contains(area));
        !wholes.is_empty() && !wholes.iter().any(within)
    };
    if extents.iter().any(|extent| across(&extent)) {
        faults.push("a cell does not lie in one breakdown".to_owned());
    }
    let mut held = vec![vec![0; table.months.count() * table.groups.len()]; wholes.len()];
    for ([month, area, group], count) in table.counts() {
        for (held, _) in held
            .iter_mut()
            .zip(&wholes)
            .filter(|(_, whole)| whole.contains(&area))
        {
            held[month * table.groups.len() + group] += count;
        }
    }
    if held.windows(2).any(|pair| pair[0] != pair[1]) {
        faults.push("the breakdowns do not add up to the same".to_owned());
    }
    faults
}

/// The months between any two neighbouring ends of the extents.
fn spans(extents: &[Extent]) -> Vec<(usize, usize)> {
    let ends: BTreeSet<usize> = extents
        .iter()
        .flat_map(|extent| [extent.months.0, extent.months.1])
        .collect();
    let ends: Vec<usize> = ends.into_iter().collect();
    ends.windows(2).map(|ends| (ends[0], ends[1])).collect()
}
