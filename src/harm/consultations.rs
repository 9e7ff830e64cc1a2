//! Who looks into a room, and the record of it: each consultation with its
//! moment and statement, refused ones too (Data Protection Act 2018 s.62).

use anyhow::{Result, bail};
use chrono::NaiveDateTime;
use duckdb::{Connection, params};

use super::accounts::{self, Role};
use super::bindings;
use crate::model::account_name::AccountName;
use crate::model::operator::Operator;
use crate::model::restricted::Room;
use crate::store::{Store, chain};

/// Somebody's wish to see what lies in a room.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// What they want to see, as a refusal tells it.
    pub what: &'a str,
    /// Who they say they are.
    pub account: Option<&'a AccountName>,
    pub operator: &'a Operator,
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

/// Puts a statement on record that nobody may run, `what` being why.
pub fn refuse<T>(store: &Store, wish: Wish<'_>) -> Result<T> {
    store.transaction(|tx| record(tx, wish, Some(wish.what)))?;
    bail!("{}; that it was asked for is on record", wish.what)
}

/// Which of these tables lie in a room, in words; nothing, for most.
pub fn inside(tables: &[(String, String)]) -> Option<String> {
    let names: Vec<String> = tables
        .iter()
        .filter(|(schema, _)| Room::of_schema(schema) != Room::Open)
        .map(|(schema, table)| format!("{schema}.{table}"))
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn refusal(connection: &Connection, wish: Wish<'_>) -> Result<Option<String>> {
    const ROLE: Role = Role::ConductReader;
    let what = wish.what;
    let why = match wish.account {
        Some(account) if accounts::holds(connection, account, ROLE)? => {
            let bound = bindings::require(connection, account, wish.operator);
            return Ok(bound
                .err()
                .map(|error| format!("conduct and HR data: {error}")));
        }
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
    let consultation_id: i64 = connection.query_row(
        "select nextval('conduct_ledger.consultation_ids')",
        [],
        |row| row.get(0),
    )?;
    connection.execute(
        "insert into conduct_ledger.consultations (consultation_id, account, machine_uid, \
             machine_user, statement, refusal, consulted_at) \
         values (?, ?, ?, ?, ?, ?, ?)",
        params![
            consultation_id,
            wish.account.map(AccountName::as_str),
            wish.operator.uid,
            wish.operator.name,
            wish.statement,
            refusal,
            wish.at
        ],
    )?;
    chain::seal(
        connection,
        "conduct_ledger.consultations",
        &[consultation_id],
    )
}
