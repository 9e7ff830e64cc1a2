//! The starting point of a row in words, held against its score: a workbook
//! gives both, and they need not agree.

use std::sync::LazyLock;

use regex::Regex;
use rust_decimal::Decimal;

/// Days that a text can mean, from and to: months and years are reckoned in
/// more ways than one.
type Days = (Decimal, Decimal);

static SPAN: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(\d+(?:\.\d+)?)\s*(years?|yrs?|months?|mths?|weeks?|wks?|days?)\b";
    Regex::new(pattern).expect("the pattern is sound")
});

/// What a score and its starting point say differently; nothing where the text
/// names no single sentence.
pub(super) fn contradiction(score: Decimal, text: &str) -> Option<String> {
    let (from, to) = days(text)?;
    let is_near = score >= from - Decimal::ONE && score <= to + Decimal::ONE;
    (!is_near).then(|| {
        let (from, to) = (from.normalize(), to.normalize());
        let days = if from == to {
            format!("{from} days")
        } else {
            format!("{from} to {to} days")
        };
        format!("{score} days, and its starting point {text:?} is {days}")
    })
}

/// The days of a sentence. A community order is hours of unpaid work over 8; a
/// fine is less than the lowest of them.
fn days(text: &str) -> Option<Days> {
    let text = text.to_lowercase();
    let orders: Vec<Days> = [("low", 50, 50), ("medium", 100, 100), ("high", 188, 190)]
        .into_iter()
        .filter(|(level, ..)| text.contains(&format!("{level} level")))
        .map(|(_, from, to)| (Decimal::new(from, 1), Decimal::new(to, 1)))
        .collect();
    let is_order = text.contains("community order");
    match (is_order, text.contains("fine"), custody(&text)) {
        (true, false, None) if orders.len() == 1 => orders.first().copied(),
        (false, true, None) => Some((Decimal::ZERO, Decimal::from(4))),
        (false, false, custody) => custody,
        _ => None,
    }
}

/// Years, months, weeks and days added up; none where a text gives a range.
fn custody(text: &str) -> Option<Days> {
    let mut sum = None;
    let mut units: Vec<char> = Vec::new();
    for found in SPAN.captures_iter(text) {
        let number: Decimal = found[1].parse().ok()?;
        let unit = found[2].chars().next()?;
        if units.contains(&unit) {
            return None;
        }
        units.push(unit);
        let (from, to) = match unit {
            'y' => (Decimal::from(365), Decimal::new(36_525, 2)),
            'm' => (Decimal::from(30), Decimal::new(305, 1)),
            'w' => (Decimal::from(7), Decimal::from(7)),
            _ => (Decimal::ONE, Decimal::ONE),
        };
        let (least, most) = sum.unwrap_or_default();
        sum = Some((least + from * number, most + to * number));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::contradiction;

    fn said(score: &str, text: &str) -> Option<String> {
        contradiction(score.parse().unwrap(), text)
    }

    #[test]
    fn a_score_agrees_with_every_way_of_reckoning_its_sentence() {
        for (score, text) in [
            ("10", "Medium level community order"),
            ("5", "Low level community order"),
            ("19", "High Level Community Order"),
            ("18.75", "high level community order"),
            ("1", "Band A fine"),
            ("2", "Band B fine"),
            ("182", "26 weeks' custody"),
            ("182.5", "26 weeks"),
            ("182.5", "6 months"),
            ("270", "9 months"),
            ("547.5", "18 months' custody"),
            ("547.5", "1 year 6 months"),
            ("912.5", "2 years 6 months\u{2019} custody"),
            ("1460", "4 years"),
            ("5475", "15 years"),
        ] {
            assert_eq!(said(score, text), None, "{score} {text}");
        }
    }

    #[test]
    fn a_score_that_its_text_contradicts_is_told() {
        for (score, text, wanted) in [
            ("84", "Medium level community order", "is 10 days"),
            ("182.5", "Medium level community order", "is 10 days"),
            ("10", "26 weeks", "is 182 days"),
            ("1825", "4 years", "is 1460 to 1461 days"),
            ("10", "Band C fine", "is 0 to 4 days"),
        ] {
            let told = said(score, text).unwrap();
            assert!(told.starts_with(&format!("{score} days, and")), "{told}");
            assert!(told.ends_with(wanted), "{told}");
        }
    }

    #[test]
    fn a_text_that_names_no_single_sentence_says_nothing() {
        for text in [
            "",
            "a starting point",
            "Life",
            "Low level community order to 26 weeks",
            "2 years to 4 years",
            "Low level or medium level community order",
            "community order",
        ] {
            assert_eq!(said("7", text), None, "{text}");
        }
    }
}
