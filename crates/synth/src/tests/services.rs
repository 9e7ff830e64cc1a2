//! What the sources of orders, services and prevention must show, read back
//! from their files.

use super::list::{Fields, latest, list};
use super::{Plan, day, in_range, later, plan, write};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;

type Rows = BTreeMap<Vec<String>, Fields>;

/// A quarter of London, undamaged, shared by the tests, with the rows written
/// for each source.
static LONDON: LazyLock<(TempDir, BTreeMap<&str, u64>)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let summary = write(&quarter(), folder.path(), &mut |_, _| {}).unwrap();
    let mut rows = BTreeMap::new();
    for file in summary.files {
        *rows.entry(file.source).or_default() += file.rows;
    }
    (folder, rows)
});

fn quarter() -> Plan {
    Plan {
        dirty_share: 0.0,
        ..plan(9_000, 11)
    }
}

fn folder() -> &'static Path {
    LONDON.0.path()
}

fn rows(source: &str, keys: usize) -> Rows {
    latest(folder(), source, keys, quarter().to)
}

/// The share, in per cent, of the rows of `all` that are `good`.
fn share<'r>(
    all: impl Iterator<Item = &'r Fields>,
    mut good: impl FnMut(&Fields) -> bool,
) -> usize {
    let (mut count, mut total) = (0, 0);
    for row in all {
        total += 1;
        count += usize::from(good(row));
    }
    count * 100 / total
}

/// Days from one column's day to another's; none where either is empty.
fn days_between(row: &Fields, from: &str, until: &str) -> Option<i64> {
    let day_of = |column: &str| row[column].get(..10).map(day);
    Some((day_of(until)? - day_of(from)?).num_days())
}

#[test]
fn an_order_is_breached_while_it_stands_and_every_second_breach_is_charged() {
    let (breaches, orders) = (rows("order_breaches", 2), rows("orders", 1));
    for (key, breach) in &breaches {
        let order = &orders[&key[..1]];
        let ends = ["revoked_at", "expires_at"].map(|column| &order[column]);
        let end = ends.into_iter().find(|end| !end.is_empty()).unwrap();
        assert!(order["decided_at"] <= breach["breached_at"], "{breach:?}");
        assert!(breach["breached_at"] <= *end, "{breach:?} {order:?}");
    }
    let settled = breaches.values().filter(|b| *b["breached_at"] < *"2026-10");
    in_range(
        "charged",
        share(settled, |b| b["charged"] == "true"),
        45,
        57,
    );
}

#[test]
fn interventions_follow_high_harm_and_begin_once_the_suspect_is_known() {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let crimes = rows("crimes", 1);
    for key in rows("parties", 3).keys().filter(|key| key[2] == "suspect") {
        let recorded = &crimes[&key[..1]]["recorded_at"];
        let first = known.entry(key[1].clone()).or_insert(recorded.clone());
        *first = recorded.min(first).clone();
    }
    let interventions = rows("interventions", 1);
    for done in interventions.values() {
        assert!(known[&done["nominal_id"]] <= done["starts_at"], "{done:?}");
    }
    let helped: BTreeSet<&String> = interventions.values().map(|i| &i["nominal_id"]).collect();
    let (_, ranking) = list(folder(), quarter().to);
    let listed = ranking[..25].iter().filter(|r| helped.contains(&r.person));
    in_range("of the list", listed.count() * 4, 64, 100);
    in_range("of all", helped.len() * 100 / known.len(), 3, 10);
}

#[test]
fn two_in_five_suspects_under_eighteen_are_referred_to_a_programme() {
    let (nominals, crimes) = (rows("nominals", 1), rows("crimes", 1));
    let young: BTreeSet<String> = rows("parties", 3)
        .into_keys()
        .filter(|key| key[2] == "suspect")
        .filter(|key| {
            let born = nominals[&key[1..2]]["date_of_birth"].get(..10).map(day);
            let recorded = day(&crimes[&key[..1]]["recorded_at"][..10]);
            born.and_then(|born| recorded.years_since(born)) < Some(18) && born.is_some()
        })
        .map(|key| key[1].clone())
        .collect();
    let programmes: BTreeSet<String> = rows("interventions", 1)
        .into_values()
        .filter(|done| done["kind"] == "youth_programme")
        .map(|done| done["nominal_id"].clone())
        .collect();
    let referred = young.intersection(&programmes).count();
    assert_eq!(referred, programmes.len(), "none is for adults");
    in_range("referred", referred * 100 / young.len(), 35, 46);
}

#[test]
fn disclosures_are_made_as_often_as_published() {
    let all = rows("disclosures", 1);
    for (route, low, high) in [("know", 49, 57), ("ask", 34, 42)] {
        let own = all.values().filter(|row| row["route"] == route);
        let decided = own.filter(|row| !row["decided_at"].is_empty());
        in_range(
            route,
            share(decided, |row| row["disclosed"] == "true"),
            low,
            high,
        );
    }
}

#[test]
fn duties_to_victims_are_mostly_done_in_time() {
    let all = rows("victim_services", 1);
    for (kind, low, high) in [
        ("acknowledgement", 80, 88),
        ("needs_assessment", 71, 79),
        ("referral", 83, 91),
        ("update", 62, 71),
        ("vps_offer", 65, 76),
        ("release_notice", 83, 95),
    ] {
        let own = all.values().filter(|row| row["kind"] == kind);
        let due = own.filter(|row| *row["due_at"] < *"2026-11-21");
        let in_time = |row: &Fields| !row["done_at"].is_empty() && row["done_at"] <= row["due_at"];
        in_range(kind, share(due, in_time), low, high);
    }
    let offered = all.values().filter(|row| !row["accepted"].is_empty());
    in_range(
        "accepted",
        share(offered, |row| row["accepted"] == "true"),
        36,
        44,
    );
}

/// Of each member of staff and course, the row of the newest completion.
fn newest_completions() -> Rows {
    let all = rows("training", 3).into_iter();
    all.map(|(key, row)| (key[..2].to_vec(), row)).collect()
}

#[test]
fn most_staff_are_in_date_while_some_have_expired_or_never_came() {
    let places = newest_completions();
    for course in ["vawg_awareness", "vawg_investigation", "call_it_out"] {
        let own = || places.values().filter(|row| row["course"] == course);
        let eligible = || own().filter(|row| row["eligible"] == "true");
        let in_date = |row: &Fields| *row["expires_on"] >= *"2026-11-21";
        in_range(course, share(eligible(), in_date), 62, 78);
        let expired = |row: &Fields| !row["expires_on"].is_empty() && !in_date(row);
        in_range("expired", share(eligible(), expired), 3, 22);
        let never = |row: &Fields| row["completed_on"].is_empty();
        in_range("never", share(own(), never), 10, 33);
    }
}

#[test]
fn prevention_in_places_is_carried_out_as_planned() {
    let patrols = rows("patrols", 1);
    let minutes = |column: &str| -> usize {
        let logged = patrols
            .values()
            .filter(|row| !row["delivered_minutes"].is_empty());
        logged
            .map(|row| row[column].parse::<usize>().unwrap())
            .sum()
    };
    let delivered = minutes("delivered_minutes") * 1_000 / minutes("scheduled_minutes");
    in_range("delivered, per mille", delivered, 955, 985);
    let reports = rows("place_reports", 1);
    let old = reports
        .values()
        .filter(|row| *row["reported_at"] < *"2026-10-20");
    let answered = |row: &Fields| days_between(row, "reported_at", "answered_at") <= Some(28);
    let answered = share(old, |row| !row["answered_at"].is_empty() && answered(row));
    in_range("answered in 28 days", answered, 69, 81);
}

#[test]
fn what_panels_and_neighbours_ask_for_is_mostly_closed_in_ninety_days() {
    let in_time = |from: &'static str, until: &'static str| {
        move |row: &Fields| days_between(row, from, until).is_some_and(|days| days <= 90)
    };
    let reviews = rows("panel_reviews", 1);
    let old = reviews
        .values()
        .filter(|row| *row["held_on"] < *"2026-08-20");
    in_range(
        "recommendations",
        share(old, in_time("held_on", "closed_on")),
        60,
        80,
    );
    let all = rows("engagements", 1);
    let old = || {
        let due = all.values().filter(|row| !row["action_due_on"].is_empty());
        due.filter(|row| *row["held_on"] < *"2026-08-20")
    };
    let closed = in_time("held_on", "action_closed_on");
    in_range("actions", share(old(), closed), 70, 86);
    let problems = old().filter(|row| row["kind"] == "problem_solving");
    let in_time = |row: &Fields| {
        !row["action_closed_on"].is_empty() && row["action_closed_on"] <= row["action_due_on"]
    };
    in_range("initiatives", share(problems, in_time), 52, 70);
    let august = |row: &Fields| row["held_on"].contains("-08-");
    let schools = all.values().filter(|row| row["kind"] == "school");
    assert_eq!(share(schools, august), 0);
}

#[test]
fn rows_that_were_open_are_completed_in_a_later_night() {
    for (source, keys, column) in [
        ("interventions", 1, "ends_at"),
        ("disclosures", 1, "decided_at"),
        ("victim_services", 1, "done_at"),
        ("training", 3, "completed_on"),
        ("engagements", 1, "action_closed_on"),
        ("panel_reviews", 1, "closed_on"),
        ("patrols", 1, "delivered_minutes"),
        ("place_reports", 1, "answered_at"),
    ] {
        let first = latest(folder(), source, keys, later(quarter().to, -14));
        let last = rows(source, keys);
        let open = first.iter().filter(|(_, row)| row[column].is_empty());
        let completed = open.filter(|(key, _)| !last[*key][column].is_empty());
        assert!(completed.count() > 2, "{source}");
    }
}

#[test]
fn the_services_of_a_whole_force_stay_below_nine_hundred_thousand_rows() {
    let later_sources = [
        "order_breaches",
        "interventions",
        "disclosures",
        "victim_services",
        "training",
        "panel_reviews",
        "engagements",
        "patrols",
        "place_reports",
        "pilots",
    ];
    let rows: u64 = later_sources.iter().map(|source| LONDON.1[source]).sum();
    in_range("rows of a quarter", rows, 130_000, 225_000);
    in_range("pilots", LONDON.1["pilots"], 30, 70);
}
