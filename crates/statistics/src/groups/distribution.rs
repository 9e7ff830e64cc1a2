//! The few points and tails of distributions that intervals and tests need.

use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::erf::erfc;

/// The 97.5% point of Student's distribution; none below one degree of
/// freedom. The tail is halved down to rather than inverted by the crate,
/// whose inverse is good to three digits only.
pub fn student_975(freedom: f64) -> Option<f64> {
    // Rounding may leave Welch's smallest case a hair below one.
    if freedom.is_nan() || freedom < 1.0 - 1e-9 {
        return None;
    }
    let student = StudentsT::new(0.0, 1.0, freedom.max(1.0)).ok()?;
    // One degree of freedom has its point at 12.706, infinitely many at 1.960.
    let (mut low, mut high) = (1.9, 12.8);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if student.sf(middle) > 0.025 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(f64::midpoint(low, high))
}

/// How often chance gives a chi-square of one degree of freedom this large.
pub fn chi_square_tail(chi_square: f64) -> f64 {
    erfc((chi_square / 2.0).max(0.0).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::point::NORMAL_975;

    #[test]
    fn points_of_student_are_those_of_printed_tables() {
        for (freedom, wanted) in [(1.0, 12.706), (2.0, 4.303), (10.0, 2.228), (120.0, 1.980)] {
            let found = student_975(freedom).unwrap();
            assert!((found - wanted).abs() < 6e-4, "{freedom}: {found}");
        }
        let many = student_975(1e7).unwrap();
        assert!((many - NORMAL_975).abs() < 1e-6, "{many}");
        assert_eq!(student_975(0.0), None);
        assert_eq!(student_975(f64::NAN), None);
    }

    #[test]
    fn the_five_percent_point_of_chi_square_is_3_841() {
        assert!((chi_square_tail(3.841_458_820_694_124) - 0.05).abs() < 1e-10);
        assert!((chi_square_tail(0.0) - 1.0).abs() < 1e-15);
    }
}
