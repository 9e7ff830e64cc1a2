//! The program as its users run it.

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

fn daybook(arguments: &[&str]) -> assert_cmd::assert::Assert {
    Command::new(env!("CARGO_BIN_EXE_daybook"))
        .args(arguments)
        .assert()
}

fn output(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

fn errors(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

#[test]
fn a_small_demo_ends_well_and_its_paths_exist() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    let dir = dir.to_str().unwrap();
    let told = daybook(&["demo", dir, "--as-of", "2026-11-21", "--suspects", "1500"]).success();
    let told = output(&told);
    let paths: Vec<&str> = told
        .lines()
        .map(str::trim)
        .filter(|line| line.ends_with(".html") || line.ends_with(".eml"))
        .collect();
    assert_eq!(paths.len(), 8, "{told}");
    assert!(
        paths.iter().all(|path| Path::new(path).exists()),
        "{paths:?}"
    );

    let list: Value = serde_json::from_str(&output(
        &daybook(&["list", "show", "--json", "--dir", dir]).success(),
    ))
    .unwrap();
    let entries = list["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 100);
    for (at, entry) in entries.iter().enumerate() {
        assert_eq!(entry["rank"], at + 1);
        assert!(entry["nominal_id"].is_string() && entry["score_days"].is_number());
        assert!(
            entry["allegations"].as_u64().unwrap() >= 1 && entry["victims"].as_u64().unwrap() >= 1
        );
    }
    assert_eq!(list["edition"], "starter-2026");
    assert!(list["margin_days"].as_f64().unwrap() >= 0.0);
    for count in [
        "under_18_not_ranked",
        "deceased_removed",
        "in_custody",
        "counter_allegation",
        "restricted",
        "merged",
        "alleged_when_under_18",
        "no_further_action",
        "unscored_allegations",
        "proactive_left_out",
        "cancelled_since_previous",
        "tied_at_cut",
    ] {
        assert!(
            list["counts"][count].is_u64(),
            "{count}: {}",
            list["counts"]
        );
    }

    let explained: Value = serde_json::from_str(&output(
        &daybook(&["list", "explain", "--rank", "7", "--json", "--dir", dir]).success(),
    ))
    .unwrap();
    let days: f64 = explained["contributions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["harm_days"].as_f64().unwrap())
        .sum();
    assert!((days - explained["score_days"].as_f64().unwrap()).abs() < 1e-9 && days > 0.0);

    queries(dir);
    let again = daybook(&["demo", dir, "--as-of", "2026-11-21", "--suspects", "1500"]).success();
    let without_time = |text: &str| {
        text.lines()
            .filter(|line| !line.starts_with("done in"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(without_time(&output(&again)), without_time(&told));
}

fn queries(dir: &str) {
    let json = daybook(&[
        "query",
        "select 1 as n, 'a,b' as t, null as x",
        "--format",
        "json",
        "--dir",
        dir,
    ])
    .success();
    let rows: Value = serde_json::from_str(&output(&json)).unwrap();
    assert_eq!(rows, serde_json::json!([{"n": 1, "t": "a,b", "x": null}]));
    let csv = daybook(&[
        "query",
        "select 1 as n, 'a,b' as t",
        "--format",
        "csv",
        "--dir",
        dir,
    ])
    .success();
    assert_eq!(output(&csv), "n,t\n1,\"a,b\"\n");
    for refused in [
        "drop table ledger.batches",
        "select 1; select 2",
        "insert into ledger.rejects values (1, 1, 'a', 'b', 'c')",
        "select * from read_csv('/etc/passwd')",
        "attach '/tmp/x.db'",
        "copy (select 1) to '/tmp/daybook-test.csv'",
    ] {
        let failed = daybook(&["query", refused, "--dir", dir]).code(1);
        assert!(!errors(&failed).is_empty(), "{refused}");
    }
    let slow =
        "select count(*) from range(10000000) a, range(10000000) b where a.range + b.range = 7";
    let failed = daybook(&["query", slow, "--seconds", "1", "--dir", dir]).code(1);
    assert!(
        errors(&failed).contains("stopped after 1 s"),
        "{}",
        errors(&failed)
    );
}

#[test]
fn a_deployment_is_made_checked_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("site");
    let dir = dir.to_str().unwrap();
    daybook(&["init", dir]).success();
    let told = output(&daybook(&["check", "--dir", dir]).success());
    assert!(told.contains("no problems found"), "{told}");
    daybook(&["init", dir]).code(2);
    daybook(&["demo", dir]).code(2);
    let next = output(&daybook(&["jobs", "next", "--dir", dir]).success());
    assert_eq!(
        next.lines().filter(|line| line.starts_with("  ")).count(),
        7 * 5
    );
}

#[test]
fn broken_files_stop_check_and_serve_with_exit_2_and_leave_the_database_alone() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("site");
    let dir = root.to_str().unwrap();
    daybook(&["init", dir]).success();
    std::fs::write(root.join("landing.txt"), "").unwrap();
    daybook(&[
        "run",
        "nightly-ingest",
        "--dir",
        dir,
        "--as-of",
        "2026-11-21",
    ])
    .success();
    let database = std::fs::read(root.join("daybook.duckdb")).unwrap();

    edit(
        &root,
        "jobs/harm-list/job.toml",
        "size = 100",
        "size = \"many\"",
    );
    edit(
        &root,
        "jobs/morning-briefing/job.toml",
        "cron = \"0 6 * * *\"",
        "cron = \"0 25 * * *\"",
    );
    edit(
        &root,
        "jobs/nightly-ingest/sources/crimes.toml",
        "mode = \"delta\"",
        "mod = \"delta\"",
    );
    for command in ["check", "serve"] {
        let told = errors(&daybook(&[command, "--dir", dir]).code(2));
        assert!(
            told.contains("jobs/harm-list/job.toml:20:8: size = \"many\""),
            "{told}"
        );
        assert!(
            told.contains("jobs/morning-briefing/job.toml:7:8: cron = \"0 25 * * *\""),
            "{told}"
        );
        assert!(
            told.contains("jobs/nightly-ingest/sources/crimes.toml:5:1: mod = \"delta\""),
            "{told}"
        );
    }
    assert_eq!(
        std::fs::read(root.join("daybook.duckdb")).unwrap(),
        database
    );
}

fn edit(root: &Path, file: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(root.join(file)).unwrap();
    assert!(text.contains(from), "{file}");
    std::fs::write(root.join(file), text.replace(from, to)).unwrap();
}

#[test]
fn wrong_usage_is_told_with_exit_2() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    assert!(errors(&daybook(&["check", "--dir", dir]).code(2)).contains("daybook init"));
    daybook(&["nonsense"]).code(2);
    let site = folder.path().join("site");
    let site = site.to_str().unwrap();
    daybook(&["init", site]).success();
    assert!(
        errors(&daybook(&["run", "nightly", "--dir", site]).code(2)).contains("nightly-ingest")
    );
    daybook(&[
        "run",
        "nightly-ingest",
        "--as-of",
        "2026-02-31",
        "--dir",
        site,
    ])
    .code(2);
    assert!(
        errors(&daybook(&["run", "harm-list", "--dir", site]).code(1))
            .contains("nothing has been accepted")
    );
}
