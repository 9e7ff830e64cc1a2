//! What two editions weigh differently, and how many of a force's allegations
//! that touches.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rust_decimal::Decimal;
use serde::Serialize;

use super::weights::{self, Key, Weight};
use crate::model::offence_title;

/// The codes of two editions.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Difference {
    pub added: Vec<Change>,
    pub removed: Vec<Change>,
    pub changed: Vec<Change>,
    /// Codes and titles that weigh the same in both.
    pub same: usize,
    /// Codes and bare titles that either weighs apart.
    #[serde(skip)]
    titled: BTreeSet<(String, String)>,
}

/// One code that weighs differently.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    pub ho_code: String,
    /// The one title that the weight is of; empty for the code's own.
    pub for_title: String,
    pub title: String,
    #[serde(with = "rust_decimal::serde::float_option")]
    pub from_days: Option<Decimal>,
    #[serde(with = "rust_decimal::serde::float_option")]
    pub to_days: Option<Decimal>,
    /// Of the earlier weight.
    #[serde(with = "rust_decimal::serde::float_option")]
    pub change_percent: Option<Decimal>,
    /// This force's allegations in the window that take the code's weight;
    /// `None` without data.
    pub allegations: Option<u64>,
}

/// Compares two editions: each code, and each title that one of them weighs
/// apart, which takes the code's weight in the other.
pub fn compare(from: &[Weight], to: &[Weight]) -> Difference {
    let (from, to) = (weights::by_key(from), weights::by_key(to));
    let keys: BTreeSet<&Key<'_>> = from.keys().chain(to.keys()).collect();
    let mut difference = Difference::default();
    for key in keys {
        if !key.1.is_empty() {
            let titled = (key.0.to_owned(), key.1.clone());
            difference.titled.insert(titled);
        }
        let in_one = |held: &BTreeMap<Key<'_>, &Weight>| held.get(key).map(|w| (*w).clone());
        let days = |held: &BTreeMap<Key<'_>, &Weight>| {
            weights::find(held, key.0, &key.1).map(|weight| weight.days)
        };
        let Some(weight) = in_one(&to).or_else(|| in_one(&from)) else {
            continue;
        };
        let (from_days, to_days) = (days(&from), days(&to));
        let changes = match (from_days, to_days) {
            (Some(from_days), Some(to_days)) if from_days == to_days => {
                difference.same += 1;
                continue;
            }
            (None, _) => &mut difference.added,
            (_, None) => &mut difference.removed,
            _ => &mut difference.changed,
        };
        changes.push(change(&weight, from_days, to_days));
    }
    difference
}

impl Difference {
    /// Says how many allegations take each code's weight.
    pub fn touch(&mut self, allegations: &BTreeMap<(String, String), u64>) {
        let titled = &self.titled;
        let all = [&mut self.added, &mut self.removed, &mut self.changed];
        for change in all.into_iter().flatten() {
            let bare = offence_title::bare(&change.for_title);
            // A code's own weight is that of every title without a row.
            let takes = |key: &(String, String)| match bare.as_str() {
                "" => !titled.contains(key),
                bare => key.1 == bare,
            };
            let of = allegations
                .iter()
                .filter(|(key, _)| key.0 == change.ho_code && takes(key));
            change.allegations = Some(of.map(|(_, count)| count).sum());
        }
    }

    /// Every difference, one line each.
    pub fn lines(&self) -> Vec<String> {
        let days = |days: Option<Decimal>| days.map_or_else(String::new, |days| days.to_string());
        let line = |change: &Change, what: String| {
            let alone = match change.for_title.as_str() {
                "" => String::new(),
                title => format!(" [{title}]"),
            };
            format!("{}{alone} {what}: {}", change.ho_code, change.title)
        };
        let changed = self.changed.iter().map(|change| {
            let (from, to) = (days(change.from_days), days(change.to_days));
            line(change, format!("{from} -> {to}{}", percent(change)))
        });
        let added = self
            .added
            .iter()
            .map(|c| line(c, format!("new, {}", days(c.to_days))));
        let removed = self
            .removed
            .iter()
            .map(|c| line(c, format!("gone, was {}", days(c.from_days))));
        changed.chain(removed).chain(added).collect()
    }
}

/// The change in per cent, signed, in brackets.
fn percent(change: &Change) -> String {
    change
        .change_percent
        .map_or_else(String::new, |percent| format!(" ({percent:+}%)"))
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} added, {} removed, {} changed, {} the same",
            self.added.len(),
            self.removed.len(),
            self.changed.len(),
            self.same
        )
    }
}

fn change(weight: &Weight, from: Option<Decimal>, to: Option<Decimal>) -> Change {
    let percent = from.zip(to).map(|(from, to)| {
        let percent = (to - from) / from * Decimal::ONE_HUNDRED;
        percent.round_dp(1).normalize()
    });
    Change {
        ho_code: weight.ho_code.clone(),
        for_title: weight.for_title.clone(),
        title: weight.title.clone(),
        from_days: from.map(|days| days.normalize()),
        to_days: to.map(|days| days.normalize()),
        change_percent: percent,
        allegations: None,
    }
}
