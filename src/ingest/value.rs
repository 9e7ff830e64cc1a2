//! What a cell must hold, as SQL: its value, and every way it can be wrong.

use chrono::{Datelike, NaiveDateTime};

use super::contract::{Column, Kind};
use crate::model::ho_code;
use crate::store::quoted;

const ISO_DATE: &str = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
const ISO_TIME: &str = "[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?";

/// What is trimmed off a cell: space, tab, line ends, no-break space. Cells of
/// text files are trimmed before they come here.
const SPACE: &str = "' ' || chr(9) || chr(10) || chr(13) || chr(160)";

/// A cell of a Parquet file as text, trimmed; its type decides how.
pub(super) fn parquet_cell(column: &str, held: &str) -> String {
    let is_time = held.starts_with("TIMESTAMP");
    if is_time {
        return format!("cast(cast({column} as timestamp) as varchar)");
    }
    if held == "VARCHAR" || held.starts_with("ENUM") {
        return format!("nullif(trim(cast({column} as varchar), {SPACE}), '')");
    }
    format!("cast({column} as varchar)")
}

/// A cell's value in its column's type, null when it is none.
pub(super) fn typed_value(column: &Column) -> String {
    let cell = format!("\"{} text\"", column.name);
    let formats = || {
        let list: Vec<String> = column
            .formats
            .iter()
            .map(|f| format!("'{}'", quoted(f)))
            .collect();
        // Without a digit it is one of the database's own words, such as
        // `epoch`, which it reads as a date under any format.
        format!(
            "case when regexp_matches({cell}, '[0-9]') then try_strptime({cell}, [{}]) end",
            list.join(", ")
        )
    };
    match column.kind {
        Kind::Text | Kind::Identifier | Kind::HoCode => cell,
        // A cast alone would round `15646.5` and read `1e3` as a number.
        Kind::Integer => format!(
            "case when regexp_full_match({cell}, '-?[0-9]+') then try_cast({cell} as bigint) end"
        ),
        // A cast alone would take `1_000`.
        Kind::Decimal => format!(
            "case when regexp_full_match({cell}, '[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?') \
             then try_cast({cell} as decimal(18, 6)) end"
        ),
        Kind::Boolean => format!(
            "case lower({cell}) when 'true' then true when 'false' then false \
             when '1' then true when '0' then false end"
        ),
        // A cast alone would take `2026-01-4a` for the fourth. What comes back
        // as it was is in order, and quicker to see than by the pattern.
        Kind::Date if column.formats.is_empty() => format!(
            "case when cast(try_cast({cell} as date) as varchar) = {cell} \
                 or regexp_full_match({cell}, '{ISO_DATE}( 00:00:00)?') \
             then try_cast(left({cell}, 10) as date) end"
        ),
        Kind::Date => format!("cast({} as date)", formats()),
        // A cast alone would take an offset and silently shift the time, and
        // would read 24:00:00 as the next day.
        Kind::Timestamp if column.formats.is_empty() => format!(
            "case when cast(try_cast({cell} as timestamp) as varchar) = {cell} \
                 or (regexp_full_match({cell}, '{ISO_DATE}[ T]{ISO_TIME}') \
                     and substring({cell}, 12, 2) < '24') \
             then try_cast({cell} as timestamp) end"
        ),
        Kind::Timestamp => formats(),
    }
}

/// Conditions under which a cell that holds something is wrong, and what was
/// expected instead.
pub(super) fn value_tests(column: &Column, as_at: NaiveDateTime) -> Vec<(String, String)> {
    let cell = format!("\"{} text\"", column.name);
    let value = format!("\"{}\"", column.name);
    let mut found = Vec::new();
    match column.kind {
        Kind::Text => {}
        // Most identifiers have neither, which is quick to see.
        Kind::Identifier => found.push((
            format!(
                "(contains({cell}, '.') or contains({cell}, '+')) and regexp_full_match({cell}, \
                 '-?[0-9]+[.][0-9]+([eE][-+]?[0-9]+)?|[0-9]+[eE][+][0-9]+')"
            ),
            "a number that a spreadsheet or a program has reshaped; expected the identifier as it was issued".to_owned(),
        )),
        Kind::HoCode => found.push((
            format!(
                "not regexp_full_match({cell}, '{}')",
                ho_code::PATTERN.trim_matches(['^', '$'])
            ),
            format!("expected {}", column.kind.expected()),
        )),
        _ => found.push((
            format!("{cell} is not null and {value} is null"),
            format!("expected {}", expected_form(column)),
        )),
    }
    if matches!(column.kind, Kind::Date | Kind::Timestamp) {
        let last = as_at.year() + column.years_ahead;
        found.push((
            format!(
                "{value} not between timestamp '{:04}-01-01' and timestamp '{last:04}-12-31 23:59:59.999999'",
                column.first_year
            ),
            format!("expected a year from {} to {last}", column.first_year),
        ));
    }
    if column.min.is_some() || column.max.is_some() {
        let (low, high) = (
            column.min.unwrap_or(i64::MIN),
            column.max.unwrap_or(i64::MAX),
        );
        found.push((
            format!("{value} not between {low} and {high}"),
            format!("expected {} to {}", bound(column.min), bound(column.max)),
        ));
    }
    if let Some(pattern) = &column.pattern {
        found.push((
            format!("not regexp_full_match({cell}, '{}')", quoted(pattern)),
            format!("expected a value like {pattern}"),
        ));
    }
    if !column.values.is_empty() {
        let list: Vec<String> = column
            .values
            .iter()
            .map(|v| format!("'{}'", quoted(v)))
            .collect();
        found.push((
            format!("{cell} not in ({})", list.join(", ")),
            format!("expected one of {}", column.values.join(", ")),
        ));
    }
    found
}

fn bound(bound: Option<i64>) -> String {
    bound.map_or_else(|| "any number".to_owned(), |bound| bound.to_string())
}

fn expected_form(column: &Column) -> String {
    let form = match column.kind {
        Kind::Date if column.formats.is_empty() => "YYYY-MM-DD".to_owned(),
        Kind::Timestamp if column.formats.is_empty() => {
            "YYYY-MM-DD HH:MM:SS, local time without offset".to_owned()
        }
        Kind::Date | Kind::Timestamp => format!("as {}", column.formats.join(" or ")),
        kind => return kind.expected().to_owned(),
    };
    format!("{}, {form}", column.kind.expected())
}
