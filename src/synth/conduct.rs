//! Conduct cases against police employees, from record to outcome.

use super::Plan;
use super::calendar::{born_between, day_time, days, in_days, later, years_between};
use super::dice::{Dice, Theme, count};
use super::files::Record;
use super::offences::Kin;
use super::parties::Role;
use super::people::{Person, nominal_id};
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

/// Cases in a year, at 36,000 suspects.
const PER_YEAR: f64 = 640.0;

pub(super) struct Case {
    number: u32,
    recorded: NaiveDateTime,
    category: &'static str,
    vawg: bool,
    subject: u32,
    crime: Option<u32>,
    finalised: NaiveDateTime,
    outcome: &'static str,
}

/// Cases back to a year before the data begin, so that some end early on.
pub(super) fn make(world: &mut World, plan: &Plan) {
    let mut dice = Dice::new(plan.seed, Theme::Conduct, 0);
    let mut linked = crimes_of_staff(world);
    linked.sort_by_key(|(_, crime)| world.crimes[*crime as usize].recorded);
    let daily = PER_YEAR / 365.0 * f64::from(plan.suspects) / 36_000.0;
    let mut due = 0.0;
    let mut made = 0;
    for day in days(later(plan.from, -365), plan.to) {
        due += daily;
        while made < count(due) {
            made += 1;
            let person = staff(world, day, &mut dice);
            let case = Case::new(day, plan.to, (person, None), &mut dice);
            world.conduct.push(case);
        }
    }
    for (person, crime) in linked {
        let recorded = world.crimes[crime as usize].recorded;
        let day = in_days(recorded, dice.exponential(6.0)).date();
        world.people[person as usize].police = true;
        let mut case = Case::new(day, plan.to, (person, Some(crime)), &mut dice);
        case.vawg = true;
        let kin = world
            .catalogue
            .get(world.crimes[crime as usize].offence)
            .kin;
        case.category = linked_category(kin, world.crimes[crime as usize].domestic);
        world.conduct.push(case);
    }
    world.conduct.sort_by_key(|case| case.recorded);
    for (number, case) in (1..).zip(&mut world.conduct) {
        case.number = number;
    }
}

/// Suspects who are police employees, with the crime each is accused of.
fn crimes_of_staff(world: &World) -> Vec<(u32, u32)> {
    let accused = world.parties.iter().filter(|p| p.role == Role::Suspect);
    accused
        .filter(|party| world.people[party.person as usize].police)
        .map(|party| (party.person, party.crime))
        .collect()
}

fn linked_category(kin: Kin, domestic: bool) -> &'static str {
    match kin {
        _ if domestic => "domestic_abuse",
        Kin::Rape | Kin::SexualAssault | Kin::ChildSexual | Kin::Exposure => "sexual_misconduct",
        Kin::Harassment | Kin::Stalking | Kin::Images => "harassment",
        _ => "discreditable_conduct",
    }
}

/// An employee known only through the case.
fn staff(world: &mut World, day: NaiveDate, dice: &mut Dice) -> u32 {
    let home = world.london.borough(dice);
    let mut person = Person::suspect(day, home, dice);
    person.born = Some(born_between(day, (21.0, 56.0), dice));
    person.police = true;
    person.seen = day;
    world.add_person(person)
}

impl Case {
    fn new(
        day: NaiveDate,
        to: NaiveDate,
        (subject, crime): (u32, Option<u32>),
        dice: &mut Dice,
    ) -> Self {
        let category = dice.choose(&[
            ("sexual_misconduct", 12),
            ("domestic_abuse", 8),
            ("sexism_and_misogyny", 22),
            ("abuse_of_position", 5),
            ("harassment", 6),
            ("discreditable_conduct", 18),
            ("use_of_force", 11),
            ("duties_and_responsibilities", 18),
        ]);
        let median = 188.0 + 16.0 * years_between(day, to);
        let recorded = day_time(day, dice);
        let vawg = match category {
            "sexual_misconduct" | "domestic_abuse" | "sexism_and_misogyny" => true,
            "abuse_of_position" | "harassment" => dice.chance(0.7),
            _ => false,
        };
        Self {
            number: 0,
            recorded,
            category,
            vawg,
            subject,
            crime,
            finalised: in_days(recorded, dice.lognormal(median, 0.55).max(5.0)),
            outcome: outcome(crime.is_some(), dice),
        }
    }
}

fn outcome(linked: bool, dice: &mut Dice) -> &'static str {
    let grave = if linked { 3 } else { 1 };
    dice.choose(&[
        ("no_action", 66),
        ("reflective_practice", 14),
        ("written_warning", 6),
        ("final_written_warning", 5),
        ("dismissed", 4 * grave),
        ("would_have_been_dismissed", 2 * grave),
    ])
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
