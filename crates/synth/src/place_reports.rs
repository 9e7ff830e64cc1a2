//! Places that Londoners report as unsafe, and when they had an answer.

use super::Plan;
use super::calendar::{days, in_days, later, night_out, years_between};
use super::files::Record;
use super::levels::{Level, Trend, rising};
use super::places::Spot;
use super::rng::{Dice, Theme};
use super::row::Row;
use super::source::{Kind, Source};
use super::world::World;
use chrono::{Datelike, NaiveDate, NaiveDateTime};

pub(super) const PLACE_REPORTS: Source = Source {
    name: "place_reports",
    keys: 1,
    columns: &[
        ("report_ref", Kind::Text),
        ("reported_at", Kind::Moment),
        ("easting", Kind::Number),
        ("northing", Kind::Number),
        (
            "category",
            Kind::Choice(&[
                "poor_lighting",
                "followed",
                "harassed",
                "drink_and_drugs",
                "hidden_place",
                "no_help_near",
            ]),
        ),
        ("answered_at", Kind::Moment),
    ],
};

/// Reports in the last year, at 36,000 suspects.
const PER_YEAR: f64 = 8_200.0;

/// Share answered within 28 days.
const IN_TIME: Trend = rising(0.80, 0.03, 0.02);

pub(super) struct PlaceReport {
    number: u32,
    reported: NaiveDateTime,
    spot: Spot,
    category: &'static str,
    answered: Option<NaiveDateTime>,
}

/// Reports of the span, and those of the quarter before it.
pub(super) fn make(world: &World, plan: &Plan) -> Vec<PlaceReport> {
    let mut dice = Dice::new(plan.seed, Theme::PlaceReports, 0);
    let daily = PER_YEAR / 365.0 * f64::from(plan.suspects) / 36_000.0;
    let in_time = Level::new(IN_TIME, plan.to, &mut dice);
    let mut reports = Vec::new();
    for day in days(later(plan.from, -90), plan.to) {
        let years = years_between(day, plan.to);
        let rate = daily * (1.0 + 0.35 * darkness(day)) / 1.08_f64.powf(years);
        for _ in 0..dice.poisson(rate) {
            reports.push(PlaceReport::new(world, day, in_time.at(day), &mut dice));
        }
    }
    reports.sort_by_key(|report| report.reported);
    for (number, report) in (1..).zip(&mut reports) {
        report.number = number;
    }
    reports
}

/// From -1 at midsummer to 1 at midwinter.
fn darkness(day: NaiveDate) -> f64 {
    let turn = (f64::from(day.ordinal()) + 10.0) / 366.0;
    (std::f64::consts::TAU * turn).cos()
}

impl PlaceReport {
    fn new(world: &World, day: NaiveDate, in_time: f64, dice: &mut Dice) -> Self {
        let reported = night_out(day, dice);
        let borough = world.london.borough(dice);
        let dark = if darkness(day) > 0.0 { 34 } else { 20 };
        let category = dice.choose(&[
            ("poor_lighting", dark),
            ("followed", 16),
            ("harassed", 20),
            ("drink_and_drugs", 17),
            ("hidden_place", 9),
            ("no_help_near", 4),
        ]);
        let after = if dice.chance(in_time) {
            Some(1.0 + 27.0 * dice.unit())
        } else if dice.chance(0.3) {
            None
        } else {
            Some(28.0 + dice.exponential(20.0))
        };
        Self {
            number: 0,
            reported,
            spot: world.london.spot(borough, true, day, dice),
            category,
            answered: after.map(|days| in_days(reported, days)),
        }
    }
}

impl Record for PlaceReport {
    const DAMAGE: Option<Theme> = Some(Theme::PlaceReports);

    fn order(&self, _: &World) -> u64 {
        u64::from(self.number)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.reported.date());
        days.extend(self.answered.map(|when| when.date()));
    }

    fn fill(&self, _: &World, morning: NaiveDate, row: &mut Row) {
        row.text(&format!("PL{:06}", self.number));
        row.moment(Some(self.reported));
        row.number(self.spot.easting);
        row.number(self.spot.northing);
        row.text(self.category);
        row.moment(self.answered.filter(|when| when.date() < morning));
    }

    fn steady(&self, _: &World) -> bool {
        false
    }
}
