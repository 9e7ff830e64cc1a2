//! Who had which part in a crime.

use super::calendar::later;
use super::crimes::Crime;
use super::files::Record;
use super::people::nominal_id;
use super::rng::{Dice, whole};
use super::row::Row;
use super::source::{Kind, Source};
use super::world::World;
use chrono::NaiveDate;

pub(super) const PARTIES: Source = Source {
    name: "parties",
    keys: 3,
    columns: &[
        ("crime_ref", Kind::Text),
        ("nominal_id", Kind::Text),
        ("role", Kind::Choice(&["suspect", "victim", "witness"])),
        (
            "relationship",
            Kind::Choice(&[
                "partner",
                "ex_partner",
                "family",
                "acquaintance",
                "stranger",
            ]),
        ),
        (
            "named_by",
            Kind::Choice(&["victim", "witness", "officer", "other"]),
        ),
    ],
};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Suspect,
    Victim,
    Witness,
}

#[derive(Clone, Copy)]
pub(super) struct Party {
    pub(super) crime: u32,
    pub(super) person: u32,
    pub(super) role: Role,
    /// What a suspect is to the victim; empty for the other roles.
    pub(super) relationship: &'static str,
    /// Who named a suspect; empty for the other roles.
    pub(super) named_by: &'static str,
    pub(super) known: NaiveDate,
}

impl Party {
    /// A victim or a witness.
    pub(super) fn other(crime: u32, person: u32, role: Role, known: NaiveDate) -> Self {
        Self {
            crime,
            person,
            role,
            relationship: "",
            named_by: "",
            known,
        }
    }
}

/// The day on which the victim is on the record: now and then some days late.
pub(super) fn victim_known(crime: &Crime, dice: &mut Dice) -> NaiveDate {
    let late = dice.chance(0.012);
    let days = if late {
        1.0 + dice.exponential(10.0)
    } else {
        0.0
    };
    later(crime.recorded.date(), whole(days))
}

impl Record for Party {
    fn order(&self, world: &World) -> u64 {
        let crime = &world.crimes[self.crime as usize];
        crime.order(world) << 2 | self.role as u64
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.known);
    }

    fn fill(&self, world: &World, _: NaiveDate, row: &mut Row) {
        row.text(&world.crimes[self.crime as usize].reference());
        row.text(&nominal_id(world.people[self.person as usize].number));
        row.text(match self.role {
            Role::Suspect => "suspect",
            Role::Victim => "victim",
            Role::Witness => "witness",
        });
        row.text(self.relationship);
        row.text(self.named_by);
    }

    fn steady(&self, world: &World) -> bool {
        world.crimes[self.crime as usize].steady || world.people[self.person as usize].steady
    }
}
