//! Makes a harm list: weighs every allegation in the window, ranks the people,
//! and freezes the result in the ledger with everything that decided it.

use anyhow::{Context, Result, ensure};
use chrono::NaiveDateTime;
use duckdb::{Connection, params};

use super::counts::{self, Counts};
use super::index::Reference;
use super::list::{self, List};
use super::settings::ListSettings;
use super::sql::{self, Bound, FROZEN, Frozen, ListContext, ListSql, WORKING};
use super::variants;
use crate::model::as_of::AsOf;
use crate::store::Store;
use crate::store::inputs::{self, Input, Owner};
use crate::store::schema::hex_sha256;
use crate::store::{bind, chain};

/// What a list is made from.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    pub as_of: AsOf,
    /// The batch up to which the warehouse stands.
    pub known_at: i64,
    pub settings: &'a ListSettings,
    pub reference: &'a Reference,
    pub sql: &'a ListSql,
    /// The tables of the warehouse that the statements read, each after what
    /// it reads itself.
    pub models: &'a [Input],
}

/// A list that is in the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    pub list_id: i64,
    /// False when the same inputs had made it before.
    pub is_new: bool,
    pub counts: Counts,
}

/// Makes the list, or finds the one that the same inputs made before.
pub fn make(store: &Store, inputs: Inputs<'_>, made_at: NaiveDateTime) -> Result<Made> {
    let connection = store.connection();
    let previous = list::before(connection, inputs.as_of.0)?;
    let (marks_known_at, decisions_known_at) = newest_word(connection, previous.as_ref())?;
    let occasion = ListContext {
        list_id: 0,
        as_of: inputs.as_of,
        marks_known_at,
        decisions_known_at,
        previous: previous.as_ref(),
    };
    let texts = inputs.texts();
    let fingerprint = fingerprint(inputs.as_of, inputs.known_at, &texts, inputs.settings)?;
    // The last word on the date stands when the same inputs made it. Inputs
    // that come back after others make a list of their own again.
    let last_word = list::find(connection, Some(inputs.as_of))?;
    let fingerprint = match last_word {
        Some(list) if same_inputs(&list.fingerprint, &fingerprint) => {
            return Ok(Made {
                list_id: list.list_id,
                is_new: false,
                counts: list.counts,
            });
        }
        Some(list) => format!("{fingerprint} after {}", list.list_id),
        None => fingerprint,
    };
    store.transaction(|tx| {
        let list_id: i64 =
            tx.query_row("select nextval('ledger.list_ids')", [], |row| row.get(0))?;
        let occasion = ListContext {
            list_id,
            ..occasion
        };
        let bound = Bound::new(inputs.settings, occasion);
        compute(tx, inputs.sql, inputs.settings, inputs.as_of, &bound)?;
        let counts = counts::take(tx, inputs.sql.counts()?, &bound)?;
        write(tx, &fingerprint, inputs, occasion, &counts, made_at)?;
        for frozen in FROZEN {
            if is_due(frozen, previous.as_ref()) {
                freeze(tx, frozen, inputs.sql, &bound)?;
                chain::seal(tx, &format!("ledger.{}", frozen.table), &[list_id])?;
            }
        }
        inputs::keep(tx, Owner::List(list_id), &texts)?;
        drop_working(tx)?;
        Ok(Made {
            list_id,
            is_new: true,
            counts,
        })
    })
}

impl Inputs<'_> {
    /// Every text that decides the list.
    pub fn texts(&self) -> Vec<Input> {
        let all = [&self.reference.inputs, self.models, &self.sql.inputs];
        all.into_iter().flatten().cloned().collect()
    }
}

/// Ranks everyone and tells what stands beside each score, in temporary
/// tables named for their statements.
pub fn compute(
    connection: &Connection,
    sql: &ListSql,
    settings: &ListSettings,
    as_of: AsOf,
    bound: &Bound,
) -> Result<()> {
    variants::write(connection, settings, as_of)?;
    for name in WORKING {
        work(connection, name, sql, bound)?;
    }
    agree(connection)
}

/// Runs one working statement.
pub fn work(connection: &Connection, name: &str, sql: &ListSql, bound: &Bound) -> Result<()> {
    let text = sql
        .get(name)
        .with_context(|| format!("the list has no {}", sql::file_of(name)))?;
    let head = format!("create or replace temp table {name} as\n");
    sql::run(connection, name, text, (&head, ""), bound).map(drop)
}

/// Takes the temporary tables away.
pub fn drop_working(connection: &Connection) -> Result<()> {
    for name in WORKING.iter().chain(&["variants"]) {
        connection.execute_batch(&format!("drop table if exists temp.{name}"))?;
    }
    Ok(())
}

/// Whether a list has rows of the statement: without a list before there is
/// no movement to tell.
pub fn is_due(frozen: Frozen, previous: Option<&List>) -> bool {
    previous.is_some() || frozen.statement != "movement"
}

/// The ranking and the account of every allegation must tell the same scores.
fn agree(connection: &Connection) -> Result<()> {
    let differing: u64 = bind::query_one(
        connection,
        "select count(*) from ranking full join \
             (select * from people where standing = 'ranked' and score_days > 0) as described \
             using (person_key) \
         where (ranking.score_days, ranking.worst_days, ranking.latest_reported_on) is distinct from \
             (described.score_days, described.worst_days, described.latest_reported_on)",
        &[],
        |row| row.get(0),
    )?;
    ensure!(
        differing == 0,
        "ranking.sql and contributions.sql disagree on {differing} people; no list was made"
    );
    Ok(())
}

/// The newest mark on a person, and the newest decision on a list.
fn newest_word(connection: &Connection, previous: Option<&List>) -> Result<(i64, i64)> {
    bind::query_one(
        connection,
        "select \
             (select coalesce(max(mark_id), 0) from ledger.person_marks), \
             (select coalesce(max(decision_id), 0) from ledger.list_decisions \
              where list_id = $previous_id)",
        &[("previous_id", &previous.map(|list| list.list_id))],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// What makes a list another one: the date, the batch, the settings and the
/// texts. A mark, a decision or an earlier list that came since does not: the
/// first two are looked up anew whenever a list is decided or shown, a list
/// keeps the one it was made after, and what officers have decided must not
/// become a proposal again.
pub fn fingerprint(
    as_of: AsOf,
    known_at: i64,
    texts: &[Input],
    settings: &ListSettings,
) -> Result<String> {
    let text = format!(
        "{as_of}\n{known_at}\n{}\n{}",
        inputs::sha256(texts.iter()),
        serde_json::to_string(settings)?
    );
    Ok(hex_sha256(text.as_bytes()))
}

/// Whether a list's fingerprint is of these inputs, whatever list it came
/// after.
pub fn same_inputs(of_list: &str, of_inputs: &str) -> bool {
    of_list.split(' ').next() == Some(of_inputs)
}

fn write(
    connection: &Connection,
    fingerprint: &str,
    inputs: Inputs<'_>,
    occasion: ListContext<'_>,
    counts: &Counts,
    made_at: NaiveDateTime,
) -> Result<()> {
    let settings = inputs.settings;
    connection.execute(
        "insert into ledger.lists \
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            occasion.list_id,
            inputs.as_of.0,
            inputs.known_at,
            occasion.marks_known_at,
            occasion.decisions_known_at,
            fingerprint,
            inputs.reference.edition(),
            inputs.reference.index_sha256(),
            inputs.reference.basket_sha256(),
            inputs.sql.sha256(),
            serde_json::to_string(settings)?,
            env!("CARGO_PKG_VERSION"),
            inputs.as_of.window_start(settings.window_days),
            inputs.as_of.last_day(),
            settings.size,
            settings.reserve,
            serde_json::to_string(counts)?,
            occasion.previous.map(|list| list.list_id),
            made_at,
        ],
    )?;
    chain::seal(connection, "ledger.lists", &[occasion.list_id])
}

fn freeze(connection: &Connection, frozen: Frozen, sql: &ListSql, bound: &Bound) -> Result<()> {
    let Frozen {
        statement, table, ..
    } = frozen;
    let text = sql
        .get(statement)
        .with_context(|| format!("the list has no {}", sql::file_of(statement)))?;
    let rows = sql::run(connection, statement, text, (&head(table), TAIL), bound)?;
    if statement == "entries" {
        let people: usize =
            connection.query_row("select count(*) from people", [], |row| row.get(0))?;
        ensure!(
            rows == people,
            "{rows} entries for {people} people: jobs/harm-list/entries.sql lost some"
        );
    }
    Ok(())
}

/// What stands before a frozen statement; its columns go into the ledger by
/// name.
pub fn head(table: &str) -> String {
    format!("insert into ledger.{table} by name\nselect $list_id as list_id, rows.* from (\n")
}

/// What stands after it.
pub const TAIL: &str = "\n) as rows";
