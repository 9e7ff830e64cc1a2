//! Two releases one after the other: the second is refused, or nothing can be
//! worked out from both. `PROPTEST_CASES` says how many pairs are tried.

use std::cell::Cell as Counter;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::{TestRunner, contextualize_config};

use super::attack::{View, beyond};
use super::single::cases;
use super::tables::{cell, counted, counts, months, names, parts, seen};
use crate::cell::{Months, Part};
use crate::release::{Refusal, Release, release};
use crate::rules::Rules;
use crate::table::Table;

/// Two tables over the same counts, the second perhaps revised.
#[derive(Debug, Clone)]
struct Pair {
    first: Table,
    second: Table,
}

/// Which windows and areas the two ask for.
#[derive(Debug, Clone, Copy)]
enum Change {
    Shifted,
    Longer,
    Shorter,
    Same,
    SameAndShifted,
    Joined,
    Fewer,
}

/// Pairs over three areas and up to so many groups.
fn pairs(groups: usize, revised: bool) -> impl Strategy<Value = Pair> {
    let areas = 3;
    let most = select(vec![2_u32, 4, 12, 40]);
    (1..=groups, most).prop_flat_map(move |(groups, most)| {
        let counts = vec(
            prop_oneof![1 => Just(0), 2 => 0..=most],
            14 * areas * groups,
        );
        let change = select(vec![
            Change::Shifted,
            Change::Longer,
            Change::Shorter,
            Change::Same,
            Change::SameAndShifted,
            Change::Joined,
            Change::Fewer,
        ]);
        let revisions = vec(
            (any::<Index>(), 0..=most),
            if revised { 1..8 } else { 0..1 },
        );
        (counts, change, revisions).prop_map(move |(mut counts, change, revisions)| {
            let mut first = counted(
                months(0, 14),
                names("A", areas),
                names("G", groups),
                &counts,
            );
            for (at, count) in revisions {
                *at.get_mut(&mut counts) = count;
            }
            let mut second = counted(
                months(0, 14),
                names("A", areas),
                names("G", groups),
                &counts,
            );
            ask(&mut first, &mut second, change);
            Pair { first, second }
        })
    })
}

fn ask(first: &mut Table, second: &mut Table, change: Change) {
    let year = months(0, 12);
    let (then, now) = match change {
        Change::Shifted => (vec![year], vec![months(1, 12)]),
        Change::Longer => (vec![year], vec![months(0, 13)]),
        Change::Shorter => (vec![months(0, 13)], vec![year]),
        Change::SameAndShifted => (vec![year], vec![year, months(2, 12)]),
        Change::Same | Change::Joined | Change::Fewer => (vec![year], vec![year]),
    };
    let mut areas = parts(&second.areas);
    match change {
        Change::Joined => areas = vec![Part::of("Both", &["A0", "A1"]), Part::all("All")],
        Change::Fewer => drop(areas.remove(0)),
        _ => {}
    }
    let all = parts(&first.areas);
    fill(first, &then, &all);
    fill(second, &now, &areas);
}

fn fill(table: &mut Table, windows: &[Months], areas: &[Part]) {
    for &window in windows {
        for area in areas {
            for group in parts(&table.groups) {
                table.cells.insert(cell(window, area.clone(), group));
            }
        }
    }
}

/// What is before a reader of both releases, and the counts of today. The
/// cells of the first come first.
fn both(pair: &Pair, then: &Release, now: &Release, knows_which: bool) -> (View, Vec<i64>) {
    let old = seen(&pair.first, then, knows_which);
    let new = seen(&pair.second, now, knows_which);
    View::new([old, new].concat(), &counts(&pair.second))
}

/// What such a reader can work out: hidden cells, small differences, and small
/// revisions.
fn worked_out(pair: &Pair, then: &Release, now: &Release) -> Vec<String> {
    let (both, truth) = both(pair, then, now, true);
    told(&both, &truth, then.cells.len())
}

/// The same of a view whose first cells are those of the first release.
pub(super) fn told(both: &View, truth: &[i64], then: usize) -> Vec<String> {
    let span = both.span(truth);
    let hidden = both
        .hidden()
        .filter(|(_, seen)| span.holds(&both.row(&seen.holds)));
    let mut told: Vec<String> = hidden.map(|(cell, _)| format!("hidden {cell}")).collect();
    let old = both.only(0..then);
    let new = both.only(then..both.cells.len());
    told.extend(differences(both, &old, truth));
    told.extend(revisions(&old, &new));
    told.extend(revisions(&new, &old));
    told
}

/// Small counts between a cell and one within it. What the first release tells
/// by itself it tells of the counts as they were.
fn differences(both: &View, old: &View, truth: &[i64]) -> Vec<String> {
    let told = old.span(truth);
    let mut found = Vec::new();
    for (whole, _) in both.shown() {
        for (part, _) in both.shown() {
            let Some(left) = beyond(&whole.holds, &part.holds) else {
                continue;
            };
            let count: i64 = left.iter().map(|&class| truth[class]).sum();
            if (1..10).contains(&count) && !told.holds(&old.row(&left)) {
                found.push(format!("{:?} less {:?}", whole.holds, part.holds));
            }
        }
    }
    found
}

/// Cells of one that the other tells too, changed by a small number.
fn revisions(one: &View, other: &View) -> Vec<String> {
    let span = other.counted_span();
    one.shown()
        .into_iter()
        .filter_map(|(seen, count)| span.change(&one.row(&seen.holds), count))
        .filter(|change| (1..10).contains(&change.abs()))
        .map(|change| format!("revision by {change}"))
        .collect()
}

fn published(table: &Table, earlier: &[Release]) -> Result<Release, Refusal> {
    release("a release", table, earlier, &Rules::default())
}

/// The second release, or the one that follows the refusal's remedy.
fn second(pair: &Pair, then: &Release) -> Result<Option<Release>, TestCaseError> {
    let earlier = std::slice::from_ref(then);
    match published(&pair.second, earlier) {
        Ok(now) => Ok(Some(now)),
        Err(Refusal::Revealing {
            remedy: Some(withheld),
            ..
        }) => {
            let table = Table {
                withheld,
                ..pair.second.clone()
            };
            let now = published(&table, earlier);
            now.map(Some)
                .map_err(|refusal| TestCaseError::fail(refusal.to_string()))
        }
        Err(_) => Ok(None),
    }
}

/// Tries pairs; at least the given share of second releases must be made in the
/// end, lest everything be refused.
fn try_pairs(
    count: u32,
    least: f64,
    pairs: impl Strategy<Value = Pair>,
    check: impl Fn(&Pair, &Release, &Release) -> Result<(), TestCaseError>,
) {
    let (tried, made) = (Counter::new(0_u32), Counter::new(0_u32));
    let result = TestRunner::new(contextualize_config(cases(count))).run(&pairs, |pair| {
        let Ok(then) = published(&pair.first, &[]) else {
            return Ok(());
        };
        tried.set(tried.get() + 1);
        if let Some(now) = second(&pair, &then)? {
            made.set(made.get() + 1);
            check(&pair, &then, &now)?;
        }
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
    let share = f64::from(made.get()) / f64::from(tried.get());
    assert!(share >= least, "{share} of {} made", tried.get());
}

#[test]
fn nothing_can_be_solved_for_with_a_later_revised_release() {
    try_pairs(2_000, 0.4, pairs(2, true), |pair, then, now| {
        prop_assert_eq!(worked_out(pair, then, now), Vec::<String>::new());
        Ok(())
    });
}

#[test]
fn nothing_can_be_found_by_trying_every_table_that_agrees_with_two_releases() {
    try_pairs(2_000, 0.8, pairs(1, false), |pair, then, now| {
        prop_assert_eq!(worked_out(pair, then, now), Vec::<String>::new());
        for knows_which in [true, false] {
            let (both, truth) = both(pair, then, now, knows_which);
            for (_, seen) in both.hidden() {
                let found = both.spread(&seen.holds, &truth, 1);
                prop_assert!(
                    found.is_some_and(|found| found >= 1),
                    "{found:?} of {seen:?}"
                );
            }
        }
        Ok(())
    });
}

#[test]
fn a_release_made_without_a_look_at_the_one_before_is_found_out() {
    let mut runner = TestRunner::deterministic();
    let (mut made, mut found_out) = (0, 0);
    for _ in 0..300 {
        let pair = pairs(2, true).new_tree(&mut runner).unwrap().current();
        if let (Ok(then), Ok(now)) = (published(&pair.first, &[]), published(&pair.second, &[])) {
            made += 1;
            found_out += u32::from(!worked_out(&pair, &then, &now).is_empty());
        }
    }
    assert!(found_out * 2 > made && made > 200, "{found_out} of {made}");
}
