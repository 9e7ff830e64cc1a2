//! Harm that people were accused of before a list and after it: those listed
//! beside the reserve, who were picked at a peak as well.

use chrono::{Days, NaiveDate};
use daybook_statistics::groups::means::{self, Pair, Ratio};
use daybook_statistics::groups::proportion::{self, Part};
use daybook_statistics::interval::Estimate;
use serde::Serialize;

use super::cohort::{Cohort, Entrant, Group};
use super::{DAYS, Figure, Outcome};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HarmChange {
    pub days: u32,
    pub first_list: NaiveDate,
    pub last_list: NaiveDate,
    /// People left out: not followed for 180 days yet, or without reports for
    /// the 180 before.
    pub left_out: usize,
    pub listed: GroupChange,
    pub reserve: GroupChange,
    /// Mean change of those listed less that of the reserve, in days.
    pub difference: Outcome<Estimate>,
    /// Ratio of those listed over the reserve's.
    pub ratio_of_ratios: Outcome<Estimate>,
    /// People accused again, listed less reserve, as shares.
    pub accused_again_difference: Outcome<Estimate>,
    pub accused_again_ratio: Outcome<Estimate>,
}

/// One group, harm in days per person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupChange {
    pub people: usize,
    pub in_custody_at_entry: usize,
    /// Within the days after; their harm ends with them.
    pub died: usize,
    /// Of the reserve: listed within the days after.
    pub listed_later: usize,
    pub mean_before: f64,
    pub mean_after: f64,
    /// The mean change, after less before.
    pub change: Estimate,
    /// The mean after over the mean before.
    pub ratio: Outcome<Ratio>,
    /// People with any harm reported in the days after.
    pub accused_again: Part,
    pub accused_again_share: Estimate,
}

pub(super) fn figure(cohort: &Cohort<'_>) -> Figure<HarmChange> {
    Figure {
        question: "Were people accused of less harm in the 180 days after a list than in the 180 \
                   days before?",
        cannot_show: &[
            "Everyone here was picked at a peak of allegations, and most would have fallen \
             whatever was done (regression to the mean): a fall by itself shows nothing. The \
             reserve was picked at a peak too, though a lower one, and stands beside for that \
             reason; the higher peak falls further by chance alone.",
            "Fewer allegations may mean less harm, less reporting, custody, a move or a death.",
            "Some of the reserve are listed later and stay in the reserve here, which draws the \
             two groups together.",
        ],
        outcome: find(cohort).into(),
    }
}

fn find(cohort: &Cohort<'_>) -> Result<HarmChange, String> {
    let (listed, reserve) = (
        eligible(cohort, Group::Listed),
        eligible(cohort, Group::Reserve),
    );
    let dates = listed.iter().chain(&reserve).map(|one| one.list.as_of);
    let (Some(first_list), Some(last_list)) = (dates.clone().min(), dates.max()) else {
        return Err(why_nobody(cohort));
    };
    let ours = change(&listed).map_err(|reason| format!("of those listed, {reason}"))?;
    let theirs = change(&reserve).map_err(|reason| format!("of the reserve, {reason}"))?;
    let again = (ours.accused_again, theirs.accused_again);
    Ok(HarmChange {
        days: DAYS,
        first_list,
        last_list,
        left_out: cohort.entrants.len() - listed.len() - reserve.len(),
        difference: means::difference_in_changes(&pairs(&listed), &pairs(&reserve))
            .ok_or_else(|| "nobody's change differs from another's".to_owned())
            .into(),
        ratio_of_ratios: between(&ours.ratio, &theirs.ratio).into(),
        accused_again_difference: proportion::difference(again.0, again.1)
            .ok_or_else(|| "a group is empty".to_owned())
            .into(),
        accused_again_ratio: proportion::ratio(again.0, again.1)
            .ok_or_else(|| "in one group nobody was accused again".to_owned())
            .into(),
        listed: ours,
        reserve: theirs,
    })
}

pub(super) fn eligible<'c, 'a>(cohort: &'c Cohort<'a>, group: Group) -> Vec<&'c Entrant<'a>> {
    cohort
        .group(group)
        .filter(|entrant| cohort.has_harm(entrant))
        .collect()
}

/// The change of one group; why not where there is none.
pub(super) fn change(entrants: &[&Entrant<'_>]) -> Result<GroupChange, String> {
    let pairs = pairs(entrants);
    let too_few = || {
        let people = pairs.len();
        format!("{people} could be followed; an interval needs 2 people")
    };
    let change = means::change(&pairs).ok_or_else(too_few)?;
    let accused_again = part(entrants, |one| one.at.after_days > 0.0);
    let people = f64::from(accused_again.of);
    Ok(GroupChange {
        people: entrants.len(),
        in_custody_at_entry: number(entrants, |one| one.at.is_in_custody),
        died: number(entrants, |one| is_within(one, one.at.deceased_on)),
        listed_later: number(entrants, |one| is_within(one, one.listed_on)),
        mean_before: pairs.iter().map(|pair| pair.before).sum::<f64>() / people,
        mean_after: pairs.iter().map(|pair| pair.after).sum::<f64>() / people,
        change,
        ratio: means::ratio(&pairs)
            .ok_or_else(|| "a mean of nothing has no ratio".to_owned())
            .into(),
        accused_again,
        accused_again_share: accused_again.share().ok_or_else(too_few)?,
    })
}

/// How many of a group something holds for.
pub(super) fn part(entrants: &[&Entrant<'_>], holds: impl Fn(&Entrant<'_>) -> bool) -> Part {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Part {
        part: number(self::number(entrants, holds)),
        of: number(entrants.len()),
    }
}

/// Whether a day lies in the 180 from the list date on.
pub(super) fn is_within(entrant: &Entrant<'_>, day: Option<NaiveDate>) -> bool {
    let end = entrant.list.as_of + Days::new(u64::from(DAYS));
    day.is_some_and(|day| day >= entrant.list.as_of && day < end)
}

fn number(entrants: &[&Entrant<'_>], holds: impl Fn(&Entrant<'_>) -> bool) -> usize {
    entrants.iter().filter(|one| holds(one)).count()
}

fn pairs(entrants: &[&Entrant<'_>]) -> Vec<Pair> {
    entrants
        .iter()
        .map(|one| Pair {
            before: one.at.before_days,
            after: one.at.after_days,
        })
        .collect()
}

fn between(ours: &Outcome<Ratio>, theirs: &Outcome<Ratio>) -> Result<Estimate, String> {
    match (ours, theirs) {
        (Outcome::Available(ours), Outcome::Available(theirs)) => {
            Ok(means::ratio_of_ratios(ours, theirs))
        }
        _ => Err("a group has no ratio".to_owned()),
    }
}

/// Why nobody can be followed before and after.
pub(super) fn why_nobody(cohort: &Cohort<'_>) -> String {
    let until = cohort.until;
    let Some(reports_from) = cohort.ground.reports_from else {
        return "no crime is held".to_owned();
    };
    let lists = || cohort.entrants.iter().map(|one| one.list);
    if !cohort.has_lists {
        format!("no list was made up to {until}")
    } else if lists().all(|list| !list.has_weights) {
        "the weights of the lists' editions are held no more".to_owned()
    } else {
        format!(
            "no list has {DAYS} full days of reports before it (they begin on {reports_from}) \
             and {DAYS} after it (they end with the day before {until})"
        )
    }
}
