//! Protective orders of nine kinds, from application to expiry or revocation.

use super::Plan;
use super::calendar::{business, busy, days, in_days, later, night_out, years_between};
use super::dice::{Dice, Theme, count, whole};
use super::files::Record;
use super::offences::Kin;
use super::parties::Role;
use super::people::nominal_id;
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
    granted: f64,
    decided_days: f64,
    lasts_days: f64,
    revoked: f64,
    against: fn(Kin, bool) -> bool,
}

const HABITS: [Habit; 9] = [
    habit("SPO", 222.0, 0.30, 0.78, 24.0, 730.0, 0.04, stalking),
    habit("DVPN", 2900.0, 0.02, 0.99, 0.2, 2.0, 0.0, domestic),
    habit("DVPO", 2300.0, 0.02, 0.88, 2.0, 28.0, 0.01, domestic),
    habit("DAPN", 420.0, 0.9, 0.98, 0.2, 2.0, 0.0, domestic),
    habit("DAPO", 380.0, 0.9, 0.84, 9.0, 365.0, 0.03, domestic),
    habit("NMO", 3900.0, 0.03, 0.90, 6.0, 365.0, 0.05, domestic),
    habit("SHPO", 430.0, 0.04, 0.95, 12.0, 2555.0, 0.02, sexual),
    habit("SRO", 60.0, 0.10, 0.80, 30.0, 1095.0, 0.03, sexual),
    habit("RO", 1500.0, 0.03, 0.96, 1.0, 1095.0, 0.04, domestic),
];

#[expect(clippy::too_many_arguments, reason = "one line of the table above")]
const fn habit(
    kind: &'static str,
    per_year: f64,
    growth: f64,
    granted: f64,
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

/// Who could be made subject to an order, for whose protection.
struct Pair {
    subject: u32,
    protected: u32,
    kin: Kin,
    domestic: bool,
    named: NaiveDate,
    /// The subject is an adult throughout.
    grown: bool,
}

/// Orders of every kind, back to those that were in force when the data begin.
pub(super) fn make(world: &mut World, plan: &Plan) {
    let mut dice = Dice::new(plan.seed, Theme::Orders, 0);
    let pairs = pairs(world, plan.from);
    for habit in &HABITS {
        let mut able: Vec<&Pair> = pairs
            .iter()
            .filter(|pair| (habit.against)(pair.kin, pair.domestic))
            .filter(|pair| pair.grown)
            .collect();
        able.sort_by_key(|pair| pair.named);
        apply(world, plan, habit, &able, &mut dice);
    }
    world.orders.sort_by_key(|order| order.applied);
    for (number, order) in (1..).zip(&mut world.orders) {
        order.number = number;
    }
}

/// The first suspect and the first victim of each crime that has both.
fn pairs(world: &World, first: NaiveDate) -> Vec<Pair> {
    let mut suspects = vec![None; world.crimes.len()];
    let mut pairs = Vec::new();
    for party in &world.parties {
        let crime = &world.crimes[party.crime as usize];
        match (party.role, suspects[party.crime as usize]) {
            (Role::Suspect, None) => {
                suspects[party.crime as usize] = Some((party.person, party.known));
            }
            (Role::Victim, Some((subject, named))) => pairs.push(Pair {
                subject,
                protected: party.person,
                kin: world.catalogue.get(crime.offence).kin,
                domestic: crime.domestic,
                grown: world.people[subject as usize].is_adult(later(first, -1_460)),
                named: party.known.max(named),
            }),
            _ => {}
        }
    }
    pairs
}

fn apply(world: &mut World, plan: &Plan, habit: &Habit, able: &[&Pair], dice: &mut Dice) {
    if able.is_empty() {
        return;
    }
    let scale = f64::from(plan.suspects) / 36_000.0;
    let first = later(plan.from, -whole(habit.lasts_days.min(1_460.0)));
    let daily = habit.per_year * scale / business(later(plan.to, -365), plan.to, plan.to);
    let mut due = 0.0;
    let mut made = 0;
    for day in days(first, plan.to) {
        let years = years_between(day, plan.to);
        due += daily * busy(day, plan.to) / (1.0 + habit.growth).powf(years);
        while made < count(due) {
            made += 1;
            let pair = candidate(able, day, dice);
            let order = Order::new(habit, pair, day, dice);
            for person in [order.subject, order.protected] {
                let seen = &mut world.people[person as usize].seen;
                *seen = (*seen).min(order.applied.date());
            }
            world.orders.push(order);
        }
    }
}

/// Somebody named lately; before the data begin, anybody.
fn candidate<'p>(able: &[&'p Pair], day: NaiveDate, dice: &mut Dice) -> &'p Pair {
    let by_then = able.partition_point(|pair| pair.named <= day);
    let lately = able.partition_point(|pair| pair.named < later(day, -60));
    if by_then > lately {
        able[lately + dice.index(by_then - lately)]
    } else {
        able[dice.index(able.len())]
    }
}

impl Order {
    fn new(habit: &Habit, pair: &Pair, day: NaiveDate, dice: &mut Dice) -> Self {
        let applied = night_out(day, dice);
        let decided = in_days(applied, 0.05 + dice.exponential(habit.decided_days));
        let granted = dice.chance(habit.granted);
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
