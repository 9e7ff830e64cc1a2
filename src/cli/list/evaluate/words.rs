//! The figures in sentences, each with what it cannot show.

use anyhow::Result;
use daybook_statistics::groups::proportion::Part;
use daybook_statistics::groups::survival::Median;

use super::phrases::{
    interval, maybe, number_of, paragraph, percent, points, share, test, wrapped,
};
use crate::cli::output;
use crate::harm::evaluation::arrest::{Arrested, GroupCurve, TimeToArrest};
use crate::harm::evaluation::concentration::Concentration;
use crate::harm::evaluation::harm::{GroupChange, HarmChange};
use crate::harm::evaluation::persistence::{Lag, Persistence};
use crate::harm::evaluation::regression_discontinuity::{AtBandwidth, Discontinuity};
use crate::harm::evaluation::year_before::YearBefore;
use crate::harm::evaluation::{Evaluation, Figure, Outcome};
use crate::report::format::{date, number};

pub(super) fn tell(found: &Evaluation) -> Result<()> {
    let lists = match (found.lists.first(), found.lists.last()) {
        (Some(first), Some(last)) => format!(
            "{} lists from {} to {}",
            found.lists.len(),
            date(first.as_of),
            date(last.as_of)
        ),
        _ => "no lists".to_owned(),
    };
    output::line(format!(
        "Evaluation as of {}: {lists}, batch {}.",
        date(found.as_of),
        found.known_at
    ))?;
    paragraph(
        "Intervals are 95%. Listed and reserve mean the group of a person's first appearance, \
         whatever was decided or happened later.",
    )?;
    let not_followed: u32 = found.lists.iter().map(|list| list.not_followed).sum();
    if not_followed > 0 {
        paragraph(&format!(
            "{not_followed} places on lists and reserves belong to people whose record is held no \
             more; they are in no figure."
        ))?;
    }
    section(&found.concentration, concentration)?;
    section(&found.persistence, persistence)?;
    section(&found.harm, harm)?;
    section(&found.arrested, arrested)?;
    section(&without_cautions(&found.time_to_arrest), time_to_arrest)?;
    section(&found.year_before, year_before)?;
    section(&found.discontinuity, discontinuity)
}

fn section<T>(figure: &Figure<T>, words: impl Fn(&T) -> Vec<String>) -> Result<()> {
    output::line("")?;
    for line in wrapped(figure.question, "", "") {
        output::line(line)?;
    }
    match &figure.outcome {
        Outcome::Available(found) => {
            for sentence in words(found) {
                paragraph(&sentence)?;
            }
        }
        Outcome::Unavailable { reason } => paragraph(&format!("Unavailable: {reason}."))?,
    }
    if figure.cannot_show.is_empty() {
        return paragraph("What this cannot show: as above.");
    }
    output::line("  What this cannot show:")?;
    for caution in figure.cannot_show {
        for line in wrapped(caution, "  - ", "    ") {
            output::line(line)?;
        }
    }
    Ok(())
}

/// For a figure that comes after another with the same cautions.
fn without_cautions<T: Clone>(figure: &Figure<T>) -> Figure<T> {
    Figure {
        cannot_show: &[],
        ..figure.clone()
    }
}

fn concentration(found: &Concentration) -> Vec<String> {
    let shares: Vec<String> = found
        .top
        .iter()
        .map(|top| match &top.outcome {
            Outcome::Available(share) => {
                format!(
                    "the first {} of {}",
                    number_of(top.people),
                    percent(share.share)
                )
            }
            Outcome::Unavailable { reason } => {
                format!("the first {}: {reason}", number_of(top.people))
            }
        })
        .collect();
    vec![
        format!(
            "On the list as of {}, {} people are accused of {} days of harm in all: {}.",
            date(found.list_as_of),
            number_of(found.people),
            number(found.harm_days, 0),
            shares.join("; ")
        ),
        format!(
            "The Gini coefficient is {} (0: all are accused of the same; near 1: one of all).",
            number(found.gini, 3)
        ),
    ]
}

fn persistence(found: &Persistence) -> Vec<String> {
    found.lags.iter().map(lag).collect()
}

fn lag(lag: &Lag) -> String {
    let later = match lag.lists_later {
        1 => "On the next list".to_owned(),
        lists => format!("{lists} lists later"),
    };
    match &lag.outcome {
        Outcome::Unavailable { reason } => format!("{later}: unavailable, {reason}."),
        Outcome::Available(stayed) => format!(
            "{later} ({} to {} days): {} of {} places hold the same person, {} (pairs from {} to \
             {}, {} of them).",
            stayed.shortest_days,
            stayed.longest_days,
            stayed.stayed.part,
            stayed.stayed.of,
            percent(stayed.share),
            percent(stayed.lowest_share),
            percent(stayed.highest_share),
            stayed.pairs
        ),
    }
}

fn harm(found: &HarmChange) -> Vec<String> {
    vec![
        format!(
            "First appearances on lists from {} to {}; {} others are left out, not followed for \
             {} days yet or without reports for the {} before.",
            date(found.first_list),
            date(found.last_list),
            found.left_out,
            found.days,
            found.days
        ),
        change("Listed", &found.listed),
        change("Reserve", &found.reserve),
        format!(
            "Those listed changed by {} days more than the reserve; the ratio of their ratios is \
             {}.",
            maybe(&found.difference, |value| number(value, 0)),
            maybe(&found.ratio_of_ratios, |value| number(value, 2))
        ),
        format!(
            "Accused again: listed less reserve {}, ratio {}.",
            maybe(&found.accused_again_difference, points),
            maybe(&found.accused_again_ratio, |value| number(value, 2))
        ),
    ]
}

fn change(group: &str, found: &GroupChange) -> String {
    let ratio = match &found.ratio {
        Outcome::Available(ratio) => interval(&ratio.estimate, |value| number(value, 2)),
        Outcome::Unavailable { reason } => format!("unavailable ({reason})"),
    };
    let later = match found.listed_later {
        0 => String::new(),
        people => format!(", {people} listed within the time"),
    };
    format!(
        "{group}, {} people ({} in custody at entry, {} died within the time{later}): from {} \
         days of harm each to {}, a change of {} and a ratio of {}; {} were accused again.",
        found.people,
        found.in_custody_at_entry,
        found.died,
        number(found.mean_before, 0),
        number(found.mean_after, 0),
        interval(&found.change, |value| number(value, 0)),
        ratio,
        share(found.accused_again, &found.accused_again_share)
    )
}

fn arrested(found: &Arrested) -> Vec<String> {
    vec![
        format!(
            "Within {} days, of people followed that long: listed {}, reserve {}.",
            found.days,
            share(found.listed, &found.listed_share),
            share(found.reserve, &found.reserve_share)
        ),
        format!(
            "The difference is {}, the ratio {}.",
            interval(&found.difference, points),
            maybe(&found.ratio, |value| number(value, 2))
        ),
    ]
}

fn time_to_arrest(found: &TimeToArrest) -> Vec<String> {
    vec![
        curve("Listed", &found.listed),
        curve("Reserve", &found.reserve),
        curve(
            "Reserve, each until they are listed",
            &found.reserve_until_listed,
        ),
        curve("Listed, at liberty on the date", &found.listed_at_liberty),
        curve("Reserve, at liberty on the date", &found.reserve_at_liberty),
        format!(
            "Listed against reserve: {}. Against the reserve until listed: {}. Both at liberty: \
             {}.",
            test(&found.listed_against_reserve),
            test(&found.listed_against_reserve_until_listed),
            test(&found.at_liberty_listed_against_reserve)
        ),
    ]
}

fn curve(group: &str, found: &GroupCurve) -> String {
    let marks: Vec<String> = found
        .arrested_by
        .iter()
        .map(|by| match &by.outcome {
            Outcome::Available(share) => {
                format!("by day {} {}", by.day, interval(share, percent))
            }
            Outcome::Unavailable { reason } => format!("by day {}: {reason}", by.day),
        })
        .collect();
    format!(
        "{group}: {} of {} people were arrested ({} were in custody at entry): {}. {}",
        found.curve.events,
        found.people,
        found.in_custody_at_entry,
        marks.join("; "),
        median(&found.curve.median)
    )
}

fn median(found: &Median) -> String {
    let day = |day: Option<u32>| day.map_or_else(|| "not reached".to_owned(), |d| d.to_string());
    match found.day {
        None => "Fewer than half were arrested.".to_owned(),
        Some(half) => format!(
            "Half were arrested by day {half} ({} to {}).",
            day(found.low),
            day(found.high)
        ),
    }
}

fn year_before(found: &YearBefore) -> Vec<String> {
    let part = |part: Part| format!("{} of {}", part.part, part.of);
    let harm = match &found.year_before_harm {
        Outcome::Available(group) => change("Harm in the year before", group),
        Outcome::Unavailable { reason } => {
            format!("Harm in the year before: unavailable, {reason}.")
        }
    };
    vec![
        curve("Listed under the programme", &found.programme),
        curve(
            "Would have been listed in the year before",
            &found.year_before,
        ),
        format!(
            "Log-rank: {}. {} people stand in both.",
            test(&found.log_rank),
            found.people_in_both
        ),
        format!(
            "Arrested within 180 days, of people followed that long: programme {}, year before \
             {}; difference {}, ratio {}.",
            part(found.programme_arrested),
            part(found.year_before_arrested),
            maybe(&found.arrested_difference, points),
            maybe(&found.arrested_ratio, |value| number(value, 2))
        ),
        harm,
    ]
}

fn discontinuity(found: &Discontinuity) -> Vec<String> {
    let mut told: Vec<String> = found.estimates.iter().map(at_bandwidth).collect();
    told.push(format!(
        "Harm in the {} days from the list date on, over {} lists: two lines with triangular \
         weights, errors clustered by person.",
        found.days, found.lists
    ));
    told
}

fn at_bandwidth(at: &AtBandwidth) -> String {
    match &at.outcome {
        Outcome::Unavailable { reason } => {
            format!(
                "Within {} ranks of the cut: unavailable, {reason}.",
                at.ranks
            )
        }
        Outcome::Available(jump) => format!(
            "Within {} ranks of the cut, {} places inside ({} with any harm after) and {} outside \
             ({}), {} people: inside less outside {} days of harm ({} against {} at the cut).",
            at.ranks,
            at.inside.places,
            at.inside.with_harm,
            at.outside.places,
            at.outside.with_harm,
            jump.people,
            interval(&jump.jump, |value| number(value, 0)),
            number(jump.treated_level, 0),
            number(jump.untreated_level, 0)
        ),
    }
}
