//! What is recorded: counts, state, override rates, files of decisions, and
//! that nothing recorded changes or goes away.

use std::collections::BTreeMap;

use daybook::harm::decisions::Which;
use daybook::harm::decisions::marks::Mark;
use daybook::harm::decisions::overrides::{self, Rate};

use super::{REVIEWER, acts, close_list, decide, mark, newest, suspects};
use crate::support::rows::{CRIMES, crime, file};
use crate::support::{MORNING, OFFICER, STEWARD, Site};

#[test]
fn a_list_is_decided_with_the_last_of_its_people() {
    let site = suspects();
    decide(&site, &[("S0", "accept"), ("S2", "defer")]).unwrap();
    decide(&site, &[("S3", "reject")]).unwrap();
    let state = overrides::state(site.store.connection(), 1).unwrap();
    assert_eq!(
        (
            state.listed,
            state.accepted,
            state.deferred,
            state.rejected,
            state.awaiting
        ),
        (4, 1, 1, 1, 1)
    );
    assert!(!state.is_decided);
    assert_eq!(newest(&site).state, "proposed");
    decide(&site, &[("S4", "accept")]).unwrap();
    assert!(
        overrides::state(site.store.connection(), 1)
            .unwrap()
            .is_decided
    );
    assert_eq!(newest(&site).state, "decided");
    assert_eq!(
        site.query(
            "select nominal_id, decision, reason, decided_by, decided_at from ledger.list_decisions order by 1"
        ),
        ["accept", "defer", "reject", "accept"]
            .iter()
            .enumerate()
            .map(|(index, decision)| vec![
                format!("S{}", index + 1),
                (*decision).to_owned(),
                "read and weighed".to_owned(),
                OFFICER.to_owned(),
                "2026-11-21 12:00:00".to_owned()
            ])
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_close_lists_the_remainder_in_order_of_rank() {
    let site = suspects();
    decide(&site, &[("S3", "accept")]).unwrap();
    let closed = close_list(&site).unwrap();
    assert_eq!(closed.undecided, ["S1", "S2", "S4"]);
    assert_eq!(closed.reason, "the month is over");
    let state = overrides::state(site.store.connection(), 1).unwrap();
    assert!(state.is_decided);
    assert_eq!(state.awaiting, 3);
    assert_eq!(state.closed, Some(closed));
}

/// Lists 1 to 3 on three days, decided in different ways.
fn three_lists() -> Site {
    let site = suspects();
    decide(
        &site,
        &[("S1", "accept"), ("S3", "accept"), ("S4", "accept")],
    )
    .unwrap();
    site.run("harm-list", "2026-11-22").unwrap();
    decide(
        &site,
        &[
            ("S1", "accept"),
            ("S2", "defer"),
            ("S3", "reject"),
            ("S4", "accept"),
        ],
    )
    .unwrap();
    site.run("harm-list", "2026-11-23").unwrap();
    decide(&site, &[("S2", "reject"), ("S4", "accept")]).unwrap();
    site
}

#[test]
fn the_override_rate_is_counted_a_second_way() {
    let site = three_lists();
    let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in site.query("select list_id, decision from ledger.list_decisions") {
        rows.entry(row[0].clone()).or_default().push(row[1].clone());
    }
    let mut so_far = Rate::default();
    for (number, decisions) in &rows {
        let overridden = decisions.iter().filter(|d| *d != "accept").count() as u64;
        let own = Rate {
            decided: decisions.len() as u64,
            overridden,
        };
        so_far.decided += own.decided;
        so_far.overridden += own.overridden;
        let which = Which::Number(number.parse().unwrap());
        let list = daybook::harm::decisions::find(site.store.connection(), which).unwrap();
        let told = overrides::overrides(site.store.connection(), &list).unwrap();
        assert_eq!(
            (told.list, told.recent, told.recent_lists),
            (own, so_far, number.parse().unwrap())
        );
        let never = (so_far.overridden == 0).then_some(so_far.decided);
        assert_eq!(told.never_in(), never, "list {number}");
    }
    assert_eq!((so_far.decided, so_far.overridden), (9, 3));
    assert!((so_far.percent().unwrap() - 100.0 / 3.0).abs() < 1e-9);
}

#[test]
fn the_override_rate_looks_back_over_twelve_lists() {
    let site = suspects();
    decide(&site, &[("S1", "reject")]).unwrap();
    for day in 22..=30 {
        site.run("harm-list", &format!("2026-11-{day}")).unwrap();
        decide(&site, &[("S1", "accept")]).unwrap();
    }
    for day in 1..=3 {
        site.run("harm-list", &format!("2026-12-0{day}")).unwrap();
        decide(&site, &[("S1", "accept")]).unwrap();
    }
    let told = overrides::overrides(site.store.connection(), &newest(&site)).unwrap();
    assert_eq!(told.recent_lists, 12);
    assert_eq!(told.recent.decided, 12);
    assert_eq!(
        told.never_in(),
        Some(12),
        "the reject is thirteen lists ago"
    );
}

#[test]
fn a_file_of_decisions_holds_whole_or_not_at_all() {
    let mut site = suspects();
    let path = site.dir.join("decisions.csv");
    let file = path.to_str().unwrap().to_owned();
    let arguments = ["list", "decide", "--file", &file, "--by", OFFICER];
    std::fs::write(
        &path,
        "nominal_id,decision,reason\nS1,accept,\"two\nlines\"\nS2,accept,why\nS5,reject,why\nS3,maybe,\n",
    )
    .unwrap();
    let output = site.command(&arguments);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.contains("decisions.csv:6:2: maybe\n")
            && told.contains("expected accept, defer or reject"),
        "{told}"
    );
    assert!(told.contains("decisions.csv:6:3: \n    the reason is blank"));
    std::fs::write(
        &path,
        "reason,decision,nominal_id\n\"two\nlines\",accept,S1\nwhy,accept,S2\nwhy,reject,S5\nwhy,defer,S0\n",
    )
    .unwrap();
    let output = site.command(&arguments);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    for expected in [
        "decisions.csv:4:2: accept\n    S2 is blocked by a counter-allegation",
        "decisions.csv:5:3: S5\n    S5 has rank 5 and is not on list 1",
        "decisions.csv:6:3: S0\n    S1 is decided twice here",
    ] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
    assert_eq!(site.one("select count(*) from ledger.list_decisions"), "0");

    std::fs::write(
        &path,
        "\u{feff}nominal_id,decision,reason\r\nS0,accept,\"two\nlines\"\r\nS2,defer,why\r\n",
    )
    .unwrap();
    let told = site.told(&arguments);
    assert!(
        told.contains("S1 accepted on list 1 by j.officer"),
        "{told}"
    );
    assert!(told.contains("2 awaiting a decision"), "{told}");
    assert_eq!(
        site.query("select nominal_id, decision, reason from ledger.list_decisions order by 1"),
        [["S1", "accept", "two\nlines"], ["S2", "defer", "why"]]
    );
}

#[test]
fn the_commands_tell_state_reasons_and_the_warning() {
    let mut site = suspects();
    let told = site.told(&[
        "list", "decide", "S0", "accept", "--reason", "agreed", "--by", OFFICER,
    ]);
    assert!(told.contains("override rate: 0 of 1 (0.0%) on this list"));
    assert!(
        told.contains(
            "warning: nobody has been deferred or rejected in 1 decision: a list that is always \
             accepted is decided by the program"
        ),
        "{told}"
    );
    site.told(&[
        "list",
        "dispute",
        "S4",
        "--reason",
        "a letter came",
        "--by",
        OFFICER,
    ]);
    site.told(&[
        "list", "decide", "S3", "defer", "--reason", "later", "--by", OFFICER, "--as-of", MORNING,
    ]);
    let shown: serde_json::Value =
        serde_json::from_str(&site.told(&["list", "decisions", "--json"])).unwrap();
    assert_eq!(
        (&shown["state"], &shown["awaiting"], &shown["accepted"]),
        (&"proposed".into(), &2.into(), &1.into())
    );
    assert_eq!(shown["override_percent"], 50.0);
    assert!(shown["warning"].is_null());
    let people = shown["people"].as_array().unwrap();
    assert_eq!(people.len(), 4);
    assert_eq!(people[0]["decision"], "accept");
    assert_eq!(people[0]["reason"], "agreed");
    assert_eq!(people[1]["is_blocked"], true);
    assert_eq!(
        people[1]["unreviewed_crimes"],
        serde_json::json!(["C2", "C2B"])
    );
    assert_eq!(people[3]["is_restricted"], true);
    assert!(people[3]["decision"].is_null());
    let told = site.told(&["list", "decisions", "--list", "1"]);
    for expected in ["agreed", "j.officer", "blocked until reviewed", "contested"] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
    let told = site.told(&["list", "close", "--reason", "enough", "--by", OFFICER]);
    assert!(told.contains("left undecided: S2, S4"), "{told}");
    assert!(told.contains("list 1 is decided: 1 accepted, 1 deferred"));
    for (arguments, code) in [
        (&["list", "decide", "S2", "accept", "--by", OFFICER][..], 2),
        (&["list", "decide", "--by", OFFICER][..], 2),
        (
            &[
                "list", "decide", "S2", "allow", "--reason", "x", "--by", OFFICER,
            ][..],
            2,
        ),
        (
            &[
                "list", "decide", "S2", "defer", "--reason", " ", "--by", OFFICER,
            ][..],
            2,
        ),
        (
            &[
                "list", "decide", "S2", "defer", "--reason", "x", "--by", "J.O",
            ][..],
            2,
        ),
        (
            &[
                "list", "decide", "S2", "defer", "--reason", "x", "--by", OFFICER, "--list", "9",
            ][..],
            1,
        ),
    ] {
        let output = site.command(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
}

/// Whatever is tried, by every command there is: the rows that were there stay
/// as they were.
#[test]
fn nothing_recorded_ever_changes_or_goes_away() {
    let mut site = suspects();
    mark(&site, "S2", Mark::CounterReviewed, REVIEWER).unwrap();
    mark(&site, "S4", Mark::Contested, OFFICER).unwrap();
    mark(&site, "S3", Mark::Restricted, OFFICER).unwrap();
    decide(&site, &[("S1", "accept"), ("S2", "defer")]).unwrap();
    close_list(&site).unwrap();
    let kept = acts(&site);
    assert_eq!(kept.len(), 3 + 3 + 2 + 1);
    let changed = crime("C1", "008/06", "2026-06-01", &[("status", "cancelled")]);
    site.land("crimes_20261122.csv", file(CRIMES, &[changed]));
    let path = site.dir.join("decisions.csv");
    std::fs::write(&path, "nominal_id,decision,reason\nS1,reject,why\n").unwrap();
    let csv = path.to_str().unwrap().to_owned();
    let because = ["--reason", "why", "--by", OFFICER];
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["list", "decide", "--file", &csv, "--by", OFFICER],
        vec!["query", "delete from ledger.list_decisions"],
        vec!["query", "update ledger.person_marks set reason = 'x'"],
        vec!["query", "drop table ledger.list_closes"],
        vec!["list", "show"],
        vec!["list", "explain", "S1"],
        vec!["list", "decisions"],
        vec!["account", "list"],
        vec![
            "account",
            "revoke",
            REVIEWER,
            "--role",
            "specialist-reviewer",
            "--by",
            OFFICER,
        ],
        vec!["check"],
        vec!["jobs"],
        vec!["ingest", "status"],
        vec!["ingest", "revert", "1", "--by", STEWARD],
    ];
    for (nominal, verdict) in [("S1", "reject"), ("S2", "accept"), ("S3", "accept")] {
        commands.push([&["list", "decide", nominal, verdict][..], &because].concat());
    }
    commands.push([&["list", "close"][..], &because].concat());
    for what in [
        "dispute",
        "resolve",
        "restrict",
        "unrestrict",
        "review-counter",
    ] {
        for nominal in ["S2", "S3", "S4"] {
            commands.push([&["list", what, nominal][..], &because].concat());
        }
    }
    for job in [
        "nightly-ingest",
        "harm-list",
        "commitment-measures",
        "morning-briefing",
        "harm-list-pack",
        "operations-report",
    ] {
        commands.push(vec!["run", job, "--as-of", MORNING]);
    }
    commands.push(
        [
            &["list", "decide", "S1", "reject", "--list", "1"][..],
            &because,
        ]
        .concat(),
    );
    for arguments in commands {
        site.command(&arguments);
        let now = acts(&site);
        for row in &kept {
            assert!(now.contains(row), "{arguments:?} changed {row:?}");
        }
    }
    assert_eq!(
        site.one("select count(*) from ledger.list_decisions where list_id = 1"),
        "2"
    );
}
