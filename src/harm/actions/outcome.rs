//! What had happened within some days of entry, by month of entry.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::NaiveDate;
use duckdb::{Connection, Row};
use serde::Serialize;

use super::Horizon;
use super::arrived::{self, Arrived, Source};
use crate::model::as_of::AsOf;
use crate::store::bind;

/// The people who entered in one month, or in all months together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Followed {
    /// Its first day; none for all months together.
    pub month: Option<NaiveDate>,
    pub people: u64,
    /// The first `as_of` that sees the whole horizon of everyone; none when
    /// there is no horizon.
    pub mature_on: Option<NaiveDate>,
    /// None when the month is provisional.
    pub outcome: Option<Outcome>,
}

/// Counts of people unless they say otherwise. None: the source has never
/// arrived.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Outcome {
    pub people: u64,
    /// Arrested, charged, remanded or convicted.
    pub with_positive_action: Option<u64>,
    pub arrested: Option<u64>,
    /// Arrests, each a custody reference.
    pub arrests: Option<u64>,
    /// Offences of the crimes arrested for, once for each person.
    pub arrest_offences: Option<u64>,
    /// Arrests for a crime inside the VAWG basket.
    pub vawg_arrests: Option<u64>,
    /// The same by group of the basket.
    pub vawg_kinds: Option<BTreeMap<String, u64>>,
    /// Arrests that name no crime that is held.
    pub arrests_without_crime: Option<u64>,
    /// Arrests for a crime that is cancelled or transferred by now.
    pub arrests_withdrawn: Option<u64>,
    pub charged: Option<u64>,
    /// Offences charged, each a charge reference.
    pub charges: Option<u64>,
    pub remanded: Option<u64>,
    pub convicted: Option<u64>,
    /// Charges convicted on.
    pub convictions: Option<u64>,
    /// Charges acquitted on.
    pub acquitted: Option<u64>,
    /// Charges discontinued.
    pub discontinued: Option<u64>,
    pub protect: Option<Work>,
    pub pursue: Option<Work>,
    pub prevent: Option<Work>,
    pub prepare: Option<Work>,
    /// Nothing begun under any of the four Ps.
    pub without_work: Option<u64>,
    /// Of those, with work under way on the day of entry.
    pub without_work_but_under_way: Option<u64>,
    pub died: u64,
}

/// Work begun under one of the four Ps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Work {
    pub people: u64,
    pub interventions: u64,
}

/// What had happened within `days` of entry, or to date; reads the tables
/// `entries` and `events`.
pub fn within(
    connection: &Connection,
    as_of: AsOf,
    days: Option<u32>,
    sources: &[Arrived],
) -> Result<Horizon> {
    let kinds = kinds(connection, days)?;
    let mut months = bind::query(
        connection,
        include_str!("outcomes.sql"),
        &[("as_of", &bind::date(as_of.0)), ("horizon", &days)],
        |row| read(row, sources),
    )?;
    let has_arrests = arrived::has(sources, &[Source::Arrests]);
    let mature: Vec<NaiveDate> = months
        .iter()
        .filter(|followed| followed.outcome.is_some())
        .filter_map(|followed| followed.month)
        .collect();
    for followed in &mut months {
        let wanted = |month: &NaiveDate| match followed.month {
            Some(own) => own == *month,
            None => mature.contains(month),
        };
        if let Some(outcome) = followed.outcome.as_mut().filter(|_| has_arrests) {
            outcome.vawg_kinds = Some(sum(&kinds, wanted));
        }
    }
    let all = months.pop_if(|last| last.month.is_none());
    Ok(Horizon { days, months, all })
}

type Kind = (NaiveDate, String, u64);

fn kinds(connection: &Connection, days: Option<u32>) -> Result<Vec<Kind>> {
    bind::query(
        connection,
        include_str!("kinds.sql"),
        &[("horizon", &days)],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

fn sum(kinds: &[Kind], is_wanted: impl Fn(&NaiveDate) -> bool) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::new();
    for (_, kind, arrests) in kinds.iter().filter(|(month, _, _)| is_wanted(month)) {
        *sums.entry(kind.clone()).or_default() += arrests;
    }
    sums
}

fn read(row: &Row<'_>, sources: &[Arrived]) -> duckdb::Result<Followed> {
    let is_mature: bool = row.get("is_mature")?;
    Ok(Followed {
        month: row.get("month")?,
        people: row.get("people")?,
        mature_on: row.get("mature_on")?,
        outcome: is_mature.then(|| read_outcome(row, sources)).transpose()?,
    })
}

fn read_outcome(row: &Row<'_>, sources: &[Arrived]) -> duckdb::Result<Outcome> {
    use Source::{Arrests, Charges, CourtResults, CustodySpells, Interventions};
    let count = |column: &str, needs: &[Source]| -> duckdb::Result<Option<u64>> {
        arrived::has(sources, needs)
            .then(|| row.get::<_, u64>(column))
            .transpose()
    };
    let work = |pillar: &str| -> duckdb::Result<Option<Work>> {
        let people = count(&format!("{pillar}_people"), &[Interventions])?;
        let interventions = count(pillar, &[Interventions])?;
        let both = people.zip(interventions);
        Ok(both.map(|(people, interventions)| Work {
            people,
            interventions,
        }))
    };
    let any = [Arrests, Charges, CourtResults, CustodySpells];
    let results = [Charges, CourtResults];
    Ok(Outcome {
        people: row.get("people")?,
        with_positive_action: count("with_positive_action", &any)?,
        arrested: count("arrested_people", &[Arrests])?,
        arrests: count("arrests", &[Arrests])?,
        arrest_offences: count("arrest_offences", &[Arrests])?,
        vawg_arrests: count("vawg_arrests", &[Arrests])?,
        vawg_kinds: None,
        arrests_without_crime: count("arrests_without_crime", &[Arrests])?,
        arrests_withdrawn: count("arrests_withdrawn", &[Arrests])?,
        charged: count("charged_people", &[Charges])?,
        charges: count("charges", &[Charges])?,
        remanded: count("remanded_people", &[CustodySpells])?,
        convicted: count("convicted_people", &results)?,
        convictions: count("convictions", &results)?,
        acquitted: count("acquitted", &results)?,
        discontinued: count("discontinued", &results)?,
        protect: work("protect")?,
        pursue: work("pursue")?,
        prevent: work("prevent")?,
        prepare: work("prepare")?,
        without_work: count("without_any", &[Interventions])?,
        without_work_but_under_way: count("without_any_but_under_way", &[Interventions])?,
        died: row.get("died")?,
    })
}
