//! Breaks of how things are recorded, in words.

use chrono::NaiveDate;

use crate::report::format;

/// `Break 1, 28 February 2024: the Met moved its crime reports from CRIS to
/// CONNECT; limits begin anew and nothing is compared across it. Source: ...`
pub fn told(name: &str, date: NaiveDate, what: &str, source: &str) -> String {
    format!(
        "{name}, {}: {what}; limits begin anew and nothing is compared across it. Source: \
         {source}.",
        format::date(date)
    )
}

/// `on 28 February 2024 the way of recording changed (the Met moved ...)`, to
/// follow the reason for leaving something out.
pub fn reason(date: NaiveDate, what: &str) -> String {
    format!(
        "on {} the way of recording changed ({what})",
        format::date(date)
    )
}
