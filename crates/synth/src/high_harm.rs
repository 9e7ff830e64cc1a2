//! The careers of highest harm, which chance alone would rarely produce. They
//! are drawn from the profiles in `profiles`, evenly over the years, and of
//! many draws the one is kept whose list at the plan's last day comes nearest
//! to what was published of July 2023: 445 allegations, 201 victims, over
//! 1,300 years, two people with 15 victims each, three quarters accused of
//! rape, several sexual assaults or murder.

use super::calendar::{YEAR, born_between, day_time, later};
use super::calibration::{SERIAL_VICTIMS, Shape, scale};
use super::careers::{Allegation, Career, Setting, allegation, bury, share_out};
use super::crimes::{Crime, Report};
use super::offences::Kin;
use super::people::Person;
use super::profiles::{PROFILES, Profile, SERIAL, Tie};
use super::rng::{Dice, Theme, count, real, whole};
use anyhow::Context;
use chrono::{NaiveDate, TimeDelta};

const DRAWS: u64 = 120;
const NEAR_ENOUGH: f64 = 0.4;

/// Before the data begin, so that the first lists are like the last.
const LEAD_IN: TimeDelta = TimeDelta::days(200);

/// The careers of the draw that fits best.
pub(super) fn draw(setting: Setting<'_>) -> anyhow::Result<Vec<Career>> {
    let mut best: Option<(f64, Vec<Career>)> = None;
    for attempt in 0..DRAWS {
        let mut dice = Dice::new(setting.plan.seed, Theme::HighHarm, attempt);
        let careers = population(setting, &mut dice)?;
        let misfit = Shape::of(&careers, setting).misfit(setting);
        if best.as_ref().is_none_or(|(least, _)| misfit < *least) {
            best = Some((misfit, careers));
        }
        if misfit < NEAR_ENOUGH {
            break;
        }
    }
    let (_, careers) = best.context("no careers drawn")?;
    Ok(careers)
}

/// One population: each year the same number of each profile, in an order and
/// at times of chance.
fn population(setting: Setting<'_>, dice: &mut Dice) -> anyhow::Result<Vec<Career>> {
    let plan = setting.plan;
    let scale = scale(setting);
    let deck: Vec<&Profile> = PROFILES
        .iter()
        .flat_map(|profile| std::iter::repeat_n(profile, profile.per_year))
        .collect();
    let per_year = (real(deck.len()) * scale).max(1.0);
    let length = real_days(plan.to - plan.from + LEAD_IN);
    let total = count(per_year * length / real_days(TimeDelta::days(YEAR)));
    let mut careers = Vec::new();
    let mut hand: Vec<&Profile> = Vec::new();
    for place in 0..total {
        if hand.is_empty() {
            hand.clone_from(&deck);
            dice.shuffle(&mut hand);
        }
        let back = (real(place) + dice.unit()) * real_days(TimeDelta::days(YEAR)) / per_year;
        let start = later(plan.to, -1 - whole(back.floor()));
        if let Some(profile) = hand.pop() {
            careers.extend(career(setting, profile, start, dice)?);
        }
    }
    add_serial(&mut careers, setting, dice)?;
    Ok(careers)
}

/// Two a year, so spaced that the last year holds exactly two whole ones.
fn add_serial(
    careers: &mut Vec<Career>,
    setting: Setting<'_>,
    dice: &mut Dice,
) -> anyhow::Result<()> {
    let pairs = [(12, 120), (190, 290)];
    let wanted = count(2.0 * scale(setting));
    let mut year_end = setting.plan.to;
    while year_end > setting.plan.from {
        for place in 0..wanted {
            let (soonest, latest) = pairs[place % pairs.len()];
            let last = later(year_end, -dice.between(soonest, latest));
            let first = later(last, -dice.between(35, 65));
            careers.extend(serial(setting, first, last, dice)?);
        }
        year_end = later(year_end, -YEAR);
    }
    Ok(())
}

fn serial(
    setting: Setting<'_>,
    first: NaiveDate,
    last: NaiveDate,
    dice: &mut Dice,
) -> anyhow::Result<Option<Career>> {
    let mut career = person(setting, first, 0.0, dice);
    let total = SERIAL_VICTIMS + dice.index(5);
    for place in 0..total {
        let on = later(first, dice.between(0, (last - first).num_days()));
        let victim = place % SERIAL_VICTIMS;
        accuse(
            &mut career,
            setting,
            &SERIAL,
            (dice.choose(SERIAL.main), victim, on),
            dice,
        )?;
    }
    for allegation in &mut career.allegations {
        allegation.crime.dropped = None;
        allegation.crime.count = 1;
        allegation.named = allegation.crime.recorded.date();
    }
    Ok(finish(career, setting))
}

/// One career of a profile; none if all of it lies outside the plan's span.
fn career(
    setting: Setting<'_>,
    profile: &Profile,
    start: NaiveDate,
    dice: &mut Dice,
) -> anyhow::Result<Option<Career>> {
    let mut career = person(setting, start, 0.08, dice);
    let victims = dice.choose(profile.victims);
    let mains = dice
        .choose(profile.mains)
        .max(victims.min(profile.main_victims));
    let extras = dice.choose(profile.extras);
    let mut on = start;
    for place in 0..mains + extras {
        let table = if place < mains {
            profile.main
        } else {
            profile.extra
        };
        let victim = if place < victims {
            place
        } else {
            dice.index(victims)
        };
        accuse(
            &mut career,
            setting,
            profile,
            (dice.choose(table), victim, on),
            dice,
        )?;
        on = later(on, gap(dice));
    }
    if dice.chance(0.04) {
        let mut again = later(start, dice.between(200, 480));
        for table in [profile.extra, profile.main, profile.main] {
            accuse(
                &mut career,
                setting,
                profile,
                (dice.choose(table), 0, again),
                dice,
            )?;
            again = later(again, gap(dice));
        }
    }
    twist(&mut career, setting, profile, dice);
    Ok(finish(career, setting))
}

/// Days until the next allegation: often one disclosure brings several.
fn gap(dice: &mut Dice) -> i64 {
    if dice.chance(0.55) {
        dice.between(0, 2)
    } else {
        whole(dice.exponential(28.0))
    }
}

fn person(setting: Setting<'_>, start: NaiveDate, minors: f64, dice: &mut Dice) -> Career {
    let home = setting.london.borough(dice);
    let mut suspect = Person::suspect(start, home, dice);
    let ages = if dice.chance(minors) {
        (15.0, 18.0)
    } else {
        (19.0, 58.0)
    };
    suspect.born = Some(born_between(start, ages, dice));
    suspect.sex = if dice.chance(0.985) { "M" } else { "F" };
    suspect.steady = true;
    Career {
        suspect,
        victims: Vec::new(),
        allegations: Vec::new(),
        aliases: Vec::new(),
    }
}

/// Adds an allegation: its code, the victim's place, the day of the report.
fn accuse(
    career: &mut Career,
    setting: Setting<'_>,
    profile: &Profile,
    (code, victim, on): (&str, usize, NaiveDate),
    dice: &mut Dice,
) -> anyhow::Result<()> {
    let offence = setting.catalogue.by_code(code)?;
    let kind = setting.catalogue.get(offence);
    let home = career.suspect.home.unwrap_or(0);
    let near = dice.chance(0.75);
    let report = Report {
        offence,
        on,
        borough: if near {
            home
        } else {
            setting.london.borough(dice)
        },
        domestic: matches!(profile.tie, Tie::Partner | Tie::Family),
    };
    while career.victims.len() <= victim {
        let mut harmed = Person::victim(on, profile.ages, "F", home, dice);
        harmed.steady = true;
        career.victims.push(harmed);
    }
    let mut crime = Crime::new(&report, setting.catalogue, setting.london, dice);
    crime.steady = true;
    crime.proactive = false;
    if kind.kin == Kin::Homicide {
        crime.count = 1;
        crime.first_as = None;
    }
    let relationship = relationship(career, victim, profile.tie, dice);
    let mut new = allegation(crime, victim, relationship, dice);
    new.victim_known = new.crime.recorded.date();
    career.allegations.push(new);
    Ok(())
}

fn relationship(career: &Career, victim: usize, tie: Tie, dice: &mut Dice) -> &'static str {
    let before = career.allegations.iter().find(|a| a.victim == victim);
    if let Some(allegation) = before {
        return allegation.relationship;
    }
    match tie {
        Tie::Partner => dice.choose(&[("partner", 45), ("ex_partner", 55)]),
        Tie::Family => "family",
        Tie::Known => dice.choose(&[("acquaintance", 70), ("stranger", 30)]),
        Tie::Stranger => dice.choose(&[("acquaintance", 25), ("stranger", 75)]),
    }
}

/// What sets one such case apart: a second record of the same person, a death,
/// a counter-allegation, a crime cancelled in the last nights.
fn twist(career: &mut Career, setting: Setting<'_>, profile: &Profile, dice: &mut Dice) {
    let plan = setting.plan;
    career.allegations.sort_by_key(|a| a.crime.reported);
    let Some(last) = career.allegations.last().map(|a| a.crime.reported.date()) else {
        return;
    };
    let nights = i64::from(plan.nights).max(1);
    let lately = (plan.to - last).num_days() < 120;
    let in_the_nights = later(plan.to, -dice.between(1, nights));
    let merged = if lately && dice.chance(0.5) {
        in_the_nights
    } else {
        later(last, dice.between(4, 70))
    };
    if dice.chance(if lately { 0.12 } else { 0.04 }) && merged > last && merged < plan.to {
        career.aliases.push(merged);
        if dice.chance(0.25) && later(merged, 1) < plan.to {
            career.aliases.push(later(merged, 1));
        }
        share_out(career, dice);
    }
    bury(&mut career.suspect, last, 0.03, dice);
    let countered = profile.ages.are_grown() && dice.chance(0.06);
    for allegation in &mut career.allegations {
        let known_by_then = allegation.crime.recorded.date() < in_the_nights;
        let recent = (plan.to - allegation.crime.reported.date()).num_days() < YEAR;
        if recent && known_by_then && dice.chance(0.008) {
            allegation.crime.dropped = Some((true, day_time(in_the_nights, dice)));
        }
    }
    if let Some(first) = career.allegations.first_mut() {
        first.countered = countered;
    }
}

/// Leaves out what was reported outside the plan's span.
fn finish(mut career: Career, setting: Setting<'_>) -> Option<Career> {
    let span = setting.plan.from..setting.plan.to;
    let reported = |allegation: &Allegation| allegation.crime.reported.date();
    career.allegations.retain(|a| span.contains(&reported(a)));
    career.allegations.sort_by_key(|a| a.crime.reported);
    (!career.allegations.is_empty()).then_some(career)
}

#[expect(clippy::cast_precision_loss, reason = "spans of a few thousand days")]
fn real_days(span: TimeDelta) -> f64 {
    span.num_days() as f64
}
