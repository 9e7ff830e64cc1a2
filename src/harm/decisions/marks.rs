//! Marks on a person that hold across lists: contested, restricted, reviewed.

use anyhow::{Result, bail, ensure};
use duckdb::{Connection, params};

use super::current_status::{self, Standing};
use crate::audit::{self, Event, Kind};
use crate::harm::accounts::{self, Role, shown};
use crate::model::act::Act;
use crate::model::nominal_id::NominalId;
use crate::model::reason::Reason;
use crate::store::{Store, bind, chain};

/// What somebody says of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The accuracy of the record is contested.
    Contested,
    Settled,
    /// Not to be disclosed.
    Restricted,
    Unrestricted,
    /// A specialist reviewed the counter-allegations that stand.
    CounterReviewed,
}

impl Mark {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contested => "contested",
            Self::Settled => "settled",
            Self::Restricted => "restricted",
            Self::Unrestricted => "unrestricted",
            Self::CounterReviewed => "counter_reviewed",
        }
    }

    fn role(self) -> Role {
        match self {
            Self::CounterReviewed => Role::SpecialistReviewer,
            _ => Role::AuthorisingOfficer,
        }
    }
}

/// What was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The record that carries the person now.
    pub person_id: String,
    /// Crimes that a review covered.
    pub covers: Vec<String>,
}

/// Appends a mark, or refuses one that would say what holds already.
pub fn mark(
    store: &Store,
    nominal: &NominalId,
    mark: Mark,
    reason: &Reason,
    act: Act<'_>,
) -> Result<Marked> {
    store.transaction(|tx| {
        accounts::require(tx, act, mark.role())?;
        let standing = current_status::of_person(tx, nominal)?;
        let records = records(tx, mark, &standing)?;
        let covers = match mark {
            Mark::CounterReviewed => standing.counter_crimes.clone(),
            _ => Vec::new(),
        };
        for record in &records {
            append(tx, record, mark, &covers, reason, act)?;
        }
        let event = Event {
            subjects: records,
            reason: Some(reason.as_str()),
            detail: serde_json::json!({ "mark": mark.as_str() }),
            ..Event::new(Kind::Alteration, "list mark")
        };
        audit::record(tx, act.into(), &event)?;
        Ok(Marked {
            person_id: standing.person_id,
            covers,
        })
    })
}

/// The records that the mark goes on. What is taken back is taken back from
/// each record that has it.
fn records(connection: &Connection, mark: Mark, standing: &Standing) -> Result<Vec<String>> {
    let own = vec![standing.person_id.clone()];
    let contested = &standing.contested_ids;
    let restricted = &standing.restricted_ids;
    Ok(match mark {
        Mark::Contested => {
            refuse_again(connection, standing, mark, contested)?;
            own
        }
        Mark::Restricted => {
            refuse_again(connection, standing, mark, restricted)?;
            own
        }
        Mark::Settled => {
            refuse_missing(standing, "contested", contested)?;
            contested.clone()
        }
        Mark::Unrestricted => {
            refuse_missing(standing, "restricted", restricted)?;
            restricted.clone()
        }
        Mark::CounterReviewed => {
            let person = &standing.person_id;
            ensure!(
                !standing.counter_crimes.is_empty(),
                "{person} has no counter-allegation to review; nothing was changed"
            );
            if standing.open_crimes.is_empty() {
                refuse_again(connection, standing, mark, &standing.identities)?;
            }
            own
        }
    })
}

fn refuse_missing(standing: &Standing, what: &str, records: &[String]) -> Result<()> {
    ensure!(
        !records.is_empty(),
        "{} is not {what}; nothing was changed",
        standing.person_id
    );
    Ok(())
}

fn refuse_again(
    connection: &Connection,
    standing: &Standing,
    mark: Mark,
    records: &[String],
) -> Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let (by, at): (String, chrono::NaiveDateTime) = bind::query_one(
        connection,
        "select marked_by, marked_at from ledger.person_marks \
         where mark = $mark and list_contains(string_split($records, chr(31)), nominal_id) \
         order by mark_id desc limit 1",
        &[
            ("mark", &mark.as_str()),
            ("records", &records.join("\u{1f}")),
        ],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let (person, at) = (&standing.person_id, shown(at));
    match mark {
        Mark::CounterReviewed => bail!(
            "every counter-allegation of {person} was reviewed, last by {by} at {at}; nothing was \
             changed"
        ),
        _ => bail!(
            "{person} has been {} since {at}, by {by}; nothing was changed",
            mark.as_str()
        ),
    }
}

fn append(
    connection: &Connection,
    record: &str,
    mark: Mark,
    covers: &[String],
    reason: &Reason,
    act: Act<'_>,
) -> Result<()> {
    let mark_id: i64 =
        connection.query_row("select nextval('ledger.mark_ids')", [], |row| row.get(0))?;
    connection.execute(
        "insert into ledger.person_marks \
         select ?, ?, ?, \
             list_filter(string_split(?, chr(31)), lambda crime: crime <> ''), ?, ?, ?",
        params![
            mark_id,
            record,
            mark.as_str(),
            covers.join("\u{1f}"),
            reason.as_str(),
            act.by.as_str(),
            act.at,
        ],
    )?;
    chain::seal(connection, "ledger.person_marks", &[mark_id])
}
