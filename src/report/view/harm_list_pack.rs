//! The harm list pack, for authorised officers. Names stand in the page only,
//! and only once the list is decided; its mail is made from `list` alone.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use super::Header;
use super::list::ListSummary;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HarmListPack {
    pub header: Header,
    pub list: ListSummary,
    pub concentration: Concentration,
    /// Harm by rank, in order of rank. Nothing in it tells who a person is.
    pub ranks: Vec<RankRow>,
    /// Whom officers accepted and who may be disclosed, in order of rank; empty
    /// until the list is decided.
    pub people: Vec<Person>,
    /// Whom nobody may be told the name of, in order of rank; empty until the
    /// list is decided, and without those who are restricted.
    pub withheld: Vec<Withheld>,
    /// In order of their previous rank; empty until the list is decided, and
    /// without those who are restricted.
    pub left: Vec<Leaver>,
}

impl HarmListPack {
    /// Everyone whom the page names or refers to.
    pub fn nominal_ids(&self) -> Vec<String> {
        let people = self.people.iter().map(|person| &person.nominal_id);
        let withheld = self.withheld.iter().map(|person| &person.nominal_id);
        let left = self.left.iter().map(|person| &person.nominal_id);
        people.chain(withheld).chain(left).cloned().collect()
    }
}

/// How harm is spread over all scored suspects.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Concentration {
    /// Cumulative, from the most harmful down; about 20 to 100 points, both
    /// shares 0 to 100, not necessarily with the two ends.
    pub curve: Vec<SharePoint>,
    /// 0 to 1.
    pub gini: Option<f64>,
    /// Median score of all scored suspects, in days.
    pub median_days: Option<Decimal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SharePoint {
    pub suspects_percent: f64,
    pub harm_percent: f64,
}

/// A rank in figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RankRow {
    pub rank: u32,
    pub score_days: Decimal,
    pub allegations: u32,
    pub victims: u32,
    /// Share of the score from the worst single allegation, 0 to 100.
    pub worst_share_percent: f64,
}

/// One person on a decided list who is not named: by reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withheld {
    pub rank: u32,
    pub nominal_id: String,
    pub because: Because,
    /// Who decided, and on which day in London; none without a decision.
    pub decided: Option<(String, NaiveDate)>,
}

/// Why a person on a decided list is not named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    Deferred,
    Rejected,
    /// The list was closed before anybody decided.
    Undecided,
    /// Accepted, and blocked since by a counter-allegation.
    Blocked,
}

/// An officer's decision as it is printed beside a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acceptance {
    pub by: String,
    /// Day in London.
    pub on: NaiveDate,
    pub reason: String,
}

/// One person on the list: a suspect until a court convicts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Person {
    pub rank: u32,
    /// Rank among people at liberty; none in custody.
    pub rank_at_liberty: Option<u32>,
    /// Rank when allegations ended with no further action are left out; none
    /// when nothing would be left.
    pub rank_without_nfa: Option<u32>,
    /// Rank on the previous list.
    pub previous_rank: Option<u32>,
    pub standing: Standing,
    /// As a reader says it: forenames then surname.
    pub name: String,
    pub nominal_id: String,
    /// Other nominal ids merged into this one.
    pub other_identities: Vec<String>,
    /// In years, on the list date; none when the birth date is unknown.
    pub age: Option<u32>,
    pub score_days: Decimal,
    /// Allegations counted in the score.
    pub allegations: u32,
    /// Distinct victims of those allegations.
    pub victims: u32,
    /// Share of the score from the worst single allegation, 0 to 100.
    pub worst_share_percent: f64,
    pub days_since_last_report: u32,
    /// Share of counted allegations flagged as domestic abuse, 0 to 100.
    pub domestic_abuse_percent: f64,
    /// Victims named in two or more of the counted allegations.
    pub repeat_victims: u32,
    pub flags: Vec<Flag>,
    /// What is alleged and what weighs most, as a sentence that names nobody.
    pub alleged: String,
    /// The rank with its span under other rules, and what decides it.
    pub firmness: String,
    pub accepted: Acceptance,
    /// Most harmful first; their days add up to `score_days`.
    pub contributions: Vec<Contribution>,
    pub not_counted: Vec<NotCounted>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "standing")]
pub enum Standing {
    New,
    Stayed,
    /// Was last on the list with this number.
    Returned {
        last_list: u32,
    },
}

/// What a reader must know before acting on a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "flag")]
pub enum Flag {
    /// Kind in words: `remand`, `sentence`, `recall`.
    InCustody { kind: String, since: NaiveDate },
    /// Also a victim of a person who names them, or the reverse; blocked until
    /// a specialist review is recorded.
    CounterAllegation { is_reviewed: bool },
    /// Counted allegations from when the person was under 18.
    Under18AtAllegation { allegations: u32 },
    /// Known under further nominal ids, printed beside the name.
    Merged,
    /// Counted allegations that ended with no further action.
    NoFurtherAction { allegations: u32 },
    /// Allegations without a weight in this edition.
    Unscored { allegations: u32 },
    /// Counted allegations that ended in a conviction.
    Convicted { allegations: u32 },
    /// Counted allegations of which a court acquitted.
    Acquitted { allegations: u32 },
    /// Counted allegations of which every charge was discontinued.
    Discontinued { allegations: u32 },
    /// Counted allegations with a charge and no result yet.
    Charged { allegations: u32 },
}

/// One counted allegation: `weight_days x offence_count = days`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contribution {
    pub crime_ref: String,
    /// `NNN/SS`.
    pub ho_code: String,
    pub offence: String,
    pub weight_days: Decimal,
    /// Where the weight comes from: `published`, `guideline`, `analogue`.
    pub weight_basis: String,
    pub offence_count: u32,
    pub days: Decimal,
    pub reported_on: NaiveDate,
    /// Status in words: `open`, `closed`.
    pub status: String,
    /// Outcome in words: `charged`, `no further action (outcome 16)`.
    pub outcome: Option<String>,
    pub edition: String,
    pub is_domestic_abuse: bool,
    pub was_under_18: bool,
}

/// An allegation inside the window that adds nothing, and why, no full stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotCounted {
    pub crime_ref: String,
    pub ho_code: String,
    pub offence: String,
    pub reported_on: NaiveDate,
    pub reason: String,
}

/// Someone on the previous list and not on this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leaver {
    pub nominal_id: String,
    pub previous_rank: u32,
    /// Rank now, when still ranked.
    pub rank: Option<u32>,
    /// In words, no full stop: `harm fell below the cut`.
    pub reason: String,
}
