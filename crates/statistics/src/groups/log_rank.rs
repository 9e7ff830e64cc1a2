//! The log-rank test: whether two groups have events equally fast.

use std::collections::BTreeSet;

use serde::Serialize;

use super::distribution::chi_square_tail;
use super::survival::{Subject, by_day};

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LogRank {
    pub chi_square: f64,
    pub p: f64,
    /// Events in the first group, and how many there would have been had both
    /// groups had them equally fast.
    pub observed: u32,
    pub expected: f64,
}

/// Unweighted, with the hypergeometric variance. None where a group is empty
/// or nothing happened while both were followed.
pub fn log_rank(first: &[Subject], second: &[Subject]) -> Option<LogRank> {
    let (ours, theirs) = (by_day(first), by_day(second));
    let days: BTreeSet<u32> = ours.keys().chain(theirs.keys()).copied().collect();
    let (mut our_risk, mut their_risk) = (people(first)?, people(second)?);
    let (mut observed, mut expected, mut variance) = (0, 0.0, 0.0);
    for day in days {
        let (our_events, our_censored) = ours.get(&day).copied().unwrap_or_default();
        let (their_events, their_censored) = theirs.get(&day).copied().unwrap_or_default();
        let risk = f64::from(our_risk + their_risk);
        let events = f64::from(our_events + their_events);
        let share = f64::from(our_risk) / risk;
        observed += our_events;
        expected += events * share;
        if risk > 1.0 {
            variance += events * share * (1.0 - share) * (risk - events) / (risk - 1.0);
        }
        our_risk -= our_events + our_censored;
        their_risk -= their_events + their_censored;
    }
    if variance <= 0.0 {
        return None;
    }
    let chi_square = (f64::from(observed) - expected).powi(2) / variance;
    Some(LogRank {
        chi_square,
        p: chi_square_tail(chi_square),
        observed,
        expected,
    })
}

fn people(group: &[Subject]) -> Option<u32> {
    u32::try_from(group.len()).ok().filter(|people| *people > 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::survival::tests::{TREATED, subjects};
    use super::*;

    #[test]
    fn remission_under_placebo_is_as_printed() {
        // Kleinbaum and Klein, Survival Analysis: chi-square 16.79, expected
        // 19.25 among the treated.
        let placebo = [
            1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23,
        ]
        .map(|day| (day, true));
        let found = log_rank(&subjects(TREATED), &subjects(&placebo)).unwrap();
        assert!((found.chi_square - 16.79).abs() < 5e-3, "{found:?}");
        assert!((found.expected - 19.25).abs() < 5e-3, "{found:?}");
        assert_eq!(found.observed, 9);
    }

    proptest! {
        #[test]
        fn the_order_of_the_groups_does_not_matter(
            first in prop::collection::vec((1..30_u32, any::<bool>()), 1..50),
            second in prop::collection::vec((1..30_u32, any::<bool>()), 1..50),
        ) {
            let there = log_rank(&subjects(&first), &subjects(&second));
            let back = log_rank(&subjects(&second), &subjects(&first));
            prop_assert_eq!(there.is_some(), back.is_some());
            if let (Some(there), Some(back)) = (there, back) {
                prop_assert!((there.chi_square - back.chi_square).abs() <= 1e-9 * (1.0 + there.chi_square));
                let events = f64::from(there.observed + back.observed);
                prop_assert!((there.expected + back.expected - events).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn without_a_group_or_an_event_there_is_no_test() {
        let some = subjects(&[(3, true), (5, false)]);
        assert_eq!(log_rank(&some, &[]), None);
        assert_eq!(log_rank(&[], &some), None);
        let none = subjects(&[(3, false), (5, false)]);
        assert_eq!(log_rank(&none, &none), None);
    }

    #[test]
    fn equal_groups_do_not_differ() {
        let some = subjects(&[(3, true), (5, false), (5, true), (9, true)]);
        let found = log_rank(&some, &some).unwrap();
        assert!(found.chi_square < 1e-20 && (found.p - 1.0).abs() < 1e-9);
    }
}
