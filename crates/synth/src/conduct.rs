//! Conduct cases against police employees, as their extract tells them.

use super::files::Record;
use super::people::nominal_id;
use super::row::Row;
use super::source::{Kind, Source};
use super::world::World;
use chrono::{NaiveDate, NaiveDateTime};

pub(super) const CONDUCT_CASES: Source = Source {
    name: "conduct_cases",
    keys: 1,
    columns: &[
        ("case_ref", Kind::Text),
        ("recorded_at", Kind::Moment),
        (
            "category",
            Kind::Choice(&[
                "sexual_misconduct",
                "domestic_abuse",
                "sexism_and_misogyny",
                "abuse_of_position",
                "harassment",
                "discreditable_conduct",
                "use_of_force",
                "duties_and_responsibilities",
            ]),
        ),
        ("vawg", Kind::Flag),
        ("subject_id", Kind::Text),
        ("linked_crime_ref", Kind::Text),
        ("finalised_at", Kind::Moment),
        (
            "outcome",
            Kind::Choice(&[
                "no_action",
                "reflective_practice",
                "written_warning",
                "final_written_warning",
                "dismissed",
                "would_have_been_dismissed",
            ]),
        ),
    ],
};

pub(super) struct Case {
    pub(super) number: u32,
    pub(super) recorded: NaiveDateTime,
    pub(super) category: &'static str,
    pub(super) vawg: bool,
    pub(super) subject: u32,
    pub(super) crime: Option<u32>,
    pub(super) finalised: NaiveDateTime,
    pub(super) outcome: &'static str,
}

impl Record for Case {
    fn order(&self, _: &World) -> u64 {
        u64::from(self.number)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.recorded.date());
        days.push(self.finalised.date());
    }

    fn fill(&self, world: &World, morning: NaiveDate, row: &mut Row) {
        let finalised = self.finalised.date() < morning;
        row.text(&format!("PS{:06}", self.number));
        row.moment(Some(self.recorded));
        row.text(self.category);
        row.flag(self.vawg);
        row.text(&nominal_id(world.people[self.subject as usize].number));
        let crime = self.crime.map(|at| world.crimes[at as usize].reference());
        row.text(crime.as_deref().unwrap_or(""));
        row.moment(finalised.then_some(self.finalised));
        row.text(if finalised { self.outcome } else { "" });
    }

    fn steady(&self, _: &World) -> bool {
        false
    }
}
