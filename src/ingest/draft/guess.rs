//! What the cells of a sample look like: a type, and how its dates are written.

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use crate::ingest::contract::Kind;
use crate::model::ho_code;

/// What a column of a sample looks like, as a contract would say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Guess {
    pub(super) kind: Kind,
    /// Further keys of the contract's column, such as its format.
    pub(super) keys: Vec<String>,
    /// What somebody has to look at, because the sample does not settle it.
    pub(super) doubt: Option<String>,
}

impl Guess {
    fn of(kind: Kind) -> Self {
        Self {
            kind,
            keys: Vec::new(),
            doubt: None,
        }
    }
}

/// Dates and times, the likelier reading first: where the sample fits several,
/// the first is taken and told.
const DATES: [&str; 13] = [
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d",
    "%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%d/%m/%y", "%m/%d/%y",
];
const TIMES: [&str; 5] = [" %H:%M:%S", "T%H:%M:%S", " %H:%M", "T%H:%M:%SZ", " %H%M"];

/// The type of a column from its name and the cells that hold something.
pub(super) fn guess(name: &str, cells: &[&str]) -> Guess {
    if cells.is_empty() {
        return Guess {
            doubt: Some("no cell of the sample holds anything: say its type".to_owned()),
            ..Guess::of(Kind::Text)
        };
    }
    let all = |test: &dyn Fn(&str) -> bool| cells.iter().all(|cell| test(cell));
    if let Some(found) = dated(cells) {
        return found;
    }
    if let Some(found) = boolean(cells) {
        return found;
    }
    let code = regex::Regex::new(ho_code::PATTERN).expect("a pattern of ours");
    if all(&|cell| code.is_match(cell)) {
        return Guess::of(Kind::HoCode);
    }
    if is_named_like_an_identifier(name) {
        return Guess::of(Kind::Identifier);
    }
    let has_leading_nought = |cell: &str| cell.len() > 1 && cell.starts_with('0');
    if all(&|cell| cell.parse::<i64>().is_ok() && !has_leading_nought(cell)) {
        return Guess::of(Kind::Integer);
    }
    let is_digits = |cell: &str| cell.bytes().all(|b| b.is_ascii_digit());
    if all(&is_digits) {
        return Guess::of(Kind::Identifier);
    }
    if all(&|cell| cell.parse::<f64>().is_ok_and(f64::is_finite)) {
        return Guess::of(Kind::Decimal);
    }
    Guess::of(Kind::Text)
}

fn is_named_like_an_identifier(name: &str) -> bool {
    let last = name.rsplit('_').next().unwrap_or(name);
    ["id", "ref", "reference", "number", "no", "urn", "key"].contains(&last)
}

fn boolean(cells: &[&str]) -> Option<Guess> {
    let is_one_of = |words: &[&str]| cells.iter().all(|cell| words.contains(cell));
    if is_one_of(&["true", "false", "TRUE", "FALSE", "True", "False"]) {
        return Some(Guess::of(Kind::Boolean));
    }
    let pairs = [
        ("Y", "N"),
        ("Yes", "No"),
        ("yes", "no"),
        ("YES", "NO"),
        ("T", "F"),
    ];
    let (yes, no) = pairs.into_iter().find(|(yes, no)| is_one_of(&[yes, no]))?;
    let map = format!("map = {{ {yes} = \"true\", {no} = \"false\" }}");
    Some(Guess {
        keys: vec![map],
        ..Guess::of(Kind::Boolean)
    })
}

fn dated(cells: &[&str]) -> Option<Guess> {
    let is_month = |cell: &&str| cell.len() == 7 && date(&format!("{cell}-01"), "%Y-%m-%d");
    if cells.iter().all(is_month) {
        return Some(Guess {
            keys: vec!["formats = [\"%Y-%m\"]".to_owned()],
            ..Guess::of(Kind::Date)
        });
    }
    let fits = |formats: Vec<String>, test: fn(&str, &str) -> bool| -> Vec<String> {
        let fit = |format: &String| cells.iter().all(|cell| test(cell, format));
        formats.into_iter().filter(fit).collect()
    };
    let dates = fits(DATES.map(str::to_owned).to_vec(), date);
    if !dates.is_empty() {
        return Some(formatted(Kind::Date, &dates));
    }
    let each = |date: &&str| TIMES.map(|time| format!("{date}{time}"));
    let times = fits(DATES.iter().flat_map(each).collect(), time);
    if !times.is_empty() {
        return Some(formatted(Kind::Timestamp, &times));
    }
    let is_iso = |cell: &&str| {
        let plain = cell.trim_end_matches('Z').replacen('T', " ", 1);
        cell.len() > 19 && NaiveDateTime::parse_from_str(&plain, "%Y-%m-%d %H:%M:%S%.f").is_ok()
    };
    let is_utc = cells.iter().any(|cell| cell.ends_with('Z'));
    cells.iter().all(is_iso).then(|| Guess {
        keys: if is_utc {
            vec!["zone = \"UTC\"".to_owned()]
        } else {
            Vec::new()
        },
        ..Guess::of(Kind::Timestamp)
    })
}

fn date(cell: &str, format: &str) -> bool {
    let is_long = cell.len() >= 10 || !format.contains("%Y%m%d");
    is_long | (cell.len() == 8)
        && NaiveDate::parse_from_str(cell, format)
            .is_ok_and(|date| (1800..2200).contains(&date.year()))
}

fn time(cell: &str, format: &str) -> bool {
    NaiveDateTime::parse_from_str(cell, format)
        .is_ok_and(|time| (1800..2200).contains(&time.year()))
}

fn formatted(kind: Kind, fits: &[String]) -> Guess {
    let mut guess = Guess::of(kind);
    let first = &fits[0];
    if first.ends_with('Z') {
        guess.keys.push("zone = \"UTC\"".to_owned());
    }
    let is_iso = [
        "%Y-%m-%d",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%dT%H:%M:%SZ",
    ];
    if !is_iso.contains(&first.as_str()) {
        guess.keys.push(format!("formats = [\"{first}\"]"));
    }
    let mut doubts = Vec::new();
    if first.contains("%y") {
        guess.keys.push("two_digit_years_from = 1930".to_owned());
        doubts.push(
            "years of two digits: say the first of the hundred years they stand for".to_owned(),
        );
    }
    if let Some(other) = fits
        .get(1)
        .filter(|other| other.contains("%m") && first.contains("%d"))
    {
        doubts.push(format!("the sample fits {first} and {other}: say which"));
    }
    guess.doubt = (!doubts.is_empty()).then(|| doubts.join("; "));
    guess
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_told_from_its_cells() {
        for (name, cells, kind, keys) in [
            (
                "on",
                &["21/11/2026", "01/02/2026"][..],
                Kind::Date,
                "formats = [\"%d/%m/%Y\"]",
            ),
            (
                "on",
                &["11/21/2026"],
                Kind::Date,
                "formats = [\"%m/%d/%Y\"]",
            ),
            ("on", &["2026-11-21"], Kind::Date, ""),
            (
                "on",
                &["20261121", "20261122"],
                Kind::Date,
                "formats = [\"%Y%m%d\"]",
            ),
            ("month", &["2026-11"], Kind::Date, "formats = [\"%Y-%m\"]"),
            (
                "on",
                &["04 Sep 2026"],
                Kind::Date,
                "formats = [\"%d %b %Y\"]",
            ),
            (
                "at",
                &["21/11/2026 10:30"],
                Kind::Timestamp,
                "formats = [\"%d/%m/%Y %H:%M\"]",
            ),
            ("at", &["2026-11-21 10:30:00"], Kind::Timestamp, ""),
            (
                "at",
                &["2026-11-21T10:30:00Z"],
                Kind::Timestamp,
                "zone = \"UTC\"",
            ),
            ("at", &["2026-11-21T10:30:00.1234567"], Kind::Timestamp, ""),
            (
                "is_so",
                &["Y", "N"],
                Kind::Boolean,
                "map = { Y = \"true\", N = \"false\" }",
            ),
            ("code", &["019/08"], Kind::HoCode, ""),
            ("crime_ref", &["12", "13"], Kind::Identifier, ""),
            ("beat", &["0012", "0013"], Kind::Identifier, ""),
            ("count", &["0", "12"], Kind::Integer, ""),
            ("share", &["0.5", "1"], Kind::Decimal, ""),
            ("words", &["0.5", "x"], Kind::Text, ""),
        ] {
            let found = guess(name, cells);
            assert_eq!(
                (found.kind, found.keys.join(", ")),
                (kind, keys.to_owned()),
                "{cells:?}"
            );
        }
        let doubt = guess("on", &["01/02/2026"]).doubt.unwrap();
        assert!(doubt.contains("%d/%m/%Y and %m/%d/%Y"), "{doubt}");
        let doubt = guess("on", &["01/02/26"]).doubt.unwrap();
        for told in ["years of two digits", "%d/%m/%y and %m/%d/%y"] {
            assert!(doubt.contains(told), "{doubt}");
        }
    }
}
