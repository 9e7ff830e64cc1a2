//! Points of distributions that intervals are made of. The tails come from the
//! crate; they are halved down to rather than inverted by it, whose inverses
//! are good to a few digits only.

use statrs::function::beta::beta_reg;
use statrs::function::gamma::{gamma_lr, gamma_ur};

/// The 97.5% point of the normal distribution.
pub const NORMAL_975: f64 = 1.959_963_984_540_054;

/// What each side of an interval leaves out.
pub(super) const TAIL: f64 = 0.025;

/// The mean of the Poisson distribution that reaches a count or more in one
/// case of forty; nothing for no events.
pub(super) fn poisson_low(events: f64) -> f64 {
    if events <= 0.0 {
        return 0.0;
    }
    root(0.0, events, |mean| gamma_lr(events, mean) < TAIL)
}

/// The mean that stays at a count or below it in one case of forty.
pub(super) fn poisson_high(events: f64) -> f64 {
    let above = events + 20.0 + 10.0 * events.sqrt();
    root(events, above, |mean| gamma_ur(events + 1.0, mean) > TAIL)
}

/// The point that a beta variable stays below in so many cases.
pub(super) fn beta_point(a: f64, b: f64, below: f64) -> f64 {
    root(0.0, 1.0, |point| beta_reg(a, b, point) < below)
}

/// How often at most `most` of `of` fair coins fall heads.
pub(super) fn coins_at_most(most: f64, of: f64) -> f64 {
    if most >= of {
        return 1.0;
    }
    beta_reg(of - most, most + 1.0, 0.5)
}

/// Where a condition that holds below stops holding.
fn root(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_of_the_poisson_are_those_of_garwoods_table() {
        // Garwood (1936), Biometrika 28:437: 0, 1, 10 and 50 events.
        for (events, low, high) in [
            (0.0, 0.0, 3.69),
            (1.0, 0.0253, 5.57),
            (10.0, 4.80, 18.39),
            (50.0, 37.11, 65.92),
        ] {
            assert!((poisson_low(events) - low).abs() < 6e-3, "{events}");
            assert!((poisson_high(events) - high).abs() < 6e-3, "{events}");
        }
    }

    #[test]
    fn coins_are_counted_as_by_hand() {
        assert!((coins_at_most(0.0, 6.0) - 1.0 / 64.0).abs() < 1e-15);
        assert!((coins_at_most(1.0, 9.0) - 10.0 / 512.0).abs() < 1e-15);
        assert!((coins_at_most(9.0, 9.0) - 1.0).abs() < 1e-15);
    }
}
