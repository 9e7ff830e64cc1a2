//! XmR charts: centre line, limits, and four signals, no more. Limits are the
//! mean plus and minus 2.66 times the mean moving range; extreme moving ranges
//! are not dropped. Fewer than 12 points give trial limits.

use std::cmp::Ordering;

/// Centre and limits in the unit of the values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    pub centre: f64,
    pub lower: f64,
    pub upper: f64,
    /// Values the limits rest on.
    pub points: u32,
    pub is_trial: bool,
}

/// A rule that fired over the positions `from` to `to`, both inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    pub rule: Rule,
    /// Above the centre, or rising.
    pub is_high: bool,
    pub from: usize,
    pub to: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A point outside the limits.
    Outside,
    /// Seven or more in a row on one side of the centre.
    Run,
    /// Seven or more in a row, each higher, or each lower, than the last.
    Trend,
    /// Two of three beyond two thirds of the way to one limit.
    TwoOfThree,
}

/// Signals that chance alone gives per measure and month: 45 measures give
/// about 0.6 a month.
pub const FALSE_SIGNALS_PER_MEASURE: f64 = 0.6 / 45.0;

const TRIAL_BELOW: usize = 12;
const RUN: usize = 7;
const FACTOR: f64 = 2.66;

/// The limits of a series; none for fewer than three values.
pub fn limits(values: &[f64]) -> Option<Limits> {
    if values.len() < 3 {
        return None;
    }
    let count = count(values.len());
    let centre = values.iter().sum::<f64>() / count;
    let ranges = values
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .sum::<f64>();
    let reach = FACTOR * ranges / (count - 1.0);
    Some(Limits {
        centre,
        lower: centre - reach,
        upper: centre + reach,
        points: u32::try_from(values.len()).unwrap_or(u32::MAX),
        is_trial: values.len() < TRIAL_BELOW,
    })
}

/// Every signal of a series, those that end latest last.
pub fn signals(values: &[f64], limits: &Limits) -> Vec<Signal> {
    let mut found = outside(values, limits);
    found.extend(runs(values, limits));
    found.extend(trends(values));
    found.extend(two_of_three(values, limits));
    found.sort_by_key(|signal| (signal.to, signal.from));
    found
}

fn outside(values: &[f64], limits: &Limits) -> Vec<Signal> {
    let is_outside = |value: f64| value > limits.upper || value < limits.lower;
    (0..values.len())
        .filter(|at| is_outside(values[*at]))
        .map(|at| Signal {
            rule: Rule::Outside,
            is_high: values[at] > limits.upper,
            from: at,
            to: at,
        })
        .collect()
}

fn runs(values: &[f64], limits: &Limits) -> Vec<Signal> {
    // A point on the centre line is on neither side and breaks a run.
    let sides: Vec<Ordering> = values
        .iter()
        .map(|value| order(*value, limits.centre))
        .collect();
    stretches(&sides)
        .into_iter()
        .filter(|(_, from, to)| to - from + 1 >= RUN)
        .map(|(side, from, to)| Signal {
            rule: Rule::Run,
            is_high: side == Ordering::Greater,
            from,
            to,
        })
        .collect()
}

fn trends(values: &[f64]) -> Vec<Signal> {
    // A step of nothing is neither up nor down and breaks a trend.
    let steps: Vec<Ordering> = values
        .windows(2)
        .map(|pair| order(pair[1], pair[0]))
        .collect();
    stretches(&steps)
        .into_iter()
        .map(|(step, from, to)| (step, from, to + 1))
        .filter(|(_, from, to)| to - from + 1 >= RUN)
        .map(|(step, from, to)| Signal {
            rule: Rule::Trend,
            is_high: step == Ordering::Greater,
            from,
            to,
        })
        .collect()
}

fn two_of_three(values: &[f64], limits: &Limits) -> Vec<Signal> {
    let third = (limits.upper - limits.centre) / 3.0 * 2.0;
    let mut found: Vec<Signal> = Vec::new();
    for end in 2..values.len() {
        for is_high in [true, false] {
            let is_beyond = |at: &usize| {
                let distance = values[*at] - limits.centre;
                if is_high {
                    distance > third
                } else {
                    -distance > third
                }
            };
            let beyond: Vec<usize> = (end - 2..=end).filter(is_beyond).collect();
            if let (true, Some(from), Some(to)) = (beyond.len() >= 2, beyond.first(), beyond.last())
            {
                let signal = Signal {
                    rule: Rule::TwoOfThree,
                    is_high,
                    from: *from,
                    to: *to,
                };
                if !found.contains(&signal) {
                    found.push(signal);
                }
            }
        }
    }
    found
}

/// Longest stretches of equal neighbours that are above or below.
fn stretches(orders: &[Ordering]) -> Vec<(Ordering, usize, usize)> {
    let mut found: Vec<(Ordering, usize, usize)> = Vec::new();
    for (at, order) in orders.iter().enumerate() {
        match found.last_mut() {
            Some((last, _, to)) if last == order => *to = at,
            _ => found.push((*order, at, at)),
        }
    }
    found.retain(|(order, ..)| *order != Ordering::Equal);
    found
}

fn order(value: f64, other: f64) -> Ordering {
    value.partial_cmp(&other).unwrap_or(Ordering::Equal)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a series has far fewer points than 2^52"
)]
fn count(length: usize) -> f64 {
    length as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(values: &[f64]) -> Vec<(Rule, bool, usize, usize)> {
        let limits = Limits {
            centre: 10.0,
            lower: 4.0,
            upper: 16.0,
            points: 20,
            is_trial: false,
        };
        signals(values, &limits)
            .iter()
            .map(|s| (s.rule, s.is_high, s.from, s.to))
            .collect()
    }

    #[test]
    fn limits_are_the_mean_and_2_66_mean_moving_ranges() {
        // Mean 12; moving ranges 2, 4, 2, 4 with mean 3; reach 7.98.
        let limits = limits(&[12.0, 14.0, 10.0, 12.0, 12.0 + 4.0 - 4.0]).unwrap();
        assert!((limits.centre - 12.0).abs() < 1e-12);
        assert!(
            (limits.upper - (12.0 + 2.66 * 2.0)).abs() < 1e-12,
            "{limits:?}"
        );
        assert!(limits.is_trial);
        assert!(super::limits(&[1.0, 2.0]).is_none());
    }

    #[test]
    fn a_point_on_the_limit_is_inside_and_one_beyond_is_outside() {
        assert_eq!(rules(&[10.0, 16.0, 10.0]), []);
        assert_eq!(rules(&[10.0, 16.1, 10.0]), [(Rule::Outside, true, 1, 1)]);
        assert_eq!(rules(&[10.0, 3.9, 10.0]), [(Rule::Outside, false, 1, 1)]);
    }

    #[test]
    fn seven_on_one_side_signal_and_six_do_not() {
        let six = [9.0, 11.0, 12.0, 11.0, 12.0, 11.0, 12.0, 9.0];
        assert_eq!(rules(&six), []);
        let seven = [9.0, 11.0, 12.0, 11.0, 12.0, 11.0, 12.0, 11.0, 9.0];
        assert_eq!(rules(&seven), [(Rule::Run, true, 1, 7)]);
        let broken = [11.0, 12.0, 11.0, 10.0, 12.0, 11.0, 12.0, 11.0];
        assert_eq!(rules(&broken), []);
    }

    #[test]
    fn a_trend_needs_seven_points_and_a_tie_breaks_it() {
        let rise = [9.0, 7.0, 8.0, 9.0, 9.5, 10.5, 11.0, 12.0, 9.0];
        assert_eq!(rules(&rise), [(Rule::Trend, true, 1, 7)]);
        let six = [9.0, 8.0, 9.0, 9.5, 10.5, 11.0, 12.0, 9.0];
        assert_eq!(rules(&six), []);
        let tie = [7.0, 8.0, 9.0, 9.5, 9.5, 10.5, 11.0, 12.0];
        assert_eq!(rules(&tie), []);
        let fall = [12.0, 11.5, 11.0, 10.5, 9.5, 9.0, 8.0];
        assert_eq!(rules(&fall), [(Rule::Trend, false, 0, 6)]);
    }

    #[test]
    fn two_of_three_beyond_two_thirds_on_one_side_signal() {
        // Two thirds of the way from 10 to 16 is 14.
        assert_eq!(
            rules(&[15.0, 9.0, 15.0, 9.0]),
            [(Rule::TwoOfThree, true, 0, 2)]
        );
        assert_eq!(rules(&[14.0, 9.0, 14.0, 9.0]), []);
        assert_eq!(rules(&[15.0, 9.0, 5.0, 9.0]), []);
        assert_eq!(rules(&[15.0, 9.0, 9.5, 15.0]), []);
    }
}
