//! What became of each crime: arrest, charge, closure.

use super::calendar::{in_days, midnight};
use super::courts;
use super::files::Record;
use super::outcomes::{Case, Course, Ending, Practice};
use super::parties::Role;
use super::people::nominal_id;
use super::rng::Dice;
use super::row::Row;
use super::source::{Kind, Source};
use super::world::{World, index};
use chrono::{NaiveDate, NaiveDateTime};
use std::collections::BTreeMap;
use std::ops::Range;

pub(super) const ARRESTS: Source = Source {
    name: "arrests",
    keys: 1,
    columns: &[
        ("custody_ref", Kind::Text),
        ("nominal_id", Kind::Text),
        ("crime_ref", Kind::Text),
        ("arrested_at", Kind::Moment),
        (
            "disposal",
            Kind::Choice(&[
                "charged",
                "bailed",
                "released_under_investigation",
                "no_further_action",
            ]),
        ),
        ("disposal_at", Kind::Moment),
    ],
};

pub(super) struct Arrest {
    pub(super) number: u32,
    person: u32,
    crime: u32,
    at: NaiveDateTime,
    /// Release on bail or under investigation, then the last word.
    disposals: [Option<(&'static str, NaiveDateTime)>; 2],
    steady: bool,
}

/// How crimes go on: by practice, or as is told of some.
pub(super) struct Outlook {
    pub(super) practice: Practice,
    pub(super) known: BTreeMap<u32, Course>,
    /// Charges are held of these days.
    pub(super) span: Range<NaiveDate>,
}

/// Follows every crime up to the last day.
pub(super) fn run(world: &mut World, outlook: &Outlook, dice: &mut Dice) {
    let suspects = suspects(world);
    for (crime, suspect) in suspects.into_iter().enumerate() {
        match suspect {
            Some((person, named)) => follow(world, (index(crime), person, named), outlook, dice),
            None => close_unsolved(world, index(crime), outlook, dice),
        }
    }
    world.arrests.sort_by_key(|arrest| arrest.at);
    for (number, arrest) in (1..).zip(&mut world.arrests) {
        arrest.number = number;
    }
    courts::try_charges(world, outlook.span.end, dice);
}

/// The first suspect of each crime and the moment of naming.
fn suspects(world: &World) -> Vec<Option<(u32, NaiveDateTime)>> {
    let mut found = vec![None; world.crimes.len()];
    for party in world.parties.iter().filter(|p| p.role == Role::Suspect) {
        let crime = party.crime as usize;
        let named = world.crimes[crime].recorded.max(midnight(party.known));
        found[crime].get_or_insert((party.person, named));
    }
    found
}

/// A crime as those see it who investigate; no charge follows against the dead
/// or for what leaves the record.
fn case(world: &World, crime: u32, suspect: Option<u32>) -> Case<'_> {
    let record = &world.crimes[crime as usize];
    let dead = suspect.is_some_and(|at| world.people[at as usize].died.is_some());
    Case {
        offence: world.catalogue.get(record.offence),
        domestic: record.domestic,
        borough: record.spot.borough,
        on: record.recorded.date(),
        pressed: record.steady,
        chargeable: !dead && record.dropped.is_none(),
    }
}

fn close_unsolved(world: &mut World, crime: u32, outlook: &Outlook, dice: &mut Dice) {
    let known = outlook.known.get(&crime).copied();
    let course = known.unwrap_or_else(|| outlook.practice.unnamed(&case(world, crime, None), dice));
    let crime = &mut world.crimes[crime as usize];
    let when = in_days(crime.recorded, course.lasts);
    let stopped = crime.dropped.is_some_and(|(_, stop)| stop < when);
    crime.closed = (!stopped).then_some((course.ending.code(), when));
}

/// One crime with a named suspect.
fn follow(
    world: &mut World,
    (crime, person, named): (u32, u32, NaiveDateTime),
    outlook: &Outlook,
    dice: &mut Dice,
) {
    let known = outlook.known.get(&crime).copied();
    let mut course = known.unwrap_or_else(|| {
        outlook
            .practice
            .named(&case(world, crime, Some(person)), dice)
    });
    let record = &world.crimes[crime as usize];
    let steady = record.steady;
    let death = world.people[person as usize].died.map(|death| death.what);
    if death.is_some() {
        course.ending = Ending::Closed(5);
    }
    let arrested = course.arrested.map(|days| in_days(named, days));
    let ended = in_days(arrested.unwrap_or(named), course.lasts);
    let stopped = record.dropped.map(|(_, when)| when);
    let ended_first = stopped.is_none_or(|stop| ended < stop);
    let free = |at: &NaiveDateTime| {
        stopped.is_none_or(|stop| *at < stop) && death.is_none_or(|died| at.date() < died)
    };
    if let Some(at) = arrested.filter(free) {
        let last = ended_first.then_some((course.ending, ended));
        world.arrests.push(Arrest {
            number: 0,
            person,
            crime,
            at,
            disposals: disposals(at, last, dice),
            steady,
        });
    }
    if !ended_first {
        return;
    }
    world.crimes[crime as usize].closed = Some((course.ending.code(), ended));
    if matches!(course.ending, Ending::Charged) && outlook.span.contains(&ended.date()) {
        courts::charge(world, (crime, person, ended), dice);
    }
}

fn disposals(
    arrested: NaiveDateTime,
    last: Option<(Ending, NaiveDateTime)>,
    dice: &mut Dice,
) -> [Option<(&'static str, NaiveDateTime)>; 2] {
    let released = in_days(arrested, 0.25 + 0.7 * dice.unit());
    let last = last.map(|(ending, when)| {
        let word = match ending {
            Ending::Charged => "charged",
            Ending::Closed(_) => "no_further_action",
        };
        (word, when)
    });
    match last {
        Some((word, when)) if when <= released => [Some((word, when)), None],
        _ => {
            let words = [("bailed", 72), ("released_under_investigation", 28)];
            [Some((dice.choose(&words), released)), last]
        }
    }
}

impl Arrest {
    fn disposal(&self, morning: NaiveDate) -> Option<(&'static str, NaiveDateTime)> {
        let mut latest_first = self.disposals.iter().rev().flatten();
        latest_first.find(|(_, at)| at.date() < morning).copied()
    }
}

impl Record for Arrest {
    fn order(&self, _: &World) -> u64 {
        u64::from(self.number)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.at.date());
        days.extend(self.disposals.iter().flatten().map(|(_, at)| at.date()));
    }

    fn fill(&self, world: &World, morning: NaiveDate, row: &mut Row) {
        let disposal = self.disposal(morning);
        row.text(&format!("A{:07}", self.number));
        row.text(&nominal_id(world.people[self.person as usize].number));
        row.text(&world.crimes[self.crime as usize].reference());
        row.moment(Some(self.at));
        row.text(disposal.map_or("", |(word, _)| word));
        row.moment(disposal.map(|(_, at)| at));
    }

    fn steady(&self, _: &World) -> bool {
        self.steady
    }
}
