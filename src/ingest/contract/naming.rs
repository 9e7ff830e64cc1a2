//! The names that files arrive with, and the patterns of a contract for them.

use std::ops::Range;

use regex::Regex;

/// A pattern of a contract: `*` is any text, `{date}` a day, `{month}` a year
/// and month with a dash, `{other}` any text that a column may take as its
/// value; packed or not.
#[derive(Debug, Clone)]
pub struct Pattern {
    pub text: String,
    pub regex: Regex,
    /// The same without regard to what people mistake.
    near: Regex,
}

const DATE: &str = "(?P<date>[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2})";
const MONTH: &str = "(?P<month>[0-9]{4}-[0-9]{2})";

impl Pattern {
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.contains(['/', '\\']) {
            return Err("a pattern names files, not folders".to_owned());
        }
        let regex = regex_of(text, DATE, MONTH)?;
        let near = regex_of(&plain(text), "[0-9]{8}", "[0-9]{6}");
        Ok(Self {
            text: text.to_owned(),
            near: near.unwrap_or_else(|_| regex.clone()),
            regex,
        })
    }

    /// Whether a name differs only by capitals, spaces, dashes, or the mark of a
    /// second copy.
    pub fn is_near(&self, file_name: &str) -> bool {
        self.near.is_match(&plain(file_name))
    }
}

fn regex_of(pattern: &str, date: &str, month: &str) -> Result<Regex, String> {
    let escaped = regex::escape(pattern)
        .replace(r"\*", ".*")
        .replace(r"\{date\}", date)
        .replace(r"\{month\}", month);
    let places = Regex::new(r"\\\{([a-z][a-z0-9_]*)\\\}").map_err(|error| error.to_string())?;
    let escaped = places.replace_all(&escaped, "(?P<$1>.+?)");
    Regex::new(&format!(r"^(?:{escaped})(?:\.gz|\.zst|\.zip)?$")).map_err(|error| error.to_string())
}

/// A name, or a pattern of one, without what people mistake.
fn plain(name: &str) -> String {
    let name = name.trim().to_lowercase();
    let name = name.strip_prefix("copy of ").unwrap_or(&name);
    let name = name.replace(" - copy", "");
    let mut plain = String::new();
    let mut rest = name.as_str();
    while let Some(letter) = rest.chars().next() {
        rest = match numbered(rest) {
            Some(behind) => behind,
            None => {
                if !"-_ ".contains(letter) {
                    plain.push(letter);
                }
                &rest[letter.len_utf8()..]
            }
        };
    }
    plain
}

/// What follows the number of a copy, as in ` (1)`.
fn numbered(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('(')?;
    let (number, behind) = inner.split_once(')')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(behind)
}

/// The month at a place of a name, with the day when one follows it.
pub fn day_behind(name: &str, month: Range<usize>) -> &str {
    let rest = &name.as_bytes()[month.end..];
    let is_day = matches!(rest, [b'-', a, b, ..] if a.is_ascii_digit() && b.is_ascii_digit())
        && !rest.get(3).is_some_and(u8::is_ascii_digit);
    &name[month.start..month.end + if is_day { 3 } else { 0 }]
}

/// Endings of files that are still on their way.
const UNFINISHED: [&str; 6] = [
    ".filepart",
    ".part",
    ".partial",
    ".crdownload",
    ".tmp",
    ".download",
];

/// What may be wrong with a name that no contract knows.
pub fn hint<'p>(name: &str, mut nearly: impl FnMut(&str) -> Option<&'p str>) -> Option<String> {
    let lower = name.to_lowercase();
    if let Some(whole) = UNFINISHED.iter().find_map(|end| lower.strip_suffix(end)) {
        return nearly(whole)
            .map(|pattern| format!("its ending says that it is on its way to {pattern}"));
    }
    nearly(name).map(|pattern| {
        format!("{pattern} is near; do capitals, spaces, dashes or a copy's number differ?")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_nearly_one_is_told() {
        let crimes = Pattern::parse("crimes_{date}.csv").unwrap();
        let street = Pattern::parse("{month}-{force}-street.csv").unwrap();
        let nearly = |name: &str| {
            [&crimes, &street]
                .into_iter()
                .find(|pattern| pattern.is_near(name))
                .map(|pattern| pattern.text.as_str())
        };
        for name in [
            " crimes_20261126.csv",
            "Crimes_20261128.csv",
            "crimes-20261128.CSV",
            "crimes_2026-11-28 (1).csv",
            "crimes_20261128.csv.GZ",
            "Copy of crimes_20261128.csv",
            "crimes_20261128 - Copy.csv",
            "crimes_20261127.csv.filepart",
        ] {
            let told = hint(name, nearly).unwrap_or_else(|| panic!("{name}"));
            assert!(told.contains("crimes_{date}.csv"), "{told}");
        }
        for name in ["2022-10-btp-street (1).csv", "2022-10-btp-street.CSV"] {
            let told = hint(name, nearly).unwrap_or_else(|| panic!("{name}"));
            assert!(told.contains("{month}-{force}-street.csv"), "{told}");
        }
        for name in ["crimes_281120.csv", "crime_20261128.csv", "notes.txt", ""] {
            assert_eq!(hint(name, nearly), None, "{name}");
        }
    }

    #[test]
    fn a_month_that_a_day_follows_is_a_date() {
        for (name, expected) in [
            ("x_2026-11-26.csv", "2026-11-26"),
            ("x_2026-11-btp.csv", "2026-11"),
            ("x_2026-11-2600.csv", "2026-11"),
            ("x_2026-11-2", "2026-11"),
            ("x_2026-11", "2026-11"),
        ] {
            assert_eq!(day_behind(name, 2..9), expected);
        }
    }
}
