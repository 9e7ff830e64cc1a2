//! An invented harm list pack.

use rust_decimal::Decimal;

use super::{day, header, list};
use crate::harm::decisions::overrides::{Overrides, Rate};
use crate::report::view::Header;
use crate::report::view::harm_list_pack::{
    Acceptance, Because, Concentration, Contribution, Flag, HarmListPack, Leaver, NotCounted,
    Person, RankRow, SharePoint, Standing, Withheld,
};
use crate::report::view::list::{DecisionCounts, ListState, ListSummary};

pub(crate) fn harm_list_pack() -> HarmListPack {
    HarmListPack {
        header: Header {
            as_of: day(2026, 11, 1),
            ..header()
        },
        list: decided(),
        concentration: Concentration {
            curve: (0_u32..=20)
                .map(|step| SharePoint {
                    suspects_percent: (f64::from(step) * 5.0).max(0.28),
                    harm_percent: 100.0 - 59.0 * (1.0 - f64::from(step) / 20.0).powi(6),
                })
                .collect(),
            gini: Some(0.87),
            median_days: Some(Decimal::from(11)),
        },
        ranks: (1..=100).map(rank_row).collect(),
        people: (1..=100).filter(|r| !is_withheld(*r)).map(person).collect(),
        withheld: (1..=100)
            .filter(|r| is_withheld(*r))
            .map(withheld)
            .collect(),
        left: (1..=6).map(leaver).collect(),
    }
}

/// The same pack before anybody decided.
pub(crate) fn proposed() -> HarmListPack {
    HarmListPack {
        list: list(),
        people: Vec::new(),
        withheld: Vec::new(),
        left: Vec::new(),
        ..harm_list_pack()
    }
}

fn decided() -> ListSummary {
    let own = Rate {
        decided: 100,
        overridden: 4,
    };
    ListSummary {
        state: ListState::Decided,
        decisions: DecisionCounts {
            accepted: 96,
            deferred: 2,
            rejected: 2,
            ..DecisionCounts::default()
        },
        overrides: Overrides {
            list: own,
            is_list_decided: true,
            recent: own,
            recent_lists: 1,
        },
        ..list()
    }
}

fn is_withheld(rank: u32) -> bool {
    rank.is_multiple_of(25)
}

fn withheld(rank: u32) -> Withheld {
    Withheld {
        rank,
        nominal_id: format!("N{:07}", 1_000_000 + rank),
        because: if rank.is_multiple_of(50) {
            Because::Rejected
        } else {
            Because::Deferred
        },
        decided: Some(("j.officer".to_owned(), day(2026, 11, 2))),
    }
}

fn rank_row(rank: u32) -> RankRow {
    RankRow {
        rank,
        score_days: Decimal::from(score(rank)),
        allegations: 3,
        victims: 2,
        worst_share_percent: 44.1,
    }
}

pub(crate) fn person(rank: u32) -> Person {
    Person {
        rank,
        rank_at_liberty: Some(rank),
        rank_without_nfa: Some(rank + 3),
        previous_rank: (!rank.is_multiple_of(17)).then_some(rank + rank % 3),
        standing: match rank % 17 {
            0 if rank.is_multiple_of(2) => Standing::Returned { last_list: 9 },
            0 => Standing::New,
            _ => Standing::Stayed,
        },
        name: format!("Invented Person {rank}"),
        nominal_id: format!("N{:07}", 1_000_000 + rank),
        other_identities: (rank % 40 == 7)
            .then(|| "N0000042".to_owned())
            .into_iter()
            .collect(),
        age: Some(33 + rank),
        score_days: Decimal::from(score(rank)),
        allegations: 3,
        victims: 2,
        worst_share_percent: 44.1,
        days_since_last_report: 20 + rank,
        domestic_abuse_percent: 66.7,
        repeat_victims: 1,
        flags: flags(rank),
        alleged: "Three allegations concerning one woman and one girl, reported between January \
                  and October 2026; 44% of the score is one allegation of invented offence A, \
                  019/08, 2,737.5 days, invented index 2026, open."
            .to_owned(),
        firmness: format!(
            "Rank {rank} ({rank} to {}). Without the allegation that weighs most the rank would \
             be {}.",
            rank + 9,
            rank + 40
        ),
        accepted: Acceptance {
            by: "j.officer".to_owned(),
            on: day(2026, 11, 2),
            reason: "Invented reason.".to_owned(),
        },
        contributions: contributions(rank),
        not_counted: vec![NotCounted {
            crime_ref: format!("ZZ/{rank:04}/26"),
            ho_code: "104/25".to_owned(),
            offence: "invented offence D".to_owned(),
            reported_on: day(2026, 3, 3),
            reason: "the crime was cancelled on 9 March 2026".to_owned(),
        }],
    }
}

fn flags(rank: u32) -> Vec<Flag> {
    let mut flags = vec![Flag::NoFurtherAction { allegations: 1 }];
    if rank.is_multiple_of(3) {
        flags.push(Flag::InCustody {
            kind: "remand".to_owned(),
            since: day(2026, 8, 14),
        });
    }
    if rank % 33 == 4 {
        flags.push(Flag::CounterAllegation { is_reviewed: false });
    }
    if rank % 40 == 7 {
        flags.push(Flag::Merged);
        flags.push(Flag::Under18AtAllegation { allegations: 1 });
    }
    flags
}

fn contributions(rank: u32) -> Vec<Contribution> {
    let worst = score(rank) * 441 / 1_000;
    let least = score(rank) * 160 / 1_000;
    [
        ("A", worst, day(2026, 1, 14), "open", None),
        (
            "B",
            score(rank) - worst - least,
            day(2026, 10, 12),
            "open",
            Some("charged (outcome 1)"),
        ),
        (
            "C",
            least,
            day(2026, 5, 30),
            "closed",
            Some("no further action (outcome 16)"),
        ),
    ]
    .into_iter()
    .map(
        |(letter, days, reported_on, status, outcome)| Contribution {
            crime_ref: format!("INV{letter}/{rank:04}/26"),
            ho_code: "019/08".to_owned(),
            offence: format!("invented offence {letter}"),
            weight_days: Decimal::from(days),
            weight_basis: "published".to_owned(),
            offence_count: 1,
            days: Decimal::from(days),
            reported_on,
            status: status.to_owned(),
            outcome: outcome.map(str::to_owned),
            edition: "Invented index 2026".to_owned(),
            is_domestic_abuse: letter != "A",
            was_under_18: false,
        },
    )
    .collect()
}

fn score(rank: u32) -> u32 {
    6_205 - 44 * (rank - 1)
}

fn leaver(index: u32) -> Leaver {
    Leaver {
        nominal_id: format!("N{:07}", 2_000_000 + index),
        previous_rank: 60 + index * 6,
        rank: (index > 2).then_some(100 + index * 5),
        reason: "the harm fell below the cut".to_owned(),
    }
}
