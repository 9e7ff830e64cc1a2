//! How crimes end: charged or not, with which outcome, after how long. Victims
//! withdraw from some kinds of offence more than from others; what the police
//! make of their cases changes over the years and from borough to borough.

use super::Plan;
use super::levels::{Level, rising};
use super::offences::{Kin, Offence};
use super::places::lean;
use super::rng::{Dice, Theme};
use chrono::NaiveDate;

#[derive(Clone, Copy)]
pub(super) enum Ending {
    Charged,
    Closed(u8),
}

impl Ending {
    /// The outcome of the Home Office's framework.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Charged => 1,
            Self::Closed(code) => code,
        }
    }
}

/// A crime on the day on which it is recorded.
pub(super) struct Case<'a> {
    pub(super) offence: &'a Offence,
    pub(super) domestic: bool,
    pub(super) borough: u8,
    pub(super) on: NaiveDate,
    /// Of somebody whom arrests are sure to follow.
    pub(super) pressed: bool,
    /// Nothing stands against a charge.
    pub(super) chargeable: bool,
}

/// How an investigation goes.
#[derive(Clone, Copy)]
pub(super) struct Course {
    /// Days from the naming of the suspect.
    pub(super) arrested: Option<f64>,
    /// Days from the arrest or, without one, from the naming.
    pub(super) lasts: f64,
    pub(super) ending: Ending,
}

impl Course {
    pub(super) fn days(&self) -> f64 {
        self.arrested.unwrap_or(0.0) + self.lasts
    }
}

/// How investigators work, beside the usual: each is a factor.
pub(super) struct Practice {
    charges: Level,
    sexual_charges: Level,
    withdrawals: Level,
    pace: Level,
}

impl Practice {
    pub(super) fn new(plan: &Plan) -> Self {
        let mut dice = Dice::new(plan.seed, Theme::Endings, 0);
        let mut level = |trend| Level::new(trend, plan.to, &mut dice);
        Self {
            charges: level(rising(1.0, 0.02, 0.035)),
            // A team that works with prosecutors from the first day on.
            sexual_charges: level(rising(1.16, 0.03, 0.05).stepped(800, 0.17)),
            withdrawals: level(rising(1.0, -0.015, 0.015)),
            // Slower from year to year, until a review of old cases.
            pace: level(rising(0.98, 0.05, 0.02).stepped(240, -0.09)),
        }
    }

    /// The course of a crime with a named suspect.
    pub(super) fn named(&self, case: &Case<'_>, dice: &mut Dice) -> Course {
        let charged = dice.chance(self.charge_share(case));
        let ending = if charged && case.chargeable {
            Ending::Charged
        } else {
            Ending::Closed(self.outcome(case, dice))
        };
        let arrest_share = match ending {
            Ending::Charged => 0.86,
            Ending::Closed(_) if case.domestic || case.pressed => 0.42,
            Ending::Closed(_) => 0.20,
        };
        let arrested = dice.chance(arrest_share).then(|| arrest_lag(dice));
        let median = match ending {
            Ending::Charged => case.offence.lag_days,
            Ending::Closed(_) => closing_days(case.offence) * self.pace.at(case.on),
        };
        // Long investigations differ less in length than short ones.
        let spread = if median > 150.0 { 0.5 } else { 0.9 };
        Course {
            arrested,
            lasts: dice.lognormal(median, spread).max(0.4),
            ending,
        }
    }

    /// The course of a crime that names no suspect.
    pub(super) fn unnamed(&self, case: &Case<'_>, dice: &mut Dice) -> Course {
        let grave = case.offence.is_sexual() || case.offence.days > 500.0;
        let median = if grave { 95.0 } else { 17.0 };
        let outcome = if dice.chance(self.withdrawn_share(case)) {
            14
        } else {
            let others = [(18, 60), (20, 3), (21, 2), (13, 1), (19, 1), (10, 2)];
            dice.choose(&others)
        };
        Course {
            arrested: None,
            lasts: dice.lognormal(median * self.pace.at(case.on), 1.1),
            ending: Ending::Closed(outcome),
        }
    }

    fn charge_share(&self, case: &Case<'_>) -> f64 {
        let abuse = if case.domestic { 1.32 } else { 1.04 };
        let level = if case.offence.is_sexual() {
            &self.sexual_charges
        } else {
            &self.charges
        };
        let local = 1.0 + 0.14 * lean(case.borough, Theme::Endings);
        case.offence.charge_share() * abuse * level.at(case.on) * local
    }

    fn withdrawn_share(&self, case: &Case<'_>) -> f64 {
        let local = 1.0 - 0.10 * lean(case.borough, Theme::VictimServices);
        withdrawn_share(case) * self.withdrawals.at(case.on) * local
    }

    /// Of crimes with a named suspect who is not charged.
    fn outcome(&self, case: &Case<'_>, dice: &mut Dice) -> u8 {
        let minor = case.offence.days <= 182.0 && !case.offence.is_sexual();
        if minor && dice.chance(0.09) {
            return dice.choose(&[(8, 52), (3, 26), (2, 6), (22, 16)]);
        }
        if dice.chance(self.withdrawn_share(case)) {
            return 16;
        }
        dice.choose(&[
            (15, 330),
            (13, 8),
            (12, 6),
            (11, 6),
            (10, 22),
            (9, 8),
            (5, 3),
            (17, 8),
            (20, 20),
            (21, 12),
        ])
    }
}

/// How many who are not charged go free because the victim withdrew: of rape
/// three in five cases end so, as published, and under a third of all.
fn withdrawn_share(case: &Case<'_>) -> f64 {
    let share = match case.offence.kin {
        Kin::Rape => return 0.63,
        Kin::SexualAssault => return 0.41,
        Kin::ChildSexual => return 0.20,
        Kin::Coercion => 0.36,
        Kin::Strangulation | Kin::Exploitation => 0.35,
        Kin::Detention | Kin::Images => 0.29,
        Kin::SeriousViolence | Kin::Violence | Kin::Threats => 0.26,
        Kin::Stalking => 0.22,
        Kin::Harassment | Kin::Honour => 0.19,
        Kin::Exposure | Kin::Breach => 0.11,
        Kin::ChildCruelty | Kin::Homicide | Kin::Excluded => 0.06,
    };
    if case.domestic { share + 0.10 } else { share }
}

fn arrest_lag(dice: &mut Dice) -> f64 {
    if dice.chance(0.62) {
        dice.exponential(0.5)
    } else {
        1.0 + dice.exponential(11.0)
    }
}

fn closing_days(offence: &Offence) -> f64 {
    match offence.kin {
        Kin::Rape | Kin::ChildSexual | Kin::Homicide => 190.0,
        Kin::SexualAssault | Kin::SeriousViolence | Kin::Exploitation => 110.0,
        Kin::Violence | Kin::Harassment => 34.0,
        _ => 60.0,
    }
}
