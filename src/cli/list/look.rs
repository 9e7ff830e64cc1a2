//! `daybook list show` and `explain`: the list as it was frozen, and why
//! someone is where they are.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::audit::{Event, Kind};
use crate::cli::asker::Asker;
use crate::cli::output::{self, Format, Usage};
use crate::harm::decisions::current_status::{self, Standing};
use crate::harm::index::weights::Shares;
use crate::harm::list::{self, Contribution, Entry, List as HarmList};
use crate::harm::movement::{self, Move};
use crate::harm::settings::ListSettings;
use crate::harm::variants::{self, Place, Span};
use crate::model::as_of::AsOf;
use crate::model::nominal_id::NominalId;
use crate::report::format;
use crate::report::sentence::{index as sentence, rank_explanation};
use crate::store::Store;
use crate::table::{Cell, Column, Table};

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    list: &'a HarmList,
    #[serde(with = "rust_decimal::serde::float_option")]
    margin_days: Option<Decimal>,
    weights_rest_on: &'a Shares,
    /// Variants that weigh too little of the list.
    no_rank_under: &'a [String],
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
    /// Variants that weigh too little of the list.
    no_rank_under: Vec<String>,
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

pub(super) fn show(
    store: &Store,
    asker: &Asker,
    as_of: Option<AsOf>,
    format: Format,
    beyond: u32,
) -> Result<()> {
    let list = find(store, as_of)?;
    let entries = list::entries(
        store.connection(),
        list.list_id,
        list.size.saturating_add(beyond),
    )?;
    let look = Event {
        lists: vec![list.list_id],
        up_to_rank: Some(list.size.saturating_add(beyond)),
        ..Event::new(Kind::Consultation, "list show")
    };
    asker.record(store, look)?;
    let rests_on = list::rests_on(store.connection(), &list)?;
    let left_out = variants::left_out(store.connection(), list.list_id)?;
    if format == Format::Json {
        return output::json(&Shown {
            list: &list,
            margin_days: list.counts.margin_days,
            weights_rest_on: &rests_on,
            no_rank_under: &left_out,
            entries: &entries,
        });
    }
    let spans: BTreeMap<String, Span> = variants::spans(store.connection(), list.list_id)?
        .into_iter()
        .collect();
    let standings: BTreeMap<String, Standing> =
        current_status::of_list(store.connection(), list.list_id)?
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
    let table = Table::of(columns(), rows);
    if format == Format::Csv {
        return output::table(&table, format);
    }
    output::line(format!(
        "List {} as of {}, {}: {} to {}, edition {}, basket {}",
        list.list_id,
        list.as_of,
        list.state,
        list.window_from,
        list.window_to,
        list.edition,
        list.settings.basket
    ))?;
    output::table(&table, format)?;
    tell_counts(&list)?;
    if let Some(told) = sentence::rests_on(&rests_on) {
        output::line(told)?;
    }
    tell_left_out(&left_out)
}

/// Rules that no rank in brackets stands for.
fn tell_left_out(left_out: &[String]) -> Result<()> {
    left_out
        .iter()
        .try_for_each(|title| output::line(format!("No rank is told under {title}.")))
}

fn columns() -> Vec<Column> {
    vec![
        Column::words("rank (other rules)").on_screen_only(),
        Column::number("rank").in_data_only(),
        Column::number("best rank").in_data_only(),
        Column::number("worst rank").in_data_only(),
        Column::code("nominal"),
        Column::figure("score days"),
        Column::figure("allegations"),
        Column::figure("victims"),
        Column::figure("worst %"),
        Column::date("last report"),
        Column::words("marks"),
    ]
}

fn row(entry: &Entry, span: Option<Span>, since: &[&str]) -> Vec<Cell> {
    let rank = entry.rank.unwrap_or_default();
    let worst = entry.worst_days / entry.score_days.max(Decimal::ONE) * Decimal::ONE_HUNDRED;
    vec![
        Cell::new(rank_explanation::spanned(rank, span)),
        Cell::maybe(entry.rank),
        Cell::maybe(span.map(|span| span.best)),
        Cell::maybe(span.and_then(|span| span.worst)),
        Cell::of(&entry.nominal_id),
        Cell::of(entry.score_days.normalize()),
        Cell::of(entry.allegations),
        Cell::of(entry.victims),
        Cell::of(worst.round()),
        Cell::of(entry.latest_reported_on),
        Cell::new([marks(entry).as_slice(), since].concat().join("; ")),
    ]
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
    asker: &Asker,
    (nominal, rank): (Option<&NominalId>, Option<u32>),
    as_of: Option<AsOf>,
    format: Format,
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
    let look = Event {
        subjects: entry.identities.clone(),
        detail: serde_json::json!({ "list_id": list.list_id }),
        ..Event::new(Kind::Consultation, "list explain")
    };
    asker.record(store, look)?;
    let connection = store.connection();
    let contributions = list::contributions(connection, &list, &entry.nominal_id)?;
    let places = variants::places(connection, list.list_id, &entry.nominal_id)?;
    let span = variants::span(&entry, &places);
    let movement = movement::onto(connection, &list)?
        .into_iter()
        .find(|moved| moved.nominal_id == entry.nominal_id);
    let explained = Explained {
        list_id: list.list_id,
        as_of: list.as_of,
        edition: &list.edition,
        sentences: [
            rank_explanation::alleged(&entry, &contributions, &list.edition),
            rank_explanation::firmness(&entry, &contributions, span),
        ],
        span,
        variants: places,
        no_rank_under: variants::left_out(connection, list.list_id)?,
        movement,
        since: current_status::of_anyone(connection, &entry.nominal_id)?
            .map_or_else(Vec::new, |standing| {
                since(&entry, &standing, &list.settings)
            }),
        court: list::court_results(connection, &list, &entry.nominal_id)?,
        past: list::past_ranks(connection, &list, &entry.identities)?,
        entry: &entry,
        contributions: &contributions,
    };
    if format == Format::Json {
        return output::json(&explained);
    }
    if format == Format::Csv {
        return output::table(&table(&contributions), format);
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
    if !places.is_empty() {
        output::line(format!("Rank under one other rule: {}.", places.join("; ")))?;
    }
    tell_left_out(&explained.no_rank_under)
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
    output::table(&table(contributions), Format::Table)?;
    let total: Decimal = contributions.iter().map(|c| c.harm_days).sum();
    output::line(format!("Sum of days: {}", total.normalize()))
}

fn table(contributions: &[Contribution]) -> Table {
    let columns = vec![
        Column::code("crime"),
        Column::date("reported"),
        Column::code("code"),
        Column::words("offence"),
        Column::figure("weight"),
        Column::figure("x"),
        Column::figure("days"),
        Column::words("basis"),
        Column::words("status"),
        Column::number("outcome"),
        Column::words("counted"),
        Column::number("rank without"),
    ];
    Table::of(columns, contributions.iter().map(contribution).collect())
}

fn contribution(held: &Contribution) -> Vec<Cell> {
    let counted = held.not_counted_because.as_deref().unwrap_or("yes");
    vec![
        Cell::of(&held.crime_ref),
        Cell::of(held.reported_on),
        Cell::of(&held.ho_code),
        Cell::of(&held.offence),
        Cell::maybe(held.weight_days.map(|days| days.normalize())),
        Cell::of(held.offence_count),
        Cell::of(held.harm_days.normalize()),
        Cell::maybe(held.basis.as_ref()),
        Cell::of(&held.status),
        Cell::maybe(held.outcome_code),
        Cell::new(counted),
        Cell::maybe(held.rank_without),
    ]
}
