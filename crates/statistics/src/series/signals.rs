//! The four signals of an XmR chart, no more.

use std::cmp::Ordering;
use std::ops::RangeInclusive;

use super::xmr::Limits;

/// A rule that fired over the positions `from` to `to`, both inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    pub rule: Rule,
    /// Above the centre, or rising.
    pub is_high: bool,
    pub from: usize,
    pub to: usize,
}

/// In the order in which signals on the same month are told, last first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Seven or more in a row on one side of the centre.
    Run,
    /// Two of three beyond two thirds of the way to a limit, all three on that
    /// side of the centre.
    TwoOfThree,
    /// Seven or more in a row, each higher, or each lower, than the last.
    Trend,
    /// A point outside the limits.
    Outside,
}

const RUN: usize = 7;

/// Rounding of sums and quotients: values nearer to a line than this part of
/// the limits' size lie on it.
const SLACK: f64 = 1e-9;

/// Every signal of a series under some limits: those that end latest last, and
/// of those that end together the one that is told first last. A month without
/// a value is `None` and breaks every rule that needs months in a row.
pub fn signals(values: &[impl Into<Option<f64>> + Copy], limits: &Limits) -> Vec<Signal> {
    let months = Months::new(values, limits);
    let mut found = months.outside();
    found.extend(months.runs());
    found.extend(months.trends());
    found.extend(months.two_of_three(true));
    found.extend(months.two_of_three(false));
    found.sort_by_key(|signal| (signal.to, signal.rule, signal.from));
    found
}

/// The positions that a signal marks: all it covers, but of two of three only
/// those beyond two thirds of the way.
pub fn marked(signal: Signal, values: &[Option<f64>], limits: &Limits) -> Vec<usize> {
    let months = Months::new(values, limits);
    let is_marked =
        |at: &usize| signal.rule != Rule::TwoOfThree || months.is_near(*at, signal.is_high);
    signal.months().filter(is_marked).collect()
}

impl Signal {
    /// The same signal in a series that begins so many months earlier.
    #[must_use]
    pub fn moved(self, months: usize) -> Self {
        Self {
            from: self.from + months,
            to: self.to + months,
            ..self
        }
    }

    /// The positions it covers.
    pub fn months(self) -> RangeInclusive<usize> {
        self.from..=self.to
    }
}

/// A series beside the lines of its chart.
struct Months<'a> {
    values: Vec<Option<f64>>,
    limits: &'a Limits,
}

impl<'a> Months<'a> {
    fn new(values: &[impl Into<Option<f64>> + Copy], limits: &'a Limits) -> Self {
        Self {
            values: values.iter().map(|value| (*value).into()).collect(),
            limits,
        }
    }

    fn outside(&self) -> Vec<Signal> {
        let beyond = |at: usize| {
            let is_high = self.compare(self.values[at], self.limits.upper) == Ordering::Greater;
            let is_low = self.compare(self.values[at], self.limits.lower) == Ordering::Less;
            (is_high || is_low).then_some(Signal {
                rule: Rule::Outside,
                is_high,
                from: at,
                to: at,
            })
        };
        (0..self.values.len()).filter_map(beyond).collect()
    }

    fn runs(&self) -> Vec<Signal> {
        // A point on the centre line is on neither side and breaks a run.
        long(&self.sides(), 0, Rule::Run)
    }

    fn trends(&self) -> Vec<Signal> {
        // A step of nothing is neither up nor down and breaks a trend.
        let steps: Vec<Ordering> = self
            .values
            .windows(2)
            .map(|pair| pair[0].map_or(Ordering::Equal, |before| self.compare(pair[1], before)))
            .collect();
        long(&steps, 1, Rule::Trend)
    }

    /// Windows that share a month are one signal.
    fn two_of_three(&self, is_high: bool) -> Vec<Signal> {
        let side = side(is_high);
        let sides = self.sides();
        let mut found: Vec<Signal> = Vec::new();
        for (start, window) in sides.windows(3).enumerate() {
            let near: Vec<usize> = (start..start + 3)
                .filter(|at| self.is_near(*at, is_high))
                .collect();
            if near.len() < 2 || window.iter().any(|one| *one != side) {
                continue;
            }
            let (from, to) = (near[0], near[near.len() - 1]);
            match found.last_mut() {
                Some(last) if from <= last.to => last.to = to,
                _ => found.push(Signal {
                    rule: Rule::TwoOfThree,
                    is_high,
                    from,
                    to,
                }),
            }
        }
        found
    }

    /// Beyond two thirds of the way to a limit, or beyond the limit.
    fn is_near(&self, at: usize, is_high: bool) -> bool {
        let limit = if is_high {
            self.limits.upper
        } else {
            self.limits.lower
        };
        let third = self.limits.centre + (limit - self.limits.centre) * 2.0 / 3.0;
        self.values[at].is_some() && self.compare(self.values[at], third) == side(is_high)
    }

    fn sides(&self) -> Vec<Ordering> {
        self.values
            .iter()
            .map(|value| self.compare(*value, self.limits.centre))
            .collect()
    }

    /// Equal for no value, and for one that rounding alone keeps off the line.
    fn compare(&self, value: Option<f64>, line: f64) -> Ordering {
        let size = self.limits.upper.abs().max(self.limits.lower.abs());
        match value {
            Some(value) if value - line > SLACK * size => Ordering::Greater,
            Some(value) if line - value > SLACK * size => Ordering::Less,
            _ => Ordering::Equal,
        }
    }
}

/// Stretches of equal neighbours, above or below, that cover seven points; a
/// stretch of steps covers one point more than it has steps.
fn long(orders: &[Ordering], more: usize, rule: Rule) -> Vec<Signal> {
    let mut found: Vec<(Ordering, usize, usize)> = Vec::new();
    for (at, order) in orders.iter().enumerate() {
        match found.last_mut() {
            Some((last, _, to)) if last == order => *to = at,
            _ => found.push((*order, at, at)),
        }
    }
    found
        .into_iter()
        .filter(|(order, from, to)| *order != Ordering::Equal && to + more - from + 1 >= RUN)
        .map(|(order, from, to)| Signal {
            rule,
            is_high: order == Ordering::Greater,
            from,
            to: to + more,
        })
        .collect()
}

fn side(is_high: bool) -> Ordering {
    if is_high {
        Ordering::Greater
    } else {
        Ordering::Less
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::xmr::limits;

    #[test]
    fn plain_numbers_need_no_wrapping() {
        let found = limits(&[12.0, 14.0, 10.0, 12.0, 12.0]).unwrap();
        // Mean 12; moving ranges 2, 4, 2, 0 with mean 2.
        assert!((found.centre - 12.0).abs() < 1e-12);
        assert!((found.upper - (12.0 + 2.66 * 2.0)).abs() < 1e-12);
        assert_eq!(signals(&[12.0, 18.0], &found)[0].rule, Rule::Outside);
    }

    #[test]
    fn a_hair_of_rounding_is_no_distance_from_a_line() {
        // A mean of tenths is a hair below the tenth.
        let values = [0.1; 10];
        let found = limits(&values).unwrap();
        assert!(found.centre < 0.1, "{found:?}");
        assert_eq!(signals(&values, &found), []);
    }
}
