//! What series of months about the force's own people must show.

use super::list::Fields;
use super::series::{per_cent, quarter, rows, within};
use super::{in_range, later};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn conduct_cases_about_women_mostly_have_a_crime_behind_them_except_sexism() {
    let cases = rows("conduct_cases", 1);
    let linked = |category: &str| {
        let own = cases
            .values()
            .filter(|row| row["vawg"] == "true" && row["category"].starts_with(category));
        let own: Vec<&Fields> = own.collect();
        let linked = own.iter().filter(|row| !row["linked_crime_ref"].is_empty());
        per_cent(linked.count(), own.len())
    };
    in_range("all", linked(""), 56, 78);
    in_range("domestic abuse", linked("domestic_abuse"), 75, 96);
    in_range("sexism", linked("sexism"), 2, 25);
    in_range("discreditable", linked("discreditable"), 50, 95);
    let crimes = rows("crimes", 1);
    for case in cases.values().filter(|r| !r["linked_crime_ref"].is_empty()) {
        assert!(crimes.contains_key(&vec![case["linked_crime_ref"].clone()]));
    }
    let months: Vec<usize> = (0..24)
        .map(|back| {
            let from = later(quarter().to, -30 * (back + 1)).to_string();
            let to = later(quarter().to, -30 * back).to_string();
            within(cases.values(), "recorded_at", &from, &to)
        })
        .collect();
    let (least, most) = (months.iter().min().unwrap(), months.iter().max().unwrap());
    assert!(most > &(least * 3 / 2), "months differ: {months:?}");
}

#[test]
fn posts_are_counted_since_the_promise_and_are_lost_as_well_as_won() {
    let mut filled: BTreeMap<String, f64> = BTreeMap::new();
    for row in rows("posts", 3).values() {
        if row["unit"].contains("Public Protection") {
            let fte: f64 = row["filled_fte"].parse().unwrap();
            *filled.entry(row["as_at"].clone()).or_default() += fte;
        }
    }
    assert_eq!(filled.keys().next().unwrap(), "2023-07-01");
    let counts: Vec<f64> = filled.into_values().collect();
    let grown = (counts[counts.len() - 1] - counts[0]) / (565.0 / 4.0);
    in_range("share of the promise kept", grown, 0.70, 1.0);
    let fell = counts.windows(2).filter(|pair| pair[1] < pair[0]).count();
    in_range("months with fewer than before", fell, 3, 20);
}

#[test]
fn renewals_are_numbered_from_the_first_completion_on() {
    let rows = rows("training", 3);
    let mut last: Option<(&[String], usize, &str)> = None;
    let mut renewed = 0;
    for (key, row) in &rows {
        let renewal: usize = key[2].parse().unwrap();
        let (of, on) = (&key[..2], row["completed_on"].as_str());
        match last {
            Some((before, number, earlier)) if before == of => {
                assert_eq!(renewal, number + 1, "{row:?}");
                assert!(earlier < on && !earlier.is_empty(), "{row:?}");
                renewed += 1;
            }
            _ => assert_eq!(renewal, 0, "{row:?}"),
        }
        let eligible = row["eligible"] == "true";
        assert_eq!(
            eligible,
            !row["eligible_from"].is_empty() && row["eligible_until"].is_empty(),
            "{row:?}"
        );
        last = Some((of, renewal, on));
    }
    in_range(
        "renewals in a hundred rows",
        per_cent(renewed, rows.len()),
        8,
        40,
    );
}

#[test]
fn training_is_older_than_the_data() {
    let rows = rows("training", 3);
    let trained = |course: &str, at: &str| {
        let held = |row: &&Fields| {
            let stays = row["eligible_until"].is_empty() || *row["eligible_until"] >= *at;
            let asked = !row["eligible_from"].is_empty();
            row["course"] == course && asked && *row["eligible_from"] <= *at && stays
        };
        let staff: BTreeSet<&str> = rows
            .values()
            .filter(held)
            .map(|row| row["staff_id"].as_str())
            .collect();
        let in_date: BTreeSet<&str> = rows
            .values()
            .filter(held)
            .filter(|row| !row["completed_on"].is_empty())
            .filter(|row| *row["completed_on"] <= *at && *row["expires_on"] >= *at)
            .map(|row| row["staff_id"].as_str())
            .collect();
        per_cent(in_date.len(), staff.len())
    };
    for course in ["vawg_awareness", "vawg_investigation", "call_it_out"] {
        let (before, now) = (trained(course, "2024-11-30"), trained(course, "2026-10-31"));
        in_range("two years before", before, 58, 82);
        in_range("now", now, 64, 82);
    }
}
