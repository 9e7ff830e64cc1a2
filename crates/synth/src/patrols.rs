//! Patrols of the places where harm gathers: minutes ordered and minutes
//! walked, which some logs give some days late.

use super::Plan;
use super::calendar::{days, later, night_out};
use super::files::Record;
use super::levels::{Level, Trend, steady};
use super::places::Spot;
use super::rng::{Dice, Theme, whole};
use super::row::Row;
use super::source::{Kind, Source};
use super::world::World;
use chrono::{Datelike, NaiveDate, NaiveDateTime, Weekday};

pub(super) const PATROLS: Source = Source {
    name: "patrols",
    keys: 1,
    columns: &[
        ("patrol_ref", Kind::Text),
        ("easting", Kind::Number),
        ("northing", Kind::Number),
        ("starts_at", Kind::Moment),
        ("scheduled_minutes", Kind::Number),
        ("delivered_minutes", Kind::Number),
    ],
};

/// Patrols on an ordinary day, at 36,000 suspects.
const DAILY: f64 = 105.0;

/// Share of patrols that nobody walks: fewer since they are booked in advance.
const MISSED: Trend = steady(0.006, 0.002).stepped(390, -0.006);

pub(super) struct Patrol {
    number: u32,
    spot: Spot,
    starts: NaiveDateTime,
    scheduled: i64,
    delivered: i64,
    /// The day on which the log came in.
    logged: NaiveDate,
}

pub(super) fn make(world: &World, plan: &Plan) -> Vec<Patrol> {
    let mut dice = Dice::new(plan.seed, Theme::Patrols, 0);
    let daily = DAILY * f64::from(plan.suspects) / 36_000.0;
    let missed = Level::new(MISSED, plan.to, &mut dice);
    let mut patrols = Vec::new();
    for day in days(plan.from, plan.to) {
        for _ in 0..dice.poisson(daily * demand(day)) {
            patrols.push(Patrol::new(world, day, missed.at(day), &mut dice));
        }
    }
    patrols.sort_by_key(|patrol| patrol.starts);
    for (number, patrol) in (1..).zip(&mut patrols) {
        patrol.number = number;
    }
    patrols
}

/// More at weekends and in the dark months.
fn demand(day: NaiveDate) -> f64 {
    let weekend = matches!(day.weekday(), Weekday::Fri | Weekday::Sat);
    let dark = matches!(day.month(), 10..=12 | 1 | 2);
    (if weekend { 1.45 } else { 0.82 }) * if dark { 1.08 } else { 0.95 }
}

/// Share of the ordered minutes that are walked: most patrols go their whole
/// time, a few are called away, and fewer still when calls are many.
fn walked(day: NaiveDate, missed: f64, dice: &mut Dice) -> f64 {
    let strained = matches!((day.month(), day.day()), (7 | 8, _) | (12, 12..) | (1, 1));
    if dice.chance(if strained { 0.012 + missed } else { missed }) {
        0.0
    } else if dice.chance(0.06) {
        0.35 + 0.6 * dice.unit()
    } else {
        1.0
    }
}

impl Patrol {
    fn new(world: &World, day: NaiveDate, missed: f64, dice: &mut Dice) -> Self {
        let borough = world.london.borough(dice);
        let scheduled = dice.choose(&[(15, 30), (20, 20), (30, 30), (45, 8), (60, 12)]);
        let delivered = f64::from(scheduled) * walked(day, missed, dice);
        let late = if dice.chance(0.07) {
            dice.between(1, 6)
        } else {
            0
        };
        Self {
            number: 0,
            spot: world.london.spot(borough, true, day, dice),
            starts: night_out(day, dice),
            scheduled: i64::from(scheduled),
            delivered: whole(delivered),
            logged: later(day, late),
        }
    }
}

impl Record for Patrol {
    const DAMAGE: Option<Theme> = Some(Theme::Patrols);

    fn order(&self, _: &World) -> u64 {
        u64::from(self.number)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.starts.date());
        days.push(self.logged);
    }

    fn fill(&self, _: &World, morning: NaiveDate, row: &mut Row) {
        row.text(&format!("PT{:07}", self.number));
        row.number(self.spot.easting);
        row.number(self.spot.northing);
        row.moment(Some(self.starts));
        row.number(self.scheduled);
        row.number_or_none((self.logged < morning).then_some(self.delivered));
    }

    fn steady(&self, _: &World) -> bool {
        false
    }
}
