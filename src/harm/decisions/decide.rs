//! Accepts, defers or rejects people of a list: all that is wished, or none.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Result, bail};
use duckdb::{Connection, params};

use super::current_status::{self, Standing};
use super::{Verdict, overrides};
use crate::audit::{self, Event, Kind};
use crate::harm::accounts::{self, Role, shown};
use crate::harm::list::{self, List};
use crate::model::act::Act;
use crate::model::nominal_id::NominalId;
use crate::model::reason::Reason;
use crate::store::{Store, bind, chain};

/// What an officer wants recorded on one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Any identifier that the person is known under.
    pub nominal: NominalId,
    pub verdict: Verdict,
    pub reason: Reason,
}

/// Why one wish cannot be met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its place among the wishes.
    pub index: usize,
    /// The part that is at fault, by its column in a file of decisions.
    pub column: &'static str,
    pub message: String,
}

/// Every wish that cannot be met; none was recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refused(pub Vec<Refusal>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages: Vec<&str> = self.0.iter().map(|r| r.message.as_str()).collect();
        write!(f, "{}; nothing was changed", messages.join("; "))
    }
}

/// Records the wishes in one transaction; returns the list's people as they
/// are named on it, in the order of the wishes.
pub fn decide(store: &Store, list: &List, wishes: &[Wish], act: Act<'_>) -> Result<Vec<String>> {
    store.transaction(|tx| {
        accounts::require(tx, act, Role::AuthorisingOfficer)?;
        check_stands(tx, list)?;
        let standings = current_status::of_list(tx, list.list_id)?;
        let judged = judge(tx, list, &standings, wishes)?;
        append(tx, list, wishes, &judged, act)?;
        let decided: Vec<String> = judged.into_iter().map(|s| s.nominal_id.clone()).collect();
        let event = Event {
            subjects: decided.clone(),
            lists: vec![list.list_id],
            // The list's own rows say what was decided on whom.
            up_to_rank: Some(0),
            ..Event::new(Kind::Alteration, "list decide")
        };
        audit::record(tx, act.into(), &event)?;
        Ok(decided)
    })
}

/// Refuses a list that another of its date has replaced.
pub fn check_stands(connection: &Connection, list: &List) -> Result<()> {
    match overrides::superseded_by(connection, list.list_id, list.as_of)? {
        Some(newer) => bail!(
            "list {} was replaced by list {newer} of the same date, {}; nothing was changed",
            list.list_id,
            list.as_of
        ),
        None => Ok(()),
    }
}

fn judge<'a>(
    connection: &Connection,
    list: &List,
    standings: &'a [Standing],
    wishes: &[Wish],
) -> Result<Vec<&'a Standing>> {
    let closed = overrides::state(connection, list.list_id)?.closed;
    let mut judged = Vec::with_capacity(wishes.len());
    let mut refusals = Vec::new();
    let mut wished = BTreeMap::new();
    for (index, wish) in wishes.iter().enumerate() {
        let outcome = match find(connection, list, standings, &wish.nominal)? {
            Err(message) => Err(("nominal_id", message)),
            Ok(standing) => may(list, standing, wish.verdict, closed.as_ref()).and_then(|()| {
                match wished.insert(&standing.nominal_id, index) {
                    Some(_) => Err((
                        "nominal_id",
                        format!("{} is decided twice here", standing.nominal_id),
                    )),
                    None => Ok(standing),
                }
            }),
        };
        match outcome {
            Ok(standing) => judged.push(standing),
            Err((column, message)) => refusals.push(Refusal {
                index,
                column,
                message,
            }),
        }
    }
    if refusals.is_empty() {
        Ok(judged)
    } else {
        Err(Refused(refusals).into())
    }
}

/// The person on the list, by any identifier; or why there is none.
fn find<'a>(
    connection: &Connection,
    list: &List,
    standings: &'a [Standing],
    nominal: &NominalId,
) -> Result<Result<&'a Standing, String>> {
    let number = list.list_id;
    if let Some(exact) = standings.iter().find(|s| s.nominal_id == nominal.as_str()) {
        return Ok(Ok(exact));
    }
    let known_as = |s: &&Standing| s.identities.iter().any(|id| id == nominal.as_str());
    let found: Vec<&Standing> = standings.iter().filter(known_as).collect();
    Ok(match found.as_slice() {
        [only] => Ok(*only),
        [] => Err(match list::entry(connection, number, nominal)? {
            Some(entry) => match entry.rank {
                Some(rank) => format!(
                    "{nominal} has rank {rank} and is not on list {number}, which holds {}",
                    list.size
                ),
                None => format!(
                    "{nominal} is not ranked on list {number} ({})",
                    entry.standing.replace('_', " ")
                ),
            },
            None => format!("{nominal} is not on list {number}"),
        }),
        several => Err(format!(
            "{nominal} is known on list {number} as {}; say which",
            several
                .iter()
                .map(|s| s.nominal_id.as_str())
                .collect::<Vec<_>>()
                .join(" and as ")
        )),
    })
}

/// May this be decided on this person now?
fn may(
    list: &List,
    standing: &Standing,
    verdict: Verdict,
    closed: Option<&overrides::Closed>,
) -> Result<(), (&'static str, String)> {
    let nominal = &standing.nominal_id;
    let number = list.list_id;
    if let Some(decided) = &standing.decided {
        let (past, by) = (decided.decision.past(), &decided.by);
        let at = shown(decided.at);
        let message = format!(
            "{nominal} was {past} on list {number} by {by} at {at}; a decision does not change"
        );
        return Err(("nominal_id", message));
    }
    if let Some(closed) = closed {
        let (by, at) = (&closed.by, shown(closed.at));
        let message = format!("list {number} was closed by {by} at {at}");
        return Err(("nominal_id", message));
    }
    if verdict != Verdict::Accept {
        return Ok(());
    }
    if standing.is_restricted(&list.settings) {
        let why = if standing.is_contested() {
            "contested and unsettled"
        } else {
            "restricted"
        };
        let message =
            format!("{nominal} is {why} and cannot be accepted; defer and reject are possible");
        return Err(("decision", message));
    }
    if standing.is_blocked(&list.settings) {
        let crimes = standing.open_crimes.join(", ");
        let message = format!(
            "{nominal} is blocked by a counter-allegation that no specialist has reviewed \
             ({crimes}) and cannot be accepted; defer and reject are possible"
        );
        return Err(("decision", message));
    }
    Ok(())
}

fn append(
    connection: &Connection,
    list: &List,
    wishes: &[Wish],
    judged: &[&Standing],
    act: Act<'_>,
) -> Result<()> {
    let count = i64::try_from(wishes.len())?;
    let ids: Vec<i64> = bind::query(
        connection,
        "select nextval('ledger.decision_ids') from range($count)",
        &[("count", &count)],
        |row| row.get(0),
    )?;
    let mut rows = connection.appender_to_db("list_decisions", "ledger")?;
    for ((id, wish), standing) in ids.iter().zip(wishes).zip(judged) {
        rows.append_row(params![
            id,
            list.list_id,
            standing.nominal_id,
            wish.verdict.as_str(),
            wish.reason.as_str(),
            act.by.as_str(),
            act.at,
        ])?;
    }
    rows.flush()?;
    chain::seal(connection, "ledger.list_decisions", &ids)
}
