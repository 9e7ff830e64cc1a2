//! Figures as they leave the house: rounded counts, and rates of them.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::rules::Rules;

/// A count as published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Figure {
    /// Rounded; a true zero stays zero.
    Count(u64),
    /// `[k]`: above zero, and rounds to it. Where 1 to 9 are suppressed and
    /// the rest is rounded to 5 there is no such count.
    RoundsToZero,
    /// `[c]`
    Suppressed,
}

/// A rate as published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rate {
    Value(Decimal),
    /// `[k]`: above zero, and rounds to it at the decimals shown.
    RoundsToZero,
    /// `[c]`: a count it is made of is not shown.
    Suppressed,
    /// `[z]`: there is nothing to divide by.
    NotApplicable,
}

impl Figure {
    /// A count that may be shown, rounded to the rules' base, halves upwards.
    pub fn rounded(count: u64, rules: &Rules) -> Self {
        match (count + rules.base / 2) / rules.base * rules.base {
            0 if count > 0 => Self::RoundsToZero,
            rounded => Self::Count(rounded),
        }
    }

    /// This out of `denominator`, times `per`: of the rounded figures alone.
    pub fn rate(self, denominator: Self, per: u32, decimals: u32) -> Rate {
        let (Self::Count(count), Self::Count(of)) = (self, denominator) else {
            return Rate::Suppressed;
        };
        if of == 0 {
            return Rate::NotApplicable;
        }
        let exact = Decimal::from(count) * Decimal::from(per) / Decimal::from(of);
        shown(exact, exact, decimals, Decimal::ONE)
    }

    /// The median of as many cases as this counts, in steps of the base that
    /// counts are rounded to: of few cases it would be one of theirs.
    pub fn median(self, value: Decimal, rules: &Rules) -> Rate {
        let base = Decimal::from(rules.base);
        match self {
            Self::Count(0) => Rate::NotApplicable,
            Self::Count(_) => shown(value, value / base, 0, base),
            Self::Suppressed | Self::RoundsToZero => Rate::Suppressed,
        }
    }

    /// A survey's weighted share, in whole per cent, where this counts those
    /// who agree and `answers` all who answered.
    pub fn weighted(self, answers: Self, percent: Decimal) -> Rate {
        match (self, answers) {
            (Self::Count(_), Self::Count(0)) => Rate::NotApplicable,
            (Self::Count(_), Self::Count(_)) => shown(percent, percent, 0, Decimal::ONE),
            _ => Rate::Suppressed,
        }
    }
}

/// `steps`, rounded, of `step` each. They are zero only if the value is.
fn shown(value: Decimal, steps: Decimal, decimals: u32, step: Decimal) -> Rate {
    let rounded = steps.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    if rounded.is_zero() && !value.is_zero() {
        Rate::RoundsToZero
    } else {
        Rate::Value(rounded * step)
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::RoundsToZero => f.pad("[k]"),
            Self::Suppressed => f.pad("[c]"),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(f),
            Self::RoundsToZero => f.pad("[k]"),
            Self::Suppressed => f.pad("[c]"),
            Self::NotApplicable => f.pad("[z]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Decimal, Figure, Rate, Rules};

    fn shown(count: u64) -> Figure {
        Figure::rounded(count, &Rules::default())
    }

    fn rate(count: u64, of: u64, decimals: u32) -> String {
        shown(count).rate(shown(of), 100, decimals).to_string()
    }

    #[test]
    fn counts_are_rounded_to_the_nearest_five_and_zero_stays_zero() {
        let texts: Vec<String> = [0, 10, 12, 13, 17, 18, 1_002]
            .map(|count| shown(count).to_string())
            .into();
        assert_eq!(texts, ["0", "10", "10", "15", "15", "20", "1000"]);
    }

    #[test]
    fn no_count_that_may_be_shown_rounds_to_zero() {
        assert!((10..10_000).all(|count| shown(count) != Figure::RoundsToZero));
        let finer = Rules {
            smallest: 2,
            ..Rules::default()
        };
        assert_eq!(Figure::rounded(2, &finer).to_string(), "[k]");
    }

    #[test]
    fn a_rate_is_made_of_rounded_figures() {
        // 15 of 40, though 13 of 41 were counted.
        assert_eq!(rate(13, 41, 1), "37.5");
        assert_eq!(rate(0, 41, 1), "0");
        assert_eq!(rate(0, 0, 1), "[z]");
    }

    #[test]
    fn a_rate_above_zero_that_rounds_to_it_says_so() {
        assert_eq!(rate(10, 100_000, 1), "[k]");
        assert_eq!(rate(10, 100_000, 2), "0.01");
    }

    #[test]
    fn a_median_is_told_in_steps_and_never_of_few_cases() {
        let told = |cases: Figure, days| cases.median(days, &Rules::default()).to_string();
        let days = Decimal::new(4_675, 1);
        assert_eq!(told(shown(11), days), "470");
        assert_eq!(told(Figure::Suppressed, days), "[c]");
        assert_eq!(told(shown(0), Decimal::ZERO), "[z]");
        assert_eq!(told(shown(11), Decimal::ONE), "[k]");
    }

    #[test]
    fn a_weighted_share_is_told_in_whole_per_cent_where_both_counts_are() {
        let told =
            |agree: Figure, answers| agree.weighted(answers, Decimal::new(4_449, 2)).to_string();
        assert_eq!(told(shown(11), shown(40)), "44");
        assert_eq!(told(Figure::Suppressed, shown(40)), "[c]");
        assert_eq!(told(shown(11), Figure::Suppressed), "[c]");
        assert_eq!(told(shown(0), shown(0)), "[z]");
    }

    #[test]
    fn a_rate_is_not_given_where_either_count_is_hidden() {
        let (hidden, open) = (Figure::Suppressed, shown(40));
        assert_eq!(hidden.rate(open, 100, 1), Rate::Suppressed);
        assert_eq!(open.rate(hidden, 100, 1), Rate::Suppressed);
        assert_eq!(hidden.rate(shown(0), 100, 1), Rate::Suppressed);
    }
}
