//! Dates and times as SQL: what a cell says as a value of its column's type,
//! null when it says none.

use chrono::{NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

use crate::ingest::contract::formats::DateFormat;
use crate::ingest::contract::{Column, Kind, Zone};
use crate::store::quoted;

const ISO_DATE: &str = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
/// The database keeps six digits after the second and cuts the rest off.
const ISO_TIME: &str = "([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?";
/// What most dates and times look like, quicker to see than by a pattern.
const MOST_DATES: &str = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]";
const MOST_TIMES: &str = "[01][0-9]:[0-9][0-9]:[0-9][0-9]";
const UTC: &str = "( ?(Z|UTC|[+]00(:?00)?))";
/// A date that comes with the start of its day, as programs write it.
const MIDNIGHT: &str = "[ T]+(00:00(:00([.]0{1,9})?)?(Z|[+]00:?00)?|12:00(:00)? ?(AM|am))";

/// A date, from a cell that holds text.
pub(crate) fn date(column: &Column, cell: &str) -> String {
    // A cast alone would take `2026-01-4a` for the fourth.
    if column.formats.is_empty() {
        return format!(
            "case when {cell} glob '{MOST_DATES}' then try_cast({cell} as date) \
             when regexp_full_match({cell}, '{ISO_DATE}{MIDNIGHT}') \
             then try_cast(left({cell}, 10) as date) end"
        );
    }
    format!("cast({} as date)", formatted(column, cell))
}

/// A time as its cell says it, from a cell that holds text: local, or of UTC.
pub(crate) fn timestamp(column: &Column, cell: &str) -> String {
    if !column.formats.is_empty() {
        return formatted(column, cell);
    }
    // A cast alone would take an offset and silently shift the time, and would
    // read 24:00:00 as the next day.
    let is_time = format!("{ISO_DATE}[ T]{ISO_TIME}");
    if column.zone == Some(Zone::Utc) {
        return format!(
            "case when regexp_full_match({cell}, '{is_time}{UTC}?') \
             then try_cast(regexp_replace({cell}, '{UTC}$', '') as timestamp) end"
        );
    }
    format!(
        "case when {cell} glob '{MOST_DATES} {MOST_TIMES}' \
             or regexp_full_match({cell}, '{is_time}') \
         then try_cast({cell} as timestamp) end"
    )
}

/// A moment of UTC in local time, from an expression that is cheap to repeat.
/// The database has no zones of its own here; the changes of the offset are
/// written out, the newest first, because most rows are new.
pub(crate) fn local(moment: &str, zone: Tz, years: (i32, i32)) -> String {
    let start = year_start(years.0);
    let mut arms: Vec<String> = changes(zone, start, year_start(years.1 + 1))
        .iter()
        .rev()
        .map(|(at, seconds)| format!("when {moment} >= timestamp '{at}' then {seconds}"))
        .collect();
    arms.push(format!("else {}", offset(zone, start)));
    format!("{moment} + to_seconds(case {} end)", arms.join(" "))
}

/// What the column's formats make of a cell, the first that fits; then, of one
/// that none fits, what they make of it without what programs add: a fourth
/// letter to September, a start of the day to a date, a seventh digit to a second.
fn formatted(column: &Column, cell: &str) -> String {
    let formats: Vec<DateFormat> = column
        .formats
        .iter()
        .filter_map(|format| DateFormat::parse(format))
        .collect();
    let has = |letters: &str| formats.iter().any(|format| format.has(letters));
    let mut tidied = cell.to_owned();
    let mut tidy = |pattern: &str, with: &str| {
        tidied = format!("regexp_replace({tidied}, '{pattern}', '{with}')");
    };
    if has("b") {
        tidy("(?i)\\bsept\\b", "Sep");
    }
    if column.kind == Kind::Date && !formats.iter().any(DateFormat::is_timed) {
        tidy(&format!("{MIDNIGHT}$"), "");
    }
    if has("f") {
        tidy("([.,:][0-9]{6})[0-9]{1,3}\\b", "\\1");
    }
    let read = read_as(column, cell);
    let read = if tidied == cell {
        read
    } else {
        format!("coalesce({read}, {})", read_as(column, &tidied))
    };
    // Without a digit it is one of the database's own words, such as `epoch`,
    // which it reads as a date under any format.
    format!("case when regexp_matches({cell}, '[0-9]') then {read} end")
}

fn read_as(column: &Column, cell: &str) -> String {
    let parsed = |format: &String| DateFormat::parse(format);
    let is_plain = column
        .formats
        .iter()
        .filter_map(parsed)
        .all(|format| format.width().is_none() && !format.has("y"));
    if is_plain {
        let list: Vec<String> = column.formats.iter().map(|f| literal(f)).collect();
        return format!("try_strptime({cell}, [{}])", list.join(", "));
    }
    let arms: Vec<String> = column
        .formats
        .iter()
        .map(|text| {
            let format = parsed(text);
            let mut read = format!("try_strptime({cell}, {})", literal(text));
            if format.as_ref().is_some_and(|format| format.has("y"))
                && let Some(first) = column.two_digit_years_from
            {
                read = in_century(&read, first);
            }
            match format.and_then(|format| format.width()) {
                Some(width) => format!(
                    "case when regexp_full_match({cell}, '{}') then {read} end",
                    quoted(&width)
                ),
                None => read,
            }
        })
        .collect();
    format!("coalesce({})", arms.join(", "))
}

/// The database reads two digits as 1969 to 2068.
fn in_century(read: &str, first: i32) -> String {
    format!(
        "case when year({read}) < {first} then {read} + interval 100 year \
         when year({read}) >= {} then {read} - interval 100 year else {read} end",
        first + 100
    )
}

fn literal(text: &str) -> String {
    format!("'{}'", quoted(text))
}

/// When the offset of a zone changes, in UTC, and to how many seconds.
fn changes(zone: Tz, from: NaiveDateTime, until: NaiveDateTime) -> Vec<(NaiveDateTime, i32)> {
    let day = TimeDelta::days(1);
    let mut found = Vec::new();
    let mut at = from;
    while at < until {
        let next = at + day;
        if offset(zone, at) != offset(zone, next) {
            let (mut before, mut after) = (at, next);
            while after - before > TimeDelta::seconds(1) {
                let middle = before + (after - before) / 2;
                let middle = middle
                    - TimeDelta::nanoseconds(i64::from(middle.and_utc().timestamp_subsec_nanos()));
                if offset(zone, middle) == offset(zone, at) {
                    before = middle;
                } else {
                    after = middle;
                }
            }
            found.push((after, offset(zone, after)));
        }
        at = next;
    }
    found
}

fn offset(zone: Tz, at: NaiveDateTime) -> i32 {
    zone.offset_from_utc_datetime(&at).fix().local_minus_utc()
}

fn year_start(year: i32) -> NaiveDateTime {
    let year = year.clamp(1, 9999);
    NaiveDate::from_ymd_opt(year, 1, 1)
        .unwrap_or(NaiveDate::MIN)
        .and_time(chrono::NaiveTime::MIN)
}
