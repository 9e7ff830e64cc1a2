//! Runs measures and keeps their figures. A measure that fails is told and
//! shown as unavailable; it never takes the others down.

use anyhow::{Context, Result, ensure};
use chrono::{Datelike, Months, NaiveDate, NaiveDateTime};
use duckdb::{Connection, OptionalExt, params};

use super::definition::{Definition, Kind};
use crate::model::as_of::AsOf;
use crate::model::room::Room;
use crate::store::Store;
use crate::store::bind;
use crate::store::query::check_single_select;
use crate::store::schema::hex_sha256;

/// Months a series covers, up to the last full one.
pub const MONTHS: u32 = 24;

/// What became of one measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluated {
    pub measure_id: String,
    pub rows: u64,
    /// Why there are no figures.
    pub unavailable: Option<String>,
    /// False when the same inputs had been evaluated before.
    pub is_new: bool,
}

/// Evaluates one measure and stores what it gave.
pub fn evaluate(
    store: &Store,
    definition: &Definition,
    as_of: AsOf,
    known_at: i64,
    made_at: NaiveDateTime,
) -> Result<Evaluated> {
    let fingerprint = fingerprint(store.connection(), definition)?;
    if let Some(found) = find(
        store.connection(),
        definition,
        as_of,
        known_at,
        &fingerprint,
    )? {
        return Ok(found);
    }
    let gap = missing_source(store.connection(), definition, known_at)?;
    let key = Key {
        as_of,
        known_at,
        fingerprint: &fingerprint,
        made_at,
    };
    let outcome = match gap {
        Some(reason) => Err(reason),
        None => store
            .transaction(|tx| {
                let set_id = insert_set(tx, definition, &key, None)?;
                insert_values(tx, definition, set_id, as_of)
            })
            .map_err(|error| failure(definition, &error)),
    };
    match outcome {
        Ok(rows) => Ok(Evaluated {
            measure_id: definition.id.clone(),
            rows,
            unavailable: None,
            is_new: true,
        }),
        Err(reason) => {
            store.transaction(|tx| insert_set(tx, definition, &key, Some(&reason)))?;
            Ok(Evaluated {
                measure_id: definition.id.clone(),
                rows: 0,
                unavailable: Some(reason),
                is_new: true,
            })
        }
    }
}

/// Why a measure has no figures. What the database says of a room's rows may
/// hold one of their values, and reasons are printed on reports.
fn failure(definition: &Definition, error: &anyhow::Error) -> String {
    match definition.room {
        Room::Open => format!("its SQL failed: {error:#}"),
        Room::Conduct => "its SQL failed; `daybook check` may tell why".to_owned(),
    }
}

/// First day of the series and the first day after it.
pub fn months(as_of: AsOf) -> (NaiveDate, NaiveDate) {
    let until = as_of.0.with_day(1).unwrap_or(as_of.0);
    (until - Months::new(MONTHS), until)
}

struct Key<'a> {
    as_of: AsOf,
    known_at: i64,
    fingerprint: &'a str,
    made_at: NaiveDateTime,
}

fn fingerprint(connection: &Connection, definition: &Definition) -> Result<String> {
    let newest_list: i64 = if definition.sources.iter().any(|source| source == "list") {
        connection.query_row(
            "select coalesce(max(list_id), 0) from ledger.lists",
            [],
            |row| row.get(0),
        )?
    } else {
        0
    };
    Ok(hex_sha256(
        format!("{}\n{newest_list}", definition.sha256).as_bytes(),
    ))
}

fn find(
    connection: &Connection,
    definition: &Definition,
    as_of: AsOf,
    known_at: i64,
    fingerprint: &str,
) -> Result<Option<Evaluated>> {
    Ok(connection
        .query_row(
            "select reason, (select count(*) from ledger.measure_values as v where v.set_id = s.set_id) \
             from ledger.measure_sets as s \
             where measure_id = ? and as_of = ? and known_at = ? and fingerprint = ?",
            params![definition.id, as_of.0, known_at, fingerprint],
            |row| {
                Ok(Evaluated {
                    measure_id: definition.id.clone(),
                    unavailable: row.get(0)?,
                    rows: row.get(1)?,
                    is_new: false,
                })
            },
        )
        .optional()?)
}

fn missing_source(
    connection: &Connection,
    definition: &Definition,
    known_at: i64,
) -> Result<Option<String>> {
    for source in &definition.sources {
        if source == "list" {
            let lists: i64 =
                connection.query_row("select count(*) from ledger.lists", [], |row| row.get(0))?;
            if lists == 0 {
                return Ok(Some("no harm list has been made".to_owned()));
            }
            continue;
        }
        // One measure may be fed by any of several published files.
        let names: Vec<&str> = source.split('|').collect();
        let arrived = names.iter().try_fold(false, |any, name| {
            connection
                .query_row(
                    "select count(*) > 0 from ledger.batches \
                     where source = ? and state = 'accepted' and batch_id <= ?",
                    params![name, known_at],
                    |row| row.get::<_, bool>(0),
                )
                .map(|here| any || here)
        })?;
        if !arrived {
            return Ok(Some(format!("no {} extract has arrived", names[0])));
        }
    }
    Ok(None)
}

fn insert_set(
    connection: &Connection,
    definition: &Definition,
    key: &Key<'_>,
    reason: Option<&str>,
) -> Result<i64> {
    let set_id: i64 =
        connection.query_row("select nextval('ledger.measure_set_ids')", [], |row| {
            row.get(0)
        })?;
    connection.execute(
        "insert into ledger.measure_sets values (?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            set_id,
            definition.id,
            key.as_of.0,
            key.known_at,
            key.fingerprint,
            if reason.is_some() {
                "unavailable"
            } else {
                "available"
            },
            reason,
            key.made_at,
        ],
    )?;
    Ok(set_id)
}

fn insert_values(
    connection: &Connection,
    definition: &Definition,
    set_id: i64,
    as_of: AsOf,
) -> Result<u64> {
    check_single_select(connection, &definition.sql)?;
    let value = match definition.kind {
        Kind::Proportion | Kind::Share => {
            "100 * cast(numerator as double) / nullif(cast(denominator as double), 0)"
        }
        Kind::Change => {
            "100 * (cast(numerator as double) / nullif(cast(denominator as double), 0) - 1)"
        }
        Kind::Count => "cast(numerator as double)",
        Kind::Median => "cast(value as double)",
    };
    let (from, until) = months(as_of);
    let rows = bind::execute(
        connection,
        &format!(
            "insert into ledger.measure_values\n\
             select $set_id, cast(period as date), area, \"group\", \
                 cast(numerator as double), cast(denominator as double), {value}\n\
             from (\n{}\n) as figures\norder by 2, 3, 4",
            definition.sql.trim_end().trim_end_matches(';')
        ),
        &[
            ("set_id", &set_id),
            ("as_of", &bind::date(as_of.0)),
            ("from", &bind::date(from)),
            ("until", &bind::date(until)),
        ],
    )
    .with_context(|| definition.file.clone())?;
    check_values(connection, definition, set_id)?;
    Ok(rows as u64)
}

fn check_values(connection: &Connection, definition: &Definition, set_id: i64) -> Result<()> {
    let (doubled, negative, over): (i64, i64, i64) = connection.query_row(
        "select count(*) - count(distinct (period, area, \"group\")), \
             count(*) filter (where denominator < 0), \
             count(*) filter (where numerator > denominator) \
         from ledger.measure_values where set_id = ?",
        [set_id],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    ensure!(
        doubled == 0,
        "{doubled} rows stand twice for one period, area and group"
    );
    ensure!(negative == 0, "{negative} rows have a negative denominator");
    ensure!(
        definition.kind != Kind::Proportion || over == 0,
        "{over} rows have a numerator above the denominator"
    );
    Ok(())
}
