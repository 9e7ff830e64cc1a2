//! Engagement with Londoners: walks with women, visits to schools, problems
//! taken up with neighbours, and the action that each led to.

use super::Plan;
use super::calendar::{days, is_weekend, later, years_between};
use super::files::Record;
use super::levels::{Level, Trend, rising, steady};
use super::places::lean;
use super::rng::{Dice, Theme, whole};
use super::row::Row;
use super::source::{Kind, Source};
use super::world::World;
use chrono::{Datelike, NaiveDate};

pub(super) const ENGAGEMENTS: Source = Source {
    name: "engagements",
    keys: 1,
    columns: &[
        ("engagement_ref", Kind::Text),
        (
            "kind",
            Kind::Choice(&[
                "walk_and_talk",
                "school",
                "problem_solving",
                "safe_space",
                "event",
            ]),
        ),
        ("borough", Kind::Text),
        ("held_on", Kind::Date),
        ("action_due_on", Kind::Date),
        ("action_closed_on", Kind::Date),
    ],
};

/// How one kind of engagement runs.
struct Habit {
    kind: &'static str,
    /// Held on a day in season, at 36,000 suspects.
    daily: f64,
    /// By how much a year's engagements exceed those of the year before.
    growth: f64,
    /// How much of that falls on a given day.
    season: fn(NaiveDate) -> f64,
    /// Share that leads to an action, and the days in which it is due.
    acted: f64,
    due_days: i64,
    /// Share closed when due.
    in_time: Trend,
}

const HABITS: [Habit; 5] = [
    Habit {
        kind: "walk_and_talk",
        daily: 8.0,
        growth: 0.10,
        season: evenings,
        acted: 0.72,
        due_days: 60,
        in_time: rising(0.72, 0.02, 0.02),
    },
    // Each school is visited once in a school year.
    Habit {
        kind: "school",
        daily: 10.0,
        growth: 0.14,
        season: |day| if is_school_day(day) { 1.0 } else { 0.0 },
        acted: 0.35,
        due_days: 42,
        in_time: steady(0.76, 0.02),
    },
    Habit {
        kind: "problem_solving",
        daily: 1.8,
        growth: 0.06,
        season: |day| if is_weekend(day) { 0.1 } else { 1.0 },
        acted: 1.0,
        due_days: 90,
        in_time: rising(0.70, 0.01, 0.03).stepped(450, 0.10),
    },
    Habit {
        kind: "safe_space",
        daily: 1.6,
        growth: 0.18,
        season: evenings,
        acted: 0.50,
        due_days: 28,
        in_time: steady(0.79, 0.02),
    },
    Habit {
        kind: "event",
        daily: 3.4,
        growth: 0.05,
        season: campaigns,
        acted: 0.28,
        due_days: 42,
        in_time: rising(0.70, -0.02, 0.02),
    },
];

/// How boroughs differ in that share.
const LOCALLY: f64 = 0.07;

pub(super) struct Engagement {
    number: u32,
    kind: &'static str,
    borough: u8,
    held: NaiveDate,
    due: Option<NaiveDate>,
    closed: Option<NaiveDate>,
}

/// Walks are held when evenings are dark.
fn evenings(day: NaiveDate) -> f64 {
    let turn = f64::from(day.ordinal()) / 366.0;
    1.0 + 0.4 * (std::f64::consts::TAU * turn).cos()
}

/// Campaigns stand around 8 March and 25 November.
fn campaigns(day: NaiveDate) -> f64 {
    match (day.month(), day.day()) {
        (3, 1..=14) | (11, 20..) | (12, ..=10) => 3.0,
        (7 | 8, _) => 1.3,
        _ => 0.8,
    }
}

/// About as London's schools have it.
fn is_school_day(day: NaiveDate) -> bool {
    let holiday = matches!(
        (day.month(), day.day()),
        (1, ..=5)
            | (2, 14..=21)
            | (4, 1..=14)
            | (5, 25..)
            | (7, 22..)
            | (8, _)
            | (10, 24..)
            | (12, 20..)
    );
    !holiday && !is_weekend(day)
}

/// Engagements of the span, and those of the half year before it.
pub(super) fn make(world: &World, plan: &Plan) -> Vec<Engagement> {
    let mut dice = Dice::new(plan.seed, Theme::Engagements, 0);
    let scale = f64::from(plan.suspects) / 36_000.0;
    let mut all = Vec::new();
    for habit in &HABITS {
        let in_time = Level::new(habit.in_time, plan.to, &mut dice);
        let volume = Level::new(steady(1.0, 0.06), plan.to, &mut dice);
        for held in days(later(plan.from, -180), plan.to) {
            let years = years_between(held, plan.to);
            let rate = habit.daily * scale * (habit.season)(held);
            let rate = rate * volume.at(held) / (1.0 + habit.growth).powf(years);
            for _ in 0..dice.poisson(rate) {
                let borough = world.london.borough(&mut dice);
                let share = in_time.at(held) + LOCALLY * lean(borough, Theme::Engagements);
                all.push(Engagement::new(habit, (borough, held), share, &mut dice));
            }
        }
    }
    all.sort_by_key(|held| held.held);
    for (number, held) in (1..).zip(&mut all) {
        held.number = number;
    }
    all
}

impl Engagement {
    fn new(habit: &Habit, (borough, held): (u8, NaiveDate), in_time: f64, dice: &mut Dice) -> Self {
        let acted = dice.chance(habit.acted);
        let after = if dice.chance(in_time) {
            let span = f64::from(i32::try_from(habit.due_days - 3).unwrap_or(0));
            Some(3 + whole(span * dice.unit().sqrt()))
        } else if dice.chance(0.2) {
            None
        } else {
            Some(habit.due_days + 1 + whole(dice.exponential(40.0)))
        };
        Self {
            number: 0,
            kind: habit.kind,
            borough,
            held,
            due: acted.then(|| later(held, habit.due_days)),
            closed: after.filter(|_| acted).map(|days| later(held, days)),
        }
    }
}

impl Record for Engagement {
    const DAMAGE: Option<Theme> = Some(Theme::Engagements);

    fn order(&self, _: &World) -> u64 {
        u64::from(self.number)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.held);
        days.extend(self.closed);
    }

    fn fill(&self, world: &World, morning: NaiveDate, row: &mut Row) {
        row.text(&format!("EN{:06}", self.number));
        row.text(self.kind);
        row.text(world.london.name(self.borough));
        row.day(Some(self.held));
        row.day(self.due);
        row.day(self.closed.filter(|on| *on < morning));
    }

    fn steady(&self, _: &World) -> bool {
        false
    }
}
