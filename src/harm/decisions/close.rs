//! Closes a list with people left undecided, which is decided from then on.

use anyhow::{Result, bail, ensure};

use super::decide;
use super::overrides::{self, Closed};
use crate::audit::{self, Event, Kind};
use crate::harm::accounts::{self, Role, shown};
use crate::harm::list::List;
use crate::model::act::Act;
use crate::model::reason::Reason;
use crate::store::{Store, bind, chain};

/// Closes a list; returns what was recorded, with everyone left undecided.
pub fn close(store: &Store, list: &List, reason: &Reason, act: Act<'_>) -> Result<Closed> {
    store.transaction(|tx| {
        accounts::require(tx, act, Role::AuthorisingOfficer)?;
        decide::check_stands(tx, list)?;
        let before = overrides::state(tx, list.list_id)?;
        if let Some(closed) = before.closed {
            bail!(
                "list {} was closed by {} at {}; nothing was changed",
                list.list_id,
                closed.by,
                shown(closed.at)
            );
        }
        ensure!(
            !before.is_decided,
            "list {} is decided: each of its {} people is; nothing was changed",
            list.list_id,
            before.listed
        );
        bind::execute(
            tx,
            include_str!("close.sql"),
            &[
                ("list_id", &list.list_id),
                ("reason", &reason.as_str()),
                ("by", &act.by.as_str()),
                ("at", &act.at),
            ],
        )?;
        chain::seal(tx, "ledger.list_closes", &[list.list_id])?;
        let after = overrides::state(tx, list.list_id)?;
        match after.closed {
            Some(closed) => {
                let event = Event {
                    subjects: closed.undecided.clone(),
                    lists: vec![list.list_id],
                    up_to_rank: Some(0),
                    reason: Some(reason.as_str()),
                    ..Event::new(Kind::Alteration, "list close")
                };
                audit::record(tx, act.into(), &event)?;
                Ok(closed)
            }
            None => bail!("list {} could not be closed", list.list_id),
        }
    })
}
