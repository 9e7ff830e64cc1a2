//! A harm list in numbers. Holds no name and no nominal id, so both reports
//! and every mail may show it.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::harm::decisions::overrides::Overrides;
use crate::harm::index::weights::Shares;

/// One harm list and how it differs from the one before. Harm is in days.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListSummary {
    /// The list's number, as in `list 13`.
    pub number: u32,
    pub as_of: NaiveDate,
    pub state: ListState,
    /// First and last day of the window, both inside it.
    pub window_from: NaiveDate,
    pub window_to: NaiveDate,
    /// Edition of the harm index: `CCHI 2026`, or `starter table 2026-02`.
    pub edition: String,
    /// What the weights of the people listed rest on.
    pub rests_on: Shares,
    /// Other rules that weigh too little of the list to rank by.
    pub no_rank_under: Vec<String>,
    pub settings: ListSettings,
    /// People on the list.
    pub listed: u64,
    /// People named as suspects in the window and scored, listed or not.
    pub suspects: u64,
    /// Harm of the people listed.
    pub listed_harm_days: Decimal,
    /// Harm of all scored suspects; at least `listed_harm_days`.
    pub all_harm_days: Decimal,
    /// Absent on the first list.
    pub movement: Option<Movement>,
    /// Absent when fewer people were scored than the list holds.
    pub cut: Option<Cut>,
    pub rules: RuleCounts,
    pub decisions: DecisionCounts,
    pub overrides: Overrides,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ListState {
    /// Ranked by the program; no officer has decided.
    Proposed,
    /// Some people decided, some not.
    PartlyDecided,
    /// Every person accepted, deferred or rejected, or the list closed by an
    /// officer.
    Decided,
}

/// The settings that shaped the list, each printed as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListSettings {
    /// People the list holds: 100.
    pub size: u32,
    /// Length of the window: 365.
    pub window_days: u32,
    pub date_basis: DateBasis,
    /// Conditional codes count when domestic abuse is flagged or the victim is
    /// female.
    pub counts_conditional_codes: bool,
    /// Allegations ended with no further action stay in the score.
    pub counts_no_further_action: bool,
    /// Further settings that differ from the default, each a whole sentence.
    pub others: Vec<String>,
}

/// Which date puts an allegation inside the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DateBasis {
    Reported,
    Committed,
}

/// Against the previous list: `new + returned + stayed` is `listed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Movement {
    pub previous_number: u32,
    pub previous_as_of: NaiveDate,
    /// Never on a list before.
    pub new: u64,
    /// On an earlier list, not on the previous one.
    pub returned: u64,
    pub stayed: u64,
    pub left: u64,
    /// Why people left, most frequent first; the counts add up to `left`.
    pub leaving: Vec<ReasonCount>,
}

/// A reason in words, no full stop: `harm fell below the cut`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonCount {
    pub reason: String,
    pub count: u64,
}

/// The line between the last person on the list and the first one off it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// Rank of the last person listed: 100.
    pub rank: u32,
    pub last_on_days: Decimal,
    pub first_off_days: Decimal,
    /// People whose score equals that of the last person listed, on either
    /// side of the cut and that person among them; 0 or 1 when nobody else
    /// does.
    pub tied: u64,
}

/// How often each rule of the list applied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RuleCounts {
    pub under_18_not_ranked: u64,
    pub deceased_removed: u64,
    pub in_custody: u64,
    /// Blocked: a counter-allegation that no specialist has reviewed.
    pub counter_allegation: u64,
    /// People on the list with a record that is contested and unsettled.
    pub contested: u64,
    /// People on the list who are not disclosed.
    pub restricted: u64,
    /// People on the list known under more than one nominal id.
    pub merged: u64,
    pub alleged_when_under_18: u64,
    /// Allegations without a weight in this edition, whole population.
    pub unscored_allegations: u64,
    /// Distinct codes behind `unscored_allegations`.
    pub unscored_codes: u64,
    /// Crimes that count for nobody until they are corrected: a suspect is the
    /// victim too, or a crowd is named.
    pub refused_crimes: u64,
    /// Allegations cancelled since the previous list.
    pub cancelled_since_previous: u64,
    /// Counted allegations of listed people that ended with no further action.
    pub no_further_action: u64,
}

/// What officers have decided; the five add up to `listed`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DecisionCounts {
    pub awaiting: u64,
    pub accepted: u64,
    pub deferred: u64,
    pub rejected: u64,
    /// Left without a decision when the list was closed.
    pub undecided: u64,
}

impl ListSummary {
    /// Share of all harm held by the people listed, 0 to 100.
    pub fn harm_share(&self) -> Option<f64> {
        use rust_decimal::prelude::ToPrimitive;
        if self.all_harm_days.is_zero() {
            return None;
        }
        (self.listed_harm_days / self.all_harm_days * Decimal::ONE_HUNDRED).to_f64()
    }
}

impl Movement {
    /// People who joined: new and returned.
    pub fn joined(&self) -> u64 {
        self.new + self.returned
    }
}

impl Cut {
    /// Days between the last person on and the first one off.
    pub fn margin_days(&self) -> Decimal {
        self.last_on_days - self.first_off_days
    }
}
