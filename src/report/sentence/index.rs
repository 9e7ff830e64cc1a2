//! The harm index in words: its name, and what its weights rest on.

use rust_decimal::Decimal;

use crate::harm::index::weights::{Basis, Shares};

/// Editions of daybook's own table begin with this word.
const STARTER: &str = "starter";

pub fn is_starter(edition: &str) -> bool {
    edition.to_lowercase().starts_with(STARTER)
}

/// The edition inside a sentence: `the starter table`, or its name.
pub fn in_words(edition: &str) -> String {
    if is_starter(edition) {
        "the starter table".to_owned()
    } else {
        edition.to_owned()
    }
}

/// The edition beside a list, with how far to trust it.
pub fn label(edition: &str) -> String {
    if is_starter(edition) {
        format!("{edition}, daybook’s own table, for demonstration")
    } else {
        edition.to_owned()
    }
}

/// Where the weights come from, for the method of a report.
pub fn method(edition: &str, shares: &Shares) -> String {
    let method = if is_starter(edition) {
        "The weights are daybook’s own starter table: a few published values, the rest daybook’s \
         reading of a sentencing guideline, mostly not yet checked against the live guideline, or \
         the weight of a near offence (analogue). Until the official workbook is imported, scores \
         and ranks are for demonstration."
            .to_owned()
    } else {
        format!("The weights are those of {edition}.")
    };
    match rests_on(shares) {
        Some(told) => format!("{method} {told}"),
        None => method,
    }
}

/// How many weights rest on what, and how much of the harm; none where nothing
/// was weighed.
pub fn rests_on(shares: &Shares) -> Option<String> {
    let weights: u64 = shares.values().map(|share| share.weights).sum();
    let all: Decimal = shares.values().map(|share| share.harm_days).sum();
    if weights == 0 || all.is_zero() {
        return None;
    }
    let told = Basis::ALL.map(|basis| {
        let share = shares.get(&basis).copied().unwrap_or_default();
        // Formatting alone would cut it off.
        let percent = (share.harm_days * Decimal::ONE_HUNDRED / all).round_dp(1);
        let words = match basis {
            Basis::Published => "published",
            Basis::Guideline => "from a guideline",
            Basis::Analogue => "of a near offence",
        };
        format!("{} {words} ({percent:.1}% of the harm)", share.weights)
    });
    let noun = if weights == 1 { "weight" } else { "weights" };
    Some(format!("{weights} {noun} in use: {}.", told.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harm::index::weights::Share;

    #[test]
    fn a_starter_table_says_that_it_is_for_demonstration() {
        assert_eq!(in_words("starter 2026"), "the starter table");
        assert_eq!(
            label("starter 2026"),
            "starter 2026, daybook’s own table, for demonstration"
        );
        let method = method("starter 2026", &Shares::new());
        assert!(method.contains("not yet checked against the live guideline"));
        assert!(method.contains("for demonstration"));
    }

    #[test]
    fn an_official_edition_is_only_named() {
        assert_eq!(in_words("CCHI 2026"), "CCHI 2026");
        assert_eq!(label("CCHI 2026"), "CCHI 2026");
        assert_eq!(
            method("CCHI 2026", &Shares::new()),
            "The weights are those of CCHI 2026."
        );
    }

    #[test]
    fn a_list_says_what_its_weights_rest_on() {
        let share = |weights, days| Share {
            weights,
            allegations: weights,
            harm_days: Decimal::from(days),
        };
        let shares = Shares::from([
            (Basis::Guideline, share(3, 2)),
            (Basis::Analogue, share(1, 1)),
        ]);
        assert_eq!(
            method("CCHI 2026", &shares),
            "The weights are those of CCHI 2026. 4 weights in use: 0 published (0.0% of the \
             harm), 3 from a guideline (66.7% of the harm), 1 of a near offence (33.3% of the \
             harm)."
        );
    }
}
