//! The list under one other rule each, by hand, and what a rank owes to a
//! single allegation, counted a second way.

use std::cmp::Reverse;
use std::sync::OnceLock;

use crate::support::kept::Kept;
use crate::support::rows::{crime, nominal, party};
use crate::support::{MORNING, Site, london};

const RAPE: &str = "019/08";
/// Actual bodily harm, which both editions weigh; here at 182 days.
const ASSAULT: &str = "008/06";
const STALKING: &str = "008/66";
const COERCIVE: &str = "008/67";

/// In the order of the list: A 1,825 days, B 546, C 364, E 266 under two
/// records, G 252, F 182; D's allegation is older than the window.
fn site() -> Site {
    static MADE: OnceLock<Kept> = OnceLock::new();
    Kept::once(&MADE, || listing("2"))
}

fn listing(size: &str) -> Site {
    let mut site = Site::new();
    site.set_list(&[("size", size), ("reserve", "10")]);
    let index = site.dir.join("jobs/harm-list/index/starter-2026.csv");
    let text = std::fs::read_to_string(&index).unwrap();
    let row = "008/06,,Assault occasioning actual bodily harm,";
    let heavier = text.replace(&format!("{row}10,"), &format!("{row}182,"));
    assert_ne!(heavier, text);
    std::fs::write(&index, heavier).unwrap();
    let closed = |code| [("status", "closed"), ("outcome_code", code)];
    let crimes = [
        ("A", crime("C1", RAPE, "2026-06-01", &[])),
        (
            "B",
            crime("C2", ASSAULT, "2026-06-01", &[("offence_count", "3")]),
        ),
        (
            "C",
            crime(
                "C3",
                ASSAULT,
                "2026-01-01",
                &[
                    ("offence_count", "2"),
                    ("committed_from", "2024-01-01 10:00:00"),
                ],
            ),
        ),
        (
            "D",
            crime("C4", ASSAULT, "2025-01-01", &[("offence_count", "30")]),
        ),
        ("E1", crime("C5", ASSAULT, "2026-06-01", &[])),
        ("E2", crime("C6", COERCIVE, "2026-06-01", &[])),
        ("F", crime("C7", ASSAULT, "2026-06-01", &closed("14"))),
        ("G", crime("C8", STALKING, "2026-06-01", &closed("18"))),
    ];
    let mut parties = Vec::new();
    for (place, (suspect, _)) in crimes.iter().enumerate() {
        let reference = format!("C{}", place + 1);
        parties.push(party(&reference, suspect, "suspect"));
        parties.push(party(&reference, "V", "victim"));
    }
    let mut nominals: Vec<String> = ["A", "B", "C", "D", "E2", "F", "G"]
        .map(|id| nominal(id, "M", &[]))
        .to_vec();
    nominals.push(nominal("E1", "M", &[("merged_into", "E2")]));
    nominals.push(nominal("V", "F", &[]));
    site.land_night(MORNING, &crimes.map(|(_, row)| row), &parties, &nominals);
    site.ranked(MORNING);
    site
}

/// `A1 B2 C-`: everyone kept with the list, with their rank under a variant.
fn places(site: &Site, variant: &str) -> String {
    let rows = site.query(&format!(
        "select ranks.nominal_id || coalesce(ranks.rank::varchar, '-') \
         from ledger.list_variant_ranks as ranks \
         inner join ledger.list_entries as entries using (list_id, nominal_id) \
         where variant = '{variant}' order by entries.rank"
    ));
    rows.concat().join(" ")
}

#[test]
fn each_variant_ranks_by_its_own_rule_and_by_no_other() {
    let site = site();
    let own = site.query("select nominal_id || rank from ledger.list_entries order by rank");
    assert_eq!(own.concat().join(" "), "A1 B2 C3 E24 G5 F6");
    for (variant, wanted) in [
        // No values for rape, stalking and coercion; 184.095 for the others.
        ("edition:ons-severity", "A- B1 C2 E23 G- F4"),
        ("window:180", "A1 B2 C- E23 G4 F5"),
        ("window:730", "A2 B3 C4 E25 G6 F7"),
        ("by:committed", "A1 B2 C- E23 G4 F5"),
        ("without:14,15,16", "A1 B2 C3 E24 G5 F-"),
        ("identity:nominal", "A1 B2 C3 E25 G4 F6"),
    ] {
        assert_eq!(places(&site, variant), wanted, "{variant}");
    }
    assert_eq!(site.one("select count(*) from ledger.list_variants"), "6");
}

#[test]
fn each_variant_counts_everyone_it_ranks_and_who_of_the_list_would_be_listed() {
    let site = site();
    let rows = site.query("select variant, ranked, overlap from ledger.list_variants order by 1");
    assert_eq!(
        rows,
        [
            ["by:committed", "5", "2"],
            ["edition:ons-severity", "4", "1"],
            ["identity:nominal", "7", "2"],
            ["window:180", "5", "2"],
            ["window:730", "7", "1"],
            ["without:14,15,16", "5", "2"],
        ]
    );
}

#[test]
fn a_variant_tells_the_score_it_ranks_by() {
    let site = site();
    let score = |variant: &str, person: &str| {
        site.one(&format!(
            "select score_days from ledger.list_variant_ranks \
             where variant = '{variant}' and nominal_id = '{person}'"
        ))
    };
    assert_eq!(score("edition:ons-severity", "B"), "552.285");
    assert_eq!(score("edition:ons-severity", "E2"), "184.095");
    assert_eq!(score("identity:nominal", "E2"), "182.000");
    assert_eq!(score("window:180", "C"), "0.000");
}

#[test]
fn a_rank_is_told_with_the_lowest_and_highest_under_other_rules() {
    let mut site = site();
    for (person, wanted) in [
        // The ONS score knows no rape and so says nothing of A.
        ("A", "Rank 1 (1 to 2)."),
        ("B", "Rank 2 (1 to 3)."),
        ("E2", "Rank 4 (3 to 5)."),
        ("E1", "Rank 4 (3 to 5)."),
    ] {
        let told = site.told(&["list", "explain", person]);
        assert!(told.contains(wanted), "{person}: {told}");
    }
    let shown = site.told(&["list", "show", "--beyond", "10"]);
    assert!(shown.contains("4 (3 to 5)"), "{shown}");
}

#[test]
fn an_edition_that_weighs_little_of_the_list_ranks_nobody_and_says_why() {
    let title = |site: &Site| {
        site.one("select title from ledger.list_variants where variant = 'edition:ons-severity'")
    };
    // Of the two people listed one is accused of rape, which it does not weigh.
    let half = site();
    assert_eq!(
        title(&half),
        "edition ons severity, which weighs 30 codes and 50% of the allegations on the list"
    );
    // Of the one person it says nothing, and so nothing of anybody.
    let mut none = listing("1");
    let told = "edition ons severity, which weighs 30 codes and 0% of the allegations on the \
                list, too few to rank by";
    assert_eq!(title(&none), told);
    assert_eq!(places(&none, "edition:ons-severity"), "");
    assert_eq!(places(&none, "window:730"), "A2 B3 C4 E25 G6 F7");
    for command in [&["list", "show"][..], &["list", "explain", "B"]] {
        let shown = none.told(command);
        assert!(
            shown.contains(&format!("No rank is told under {told}.")),
            "{shown}"
        );
    }
    // Without it B is second at best.
    let shown = none.told(&["list", "explain", "B"]);
    assert!(shown.contains("Rank 2 (2 to 3)."), "{shown}");
    let shown = none.told(&["list", "show", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(json["no_rank_under"], serde_json::json!([told]));
}

#[test]
fn a_variant_that_changes_no_rule_of_the_data_gives_the_ranks_of_the_list() {
    let mut site = site();
    site.set_list(&[("window_days", "180"), ("compare_windows", "[365]")]);
    site.run("harm-list", MORNING).unwrap();
    // What was the list is the variant now, and the other way round.
    let rows = site.query(
        "select ours.nominal_id from ledger.list_variant_ranks as ours \
         inner join ledger.list_entries as theirs \
             on theirs.list_id = 1 and theirs.nominal_id = ours.nominal_id \
         where ours.list_id = 2 and ours.variant = 'window:365' and ours.rank = theirs.rank \
         order by 1",
    );
    assert_eq!(rows.concat(), ["A", "B", "E2", "F", "G"]);
}

/// What decides a place: most harm, then worst allegation, then latest report,
/// then identifier.
type Place = (Reverse<i64>, Reverse<i64>, Reverse<String>, String);

#[test]
fn the_rank_without_an_allegation_is_that_of_the_list_made_again_without_it() {
    let site = london();
    let thousandths = |text: &str| -> i64 { text.replace('.', "").parse().unwrap() };
    let place = |row: &[String]| -> Place {
        (
            Reverse(thousandths(&row[1])),
            Reverse(thousandths(&row[2])),
            Reverse(row[3].clone()),
            row[0].clone(),
        )
    };
    for list in [2, 4] {
        let everyone: Vec<Place> = site
            .query(&format!(
                "select nominal_id, score_days, worst_days, latest_reported_on \
                 from ledger.list_entries where list_id = {list} and rank is not null"
            ))
            .iter()
            .map(|row| place(row))
            .collect();
        let held = site.query(&format!(
            "select nominal_id, crime_ref, harm_days, reported_on, coalesce(rank_without::varchar, '') \
             from ledger.list_contributions where list_id = {list} and is_counted"
        ));
        let mut moved = 0;
        for row in &held {
            let others: Vec<&Vec<String>> = held
                .iter()
                .filter(|other| other[0] == row[0] && other[1] != row[1])
                .collect();
            let wanted = others.iter().map(|other| &other[3]).max().map(|latest| {
                let sum = others.iter().map(|other| thousandths(&other[2])).sum();
                let worst = others
                    .iter()
                    .map(|other| thousandths(&other[2]))
                    .max()
                    .unwrap();
                let lowered = (
                    Reverse(sum),
                    Reverse(worst),
                    Reverse(latest.clone()),
                    row[0].clone(),
                );
                let ahead = everyone
                    .iter()
                    .filter(|other| other.3 != row[0] && **other < lowered);
                (ahead.count() + 1).to_string()
            });
            moved += usize::from(wanted.is_some());
            assert_eq!(row[4], wanted.unwrap_or_default(), "list {list}: {row:?}");
        }
        assert!(moved > 100, "{moved}");
    }
}

#[test]
fn what_does_not_count_decides_no_rank() {
    let site = london();
    assert_ne!(
        site.one("select count(*) from ledger.list_contributions where not is_counted"),
        "0"
    );
    assert_eq!(
        site.one(
            "select count(*) from ledger.list_contributions \
             where not is_counted and rank_without is not null"
        ),
        "0"
    );
}
