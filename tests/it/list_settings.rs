//! Every setting of the list changes what it says and nothing else, and a
//! value that cannot be is refused before anything is made.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::support::kept::Kept;
use crate::support::rows::{CUSTODY, crime, file, nominal, party};
use crate::support::{MORNING, Site};

const ABH: &str = "008/06";

/// A person, the code and report date of the allegation, and what is changed of
/// the crime and of the person.
type Case<'a> = (
    &'a str,
    &'a str,
    &'a str,
    &'a [(&'a str, &'a str)],
    &'a [(&'a str, &'a str)],
);

/// One person for each rule, named for it, with one allegation of ABH each.
fn site() -> Site {
    static MADE: OnceLock<Kept> = OnceLock::new();
    Kept::once(&MADE, || {
        let site = Site::new();
        let plain = &[];
        let mut crimes = Vec::new();
        let mut parties = Vec::new();
        let mut nominals = vec![nominal("V", "F", &[])];
        let cases: [Case<'_>; 15] = [
            ("PLAIN", ABH, "2026-06-01", plain, plain),
            (
                "CANCELLED",
                ABH,
                "2026-06-01",
                &[("status", "cancelled")],
                plain,
            ),
            (
                "PROACTIVE",
                ABH,
                "2026-06-01",
                &[("proactive", "true")],
                plain,
            ),
            ("CONDITIONAL", "066/39", "2026-06-01", plain, plain),
            (
                "ENDED",
                ABH,
                "2026-06-01",
                &[("status", "closed"), ("outcome_code", "18")],
                plain,
            ),
            (
                "LATE",
                ABH,
                "2026-06-01",
                &[("committed_from", "2024-01-01 10:00:00")],
                plain,
            ),
            ("EARLY", ABH, "2026-01-01", plain, plain),
            ("OLD", ABH, "2025-01-01", plain, plain),
            (
                "MINOR",
                ABH,
                "2026-06-01",
                plain,
                &[("date_of_birth", "2008-06-02")],
            ),
            (
                "TEEN",
                ABH,
                "2026-06-01",
                plain,
                &[("date_of_birth", "2006-08-01")],
            ),
            (
                "DEAD",
                ABH,
                "2026-06-01",
                plain,
                &[("deceased_on", "2026-10-01")],
            ),
            ("JAILED", ABH, "2026-06-01", plain, plain),
            ("CONTESTED", ABH, "2026-06-01", plain, plain),
            ("COUNTER", ABH, "2026-06-01", plain, plain),
            ("CROWD", ABH, "2026-06-01", plain, plain),
        ];
        for (person, code, reported, changes, self_changes) in cases {
            crimes.push(crime(&format!("C-{person}"), code, reported, changes));
            parties.push(party(&format!("C-{person}"), person, "suspect"));
            parties.push(party(&format!("C-{person}"), "V", "victim"));
            nominals.push(nominal(person, "M", self_changes));
        }
        parties.push(party("C-CROWD", "CROWD2", "suspect"));
        parties.push(party("C-CROWD", "CROWD3", "suspect"));
        // Long ago, and outside the window: V is said to have assaulted COUNTER.
        crimes.push(crime("C-BACK", ABH, "2020-06-01", plain));
        parties.push(party("C-BACK", "V", "suspect"));
        parties.push(party("C-BACK", "COUNTER", "victim"));
        site.land_night(MORNING, &crimes, &parties, &nominals);
        let spell = "JAILED,2026-10-01 08:00:00,remand,".to_owned();
        site.land("custody_spells_20261121.csv", file(CUSTODY, &[spell]));
        site.store
            .connection()
            .execute_batch(
                "insert into ledger.person_marks values \
                     (1, 'CONTESTED', 'contested', [], 'a test', 'Officer Wren', timestamp '2026-11-01 09:00:00')",
            )
            .unwrap();
        site.ranked(MORNING);
        site
    })
}

/// Everything a list says of each person but their place in it.
fn people(site: &Site, list: &str) -> BTreeMap<String, String> {
    let rows = site.query(&format!(
        "select nominal_id, concat_ws(' ', standing, score_days, \
             case when is_in_custody then 'in custody' end, \
             case when has_counter_allegation then 'counter' end, \
             case when is_blocked then 'blocked' end, \
             case when is_restricted then 'restricted' end, \
             case when was_under_18 then 'was under age' end) \
         from ledger.list_entries where list_id = {list}"
    ));
    rows.into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect()
}

/// `PERSON: before -> after` for everyone of whom a list under other settings
/// says another thing than the first one.
fn changes(site: &mut Site, settings: &[(&str, &str)]) -> Vec<String> {
    let before = people(site, "1");
    site.set_list(settings);
    site.run("harm-list", MORNING).unwrap();
    let newest = site.one("select max(list_id) from ledger.lists");
    assert_ne!(newest, "1");
    let after = people(site, &newest);
    let everyone: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let told = |of: &BTreeMap<String, String>, person: &String| {
        of.get(person).cloned().unwrap_or_else(|| "none".to_owned())
    };
    everyone
        .into_iter()
        .filter(|person| before.get(*person) != after.get(*person))
        .map(|person| {
            format!(
                "{person}: {} -> {}",
                told(&before, person),
                told(&after, person)
            )
        })
        .collect()
}

#[test]
fn each_rule_changes_whom_it_names_and_nobody_else() {
    let mut site = site();
    let ranked = "ranked 10.000";
    for (key, usual, other, wanted) in [
        (
            "count_cancelled",
            "false",
            "true",
            vec![format!("CANCELLED: none -> {ranked}")],
        ),
        (
            "count_proactive",
            "false",
            "true",
            vec![format!("PROACTIVE: none -> {ranked}")],
        ),
        (
            "count_conditional_codes",
            "true",
            "false",
            vec!["CONDITIONAL: ranked 5.000 -> none".to_owned()],
        ),
        (
            "count_no_further_action",
            "true",
            "false",
            vec![format!("ENDED: {ranked} -> none")],
        ),
        (
            "count_alleged_under_age",
            "true",
            "false",
            vec![format!("MINOR: {ranked} was under age -> none")],
        ),
        (
            "rank_deceased",
            "false",
            "true",
            vec![format!("DEAD: deceased 10.000 -> {ranked}")],
        ),
        (
            "rank_in_custody",
            "true",
            "false",
            vec![format!(
                "JAILED: {ranked} in custody -> in_custody 10.000 in custody"
            )],
        ),
        (
            "most_suspects",
            "50",
            "2",
            ["CROWD", "CROWD2", "CROWD3"]
                .map(|person| format!("{person}: {ranked} -> none"))
                .to_vec(),
        ),
        (
            "counter_allegation",
            "\"block\"",
            "\"mark\"",
            vec![format!(
                "COUNTER: {ranked} counter blocked -> {ranked} counter"
            )],
        ),
        (
            "contested",
            "\"restrict\"",
            "\"mark\"",
            vec![format!("CONTESTED: {ranked} restricted -> {ranked}")],
        ),
        (
            "window_by",
            "\"reported\"",
            "\"committed\"",
            vec![format!("LATE: {ranked} -> none")],
        ),
        (
            "window_days",
            "365",
            "180",
            vec![format!("EARLY: {ranked} -> none")],
        ),
        (
            "window_days",
            "365",
            "730",
            vec![format!("OLD: none -> {ranked}")],
        ),
        (
            "minimum_age",
            "18",
            "20",
            vec![
                format!("MINOR: {ranked} was under age -> under_18 10.000 was under age"),
                format!("TEEN: {ranked} -> ranked 10.000 was under age"),
            ],
        ),
        ("compare_windows", "[180, 730]", "[90]", vec![]),
        ("compare_editions", "[\"ons-severity\"]", "[]", vec![]),
        ("size", "100", "2", vec![]),
        ("reserve", "100", "1", vec![]),
    ] {
        assert_eq!(changes(&mut site, &[(key, other)]), wanted, "{key}");
        site.set_list(&[(key, usual)]);
    }
}

#[test]
fn the_edition_that_ranks_decides_every_weight() {
    let mut site = site();
    let told = changes(
        &mut site,
        &[("compare_editions", "[]"), ("edition", "\"ons-severity\"")],
    );
    assert!(
        told.contains(&"PLAIN: ranked 10.000 -> ranked 184.095".to_owned()),
        "{told:?}"
    );
    assert!(
        told.contains(&"CONDITIONAL: ranked 5.000 -> ranked 0.000".to_owned()),
        "{told:?}"
    );
    assert_eq!(
        site.one(
            "select edition || ' ' || (counts ->> '$.unscored_codes') from ledger.lists \
             order by list_id desc limit 1"
        ),
        "ons-severity [\"066/39\"]"
    );
}

#[test]
fn the_windows_to_compare_are_the_variants_of_the_list_and_no_other_figure() {
    let mut site = site();
    let ranks = |list: i64| {
        site.query(&format!(
            "select * exclude (list_id) from ledger.list_entries \
             where list_id = {list} order by nominal_id"
        ))
    };
    let first = ranks(1);
    site.set_list(&[("compare_windows", "[90, 365]")]);
    site.run("harm-list", MORNING).unwrap();
    let second = site.query(
        "select * exclude (list_id) from ledger.list_entries where list_id = 2 order by nominal_id",
    );
    assert_eq!(first, second);
    // The list's own window is no other window.
    assert_eq!(
        site.query(
            "select variant from ledger.list_variants \
             where list_id = 2 and variant like 'window%'"
        ),
        [["window:90"]]
    );
}

#[test]
fn size_and_reserve_say_how_far_allegations_are_kept() {
    let mut site = site();
    site.set_list(&[("size", "2"), ("reserve", "1")]);
    site.run("harm-list", MORNING).unwrap();
    assert_eq!(
        site.one(
            "select count(distinct nominal_id) from ledger.list_contributions where list_id = 2"
        ),
        "3"
    );
    assert_eq!(
        site.one("select counts ->> '$.listed' from ledger.lists where list_id = 2"),
        "2"
    );
}

#[test]
fn a_value_that_cannot_be_is_refused_with_its_place_and_what_was_expected() {
    let mut site = Site::new();
    let path = site.dir.join("jobs/harm-list/job.toml");
    let usual = std::fs::read_to_string(&path).unwrap();
    for (key, value, expected) in [
        ("window_days", "0", "expected 1 to 3653"),
        ("window_days", "10000", "expected 1 to 3653"),
        ("compare_windows", "[180, 0]", "expected 1 to 3653"),
        ("compare_windows", "[180, 180]", "expected each window once"),
        (
            "compare_editions",
            "[\"ons-severity\", \"ons-severity\"]",
            "expected each edition once",
        ),
        ("size", "0", "expected 1 to 10000"),
        ("size", "-1", "expected"),
        (
            "edition",
            "\"cchi-1999\"",
            "there is no jobs/harm-list/index/cchi-1999.csv",
        ),
        (
            "edition",
            "\"../starter-2026\"",
            "expected the name of a file in index/",
        ),
        (
            "compare_editions",
            "[\"starter-2026\"]",
            "is the edition that ranks",
        ),
        (
            "compare_editions",
            "[\"cchi-1999\"]",
            "there is no jobs/harm-list/index/cchi-1999.csv",
        ),
        ("minimum_age", "5", "expected 10"),
        ("most_suspects", "0", "expected 1 suspect at least"),
        ("window_by", "\"recorded\"", "expected"),
        ("counter_allegation", "\"ignore\"", "expected"),
        ("count_cancelled", "\"no\"", "expected"),
    ] {
        let start = usual.find(&format!("\n{key} = ")).unwrap() + 1;
        let end = start + usual[start..].find('\n').unwrap();
        let line = usual[..start].lines().count() + 1;
        let mut text = usual.clone();
        text.replace_range(start..end, &format!("{key} = {value}"));
        std::fs::write(&path, text).unwrap();
        for arguments in [vec!["check"], vec!["run", "harm-list", "--as-of", MORNING]] {
            let output = site.command(&arguments);
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            let place = format!("jobs/harm-list/job.toml:{line}:");
            assert!(!output.status.success(), "{key} = {value}: {told}");
            assert!(told.contains(&place), "{key} = {value}: {told}");
            assert!(told.contains(expected), "{key} = {value}: {told}");
            assert_eq!(site.one("select count(*) from ledger.lists"), "0");
        }
        std::fs::write(&path, &usual).unwrap();
    }
}
