//! Careers: a suspect, the people said to be harmed, and the allegations in
//! the order of their reports; what of it counts towards the list.

use super::Plan;
use super::calendar::{YEAR, in_days, later};
use super::crimes::Crime;
use super::offences::Catalogue;
use super::parties::victim_known;
use super::people::{Learnt, Person};
use super::places::London;
use super::rng::{Dice, whole};
use chrono::NaiveDate;

/// What every maker of crimes needs.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub(super) plan: &'a Plan,
    pub(super) catalogue: &'a Catalogue,
    pub(super) london: &'a London,
}

pub(super) struct Career {
    pub(super) suspect: Person,
    pub(super) victims: Vec<Person>,
    pub(super) allegations: Vec<Allegation>,
    /// Further records of the same person: when each was merged into the one
    /// before it.
    pub(super) aliases: Vec<NaiveDate>,
}

pub(super) struct Allegation {
    pub(super) crime: Crime,
    /// Place among the career's victims.
    pub(super) victim: usize,
    pub(super) victim_known: NaiveDate,
    pub(super) named: NaiveDate,
    pub(super) relationship: &'static str,
    pub(super) named_by: &'static str,
    pub(super) accomplice: Option<Person>,
    /// Which of the suspect's records it stands on, 0 being the main one.
    pub(super) alias: usize,
    /// The victim is accused by the suspect in turn.
    pub(super) countered: bool,
}

impl Career {
    /// Harm in days over the year before `morning`.
    pub(super) fn harm(&self, setting: Setting<'_>, morning: NaiveDate) -> f64 {
        let counted = self.counted(setting, morning);
        counted
            .map(|allegation| allegation.harm(setting.catalogue, morning))
            .sum()
    }

    /// The allegations that count at `morning`, whatever became of the suspect.
    pub(super) fn counted(
        &self,
        setting: Setting<'_>,
        morning: NaiveDate,
    ) -> impl Iterator<Item = &Allegation> {
        self.allegations
            .iter()
            .filter(move |allegation| self.counts(allegation, setting.catalogue, morning))
    }

    fn counts(&self, allegation: &Allegation, catalogue: &Catalogue, morning: NaiveDate) -> bool {
        let crime = &allegation.crime;
        let reported = crime.reported.date();
        let known = allegation.named.max(allegation.victim_known);
        reported < morning
            && (morning - reported).num_days() <= YEAR
            && known < morning
            && crime.in_force(morning)
            && !crime.proactive
            && catalogue.get(crime.offence_at(morning)).in_basket()
            && self.victims[allegation.victim].sex == "F"
    }

    /// How many people it names as suspects in the year before `morning`.
    pub(super) fn suspects(&self, setting: Setting<'_>, morning: NaiveDate) -> usize {
        let named = self.counted(setting, morning).next().is_some();
        let others = self.counted(setting, morning);
        usize::from(named) + others.filter(|a| a.accomplice.is_some()).count()
    }
}

impl Allegation {
    pub(super) fn harm(&self, catalogue: &Catalogue, morning: NaiveDate) -> f64 {
        let offence = catalogue.get(self.crime.offence_at(morning));
        offence.days * f64::from(self.crime.count)
    }
}

/// An allegation of `crime`, with how and when its parties became known.
pub(super) fn allegation(
    crime: Crime,
    victim: usize,
    relationship: &'static str,
    dice: &mut Dice,
) -> Allegation {
    let recorded = crime.recorded.date();
    let named = if dice.chance(0.8) {
        recorded
    } else {
        in_days(crime.recorded, 1.0 + dice.exponential(12.0)).date()
    };
    let named_by = [("victim", 80), ("witness", 8), ("officer", 9), ("other", 3)];
    Allegation {
        victim_known: victim_known(&crime, dice),
        crime,
        victim,
        named,
        relationship,
        named_by: dice.choose(&named_by),
        accomplice: None,
        alias: 0,
        countered: false,
    }
}

/// Lays the allegations on the suspect's records.
pub(super) fn share_out(career: &mut Career, dice: &mut Dice) {
    let records = career.aliases.len() + 1;
    for allegation in &mut career.allegations {
        allegation.alias = dice.index(records);
    }
}

pub(super) fn bury(person: &mut Person, start: NaiveDate, share: f64, dice: &mut Dice) {
    if dice.chance(share) {
        let died = later(start, 1 + whole(dice.exponential(150.0)));
        let on = later(died, dice.between(1, 6));
        person.died = Some(Learnt { what: died, on });
    }
}
