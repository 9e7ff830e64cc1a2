//! The offences that synthetic London commits: `offences.csv` gives each one's
//! volume per 10,000 crimes (those of ordinary named suspects, and those with
//! no suspect), how often it is domestic abuse, how long victims wait before
//! they report, how often and how late a named suspect is charged. The harm
//! of each comes from the shipped index, by its title or else its code.

use super::people::Ages;
use super::places::table;
use super::rng::{Dice, Wheel};
use anyhow::Context;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

const OFFENCES: &str = include_str!("offences.csv");
const INDEX: &str = include_str!("../../../jobs/harm-list/index/starter-2026.csv");

/// Codes outside the basket: they carry victims and suspects, and no harm.
const EXCLUDED: [(&str, &str); 4] = [
    ("004/04", "Causing death by dangerous driving"),
    ("004/08", "Causing death by careless driving"),
    ("004/12", "Causing serious injury by dangerous driving"),
    ("104/23", "Assault on a constable"),
];

#[derive(Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kin {
    Violence,
    SeriousViolence,
    Harassment,
    Stalking,
    Coercion,
    Strangulation,
    Threats,
    Detention,
    Rape,
    SexualAssault,
    ChildSexual,
    Exposure,
    Images,
    Exploitation,
    ChildCruelty,
    Breach,
    Honour,
    Homicide,
    Excluded,
}

#[derive(serde::Deserialize)]
pub(super) struct Offence {
    #[serde(rename = "ho_code")]
    pub(super) code: String,
    pub(super) title: String,
    #[serde(rename = "theme")]
    pub(super) kin: Kin,
    pub(super) victim: Ages,
    suspects: f64,
    unsolved: f64,
    domestic: f64,
    /// From 0, reported at once, to 3, often decades later.
    pub(super) historic: u8,
    charge: f64,
    pub(super) lag_days: f64,
    /// Days of the index; nought for what it does not score.
    #[serde(skip)]
    pub(super) days: f64,
}

impl Offence {
    pub(super) fn domestic_share(&self) -> f64 {
        self.domestic / 100.0
    }

    pub(super) fn charge_share(&self) -> f64 {
        self.charge / 100.0
    }

    pub(super) fn is_sexual(&self) -> bool {
        matches!(self.kin, Kin::Rape | Kin::SexualAssault | Kin::ChildSexual)
    }

    /// Counts towards "multiple sexual assaults".
    pub(super) fn is_sexual_assault(&self) -> bool {
        self.code.starts_with("020/") || self.kin == Kin::ChildSexual
    }

    pub(super) fn in_basket(&self) -> bool {
        self.kin != Kin::Excluded
    }

    /// How often it happens on a day beside the year's average: abuse at home
    /// in summer and at the turn of the year, sexual offences by night in
    /// summer, pursuit by message in the dark months.
    fn season(&self, day: NaiveDate) -> f64 {
        let (swing, feast) = match self.kin {
            Kin::Rape | Kin::SexualAssault | Kin::Exposure => (0.10, 0.0),
            Kin::Violence | Kin::SeriousViolence | Kin::Strangulation => (0.07, 0.25),
            Kin::Coercion | Kin::Threats | Kin::Detention | Kin::Breach => (0.04, 0.20),
            Kin::Harassment | Kin::Stalking | Kin::Images => (-0.07, 0.0),
            _ => (-0.04, 0.0),
        };
        let turn = f64::from(day.ordinal()) / 366.0 - 0.53;
        let festive = matches!((day.month(), day.day()), (12, 24..) | (1, ..=2));
        let feast = if festive { feast } else { 0.0 };
        1.0 + swing * (std::f64::consts::TAU * turn).cos() + feast
    }
}

/// No offence happens more often than so on any day, beside its average.
const HIGH_SEASON: f64 = 1.33;

/// The offences by number, and wheels to draw them by.
pub(super) struct Catalogue {
    pub(super) offences: Vec<Offence>,
    suspects: Wheel,
    unsolved: Wheel,
    first_excluded: usize,
}

#[derive(serde::Deserialize)]
struct Weight {
    ho_code: String,
    for_title: String,
    days: f64,
}

impl Catalogue {
    pub(super) fn load() -> anyhow::Result<Self> {
        let weights: Vec<Weight> = table(INDEX).context("harm index")?;
        let weights: BTreeMap<(String, String), f64> = weights
            .into_iter()
            .map(|w| ((w.ho_code, w.for_title), w.days))
            .collect();
        let mut offences: Vec<Offence> = table(OFFENCES).context("offences.csv")?;
        for offence in &mut offences {
            let of = |title: &str| weights.get(&(offence.code.clone(), title.to_owned()));
            offence.days = of(&offence.title)
                .or_else(|| of(""))
                .copied()
                .unwrap_or(0.0);
        }
        let first_excluded = offences.len();
        offences.extend(EXCLUDED.iter().map(excluded));
        Ok(Self {
            suspects: Wheel::new(offences.iter().map(|o| o.suspects)),
            unsolved: Wheel::new(offences.iter().map(|o| o.unsolved)),
            offences,
            first_excluded,
        })
    }

    pub(super) fn get(&self, offence: u8) -> &Offence {
        &self.offences[usize::from(offence)]
    }

    pub(super) fn by_code(&self, code: &str) -> anyhow::Result<u8> {
        let found = self.offences.iter().position(|o| o.code == code);
        let at = found.with_context(|| format!("no offence {code} in offences.csv"))?;
        Ok(u8::try_from(at)?)
    }

    /// An offence as ordinary suspects are accused of on that day.
    pub(super) fn of_suspects(&self, day: NaiveDate, dice: &mut Dice) -> u8 {
        self.in_season(&self.suspects, day, dice)
    }

    /// An offence as those without a named suspect are.
    pub(super) fn of_unsolved(&self, day: NaiveDate, dice: &mut Dice) -> u8 {
        self.in_season(&self.unsolved, day, dice)
    }

    fn in_season(&self, wheel: &Wheel, day: NaiveDate, dice: &mut Dice) -> u8 {
        loop {
            let offence = number(wheel.spin(dice));
            if dice.chance(self.get(offence).season(day) / HIGH_SEASON) {
                return offence;
            }
        }
    }

    pub(super) fn outside_basket(&self, dice: &mut Dice) -> u8 {
        number(self.first_excluded + dice.choose(&[(0, 3), (1, 3), (2, 8), (3, 86)]))
    }
}

fn excluded((code, title): &(&str, &str)) -> Offence {
    Offence {
        code: (*code).to_owned(),
        title: (*title).to_owned(),
        kin: Kin::Excluded,
        victim: Ages::Adult,
        suspects: 0.0,
        unsolved: 0.0,
        domestic: 0.0,
        historic: 0,
        charge: 40.0,
        lag_days: 40.0,
        days: 0.0,
    }
}

fn number(at: usize) -> u8 {
    u8::try_from(at).unwrap_or(0)
}
