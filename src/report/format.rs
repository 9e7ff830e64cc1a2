//! How figures and dates are printed, in one place, so that the page, the mail
//! and the text say the same thing.

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use super::view::measure::Unit;
use crate::table::figure;

/// The harm index counts a year as 365 days.
const DAYS_PER_YEAR: u32 = 365;

/// `12,345`.
pub fn count(value: u64) -> String {
    figure::grouped(&value.to_string())
}

/// `seven`; figures from 11 up.
pub fn count_in_words(value: u64) -> String {
    const WORDS: [&str; 11] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    let word = usize::try_from(value).ok().and_then(|at| WORDS.get(at));
    word.map_or_else(|| count(value), |word| (*word).to_owned())
}

/// `1 person`, `6 people`, `0 people`.
pub fn plural(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

/// A number with a fixed count of decimals: `1,234.5`, a real minus sign, and
/// never `-0`.
pub fn number(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "[x]".to_owned();
    }
    let digits = format!("{:.decimals$}", value.abs());
    let is_zero = digits.chars().all(|c| c == '0' || c == '.');
    let sign = if value < 0.0 && !is_zero { "−" } else { "" };
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits.as_str(), String::new()), |(whole, rest)| {
            (whole, format!(".{rest}"))
        });
    format!("{sign}{}{fraction}", figure::grouped(whole))
}

/// A mean of counts: whole from 10 up, one decimal below.
pub fn mean(value: f64) -> String {
    number(value, usize::from(value.abs() < 9.95))
}

/// Harm in days without the unit: `5,475`, `547.5`.
pub fn harm(days: Decimal) -> String {
    let rounded = days.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero);
    let decimals = usize::from(!rounded.fract().is_zero());
    number(rounded.to_f64().unwrap_or(f64::NAN), decimals)
}

/// Harm with its unit: `1 day`, `547.5 days`.
pub fn harm_days(days: Decimal) -> String {
    let unit = if days == Decimal::ONE { "day" } else { "days" };
    format!("{} {unit}", harm(days))
}

/// Harm in years of 365 days without the unit: `15.0`, `1,312` from 100 up.
pub fn harm_years(days: Decimal) -> String {
    let years = (days / Decimal::from(DAYS_PER_YEAR))
        .to_f64()
        .unwrap_or(f64::NAN);
    number(years, usize::from(years < 99.95))
}

/// `8.3%`; the value runs from 0 to 100.
pub fn percent(value: f64) -> String {
    format!("{}%", number(value, 1))
}

/// A percentage change with its sign: `+41%`, `−8%`, `0%`.
pub fn change(value: f64) -> String {
    let printed = number(value, 0);
    let sign = if value > 0.0 && printed != "0" {
        "+"
    } else {
        ""
    };
    format!("{sign}{printed}%")
}

/// A change with its sign: `+1,825`, `−547.5`.
pub fn signed(value: f64) -> String {
    let decimals = usize::from((value - value.round()).abs() > 1e-9);
    let printed = number(value, decimals);
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{printed}")
}

/// `part` of `whole` as a percentage; `[z]` when there is no whole.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "[z]".to_owned();
    }
    percent(ratio(part, whole) * 100.0)
}

/// A measure's value as a table prints it: `8.3%`, `426`, `2.41`.
pub fn value(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Percent => percent(value),
        Unit::Change => change(value),
        Unit::Days | Unit::Count => mean_or_whole(value),
        Unit::Ratio | Unit::PerThousand => number(value, if value.abs() < 9.995 { 2 } else { 1 }),
    }
}

/// A measure's value as a sentence says it: `426 days`.
pub fn value_in_words(unit: Unit, amount: f64) -> String {
    let printed = value(unit, amount);
    match unit {
        Unit::Days => format!("{printed} {}", if printed == "1" { "day" } else { "days" }),
        Unit::PerThousand => format!("{printed} per 1,000"),
        Unit::Percent | Unit::Change | Unit::Count | Unit::Ratio => printed,
    }
}

/// The unit beneath a chart.
pub fn unit_title(unit: Unit) -> &'static str {
    match unit {
        Unit::Percent => "percent",
        Unit::Change => "percentage change on the same month a year before",
        Unit::Days => "days",
        Unit::Count => "count",
        Unit::Ratio => "ratio",
        Unit::PerThousand => "per 1,000",
    }
}

/// `21 November 2026`.
pub fn date(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// `Saturday 21 November 2026`.
pub fn weekday_date(day: NaiveDate) -> String {
    day.format("%A %-d %B %Y").to_string()
}

/// `Friday 20 November`, where the year is plain from the page.
pub fn weekday_day(day: NaiveDate) -> String {
    day.format("%A %-d %B").to_string()
}

/// `20 Nov`, on an axis.
pub fn day_short(day: NaiveDate) -> String {
    day.format("%-d %b").to_string()
}

/// `Friday`.
pub fn weekday(day: NaiveDate) -> String {
    day.format("%A").to_string()
}

/// `October 2026`.
pub fn month(day: NaiveDate) -> String {
    day.format("%B %Y").to_string()
}

/// `Oct 2026`, on an axis or in a narrow column.
pub fn month_short(day: NaiveDate) -> String {
    day.format("%b %Y").to_string()
}

/// `21 November 2026, 04:10`.
pub fn date_time(at: NaiveDateTime) -> String {
    at.format("%-d %B %Y, %H:%M").to_string()
}

/// `21 Nov, 04:10`, in a table about one night.
pub fn date_time_short(at: NaiveDateTime) -> String {
    at.format("%-d %b, %H:%M").to_string()
}

/// `a`, `a and b`, `a, b and c`.
pub fn list_in_words(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [firsts @ .., last] => format!("{} and {last}", firsts.join(", ")),
    }
}

/// The same text with a capital first letter.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

/// The same text as it stands inside a sentence: a small first letter, unless
/// the first word is an abbreviation.
pub fn inside_a_sentence(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().collect::<String>() + &text[first.len_utf8()..]
        }
        _ => text.to_owned(),
    }
}

/// One part of a whole, 0 to 1; 0 without a whole.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of records stay far below 2^52"
)]
pub fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 / whole as f64
}

/// A mean of counts, without decimals when it has none.
pub fn mean_or_whole(value: f64) -> String {
    if (value - value.round()).abs() < 1e-9 {
        number(value, 0)
    } else {
        mean(value)
    }
}

/// A place in a row, to reckon with.
pub fn position(index: usize) -> f64 {
    f64::from(u32::try_from(index).unwrap_or(u32::MAX))
}

/// A count to reckon with.
pub fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000), "1,000");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(number(-1_234.56, 1), "−1,234.6");
    }

    #[test]
    fn a_rounded_zero_has_no_sign_and_no_number_is_marked() {
        assert_eq!(number(-0.04, 1), "0.0");
        assert_eq!(number(f64::NAN, 1), "[x]");
    }

    #[test]
    fn one_takes_the_singular_and_none_the_plural() {
        assert_eq!(plural(1, "person", "people"), "1 person");
        assert_eq!(plural(0, "person", "people"), "0 people");
        assert_eq!(plural(1_200, "person", "people"), "1,200 people");
    }

    #[test]
    fn up_to_ten_is_a_word() {
        assert_eq!(count_in_words(7), "seven");
        assert_eq!(count_in_words(10), "ten");
        assert_eq!(count_in_words(1_100), "1,100");
    }

    #[test]
    fn harm_keeps_half_days_and_years_have_365() {
        assert_eq!(harm(Decimal::new(5475, 1)), "547.5");
        assert_eq!(harm_days(Decimal::ONE), "1 day");
        assert_eq!(harm_days(Decimal::from(5475)), "5,475 days");
        assert_eq!(harm_years(Decimal::from(5475)), "15.0");
        assert_eq!(harm_years(Decimal::from(478_880)), "1,312");
    }

    #[test]
    fn values_have_sensible_precision() {
        assert_eq!(value(Unit::Percent, 54.2714), "54.3%");
        assert_eq!(value(Unit::Days, 426.0), "426");
        assert_eq!(value(Unit::Days, 9.5), "9.5");
        assert_eq!(value(Unit::Days, 426.4), "426");
        assert_eq!(value(Unit::Ratio, 2.414), "2.41");
        assert_eq!(value_in_words(Unit::Days, 1.0), "1 day");
        assert_eq!(share(1, 0), "[z]");
        assert_eq!(share(1, 8), "12.5%");
    }

    #[test]
    fn a_change_has_a_sign_and_no_decimals() {
        assert_eq!(change(41.2), "+41%");
        assert_eq!(change(-8.4), "−8%");
        assert_eq!(change(0.2), "0%");
        assert_eq!(change(675.0), "+675%");
        assert_eq!(value(Unit::Change, 100.0), "+100%");
    }

    #[test]
    fn an_offence_begins_small_inside_a_sentence() {
        assert_eq!(inside_a_sentence("Rape of a female"), "rape of a female");
        assert_eq!(inside_a_sentence("ABH"), "ABH");
        assert_eq!(inside_a_sentence(""), "");
    }

    #[test]
    fn dates_read_as_people_say_them() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a date");
        assert_eq!(date(day), "21 November 2026");
        assert_eq!(weekday_date(day), "Saturday 21 November 2026");
        assert_eq!(month(day), "November 2026");
    }

    #[test]
    fn lists_end_with_and() {
        let items: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
        assert_eq!(list_in_words(&items), "a, b and c");
        assert_eq!(list_in_words(&items[..2]), "a and b");
        assert_eq!(list_in_words(&[]), "");
    }
}
