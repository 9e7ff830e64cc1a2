//! Pilots: new practice tried in a few places, and whether what came of it was
//! published. A force runs a handful, however large it is.

use super::Plan;
use super::calendar::{days, later};
use super::files::Record;
use super::levels::{Level, Trend, rising};
use super::rng::{Dice, Theme, whole};
use super::row::Row;
use super::source::{Kind, Source};
use super::world::World;
use chrono::NaiveDate;

pub(super) const PILOTS: Source = Source {
    name: "pilots",
    keys: 1,
    columns: &[
        ("pilot_ref", Kind::Text),
        ("name", Kind::Text),
        ("started_on", Kind::Date),
        ("ended_on", Kind::Date),
        ("published_on", Kind::Date),
    ],
};

const NAMES: [&str; 24] = [
    "Early advocate in the control room",
    "Video response to domestic abuse calls",
    "Stalking risk panel",
    "Electronic tags for perpetrators",
    "Suspect-focused rape investigation",
    "Digital evidence kiosk in stations",
    "Night-time economy patrol cells",
    "Victim update by text message",
    "Perpetrator programme by referral",
    "Specialist stalking advocate",
    "Early advice from prosecutors",
    "Independent review of closed cases",
    "Women's safety walks with councils",
    "Trauma-informed interview rooms",
    "Bystander training in schools",
    "Order breach fast track",
    "Live facial recognition for wanted suspects",
    "Digital disclosure before charge",
    "One officer for one victim",
    "Night buses with stewards",
    "Data on repeat callers for patrols",
    "Court updates by an independent adviser",
    "Misogyny module for new supervisors",
    "Forensic kits at home",
];

/// Days between one start and the next: about one ends each month.
const EVERY_DAYS: f64 = 29.0;

/// Pilots begin so long before the data.
const DAYS_BACK: i64 = 730;

/// Share whose result is published.
const PUBLISHED: Trend = rising(0.80, 0.07, 0.0);

pub(super) struct Pilot {
    number: u32,
    started: NaiveDate,
    ended: NaiveDate,
    published: Option<NaiveDate>,
}

/// Pilots of the span, and those of the two years before it.
pub(super) fn make(plan: &Plan) -> Vec<Pilot> {
    let mut dice = Dice::new(plan.seed, Theme::Pilots, 0);
    let published = Level::new(PUBLISHED, plan.to, &mut dice);
    let mut pilots = Vec::new();
    for day in days(later(plan.from, -DAYS_BACK), plan.to) {
        if dice.chance(1.0 / EVERY_DAYS) {
            pilots.push(Pilot::new(day, published.at(day), &mut dice));
        }
    }
    for (number, pilot) in (1..).zip(&mut pilots) {
        pilot.number = number;
    }
    pilots
}

impl Pilot {
    fn new(started: NaiveDate, published: f64, dice: &mut Dice) -> Self {
        let lasted = dice.choose(&[(92, 20), (183, 50), (274, 15), (365, 15)]);
        let ended = later(started, lasted);
        let after = 30 + whole(dice.exponential(110.0));
        Self {
            number: 0,
            started,
            ended,
            published: dice.chance(published).then(|| later(ended, after)),
        }
    }

    /// A name that comes again is a second round.
    fn name(&self) -> String {
        let at = self.number as usize - 1;
        let name = NAMES[at % NAMES.len()];
        match at / NAMES.len() {
            0 => name.to_owned(),
            round => format!("{name}, round {}", round + 1),
        }
    }
}

impl Record for Pilot {
    const DAMAGE: Option<Theme> = Some(Theme::Pilots);

    fn order(&self, _: &World) -> u64 {
        u64::from(self.number)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.started);
        days.push(self.ended);
        days.extend(self.published);
    }

    fn fill(&self, _: &World, morning: NaiveDate, row: &mut Row) {
        row.text(&format!("PI{:03}", self.number));
        row.text(&self.name());
        row.day(Some(self.started));
        row.day((self.ended < morning).then_some(self.ended));
        row.day(self.published.filter(|on| *on < morning));
    }

    fn steady(&self, _: &World) -> bool {
        false
    }
}
