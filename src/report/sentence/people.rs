//! Why a person stands where they stand, in plain English. A row is an
//! allegation and a person a suspect until a court convicts.

use crate::report::format;
use crate::report::view::harm_list_pack::{Because, Flag, HarmListPack, Leaver, Person, Standing};

/// `was 3`, `new`, `returned, last on list 9`.
pub fn standing(person: &Person) -> String {
    match (person.standing, person.previous_rank) {
        (Standing::New, _) => "new".to_owned(),
        (Standing::Returned { last_list }, _) => format!("returned, last on list {last_list}"),
        (Standing::Stayed, Some(rank)) if rank == person.rank => "as before".to_owned(),
        (Standing::Stayed, Some(rank)) => format!("was {rank}"),
        (Standing::Stayed, None) => "stayed".to_owned(),
    }
}

/// `3`, `new` or `back`, for a narrow column.
pub fn rank_before(person: &Person) -> String {
    match (person.standing, person.previous_rank) {
        (Standing::New, _) => "new".to_owned(),
        (Standing::Returned { .. }, _) => "back".to_owned(),
        (Standing::Stayed, Some(rank)) => rank.to_string(),
        (Standing::Stayed, None) => "[x]".to_owned(),
    }
}

/// The explanation: what is alleged, what it weighs, and how firm the rank is.
pub fn explanation(person: &Person) -> String {
    let mut sentences = vec![
        who(person),
        person.alleged.clone(),
        in_all(person),
        person.firmness.clone(),
    ];
    sentences.push(of_them(person));
    sentences.extend(without_no_further_action(person));
    sentences.extend(at_liberty(person));
    sentences.join(" ")
}

/// One flag in words, as short as a label.
pub fn flag(flag: &Flag) -> String {
    let allegations = |count: u32| format::plural(count.into(), "allegation", "allegations");
    match flag {
        Flag::InCustody { kind, since } => {
            format!("in custody ({kind}) since {}", format::date(*since))
        }
        Flag::CounterAllegation { is_reviewed: false } => {
            "counter-allegation: review needed".to_owned()
        }
        Flag::CounterAllegation { is_reviewed: true } => "counter-allegation: reviewed".to_owned(),
        Flag::Under18AtAllegation { allegations: n } => {
            format!("under 18 at the time of {}", allegations(*n))
        }
        Flag::Merged => "merged identities".to_owned(),
        Flag::NoFurtherAction { allegations: n } => {
            format!("no further action on {}", allegations(*n))
        }
        Flag::Unscored { allegations: n } => format!("{} without a weight", allegations(*n)),
        Flag::Acquitted { allegations: n } => format!("acquitted of {}", allegations(*n)),
        Flag::Discontinued { allegations: n } => {
            format!("charges discontinued on {}", allegations(*n))
        }
        Flag::Convicted { allegations: n } => format!("convicted on {}", allegations(*n)),
        Flag::Charged { allegations: n } => format!("charged on {}", allegations(*n)),
    }
}

/// Why a person is not named.
pub fn because(because: Because) -> &'static str {
    match because {
        Because::Deferred => "deferred",
        Because::Rejected => "rejected",
        Because::Undecided => "left undecided",
        Because::Blocked => "accepted, blocked since: counter-allegation to be reviewed",
    }
}

/// `Accepted by j.smith on 1 November 2026`.
pub fn accepted(person: &Person) -> String {
    let accepted = &person.accepted;
    format!(
        "Accepted by {} on {}",
        accepted.by,
        format::date(accepted.on)
    )
}

/// `rank 112 now`, or the word for nobody ranked.
pub fn leaver_rank(leaver: &Leaver) -> String {
    leaver.rank.map_or_else(
        || "not ranked".to_owned(),
        |rank| format::count(rank.into()),
    )
}

/// The finding over the concentration chart.
pub fn concentration(pack: &HarmListPack) -> String {
    let list = &pack.list;
    let verb = if list.listed == 1 { "is" } else { "are" };
    match list.harm_share() {
        Some(share) => format!(
            "{} of {} {verb} accused of {} of all harm",
            format::count(list.listed),
            format::plural(list.suspects, "ranked suspect", "ranked suspects"),
            format::percent(share)
        ),
        None => "No suspect is accused of any harm".to_owned(),
    }
}

/// The finding over the chart of ranks.
pub fn ranks(pack: &HarmListPack) -> String {
    let (Some(first), Some(last)) = (pack.ranks.first(), pack.ranks.last()) else {
        return "Nobody is listed".to_owned();
    };
    format!(
        "Alleged harm falls from {} years at rank {} to {} at rank {}",
        format::harm_years(first.score_days),
        first.rank,
        format::harm_years(last.score_days),
        last.rank
    )
}

fn who(person: &Person) -> String {
    let age = person
        .age
        .map_or_else(|| "age not known".to_owned(), |age| format!("aged {age}"));
    format!("{}, {age}, is named as a suspect.", person.name)
}

fn in_all(person: &Person) -> String {
    format!(
        "The whole weighs {} ({} years).",
        format::harm_days(person.score_days),
        format::harm_years(person.score_days)
    )
}

fn of_them(person: &Person) -> String {
    let abuse = match format::number(person.domestic_abuse_percent, 0).as_str() {
        _ if person.domestic_abuse_percent <= 0.0 => "none".to_owned(),
        "100" => "all".to_owned(),
        share => format!("{share}%"),
    };
    let repeats = match person.repeat_victims {
        0 => "no victim is named more than once".to_owned(),
        1 => "1 victim is named more than once".to_owned(),
        n => format!("{n} victims are named more than once"),
    };
    let days = format::plural(person.days_since_last_report.into(), "day", "days");
    format!(
        "Domestic abuse is flagged on {abuse} of the allegations; {repeats}; the last report \
         came {days} before the list date."
    )
}

fn without_no_further_action(person: &Person) -> Option<String> {
    let ended = person.flags.iter().find_map(|flag| match flag {
        Flag::NoFurtherAction { allegations } => Some(*allegations),
        _ => None,
    })?;
    let ended = format::plural(
        ended.into(),
        "allegation that ended",
        "allegations that ended",
    );
    Some(match person.rank_without_nfa {
        Some(rank) => format!("Without the {ended} with no further action the rank is {rank}."),
        None => format!("Without the {ended} with no further action no harm is left."),
    })
}

fn at_liberty(person: &Person) -> Option<String> {
    let rank = person.rank_at_liberty?;
    (rank != person.rank).then(|| format!("Among people at liberty the rank is {rank}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::sample;

    #[test]
    fn an_explanation_tells_who_what_how_much_and_how_firm() {
        let person = sample::pack::person(1);
        assert_eq!(
            explanation(&person),
            "Invented Person 1, aged 34, is named as a suspect. Three allegations concerning one \
             woman and one girl, reported between January and October 2026; 44% of the score is \
             one allegation of invented offence A, 019/08, 2,737.5 days, invented index 2026, \
             open. The whole weighs 6,205 days (17.0 years). Rank 1 (1 to 10). Without the \
             allegation that weighs most the rank would be 41. Domestic abuse is flagged on 67% \
             of the allegations; 1 victim is named more than once; the last report came 21 days \
             before the list date. Without the 1 allegation that ended with no further action \
             the rank is 4."
        );
    }

    #[test]
    fn standing_tells_new_returned_and_stayed_apart() {
        let mut person = sample::pack::person(5);
        person.standing = Standing::Stayed;
        person.previous_rank = Some(5);
        assert_eq!(standing(&person), "as before");
        person.previous_rank = Some(9);
        assert_eq!(standing(&person), "was 9");
        person.standing = Standing::Returned { last_list: 9 };
        assert_eq!(standing(&person), "returned, last on list 9");
        person.standing = Standing::New;
        assert_eq!(standing(&person), "new");
    }

    #[test]
    fn a_counter_allegation_says_whether_it_was_reviewed() {
        for (is_reviewed, words) in [(false, "review needed"), (true, "reviewed")] {
            let told = flag(&Flag::CounterAllegation { is_reviewed });
            assert_eq!(told, format!("counter-allegation: {words}"));
        }
    }

    #[test]
    fn an_empty_list_claims_nothing() {
        let mut pack = sample::pack::harm_list_pack();
        pack.ranks.clear();
        pack.list.all_harm_days = rust_decimal::Decimal::ZERO;
        assert_eq!(ranks(&pack), "Nobody is listed");
        assert_eq!(concentration(&pack), "No suspect is accused of any harm");
    }
}
