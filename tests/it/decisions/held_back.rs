//! Reviews, contests and merges: who is held back, and until when.

use daybook::harm::decisions::current_status;
use daybook::harm::decisions::marks::Mark;

use super::{OFFICER, REVIEWER, decide, mark, newest, suspects};
use crate::support::rows::{CRIMES, NOMINALS, PARTIES, crime, file, nominal, party};
use crate::support::{MORNING, Site};

/// Sexual assault on a girl under 13: 182 days.
const ASSAULT: &str = "020/06";

fn standing_of(site: &Site, nominal: &str) -> current_status::Standing {
    current_status::of_list(site.store.connection(), newest(site).list_id)
        .unwrap()
        .into_iter()
        .find(|standing| standing.nominal_id == nominal)
        .unwrap()
}

#[test]
fn a_review_covers_both_directions_and_lets_the_person_be_accepted() {
    let site = suspects();
    let marked = mark(&site, "S2", Mark::CounterReviewed, REVIEWER).unwrap();
    assert_eq!(marked.covers, ["C2", "C2B"]);
    assert_eq!(
        site.query(
            "select nominal_id, mark, array_to_string(covers, ' ') from ledger.person_marks"
        ),
        [["S2", "counter_reviewed", "C2 C2B"]]
    );
    decide(&site, &[("S2", "accept")]).unwrap();
}

#[test]
fn a_later_counter_allegation_blocks_again_until_it_is_reviewed_too() {
    let site = suspects();
    mark(&site, "S2", Mark::CounterReviewed, REVIEWER).unwrap();
    let crimes = [
        crime("C6", ASSAULT, "2026-11-20", &[]),
        // One that was cancelled accuses nobody.
        crime("C7", ASSAULT, "2026-11-20", &[("status", "cancelled")]),
    ];
    site.land("crimes_20261122.csv", file(CRIMES, &crimes));
    let parties = [
        party("C6", "V2", "suspect"),
        party("C6", "S2", "victim"),
        party("C7", "V2", "suspect"),
        party("C7", "S2", "victim"),
    ];
    site.land("parties_20261122.csv", file(PARTIES, &parties));
    site.run("nightly-ingest", "2026-11-22").unwrap();
    site.run("harm-list", "2026-11-22").unwrap();
    assert_eq!(standing_of(&site, "S2").open_crimes, ["C6"]);
    let error = decide(&site, &[("S2", "accept")]).unwrap_err().to_string();
    assert!(error.contains("(C6)"), "{error}");
    let marked = mark(&site, "S2", Mark::CounterReviewed, REVIEWER).unwrap();
    assert_eq!(marked.covers, ["C2", "C2B", "C6"]);
    decide(&site, &[("S2", "accept")]).unwrap();
}

#[test]
fn a_contest_restricts_until_it_is_settled() {
    let mut site = suspects();
    mark(&site, "S3", Mark::Contested, OFFICER).unwrap();
    let list = newest(&site);
    let held = standing_of(&site, "S3");
    assert!(held.is_contested() && held.is_restricted(&list.settings));
    for command in [&["list", "show"][..], &["list", "explain", "S3"]] {
        let told = site.told(command);
        assert!(
            told.contains("restricted since the list was made"),
            "{told}"
        );
    }
    mark(&site, "S3", Mark::Settled, OFFICER).unwrap();
    let told = site.told(&["list", "show"]);
    assert!(!told.contains("restricted since"), "{told}");
    let free = standing_of(&site, "S3");
    assert!(!free.is_contested() && !free.is_restricted(&list.settings));
    decide(&site, &[("S3", "accept")]).unwrap();
    // What was settled can be contested again.
    mark(&site, "S3", Mark::Contested, OFFICER).unwrap();
    assert!(standing_of(&site, "S3").is_contested());
}

#[test]
fn a_restriction_outlives_the_settling_of_a_contest() {
    let site = suspects();
    let list = newest(&site);
    mark(&site, "S3", Mark::Restricted, OFFICER).unwrap();
    mark(&site, "S3", Mark::Contested, OFFICER).unwrap();
    mark(&site, "S3", Mark::Settled, OFFICER).unwrap();
    assert!(standing_of(&site, "S3").is_restricted(&list.settings));
    mark(&site, "S3", Mark::Unrestricted, OFFICER).unwrap();
    assert!(!standing_of(&site, "S3").is_restricted(&list.settings));
}

#[test]
fn a_mark_follows_its_record_into_a_merge_and_no_merge_hides_one() {
    let site = suspects();
    // S4 is contested; S3 was contested later and settled last.
    mark(&site, "S4", Mark::Contested, OFFICER).unwrap();
    mark(&site, "S3", Mark::Contested, OFFICER).unwrap();
    mark(&site, "S3", Mark::Settled, OFFICER).unwrap();
    let merged = nominal("S4", "M", &[("merged_into", "S3")]);
    site.land("nominals_20261122.csv", file(NOMINALS, &[merged]));
    site.run("nightly-ingest", "2026-11-22").unwrap();
    // The list of before names both; each is the contested person now.
    for nominal in ["S3", "S4"] {
        let standing = standing_of(&site, nominal);
        assert_eq!(standing.person_id, "S3");
        assert_eq!(standing.contested_ids, ["S4"], "{nominal}");
    }
    let error = decide(&site, &[("S3", "accept")]).unwrap_err().to_string();
    assert!(error.contains("S3 is contested"), "{error}");
    mark(&site, "S3", Mark::Settled, OFFICER).unwrap();
    assert_eq!(
        site.one("select nominal_id from ledger.person_marks order by mark_id desc limit 1"),
        "S4"
    );
    decide(&site, &[("S3", "accept"), ("S4", "reject")]).unwrap();
}

#[test]
fn an_identifier_that_two_people_of_a_list_came_to_share_is_asked_back() {
    let site = suspects();
    let merged = ["S3", "S4"].map(|id| nominal(id, "M", &[("merged_into", "S9")]));
    let mut rows = merged.to_vec();
    rows.push(nominal("S9", "M", &[]));
    site.land("nominals_20261122.csv", file(NOMINALS, &rows));
    site.run("nightly-ingest", "2026-11-22").unwrap();
    let error = decide(&site, &[("S9", "reject")]).unwrap_err().to_string();
    assert!(
        error.contains("S9 is known on list 1 as S3 and as S4; say which"),
        "{error}"
    );
    decide(&site, &[("S3", "reject")]).unwrap();
}

#[test]
fn standing_is_the_same_whichever_way_it_is_asked() {
    let site = suspects();
    mark(&site, "S2", Mark::Contested, OFFICER).unwrap();
    let on_list = standing_of(&site, "S2");
    let alone = current_status::of_person(site.store.connection(), &"S2".parse().unwrap()).unwrap();
    assert_eq!(alone.rank, None);
    assert_eq!(
        (alone.contested_ids, alone.open_crimes, alone.identities),
        (
            on_list.contested_ids,
            on_list.open_crimes,
            on_list.identities
        )
    );
    assert_eq!(newest(&site).as_of.to_string(), MORNING);
}
