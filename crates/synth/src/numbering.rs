//! Numbers for people and crimes, in the order in which the police came to
//! know of them.

use super::people::Learnt;
use super::world::World;
use chrono::Datelike;

pub(super) fn number(world: &mut World) {
    date_people(world);
    let mut people: Vec<usize> = (0..world.people.len()).collect();
    people.sort_by_key(|at| world.people[*at].seen);
    for (number, at) in (1..).zip(people) {
        world.people[at].number = number;
    }
    let mut crimes: Vec<usize> = (0..world.crimes.len()).collect();
    crimes.sort_by_key(|at| world.crimes[*at].recorded);
    let (mut year, mut number) = (0, 0);
    for at in crimes {
        let recorded = world.crimes[at].recorded.year();
        number = if recorded == year { number + 1 } else { 1 };
        year = recorded;
        world.crimes[at].number = number;
    }
}

/// A person's record begins on the day it is first needed; one that is merged
/// away needs the one that it is merged into.
fn date_people(world: &mut World) {
    for party in &world.parties {
        let person = &mut world.people[party.person as usize];
        person.seen = person.seen.min(party.known);
    }
    // A second record stands behind the one it is merged into, so that going
    // backwards carries the first day of a whole chain to its head.
    for at in (0..world.people.len()).rev() {
        let seen = world.people[at].seen;
        if let Some(Learnt { what, .. }) = world.people[at].merged {
            let into = &mut world.people[what as usize];
            into.seen = into.seen.min(seen);
        }
    }
    for person in &mut world.people {
        if let Some(merge) = &mut person.merged {
            merge.on = merge.on.max(person.seen);
        }
    }
}
