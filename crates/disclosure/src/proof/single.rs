//! No hidden count can be worked out, whatever the table. `PROPTEST_CASES`
//! says how many tables each test tries.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::attack::{View, beyond};
use super::tables::{counts, cubes, hierarchies, seen};
use crate::figure::Figure;
use crate::release::{Refusal, Release, release};
use crate::rules::Rules;
use crate::table::Table;

/// Tries enough cases for every commit; `PROPTEST_CASES` comes before this.
pub(super) fn cases(count: u32) -> ProptestConfig {
    ProptestConfig {
        cases: count,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// What follows from the shown cells: hidden cells, small counts that no cell
/// tells, and small counts that one subtraction gives.
fn solved(table: &Table, release: &Release) -> Vec<String> {
    let (view, truth) = View::new(seen(table, release, true), &counts(table));
    solved_in(&view, &truth)
}

/// The same of what is before an attacker.
pub(super) fn solved_in(view: &View, truth: &[i64]) -> Vec<String> {
    let span = view.span(truth);
    let hidden = view
        .hidden()
        .filter(|(_, seen)| span.holds(&view.row(&seen.holds)));
    let mut solved: Vec<String> = hidden.map(|(cell, _)| format!("hidden {cell}")).collect();
    for (class, count) in truth.iter().enumerate() {
        let is_cell = view.cells.iter().any(|seen| seen.holds == [class]);
        if (1..10).contains(count) && !is_cell && span.holds(&view.row(&[class])) {
            solved.push(format!("remainder {class}"));
        }
    }
    for (whole, count) in view.shown() {
        for (part, less) in view.shown() {
            if (1..10).contains(&(count - less)) && beyond(&whole.holds, &part.holds).is_some() {
                solved.push(format!("{:?} less {:?}", whole.holds, part.holds));
            }
        }
    }
    solved
}

fn published(table: &Table) -> Option<Release> {
    match release("a release", table, &[], &Rules::default()) {
        Ok(release) => Some(release),
        Err(Refusal::Unprotectable) => None,
        Err(refusal) => panic!("{refusal}"),
    }
}

fn is_safe_from_solving(table: &Table) -> Result<(), TestCaseError> {
    let Some(release) = published(table) else {
        return Ok(());
    };
    prop_assert_eq!(solved(table, &release), Vec::<String>::new());
    let (view, truth) = View::new(seen(table, &release, true), &counts(table));
    for (released, seen) in release.cells.iter().zip(&view.cells) {
        let count: i64 = seen.holds.iter().map(|&class| truth[class]).sum();
        prop_assert!(seen.count.is_none_or(|exact| exact == count));
        prop_assert!(!(1..10).contains(&count) || released.figure == Figure::Suppressed);
    }
    Ok(())
}

fn is_safe_from_trying(table: &Table) -> Result<(), TestCaseError> {
    let Some(release) = published(table) else {
        return Ok(());
    };
    for knows_which in [true, false] {
        let (view, truth) = View::new(seen(table, &release, knows_which), &counts(table));
        for (_, seen) in view.hidden() {
            let count: i64 = seen.holds.iter().map(|&class| truth[class]).sum();
            let is_small = (1..10).contains(&count);
            let enough = if is_small && !knows_which { 4 } else { 1 };
            let found = view.spread(&seen.holds, &truth, enough);
            prop_assert!(
                found.is_some_and(|found| found >= enough),
                "{found:?} of {seen:?}"
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(5_000))]

    #[test]
    fn no_hidden_cell_of_a_plane_table_can_be_solved_for(table in cubes([1, 6, 6])) {
        is_safe_from_solving(&table)?;
    }
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn no_hidden_cell_of_a_solid_table_can_be_solved_for(table in cubes([3, 4, 4])) {
        is_safe_from_solving(&table)?;
    }

    #[test]
    fn no_hidden_cell_can_be_found_by_trying_every_table(
        table in prop_oneof![cubes([1, 3, 3]), cubes([2, 2, 2]), cubes([1, 2, 4])]
    ) {
        is_safe_from_trying(&table)?;
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn no_hidden_cell_of_wards_within_boroughs_can_be_solved_for(table in hierarchies()) {
        is_safe_from_solving(&table)?;
    }
}

#[test]
fn hiding_small_counts_alone_is_found_out() {
    let mut runner = TestRunner::deterministic();
    let (mut with_small, mut found_out) = (0, 0);
    for _ in 0..500 {
        let table = cubes([2, 4, 4]).new_tree(&mut runner).unwrap().current();
        let Some(mut release) = published(&table) else {
            continue;
        };
        let cells = seen(&table, &release, true);
        let truth = counts(&table);
        for (released, seen) in release.cells.iter_mut().zip(&cells) {
            let count: i64 = seen.holds.iter().map(|&number| truth[number]).sum();
            released.exact = u64::try_from(count)
                .ok()
                .filter(|_| !(1..10).contains(&count));
        }
        with_small += u32::from(
            release
                .cells
                .iter()
                .any(|released| released.exact.is_none()),
        );
        found_out += u32::from(!solved(&table, &release).is_empty());
    }
    assert!(
        found_out * 2 > with_small && with_small > 300,
        "{found_out} of {with_small}"
    );
}
