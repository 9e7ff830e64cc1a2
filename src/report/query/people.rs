//! The people of a list who may be named, each with every allegation behind
//! the score.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{Scope, to_u32};
use crate::harm::decisions::current_status::Standing;
use crate::harm::list::{self, Entry, List};
use crate::harm::movement::{Kind, Move};
use crate::harm::variants::{self, Span};
use crate::model::age;
use crate::report::sentence::rank_explanation;
use crate::report::view::harm_list_pack::{
    Acceptance, Contribution, Flag, NotCounted, Person, Standing as ListStanding,
};
use crate::store::bind;

#[derive(Default)]
struct Record {
    name: String,
    born_on: Option<NaiveDate>,
    custody: Option<(String, NaiveDate)>,
}

/// Per person and crime: how far courts have come.
type Results = BTreeMap<(String, String), String>;

/// A person whom officers accepted and readers may be told of.
pub struct Named<'a> {
    pub entry: &'a Entry,
    pub standing: &'a Standing,
    pub accepted: Acceptance,
}

/// Those who may be named, in order of rank.
pub fn all(
    scope: &Scope<'_>,
    list: &List,
    moves: &[Move],
    named: &[Named<'_>],
) -> Result<Vec<Person>> {
    let records = records(scope, list)?;
    let results = results(scope, list)?;
    let spans: BTreeMap<String, Span> = variants::spans(scope.connection, list.list_id)?
        .into_iter()
        .collect();
    let nobody = Record::default();
    named
        .iter()
        .map(|one| {
            let entry = one.entry;
            let contributions = list::contributions(scope.connection, list, &entry.nominal_id)?;
            let record = records.get(&entry.nominal_id).unwrap_or(&nobody);
            let moved = moves.iter().find(|m| m.nominal_id == entry.nominal_id);
            let span = spans.get(&entry.nominal_id).copied();
            Ok(Person {
                alleged: rank_explanation::alleged(entry, &contributions, &list.edition),
                firmness: rank_explanation::firmness(entry, &contributions, span),
                ..person(list, one, &contributions, record, moved, &results)
            })
        })
        .collect()
}

fn person(
    list: &List,
    named: &Named<'_>,
    contributions: &[list::Contribution],
    record: &Record,
    moved: Option<&Move>,
    results: &Results,
) -> Person {
    let entry = named.entry;
    let (counted, not_counted): (Vec<_>, Vec<_>) = contributions.iter().partition(|c| c.is_counted);
    Person {
        rank: entry.rank.unwrap_or_default(),
        rank_at_liberty: entry.rank_at_liberty,
        rank_without_nfa: entry.rank_without_nfa,
        previous_rank: moved.and_then(|m| m.previous_rank),
        standing: standing(moved),
        name: record.name.clone(),
        nominal_id: entry.nominal_id.clone(),
        other_identities: entry
            .identities
            .iter()
            .filter(|id| **id != entry.nominal_id)
            .cloned()
            .collect(),
        age: entry.age,
        score_days: entry.score_days,
        allegations: entry.allegations,
        victims: entry.victims,
        worst_share_percent: percent(entry.worst_days, entry.score_days),
        days_since_last_report: to_u32(
            (list.as_of - entry.latest_reported_on)
                .num_days()
                .unsigned_abs(),
        ),
        domestic_abuse_percent: percent(
            entry.domestic_abuse_allegations.into(),
            entry.allegations.into(),
        ),
        repeat_victims: entry.repeat_victims,
        flags: flags(named, &counted, record, results),
        alleged: String::new(),
        firmness: String::new(),
        accepted: named.accepted.clone(),
        contributions: counted
            .iter()
            .map(|c| contribution(list, c, record))
            .collect(),
        not_counted: not_counted
            .iter()
            .map(|c| NotCounted {
                crime_ref: c.crime_ref.clone(),
                ho_code: c.ho_code.clone(),
                offence: c.offence.clone(),
                reported_on: c.reported_on,
                reason: c.not_counted_because.clone().unwrap_or_default(),
            })
            .collect(),
    }
}

fn standing(moved: Option<&Move>) -> ListStanding {
    match moved {
        Some(Move {
            kind: Kind::Stayed, ..
        }) => ListStanding::Stayed,
        Some(Move {
            kind: Kind::Returned,
            last_list,
            ..
        }) => ListStanding::Returned {
            last_list: last_list.unwrap_or_default(),
        },
        _ => ListStanding::New,
    }
}

fn flags(
    named: &Named<'_>,
    counted: &[&list::Contribution],
    record: &Record,
    results: &Results,
) -> Vec<Flag> {
    let entry = named.entry;
    let mut flags = Vec::new();
    if let Some((kind, since)) = record.custody.as_ref().filter(|_| entry.is_in_custody) {
        flags.push(Flag::InCustody {
            kind: kind.clone(),
            since: *since,
        });
    }
    if !named.standing.counter_crimes.is_empty() {
        flags.push(Flag::CounterAllegation {
            is_reviewed: named.standing.open_crimes.is_empty(),
        });
    }
    if entry.identities.len() > 1 {
        flags.push(Flag::Merged);
    }
    let in_court = |result: &str| {
        let is_so = |c: &&&list::Contribution| {
            let key = (entry.nominal_id.clone(), c.crime_ref.clone());
            results.get(&key).is_some_and(|court| court == result)
        };
        to_u32(counted.iter().filter(is_so).count() as u64)
    };
    let number = |count: usize| to_u32(count as u64);
    let counts = [
        (
            number(counted.iter().filter(|c| was_under_18(c, record)).count()),
            (|allegations| Flag::Under18AtAllegation { allegations }) as fn(u32) -> Flag,
        ),
        (in_court("convicted"), |allegations| Flag::Convicted {
            allegations,
        }),
        (in_court("acquitted"), |allegations| Flag::Acquitted {
            allegations,
        }),
        (in_court("discontinued"), |allegations| Flag::Discontinued {
            allegations,
        }),
        (in_court("charged"), |allegations| Flag::Charged {
            allegations,
        }),
        (entry.no_further_action_allegations, |allegations| {
            Flag::NoFurtherAction { allegations }
        }),
        (entry.unscored_allegations, |allegations| Flag::Unscored {
            allegations,
        }),
    ];
    flags.extend(
        counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, flag)| flag(count)),
    );
    flags
}

fn contribution(list: &List, held: &list::Contribution, record: &Record) -> Contribution {
    Contribution {
        crime_ref: held.crime_ref.clone(),
        ho_code: held.ho_code.clone(),
        offence: held.offence.clone(),
        weight_days: held.weight_days.unwrap_or_default(),
        weight_basis: held.basis.clone().unwrap_or_default(),
        offence_count: held.offence_count,
        days: held.harm_days,
        reported_on: held.reported_on,
        status: held.status.clone(),
        outcome: held.outcome_code.map(outcome_in_words),
        edition: list.edition.replace('-', " "),
        is_domestic_abuse: held.is_domestic_abuse,
        was_under_18: was_under_18(held, record),
    }
}

fn was_under_18(held: &list::Contribution, record: &Record) -> bool {
    let day = held.committed_on.unwrap_or(held.reported_on);
    record
        .born_on
        .is_some_and(|born_on| age::on(day, born_on) < 18)
}

/// The Home Office outcomes framework in a few words each.
pub fn outcome_in_words(code: u32) -> String {
    let words = match code {
        1 => "charged or summonsed",
        2 | 3 => "cautioned",
        4 => "taken into consideration",
        5 => "offender has died",
        6 => "penalty notice",
        7 | 8 => "community resolution",
        9 => "not in the public interest to prosecute",
        10 => "formal action not in the public interest",
        11 => "offender under the age of responsibility",
        12 => "offender too ill to prosecute",
        13 => "victim or witness dead or too ill",
        14 => "no further action: no suspect identified, victim does not support it",
        15 => "no further action: suspect named, evidential difficulties",
        16 => "no further action: suspect named, victim does not support it",
        17 => "time limit expired",
        18 => "no further action: no suspect identified",
        19 => "national fraud bureau",
        20 => "action by another agency",
        21 => "further investigation not in the public interest",
        22 => "diversion or intervention",
        _ => "outcome",
    };
    format!("{words} (outcome {code})")
}

fn records(scope: &Scope<'_>, list: &List) -> Result<BTreeMap<String, Record>> {
    let rows = bind::query(
        scope.connection,
        &scope.sql("jobs/harm-list-pack/people.sql")?,
        &[
            ("list_id", &list.list_id),
            ("as_of", &bind::date(list.as_of)),
            ("size", &list.size),
        ],
        |row| {
            let forenames: Option<String> = row.get("forenames")?;
            let surname: Option<String> = row.get("surname")?;
            let name: Vec<String> = [forenames, surname].into_iter().flatten().collect();
            let kind: Option<String> = row.get("custody_kind")?;
            let since: Option<NaiveDate> = row.get("custody_since")?;
            let record = Record {
                name: if name.is_empty() {
                    "Name not recorded".to_owned()
                } else {
                    name.join(" ")
                },
                born_on: row.get("date_of_birth")?,
                custody: kind.zip(since),
            };
            Ok((row.get("nominal_id")?, record))
        },
    )?;
    Ok(rows.into_iter().collect())
}

fn results(scope: &Scope<'_>, list: &List) -> Result<Results> {
    let rows = bind::query(
        scope.connection,
        &scope.sql("jobs/harm-list-pack/results.sql")?,
        &[
            ("list_id", &list.list_id),
            ("as_of", &bind::date(list.as_of)),
        ],
        |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)),
    )?;
    Ok(rows.into_iter().collect())
}

pub fn percent(part: Decimal, whole: Decimal) -> f64 {
    if whole.is_zero() {
        return 0.0;
    }
    (part / whole * Decimal::ONE_HUNDRED)
        .to_f64()
        .unwrap_or_default()
}
