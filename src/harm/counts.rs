//! How often each rule of the list applied, over everyone and over the people
//! listed. Counts are facts and stand beside the list; none feeds a score.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use duckdb::Connection;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::sql::{self, Bound};
use crate::store::{bind, walls};

/// The figures of a whole list. Harm is in days.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// People with a score above nothing who are ranked.
    pub ranked: u64,
    pub listed: u64,
    pub listed_allegations: u64,
    pub listed_victims: u64,
    #[serde(with = "rust_decimal::serde::float")]
    pub listed_harm_days: Decimal,
    /// Harm of everyone ranked.
    #[serde(with = "rust_decimal::serde::float")]
    pub all_harm_days: Decimal,
    #[serde(with = "rust_decimal::serde::float_option")]
    pub median_days: Option<Decimal>,
    /// 0 when all hold the same, near 1 when one holds all.
    pub gini: Option<f64>,
    #[serde(with = "rust_decimal::serde::float_option")]
    pub last_on_days: Option<Decimal>,
    #[serde(with = "rust_decimal::serde::float_option")]
    pub first_off_days: Option<Decimal>,
    /// The difference at the cut.
    #[serde(with = "rust_decimal::serde::float_option")]
    pub margin_days: Option<Decimal>,
    /// People with the score of the last one listed, on either side.
    pub tied_at_cut: u64,
    pub under_18_not_ranked: u64,
    pub deceased_removed: u64,
    /// Only when the settings keep people in custody off the list.
    pub custody_not_ranked: u64,
    /// Of the people listed.
    pub in_custody: u64,
    pub counter_allegation: u64,
    /// With a counter-allegation that no review covers.
    pub blocked: u64,
    /// Contested and unsettled: kept from disclosure.
    pub restricted: u64,
    pub merged: u64,
    pub alleged_when_under_18: u64,
    pub no_further_action: u64,
    /// Of everyone, in the window.
    pub unscored_allegations: u64,
    pub unscored_codes: Vec<String>,
    pub proactive_left_out: u64,
    /// Crimes cancelled or transferred since the list before.
    pub cancelled_since_previous: u64,
    /// Crimes of which a suspect is also the victim, or that name a crowd: they
    /// count for nobody until they are corrected.
    pub refused_crimes: Vec<String>,
    /// Allegations that count for nothing, by the code of the reason.
    pub not_counted: BTreeMap<String, u64>,
}

/// Counts from the temporary tables of a list.
pub fn take(connection: &Connection, sql: &str, bound: &Bound) -> Result<Counts> {
    walls::check(connection, sql).with_context(|| sql::file_of(sql::COUNTS))?;
    let mut counts = bind::query_one(connection, sql, &bound.values(), |row| {
        Ok(Counts {
            ranked: row.get("ranked")?,
            listed: row.get("listed")?,
            listed_allegations: row.get("listed_allegations")?,
            listed_victims: row.get("listed_victims")?,
            listed_harm_days: row.get("listed_harm_days")?,
            all_harm_days: row.get("all_harm_days")?,
            median_days: row.get("median_days")?,
            gini: row.get("gini")?,
            last_on_days: row.get("last_on_days")?,
            first_off_days: row.get("first_off_days")?,
            under_18_not_ranked: row.get("under_18_not_ranked")?,
            deceased_removed: row.get("deceased_removed")?,
            custody_not_ranked: row.get("custody_not_ranked")?,
            in_custody: row.get("in_custody")?,
            counter_allegation: row.get("counter_allegation")?,
            blocked: row.get("blocked")?,
            restricted: row.get("restricted")?,
            merged: row.get("merged")?,
            alleged_when_under_18: row.get("alleged_when_under_18")?,
            no_further_action: row.get("no_further_action")?,
            tied_at_cut: row.get("tied_at_cut")?,
            cancelled_since_previous: row.get("cancelled_since_previous")?,
            refused_crimes: bind::texts(row, "refused_crimes")?,
            ..Counts::default()
        })
    })?;
    counts.margin_days = counts
        .last_on_days
        .zip(counts.first_off_days)
        .map(|(last_on, first_off)| last_on - first_off);
    counts.not_counted = bind::query(
        connection,
        "select not_counted_because, count(*) from contributions \
         where not is_counted group by 1 order by 1",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?
    .into_iter()
    .collect();
    counts.unscored_codes = bind::query(
        connection,
        "select distinct crimes.index_code from contributions \
         inner join core.crimes as crimes on crimes.crime_key = contributions.crime_key \
         where not_counted_because = 'no_weight' order by 1",
        &[],
        |row| row.get(0),
    )?;
    let reason = |key: &str| counts.not_counted.get(key).copied().unwrap_or(0);
    counts.unscored_allegations = reason("no_weight");
    counts.proactive_left_out = reason("proactive");
    Ok(counts)
}
