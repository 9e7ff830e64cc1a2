//! A table and its past as variables: classes of counts, and sums of them.

use std::collections::{BTreeMap, BTreeSet};

use super::breakdowns;
use super::cell_bounds::Extent;
use super::classes::{Classes, divide};
use super::feasible_tables::{ENDLESS, Limits, Worlds};
use super::rules::Rules;
use super::suppression::{ATTACKERS, Secret};
use super::table::Table;
use super::tableau::Sum;

/// Variables for the extents of some cells.
pub(super) struct System {
    pub(super) classes: Classes,
    pub(super) worlds: Worlds,
    /// The variable of each extent.
    pub(super) of_extent: Vec<usize>,
    /// What must not be told by a subtraction.
    pub(super) differences: Vec<Difference>,
    /// Extents that hold the same as an earlier one, in another breakdown.
    twins: Vec<Twin>,
}

/// Sets of classes, numbered: classes first, then sums of several.
struct Variables {
    classes: usize,
    sums: Vec<Sum>,
    known: BTreeMap<Vec<usize>, usize>,
}

/// What one extent holds beyond another, where that may not be told: a small
/// count, or one of too few months.
pub(super) struct Difference {
    pub(super) whole: usize,
    pub(super) less: usize,
    pub(super) variable: usize,
}

struct Twin {
    /// The extent it is the same as, and its own number.
    of: usize,
    own: usize,
    variable: usize,
}

impl System {
    /// `may_be_shown` says of which extents the counts, which it is given, may
    /// become public.
    pub(super) fn new(
        table: &Table,
        extents: &[Extent],
        may_be_shown: impl Fn(usize, i64) -> bool,
        rules: &Rules,
    ) -> Self {
        let (all, twins) = with_twins(table, extents);
        let equals = breakdowns::equals(table, &all);
        let divided = [all.clone(), equals.concat()].concat();
        let mut classes = divide(table, &divided);
        let equals = classes.sets.split_off(all.len());
        let mut variables = Variables::new(classes.counts.len());
        let mut of_extent: Vec<usize> = classes
            .sets
            .iter()
            .map(|set| variables.of(set.clone()))
            .collect();
        let of_twins = of_extent.split_off(extents.len());
        let twins: Vec<Twin> = (extents.len()..)
            .zip(twins)
            .zip(of_twins)
            .map(|((own, of), variable)| Twin { of, own, variable })
            .collect();
        let original = |extent: usize| match extent.checked_sub(extents.len()) {
            None => extent,
            Some(number) => twins[number].of,
        };
        let open: Vec<usize> = (0..all.len())
            .filter(|&extent| may_be_shown(original(extent), classes.count(&classes.sets[extent])))
            .collect();
        let differences = secret_differences(&classes, &all, &open, rules)
            .into_iter()
            .map(|([whole, less], set)| Difference {
                whole: original(whole),
                less: original(less),
                variable: variables.of(set),
            })
            .collect();
        Self {
            worlds: Worlds::new(&classes.counts, &variables.sums, &nothing(equals)),
            classes,
            of_extent,
            differences,
            twins,
        }
    }

    pub(super) fn truth(&self, variable: usize) -> i64 {
        self.worlds.truth(variable)
    }

    /// The variables to fix, in order, when an extent is shown with a count.
    /// Where that is zero so is everything it holds, unless revised since.
    pub(super) fn shown_with(&self, extent: usize, count: i64) -> Vec<usize> {
        let held = self.held(extent).copied().filter(|_| count == 0);
        held.filter(|&class| self.truth(class) == 0)
            .chain([self.of_extent[extent]])
            .collect()
    }

    /// The first extent that a variable stands for.
    pub(super) fn extent_of(&self, variable: usize) -> Option<usize> {
        let extents = &mut self.of_extent.iter();
        let twin = || self.twins.iter().find(|twin| twin.variable == variable);
        extents
            .position(|&own| own == variable)
            .or_else(|| twin().map(|twin| twin.of))
    }

    /// The classes that an extent holds, in every breakdown.
    pub(super) fn held(&self, extent: usize) -> impl Iterator<Item = &usize> {
        let twins = self.twins.iter().filter(move |twin| twin.of == extent);
        let own = twins.map(|twin| twin.own).chain([extent]);
        own.flat_map(|extent| &self.classes.sets[extent])
    }

    /// What attackers know of the cells of extents. The first knows of each
    /// hidden cell whether it is small; the second knows that it is not zero.
    /// Both know that nothing counts below zero. The third knows nothing, and
    /// can but solve.
    pub(super) fn attackers(&self, rules: &Rules) -> [Limits; ATTACKERS] {
        let size = self.worlds.variables();
        let open = Limits {
            low: vec![0; size],
            high: vec![ENDLESS; size],
        };
        let (mut knows_which, mut knows_not_zero, mut solves) = (open.clone(), open.clone(), open);
        solves.low.fill(-ENDLESS);
        let smallest = i64::from(rules.smallest);
        for variable in self.told() {
            let count = self.truth(variable);
            knows_not_zero.low[variable] = count.min(1);
            knows_which.low[variable] = if count < smallest {
                count.min(1)
            } else {
                smallest
            };
            if rules.is_small(count) {
                knows_which.high[variable] = smallest - 1;
            }
        }
        [knows_which, knows_not_zero, solves]
    }

    /// The variables of all extents and their twins.
    fn told(&self) -> impl Iterator<Item = usize> {
        let twins = self.twins.iter().map(|twin| twin.variable);
        self.of_extent.iter().copied().chain(twins)
    }

    /// A variable as a secret: a small count has to stay wide open, any other
    /// must not be known exactly.
    pub(super) fn secret(&self, variable: usize, rules: &Rules) -> Secret {
        let spread = if rules.is_small(self.truth(variable)) {
            i64::from(rules.spread)
        } else {
            1
        };
        Secret {
            variable,
            spreads: [1, spread, 0],
        }
    }

    /// What no cell tells and no calculation may: differences, and classes with
    /// a small count.
    pub(super) fn untold(&self, rules: &Rules) -> BTreeSet<usize> {
        let told: BTreeSet<usize> = self.told().collect();
        let remainders = (0..self.classes.counts.len())
            .filter(|class| rules.is_small(self.truth(*class)) && !told.contains(class));
        let differences = self
            .differences
            .iter()
            .map(|difference| difference.variable);
        remainders.chain(differences).collect()
    }
}

impl Variables {
    /// Classes stand for themselves.
    fn new(classes: usize) -> Self {
        Self {
            classes,
            sums: Vec::new(),
            known: BTreeMap::new(),
        }
    }

    /// The variable of a set of classes.
    fn of(&mut self, set: Vec<usize>) -> usize {
        if let [class] = set[..] {
            return class;
        }
        let next = self.classes + self.sums.len();
        *self.known.entry(set).or_insert_with_key(|set| {
            self.sums.push(Sum::of(set.clone()));
            next
        })
    }
}

/// The extents with the twins of each that is the whole, and which those are of.
fn with_twins(table: &Table, extents: &[Extent]) -> (Vec<Extent>, Vec<usize>) {
    let mut all = extents.to_vec();
    let mut of = Vec::new();
    for (number, extent) in extents.iter().enumerate() {
        for twin in breakdowns::twins(table, extent) {
            all.push(twin);
            of.push(number);
        }
    }
    (all, of)
}

/// What sets of classes that come in pairs of equals come to, one less the
/// other.
fn nothing(equals: Vec<Vec<usize>>) -> Vec<Sum> {
    let mut equals = equals.into_iter();
    let pairs = std::iter::from_fn(|| Some((equals.next()?, equals.next()?)));
    pairs.map(|(of, less)| Sum { of, less }).collect()
}

/// Pairs of extents whose difference may not be told, with its classes.
fn secret_differences(
    classes: &Classes,
    extents: &[Extent],
    open: &[usize],
    rules: &Rules,
) -> Vec<([usize; 2], Vec<usize>)> {
    let mut differences = Vec::new();
    for &whole in open {
        for &less in open {
            if let Some(set) = secret_difference(classes, extents, (whole, less), rules) {
                differences.push(([whole, less], set));
            }
        }
    }
    differences
}

/// The classes that one extent holds beyond another, if one lies within the
/// other or they agree in two of months, area and group, and if what is left is
/// a small count or one of too few months.
fn secret_difference(
    classes: &Classes,
    extents: &[Extent],
    (whole, less): (usize, usize),
    rules: &Rules,
) -> Option<Vec<usize>> {
    let (own, other) = (&extents[whole], &extents[less]);
    if !own.meets(other) || !(other.is_within(own) || own.differs_in_one(other)) {
        return None;
    }
    let within = &classes.sets[less];
    let mut left = classes.sets[whole].clone();
    left.retain(|class| within.binary_search(class).is_err());
    let count = classes.count(&left);
    let is_short = || own.months != other.months && classes.reach(&left)[0].len() < rules.months;
    (rules.is_small(count) || count > 0 && is_short()).then_some(left)
}
