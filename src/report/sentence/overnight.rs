//! What the night before brought, against the same weekday of earlier weeks.

use super::{Sentence, breaks};
use crate::report::format;
use crate::report::view::morning_briefing::{DayCount, OnList, Overnight, Usual};

/// Where a day's count stands among the same weekdays before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Above,
    Within,
    Below,
    /// Nothing earlier to compare with.
    Unknown,
}

pub fn standing(day: DayCount) -> Standing {
    match day.usual {
        None => Standing::Unknown,
        Some(usual) if day.count > usual.high => Standing::Above,
        Some(usual) if day.count < usual.low => Standing::Below,
        Some(_) => Standing::Within,
    }
}

/// The word beside the number in a table.
pub fn standing_in_words(day: DayCount) -> &'static str {
    match standing(day) {
        Standing::Above => "above range",
        Standing::Within => "in range",
        Standing::Below => "below range",
        Standing::Unknown => "no earlier weeks",
    }
}

/// The lead sentence about the night.
pub fn lead(night: &Overnight) -> Sentence {
    let weekday = format::weekday_day(night.day);
    if !night.is_complete {
        return Sentence {
            before: format!("The crimes of {weekday} "),
            linked: absent(night).to_owned(),
            after: ", so the night is not counted here.".to_owned(),
            target: "#sources".to_owned(),
        };
    }
    let linked = crimes(night.vawg.count);
    let verb = if night.vawg.count == 1 { "was" } else { "were" };
    let after = format!(" {verb} recorded on {weekday}{}.", comparison(night));
    Sentence::new(&linked, &after, "#night")
}

/// ` What is usual is of the days since 28 February 2024, ...`, after a break.
pub fn since(night: &Overnight) -> String {
    night.crosses.as_ref().map_or_else(String::new, |found| {
        format!(
            " What is usual is that of the days since: {}.",
            breaks::reason(found.date, &found.what)
        )
    })
}

/// The heading of the night's section.
pub fn heading(night: &Overnight) -> String {
    if !night.is_complete {
        return format!("The night’s crimes {}", absent(night));
    }
    let crimes = crimes(night.vawg.count);
    let weekday = format::weekday(night.day);
    match (standing(night.vawg), night.vawg.usual) {
        (Standing::Above, Some(u)) => {
            format!("{crimes}, more than on {}", any_of(u, &weekday))
        }
        (Standing::Below, Some(u)) => {
            format!("{crimes}, fewer than on {}", any_of(u, &weekday))
        }
        (Standing::Within, Some(_)) => format!("{crimes}, in the range of a {weekday}"),
        _ => format!("{crimes} recorded on {weekday}"),
    }
}

fn absent(night: &Overnight) -> &'static str {
    if night.is_held_back {
        "are held back by a failed check"
    } else {
        "have not arrived"
    }
}

/// Why a night has no counts of crimes.
pub fn left_out(night: &Overnight) -> &'static str {
    if night.is_held_back {
        "Counts of crimes are left out until the check holds."
    } else {
        "Counts of crimes are left out until the extract is in."
    }
}

/// How many groups stood outside their range, and how many would by chance:
/// a new value is the highest or lowest of nine once in 4.5 times.
pub fn groups(night: &Overnight) -> String {
    let compared: Vec<_> = night
        .groups
        .iter()
        .filter(|group| standing(group.day) != Standing::Unknown)
        .collect();
    if compared.is_empty() {
        return "No group has earlier weeks to compare with yet.".to_owned();
    }
    let outside: Vec<String> = compared
        .iter()
        .filter(|group| standing(group.day) != Standing::Within)
        .map(|group| {
            let word = standing_in_words(group.day).replace("range", "its range");
            format!("{} ({word})", group.title)
        })
        .collect();
    let chance: f64 = compared
        .iter()
        .filter_map(|group| group.day.usual)
        .map(|usual| 2.0 / f64::from(usual.weeks + 1))
        .sum();
    let expected = format!(
        "by chance alone about {} of {} would",
        format::number(chance, 0),
        compared.len()
    );
    if outside.is_empty() {
        format!("No group stands outside its usual range; {expected}.")
    } else {
        let verb = if outside.len() == 1 {
            "stands"
        } else {
            "stand"
        };
        let of = format!("{} of {} groups", outside.len(), compared.len());
        let names = format::list_in_words(&outside);
        format!("{of} {verb} outside the usual range: {names}; {expected}.")
    }
}

/// Domestic abuse among the night's crimes.
pub fn domestic_abuse(night: &Overnight) -> String {
    if night.vawg.count == 0 {
        return String::new();
    }
    let share = format::share(night.domestic_abuse, night.vawg.count);
    let usual = night
        .domestic_abuse_usual_percent
        .map(|usual| format!(", against {} usually", format::percent(usual)))
        .unwrap_or_default();
    format!(
        "{} of them ({share}{usual}) {} flagged as domestic abuse.",
        format::count(night.domestic_abuse),
        if night.domestic_abuse == 1 {
            "was"
        } else {
            "were"
        }
    )
}

/// The finding above the chart of days.
pub fn chart_title(night: &Overnight) -> String {
    let day = format::weekday_day(night.day);
    let count = format::count(night.vawg.count);
    let Some(usual) = night.vawg.usual else {
        return format!("{day}: {count} VAWG crimes recorded");
    };
    let range = range_in_words(usual);
    let word = match standing(night.vawg) {
        Standing::Above => "above",
        Standing::Below => "below",
        Standing::Within | Standing::Unknown => "within",
    };
    let weekday = format::weekday(night.day);
    format!(
        "{day} stands at {count}, {word} the range of the last {}, {range}",
        weekdays(usual, &weekday)
    )
}

/// What the chart of days shows, for those who cannot see it.
pub fn chart_description(night: &Overnight) -> String {
    let days = night.daily.len();
    let low = night.daily.iter().map(|day| day.count).min().unwrap_or(0);
    let high = night.daily.iter().map(|day| day.count).max().unwrap_or(0);
    format!(
        "Bar chart of VAWG crimes recorded on each of {days} days up to {}. Lowest {}, highest {}, \
         last {}.",
        format::date(night.day),
        format::count(low),
        format::count(high),
        format::count(night.vawg.count)
    )
}

/// `12, of which 2 by people on the list`, or `[x]` without the extract.
pub fn on_list(figure: Option<OnList>) -> (String, String) {
    figure.map_or_else(
        || ("[x]".to_owned(), "[x]".to_owned()),
        |figure| (format::count(figure.total), format::count(figure.on_list)),
    )
}

/// `262 to 341`, or the one number when they agree.
pub fn range_in_words(usual: Usual) -> String {
    if usual.low == usual.high {
        return format::count(usual.low);
    }
    format!(
        "{} to {}",
        format::count(usual.low),
        format::count(usual.high)
    )
}

fn crimes(count: u64) -> String {
    if count == 0 {
        "No VAWG crimes".to_owned()
    } else {
        format::plural(count, "VAWG crime", "VAWG crimes")
    }
}

fn comparison(night: &Overnight) -> String {
    let weekday = format::weekday(night.day);
    let Some(usual) = night.vawg.usual else {
        return format!(", with no earlier {weekday} to compare");
    };
    let range = range_in_words(usual);
    let mean = format::mean(usual.mean);
    match standing(night.vawg) {
        Standing::Above => format!(
            ", more than on {} ({range}, mean {mean})",
            any_of(usual, &weekday)
        ),
        Standing::Below => format!(
            ", fewer than on {} ({range}, mean {mean})",
            any_of(usual, &weekday)
        ),
        Standing::Within | Standing::Unknown => format!(
            ", within the range of the last {} ({range}, mean {mean})",
            weekdays(usual, &weekday)
        ),
    }
}

fn any_of(usual: Usual, weekday: &str) -> String {
    if usual.weeks == 1 {
        format!("the {weekday} before")
    } else {
        format!("any of the last {}", weekdays(usual, weekday))
    }
}

fn weekdays(usual: Usual, weekday: &str) -> String {
    if usual.weeks == 1 {
        weekday.to_owned()
    } else {
        format!("{} {weekday}s", usual.weeks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::sample;

    fn night(count: u64) -> Overnight {
        let mut night = sample::morning_briefing().overnight;
        night.vawg.count = count;
        night.vawg.usual = Some(Usual {
            weeks: 8,
            mean: 300.4,
            low: 262,
            high: 341,
        });
        night
    }

    #[test]
    fn a_night_in_its_range_says_so_with_the_range() {
        assert_eq!(
            lead(&night(312)).text(),
            "312 VAWG crimes were recorded on Friday 20 November, within the range of the last 8 \
             Fridays (262 to 341, mean 300)."
        );
        assert_eq!(
            heading(&night(312)),
            "312 VAWG crimes, in the range of a Friday"
        );
    }

    #[test]
    fn a_night_outside_its_range_is_named_as_more_or_fewer() {
        assert!(
            lead(&night(342))
                .text()
                .contains("more than on any of the last 8 Fridays")
        );
        assert!(heading(&night(261)).contains("fewer than on any of the last 8 Fridays"));
        assert_eq!(standing(night(341).vawg), Standing::Within);
    }

    #[test]
    fn one_and_none_read_as_english() {
        assert!(
            lead(&night(1))
                .text()
                .starts_with("1 VAWG crime was recorded")
        );
        assert!(
            lead(&night(0))
                .text()
                .starts_with("No VAWG crimes were recorded")
        );
        assert_eq!(domestic_abuse(&night(0)), "");
    }

    #[test]
    fn without_earlier_weeks_nothing_is_compared() {
        let mut first = night(5);
        first.vawg.usual = None;
        assert_eq!(
            lead(&first).text(),
            "5 VAWG crimes were recorded on Friday 20 November, with no earlier Friday to compare."
        );
    }

    #[test]
    fn a_night_without_its_extract_is_not_a_zero() {
        let mut missing = night(0);
        missing.is_complete = false;
        assert!(lead(&missing).text().contains("have not arrived"));
        assert!(!heading(&missing).contains('0'));
    }

    #[test]
    fn chance_is_printed_beside_the_groups_outside() {
        let mut outside = night(312);
        for group in &mut outside.groups {
            group.day.usual = Some(Usual {
                weeks: 8,
                mean: 5.0,
                low: 1,
                high: 9,
            });
            group.day.count = 5;
        }
        let quiet = groups(&outside);
        assert!(quiet.starts_with("No group stands outside its usual range"));
        outside.groups[0].day.count = 10;
        let one = groups(&outside);
        assert!(one.contains("1 of 8 groups stands outside"), "{one}");
        assert!(one.contains("about 2 of 8 would"), "{one}");
    }

    #[test]
    fn an_absent_extract_is_marked_unavailable() {
        assert_eq!(on_list(None), ("[x]".to_owned(), "[x]".to_owned()));
    }
}
