//! Makes a harm list: weighs every allegation in the window, ranks the people,
//! and freezes the result in the ledger with everything that decided it.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use chrono::{Months, NaiveDateTime};
use duckdb::{Connection, params};

use super::counts::{self, Counts};
use super::index::Reference;
use super::inputs::{self, Input, Role};
use super::settings::ListSettings;
use crate::model::as_of::AsOf;
use crate::store::Store;
use crate::store::bind;
use crate::store::query::check_single_select;
use crate::store::schema::hex_sha256;

/// The job's SQL, read from its folder so that an analyst can read along.
#[derive(Debug, Clone)]
pub struct ListSql {
    inputs: Vec<Input>,
}

/// The statements that make a list, by file name.
const STATEMENTS: [&str; 5] = [
    "ranking",
    "contributions",
    "people",
    "entries",
    "listed_contributions",
];

impl ListSql {
    pub fn load(dir: &Path) -> Result<Self> {
        let read = |name: &&str| {
            let file = file_of(name);
            let text = std::fs::read_to_string(dir.join(&file))
                .with_context(|| format!("cannot read {file}"))?;
            let role = Role::List;
            Ok(Input { role, file, text })
        };
        Ok(Self {
            inputs: STATEMENTS.iter().map(read).collect::<Result<_>>()?,
        })
    }

    fn get(&self, name: &str) -> Result<&str> {
        let file = file_of(name);
        self.inputs
            .iter()
            .find(|input| input.file == file)
            .map(|input| input.text.as_str())
            .with_context(|| format!("the list has no {file}"))
    }

    fn sha256(&self) -> String {
        inputs::sha256(self.inputs.iter())
    }
}

fn file_of(name: &str) -> String {
    format!("jobs/harm-list/{name}.sql")
}

/// What stands before `entries.sql` and `listed_contributions.sql`, whose
/// columns go into the ledger in their order; `) as rows` follows.
pub const INSERT_ENTRIES: &str =
    "insert into ledger.list_entries by name\nselect $list_id as list_id, rows.* from (\n";
pub const INSERT_CONTRIBUTIONS: &str =
    "insert into ledger.list_contributions by name\nselect $list_id as list_id, rows.* from (\n";

/// What a list is made from.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    pub as_of: AsOf,
    /// The batch up to which the warehouse stands.
    pub known_at: i64,
    pub settings: &'a ListSettings,
    pub reference: &'a Reference,
    pub sql: &'a ListSql,
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
    let fingerprint = fingerprint(&inputs)?;
    if let Some(made) = find(store, &fingerprint)? {
        return Ok(made);
    }
    store.transaction(|tx| {
        rank(tx, inputs)?;
        describe(tx, inputs)?;
        let counts = counts::take(tx, inputs.as_of, inputs.settings)?;
        let list_id: i64 =
            tx.query_row("select nextval('ledger.list_ids')", [], |row| row.get(0))?;
        write(tx, list_id, &fingerprint, inputs, &counts, made_at)?;
        tx.execute_batch("drop table contributions; drop table people; drop table ranking;")?;
        Ok(Made {
            list_id,
            is_new: true,
            counts,
        })
    })
}

/// Ranks everyone into the temporary table `ranking`: a row's place is the
/// person's rank.
pub fn rank(connection: &Connection, inputs: Inputs<'_>) -> Result<()> {
    fill(connection, "ranking", inputs)
}

/// Says of every allegation in the window whether and why it counts, and of
/// every person what stands beside the score: the temporary tables
/// `contributions` and `people`. Both must agree with the ranking.
fn describe(connection: &Connection, inputs: Inputs<'_>) -> Result<()> {
    fill(connection, "contributions", inputs)?;
    fill(connection, "people", inputs)?;
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

fn fill(connection: &Connection, table: &str, inputs: Inputs<'_>) -> Result<()> {
    let sql = inputs.sql.get(table)?;
    check_single_select(connection, sql).with_context(|| format!("jobs/harm-list/{table}.sql"))?;
    let settings = inputs.settings;
    let of_age = inputs.as_of.0 - Months::new(12 * settings.minimum_age);
    bind::execute(
        connection,
        &format!("create or replace temp table {table} as\n{sql}"),
        &[
            ("as_of", &bind::date(inputs.as_of.0)),
            (
                "window_from",
                &bind::date(inputs.as_of.window_start(settings.window_days)),
            ),
            ("window_to", &bind::date(inputs.as_of.last_day())),
            ("window_by", &settings.window_by.as_str()),
            ("edition", &inputs.reference.edition()),
            ("minimum_age", &settings.minimum_age),
            ("adult_born_by", &bind::date(of_age)),
            ("count_conditional_codes", &settings.count_conditional_codes),
            ("count_no_further_action", &settings.count_no_further_action),
        ],
    )
    .with_context(|| format!("jobs/harm-list/{table}.sql failed"))?;
    Ok(())
}

fn fingerprint(inputs: &Inputs<'_>) -> Result<String> {
    let text = format!(
        "{}\n{}\n{}\n{}\n{}\n{}",
        inputs.as_of,
        inputs.known_at,
        inputs.reference.index_sha256(),
        inputs.reference.basket_sha256(),
        inputs.sql.sha256(),
        serde_json::to_string(inputs.settings)?
    );
    Ok(hex_sha256(text.as_bytes()))
}

fn find(store: &Store, fingerprint: &str) -> Result<Option<Made>> {
    let found = bind::query(
        store.connection(),
        "select list_id, counts from ledger.lists where fingerprint = $fingerprint",
        &[("fingerprint", &fingerprint)],
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
    )?;
    found
        .into_iter()
        .next()
        .map(|(list_id, counts)| {
            Ok(Made {
                list_id,
                is_new: false,
                counts: serde_json::from_str(&counts)?,
            })
        })
        .transpose()
}

fn write(
    connection: &Connection,
    list_id: i64,
    fingerprint: &str,
    inputs: Inputs<'_>,
    counts: &Counts,
    made_at: NaiveDateTime,
) -> Result<()> {
    let settings = inputs.settings;
    connection.execute(
        "insert into ledger.lists values (?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null, ?)",
        params![
            list_id,
            inputs.as_of.0,
            inputs.known_at,
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
            made_at,
        ],
    )?;
    let entries = bind::execute(
        connection,
        &format!("{INSERT_ENTRIES}{}\n) as rows", inputs.sql.get("entries")?),
        &[("list_id", &list_id)],
    )?;
    let ranked: usize =
        connection.query_row("select count(*) from people", [], |row| row.get(0))?;
    ensure!(
        entries == ranked,
        "{entries} entries for {ranked} people: jobs/harm-list/entries.sql lost some"
    );
    bind::execute(
        connection,
        &format!(
            "{INSERT_CONTRIBUTIONS}{}\n) as rows",
            inputs.sql.get("listed_contributions")?
        ),
        &[
            ("list_id", &list_id),
            ("edition", &inputs.reference.edition()),
            ("kept", &(settings.size + settings.reserve)),
        ],
    )?;
    Ok(())
}
