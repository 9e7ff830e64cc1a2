//! Invented decisions on the demo's lists, through the same checks as a real
//! officer's, so that a newcomer opens a decided list.

use anyhow::{Context as _, Result};
use chrono::{NaiveDateTime, NaiveTime, TimeDelta};

use crate::harm::accounts::{self, Role};
use crate::harm::decisions::current_status::{self, Standing};
use crate::harm::decisions::decide::{self, Wish};
use crate::harm::decisions::marks::{self, Mark};
use crate::harm::decisions::{self, Verdict, Which, overrides};
use crate::harm::list::{self, Entry, List};
use crate::model::account_name::AccountName;
use crate::model::act::Act;
use crate::model::nominal_id::NominalId;
use crate::model::operator::Operator;
use crate::model::reason::Reason;
use crate::store::{Store, bind};

const OFFICER: &str = "demo.officer";
const REVIEWER: &str = "demo.reviewer";

/// The rank whose record is contested on the newest list.
const CONTESTED_RANK: u32 = 37;

struct Stage<'a> {
    store: &'a Store,
    officer: AccountName,
    reviewer: AccountName,
    at: NaiveDateTime,
}

/// Decides every list, the newest after reviews and a contest; returns what to
/// tell of it.
pub(super) fn record(store: &Store, at: NaiveDateTime) -> Result<Vec<String>> {
    let stage = Stage {
        store,
        officer: parsed(OFFICER)?,
        reviewer: parsed(REVIEWER)?,
        at,
    };
    let lists = bind::query(
        store.connection(),
        "select max(list_id) from ledger.lists group by as_of order by as_of",
        &[],
        |row| row.get::<_, i64>(0),
    )?;
    let Some((newest, earlier)) = lists.split_last() else {
        return Ok(Vec::new());
    };
    let first = stage.list(*lists.first().unwrap_or(newest))?;
    stage.grant(morning_of(&first).min(at))?;
    for number in earlier {
        stage.decide(*number, morning_of(&stage.list(*number)?))?;
    }
    stage.mark(*newest)?;
    let list = stage.decide(*newest, at)?;
    stage.tell(&list, lists.len())
}

/// When an invented meeting sat over an earlier list, so that what was done
/// since can be counted.
fn morning_of(list: &List) -> NaiveDateTime {
    list.as_of.and_time(NaiveTime::MIN) + TimeDelta::hours(10)
}

impl Stage<'_> {
    fn grant(&self, at: NaiveDateTime) -> Result<()> {
        let act = act(&self.officer, at);
        accounts::appoint(self.store, act)?;
        let uid = Some(act.operator.uid);
        accounts::grant(
            self.store,
            &self.reviewer,
            Role::SpecialistReviewer,
            uid,
            act,
        )
    }

    /// Reviews every counter-allegation but one, and contests one record.
    fn mark(&self, number: i64) -> Result<()> {
        let list = self.list(number)?;
        let standings = current_status::of_list(self.store.connection(), number)?;
        let blocked = standings.iter().filter(|s| s.is_blocked(&list.settings));
        for standing in blocked.skip(1) {
            let reason = "both accounts read; the primary aggressor is not the person's accuser";
            self.mark_one(standing, Mark::CounterReviewed, reason, &self.reviewer)?;
        }
        match standings.iter().find(|s| s.rank == Some(CONTESTED_RANK)) {
            Some(standing) => {
                let reason = "solicitor's letter disputes the identification; record under review";
                self.mark_one(standing, Mark::Contested, reason, &self.officer)
            }
            None => Ok(()),
        }
    }

    fn mark_one(
        &self,
        standing: &Standing,
        mark: Mark,
        reason: &str,
        by: &AccountName,
    ) -> Result<()> {
        let nominal = parsed::<NominalId>(&standing.nominal_id)?;
        let act = act(by, self.at);
        marks::mark(self.store, &nominal, mark, &invented(reason)?, act)?;
        Ok(())
    }

    fn decide(&self, number: i64, at: NaiveDateTime) -> Result<List> {
        let list = self.list(number)?;
        let connection = self.store.connection();
        let entries = list::entries(connection, number, list.size)?;
        let standings = current_status::of_list(connection, number)?;
        let wishes = entries
            .iter()
            .zip(&standings)
            .map(|(entry, standing)| {
                let (verdict, reason) = opinion(&list, entry, standing);
                Ok(Wish {
                    nominal: parsed(&entry.nominal_id)?,
                    verdict,
                    reason: invented(reason)?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let act = act(&self.officer, at);
        decide::decide(self.store, &list, &wishes, act)?;
        Ok(list)
    }

    fn list(&self, number: i64) -> Result<List> {
        decisions::find(self.store.connection(), Which::Number(number))
    }

    fn tell(&self, list: &List, lists: usize) -> Result<Vec<String>> {
        let state = overrides::state(self.store.connection(), list.list_id)?;
        Ok(vec![
            format!(
                "decisions: {lists} lists decided; list {}: {} accepted, {} deferred, {} rejected",
                list.list_id, state.accepted, state.deferred, state.rejected
            ),
            format!(
                "  these decisions are invented samples by {OFFICER} and {REVIEWER}; nobody decided them"
            ),
            format!("  both accounts are bound to {}", Operator::current()),
        ])
    }
}

fn act(by: &AccountName, at: NaiveDateTime) -> Act<'_> {
    Act {
        by,
        operator: Operator::current(),
        at,
    }
}

/// What an officer might think; the reason follows from the person's row.
fn opinion(list: &List, entry: &Entry, standing: &Standing) -> (Verdict, &'static str) {
    let rank = entry.rank.unwrap_or_default();
    if standing.is_restricted(&list.settings) {
        return (
            Verdict::Defer,
            "the record is contested; decided again when it is settled",
        );
    }
    if standing.is_blocked(&list.settings) {
        return (
            Verdict::Defer,
            "the counter-allegation awaits a specialist's review",
        );
    }
    if entry.no_further_action_allegations == entry.allegations && rank % 4 == 2 {
        return (
            Verdict::Reject,
            "every allegation ended with no further action and none was reopened",
        );
    }
    if entry.is_in_custody && rank.is_multiple_of(4) {
        return (
            Verdict::Defer,
            "in custody; decided again before a release date is set",
        );
    }
    match rank % 41 {
        19 => (
            Verdict::Reject,
            "managed already by another force under an order",
        ),
        _ if rank.is_multiple_of(3) => (
            Verdict::Accept,
            "pattern confirmed with the investigating officer; plan agreed",
        ),
        _ => (
            Verdict::Accept,
            "allegations read against the crime reports; plan agreed",
        ),
    }
}

fn invented(reason: &str) -> Result<Reason> {
    parsed(&format!("Invented sample: {reason}."))
}

fn parsed<T: std::str::FromStr<Err = String>>(text: &str) -> Result<T> {
    text.parse()
        .map_err(anyhow::Error::msg)
        .with_context(|| format!("the demo's decisions hold {text:?}"))
}
