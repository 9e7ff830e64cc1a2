//! Who may do what with a list. Changes are rows appended; the newest one of
//! an account and role holds.

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, bail, ensure};
use chrono::NaiveDateTime;
use duckdb::{Connection, params};
use serde::Serialize;

use crate::model::account_name::AccountName;
use crate::store::{Store, bind};

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
}

const ROLES: [Role; 5] = [
    Role::AuthorisingOfficer,
    Role::SpecialistReviewer,
    Role::Analyst,
    Role::ConductReader,
    Role::Publisher,
];

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthorisingOfficer => "authorising-officer",
            Self::SpecialistReviewer => "specialist-reviewer",
            Self::Analyst => "analyst",
            Self::ConductReader => "conduct-reader",
            Self::Publisher => "publisher",
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
                    "{text:?} is no role; expected authorising-officer, specialist-reviewer, \
                     analyst, conduct-reader or publisher"
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

/// Who changes a role, and when.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    pub by: &'a AccountName,
    pub at: NaiveDateTime,
}

/// Gives an account a role.
pub fn grant(store: &Store, account: &AccountName, role: Role, change: Change<'_>) -> Result<()> {
    store.transaction(|tx| {
        if let Some(held) = holding(tx, account, role)?.filter(|held| held.is_granted) {
            bail!(
                "{account} has been {role} since {}, by {}; nothing was changed",
                shown(held.changed_at),
                held.changed_by
            );
        }
        check_may_change(tx, account, change.by)?;
        append(tx, account, role, true, change)
    })
}

/// Takes a role from an account; what it did in it stays.
pub fn revoke(store: &Store, account: &AccountName, role: Role, change: Change<'_>) -> Result<()> {
    store.transaction(|tx| {
        ensure!(
            holding(tx, account, role)?.is_some_and(|held| held.is_granted),
            "{account} is not {role}; nothing was changed"
        );
        require(tx, change.by, Role::AuthorisingOfficer)?;
        // With nobody left, whoever opens the database could give the role.
        ensure!(
            role != Role::AuthorisingOfficer || officers(tx)?.len() > 1,
            "{account} is the last {role}; name another first; nothing was changed"
        );
        append(tx, account, role, false, change)
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

/// Refuses an account that does not hold a role.
pub fn require(connection: &Connection, account: &AccountName, role: Role) -> Result<()> {
    let held = holdings(
        connection,
        "account = $account",
        &[("account", &account.as_str())],
    )?;
    ensure!(
        !held.is_empty(),
        "no account is called {account}; see `daybook account list`; nothing was changed"
    );
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

/// Roles are given by an authorising officer to others. While there is none,
/// whoever may open the database gives the first.
fn check_may_change(
    connection: &Connection,
    account: &AccountName,
    by: &AccountName,
) -> Result<()> {
    if officers(connection)?.is_empty() {
        return Ok(());
    }
    require(connection, by, Role::AuthorisingOfficer)?;
    ensure!(
        account != by,
        "{by} cannot give themselves a role; another authorising officer can; nothing was changed"
    );
    Ok(())
}

fn officers(connection: &Connection) -> Result<Vec<Holding>> {
    holdings(
        connection,
        "is_granted and role = $role",
        &[("role", &Role::AuthorisingOfficer.as_str())],
    )
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
    change: Change<'_>,
) -> Result<()> {
    connection.execute(
        "insert into ledger.account_roles \
         values (nextval('ledger.account_change_ids'), ?, ?, ?, ?, ?)",
        params![
            account.as_str(),
            role.as_str(),
            is_granted,
            change.by.as_str(),
            change.at
        ],
    )?;
    Ok(())
}
