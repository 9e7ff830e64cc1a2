//! What is done about suspects, by the four Ps. Work follows the harm alleged
//! over the last year; suspects under 18 are referred to a programme instead.

use super::Plan;
use super::calendar::{YEAR, day_time, in_days, later};
use super::files::Record;
use super::levels::{Level, Trend, rising};
use super::parties::Role;
use super::people::nominal_id;
use super::places::lean;
use super::rng::{Dice, Theme};
use super::row::Row;
use super::source::{Kind, Source};
use super::world::World;
use chrono::{NaiveDate, NaiveDateTime};
use std::collections::BTreeMap;

pub(super) const INTERVENTIONS: Source = Source {
    name: "interventions",
    keys: 1,
    columns: &[
        ("intervention_ref", Kind::Text),
        ("nominal_id", Kind::Text),
        (
            "pillar",
            Kind::Choice(&["protect", "pursue", "prevent", "prepare"]),
        ),
        (
            "kind",
            Kind::Choice(&[
                "safety_plan",
                "target_hardening",
                "arrest_enquiries",
                "curfew_checks",
                "disruption",
                "perpetrator_programme",
                "youth_programme",
                "substance_treatment",
                "case_conference",
                "release_planning",
            ]),
        ),
        ("starts_at", Kind::Moment),
        ("ends_at", Kind::Moment),
        (
            "result",
            Kind::Choice(&["completed", "partial", "disengaged", "declined"]),
        ),
    ],
};

/// One kind of work: its pillar, its median length in days, the share of it
/// that is completed.
#[derive(Clone, Copy)]
struct Work {
    pillar: &'static str,
    kind: &'static str,
    days: f64,
    completed: f64,
}

const fn work(pillar: &'static str, kind: &'static str, days: f64, completed: f64) -> Work {
    Work {
        pillar,
        kind,
        days,
        completed,
    }
}

/// By pillar, the order in which they are taken up.
const ADULT: [&[(Work, u32)]; 4] = [
    &[
        (work("pursue", "arrest_enquiries", 21.0, 0.72), 60),
        (work("pursue", "disruption", 45.0, 0.64), 25),
        (work("pursue", "curfew_checks", 60.0, 0.80), 15),
    ],
    &[
        (work("protect", "safety_plan", 40.0, 0.83), 70),
        (work("protect", "target_hardening", 25.0, 0.88), 30),
    ],
    &[
        (work("prevent", "perpetrator_programme", 150.0, 0.46), 70),
        (work("prevent", "substance_treatment", 110.0, 0.41), 30),
    ],
    &[
        (work("prepare", "case_conference", 30.0, 0.90), 75),
        (work("prepare", "release_planning", 50.0, 0.77), 25),
    ],
];

const YOUTH: Work = work("prevent", "youth_programme", 120.0, 0.58);

/// Share of suspects under 18 who are referred to a programme: fewer since a
/// provider closed, and not in every borough alike.
const REFERRED: Trend = rising(0.42, 0.045, 0.025).stepped(300, -0.05);
const REFERRED_LOCALLY: f64 = 0.07;

pub(super) struct Intervention {
    number: u32,
    person: u32,
    work: Work,
    starts: NaiveDateTime,
    ends: NaiveDateTime,
    result: &'static str,
}

/// An allegation against someone: when it was known, and its harm in days.
type Accusation = (NaiveDate, f64);

pub(super) fn make(world: &World, plan: &Plan) -> Vec<Intervention> {
    let mut dice = Dice::new(plan.seed, Theme::Interventions, 0);
    let referred = Level::new(REFERRED, plan.to, &mut dice);
    let mut all = Vec::new();
    for (person, accusations) in accusations(world) {
        follow(
            world,
            &referred,
            (person, &accusations),
            &mut dice,
            &mut all,
        );
    }
    all.retain(|done| done.starts.date() < plan.to);
    all.sort_by_key(|done| (done.starts, done.person));
    for (number, done) in (1..).zip(&mut all) {
        done.number = number;
    }
    all
}

/// What each suspect is accused of, in the order in which it became known.
fn accusations(world: &World) -> BTreeMap<u32, Vec<Accusation>> {
    let mut people: BTreeMap<u32, Vec<Accusation>> = BTreeMap::new();
    for party in world.parties.iter().filter(|p| p.role == Role::Suspect) {
        let crime = &world.crimes[party.crime as usize];
        let harm = world.catalogue.get(crime.offence).days * f64::from(crime.count);
        let known = party.known.max(crime.recorded.date());
        people.entry(party.person).or_default().push((known, harm));
    }
    for accusations in people.values_mut() {
        accusations.sort_by_key(|(known, _)| *known);
    }
    people
}

/// Decides at each accusation; work on one person is not begun twice within
/// four months.
fn follow(
    world: &World,
    referred: &Level,
    (person, accusations): (u32, &[Accusation]),
    dice: &mut Dice,
    all: &mut Vec<Intervention>,
) {
    let record = &world.people[person as usize];
    let mut free_from = NaiveDate::MIN;
    for (at, (known, _)) in accusations.iter().enumerate() {
        let dead = record.died.is_some_and(|death| death.what <= *known);
        if dead || *known < free_from {
            continue;
        }
        let before = all.len();
        if record.is_adult(*known) {
            let harm = harm_within_a_year(&accusations[..=at]);
            all.extend(against_adult((person, *known), harm, dice));
        } else {
            let local = record
                .home
                .map_or(0.0, |home| lean(home, Theme::Interventions));
            if dice.chance(referred.at(*known) + REFERRED_LOCALLY * local) {
                all.push(Intervention::new((person, *known), YOUTH, 16.0, dice));
            }
        }
        if all.len() > before || !record.is_adult(*known) {
            free_from = later(*known, 120);
        }
    }
}

/// The harm of the accusations within a year of the last of them.
fn harm_within_a_year(accusations: &[Accusation]) -> f64 {
    let since = accusations.last().map(|(known, _)| later(*known, -YEAR));
    let within = accusations.iter().filter(|(known, _)| Some(*known) > since);
    within.map(|(_, harm)| harm).sum()
}

/// None for most; for those of high harm work under several pillars at once.
fn against_adult(whom: (u32, NaiveDate), harm: f64, dice: &mut Dice) -> Vec<Intervention> {
    let (share, pillars, within_days) = match harm {
        d if d >= 3_500.0 => (0.92, dice.choose(&[(2, 20), (3, 45), (4, 35)]), 6.0),
        d if d >= 1_500.0 => (0.30, dice.choose(&[(1, 60), (2, 40)]), 12.0),
        d if d >= 365.0 => (0.12, 1, 18.0),
        d if d >= 80.0 => (0.03, 1, 25.0),
        _ => (0.004, 1, 30.0),
    };
    if !dice.chance(share) {
        return Vec::new();
    }
    let mut order = [0, 1, 2, 3];
    if pillars < 4 && dice.chance(0.4) {
        dice.shuffle(&mut order);
    }
    let taken = order.iter().take(pillars).map(|pillar| {
        let work = dice.choose(ADULT[*pillar]);
        Intervention::new(whom, work, within_days, dice)
    });
    taken.collect()
}

impl Intervention {
    fn new(
        (person, known): (u32, NaiveDate),
        work: Work,
        within_days: f64,
        dice: &mut Dice,
    ) -> Self {
        let begun = in_days(day_time(known, dice), 1.0 + dice.exponential(within_days));
        let starts = day_time(begun.date(), dice);
        let completed = dice.chance(work.completed);
        let otherwise = [("partial", 40), ("disengaged", 42), ("declined", 18)];
        let result = if completed {
            "completed"
        } else {
            dice.choose(&otherwise)
        };
        let share = if result == "completed" {
            1.0
        } else {
            dice.unit()
        };
        Self {
            number: 0,
            person,
            work,
            starts,
            ends: in_days(starts, dice.lognormal(work.days, 0.4) * share + 0.5),
            result,
        }
    }
}

impl Record for Intervention {
    const DAMAGE: Option<Theme> = Some(Theme::Interventions);

    fn order(&self, _: &World) -> u64 {
        u64::from(self.number)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.starts.date());
        days.push(self.ends.date());
    }

    fn fill(&self, world: &World, morning: NaiveDate, row: &mut Row) {
        let ended = self.ends.date() < morning;
        row.text(&format!("IV{:06}", self.number));
        row.text(&nominal_id(world.people[self.person as usize].number));
        row.text(self.work.pillar);
        row.text(self.work.kind);
        row.moment(Some(self.starts));
        row.moment(ended.then_some(self.ends));
        row.text(if ended { self.result } else { "" });
    }

    fn steady(&self, _: &World) -> bool {
        false
    }
}
