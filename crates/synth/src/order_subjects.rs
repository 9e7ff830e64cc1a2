//! Who may be made subject to an order, for whose protection: people named as
//! suspects, most of them weeks before.

use super::calendar::later;
use super::offences::Kin;
use super::parties::{Party, Role};
use super::people::Person;
use super::rng::Dice;
use super::world::World;
use chrono::NaiveDate;

/// The first suspect and a victim of one crime.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub(super) subject: u32,
    pub(super) protected: u32,
    kin: Kin,
    domestic: bool,
    named: NaiveDate,
}

/// Those against whom one kind of order is made, by the day of their naming.
pub(super) struct Subjects {
    pairs: Vec<Pair>,
    first: NaiveDate,
}

/// An order is applied for within so many days of the naming.
const WITHIN_DAYS: i64 = 60;

/// Every pair of the crimes reported from `first` on.
pub(super) fn pairs(world: &World, first: NaiveDate) -> Vec<Pair> {
    let mut suspects = vec![None; world.crimes.len()];
    let mut pairs = Vec::new();
    for party in &world.parties {
        let suspect = &mut suspects[party.crime as usize];
        match (party.role, *suspect) {
            (Role::Suspect, None) => *suspect = Some((party.person, party.known)),
            (Role::Victim, Some(suspect)) => pairs.extend(pair(world, party, suspect, first)),
            _ => {}
        }
    }
    pairs.sort_by_key(|pair| pair.named);
    pairs
}

fn pair(
    world: &World,
    victim: &Party,
    (subject, named): (u32, NaiveDate),
    first: NaiveDate,
) -> Option<Pair> {
    let crime = &world.crimes[victim.crime as usize];
    (crime.reported.date() >= first).then(|| Pair {
        subject,
        protected: victim.person,
        kin: world.catalogue.get(crime.offence).kin,
        domestic: crime.domestic,
        named: victim.known.max(named),
    })
}

impl Subjects {
    pub(super) fn new(pairs: &[Pair], against: fn(Kin, bool) -> bool, first: NaiveDate) -> Self {
        let able = pairs.iter().copied();
        Self {
            pairs: able
                .filter(|pair| against(pair.kin, pair.domestic))
                .collect(),
            first,
        }
    }

    /// Somebody grown who was named in the weeks before; from before the data
    /// begin, anybody.
    pub(super) fn one(&self, people: &[Person], day: NaiveDate, dice: &mut Dice) -> Option<Pair> {
        (0..60)
            .filter_map(|_| self.draw(day, dice))
            .find(|pair| people[pair.subject as usize].is_adult(day))
    }

    fn draw(&self, day: NaiveDate, dice: &mut Dice) -> Option<Pair> {
        let named = later(day, -dice.between(0, WITHIN_DAYS));
        let until = self.pairs.partition_point(|pair| pair.named <= named);
        let since = later(named, -3);
        let from = self.pairs.partition_point(|pair| pair.named < since);
        let choice = if named >= self.first && until > from {
            from + dice.index(until - from)
        } else {
            dice.index(self.pairs.len())
        };
        self.pairs.get(choice).copied()
    }
}
