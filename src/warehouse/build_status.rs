//! What the warehouse stands on, and whether a failed check keeps it there
//! while newer batches wait.

use std::fmt;

use anyhow::Result;
use chrono::NaiveDateTime;
use duckdb::{Connection, OptionalExt, params};

use super::Plan;
use super::checks::{CheckResult, Severity};
use crate::store::{bind, chain};

/// The state of the tables that readers see; by default there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The batch up to which they stand; 0 before the first.
    pub known_at: i64,
    pub recipe: String,
    /// Set when newer batches or newer SQL could not replace them.
    pub stale: Option<Blocked>,
}

/// The rebuild that was undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// The failed checks of severity `block`.
    pub because: Vec<CheckResult>,
    /// When a rebuild first failed since the last good one, UTC.
    pub since: NaiveDateTime,
}

impl Standing {
    pub fn is_stale(&self) -> bool {
        self.stale.is_some()
    }
}

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let because: Vec<String> = self.because.iter().map(ToString::to_string).collect();
        f.write_str(&because.join("; "))
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Built,
    Blocked,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Built => "built",
            Self::Blocked => "blocked",
        }
    }
}

/// What the warehouse stands on; none before the first build.
pub fn standing(connection: &Connection) -> Result<Option<Standing>> {
    let Some((known_at, recipe)) = built(connection)? else {
        return Ok(None);
    };
    Ok(Some(Standing {
        known_at,
        recipe,
        stale: blocked(connection)?,
    }))
}

/// Why the newest attempt was undone; none when it was not.
pub fn blocked(connection: &Connection) -> Result<Option<Blocked>> {
    let Some(newest) = newest(connection)?.filter(|attempt| attempt.is_blocked) else {
        return Ok(None);
    };
    let since = connection.query_row(
        "select min(attempted_at) from ledger.rebuilds where rebuild_id > \
             (select coalesce(max(rebuild_id), 0) from ledger.rebuilds where state = 'built')",
        [],
        |row| row.get(0),
    )?;
    let results = results(connection, newest.rebuild_id)?;
    Ok(Some(Blocked {
        because: results
            .into_iter()
            .filter(CheckResult::is_blocking)
            .collect(),
        since,
    }))
}

/// What the checks of the newest attempt found, built or blocked.
pub fn newest_results(connection: &Connection) -> Result<Vec<CheckResult>> {
    match newest(connection)? {
        Some(attempt) => results(connection, attempt.rebuild_id),
        None => Ok(Vec::new()),
    }
}

/// Whether this batch and recipe need no rebuild: the tables stand on them, or
/// the newest attempt failed on exactly them and would fail again.
pub fn is_settled(connection: &Connection, known_at: i64, recipe: &str) -> Result<bool> {
    let Some(newest) = newest(connection)? else {
        return Ok(false);
    };
    let is_same = newest.known_at == known_at && newest.recipe == recipe;
    if newest.is_blocked {
        return Ok(is_same);
    }
    let stands =
        built(connection)?.is_some_and(|(batch, held)| batch == known_at && held == recipe);
    Ok(is_same && stands)
}

/// Records an attempt with what its checks found.
pub(super) fn record(
    connection: &Connection,
    plan: Plan<'_>,
    state: State,
    results: &[CheckResult],
) -> Result<()> {
    let rebuild_id: i64 =
        connection.query_row("select nextval('ledger.rebuild_ids')", [], |row| row.get(0))?;
    connection.execute(
        "insert into ledger.rebuilds values (?, ?, ?, ?, ?)",
        params![
            rebuild_id,
            plan.known_at,
            plan.recipe,
            state.as_str(),
            plan.attempted_at.naive_utc()
        ],
    )?;
    for result in results {
        connection.execute(
            "insert into ledger.check_results values (?, ?, ?, ?, ?, ?)",
            params![
                rebuild_id,
                result.name,
                result.title,
                result.severity.as_str(),
                result.rows,
                result.examples
            ],
        )?;
    }
    chain::seal(connection, "ledger.rebuilds", &[rebuild_id])?;
    chain::seal(connection, "ledger.check_results", &[rebuild_id])
}

struct Attempt {
    rebuild_id: i64,
    known_at: i64,
    recipe: String,
    is_blocked: bool,
}

fn newest(connection: &Connection) -> Result<Option<Attempt>> {
    Ok(connection
        .query_row(
            "select rebuild_id, known_at, recipe, state = 'blocked' from ledger.rebuilds \
             order by rebuild_id desc limit 1",
            [],
            |row| {
                Ok(Attempt {
                    rebuild_id: row.get(0)?,
                    known_at: row.get(1)?,
                    recipe: row.get(2)?,
                    is_blocked: row.get(3)?,
                })
            },
        )
        .optional()?)
}

fn results(connection: &Connection, rebuild_id: i64) -> Result<Vec<CheckResult>> {
    bind::query(
        connection,
        "select name, title, severity = 'block' as is_block, failing_rows, examples \
         from ledger.check_results where rebuild_id = $rebuild_id order by name",
        &[("rebuild_id", &rebuild_id)],
        |row| {
            Ok(CheckResult {
                name: row.get("name")?,
                title: row.get("title")?,
                severity: if row.get("is_block")? {
                    Severity::Block
                } else {
                    Severity::Warn
                },
                rows: row.get("failing_rows")?,
                examples: row.get("examples")?,
            })
        },
    )
}

/// Batch and recipe of the tables, kept beside them so that both come and go
/// together.
fn built(connection: &Connection) -> Result<Option<(i64, String)>> {
    let exists: bool = connection.query_row(
        "select count(*) > 0 from information_schema.tables \
         where table_schema = 'mart' and table_name = 'warehouse'",
        [],
        |row| row.get(0),
    )?;
    if !exists {
        return Ok(None);
    }
    Ok(
        connection.query_row("select known_at, recipe from mart.warehouse", [], |row| {
            Ok(Some((row.get(0)?, row.get(1)?)))
        })?,
    )
}
