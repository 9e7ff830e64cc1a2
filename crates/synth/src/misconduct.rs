//! What police employees are accused of at work, from record to outcome. Behind
//! some cases stands a crime report that names the employee as a suspect.

use super::Plan;
use super::calendar::{born_between, day_time, days, in_days, later};
use super::conduct::Case;
use super::levels::{Level, Trend, rising, steady};
use super::offences::Kin;
use super::parties::Role;
use super::people::Person;
use super::rng::{Dice, Theme};
use super::world::World;
use chrono::{Datelike, NaiveDate};

/// Cases in a year behind which no crime stands, at 36,000 suspects, and the
/// share of them that is about violence against women and girls.
const UNLINKED: [(&str, f64, f64); 8] = [
    ("sexual_misconduct", 18.0, 1.0),
    ("domestic_abuse", 20.0, 1.0),
    ("sexism_and_misogyny", 92.0, 1.0),
    ("abuse_of_position", 24.0, 0.4),
    ("harassment", 32.0, 0.3),
    ("discreditable_conduct", 118.0, 0.12),
    ("use_of_force", 80.0, 0.0),
    ("duties_and_responsibilities", 128.0, 0.0),
];

/// Cases begin so long before the data, so that old ones end from the first
/// day on.
pub(super) const DAYS_BACK: i64 = 900;

/// How readily staff report, as a factor: more so since a line for it opened.
const REPORTS: Trend = rising(1.0, 0.02, 0.05).stepped(440, 0.13);

/// Median days from record to outcome: a little fewer each year.
const DAYS: Trend = rising(186.0, -13.0, 6.0);

/// Share that ends with no action, where no crime stands behind it.
const NO_ACTION: Trend = steady(0.755, 0.02);

/// What a case is made from.
struct Allegation {
    day: NaiveDate,
    category: &'static str,
    vawg: bool,
    crime: Option<u32>,
}

struct Maker<'a> {
    world: &'a mut World,
    dice: Dice,
    reports: Level,
    days: Level,
    no_action: Level,
}

pub(super) fn make(world: &mut World, plan: &Plan) {
    let mut dice = Dice::new(plan.seed, Theme::Conduct, 0);
    let mut level = |trend| Level::new(trend, plan.to, &mut dice);
    let mut maker = Maker {
        reports: level(REPORTS),
        days: level(DAYS),
        no_action: level(NO_ACTION),
        world,
        dice,
    };
    let scale = f64::from(plan.suspects) / 36_000.0;
    for day in days(later(plan.from, -DAYS_BACK), plan.to) {
        maker.unlinked(day, scale);
    }
    maker.linked();
    world.conduct.sort_by_key(|case| case.recorded);
    for (number, case) in (1..).zip(&mut world.conduct) {
        case.number = number;
    }
}

impl Maker<'_> {
    fn unlinked(&mut self, day: NaiveDate, scale: f64) {
        let level = self.reports.at(day) * season(day) * scale / 365.0;
        for (category, per_year, about_women) in UNLINKED {
            for _ in 0..self.dice.poisson(per_year * level) {
                let vawg = self.dice.chance(about_women);
                let allegation = Allegation {
                    day,
                    category,
                    vawg,
                    crime: None,
                };
                let subject = staff(self.world, day, &mut self.dice);
                self.record(subject, &allegation);
            }
        }
    }

    /// A case for each crime that an employee is accused of.
    fn linked(&mut self) {
        for (person, crime) in crimes_of_staff(self.world) {
            let record = &self.world.crimes[crime as usize];
            let (recorded, domestic) = (record.recorded, record.domestic);
            let kin = self.world.catalogue.get(record.offence).kin;
            self.world.people[person as usize].police = true;
            let allegation = Allegation {
                day: in_days(recorded, self.dice.exponential(6.0)).date(),
                category: linked_category(kin, domestic, &mut self.dice),
                vawg: true,
                crime: Some(crime),
            };
            self.record(person, &allegation);
        }
    }

    fn record(&mut self, subject: u32, of: &Allegation) {
        let dice = &mut self.dice;
        let recorded = day_time(of.day, dice);
        let lasted = dice.lognormal(self.days.at(of.day), 0.5).max(5.0);
        let grave = of.crime.is_some();
        let no_action = self.no_action.at(of.day) - if grave { 0.07 } else { 0.0 };
        let outcome = if dice.chance(no_action) {
            "no_action"
        } else {
            sanction(grave, dice)
        };
        self.world.conduct.push(Case {
            number: 0,
            recorded,
            category: of.category,
            vawg: of.vawg,
            subject,
            crime: of.crime,
            finalised: in_days(recorded, lasted),
            outcome,
        });
    }
}

/// Less is reported in August and at the turn of the year.
fn season(day: NaiveDate) -> f64 {
    match (day.month(), day.day()) {
        (8, _) | (12, 18..) | (1, ..=3) => 0.78,
        (2 | 3 | 10 | 11, _) => 1.10,
        _ => 1.0,
    }
}

/// Suspects who are police employees, with the crime each is accused of, in
/// the order of the records.
fn crimes_of_staff(world: &World) -> Vec<(u32, u32)> {
    let accused = world.parties.iter().filter(|p| p.role == Role::Suspect);
    let mut crimes: Vec<(u32, u32)> = accused
        .filter(|party| world.people[party.person as usize].police)
        .map(|party| (party.person, party.crime))
        .collect();
    crimes.sort_by_key(|(_, crime)| world.crimes[*crime as usize].recorded);
    crimes
}

fn linked_category(kin: Kin, domestic: bool, dice: &mut Dice) -> &'static str {
    match kin {
        _ if domestic => "domestic_abuse",
        Kin::Rape | Kin::SexualAssault | Kin::ChildSexual | Kin::Exposure => "sexual_misconduct",
        Kin::Harassment | Kin::Stalking | Kin::Images => {
            dice.choose(&[("harassment", 72), ("sexism_and_misogyny", 28)])
        }
        _ => dice.choose(&[("discreditable_conduct", 76), ("abuse_of_position", 24)]),
    }
}

fn sanction(grave: bool, dice: &mut Dice) -> &'static str {
    let factor = if grave { 2 } else { 1 };
    dice.choose(&[
        ("reflective_practice", 14),
        ("written_warning", 7),
        ("final_written_warning", 5),
        ("dismissed", 4 * factor),
        ("would_have_been_dismissed", 2 * factor),
    ])
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
