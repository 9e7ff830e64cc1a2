//! 95% intervals, each the field's own answer for its kind of figure, as pure
//! functions. Held to `SciPy` and statsmodels on recorded data
//! (`tests/oracle/statistics_fixture.py`).

pub mod median;
pub mod point;
pub mod poisson;
pub mod proportion;
pub mod weighted;

use serde::Serialize;

pub use proportion::wilson;

/// A figure with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

impl Estimate {
    /// The same distance to both sides.
    pub fn around(value: f64, reach: f64) -> Self {
        Self {
            value,
            low: value - reach,
            high: value + reach,
        }
    }

    /// In another unit: 100 makes a proportion a percentage.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self {
            value: self.value * factor,
            low: self.low * factor,
            high: self.high * factor,
        }
    }

    /// Whether the interval leaves a value out: 1 for a ratio, 0 for a
    /// difference.
    pub fn leaves_out(self, value: f64) -> bool {
        self.low > value || self.high < value
    }
}

/// The first less the second, of independent samples, from the interval of
/// each: a limit lies as far from the difference as the two nearest limits
/// square and add to. Newcombe (1998), Statistics in Medicine 17:873, method
/// 10, for proportions; Zou and Donner (2008), Statistics in Medicine 27:1693,
/// for any two figures with an interval each (`MOVER`).
pub fn difference(first: Estimate, second: Estimate) -> Estimate {
    let value = first.value - second.value;
    let below = (first.value - first.low).hypot(second.high - second.value);
    let above = (first.high - first.value).hypot(second.value - second.low);
    Estimate {
        value,
        low: value - below,
        high: value + above,
    }
}

/// A figure whose logarithm has a normal error.
pub fn on_logarithm(value: f64, log_error: f64) -> Estimate {
    let factor = (point::NORMAL_975 * log_error).exp();
    Estimate {
        value,
        low: value / factor,
        high: value * factor,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_joins_limits_as_the_sides_of_a_right_angle() {
        let first = Estimate {
            value: 10.0,
            low: 7.0,
            high: 15.0,
        };
        let second = Estimate {
            value: 4.0,
            low: -8.0,
            high: 8.0,
        };
        let found = difference(first, second);
        // Below: 3 and 4 make 5. Above: 5 and 12 make 13.
        let wanted = Estimate {
            value: 6.0,
            low: 1.0,
            high: 19.0,
        };
        assert_eq!(found, wanted);
        assert!(found.leaves_out(0.0));
        assert!(!found.leaves_out(1.0));
    }

    #[test]
    fn a_percentage_is_a_hundred_times_its_proportion() {
        let share = Estimate::around(0.5, 0.25).scaled(100.0);
        let wanted = Estimate {
            value: 50.0,
            low: 25.0,
            high: 75.0,
        };
        assert_eq!(share, wanted);
    }
}
