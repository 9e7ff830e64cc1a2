//! Fills the harm list pack.

use anyhow::{Context, Result};

use super::{Scope, list, people};
use crate::harm::list::List;
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
    Ok(HarmListPack {
        header: Header {
            as_of: standing.as_of,
            ..scope.header("harm-list-pack")?
        },
        list: list::summary(&standing, moves.as_ref()),
        concentration: concentration(scope, &standing)?,
        people: people::all(scope, &standing, moved)?,
        left: leavers(moved),
    })
}

fn leavers(moves: &[Move]) -> Vec<Leaver> {
    moves
        .iter()
        .filter(|moved| moved.kind == Kind::Left)
        .map(|moved| Leaver {
            nominal_id: moved.nominal_id.clone(),
            previous_rank: moved.previous_rank.unwrap_or_default(),
            rank: moved.rank,
            reason: moved.reason.clone().unwrap_or_default(),
        })
        .collect()
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
