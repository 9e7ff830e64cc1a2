//! Which cells of a table are hidden, looking at the table alone.

use std::collections::BTreeSet;

use super::cell_bounds::Extent;
use super::published::Past;
use super::rules::Rules;
use super::suppression;
use super::system::System;
use super::table::Table;

/// The count of each cell, in order, that may be shown. The others are small,
/// withheld by a person, hidden before, or would reveal another. None when a
/// small count could be worked out whatever is hidden.
pub(super) fn hide(table: &Table, past: &[Past<'_>], rules: &Rules) -> Option<Vec<Option<i64>>> {
    let months: BTreeSet<(usize, usize)> =
        table.extents().iter().map(|extent| extent.months).collect();
    // What was told of the same months, of the same people or of those they are
    // among, guides the choice; what was told of others is held against it.
    let beside: Vec<&Past<'_>> = past
        .iter()
        .filter(|past| months.contains(&past.extent.months))
        .collect();
    let guided = (!beside.is_empty()).then(|| hide_beside(table, past, &beside, rules));
    guided
        .flatten()
        .or_else(|| hide_beside(table, past, &[], rules))
}

fn hide_beside(
    table: &Table,
    past: &[Past<'_>],
    beside: &[&Past<'_>],
    rules: &Rules,
) -> Option<Vec<Option<i64>>> {
    let own = table.extents();
    let others = beside.iter().map(|past| past.extent.clone());
    let extents: Vec<Extent> = own.iter().cloned().chain(others).collect();
    let may_be_shown = |extent: usize, count| match extent.checked_sub(own.len()) {
        None => !rules.is_small(count),
        Some(number) => beside[number].is_shown(),
    };
    let system = System::new(table, &extents, may_be_shown, rules);
    let must = must_hide(table, past, &system, &own, rules);
    let open: BTreeSet<usize> = (0..own.len())
        .filter(|&cell| !must.contains(&system.of_extent[cell]))
        .collect();
    // A zero is shown wherever it can be: it is often there by its nature, and
    // hiding it protects nobody who knows that.
    let (zero, above): (Vec<usize>, Vec<usize>) = open
        .into_iter()
        .partition(|&cell| system.truth(system.of_extent[cell]) == 0);
    let zero: Vec<usize> = zero
        .iter()
        .flat_map(|&cell| system.shown_with(cell, 0))
        .collect();
    let above = by_weight(&system, above, &shown_before(past, &own));
    let mut given = Vec::new();
    let mut secret = must.clone();
    for (extent, past) in (own.len()..).zip(beside) {
        match past.exact() {
            Some(count) => given.extend(system.shown_with(extent, count)),
            None => drop(secret.insert(system.of_extent[extent])),
        }
    }
    let further = choose(
        &system,
        &secret,
        &[&given[..], &zero].concat(),
        &above,
        rules,
    )
    .or_else(|| choose(&system, &secret, &given, &[zero, above].concat(), rules))?;
    let shown = |&variable: &usize| {
        let is_hidden = must.contains(&variable) || further.contains(&variable);
        (!is_hidden).then(|| system.truth(variable))
    };
    Some(system.of_extent[..own.len()].iter().map(shown).collect())
}

/// Cells in the order in which they are offered for publication: those known
/// already, then those that hold most classes, then those that count most. So
/// what is hidden in the end are rather inner cells than margins, and rather
/// small counts than large.
pub(super) fn by_weight(
    system: &System,
    mut cells: Vec<usize>,
    known: &BTreeSet<usize>,
) -> Vec<usize> {
    cells.sort_by_key(|&cell| {
        let breadth = system.classes.sets[cell].len();
        let count = system.truth(system.of_extent[cell]);
        (
            !known.contains(&cell),
            std::cmp::Reverse((breadth, count)),
            cell,
        )
    });
    cells
        .into_iter()
        .map(|cell| system.of_extent[cell])
        .collect()
}

fn choose(
    system: &System,
    secret: &BTreeSet<usize>,
    given: &[usize],
    candidates: &[usize],
    rules: &Rules,
) -> Option<BTreeSet<usize>> {
    let mut worlds = system.worlds.clone();
    for &variable in given {
        worlds.fix(variable);
    }
    let untold = system.untold(rules);
    let secrets = secret.union(&untold);
    let secrets = secrets
        .map(|&variable| system.secret(variable, rules))
        .collect();
    suppression::choose(&worlds, &system.attackers(rules), secrets, candidates)
}

/// Variables that are hidden whatever the others are.
fn must_hide(
    table: &Table,
    past: &[Past<'_>],
    system: &System,
    extents: &[Extent],
    rules: &Rules,
) -> BTreeSet<usize> {
    let before: BTreeSet<&Extent> = past
        .iter()
        .filter(|past| !past.is_shown())
        .map(|past| &past.extent)
        .collect();
    (0..)
        .zip(&table.cells)
        .filter(|&(number, cell)| {
            rules.is_small(system.truth(system.of_extent[number]))
                || table.withheld.contains(cell)
                || before.contains(&extents[number])
        })
        .map(|(number, _)| system.of_extent[number])
        .collect()
}

/// Cells that an earlier release shows.
fn shown_before(past: &[Past<'_>], extents: &[Extent]) -> BTreeSet<usize> {
    let shown: BTreeSet<&Extent> = past
        .iter()
        .filter(|past| past.is_shown())
        .map(|past| &past.extent)
        .collect();
    (0..extents.len())
        .filter(|&cell| shown.contains(&extents[cell]))
        .collect()
}
