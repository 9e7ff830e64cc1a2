//! Fills the morning briefing.

use anyhow::Result;

use super::{Scope, commitment_scorecard, list, measures, overnight, sources};
use crate::ingest::status::State;
use crate::report::view::list::ListSummary;
use crate::report::view::morning_briefing::{Ask, AskKind, MorningBriefing};
use crate::report::view::source::Source;

/// The briefing of a date.
pub fn view(scope: &Scope<'_>) -> Result<MorningBriefing> {
    let sources = sources::all(scope)?;
    let standing = list::standing(scope)?;
    let overnight = overnight::view(scope, standing.as_ref().map(|list| list.list_id), &sources)?;
    let summary = match &standing {
        Some(list) => Some(list::summary(
            list,
            list::moves(scope, list)?.as_ref(),
            &list::decisions(scope, list)?,
        )),
        None => None,
    };
    let measures = measures::all(scope)?;
    Ok(MorningBriefing {
        header: scope.header("morning-briefing")?,
        overnight,
        asks: asks(summary.as_ref(), &sources),
        list: summary,
        expected_false_signals: measures::expected_false_signals(&measures),
        measures,
        broken: commitment_scorecard::broken(scope),
        published: measures::published(scope)?,
        checks: sources::checks(scope)?,
        sources,
    })
}

fn asks(list: Option<&ListSummary>, sources: &[Source]) -> Vec<Ask> {
    let missing = sources
        .iter()
        // Sending mends no contract.
        .filter(|source| source.is_troubled() && source.state != State::Broken)
        .count() as u64;
    let of_list = |pick: fn(&ListSummary) -> u64| list.map_or(0, pick);
    [
        (AskKind::DecideList, of_list(|list| list.decisions.awaiting)),
        (
            AskKind::ReviewCounterAllegations,
            of_list(|list| list.rules.counter_allegation),
        ),
        (
            AskKind::SettleContestedRecords,
            of_list(|list| list.rules.contested),
        ),
        (AskKind::SendExtracts, missing),
        (
            AskKind::ScoreOffenceCodes,
            of_list(|list| list.rules.unscored_codes),
        ),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(kind, count)| Ask {
        kind,
        count,
        due_on: None,
        url: None,
    })
    .collect()
}
