//! What became of each crime: arrest, charge, closure.

use super::calendar::{in_days, midnight};
use super::courts;
use super::dice::Dice;
use super::files::Record;
use super::offences::{Kin, Offence};
use super::parties::Role;
use super::people::nominal_id;
use super::row::Row;
use super::source::{Kind, Source};
use super::world::{World, index};
use chrono::{NaiveDate, NaiveDateTime};

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

/// How a crime ended.
#[derive(Clone, Copy)]
enum Ending {
    Charged,
    Closed(u8),
}

/// Follows every crime up to `to`.
pub(super) fn run(world: &mut World, to: NaiveDate, dice: &mut Dice) {
    let suspects = suspects(world);
    for (crime, suspect) in suspects.into_iter().enumerate() {
        match suspect {
            Some((person, named)) => follow(world, (index(crime), person, named), to, dice),
            None => close_unsolved(world, crime, dice),
        }
    }
    world.arrests.sort_by_key(|arrest| arrest.at);
    for (number, arrest) in (1..).zip(&mut world.arrests) {
        arrest.number = number;
    }
    courts::try_charges(world, to, dice);
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

fn close_unsolved(world: &mut World, crime: usize, dice: &mut Dice) {
    let crime = &mut world.crimes[crime];
    let offence = world.catalogue.get(crime.offence);
    let grave = offence.is_sexual() || offence.days > 500.0;
    let outcomes = [
        (18, 60),
        (14, 31),
        (20, 3),
        (21, 2),
        (13, 1),
        (19, 1),
        (10, 2),
    ];
    let median = if grave { 95.0 } else { 17.0 };
    let when = in_days(crime.recorded, dice.lognormal(median, 1.1));
    let outcome = dice.choose(&outcomes);
    let stopped = crime.dropped.is_some_and(|(_, stop)| stop < when);
    crime.closed = (!stopped).then_some((outcome, when));
}

/// One crime with a named suspect.
fn follow(
    world: &mut World,
    (crime, person, named): (u32, u32, NaiveDateTime),
    to: NaiveDate,
    dice: &mut Dice,
) {
    let record = &world.crimes[crime as usize];
    let offence = world.catalogue.get(record.offence);
    let steady = record.steady;
    let death = world.people[person as usize].died.map(|death| death.what);
    let charged = dice.chance(charge_share(offence, record.domestic));
    let ending = if death.is_some() {
        Ending::Closed(5)
    } else if charged && record.dropped.is_none() {
        Ending::Charged
    } else {
        Ending::Closed(outcome(offence, dice))
    };
    let arrest_share = match ending {
        Ending::Charged => 0.86,
        Ending::Closed(_) if record.domestic || steady => 0.42,
        Ending::Closed(_) => 0.20,
    };
    let arrested = dice
        .chance(arrest_share)
        .then(|| in_days(named, arrest_lag(dice)));
    let median = match ending {
        Ending::Charged => offence.lag_days,
        Ending::Closed(_) => closing_days(offence),
    };
    let after = arrested.unwrap_or(named);
    // Long investigations differ less in length than short ones.
    let spread = if median > 150.0 { 0.5 } else { 0.9 };
    let ended = in_days(after, dice.lognormal(median, spread).max(0.4));
    let stopped = record.dropped.map(|(_, when)| when);
    let ended_first = stopped.is_none_or(|stop| ended < stop);
    let free = |at: &NaiveDateTime| {
        stopped.is_none_or(|stop| *at < stop) && death.is_none_or(|died| at.date() < died)
    };
    if let Some(at) = arrested.filter(free) {
        let last = ended_first.then_some((ending, ended));
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
    let code = match ending {
        Ending::Charged => 1,
        Ending::Closed(code) => code,
    };
    world.crimes[crime as usize].closed = Some((code, ended));
    if matches!(ending, Ending::Charged) && ended.date() < to {
        courts::charge(world, (crime, person, ended), dice);
    }
}

fn charge_share(offence: &Offence, domestic: bool) -> f64 {
    offence.charge_share() * if domestic { 1.32 } else { 1.04 }
}

fn arrest_lag(dice: &mut Dice) -> f64 {
    if dice.chance(0.62) {
        dice.exponential(0.5)
    } else {
        1.0 + dice.exponential(11.0)
    }
}

fn closing_days(offence: &Offence) -> f64 {
    match offence.kin {
        Kin::Rape | Kin::ChildSexual | Kin::Homicide => 190.0,
        Kin::SexualAssault | Kin::SeriousViolence | Kin::Exploitation => 110.0,
        Kin::Violence | Kin::Harassment => 34.0,
        _ => 60.0,
    }
}

/// Of crimes with a named suspect who is not charged.
fn outcome(offence: &Offence, dice: &mut Dice) -> u8 {
    let shared = [
        (16, 500),
        (15, 330),
        (14, 22),
        (13, 8),
        (12, 6),
        (11, 6),
        (10, 22),
        (9, 8),
        (5, 3),
        (17, 8),
        (20, 20),
        (21, 12),
    ];
    let minor = offence.days <= 182.0 && !offence.is_sexual();
    if minor && dice.chance(0.09) {
        return dice.choose(&[(8, 52), (3, 26), (2, 6), (22, 16)]);
    }
    dice.choose(&shared)
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
