//! How two proportions differ.

use serde::Serialize;

use crate::interval::Estimate;
use crate::interval::proportion;

/// So many of so many people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Part {
    pub part: u32,
    pub of: u32,
}

impl Part {
    /// The proportion with Wilson's interval; none of nobody.
    pub fn share(self) -> Option<Estimate> {
        let (part, of) = self.counts();
        proportion::share(part, of)
    }

    fn counts(self) -> (f64, f64) {
        (f64::from(self.part), f64::from(self.of))
    }
}

/// The first proportion less the second, with Newcombe's interval.
pub fn difference(first: Part, second: Part) -> Option<Estimate> {
    proportion::newcombe(first.counts(), second.counts())
}

/// The first proportion over the second, with Katz's interval. None where
/// either is nothing.
pub fn ratio(first: Part, second: Part) -> Option<Estimate> {
    proportion::katz(first.counts(), second.counts())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 6e-5, "{found} is not {wanted}");
    }

    #[test]
    fn differences_are_those_that_newcombe_printed() {
        // Newcombe (1998), Statistics in Medicine 17:873, table II, method 10.
        for ((first, of), (second, of_second), low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((10, 10), (0, 10), 0.6075, 1.0000),
        ] {
            let found = difference(
                Part { part: first, of },
                Part {
                    part: second,
                    of: of_second,
                },
            )
            .unwrap();
            near(found.low, low);
            near(found.high, high);
        }
    }

    #[test]
    fn a_ratio_of_risks_by_hand() {
        // Physicians' Health Study: 189 of 11,034 under placebo, 104 of 11,037
        // under aspirin; Agresti gives 1.82 (1.43 to 2.30).
        let found = ratio(
            Part {
                part: 189,
                of: 11_034,
            },
            Part {
                part: 104,
                of: 11_037,
            },
        )
        .unwrap();
        assert!((found.value - 1.818).abs() < 5e-4, "{found:?}");
        assert!((found.low - 1.433).abs() < 5e-4, "{found:?}");
        assert!((found.high - 2.306).abs() < 5e-4, "{found:?}");
    }

    #[test]
    fn nothing_has_no_logarithm_and_nobody_no_share() {
        let none = Part { part: 0, of: 10 };
        let some = Part { part: 3, of: 10 };
        assert_eq!(ratio(none, some), None);
        assert_eq!(ratio(some, none), None);
        assert_eq!(difference(Part { part: 0, of: 0 }, some), None);
        assert_eq!(ratio(Part { part: 11, of: 10 }, some), None);
    }
}
