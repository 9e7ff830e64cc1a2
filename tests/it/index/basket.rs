use std::collections::BTreeMap;

use super::json;
use crate::support::rows::{CRIMES, NOMINALS, PARTIES, crime, file, nominal, party};
use crate::support::{MORNING, Site};

/// Sexual assault on a girl under 13: 182 days.
const ASSAULT: &str = "020/06";

fn site(crimes: &[String], parties: &[String], nominals: &[String]) -> Site {
    let site = Site::new();
    site.land("crimes_20261121.csv", file(CRIMES, crimes));
    site.land("parties_20261121.csv", file(PARTIES, parties));
    site.land("nominals_20261121.csv", file(NOMINALS, nominals));
    site
}

fn ranked(site: &Site, as_of: &str) {
    site.run("nightly-ingest", as_of).unwrap();
    site.run("harm-list", as_of).unwrap();
}

fn score(site: &Site, nominal: &str) -> String {
    let rows = site.query(&format!(
        "select score_days from ledger.list_entries where nominal_id = '{nominal}'"
    ));
    rows.first()
        .map_or_else(|| "none".to_owned(), |row| row[0].clone())
}

#[test]
fn the_basket_is_counted_by_group_and_condition_with_the_lists_that_used_it() {
    let mut site = site(
        &[crime("C1", ASSAULT, "2026-06-01", &[])],
        &[party("C1", "S", "suspect"), party("C1", "V", "victim")],
        &[nominal("S", "M", &[]), nominal("V", "F", &[])],
    );
    let told = site.told(&["index", "basket"]);
    assert!(
        told.contains("No list has been made with this version."),
        "{told}"
    );
    ranked(&site, MORNING);
    site.run("harm-list", "2026-10-01").unwrap();

    let found = json(&mut site, &["index", "basket", "--json"]);
    let mut reader = csv::Reader::from_path(site.dir.join("jobs/harm-list/basket.csv")).unwrap();
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    for record in reader.records().map(Result::unwrap) {
        for group in [&record[1], "all"] {
            *counts
                .entry((group.to_owned(), record[2].to_owned()))
                .or_insert(0) += 1;
        }
    }
    for ((group, condition), count) in &counts {
        let of = if group == "all" {
            &found["conditions"]
        } else {
            &found["groups"][group]
        };
        assert_eq!(of[condition].as_u64(), Some(*count), "{group} {condition}");
    }
    assert_eq!(found["codes"], 433);
    let lists = &found["lists"];
    assert_eq!(
        (
            lists["lists"].as_u64(),
            lists["first_as_of"].as_str(),
            lists["latest_as_of"].as_str()
        ),
        (Some(2), Some("2026-10-01"), Some(MORNING))
    );
    assert_eq!(lists["in_use_since"], "2026-11-21");
    let told = site.told(&["index", "basket"]);
    assert!(
        told.contains(
            "2 lists were made with this version since 2026-11-21, as of 2026-10-01 to 2026-11-21."
        ),
        "{told}"
    );
}

#[test]
fn a_broken_basket_is_told_by_its_cells_and_stops_the_night_before_it_begins() {
    let mut site = Site::new();
    let path = site.dir.join("jobs/harm-list/basket.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let broken = text
        .replacen("female_victim", "women", 1)
        .replacen("001/02,", "1/2,", 1);
    std::fs::write(&path, broken).unwrap();
    let output = site.command(&["check"]);
    assert_eq!(output.status.code(), Some(2));
    let told = super::errors(&output);
    assert!(told.contains("jobs/harm-list/basket.csv:2:25: "), "{told}");
    assert!(told.contains("condition is \"women\"; expected one of female_victim, domestic_abuse, domestic_abuse_or_female_victim, always, never"), "{told}");
    assert!(told.contains("jobs/harm-list/basket.csv:4:1: "), "{told}");
}

#[test]
fn each_condition_of_the_basket_decides_as_it_says() {
    let all = [("true", "M"), ("true", "F"), ("false", "M"), ("false", "F")];
    for (condition, counts, reason) in [
        (
            "female_victim",
            [false, true, false, true],
            "no_female_victim",
        ),
        (
            "domestic_abuse",
            [true, true, false, false],
            "not_domestic_abuse",
        ),
        (
            "domestic_abuse_or_female_victim",
            [true, true, false, true],
            "no_female_victim",
        ),
        ("always", [true, true, true, true], "no_female_victim"),
        ("never", [false, false, false, false], "outside_basket"),
    ] {
        let crimes: Vec<String> = all
            .iter()
            .enumerate()
            .map(|(n, (abuse, _))| {
                let changes = [("domestic_abuse", *abuse)];
                crime(&format!("C{n}"), ASSAULT, "2026-06-01", &changes)
            })
            .collect();
        let parties: Vec<String> = (0..4)
            .flat_map(|n| {
                let (crime, suspect) = (format!("C{n}"), format!("S{n}"));
                [
                    party(&crime, &suspect, "suspect"),
                    party(&crime, &format!("V{n}"), "victim"),
                ]
            })
            .collect();
        let people: Vec<String> = (0..4)
            .flat_map(|n| {
                let victim = nominal(&format!("V{n}"), all[n].1, &[]);
                [nominal(&format!("S{n}"), "M", &[]), victim]
            })
            .collect();
        let site = site(&crimes, &parties, &people);
        let basket = site.dir.join("jobs/harm-list/basket.csv");
        let text = std::fs::read_to_string(&basket).unwrap();
        let row = "020/06,other_sexual,";
        let text = text.replace(&format!("{row}female_victim"), &format!("{row}{condition}"));
        assert!(text.contains(&format!("{row}{condition},")));
        std::fs::write(&basket, text).unwrap();
        ranked(&site, MORNING);
        let found = [0, 1, 2, 3].map(|n| score(&site, &format!("S{n}")) == "182.000");
        assert_eq!(found, counts, "{condition}");
        let left_out = counts.iter().filter(|counted| !**counted).count();
        let told = site.one(&format!(
            "select coalesce(cast(counts ->> '$.not_counted.\"{reason}\"' as integer), 0) from ledger.lists"
        ));
        assert_eq!(told, left_out.to_string(), "{condition}");
    }
}

#[test]
fn a_retired_code_has_the_place_in_the_basket_of_the_code_it_is_led_to() {
    // 019/27 stands in no basket and is led to 019/08.
    let site = site(
        &[
            crime("C1", "019/27", "2026-06-01", &[]),
            crime("C2", "019/99", "2026-06-01", &[]),
        ],
        &[
            party("C1", "S", "suspect"),
            party("C1", "V", "victim"),
            party("C2", "T", "suspect"),
            party("C2", "V", "victim"),
        ],
        &[
            nominal("S", "M", &[]),
            nominal("T", "M", &[]),
            nominal("V", "F", &[]),
        ],
    );
    ranked(&site, MORNING);
    assert_eq!(score(&site, "S"), "1825.000");
    assert_eq!(score(&site, "T"), "none");
    assert_eq!(
        site.query("select crime_ref, vawg_group from core.crimes order by 1"),
        [["C1", "rape"], ["C2", ""]]
    );
}

#[test]
fn a_weight_keeps_its_third_decimal() {
    let site = site(
        &[crime(
            "C1",
            ASSAULT,
            "2026-06-01",
            &[("offence_count", "3")],
        )],
        &[party("C1", "S", "suspect"), party("C1", "V", "victim")],
        &[nominal("S", "M", &[]), nominal("V", "F", &[])],
    );
    let index = site.dir.join("jobs/harm-list/index/starter-2026.csv");
    let text = std::fs::read_to_string(&index).unwrap();
    let row = "020/06,,Sexual assault on a female under 13,";
    assert!(text.contains(&format!("{row}182,")));
    std::fs::write(
        &index,
        text.replace(&format!("{row}182,"), &format!("{row}184.095,")),
    )
    .unwrap();
    ranked(&site, MORNING);
    assert_eq!(score(&site, "S"), "552.285");
}
