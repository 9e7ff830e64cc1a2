//! What has been decided so far: a list's state, and how often officers did
//! not follow the arithmetic.

use anyhow::Result;
use chrono::{NaiveDate, NaiveDateTime};
use duckdb::Connection;
use serde::Serialize;

use crate::harm::list::List;
use crate::store::bind;

/// How far a list has been decided. The four counts add up to `listed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct State {
    pub listed: u64,
    pub accepted: u64,
    pub deferred: u64,
    pub rejected: u64,
    /// Without a decision; for good when the list is closed.
    pub awaiting: u64,
    pub is_decided: bool,
    pub closed: Option<Closed>,
}

/// A list closed with people left undecided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Closed {
    pub reason: String,
    pub by: String,
    pub at: NaiveDateTime,
    /// In order of rank.
    pub undecided: Vec<String>,
}

/// Decisions, and those that went against the proposal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Rate {
    pub decided: u64,
    /// Deferred or rejected.
    pub overridden: u64,
}

/// How often officers overrode the proposal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Overrides {
    pub list: Rate,
    pub is_list_decided: bool,
    /// Over the newest lists on which anything was decided, up to this one.
    pub recent: Rate,
    /// How many lists those are; twelve at most.
    pub recent_lists: u64,
}

/// The lists that the override rate looks back over.
const RECENT_LISTS: u32 = 12;

impl Rate {
    /// 0 to 100; none before the first decision.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a count of decisions is far below 2^52"
    )]
    pub fn percent(self) -> Option<f64> {
        (self.decided > 0).then(|| 100.0 * self.overridden as f64 / self.decided as f64)
    }
}

impl Overrides {
    /// How many decisions went by without anybody deferred or rejected: a
    /// warning. Over the longer stretch when it holds for both; this list alone
    /// warns once it is decided.
    pub fn never_in(&self) -> Option<u64> {
        let own = self.is_list_decided.then_some(self.list);
        [Some(self.recent), own]
            .into_iter()
            .flatten()
            .find(|rate| rate.decided > 0 && rate.overridden == 0)
            .map(|rate| rate.decided)
    }
}

/// The warning that an override rate of nothing is, over so many decisions.
pub fn warning(decisions: &str) -> String {
    format!(
        "nobody has been deferred or rejected in {decisions}: a list that is always accepted is \
         decided by the program"
    )
}

/// How far a list has been decided.
pub fn state(connection: &Connection, list_id: i64) -> Result<State> {
    let closed = bind::query(
        connection,
        "select reason, closed_by, closed_at, undecided from ledger.list_closes \
         where list_id = $list_id",
        &[("list_id", &list_id)],
        |row| {
            Ok(Closed {
                reason: row.get("reason")?,
                by: row.get("closed_by")?,
                at: row.get("closed_at")?,
                undecided: bind::texts(row, "undecided")?,
            })
        },
    )?;
    let state = bind::query_one(
        connection,
        "select * from ledger.list_states where list_id = $list_id",
        &[("list_id", &list_id)],
        |row| {
            Ok(State {
                listed: row.get("listed")?,
                accepted: row.get("accepted")?,
                deferred: row.get("deferred")?,
                rejected: row.get("rejected")?,
                awaiting: row.get("awaiting")?,
                is_decided: row.get("is_decided")?,
                closed: None,
            })
        },
    )?;
    Ok(State {
        closed: closed.into_iter().next(),
        ..state
    })
}

/// How often officers overrode this list, and the newest ones up to it.
pub fn overrides(connection: &Connection, list: &List) -> Result<Overrides> {
    let rates = bind::query(
        connection,
        "select lists.list_id, count(*) as decided, \
             count(*) filter (where decisions.decision <> 'accept') as overridden \
         from ledger.list_decisions as decisions \
         inner join ledger.lists as lists on lists.list_id = decisions.list_id \
         where (lists.as_of, lists.list_id) <= ($as_of, $list_id) \
         group by lists.list_id, lists.as_of \
         order by lists.as_of desc, lists.list_id desc limit $limit",
        &[
            ("as_of", &bind::date(list.as_of)),
            ("list_id", &list.list_id),
            ("limit", &RECENT_LISTS),
        ],
        |row| {
            let rate = Rate {
                decided: row.get("decided")?,
                overridden: row.get("overridden")?,
            };
            Ok((row.get::<_, i64>("list_id")?, rate))
        },
    )?;
    let own = rates.iter().find(|(list_id, _)| *list_id == list.list_id);
    Ok(Overrides {
        list: own.map(|(_, rate)| *rate).unwrap_or_default(),
        is_list_decided: state(connection, list.list_id)?.is_decided,
        recent: rates.iter().fold(Rate::default(), |sum, (_, rate)| Rate {
            decided: sum.decided + rate.decided,
            overridden: sum.overridden + rate.overridden,
        }),
        recent_lists: rates.len() as u64,
    })
}

/// The newer list of the same date, which stands in this one's place.
pub fn superseded_by(
    connection: &Connection,
    list_id: i64,
    as_of: NaiveDate,
) -> Result<Option<i64>> {
    bind::query_one(
        connection,
        "select max(list_id) from ledger.lists where as_of = $as_of and list_id > $list_id",
        &[("as_of", &bind::date(as_of)), ("list_id", &list_id)],
        |row| row.get(0),
    )
}
