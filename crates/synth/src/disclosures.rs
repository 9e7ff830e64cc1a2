//! Applications for the disclosure of a partner's past: by those who ask, and
//! by agencies so that somebody at risk may know.

use super::Plan;
use super::calendar::{busy, day_time, days, in_days, later, years_between};
use super::files::Record;
use super::levels::{Level, Trend, rising, steady};
use super::rng::{Dice, Theme};
use super::row::Row;
use super::source::{Kind, Source};
use super::world::World;
use chrono::{NaiveDate, NaiveDateTime};

pub(super) const DISCLOSURES: Source = Source {
    name: "disclosures",
    keys: 1,
    columns: &[
        ("disclosure_ref", Kind::Text),
        ("route", Kind::Choice(&["ask", "know"])),
        ("applied_at", Kind::Moment),
        ("decided_at", Kind::Moment),
        ("disclosed", Kind::Flag),
    ],
};

/// How one of the two routes runs.
struct Way {
    route: &'static str,
    /// Applications in the last year, at 36,000 suspects.
    per_year: f64,
    /// By how much a year's applications exceed those of the year before.
    growth: f64,
    /// Published for England and Wales: know 53%, ask 38%.
    disclosed: Trend,
    decided_days: f64,
}

const WAYS: [Way; 2] = [
    Way {
        route: "ask",
        per_year: 4_300.0,
        growth: 0.12,
        disclosed: rising(0.375, -0.012, 0.012),
        decided_days: 21.0,
    },
    Way {
        route: "know",
        per_year: 3_400.0,
        growth: 0.09,
        disclosed: steady(0.53, 0.015),
        decided_days: 16.0,
    },
];

pub(super) struct Application {
    number: u32,
    route: &'static str,
    applied: NaiveDateTime,
    decided: NaiveDateTime,
    disclosed: bool,
}

/// Applications of the span, and those undecided when it begins.
pub(super) fn make(plan: &Plan) -> Vec<Application> {
    let mut dice = Dice::new(plan.seed, Theme::Disclosures, 0);
    let mut all = Vec::new();
    for way in &WAYS {
        let disclosed = Level::new(way.disclosed, plan.to, &mut dice);
        let volume = Level::new(steady(1.0, 0.05), plan.to, &mut dice);
        let daily = way.per_year / 365.0 * f64::from(plan.suspects) / 36_000.0;
        for day in days(later(plan.from, -60), plan.to) {
            let years = years_between(day, plan.to);
            let rate = daily * busy(day, plan.to) / (1.0 + way.growth).powf(years);
            for _ in 0..dice.poisson(rate * volume.at(day)) {
                all.push(Application::new(way, day, disclosed.at(day), &mut dice));
            }
        }
    }
    all.sort_by_key(|application| application.applied);
    for (number, application) in (1..).zip(&mut all) {
        application.number = number;
    }
    all
}

impl Application {
    fn new(way: &Way, day: NaiveDate, disclosed: f64, dice: &mut Dice) -> Self {
        let applied = day_time(day, dice);
        Self {
            number: 0,
            route: way.route,
            applied,
            decided: in_days(applied, dice.lognormal(way.decided_days, 0.55)),
            disclosed: dice.chance(disclosed),
        }
    }
}

impl Record for Application {
    const DAMAGE: Option<Theme> = Some(Theme::Disclosures);

    fn order(&self, _: &World) -> u64 {
        u64::from(self.number)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.applied.date());
        days.push(self.decided.date());
    }

    fn fill(&self, _: &World, morning: NaiveDate, row: &mut Row) {
        let decided = self.decided.date() < morning;
        row.text(&format!("DS{:06}", self.number));
        row.text(self.route);
        row.moment(Some(self.applied));
        row.moment(decided.then_some(self.decided));
        if decided {
            row.flag(self.disclosed);
        } else {
            row.none();
        }
    }

    fn steady(&self, _: &World) -> bool {
        false
    }
}
