//! How an amount per person changed, and whether one group's changed more than
//! another's.

use serde::Serialize;

use super::distribution::student_975;
use super::{count, mean};
use crate::interval::{Estimate, on_logarithm};

/// One person's amount before and after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    pub before: f64,
    pub after: f64,
}

/// The mean after over the mean before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ratio {
    #[serde(flatten)]
    pub estimate: Estimate,
    /// Standard error of the logarithm.
    pub log_error: f64,
}

/// The mean change, after less before, with the paired interval of Student;
/// none for fewer than two people.
pub fn change(pairs: &[Pair]) -> Option<Estimate> {
    let changes = changes(pairs);
    let spread = variance(&changes)?;
    let people = count(pairs.len());
    let reach = student_975(people - 1.0)? * (spread / people).sqrt();
    Some(Estimate::around(mean(changes.into_iter()), reach))
}

/// The mean change of the first group less that of the second, with Welch's
/// interval for unequal variances; none for fewer than two people in either,
/// or where nobody's change differs from another's.
pub fn difference_in_changes(first: &[Pair], second: &[Pair]) -> Option<Estimate> {
    let (ours, theirs) = (changes(first), changes(second));
    let our_part = variance(&ours)? / count(ours.len());
    let their_part = variance(&theirs)? / count(theirs.len());
    let freedom = (our_part + their_part).powi(2)
        / (our_part.powi(2) / (count(ours.len()) - 1.0)
            + their_part.powi(2) / (count(theirs.len()) - 1.0));
    let reach = student_975(freedom)? * (our_part + their_part).sqrt();
    let value = mean(ours.into_iter()) - mean(theirs.into_iter());
    Some(Estimate::around(value, reach))
}

/// The mean after over the mean before. The interval is on the logarithm, by
/// the delta method: the variance of each person's share in moving it, so that
/// a person's before and after may go together. None for fewer than two people
/// or a mean of nothing.
pub fn ratio(pairs: &[Pair]) -> Option<Ratio> {
    let before = mean(pairs.iter().map(|pair| pair.before));
    let after = mean(pairs.iter().map(|pair| pair.after));
    // Written so that no number at all is refused too.
    if !(before > 0.0 && after > 0.0) {
        return None;
    }
    let pulls: Vec<f64> = pairs
        .iter()
        .map(|pair| pair.after / after - pair.before / before)
        .collect();
    let log_error = (variance(&pulls)? / count(pairs.len())).sqrt();
    Some(Ratio {
        estimate: on_logarithm(after / before, log_error),
        log_error,
    })
}

/// The first ratio over the second, of groups that share nobody.
pub fn ratio_of_ratios(first: &Ratio, second: &Ratio) -> Estimate {
    on_logarithm(
        first.estimate.value / second.estimate.value,
        first.log_error.hypot(second.log_error),
    )
}

fn changes(pairs: &[Pair]) -> Vec<f64> {
    pairs.iter().map(|pair| pair.after - pair.before).collect()
}

fn variance(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let centre = mean(values.iter().copied());
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    Some(squares / (count(values.len()) - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::point::NORMAL_975;

    fn pairs(values: &[(f64, f64)]) -> Vec<Pair> {
        values
            .iter()
            .map(|&(before, after)| Pair { before, after })
            .collect()
    }

    #[test]
    fn the_sleep_of_ten_patients_is_as_printed() {
        // Student (1908): the second drug less the first, mean 1.58; the
        // interval is 0.700 to 2.460 in every textbook since.
        let slept = pairs(&[
            (0.7, 1.9),
            (-1.6, 0.8),
            (-0.2, 1.1),
            (-1.2, 0.1),
            (-0.1, -0.1),
            (3.4, 4.4),
            (3.7, 5.5),
            (0.8, 1.6),
            (0.0, 4.6),
            (2.0, 3.4),
        ]);
        let found = change(&slept).unwrap();
        assert!((found.value - 1.58).abs() < 1e-12);
        assert!((found.low - 0.7001).abs() < 5e-5, "{found:?}");
        assert!((found.high - 2.4599).abs() < 5e-5, "{found:?}");
    }

    #[test]
    fn halving_everyone_is_a_ratio_of_one_half_without_doubt() {
        let found = ratio(&pairs(&[(100.0, 50.0), (20.0, 10.0), (7.0, 3.5)])).unwrap();
        assert!((found.estimate.value - 0.5).abs() < 1e-15);
        assert!(found.log_error < 1e-12);
    }

    #[test]
    fn a_ratio_by_hand() {
        // Pulls 0.5 and -0.5 around 0: variance 0.5, error one half.
        let found = ratio(&pairs(&[(2.0, 3.0), (2.0, 1.0)])).unwrap();
        assert!((found.log_error - 0.5).abs() < 1e-15);
        assert!((found.estimate.high - (0.5 * NORMAL_975).exp()).abs() < 1e-12);
    }

    #[test]
    fn groups_that_fall_alike_do_not_differ() {
        let group = pairs(&[(10.0, 4.0), (8.0, 1.0), (3.0, 3.0)]);
        let found = difference_in_changes(&group, &group).unwrap();
        assert!(found.value.abs() < 1e-12);
        assert!((found.low + found.high).abs() < 1e-12);
        let ratio = ratio(&group).unwrap();
        let same = ratio_of_ratios(&ratio, &ratio);
        assert!((same.value - 1.0).abs() < 1e-12, "{same:?}");
    }

    #[test]
    fn too_few_people_or_nothing_to_divide_have_no_answer() {
        let one = pairs(&[(3.0, 1.0)]);
        let many = pairs(&[(3.0, 1.0), (2.0, 2.0)]);
        assert_eq!(change(&one), None);
        assert_eq!(ratio(&one), None);
        assert_eq!(ratio(&[]), None);
        assert_eq!(difference_in_changes(&one, &many), None);
        assert_eq!(ratio(&pairs(&[(3.0, 0.0), (2.0, 0.0)])), None);
        assert_eq!(ratio(&pairs(&[(0.0, 1.0), (0.0, 2.0)])), None);
        let same = pairs(&[(1.0, 1.0), (1.0, 1.0)]);
        assert_eq!(difference_in_changes(&same, &same), None);
    }
}
