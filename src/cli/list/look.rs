//! `daybook list show` and `explain`: the list as it was frozen, and why
//! someone is where they are.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::cli::output::{self, Format, Usage};
use crate::harm::decisions::standing::{self, Standing};
use crate::harm::list::{self, Contribution, Entry, List as HarmList};
use crate::harm::movement::{self, Move};
use crate::harm::settings::ListSettings;
use crate::harm::variants::{self, Place, Span};
use crate::model::as_of::AsOf;
use crate::model::nominal_id::NominalId;
use crate::report::format;
use crate::report::sentence::accusation;
use crate::store::Store;
use crate::store::query::Table;

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    list: &'a HarmList,
    #[serde(with = "rust_decimal::serde::float_option")]
    margin_days: Option<Decimal>,
    entries: &'a [Entry],
}

#[derive(Serialize)]
struct Explained<'a> {
    list_id: i64,
    as_of: chrono::NaiveDate,
    edition: &'a str,
    #[serde(flatten)]
    entry: &'a Entry,
    /// What is alleged, and how firm the rank is.
    sentences: [String; 2],
    /// The lowest and highest rank under other rules.
    span: Option<Span>,
    variants: Vec<Place>,
    movement: Option<Move>,
    /// Rank on each of the twelve lists before, the newest first.
    past: Vec<list::PastRank>,
    /// What changed since the list was made: restricted, reviewed ...
    since: Vec<&'static str>,
    /// Crime and result of each charge known by the list date.
    court: Vec<(String, String)>,
    contributions: &'a [Contribution],
}

fn find(store: &Store, as_of: Option<AsOf>) -> Result<HarmList> {
    list::find(store.connection(), as_of)?.with_context(|| match as_of {
        Some(date) => format!("there is no list as of {date}"),
        None => "no list has been made yet; run `daybook run harm-list`".to_owned(),
    })
}

pub(super) fn show(store: &Store, as_of: Option<AsOf>, json: bool, beyond: u32) -> Result<()> {
    let list = find(store, as_of)?;
    let entries = list::entries(
        store.connection(),
        list.list_id,
        list.size.saturating_add(beyond),
    )?;
    if json {
        return output::json(&Shown {
            list: &list,
            margin_days: list.counts.margin_days,
            entries: &entries,
        });
    }
    output::line(format!(
        "List {} as of {}, {}: {} to {}, edition {}",
        list.list_id, list.as_of, list.state, list.window_from, list.window_to, list.edition
    ))?;
    let columns = [
        "rank (other rules)",
        "nominal",
        "score days",
        "allegations",
        "victims",
        "worst %",
        "last report",
        "marks",
    ];
    let spans: BTreeMap<String, Span> = variants::spans(store.connection(), list.list_id)?
        .into_iter()
        .collect();
    let standings: BTreeMap<String, Standing> =
        standing::of_list(store.connection(), list.list_id)?
            .into_iter()
            .map(|standing| (standing.nominal_id.clone(), standing))
            .collect();
    let rows = entries
        .iter()
        .map(|entry| {
            let span = spans.get(&entry.nominal_id).copied();
            let since = standings
                .get(&entry.nominal_id)
                .map_or_else(Vec::new, |standing| since(entry, standing, &list.settings));
            row(entry, span, &since)
        })
        .collect();
    output::table(
        &Table {
            columns: columns.map(ToOwned::to_owned).to_vec(),
            rows,
            is_plain: vec![false, false, true, true, true, true, false, false],
        },
        Format::Table,
    )?;
    tell_counts(&list)
}

fn row(entry: &Entry, span: Option<Span>, since: &[&str]) -> Vec<Option<String>> {
    [
        accusation::spanned(entry.rank.unwrap_or_default(), span),
        entry.nominal_id.clone(),
        entry.score_days.normalize().to_string(),
        entry.allegations.to_string(),
        entry.victims.to_string(),
        (entry.worst_days / entry.score_days.max(Decimal::ONE) * Decimal::ONE_HUNDRED)
            .round()
            .to_string(),
        entry.latest_reported_on.to_string(),
        [marks(entry).as_slice(), since].concat().join("; "),
    ]
    .map(Some)
    .to_vec()
}

/// What a reader must know before acting on a row.
fn marks(entry: &Entry) -> Vec<&'static str> {
    [
        (entry.is_in_custody, "in custody"),
        (
            entry.is_blocked,
            "counter-allegation, blocked until reviewed",
        ),
        (
            entry.has_counter_allegation && !entry.is_blocked,
            "counter-allegation, not blocked",
        ),
        (entry.is_restricted, "restricted"),
        (entry.was_under_18, "alleged when under 18"),
        (entry.identities.len() > 1, "merged identities"),
        (entry.unscored_allegations > 0, "unscored allegations"),
    ]
    .into_iter()
    .filter(|(holds, _)| *holds)
    .map(|(_, words)| words)
    .collect()
}

/// What holds now and did not when the list was made, or the other way round.
fn since(entry: &Entry, standing: &Standing, settings: &ListSettings) -> Vec<&'static str> {
    let is_restricted = standing.is_restricted(settings);
    let is_blocked = standing.is_blocked(settings);
    [
        (
            is_restricted && !entry.is_restricted,
            "restricted since the list was made",
        ),
        (
            !is_restricted && entry.is_restricted,
            "no longer restricted",
        ),
        (
            is_blocked && !entry.is_blocked,
            "counter-allegation since, blocked until reviewed",
        ),
        (
            !is_blocked && entry.is_blocked,
            "counter-allegation reviewed since",
        ),
    ]
    .into_iter()
    .filter(|(holds, _)| *holds)
    .map(|(_, words)| words)
    .collect()
}

fn tell_counts(list: &HarmList) -> Result<()> {
    let counts = &list.counts;
    let days = |value: Option<Decimal>| {
        value.map_or_else(|| "none".to_owned(), |v| format!("{} days", v.normalize()))
    };
    output::line(format!(
        "{} of {} ranked people hold {} of {} days of harm; margin at {}/{}: {}; tied at the cut: {}",
        counts.listed,
        counts.ranked,
        counts.listed_harm_days.normalize(),
        counts.all_harm_days.normalize(),
        list.size,
        list.size + 1,
        days(counts.margin_days),
        counts.tied_at_cut
    ))?;
    output::line(format!(
        "Not ranked: {} under 18, {} deceased. On the list: {} in custody, {} with a counter-allegation, {} restricted, {} merged, {} alleged when under 18.",
        counts.under_18_not_ranked,
        counts.deceased_removed,
        counts.in_custody,
        counts.counter_allegation,
        counts.restricted,
        counts.merged,
        counts.alleged_when_under_18
    ))?;
    output::line(format!(
        "Unscored allegations: {} (codes: {}). Cancelled or transferred since the list before: {}.",
        counts.unscored_allegations,
        if counts.unscored_codes.is_empty() {
            "none".to_owned()
        } else {
            counts.unscored_codes.join(", ")
        },
        counts.cancelled_since_previous
    ))?;
    output::line(format!(
        "Refused crimes: {}.",
        if counts.refused_crimes.is_empty() {
            "none".to_owned()
        } else {
            counts.refused_crimes.join(", ")
        }
    ))
}

pub(super) fn explain(
    store: &Store,
    nominal: Option<&NominalId>,
    rank: Option<u32>,
    as_of: Option<AsOf>,
    json: bool,
) -> Result<()> {
    let list = find(store, as_of)?;
    let entry = match (nominal, rank) {
        (Some(nominal), _) => list::entry(store.connection(), list.list_id, nominal)?
            .with_context(|| {
                format!(
                    "{nominal} is not on the ledger of list {}: either no allegation in its window counts, or nobody is known by that identifier",
                    list.list_id
                )
            })?,
        (None, Some(rank)) => list::entries(store.connection(), list.list_id, rank)?
            .into_iter()
            .find(|entry| entry.rank == Some(rank))
            .with_context(|| format!("nobody has rank {rank} on list {}", list.list_id))?,
        (None, None) => {
            return Err(Usage("say whom to explain: a nominal id, or --rank".to_owned()).into());
        }
    };
    let connection = store.connection();
    let contributions = list::contributions(connection, list.list_id, &entry.nominal_id)?;
    let variants = variants::places(connection, list.list_id, &entry.nominal_id)?;
    let span = variants::span(&entry, &variants);
    let movement = movement::onto(connection, &list)?
        .into_iter()
        .find(|moved| moved.nominal_id == entry.nominal_id);
    let explained = Explained {
        list_id: list.list_id,
        as_of: list.as_of,
        edition: &list.edition,
        sentences: [
            accusation::alleged(&entry, &contributions, &list.edition),
            accusation::firmness(&entry, &contributions, span),
        ],
        span,
        variants,
        movement,
        since: standing::of_anyone(connection, &entry.nominal_id)?
            .map_or_else(Vec::new, |standing| {
                since(&entry, &standing, &list.settings)
            }),
        court: list::court_results(connection, &list, &entry.nominal_id)?,
        past: list::past_ranks(connection, &list, &entry.identities)?,
        entry: &entry,
        contributions: &contributions,
    };
    if json {
        return output::json(&explained);
    }
    tell_person(&list, &explained)
}

fn tell_person(list: &HarmList, explained: &Explained<'_>) -> Result<()> {
    let (entry, contributions) = (explained.entry, explained.contributions);
    output::line(format!(
        "{} on list {} as of {}, {}: {} days; a suspect until a court convicts",
        entry.nominal_id,
        list.list_id,
        list.as_of,
        list.state,
        entry.score_days.normalize()
    ))?;
    for sentence in &explained.sentences {
        output::line(sentence)?;
    }
    let marks = [marks(entry), explained.since.clone()].concat();
    if !marks.is_empty() {
        output::line(format!("Marks: {}.", marks.join("; ")))?;
    }
    if entry.identities.len() > 1 {
        output::line(format!("Known as {}.", entry.identities.join(", ")))?;
    }
    if let Some(moved) = &explained.movement {
        output::line(tell_move(moved))?;
    }
    tell_past(&explained.past)?;
    if contributions.is_empty() {
        return output::line(
            "Allegations are kept with the list for its people and the reserve only.",
        );
    }
    tell_contributions(contributions)?;
    if !explained.court.is_empty() {
        let told: Vec<String> = explained
            .court
            .iter()
            .map(|(crime, result)| format!("{crime} {result}"))
            .collect();
        output::line(format!("In court by the list date: {}.", told.join("; ")))?;
    }
    let places: Vec<String> = explained
        .variants
        .iter()
        .map(|place| {
            let rank = place
                .rank
                .map_or_else(|| "unranked".to_owned(), |rank| rank.to_string());
            format!("{}: {rank}", place.title)
        })
        .collect();
    if places.is_empty() {
        return Ok(());
    }
    output::line(format!("Rank under one other rule: {}.", places.join("; ")))
}

fn tell_move(moved: &Move) -> String {
    let change = |days: f64| format::signed(days);
    let causes: Vec<String> = moved
        .causes
        .iter()
        .map(|(cause, days)| format!("{cause} {} days", change(*days)))
        .collect();
    let before = match moved.kind {
        movement::Kind::New => "New on the list".to_owned(),
        movement::Kind::Returned => format!(
            "Returned, last on list {}",
            moved.last_list.unwrap_or_default()
        ),
        movement::Kind::Stayed => format!(
            "On the list before at rank {}",
            moved.previous_rank.unwrap_or_default()
        ),
        movement::Kind::Left => format!(
            "Left the list, where the rank was {}",
            moved.previous_rank.unwrap_or_default()
        ),
    };
    let because = match (&moved.reason, causes.is_empty()) {
        (Some(reason), true) => format!(": {reason}"),
        (_, false) => format!(": {}", causes.join(", ")),
        (None, true) => "; the score did not change".to_owned(),
    };
    format!("{before}{because}.")
}

fn tell_past(past: &[list::PastRank]) -> Result<()> {
    let (ranked, unranked): (Vec<_>, Vec<_>) = past.iter().partition(|list| list.rank.is_some());
    if ranked.is_empty() {
        return Ok(());
    }
    let told: Vec<String> = ranked
        .iter()
        .map(|list| format!("{} ({})", list.rank.unwrap_or_default(), list.as_of))
        .collect();
    let others = match unranked.len() {
        0 => String::new(),
        1 => "; not ranked on 1 other".to_owned(),
        count => format!("; not ranked on {count} others"),
    };
    output::line(format!(
        "Rank on the lists before, of {}: {}{others}.",
        past.len(),
        told.join(", ")
    ))
}

fn tell_contributions(contributions: &[Contribution]) -> Result<()> {
    let columns = [
        "crime",
        "reported",
        "code",
        "offence",
        "weight",
        "x",
        "days",
        "basis",
        "status",
        "outcome",
        "counted",
        "rank without",
    ];
    let rows = contributions.iter().map(contribution_row).collect();
    output::table(
        &Table {
            columns: columns.map(ToOwned::to_owned).to_vec(),
            rows,
            is_plain: vec![
                false, false, false, false, true, true, true, false, false, true, false, true,
            ],
        },
        Format::Table,
    )?;
    let total: Decimal = contributions.iter().map(|c| c.harm_days).sum();
    output::line(format!("Sum of days: {}", total.normalize()))
}

fn contribution_row(held: &Contribution) -> Vec<Option<String>> {
    vec![
        Some(held.crime_ref.clone()),
        Some(held.reported_on.to_string()),
        Some(held.ho_code.clone()),
        Some(held.offence.clone()),
        held.weight_days.map(|days| days.normalize().to_string()),
        Some(held.offence_count.to_string()),
        Some(held.harm_days.normalize().to_string()),
        held.basis.clone(),
        Some(held.status.clone()),
        held.outcome_code.map(|code| code.to_string()),
        Some(
            held.not_counted_because
                .clone()
                .unwrap_or_else(|| "yes".to_owned()),
        ),
        held.rank_without.map(|rank| rank.to_string()),
    ]
}
