//! How soon people are arrested: those listed beside the reserve.

use daybook_statistics::groups::log_rank::{self, LogRank};
use daybook_statistics::groups::proportion::{self, Part};
use daybook_statistics::groups::survival::{Curve, Subject, kaplan_meier};
use daybook_statistics::interval::Estimate;
use serde::Serialize;

use super::cohort::{Cohort, Entrant, Group};
use super::harm::{is_within, part};
use super::{DAYS, Figure, Outcome};

/// Shares arrested within 180 days of people followed that long.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arrested {
    pub days: u32,
    pub listed: Part,
    pub listed_share: Estimate,
    pub reserve: Part,
    pub reserve_share: Estimate,
    /// Listed less reserve.
    pub difference: Estimate,
    /// Listed over reserve.
    pub ratio: Outcome<Estimate>,
}

/// The curves, and tests between them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimeToArrest {
    pub listed: GroupCurve,
    pub reserve: GroupCurve,
    /// The reserve, each followed only until they are listed.
    pub reserve_until_listed: GroupCurve,
    /// People who were not in custody on the list date.
    pub listed_at_liberty: GroupCurve,
    pub reserve_at_liberty: GroupCurve,
    pub listed_against_reserve: Outcome<LogRank>,
    pub listed_against_reserve_until_listed: Outcome<LogRank>,
    pub at_liberty_listed_against_reserve: Outcome<LogRank>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupCurve {
    pub people: usize,
    pub in_custody_at_entry: usize,
    pub arrested_by: Vec<By>,
    pub curve: Curve,
}

/// The share arrested by the end of a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct By {
    pub day: u32,
    #[serde(flatten)]
    pub outcome: Outcome<Estimate>,
}

const MARKS: [u32; 4] = [30, 90, 180, 365];

const CANNOT_SHOW: &[&str] = &[
    "An arrest is no conviction and no harm prevented.",
    "Rank 1 to 100 are accused of graver and newer harm than rank 101 to 200, and would be \
     arrested sooner without any list.",
    "On the first list everyone appears for the first time, though many would have been on \
     earlier ones and may have been arrested before.",
    "Any arrest counts, for whatever offence; someone in custody cannot be arrested, so the \
     figures for people at liberty stand beside.",
    "A person first in the reserve stays there when listed later, which draws the groups \
     together. Following them only until they are listed instead leaves out those whose \
     allegations grew, which is no neutral choice either.",
];

pub(super) fn share_figure(cohort: &Cohort<'_>) -> Figure<Arrested> {
    Figure {
        question: "Were people arrested within 180 days of the list?",
        cannot_show: CANNOT_SHOW,
        outcome: shares(cohort).into(),
    }
}

pub(super) fn time_figure(cohort: &Cohort<'_>) -> Figure<TimeToArrest> {
    Figure {
        question: "How soon were people arrested after the list?",
        cannot_show: CANNOT_SHOW,
        outcome: times(cohort).into(),
    }
}

fn shares(cohort: &Cohort<'_>) -> Result<Arrested, String> {
    let listed = arrested_within(cohort, Group::Listed);
    let reserve = arrested_within(cohort, Group::Reserve);
    let because = || why_nobody(cohort, "followed for 180 full days");
    Ok(Arrested {
        days: DAYS,
        listed,
        listed_share: listed.share().ok_or_else(because)?,
        reserve,
        reserve_share: reserve.share().ok_or_else(because)?,
        difference: proportion::difference(listed, reserve).ok_or_else(because)?,
        ratio: proportion::ratio(listed, reserve)
            .ok_or_else(|| "in one group nobody was arrested".to_owned())
            .into(),
    })
}

/// Of a group's people with 180 full days of follow-up, those arrested in them.
pub(super) fn arrested_within(cohort: &Cohort<'_>, group: Group) -> Part {
    let followed: Vec<&Entrant<'_>> = cohort
        .group(group)
        .filter(|one| cohort.has_arrests(one) && one.list.is_followed_by(cohort.until))
        .collect();
    part(&followed, |one| is_within(one, one.at.arrested_on))
}

fn times(cohort: &Cohort<'_>) -> Result<TimeToArrest, String> {
    let curve = |group, until_listed, at_liberty| {
        group_curve(cohort, group, until_listed, at_liberty)
            .ok_or_else(|| why_nobody(cohort, "followed for a full day"))
    };
    let listed = curve(Group::Listed, false, false)?;
    let reserve = curve(Group::Reserve, false, false)?;
    let until_listed = curve(Group::Reserve, true, false)?;
    let listed_at_liberty = curve(Group::Listed, false, true)?;
    let reserve_at_liberty = curve(Group::Reserve, false, true)?;
    Ok(TimeToArrest {
        listed_against_reserve: test(&listed.1, &reserve.1),
        listed_against_reserve_until_listed: test(&listed.1, &until_listed.1),
        at_liberty_listed_against_reserve: test(&listed_at_liberty.1, &reserve_at_liberty.1),
        listed: listed.0,
        reserve: reserve.0,
        reserve_until_listed: until_listed.0,
        listed_at_liberty: listed_at_liberty.0,
        reserve_at_liberty: reserve_at_liberty.0,
    })
}

/// A group's curve, and the people behind it.
pub(super) fn group_curve(
    cohort: &Cohort<'_>,
    group: Group,
    until_listed: bool,
    at_liberty: bool,
) -> Option<(GroupCurve, Vec<Subject>)> {
    let followed: Vec<(&Entrant<'_>, Subject)> = cohort
        .group(group)
        .filter(|one| cohort.has_arrests(one) && !(at_liberty && one.at.is_in_custody))
        .filter_map(|one| Some((one, cohort.followed(one, until_listed)?)))
        .collect();
    let subjects: Vec<Subject> = followed.iter().map(|(_, subject)| *subject).collect();
    let curve = kaplan_meier(&subjects)?;
    let group = GroupCurve {
        people: followed.len(),
        in_custody_at_entry: followed
            .iter()
            .filter(|(one, _)| one.at.is_in_custody)
            .count(),
        arrested_by: MARKS.iter().map(|&day| by(&curve, day)).collect(),
        curve,
    };
    Some((group, subjects))
}

fn by(curve: &Curve, day: u32) -> By {
    let longest = curve.longest_day;
    let outcome = curve
        .had_event_by(day)
        .ok_or_else(|| format!("nobody was followed longer than {longest} days"))
        .into();
    By { day, outcome }
}

pub(super) fn test(first: &[Subject], second: &[Subject]) -> Outcome<LogRank> {
    log_rank::log_rank(first, second)
        .ok_or_else(|| "nobody was arrested while both groups were followed".to_owned())
        .into()
}

/// Why a group has nobody to follow.
pub(super) fn why_nobody(cohort: &Cohort<'_>, wanted: &str) -> String {
    let until = cohort.until;
    match cohort.ground.arrests_from {
        None => "no arrest is held".to_owned(),
        Some(_) if !cohort.has_lists => format!("no list was made up to {until}"),
        Some(from) => format!(
            "of the list or the reserve nobody was {wanted} (arrests are held from {from} to the \
             day before {until})"
        ),
    }
}
