//! Persons, as the nominal index holds them: born once, revised now and then,
//! merged when two records prove to be one.

use super::calendar::age;
use super::files::Record;
use super::names::{Group, Name};
use super::rng::{Dice, whole};
use super::row::Row;
use super::source::{Kind, Source};
use super::world::World;
use chrono::{NaiveDate, TimeDelta};

pub(super) const NOMINALS: Source = Source {
    name: "nominals",
    keys: 1,
    columns: &[
        ("nominal_id", Kind::Text),
        ("surname", Kind::Text),
        ("forenames", Kind::Text),
        ("date_of_birth", Kind::Date),
        ("sex", Kind::Choice(&["F", "M", "X", "U"])),
        ("ethnicity", Kind::Choice(ETHNICITIES)),
        ("home_borough", Kind::Text),
        ("deceased_on", Kind::Date),
        ("merged_into", Kind::Text),
        ("police_employee", Kind::Flag),
    ],
};

const ETHNICITIES: &[&str] = &[
    "W1", "W2", "W9", "M1", "M2", "M3", "M9", "A1", "A2", "A3", "A9", "B1", "B2", "B9", "O1", "O9",
    "NS",
];

/// Shares of Londoners known to the police, with the names they draw from.
const SHARES: [((&str, Group), u32); 16] = [
    (("W1", Group::White), 330),
    (("W2", Group::White), 18),
    (("W9", Group::White), 150),
    (("M1", Group::Black), 22),
    (("M2", Group::Black), 9),
    (("M3", Group::Asian), 9),
    (("M9", Group::Other), 18),
    (("A1", Group::Asian), 50),
    (("A2", Group::Asian), 40),
    (("A3", Group::Asian), 38),
    (("A9", Group::Asian), 42),
    (("B1", Group::Black), 85),
    (("B2", Group::Black), 100),
    (("B9", Group::Black), 35),
    (("O1", Group::Other), 12),
    (("O9", Group::Other), 42),
];

/// Share of suspects who are police employees.
pub(super) const POLICE: f64 = 0.0067;

/// What is known of a person. Days are those on which the record changed.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) number: u32,
    pub(super) name: Name,
    pub(super) born: Option<NaiveDate>,
    pub(super) sex: &'static str,
    pub(super) ethnicity: &'static str,
    pub(super) home: Option<u8>,
    /// First day on which the index holds the person.
    pub(super) seen: NaiveDate,
    pub(super) died: Option<Learnt<NaiveDate>>,
    pub(super) merged: Option<Learnt<u32>>,
    pub(super) police: bool,
    /// Ethnicity and home were filled in later, on this day.
    pub(super) completed: Option<NaiveDate>,
    /// Rows of the highest-harm people are never damaged.
    pub(super) steady: bool,
}

/// A fact and the day on which it reached the record.
#[derive(Clone, Copy)]
pub(super) struct Learnt<T> {
    pub(super) what: T,
    pub(super) on: NaiveDate,
}

/// How old a victim of an offence is.
#[derive(Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Ages {
    Infant,
    Child,
    Adult,
    Any,
}

impl Ages {
    pub(super) fn are_grown(self) -> bool {
        matches!(self, Self::Adult | Self::Any)
    }
}

impl Person {
    pub(super) fn suspect(day: NaiveDate, home: u8, dice: &mut Dice) -> Self {
        let sex = dice.choose(&[("M", 880), ("F", 102), ("U", 14), ("X", 4)]);
        let years = match dice.choose(&[(0, 7), (1, 60), (2, 33)]) {
            0 => 12.0 + 6.0 * dice.unit().sqrt(),
            1 => 18.0 + 20.0 * dice.unit(),
            _ => 38.0 + dice.exponential(10.0),
        };
        let mut person = Self::new(day, years, sex, home, dice);
        person.police = years > 19.0 && dice.chance(POLICE);
        if dice.chance(0.22) {
            person.ethnicity = "NS";
        }
        if dice.chance(0.02) {
            person.born = None;
        }
        person
    }

    pub(super) fn victim(
        day: NaiveDate,
        ages: Ages,
        sex: &'static str,
        home: u8,
        dice: &mut Dice,
    ) -> Self {
        let years = match ages {
            Ages::Infant => 2.0 + 11.0 * dice.unit(),
            Ages::Child => 13.0 + 3.0 * dice.unit(),
            Ages::Any if dice.chance(0.09) => 8.0 + 8.0 * dice.unit(),
            _ if dice.chance(0.72) => 16.0 + 24.0 * dice.unit(),
            _ => 40.0 + dice.exponential(12.0),
        };
        Self::new(day, years, sex, home, dice)
    }

    fn new(day: NaiveDate, years: f64, sex: &'static str, home: u8, dice: &mut Dice) -> Self {
        let (ethnicity, group) = dice.choose(&SHARES);
        let lag = whole(dice.exponential(25.0)) + 1;
        Self {
            number: 0,
            name: Name::draw(group, sex == "F", dice),
            born: Some(day - TimeDelta::days(whole(years.min(96.0) * 365.25))),
            sex,
            ethnicity,
            home: dice.chance(0.93).then_some(home),
            seen: NaiveDate::MAX,
            died: None,
            merged: None,
            police: false,
            completed: dice.chance(0.06).then(|| day + TimeDelta::days(lag)),
            steady: false,
        }
    }

    /// The same person recorded a second time, merged into `into` on `on`.
    pub(super) fn alias(&self, into: u32, on: NaiveDate, dice: &mut Dice) -> Self {
        let mut alias = self.clone();
        alias.born = if dice.chance(0.5) { self.born } else { None };
        alias.merged = Some(Learnt { what: into, on });
        alias.completed = None;
        alias
    }

    /// A person of unknown date of birth counts as an adult.
    pub(super) fn is_adult(&self, day: NaiveDate) -> bool {
        self.born.is_none_or(|born| age(born, day) >= 18)
    }

    pub(super) fn known_dead(&self, morning: NaiveDate) -> bool {
        self.died.is_some_and(|death| death.on < morning)
    }
}

pub(super) fn nominal_id(number: u32) -> String {
    format!("N{number:07}")
}

impl Record for Person {
    fn order(&self, _: &World) -> u64 {
        u64::from(self.number)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.seen);
        days.extend(self.completed);
        days.extend(self.died.map(|death| death.on));
        days.extend(self.merged.map(|merge| merge.on));
    }

    fn fill(&self, world: &World, morning: NaiveDate, row: &mut Row) {
        let complete = self.completed.is_none_or(|on| on < morning);
        let home = self.home.filter(|_| complete);
        let merged = self.merged.filter(|merge| merge.on < morning);
        row.text(&nominal_id(self.number));
        row.text(self.name.surname());
        row.text(self.name.forename());
        row.day(self.born);
        row.text(self.sex);
        row.text(if complete { self.ethnicity } else { "" });
        row.text(home.map_or("", |home| world.london.name(home)));
        let death = self.died.filter(|death| death.on < morning);
        row.day(death.map(|death| death.what));
        match merged {
            Some(merge) => {
                row.text(&nominal_id(world.people[merge.what as usize].number));
            }
            None => row.none(),
        }
        row.flag(self.police);
    }

    fn steady(&self, _: &World) -> bool {
        self.steady
    }
}
