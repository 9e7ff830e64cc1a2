//! How much of the harm few people are accused of.

use chrono::NaiveDate;
use daybook_statistics::groups::concentration::{Point, gini, lorenz, top_share};
use serde::Serialize;

use super::study_data::Ground;
use super::{Figure, Outcome};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Concentration {
    pub list_as_of: NaiveDate,
    /// Everyone ranked: of age, alive, with a score above nothing.
    pub people: usize,
    pub harm_days: f64,
    pub gini: f64,
    pub top: Vec<Top>,
    /// From the least harmful up, at every percent of people.
    pub lorenz: Vec<Point>,
}

/// The share of all harm that the people ranked first are accused of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Top {
    pub people: usize,
    #[serde(flatten)]
    pub outcome: Outcome<Share>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    pub share: f64,
}

const TOPS: [usize; 5] = [10, 50, 100, 200, 1_000];
const STEPS: usize = 100;

pub(super) fn figure(ground: &Ground) -> Figure<Concentration> {
    Figure {
        question: "How much of the harm are few people accused of?",
        cannot_show: &[
            "Allegations are reported harm: what nobody reports, or reports without naming a \
             suspect, is not in it.",
            "A year's harm is lumpy: one grave allegation puts someone at the top, so that some \
             concentration is chance, and it says nothing of who will be there next year.",
            "People with nothing but allegations that carry no weight in the index are not in it.",
        ],
        outcome: find(ground).into(),
    }
}

fn find(ground: &Ground) -> Result<Concentration, String> {
    let newest = ground
        .lists
        .last()
        .ok_or_else(|| format!("no list has been made up to {}", ground.as_of))?;
    let amounts: Vec<f64> = ground.scores.iter().map(|score| score.days).collect();
    let nobody = || format!("nobody has a score on the list as of {}", newest.as_of);
    Ok(Concentration {
        list_as_of: newest.as_of,
        people: amounts.len(),
        harm_days: amounts.iter().sum(),
        gini: gini(&amounts).ok_or_else(nobody)?,
        top: TOPS.iter().map(|&people| top(&amounts, people)).collect(),
        lorenz: lorenz(&amounts, STEPS).ok_or_else(nobody)?,
    })
}

fn top(amounts: &[f64], people: usize) -> Top {
    let found = top_share(amounts, people)
        .map(|share| Share { share })
        .ok_or_else(|| format!("only {} people have a score", amounts.len()));
    Top {
        people,
        outcome: found.into(),
    }
}
