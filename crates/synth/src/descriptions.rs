//! What of a victim was written down: of some no date of birth, of more no
//! ethnicity, better from year to year and not in every borough alike.

use super::Plan;
use super::levels::{Level, Trend, rising};
use super::parties::Role;
use super::places::lean;
use super::rng::{Dice, Theme};
use super::world::World;

/// Share of victims whose ethnicity is stated; a form that asks for it came
/// a year and a half ago.
const STATED: Trend = rising(0.835, 0.012, 0.007).stepped(540, 0.025);
const STATED_LOCALLY: f64 = 0.045;

/// Share of victims whose date of birth is known.
const BORN: Trend = rising(0.971, 0.0, 0.002);
const BORN_LOCALLY: f64 = 0.008;

/// Takes out what nobody wrote down when a victim was first recorded.
pub(super) fn omit(world: &mut World, plan: &Plan) {
    let mut dice = Dice::new(plan.seed, Theme::Descriptions, 0);
    let stated = Level::new(STATED, plan.to, &mut dice);
    let born = Level::new(BORN, plan.to, &mut dice);
    let mut seen = vec![false; world.people.len()];
    for party in &world.parties {
        let at = party.person as usize;
        if party.role != Role::Victim || std::mem::replace(&mut seen[at], true) {
            continue;
        }
        let crime = &world.crimes[party.crime as usize];
        let (day, borough) = (crime.recorded.date(), crime.spot.borough);
        let local = lean(borough, Theme::Descriptions);
        let victim = &mut world.people[at];
        if !dice.chance(stated.at(day) + STATED_LOCALLY * local) {
            victim.ethnicity = "NS";
        }
        if !dice.chance(born.at(day) + BORN_LOCALLY * local) {
            victim.born = None;
        }
    }
}
