//! From figures to pixels, and where the axis is marked.

/// A straight map from a range of figures onto a range of pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// `low` lands on `from`, `high` on `to`. A range without width is widened,
    /// so that a single value or an all-equal series lands in the middle.
    pub fn new(low: f64, high: f64, from: f64, to: f64) -> Self {
        let (low, high) = widened(low, high);
        Self {
            low,
            high,
            from,
            to,
        }
    }

    pub fn at(&self, value: f64) -> f64 {
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }
}

/// Lowest and highest of the finite values; none when there are none.
pub fn extent(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values
        .into_iter()
        .filter(|value| value.is_finite())
        .fold(None, |range, value| {
            let (low, high) = range.unwrap_or((value, value));
            Some((value.min(low), value.max(high)))
        })
}

/// Round marks that enclose the range: about `wanted` of them, evenly spaced
/// by 1, 2, 2.5 or 5 times a power of ten.
pub fn ticks(low: f64, high: f64, wanted: u32) -> Vec<f64> {
    let (low, high) = widened(low, high);
    let step = round_step((high - low) / f64::from(wanted.max(1)));
    let first = (low / step + 1e-9).floor();
    let last = (high / step - 1e-9).ceil();
    let mut marks = Vec::new();
    let mut index = first;
    while index <= last && marks.len() < 50 {
        marks.push(index * step);
        index += 1.0;
    }
    marks
}

/// Decimals that tell these marks apart.
pub fn tick_decimals(marks: &[f64]) -> usize {
    let step = marks.windows(2).map(|pair| pair[1] - pair[0]).next();
    match step {
        Some(step) if step < 0.0999 => 2,
        Some(step) if step < 0.999 || (step * 2.0).fract() > 1e-9 => 1,
        Some(step) if step.fract() > 1e-9 => 1,
        _ => 0,
    }
}

fn round_step(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .find(|factor| factor * power >= rough * 0.999)
        .unwrap_or(10.0);
    factor * power
}

fn widened(low: f64, high: f64) -> (f64, f64) {
    if !low.is_finite() || !high.is_finite() {
        return (0.0, 1.0);
    }
    if high - low > f64::EPSILON * high.abs().max(1.0) {
        return (low, high);
    }
    let margin = (low.abs() * 0.1).max(1.0);
    (low - margin, low + margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_enclose_the_range_in_round_steps() {
        assert_eq!(ticks(0.0, 341.0, 4), vec![0.0, 100.0, 200.0, 300.0, 400.0]);
        assert_eq!(ticks(4.2, 9.7, 3), vec![4.0, 6.0, 8.0, 10.0]);
    }

    #[test]
    fn equal_values_land_in_the_middle() {
        let scale = Scale::new(5.0, 5.0, 100.0, 0.0);
        assert!((scale.at(5.0) - 50.0).abs() < 1e-9);
    }

    #[test]
    fn no_range_still_gives_numbers() {
        assert!(Scale::new(f64::NAN, 1.0, 0.0, 10.0).at(0.5).is_finite());
        assert!(ticks(f64::INFINITY, 0.0, 4).iter().all(|t| t.is_finite()));
        assert_eq!(extent([f64::NAN]), None);
        assert_eq!(extent([2.0, f64::NAN, -1.0]), Some((-1.0, 2.0)));
    }

    #[test]
    fn marks_are_printed_with_the_decimals_they_need() {
        assert_eq!(tick_decimals(&[0.0, 100.0]), 0);
        assert_eq!(tick_decimals(&[0.0, 2.5]), 1);
        assert_eq!(tick_decimals(&[0.0, 0.5]), 1);
        assert_eq!(tick_decimals(&[0.0, 0.05]), 2);
    }
}
