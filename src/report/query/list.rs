//! A harm list in numbers, with its movement since the list before.

use std::collections::BTreeMap;

use anyhow::Result;

use super::Scope;
use crate::harm::decisions::current_status::{self, Standing};
use crate::harm::decisions::overrides::{self, Overrides, State};
use crate::harm::index::weights::Shares;
use crate::harm::list::{self, List};
use crate::harm::movement::{self, Kind, Move};
use crate::harm::settings::WindowBy;
use crate::harm::variants;
use crate::report::view::list::{
    Cut, DateBasis, DecisionCounts, ListSettings, ListState, ListSummary, Movement, ReasonCount,
    RuleCounts,
};

/// The list that stands on the report's date: its own, or the newest before.
pub fn standing(scope: &Scope<'_>) -> Result<Option<List>> {
    match list::find(scope.connection, Some(scope.as_of))? {
        Some(found) => Ok(Some(found)),
        None => list::before(scope.connection, scope.as_of.0),
    }
}

/// A list's movement, when there was one before it.
pub fn moves(scope: &Scope<'_>, list: &List) -> Result<Option<(List, Vec<Move>)>> {
    let Some(previous_id) = list.previous_id else {
        return Ok(None);
    };
    let previous = list::by_id(scope.connection, previous_id)?;
    let moves = movement::onto(scope.connection, list)?;
    Ok(previous.map(|previous| (previous, moves)))
}

/// What is read of a list beside its head: what its weights rest on, what has
/// been decided, and where its people stand by now.
pub struct Decisions {
    pub rests_on: Shares,
    pub no_rank_under: Vec<String>,
    pub state: State,
    pub overrides: Overrides,
    pub standings: Vec<Standing>,
}

pub fn decisions(scope: &Scope<'_>, list: &List) -> Result<Decisions> {
    Ok(Decisions {
        rests_on: list::rests_on(scope.connection, list)?,
        no_rank_under: variants::left_out(scope.connection, list.list_id)?,
        state: overrides::state(scope.connection, list.list_id)?,
        overrides: overrides::overrides(scope.connection, list)?,
        standings: current_status::of_list(scope.connection, list.list_id)?,
    })
}

/// The list in numbers.
pub fn summary(
    list: &List,
    moves: Option<&(List, Vec<Move>)>,
    decisions: &Decisions,
) -> ListSummary {
    let counts = &list.counts;
    let state = &decisions.state;
    let standing = |holds: &dyn Fn(&Standing) -> bool| {
        decisions.standings.iter().filter(|s| holds(s)).count() as u64
    };
    ListSummary {
        number: number(list.list_id),
        as_of: list.as_of,
        state: match state {
            State {
                is_decided: true, ..
            } => ListState::Decided,
            State {
                listed, awaiting, ..
            } if awaiting < listed => ListState::PartlyDecided,
            _ => ListState::Proposed,
        },
        window_from: list.window_from,
        window_to: list.window_to,
        edition: list.edition.replace('-', " "),
        rests_on: decisions.rests_on.clone(),
        no_rank_under: decisions.no_rank_under.clone(),
        settings: settings(list),
        listed: counts.listed,
        suspects: counts.ranked,
        listed_harm_days: counts.listed_harm_days,
        all_harm_days: counts.all_harm_days,
        movement: moves.map(|(previous, moves)| movement(previous, moves)),
        cut: counts.last_on_days.zip(counts.first_off_days).map(
            |(last_on_days, first_off_days)| Cut {
                rank: list.size,
                last_on_days,
                first_off_days,
                tied: counts.tied_at_cut,
            },
        ),
        rules: RuleCounts {
            under_18_not_ranked: counts.under_18_not_ranked,
            deceased_removed: counts.deceased_removed,
            in_custody: counts.in_custody,
            counter_allegation: standing(&|s| s.is_blocked(&list.settings)),
            contested: standing(&Standing::is_contested),
            restricted: standing(&|s| s.is_restricted(&list.settings)),
            merged: counts.merged,
            alleged_when_under_18: counts.alleged_when_under_18,
            unscored_allegations: counts.unscored_allegations,
            unscored_codes: counts.unscored_codes.len() as u64,
            refused_crimes: counts.refused_crimes.len() as u64,
            cancelled_since_previous: counts.cancelled_since_previous,
            no_further_action: counts.no_further_action,
        },
        decisions: DecisionCounts {
            awaiting: if state.is_decided { 0 } else { state.awaiting },
            accepted: state.accepted,
            deferred: state.deferred,
            rejected: state.rejected,
            undecided: if state.is_decided { state.awaiting } else { 0 },
        },
        overrides: decisions.overrides,
    }
}

/// A list's number as reports print it.
pub fn number(list_id: i64) -> u32 {
    u32::try_from(list_id).unwrap_or_default()
}

fn settings(list: &List) -> ListSettings {
    let settings = &list.settings;
    let mut others = Vec::new();
    if settings.minimum_age != 18 {
        others.push(format!("Nobody under {} is ranked.", settings.minimum_age));
    }
    ListSettings {
        size: settings.size,
        window_days: settings.window_days,
        date_basis: match settings.window_by {
            WindowBy::Reported => DateBasis::Reported,
            WindowBy::Committed => DateBasis::Committed,
        },
        counts_conditional_codes: settings.count_conditional_codes,
        counts_no_further_action: settings.count_no_further_action,
        others,
    }
}

fn movement(previous: &List, moves: &[Move]) -> Movement {
    let count = |kind: Kind| moves.iter().filter(|m| m.kind == kind).count() as u64;
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    let left = moves.iter().filter(|moved| moved.kind == Kind::Left);
    for reason in left.filter_map(|m| m.reason.as_deref()) {
        *reasons.entry(reason).or_default() += 1;
    }
    let mut leaving: Vec<ReasonCount> = reasons
        .into_iter()
        .map(|(reason, count)| ReasonCount {
            reason: reason.to_owned(),
            count,
        })
        .collect();
    leaving.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.reason.cmp(&b.reason)));
    Movement {
        previous_number: number(previous.list_id),
        previous_as_of: previous.as_of,
        new: count(Kind::New),
        returned: count(Kind::Returned),
        stayed: count(Kind::Stayed),
        left: count(Kind::Left),
        leaving,
    }
}
