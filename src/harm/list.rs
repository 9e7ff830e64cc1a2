//! Reads lists back from the ledger: what was frozen, not what holds now.

use anyhow::{Context, Result};
use chrono::{NaiveDate, NaiveDateTime};
use duckdb::{Connection, Row};
use rust_decimal::Decimal;
use serde::Serialize;

use super::counts::Counts;
use super::index::weights::{Basis, Share, Shares};
use super::not_counted;
use super::settings::ListSettings;
use crate::model::as_of::AsOf;
use crate::model::nominal_id::NominalId;
use crate::store::bind;

/// A list's head: what it is and what decided it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct List {
    pub list_id: i64,
    pub as_of: NaiveDate,
    pub known_at: i64,
    pub state: String,
    pub edition: String,
    pub index_sha256: String,
    #[serde(skip)]
    pub basket_sha256: String,
    #[serde(skip)]
    pub sql_sha256: String,
    #[serde(skip)]
    pub fingerprint: String,
    pub window_from: NaiveDate,
    pub window_to: NaiveDate,
    pub size: u32,
    pub reserve: u32,
    pub settings: ListSettings,
    pub counts: Counts,
    /// The newest mark on a person, and the newest decision on the list
    /// before, that were known.
    pub marks_known_at: i64,
    pub decisions_known_at: i64,
    /// The list that its movement is told against.
    pub previous_id: Option<i64>,
    /// UTC.
    pub made_at: NaiveDateTime,
}

/// What the weights of a list's people rest on, as they were frozen.
pub fn rests_on(connection: &Connection, list: &List) -> Result<Shares> {
    let rows: Vec<(String, Share)> = bind::query(
        connection,
        "select contributions.basis, \
             count(distinct (contributions.index_code, contributions.offence, \
                 contributions.weight_days)) as weights, \
             count(*) as allegations, cast(sum(contributions.harm_days) as decimal(18, 3)) as harm_days \
         from ledger.list_contributions as contributions \
         inner join ledger.list_entries as entries \
             on entries.list_id = contributions.list_id \
             and entries.nominal_id = contributions.nominal_id \
         where contributions.list_id = $list_id and entries.rank <= $size \
             and contributions.is_counted \
         group by contributions.basis",
        &[("list_id", &list.list_id), ("size", &list.size)],
        |row| {
            let share = Share {
                weights: row.get("weights")?,
                allegations: row.get("allegations")?,
                harm_days: row.get("harm_days")?,
            };
            Ok((row.get("basis")?, share))
        },
    )?;
    rows.into_iter()
        .map(|(basis, share)| {
            let basis = Basis::parse(&basis)
                .with_context(|| format!("a weight has the unknown basis {basis:?}"))?;
            Ok((basis, share))
        })
        .collect()
}

/// One person of a list, ranked or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mark of its own beside the score"
)]
pub struct Entry {
    pub rank: Option<u32>,
    pub nominal_id: String,
    pub standing: String,
    #[serde(with = "rust_decimal::serde::float")]
    pub score_days: Decimal,
    pub allegations: u32,
    pub offences: u32,
    pub victims: u32,
    /// Of the victims: female and of age, female and under it.
    pub women: u32,
    pub girls: u32,
    pub rank_at_liberty: Option<u32>,
    pub rank_without_nfa: Option<u32>,
    #[serde(with = "rust_decimal::serde::float")]
    pub score_without_nfa_days: Decimal,
    #[serde(with = "rust_decimal::serde::float")]
    pub worst_days: Decimal,
    pub worst_crime_ref: String,
    pub earliest_reported_on: Option<NaiveDate>,
    pub latest_reported_on: NaiveDate,
    pub domestic_abuse_allegations: u32,
    pub repeat_victims: u32,
    pub unscored_allegations: u32,
    pub no_further_action_allegations: u32,
    pub is_in_custody: bool,
    pub has_counter_allegation: bool,
    /// The counter-allegation had not been reviewed when the list was made.
    pub is_blocked: bool,
    /// Not to be disclosed when the list was made.
    pub is_restricted: bool,
    pub was_under_18: bool,
    pub age: Option<u32>,
    /// Every record that was merged into this person, the person's own too.
    pub identities: Vec<String>,
}

/// One allegation as the list weighed it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contribution {
    pub crime_ref: String,
    pub named_as: String,
    pub ho_code: String,
    pub index_code: Option<String>,
    pub offence: String,
    /// Group of offences in the basket: `rape`, `stalking` ...
    pub vawg_group: Option<String>,
    #[serde(with = "rust_decimal::serde::float_option")]
    pub weight_days: Option<Decimal>,
    pub offence_count: u32,
    #[serde(with = "rust_decimal::serde::float")]
    pub harm_days: Decimal,
    pub basis: Option<String>,
    /// Where the weight comes from.
    pub source: Option<String>,
    pub reported_on: NaiveDate,
    pub committed_on: Option<NaiveDate>,
    pub status: String,
    pub outcome_code: Option<u32>,
    pub is_domestic_abuse: bool,
    pub is_counted: bool,
    pub not_counted_because: Option<String>,
    /// The person's rank had this allegation not counted; none when nothing
    /// would be left, or when it is not counted.
    pub rank_without: Option<u32>,
}

/// The list of a date, or the newest one.
pub fn find(connection: &Connection, as_of: Option<AsOf>) -> Result<Option<List>> {
    let wanted = as_of.map(|date| bind::date(date.0));
    heads(
        connection,
        "where $as_of is null or as_of = $as_of order by as_of desc, list_id desc limit 1",
        &[("as_of", &wanted)],
    )
    .map(|found| found.into_iter().next())
}

/// The list that a list's movement is told against: the last word on the
/// nearest earlier date.
pub fn before(connection: &Connection, as_of: NaiveDate) -> Result<Option<List>> {
    heads(
        connection,
        "where as_of < $as_of order by as_of desc, list_id desc limit 1",
        &[("as_of", &bind::date(as_of))],
    )
    .map(|found| found.into_iter().next())
}

/// One list.
pub fn by_id(connection: &Connection, list_id: i64) -> Result<Option<List>> {
    heads(
        connection,
        "where lists.list_id = $list_id",
        &[("list_id", &list_id)],
    )
    .map(|found| found.into_iter().next())
}

/// Every list, in the order in which they were made.
pub fn all(connection: &Connection) -> Result<Vec<List>> {
    heads(connection, "order by lists.list_id", &[])
}

/// Ranked people of a list, down to `down_to`.
pub fn entries(connection: &Connection, list_id: i64, down_to: u32) -> Result<Vec<Entry>> {
    bind::query(
        connection,
        &format!("{ENTRY} where list_id = $list_id and rank <= $down_to order by rank"),
        &[("list_id", &list_id), ("down_to", &down_to)],
        read_entry,
    )
}

/// One person of a list, by any identifier they are known under.
pub fn entry(connection: &Connection, list_id: i64, nominal: &NominalId) -> Result<Option<Entry>> {
    let found = bind::query(
        connection,
        &format!(
            "{ENTRY} where list_id = $list_id \
             and (nominal_id = $nominal or list_contains(identities, $nominal)) order by nominal_id"
        ),
        &[("list_id", &list_id), ("nominal", &nominal.as_str())],
        read_entry,
    )?;
    Ok(found.into_iter().next())
}

/// A person's allegations in the window, most harmful first; empty for people
/// below the reserve, whose allegations are not kept with the list.
pub fn contributions(
    connection: &Connection,
    list: &List,
    nominal_id: &str,
) -> Result<Vec<Contribution>> {
    let in_words = |code: String| not_counted::in_words(&code, list.settings.most_suspects);
    bind::query(
        connection,
        "select * from ledger.list_contributions \
         where list_id = $list_id and nominal_id = $nominal \
         order by is_counted desc, harm_days desc, reported_on desc, crime_ref",
        &[("list_id", &list.list_id), ("nominal", &nominal_id)],
        |row| {
            let code: Option<String> = row.get("not_counted_because")?;
            Ok(Contribution {
                crime_ref: row.get("crime_ref")?,
                named_as: row.get("named_as")?,
                ho_code: row.get("ho_code")?,
                index_code: row.get("index_code")?,
                offence: row.get("offence")?,
                vawg_group: row.get("vawg_group")?,
                weight_days: row.get("weight_days")?,
                offence_count: row.get("offence_count")?,
                harm_days: row.get("harm_days")?,
                basis: row.get("basis")?,
                source: row.get("source")?,
                reported_on: row.get("reported_on")?,
                committed_on: row.get("committed_on")?,
                status: row.get("status")?,
                outcome_code: row.get("outcome_code")?,
                is_domestic_abuse: row.get("is_domestic_abuse")?,
                is_counted: row.get("is_counted")?,
                not_counted_because: code.map(in_words),
                rank_without: row.get("rank_without")?,
            })
        },
    )
}

/// How far courts had come with a person's allegations by a list's date: the
/// crime, and the result of each charge or `charged` while there is none.
pub fn court_results(
    connection: &Connection,
    list: &List,
    nominal_id: &str,
) -> Result<Vec<(String, String)>> {
    bind::query(
        connection,
        "select distinct charges.crime_ref, \
             coalesce(case when charges.result_on < $as_of then charges.result end, 'charged') \
         from ledger.list_contributions as contributions \
         inner join core.identities as identities \
             on identities.nominal_id = contributions.nominal_id \
         inner join core.charges as charges \
             on charges.crime_ref = contributions.crime_ref \
             and charges.person_key = identities.person_key \
         where contributions.list_id = $list_id and contributions.nominal_id = $nominal \
             and charges.charged_on < $as_of \
         order by all",
        &[
            ("as_of", &bind::date(list.as_of)),
            ("list_id", &list.list_id),
            ("nominal", &nominal_id),
        ],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Where someone stood on an earlier list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PastRank {
    pub list_id: i64,
    pub as_of: NaiveDate,
    /// None when the list did not rank them.
    pub rank: Option<u32>,
}

/// Where someone stood on each of the twelve lists before one, the newest
/// first: the last word on each date, the best of their identities.
pub fn past_ranks(
    connection: &Connection,
    list: &List,
    identities: &[String],
) -> Result<Vec<PastRank>> {
    bind::query(
        connection,
        "with lists as ( \
             select as_of, max(list_id) as list_id from ledger.lists \
             where as_of < $as_of and list_id < $list_id \
             group by as_of order by as_of desc limit 12 \
         ) \
         select lists.list_id, lists.as_of, min(entries.rank) \
         from lists left join ledger.list_entries as entries \
             on entries.list_id = lists.list_id \
             and list_contains(str_split($identities, chr(31)), entries.nominal_id) \
         group by all order by lists.as_of desc",
        &[
            ("as_of", &bind::date(list.as_of)),
            ("list_id", &list.list_id),
            ("identities", &identities.join("\u{1f}")),
        ],
        |row| {
            Ok(PastRank {
                list_id: row.get(0)?,
                as_of: row.get(1)?,
                rank: row.get(2)?,
            })
        },
    )
}

const ENTRY: &str = "select * from ledger.list_entries";

fn heads(connection: &Connection, which: &str, values: bind::Values<'_>) -> Result<Vec<List>> {
    let rows = bind::query(
        connection,
        &format!(
            "select lists.*, if(states.is_decided, 'decided', 'proposed') as state from ledger.lists as lists inner join ledger.list_states as states using (list_id) {which}"
        ),
        values,
        |row| {
            let texts: (String, String) = (row.get("settings")?, row.get("counts")?);
            let head = List {
                list_id: row.get("list_id")?,
                as_of: row.get("as_of")?,
                known_at: row.get("known_at")?,
                state: row.get("state")?,
                edition: row.get("edition")?,
                index_sha256: row.get("index_sha256")?,
                basket_sha256: row.get("basket_sha256")?,
                sql_sha256: row.get("sql_sha256")?,
                fingerprint: row.get("fingerprint")?,
                window_from: row.get("window_from")?,
                window_to: row.get("window_to")?,
                size: row.get("list_size")?,
                reserve: row.get("reserve_size")?,
                settings: ListSettings::default(),
                counts: Counts::default(),
                marks_known_at: row.get("marks_known_at")?,
                decisions_known_at: row.get("decisions_known_at")?,
                previous_id: row.get("previous_id")?,
                made_at: row.get("made_at")?,
            };
            Ok((head, texts))
        },
    )?;
    rows.into_iter()
        .map(|(head, (settings, counts))| {
            Ok(List {
                settings: serde_json::from_str(&settings)
                    .context("a list's settings cannot be read")?,
                counts: serde_json::from_str(&counts).context("a list's counts cannot be read")?,
                ..head
            })
        })
        .collect()
}

fn read_entry(row: &Row<'_>) -> duckdb::Result<Entry> {
    Ok(Entry {
        rank: row.get("rank")?,
        nominal_id: row.get("nominal_id")?,
        standing: row.get("standing")?,
        score_days: row.get("score_days")?,
        allegations: row.get("allegations")?,
        offences: row.get("offences")?,
        victims: row.get("victims")?,
        women: row.get::<_, Option<u32>>("women")?.unwrap_or_default(),
        girls: row.get::<_, Option<u32>>("girls")?.unwrap_or_default(),
        rank_at_liberty: row.get("rank_at_liberty")?,
        rank_without_nfa: row.get("rank_without_nfa")?,
        score_without_nfa_days: row.get("score_without_nfa_days")?,
        worst_days: row.get("worst_days")?,
        worst_crime_ref: row.get("worst_crime_ref")?,
        earliest_reported_on: row.get("earliest_reported_on")?,
        latest_reported_on: row.get("latest_reported_on")?,
        domestic_abuse_allegations: row.get("domestic_abuse_allegations")?,
        repeat_victims: row.get("repeat_victims")?,
        unscored_allegations: row.get("unscored_allegations")?,
        no_further_action_allegations: row.get("no_further_action_allegations")?,
        is_in_custody: row.get("is_in_custody")?,
        has_counter_allegation: row.get("has_counter_allegation")?,
        is_blocked: row
            .get::<_, Option<bool>>("is_blocked")?
            .unwrap_or_default(),
        is_restricted: row
            .get::<_, Option<bool>>("is_restricted")?
            .unwrap_or_default(),
        was_under_18: row.get("was_under_18")?,
        age: row.get("age")?,
        identities: bind::texts(row, "identities")?,
    })
}
