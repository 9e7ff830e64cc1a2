//! Breaches of orders: those that are crimes on the record, where the subject
//! is accused again, and those known from an officer's or a court's note only.

use super::Plan;
use super::calendar::in_days;
use super::files::Record;
use super::levels::{Level, Trend, rising};
use super::offences::Kin;
use super::orders::Order;
use super::parties::Role;
use super::rng::{Dice, Theme};
use super::row::Row;
use super::source::{Kind, Source};
use super::world::World;
use chrono::{NaiveDate, NaiveDateTime};
use std::collections::HashMap;

pub(super) const ORDER_BREACHES: Source = Source {
    name: "order_breaches",
    keys: 2,
    columns: &[
        ("order_ref", Kind::Text),
        ("breached_at", Kind::Moment),
        ("crime_ref", Kind::Text),
        ("charged", Kind::Flag),
    ],
};

/// Share charged of the breaches beside which no crime stands.
const CHARGED: Trend = rising(0.56, 0.01, 0.02).stepped(210, 0.05);

pub(super) struct Breach {
    order: u32,
    at: NaiveDateTime,
    recorded: NaiveDateTime,
    crime: Option<u32>,
    charged: Option<NaiveDateTime>,
}

/// An order while it stands.
struct Standing {
    order: u32,
    start: NaiveDateTime,
    end: NaiveDateTime,
}

/// Breaches recorded from `from` on.
pub(super) fn make(world: &World, plan: &Plan) -> Vec<Breach> {
    let mut dice = Dice::new(plan.seed, Theme::OrderBreaches, 0);
    let accused = accused(world);
    let charged = Level::new(CHARGED, plan.to, &mut dice);
    let mut breaches = Vec::new();
    for (order, made) in (0u32..).zip(&world.orders) {
        let Some((start, end)) = made.stands() else {
            continue;
        };
        let standing = Standing { order, start, end };
        for _ in 0..dice.poisson(times_breached(made)) {
            breaches.push(standing.noted(&charged, &mut dice));
        }
        for crime in accused.get(&made.subject).into_iter().flatten() {
            breaches.extend(standing.as_crime(world, *crime, plan, &mut dice));
        }
    }
    let span = plan.from..plan.to;
    breaches.retain(|breach| span.contains(&breach.recorded.date()));
    breaches.sort_by_key(|breach| (breach.order, breach.at));
    breaches.dedup_by_key(|breach| (breach.order, breach.at));
    breaches
}

/// How often an order of a kind is breached while it stands.
fn times_breached(order: &Order) -> f64 {
    match order.kind {
        "DVPN" | "DAPN" => 0.05,
        "DVPO" | "SRO" => 0.15,
        "NMO" | "DAPO" => 0.42,
        "SPO" => 0.55,
        _ => 0.28,
    }
}

/// The crimes that each person is accused of.
fn accused(world: &World) -> HashMap<u32, Vec<u32>> {
    let mut accused: HashMap<u32, Vec<u32>> = HashMap::new();
    for party in world.parties.iter().filter(|p| p.role == Role::Suspect) {
        accused.entry(party.person).or_default().push(party.crime);
    }
    accused
}

impl Standing {
    /// A breach with no crime beside it; most come soon after the order.
    fn noted(&self, charged: &Level, dice: &mut Dice) -> Breach {
        let stands = (self.end - self.start).as_seconds_f64() / 86_400.0;
        let at = in_days(self.start, stands * dice.unit().powf(1.6));
        let recorded = in_days(at, dice.exponential(1.5));
        let share = charged.at(at.date());
        let charged = in_days(recorded, 0.2 + dice.exponential(8.0));
        Breach {
            order: self.order,
            at,
            recorded,
            crime: None,
            charged: dice.chance(share).then_some(charged),
        }
    }

    /// A crime that the subject is accused of meanwhile, if it is a breach.
    fn as_crime(&self, world: &World, crime: u32, plan: &Plan, dice: &mut Dice) -> Option<Breach> {
        let record = &world.crimes[crime as usize];
        let breach = world.catalogue.get(record.offence).kin == Kin::Breach;
        // Orders from before the data begin stand against anybody in them.
        let share = match (breach, self.start.date() < plan.from) {
            (true, _) => 0.95,
            (false, true) => 0.08,
            (false, false) => 0.34,
        };
        let stood = self.start < record.reported && record.reported < self.end;
        if !stood || !dice.chance(share) {
            return None;
        }
        let alone = in_days(record.recorded, 0.2 + dice.exponential(8.0));
        let alone = dice.chance(0.4).then_some(alone);
        Some(Breach {
            order: self.order,
            at: record.reported,
            recorded: record.recorded,
            crime: Some(crime),
            charged: record.charged().or(alone),
        })
    }
}

impl Record for Breach {
    const DAMAGE: Option<Theme> = Some(Theme::OrderBreaches);

    fn order(&self, _: &World) -> u64 {
        self.recorded.and_utc().timestamp().cast_unsigned()
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.recorded.date());
        days.extend(self.charged.map(|when| when.date()));
    }

    fn fill(&self, world: &World, morning: NaiveDate, row: &mut Row) {
        row.text(&world.orders[self.order as usize].reference());
        row.moment(Some(self.at));
        let crime = self.crime.map(|at| world.crimes[at as usize].reference());
        row.text(crime.as_deref().unwrap_or(""));
        row.flag(self.charged.is_some_and(|when| when.date() < morning));
    }

    fn steady(&self, _: &World) -> bool {
        false
    }
}
