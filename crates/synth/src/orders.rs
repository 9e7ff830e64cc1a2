//! Protective orders of nine kinds, from application to expiry or revocation.

use super::Plan;
use super::calendar::{business, busy, days, in_days, later, night_out, years_between};
use super::files::Record;
use super::levels::{Level, Trend, rising, steady};
use super::offences::Kin;
use super::order_subjects::{Pair, Subjects, pairs};
use super::people::nominal_id;
use super::rng::{Dice, Theme, whole};
use super::row::Row;
use super::source::{Kind, Source};
use super::world::World;
use chrono::{NaiveDate, NaiveDateTime};

pub(super) const ORDERS: Source = Source {
    name: "orders",
    keys: 1,
    columns: &[
        ("order_ref", Kind::Text),
        (
            "kind",
            Kind::Choice(&[
                "SPO", "DVPN", "DVPO", "DAPN", "DAPO", "NMO", "SHPO", "SRO", "RO",
            ]),
        ),
        ("subject_id", Kind::Text),
        ("protected_id", Kind::Text),
        ("applied_at", Kind::Moment),
        (
            "decision",
            Kind::Choice(&["granted", "refused", "withdrawn"]),
        ),
        ("decided_at", Kind::Moment),
        ("expires_at", Kind::Moment),
        ("revoked_at", Kind::Moment),
    ],
};

pub(super) struct Order {
    number: u32,
    pub(super) kind: &'static str,
    pub(super) subject: u32,
    protected: u32,
    applied: NaiveDateTime,
    decision: &'static str,
    decided: NaiveDateTime,
    expires: NaiveDateTime,
    revoked: Option<NaiveDateTime>,
}

/// How one kind of order runs.
struct Habit {
    kind: &'static str,
    /// Applications in the last year, at 36,000 suspects.
    per_year: f64,
    /// By how much a year's applications exceed those of the year before.
    growth: f64,
    granted: Trend,
    decided_days: f64,
    lasts_days: f64,
    revoked: f64,
    against: fn(Kin, bool) -> bool,
}

const HABITS: [Habit; 9] = [
    habit("SPO", (270.0, 0.17), SPO, 24.0, 730.0, 0.04, stalking),
    habit("DVPN", (2900.0, 0.02), NOTICE, 0.2, 2.0, 0.0, domestic),
    habit("DVPO", (2300.0, 0.02), DVPO, 2.0, 28.0, 0.01, domestic),
    habit("DAPN", (420.0, 0.9), NOTICE, 0.2, 2.0, 0.0, domestic),
    habit("DAPO", (380.0, 0.9), DAPO, 9.0, 365.0, 0.03, domestic),
    habit("NMO", (3900.0, 0.03), NMO, 6.0, 365.0, 0.05, domestic),
    habit("SHPO", (430.0, 0.02), COURT, 12.0, 2555.0, 0.02, sexual),
    habit("SRO", (60.0, 0.05), SRO, 30.0, 1095.0, 0.03, sexual),
    habit("RO", (1500.0, -0.02), COURT, 1.0, 1095.0, 0.04, domestic),
];

/// Shares granted. Of domestic violence protection orders 88% were published;
/// courts came to refuse more of them.
const SPO: Trend = rising(0.80, 0.02, 0.02);
const NOTICE: Trend = steady(0.985, 0.003);
const DVPO: Trend = rising(0.86, -0.004, 0.012).stepped(330, -0.02);
const DAPO: Trend = rising(0.85, 0.01, 0.015);
const NMO: Trend = steady(0.90, 0.008);
const COURT: Trend = steady(0.955, 0.007);
const SRO: Trend = steady(0.80, 0.02);

const fn habit(
    kind: &'static str,
    (per_year, growth): (f64, f64),
    granted: Trend,
    decided_days: f64,
    lasts_days: f64,
    revoked: f64,
    against: fn(Kin, bool) -> bool,
) -> Habit {
    Habit {
        kind,
        per_year,
        growth,
        granted,
        decided_days,
        lasts_days,
        revoked,
        against,
    }
}

fn stalking(kin: Kin, _: bool) -> bool {
    matches!(kin, Kin::Stalking | Kin::Harassment)
}

fn domestic(_: Kin, domestic: bool) -> bool {
    domestic
}

fn sexual(kin: Kin, _: bool) -> bool {
    matches!(
        kin,
        Kin::Rape | Kin::SexualAssault | Kin::ChildSexual | Kin::Exposure
    )
}

/// Orders of every kind, back to those that were in force when the data begin.
pub(super) fn make(world: &mut World, plan: &Plan) {
    let mut dice = Dice::new(plan.seed, Theme::Orders, 0);
    let pairs = pairs(world, plan.from);
    for habit in &HABITS {
        let subjects = Subjects::new(&pairs, habit.against, plan.from);
        apply(world, plan, habit, &subjects, &mut dice);
    }
    world.orders.sort_by_key(|order| order.applied);
    for (number, order) in (1..).zip(&mut world.orders) {
        order.number = number;
    }
}

fn apply(world: &mut World, plan: &Plan, habit: &Habit, subjects: &Subjects, dice: &mut Dice) {
    let scale = f64::from(plan.suspects) / 36_000.0;
    let granted = Level::new(habit.granted, plan.to, dice);
    let volume = Level::new(steady(1.0, 0.04), plan.to, dice);
    let daily = habit.per_year * scale / business(later(plan.to, -365), plan.to, plan.to);
    for day in days(habit.first_day(plan), plan.to) {
        let years = years_between(day, plan.to);
        let rate = daily * busy(day, plan.to) / (1.0 + habit.growth).powf(years);
        for _ in 0..dice.poisson(rate * volume.at(day)) {
            let Some(pair) = subjects.one(&world.people, day, dice) else {
                continue;
            };
            let order = Order::new(habit, (pair, day), granted.at(day), dice);
            for person in [order.subject, order.protected] {
                let seen = &mut world.people[person as usize].seen;
                *seen = (*seen).min(order.applied.date());
            }
            world.orders.push(order);
        }
    }
}

impl Habit {
    /// What is applied for before has ended when the data begin.
    fn first_day(&self, plan: &Plan) -> NaiveDate {
        let longest = 1.5 * self.lasts_days + 4.0 * self.decided_days;
        later(plan.from, -whole(longest.max(100.0)))
    }
}

impl Order {
    fn new(habit: &Habit, (pair, day): (Pair, NaiveDate), granted: f64, dice: &mut Dice) -> Self {
        let applied = night_out(day, dice);
        let decided = in_days(applied, 0.05 + dice.exponential(habit.decided_days));
        let granted = dice.chance(granted);
        let otherwise = [("refused", 60), ("withdrawn", 40)];
        let spread = if habit.lasts_days > 100.0 {
            dice.lognormal(1.0, 0.15)
        } else {
            1.0
        };
        let expires = in_days(decided, habit.lasts_days * spread);
        let early = in_days(decided, habit.lasts_days * (0.1 + 0.8 * dice.unit()));
        let revoked = dice.chance(habit.revoked).then_some(early);
        Self {
            number: 0,
            kind: habit.kind,
            subject: pair.subject,
            protected: pair.protected,
            applied,
            decision: if granted {
                "granted"
            } else {
                dice.choose(&otherwise)
            },
            decided,
            expires,
            revoked: revoked.filter(|_| granted),
        }
    }

    pub(super) fn reference(&self) -> String {
        format!("{}-{:06}", self.kind, self.number)
    }

    /// From when and until when it stands, if it was granted.
    pub(super) fn stands(&self) -> Option<(NaiveDateTime, NaiveDateTime)> {
        let until = self.revoked.unwrap_or(self.expires);
        (self.decision == "granted").then_some((self.decided, until))
    }
}

impl Record for Order {
    fn order(&self, _: &World) -> u64 {
        u64::from(self.number)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.applied.date());
        days.push(self.decided.date());
        days.extend(self.revoked.map(|when| when.date()));
    }

    fn fill(&self, world: &World, morning: NaiveDate, row: &mut Row) {
        let decided = self.decided.date() < morning;
        let granted = decided && self.decision == "granted";
        let person = |at: u32| nominal_id(world.people[at as usize].number);
        row.text(&self.reference());
        row.text(self.kind);
        row.text(&person(self.subject));
        row.text(&person(self.protected));
        row.moment(Some(self.applied));
        row.text(if decided { self.decision } else { "" });
        row.moment(decided.then_some(self.decided));
        row.moment(granted.then_some(self.expires));
        row.moment(self.revoked.filter(|when| when.date() < morning));
    }

    fn steady(&self, _: &World) -> bool {
        false
    }
}
