//! Who looks into a room, and the record of it: each consultation with its
//! moment and statement, refused ones too (Data Protection Act 2018 s.62).

use anyhow::{Result, bail};
use chrono::NaiveDateTime;
use duckdb::{Connection, params};

use super::accounts::{self, Role};
use crate::model::account_name::AccountName;
use crate::model::room::Room;
use crate::store::Store;
use crate::store::scans::{self, Scans};

/// Somebody's wish to see what lies in a room.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// What they want to see, as a refusal tells it.
    pub what: &'a str,
    /// Who they say they are.
    pub account: Option<&'a AccountName>,
    pub machine_user: &'a str,
    /// The statement or command, word for word.
    pub statement: &'a str,
    /// UTC.
    pub at: NaiveDateTime,
}

/// Lets an account look that may, and refuses any other. Both are on record
/// when this returns.
pub fn consult(store: &Store, wish: Wish<'_>) -> Result<()> {
    let refusal = refusal(store.connection(), wish)?;
    store.transaction(|tx| record(tx, wish, refusal.as_deref()))?;
    match refusal {
        None => Ok(()),
        Some(refusal) => bail!("{refusal}; that it was asked for is on record"),
    }
}

/// What a statement reads that lies in a room, or might: nothing, for most.
pub fn seen(connection: &Connection, sql: &str) -> Result<Option<String>> {
    let Scans { tables, functions } = scans::scans(connection, sql)?;
    let inside = tables
        .iter()
        .filter(|table| {
            let schema = table.schema.as_deref().unwrap_or_default();
            Room::of_schema(schema) != Room::Open
        })
        .map(|table| format!("{}.{}", table.schema.as_deref().unwrap_or(""), table.name));
    let unclear = functions
        .iter()
        .filter(|name| !SHOW_NO_ROWS.contains(&name.as_str()))
        .map(|name| format!("what {name}() may find of it"));
    let seen: Vec<String> = inside.chain(unclear).collect();
    Ok((!seen.is_empty()).then(|| seen.join(", ")))
}

/// Functions that give rows of their own, or say what tables there are and
/// nothing of their rows. Any other may show some, such as a sample or the
/// smallest and largest values.
const SHOW_NO_ROWS: [&str; 22] = [
    "duckdb_columns",
    "duckdb_constraints",
    "duckdb_databases",
    "duckdb_dependencies",
    "duckdb_functions",
    "duckdb_indexes",
    "duckdb_keywords",
    "duckdb_schemas",
    "duckdb_sequences",
    "duckdb_settings",
    "duckdb_tables",
    "duckdb_types",
    "duckdb_views",
    "generate_series",
    "json_each",
    "json_tree",
    "pragma_show",
    "pragma_table_info",
    "pragma_version",
    "range",
    "repeat",
    "unnest",
];

fn refusal(connection: &Connection, wish: Wish<'_>) -> Result<Option<String>> {
    const ROLE: Role = Role::ConductReader;
    let what = wish.what;
    let why = match wish.account {
        Some(account) if accounts::holds(connection, account, ROLE)? => return Ok(None),
        Some(account) => {
            format!("{account} does not hold the role {ROLE}, and is not shown {what}")
        }
        None => format!(
            "only an account with the role {ROLE} is shown {what}; say who asks with --as ACCOUNT"
        ),
    };
    Ok(Some(format!(
        "conduct and HR data: {why}; an authorising officer gives the role: \
         `daybook account grant ACCOUNT --role {ROLE} --by OFFICER`"
    )))
}

fn record(connection: &Connection, wish: Wish<'_>, refusal: Option<&str>) -> Result<()> {
    connection.execute(
        "insert into conduct_ledger.consultations \
         values (nextval('conduct_ledger.consultation_ids'), ?, ?, ?, ?, ?)",
        params![
            wish.account.map(AccountName::as_str),
            wish.machine_user,
            wish.statement,
            refusal,
            wish.at
        ],
    )?;
    Ok(())
}
