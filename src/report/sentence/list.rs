//! How the list moved, how firm its edge is, and how it was made.

use rust_decimal::Decimal;

use super::{Sentence, index};
use crate::harm::decisions::overrides::{self, Rate};
use crate::report::format;
use crate::report::view::list::{Cut, DateBasis, ListSettings, ListState, ListSummary, Movement};

/// `List 13 as of 1 November 2026, proposed`.
pub fn reference(list: &ListSummary) -> String {
    format!(
        "List {} as of {}, {}",
        list.number,
        format::date(list.as_of),
        state(list.state)
    )
}

pub fn state(state: ListState) -> &'static str {
    match state {
        ListState::Proposed => "proposed",
        ListState::PartlyDecided => "partly decided",
        ListState::Decided => "decided",
    }
}

/// The lead sentence about movement.
pub fn lead(list: Option<&ListSummary>) -> Sentence {
    let Some(list) = list else {
        return Sentence::new("No harm list", " has been made yet.", "#list");
    };
    let Some(movement) = &list.movement else {
        let linked = format!("List {} holds {}", list.number, people(list.listed));
        return Sentence::new(&linked, ", with no earlier list to compare.", "#list");
    };
    if movement.joined() == 0 && movement.left == 0 {
        let linked = format!("List {} is unchanged", list.number);
        let after = format!(
            ": the same {} as on list {}.",
            people(list.listed),
            movement.previous_number
        );
        return Sentence::new(&linked, &after, "#list");
    }
    let linked = format!("{} joined list {}", people(movement.joined()), list.number);
    Sentence::new(&linked, &came_and_went(movement), "#list")
}

/// The heading of the list's section.
pub fn heading(list: &ListSummary) -> String {
    let number = list.number;
    match &list.movement {
        None => format!("List {number}: the first, with {}", people(list.listed)),
        Some(m) if m.joined() == 0 && m.left == 0 => {
            format!("List {number}: nobody joined, nobody left")
        }
        Some(m) => format!(
            "List {number}: {} joined, {} left, {} stayed",
            format::count(m.joined()),
            format::count(m.left),
            format::count(m.stayed)
        ),
    }
}

/// `list moved by 6`, for a subject line.
pub fn movement_in_short(list: Option<&ListSummary>) -> String {
    let Some(list) = list else {
        return "no list yet".to_owned();
    };
    match &list.movement {
        None => "first list".to_owned(),
        Some(m) if m.joined() == 0 && m.left == 0 => "list unchanged".to_owned(),
        Some(m) => format!("list moved by {}", format::count(m.joined().max(m.left))),
    }
}

/// How much harm the people listed hold.
pub fn harm(list: &ListSummary, target: &str) -> Sentence {
    let share = list.harm_share().map_or_else(String::new, |share| {
        format!(
            ", {} of the harm alleged against all {}",
            format::percent(share),
            format::plural(list.suspects, "ranked suspect", "ranked suspects")
        )
    });
    let (who, verb) = if list.listed == 1 {
        ("The person listed".to_owned(), "is")
    } else {
        (format!("The {} listed", people(list.listed)), "are")
    };
    let linked = format!("{who} {verb} accused of {}", years_of_harm(list));
    Sentence::new(&linked, &format!("{share}."), target)
}

/// The same as a heading: `100 people are accused of 1,420 years of harm`.
pub fn harm_heading(list: &ListSummary) -> String {
    let verb = match list.listed {
        0 => return "Nobody is listed".to_owned(),
        1 => "is",
        _ => "are",
    };
    let years = years_of_harm(list);
    format!("{} {verb} accused of {years}", people(list.listed))
}

/// How firm the edge of the list is.
pub fn cut(list: &ListSummary, target: &str) -> Sentence {
    let Some(cut) = &list.cut else {
        let after = format!(
            " than the list can hold ({}), so nobody was cut off.",
            format::count(list.settings.size.into())
        );
        return Sentence::new("Fewer people were scored", &after, target);
    };
    let (rank, next) = (cut.rank, cut.rank + 1);
    let margin = cut.margin_days();
    if margin <= Decimal::ZERO {
        let linked = format!("Ranks {rank} and {next} have the same score");
        return Sentence::new(&linked, &format!("; {}.", tie(cut)), target);
    }
    let linked = format!(
        "Rank {rank} stands {} above rank {next}",
        format::harm_days(margin)
    );
    let after = format!(
        " ({} against {}); no tie crosses the cut.",
        format::harm(cut.last_on_days),
        format::harm_days(cut.first_off_days)
    );
    Sentence::new(&linked, &after, target)
}

/// People who joined and left, then why they left.
pub fn leaving(movement: &Movement) -> String {
    let reasons: Vec<String> = movement
        .leaving
        .iter()
        .filter(|reason| reason.count > 0)
        .map(|reason| format!("{} because {}", format::count(reason.count), reason.reason))
        .collect();
    if movement.left == 0 {
        return "Nobody left.".to_owned();
    }
    if reasons.is_empty() {
        return format!("{} left.", people(movement.left));
    }
    format!(
        "{} left: {}.",
        people(movement.left),
        format::list_in_words(&reasons)
    )
}

/// What officers have decided.
pub fn decided(list: &ListSummary) -> String {
    let counts = &list.decisions;
    let verb = if counts.awaiting == 1 {
        "awaits"
    } else {
        "await"
    };
    let awaiting = people(counts.awaiting);
    if list.listed == 0 {
        return "There is nobody to decide on.".to_owned();
    }
    if counts.awaiting == list.listed {
        return format!("No decision is recorded yet: {awaiting} {verb} one.");
    }
    let mut parts = vec![format!(
        "Officers accepted {}, deferred {} and rejected {}",
        people(counts.accepted),
        format::count(counts.deferred),
        format::count(counts.rejected)
    )];
    if counts.awaiting > 0 {
        parts.push(format!("{awaiting} {verb} a decision"));
    }
    if counts.undecided > 0 {
        let left = format::plural(counts.undecided, "person was", "people were");
        parts.push(format!("{left} left undecided when the list was closed"));
    }
    format!("{}.", parts.join("; "))
}

/// Whom the pack names, and why not everybody.
pub fn names(list: &ListSummary) -> String {
    if list.state != ListState::Decided {
        return "Nobody is named yet. Names follow the decision: once an officer has accepted, \
                deferred or rejected each person, or closed the list, those accepted are named."
            .to_owned();
    }
    let restricted = match list.rules.restricted {
        0 => String::new(),
        n => format!(
            " {} restricted and only counted.",
            format::plural(n, "person is", "people are")
        ),
    };
    format!(
        "Only those whom an officer accepted are named; everybody else stands by reference.{restricted}"
    )
}

/// How often officers did not follow the proposal; a rate of nothing is told
/// as the warning it is. None before the first decision.
pub fn overrides(list: &ListSummary) -> Vec<String> {
    let overrides = &list.overrides;
    let rate = |rate: Rate| {
        let share = format::percent(rate.percent().unwrap_or_default());
        let decisions = format::plural(rate.decided, "decision", "decisions");
        format!(
            "{share} ({} of {decisions})",
            format::count(rate.overridden)
        )
    };
    let (own, recent) = (overrides.list, overrides.recent);
    if recent.decided == 0 {
        return Vec::new();
    }
    let own = if own.decided == 0 {
        "not known yet on this list".to_owned()
    } else {
        format!("{} on this list", rate(own))
    };
    let lists = match overrides.recent_lists {
        1 => String::new(),
        n => format!(
            ", {} over the last {} lists decided on",
            rate(recent),
            format::count(n)
        ),
    };
    let told = format!("Override rate, people deferred or rejected: {own}{lists}.");
    let warning = overrides.never_in().map(|decisions| {
        let decisions = format::plural(decisions, "decision", "decisions");
        format!("Warning: {}.", overrides::warning(&decisions))
    });
    [Some(told), warning].into_iter().flatten().collect()
}

/// The settings that shaped the list, a sentence each.
pub fn settings(list: &ListSummary) -> Vec<String> {
    let settings = &list.settings;
    let mut sentences = vec![
        window(list, settings),
        format!(
            "Harm is the weight of each allegation in {} times its number of offences, summed over \
             a person’s allegations.",
            index::in_words(&list.edition)
        ),
        format!("The list holds at most {}.", people(settings.size.into())),
    ];
    sentences.push(if settings.counts_conditional_codes {
        "Conditional offence codes count when domestic abuse is flagged or the victim is female."
            .to_owned()
    } else {
        "Conditional offence codes do not count.".to_owned()
    });
    sentences.push(if settings.counts_no_further_action {
        "Allegations that ended with no further action count, and are labelled.".to_owned()
    } else {
        "Allegations that ended with no further action do not count.".to_owned()
    });
    sentences.extend(settings.others.iter().cloned());
    let left_out = list.no_rank_under.iter();
    sentences.extend(left_out.map(|title| format!("No rank is told under {title}.")));
    sentences
}

fn window(list: &ListSummary, settings: &ListSettings) -> String {
    let basis = match settings.date_basis {
        DateBasis::Reported => "reported",
        DateBasis::Committed => "committed",
    };
    format!(
        "An allegation counts when it was {basis} in the {} from {} to {}.",
        format::plural(settings.window_days.into(), "day", "days"),
        format::date(list.window_from),
        format::date(list.window_to)
    )
}

fn came_and_went(movement: &Movement) -> String {
    format!(
        " ({} new, {} returned); {} left and {} stayed.",
        format::count(movement.new),
        format::count(movement.returned),
        format::count(movement.left),
        format::count(movement.stayed)
    )
}

fn tie(cut: &Cut) -> String {
    format!(
        "{} share it, in order of worst allegation, latest report and nominal id",
        people(cut.tied)
    )
}

fn years_of_harm(list: &ListSummary) -> String {
    format!(
        "{} years of harm",
        format::harm_years(list.listed_harm_days)
    )
}

fn people(count: u64) -> String {
    format::plural(count, "person", "people")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::sample;

    #[test]
    fn movement_is_told_with_its_numbers() {
        let list = sample::list();
        assert_eq!(reference(&list), "List 13 as of 1 November 2026, proposed");
        assert_eq!(
            lead(Some(&list)).text(),
            "6 people joined list 13 (4 new, 2 returned); 6 left and 94 stayed."
        );
        assert_eq!(movement_in_short(Some(&list)), "list moved by 6");
    }

    #[test]
    fn a_still_list_a_first_list_and_no_list() {
        let mut list = sample::list();
        list.movement = list.movement.map(|m| Movement {
            new: 0,
            returned: 0,
            left: 0,
            stayed: 100,
            leaving: vec![],
            ..m
        });
        assert_eq!(
            lead(Some(&list)).text(),
            "List 13 is unchanged: the same 100 people as on list 12."
        );
        assert_eq!(movement_in_short(Some(&list)), "list unchanged");
        assert_eq!(
            leaving(list.movement.as_ref().expect("set")),
            "Nobody left."
        );
        list.movement = None;
        assert!(lead(Some(&list)).text().contains("no earlier list"));
        assert_eq!(heading(&list), "List 13: the first, with 100 people");
        assert_eq!(lead(None).text(), "No harm list has been made yet.");
        assert_eq!(movement_in_short(None), "no list yet");
    }

    #[test]
    fn the_cut_names_margin_and_ties() {
        let mut list = sample::list();
        assert_eq!(
            cut(&list, "#list").text(),
            "Rank 100 stands 12.5 days above rank 101 (1,837.5 against 1,825 days); no tie crosses the \
             cut."
        );
        list.cut = Some(Cut {
            rank: 100,
            last_on_days: Decimal::from(1825),
            first_off_days: Decimal::from(1825),
            tied: 3,
        });
        assert!(
            cut(&list, "#list")
                .text()
                .starts_with("Ranks 100 and 101 have the same score; 3 people share")
        );
        list.cut = None;
        assert!(cut(&list, "#list").text().contains("nobody was cut off"));
    }

    #[test]
    fn decisions_are_told_with_their_counts() {
        let mut list = sample::list();
        assert_eq!(
            decided(&list),
            "No decision is recorded yet: 100 people await one."
        );
        list.decisions.awaiting = 12;
        list.decisions.accepted = 79;
        list.decisions.rejected = 9;
        assert_eq!(
            decided(&list),
            "Officers accepted 79 people, deferred 0 and rejected 9; 12 people await a decision."
        );
        list.decisions.undecided = 12;
        list.decisions.awaiting = 0;
        assert!(
            decided(&list).ends_with("12 people were left undecided when the list was closed.")
        );
    }

    #[test]
    fn a_list_nobody_overrode_is_a_warning() {
        let mut list = sample::list();
        assert_eq!(overrides(&list), Vec::<String>::new());
        list.overrides.list = Rate {
            decided: 100,
            overridden: 12,
        };
        list.overrides.recent = Rate {
            decided: 1_300,
            overridden: 91,
        };
        list.overrides.recent_lists = 12;
        assert_eq!(
            overrides(&list),
            [
                "Override rate, people deferred or rejected: 12.0% (12 of 100 decisions) on this \
                 list, 7.0% (91 of 1,300 decisions) over the last 12 lists decided on."
            ]
        );
        list.overrides.list.overridden = 0;
        assert_eq!(overrides(&list).len(), 1, "a list still being decided");
        list.overrides.is_list_decided = true;
        let own = overrides(&list);
        assert!(own[1].starts_with("Warning: nobody has been deferred or rejected in 100"));
        list.overrides.recent.overridden = 0;
        let both = overrides(&list);
        assert_eq!(
            both[1],
            "Warning: nobody has been deferred or rejected in 1,300 decisions: a list that is \
             always accepted is decided by the program."
        );
    }

    #[test]
    fn names_follow_the_decision() {
        let mut list = sample::list();
        list.rules.restricted = 1;
        for state in [ListState::Proposed, ListState::PartlyDecided] {
            list.state = state;
            assert!(names(&list).starts_with("Nobody is named yet."));
        }
        list.state = ListState::Decided;
        assert!(names(&list).ends_with("1 person is restricted and only counted."));
    }

    #[test]
    fn harm_is_told_in_years_and_as_a_share() {
        let list = sample::list();
        assert_eq!(
            harm(&list, "#list").text(),
            "The 100 people listed are accused of 1,312 years of harm, 41.0% of the harm \
             alleged against all 35,412 ranked suspects."
        );
    }

    #[test]
    fn settings_become_sentences() {
        let sentences = settings(&sample::list());
        assert_eq!(
            sentences[0],
            "An allegation counts when it was reported in the 365 days from 2 November 2025 to \
             1 November 2026."
        );
        assert!(sentences.iter().all(|sentence| sentence.ends_with('.')));
    }
}
