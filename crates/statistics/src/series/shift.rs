//! A lasting shift of level: what a break of how things are recorded looks like.
//! It is proposed to those who may know of one, and never acted on.

use super::xmr;

/// Months before a shift, from which the limits of before are drawn.
const BEFORE: usize = 12;
/// Months after it, the shift's own level; a run is as long as the fewest.
const AFTER: usize = 12;
const LEAST_AFTER: usize = 7;

/// A shift from one level to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// The first month of the new level, a position in the series.
    pub at: usize,
    /// Mean of the twelve months before, and of up to twelve since.
    pub before: f64,
    pub after: f64,
    /// How many times as far from the mean as the limits of before.
    reach: f64,
}

/// Lasting shifts in a series of months between recorded breaks, whose first
/// positions are `steps`, the oldest first: every one of the seven to twelve
/// months since lies on one side of the mean of the twelve before, the first nearer to
/// the new level, and their own mean beyond the limits of these. Of shifts within a year of each other the
/// greatest is told. A whole year before holds a whole season; of a thousand
/// series of 24 normal months fewer than one has any.
pub fn lasting(values: &[Option<f64>], steps: &[usize]) -> Vec<Shift> {
    let mut found: Vec<Shift> = (BEFORE..values.len())
        .filter_map(|at| shift(values, steps, at))
        .collect();
    found.sort_by(|a, b| b.reach.total_cmp(&a.reach).then(a.at.cmp(&b.at)));
    let mut kept: Vec<Shift> = Vec::new();
    for shift in found {
        if kept.iter().all(|held| held.at.abs_diff(shift.at) >= BEFORE) {
            kept.push(shift);
        }
    }
    kept.sort_by_key(|shift| shift.at);
    kept
}

fn shift(values: &[Option<f64>], steps: &[usize], at: usize) -> Option<Shift> {
    let next = steps.iter().copied().filter(|step| *step > at).min();
    let until = (at + AFTER)
        .min(values.len())
        .min(next.unwrap_or(usize::MAX));
    let from = at - BEFORE;
    if steps.iter().any(|step| (from + 1..=at).contains(step)) || until < at + LEAST_AFTER {
        return None;
    }
    let known = |months: &[Option<f64>]| months.iter().copied().collect::<Option<Vec<f64>>>();
    let (before, after) = (known(&values[from..at])?, known(&values[at..until])?);
    let limits = xmr::limits(&before)?;
    let mean = xmr::mean(&after);
    let is_up = mean > limits.centre;
    let is_on_side = |value: &f64| {
        if is_up {
            *value > limits.centre
        } else {
            *value < limits.centre
        }
    };
    let reach = (mean - limits.centre).abs() / (limits.upper - limits.centre);
    // The month before a shift may lie on its side by chance.
    let begins = (after[0] - mean).abs() < (after[0] - limits.centre).abs();
    (reach > 1.0 && begins && after.iter().all(is_on_side)).then_some(Shift {
        at,
        before: limits.centre,
        after: mean,
        reach,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::false_signals::tests::normal;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    /// Months either side of a level.
    fn around(level: f64, months: usize) -> Vec<Option<f64>> {
        (0..months)
            .map(|at| Some(level + if at % 2 == 0 { 1.0 } else { -1.0 }))
            .collect()
    }

    #[test]
    fn a_fall_that_lasts_seven_months_is_told_at_its_first() {
        let mut values = around(100.0, 14);
        values.extend(around(80.0, 6));
        assert_eq!(lasting(&values, &[]), [], "six months may yet be a run");
        values.extend(around(80.0, 1));
        let found = lasting(&values, &[]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].at, 14);
        assert!((found[0].before - 100.0).abs() < 1e-9);
        assert!((found[0].after - 80.0).abs() < 0.2);
    }

    #[test]
    fn a_shift_at_a_recorded_break_and_one_month_without_a_figure_are_none() {
        let mut values = around(100.0, 14);
        values.extend(around(80.0, 12));
        assert_eq!(lasting(&values, &[14]), []);
        assert_eq!(lasting(&values, &[]).len(), 1);
        values[16] = None;
        assert_eq!(lasting(&values, &[]), []);
    }

    #[test]
    fn one_month_that_is_back_is_no_lasting_shift() {
        let mut values = around(100.0, 14);
        values.extend(around(80.0, 12));
        values[18] = Some(101.0);
        assert_eq!(lasting(&values[..21], &[]), []);
    }

    #[test]
    fn a_level_that_never_varied_and_shifts_is_told() {
        let mut values = vec![Some(5.0); 14];
        values.extend(vec![Some(9.0); 7]);
        assert_eq!(lasting(&values, &[]).len(), 1);
        assert_eq!(lasting(&[Some(5.0); 30], &[]), []);
    }

    #[test]
    fn noise_shifts_in_fewer_than_one_series_of_a_thousand() {
        let mut dice = ChaCha8Rng::seed_from_u64(24);
        let shifted = (0..10_000)
            .filter(|_| {
                let values: Vec<_> = (0..24).map(|_| Some(normal(&mut dice))).collect();
                !lasting(&values, &[]).is_empty()
            })
            .count();
        assert!(shifted < 10, "{shifted} of 10,000");
    }
}
