//! When things happen: busy and quiet days, hours of the day, spreads of a
//! total over a span.

use super::rng::{Dice, count, whole};
use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, Weekday};

/// Days in the window that a list looks back over.
pub(super) const YEAR: i64 = 365;

/// When a crime is committed, or a report made, by hour.
const NIGHT_HOURS: [u32; 24] = [
    62, 50, 40, 32, 24, 20, 20, 24, 32, 36, 38, 40, 46, 44, 44, 50, 54, 58, 64, 70, 74, 76, 76, 70,
];
const DAY_HOURS: [u32; 24] = [
    26, 20, 16, 13, 11, 12, 18, 30, 48, 62, 68, 68, 66, 64, 66, 66, 64, 62, 58, 54, 50, 46, 42, 34,
];

/// Relative volume of a day: summer, weekends, the turn of the year, and a
/// gentle rise of two per cent a year counted back from `to`.
pub(super) fn busy(day: NaiveDate, to: NaiveDate) -> f64 {
    let turn = f64::from(day.ordinal()) / 366.0;
    let summer = 1.0 + 0.07 * (std::f64::consts::TAU * (turn - 0.53)).cos();
    let weekday = match day.weekday() {
        Weekday::Sat => 1.10,
        Weekday::Sun => 1.12,
        Weekday::Fri | Weekday::Mon => 1.0,
        _ => 0.95,
    };
    let feast = match (day.month(), day.day()) {
        (1, 1) => 1.55,
        (12, 24..=26 | 31) => 1.22,
        (12, 12..=23 | 27..=30) => 1.09,
        _ => 1.0,
    };
    let years = years_between(day, to);
    summer * weekday * feast * (1.0 - 0.02 * years)
}

/// The sum of [`busy`] over [from, until).
pub(super) fn business(from: NaiveDate, until: NaiveDate, to: NaiveDate) -> f64 {
    days(from, until).map(|day| busy(day, to)).sum()
}

/// The days of [from, until).
pub(super) fn days(from: NaiveDate, until: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    from.iter_days().take_while(move |day| *day < until)
}

/// How many of a steady flow fall on each day, so that running totals stay
/// within one of `rate` times the business done.
pub(super) fn quotas(
    from: NaiveDate,
    until: NaiveDate,
    to: NaiveDate,
    rate: f64,
) -> Vec<(NaiveDate, usize)> {
    let mut due = 0.0;
    let mut given = 0;
    days(from, until)
        .map(|day| {
            due += rate * busy(day, to);
            let today = count(due).saturating_sub(given);
            given += today;
            (day, today)
        })
        .collect()
}

/// A moment of `day` at which a crime may be committed.
pub(super) fn night_out(day: NaiveDate, dice: &mut Dice) -> NaiveDateTime {
    moment(day, &NIGHT_HOURS, dice)
}

/// A moment of `day` at which a report may be made, or an officer be at work.
pub(super) fn day_time(day: NaiveDate, dice: &mut Dice) -> NaiveDateTime {
    moment(day, &DAY_HOURS, dice)
}

fn moment(day: NaiveDate, hours: &[u32; 24], dice: &mut Dice) -> NaiveDateTime {
    let total: u32 = hours.iter().sum();
    let mut left = dice.between(0, i64::from(total) - 1);
    let mut hour = 0;
    for parts in hours {
        if left < i64::from(*parts) {
            break;
        }
        left -= i64::from(*parts);
        hour += 1;
    }
    midnight(day) + TimeDelta::seconds(hour * 3600 + dice.between(0, 3599))
}

pub(super) fn midnight(day: NaiveDate) -> NaiveDateTime {
    day.and_time(chrono::NaiveTime::MIN)
}

pub(super) fn in_days(from: NaiveDateTime, days: f64) -> NaiveDateTime {
    from + TimeDelta::seconds(whole(days * 86_400.0))
}

pub(super) fn later(day: NaiveDate, days: i64) -> NaiveDate {
    day + TimeDelta::days(days)
}

/// Years of 365 days from one day to another, with their fraction.
pub(super) fn years_between(from: NaiveDate, until: NaiveDate) -> f64 {
    f64::from(i32::try_from((until - from).num_days()).unwrap_or(0)) / 365.0
}

/// The same time of day some working days later; bank holidays are not known.
pub(super) fn working_days(from: NaiveDateTime, days: u32) -> NaiveDateTime {
    let mut left = days;
    let mut at = from;
    while left > 0 {
        at += TimeDelta::days(1);
        left -= u32::from(!is_weekend(at.date()));
    }
    at
}

pub(super) fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Whole years from `born` to `day`.
pub(super) fn age(born: NaiveDate, day: NaiveDate) -> i32 {
    let birthday_to_come = (day.month(), day.day()) < (born.month(), born.day());
    day.year() - born.year() - i32::from(birthday_to_come)
}

/// The first of the month of `day`, moved by whole months.
pub(super) fn month_start(day: NaiveDate, months: i32) -> NaiveDate {
    let count = day.year() * 12 + day.month0().cast_signed() + months;
    let month = count.rem_euclid(12).cast_unsigned() + 1;
    NaiveDate::from_ymd_opt(count.div_euclid(12), month, 1).unwrap_or(day)
}

/// A date of birth that makes someone between two ages (in years) on `day`.
pub(super) fn born_between(day: NaiveDate, (low, high): (f64, f64), dice: &mut Dice) -> NaiveDate {
    let years = low + (high - low) * dice.unit();
    day - TimeDelta::days(whole(years * 365.25))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weekend_holds_no_working_day() {
        let friday = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let at = |days| midnight(later(friday, days));
        assert_eq!(working_days(at(0), 1), at(3));
        assert_eq!(working_days(at(1), 1), at(3));
        assert_eq!(working_days(at(0), 5), at(7));
    }
}
