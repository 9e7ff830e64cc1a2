//! The crimes that name no suspect, which make up the year's volume. Harm
//! comes again to some whom it came to lately, most of all at home.

use super::Plan;
use super::calendar::{business, later, quotas};
use super::crimes::{Crime, Report};
use super::levels::{Level, Trend, steady};
use super::low_harm_suspects::victim_sex;
use super::parties::{Party, Role, victim_known};
use super::people::Person;
use super::rng::{Dice, count, real, whole};
use super::world::World;
use chrono::NaiveDate;

/// Crimes recorded in a year for every suspect named: 130,000 against women
/// and girls, the rest with male victims only or outside the basket.
const CRIMES_PER_SUSPECT: f64 = 133_100.0 / 36_000.0;

/// Abuse by someone unnamed is rarer than among crimes with a suspect.
const DOMESTIC: f64 = 0.57;

/// How often the victim was one before: of abuse at home, and of the rest.
const AGAIN_AT_HOME: Trend = steady(0.34, 0.012);
const AGAIN_ELSEWHERE: f64 = 0.05;

/// Mean days from one harm to the next.
const AGAIN_DAYS: f64 = 95.0;

/// Tops the crimes of named suspects up to the volume of the plan.
pub(super) fn add(world: &mut World, plan: &Plan, dice: &mut Dice) {
    let year = business(later(plan.to, -365), plan.to, plan.to);
    let span = business(plan.from, plan.to, plan.to);
    let all = CRIMES_PER_SUSPECT * f64::from(plan.suspects) * span / year;
    let rate = (all - real(world.crimes.len())).max(0.0) / span;
    let mut shadow = Shadow {
        again_at_home: Level::new(AGAIN_AT_HOME, plan.to, dice),
        at_home: Harmed::before(world),
        elsewhere: Harmed::default(),
    };
    for (day, expected) in quotas(plan.from, plan.to, plan.to, rate) {
        shadow.at_home.until(day);
        let spread = real(expected) + real(expected).sqrt() * dice.normal();
        for _ in 0..count(spread.max(0.0)) {
            shadow.add_one(world, day, dice);
        }
    }
}

/// Who was harmed so far.
struct Shadow {
    again_at_home: Level,
    at_home: Harmed,
    elsewhere: Harmed,
}

/// Women and girls by the day on which they were harmed.
#[derive(Default)]
struct Harmed {
    lately: Vec<(NaiveDate, u32)>,
    /// Still to come, the next one last.
    to_come: Vec<(NaiveDate, u32)>,
}

impl Shadow {
    fn add_one(&mut self, world: &mut World, day: NaiveDate, dice: &mut Dice) {
        let offence = if dice.chance(0.008) {
            world.catalogue.outside_basket(dice)
        } else {
            world.catalogue.of_unsolved(day, dice)
        };
        let kind = world.catalogue.get(offence);
        let domestic = dice.chance(kind.domestic_share() * DOMESTIC);
        let again = kind.victim.are_grown() && dice.chance(self.again(domestic, day));
        let pool = self.pool(domestic);
        let harmed = again.then(|| pool.one(day, dice)).flatten();
        let home = harmed.and_then(|at| world.people[at as usize].home);
        let report = Report {
            offence,
            on: day,
            borough: home.unwrap_or_else(|| world.london.borough(dice)),
            domestic,
        };
        let victim = harmed.unwrap_or_else(|| stranger(world, &report, dice));
        let person = &world.people[victim as usize];
        if person.sex == "F" && person.is_adult(day) {
            pool.lately.push((day, victim));
        }
        let crime = Crime::new(&report, &world.catalogue, &world.london, dice);
        let known = victim_known(&crime, dice);
        let at = world.add_crime(crime, dice);
        world
            .parties
            .push(Party::other(at, victim, Role::Victim, known));
    }

    fn again(&self, domestic: bool, day: NaiveDate) -> f64 {
        if domestic {
            self.again_at_home.at(day)
        } else {
            AGAIN_ELSEWHERE
        }
    }

    fn pool(&mut self, domestic: bool) -> &mut Harmed {
        if domestic {
            &mut self.at_home
        } else {
            &mut self.elsewhere
        }
    }
}

/// Somebody whom harm comes to for the first time.
fn stranger(world: &mut World, report: &Report, dice: &mut Dice) -> u32 {
    let kind = world.catalogue.get(report.offence);
    let sex = victim_sex(kind, report.borough, dice);
    let victim = Person::victim(report.on, kind.victim, sex, report.borough, dice);
    world.add_person(victim)
}

impl Harmed {
    /// Women abused at home by suspects who are named.
    fn before(world: &World) -> Self {
        let victims = world.parties.iter().filter(|p| p.role == Role::Victim);
        let mut to_come: Vec<(NaiveDate, u32)> = victims
            .filter(|party| world.crimes[party.crime as usize].domestic)
            .map(|party| (party.known, party.person))
            .filter(|(known, at)| {
                let person = &world.people[*at as usize];
                person.sex == "F" && !person.steady && person.is_adult(*known)
            })
            .collect();
        to_come.sort_unstable_by(|a, b| b.cmp(a));
        Self {
            lately: Vec::new(),
            to_come,
        }
    }

    fn until(&mut self, day: NaiveDate) {
        while let Some(next) = self.to_come.pop_if(|(on, _)| *on < day) {
            self.lately.push(next);
        }
    }

    /// Somebody harmed some weeks before; nobody, if that was before the data
    /// begin.
    fn one(&self, day: NaiveDate, dice: &mut Dice) -> Option<u32> {
        let since = later(day, -whole(dice.exponential(AGAIN_DAYS)));
        let until = self.lately.partition_point(|(on, _)| *on <= since);
        let from = self
            .lately
            .partition_point(|(on, _)| *on < later(since, -3));
        let known = &self.lately[from..until];
        (!known.is_empty()).then(|| dice.pick(known).1)
    }
}
