//! The same list under one other rule each: what a rank owes to a choice.

use anyhow::Result;
use chrono::NaiveDate;
use duckdb::{Connection, params};
use serde::Serialize;

use super::list::Entry;
use super::settings::{ListSettings, WindowBy};
use crate::model::as_of::AsOf;
use crate::store::bind;

/// One other rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// `edition:ons-severity`, `window:180`, `by:committed` ...
    pub name: String,
    /// In words, as reports print it.
    pub title: String,
    edition: String,
    window_days: u32,
    window_by: WindowBy,
    left_out_outcomes: &'static [i32],
    by_record: bool,
}

/// Outcomes in which a suspect was named and the case still ended: the victim
/// did not support it, or the evidence did not suffice.
const ENDED_WITHOUT_CHARGE: &[i32] = &[14, 15, 16];

/// The variants of a list, in the order in which they are told.
pub fn of(settings: &ListSettings) -> Vec<Variant> {
    let base = |name: String, title: String| Variant {
        name,
        title,
        edition: settings.edition.clone(),
        window_days: settings.window_days,
        window_by: settings.window_by,
        left_out_outcomes: &[],
        by_record: false,
    };
    let mut variants = Vec::new();
    for edition in &settings.compare_editions {
        variants.push(Variant {
            edition: edition.clone(),
            ..base(
                format!("edition:{edition}"),
                format!("edition {}", edition.replace('-', " ")),
            )
        });
    }
    for days in &settings.compare_windows {
        if *days != settings.window_days {
            variants.push(Variant {
                window_days: *days,
                ..base(format!("window:{days}"), format!("a window of {days} days"))
            });
        }
    }
    let other_date = match settings.window_by {
        WindowBy::Reported => WindowBy::Committed,
        WindowBy::Committed => WindowBy::Reported,
    };
    variants.push(Variant {
        window_by: other_date,
        ..base(
            format!("by:{}", other_date.as_str()),
            match other_date {
                WindowBy::Reported => "by the date of the report".to_owned(),
                WindowBy::Committed => "by the date of the offence".to_owned(),
            },
        )
    });
    variants.push(Variant {
        left_out_outcomes: ENDED_WITHOUT_CHARGE,
        ..base(
            "without:14,15,16".to_owned(),
            "without outcomes 14, 15 and 16".to_owned(),
        )
    });
    variants.push(Variant {
        by_record: true,
        ..base(
            "identity:nominal".to_owned(),
            "each record as a person of its own".to_owned(),
        )
    });
    variants
}

/// Writes the variants into the temporary table `variants`.
pub fn write(connection: &Connection, settings: &ListSettings, as_of: AsOf) -> Result<()> {
    connection.execute_batch(
        "create or replace temp table variants (place integer, variant varchar, title varchar, \
             edition varchar, window_from date, window_to date, window_by varchar, \
             left_out_outcomes integer[], by_record boolean)",
    )?;
    for (place, variant) in (0_i32..).zip(of(settings)) {
        let outcomes: Vec<String> = variant
            .left_out_outcomes
            .iter()
            .map(ToString::to_string)
            .collect();
        connection.execute(
            "insert into variants values (?, ?, ?, ?, ?, ?, ?, \
                 cast(str_split(nullif(?, ''), ',') as integer[]), ?)",
            params![
                place,
                variant.name,
                variant.title,
                variant.edition,
                as_of.window_start(variant.window_days),
                as_of.last_day(),
                variant.window_by.as_str(),
                outcomes.join(","),
                variant.by_record
            ],
        )?;
    }
    // How much an edition weighs belongs to its name: a list under one that
    // knows few codes says little.
    connection.execute_batch(
        "update variants set left_out_outcomes = [] where left_out_outcomes is null; \
         update variants set title = title || ', which weighs ' || ( \
             select count(harm_index.ho_code) from staging.harm_index as harm_index \
             where harm_index.edition = variants.edition \
         ) || ' codes' where variant like 'edition:%';",
    )?;
    Ok(())
}

/// How a list fared under another rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fared {
    pub variant: String,
    pub title: String,
    pub ranked: u64,
    /// Of the people listed, how many would be listed.
    pub overlap: u64,
}

/// The lowest and the highest place that someone takes under any rule, the
/// list's own too. Another edition that knows none of a person's codes says
/// nothing of them and is left out, and one that knows few of the list's says
/// nothing of anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    pub best: u32,
    /// None when a rule leaves the person without a score.
    pub worst: Option<u32>,
}

/// The variants of a list that is in the ledger.
pub fn fared(connection: &Connection, list_id: i64) -> Result<Vec<Fared>> {
    bind::query(
        connection,
        "select variant, title, ranked, overlap from ledger.list_variants \
         where list_id = $list_id order by rowid",
        &[("list_id", &list_id)],
        |row| {
            Ok(Fared {
                variant: row.get(0)?,
                title: row.get(1)?,
                ranked: row.get(2)?,
                overlap: row.get(3)?,
            })
        },
    )
}

/// Variants that ranked nobody, since they weigh too little of the list: their
/// titles, which say so.
pub fn left_out(connection: &Connection, list_id: i64) -> Result<Vec<String>> {
    bind::query(
        connection,
        "select title from ledger.list_variants as variants \
         where list_id = $list_id and starts_with(variant, 'edition:') \
             and exists (from ledger.list_variant_ranks where list_id = $list_id) \
             and not exists (from ledger.list_variant_ranks as ranks \
                 where ranks.list_id = $list_id and ranks.variant = variants.variant) \
         order by variants.rowid",
        &[("list_id", &list_id)],
        |row| row.get(0),
    )
}

/// Where someone would stand, and under which rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    pub variant: String,
    pub title: String,
    pub rank: Option<u32>,
}

/// Where one person of a list would stand under each other rule.
pub fn places(connection: &Connection, list_id: i64, nominal_id: &str) -> Result<Vec<Place>> {
    bind::query(
        connection,
        "select variants.variant, variants.title, ranks.rank \
         from ledger.list_variants as variants \
         inner join ledger.list_variant_ranks as ranks \
             on ranks.list_id = variants.list_id and ranks.variant = variants.variant \
         where variants.list_id = $list_id and ranks.nominal_id = $nominal \
         order by variants.rowid",
        &[("list_id", &list_id), ("nominal", &nominal_id)],
        |row| {
            Ok(Place {
                variant: row.get(0)?,
                title: row.get(1)?,
                rank: row.get(2)?,
            })
        },
    )
}

/// The span of one person's ranks; none when no variants were kept.
pub fn span(entry: &Entry, places: &[Place]) -> Option<Span> {
    let rank = entry.rank?;
    let best = places.iter().filter_map(|place| place.rank).min()?;
    let worst = places
        .iter()
        .filter(|place| place.rank.is_some() || !place.variant.starts_with("edition:"))
        .map(|place| place.rank)
        .try_fold(rank, |worst, rank| Some(worst.max(rank?)));
    Some(Span {
        best: best.min(rank),
        worst,
    })
}

/// The span of ranks of everyone whose variants were kept, by nominal id.
pub fn spans(connection: &Connection, list_id: i64) -> Result<Vec<(String, Span)>> {
    bind::query(
        connection,
        "select entries.nominal_id, \
             least(entries.rank, coalesce(min(ranks.rank), entries.rank)) as best, \
             case when count(*) filter (where ranks.rank is null \
                     and not starts_with(ranks.variant, 'edition:')) = 0 \
                 then greatest(entries.rank, coalesce(max(ranks.rank), entries.rank)) \
             end as worst \
         from ledger.list_entries as entries \
         inner join ledger.list_variant_ranks as ranks \
             on ranks.list_id = entries.list_id and ranks.nominal_id = entries.nominal_id \
         where entries.list_id = $list_id and entries.rank is not null \
         group by entries.nominal_id, entries.rank order by entries.rank",
        &[("list_id", &list_id)],
        |row| {
            Ok((
                row.get(0)?,
                Span {
                    best: row.get(1)?,
                    worst: row.get(2)?,
                },
            ))
        },
    )
}

/// The first day of the widest window that a list or a variant of it has.
pub fn widest_from(settings: &ListSettings, as_of: AsOf) -> NaiveDate {
    let widest = settings
        .compare_windows
        .iter()
        .fold(settings.window_days, |widest, days| widest.max(*days));
    as_of.window_start(widest)
}
