//! Ordinary suspects: most have one allegation of low harm, and none reaches
//! the highest-harm list.

use super::Plan;
use super::calendar::{YEAR, business, later, quotas};
use super::careers::{Career, Setting, allegation, bury, share_out};
use super::crimes::{Crime, Report};
use super::levels::{Level, Trend, rising};
use super::offences::{Catalogue, Kin, Offence};
use super::people::{Ages, Person};
use super::places::lean;
use super::rng::{Dice, Theme, count, real, whole};
use chrono::{Days, NaiveDate};

/// No ordinary suspect reaches this many days within any one year.
pub(super) const CEILING_DAYS: f64 = 3_400.0;

/// Careers begin before the data do, so that its first days are like others.
const LEAD_IN_DAYS: u64 = 400;

/// How often a further allegation is about somebody harmed before: less so
/// from year to year, so that suspects with several victims become more.
const SAME_VICTIM: Trend = rising(0.56, -0.05, 0.02).stepped(420, 0.04);

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
    let maker = Maker {
        setting,
        same_victim: Level::new(SAME_VICTIM, to, dice),
    };
    let mut careers = Vec::new();
    for (day, starts) in quotas(start, to, to, rate) {
        careers.extend((0..starts).filter_map(|_| maker.career(day, dice)));
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

struct Maker<'a> {
    setting: Setting<'a>,
    same_victim: Level,
}

impl Maker<'_> {
    fn career(&self, start: NaiveDate, dice: &mut Dice) -> Option<Career> {
        let plan = self.setting.plan;
        let home = self.setting.london.borough(dice);
        let mut career = Career {
            suspect: Person::suspect(start, home, dice),
            victims: Vec::new(),
            allegations: Vec::new(),
            aliases: Vec::new(),
        };
        let total = dice.choose(&[(1, 780), (2, 140), (3, 48), (4, 18), (5, 8), (7, 4), (9, 2)]);
        let mut day = start;
        for _ in 0..total {
            if day >= plan.to {
                break;
            }
            if day >= plan.from {
                self.accuse(&mut career, day, home, dice);
            }
            day = later(day, 1 + whole(dice.exponential(75.0)));
        }
        let last = career.allegations.last()?.crime.reported.date();
        double(&mut career, last, dice);
        bury(&mut career.suspect, start, 0.003, dice);
        Some(career)
    }

    /// Adds an allegation of an ordinary kind.
    fn accuse(&self, career: &mut Career, on: NaiveDate, home: u8, dice: &mut Dice) {
        let Setting {
            catalogue, london, ..
        } = self.setting;
        let offence = ordinary_offence(&career.suspect, catalogue, on, dice);
        let harmed = self.whom(career, catalogue.get(offence).victim, on, dice);
        let (domestic, relationship) = match harmed.and_then(|at| tie(career, at)) {
            Some(relationship) => (is_domestic(relationship), relationship),
            None => relation(catalogue.get(offence), dice),
        };
        let report = Report {
            offence,
            on,
            borough: if dice.chance(0.7) {
                home
            } else {
                london.borough(dice)
            },
            domestic,
        };
        let mut crime = Crime::new(&report, catalogue, london, dice);
        restrain(&mut crime, career, catalogue);
        let kind = catalogue.get(crime.offence);
        let victim = harmed.unwrap_or_else(|| {
            let sex = victim_sex(kind, report.borough, dice);
            let victim = Person::victim(on, kind.victim, sex, report.borough, dice);
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

    /// Someone harmed before, if the new offence fits; otherwise nobody yet.
    fn whom(&self, career: &Career, ages: Ages, on: NaiveDate, dice: &mut Dice) -> Option<usize> {
        let known = ages.are_grown() && !career.victims.is_empty();
        let again = known && dice.chance(self.same_victim.at(on));
        again.then(|| dice.index(career.victims.len()))
    }
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

fn ordinary_offence(suspect: &Person, catalogue: &Catalogue, on: NaiveDate, dice: &mut Dice) -> u8 {
    if dice.chance(0.008) {
        return catalogue.outside_basket(dice);
    }
    loop {
        let offence = catalogue.of_suspects(on, dice);
        if suspect.sex != "F" || catalogue.get(offence).kin != Kin::Rape {
            return offence;
        }
    }
}

/// What the suspect is to this victim, as the allegations before said.
fn tie(career: &Career, victim: usize) -> Option<&'static str> {
    let before = career.allegations.iter().find(|a| a.victim == victim);
    before.map(|allegation| allegation.relationship)
}

fn is_domestic(relationship: &str) -> bool {
    matches!(relationship, "partner" | "ex_partner" | "family")
}

fn relation(offence: &Offence, dice: &mut Dice) -> (bool, &'static str) {
    let domestic = dice.chance(offence.domestic_share());
    (
        domestic,
        relationship(domestic, offence.victim.are_grown(), dice),
    )
}

/// What a suspect is to a victim, who is grown or a child.
pub(super) fn relationship(domestic: bool, grown: bool, dice: &mut Dice) -> &'static str {
    match (domestic, grown) {
        (false, _) => dice.choose(&[("acquaintance", 54), ("stranger", 38), ("", 8)]),
        (true, false) => "family",
        (true, true) => dice.choose(&[("partner", 35), ("ex_partner", 42), ("family", 23)]),
    }
}

/// Mostly women and girls; offences that name no sex have some male victims.
/// Of some victims nobody wrote the sex down.
pub(super) fn victim_sex(offence: &Offence, borough: u8, dice: &mut Dice) -> &'static str {
    let unnamed = matches!(offence.kin, Kin::Violence | Kin::Harassment | Kin::Excluded);
    let unknown = 0.013 + 0.008 * lean(borough, Theme::Descriptions);
    if dice.chance(unknown) {
        "U"
    } else if unnamed && dice.chance(0.035) {
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
