//! What victims are owed under the Victims' Code: when each duty was due, when
//! it was done, and whether a service that was offered was accepted.

use super::Plan;
use super::calendar::{in_days, midnight, working_days};
use super::crimes::Crime;
use super::files::Record;
use super::levels::{Level, Trend, rising, steady};
use super::offences::{Catalogue, Kin};
use super::parties::{Party, Role};
use super::people::nominal_id;
use super::places::lean;
use super::rng::{Dice, Theme};
use super::row::Row;
use super::source::{Kind, Source};
use super::world::World;
use chrono::{NaiveDate, NaiveDateTime};
use std::collections::{BTreeMap, HashSet};

pub(super) const VICTIM_SERVICES: Source = Source {
    name: "victim_services",
    keys: 1,
    columns: &[
        ("service_ref", Kind::Text),
        ("crime_ref", Kind::Text),
        ("nominal_id", Kind::Text),
        (
            "kind",
            Kind::Choice(&[
                "acknowledgement",
                "needs_assessment",
                "referral",
                "update",
                "vps_offer",
                "release_notice",
            ]),
        ),
        ("due_at", Kind::Moment),
        ("done_at", Kind::Moment),
        ("accepted", Kind::Flag),
    ],
};

/// How one kind of duty is kept.
struct Habit {
    kind: &'static str,
    /// Share done in time.
    in_time: Trend,
    /// Share accepted of those offered, for what is an offer.
    accepted: Option<Trend>,
}

const HABITS: [Habit; 6] = [
    habit("acknowledgement", steady(0.85, 0.008), None),
    habit("needs_assessment", rising(0.77, 0.025, 0.01), None),
    // Another provider took referrals over.
    habit(
        "referral",
        steady(0.87, 0.01),
        Some(rising(0.43, -0.01, 0.012).stepped(400, 0.05)),
    ),
    // Slower since a new case system came.
    habit(
        "update",
        rising(0.69, 0.03, 0.012).stepped(250, -0.05),
        None,
    ),
    habit(
        "vps_offer",
        rising(0.73, 0.03, 0.015),
        Some(steady(0.35, 0.0)),
    ),
    habit("release_notice", steady(0.90, 0.015), None),
];
const ACKNOWLEDGEMENT: usize = 0;
const NEEDS_ASSESSMENT: usize = 1;
const REFERRAL: usize = 2;
const UPDATE: usize = 3;
const VPS_OFFER: usize = 4;
const RELEASE_NOTICE: usize = 5;

/// How boroughs differ in both shares.
const LOCALLY: f64 = 0.04;

const fn habit(kind: &'static str, in_time: Trend, accepted: Option<Trend>) -> Habit {
    Habit {
        kind,
        in_time,
        accepted,
    }
}

/// The levels of one habit.
struct Levels {
    in_time: Level,
    accepted: Option<Level>,
}

/// Of duties not done in time, those that are never done.
const NEVER: f64 = 0.22;

pub(super) struct Duty {
    number: u32,
    crime: u32,
    person: u32,
    kind: &'static str,
    owed: NaiveDateTime,
    due: NaiveDateTime,
    done: Option<NaiveDateTime>,
    accepted: Option<bool>,
}

/// What is owed: by which habit, from when, within how many working days.
type Claim = (usize, NaiveDateTime, u32);

/// One victim of one crime, from when the police know of both.
struct Owed<'a> {
    victim: &'a Party,
    crime: &'a Crime,
    known: NaiveDateTime,
    /// Victims of domestic abuse, sexual offences and stalking are owed more
    /// and sooner.
    enhanced: bool,
}

pub(super) fn make(world: &World, plan: &Plan) -> Vec<Duty> {
    let mut dice = Dice::new(plan.seed, Theme::VictimServices, 0);
    let suspects = world.parties.iter().filter(|p| p.role == Role::Suspect);
    let named: HashSet<u32> = suspects.map(|party| party.crime).collect();
    let releases = releases(world);
    let levels = HABITS.map(|habit| Levels {
        in_time: Level::new(habit.in_time, plan.to, &mut dice),
        accepted: habit
            .accepted
            .map(|accepted| Level::new(accepted, plan.to, &mut dice)),
    });
    let mut duties = Vec::new();
    for owed in world.parties.iter().filter_map(|party| owed(world, party)) {
        let crime = owed.victim.crime;
        let mut claims = owed.at_the_report(&mut dice);
        if named.contains(&crime) {
            claims.extend(owed.at_the_end());
        }
        let freed = releases.get(&crime).into_iter().flatten();
        claims.extend(freed.map(|when| (RELEASE_NOTICE, *when, 1)));
        for claim in claims {
            duties.push(owed.duty(claim, &levels, &mut dice));
        }
    }
    let span = plan.from..plan.to;
    duties.retain(|duty| span.contains(&duty.owed.date()));
    duties.sort_by_key(|duty| duty.owed);
    for (number, duty) in (1..).zip(&mut duties) {
        duty.number = number;
    }
    duties
}

/// A woman or girl harmed by a crime of the basket.
fn owed<'w>(world: &'w World, party: &'w Party) -> Option<Owed<'w>> {
    let crime = &world.crimes[party.crime as usize];
    let harmed = party.role == Role::Victim && world.people[party.person as usize].sex == "F";
    let counts = harmed && world.catalogue.get(crime.offence).in_basket();
    counts.then(|| Owed {
        victim: party,
        crime,
        known: crime.recorded.max(midnight(party.known)),
        enhanced: is_enhanced(&world.catalogue, crime),
    })
}

fn is_enhanced(catalogue: &Catalogue, crime: &Crime) -> bool {
    let offence = catalogue.get(crime.offence);
    crime.domestic || offence.is_sexual() || offence.kin == Kin::Stalking
}

/// When somebody held for a crime, or sentenced for it, was released.
fn releases(world: &World) -> BTreeMap<u32, Vec<NaiveDateTime>> {
    let mut charges: BTreeMap<u32, Vec<(NaiveDateTime, u32)>> = BTreeMap::new();
    for charge in &world.charges {
        let own = charges.entry(charge.person).or_default();
        own.push((charge.at, charge.crime));
    }
    let mut releases: BTreeMap<u32, Vec<NaiveDateTime>> = BTreeMap::new();
    for spell in &world.spells {
        let own = charges.get(&spell.person).into_iter().flatten();
        let before = own.filter(|(at, _)| *at <= spell.starts);
        if let (Some((_, crime)), Some(ends)) = (before.max(), spell.ends) {
            releases.entry(*crime).or_default().push(ends);
        }
    }
    releases
}

impl Owed<'_> {
    fn at_the_report(&self, dice: &mut Dice) -> Vec<Claim> {
        let (assessed, referred, soon) = if self.enhanced {
            (0.44, 0.34, 2)
        } else {
            (0.12, 0.10, 5)
        };
        let mut claims: Vec<Claim> = Vec::new();
        // A letter home could put a victim of domestic abuse at risk.
        if !self.crime.domestic {
            claims.push((ACKNOWLEDGEMENT, self.known, 5));
        }
        if dice.chance(assessed) {
            claims.push((NEEDS_ASSESSMENT, self.known, soon));
        }
        if dice.chance(referred) {
            claims.push((REFERRAL, self.known, 2));
        }
        claims
    }

    /// News of how the case ended and, of a charge, the offer of a statement.
    fn at_the_end(&self) -> Vec<Claim> {
        let Some((_, when)) = self.crime.closed else {
            return Vec::new();
        };
        let mut claims: Vec<Claim> = vec![(UPDATE, when, if self.enhanced { 1 } else { 5 })];
        if self.crime.charged().is_some() {
            claims.push((VPS_OFFER, when, 10));
        }
        claims
    }

    fn duty(&self, (habit, owed, days): Claim, levels: &[Levels], dice: &mut Dice) -> Duty {
        let due = working_days(owed, days);
        let levels = &levels[habit];
        let local = LOCALLY * lean(self.crime.spot.borough, Theme::VictimServices);
        let share = levels.in_time.at(owed.date()) + local;
        let span = (due - owed).as_seconds_f64() / 86_400.0;
        let done = if dice.chance(share) {
            Some(in_days(owed, span * (0.02 + 0.96 * dice.unit().powf(1.4))))
        } else if dice.chance(NEVER) {
            None
        } else {
            Some(in_days(due, 0.1 + dice.exponential(9.0)))
        };
        Duty {
            number: 0,
            crime: self.victim.crime,
            person: self.victim.person,
            kind: HABITS[habit].kind,
            owed,
            due,
            done,
            accepted: levels
                .accepted
                .as_ref()
                .map(|share| dice.chance(share.at(owed.date()) + local)),
        }
    }
}

impl Record for Duty {
    const DAMAGE: Option<Theme> = Some(Theme::VictimServices);

    fn order(&self, _: &World) -> u64 {
        u64::from(self.number)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.owed.date());
        days.extend(self.done.map(|when| when.date()));
    }

    fn fill(&self, world: &World, morning: NaiveDate, row: &mut Row) {
        let done = self.done.filter(|when| when.date() < morning);
        row.text(&format!("VS{:07}", self.number));
        row.text(&world.crimes[self.crime as usize].reference());
        row.text(&nominal_id(world.people[self.person as usize].number));
        row.text(self.kind);
        row.moment(Some(self.due));
        row.moment(done);
        match self.accepted.filter(|_| done.is_some()) {
            Some(accepted) => row.flag(accepted),
            None => row.none(),
        }
    }

    fn steady(&self, _: &World) -> bool {
        false
    }
}
