//! What cannot be right counts for nobody, is told, and touches no other
//! score.

use std::collections::BTreeMap;

use crate::support::rows::{crime, nominal, party};
use crate::support::{MORNING, Site};

const RAPE: &str = "019/08";
/// Sexual assault on a girl under 13: 182 days.
const ASSAULT: &str = "020/06";

/// Three people, and what else the night brings.
fn site(crimes: &[String], parties: &[String], nominals: &[String]) -> Site {
    let site = Site::new();
    let mut all = (Vec::new(), Vec::new(), vec![nominal("V", "F", &[])]);
    for (person, code) in [("A", RAPE), ("B", ASSAULT), ("C", "008/67")] {
        all.0
            .push(crime(&format!("C-{person}"), code, "2026-06-01", &[]));
        all.1.push(party(&format!("C-{person}"), person, "suspect"));
        all.1.push(party(&format!("C-{person}"), "V", "victim"));
        all.2.push(nominal(person, "F", &[]));
    }
    all.0.extend_from_slice(crimes);
    all.1.extend_from_slice(parties);
    all.2.extend_from_slice(nominals);
    site.land_night(MORNING, &all.0, &all.1, &all.2);
    site
}

fn scores(site: &Site) -> BTreeMap<String, String> {
    let rows = site.query("select nominal_id, score_days from ledger.list_entries");
    rows.into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect()
}

/// The scores of the three alone.
fn untouched() -> BTreeMap<String, String> {
    let site = site(&[], &[], &[]);
    site.ranked(MORNING);
    assert_eq!(count(&site, "refused_crimes"), "[]");
    let scores = scores(&site);
    assert_eq!(
        scores,
        [("A", "1825.000"), ("B", "182.000"), ("C", "84.000")]
            .map(|(person, days)| (person.to_owned(), days.to_owned()))
            .into()
    );
    scores
}

fn count(site: &Site, key: &str) -> String {
    site.one(&format!("select counts ->> '$.{key}' from ledger.lists"))
}

#[test]
fn a_suspect_who_is_the_victim_too_is_refused_and_told() {
    let mut site = site(
        &[crime("BAD", RAPE, "2026-06-02", &[])],
        &[party("BAD", "B", "suspect"), party("BAD", "B", "victim")],
        &[],
    );
    site.ranked(MORNING);
    assert_eq!(scores(&site), untouched());
    assert_eq!(count(&site, "refused_crimes"), "[\"BAD\"]");
    assert_eq!(count(&site, "not_counted.own_victim"), "1");
    let shown = site.told(&["list", "show"]);
    assert!(shown.contains("Refused crimes: BAD."), "{shown}");
    let told = site.told(&["list", "explain", "B"]);
    assert!(
        told.contains("the suspect is named as its victim too"),
        "{told}"
    );
    assert!(told.contains("Sum of days: 182"), "{told}");
}

#[test]
fn another_suspect_of_such_a_crime_carries_its_harm() {
    let site = site(
        &[crime("BAD", RAPE, "2026-06-02", &[])],
        &[
            party("BAD", "B", "suspect"),
            party("BAD", "B", "victim"),
            party("BAD", "C", "suspect"),
        ],
        &[],
    );
    site.ranked(MORNING);
    let wanted = [("A", "1825.000"), ("B", "182.000"), ("C", "1909.000")];
    assert_eq!(
        scores(&site),
        wanted
            .map(|(person, days)| (person.to_owned(), days.to_owned()))
            .into()
    );
}

#[test]
fn a_suspect_merged_into_the_victim_of_the_same_crime_is_refused() {
    let site = site(
        &[crime("BAD", RAPE, "2026-06-02", &[])],
        &[party("BAD", "B2", "suspect"), party("BAD", "B", "victim")],
        &[nominal("B2", "F", &[("merged_into", "B")])],
    );
    site.ranked(MORNING);
    assert_eq!(scores(&site), untouched());
    assert_eq!(count(&site, "refused_crimes"), "[\"BAD\"]");
}

#[test]
fn a_crime_that_names_a_crowd_counts_for_none_of_it() {
    let named = |count: usize| {
        let mut parties = vec![party("BAD", "A", "suspect"), party("BAD", "V", "victim")];
        parties.extend((1..count).map(|n| party("BAD", &format!("P{n:02}"), "suspect")));
        let site = site(&[crime("BAD", RAPE, "2026-06-02", &[])], &parties, &[]);
        site.ranked(MORNING);
        site
    };
    let mut crowd = named(60);
    assert_eq!(scores(&crowd), untouched());
    assert_eq!(count(&crowd, "refused_crimes"), "[\"BAD\"]");
    assert_eq!(count(&crowd, "not_counted.crowd"), "60");
    let shown = crowd.told(&["list", "show"]);
    assert!(shown.contains("Refused crimes: BAD."), "{shown}");

    for (suspects, everyone, refused) in [(50, 52, "[]"), (51, 3, "[\"BAD\"]")] {
        let site = named(suspects);
        assert_eq!(scores(&site).len(), everyone, "{suspects}");
        assert_eq!(count(&site, "refused_crimes"), refused, "{suspects}");
    }
}

#[test]
fn a_code_that_the_index_does_not_weigh_is_told_and_moves_nobody() {
    let mut site = site(
        &[crime("BAD", "005/01", "2026-06-02", &[])],
        &[party("BAD", "B", "suspect"), party("BAD", "V", "victim")],
        &[],
    );
    site.drop_weight("005/01");
    site.ranked(MORNING);
    assert_eq!(scores(&site), untouched());
    assert_eq!(count(&site, "unscored_allegations"), "1");
    assert_eq!(count(&site, "refused_crimes"), "[]");
    let shown = site.told(&["list", "show"]);
    assert!(
        shown.contains("Unscored allegations: 1 (codes: 005/01)"),
        "{shown}"
    );
    assert!(shown.contains("unscored allegations"), "{shown}");
}

#[test]
fn records_merged_in_a_circle_stand_for_themselves() {
    let site = site(
        &[],
        &[],
        &[
            nominal("B", "F", &[("merged_into", "X")]),
            nominal("X", "F", &[("merged_into", "C")]),
            nominal("C", "F", &[("merged_into", "B")]),
        ],
    );
    // The circle's rows stand for the plain ones of the same people.
    let path = site.landing().join("nominals_20261121.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let is_plain = |line: &str| {
        ["B,", "C,"].iter().any(|head| line.starts_with(head)) && line.contains(",,,false")
    };
    let kept: Vec<&str> = text.lines().filter(|line| !is_plain(line)).collect();
    assert_eq!(kept.len(), 6, "{text}");
    std::fs::write(&path, kept.join("\n") + "\n").unwrap();
    site.ranked(MORNING);
    assert_eq!(scores(&site), untouched());
    assert_eq!(
        site.one("select failing_rows from mart.checks where name = 'merges_end'"),
        "1"
    );
}
