//! Crimes from before the data begin that are still open then: rapes take
//! more than a year to charge, so without them nobody would be charged for
//! months, and no unit would have a case on its desk. Those of police employees
//! are held too although they are closed, since conduct cases name them.

use super::Plan;
use super::calendar::{business, busy, days, in_days, later, midnight};
use super::crimes::{Crime, Report};
use super::low_harm_suspects::{relationship, victim_sex};
use super::misconduct;
use super::outcomes::{Case, Course, Ending, Practice};
use super::parties::{Party, Role};
use super::people::{POLICE, Person};
use super::rng::{Dice, Theme, real, whole};
use super::world::World;
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashSet};

/// Hardly an investigation lasts longer.
const DAYS_BACK: i64 = 1_460;

/// How a crime goes on, and whether it is held however it went on.
struct Fate {
    named: bool,
    course: Course,
    of_police: bool,
}

/// Adds them, and tells how each goes on. They are like the crimes of the
/// data, from which each takes its kind.
pub(super) fn add(world: &mut World, plan: &Plan, practice: &Practice) -> BTreeMap<u32, Course> {
    let mut courses = BTreeMap::new();
    let kinds = world.crimes.len();
    if kinds == 0 {
        return courses;
    }
    let mut dice = Dice::new(plan.seed, Theme::Backlog, 0);
    let named = named(world);
    let first_of_police = later(plan.from, -misconduct::DAYS_BACK);
    let rate = real(kinds) / business(plan.from, plan.to, plan.to);
    for day in days(later(plan.from, -DAYS_BACK), plan.from) {
        for _ in 0..dice.poisson(rate * busy(day, plan.to)) {
            let like = dice.index(kinds);
            let report = Report {
                on: day,
                ..report(&world.crimes[like])
            };
            let named = named.contains(&like);
            let fate = Fate {
                named,
                course: course(world, &report, named, practice, &mut dice),
                of_police: named && dice.chance(POLICE) && day >= first_of_police,
            };
            if fate.of_police || later(day, whole(fate.course.days()) + 5) >= plan.from {
                let at = hold(world, &report, &fate, plan.from, &mut dice);
                courses.extend(at.map(|at| (at, fate.course)));
            }
        }
    }
    courses
}

/// The places of the crimes that name a suspect.
fn named(world: &World) -> HashSet<usize> {
    let accused = world.parties.iter().filter(|p| p.role == Role::Suspect);
    accused.map(|party| party.crime as usize).collect()
}

fn report(crime: &Crime) -> Report {
    Report {
        offence: crime.offence,
        on: crime.reported.date(),
        borough: crime.spot.borough,
        domestic: crime.domestic,
    }
}

fn course(
    world: &World,
    report: &Report,
    named: bool,
    practice: &Practice,
    dice: &mut Dice,
) -> Course {
    let case = Case {
        offence: world.catalogue.get(report.offence),
        domestic: report.domestic,
        borough: report.borough,
        on: report.on,
        pressed: false,
        chargeable: true,
    };
    if named {
        practice.named(&case, dice)
    } else {
        practice.unnamed(&case, dice)
    }
}

/// The crime with its parties, if it is held when the data begin.
fn hold(
    world: &mut World,
    report: &Report,
    fate: &Fate,
    from: NaiveDate,
    dice: &mut Dice,
) -> Option<u32> {
    let mut crime = Crime::new(report, &world.catalogue, &world.london, dice);
    if fate.of_police || matches!(fate.course.ending, Ending::Charged) {
        crime.dropped = None;
    }
    let gone = crime.dropped.map(|(_, when)| when);
    let ended = in_days(crime.recorded, fate.course.days());
    let open = gone.map_or(ended, |gone| gone.min(ended)) >= midnight(from);
    if !open && !fate.of_police {
        return None;
    }
    let kind = world.catalogue.get(report.offence);
    let grown = kind.victim.are_grown();
    let sex = victim_sex(kind, report.borough, dice);
    let victim = Person::victim(report.on, kind.victim, sex, report.borough, dice);
    let known = crime.recorded.date();
    let at = world.add_crime(crime, dice);
    if fate.named {
        let mut suspect = Person::suspect(report.on, report.borough, dice);
        suspect.police = fate.of_police;
        let person = world.add_person(suspect);
        world.parties.push(Party {
            role: Role::Suspect,
            relationship: relationship(report.domestic, grown, dice),
            named_by: "victim",
            ..Party::other(at, person, Role::Suspect, known)
        });
    }
    let victim = world.add_person(victim);
    world
        .parties
        .push(Party::other(at, victim, Role::Victim, known));
    Some(at)
}
