//! The median of cases, and the two cases that bound it.

use super::Estimate;
use super::point::{NORMAL_975, TAIL, coins_at_most};

/// The middle of some cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Median {
    pub value: f64,
    pub cases: usize,
    /// None for fewer than six cases: even the least and the greatest of five
    /// bound the median in only 94 cases of 100.
    pub bounds: Option<Bounds>,
}

/// Two of the cases, counted from the least and from the greatest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    pub low: f64,
    pub high: f64,
    /// The low bound is the case of this rank from the least, the high bound
    /// the case of this rank from the greatest; ranks start at 1.
    pub rank: usize,
    /// How often bounds so chosen hold the median; at least 0.95.
    pub coverage: f64,
}

/// The median, halfway between the two middle cases of an even number. Its
/// interval is free of any distribution: each case lies below the median as a
/// fair coin falls, so the bounds are the innermost pair of ranks outside
/// which the binomial leaves at most 2.5% a side (Conover, Practical
/// Nonparametric Statistics, 3.2). None of no cases, or of what is no number.
pub fn median(cases: &[f64]) -> Option<Median> {
    if cases.is_empty() || cases.iter().any(|case| !case.is_finite()) {
        return None;
    }
    let mut sorted = cases.to_vec();
    sorted.sort_by(f64::total_cmp);
    let number = sorted.len();
    Some(Median {
        value: f64::midpoint(sorted[(number - 1) / 2], sorted[number / 2]),
        cases: number,
        bounds: rank(number).map(|rank| Bounds {
            low: sorted[rank - 1],
            high: sorted[number - rank],
            rank,
            coverage: 1.0 - 2.0 * below(rank, number),
        }),
    })
}

impl Median {
    /// The median with its bounds, for comparing it with another.
    pub fn estimate(&self) -> Option<Estimate> {
        self.bounds.map(|bounds| Estimate {
            value: self.value,
            low: bounds.low,
            high: bounds.high,
        })
    }
}

/// From so many cases on the normal distribution gives the binomial's rank.
const MANY: usize = 10_000;

/// The largest rank that the median undercuts in at most one case of forty.
pub fn rank(number: usize) -> Option<usize> {
    if number >= MANY {
        return Some(rank_of_many(number));
    }
    let (mut holds, mut fails) = (0, number / 2 + 1);
    while fails - holds > 1 {
        let middle = usize::midpoint(holds, fails);
        if below(middle, number) <= TAIL {
            holds = middle;
        } else {
            fails = middle;
        }
    }
    (holds > 0).then_some(holds)
}

/// The rank by the normal distribution, half a step further in for the steps of
/// the binomial, whose variance is taken less Sheppard's correction for these
/// and whose fourth cumulant is followed (Cornish and Fisher 1937).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a rank lies between 1 and the number of cases, which is below 2^52"
)]
fn rank_of_many(number: usize) -> usize {
    let cases = number as f64;
    let narrower = 1.0 - (NORMAL_975 * NORMAL_975 - 1.0) / (6.0 * cases);
    let reach = NORMAL_975 * (cases * narrower).sqrt() / 2.0;
    (cases / 2.0 + 0.5 - reach).floor() as usize
}

/// How often fewer than `rank` cases lie below the median.
fn below(rank: usize, number: usize) -> f64 {
    let whole = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    coins_at_most(whole(rank - 1), whole(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANKS_OF_MANY: [(usize, usize); 8] = [
        (10_000, 4_902),
        (10_001, 4_902),
        (12_345, 6_064),
        (99_999, 49_690),
        (1_000_000, 499_020),
        (1_234_567, 616_195),
        (35_000_001, 17_494_203),
        (4_000_000_000, 1_999_938_020),
    ];

    #[test]
    fn ranks_are_those_of_the_printed_table() {
        // Conover, table A3, or any table of the sign test at 5%.
        for (number, wanted) in [
            (5, None),
            (6, Some(1)),
            (8, Some(1)),
            (9, Some(2)),
            (20, Some(6)),
            (25, Some(8)),
            (100, Some(40)),
        ] {
            assert_eq!(rank(number), wanted, "{number}");
        }
    }

    #[test]
    fn ranks_of_many_are_those_of_the_binomial() {
        // SciPy: the last of each pair is the largest that leaves at most 2.5%.
        for (number, wanted) in RANKS_OF_MANY {
            assert_eq!(rank(number), Some(wanted), "{number}");
        }
        for number in MANY - 400..MANY {
            assert_eq!(rank(number), Some(rank_of_many(number)), "{number}");
        }
    }

    #[test]
    fn the_median_of_nine_lies_between_the_second_and_the_eighth() {
        let found = median(&[9.0, 1.0, 8.0, 2.0, 7.0, 3.0, 6.0, 4.0, 5.0]).unwrap();
        let bounds = found.bounds.unwrap();
        assert_eq!((found.value, found.cases), (5.0, 9));
        assert_eq!((bounds.low, bounds.high, bounds.rank), (2.0, 8.0, 2));
        assert!((bounds.coverage - (1.0 - 20.0 / 512.0)).abs() < 1e-12);
    }

    #[test]
    fn five_cases_have_a_median_and_no_interval() {
        let found = median(&[3.0, 1.0, 2.0, 5.0, 4.0]).unwrap();
        assert_eq!((found.value, found.bounds), (3.0, None));
        assert_eq!(found.estimate(), None);
        assert_eq!(median(&[4.0, 1.0]).map(|two| two.value), Some(2.5));
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[1.0, f64::NAN]), None);
    }
}
