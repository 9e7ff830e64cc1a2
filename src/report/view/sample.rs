//! Invented views for tests. Nobody and nothing in here is real.

pub(crate) mod measures;
pub(crate) mod operations;
pub(crate) mod pack;

use chrono::{Days, Months, NaiveDate};
use rust_decimal::Decimal;

use crate::harm::decisions::overrides::Overrides;
use crate::harm::index::weights::Shares;

use super::list::{
    Cut, DateBasis, DecisionCounts, ListSettings, ListState, ListSummary, Movement, ReasonCount,
    RuleCounts,
};
use super::morning_briefing::{
    Ask, AskKind, DayCount, DayPoint, GroupCount, MorningBriefing, OnList, Overnight, Usual,
};
use super::source::{Checks, FailedCheck, MonthCount, PublishedSeries, Source};
use super::{Header, Stale};
use crate::ingest::status::State;
use crate::model::control_chars;

pub(crate) const HOSTILE: [&str; 9] = [
    "<script>alert(1)</script>",
    "Robert\"); DROP TABLE suspects;--",
    "</style></title><img src=x onerror='alert(1)'>",
    "\u{202e}eman desrever\u{202c} \u{2066}kept\u{2069} \u{200f}\u{61c}",
    "\u{1b}]0;PWNED\u{7}\u{1b}[2J",
    "\u{9b}31m\u{85}next\0\u{7f}",
    "one\u{2028}two\u{2029}three",
    "zero\u{200b}width\u{2060}\u{feff}",
    "=cmd|' /C calc'!A0",
];

/// Nothing in a page, mail or file is there without being seen.
pub(crate) fn all_is_seen(text: &str) -> bool {
    !text
        .chars()
        .any(|c| control_chars::is_unseen(c) && c != '\n')
}

pub(crate) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date of the sample")
}

pub(crate) fn header() -> Header {
    Header {
        marking: "OFFICIAL-SENSITIVE".to_owned(),
        force: "Invented Police".to_owned(),
        as_of: day(2026, 11, 21),
        data_to: day(2026, 11, 21).and_hms_opt(2, 15, 0),
        stale: None,
        run_id: Some("morning-briefing/2026-11-21T06:00".to_owned()),
        page_url: Some("https://daybook.example/reports/2026-11-21".to_owned()),
        version: "0.1.0".to_owned(),
        is_synthetic: true,
    }
}

pub(crate) fn stale() -> Stale {
    Stale {
        batch: 118,
        taken_in_at: day(2026, 11, 20).and_hms_opt(4, 12, 0),
        since: day(2026, 11, 21)
            .and_hms_opt(4, 11, 0)
            .expect("a time of the sample"),
        failed: vec![FailedCheck {
            title: "A person is named once per crime".to_owned(),
            rows: 3,
        }],
    }
}

pub(crate) fn morning_briefing() -> MorningBriefing {
    MorningBriefing {
        header: header(),
        overnight: overnight(),
        list: Some(list()),
        broken: vec![],
        measures: measures::mixed(),
        expected_false_signals: 0.09,
        published: Some(published()),
        sources: sources(),
        checks: Checks {
            run: 64,
            failed: vec![],
        },
        asks: vec![
            ask(AskKind::DecideList, 100, Some(day(2026, 11, 27))),
            ask(AskKind::ReviewCounterAllegations, 3, None),
            ask(AskKind::ScoreOffenceCodes, 2, None),
        ],
    }
}

fn ask(kind: AskKind, count: u64, due_on: Option<NaiveDate>) -> Ask {
    Ask {
        kind,
        count,
        due_on,
        url: Some("https://daybook.example/list/13".to_owned()),
    }
}

pub(crate) fn overnight() -> Overnight {
    let group = |title: &str, count, mean, low, high| GroupCount {
        title: title.to_owned(),
        day: DayCount {
            count,
            usual: Some(Usual {
                weeks: 8,
                mean,
                low,
                high,
            }),
        },
    };
    Overnight {
        day: day(2026, 11, 20),
        is_complete: true,
        is_held_back: false,
        vawg: DayCount {
            count: 312,
            usual: Some(Usual {
                weeks: 8,
                mean: 300.4,
                low: 262,
                high: 341,
            }),
        },
        groups: vec![
            group("Homicide and attempts", 1, 0.3, 0, 1),
            group("Rape and serious sexual offences", 24, 21.4, 15, 29),
            group("Other sexual offences", 31, 29.1, 22, 38),
            group("Non-fatal strangulation", 9, 8.6, 4, 13),
            group("Violence with injury", 58, 61.0, 50, 77),
            group("Violence without injury", 104, 101.5, 88, 117),
            group("Stalking and harassment", 79, 68.3, 59, 76),
            group("Threats and coercive control", 6, 10.2, 7, 14),
        ],
        domestic_abuse: 141,
        domestic_abuse_usual_percent: Some(44.2),
        crosses: None,
        daily: daily(),
        arrests: Some(OnList {
            total: 47,
            on_list: 2,
        }),
        charges: Some(OnList {
            total: 19,
            on_list: 1,
        }),
        orders_granted: Some(5),
        cancelled: 4,
    }
}

fn daily() -> Vec<DayPoint> {
    let first = day(2026, 11, 20) - Days::new(55);
    (0_u64..56)
        .map(|index| DayPoint {
            on: first + Days::new(index),
            count: if index == 55 {
                312
            } else {
                255 + (index * 37) % 71 + if index % 7 > 4 { 30 } else { 0 }
            },
        })
        .collect()
}

pub(crate) fn list() -> ListSummary {
    ListSummary {
        number: 13,
        as_of: day(2026, 11, 1),
        state: ListState::Proposed,
        window_from: day(2025, 11, 2),
        window_to: day(2026, 11, 1),
        edition: "Invented index 2026".to_owned(),
        rests_on: Shares::new(),
        no_rank_under: Vec::new(),
        settings: ListSettings {
            size: 100,
            window_days: 365,
            date_basis: DateBasis::Reported,
            counts_conditional_codes: true,
            counts_no_further_action: true,
            others: vec![],
        },
        listed: 100,
        suspects: 35_412,
        listed_harm_days: Decimal::from(478_880),
        all_harm_days: Decimal::from(1_168_000),
        movement: Some(Movement {
            previous_number: 12,
            previous_as_of: day(2026, 10, 1),
            new: 4,
            returned: 2,
            stayed: 94,
            left: 6,
            leaving: vec![
                reason("the harm fell below the cut", 3),
                reason("reports left the window", 2),
                reason("a crime was cancelled", 1),
            ],
        }),
        cut: Some(Cut {
            rank: 100,
            last_on_days: Decimal::new(18_375, 1),
            first_off_days: Decimal::from(1_825),
            tied: 1,
        }),
        rules: RuleCounts {
            under_18_not_ranked: 214,
            deceased_removed: 3,
            in_custody: 31,
            counter_allegation: 3,
            contested: 1,
            restricted: 1,
            merged: 2,
            alleged_when_under_18: 2,
            unscored_allegations: 41,
            unscored_codes: 2,
            refused_crimes: 1,
            cancelled_since_previous: 88,
            no_further_action: 57,
        },
        decisions: DecisionCounts {
            awaiting: 100,
            ..DecisionCounts::default()
        },
        overrides: Overrides::default(),
    }
}

fn reason(reason: &str, count: u64) -> ReasonCount {
    ReasonCount {
        reason: reason.to_owned(),
        count,
    }
}

pub(crate) fn published() -> PublishedSeries {
    PublishedSeries {
        title: "VAWG offences recorded in London".to_owned(),
        unit: "offences a month".to_owned(),
        publisher: "Invented publisher".to_owned(),
        licence: "Open Government Licence v3.0".to_owned(),
        url: Some("https://data.example/vawg".to_owned()),
        months: (0_u32..146)
            .map(|index| MonthCount {
                month: day(2013, 4, 1) + Months::new(index),
                count: 6_100 + u64::from(index) * 24 + u64::from(index * 7 % 12) * 95,
            })
            .collect(),
        breaks: vec![],
    }
}

pub(crate) fn sources() -> Vec<Source> {
    let mut sources: Vec<_> = [
        ("crimes", "Crime reports"),
        ("parties", "People in crime reports"),
        ("nominals", "Nominal records"),
        ("arrests", "Arrests"),
        ("charges", "Charges"),
        ("orders", "Orders"),
    ]
    .map(|(name, title)| source(name, title))
    .to_vec();
    sources[3].state = State::Stale;
    sources[3].rows_in = 0;
    sources[3].rows_accepted = 0;
    sources[3].affects = Some("arrests on this page".to_owned());
    sources[0].rows_rejected = 7;
    sources[0].rows_accepted = 993;
    let mut surveys = source("surveys", "Surveys");
    surveys.state = State::Never;
    surveys.as_at = None;
    surveys.rows_in = 0;
    surveys.rows_accepted = 0;
    sources.push(surveys);
    sources
}

pub(crate) fn source(name: &str, title: &str) -> Source {
    Source {
        name: name.to_owned(),
        title: title.to_owned(),
        state: State::Fresh,
        is_held_back: false,
        refused: None,
        as_at: day(2026, 11, 21).and_hms_opt(2, 15, 0),
        rows_in: 1_000,
        rows_accepted: 1_000,
        rows_rejected: 0,
        rows_duplicate: 0,
        affects: None,
    }
}
