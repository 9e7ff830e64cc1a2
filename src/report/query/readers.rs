//! What readers may be told of a list's people: nobody before the list is
//! decided; then those accepted by name, others by reference, and those who are
//! restricted not at all.

use chrono::{DateTime, NaiveDate};

use super::people::Named;
use super::{Scope, list::Decisions};
use crate::harm::decisions::Verdict;
use crate::harm::decisions::current_status::{Decided, Standing};
use crate::harm::list::{Entry, List};
use crate::report::view::harm_list_pack::{Acceptance, Because, RankRow, Withheld};

pub struct Readers<'a> {
    scope: &'a Scope<'a>,
    list: &'a List,
    decisions: &'a Decisions,
}

impl<'a> Readers<'a> {
    pub fn new(scope: &'a Scope<'a>, list: &'a List, decisions: &'a Decisions) -> Self {
        Self {
            scope,
            list,
            decisions,
        }
    }

    /// Ranks in figures. Of a decided list those of restricted people are left
    /// out, since the other ranks can be told there.
    pub fn ranks(&self, entries: &[Entry]) -> Vec<RankRow> {
        entries
            .iter()
            .filter(|entry| !self.is_decided() || !self.is_restricted(&entry.nominal_id))
            .map(|entry| RankRow {
                rank: entry.rank.unwrap_or_default(),
                score_days: entry.score_days,
                allegations: entry.allegations,
                victims: entry.victims,
                worst_share_percent: super::people::percent(entry.worst_days, entry.score_days),
            })
            .collect()
    }

    /// Those accepted, neither restricted nor blocked by now.
    pub fn named<'e>(&self, entries: &'e [Entry]) -> Vec<Named<'e>>
    where
        'a: 'e,
    {
        let may_be_named = |standing: &&Standing| {
            self.is_decided()
                && standing.was_decided(Verdict::Accept)
                && !standing.is_restricted(&self.list.settings)
                && !standing.is_blocked(&self.list.settings)
        };
        self.decisions
            .standings
            .iter()
            .filter(may_be_named)
            .filter_map(|standing| {
                let is_theirs = |entry: &&Entry| entry.nominal_id == standing.nominal_id;
                let entry = entries.iter().find(is_theirs)?;
                let accepted = self.acceptance(standing.decided.as_ref()?);
                Some(Named {
                    entry,
                    standing,
                    accepted,
                })
            })
            .collect()
    }

    /// Everybody else who is not restricted.
    pub fn withheld(&self) -> Vec<Withheld> {
        if !self.is_decided() {
            return Vec::new();
        }
        self.decisions
            .standings
            .iter()
            .filter(|standing| !standing.is_restricted(&self.list.settings))
            .filter_map(|standing| {
                Some(Withheld {
                    rank: standing.rank.unwrap_or_default(),
                    nominal_id: standing.nominal_id.clone(),
                    because: self.because(standing)?,
                    decided: standing
                        .decided
                        .as_ref()
                        .map(|decided| (decided.by.clone(), self.day(decided))),
                })
            })
            .collect()
    }

    fn because(&self, standing: &Standing) -> Option<Because> {
        match standing.decided.as_ref().map(|decided| decided.decision) {
            None => Some(Because::Undecided),
            Some(Verdict::Defer) => Some(Because::Deferred),
            Some(Verdict::Reject) => Some(Because::Rejected),
            Some(Verdict::Accept) => standing
                .is_blocked(&self.list.settings)
                .then_some(Because::Blocked),
        }
    }

    fn acceptance(&self, decided: &Decided) -> Acceptance {
        Acceptance {
            by: decided.by.clone(),
            on: self.day(decided),
            reason: decided.reason.clone(),
        }
    }

    fn day(&self, decided: &Decided) -> NaiveDate {
        let at: DateTime<chrono::Utc> = decided.at.and_utc();
        at.with_timezone(&self.scope.config.tz()).date_naive()
    }

    fn is_decided(&self) -> bool {
        self.decisions.state.is_decided
    }

    fn is_restricted(&self, nominal_id: &str) -> bool {
        self.decisions
            .standings
            .iter()
            .any(|s| s.nominal_id == nominal_id && s.is_restricted(&self.list.settings))
    }
}
