//! The median of cases, and the two cases that bound it.

use super::Estimate;
use super::point::{TAIL, coins_at_most};

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

/// The largest rank that the median undercuts in at most one case of forty.
pub fn rank(number: usize) -> Option<usize> {
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

/// How often fewer than `rank` cases lie below the median.
fn below(rank: usize, number: usize) -> f64 {
    let whole = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    coins_at_most(whole(rank - 1), whole(number))
}

#[cfg(test)]
mod tests {
    use super::*;

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
