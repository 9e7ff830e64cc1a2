//! The log of what was done with people's data: every kind of act is in it,
//! nothing is shown before it is, and it can be asked for by person, account
//! and day.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::TimeDelta;
use daybook::harm::accounts::Role;
use daybook::harm::decisions::decide::{self, Wish};
use daybook::harm::decisions::{self, Which};
use daybook::ingest::history::rejects;
use daybook::model::operator::Operator;
use daybook::store::Store;

use crate::support::kept::Kept;
use crate::support::rows::{CRIMES, crime, file, nominal, party};
use crate::support::{MORNING, OFFICER, Site, act, copied_program, copy_program, day, noon};

const INSPECTOR: &str = "p.inspector";

/// Two suspects on a list, S0 merged into S1, both decided on; an inspector.
fn site() -> Site {
    static MADE: OnceLock<Kept> = OnceLock::new();
    Kept::once(&MADE, || {
        let site = Site::new();
        let nominals = [
            nominal("S1", "M", &[]),
            nominal("S0", "M", &[("merged_into", "S1")]),
            nominal("S2", "M", &[]),
            nominal("V1", "F", &[]),
        ];
        site.land_night(
            MORNING,
            &[
                crime("C1", "008/06", "2026-06-01", &[("offence_count", "2")]),
                crime("C2", "008/06", "2026-06-01", &[]),
            ],
            &[
                party("C1", "S1", "suspect"),
                party("C2", "S2", "suspect"),
                party("C1", "V1", "victim"),
                party("C2", "V1", "victim"),
            ],
            &nominals,
        );
        site.ranked(MORNING);
        site.grant(OFFICER, Role::AuthorisingOfficer);
        site.grant(INSPECTOR, Role::Inspector);
        let list = decisions::find(site.store.connection(), Which::Newest).unwrap();
        let wish = |nominal: &str, verdict: &str| Wish {
            nominal: nominal.parse().unwrap(),
            verdict: verdict.parse().unwrap(),
            reason: format!("read for {nominal}").parse().unwrap(),
        };
        let wishes = [wish("S1", "accept"), wish("S2", "reject")];
        let officer = OFFICER.parse().unwrap();
        decide::decide(&site.store, &list, &wishes, act(&officer)).unwrap();
        site
    })
}

fn events(site: &Site, what: &str) -> Vec<Vec<String>> {
    site.query(&format!(
        "select kind, account, array_to_string(subjects, ' '), array_to_string(lists, ' '), \
             up_to_rank, reason from ledger.audit where what = '{what}' order by audit_id"
    ))
}

#[test]
fn every_look_at_people_is_on_record() {
    let mut site = site();
    let why = ["--as", INSPECTOR, "--reason", "request 12"];
    let row = |subjects: &str, lists: &str, down_to: &str| {
        [[
            "consultation",
            INSPECTOR,
            subjects,
            lists,
            down_to,
            "request 12",
        ]
        .map(ToOwned::to_owned)
        .to_vec()]
    };
    for (command, what, wanted) in [
        (&["list", "show"][..], "list show", row("", "1", "100")),
        (
            &["list", "show", "--beyond", "5", "--json"],
            "list show",
            row("", "1", "105"),
        ),
        (
            &["list", "explain", "S0"],
            "list explain",
            row("S0 S1", "", ""),
        ),
        (
            &["list", "explain", "--rank", "2", "--json"],
            "list explain",
            row("S2", "", ""),
        ),
        (
            &["list", "compare", "1", "1"],
            "list compare",
            row("", "1 1", ""),
        ),
        (&["list", "decisions"], "list decisions", row("", "1", "")),
        (&["list", "verify"], "list verify", row("", "1", "0")),
        (
            &[
                "query",
                "select nominal_id, score_days from ledger.list_entries",
            ],
            "query",
            row("S1 S2", "", ""),
        ),
        (
            &["query", "select count(*) from history.crimes"],
            "query",
            row("", "", ""),
        ),
    ] {
        let before = events(&site, what).len();
        let output = site.command(&[command, &why[..]].concat());
        assert!(output.status.success(), "{command:?} {output:?}");
        let new = events(&site, what).split_off(before);
        assert_eq!(new, wanted, "{command:?}");
    }
}

#[test]
fn a_query_that_names_nobody_or_fails_is_told_apart() {
    let mut site = site();
    // Values of rejected rows are about somebody.
    site.told(&["ingest", "rejects", "--open"]);
    assert_eq!(events(&site, "ingest rejects").len(), 1);
    for sql in [
        "select 1",
        "from ledger.batches",
        "from ledger.measure_values",
        "select table_name from catalogue.tables",
    ] {
        site.told(&["query", sql]);
    }
    assert_eq!(events(&site, "query").len(), 0);
    // What an error says may be a value of a row.
    let sql = "select nominal_id::int from history.nominals where nominal_id = 'S2'";
    let output = site.command(&["query", sql]);
    assert_eq!(output.status.code(), Some(1));
    let detail = site.one("select detail from ledger.audit where what = 'query'");
    assert!(
        detail.contains("nominal_id::int") && detail.contains("history.nominals"),
        "{detail}"
    );
}

#[test]
fn rows_about_every_person_that_leave_are_a_disclosure() {
    let mut site = Site::with_london(600, 3, 0.0);
    site.run("nightly-ingest", MORNING).unwrap();
    for date in ["2026-09-01", "2026-10-01", "2026-11-01"] {
        site.run("harm-list", date).unwrap();
    }
    let folder = site.dir.join("rows").display().to_string();
    let output = site.command(&["list", "evaluate"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(events(&site, "list evaluate --data").len(), 0);
    let output = site.command(&["list", "evaluate", "--data", &folder]);
    assert!(output.status.success(), "{output:?}");
    let wanted = ["disclosure", "", "", "1 2 3", "4294967295", ""];
    assert_eq!(events(&site, "list evaluate --data"), [wanted]);
}

#[test]
fn a_query_over_more_people_than_are_named_counts_as_a_look_at_everybody() {
    let mut site = site();
    let many = |people: u32| {
        format!(
            "select 'X' || range as nominal_id from range({people}) \
             where exists (from history.nominals)"
        )
    };
    site.told(&["query", &many(1_000)]);
    site.told(&["query", &many(1_001)]);
    assert_eq!(
        site.query(
            "select len(subjects), json_extract_string(detail, '$.people') \
             from ledger.audit where what = 'query' order by audit_id"
        ),
        [["1000", "1000"], ["0", "1001"]]
    );
    let looks = |found: Vec<String>| {
        let is_query = |row: &&String| row.starts_with("consultation|query");
        found.iter().filter(is_query).count()
    };
    assert_eq!(looks(exported(&mut site, &["--person", "S1"])), 1);
    assert_eq!(looks(exported(&mut site, &["--person", "X7"])), 2);
}

#[test]
fn every_kind_of_act_is_in_the_log() {
    let mut site = site();
    site.run("harm-list-pack", MORNING).unwrap();
    site.land(
        "crimes_20261118.csv",
        file(CRIMES, &[crime("C9", "unknown", "2026-06-01", &[])]),
    );
    let extract = site
        .landing()
        .join("crimes_20261118.csv")
        .display()
        .to_string();
    site.command(&["ingest", &extract]);
    let later = noon().naive_utc() + TimeDelta::days(40_000);
    let erased = rejects::age_out(&site.store, later, day(MORNING), later).unwrap();
    assert_eq!(erased, 1);
    site.told(&["list", "show"]);
    let kinds = site
        .query("select distinct kind from ledger.audit order by kind")
        .concat();
    assert_eq!(
        kinds,
        [
            "administration",
            "alteration",
            "collection",
            "consultation",
            "disclosure",
            "erasure"
        ]
    );
    let pack = events(&site, "harm-list-pack");
    assert_eq!(pack, [["disclosure", "", "S1 S2", "", "", ""]]);
    let erasure = site.one("select detail from ledger.audit where kind = 'erasure'");
    assert!(
        erasure.contains("\"values\":1") && !erasure.contains("unknown"),
        "{erasure}"
    );
    // The page that stands is not disclosed again.
    site.run("harm-list-pack", MORNING).unwrap();
    assert_eq!(events(&site, "harm-list-pack").len(), 1);
    assert_eq!(
        site.query("select what from ledger.audit where kind = 'administration' order by audit_id")
            .concat(),
        [
            "run nightly-ingest",
            "run harm-list",
            "account grant",
            "account bind",
            "account grant",
            "account bind",
            "run harm-list-pack",
            "run harm-list-pack",
        ]
    );
}

#[test]
fn what_cannot_be_put_on_record_is_not_shown() {
    let mut site = site();
    site.store
        .connection()
        .execute_batch("alter table ledger.audit rename to lost; checkpoint")
        .unwrap();
    for command in LOOKS {
        let output = site.command(command);
        assert!(!output.status.success(), "{command:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{command:?}");
        let told = String::from_utf8_lossy(&output.stderr);
        for secret in ["Aldermoss", "S1", "C1"] {
            assert!(!told.contains(secret), "{command:?}: {told}");
        }
    }
}

const LOOKS: [&[&str]; 8] = [
    &["list", "show"],
    &["list", "show", "--json"],
    &["list", "explain", "--rank", "1"],
    &["list", "compare", "1", "1", "--all"],
    &["list", "decisions"],
    &["list", "actions", "S2"],
    &["query", "select nominal_id, surname from history.nominals"],
    &["query", "select surname::int from history.nominals"],
];

#[test]
fn from_a_folder_that_cannot_be_written_nothing_is_shown() {
    let mut site = site();
    site.store.checkpoint().unwrap();
    site.store = Store::in_memory().unwrap();
    let program = lay_out(&site);
    for command in LOOKS {
        let mut run = copied_program(&program);
        run.args(command).arg("--dir").arg(&site.dir);
        if Operator::current().uid == 0 {
            run.uid(5001).gid(5001);
        }
        let output = run.output().unwrap();
        assert!(!output.status.success(), "{command:?}");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.starts_with("daybook: "), "{command:?}: {told}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{command:?}");
    }
    set_modes(site.parent(), 0o755, 0o644);
    site.store = site.deployment.open_store().unwrap();
    assert_eq!(
        site.one("select count(*) from ledger.audit where kind = 'consultation'"),
        "0"
    );
}

/// The program beside a deployment that anybody may read and nobody write.
fn lay_out(site: &Site) -> PathBuf {
    let program = site.parent().join("daybook");
    copy_program(&program);
    set_modes(site.parent(), 0o555, 0o444);
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o555)).unwrap();
    program
}

fn set_modes(path: &Path, folder: u32, file: u32) {
    let mode = if path.is_dir() { folder } else { file };
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            set_modes(&entry.unwrap().path(), folder, file);
        }
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Kind, what, account, people and detail of each row of an export.
fn exported(site: &mut Site, wanted: &[&str]) -> Vec<String> {
    let export = ["audit", "export", "--as", INSPECTOR, "--format", "json"];
    let told = site.told(&[&export[..], wanted].concat());
    let rows: Vec<serde_json::Value> = serde_json::from_str(&told).unwrap();
    rows.iter()
        .map(|row| {
            let cell = |column: &str| row[column].as_str().unwrap_or("").to_owned();
            ["kind", "what", "account", "people", "reason", "detail"]
                .map(cell)
                .join("|")
        })
        .collect()
}

#[test]
fn an_export_of_a_person_holds_all_that_touched_them_under_any_identifier() {
    let mut site = site();
    site.run("harm-list-pack", MORNING).unwrap();
    site.told(&[
        "list", "dispute", "S1", "--reason", "a letter", "--by", OFFICER,
    ]);
    site.told(&["list", "show"]);
    site.told(&["list", "explain", "S2"]);
    site.told(&["query", "select 'S1' as x from history.nominals limit 1"]);
    site.told(&["query", "select 'S12' as x from history.nominals limit 1"]);
    site.told(&[
        "query",
        "select nominal_id from core.nominals where nominal_id = 'S1'",
    ]);
    let found = exported(&mut site, &["--person", "S0"]);
    let count = |wanted: &str| found.iter().filter(|row| row.starts_with(wanted)).count();
    for (wanted, rows) in [
        ("collection|batch||S", 1),
        ("combination|records merged||S0 S1||S0 into S1", 1),
        ("combination|on a list||S1||ranked, rank 1, ", 1),
        ("alteration|list decide|j.officer|S1|read for S1|accept", 1),
        ("alteration|list decide", 1),
        ("alteration|list mark|j.officer|S1|a letter|contested", 1),
        ("alteration|list mark", 1),
        ("disclosure|harm-list-pack||S1 S2", 1),
        (
            "disclosure|mail||S1 S2||to officer@example.invalid: harm-list-pack 2026-11-21, sent",
            1,
        ),
        ("consultation|list show", 1),
        ("consultation|list explain", 0),
        ("consultation|query", 2),
        ("administration", 0),
        ("erasure", 0),
    ] {
        assert_eq!(count(wanted), rows, "{wanted}: {found:#?}");
    }
    assert_eq!(found.len(), 10, "{found:#?}");
    let uid = Operator::current().uid.to_string();
    let export = [
        "audit", "export", "--as", INSPECTOR, "--format", "csv", "--person", "S1",
    ];
    let told = site.told(&export);
    let decided = told
        .lines()
        .find(|row| row.contains("list decide"))
        .unwrap();
    assert!(decided.contains(&format!(",j.officer,{uid},")), "{decided}");
    // The export itself is a look at that person.
    let again = exported(&mut site, &["--person", "S1"]);
    let looks = again
        .iter()
        .filter(|row| row.starts_with("consultation|audit export|p.inspector"));
    assert_eq!(looks.count(), 2, "{again:#?}");
}

#[test]
fn an_export_of_an_account_holds_what_was_done_under_it_and_by_its_user() {
    let mut site = site();
    site.told(&["list", "show"]);
    site.told(&["list", "decisions", "--as", INSPECTOR]);
    let found = exported(&mut site, &["--account", OFFICER]);
    let whats: Vec<&str> = found
        .iter()
        .map(|row| row.split('|').nth(1).unwrap())
        .collect();
    assert_eq!(
        whats,
        [
            "run nightly-ingest",
            "run harm-list",
            "account grant",
            "account bind",
            "account grant",
            "account bind",
            "list decide",
            "list show",
        ],
        "{found:#?}"
    );
}

#[test]
fn an_export_of_a_time_begins_and_ends_with_its_days() {
    let mut site = site();
    let today = daybook::clock::Clock::System.today(chrono_tz::Europe::London);
    site.told(&["list", "show"]);
    let all = exported(&mut site, &["--from", MORNING, "--to", MORNING]);
    assert!(
        all.iter()
            .any(|row| row.starts_with("alteration|list decide")),
        "{all:#?}"
    );
    assert!(
        !all.iter()
            .any(|row| row.starts_with("consultation|list show")),
        "{all:#?}"
    );
    assert_eq!(
        exported(&mut site, &["--from", "2026-11-01", "--to", "2026-11-20"]).len(),
        0
    );
    let today = exported(&mut site, &["--from", &today.to_string()]);
    assert!(
        today
            .iter()
            .any(|row| row.starts_with("consultation|list show")),
        "{today:#?}"
    );
    assert_eq!(
        site.command(&["audit", "export", "--as", INSPECTOR])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn the_log_is_exported_to_inspectors_only() {
    let mut site = site();
    for account in [OFFICER, "nobody"] {
        let output = site.command(&["audit", "export", "--person", "S1", "--as", account]);
        assert_eq!(output.status.code(), Some(1), "{account}");
        assert!(output.stdout.is_empty(), "{account}");
    }
    let unnamed = site.command(&["audit", "export", "--person", "S1"]);
    assert_eq!(unnamed.status.code(), Some(2));
    assert_eq!(events(&site, "audit export").len(), 0);
}

#[test]
fn looks_into_the_room_are_exported_with_the_rest() {
    let mut site = site();
    let sql = "select count(*) as n from conduct_ledger.rejected_values";
    assert!(!site.command(&["query", sql]).status.success());
    site.grant("p.standards", Role::ConductReader);
    site.told(&["query", sql, "--as", "p.standards"]);
    let found = exported(&mut site, &["--from", MORNING]);
    for wanted in [
        format!("consultation|conduct data, refused||||{sql}"),
        format!("consultation|conduct data|p.standards|||{sql}"),
    ] {
        assert!(found.contains(&wanted), "{found:#?}");
    }
    // A statement may name people of the room, which the open log may not.
    assert_eq!(events(&site, "query").len(), 0);
}
