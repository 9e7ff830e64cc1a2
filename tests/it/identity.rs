//! Who did it: accounts are bound to users of the machine, and what the
//! environment says of them is believed by nobody.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Output};

use daybook::harm::accounts::{self, Role};
use daybook::harm::bindings;
use daybook::model::act::Act;
use daybook::model::operator::Operator;
use daybook::store::Store;

use crate::support::rows::{crime, nominal, party};
use crate::support::{MORNING, OFFICER, STEWARD, Site, act, copied_program, copy_program, noon};

/// A user that the machine need not know.
const STRANGER: u32 = 5001;

/// One suspect on a list, an officer, and an account bound to somebody else.
fn site() -> Site {
    let site = Site::new();
    site.land_night(
        MORNING,
        &[crime("C1", "008/06", "2026-06-01", &[])],
        &[party("C1", "S1", "suspect"), party("C1", "V1", "victim")],
        &[nominal("S1", "M", &[]), nominal("V1", "F", &[])],
    );
    site.ranked(MORNING);
    site.grant(OFFICER, Role::AuthorisingOfficer);
    let officer = OFFICER.parse().unwrap();
    let far = "far.officer".parse().unwrap();
    let role = Role::AuthorisingOfficer;
    accounts::grant(&site.store, &far, role, Some(STRANGER), act(&officer)).unwrap();
    site
}

fn refused(site: &mut Site, arguments: &[&str]) -> String {
    let output = site.command(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn daybook(dir: &Path, arguments: &[&str], prepare: impl FnOnce(&mut Command)) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
    command.args(arguments).arg("--dir").arg(dir);
    prepare(&mut command);
    command.output().unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_the_environment_says_of_the_user_is_recorded_nowhere() {
    let mut site = site();
    site.grant("p.standards", Role::ConductReader);
    site.store = Store::in_memory().unwrap();
    let forged = |arguments: &[&str]| {
        let output = daybook(&site.dir, arguments, |command| {
            command
                .env("USER", "chief.constable")
                .env("LOGNAME", "chief.constable")
                .env("USERNAME", "chief.constable");
        });
        assert!(output.status.success(), "{arguments:?} {}", errors(&output));
    };
    forged(&[
        "query",
        "from conduct_ledger.consultations",
        "--as",
        "p.standards",
    ]);
    forged(&["list", "explain", "S1"]);
    forged(&[
        "list", "restrict", "S1", "--reason", "a test", "--by", OFFICER,
    ]);
    forged(&["run", "harm-list", "--as-of", MORNING]);
    site.store = site.deployment.open_store().unwrap();
    let operator = Operator::current();
    let looks = "select machine_uid, machine_user from conduct_ledger.consultations";
    let own = [operator.uid.to_string(), operator.name.clone()];
    assert_eq!(site.query(looks), std::slice::from_ref(&own));
    let acts = site.query("select distinct machine_uid, machine_user from ledger.audit");
    assert_eq!(acts, [own]);
    let told = site
        .query("select distinct what from ledger.audit order by what")
        .concat();
    for what in ["list explain", "list mark", "run harm-list"] {
        assert!(told.iter().any(|held| held == what), "{what}: {told:?}");
    }
}

#[test]
fn an_account_of_another_user_is_refused_whatever_is_asked_under_it() {
    let mut site = site();
    site.grant("p.inspector", Role::Inspector);
    let far = "far.officer";
    let because = ["--reason", "a test"];
    let book = site.dir.join("ours.csv");
    std::fs::write(
        &book,
        "ho_code,title,days,basis,source,note\n001/01,x,1,published,x,\n",
    )
    .unwrap();
    let book = book.display().to_string();
    for arguments in [
        &[
            "list", "decide", "S1", "accept", "--by", far, "--reason", "x",
        ][..],
        &[&["list", "close", "--by", far][..], &because].concat(),
        &[&["list", "dispute", "S1", "--by", far][..], &because].concat(),
        &[
            "account", "grant", "friend", "--role", "analyst", "--by", far,
        ],
        &[
            "account",
            "revoke",
            OFFICER,
            "--role",
            "authorising-officer",
            "--by",
            far,
        ],
        &["account", "bind", OFFICER, "--uid", "0", "--by", far],
        &["query", "select 1", "--as", far],
        &["account", "unbind", OFFICER, "--uid", "0", "--by", far],
        &[
            "release",
            "plan",
            "First",
            "--due",
            "2099-01-01",
            "--by",
            far,
        ],
        &["release", "issue", "First", "--by", far],
        &["index", "import", &book, "--edition", "ours", "--by", far],
        &["ingest", "revert", "1", "--by", far],
        &[
            "ingest",
            "accept-deletions",
            "crimes_20261121.csv",
            "--by",
            far,
        ],
        &["audit", "export", "--person", "S1", "--as", far],
        &["query", "from core.crimes", "--as", far],
        &["list", "show", "--as", far],
        &["list", "explain", "S1", "--as", far],
        &["list", "compare", "1", "1", "--as", far],
        &["list", "decisions", "--as", far],
        &["list", "actions", "S1", "--as", far],
        &["list", "verify", "--as", far],
        &["ingest", "rejects", "--as", far],
    ] {
        let before = site.query("select * exclude (acted_at) from ledger.audit order by audit_id");
        let told = refused(&mut site, arguments);
        assert!(told.contains("far.officer"), "{arguments:?}: {told}");
        if !arguments.contains(&"rejects") {
            let wanted = format!(
                "far.officer is bound to uid {STRANGER}, and this is run by {}",
                Operator::current()
            );
            assert!(told.contains(&wanted), "{arguments:?}: {told}");
        }
        let after = site.query("select * exclude (acted_at) from ledger.audit order by audit_id");
        assert_eq!(before, after, "{arguments:?}");
    }
    assert_eq!(site.one("select count(*) from ledger.list_decisions"), "0");
}

#[test]
fn an_account_that_is_bound_to_nobody_does_nothing() {
    let mut site = site();
    let grant = [
        "account",
        "grant",
        "new.officer",
        "--role",
        "authorising-officer",
    ];
    let told = site.told(&[&grant[..], &["--by", OFFICER]].concat());
    assert!(told.contains("new.officer is bound to nobody"), "{told}");
    let decide = [
        "list",
        "decide",
        "S1",
        "accept",
        "--reason",
        "x",
        "--by",
        "new.officer",
    ];
    let told = refused(&mut site, &decide);
    assert!(
        told.contains("new.officer is bound to nobody, and this is run by"),
        "{told}"
    );
    let uid = Operator::current().uid.to_string();
    let bind = [
        "account",
        "bind",
        "new.officer",
        "--uid",
        &uid,
        "--by",
        OFFICER,
    ];
    site.told(&bind);
    assert!(
        refused(&mut site, &bind).contains("is bound to uid"),
        "twice"
    );
    site.told(&decide);
    let listed = site.told(&["account", "list", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let uids = |account: &str| {
        let held = listed.as_array().unwrap();
        held.iter().find(|h| h["account"] == account).unwrap()["uids"].clone()
    };
    assert_eq!(uids("far.officer"), serde_json::json!([STRANGER]));
    assert_eq!(
        uids("new.officer"),
        serde_json::json!([Operator::current().uid])
    );
    site.told(&[
        "account",
        "unbind",
        "new.officer",
        "--uid",
        &uid,
        "--by",
        OFFICER,
    ]);
    let contest = [
        "list",
        "dispute",
        "S1",
        "--reason",
        "x",
        "--by",
        "new.officer",
    ];
    assert!(refused(&mut site, &contest).contains("bound to nobody"));
}

#[test]
fn the_last_officer_who_is_bound_stays_bound() {
    let site = Site::new();
    site.grant(OFFICER, Role::AuthorisingOfficer);
    let officer = OFFICER.parse().unwrap();
    let uid = Operator::current().uid;
    let told = bindings::unbind(&site.store, &officer, uid, act(&officer)).unwrap_err();
    assert!(
        told.to_string()
            .contains("the last authorising-officer who is bound"),
        "{told}"
    );
    assert_eq!(
        bindings::uids(site.store.connection(), &officer).unwrap(),
        [uid]
    );
    // An officer who is bound to nobody is no officer who can act.
    let other = "other".parse().unwrap();
    let role = Role::AuthorisingOfficer;
    accounts::grant(&site.store, &other, role, None, act(&officer)).unwrap();
    let told = accounts::revoke(&site.store, &officer, role, act(&officer)).unwrap_err();
    assert!(
        told.to_string()
            .contains("the last authorising-officer who is bound"),
        "{told}"
    );
    assert!(accounts::holds(site.store.connection(), &officer, role).unwrap());
}

#[test]
fn a_deployment_is_made_with_its_first_officer_and_has_no_second_first() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("site");
    let run = |arguments: &[&str]| daybook(&dir, arguments, |_| {});
    let made = run(&["init", dir.to_str().unwrap(), "--officer", "c.super"]);
    assert!(made.status.success(), "{}", errors(&made));
    let told = String::from_utf8_lossy(&made.stdout).into_owned();
    let operator = Operator::current();
    assert!(
        told.contains(&format!(
            "c.super is authorising-officer, bound to {operator}"
        )),
        "{told}"
    );
    for name in ["mallory", "c.super"] {
        let told = errors(&run(&["account", "appoint", name]));
        assert!(
            told.contains("there is an authorising officer, c.super"),
            "{told}"
        );
        let role = ["--role", "authorising-officer", "--by", name];
        let granted = run(&[&["account", "grant", "mallory"][..], &role].concat());
        assert_eq!(granted.status.success(), name == "c.super", "{name}");
        let revoke = [
            "account",
            "revoke",
            "mallory",
            "--role",
            "authorising-officer",
        ];
        run(&[&revoke[..], &["--by", "c.super"]].concat());
    }
    let unnamed = folder.path().join("unnamed");
    let made = daybook(&unnamed, &["init", unnamed.to_str().unwrap()], |_| {});
    let told = String::from_utf8_lossy(&made.stdout).into_owned();
    let name = operator.name.to_lowercase().replace('_', "-");
    assert!(
        told.contains(&format!("{name} is authorising-officer")),
        "{told}"
    );
}

#[test]
fn only_the_owner_of_the_folder_appoints_the_first_officer_of_an_earlier_deployment() {
    let mut site = Site::new();
    site.store
        .connection()
        .execute_batch(
            "insert into ledger.account_roles values (nextval('ledger.account_change_ids'), \
                 'old.officer', 'authorising-officer', true, 'old.officer', \
                 timestamp '2026-01-01 09:00:00')",
        )
        .unwrap();
    let mallory = [
        "account",
        "grant",
        "mallory",
        "--role",
        "analyst",
        "--by",
        "old.officer",
    ];
    let told = refused(&mut site, &mallory);
    assert!(told.contains("daybook account appoint NAME"), "{told}");
    let told = refused(&mut site, &["account", "appoint", "mallory"]);
    assert!(
        told.contains("mallory is not authorising-officer but old.officer is"),
        "{told}"
    );
    let told = site.told(&["account", "appoint", "old.officer"]);
    assert!(
        told.contains("old.officer is authorising-officer, bound to uid"),
        "{told}"
    );
    site.told(&mallory);
    assert_eq!(
        site.query("select account, machine_uid from ledger.audit where what = 'account bind'"),
        [[
            "old.officer".to_owned(),
            Operator::current().uid.to_string()
        ]]
    );
}

#[test]
fn another_user_of_the_machine_can_neither_act_nor_appoint() {
    if Operator::current().uid != 0 {
        eprintln!("skipped: only root can run the program as somebody else");
        return;
    }
    let mut site = site();
    site.store = Store::in_memory().unwrap();
    open_to_all(site.parent());
    let program = site.parent().join("daybook");
    copy_program(&program);
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = copied_program(&program);
        command.args(arguments).arg("--dir").arg(&site.dir);
        command.env("USER", "root").uid(STRANGER).gid(STRANGER);
        command.output().unwrap()
    };
    let decide = ["list", "decide", "S1", "accept", "--reason", "x", "--by"];
    let told = errors(&run(&[&decide[..], &[OFFICER]].concat()));
    assert!(
        told.contains(&format!(
            "{OFFICER} is bound to uid 0 (root), and this is run by uid 5001"
        )),
        "{told}"
    );
    let told = errors(&run(&["account", "appoint", "mallory"]));
    assert!(
        told.contains("belongs to uid 0 (root), and this is run by uid 5001"),
        "{told}"
    );
    let done = run(&[&decide[..], &["far.officer"]].concat());
    assert!(done.status.success(), "{}", errors(&done));
    let seen = run(&["list", "show"]);
    assert!(seen.status.success(), "{}", errors(&seen));
    site.store = site.deployment.open_store().unwrap();
    assert_eq!(
        site.query(
            "select what, account, machine_uid, machine_user from ledger.audit \
             where machine_uid <> 0 order by audit_id"
        ),
        [
            ["list decide", "far.officer", "5001", ""],
            ["list show", "", "5001", ""],
        ]
    );
}

/// As nobody should: so that only the binding stands between the two users.
fn open_to_all(folder: &Path) {
    let mode = if folder.is_dir() { 0o777 } else { 0o666 };
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode)).unwrap();
    if folder.is_dir() {
        for entry in std::fs::read_dir(folder).unwrap() {
            open_to_all(&entry.unwrap().path());
        }
    }
}

#[test]
fn what_changes_the_data_needs_a_steward() {
    let mut site = site();
    site.grant("an.analyst", Role::Analyst);
    let table = site.dir.join("ours.csv");
    std::fs::write(
        &table,
        "ho_code,title,days,basis,source,note\n001/01,x,1,published,x,\n",
    )
    .unwrap();
    let table = table.display().to_string();
    let commands = [
        vec!["ingest", "revert", "1"],
        vec!["ingest", "accept-deletions", "crimes_20261121.csv"],
        vec!["index", "import", &table, "--edition", "ours"],
    ];
    for command in &commands {
        let unnamed = site.command(command);
        assert_eq!(unnamed.status.code(), Some(2), "{command:?}");
        for account in [OFFICER, "an.analyst", "nobody"] {
            let told = refused(&mut site, &[&command[..], &["--by", account]].concat());
            let wanted = [
                format!("{account} is not data-steward"),
                format!("no account is called {account}"),
            ];
            assert!(
                wanted.iter().any(|w| told.contains(w)),
                "{command:?}: {told}"
            );
        }
    }
    assert_eq!(
        site.one("select count(*) from ledger.batches where kind = 'revert'"),
        "0"
    );
    assert_eq!(site.one("select count(*) from ledger.index_imports"), "0");
    site.grant(STEWARD, Role::DataSteward);
    site.told(&[&commands[2][..], &["--by", STEWARD]].concat());
    let reason = ["--by", STEWARD, "--reason", "sent in error"];
    site.told(&[&commands[0][..], &reason].concat());
    let coloured = ["--by", STEWARD, "--reason", "x\u{1b}[31m"];
    let output = site.command(&[&["ingest", "revert", "2"][..], &coloured].concat());
    assert!(
        errors(&output).contains("control character"),
        "{}",
        errors(&output)
    );
    assert_eq!(
        site.query(
            "select what, account, machine_uid, reason from ledger.audit \
             where account = 'd.steward' order by audit_id"
        ),
        [
            [
                "index import",
                STEWARD,
                &Operator::current().uid.to_string(),
                ""
            ],
            [
                "ingest revert",
                STEWARD,
                &Operator::current().uid.to_string(),
                "sent in error"
            ],
        ]
    );
}

#[test]
fn nobody_acts_in_process_as_a_user_they_are_not_bound_to() {
    let site = site();
    let officer = OFFICER.parse().unwrap();
    let stranger = Operator::of(STRANGER);
    let as_stranger = Act {
        by: &officer,
        operator: &stranger,
        at: noon().naive_utc(),
    };
    let friend = "friend".parse().unwrap();
    let told = accounts::grant(&site.store, &friend, Role::Analyst, None, as_stranger).unwrap_err();
    assert!(
        told.to_string().contains("and this is run by uid 5001"),
        "{told}"
    );
}
