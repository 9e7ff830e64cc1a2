//! The day before a morning, beside the same weekday of earlier weeks.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{Days, NaiveDate};

use super::Scope;
use crate::measures::breaks::Break;
use crate::measures::results::FORCE;
use crate::report::format;
use crate::report::view::morning_briefing::{
    DayCount, DayPoint, GroupCount, OnList, Overnight, Usual,
};
use crate::report::view::source::Source;
use crate::store::bind;

/// Eight weeks back to the same weekday, both ends inside.
const DAYS_SHOWN: u64 = 7 * WEEKS_COMPARED + 1;
const WEEKS_COMPARED: u64 = 8;

/// Groups in the order a reader expects; any other follows.
const READING_ORDER: [&str; 11] = [
    "Homicide and attempts",
    "Rape",
    "Other sexual offences",
    "Strangulation",
    "Violence with injury",
    "Violence without injury",
    "Stalking and harassment",
    "Controlling or coercive behaviour",
    "Threats to kill",
    "Breaches of protective orders",
    "Other",
];

struct Day {
    on: NaiveDate,
    title: String,
    crimes: u64,
    domestic_abuse: u64,
}

/// Counts of the day before the report's date.
pub fn view(scope: &Scope<'_>, list_id: Option<i64>, sources: &[Source]) -> Result<Overnight> {
    let day = scope.as_of.last_day();
    let from = day - Days::new(DAYS_SHOWN);
    let days = bind::query(
        scope.connection,
        &scope.sql("jobs/morning-briefing/groups.sql")?,
        &[
            ("from", &bind::date(from)),
            ("as_of", &bind::date(scope.as_of.0)),
        ],
        |row| {
            Ok(Day {
                on: row.get(0)?,
                title: row.get(1)?,
                crimes: row.get(2)?,
                domestic_abuse: row.get(3)?,
            })
        },
    )?;
    let total = |on: NaiveDate| {
        days.iter()
            .filter(|d| d.on == on)
            .map(|d| d.crimes)
            .sum::<u64>()
    };
    let abuse = |on: NaiveDate| {
        days.iter()
            .filter(|d| d.on == on)
            .map(|d| d.domestic_abuse)
            .sum::<u64>()
    };
    let crosses = crossed(scope, from, day);
    let since = crosses.as_ref().map(|found| found.date);
    let weeks = weeks(&days, day, since);
    let shown = (0..DAYS_SHOWN).rev().map(|back| day - Days::new(back));
    let events = events(scope, day, list_id)?;
    let arrived = |name: &str| sources.iter().find(|s| s.name == name && s.has_arrived());
    let has = |name: &str| arrived(name).is_some_and(|source| !source.is_held_back);
    Ok(Overnight {
        day,
        is_complete: has("crimes"),
        is_held_back: arrived("crimes").is_some_and(|source| source.is_held_back),
        vawg: day_count(day, &weeks, total),
        groups: groups(&days, day, &weeks),
        domestic_abuse: abuse(day),
        domestic_abuse_usual_percent: usual_percent(&weeks, total, abuse),
        crosses,
        daily: shown
            .map(|on| DayPoint {
                on,
                count: total(on),
            })
            .collect(),
        arrests: has("arrests").then_some(events.arrests),
        charges: has("charges").then_some(events.charges),
        orders_granted: has("orders").then_some(events.orders_granted),
        cancelled: events.cancelled,
    })
}

/// The newest break of what a day's count rests on, within some days.
fn crossed(scope: &Scope<'_>, from: NaiveDate, day: NaiveDate) -> Option<Break> {
    let sources = ["crimes", "parties", "nominals"].map(ToOwned::to_owned);
    scope
        .measures
        .breaks
        .iter()
        .filter(|found| found.touches(&sources, &[]) && found.is_in(FORCE))
        .rfind(|found| from < found.date && found.date <= day)
        .cloned()
}

/// The same weekday of earlier weeks, as far back as crimes are held and are
/// recorded as on the day.
fn weeks(days: &[Day], day: NaiveDate, since: Option<NaiveDate>) -> Vec<NaiveDate> {
    let first = days.iter().map(|d| d.on).min();
    (1..=WEEKS_COMPARED)
        .map(|week| day - Days::new(7 * week))
        .filter(|on| first.is_some_and(|first| *on >= first))
        .filter(|on| since.is_none_or(|since| *on >= since))
        .collect()
}

fn day_count(day: NaiveDate, weeks: &[NaiveDate], count: impl Fn(NaiveDate) -> u64) -> DayCount {
    let earlier: Vec<u64> = weeks.iter().map(|on| count(*on)).collect();
    let usual = match (earlier.iter().min(), earlier.iter().max()) {
        (Some(low), Some(high)) => Some(Usual {
            weeks: super::to_u32(earlier.len() as u64),
            mean: format::ratio(earlier.iter().sum(), earlier.len() as u64),
            low: *low,
            high: *high,
        }),
        _ => None,
    };
    DayCount {
        count: count(day),
        usual,
    }
}

fn groups(days: &[Day], day: NaiveDate, weeks: &[NaiveDate]) -> Vec<GroupCount> {
    let mut counts: BTreeMap<(&str, NaiveDate), u64> = BTreeMap::new();
    for row in days {
        *counts.entry((row.title.as_str(), row.on)).or_default() += row.crimes;
    }
    let mut titles: Vec<&str> = days.iter().map(|d| d.title.as_str()).collect();
    titles.sort_unstable();
    titles.dedup();
    titles.sort_by_key(|title| READING_ORDER.iter().position(|known| known == title));
    titles
        .into_iter()
        .map(|title| GroupCount {
            title: title.to_owned(),
            day: day_count(day, weeks, |on| {
                counts.get(&(title, on)).copied().unwrap_or(0)
            }),
        })
        .collect()
}

fn usual_percent(
    weeks: &[NaiveDate],
    total: impl Fn(NaiveDate) -> u64,
    abuse: impl Fn(NaiveDate) -> u64,
) -> Option<f64> {
    let shares: Vec<f64> = weeks
        .iter()
        .filter(|on| total(**on) > 0)
        .map(|on| 100.0 * format::ratio(abuse(*on), total(*on)))
        .collect();
    if shares.is_empty() {
        return None;
    }
    Some(shares.iter().sum::<f64>() / f64::from(super::to_u32(shares.len() as u64)))
}

struct Events {
    arrests: OnList,
    charges: OnList,
    orders_granted: u64,
    cancelled: u64,
}

fn events(scope: &Scope<'_>, day: NaiveDate, list_id: Option<i64>) -> Result<Events> {
    bind::query_one(
        scope.connection,
        &scope.sql("jobs/morning-briefing/events.sql")?,
        &[("day", &bind::date(day)), ("list_id", &list_id)],
        |row| {
            Ok(Events {
                arrests: OnList {
                    total: row.get("arrests")?,
                    on_list: row.get("arrests_on_list")?,
                },
                charges: OnList {
                    total: row.get("charges")?,
                    on_list: row.get("charges_on_list")?,
                },
                orders_granted: row.get("orders_granted")?,
                cancelled: row.get("cancelled")?,
            })
        },
    )
}
