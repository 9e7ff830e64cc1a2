//! The daemon: each slot once, interrupted and missed ones told, a clean stop.

use std::process::{Command, Stdio};
use std::time::Duration;

use chrono::{DateTime, Utc};
use daybook::clock::{Clock, Stopwatch};
use daybook::schedule::daemon::Daemon;
use daybook::schedule::stop::Stop;

use crate::support::Site;

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// A site whose ingest is due each minute, and nothing else.
fn minutely() -> Site {
    let site = Site::new();
    for job in [
        "harm-list",
        "commitment-measures",
        "morning-briefing",
        "commitment-scorecard",
        "harm-list-pack",
        "operations-report",
    ] {
        edit(&site, job, "enabled = true", "enabled = false");
    }
    edit(
        &site,
        "nightly-ingest",
        "cron = \"10 4 * * *\"",
        "cron = \"* * * * *\"",
    );
    let deployment = daybook::schedule::context::Deployment::load(&site.dir).unwrap();
    Site { deployment, ..site }
}

fn edit(site: &Site, job: &str, from: &str, to: &str) {
    let path = site.dir.join(format!("jobs/{job}/job.toml"));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{job}");
    std::fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn a_job_due_each_minute_has_each_slot_once() {
    let site = minutely();
    let start = at("2026-11-21T05:59:30Z");
    let stop = Stop::default();
    let mut daemon =
        Daemon::open(&site.deployment, &site.store, Clock::Fixed(start), &stop).unwrap();
    for seconds in (0..300).step_by(2) {
        daemon
            .tick(start + chrono::Duration::seconds(seconds))
            .unwrap();
    }
    let slots =
        site.query("select strftime(scheduled_at, '%H:%M'), state from ledger.slots order by 1");
    let wanted: Vec<Vec<String>> = ["06:00", "06:01", "06:02", "06:03", "06:04"]
        .map(|minute| vec![minute.to_owned(), "succeeded".to_owned()])
        .to_vec();
    assert_eq!(slots, wanted);
    assert_eq!(site.one("select count(*) from ledger.runs"), "5");
}

#[test]
fn slots_that_went_by_are_missed_and_a_run_cut_off_is_interrupted() {
    let site = minutely();
    let stop = Stop::default();
    let start = at("2026-11-21T06:00:30Z");
    let mut daemon =
        Daemon::open(&site.deployment, &site.store, Clock::Fixed(start), &stop).unwrap();
    daemon.tick(at("2026-11-21T06:01:00Z")).unwrap();
    site.store
        .connection()
        .execute_batch(
            "update ledger.slots set state = 'running'; update ledger.runs set state = 'running'",
        )
        .unwrap();
    let back = Clock::Fixed(at("2026-11-21T06:04:30Z"));
    let mut daemon = Daemon::open(&site.deployment, &site.store, back, &stop).unwrap();
    daemon.tick(at("2026-11-21T06:07:10Z")).unwrap();
    let slots =
        site.query("select strftime(scheduled_at, '%H:%M'), state from ledger.slots order by 1");
    let states: Vec<(&str, &str)> = slots
        .iter()
        .map(|row| (row[0].as_str(), row[1].as_str()))
        .collect();
    assert_eq!(
        states,
        [
            ("06:01", "interrupted"),
            ("06:02", "missed"),
            ("06:03", "missed"),
            ("06:04", "missed"),
            ("06:05", "skipped"),
            ("06:06", "skipped"),
            ("06:07", "succeeded"),
        ]
    );
    assert_eq!(
        site.one("select state from ledger.runs order by run_id limit 1"),
        "interrupted"
    );
}

#[test]
fn a_job_that_fails_does_not_stop_the_next() {
    let site = minutely();
    edit(&site, "harm-list-pack", "enabled = false", "enabled = true");
    edit(
        &site,
        "harm-list-pack",
        "cron = \"30 5 1 * *\"",
        "cron = \"* * * * *\"",
    );
    let deployment = daybook::schedule::context::Deployment::load(&site.dir).unwrap();
    let stop = Stop::default();
    let start = at("2026-11-21T06:00:30Z");
    let mut daemon = Daemon::open(&deployment, &site.store, Clock::Fixed(start), &stop).unwrap();
    daemon.tick(at("2026-11-21T06:01:00Z")).unwrap();
    let slots =
        site.query("select job, state, coalesce(reason, '') from ledger.slots order by job");
    assert_eq!(slots[0][..2], ["harm-list-pack", "failed"]);
    assert!(
        slots[0][2].contains("nothing has been taken in"),
        "{slots:?}"
    );
    assert_eq!(slots[1][..2], ["nightly-ingest", "succeeded"]);
}

#[test]
fn the_daemon_stops_within_five_seconds_of_sigterm() {
    let site = minutely();
    let dir = site.dir.clone();
    let Site { store, _folder, .. } = site;
    drop(store);
    let mut child = Command::new(env!("CARGO_BIN_EXE_daybook"))
        .args(["serve", "--dir"])
        .arg(&dir)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("keeping time") {
        line.clear();
        assert!(
            std::io::BufRead::read_line(&mut told, &mut line).unwrap() > 0,
            "the daemon ended early"
        );
    }
    let asked = Stopwatch::start();
    assert!(
        Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    assert!(child.wait().unwrap().success());
    assert!(
        asked.elapsed() < Duration::from_secs(5),
        "{:?}",
        asked.elapsed()
    );
}
