//! Hides counts of 1 to 9, and as many others as it takes that none of them
//! can be worked out: not from the totals, not from the stage that a count is
//! a part of, and not by someone who knows this method. A total is the same in
//! every way of dividing people, so what one table gives away all give away.
//!
//! In a table's column, hidden counts must together reach ten, and each must
//! be able to hold two values at least. Until they do, groups are hidden too,
//! from the last one up, whatever their counts: a choice by size would tell
//! the sizes. If hiding them all is not enough, the stage is withheld from all
//! tables with its total. A larger count that is hidden for another's sake may
//! be worked out at times; a count of 1 to 9 never is.

use std::fmt;

use serde::{Serialize, Serializer};

use super::Stage;

/// People by stage, in the order of [`Stage::ALL`].
pub type Stages = [u64; 6];

/// The largest count that is hidden.
const SMALL: u64 = 9;

/// A count as it may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shown {
    Count(u64),
    /// `[c]`
    Suppressed,
    /// `[x]`: its source has never arrived, or nothing was decided.
    Unavailable,
    /// `[z]`: no rule lets it be anything but nothing.
    NotApplicable,
}

impl Shown {
    /// A count that stands alone, in no total.
    pub fn alone(count: u64) -> Self {
        if is_small(count, SMALL) {
            Self::Suppressed
        } else {
            Self::Count(count)
        }
    }

    pub fn count(self) -> Option<u64> {
        match self {
            Self::Count(count) => Some(count),
            Self::Suppressed | Self::Unavailable | Self::NotApplicable => None,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Suppressed => f.write_str("[c]"),
            Self::Unavailable => f.write_str("[x]"),
            Self::NotApplicable => f.write_str("[z]"),
        }
    }
}

/// A number, or the mark that stands for it.
impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => serializer.serialize_u64(*count),
            other => serializer.collect_str(other),
        }
    }
}

/// What may be shown of some tables over the same people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Published {
    pub totals: [Shown; 6],
    pub tables: Vec<Vec<[Shown; 6]>>,
}

/// What may be shown of tables that divide the same people, each a row per
/// group. Stages that are not held are unavailable.
pub fn publish(tables: &[Vec<Stages>], is_held: [bool; 6]) -> Published {
    publish_above(SMALL, tables, is_held)
}

fn publish_above(small: u64, tables: &[Vec<Stages>], is_held: [bool; 6]) -> Published {
    let mut published = Published {
        totals: [Shown::Unavailable; 6],
        tables: tables
            .iter()
            .map(|rows| vec![[Shown::Unavailable; 6]; rows.len()])
            .collect(),
    };
    for (stage, parent) in ORDER {
        if is_held[stage as usize] {
            publish_stage(small, (stage, parent), tables, &mut published);
        }
    }
    published
}

/// Each stage after the smallest one that it is a part of.
const ORDER: [(Stage, Option<Stage>); 6] = [
    (Stage::Named, None),
    (Stage::Listed, Some(Stage::Named)),
    (Stage::Tasked, Some(Stage::Listed)),
    (Stage::Accepted, Some(Stage::Tasked)),
    (Stage::Arrested, Some(Stage::Listed)),
    (Stage::Charged, Some(Stage::Listed)),
];

fn publish_stage(
    small: u64,
    (stage, parent): (Stage, Option<Stage>),
    tables: &[Vec<Stages>],
    published: &mut Published,
) {
    let at = stage as usize;
    let columns: Vec<Vec<Cell>> = tables
        .iter()
        .zip(&published.tables)
        .map(|(rows, shown)| {
            let limit = |row: usize| parent.map(|parent| shown[row][parent as usize]);
            let cell = |(row, stages): (usize, &Stages)| Cell::new(stages[at], limit(row));
            rows.iter().enumerate().map(cell).collect()
        })
        .collect();
    let total: u64 = columns
        .first()
        .map_or(0, |cells| cells.iter().map(|cell| cell.count).sum());
    let hidden: Option<Vec<Vec<bool>>> = if is_small(total, small) {
        None
    } else {
        columns.iter().map(|cells| hide(cells, small)).collect()
    };
    let is_withheld = hidden.is_none();
    let hidden = hidden.unwrap_or_else(|| {
        let all = |cells: &Vec<Cell>| cells.iter().map(|cell| !cell.is_known_zero()).collect();
        columns.iter().map(all).collect()
    });
    published.totals[at] = shown(total, is_withheld);
    for ((rows, cells), hidden) in published.tables.iter_mut().zip(&columns).zip(&hidden) {
        for ((row, cell), is_hidden) in rows.iter_mut().zip(cells).zip(hidden) {
            row[at] = shown(cell.count, *is_hidden);
        }
    }
}

fn shown(count: u64, is_hidden: bool) -> Shown {
    if is_hidden {
        Shown::Suppressed
    } else {
        Shown::Count(count)
    }
}

fn is_small(count: u64, small: u64) -> bool {
    (1..=small).contains(&count)
}

/// A count of a column, and what is known of the most that it can be.
#[derive(Debug, Clone, Copy)]
struct Cell {
    count: u64,
    /// The count it is a part of, where that is shown.
    limit: Option<u64>,
    /// The count it is a part of is hidden.
    is_below_hidden: bool,
}

impl Cell {
    fn new(count: u64, parent: Option<Shown>) -> Self {
        Self {
            count,
            limit: parent.and_then(Shown::count),
            is_below_hidden: parent == Some(Shown::Suppressed),
        }
    }

    fn is_known_zero(self) -> bool {
        self.limit == Some(0)
    }
}

/// Which cells of a column to hide; none when hiding them all is not enough.
fn hide(cells: &[Cell], small: u64) -> Option<Vec<bool>> {
    let total: u64 = cells.iter().map(|cell| cell.count).sum();
    let mut hidden: Vec<bool> = cells
        .iter()
        .map(|cell| {
            total > 0
                && !cell.is_known_zero()
                && (is_small(cell.count, small) || cell.is_below_hidden)
        })
        .collect();
    if !hidden.contains(&true) {
        return Some(hidden);
    }
    loop {
        let chosen: Vec<Cell> = cells
            .iter()
            .zip(&hidden)
            .filter(|(_, is_hidden)| **is_hidden)
            .map(|(cell, _)| *cell)
            .collect();
        if is_safe(&chosen, small) {
            return Some(hidden);
        }
        let next = (0..cells.len())
            .rev()
            .find(|at| !hidden[*at] && !cells[*at].is_known_zero())?;
        hidden[next] = true;
    }
}

/// Whether hidden cells whose sum is known keep their values.
fn is_safe(cells: &[Cell], small: u64) -> bool {
    let sum: u64 = cells.iter().map(|cell| cell.count).sum();
    if cells.len() < 2 || sum <= small {
        return false;
    }
    let most: Vec<u64> = cells
        .iter()
        .map(|cell| cell.limit.map_or(sum, |limit| limit.min(sum)))
        .collect();
    let needs_a_small_one = !cells.iter().any(|cell| cell.is_below_hidden);
    let keeps_its_value = |at: usize| {
        possible_values(&most, sum, at)
            .filter(|value| {
                !needs_a_small_one
                    || is_small(*value, small)
                    || can_hold_a_small_one(&most, sum, (at, *value), small)
            })
            .nth(1)
            .is_some()
    };
    (0..cells.len()).all(keeps_its_value) && !is_pinned_if_all_are_small(&most, sum, small)
}

/// The values that one cell can have beside the others.
fn possible_values(most: &[u64], sum: u64, at: usize) -> impl Iterator<Item = u64> {
    let others: u64 = most.iter().sum::<u64>() - most[at];
    sum.saturating_sub(others)..=most[at]
}

/// Whether one of the other cells can be small when this one has a value.
fn can_hold_a_small_one(most: &[u64], sum: u64, (at, value): (usize, u64), small: u64) -> bool {
    let rest = sum - value;
    let others: u64 = most.iter().sum::<u64>() - most[at];
    (0..most.len()).filter(|other| *other != at).any(|other| {
        let least = rest.saturating_sub(others - most[other]);
        most[other].min(rest) >= 1 && least <= small
    })
}

/// Whether the sum leaves each cell one value if every cell is a small count.
fn is_pinned_if_all_are_small(most: &[u64], sum: u64, small: u64) -> bool {
    let largest: u64 = most.iter().map(|most| (*most).min(small)).sum();
    let least = most.len() as u64;
    sum <= largest && (sum == largest || sum <= least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    const HELD: [bool; 6] = [true; 6];

    /// Only the first stage has people beyond `counts`.
    fn column(counts: &[u64]) -> Vec<Shown> {
        let rows = counts.iter().map(|count| [*count, 0, 0, 0, 0, 0]).collect();
        let published = publish(&[rows], HELD);
        published.tables[0].iter().map(|row| row[0]).collect()
    }

    fn texts(shown: &[Shown]) -> Vec<String> {
        shown.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_lone_small_count_takes_the_last_groups_with_it_until_ten_are_hidden() {
        assert_eq!(texts(&column(&[40, 3, 25, 30])), ["40", "[c]", "25", "[c]"]);
        assert_eq!(texts(&column(&[40, 3, 25, 0])), ["40", "[c]", "[c]", "[c]"]);
        assert_eq!(texts(&column(&[40, 3, 25, 8])), ["40", "[c]", "25", "[c]"]);
        assert_eq!(texts(&column(&[40, 25])), ["40", "25"]);
        // 9 and 9 are the only small counts that make 18.
        assert_eq!(texts(&column(&[40, 9, 9])), ["[c]", "[c]", "[c]"]);
    }

    #[test]
    fn a_stage_that_cannot_be_hidden_otherwise_is_withheld_from_all_tables() {
        let sexes = vec![[50, 5, 0, 0, 0, 0], [60, 2, 0, 0, 0, 0]];
        let ages = vec![[110, 7, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]];
        let published = publish(&[sexes, ages], HELD);
        assert_eq!(published.totals[0], Shown::Count(110));
        assert_eq!(published.totals[1], Shown::Suppressed);
        assert_eq!(published.tables[0][0][1], Shown::Suppressed);
        assert_eq!(published.tables[1][0][1], Shown::Suppressed);
        // Nobody was named there, so nobody can have been listed.
        assert_eq!(published.tables[1][1][1], Shown::Count(0));
    }

    #[test]
    fn what_is_not_held_is_unavailable() {
        let held = [true, true, false, false, true, true];
        let published = publish(&[vec![[50, 20, 0, 0, 10, 0]]], held);
        assert_eq!(
            texts(&published.totals),
            ["50", "20", "[x]", "[x]", "10", "0"]
        );
    }

    /// Every chain of stages that a group of at most `most` people can have.
    fn chains(most: u64, stages: usize) -> Vec<Vec<u64>> {
        if stages == 0 {
            return vec![vec![]];
        }
        let follow = |count: u64| {
            chains(count, stages - 1).into_iter().map(move |mut rest| {
                rest.insert(0, count);
                rest
            })
        };
        (0..=most).flat_map(follow).collect()
    }

    /// Publishes every table there is and asks, of each hidden small count,
    /// whether the tables that look the same differ in it.
    fn attack(small: u64, groups: usize, most: u64, stages: usize) -> usize {
        let chains = chains(most, stages);
        let mut alike: BTreeMap<Published, Vec<Vec<usize>>> = BTreeMap::new();
        let mut held = [false; 6];
        held[..stages].fill(true);
        for index in 0..chains.len().pow(u32::try_from(groups).unwrap()) {
            let chosen: Vec<usize> = (0..groups)
                .scan(index, |rest, _| {
                    let own = *rest % chains.len();
                    *rest /= chains.len();
                    Some(own)
                })
                .collect();
            let rows = chosen
                .iter()
                .map(|chain| stages_of(&chains[*chain]))
                .collect();
            let published = publish_above(small, &[rows], held);
            alike.entry(published).or_default().push(chosen);
        }
        let mut hidden = 0;
        for (published, tables) in &alike {
            // Beyond the edge, tables that look the same were not made.
            let people: u64 = tables[0].iter().map(|chain| chains[*chain][0]).sum();
            for (row, shown) in published.tables[0].iter().enumerate() {
                for stage in (0..stages).filter(|at| shown[*at] == Shown::Suppressed) {
                    let values: BTreeSet<u64> = tables
                        .iter()
                        .map(|table| chains[table[row]][stage])
                        .collect();
                    let is_told = values.len() == 1 && is_small(*values.first().unwrap(), small);
                    assert!(!is_told || people > most, "{published:?} {row} {values:?}");
                    hidden += 1;
                }
            }
        }
        hidden
    }

    fn stages_of(chain: &[u64]) -> Stages {
        let mut stages = [0; 6];
        stages[..chain.len()].copy_from_slice(chain);
        stages
    }

    #[test]
    fn no_small_count_can_be_worked_out_by_someone_who_knows_the_method() {
        // Smaller than nine, so that every table there is can be tried.
        let mut hidden = attack(3, 3, 9, 1);
        hidden += attack(2, 4, 7, 1);
        hidden += attack(2, 3, 7, 2);
        hidden += attack(3, 3, 6, 2);
        hidden += attack(2, 3, 4, 3);
        assert!(hidden > 20_000, "{hidden}");
    }

    proptest! {
        #[test]
        fn hidden_counts_reach_ten_together(
            counts in proptest::collection::vec(0_u64..40, 1..8)
        ) {
            let shown = column(&counts);
            let hidden: Vec<u64> = counts
                .iter()
                .zip(&shown)
                .filter(|(_, shown)| **shown == Shown::Suppressed)
                .map(|(count, _)| *count)
                .collect();
            for (count, shown) in counts.iter().zip(&shown) {
                prop_assert!(!is_small(*count, SMALL) || *shown == Shown::Suppressed);
            }
            let total: u64 = counts.iter().sum();
            if counts.len() > 1 && total > 2 * SMALL && !hidden.is_empty() {
                prop_assert!(hidden.len() > 1 && hidden.iter().sum::<u64>() > SMALL);
            }
        }
    }
}
