//! Ordinary suspects: most have one allegation of low harm, and none reaches
//! the highest-harm list.

use super::Plan;
use super::calendar::{YEAR, business, later, quotas};
use super::careers::{Career, Setting, allegation, bury, share_out};
use super::crimes::{Crime, Report};
use super::dice::{Dice, count, real, whole};
use super::offences::{Catalogue, Kin};
use super::people::{Ages, Person};
use chrono::{Days, NaiveDate};

/// No ordinary suspect reaches this many days within any one year.
pub(super) const CEILING_DAYS: f64 = 3_400.0;

/// Careers begin before the data do, so that its first days are like others.
const LEAD_IN_DAYS: u64 = 400;

/// More careers than needed; the share that names the asked-for number of
/// suspects is kept.
const SPARE: f64 = 1.06;

/// The careers of ordinary suspects. Together with those of `known` they name
/// as many suspects in the last year as the plan asks for.
pub(super) fn draw(setting: Setting<'_>, known: &[Career], dice: &mut Dice) -> Vec<Career> {
    let Plan { from, to, .. } = *setting.plan;
    let year = business(later(to, -YEAR), to, to);
    let start = from - Days::new(LEAD_IN_DAYS);
    let rate = SPARE * f64::from(setting.plan.suspects) / year;
    let mut careers = Vec::new();
    for (day, starts) in quotas(start, to, to, rate) {
        careers.extend((0..starts).filter_map(|_| ordinary(setting, day, dice)));
    }
    let covered = business(from.max(later(to, -YEAR)), to, to) / year;
    let wanted = covered * f64::from(setting.plan.suspects) - named(setting, known);
    let share = wanted / named(setting, &careers).max(1.0);
    thin(careers, share)
}

fn named(setting: Setting<'_>, careers: &[Career]) -> f64 {
    let counts = careers.iter().map(|c| c.suspects(setting, setting.plan.to));
    real(counts.sum())
}

/// Keeps an even share.
fn thin(careers: Vec<Career>, share: f64) -> Vec<Career> {
    let kept = |at: usize| count(real(at) * share);
    let numbered = careers.into_iter().enumerate();
    numbered
        .filter(|(at, _)| share >= 1.0 || kept(at + 1) > kept(*at))
        .map(|(_, career)| career)
        .collect()
}

fn ordinary(setting: Setting<'_>, start: NaiveDate, dice: &mut Dice) -> Option<Career> {
    let home = setting.london.borough(dice);
    let mut career = Career {
        suspect: Person::suspect(start, home, dice),
        victims: Vec::new(),
        allegations: Vec::new(),
        aliases: Vec::new(),
    };
    let total = dice.choose(&[(1, 780), (2, 140), (3, 48), (4, 18), (5, 8), (7, 4), (9, 2)]);
    let mut day = start;
    for _ in 0..total {
        if day >= setting.plan.to {
            break;
        }
        if day >= setting.plan.from {
            accuse(&mut career, setting, day, home, dice);
        }
        day = later(day, 1 + whole(dice.exponential(75.0)));
    }
    let last = career.allegations.last()?.crime.reported.date();
    double(&mut career, last, dice);
    bury(&mut career.suspect, start, 0.003, dice);
    Some(career)
}

/// Adds an allegation of an ordinary kind.
fn accuse(career: &mut Career, setting: Setting<'_>, on: NaiveDate, home: u8, dice: &mut Dice) {
    let catalogue = setting.catalogue;
    let offence = ordinary_offence(&career.suspect, catalogue, dice);
    let harmed = whom(career, catalogue.get(offence).victim, dice);
    let (domestic, relationship) = match harmed.and_then(|at| tie(career, at)) {
        Some(relationship) => (is_domestic(relationship), relationship),
        None => relation(catalogue, offence, dice),
    };
    let report = Report {
        offence,
        on,
        borough: if dice.chance(0.7) {
            home
        } else {
            setting.london.borough(dice)
        },
        domestic,
    };
    let mut crime = Crime::new(&report, catalogue, setting.london, dice);
    restrain(&mut crime, career, catalogue);
    let victim = harmed.unwrap_or_else(|| {
        let sex = victim_sex(catalogue, crime.offence, dice);
        let ages = catalogue.get(crime.offence).victim;
        let victim = Person::victim(on, ages, sex, report.borough, dice);
        career.victims.push(victim);
        career.victims.len() - 1
    });
    let mut allegation = allegation(crime, victim, relationship, dice);
    if dice.chance(0.02) {
        allegation.accomplice = Some(Person::suspect(on, home, dice));
    }
    let grown = career.victims[victim].is_adult(on);
    allegation.countered = domestic && grown && dice.chance(0.006);
    career.allegations.push(allegation);
}

/// One suspect in a hundred and fifty has a second record, one in a thousand
/// a third, each found out and merged some weeks later.
fn double(career: &mut Career, last: NaiveDate, dice: &mut Dice) {
    if dice.chance(0.0065) {
        let merged = later(last, 3 + whole(dice.exponential(45.0)));
        career.aliases.push(merged);
        if dice.chance(0.15) {
            career
                .aliases
                .push(later(merged, 5 + whole(dice.exponential(30.0))));
        }
        share_out(career, dice);
    }
}

fn ordinary_offence(suspect: &Person, catalogue: &Catalogue, dice: &mut Dice) -> u8 {
    if dice.chance(0.008) {
        return catalogue.outside_basket(dice);
    }
    loop {
        let offence = catalogue.of_suspects(dice);
        if suspect.sex != "F" || catalogue.get(offence).kin != Kin::Rape {
            return offence;
        }
    }
}

/// Someone harmed before, if the new offence fits; otherwise nobody yet.
fn whom(career: &Career, ages: Ages, dice: &mut Dice) -> Option<usize> {
    let again = ages.are_grown() && !career.victims.is_empty() && dice.chance(0.62);
    again.then(|| dice.index(career.victims.len()))
}

/// What the suspect is to this victim, as the allegations before said.
fn tie(career: &Career, victim: usize) -> Option<&'static str> {
    let before = career.allegations.iter().find(|a| a.victim == victim);
    before.map(|allegation| allegation.relationship)
}

fn is_domestic(relationship: &str) -> bool {
    matches!(relationship, "partner" | "ex_partner" | "family")
}

fn relation(catalogue: &Catalogue, offence: u8, dice: &mut Dice) -> (bool, &'static str) {
    let offence = catalogue.get(offence);
    if !dice.chance(offence.domestic_share()) {
        let known = [("acquaintance", 54), ("stranger", 38), ("", 8)];
        return (false, dice.choose(&known));
    }
    if !offence.victim.are_grown() {
        return (true, "family");
    }
    let close = [("partner", 35), ("ex_partner", 42), ("family", 23)];
    (true, dice.choose(&close))
}

/// Mostly women and girls; offences that name no sex have some male victims.
fn victim_sex(catalogue: &Catalogue, offence: u8, dice: &mut Dice) -> &'static str {
    let offence = catalogue.get(offence);
    let unnamed = matches!(offence.kin, Kin::Violence | Kin::Harassment | Kin::Excluded);
    if unnamed && dice.chance(0.035) {
        "M"
    } else {
        "F"
    }
}

/// Keeps an ordinary suspect below the ceiling within any year.
fn restrain(crime: &mut Crime, career: &Career, catalogue: &Catalogue) {
    let year_before = later(crime.reported.date(), -YEAR);
    let recent = career
        .allegations
        .iter()
        .filter(|a| a.crime.reported.date() >= year_before);
    let before: f64 = recent.map(|a| weight(&a.crime, catalogue)).sum();
    if before + weight(crime, catalogue) > CEILING_DAYS {
        crime.count = 1;
        crime.offence = catalogue.by_code("105/01").unwrap_or(crime.offence);
        crime.first_as = None;
    }
}

fn weight(crime: &Crime, catalogue: &Catalogue) -> f64 {
    catalogue.get(crime.offence).days * f64::from(crime.count)
}
