//! The crimes that name no suspect, which make up the year's volume.

use super::Plan;
use super::calendar::{business, later, quotas};
use super::crimes::{Crime, Report};
use super::dice::{Dice, count, real};
use super::parties::{Party, Role, victim_known};
use super::people::{Ages, Person};
use super::world::World;
use chrono::NaiveDate;

/// Crimes recorded in a year for every suspect named: 130,000 against women
/// and girls, the rest with male victims only or outside the basket.
const CRIMES_PER_SUSPECT: f64 = 133_100.0 / 36_000.0;

/// Abuse by someone unnamed is rarer than among crimes with a suspect.
const DOMESTIC: f64 = 0.57;

/// Tops the crimes of named suspects up to the volume of the plan.
pub(super) fn add(world: &mut World, plan: &Plan, dice: &mut Dice) {
    let year = business(later(plan.to, -365), plan.to, plan.to);
    let span = business(plan.from, plan.to, plan.to);
    let all = CRIMES_PER_SUSPECT * f64::from(plan.suspects) * span / year;
    let rate = (all - real(world.crimes.len())).max(0.0) / span;
    let mut women = Vec::new();
    for (day, expected) in quotas(plan.from, plan.to, plan.to, rate) {
        let spread = real(expected) + real(expected).sqrt() * dice.normal();
        for _ in 0..count(spread.max(0.0)) {
            add_one(world, day, &mut women, dice);
        }
    }
}

fn add_one(world: &mut World, day: NaiveDate, women: &mut Vec<u32>, dice: &mut Dice) {
    let offence = if dice.chance(0.008) {
        world.catalogue.outside_basket(dice)
    } else {
        world.catalogue.of_unsolved(dice)
    };
    let kind = world.catalogue.get(offence);
    let (domestic, ages) = (kind.domestic_share() * DOMESTIC, kind.victim);
    let report = Report {
        offence,
        on: day,
        borough: world.london.borough(dice),
        domestic: dice.chance(domestic),
    };
    let crime = Crime::new(&report, &world.catalogue, &world.london, dice);
    let known = victim_known(&crime, dice);
    let at = world.add_crime(crime, dice);
    let victim = victim(world, &report, ages, women, dice);
    world
        .parties
        .push(Party::other(at, victim, Role::Victim, known));
}

/// One victim in eight was one before.
fn victim(
    world: &mut World,
    report: &Report,
    ages: Ages,
    women: &mut Vec<u32>,
    dice: &mut Dice,
) -> u32 {
    if ages.are_grown() && !women.is_empty() && dice.chance(0.13) {
        return dice.pick(women);
    }
    let male = ages == Ages::Any && dice.chance(0.02);
    let sex = if male { "M" } else { "F" };
    let victim = Person::victim(report.on, ages, sex, report.borough, dice);
    let at = world.add_person(victim);
    if ages.are_grown() && !male {
        women.push(at);
    }
    at
}
