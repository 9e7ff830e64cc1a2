//! One person's place on a list in plain English, from the frozen rows alone.
//! It names nobody: a reader may be shown it wherever the identifier may
//! stand.

use rust_decimal::Decimal;

use crate::harm::list::{Contribution, Entry};
use crate::harm::variants::Span;
use crate::report::format;

/// What is alleged and what weighs most: `Four allegations concerning three
/// women, reported between March and August 2026; 88% of the score is one
/// allegation of rape, 019/08, 1,825 days, CCHI 2026, open.`
pub fn alleged(entry: &Entry, contributions: &[Contribution], edition: &str) -> String {
    let counted: Vec<&Contribution> = contributions.iter().filter(|c| c.is_counted).collect();
    let Some(worst) = counted.iter().max_by(|a, b| a.harm_days.cmp(&b.harm_days)) else {
        return nothing_counts(entry);
    };
    // Of several that weigh the same, the one the list itself names.
    let worst = counted
        .iter()
        .find(|c| c.crime_ref == entry.worst_crime_ref)
        .unwrap_or(worst);
    format!(
        "{} {}{}; {} {}, {}, {}, {}, {}.",
        format::capitalised(&quantity(entry.allegations, "allegation", "allegations")),
        concerning(entry),
        reported(entry),
        share(entry, worst),
        format::inside_a_sentence(&worst.offence),
        worst.ho_code,
        weight(worst),
        edition_name(edition),
        standing(worst)
    )
}

/// How firm the rank is: what it would be without the allegation that decides
/// most, and under other rules.
pub fn firmness(entry: &Entry, contributions: &[Contribution], span: Option<Span>) -> String {
    let Some(rank) = entry.rank else {
        return format!("Not ranked: {}.", unranked(&entry.standing));
    };
    let counted = contributions.iter().filter(|c| c.is_counted);
    let without = match counted.clone().max_by_key(|c| c.rank_without) {
        _ if counted.clone().count() == 1 => {
            "Without its one allegation the person would have no rank.".to_owned()
        }
        Some(Contribution {
            rank_without: Some(without),
            ..
        }) if *without > rank => format!(
            "Without the allegation that weighs most the rank would be {}.",
            format::count((*without).into())
        ),
        Some(_) => "No single allegation decides the rank.".to_owned(),
        None => "Allegations are kept for the list and its reserve only.".to_owned(),
    };
    format!("Rank {}. {without}", spanned(rank, span))
}

/// `7 (5 to 12)`: the rank, and the lowest and highest under other rules.
pub fn spanned(rank: u32, span: Option<Span>) -> String {
    match span {
        None => rank.to_string(),
        Some(span) => format!(
            "{rank} ({} to {})",
            span.best,
            span.worst
                .map_or_else(|| "unranked".to_owned(), |worst| worst.to_string())
        ),
    }
}

/// An edition as a sentence names it: `CCHI 2026`, `starter table 2026`.
pub fn edition_name(edition: &str) -> String {
    let words = edition.replace('-', " ");
    if let Some(year) = words.strip_prefix("starter ") {
        format!("starter table {year}")
    } else if let Some(year) = words.strip_prefix("cchi ") {
        format!("CCHI {year}")
    } else {
        words
    }
}

/// `one woman`, `three women`, `12 women`.
fn quantity(count: u32, one: &str, many: &str) -> String {
    const WORDS: [&str; 10] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    let number = usize::try_from(count)
        .ok()
        .and_then(|place| WORDS.get(place))
        .map_or_else(|| format::count(count.into()), |word| (*word).to_owned());
    format!("{number} {}", if count == 1 { one } else { many })
}

fn concerning(entry: &Entry) -> String {
    let others = entry
        .victims
        .saturating_sub(entry.women)
        .saturating_sub(entry.girls);
    let groups: Vec<String> = [
        (entry.women, "woman", "women"),
        (entry.girls, "girl", "girls"),
        (others, "other person", "other people"),
    ]
    .into_iter()
    .filter(|(count, _, _)| *count > 0)
    .map(|(count, one, many)| quantity(count, one, many))
    .collect();
    if groups.is_empty() {
        return "without a recorded victim".to_owned();
    }
    format!("concerning {}", format::list_in_words(&groups))
}

fn reported(entry: &Entry) -> String {
    let last = entry.latest_reported_on;
    let first = entry.earliest_reported_on.unwrap_or(last);
    if first == last {
        return format!(", reported on {}", format::date(last));
    }
    let (from, to) = (format::month(first), format::month(last));
    if from == to {
        return format!(", reported in {to}");
    }
    let (month, year) = from.rsplit_once(' ').unwrap_or((&from, ""));
    if to.ends_with(year) {
        format!(", reported between {month} and {to}")
    } else {
        format!(", reported between {from} and {to}")
    }
}

fn share(entry: &Entry, worst: &Contribution) -> String {
    if entry.allegations == 1 {
        return "the score is that of one allegation of".to_owned();
    }
    let part = if entry.score_days.is_zero() {
        Decimal::ZERO
    } else {
        worst.harm_days / entry.score_days * Decimal::ONE_HUNDRED
    };
    let percent = match part.round() {
        rounded if rounded >= Decimal::ONE_HUNDRED => "over 99".to_owned(),
        rounded => rounded.to_string(),
    };
    format!("{percent}% of the score is one allegation of")
}

fn weight(worst: &Contribution) -> String {
    let days = worst.weight_days.unwrap_or_default();
    if worst.offence_count == 1 {
        return format::harm_days(days);
    }
    format!(
        "{} times {} offences",
        format::harm_days(days),
        worst.offence_count
    )
}

fn standing(worst: &Contribution) -> String {
    match worst.outcome_code {
        Some(code) => format!("{}, outcome {code}", worst.status),
        None => worst.status.clone(),
    }
}

fn nothing_counts(entry: &Entry) -> String {
    if entry.unscored_allegations > 0 {
        return format!(
            "{} without a weight in this edition, and none that counts.",
            format::capitalised(&quantity(
                entry.unscored_allegations,
                "allegation",
                "allegations"
            ))
        );
    }
    format!(
        "{} {}{}.",
        format::capitalised(&quantity(entry.allegations, "allegation", "allegations")),
        concerning(entry),
        reported(entry)
    )
}

fn unranked(standing: &str) -> &'static str {
    match standing {
        "deceased" => "the person has died",
        "under_18" => "under age on the list date",
        "in_custody" => "in custody on the list date",
        _ => "no allegation with a weight counts",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            rank: Some(7),
            nominal_id: "N1".to_owned(),
            standing: "ranked".to_owned(),
            score_days: Decimal::from(2_073),
            allegations: 4,
            offences: 4,
            victims: 3,
            women: 3,
            girls: 0,
            rank_at_liberty: Some(6),
            rank_without_nfa: Some(7),
            score_without_nfa_days: Decimal::from(2_073),
            worst_days: Decimal::from(1_825),
            worst_crime_ref: "C1".to_owned(),
            earliest_reported_on: Some(day("2026-03-02")),
            latest_reported_on: day("2026-08-30"),
            domestic_abuse_allegations: 0,
            repeat_victims: 0,
            unscored_allegations: 0,
            no_further_action_allegations: 0,
            is_in_custody: false,
            has_counter_allegation: false,
            is_blocked: false,
            is_restricted: false,
            was_under_18: false,
            age: Some(40),
            identities: vec!["N1".to_owned()],
        }
    }

    fn rape() -> Contribution {
        Contribution {
            crime_ref: "C1".to_owned(),
            named_as: "N1".to_owned(),
            ho_code: "019/08".to_owned(),
            index_code: Some("019/08".to_owned()),
            offence: "Rape".to_owned(),
            vawg_group: None,
            weight_days: Some(Decimal::from(1_825)),
            offence_count: 1,
            harm_days: Decimal::from(1_825),
            basis: None,
            source: None,
            reported_on: day("2026-03-02"),
            committed_on: None,
            status: "open".to_owned(),
            outcome_code: None,
            is_domestic_abuse: false,
            is_counted: true,
            not_counted_because: None,
            rank_without: Some(95),
        }
    }

    fn day(text: &str) -> chrono::NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_sentence_tells_count_victims_span_and_what_weighs_most() {
        assert_eq!(
            alleged(&entry(), &[rape()], "cchi-2026"),
            "Four allegations concerning three women, reported between March and August 2026; \
             88% of the score is one allegation of rape, 019/08, 1,825 days, CCHI 2026, open."
        );
    }

    #[test]
    fn one_allegation_of_several_offences_a_girl_and_two_years() {
        let entry = Entry {
            allegations: 1,
            victims: 3,
            women: 1,
            girls: 1,
            earliest_reported_on: Some(day("2025-12-02")),
            ..entry()
        };
        let rape = Contribution {
            offence_count: 3,
            status: "closed".to_owned(),
            outcome_code: Some(16),
            ..rape()
        };
        assert_eq!(
            alleged(&entry, &[rape], "starter-2026"),
            "One allegation concerning one woman, one girl and one other person, reported between \
             December 2025 and August 2026; the score is that of one allegation of rape, 019/08, \
             1,825 days times 3 offences, starter table 2026, closed, outcome 16."
        );
    }

    #[test]
    fn a_rank_is_told_with_its_span_and_what_decides_it() {
        let span = Span {
            best: 5,
            worst: Some(12),
        };
        assert_eq!(
            firmness(&entry(), &[rape(), rape()], Some(span)),
            "Rank 7 (5 to 12). Without the allegation that weighs most the rank would be 95."
        );
        let lost = Span {
            best: 7,
            worst: None,
        };
        assert_eq!(spanned(7, Some(lost)), "7 (7 to unranked)");
        assert_eq!(
            firmness(&entry(), &[rape()], None),
            "Rank 7. Without its one allegation the person would have no rank."
        );
    }
}
