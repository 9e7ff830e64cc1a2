//! Who may do what with a list. Changes are rows appended; the newest one of
//! an account and role holds.

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, bail, ensure};
use chrono::NaiveDateTime;
use duckdb::{Connection, params};
use serde::Serialize;

use super::bindings;
use crate::audit::{self, Event, Kind};
use crate::model::account_name::AccountName;
use crate::model::act::Act;
use crate::store::{Store, bind, chain};

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Decides on each person of a list, contests, restricts, gives roles.
    AuthorisingOfficer,
    /// Reviews counter-allegations.
    SpecialistReviewer,
    /// Reads.
    Analyst,
    /// Reads conduct and HR data; each look is on record.
    ConductReader,
    /// Announces and issues public releases.
    Publisher,
    /// Takes batches back, confirms snapshots, imports harm indexes.
    DataSteward,
    /// Reads the log of who did what.
    Inspector,
}

const ROLES: [Role; 7] = [
    Role::AuthorisingOfficer,
    Role::SpecialistReviewer,
    Role::Analyst,
    Role::ConductReader,
    Role::Publisher,
    Role::DataSteward,
    Role::Inspector,
];

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthorisingOfficer => "authorising-officer",
            Self::SpecialistReviewer => "specialist-reviewer",
            Self::Analyst => "analyst",
            Self::ConductReader => "conduct-reader",
            Self::Publisher => "publisher",
            Self::DataSteward => "data-steward",
            Self::Inspector => "inspector",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        ROLES
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| {
                format!(
                    "{text:?} is no role; expected {}",
                    ROLES.map(Self::as_str).join(", ")
                )
            })
    }
}

/// A role that an account was given, and whether it still holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holding {
    pub account: String,
    pub role: String,
    pub is_granted: bool,
    pub changed_by: String,
    pub changed_at: NaiveDateTime,
}

/// Makes the account that acts the first authorising officer of a deployment,
/// bound to whoever runs the program. Refused once an officer is bound: officers
/// make others. Of a deployment from before accounts were bound, one of its
/// officers is bound.
pub fn appoint(store: &Store, act: Act<'_>) -> Result<()> {
    let account = act.by;
    store.transaction(|tx| {
        let acting = acting_officers(tx)?;
        ensure!(
            acting.is_empty(),
            "there is an authorising officer, {}, who gives roles: `daybook account grant`; \
             nothing was changed",
            acting.join(" and ")
        );
        let officers = officers(tx)?;
        ensure!(
            officers.is_empty() || officers.contains(&account.to_string()),
            "{account} is not authorising-officer but {} is; appoint one who is; nothing was \
             changed",
            officers.join(" and ")
        );
        if officers.is_empty() {
            append(tx, account, Role::AuthorisingOfficer, true, act)?;
        }
        bindings::append(tx, account, act.operator.uid, true, act)
    })
}

/// Gives an account a role, and binds it to a user of the machine when one is
/// named.
pub fn grant(
    store: &Store,
    account: &AccountName,
    role: Role,
    uid: Option<u32>,
    act: Act<'_>,
) -> Result<()> {
    store.transaction(|tx| {
        if let Some(held) = holding(tx, account, role)?.filter(|held| held.is_granted) {
            bail!(
                "{account} has been {role} since {}, by {}; nothing was changed",
                shown(held.changed_at),
                held.changed_by
            );
        }
        check_may_change(tx, account, act)?;
        append(tx, account, role, true, act)?;
        let bound = bindings::uids(tx, account)?;
        match uid.filter(|uid| !bound.contains(uid)) {
            Some(uid) => bindings::append(tx, account, uid, true, act),
            None => Ok(()),
        }
    })
}

/// Takes a role from an account; what it did in it stays.
pub fn revoke(store: &Store, account: &AccountName, role: Role, act: Act<'_>) -> Result<()> {
    store.transaction(|tx| {
        ensure!(
            holding(tx, account, role)?.is_some_and(|held| held.is_granted),
            "{account} is not {role}; nothing was changed"
        );
        require(tx, act, Role::AuthorisingOfficer)?;
        append(tx, account, role, false, act)?;
        // With nobody left, the folder's owner could appoint themselves.
        ensure!(
            !acting_officers(tx)?.is_empty(),
            "{account} is the last {role} who is bound to anybody; name another first; nothing \
             was changed"
        );
        Ok(())
    })
}

/// Every role ever given, by account.
pub fn all(connection: &Connection) -> Result<Vec<Holding>> {
    holdings(connection, "true", &[])
}

/// Whether an account holds a role now.
pub fn holds(connection: &Connection, account: &AccountName, role: Role) -> Result<bool> {
    Ok(holding(connection, account, role)?.is_some_and(|held| held.is_granted))
}

/// Refuses an act under an account that does not hold a role, or that whoever
/// runs the program is not bound to.
pub fn require(connection: &Connection, act: Act<'_>, role: Role) -> Result<()> {
    let account = act.by;
    let held = holdings(
        connection,
        "account = $account",
        &[("account", &account.as_str())],
    )?;
    ensure!(
        !held.is_empty(),
        "no account is called {account}; see `daybook account list`; nothing was changed"
    );
    bindings::require(connection, account, act.operator)?;
    let roles: Vec<&str> = held
        .iter()
        .filter(|held| held.is_granted)
        .map(|held| held.role.as_str())
        .collect();
    ensure!(
        roles.contains(&role.as_str()),
        "{account} is not {role} but {}; nothing was changed",
        if roles.is_empty() {
            "without a role".to_owned()
        } else {
            roles.join(" and ")
        }
    );
    Ok(())
}

/// A moment as refusals tell it.
pub fn shown(at: NaiveDateTime) -> String {
    format!("{} UTC", at.format("%Y-%m-%d %H:%M"))
}

/// Authorising officers who are bound to somebody, and so can act.
pub fn acting_officers(connection: &Connection) -> Result<Vec<String>> {
    let bound = bindings::all(connection)?;
    let mut officers = officers(connection)?;
    officers.retain(|officer| bound.contains_key(officer));
    Ok(officers)
}

/// Roles are given by an authorising officer to others.
fn check_may_change(connection: &Connection, account: &AccountName, act: Act<'_>) -> Result<()> {
    ensure!(
        !acting_officers(connection)?.is_empty(),
        "there is no authorising officer who is bound to anybody; the owner of the folder appoints \
         the first: `daybook account appoint NAME`; nothing was changed"
    );
    require(connection, act, Role::AuthorisingOfficer)?;
    ensure!(
        account != act.by,
        "{account} cannot give themselves a role; another authorising officer can; nothing was \
         changed"
    );
    Ok(())
}

fn officers(connection: &Connection) -> Result<Vec<String>> {
    let held = holdings(
        connection,
        "is_granted and role = $role",
        &[("role", &Role::AuthorisingOfficer.as_str())],
    )?;
    Ok(held.into_iter().map(|held| held.account).collect())
}

fn holding(connection: &Connection, account: &AccountName, role: Role) -> Result<Option<Holding>> {
    let found = holdings(
        connection,
        "account = $account and role = $role",
        &[("account", &account.as_str()), ("role", &role.as_str())],
    )?;
    Ok(found.into_iter().next())
}

fn holdings(
    connection: &Connection,
    which: &str,
    values: bind::Values<'_>,
) -> Result<Vec<Holding>> {
    bind::query(
        connection,
        &format!(
            "select * from (select account, role, \
                 last(is_granted order by change_id) as is_granted, \
                 last(changed_by order by change_id) as changed_by, \
                 last(changed_at order by change_id) as changed_at \
             from ledger.account_roles group by account, role) \
             where {which} order by account, role"
        ),
        values,
        |row| {
            Ok(Holding {
                account: row.get("account")?,
                role: row.get("role")?,
                is_granted: row.get("is_granted")?,
                changed_by: row.get("changed_by")?,
                changed_at: row.get("changed_at")?,
            })
        },
    )
}

fn append(
    connection: &Connection,
    account: &AccountName,
    role: Role,
    is_granted: bool,
    act: Act<'_>,
) -> Result<()> {
    let change_id: i64 =
        connection.query_row("select nextval('ledger.account_change_ids')", [], |row| {
            row.get(0)
        })?;
    connection.execute(
        "insert into ledger.account_roles values (?, ?, ?, ?, ?, ?)",
        params![
            change_id,
            account.as_str(),
            role.as_str(),
            is_granted,
            act.by.as_str(),
            act.at
        ],
    )?;
    chain::seal(connection, "ledger.account_roles", &[change_id])?;
    let event = Event {
        detail: serde_json::json!({ "account": account, "role": role }),
        ..Event::new(
            Kind::Administration,
            if is_granted {
                "account grant"
            } else {
                "account revoke"
            },
        )
    };
    audit::record(connection, act.into(), &event)
}
