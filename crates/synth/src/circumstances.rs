//! The circumstances of a crime: when and where it happened, how soon it was
//! recorded, what it was first taken for.

use super::calendar::{in_days, night_out};
use super::offences::{Catalogue, Kin, Offence};
use super::people::Ages;
use super::rng::Dice;
use chrono::NaiveDateTime;

pub(super) const LOCATIONS: &[&str] = &[
    "dwelling",
    "street",
    "public_transport",
    "licensed_premises",
    "park",
    "workplace",
    "education",
    "hotel",
    "hospital",
    "shop",
    "online",
    "vehicle",
    "other",
];

/// What a crime that proved worse was first taken for.
pub(super) fn first_recorded_as(catalogue: &Catalogue, offence: u8) -> Option<u8> {
    let first = match catalogue.get(offence).code.as_str() {
        "008/06" | "008/77" | "020/05" => "105/01",
        "008/01" | "003/01" => "008/06",
        "005/01" => "008/01",
        "008/66" | "008/65" | "195/12" | "008/30" | "105/01" => "195/94",
        "019/08" => "020/05",
        _ => return None,
    };
    catalogue.by_code(first).ok()
}

pub(super) fn recorded_after(reported: NaiveDateTime, dice: &mut Dice) -> NaiveDateTime {
    let hours = match dice.choose(&[(0, 78), (1, 18), (2, 4)]) {
        0 => 0.3 + dice.exponential(5.0),
        1 => 12.0 + dice.exponential(20.0),
        _ => 48.0 + dice.exponential(70.0),
    };
    in_days(reported, hours / 24.0)
}

/// When it happened: mostly hours before the report, for sexual offences and
/// abuse at times years or decades.
pub(super) fn committed(
    offence: &Offence,
    reported: NaiveDateTime,
    dice: &mut Dice,
) -> (NaiveDateTime, NaiveDateTime) {
    let table: &[(u8, u32)] = match offence.historic {
        0 => &[(0, 80), (1, 15), (2, 5)],
        1 => &[(0, 50), (1, 25), (2, 18), (3, 6), (4, 1)],
        2 => &[(0, 34), (1, 18), (2, 20), (3, 20), (4, 8)],
        _ => &[(0, 18), (1, 12), (2, 20), (3, 26), (4, 24)],
    };
    let days = match dice.choose(table) {
        0 => dice.exponential(0.35),
        1 => 1.0 + dice.exponential(4.0),
        2 => 8.0 + dice.exponential(70.0),
        3 => 200.0 + dice.exponential(700.0),
        _ => (2500.0 + dice.exponential(4500.0)).min(19_000.0),
    };
    let mut ended = night_out(in_days(reported, -days).date(), dice);
    if ended > reported {
        ended = in_days(ended, -1.0);
    }
    let course = if offence.historic > 0 || offence.kin == Kin::Stalking {
        dice.chance(0.45)
    } else {
        dice.chance(0.12)
    };
    let lasted = if course {
        dice.exponential(if offence.historic > 0 { 90.0 } else { 5.0 })
    } else {
        dice.exponential(0.02)
    };
    (in_days(ended, -lasted), ended)
}

pub(super) fn location(offence: &Offence, domestic: bool, dice: &mut Dice) -> &'static str {
    if domestic {
        return dice.choose(&[
            ("dwelling", 82),
            ("street", 10),
            ("online", 4),
            ("other", 4),
        ]);
    }
    match offence.kin {
        Kin::Images => dice.choose(&[("online", 85), ("dwelling", 10), ("other", 5)]),
        Kin::Harassment | Kin::Stalking if dice.chance(0.55) => "online",
        Kin::Exploitation | Kin::ChildCruelty | Kin::Honour => "dwelling",
        Kin::Rape | Kin::ChildSexual if dice.chance(0.6) => "dwelling",
        Kin::Exposure if dice.chance(0.6) => {
            dice.choose(&[("street", 45), ("public_transport", 30), ("park", 25)])
        }
        _ => dice.choose(&[
            ("street", 34),
            ("dwelling", 22),
            ("public_transport", 9),
            ("licensed_premises", 9),
            ("shop", 6),
            ("workplace", 5),
            ("park", 4),
            ("education", 4),
            ("hotel", 2),
            ("hospital", 2),
            ("vehicle", 2),
            ("other", 1),
        ]),
    }
}

pub(super) fn proactive_share(offence: &Offence) -> f64 {
    match offence.code.as_str() {
        "071/17" => 0.35,
        "068/08" => 0.60,
        "024/18" | "072/02" | "099/25" => 0.25,
        _ if offence.victim == Ages::Adult => 0.004,
        _ => 0.001,
    }
}
