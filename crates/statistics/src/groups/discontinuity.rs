//! The jump of an outcome where a rule cuts: two straight lines, one on each
//! side, fitted with weights that fall to nothing at the bandwidth.

use std::collections::BTreeMap;

use serde::Serialize;

use super::count;
use super::distribution::student_975;
use crate::interval::Estimate;

/// One person at one cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// Distance from the cut; above nothing is on the side that was treated.
    pub distance: f64,
    pub outcome: f64,
    /// Who it is, where one person stands at several cuts.
    pub person: u32,
}

/// What the standard error allows for besides unequal variances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Errors {
    /// Every observation stands alone (HC1).
    Hc1,
    /// A person's observations go together.
    ClusteredByPerson,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Jump {
    /// The treated side's line at the cut less the other's.
    pub jump: Estimate,
    pub standard_error: f64,
    /// Where each line meets the cut.
    pub treated_level: f64,
    pub untreated_level: f64,
    pub treated: usize,
    pub untreated: usize,
    pub people: usize,
    pub bandwidth: f64,
    pub errors: Errors,
}

/// The jump, from observations nearer than the bandwidth, with a triangular
/// kernel. The interval is Student's, with as many degrees of freedom as there
/// are people less one (clustered) or observations less four. None where a
/// side has fewer than three observations or one distance only, or where the
/// lines fit without any error, as they do when the outcome never varies.
pub fn jump(observations: &[Observation], bandwidth: f64, errors: Errors) -> Option<Jump> {
    let near: Vec<&Observation> = observations
        .iter()
        .filter(|one| one.distance.abs() < bandwidth)
        .collect();
    let treated: Vec<&Observation> = near.iter().filter(|o| o.distance > 0.0).copied().collect();
    let untreated: Vec<&Observation> = near.iter().filter(|o| o.distance <= 0.0).copied().collect();
    let (ours, theirs) = (line(&treated, bandwidth)?, line(&untreated, bandwidth)?);

    let number = count(near.len());
    let mut people: BTreeMap<u32, f64> = BTreeMap::new();
    for (person, pull) in ours.pulls.iter().copied() {
        *people.entry(person).or_default() += pull;
    }
    for (person, pull) in theirs.pulls.iter().copied() {
        *people.entry(person).or_default() -= pull;
    }
    let groups = count(people.len());
    let (squares, factor, freedom) = match errors {
        Errors::Hc1 => (
            sum_of_squares(ours.pulls.iter().chain(&theirs.pulls).map(|pull| pull.1)),
            number / (number - LINES),
            number - LINES,
        ),
        Errors::ClusteredByPerson => (
            sum_of_squares(people.values().copied()),
            groups / (groups - 1.0) * (number - 1.0) / (number - LINES),
            groups - 1.0,
        ),
    };
    let standard_error = (squares * factor).sqrt();
    let value = ours.level - theirs.level;
    let size = near.iter().map(|one| one.outcome.abs()).fold(0.0, f64::max);
    // What rounding leaves of a perfect fit is no error.
    if standard_error.is_nan() || standard_error <= 1e-12 * size {
        return None;
    }
    Some(Jump {
        jump: Estimate::around(value, student_975(freedom)? * standard_error),
        standard_error,
        treated_level: ours.level,
        untreated_level: theirs.level,
        treated: treated.len(),
        untreated: untreated.len(),
        people: people.len(),
        bandwidth,
        errors,
    })
}

/// Two lines have four coefficients.
const LINES: f64 = 4.0;

/// A weighted line: its level at the cut, and how far each observation's error
/// pulls that level.
struct Line {
    level: f64,
    pulls: Vec<(u32, f64)>,
}

fn line(side: &[&Observation], bandwidth: f64) -> Option<Line> {
    if side.len() < 3 {
        return None;
    }
    let scaled: Vec<(f64, f64)> = side
        .iter()
        .map(|one| {
            let distance = one.distance / bandwidth;
            (distance, 1.0 - distance.abs())
        })
        .collect();
    let total: f64 = scaled.iter().map(|(_, weight)| weight).sum();
    let weighted = |value: &dyn Fn(usize) -> f64| -> f64 {
        (0..side.len()).map(|i| scaled[i].1 * value(i)).sum::<f64>() / total
    };
    let centre = weighted(&|i| scaled[i].0);
    let middle = weighted(&|i| side[i].outcome);
    let spread = weighted(&|i| (scaled[i].0 - centre).powi(2));
    // One distance only gives no slope.
    if spread < 1e-12 {
        return None;
    }
    let slope = weighted(&|i| (scaled[i].0 - centre) * (side[i].outcome - middle)) / spread;
    let pulls = side
        .iter()
        .zip(&scaled)
        .map(|(one, (distance, weight))| {
            let error = one.outcome - middle - slope * (distance - centre);
            let lever = 1.0 - centre * (distance - centre) / spread;
            (one.person, weight * lever * error / total)
        })
        .collect();
    Some(Line {
        level: middle - slope * centre,
        pulls,
    })
}

fn sum_of_squares(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|value| value * value).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Distances -n+0.5 .. n-0.5, as ranks around a cut have.
    fn ranks(number: u32, outcome: impl Fn(f64) -> f64) -> Vec<Observation> {
        (0..2 * number)
            .map(|i| {
                let distance = f64::from(number) - 0.5 - f64::from(i);
                Observation {
                    distance,
                    outcome: outcome(distance),
                    person: i,
                }
            })
            .collect()
    }

    fn wave(distance: f64) -> f64 {
        (distance * 12.9898).sin() * 3.0
    }

    #[test]
    fn a_jump_between_two_lines_is_found_whatever_their_slopes() {
        let with_jump = ranks(50, |x| {
            let line = if x > 0.0 {
                30.0 - 0.2 * x
            } else {
                10.0 + 0.5 * x
            };
            // Errors that no line can see: equal and opposite at one distance.
            line
        });
        let both: Vec<Observation> = with_jump
            .iter()
            .flat_map(|one| {
                [1.0, -1.0].map(|error| Observation {
                    outcome: one.outcome + error,
                    ..*one
                })
            })
            .collect();
        let found = jump(&both, 40.0, Errors::Hc1).unwrap();
        assert!((found.jump.value - 20.0).abs() < 1e-9, "{found:?}");
        assert!((found.treated_level - 30.0).abs() < 1e-9);
        assert_eq!((found.treated, found.untreated), (80, 80));
        assert_eq!(found.people, 80);
    }

    #[test]
    fn people_alone_in_their_cluster_differ_from_hc1_by_the_correction_only() {
        let data = ranks(30, wave);
        let alone = jump(&data, 25.0, Errors::Hc1).unwrap();
        let clustered = jump(&data, 25.0, Errors::ClusteredByPerson).unwrap();
        assert_eq!(alone.jump.value.to_bits(), clustered.jump.value.to_bits());
        // 50 observations: n/(n-4) against n/(n-1) (n-1)/(n-4), the same.
        assert!((alone.standard_error - clustered.standard_error).abs() < 1e-12);
    }

    #[test]
    fn saying_everything_twice_makes_nothing_surer_once_people_are_clusters() {
        let once = ranks(30, wave);
        let twice: Vec<Observation> = once.iter().chain(&once).copied().collect();
        let first = jump(&once, 25.0, Errors::ClusteredByPerson).unwrap();
        let second = jump(&twice, 25.0, Errors::ClusteredByPerson).unwrap();
        let ratio = second.standard_error / first.standard_error;
        assert!((ratio - 1.0).abs() < 0.05, "{ratio}");
        let naive = jump(&twice, 25.0, Errors::Hc1).unwrap();
        assert!(naive.standard_error < 0.75 * second.standard_error);
    }

    proptest! {
        #[test]
        fn a_line_through_the_cut_has_no_jump_on_average(level in -50.0..50.0_f64, slope in -2.0..2.0_f64) {
            let found = jump(&ranks(40, |x| level + slope * x + wave(x)), 40.0, Errors::Hc1).unwrap();
            let without = jump(&ranks(40, wave), 40.0, Errors::Hc1).unwrap();
            prop_assert!((found.jump.value - without.jump.value).abs() < 1e-9);
            prop_assert!((found.standard_error - without.standard_error).abs() < 1e-9);
        }
    }

    #[test]
    fn what_never_varies_or_lies_on_one_side_has_no_estimate() {
        assert_eq!(jump(&ranks(30, |_| 0.0), 20.0, Errors::Hc1), None);
        assert_eq!(jump(&ranks(30, |_| 0.1), 20.0, Errors::Hc1), None);
        let one_side: Vec<Observation> = ranks(30, wave)
            .into_iter()
            .filter(|one| one.distance > 0.0)
            .collect();
        assert_eq!(jump(&one_side, 20.0, Errors::Hc1), None);
        assert_eq!(jump(&ranks(30, wave), 2.0, Errors::Hc1), None);
        assert_eq!(jump(&[], 20.0, Errors::Hc1), None);
    }
}
