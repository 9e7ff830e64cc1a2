//! Proportions: cases among cases.

use super::point::NORMAL_975;
use super::{Estimate, difference, on_logarithm};

/// Wilson's 95% interval for a proportion, as two proportions: Wilson (1927),
/// Journal of the American Statistical Association 22:209. None when there is
/// nothing to divide by or the numerator does not fit. The denominator may be
/// an effective number of responses.
pub fn wilson(numerator: f64, denominator: f64) -> Option<(f64, f64)> {
    // Written so that no number at all is refused too.
    if !(denominator > 0.0 && denominator.is_finite() && (0.0..=denominator).contains(&numerator)) {
        return None;
    }
    let share = numerator / denominator;
    let z2 = NORMAL_975 * NORMAL_975;
    let centre = share + z2 / (2.0 * denominator);
    let spread = share * (1.0 - share) / denominator + z2 / (4.0 * denominator * denominator);
    let reach = NORMAL_975 * spread.sqrt();
    let scale = 1.0 + z2 / denominator;
    Some((
        ((centre - reach) / scale).max(0.0),
        ((centre + reach) / scale).min(1.0),
    ))
}

/// The proportion, 0 to 1, with Wilson's interval; none of nothing.
pub fn share(numerator: f64, denominator: f64) -> Option<Estimate> {
    let (low, high) = wilson(numerator, denominator)?;
    Some(Estimate {
        value: numerator / denominator,
        low,
        high,
    })
}

/// The first proportion less the second, both `(numerator, denominator)`, with
/// Newcombe's hybrid score interval (1998, method 10).
pub fn newcombe(first: (f64, f64), second: (f64, f64)) -> Option<Estimate> {
    Some(difference(
        share(first.0, first.1)?,
        share(second.0, second.1)?,
    ))
}

/// The first proportion over the second, with the interval on the logarithm of
/// Katz and others (1978), Biometrics 34:469. None where either is nothing,
/// for nothing has no logarithm.
pub fn katz(first: (f64, f64), second: (f64, f64)) -> Option<Estimate> {
    let spread = |(part, of): (f64, f64)| {
        let fits = part > 0.0 && part <= of && of.is_finite();
        fits.then(|| 1.0 / part - 1.0 / of)
    };
    let log_error = (spread(first)? + spread(second)?).sqrt();
    let value = first.0 / first.1 / (second.0 / second.1);
    Some(on_logarithm(value, log_error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, wanted: f64, within: f64) {
        assert!((found - wanted).abs() < within, "{found} is not {wanted}");
    }

    #[test]
    fn wilson_equals_published_values() {
        // Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        for (numerator, denominator, low, high) in [
            (81.0, 263.0, 0.2553, 0.3662),
            (15.0, 148.0, 0.0624, 0.1605),
            (0.0, 20.0, 0.0, 0.1611),
            (1.0, 29.0, 0.0061, 0.1718),
        ] {
            let (found_low, found_high) = wilson(numerator, denominator).unwrap();
            near(found_low, low, 5e-5);
            near(found_high, high, 5e-5);
        }
    }

    #[test]
    fn nothing_to_divide_by_has_no_interval() {
        assert_eq!(wilson(0.0, 0.0), None);
        assert_eq!(wilson(3.0, 2.0), None);
        assert_eq!(wilson(-1.0, 2.0), None);
        assert_eq!(wilson(f64::NAN, 2.0), None);
        assert_eq!(wilson(1.0, f64::NAN), None);
        assert_eq!(newcombe((0.0, 0.0), (1.0, 2.0)), None);
    }

    #[test]
    fn differences_are_those_that_newcombe_printed() {
        // Newcombe (1998), Statistics in Medicine 17:873, table II, method 10.
        for (first, second, low, high) in [
            ((56.0, 70.0), (48.0, 80.0), 0.0524, 0.3339),
            ((9.0, 10.0), (3.0, 10.0), 0.1705, 0.8090),
            ((5.0, 56.0), (0.0, 29.0), -0.0381, 0.1926),
            ((10.0, 10.0), (0.0, 10.0), 0.6075, 1.0000),
        ] {
            let found = newcombe(first, second).unwrap();
            near(found.low, low, 6e-5);
            near(found.high, high, 6e-5);
        }
    }

    #[test]
    fn a_ratio_of_risks_is_the_published_one() {
        // Physicians' Health Study: 189 of 11,034 under placebo, 104 of 11,037
        // under aspirin; Agresti gives 1.82 (1.43 to 2.30).
        let found = katz((189.0, 11_034.0), (104.0, 11_037.0)).unwrap();
        near(found.value, 1.818, 5e-4);
        near(found.low, 1.433, 5e-4);
        near(found.high, 2.306, 5e-4);
    }

    #[test]
    fn nothing_has_no_logarithm() {
        assert_eq!(katz((0.0, 10.0), (3.0, 10.0)), None);
        assert_eq!(katz((3.0, 10.0), (0.0, 10.0)), None);
        assert_eq!(katz((11.0, 10.0), (3.0, 10.0)), None);
        assert_eq!(katz((f64::NAN, 10.0), (3.0, 10.0)), None);
    }
}
