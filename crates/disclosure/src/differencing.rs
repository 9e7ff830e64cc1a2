//! A table held against earlier releases: what is known from both together.
//!
//! Every count is taken as it stands today, as though nothing had been revised
//! since and nothing rounded: whoever guesses that is right about most cells.
//! What the revisions themselves tell is in `revision`.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::Cell;
use super::primary_suppression::by_weight;
use super::published::Past;
use super::release::{Finding, How};
use super::revision;
use super::rules::Rules;
use super::suppression::{Guard, Secret};
use super::system::{Difference, System};
use super::table::Table;

/// What can be worked out from the table, of which `shown` holds the counts not
/// hidden, together with the past; and the cells to withhold instead, unless
/// that cannot help. None if nothing can.
pub(super) fn check(
    table: &Table,
    shown: &[Option<i64>],
    past: &[Past<'_>],
    rules: &Rules,
) -> Option<(Vec<Finding>, Option<BTreeSet<Cell>>)> {
    if past.is_empty() {
        return None;
    }
    let joint = Joint::new(table, shown, past, rules);
    let mut findings = revision::findings(&joint, rules);
    let mut guard = Guard::new(joint.system.worlds.clone(), joint.system.attackers(rules));
    findings.extend(joint.learn_past(&mut guard, rules));
    let can_be_helped = findings.is_empty();
    let refused = joint.offer_new(&mut guard);
    findings.extend(refused.values().cloned());
    let to_withhold = can_be_helped.then(|| joint.to_withhold(&refused));
    (!findings.is_empty()).then_some((findings, to_withhold))
}

/// A table and its past as one system. Extents of the table come first.
pub(super) struct Joint<'a> {
    table: &'a Table,
    pub(super) shown: &'a [Option<i64>],
    pub(super) past: &'a [Past<'a>],
    pub(super) system: System,
}

impl<'a> Joint<'a> {
    fn new(
        table: &'a Table,
        shown: &'a [Option<i64>],
        past: &'a [Past<'a>],
        rules: &Rules,
    ) -> Self {
        let mut extents = table.extents();
        extents.extend(past.iter().map(|past| past.extent.clone()));
        let was_shown = |extent: usize, _| match shown.get(extent) {
            Some(count) => count.is_some(),
            None => past[extent - shown.len()].is_shown(),
        };
        let system = System::new(table, &extents, was_shown, rules);
        Self {
            table,
            shown,
            past,
            system,
        }
    }

    /// The variable of an earlier figure.
    fn past_variable(&self, number: usize) -> usize {
        self.system.of_extent[self.shown.len() + number]
    }

    /// Publishes the past and takes on what it must not reveal together with
    /// the table. What it has revealed by itself cannot be mended here; what it
    /// reveals of the table's hidden cells is told.
    fn learn_past(&self, guard: &mut Guard, rules: &Rules) -> Vec<Finding> {
        for (number, past) in self.past.iter().enumerate() {
            let extent = self.shown.len() + number;
            let variables = past
                .exact()
                .map(|count| self.system.shown_with(extent, count));
            for variable in variables.into_iter().flatten() {
                guard.worlds.fix(variable);
            }
        }
        let new: BTreeSet<usize> = (0..self.shown.len())
            .filter(|&cell| self.shown[cell].is_none())
            .map(|cell| self.system.of_extent[cell])
            .collect();
        let mut findings = Vec::new();
        for secret in self.secrets(rules) {
            let variable = secret.variable;
            let is_new = new.contains(&variable);
            if is_admitted(guard, &secret, is_new) {
                continue;
            }
            if is_new || guard.worlds.terms(variable).is_none() {
                findings.push(self.finding(guard, variable, None));
            }
        }
        findings
    }

    /// Offers the table's shown cells; those that would reveal a secret come
    /// back, each with what it would reveal.
    fn offer_new(&self, guard: &mut Guard) -> BTreeMap<usize, Finding> {
        let (zero, above): (Vec<usize>, Vec<usize>) = (0..self.shown.len())
            .filter(|&cell| self.shown[cell].is_some())
            .partition(|&cell| self.shown[cell] == Some(0));
        let zero = zero
            .iter()
            .map(|&cell| (self.system.of_extent[cell], self.system.shown_with(cell, 0)));
        let above = by_weight(&self.system, above, &BTreeSet::new());
        let mut refused = BTreeMap::new();
        for (cell, variables) in
            zero.chain(above.into_iter().map(|variable| (variable, vec![variable])))
        {
            for variable in variables {
                if let Err(secret) = guard.offer(variable) {
                    refused.insert(cell, self.finding(guard, secret, Some(variable)));
                }
            }
        }
        refused
    }

    /// Everything that has to stay uncertain.
    fn secrets(&self, rules: &Rules) -> Vec<Secret> {
        let new = (0..self.shown.len()).filter(|&cell| self.shown[cell].is_none());
        let new = new.map(|cell| self.system.of_extent[cell]);
        let old = (0..self.past.len()).filter(|&number| !self.past[number].is_shown());
        let old = old.map(|number| self.past_variable(number));
        let variables: BTreeSet<usize> = new.chain(old).chain(self.system.untold(rules)).collect();
        let secrets = variables.into_iter();
        secrets
            .map(|variable| self.system.secret(variable, rules))
            .collect()
    }

    /// What a variable would be known from, once `with` is published.
    fn finding(&self, guard: &mut Guard, secret: usize, with: Option<usize>) -> Finding {
        if let Some(variable) = with {
            guard.worlds.fix(variable);
        }
        let terms = guard.worlds.terms(secret);
        if let Some(variable) = with {
            guard.worlds.unfix(variable);
        }
        let how = if terms.is_some() {
            How::Difference
        } else {
            How::Limits
        };
        let from = terms.map_or_else(Vec::new, |(terms, _)| {
            terms.iter().map(|term| term.0).collect()
        });
        let from: BTreeSet<usize> = from.into_iter().chain(with).collect();
        let from = from
            .into_iter()
            .filter_map(|variable| self.name(variable))
            .collect();
        Finding {
            reveals: self.name(secret).unwrap_or_default(),
            from,
            how,
        }
    }

    /// The cells to withhold so that nothing of what was refused is shown.
    fn to_withhold(&self, refused: &BTreeMap<usize, Finding>) -> BTreeSet<Cell> {
        (0..)
            .zip(&self.table.cells)
            .filter(|&(cell, cell_of)| {
                let variable = self.system.of_extent[cell];
                self.table.withheld.contains(cell_of) || refused.contains_key(&variable)
            })
            .map(|(_, cell)| cell.clone())
            .collect()
    }

    /// The cell, difference or remainder that a variable stands for. None of
    /// what is known to be nothing.
    fn name(&self, variable: usize) -> Option<String> {
        let system = &self.system;
        if let Some(extent) = system.extent_of(variable) {
            return Some(self.name_of_extent(extent));
        }
        let mut differences = system.differences.iter();
        let difference = differences.find(|difference| difference.variable == variable);
        if let Some(Difference { whole, less, .. }) = difference {
            let (whole, less) = (self.name_of_extent(*whole), self.name_of_extent(*less));
            return Some(format!("{whole} less {less}"));
        }
        (variable < system.classes.counts.len()).then(|| self.remainder(variable))
    }

    pub(super) fn name_of_extent(&self, extent: usize) -> String {
        match self.table.cells.iter().nth(extent) {
            Some(cell) => cell.to_string(),
            None => self.past[extent - self.shown.len()].name(),
        }
    }

    /// What a class counts, for want of a cell that does.
    fn remainder(&self, class: usize) -> String {
        let [months, areas, groups] = self.system.classes.reach(&[class]);
        self.table.described(&months, &areas, &groups)
    }
}

/// Takes a secret on with as much uncertainty as the past has left to it. Of
/// what is not new, that may be no more than that it cannot be solved for: the
/// past was safe with the counts of its time.
fn is_admitted(guard: &mut Guard, secret: &Secret, is_new: bool) -> bool {
    let least = if is_new { [1, 1, 0] } else { [0, 0, 1] };
    [secret.spreads, [1, 1, 0], least]
        .into_iter()
        .any(|spreads| {
            guard.admit(Secret {
                variable: secret.variable,
                spreads,
            })
        })
}
