//! Intervals around proportions.

/// The 97.5% point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's 95% interval for a proportion, as two proportions. None when
/// there is nothing to divide by or the numerator does not fit.
pub fn wilson(numerator: f64, denominator: f64) -> Option<(f64, f64)> {
    if denominator <= 0.0 || !(0.0..=denominator).contains(&numerator) {
        return None;
    }
    let share = numerator / denominator;
    let z2 = Z * Z;
    let centre = share + z2 / (2.0 * denominator);
    let reach =
        Z * (share * (1.0 - share) / denominator + z2 / (4.0 * denominator * denominator)).sqrt();
    let scale = 1.0 + z2 / denominator;
    Some((
        ((centre - reach) / scale).max(0.0),
        ((centre + reach) / scale).min(1.0),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert!(
                (found_low - low).abs() < 5e-5,
                "{numerator}/{denominator}: {found_low}"
            );
            assert!(
                (found_high - high).abs() < 5e-5,
                "{numerator}/{denominator}: {found_high}"
            );
        }
    }

    #[test]
    fn nothing_to_divide_by_has_no_interval() {
        assert_eq!(wilson(0.0, 0.0), None);
        assert_eq!(wilson(3.0, 2.0), None);
    }
}
