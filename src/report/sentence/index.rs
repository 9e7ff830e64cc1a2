//! The harm index in words: its name, and what its weights rest on.

/// Editions of daybook's own table begin with this word.
const STARTER: &str = "starter";

#[must_use]
pub fn is_starter(edition: &str) -> bool {
    edition.to_lowercase().starts_with(STARTER)
}

/// The edition inside a sentence: `the starter table`, or its name.
#[must_use]
pub fn in_words(edition: &str) -> String {
    if is_starter(edition) {
        "the starter table".to_owned()
    } else {
        edition.to_owned()
    }
}

/// The edition beside a list, with how far to trust it.
#[must_use]
pub fn label(edition: &str) -> String {
    if is_starter(edition) {
        format!("{edition}, daybook’s own table, for demonstration")
    } else {
        edition.to_owned()
    }
}

/// Where the weights come from, for the method of a report.
#[must_use]
pub fn method(edition: &str) -> String {
    if is_starter(edition) {
        "The weights are daybook’s own starter table: a few published values, the rest daybook’s \
         reading of a sentencing guideline, mostly not yet checked against the live guideline, or \
         the weight of a near offence (analogue). Until the official workbook is imported, scores \
         and ranks are for demonstration."
            .to_owned()
    } else {
        format!("The weights are those of {edition}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_starter_table_says_that_it_is_for_demonstration() {
        assert_eq!(in_words("starter 2026"), "the starter table");
        assert_eq!(
            label("starter 2026"),
            "starter 2026, daybook’s own table, for demonstration"
        );
        let method = method("starter 2026");
        assert!(method.contains("not yet checked against the live guideline"));
        assert!(method.contains("for demonstration"));
    }

    #[test]
    fn an_official_edition_is_only_named() {
        assert_eq!(in_words("CCHI 2026"), "CCHI 2026");
        assert_eq!(label("CCHI 2026"), "CCHI 2026");
        assert_eq!(method("CCHI 2026"), "The weights are those of CCHI 2026.");
    }
}
