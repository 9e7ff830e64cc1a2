//! What series of months must show that are made from the files: no month is
//! low because the data only began, and levels are near what is published.

use super::super::calendar::days;
use super::super::rng::real;
use super::list::{self, Fields, latest};
use super::{Plan, day, in_range, plan, write};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;

type Rows = BTreeMap<Vec<String>, Fields>;

/// A quarter of London over three years, undamaged, shared by the tests.
static LONDON: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    write(&quarter(), folder.path(), &mut |_, _| {}).unwrap();
    folder
});

pub(super) fn quarter() -> Plan {
    Plan {
        from: day("2023-11-01"),
        dirty_share: 0.0,
        ..plan(9_000, 12)
    }
}

fn folder() -> &'static Path {
    LONDON.path()
}

pub(super) fn rows(source: &str, keys: usize) -> Rows {
    latest(folder(), source, keys, quarter().to)
}

/// How many days of a column lie within a span.
pub(super) fn within<'r>(
    rows: impl Iterator<Item = &'r Fields>,
    column: &str,
    from: &str,
    to: &str,
) -> usize {
    rows.filter(|row| (from..to).contains(&row[column].get(..10).unwrap_or("")))
        .count()
}

pub(super) fn per_cent(part: usize, whole: usize) -> usize {
    part * 100 / whole
}

#[test]
fn rapes_are_charged_from_the_first_month_on() {
    let charges = rows("charges", 1);
    let rapes = || {
        let rapes = charges.values();
        rapes.filter(|row| row["ho_code"].starts_with("019/"))
    };
    let first = within(rapes(), "charged_at", "2023-11-01", "2024-05-01");
    let last = within(rapes(), "charged_at", "2026-05-01", "2026-11-01");
    in_range("charges of the first half year", first, 15, 60);
    in_range("charges of the last half year", last, 15, 60);
}

#[test]
fn no_charge_is_held_from_before_the_data_begin() {
    let charges = rows("charges", 1);
    let days = charges.values().map(|row| row["charged_at"].as_str());
    let first = days.min().unwrap();
    assert!(("2023-11-01".."2023-11-03").contains(&first), "{first}");
}

#[test]
fn crimes_are_open_when_the_data_begin_and_no_older_one_is_held_in_vain() {
    let crimes = rows("crimes", 1);
    let open = |at: &str| {
        let held = crimes.values().filter(|row| *row["recorded_at"] < *at);
        held.filter(|row| row["status"] == "open" || *row["status_at"] >= *at)
            .count()
    };
    let (first, last) = (open("2023-11-01"), open("2026-11-01"));
    in_range("open when the data begin", per_cent(first, last), 70, 105);
    let named_by_conduct: BTreeSet<String> = rows("conduct_cases", 1)
        .into_values()
        .map(|row| row["linked_crime_ref"].clone())
        .collect();
    let ended = crimes.values().filter(|row| {
        let before = |column: &str| *row[column] < *"2023-11-01";
        before("reported_at") && before("status_at") && row["status"] != "open"
    });
    for row in ended {
        assert!(named_by_conduct.contains(&row["crime_ref"]), "{row:?}");
    }
}

#[test]
fn a_sixth_of_the_victims_of_domestic_abuse_are_victims_again_within_the_year() {
    let (crimes, nominals) = (rows("crimes", 1), rows("nominals", 1));
    for (from, to) in [("2023-11-21", "2024-11-20"), ("2025-11-21", "2026-11-20")] {
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for key in rows("parties", 3).into_keys().filter(|k| k[2] == "victim") {
            let crime = &crimes[&key[..1]];
            let counted = crime["domestic_abuse"] == "true"
                && nominals[&key[1..2]]["sex"] == "F"
                && (from..to).contains(&crime["reported_at"].get(..10).unwrap());
            if counted {
                *times.entry(key[1].clone()).or_default() += 1;
            }
        }
        let again = times.values().filter(|times| **times > 1).count();
        in_range("per mille again", again * 1_000 / times.len(), 140, 195);
    }
}

#[test]
fn victims_withdraw_from_rape_cases_twice_as_often_as_from_others() {
    let crimes = rows("crimes", 1);
    let withdrawn = |kind: &str| {
        let closed = crimes
            .values()
            .filter(|row| row["ho_code"].starts_with(kind) && !row["outcome_code"].is_empty());
        let codes: Vec<&str> = closed.map(|row| row["outcome_code"].as_str()).collect();
        let withdrawn = codes.iter().filter(|code| ["14", "16"].contains(code));
        per_cent(withdrawn.count(), codes.len())
    };
    in_range("of all", withdrawn(""), 26, 31);
    in_range("of rapes", withdrawn("019/"), 57, 65);
}

#[test]
fn a_twentieth_of_the_cells_holds_two_fifths_of_the_harm() {
    let weights = list::weights();
    let mut cells: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for row in rows("crimes", 1).values() {
        let at = |column: &str| row[column].parse::<u32>().unwrap() / 500;
        let weight = list::weight(&weights, row);
        if *row["reported_at"] >= *"2025-11-21" && row["location_type"] != "online" && weight > 0.0
        {
            *cells.entry((at("easting"), at("northing"))).or_default() += weight;
        }
    }
    let mut harm: Vec<f64> = cells.into_values().collect();
    harm.sort_by(|a, b| b.total_cmp(a));
    let worst: f64 = harm[..harm.len().div_ceil(20)].iter().sum();
    let share = 100.0 * worst / harm.iter().sum::<f64>();
    in_range("share of the worst cells", share, 33.0, 50.0);
}

#[test]
fn abuse_peaks_in_summer_and_at_the_turn_of_the_year() {
    let crimes = rows("crimes", 1);
    let daily = |kind: &str, spans: &[(&str, &str)]| {
        let own = || {
            let own = crimes.values();
            own.filter(|row| row["ho_code"].starts_with(kind))
        };
        let found = spans
            .iter()
            .map(|(a, b)| within(own(), "reported_at", a, b));
        let days = spans.iter().map(|(a, b)| days(day(a), day(b)).count());
        real(found.sum()) / real(days.sum())
    };
    let summer = [("2024-06-01", "2024-09-01"), ("2025-06-01", "2025-09-01")];
    let spring = [("2024-02-01", "2024-04-01"), ("2025-02-01", "2025-04-01")];
    // The two days on which `calendar::busy` plans most.
    let turn = [("2024-12-31", "2025-01-02"), ("2025-12-31", "2026-01-02")];
    let beside_spring = |kind: &str, spans| daily(kind, spans) / daily(kind, &spring);
    let (assaults, sexual) = ("105/01", "020/");
    in_range(
        "assaults in summer",
        beside_spring(assaults, &summer),
        1.08,
        1.4,
    );
    in_range(
        "assaults at new year",
        beside_spring(assaults, &turn),
        1.2,
        2.2,
    );
    in_range(
        "sexual assaults in summer",
        beside_spring(sexual, &summer),
        1.08,
        1.5,
    );
}
