//! A group's rate against that of everyone else.

use daybook_statistics::interval::proportion;
use serde::Serialize;

use super::suppression::Shown;
use super::{Group, Rate, Stage};

/// The share of intervals that miss the truth.
const MISSES: f64 = 0.05;

/// How many times as often, with a 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Relative {
    pub rate: f64,
    pub low: f64,
    pub high: f64,
}

impl Relative {
    /// Whether the interval leaves out 1, no difference.
    pub fn is_outside(self) -> bool {
        self.low > 1.0 || self.high < 1.0
    }
}

/// The rates of every group whose counts, and the totals they are taken from,
/// are shown.
pub fn rates(groups: &[Group], totals: &[Shown; 6]) -> Vec<Rate> {
    let mut rates = Vec::new();
    for stage in Stage::ALL {
        for base in stage.bases() {
            for group in groups {
                rates.extend(rate(group, totals, stage, *base));
            }
        }
    }
    rates
}

fn rate(group: &Group, totals: &[Shown; 6], stage: Stage, of: Stage) -> Option<Rate> {
    let (part, whole) = (
        group.counts[stage as usize].count()?,
        group.counts[of as usize].count()?,
    );
    let (all, everyone) = (
        totals[stage as usize].count()?,
        totals[of as usize].count()?,
    );
    let (others_part, others_whole) = (all - part, everyone - whole);
    (whole > 0 && others_whole > 0).then(|| Rate {
        stage,
        of,
        group: group.name.clone(),
        part,
        whole,
        others_part,
        others_whole,
        relative: katz(part, whole, others_part, others_whole),
    })
}

/// The relative rate with Katz's log interval (Katz and others, 1978). None
/// when either rate is nothing.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of people stay far below 2^52"
)]
pub fn katz(part: u64, whole: u64, others_part: u64, others_whole: u64) -> Option<Relative> {
    let found = proportion::katz(
        (part as f64, whole as f64),
        (others_part as f64, others_whole as f64),
    )?;
    Some(Relative {
        rate: found.value,
        low: found.low,
        high: found.high,
    })
}

/// How many of some 95% intervals leave out a difference that is not there.
#[expect(
    clippy::cast_precision_loss,
    reason = "comparisons are counted in hundreds"
)]
pub fn expected_outside(comparisons: u64) -> f64 {
    comparisons as f64 * MISSES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn katz_equals_a_worked_example() {
        // Physicians' Health Study: 104 of 11,037 against 189 of 11,034; the
        // published relative risk is 0.55 (0.43 to 0.70).
        let found = katz(104, 11_037, 189, 11_034).unwrap();
        assert!((found.rate - 0.5501).abs() < 5e-5, "{found:?}");
        assert!((found.low - 0.4337).abs() < 5e-4, "{found:?}");
        assert!((found.high - 0.6978).abs() < 5e-4, "{found:?}");
        assert!(found.is_outside());
    }

    #[test]
    fn turning_the_groups_round_turns_the_rate_round() {
        let one = katz(31, 5_120, 69, 20_113).unwrap();
        let other = katz(69, 20_113, 31, 5_120).unwrap();
        assert!((one.rate * other.rate - 1.0).abs() < 1e-12);
        assert!((one.low * other.high - 1.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_has_no_relative_rate() {
        assert_eq!(katz(0, 10, 5, 10), None);
        assert_eq!(katz(5, 10, 0, 10), None);
        assert_eq!(katz(11, 10, 5, 10), None);
    }
}
