//! Why people move on and off the list: one given change each, and what the
//! list must say of it.

use std::collections::BTreeMap;

use crate::support::rows::{CUSTODY, PARTIES, crime, file, nominal, party};
use crate::support::{MORNING, Site, london};

const BEFORE: &str = "2026-11-01";
const RAPE: &str = "019/08";
/// Sexual assault on a girl under 13: 182 days.
const ASSAULT: &str = "020/06";
const COERCIVE: &str = "008/67";
const COMMON: &str = "105/01";

/// Rows of the first night; a row replaces the usual one of the same key.
#[derive(Default)]
struct First {
    settings: Vec<(&'static str, &'static str)>,
    crimes: Vec<String>,
    parties: Vec<String>,
    nominals: Vec<String>,
    custody: Vec<String>,
}

/// A list of two and a reserve of two: A 1,825 days and B 364 are listed, C
/// 182 and D 84 are the reserve, E 1 stands below it.
fn before(first: First) -> Site {
    let mut site = Site::new();
    site.set_list(&[("size", "2"), ("reserve", "2")]);
    site.set_list(&first.settings);
    let crimes = [
        crime("C1", RAPE, "2026-06-01", &[]),
        crime("C2", ASSAULT, "2026-06-02", &[("offence_count", "2")]),
        crime("C3", ASSAULT, "2026-06-03", &[]),
        crime("C4", COERCIVE, "2026-06-04", &[]),
        crime("C5", COMMON, "2026-06-05", &[]),
    ];
    let mut parties = first.parties;
    for (suspect, reference) in [
        ("A", "C1"),
        ("B", "C2"),
        ("C", "C3"),
        ("D", "C4"),
        ("E", "C5"),
    ] {
        parties.push(party(reference, suspect, "suspect"));
        parties.push(party(reference, "V", "victim"));
    }
    let nominals = ["A", "B", "C", "D", "E"]
        .map(|id| nominal(id, "M", &[]))
        .into_iter()
        .chain([nominal("V", "F", &[])]);
    site.land_night(
        BEFORE,
        &replaced(crimes, first.crimes),
        &parties,
        &replaced(nominals, first.nominals),
    );
    if !first.custody.is_empty() {
        site.land("custody_spells_20261101.csv", file(CUSTODY, &first.custody));
    }
    site.ranked(BEFORE);
    site
}

fn replaced(usual: impl IntoIterator<Item = String>, others: Vec<String>) -> Vec<String> {
    let key = |row: &String| row.split(',').next().unwrap().to_owned();
    let rows: BTreeMap<String, String> = usual
        .into_iter()
        .chain(others)
        .map(|row| (key(&row), row))
        .collect();
    rows.into_values().collect()
}

/// What the newest list says of someone's move: `left: death`, then the causes
/// with their days.
fn moved(site: &Site, person: &str) -> String {
    let rows = site.query(&format!(
        "select movement, reason, causes from ledger.list_moves where nominal_id = '{person}' \
         and list_id = (select max(list_id) from ledger.lists)"
    ));
    let Some(row) = rows.first() else {
        return "none".to_owned();
    };
    let causes: BTreeMap<String, f64> = serde_json::from_str(&row[2]).unwrap();
    let causes: String = causes
        .iter()
        .map(|(cause, days)| format!("; {cause} {days}"))
        .collect();
    format!("{}: {}{causes}", row[0], row[1])
}

fn all_moves(site: &Site) -> Vec<String> {
    let people = site.query(
        "select nominal_id from ledger.list_moves \
         where list_id = (select max(list_id) from ledger.lists) order by 1",
    );
    people
        .concat()
        .iter()
        .map(|person| format!("{person} {}", moved(site, person)))
        .collect()
}

#[test]
fn a_first_list_tells_no_movement() {
    let site = before(First::default());
    assert_eq!(site.one("select count(*) from ledger.list_moves"), "0");
}

#[test]
fn a_list_that_nothing_happened_to_says_that_everyone_stayed() {
    let site = before(First::default());
    site.ranked(MORNING);
    assert_eq!(all_moves(&site), ["A stayed: ", "B stayed: "]);
}

#[test]
fn a_new_allegation_brings_someone_on_and_another_off() {
    let site = before(First::default());
    site.land_night(
        MORNING,
        &[crime("C7", RAPE, "2026-11-10", &[])],
        &[party("C7", "C", "suspect"), party("C7", "V", "victim")],
        &[],
    );
    site.ranked(MORNING);
    assert_eq!(
        all_moves(&site),
        [
            "A stayed: ",
            "B left: others score higher",
            "C new: new allegation; new allegation 1825"
        ]
    );
    let ranks = site.query(
        "select nominal_id, previous_rank, rank, previous_days, score_days \
         from ledger.list_moves order by 1",
    );
    assert_eq!(
        ranks,
        [
            ["A", "1", "2", "1825.000", "1825.000"],
            ["B", "2", "3", "364.000", "364.000"],
            ["C", "3", "1", "182.000", "2007.000"],
        ]
    );
}

#[test]
fn an_allegation_grows_older_than_the_window_and_others_move_up() {
    let site = before(First {
        crimes: vec![crime(
            "C2",
            ASSAULT,
            "2025-11-10",
            &[("offence_count", "2")],
        )],
        ..First::default()
    });
    site.ranked(MORNING);
    assert_eq!(
        all_moves(&site),
        [
            "A stayed: ",
            "B left: window passed; window passed -364",
            "C new: others left"
        ]
    );
}

#[test]
fn a_withdrawn_crime_is_told_as_cancelled_or_transferred() {
    for status in ["cancelled", "transferred"] {
        let site = before(First::default());
        let changes = [
            ("offence_count", "2"),
            ("status", status),
            ("status_at", "2026-11-10 09:00:00"),
        ];
        site.land_night(
            MORNING,
            &[crime("C2", ASSAULT, "2026-06-02", &changes)],
            &[],
            &[],
        );
        site.ranked(MORNING);
        assert_eq!(
            moved(&site, "B"),
            format!("left: crime {status}; crime {status} -364")
        );
        assert_eq!(moved(&site, "C"), "new: others left");
    }
}

#[test]
fn an_outcome_that_the_settings_leave_out_takes_harm_away_and_its_end_gives_it_back() {
    let open = crime("C2", ASSAULT, "2026-06-02", &[("offence_count", "2")]);
    let changes = [
        ("offence_count", "2"),
        ("status", "closed"),
        ("outcome_code", "16"),
    ];
    let closed = crime("C2", ASSAULT, "2026-06-02", &changes);
    for (first, second, person, wanted) in [
        (&open, &closed, "B", "left: outcome; outcome -364"),
        (&closed, &open, "C", "left: others score higher"),
    ] {
        let site = before(First {
            settings: vec![("count_no_further_action", "false")],
            crimes: vec![first.clone()],
            ..First::default()
        });
        site.land_night(MORNING, std::slice::from_ref(second), &[], &[]);
        site.ranked(MORNING);
        assert_eq!(moved(&site, person), wanted);
    }
    // Someone kept with the list, for whom one crime begins to count.
    let site = before(First {
        settings: vec![("count_no_further_action", "false")],
        crimes: vec![crime("C6", RAPE, "2026-06-06", &changes)],
        parties: vec![party("C6", "C", "suspect"), party("C6", "V", "victim")],
        ..First::default()
    });
    let changes = [("offence_count", "2")];
    site.land_night(
        MORNING,
        &[crime("C6", RAPE, "2026-06-06", &changes)],
        &[],
        &[],
    );
    site.ranked(MORNING);
    assert_eq!(moved(&site, "C"), "new: outcome; outcome 3650");
}

#[test]
fn another_weight_in_the_index_is_told_as_the_edition() {
    let site = before(First::default());
    let path = site.dir.join("jobs/harm-list/index/starter-2026.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let (from, to) = (",Rape of a female aged 16 or over,1825,", ",Rape,1000.5,");
    assert!(text.contains(from));
    std::fs::write(&path, text.replace(from, to)).unwrap();
    site.ranked(MORNING);
    assert_eq!(
        moved(&site, "A"),
        "stayed: index edition; index edition -824.5"
    );
}

#[test]
fn another_title_under_the_same_code_is_a_correction() {
    let serious = "\"Assault with Injury - Malicious wounding: wounding or inflicting grievous \
                   bodily harm (Serious wound or equivalent)\"";
    let wounding = |title| crime("C2", "008/01", "2026-06-02", &[("offence_title", title)]);
    let site = before(First {
        crimes: vec![wounding("Wounding")],
        ..First::default()
    });
    site.land_night(MORNING, &[wounding(serious)], &[], &[]);
    site.ranked(MORNING);
    assert_eq!(
        moved(&site, "B"),
        "new: crime corrected; crime corrected 528.5"
    );
}

#[test]
fn a_code_that_lost_its_weight_is_told_as_the_edition() {
    let site = before(First::default());
    site.drop_weight(RAPE);
    site.ranked(MORNING);
    assert_eq!(
        moved(&site, "A"),
        "left: index edition; index edition -1825"
    );
    assert_eq!(moved(&site, "C"), "new: others left");
}

#[test]
fn a_crime_whose_code_or_count_was_put_right_is_told_as_corrected() {
    for (code, count, wanted) in [
        (RAPE, "2", 3650 - 364),
        (ASSAULT, "1", -182),
        (COMMON, "2", 2 - 364),
    ] {
        let site = before(First::default());
        let right = crime("C2", code, "2026-06-02", &[("offence_count", count)]);
        site.land_night(MORNING, &[right], &[], &[]);
        site.ranked(MORNING);
        let told = moved(&site, "B");
        assert!(
            told.ends_with(&format!(": crime corrected; crime corrected {wanted}")),
            "{told}"
        );
    }
}

#[test]
fn someone_taken_off_a_crime_report_is_no_longer_named() {
    let site = before(First::default());
    let text = format!("{PARTIES},op\nC2,B,suspect,,,D\n");
    site.land("parties_20261121.csv", text);
    site.ranked(MORNING);
    assert_eq!(
        moved(&site, "B"),
        "left: no longer named; no longer named -364"
    );
}

#[test]
fn someone_put_on_an_older_crime_report_is_named_later() {
    let site = before(First::default());
    site.land_night(MORNING, &[], &[party("C1", "C", "suspect")], &[]);
    site.ranked(MORNING);
    assert_eq!(moved(&site, "C"), "new: named later; named later 1825");
}

#[test]
fn a_person_merged_between_two_lists_is_one_person_who_stayed() {
    let site = before(First::default());
    site.land_night(
        MORNING,
        &[],
        &[],
        &[nominal("B", "M", &[("merged_into", "C")])],
    );
    site.ranked(MORNING);
    assert_eq!(
        all_moves(&site),
        ["A stayed: ", "C stayed: merge; merge 182"]
    );
    assert_eq!(
        site.query(
            "select previous_rank, rank, previous_days, score_days, times_listed \
             from ledger.list_moves where nominal_id = 'C'"
        ),
        [["2", "2", "364.000", "546.000", "1"]]
    );
}

#[test]
fn a_merge_can_bring_someone_on() {
    let site = before(First {
        crimes: vec![crime("C4", ASSAULT, "2026-06-04", &[])],
        ..First::default()
    });
    let changes = [("offence_count", "2")];
    site.land_night(
        MORNING,
        &[crime("C4", ASSAULT, "2026-06-04", &changes)],
        &[],
        &[nominal("D", "M", &[("merged_into", "C")])],
    );
    site.ranked(MORNING);
    // The best record before was D's, reported later.
    assert_eq!(
        moved(&site, "C"),
        "new: crime corrected; crime corrected 182; merge 182"
    );
}

#[test]
fn a_longer_window_is_told_as_a_rule_changed() {
    let mut site = before(First {
        crimes: vec![crime("C6", RAPE, "2025-06-01", &[])],
        parties: vec![party("C6", "C", "suspect"), party("C6", "V", "victim")],
        ..First::default()
    });
    site.set_list(&[("window_days", "730")]);
    site.ranked(MORNING);
    assert_eq!(moved(&site, "C"), "new: rule changed; rule changed 1825");
    assert_eq!(moved(&site, "B"), "left: others score higher");
}

#[test]
fn what_changed_for_someone_below_the_reserve_is_told_as_one_with_new_crimes_beside() {
    let site = before(First::default());
    site.land_night(
        MORNING,
        &[
            crime("C5", RAPE, "2026-06-05", &[]),
            crime("C8", ASSAULT, "2026-11-10", &[]),
        ],
        &[party("C8", "E", "suspect"), party("C8", "V", "victim")],
        &[],
    );
    site.ranked(MORNING);
    assert_eq!(
        moved(&site, "E"),
        "new: below the reserve before; below the reserve before 1824; new allegation 182"
    );
}

#[test]
fn someone_without_a_score_before_is_not_said_to_be_named_later() {
    // Named all along; the crime had been cancelled in error.
    let changes = [
        ("status", "cancelled"),
        ("status_at", "2026-10-01 09:00:00"),
    ];
    let site = before(First {
        crimes: vec![crime("C1", RAPE, "2026-06-01", &changes)],
        ..First::default()
    });
    site.land_night(MORNING, &[crime("C1", RAPE, "2026-06-01", &[])], &[], &[]);
    site.ranked(MORNING);
    assert_eq!(moved(&site, "A"), "new: counts now; counts now 1825");
}

#[test]
fn the_dead_and_those_found_to_be_under_age_leave_for_that_reason() {
    for (change, wanted) in [
        (("deceased_on", "2026-11-10"), "left: death"),
        (("date_of_birth", "2010-01-01"), "left: under 18"),
    ] {
        let site = before(First::default());
        site.land_night(MORNING, &[], &[], &[nominal("A", "M", &[change])]);
        site.ranked(MORNING);
        assert_eq!(moved(&site, "A"), wanted);
        assert_eq!(moved(&site, "C"), "new: others left");
    }
}

#[test]
fn someone_who_comes_of_age_comes_on_for_that_reason() {
    let site = before(First {
        nominals: vec![nominal("A", "M", &[("date_of_birth", "2008-11-10")])],
        ..First::default()
    });
    assert_eq!(
        site.one("select standing from ledger.list_entries where nominal_id = 'A'"),
        "under_18"
    );
    site.ranked(MORNING);
    assert_eq!(moved(&site, "A"), "new: came of age");
    assert_eq!(moved(&site, "C"), "left: others score higher");
}

#[test]
fn custody_and_release_move_people_when_the_settings_keep_them_off() {
    let settings = vec![("rank_in_custody", "false")];
    let taken = before(First {
        settings: settings.clone(),
        ..First::default()
    });
    let spell = "A,2026-10-01 08:00:00,remand,".to_owned();
    taken.land(
        "custody_spells_20261121.csv",
        file(CUSTODY, &["A,2026-11-05 08:00:00,remand,".to_owned()]),
    );
    taken.ranked(MORNING);
    assert_eq!(moved(&taken, "A"), "left: custody");

    let freed = before(First {
        settings,
        custody: vec![spell.clone()],
        ..First::default()
    });
    assert_eq!(
        freed.one("select counts ->> '$.custody_not_ranked' from ledger.lists"),
        "1"
    );
    freed.land(
        "custody_spells_20261121.csv",
        file(CUSTODY, &[format!("{spell}2026-11-10 08:00:00")]),
    );
    freed.ranked(MORNING);
    assert_eq!(moved(&freed, "A"), "new: released");
    assert_eq!(moved(&freed, "C"), "left: others score higher");
}

#[test]
fn what_an_officer_decided_before_stands_beside_the_move() {
    let site = before(First::default());
    site.store
        .connection()
        .execute_batch(
            "insert into ledger.list_decisions values \
                 (1, 1, 'A', 'reject', 'a test', 'Officer Wren', timestamp '2026-11-02 09:00:00'), \
                 (2, 1, 'B', 'reject', 'a test', 'Officer Wren', timestamp '2026-11-02 09:00:00')",
        )
        .unwrap();
    site.land_night(
        MORNING,
        &[crime("C7", RAPE, "2026-11-10", &[])],
        &[party("C7", "C", "suspect"), party("C7", "V", "victim")],
        &[],
    );
    site.ranked(MORNING);
    assert_eq!(moved(&site, "A"), "stayed: ");
    assert_eq!(moved(&site, "B"), "left: decision");
    assert_eq!(
        site.query("select nominal_id, previous_decision from ledger.list_moves order by 1"),
        [["A", "reject"], ["B", "reject"], ["C", ""]]
    );
}

#[test]
fn someone_who_comes_back_is_told_with_the_list_that_held_them_last() {
    let site = before(First::default());
    let land = |date: &str, status: &str| {
        let changes = [("status", status), ("status_at", "2026-11-20 09:00:00")];
        site.land_night(
            date,
            &[crime("C7", RAPE, "2026-11-10", &changes)],
            &[party("C7", "C", "suspect"), party("C7", "V", "victim")],
            &[],
        );
        site.ranked(date);
    };
    land(MORNING, "open");
    assert_eq!(moved(&site, "B"), "left: others score higher");
    land("2026-11-22", "cancelled");
    assert_eq!(
        site.query(
            "select nominal_id, movement, reason, last_list, times_listed \
             from ledger.list_moves where list_id = 3 order by 1"
        ),
        [
            ["A", "stayed", "", "1", "2"],
            ["B", "returned", "others left", "1", "1"],
            ["C", "left", "crime cancelled", "", "1"],
        ]
    );
}

#[test]
fn the_causes_of_every_move_of_london_add_up_to_the_change_of_the_score() {
    let site = london();
    let rows = site.query(
        "select list_id, nominal_id, previous_days, score_days, causes from ledger.list_moves",
    );
    assert!(rows.len() > 300, "{}", rows.len());
    let days = |text: &str| text.parse::<f64>().unwrap_or(0.0);
    let mut caused = 0;
    for row in &rows {
        let causes: BTreeMap<String, f64> = serde_json::from_str(&row[4]).unwrap();
        caused += usize::from(!causes.is_empty());
        let sum: f64 = causes.values().sum();
        let change = days(&row[3]) - days(&row[2]);
        assert!((sum - change).abs() < 0.000_5, "{row:?}");
    }
    assert!(caused > 20, "{caused}");
}

#[test]
fn the_moves_of_london_are_those_of_its_entries() {
    let site = london();
    let listed: Vec<Vec<String>> =
        site.query("select list_id, nominal_id from ledger.list_entries where rank <= 100");
    let is_on = |list: i64, person: &str| {
        listed
            .iter()
            .any(|row| row[0] == list.to_string() && row[1] == person)
    };
    let moves = site.query(
        "select list_id, nominal_id, movement, last_list, times_listed from ledger.list_moves",
    );
    for list in 2..=4_i64 {
        let wanted = listed
            .iter()
            .filter(|row| row[0] == list.to_string())
            .count()
            + listed
                .iter()
                .filter(|row| row[0] == (list - 1).to_string() && !is_on(list, &row[1]))
                .count();
        let found = moves
            .iter()
            .filter(|row| row[0] == list.to_string())
            .count();
        assert_eq!(found, wanted, "list {list}");
    }
    for row in &moves {
        let list: i64 = row[0].parse().unwrap();
        let last = (1..list - 1).rev().find(|earlier| is_on(*earlier, &row[1]));
        let times = (1..list).filter(|earlier| is_on(*earlier, &row[1])).count();
        let movement = match (is_on(list - 1, &row[1]), is_on(list, &row[1]), last) {
            (true, true, _) => "stayed",
            (true, false, _) => "left",
            (false, _, Some(_)) => "returned",
            (false, _, None) => "new",
        };
        let last = last.map_or_else(String::new, |list| list.to_string());
        assert_eq!(
            row[2..],
            [movement.to_owned(), last, times.to_string()],
            "{row:?}"
        );
    }
}
