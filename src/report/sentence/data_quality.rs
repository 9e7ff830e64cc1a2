//! Whether the figures can be relied on: what arrived, what was rejected, and
//! which checks failed.

use chrono::NaiveDate;

use super::Sentence;
use crate::ingest::status::State;
use crate::report::format;
use crate::report::view::source::{Checks, Source};

/// Extracts shown by name before the rest is counted.
const NAMED: usize = 2;

/// The lead sentence about trust.
pub fn lead(sources: &[Source], checks: &Checks, as_of: NaiveDate) -> Sentence {
    let expected = expected(sources, as_of);
    if expected.is_empty() {
        return Sentence::new("No extract", " has arrived yet.", "#sources");
    }
    let fresh = expected.iter().filter(|s| s.has_arrived()).count();
    let linked = if fresh == expected.len() {
        format!("{} arrived", all(fresh))
    } else {
        format!("{fresh} of {} arrived", extracts(expected.len()))
    };
    let after = format!(
        "{}{}; {}.",
        accepted(sources),
        troubles(&expected),
        checked(checks)
    );
    Sentence::new(&linked, &after, "#sources")
}

/// The heading of the sources' section.
pub fn heading(sources: &[Source], as_of: NaiveDate) -> String {
    let expected = expected(sources, as_of);
    let absent = not_fresh(sources);
    match (expected.len(), absent) {
        (0, _) => "No extract has arrived yet".to_owned(),
        (due, 0) => format!("{} arrived on time", all(due)),
        (due, absent) => format!("{absent} of {} did not arrive on time", extracts(due)),
    }
}

/// Extracts that should be here and are not.
pub fn not_fresh(sources: &[Source]) -> usize {
    troubled(sources).count()
}

/// The state of one extract, for a table: `held, of 1 March 2026` for one that was
/// not due.
pub fn state(source: &Source, as_of: NaiveDate) -> String {
    match source.as_at.filter(|_| source.is_held(as_of)) {
        Some(as_at) => format!("held, of {}", format::date(as_at.date())),
        None => in_words(source),
    }
}

fn in_words(source: &Source) -> String {
    let state = source.state.as_str();
    match (source.state, &source.refused, source.as_at) {
        _ if source.has_arrived() && source.is_held_back => "arrived, held back".to_owned(),
        (State::Refused, Some(reason), _) => format!("{state}, because {reason}"),
        (State::Stale, _, Some(as_at)) => format!("{state}, of {}", format::date(as_at.date())),
        _ => state.to_owned(),
    }
}

/// What a reader must not rely on, a sentence for each extract in trouble.
pub fn cautions(sources: &[Source], checks: &Checks) -> Vec<String> {
    let mut cautions: Vec<String> = troubled(sources)
        .map(|source| {
            let effect = source
                .affects
                .as_ref()
                .map_or_else(String::new, |affects| format!("; do not rely on {affects}"));
            format!("{}: {}{effect}.", source.title, in_words(source))
        })
        .collect();
    cautions.extend(checks.failed.iter().map(|check| {
        let rows = format::plural(check.rows, "row breaks", "rows break");
        format!("Failed check: “{}”; {rows} it.", check.title)
    }));
    cautions
}

/// Extracts that were due this night.
fn expected(sources: &[Source], as_of: NaiveDate) -> Vec<&Source> {
    sources
        .iter()
        .filter(|source| source.is_troubled() || source.has_arrived() && !source.is_held(as_of))
        .collect()
}

fn troubled(sources: &[Source]) -> impl Iterator<Item = &Source> {
    sources.iter().filter(|source| source.is_troubled())
}

fn accepted(sources: &[Source]) -> String {
    let rows_in: u64 = sources.iter().map(|source| source.rows_in).sum();
    let rejected: u64 = sources.iter().map(|source| source.rows_rejected).sum();
    match (rows_in, rejected) {
        (0, _) => ", with no rows".to_owned(),
        (all, 0) => format!(" and all {} rows were accepted", format::count(all)),
        (all, rejected) => format!(
            " and {} of {} rejected",
            format::count(rejected),
            format::plural(all, "row was", "rows were")
        ),
    }
}

fn troubles(expected: &[&Source]) -> String {
    let troubled: Vec<_> = expected
        .iter()
        .filter(|source| !source.has_arrived())
        .collect();
    if troubled.is_empty() {
        return String::new();
    }
    let mut names: Vec<String> = troubled
        .iter()
        .take(NAMED)
        .map(|source| format!("{} ({})", source.title, source.state.as_str()))
        .collect();
    if troubled.len() > NAMED {
        names.push(format!("{} more", troubled.len() - NAMED));
    }
    format!("; not in: {}", format::list_in_words(&names))
}

fn checked(checks: &Checks) -> String {
    match (checks.run, checks.failed.len()) {
        (0, _) => "no check ran".to_owned(),
        (1, 0) => "the one check passed".to_owned(),
        (run, 0) => format!("all {} checks passed", format::count(run)),
        (run, failed) => {
            let rows = checks.failed.iter().map(|check| check.rows).sum();
            format!(
                "{failed} of {} failed ({})",
                format::plural(run, "check", "checks"),
                format::plural(rows, "row", "rows")
            )
        }
    }
}

fn all(count: usize) -> String {
    if count == 1 {
        "The one extract".to_owned()
    } else {
        format!("All {}", extracts(count))
    }
}

fn extracts(count: usize) -> String {
    if count == 1 {
        "1 extract".to_owned()
    } else {
        format!("{count} extracts")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::sample;
    use crate::report::view::source::FailedCheck;

    fn checks(run: u64) -> Checks {
        Checks {
            run,
            failed: vec![],
        }
    }

    fn as_of() -> NaiveDate {
        sample::header().as_of
    }

    #[test]
    fn a_series_published_months_ago_did_not_arrive_last_night() {
        let mut sources = vec![
            sample::source("crimes", "Crime reports"),
            sample::source("met_vawg_monthly", "Published counts"),
        ];
        sources[1].as_at = NaiveDate::from_ymd_opt(2026, 3, 1).and_then(|d| d.and_hms_opt(0, 0, 0));
        assert_eq!(state(&sources[1], as_of()), "held, of 1 March 2026");
        assert_eq!(
            heading(&sources, as_of()),
            "The one extract arrived on time"
        );
        assert!(cautions(&sources, &checks(1)).is_empty());
    }

    #[test]
    fn a_whole_night_can_be_trusted() {
        let sources = vec![
            sample::source("crimes", "Crime reports"),
            sample::source("arrests", "Arrests"),
        ];
        assert_eq!(
            lead(&sources, &checks(64), as_of()).text(),
            "All 2 extracts arrived and all 2,000 rows were accepted; all 64 checks passed."
        );
        assert_eq!(heading(&sources, as_of()), "All 2 extracts arrived on time");
        assert!(cautions(&sources, &checks(64)).is_empty());
    }

    #[test]
    fn what_is_missing_is_named_with_its_effect() {
        let mut sources = vec![
            sample::source("crimes", "Crime reports"),
            sample::source("arrests", "Arrests"),
        ];
        sources[0].rows_rejected = 3;
        sources[1].state = State::Stale;
        sources[1].as_at = as_of()
            .and_hms_opt(0, 0, 0)
            .map(|now| now - chrono::Duration::days(2));
        sources[1].affects = Some("arrests on this page".to_owned());
        assert_eq!(
            lead(&sources, &checks(1), as_of()).text(),
            "1 of 2 extracts arrived and 3 of 2,000 rows were rejected; not in: Arrests (stale); \
             the one check passed."
        );
        assert_eq!(
            cautions(&sources, &checks(1)),
            vec![
                "Arrests: stale, of 19 November 2026; do not rely on arrests on this page."
                    .to_owned()
            ]
        );
    }

    #[test]
    fn never_received_is_not_missing() {
        let mut sources = vec![sample::source("surveys", "Surveys")];
        sources[0].state = State::Never;
        assert_eq!(
            lead(&sources, &checks(0), as_of()).text(),
            "No extract has arrived yet."
        );
        assert_eq!(not_fresh(&sources), 0);
    }

    #[test]
    fn failed_checks_are_told() {
        let failed = Checks {
            run: 64,
            failed: vec![FailedCheck {
                title: "every charge has a crime".to_owned(),
                rows: 1,
            }],
        };
        let sources = vec![sample::source("crimes", "Crime reports")];
        assert!(
            lead(&sources, &failed, as_of())
                .text()
                .ends_with("1 of 64 checks failed (1 row).")
        );
        assert_eq!(
            cautions(&sources, &failed),
            vec!["Failed check: “every charge has a crime”; 1 row breaks it.".to_owned()]
        );
    }
}
