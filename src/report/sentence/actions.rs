//! What became of the people of the list, in the words in which the programme
//! publishes it, and what must be said beside it.

use super::super::format;
use crate::harm::actions::Actions;
use crate::harm::actions::arrived::Source;
use crate::harm::actions::entries::By;
use crate::harm::actions::outcome::{Followed, Outcome};

/// Printed where a source has never arrived.
pub const UNAVAILABLE: &str = "[x]";

/// The kinds that the published sentence names, as groups of the basket.
const NAMED_KINDS: [&str; 3] = ["rape", "violence_with_injury", "strangulation_suffocation"];

/// The published sentence for people followed for `days`, or to date.
pub fn published(followed: &Followed, by: By, days: Option<u32>) -> Option<String> {
    let outcome = followed.outcome.as_ref()?;
    let within = days.map_or_else(
        || format!("since they were {}", entered(by)),
        |days| format!("within {days} days of being {}", entered(by)),
    );
    Some(format!(
        "Of {} {}{}, {} had positive action (conviction, charge, arrest or remand) {within}: {}; \
         {} with {}; {} convicted.",
        format::plural(outcome.people, "person", "people"),
        entered(by),
        followed
            .month
            .map(|month| format!(" in {}", format::month(month)))
            .unwrap_or_default(),
        share(outcome.with_positive_action, outcome.people),
        arrests(outcome),
        people(outcome.charged, "charged"),
        counted(outcome.charges, "offence", "offences"),
        count(outcome.convicted),
    ))
}

/// `tasked` or `listed`.
pub fn entered(by: By) -> &'static str {
    match by {
        By::Accepted => "tasked",
        By::Listed => "listed",
    }
}

/// Who is counted, and from when.
pub fn who(actions: &Actions) -> String {
    let (Some(first), Some(last)) = (actions.first_entered_on, actions.last_entered_on) else {
        return match actions.by {
            By::Accepted => format!(
                "Nobody had been accepted from a list before {}.",
                format::date(actions.as_of)
            ),
            By::Listed => format!(
                "No list had been made before {}.",
                format::date(actions.as_of)
            ),
        };
    };
    let how = match actions.by {
        By::Accepted => "tasked, counted from the day an officer first accepted them",
        By::Listed => "listed, counted from the first list that held them, whatever was decided",
    };
    format!(
        "{} {how}, from {} to {}. What happened after the day of entry and before {} is counted.",
        format::plural(actions.people, "person was", "people were"),
        format::date(first),
        format::date(last),
        format::date(actions.as_of),
    )
}

/// What a reader has to know before quoting any of it.
pub fn cautions(actions: &Actions) -> Vec<String> {
    let mut said = vec![
        "What happened after is not what happened because of it: the allegations that put \
         someone on the list are themselves a reason to arrest. No comparison is made here."
            .to_owned(),
    ];
    said.extend(sources(actions));
    let later = actions.entered_since;
    if later > 0 {
        said.push(format!(
            "{} {} on or after {} and not counted yet.",
            format::plural(later, "person was", "people were"),
            entered(actions.by),
            format::date(actions.as_of)
        ));
    }
    if actions.unknown > 0 {
        said.push(format!(
            "{} accepted under an identifier that no extract holds any more, and not counted.",
            format::plural(actions.unknown, "person was", "people were"),
        ));
    }
    let to_date = actions
        .horizons
        .last()
        .and_then(|to_date| to_date.all.as_ref());
    if let Some(outcome) = to_date.and_then(|all| all.outcome.as_ref()) {
        said.extend(not_convicted(outcome));
        said.extend(arrests_apart(outcome));
        if outcome.died > 0 {
            said.push(format!(
                "{} since; they stay among the people.",
                format::plural(outcome.died, "person has died", "people have died"),
            ));
        }
    }
    said
}

/// A count, or `[x]`.
pub fn count(value: Option<u64>) -> String {
    value.map_or_else(|| UNAVAILABLE.to_owned(), format::count)
}

/// `108 (54.3%)`, or `[x]`.
pub fn share(part: Option<u64>, whole: u64) -> String {
    part.map_or_else(
        || UNAVAILABLE.to_owned(),
        |part| format!("{} ({})", format::count(part), format::share(part, whole)),
    )
}

/// The name of a group of the basket inside a sentence.
pub fn kind(group: &str) -> String {
    match group {
        "strangulation_suffocation" => "strangulation or suffocation".to_owned(),
        "homicide_attempt" => "homicide or attempt".to_owned(),
        "stalking_harassment" => "stalking or harassment".to_owned(),
        "controlling_coercive" => "controlling or coercive behaviour".to_owned(),
        "kidnap_false_imprisonment" => "kidnap or false imprisonment".to_owned(),
        "exposure_voyeurism" => "exposure or voyeurism".to_owned(),
        other => other.replace('_', " "),
    }
}

fn arrests(outcome: &Outcome) -> String {
    let of_which = outcome
        .vawg_kinds
        .as_ref()
        .map(|held| {
            let of = |group: &str| held.get(group).copied().unwrap_or_default();
            let named: u64 = NAMED_KINDS.iter().map(|group| of(group)).sum();
            let all: u64 = held.values().sum();
            let mut kinds: Vec<String> = NAMED_KINDS
                .iter()
                .map(|group| format!("{} {}", format::count(of(group)), kind(group)))
                .collect();
            kinds.push(format!("{} other kinds", format::count(all - named)));
            format!(": {}", kinds.join(", "))
        })
        .unwrap_or_default();
    format!(
        "{} for {}, of which {} VAWG{of_which}",
        counted(outcome.arrests, "arrest", "arrests"),
        counted(outcome.arrest_offences, "offence", "offences"),
        count(outcome.vawg_arrests),
    )
}

fn counted(value: Option<u64>, one: &str, many: &str) -> String {
    value.map_or_else(
        || format!("{UNAVAILABLE} {many}"),
        |value| format::plural(value, one, many),
    )
}

fn people(value: Option<u64>, what: &str) -> String {
    format!("{} {what}", counted(value, "person", "people"))
}

fn sources(actions: &Actions) -> Vec<String> {
    let named = |source: Source| source.name().replace('_', " ");
    let missing: Vec<String> = actions
        .sources
        .iter()
        .filter(|held| held.as_at.is_none())
        .map(|held| named(held.source))
        .collect();
    let late = actions.sources.iter().filter_map(|held| {
        let as_at = held.as_at.filter(|as_at| *as_at < actions.as_of)?;
        Some(format!(
            "The newest extract of {} speaks of {}: what happened later is not known, and no \
             count that needs it is complete.",
            named(held.source),
            format::date(as_at)
        ))
    });
    let mut said: Vec<String> = late.collect();
    if !missing.is_empty() {
        said.push(format!(
            "No extract of {} has ever arrived: what needs it is {UNAVAILABLE}, not zero.",
            format::list_in_words(&missing)
        ));
    }
    said
}

fn not_convicted(outcome: &Outcome) -> Option<String> {
    let (acquitted, discontinued) = (outcome.acquitted?, outcome.discontinued?);
    Some(format!(
        "Courts convicted on {}, acquitted on {} and saw {} discontinued; an arrest or a charge \
         proves nothing.",
        format::plural(outcome.convictions?, "charge", "charges"),
        format::count(acquitted),
        format::count(discontinued),
    ))
}

fn arrests_apart(outcome: &Outcome) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(withdrawn) = outcome.arrests_withdrawn.filter(|count| *count > 0) {
        said.push(format!(
            "{} for a crime that has been cancelled or transferred by now; they are counted, \
             since they happened.",
            format::plural(withdrawn, "arrest was", "arrests were"),
        ));
    }
    if let Some(bare) = outcome.arrests_without_crime.filter(|count| *count > 0) {
        said.push(format!(
            "{} no crime that is held: counted as arrests, with no offence.",
            format::plural(bare, "arrest names", "arrests name"),
        ));
    }
    said
}
