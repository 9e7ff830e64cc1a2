//! The `strptime` formats that a contract may name for its dates and times: what
//! each says, and whether that is enough to be one moment.

use super::{Kind, Zone};

/// One part of a format: a specifier's letter, or a letter of the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Specifier(char),
    Letter(char),
}

/// Specifiers that the database reads as numbers, and the digits of each when
/// nothing stands between it and the next.
const NUMBERS: [(char, &str); 10] = [
    ('d', "{2}"),
    ('m', "{2}"),
    ('y', "{2}"),
    ('Y', "{4}"),
    ('H', "{2}"),
    ('I', "{2}"),
    ('M', "{2}"),
    ('S', "{2}"),
    ('j', "{3}"),
    ('f', "{1,6}"),
];

/// A format that the database understands and reads as local time: it would
/// shift a time with an offset (`%z`, `%Z`) to UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateFormat(Vec<Part>);

impl DateFormat {
    pub(crate) fn parse(format: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut letters = format.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                parts.push(Part::Letter(letter));
                continue;
            }
            let specifier = match letters.next()? {
                '-' => letters.next().filter(|s| "dmyHIMSj".contains(*s))?,
                specifier => Some(specifier).filter(|s| "aAdbBmyYHIpMSfj%".contains(*s))?,
            };
            parts.push(match specifier {
                '%' => Part::Letter('%'),
                specifier => Part::Specifier(specifier),
            });
        }
        Some(Self(parts)).filter(|format| format.0.iter().any(|p| matches!(p, Part::Specifier(_))))
    }

    pub(crate) fn has(&self, any_of: &str) -> bool {
        self.count(any_of) > 0
    }

    fn count(&self, any_of: &str) -> usize {
        let is_one = |part: &&Part| matches!(part, Part::Specifier(s) if any_of.contains(*s));
        self.0.iter().filter(is_one).count()
    }

    /// Whether it says a time of the day.
    pub(crate) fn is_timed(&self) -> bool {
        self.has("HIpMSf")
    }

    /// Why this format cannot say what a column of this kind holds.
    pub(crate) fn problem(&self, kind: Kind, zone: Option<Zone>) -> Option<String> {
        let parts = [
            ("year", "yY"),
            ("month", "mbB"),
            ("day", "dj"),
            ("hour", "HI"),
            ("minute", "M"),
            ("second", "S"),
        ];
        let twice = parts.iter().find(|(_, letters)| self.count(letters) > 1);
        if let Some((part, _)) = twice {
            return Some(format!("says the {part} twice"));
        }
        if !self.has("yY") {
            return Some("has no year (%Y)".to_owned());
        }
        if !self.has("mbBj") {
            return Some("has no month (%m, %b or %B)".to_owned());
        }
        // `%Y-%m` is a month; a day of the week beside it is a date cut short.
        if !self.has("dj") && (kind == Kind::Timestamp || self.is_timed() || self.has("aA")) {
            return Some("has no day (%d)".to_owned());
        }
        if self.has("pMSf") && !self.has("HI") {
            return Some("has no hour (%H)".to_owned());
        }
        if self.has("I") != self.has("p") {
            return Some("has %I or %p alone; expected both, or %H".to_owned());
        }
        if self.has("Sf") && !self.has("M") {
            return Some("has no minute (%M)".to_owned());
        }
        let is_zoned = self.is_timed() && self.offset().is_some();
        (is_zoned && zone.is_none()).then(|| {
            "has an offset, such as Z, that would be dropped; expected zone = \"UTC\" beside it, \
             which turns the moments into local time, or zone = \"local\", which keeps them as \
             they are written"
                .to_owned()
        })
    }

    /// The offset that stands at its end, as text: `Z`, `+01:00`, `UTC`.
    fn offset(&self) -> Option<String> {
        let last = self
            .0
            .iter()
            .rposition(|p| matches!(p, Part::Specifier(_)))?;
        let tail = self.0[last + 1..].iter().filter_map(|part| match part {
            Part::Letter(letter) => Some(*letter),
            Part::Specifier(_) => None,
        });
        let tail: String = tail.collect::<String>().trim().to_uppercase();
        let is_offset = ["Z", "UTC", "GMT", "BST"].contains(&tail.as_str())
            || (tail.starts_with(['+', '-'])
                && tail[1..].starts_with(|c: char| c.is_ascii_digit()));
        is_offset.then_some(tail)
    }

    /// Whether its offset is nought, or it has none.
    pub(crate) fn is_utc(&self) -> bool {
        self.offset().is_none_or(|offset| {
            ["Z", "UTC", "GMT"].contains(&offset.as_str())
                || offset[1..].chars().all(|c| c == '0' || c == ':')
        })
    }

    /// Numbers that stand side by side with nothing between are told apart by
    /// their width alone: what a cell must look like, when this has any. The
    /// database would read `2026121` as 1 December.
    pub(crate) fn width(&self) -> Option<String> {
        let digits = |part: &Part| match part {
            Part::Specifier(s) => NUMBERS.iter().find(|(n, _)| n == s).map(|(_, d)| *d),
            Part::Letter(letter) => letter.is_ascii_digit().then_some("{1}"),
        };
        let is_beside = |at: usize| {
            digits(&self.0[at]).is_some()
                && (at
                    .checked_sub(1)
                    .is_some_and(|at| digits(&self.0[at]).is_some())
                    || self
                        .0
                        .get(at + 1)
                        .is_some_and(|next| digits(next).is_some()))
        };
        if !(0..self.0.len()).any(is_beside) {
            return None;
        }
        let mut pattern = String::new();
        for (at, part) in self.0.iter().enumerate() {
            match (part, digits(part)) {
                (Part::Specifier(_), Some(digits)) if is_beside(at) => {
                    pattern += "[0-9]";
                    pattern += digits;
                }
                (Part::Specifier(_), Some(_)) => pattern += "[0-9]+",
                (Part::Specifier(_), None) => pattern += ".+",
                (Part::Letter(letter), _) if letter.is_whitespace() => pattern += "\\s+",
                (Part::Letter(letter), _) => pattern += &regex::escape(&letter.to_string()),
            }
        }
        Some(pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(format: &str, kind: Kind) -> String {
        DateFormat::parse(format).map_or_else(
            || "is no format".to_owned(),
            |format| format.problem(kind, None).unwrap_or_default(),
        )
    }

    #[test]
    fn a_date_needs_its_year_month_and_day_unless_it_is_a_month() {
        for good in ["%Y-%m-%d", "%d %b %Y", "%Y%m%d", "%Y-%m", "%B %Y", "%j/%Y"] {
            assert_eq!(problem(good, Kind::Date), "", "{good}");
        }
        for (format, told) in [
            ("%d Sept %Y", "no month"),
            ("%d %Y", "no month"),
            ("%d/%m", "no year"),
            ("%Y", "no month"),
            ("%a %B %Y", "no day"),
            ("%m/%m/%Y", "month twice"),
            ("%Y-%m %H:%M", "no day"),
            ("%Y-%W-%u", "is no format"),
            ("Sept", "is no format"),
            ("%d/%m/%Y %", "is no format"),
        ] {
            let found = problem(format, Kind::Date);
            assert!(found.contains(told), "{format}: {found}");
        }
    }

    #[test]
    fn a_time_needs_its_day_and_a_half_day_its_mark() {
        assert_eq!(problem("%d/%m/%Y %I:%M %p", Kind::Timestamp), "");
        assert_eq!(problem("%Y-%m-%d", Kind::Timestamp), "");
        for (format, told) in [
            ("%Y-%m", "no day"),
            ("%d/%m/%Y %I:%M", "%I or %p alone"),
            ("%d/%m/%Y %H:%M %p", "%I or %p alone"),
            ("%d/%m/%Y %M:%S", "no hour"),
            ("%d/%m/%Y %H.%S", "no minute"),
            ("%Y-%m-%dT%H:%M:%SZ", "zone = \"UTC\""),
            ("%Y-%m-%dT%H:%M:%S.%f+00:00", "zone = \"UTC\""),
            ("%Y-%m-%d %H:%M UTC", "zone = \"UTC\""),
        ] {
            let found = problem(format, Kind::Timestamp);
            assert!(found.contains(told), "{format}: {found}");
        }
        let zoned = DateFormat::parse("%Y-%m-%dT%H:%M:%SZ").unwrap();
        assert_eq!(zoned.problem(Kind::Timestamp, Some(Zone::Utc)), None);
        assert!(zoned.is_utc());
        let summer = DateFormat::parse("%Y-%m-%dT%H:%M:%S+01:00").unwrap();
        assert!(!summer.is_utc());
    }

    #[test]
    fn digits_without_separators_are_held_to_their_width() {
        let width = |format| DateFormat::parse(format).unwrap().width();
        assert_eq!(
            width("%Y%m%d %H%M").unwrap(),
            "[0-9]{4}[0-9]{2}[0-9]{2}\\s+[0-9]{2}[0-9]{2}"
        );
        assert_eq!(width("%d%b%Y"), None);
        assert_eq!(width("%d/%m/%Y"), None);
    }
}
