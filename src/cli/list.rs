//! `daybook list`: the harm list, and why someone is where they are.

use std::path::Path;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use rust_decimal::Decimal;
use serde::Serialize;

use super::list_verify::Verify;
use super::output::{self, Format, Usage};
use crate::config::Config;
use crate::harm::list::{self, Contribution, Entry, List as HarmList};
use crate::model::as_of::AsOf;
use crate::model::nominal_id::NominalId;
use crate::store::Store;
use crate::store::query::Table;

#[derive(Debug, Args)]
pub struct List {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The list of a date, or the newest
    Show {
        #[arg(long)]
        as_of: Option<AsOf>,
        #[arg(long)]
        json: bool,
        /// Show this many ranks beyond the list.
        #[arg(long, default_value_t = 0)]
        beyond: u32,
    },
    /// Makes past lists again from what was known then, and compares
    Verify(Verify),
    /// Every allegation behind one person's score
    Explain {
        /// Nominal id, current or merged.
        nominal: Option<NominalId>,
        /// The person at this rank.
        #[arg(long, conflicts_with = "nominal")]
        rank: Option<u32>,
        #[arg(long)]
        as_of: Option<AsOf>,
        #[arg(long)]
        json: bool,
    },
}

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
    contributions: &'a [Contribution],
}

impl List {
    pub fn run(&self, dir: &Path) -> Result<()> {
        if let Action::Verify(verify) = &self.action {
            return verify.run(dir);
        }
        let config = Config::load(dir)?;
        let store = Store::open_read_only(&config.store)?;
        match &self.action {
            Action::Verify(_) => Ok(()),
            Action::Show {
                as_of,
                json,
                beyond,
            } => show(&store, *as_of, *json, *beyond),
            Action::Explain {
                nominal,
                rank,
                as_of,
                json,
            } => explain(&store, nominal.as_ref(), *rank, *as_of, *json),
        }
    }
}

fn find(store: &Store, as_of: Option<AsOf>) -> Result<HarmList> {
    list::find(store.connection(), as_of)?.with_context(|| match as_of {
        Some(date) => format!("there is no list as of {date}"),
        None => "no list has been made yet; run `daybook run harm-list`".to_owned(),
    })
}

fn show(store: &Store, as_of: Option<AsOf>, json: bool, beyond: u32) -> Result<()> {
    let list = find(store, as_of)?;
    let entries = list::entries(store.connection(), list.list_id, list.size + beyond)?;
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
        "rank",
        "nominal",
        "score days",
        "allegations",
        "victims",
        "worst %",
        "last report",
        "marks",
    ];
    let rows = entries.iter().map(row).collect();
    output::table(
        &Table {
            columns: columns.map(ToOwned::to_owned).to_vec(),
            rows,
            is_plain: vec![true, false, true, true, true, true, false, false],
        },
        Format::Table,
    )?;
    tell_counts(&list)
}

fn row(entry: &Entry) -> Vec<Option<String>> {
    let marks: Vec<&str> = [
        (entry.is_in_custody, "in custody"),
        (
            entry.has_counter_allegation,
            "counter-allegation, blocked until reviewed",
        ),
        (entry.was_under_18, "alleged when under 18"),
        (entry.identities.len() > 1, "merged identities"),
        (entry.unscored_allegations > 0, "unscored allegations"),
    ]
    .into_iter()
    .filter(|(holds, _)| *holds)
    .map(|(_, words)| words)
    .collect();
    [
        entry.rank.unwrap_or_default().to_string(),
        entry.nominal_id.clone(),
        entry.score_days.to_string(),
        entry.allegations.to_string(),
        entry.victims.to_string(),
        (entry.worst_days / entry.score_days.max(Decimal::ONE) * Decimal::ONE_HUNDRED)
            .round()
            .to_string(),
        entry.latest_reported_on.to_string(),
        marks.join("; "),
    ]
    .map(Some)
    .to_vec()
}

fn tell_counts(list: &HarmList) -> Result<()> {
    let counts = &list.counts;
    let days =
        |value: Option<Decimal>| value.map_or_else(|| "none".to_owned(), |v| format!("{v} days"));
    output::line(format!(
        "{} of {} ranked people hold {} of {} days of harm; margin at {}/{}: {}; tied at the cut: {}",
        counts.listed,
        counts.ranked,
        counts.listed_harm_days,
        counts.all_harm_days,
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
    ))
}

fn explain(
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
                    "{nominal} has no allegation in the window of list {}",
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
    let contributions = list::contributions(store.connection(), list.list_id, &entry.nominal_id)?;
    if json {
        return output::json(&Explained {
            list_id: list.list_id,
            as_of: list.as_of,
            edition: &list.edition,
            entry: &entry,
            contributions: &contributions,
        });
    }
    tell_person(&list, &entry, &contributions)
}

fn tell_person(list: &HarmList, entry: &Entry, contributions: &[Contribution]) -> Result<()> {
    let rank = entry.rank.map_or_else(
        || format!("not ranked ({})", entry.standing.replace('_', " ")),
        |rank| format!("rank {rank}"),
    );
    output::line(format!(
        "{} on list {} as of {}: {rank}, {} days from {} allegations by {} victims (edition {})",
        entry.nominal_id,
        list.list_id,
        list.as_of,
        entry.score_days,
        entry.allegations,
        entry.victims,
        list.edition
    ))?;
    if contributions.is_empty() {
        return output::line(
            "Allegations are kept with the list for its people and the reserve only.",
        );
    }
    let columns = [
        "crime", "reported", "code", "offence", "weight", "x", "days", "basis", "status",
        "outcome", "counted",
    ];
    let rows = contributions.iter().map(contribution_row).collect();
    output::table(
        &Table {
            columns: columns.map(ToOwned::to_owned).to_vec(),
            rows,
            is_plain: vec![
                false, false, false, false, true, true, true, false, false, true, false,
            ],
        },
        Format::Table,
    )?;
    let total: Decimal = contributions.iter().map(|c| c.harm_days).sum();
    output::line(format!("Sum of days: {total}"))
}

fn contribution_row(held: &Contribution) -> Vec<Option<String>> {
    vec![
        Some(held.crime_ref.clone()),
        Some(held.reported_on.to_string()),
        Some(held.ho_code.clone()),
        Some(held.offence.clone()),
        held.weight_days.map(|days| days.to_string()),
        Some(held.offence_count.to_string()),
        Some(held.harm_days.to_string()),
        held.basis.clone(),
        Some(held.status.clone()),
        held.outcome_code.map(|code| code.to_string()),
        Some(
            held.not_counted_because
                .clone()
                .unwrap_or_else(|| "yes".to_owned()),
        ),
    ]
}
