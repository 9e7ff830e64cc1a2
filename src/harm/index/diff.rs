//! What two editions weigh differently, and how many of a force's allegations
//! that touches.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::Serialize;

use super::weights::Weight;

/// The codes of two editions.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Difference {
    pub added: Vec<Change>,
    pub removed: Vec<Change>,
    pub changed: Vec<Change>,
    /// Codes that weigh the same in both.
    pub same: usize,
}

/// One code that weighs differently.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    pub ho_code: String,
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

/// Compares two editions, code by code.
pub fn compare(from: &[Weight], to: &[Weight]) -> Difference {
    let by_code = |weights: &'_ [Weight]| -> BTreeMap<String, Weight> {
        let pair = |weight: &Weight| (weight.ho_code.clone(), weight.clone());
        weights.iter().map(pair).collect()
    };
    let (from, to) = (by_code(from), by_code(to));
    let mut difference = Difference::default();
    for (code, weight) in &to {
        match from.get(code) {
            None => difference
                .added
                .push(change(weight, None, Some(weight.days))),
            Some(earlier) if earlier.days == weight.days => difference.same += 1,
            Some(earlier) => {
                let change = change(weight, Some(earlier.days), Some(weight.days));
                difference.changed.push(change);
            }
        }
    }
    let removed = from.iter().filter(|(code, _)| !to.contains_key(*code));
    difference.removed = removed
        .map(|(_, weight)| change(weight, Some(weight.days), None))
        .collect();
    difference
}

impl Difference {
    /// Says how many allegations take each code's weight.
    pub fn touch(&mut self, allegations: &BTreeMap<String, u64>) {
        let all = [&mut self.added, &mut self.removed, &mut self.changed];
        for change in all.into_iter().flatten() {
            change.allegations = Some(allegations.get(&change.ho_code).copied().unwrap_or(0));
        }
    }

    /// Every difference, one line each.
    pub fn lines(&self) -> Vec<String> {
        let days = |days: Option<Decimal>| days.map_or_else(String::new, |days| days.to_string());
        let line =
            |change: &Change, what: String| format!("{} {what}: {}", change.ho_code, change.title);
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
        title: weight.title.clone(),
        from_days: from.map(|days| days.normalize()),
        to_days: to.map(|days| days.normalize()),
        change_percent: percent,
        allegations: None,
    }
}
