//! What is on record of a person, of an account or since a day, as somebody
//! who asks for their data (Data Protection Act 2018 s.45) or an inspector
//! needs it.

use anyhow::Result;
use chrono::NaiveDateTime;
use duckdb::{Connection, Row};

use crate::model::account_name::AccountName;
use crate::store::bind;
use crate::table::{Cell, Column, Table};

/// What is asked for; what is left out does not matter.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Every identifier of one person.
    pub person: Option<&'a [String]>,
    pub account: Option<&'a AccountName>,
    /// The users of the machine who may act under the account.
    pub uids: &'a [u32],
    /// UTC.
    pub from: Option<NaiveDateTime>,
    pub until: Option<NaiveDateTime>,
}

/// Every act that is asked for, oldest first. Must run in a transaction, whose
/// temporary table of merged records it makes.
pub fn export(connection: &Connection, asked: Asked<'_>) -> Result<Table> {
    make_records(connection)?;
    let ids = serde_json::to_string(asked.person.unwrap_or_default())?;
    let uids = serde_json::to_string(asked.uids)?;
    let values: bind::Values<'_> = &[
        ("ids", &ids),
        ("of_people", &asked.person.is_some()),
        ("account", &asked.account.map(AccountName::as_str)),
        ("uids", &uids),
        ("from", &asked.from),
        ("until", &asked.until),
    ];
    let mut rows = bind::query(connection, include_str!("events.sql"), values, read)?;
    if asked.person.is_some() {
        // The ledgers say more of these than the log does.
        rows.retain(|row| !is_in_ledgers(row));
        let of_ledgers = include_str!("person.sql");
        rows.extend(bind::query(connection, of_ledgers, values, read)?);
        rows.sort_by(|a, b| a[0].cmp(&b[0]));
    }
    let columns = vec![
        Column::date("at"),
        Column::words("kind"),
        Column::words("what"),
        Column::words("account"),
        Column::number("uid"),
        Column::words("user"),
        Column::words("people"),
        Column::words("lists"),
        Column::words("reason"),
        Column::words("detail"),
        Column::code("record"),
    ];
    let cells = |row: Vec<Option<String>>| row.into_iter().map(Cell::from).collect();
    Ok(Table::of(columns, rows.into_iter().map(cells).collect()))
}

fn is_in_ledgers(row: &[Option<String>]) -> bool {
    let is = |place: usize, text: &str| row[place].as_deref() == Some(text);
    is(1, "alteration") && (is(2, "list decide") || is(2, "list mark"))
}

/// Each version of each record of a person, and what it was merged into.
fn make_records(connection: &Connection) -> Result<()> {
    let is_there: bool = bind::query_one(
        connection,
        "select count(*) = 2 from duckdb_columns() where schema_name = 'history' \
             and table_name = 'nominals' and column_name in ('nominal_id', 'merged_into')",
        &[],
        |row| row.get(0),
    )?;
    let source = if is_there {
        "select nominal_id, merged_into, batch_from from history.nominals"
    } else {
        "select null, null, null where false"
    };
    connection.execute_batch(&format!(
        "create or replace temp table records (nominal_id varchar, merged_into varchar, \
             batch_id bigint); \
         insert into records {source}"
    ))?;
    Ok(())
}

fn read(row: &Row<'_>) -> duckdb::Result<Vec<Option<String>>> {
    let at: NaiveDateTime = row.get("acted_at")?;
    let uid: Option<u32> = row.get("machine_uid")?;
    let text = |column: &str| row.get::<_, Option<String>>(column);
    Ok(vec![
        Some(at.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
        text("kind")?,
        text("what")?,
        text("account")?,
        uid.map(|uid| uid.to_string()),
        text("machine_user")?,
        text("subjects")?,
        text("lists")?,
        text("reason")?,
        text("detail")?,
        text("reference")?,
    ])
}
