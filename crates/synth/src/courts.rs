//! Charges, what the courts made of them, and time in custody.

use super::calendar::in_days;
use super::files::Record;
use super::people::nominal_id;
use super::rng::{Dice, whole};
use super::row::Row;
use super::source::{Kind, Source};
use super::world::{World, index};
use chrono::{NaiveDate, NaiveDateTime};

pub(super) const CHARGES: Source = Source {
    name: "charges",
    keys: 1,
    columns: &[
        ("charge_ref", Kind::Text),
        ("nominal_id", Kind::Text),
        ("crime_ref", Kind::Text),
        ("ho_code", Kind::Code),
        ("charged_at", Kind::Moment),
        ("remanded", Kind::Flag),
    ],
};

pub(super) const COURT_RESULTS: Source = Source {
    name: "court_results",
    keys: 1,
    columns: &[
        ("charge_ref", Kind::Text),
        (
            "result",
            Kind::Choice(&["convicted", "acquitted", "discontinued"]),
        ),
        ("result_at", Kind::Moment),
        (
            "sentence_type",
            Kind::Choice(&["custody", "suspended", "community", "fine", "discharge"]),
        ),
        ("sentence_days", Kind::Number),
    ],
};

pub(super) const CUSTODY_SPELLS: Source = Source {
    name: "custody_spells",
    keys: 2,
    columns: &[
        ("nominal_id", Kind::Text),
        ("starts_at", Kind::Moment),
        ("kind", Kind::Choice(&["remand", "sentence", "recall"])),
        ("ends_at", Kind::Moment),
    ],
};

pub(super) struct Charge {
    number: u32,
    pub(super) person: u32,
    pub(super) crime: u32,
    offence: u8,
    pub(super) at: NaiveDateTime,
    remanded: bool,
}

pub(super) struct CourtResult {
    charge: u32,
    word: &'static str,
    at: NaiveDateTime,
    sentence: Option<(&'static str, Option<i64>)>,
}

pub(super) struct Spell {
    pub(super) person: u32,
    pub(super) starts: NaiveDateTime,
    kind: &'static str,
    pub(super) ends: Option<NaiveDateTime>,
}

/// Charges a suspect with a crime, at times with a common assault beside it.
pub(super) fn charge(
    world: &mut World,
    (crime, person, at): (u32, u32, NaiveDateTime),
    dice: &mut Dice,
) {
    let offence = world.crimes[crime as usize].offence;
    let days = world.catalogue.get(offence).days;
    let remand_share = match days {
        d if d >= 3000.0 => 0.95,
        d if d >= 700.0 => 0.30,
        d if d >= 180.0 => 0.20,
        _ => 0.08,
    };
    let remanded = dice.chance(remand_share);
    let second = world.catalogue.by_code("105/01").ok();
    let more = second.filter(|second| *second != offence && dice.chance(0.10));
    for offence in std::iter::once(offence).chain(more) {
        world.charges.push(Charge {
            number: 0,
            person,
            crime,
            offence,
            at,
            remanded,
        });
    }
}

/// Numbers the charges and takes each to court.
pub(super) fn try_charges(world: &mut World, to: NaiveDate, dice: &mut Dice) {
    world
        .charges
        .sort_by_key(|charge| (charge.at, charge.crime));
    for at in 0..world.charges.len() {
        world.charges[at].number = index(at + 1);
        let charge = &world.charges[at];
        let (person, charged, remanded) = (charge.person, charge.at, charge.remanded);
        let days = world.catalogue.get(charge.offence).days;
        let second = at > 0 && world.charges[at - 1].crime == charge.crime;
        let result = verdict(days, index(at), charged, dice);
        let heard = (result.at.date() < to).then_some(result.at);
        if remanded && !second {
            world.spells.push(Spell {
                person,
                starts: charged,
                kind: "remand",
                ends: heard,
            });
        }
        if heard.is_some() {
            serve(world, person, &result, to, dice);
            world.results.push(result);
        }
    }
    // One spell per person and start: a second on the same moment is dropped.
    world
        .spells
        .sort_by_key(|spell| (spell.person, spell.starts));
    world
        .spells
        .dedup_by_key(|spell| (spell.person, spell.starts));
}

fn verdict(days: f64, charge: u32, charged: NaiveDateTime, dice: &mut Dice) -> CourtResult {
    let median = if days >= 250.0 { 230.0 } else { 65.0 };
    let at = in_days(charged, 1.0 + dice.lognormal(median, 0.7));
    let word = dice.choose(&[("convicted", 66), ("acquitted", 16), ("discontinued", 18)]);
    let sentence = (word == "convicted").then(|| sentence(days, dice));
    CourtResult {
        charge,
        word,
        at,
        sentence,
    }
}

fn sentence(days: f64, dice: &mut Dice) -> (&'static str, Option<i64>) {
    let length = whole((days * dice.lognormal(1.0, 0.3)).max(14.0));
    let kind = match days {
        d if d >= 700.0 => "custody",
        d if d >= 80.0 => dice.choose(&[
            ("custody", 42),
            ("suspended", 28),
            ("community", 28),
            ("fine", 2),
        ]),
        _ => dice.choose(&[
            ("community", 42),
            ("fine", 24),
            ("discharge", 14),
            ("suspended", 10),
            ("custody", 10),
        ]),
    };
    let counted = matches!(kind, "custody" | "suspended");
    (kind, counted.then_some(length))
}

/// Time served, half of the sentence, and the few who are recalled.
fn serve(world: &mut World, person: u32, result: &CourtResult, to: NaiveDate, dice: &mut Dice) {
    let Some(("custody", Some(length))) = result.sentence else {
        return;
    };
    #[expect(clippy::cast_precision_loss, reason = "a sentence in days")]
    let release = in_days(result.at, 0.5 * length as f64);
    let by_then = |when: NaiveDateTime| (when.date() < to).then_some(when);
    world.spells.push(Spell {
        person,
        starts: result.at,
        kind: "sentence",
        ends: by_then(release),
    });
    let recalled = in_days(release, 3.0 + dice.exponential(30.0));
    if dice.chance(0.3) && recalled.date() < to {
        world.spells.push(Spell {
            person,
            starts: recalled,
            kind: "recall",
            ends: by_then(in_days(recalled, 28.0)),
        });
    }
}

fn charge_ref(number: u32) -> String {
    format!("CH{number:07}")
}

impl Record for Charge {
    fn order(&self, _: &World) -> u64 {
        u64::from(self.number)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.at.date());
    }

    fn fill(&self, world: &World, _: NaiveDate, row: &mut Row) {
        row.text(&charge_ref(self.number));
        row.text(&nominal_id(world.people[self.person as usize].number));
        row.text(&world.crimes[self.crime as usize].reference());
        row.text(&world.catalogue.get(self.offence).code);
        row.moment(Some(self.at));
        row.flag(self.remanded);
    }

    fn steady(&self, world: &World) -> bool {
        world.crimes[self.crime as usize].steady
    }
}

impl Record for CourtResult {
    fn order(&self, _: &World) -> u64 {
        u64::from(self.charge)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.at.date());
    }

    fn fill(&self, world: &World, _: NaiveDate, row: &mut Row) {
        row.text(&charge_ref(world.charges[self.charge as usize].number));
        row.text(self.word);
        row.moment(Some(self.at));
        row.text(self.sentence.map_or("", |(kind, _)| kind));
        row.number_or_none(self.sentence.and_then(|(_, days)| days));
    }

    fn steady(&self, world: &World) -> bool {
        world.charges[self.charge as usize].steady(world)
    }
}

impl Record for Spell {
    fn order(&self, world: &World) -> u64 {
        u64::from(world.people[self.person as usize].number)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.starts.date());
        days.extend(self.ends.map(|ends| ends.date()));
    }

    fn fill(&self, world: &World, morning: NaiveDate, row: &mut Row) {
        row.text(&nominal_id(world.people[self.person as usize].number));
        row.moment(Some(self.starts));
        row.text(self.kind);
        row.moment(self.ends.filter(|ends| ends.date() < morning));
    }

    fn steady(&self, world: &World) -> bool {
        world.people[self.person as usize].steady
    }
}
