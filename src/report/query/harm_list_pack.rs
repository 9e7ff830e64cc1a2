//! Fills the harm list pack.

use anyhow::{Context, Result};

use super::readers::Readers;
use super::{Scope, list, people};
use crate::harm::decisions::current_status::{self, Standing};
use crate::harm::list::{self as harm_list, List};
use crate::harm::movement::{Kind, Move};
use crate::report::view::Header;
use crate::report::view::harm_list_pack::{Concentration, HarmListPack, Leaver, SharePoint};
use crate::store::bind;

/// The pack of the list that stands on a date.
pub fn view(scope: &Scope<'_>) -> Result<HarmListPack> {
    let standing = list::standing(scope)?.with_context(|| {
        format!(
            "no harm list has been made up to {}; run `daybook run harm-list`",
            scope.as_of
        )
    })?;
    let moves = list::moves(scope, &standing)?;
    let moved: &[Move] = moves.as_ref().map_or(&[], |(_, moves)| moves);
    let decisions = list::decisions(scope, &standing)?;
    let is_decided = decisions.state.is_decided;
    let entries = harm_list::entries(scope.connection, standing.list_id, standing.size)?;
    let readers = Readers::new(scope, &standing, &decisions);
    Ok(HarmListPack {
        header: Header {
            as_of: standing.as_of,
            ..scope.header("harm-list-pack")?
        },
        list: list::summary(&standing, moves.as_ref(), &decisions),
        concentration: concentration(scope, &standing)?,
        ranks: readers.ranks(&entries),
        people: if is_decided {
            people::all(scope, &standing, moved, &readers.named(&entries))?
        } else {
            Vec::new()
        },
        withheld: readers.withheld(),
        left: match &moves {
            Some((previous, moves)) if is_decided => leavers(scope, &standing, previous, moves)?,
            _ => Vec::new(),
        },
    })
}

/// Who left, without those who are restricted by now.
fn leavers(scope: &Scope<'_>, list: &List, previous: &List, moves: &[Move]) -> Result<Vec<Leaver>> {
    let restricted: Vec<Standing> = current_status::of_list(scope.connection, previous.list_id)?
        .into_iter()
        .filter(|standing| standing.is_restricted(&list.settings))
        .collect();
    let may_be_told = |moved: &&Move| {
        let is_one = |standing: &Standing| standing.identities.contains(&moved.nominal_id);
        moved.kind == Kind::Left && !restricted.iter().any(is_one)
    };
    Ok(moves
        .iter()
        .filter(may_be_told)
        .map(|moved| Leaver {
            nominal_id: moved.nominal_id.clone(),
            previous_rank: moved.previous_rank.unwrap_or_default(),
            rank: moved.rank,
            reason: moved.reason.clone().unwrap_or_default(),
        })
        .collect())
}

fn concentration(scope: &Scope<'_>, list: &List) -> Result<Concentration> {
    let curve = bind::query(
        scope.connection,
        &scope.sql("jobs/harm-list-pack/concentration.sql")?,
        &[("list_id", &list.list_id)],
        |row| {
            Ok(SharePoint {
                suspects_percent: row.get(0)?,
                harm_percent: row.get(1)?,
            })
        },
    )?;
    Ok(Concentration {
        curve,
        gini: list.counts.gini,
        median_days: list.counts.median_days,
    })
}
