//! Points of distributions that intervals are made of, for counts of any size.
//! Below ten thousand they are exact: tails are halved down to, in the crate's
//! functions for the gamma and in a continued fraction for the beta, whose
//! logarithms of factorials would lose their digits in differences. From there
//! on they come from the cumulants of the logarithm (Cornish and Fisher 1937),
//! to within one part in a hundred thousand million. Both are held to sums
//! under the density itself (`tests/oracle/intervals_fixture.py`).

use statrs::function::beta::beta_reg;
use statrs::function::gamma::{gamma_lr, ln_gamma};

/// The 97.5% point of the normal distribution.
pub const NORMAL_975: f64 = 1.959_963_984_540_054;

/// What each side of an interval leaves out.
pub(super) const TAIL: f64 = 0.025;

/// From this shape on the logarithm's cumulants do.
const LARGE: f64 = 1e4;

/// So many times as much, one variable varies by nothing beside the other: Wise
/// (1950), Biometrika 37:208, is then off by less than one part in `10^11`.
const FAR: f64 = 1e5;

/// Which end of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Low,
    High,
}

impl End {
    fn below(self) -> f64 {
        match self {
            Self::Low => TAIL,
            Self::High => 1.0 - TAIL,
        }
    }

    fn normal(self) -> f64 {
        match self {
            Self::Low => -NORMAL_975,
            Self::High => NORMAL_975,
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Low => Self::High,
            Self::High => Self::Low,
        }
    }
}

/// The mean of the Poisson distribution that reaches a count or more in one
/// case of forty; nothing for no events.
pub(super) fn poisson_low(events: f64) -> f64 {
    if events <= 0.0 {
        return 0.0;
    }
    gamma_point(events, End::Low)
}

/// The mean that stays at a count or below it in one case of forty.
pub(super) fn poisson_high(events: f64) -> f64 {
    gamma_point(events + 1.0, End::High)
}

/// The point of a gamma variable of scale 1.
fn gamma_point(shape: f64, end: End) -> f64 {
    if shape >= LARGE {
        let cumulants = [1, 2, 3, 4, 5].map(|order| log_gamma_cumulant(order, shape));
        return shape * cornish_fisher(cumulants, end).exp();
    }
    let most = shape + 20.0 + 10.0 * shape.sqrt();
    root(0.0, most, |mean| gamma_lr(shape, mean) < end.below())
}

/// The point of the odds of a beta variable, which is how often one gamma
/// variable is another.
pub(super) fn odds_point(a: f64, b: f64, end: End) -> f64 {
    if a > b {
        return 1.0 / odds_point(b, a, end.other());
    }
    if a >= LARGE {
        let cumulant = |order: i32| {
            let sign = if order % 2 == 0 { 1.0 } else { -1.0 };
            log_gamma_cumulant(order, a) + sign * log_gamma_cumulant(order, b)
        };
        return a / b * cornish_fisher([1, 2, 3, 4, 5].map(cumulant), end).exp();
    }
    if b > FAR * a {
        return (gamma_point(a, end) / (b + (a - 1.0) / 2.0)).exp_m1();
    }
    // Far enough on both sides, and near enough that no tail is nothing.
    let reach = 5.0 / a + 5.0 * (1.0 / a + 1.0 / b).sqrt();
    let found = root(-reach, reach, |log| {
        beta_below(a, b, a / b * log.exp()) < end.below()
    });
    a / b * found.exp()
}

/// How often at most `most` of `of` fair coins fall heads.
pub(super) fn coins_at_most(most: f64, of: f64) -> f64 {
    if most >= of {
        return 1.0;
    }
    beta_reg(of - most, most + 1.0, 0.5)
}

/// The point of a variable from its cumulants: Cornish and Fisher (1937), Revue
/// de l'Institut International de Statistique 5:307, to the order of the fifth.
fn cornish_fisher([mean, variance, third, fourth, fifth]: [f64; 5], end: End) -> f64 {
    let (z, sd) = (end.normal(), variance.sqrt());
    let (skew, excess) = (third / sd.powi(3), fourth / sd.powi(4));
    let (z2, z3, z4) = (z * z, z.powi(3), z.powi(4));
    let point = z + (z2 - 1.0) * skew / 6.0 + (z3 - 3.0 * z) * excess / 24.0
        - (2.0 * z3 - 5.0 * z) * skew * skew / 36.0
        + (z4 - 6.0 * z2 + 3.0) * fifth / sd.powi(5) / 120.0
        - (z4 - 5.0 * z2 + 2.0) * skew * excess / 24.0
        + (12.0 * z4 - 53.0 * z2 + 17.0) * skew.powi(3) / 324.0;
    mean + sd * point
}

/// A cumulant of the logarithm of a gamma variable: of the first order less the
/// logarithm of its shape. They are the polygamma functions, here by their
/// series for a large shape (Abramowitz and Stegun 6.3.18 and 6.4.11).
fn log_gamma_cumulant(order: i32, shape: f64) -> f64 {
    let per = 1.0 / shape;
    match order {
        1 => -per / 2.0 - per.powi(2) / 12.0,
        2 => per + per.powi(2) / 2.0 + per.powi(3) / 6.0,
        3 => -per.powi(2) - per.powi(3) - per.powi(4) / 2.0,
        4 => 2.0 * per.powi(3) + 3.0 * per.powi(4) + 2.0 * per.powi(5),
        _ => -6.0 * per.powi(4) - 12.0 * per.powi(5) - 10.0 * per.powi(6),
    }
}

/// How often a beta variable has at most such odds; `a` is not the greater.
fn beta_below(a: f64, b: f64, odds: f64) -> f64 {
    let part = odds / (1.0 + odds);
    let density = log_density(a, b, part).exp();
    // Past the middle the other tail's fraction is the shorter one.
    if part >= (a + 1.0) / (a + b + 2.0) {
        1.0 - density * fraction(b, a, 1.0 / (1.0 + odds)) / b
    } else {
        density * fraction(a, b, part) / a
    }
}

/// The logarithm of `part^a (1 - part)^b / B(a, b)`. Of a large `b` the
/// difference of two logarithms of factorials is written out by Stirling's
/// series, in which what is large cancels on paper.
fn log_density(a: f64, b: f64, part: f64) -> f64 {
    const STIRLING: f64 = 1e3;
    let rest = b * (-part).ln_1p() - ln_gamma(a);
    if b < STIRLING {
        return ln_gamma(a + b) - ln_gamma(b) + a * part.ln() + rest;
    }
    let series = |x: f64| (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / (1260.0 * x * x)) / (x * x)) / x;
    (a + b - 0.5) * (a / b).ln_1p() - a + series(a + b) - series(b) + a * (b * part).ln() + rest
}

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), by
/// the method of Lentz as Thompson and Barnett gave it.
fn fraction(a: f64, b: f64, part: f64) -> f64 {
    const LEAST: f64 = 1e-300;
    const MOST_STEPS: u32 = 100_000;
    let away = |value: f64| if value.abs() < LEAST { LEAST } else { value };
    let mut above = 1.0;
    let mut below = 1.0 / away(1.0 - (a + b) * part / (a + 1.0));
    let mut found = below;
    for step in 1..MOST_STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * part / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * part / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            below = 1.0 / away(1.0 + term * below);
            above = away(1.0 + term / above);
            change = above * below;
            found *= change;
        }
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    found
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

    #[test]
    fn exact_points_and_those_of_the_cumulants_meet_at_the_seam() {
        for end in [End::Low, End::High] {
            let (exact, series) = (LARGE - 1e-6, LARGE);
            let near =
                |one: f64, other: f64| assert!((one / other - 1.0).abs() < 2e-10, "{one} {other}");
            near(gamma_point(exact, end), gamma_point(series, end));
            for b in [LARGE, 3e4, 1e6, 3.5e7, 9e15] {
                near(odds_point(exact, b, end), odds_point(series, b, end));
                near(odds_point(b, exact, end), odds_point(b, series, end));
            }
        }
    }

    #[test]
    fn odds_of_one_are_those_of_a_power() {
        // 1 - (1 - part)^b is the beta of 1 and b.
        for b in [1.0, 7.0, 1e3, 1e6, 9e15] {
            for end in [End::Low, End::High] {
                // Twice as often as not, and so on: expm1 keeps the digits.
                let odds = (-(-end.below()).ln_1p() / b).exp_m1();
                let found = odds_point(1.0, b, end);
                assert!((found / odds - 1.0).abs() < 1e-12, "{b}: {found} {odds}");
            }
        }
    }
}
