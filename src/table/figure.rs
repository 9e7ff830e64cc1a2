//! How a quantity is written where a reader sees it.

/// A quantity as it is laid out: what stands before the point, and the rest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) whole: String,
    pub(super) rest: String,
}

/// Digits in groups of three: `12,345`.
pub fn grouped(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A text as a quantity, its thousands grouped: an optional sign, digits, an
/// optional fraction and an optional percent sign. Nothing when it is another
/// text, such as `[x]` or an interval.
pub(super) fn parts(text: &str) -> Option<Parts> {
    let unsigned = text.strip_prefix(['+', '-', '−']).unwrap_or(text);
    let sign = &text[..text.len() - unsigned.len()];
    let end = unsigned
        .find(|c: char| !c.is_ascii_digit() && c != ',')
        .unwrap_or(unsigned.len());
    let (digits, rest) = unsigned.split_at(end);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || !is_fraction(rest) {
        return None;
    }
    let is_bare = digits.bytes().all(|byte| byte.is_ascii_digit());
    let whole = if is_bare {
        grouped(digits)
    } else {
        digits.to_owned()
    };
    Some(Parts {
        whole: format!("{sign}{whole}"),
        rest: rest.to_owned(),
    })
}

/// Whether a text can follow the digits before a point: `.5`, `%`, `.5%` or
/// nothing.
fn is_fraction(text: &str) -> bool {
    let text = text.strip_suffix('%').unwrap_or(text);
    match text.strip_prefix('.') {
        None => text.is_empty(),
        Some(digits) => !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped_and_the_point_is_found() {
        for (text, whole, rest) in [
            ("0", "0", ""),
            ("999", "999", ""),
            ("1000", "1,000", ""),
            ("1,000", "1,000", ""),
            ("-1234567.50", "-1,234,567", ".50"),
            ("−8%", "−8", "%"),
            ("+41.25%", "+41", ".25%"),
            (
                "170141183460469231731687303715884105727",
                "170,141,183,460,469,231,731,687,303,715,884,105,727",
                "",
            ),
        ] {
            let found = parts(text).unwrap();
            assert_eq!((&*found.whole, &*found.rest), (whole, rest), "{text}");
        }
    }

    #[test]
    fn what_is_no_quantity_is_left_as_it_is() {
        for text in [
            "",
            "-",
            ".5",
            ",5",
            "5.",
            "5.x",
            "[x]",
            "1 to 2",
            "5 (7)",
            "1e9",
            "0x1f",
            "2026-11-21",
            "٣",
            "5 %",
            "NaN",
            "-inf",
            "5%%",
            "1.2.3",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }
}
