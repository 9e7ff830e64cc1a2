//! Which users of the machine may act under which accounts. Changes are rows
//! appended; the newest one of an account and uid holds. Several accounts may
//! be bound to one uid, since a small force works under one, and several uids
//! to one account; every record has both.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use duckdb::{Connection, params};

use super::accounts::{self, Role};
use crate::audit::{self, Event, Kind};
use crate::model::account_name::AccountName;
use crate::model::act::Act;
use crate::model::operator::Operator;
use crate::store::{Store, bind, chain};

/// Lets a user of the machine act under an account.
pub fn bind(store: &Store, account: &AccountName, uid: u32, act: Act<'_>) -> Result<()> {
    store.transaction(|tx| {
        accounts::require(tx, act, Role::AuthorisingOfficer)?;
        ensure!(
            !uids(tx, account)?.contains(&uid),
            "{account} is bound to {} already; nothing was changed",
            Operator::of(uid)
        );
        append(tx, account, uid, true, act)
    })
}

/// Takes it back; what was done under the account stays.
pub fn unbind(store: &Store, account: &AccountName, uid: u32, act: Act<'_>) -> Result<()> {
    store.transaction(|tx| {
        accounts::require(tx, act, Role::AuthorisingOfficer)?;
        ensure!(
            uids(tx, account)?.contains(&uid),
            "{account} is not bound to {}; nothing was changed",
            Operator::of(uid)
        );
        append(tx, account, uid, false, act)?;
        // With nobody left, the folder's owner could appoint themselves.
        ensure!(
            !accounts::acting_officers(tx)?.is_empty(),
            "{account} is the last {} who is bound to anybody; nothing was changed",
            Role::AuthorisingOfficer
        );
        Ok(())
    })
}

/// The uids of every account that is bound to one.
pub fn all(connection: &Connection) -> Result<BTreeMap<String, Vec<u32>>> {
    let rows = bind::query(
        connection,
        "select account, uid from ledger.account_bindings group by account, uid \
         having last(is_bound order by binding_id) order by account, uid",
        &[],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?)),
    )?;
    let mut found: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (account, uid) in rows {
        found.entry(account).or_default().push(uid);
    }
    Ok(found)
}

/// The uids that an account is bound to.
pub fn uids(connection: &Connection, account: &AccountName) -> Result<Vec<u32>> {
    Ok(all(connection)?
        .remove(account.as_str())
        .unwrap_or_default())
}

/// Refuses an account that whoever runs the program is not bound to.
pub fn require(connection: &Connection, account: &AccountName, operator: &Operator) -> Result<()> {
    let bound = uids(connection, account)?;
    ensure!(
        bound.contains(&operator.uid),
        "{account} is bound to {}, and this is run by {operator}; an authorising officer binds it: \
         `daybook account bind {account} --uid {} --by OFFICER`; nothing was changed",
        told(&bound),
        operator.uid
    );
    Ok(())
}

/// `uid 1000 (wren) and uid 1001 (teal)`, or `nobody`.
pub fn told(uids: &[u32]) -> String {
    let told: Vec<String> = uids
        .iter()
        .map(|uid| Operator::of(*uid).to_string())
        .collect();
    match told.as_slice() {
        [] => "nobody".to_owned(),
        told => told.join(" and "),
    }
}

pub(super) fn append(
    connection: &Connection,
    account: &AccountName,
    uid: u32,
    is_bound: bool,
    act: Act<'_>,
) -> Result<()> {
    let binding_id: i64 =
        connection.query_row("select nextval('ledger.account_binding_ids')", [], |row| {
            row.get(0)
        })?;
    connection.execute(
        "insert into ledger.account_bindings values (?, ?, ?, ?, ?, ?)",
        params![
            binding_id,
            account.as_str(),
            uid,
            is_bound,
            act.by.as_str(),
            act.at
        ],
    )?;
    chain::seal(connection, "ledger.account_bindings", &[binding_id])?;
    let event = Event {
        detail: serde_json::json!({ "account": account, "uid": uid }),
        ..Event::new(
            Kind::Administration,
            if is_bound {
                "account bind"
            } else {
                "account unbind"
            },
        )
    };
    audit::record(connection, act.into(), &event)
}
