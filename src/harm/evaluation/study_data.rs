//! What the figures rest on, read once: the lists, the people on them, and
//! what became of them.

use anyhow::{Context, Result, ensure};
use chrono::{Days, NaiveDate};
use duckdb::Connection;
use serde::Serialize;

use super::{DAYS, Question};
use crate::harm::decisions::current_status;
use crate::harm::settings::ListSettings;
use crate::store::bind;

/// Everything that is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Ground {
    pub as_of: NaiveDate,
    pub known_at: i64,
    pub programme_from: Option<NaiveDate>,
    /// First day of the crimes and arrests that are held.
    pub reports_from: Option<NaiveDate>,
    pub arrests_from: Option<NaiveDate>,
    pub lists: Vec<ListHead>,
    /// People of each list, best rank first.
    pub people: Vec<Vec<Appearance>>,
    /// Everyone ranked on the newest list, most harmful first.
    pub scores: Vec<Score>,
}

/// The last word on one list date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListHead {
    pub as_of: NaiveDate,
    pub era: Era,
    pub size: u32,
    pub reserve: u32,
    pub edition: String,
    /// People of list and reserve whose record is held no more.
    pub not_followed: u32,
    /// Whether the edition's weights are still held.
    pub has_weights: bool,
    #[serde(skip)]
    pub list_id: i64,
    #[serde(skip)]
    pub settings: ListSettings,
}

/// What a list was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Era {
    /// Before the year before.
    Earlier,
    /// In the 365 days before the programme: made for comparison.
    YearBefore,
    Programme,
}

/// One person on one list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Appearance {
    pub person_key: u32,
    pub rank: u32,
    pub is_in_custody: bool,
    pub deceased_on: Option<NaiveDate>,
    /// The first arrest from the list date on.
    pub arrested_on: Option<NaiveDate>,
    /// Harm of allegations reported in the 180 days before the list date and
    /// the 180 from it on, in days.
    pub before_days: f64,
    pub after_days: f64,
}

/// One person's score on the newest list, in days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    pub person_key: Option<u32>,
    pub rank: u32,
    pub days: f64,
}

/// Days of lists before the programme that it is told against.
const YEAR: u64 = 365;

pub(super) fn read(connection: &Connection, question: &Question) -> Result<Ground> {
    ensure!(
        current_status::knows_people(connection)?,
        "nothing has been accepted yet, so there is nobody to follow; \
         run `daybook run nightly-ingest` first"
    );
    let reach = reach(connection)?;
    let reached = reach
        .reached
        .context("no crimes extract has arrived, so there is nobody to follow")?;
    let as_of = question.as_of.map_or(reached, |as_of| as_of.0);
    ensure!(
        as_of <= reached,
        "the extracts reach to the morning of {reached}; as of {as_of} people would seem \
         unharmful for want of data"
    );
    let lists = lists(connection, as_of, question.programme_from)?;
    let people = lists
        .iter()
        .map(|list| appearances(connection, list, question.bandwidth, as_of))
        .collect::<Result<_>>()?;
    let scores = match lists.last() {
        Some(newest) => scores(connection, newest.list_id)?,
        None => Vec::new(),
    };
    Ok(Ground {
        as_of,
        known_at: reach.known_at,
        programme_from: question.programme_from,
        reports_from: reach.reports_from,
        arrests_from: reach.arrests_from,
        lists,
        people,
        scores,
    })
}

struct Reach {
    known_at: i64,
    reached: Option<NaiveDate>,
    reports_from: Option<NaiveDate>,
    arrests_from: Option<NaiveDate>,
}

fn reach(connection: &Connection) -> Result<Reach> {
    bind::query_one(connection, include_str!("reach.sql"), &[], |row| {
        Ok(Reach {
            known_at: row.get("known_at")?,
            reached: row.get("reached")?,
            reports_from: row.get("reports_from")?,
            arrests_from: row.get("arrests_from")?,
        })
    })
}

fn lists(
    connection: &Connection,
    as_of: NaiveDate,
    programme_from: Option<NaiveDate>,
) -> Result<Vec<ListHead>> {
    let rows = bind::query(
        connection,
        include_str!("lists.sql"),
        &[("as_of", &bind::date(as_of))],
        |row| {
            let as_of: NaiveDate = row.get("as_of")?;
            let head = ListHead {
                as_of,
                era: era(as_of, programme_from),
                size: row.get("list_size")?,
                reserve: row.get("reserve_size")?,
                edition: row.get("edition")?,
                not_followed: row.get("not_followed")?,
                has_weights: row.get("has_weights")?,
                list_id: row.get("list_id")?,
                settings: ListSettings::default(),
            };
            Ok((head, row.get::<_, String>("settings")?))
        },
    )?;
    rows.into_iter()
        .map(|(head, settings)| {
            Ok(ListHead {
                settings: serde_json::from_str(&settings)
                    .with_context(|| format!("the settings of list {}", head.list_id))?,
                ..head
            })
        })
        .collect()
}

fn era(as_of: NaiveDate, programme_from: Option<NaiveDate>) -> Era {
    match programme_from {
        Some(from) if as_of < from - Days::new(YEAR) => Era::Earlier,
        Some(from) if as_of < from => Era::YearBefore,
        _ => Era::Programme,
    }
}

fn appearances(
    connection: &Connection,
    list: &ListHead,
    bandwidth: u32,
    until: NaiveDate,
) -> Result<Vec<Appearance>> {
    let days = Days::new(u64::from(DAYS));
    let settings = &list.settings;
    bind::query(
        connection,
        include_str!("appearances.sql"),
        &[
            ("list_id", &list.list_id),
            ("down_to", &list.down_to(bandwidth)),
            ("as_of", &bind::date(list.as_of)),
            ("before_from", &bind::date(list.as_of - days)),
            ("after_to", &bind::date((list.as_of + days).min(until))),
            ("until", &bind::date(until)),
            ("edition", &list.edition),
            ("count_conditional_codes", &settings.count_conditional_codes),
            ("count_no_further_action", &settings.count_no_further_action),
            ("count_cancelled", &settings.count_cancelled),
            ("count_proactive", &settings.count_proactive),
            ("count_alleged_under_age", &settings.count_alleged_under_age),
            ("minimum_age", &settings.minimum_age),
            ("most_suspects", &settings.most_suspects),
        ],
        |row| {
            Ok(Appearance {
                person_key: row.get("person_key")?,
                rank: row.get("rank")?,
                is_in_custody: row.get("is_in_custody")?,
                deceased_on: row.get("deceased_on")?,
                arrested_on: row.get("arrested_on")?,
                before_days: row.get("before_days")?,
                after_days: row.get("after_days")?,
            })
        },
    )
}

fn scores(connection: &Connection, list_id: i64) -> Result<Vec<Score>> {
    bind::query(
        connection,
        "select entries.rank, cast(entries.score_days as double) as days, \
             min(identities.person_key) as person_key \
         from ledger.list_entries as entries \
         left join core.identities as identities \
             on identities.nominal_id = entries.nominal_id \
         where entries.list_id = $list_id and entries.rank is not null \
         group by all order by entries.rank",
        &[("list_id", &list_id)],
        |row| {
            Ok(Score {
                rank: row.get("rank")?,
                days: row.get("days")?,
                person_key: row.get("person_key")?,
            })
        },
    )
}

impl ListHead {
    /// The lowest rank that any figure asks for.
    fn down_to(&self, bandwidth: u32) -> u32 {
        let reserve = self.size.saturating_add(self.reserve);
        reserve.max(self.size.saturating_add(bandwidth.saturating_mul(2)))
    }

    /// Whether 180 full days had passed by a morning.
    pub fn is_followed_by(&self, morning: NaiveDate) -> bool {
        self.as_of + Days::new(u64::from(DAYS)) <= morning
    }
}
