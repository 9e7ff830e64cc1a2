//! Levels that change: shares and rates with a slope, at times a step, and an
//! unrest from month to month beyond chance, as where people work.

use super::calendar::years_between;
use super::rng::Dice;
use chrono::{Datelike, NaiveDate};

/// How a level moves, told from the plan's last day back.
#[derive(Clone, Copy)]
pub(super) struct Trend {
    /// On the last day.
    now: f64,
    /// What a year added.
    yearly: f64,
    /// So many days before the last one, so much was added at once.
    step: (i64, f64),
    /// How far months are off the line: a standard deviation.
    unrest: f64,
}

/// A level that wavers and goes nowhere.
pub(super) const fn steady(now: f64, unrest: f64) -> Trend {
    rising(now, 0.0, unrest)
}

pub(super) const fn rising(now: f64, yearly: f64, unrest: f64) -> Trend {
    Trend {
        now,
        yearly,
        step: (0, 0.0),
        unrest,
    }
}

impl Trend {
    /// The same trend, stepped by `added` so many days before the last one.
    pub(super) const fn stepped(self, days_before: i64, added: f64) -> Self {
        Self {
            step: (days_before, added),
            ..self
        }
    }
}

/// A trend laid on the calendar.
pub(super) struct Level {
    trend: Trend,
    to: NaiveDate,
    /// The unrest of each month, the newest first.
    unrest: Vec<f64>,
}

/// Before so many years a level stood where it stood then.
const REACH_YEARS: f64 = 4.0;
const REACH_MONTHS: usize = 60;

/// How much of a month's unrest is left in the next.
const LASTING: f64 = 0.5;

impl Level {
    pub(super) fn new(trend: Trend, to: NaiveDate, dice: &mut Dice) -> Self {
        let mut off = trend.unrest * dice.normal();
        let fresh = trend.unrest * (1.0 - LASTING * LASTING).sqrt();
        let unrest = (0..REACH_MONTHS).map(|_| {
            let now = off;
            off = LASTING * off + fresh * dice.normal();
            now
        });
        Self {
            unrest: unrest.collect(),
            trend,
            to,
        }
    }

    pub(super) fn at(&self, day: NaiveDate) -> f64 {
        let Trend {
            now, yearly, step, ..
        } = self.trend;
        let years = years_between(day, self.to).clamp(0.0, REACH_YEARS);
        let before_step = (self.to - day).num_days() > step.0;
        let line = now - yearly * years - if before_step { step.1 } else { 0.0 };
        line + self.unrest[self.months_back(day)]
    }

    fn months_back(&self, day: NaiveDate) -> usize {
        let number = |day: NaiveDate| day.year() * 12 + day.month0().cast_signed();
        let back = usize::try_from(number(self.to) - number(day)).unwrap_or(0);
        back.min(REACH_MONTHS - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::rng::Theme;
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_level_slopes_and_steps_back_from_the_last_day() {
        let mut dice = Dice::new(1, Theme::Careers, 0);
        let to = day("2026-11-21");
        let level = Level::new(rising(0.8, 0.05, 0.0).stepped(365, 0.1), to, &mut dice);
        let near = |at: &str, value: f64| {
            let found = level.at(day(at));
            assert!((found - value).abs() < 1e-9, "{at}: {found}");
        };
        near("2026-11-21", 0.8);
        near("2025-11-21", 0.75);
        near("2024-11-21", 0.6);
        near("2010-01-01", 0.5);
        near("2027-01-01", 0.8);
    }

    #[test]
    fn months_are_off_the_line_by_their_unrest() {
        let mut dice = Dice::new(2, Theme::Careers, 0);
        let level = Level::new(steady(0.5, 0.02), day("2026-11-21"), &mut dice);
        let months = level.unrest.iter().map(|off| off * off);
        let spread = (months.sum::<f64>() / 60.0).sqrt();
        assert!((0.013..0.027).contains(&spread), "{spread}");
        assert!((level.at(day("2026-10-01")) - level.at(day("2026-10-31"))).abs() < 1e-9);
    }
}
