//! An offence's title as weights are looked up by it.

/// A title without case, punctuation and spacing. What is neither a letter from
/// a to z nor a digit falls away, so that Rust, SQL and whoever checks them by
/// other means see the same: `core/crimes.sql` says it in SQL.
pub fn bare(title: &str) -> String {
    title
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn titles_are_the_same_without_case_punctuation_and_spacing() {
        let wanted = "assaultmaliciouswoundingseriouswoundorequivalent";
        for title in [
            "Assault - Malicious wounding: (Serious wound or equivalent)",
            " ASSAULT \u{2013} malicious  wounding (serious wound, or\u{a0}equivalent) ",
            "assault\tmalicious-wounding\u{2019} serious wound or equivalent.",
        ] {
            assert_eq!(bare(title), wanted, "{title}");
        }
        assert_ne!(bare("Minor wound"), bare("Serious wound"));
        assert_eq!(bare(" \u{2013} ."), "");
    }
}
