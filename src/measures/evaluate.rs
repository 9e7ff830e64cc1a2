//! Evaluates measures and keeps their figures. A measure that fails is told
//! and shown as unavailable; it never takes the others down.

use std::time::Duration;

use anyhow::{Context, Result};
use chrono::NaiveDateTime;
use duckdb::{Connection, OptionalExt, params};
use sha2::{Digest, Sha256};

use super::cells;
use super::definition::Definition;
use super::measure_value::{self, Figure};
use super::run_sql::{self, Asked};
use super::settings::MeasureSettings;
use super::source_coverage::{self, Coverage, Reach};
use super::window::Window;
use crate::model::as_of::AsOf;
use crate::model::restricted::Room;
use crate::store::Store;
use crate::store::inputs::{self, Input, Owner};
use crate::store::schema::{hex_sha256, to_hex};
use crate::store::{bind, chain, failure};

/// What a measure is evaluated from.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'a> {
    pub as_of: AsOf,
    /// The batch up to which the warehouse stands.
    pub known_at: i64,
    pub settings: MeasureSettings,
    /// Its statement, the tables of the warehouse that it reads, each after
    /// what it reads itself, and the reference tables.
    pub inputs: &'a [Input],
    /// Sources of which a file is due every night.
    pub nightly: &'a [String],
    /// UTC.
    pub made_at: NaiveDateTime,
}

/// What became of one measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluated {
    pub measure_id: String,
    pub cells: u64,
    /// Why there are no figures.
    pub unavailable: Option<String>,
    /// False when the same inputs had been evaluated before.
    pub is_new: bool,
}

/// The newest of what daybook itself wrote, which a measure may count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnLedger {
    pub lists: i64,
    pub decisions: i64,
    pub verifications: i64,
}

/// Evaluates one measure and stores what it gave, unless its newest figures for
/// the date were made from just the same.
pub fn evaluate(store: &Store, definition: &Definition, basis: Basis<'_>) -> Result<Evaluated> {
    let own = own_ledger(store.connection())?;
    let reach = source_coverage::of(
        store.connection(),
        definition,
        basis.known_at,
        basis.nightly,
    )?;
    let set = Set {
        definition,
        basis,
        own,
        fingerprint: fingerprint(definition, &basis, own, &reach)?,
    };
    if let Some(found) = set.find(store.connection())? {
        return Ok(found);
    }
    let outcome = match reach {
        Reach::Missing(reason) => Err(reason),
        Reach::Covers(coverage) => store
            .transaction(|tx| {
                let figures = worked_out(tx, definition, &basis, coverage)?;
                set.insert(tx, &figures, None)?;
                Ok(figures.len() as u64)
            })
            .map_err(|error| failure(definition, &error)),
    };
    let (cells, unavailable) = match outcome {
        Ok(cells) => (cells, None),
        Err(reason) => {
            store.transaction(|tx| set.insert(tx, &[], Some(&reason)))?;
            (0, Some(reason))
        }
    };
    Ok(Evaluated {
        measure_id: definition.id.clone(),
        cells,
        unavailable,
        is_new: true,
    })
}

/// Why a measure has no figures, for the pages and mails that print it. Its
/// author is told more by `daybook check` and `daybook measures preview`.
fn failure(definition: &Definition, error: &anyhow::Error) -> String {
    let told = match definition.commitment.room {
        Room::Open => failure::told(error),
        Room::Conduct => "`daybook check` may tell why".to_owned(),
    };
    failure::cut(&format!("could not be worked out: {told}"))
}

/// A measure's figures, worked out of its rows and stored nowhere; or why there
/// are none.
pub fn figures(
    connection: &Connection,
    definition: &Definition,
    basis: &Basis<'_>,
) -> Result<Result<Vec<Figure>, String>> {
    match source_coverage::of(connection, definition, basis.known_at, basis.nightly)? {
        Reach::Missing(reason) => Ok(Err(reason)),
        Reach::Covers(coverage) => worked_out(connection, definition, basis, coverage).map(Ok),
    }
}

fn worked_out(
    connection: &Connection,
    definition: &Definition,
    basis: &Basis<'_>,
    coverage: Coverage,
) -> Result<Vec<Figure>> {
    let window = window(definition, basis);
    let asked = Asked {
        as_of: basis.as_of,
        window,
    };
    let limit = Duration::from_secs(basis.settings.time_limit_seconds);
    run_sql::take(connection, definition, asked, limit)?;
    let coverage = cells::coverage(connection, definition, coverage)?;
    let cells = cells::of(connection, definition, window, &coverage)?;
    let work = |cell| measure_value::work(definition, cell, window, &coverage);
    Ok(cells.into_iter().map(work).collect())
}

/// The months that a measure is evaluated over.
pub fn window(definition: &Definition, basis: &Basis<'_>) -> Window {
    let window = Window::new(basis.as_of, basis.settings.months);
    if definition.whole_series {
        window.whole()
    } else {
        window
    }
}

/// Everything that decides a measure's figures: its words, its SQL and the
/// tables that it reads, the data as known and the time they speak of, and of
/// daybook's own ledger what it counts.
fn fingerprint(
    definition: &Definition,
    basis: &Basis<'_>,
    own: OwnLedger,
    reach: &Reach,
) -> Result<String> {
    let reads = |source: &str| definition.sources.iter().any(|own| own == source);
    let own = match (reads("list"), reads("ledger")) {
        (_, true) => format!("{own:?}"),
        (true, false) => format!("{} {}", own.lists, own.decisions),
        (false, false) => String::new(),
    };
    let text = format!(
        "{}\n{}\n{}\n{own}\n{reach:?}",
        serde_json::to_string(definition)?,
        inputs::sha256(basis.inputs.iter()),
        basis.settings.months
    );
    Ok(hex_sha256(text.as_bytes()))
}

fn own_ledger(connection: &Connection) -> Result<OwnLedger> {
    bind::query_one(
        connection,
        "select \
             (select coalesce(max(list_id), 0) from ledger.lists), \
             (select coalesce(max(decision_id), 0) from ledger.list_decisions), \
             (select count(*) from ledger.list_verifications)",
        &[],
        |row| {
            Ok(OwnLedger {
                lists: row.get(0)?,
                decisions: row.get(1)?,
                verifications: row.get(2)?,
            })
        },
    )
}

/// One set of figures, or the reason why there are none.
struct Set<'a> {
    definition: &'a Definition,
    basis: Basis<'a>,
    own: OwnLedger,
    fingerprint: String,
}

impl Set<'_> {
    /// The newest figures for the date, if they are these. Older ones that are
    /// would not be shown: a definition that was changed and put back is
    /// evaluated again.
    fn find(&self, connection: &Connection) -> Result<Option<Evaluated>> {
        let basis = &self.basis;
        Ok(connection
            .query_row(
                "select reason, (select count(*) from ledger.measure_values as v \
                     where v.set_id = s.set_id) \
                 from ( \
                     from ledger.measure_sets where measure_id = ? and as_of = ? \
                     order by set_id desc limit 1 \
                 ) as s \
                 where known_at = ? and fingerprint = ?",
                params![
                    self.definition.id,
                    basis.as_of.0,
                    basis.known_at,
                    self.fingerprint
                ],
                |row| {
                    Ok(Evaluated {
                        measure_id: self.definition.id.clone(),
                        unavailable: row.get(0)?,
                        cells: row.get(1)?,
                        is_new: false,
                    })
                },
            )
            .optional()?)
    }

    /// Writes the set, and its cells unless an earlier set has the same.
    fn insert(
        &self,
        connection: &Connection,
        figures: &[Figure],
        reason: Option<&str>,
    ) -> Result<()> {
        let set_id: i64 =
            connection.query_row("select nextval('ledger.measure_set_ids')", [], |row| {
                row.get(0)
            })?;
        let definition = serde_json::to_string(self.definition)?;
        let definition_sha256 = inputs::keep_text(connection, &definition)?;
        let state = match reason {
            Some(_) => "unavailable",
            None => "available",
        };
        let (basis, own) = (&self.basis, self.own);
        let cells_sha256 = sha256(figures);
        let earlier = self.earlier_with(connection, &cells_sha256)?;
        connection.execute(
            "insert into ledger.measure_sets \
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                set_id,
                self.definition.id,
                basis.as_of.0,
                basis.known_at,
                own.lists,
                own.decisions,
                own.verifications,
                self.fingerprint,
                definition_sha256,
                basis.settings.months,
                basis.nightly.join(" "),
                state,
                reason,
                earlier.unwrap_or(set_id),
                cells_sha256,
                env!("CARGO_PKG_VERSION"),
                basis.made_at,
            ],
        )?;
        chain::seal(connection, "ledger.measure_sets", &[set_id])?;
        inputs::keep(connection, Owner::Figures(set_id), basis.inputs)?;
        if earlier.is_none() {
            write(connection, set_id, figures)?;
        }
        Ok(())
    }

    /// The newest set of the measure with the very same cells.
    fn earlier_with(&self, connection: &Connection, sha256: &str) -> Result<Option<i64>> {
        Ok(connection
            .query_row(
                "select cells_of from ledger.measure_sets \
                 where measure_id = ? and cells_sha256 = ? and state = 'available' \
                 order by set_id desc limit 1",
                params![self.definition.id, sha256],
                |row| row.get(0),
            )
            .optional()?)
    }
}

/// The hash of all cells in their order.
fn sha256(figures: &[Figure]) -> String {
    let mut hash = Sha256::new();
    for Figure {
        cell,
        worked,
        state,
    } in figures
    {
        hash.update(format!("{cell:?} {worked:?} {state:?}\n"));
    }
    to_hex(&hash.finalize())
}

fn write(connection: &Connection, set_id: i64, figures: &[Figure]) -> Result<()> {
    let mut appender = connection
        .appender_to_db("measure_cells", "ledger")
        .context("the ledger takes no figures")?;
    for Figure {
        cell,
        worked,
        state,
    } in figures
    {
        let interval = worked.and_then(|worked| worked.interval);
        appender.append_row(params![
            set_id,
            cell.basis,
            cell.span.as_str(),
            cell.period,
            cell.area,
            cell.group,
            cell.numerator,
            cell.denominator,
            cell.cases,
            worked.map(|worked| worked.value),
            interval.map(|(low, _)| low),
            interval.map(|(_, high)| high),
            state.as_str(),
        ])?;
    }
    appender.flush()?;
    chain::seal(connection, "ledger.measure_cells", &[set_id])
}
