//! The shape of a highest-harm list, held against what was published of July
//! 2023: 445 allegations, 201 victims, over 1,300 years, two people with 15
//! victims each, three quarters accused of rape, several sexual assaults or
//! murder.

use super::careers::{Allegation, Career, Setting};
use super::low_harm_suspects::CEILING_DAYS;
use super::offences::Kin;
use super::rng::{count, real};

/// The suspects a year for which the profiles and the targets are stated.
const FULL_SCALE: f64 = 36_000.0;
const LISTED: f64 = 100.0;
pub(super) const SERIAL_VICTIMS: usize = 15;

/// What was published of one list, for the list that some careers make.
pub(super) struct Shape {
    allegations: f64,
    victims: f64,
    years: f64,
    severe: f64,
    serial: f64,
    /// Listed people whom ordinary suspects could outrank.
    low: f64,
}

impl Shape {
    pub(super) fn of(careers: &[Career], setting: Setting<'_>) -> Self {
        let listed = top(careers, setting);
        let to = setting.plan.to;
        let counted = |career: &&Career| career.counted(setting, to).count();
        let victims = |career: &&Career| victims(career, setting);
        let days: f64 = listed.iter().map(|career| career.harm(setting, to)).sum();
        let severe = listed.iter().filter(|career| is_severe(career, setting));
        let serial = listed.iter().filter(|c| victims(c) >= SERIAL_VICTIMS);
        let low = listed
            .iter()
            .filter(|c| c.harm(setting, to) <= CEILING_DAYS);
        Self {
            allegations: real(listed.iter().map(counted).sum()),
            victims: real(listed.iter().map(victims).sum()),
            years: days / 365.0,
            severe: real(severe.count()),
            serial: real(serial.count()),
            low: real(low.count()),
        }
    }

    /// Nought for a perfect fit; one for each target missed by its tolerance.
    pub(super) fn misfit(&self, setting: Setting<'_>) -> f64 {
        let scale = scale(setting);
        let off = |value: f64, target: f64, tolerance: f64| {
            let target = target * scale;
            ((value - target) / (target * tolerance).max(1.0)).powi(2)
        };
        off(self.allegations, 440.0, 0.04)
            + off(self.victims, 201.0, 0.04)
            + off(self.years, 1_410.0, 0.025)
            + off(self.severe, 75.0, 0.04)
            + 10.0 * (self.serial - (2.0 * scale).round()).abs()
            + 0.2 * self.low
    }
}

/// How large the plan is.
pub(super) fn scale(setting: Setting<'_>) -> f64 {
    f64::from(setting.plan.suspects) / FULL_SCALE
}

/// The careers that the list would show.
fn top<'c>(careers: &'c [Career], setting: Setting<'_>) -> Vec<&'c Career> {
    let to = setting.plan.to;
    let ranked = |career: &&Career| career.suspect.is_adult(to) && !career.suspect.known_dead(to);
    let mut listed: Vec<&Career> = careers.iter().filter(ranked).collect();
    listed.sort_by(|a, b| b.harm(setting, to).total_cmp(&a.harm(setting, to)));
    listed.truncate(count(LISTED * scale(setting)).max(1));
    listed
}

fn victims(career: &Career, setting: Setting<'_>) -> usize {
    let counted = career.counted(setting, setting.plan.to);
    let mut places: Vec<usize> = counted.map(|allegation| allegation.victim).collect();
    places.sort_unstable();
    places.dedup();
    places.len()
}

/// Accused of rape, several sexual assaults, or murder or its attempt.
fn is_severe(career: &Career, setting: Setting<'_>) -> bool {
    let offence = |a: &Allegation| setting.catalogue.get(a.crime.offence_at(setting.plan.to));
    let to = setting.plan.to;
    let mut assaults = 0;
    for allegation in career.counted(setting, to) {
        match offence(allegation).kin {
            Kin::Rape | Kin::Homicide => return true,
            _ => assaults += usize::from(offence(allegation).is_sexual_assault()),
        }
    }
    assaults >= 2
}
