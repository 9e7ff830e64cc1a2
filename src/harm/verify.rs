//! Makes a past list again, from the texts kept with it and from history as it
//! was known then, and compares every frozen row.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use chrono::NaiveDateTime;
use duckdb::{Connection, Row, params};
use serde::Serialize;

use super::counts::{self, Counts};
use super::index::{self, Reference};
use super::inputs::{self, Input, Role};
use super::list::{self, List};
use super::ranking;
use super::sql::{self, Bound, Frozen, ListSql, Occasion};
use crate::model::as_of::AsOf;
use crate::store::Store;
use crate::store::bind;

/// How a list compared with itself made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    pub list_id: i64,
    pub as_of: AsOf,
    /// Frozen rows that were compared.
    pub rows: u64,
    /// People whose rows differ, each with every difference.
    pub people: Vec<DifferingPerson>,
    /// Figures of the whole list that differ.
    pub list: Vec<Difference>,
}

impl Verified {
    pub fn is_identical(&self) -> bool {
        self.people.is_empty() && self.list.is_empty()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DifferingPerson {
    pub nominal_id: String,
    /// What brought the difference about, in words.
    pub cause: String,
    pub differences: Vec<Difference>,
}

/// One value that is not what was frozen; none where a row is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Table of the ledger, without its schema.
    pub table: String,
    /// What tells the row apart beside the person: a crime, a variant.
    pub row: String,
    pub column: String,
    pub frozen: Option<String>,
    pub again: Option<String>,
}

/// A database beside the deployment's own, in memory, in which the tables of
/// the warehouse stand as they stood when a list was made.
pub struct Workshop {
    store: Store,
    /// Name of the deployment's own database.
    own: String,
    /// The batch and the texts that the tables stand on.
    stands_on: Option<(i64, String)>,
}

/// The cause for people whose own figures are as they were.
pub const PASSED: &str = "others moved past";

/// Name of that database.
const NAME: &str = "made_again";

impl Workshop {
    pub fn open(store: &Store) -> Result<Self> {
        let store = store.sibling()?;
        let connection = store.connection();
        let own: String = connection.query_row("select current_database()", [], |r| r.get(0))?;
        let tables: Vec<(String, String)> = bind::query(
            connection,
            "select table_schema, table_name from information_schema.tables \
             where table_catalog = current_database() \
                 and table_schema in ('history', 'ledger') order by all",
            &[],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        connection.execute_batch(&format!("attach ':memory:' as {NAME}; use {NAME};"))?;
        for schema in ["history", "ledger", "staging", "core", "mart"] {
            connection.execute_batch(&format!("create schema {schema}"))?;
        }
        for (schema, table) in tables {
            connection.execute_batch(&format!(
                "create view {schema}.{table} as from \"{own}\".{schema}.{table}"
            ))?;
        }
        Ok(Self {
            store,
            own,
            stands_on: None,
        })
    }

    /// Makes a list again and compares.
    pub fn verify(&mut self, list: &List) -> Result<Verified> {
        let connection = self.store.connection();
        let texts = inputs::kept(connection, list.list_id)?;
        anyhow::ensure!(
            !texts.is_empty(),
            "list {} was made before its texts were kept; it cannot be made again",
            list.list_id
        );
        self.stand_on(list.known_at, &texts)?;
        let connection = self.store.connection();
        let previous = match list.previous_id {
            Some(previous_id) => Some(
                list::by_id(connection, previous_id)?
                    .with_context(|| format!("list {previous_id}, the one before, is gone"))?,
            ),
            None => None,
        };
        let occasion = Occasion {
            list_id: list.list_id,
            as_of: AsOf(list.as_of),
            marks_known_at: list.marks_known_at,
            decisions_known_at: list.decisions_known_at,
            previous: previous.as_ref(),
        };
        let bound = Bound::new(&list.settings, occasion);
        let statements = ListSql::of(&texts);
        ranking::compute(
            connection,
            &statements,
            &list.settings,
            AsOf(list.as_of),
            &bound,
        )?;
        let counts = counts::take(connection, statements.counts()?, &bound)?;
        let mut found = Found::default();
        for frozen in ranking::frozen_statements(&previous) {
            compare(connection, frozen, &statements, &bound, &mut found)?;
        }
        ranking::drop_working(connection)?;
        Ok(Verified {
            list_id: list.list_id,
            as_of: AsOf(list.as_of),
            rows: found.rows,
            people: found.people(),
            list: [
                differing_head(list, &texts)?,
                found.list,
                differing_counts(&list.counts, &counts)?,
            ]
            .concat(),
        })
    }

    /// Rebuilds the tables unless they stand on the same batch and texts.
    fn stand_on(&mut self, known_at: i64, texts: &[Input]) -> Result<()> {
        let decides = |input: &&Input| input.role != Role::List;
        let ground = (known_at, inputs::sha256(texts.iter().filter(decides)));
        if self.stands_on.as_ref() == Some(&ground) {
            return Ok(());
        }
        let connection = self.store.connection();
        let references = texts
            .iter()
            .filter(|input| matches!(input.role, Role::Edition | Role::Aliases | Role::Basket));
        index::write(
            connection,
            &Reference::parse(references.cloned().collect())?,
        )?;
        for model in texts.iter().filter(|input| input.role == Role::Model) {
            let table = table_of(&model.file)?;
            bind::execute(
                connection,
                &format!("create or replace table {table} as\n{}", model.text),
                &[("known_at", &known_at)],
            )
            .with_context(|| format!("{} as kept failed", model.file))?;
        }
        self.stands_on = Some(ground);
        Ok(())
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What stays attached would only be memory.
        let _ = self
            .store
            .connection()
            .execute_batch(&format!("use \"{}\"; detach {NAME};", self.own));
    }
}

/// Writes into the ledger how a list compared.
pub fn record(connection: &Connection, verified: &Verified, at: NaiveDateTime) -> Result<()> {
    connection.execute(
        "insert into ledger.list_verifications values (?, ?, ?, ?, ?)",
        params![
            verified.list_id,
            verified.is_identical(),
            i32::try_from(verified.people.len())?,
            env!("CARGO_PKG_VERSION"),
            at
        ],
    )?;
    Ok(())
}

/// The table that a model's file makes: its folder is the layer.
fn table_of(file: &str) -> Result<String> {
    let path = Path::new(file);
    let layer = path.parent().and_then(Path::file_name);
    let parts = layer.zip(path.file_stem());
    let (layer, name) = parts.with_context(|| format!("{file} is no path of a model"))?;
    Ok(format!("{}.{}", layer.display(), name.display()))
}

#[derive(Default)]
struct Found {
    rows: u64,
    by_person: BTreeMap<String, Vec<Difference>>,
    list: Vec<Difference>,
}

impl Found {
    fn people(&mut self) -> Vec<DifferingPerson> {
        std::mem::take(&mut self.by_person)
            .into_iter()
            .map(|(nominal_id, differences)| DifferingPerson {
                cause: cause(&differences),
                nominal_id,
                differences,
            })
            .collect()
    }
}

/// Compares what a statement gives with the rows frozen for it.
fn compare(
    connection: &Connection,
    frozen: Frozen,
    statements: &ListSql,
    bound: &Bound,
    found: &mut Found,
) -> Result<()> {
    let Frozen {
        statement, table, ..
    } = frozen;
    let own = bound.get("list_id");
    let list_id = ("list_id", &own as &dyn duckdb::ToSql);
    let rows: u64 = bind::query_one(
        connection,
        &format!("select count(*) from ledger.{table} where list_id = $list_id"),
        &[list_id],
        |row| row.get(0),
    )?;
    found.rows += rows;
    let Some(text) = statements.get(statement) else {
        // Before there was such a statement there were no such rows.
        if rows > 0 {
            found
                .list
                .push(of_list(table, "statement", "rows without one"));
        }
        return Ok(());
    };
    let head = "create or replace temp table again as\nselect rows.* from (\n";
    sql::run(connection, statement, text, (head, ranking::TAIL), bound)?;
    let columns = bind::temp_columns(connection, "again")?;
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let keys = frozen.keys;
    let values: Vec<&str> = names
        .iter()
        .filter(|name| !keys.contains(name))
        .copied()
        .collect();
    let doubled: u64 = bind::query_one(
        connection,
        &format!(
            "select count(*) - count(distinct ({})) from ledger.{table} where list_id = $list_id",
            keys.join(", ")
        ),
        &[list_id],
        |row| row.get(0),
    )?;
    if doubled > 0 {
        found
            .list
            .push(of_list(table, "rows", &format!("{doubled} doubled")));
    }
    let rows = bind::query(
        connection,
        &differing_rows(table, keys, &values),
        &[list_id],
        |row| DifferingRow::read(row, values.len()),
    )?;
    for row in rows {
        let place = if keys.contains(&"nominal_id") {
            found.by_person.entry(row.person.clone()).or_default()
        } else {
            &mut found.list
        };
        place.extend(row.differences(table, &values));
    }
    connection.execute_batch("drop table temp.again")?;
    Ok(())
}

/// A row that is not the same on both sides.
struct DifferingRow {
    person: String,
    /// What else tells the row apart.
    row: String,
    was_there: bool,
    is_there: bool,
    /// Every value but the keys, as frozen and as made again.
    cells: Vec<(Option<String>, Option<String>)>,
}

impl DifferingRow {
    fn read(row: &Row<'_>, values: usize) -> duckdb::Result<Self> {
        let cells = (0..values)
            .map(|place| Ok((row.get(4 + 2 * place)?, row.get(5 + 2 * place)?)))
            .collect::<duckdb::Result<_>>()?;
        Ok(Self {
            person: row.get(0)?,
            row: row.get(1)?,
            was_there: row.get(2)?,
            is_there: row.get(3)?,
            cells,
        })
    }

    fn differences(self, table: &str, columns: &[&str]) -> Vec<Difference> {
        let row = self.row;
        let difference = |column: &str, frozen, again| Difference {
            table: table.to_owned(),
            row: row.clone(),
            column: column.to_owned(),
            frozen,
            again,
        };
        if !self.was_there || !self.is_there {
            let told = |is: bool| is.then(|| "a row".to_owned());
            return vec![difference("row", told(self.was_there), told(self.is_there))];
        }
        columns
            .iter()
            .zip(self.cells)
            .filter(|(_, (frozen, again))| frozen != again)
            .map(|(column, (frozen, again))| difference(column, frozen, again))
            .collect()
    }
}

/// Rows that are not the same on both sides: the person, what else tells the
/// row apart, whether each side has it, and every value of both.
fn differing_rows(table: &str, keys: &[&str], values: &[&str]) -> String {
    let on: Vec<String> = keys
        .iter()
        .map(|key| format!("frozen.{key} = again.{key}"))
        .collect();
    let key = |name: &str| format!("coalesce(frozen.{name}, again.{name})");
    let person = if keys[0] == "nominal_id" {
        key("nominal_id")
    } else {
        "''".to_owned()
    };
    let others: Vec<String> = keys
        .iter()
        .filter(|name| **name != "nominal_id")
        .map(|name| key(name))
        .collect();
    let row = if others.is_empty() {
        "''".to_owned()
    } else {
        others.join(" || ' ' || ")
    };
    let cells: Vec<String> = values
        .iter()
        .map(|name| format!("cast(frozen.{name} as varchar), cast(again.{name} as varchar)"))
        .collect();
    let differs: Vec<String> = values
        .iter()
        .map(|name| format!("frozen.{name} is distinct from again.{name}"))
        .collect();
    format!(
        "with frozen as (select * from ledger.{table} where list_id = $list_id) \
         select {person}, {row}, frozen.{first} is not null, again.{first} is not null, {} \
         from frozen full join again on {} \
         where frozen.{first} is null or again.{first} is null or {} \
         order by 1, 2",
        cells.join(", "),
        on.join(" and "),
        differs.join(" or "),
        first = keys[0],
    )
}

/// Something that is wrong with a list's rows as a whole.
fn of_list(table: &str, column: &str, frozen: &str) -> Difference {
    Difference {
        table: table.to_owned(),
        row: "whole".to_owned(),
        column: column.to_owned(),
        frozen: Some(frozen.to_owned()),
        again: None,
    }
}

/// What the head says of the list, against the settings and texts kept with it.
fn differing_head(list: &List, texts: &[Input]) -> Result<Vec<Difference>> {
    let reference = Reference::parse(texts.to_vec())?;
    let (as_of, settings) = (AsOf(list.as_of), &list.settings);
    let wanted = [
        (
            "window_from",
            list.window_from.to_string(),
            as_of.window_start(settings.window_days).to_string(),
        ),
        (
            "window_to",
            list.window_to.to_string(),
            as_of.last_day().to_string(),
        ),
        ("size", list.size.to_string(), settings.size.to_string()),
        (
            "reserve",
            list.reserve.to_string(),
            settings.reserve.to_string(),
        ),
        (
            "edition",
            list.edition.clone(),
            reference.edition().to_owned(),
        ),
        (
            "index_sha256",
            list.index_sha256.clone(),
            reference.index_sha256(),
        ),
        (
            "basket_sha256",
            list.basket_sha256.clone(),
            reference.basket_sha256(),
        ),
        (
            "sql_sha256",
            list.sql_sha256.clone(),
            ListSql::of(texts).sha256(),
        ),
        (
            "fingerprint",
            list.fingerprint
                .split(' ')
                .next()
                .unwrap_or_default()
                .to_owned(),
            ranking::fingerprint(as_of, list.known_at, texts, settings)?,
        ),
    ];
    Ok(wanted
        .into_iter()
        .filter(|(_, frozen, again)| frozen != again)
        .map(|(column, frozen, again)| Difference {
            table: "lists".to_owned(),
            row: "head".to_owned(),
            column: column.to_owned(),
            frozen: Some(frozen),
            again: Some(again),
        })
        .collect())
}

/// Lists of which rows are left and the head is gone.
pub fn headless(connection: &Connection) -> Result<Vec<i64>> {
    bind::query(
        connection,
        "select distinct list_id from ledger.list_entries \
         where list_id not in (select list_id from ledger.lists) order by list_id",
        &[],
        |row| row.get(0),
    )
}

fn differing_counts(frozen: &Counts, again: &Counts) -> Result<Vec<Difference>> {
    // Through the same text, so that both were read back the same way.
    let frozen = serde_json::to_value(frozen)?;
    let again: Counts = serde_json::from_str(&serde_json::to_string(again)?)?;
    let again = serde_json::to_value(again)?;
    let mut differences = Vec::new();
    for (key, value) in frozen.as_object().into_iter().flatten() {
        let other = &again[key];
        if value != other {
            differences.push(Difference {
                table: "lists".to_owned(),
                row: "counts".to_owned(),
                column: key.clone(),
                frozen: Some(value.to_string()),
                again: Some(other.to_string()),
            });
        }
    }
    Ok(differences)
}

/// The first thing that explains the others: whether the person may be ranked,
/// an allegation, what else is told of the person, the places of others.
fn cause(differences: &[Difference]) -> String {
    let of = |table: &str, not: &[&str]| -> Vec<&Difference> {
        differences
            .iter()
            .filter(|d| d.table == table && !not.contains(&d.column.as_str()))
            .collect()
    };
    let told = |of: &[&Difference]| -> String {
        let words: Vec<String> = of.iter().map(|difference| in_words(difference)).collect();
        words.join("; ")
    };
    let entry = of(
        "list_entries",
        &["rank", "rank_at_liberty", "rank_without_nfa"],
    );
    let standing: Vec<&Difference> = entry
        .iter()
        .filter(|d| d.column == "standing")
        .copied()
        .collect();
    let crimes = of("list_contributions", &["rank_without"]);
    for found in [&standing, &crimes, &entry] {
        if !found.is_empty() {
            return told(found);
        }
    }
    if !of("list_entries", &[]).is_empty() {
        return PASSED.to_owned();
    }
    match differences.first().map(|d| d.table.as_str()) {
        Some("list_moves") => "the movement differs",
        Some("list_variant_ranks") => "the place under another rule differs",
        _ => "the rank without an allegation differs",
    }
    .to_owned()
}

fn in_words(difference: &Difference) -> String {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    let (was, is) = (value(&difference.frozen), value(&difference.again));
    let column = &difference.column;
    let of = match difference.table.as_str() {
        "list_contributions" => format!("crime {}: ", difference.row),
        _ => String::new(),
    };
    match (&difference.frozen, column.as_str()) {
        (Some(_), "row") => format!("{of}was there, is not"),
        (None, "row") => format!("{of}was not there, is"),
        _ => format!("{of}{column} was {was}, is {is}"),
    }
}
