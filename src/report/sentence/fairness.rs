//! Where groups of people differ in what follows from an allegation, in words
//! that claim no cause.

use super::super::format;
use crate::harm::fairness::relative::Relative;
use crate::harm::fairness::{Dimension, Fairness, Rate, Stage};

/// Differences told in one sentence.
const TOLD: usize = 3;

/// Which people are looked at.
pub fn who(held: &Fairness) -> String {
    format!(
        "Suspects on {} of {} to {}, of age and alive on one of them; those under age on all of \
         them are counted apart. What happened after someone's first of these lists and before \
         {} is counted.",
        format::plural(u64::from(held.lists), "list", "lists"),
        format::date(held.first_list),
        format::date(held.last_list),
        format::date(held.as_of)
    )
}

/// What is found in one dimension: at being listed, then at what follows.
pub fn finding(dimension: &Dimension) -> String {
    let listed = of_stage(dimension, |stage| stage == Stage::Listed);
    let later = of_stage(dimension, |stage| stage > Stage::Listed);
    let said = [
        told(dimension, &listed, "to be listed"),
        told(dimension, &later, "to come to a later stage"),
    ];
    format!("{} {}", said.join(" "), what_is_known(&dimension.name))
}

/// How many differences chance alone would show.
pub fn multiplicity(held: &Fairness) -> String {
    let counted = &held.multiplicity;
    format!(
        "{} made; they overlap, since the same people stand in several. {} 1 outside. With no \
         difference anywhere, about {} would by chance alone.",
        format::plural(counted.comparisons, "comparison is", "comparisons are"),
        format::plural(
            counted.outside,
            "95% interval leaves",
            "95% intervals leave"
        ),
        format::mean(counted.expected_by_chance),
    )
}

/// A dimension inside a heading.
pub fn title(name: &str) -> &'static str {
    match name {
        "sex" => "Sex",
        "age" => "Age",
        "ethnicity" => "Ethnicity, self-defined",
        _ => "Home borough",
    }
}

/// Each stage as a share of what comes before it; a share of everyone named
/// says it again for the table, not for the sentence.
fn of_stage(dimension: &Dimension, is_wanted: impl Fn(Stage) -> bool) -> Vec<&Rate> {
    let mut rates: Vec<&Rate> = dimension
        .rates
        .iter()
        .filter(|rate| is_wanted(rate.stage) && rate.stage.bases().first() == Some(&rate.of))
        .collect();
    let distance = |rate: &Rate| rate.relative.map_or(0.0, |held| held.rate.ln().abs());
    rates.sort_by(|a, b| {
        distance(b)
            .total_cmp(&distance(a))
            .then_with(|| a.stage.cmp(&b.stage))
            .then_with(|| a.group.cmp(&b.group))
    });
    rates
}

fn told(dimension: &Dimension, rates: &[&Rate], to_do: &str) -> String {
    if rates.iter().all(|rate| rate.relative.is_none()) {
        return format!("No rate {to_do} can be compared.");
    }
    let outside: Vec<&&Rate> = rates
        .iter()
        .filter(|rate| rate.relative.is_some_and(Relative::is_outside))
        .collect();
    if outside.is_empty() {
        return format!(
            "No group is shown to be more or less likely than all others {to_do}: every 95% \
             interval holds 1."
        );
    }
    let mut said: Vec<String> = outside
        .iter()
        .take(TOLD)
        .filter_map(|rate| difference(dimension, rate))
        .collect();
    if outside.len() > TOLD {
        said.push(format!(
            "{} more in the table",
            format::count((outside.len() - TOLD) as u64)
        ));
    }
    format!("{}.", said.join("; ").replace("; Suspects", "; suspects"))
}

fn difference(dimension: &Dimension, rate: &Rate) -> Option<String> {
    let held = rate.relative?;
    Some(format!(
        "{} were {} times as likely as all others to be {}{} (95% interval {} to {}; {} of {} \
         against {} of {})",
        people(&dimension.name, &rate.group),
        times(held.rate),
        rate.stage.as_str(),
        if rate.of == Stage::Listed {
            " once listed"
        } else {
            ""
        },
        times(held.low),
        times(held.high),
        format::count(rate.part),
        format::count(rate.whole),
        format::count(rate.others_part),
        format::count(rate.others_whole),
    ))
}

/// A relative rate: one decimal, two below 1, and as many more as it takes not
/// to print a difference as none.
pub fn times(value: f64) -> String {
    let least = if value < 0.995 { 2 } else { 1 };
    (least..4)
        .map(|decimals| format::number(value, decimals))
        .find(|printed| printed.trim_end_matches('0') != "1.")
        .unwrap_or_else(|| format::number(value, least))
}

fn people(dimension: &str, group: &str) -> String {
    match (dimension, group) {
        ("sex", "Not known") => "Suspects whose sex is not known".to_owned(),
        ("sex", "Another") => "Suspects of another sex".to_owned(),
        ("age", "Not known") => "Suspects whose age is not known".to_owned(),
        ("age", band) => format!("Suspects aged {band}"),
        ("ethnicity", "Not stated") => "Suspects whose ethnicity is not stated".to_owned(),
        ("ethnicity", "Other") => "Suspects of another ethnic group".to_owned(),
        ("ethnicity", "Mixed") => "Suspects of mixed ethnicity".to_owned(),
        ("borough", "Not recorded") => "Suspects with no home borough recorded".to_owned(),
        ("borough", borough) => format!("Suspects living in {borough}"),
        (_, group) => format!("{group} suspects"),
    }
}

/// What the list knows of it, and what therefore cannot be concluded.
fn what_is_known(dimension: &str) -> &'static str {
    match dimension {
        "sex" => {
            "A suspect's sex is no input to the list (a victim's decides what counts): who is \
             listed follows from the allegations recorded, which this does not explain."
        }
        "age" => {
            "Age is an input only in that nobody under age is ranked: who of the others is listed \
             follows from the allegations recorded, which this does not explain."
        }
        "ethnicity" => {
            "Ethnicity is no input to the list: who is listed follows from the allegations \
             recorded, which this does not explain. What follows is decided by people and courts."
        }
        _ => {
            "A home borough is no input to the list: who is listed follows from the allegations \
             recorded, which this does not explain."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_near_one_is_not_printed_as_one() {
        for (value, printed) in [
            (1.44, "1.4"),
            (1.0031, "1.003"),
            (1.04, "1.04"),
            (0.997, "0.997"),
            (0.86, "0.86"),
            (1.0, "1.0"),
        ] {
            assert_eq!(times(value), printed, "{value}");
        }
    }
}
