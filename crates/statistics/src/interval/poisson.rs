//! Events counted over an exposure, and how often one count is of another.

use super::point::{End, odds_point, poisson_high, poisson_low};
use super::{Estimate, on_logarithm};

/// Events counted, and the time, people or posts in which they could happen.
/// The exposure of plain counts over equal spans is 1 each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Events {
    pub count: f64,
    pub exposure: f64,
}

/// Events per unit of exposure with the exact interval of Garwood (1936),
/// Biometrika 28:437: half the 2.5% point of chi-square on 2k degrees of
/// freedom, and half the 97.5% point on 2k + 2. None without exposure.
pub fn rate(events: Events) -> Option<Estimate> {
    let Events { count, exposure } = events.checked()?;
    Some(Estimate {
        value: count / exposure,
        low: poisson_low(count).min(count) / exposure,
        high: poisson_high(count).max(count) / exposure,
    })
}

/// The first rate over the second with the exact interval: of both counts
/// together the first is binomial, so that Clopper and Pearson's limits for
/// its part turn into limits for the ratio (Przyborowski and Wilenski 1940,
/// Biometrika 31:313). None where the second has no events.
pub fn ratio(first: Events, second: Events) -> Option<Estimate> {
    let (first, second) = (first.checked()?, second.checked()?);
    if second.count <= 0.0 {
        return None;
    }
    let scale = second.exposure / first.exposure;
    let value = first.count / second.count;
    let low = if first.count > 0.0 {
        odds_point(first.count, second.count + 1.0, End::Low)
    } else {
        0.0
    };
    let high = odds_point(first.count + 1.0, second.count, End::High);
    // Of counts beyond 10^30 the interval is narrower than the last digit.
    Some(
        Estimate {
            value,
            low: low.min(value),
            high: high.max(value),
        }
        .scaled(scale),
    )
}

/// The first rate over the second with the interval on its logarithm, whose
/// variance is 1/x + 1/y. None where either has no events.
pub fn ratio_on_logarithm(first: Events, second: Events) -> Option<Estimate> {
    let (first, second) = (first.checked()?, second.checked()?);
    if first.count <= 0.0 || second.count <= 0.0 {
        return None;
    }
    let value = first.count / second.count * (second.exposure / first.exposure);
    let log_error = (1.0 / first.count + 1.0 / second.count).sqrt();
    Some(on_logarithm(value, log_error))
}

impl Events {
    /// A count over a span as long as the one it is compared with.
    pub fn counted(count: f64) -> Self {
        Self {
            count,
            exposure: 1.0,
        }
    }

    fn checked(self) -> Option<Self> {
        let fits = self.count >= 0.0 && self.count.is_finite();
        (fits && self.exposure > 0.0 && self.exposure.is_finite()).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_by_printed_limits() {
        // Garwood: 10 events have limits 4.795 and 18.390.
        let found = rate(Events {
            count: 10.0,
            exposure: 200.0,
        })
        .unwrap()
        .scaled(1000.0);
        assert!((found.value - 50.0).abs() < 1e-12);
        assert!((found.low - 23.977).abs() < 5e-3, "{found:?}");
        assert!((found.high - 91.952).abs() < 5e-3, "{found:?}");
    }

    #[test]
    fn turning_the_counts_round_turns_the_ratio_round() {
        let (a, b) = (Events::counted(41.0), Events::counted(29.0));
        for found in [ratio, ratio_on_logarithm] {
            let (one, other) = (found(a, b).unwrap(), found(b, a).unwrap());
            assert!((one.value * other.value - 1.0).abs() < 1e-12);
            assert!((one.low * other.high - 1.0).abs() < 1e-12);
            assert!((one.high * other.low - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn nothing_now_is_a_ratio_of_nothing_and_nothing_before_is_none() {
        let (none, some) = (Events::counted(0.0), Events::counted(12.0));
        let found = ratio(none, some).unwrap();
        assert_eq!((found.value, found.low), (0.0, 0.0));
        // 1 - 0.025^(1/12) of the whole, as odds.
        let part = 1.0 - 0.025_f64.powf(1.0 / 12.0);
        assert!((found.high - part / (1.0 - part)).abs() < 1e-12);
        assert_eq!(ratio(some, none), None);
        assert_eq!(ratio_on_logarithm(none, some), None);
        assert_eq!(ratio_on_logarithm(some, none), None);
    }

    #[test]
    fn no_exposure_has_no_rate() {
        for (count, exposure) in [(1.0, 0.0), (-1.0, 1.0), (f64::NAN, 1.0), (1.0, f64::NAN)] {
            assert_eq!(rate(Events { count, exposure }), None);
        }
    }
}
