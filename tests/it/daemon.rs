//! The daemon: each slot once, interrupted and missed ones told, a clean stop.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use chrono::{DateTime, Utc};
use daybook::clock::{Clock, Stopwatch};
use daybook::model::as_of::AsOf;
use daybook::schedule::context::Context;
use daybook::schedule::daemon::Daemon;
use daybook::schedule::ledger::Trigger;
use daybook::schedule::runner;
use daybook::schedule::stop::Stop;

use crate::support::rows::{CRIMES, crime, file};
use crate::support::{MORNING, Site, day};

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
        slots[0][2].contains("nothing has been accepted"),
        "{slots:?}"
    );
    assert_eq!(slots[1][..2], ["nightly-ingest", "succeeded"]);
}

/// A site that is ticked every two seconds from six o'clock on, on a clock that
/// the test moves.
struct Ticking<'a> {
    daemon: Daemon<'a>,
    now: DateTime<Utc>,
}

impl Ticking<'_> {
    fn goes_on(&mut self, seconds: i64) {
        for _ in 0..seconds / 2 {
            self.steps(2);
        }
    }

    /// The clock is set, and the daemon ticks once.
    fn steps(&mut self, seconds: i64) {
        self.now += chrono::Duration::seconds(seconds);
        self.daemon.tick(self.now).unwrap();
    }
}

fn ticked(site: &Site, work: impl FnOnce(&mut Ticking<'_>)) {
    let stop = Stop::default();
    let now = at("2026-11-21T06:00:00Z");
    let daemon = Daemon::open(&site.deployment, &site.store, Clock::Fixed(now), &stop).unwrap();
    work(&mut Ticking { daemon, now });
}

/// The minutes of slots in one state, and how many runs there were.
fn minutes(site: &Site, state: &str) -> (Vec<String>, String) {
    let slots = site.query(&format!(
        "select strftime(scheduled_at, '%H:%M') from ledger.slots \
         where state = '{state}' order by scheduled_at"
    ));
    (slots.concat(), site.one("select count(*) from ledger.runs"))
}

#[test]
fn a_clock_set_back_by_a_minute_loses_no_slot_and_repeats_none() {
    let site = minutely();
    ticked(&site, |ticking| {
        ticking.goes_on(150);
        ticking.steps(-60);
        ticking.goes_on(180);
    });
    let wanted = ["06:01", "06:02", "06:03", "06:04"].map(str::to_owned);
    assert_eq!(
        minutes(&site, "succeeded"),
        (wanted.to_vec(), "4".to_owned())
    );
}

#[test]
fn a_clock_set_forward_by_a_minute_skips_what_came_before() {
    let site = minutely();
    ticked(&site, |ticking| {
        ticking.goes_on(90);
        ticking.steps(90);
        ticking.goes_on(60);
    });
    let wanted = ["06:01", "06:03", "06:04"].map(str::to_owned);
    assert_eq!(
        minutes(&site, "succeeded"),
        (wanted.to_vec(), "3".to_owned())
    );
    assert_eq!(minutes(&site, "skipped").0, ["06:02"]);
}

#[test]
fn a_clock_set_back_by_an_hour_stops_no_job_for_that_hour() {
    let site = minutely();
    ticked(&site, |ticking| {
        ticking.goes_on(70);
        // An hour that was never there, and is taken back.
        ticking.steps(3_600);
        ticking.steps(-3_600);
        ticking.goes_on(180);
    });
    let (ran, runs) = minutes(&site, "succeeded");
    assert_eq!(ran, ["06:01", "06:02", "06:03", "06:04", "07:01"]);
    assert_eq!(runs, "5");
    // When its time comes in truth, that slot is not run again.
    ticked(&site, |ticking| {
        ticking.steps(3_590);
        ticking.steps(-10);
        ticking.goes_on(180);
    });
    let (ran, _) = minutes(&site, "succeeded");
    assert_eq!(ran[4..], ["06:59", "07:00", "07:01", "07:02"], "{ran:?}");
    let most =
        "select max(runs) from (select count(*) as runs from ledger.runs group by scheduled_at)";
    assert_eq!(site.one(most), "1");
}

#[test]
fn a_clock_that_was_years_behind_at_boot_brings_todays_work_and_no_flood() {
    let site = minutely();
    ticked(&site, |ticking| ticking.goes_on(60));
    let stop = Stop::default();
    let boot = at("2020-01-01T00:00:00Z");
    let mut daemon =
        Daemon::open(&site.deployment, &site.store, Clock::Fixed(boot), &stop).unwrap();
    daemon.tick(boot + chrono::Duration::seconds(2)).unwrap();
    let started = Stopwatch::start();
    daemon.tick(at("2026-11-30T09:00:30Z")).unwrap();
    assert!(started.elapsed() < Duration::from_mins(1));
    let told = site.query(
        "select state, count(*), min(scheduled_at)::varchar, max(scheduled_at)::varchar \
         from ledger.slots group by all order by all",
    );
    assert_eq!(
        told,
        [
            [
                "missed",
                "11699",
                "2026-11-21 06:02:00",
                "2026-11-29 09:00:00"
            ],
            [
                "skipped",
                "1439",
                "2026-11-29 09:01:00",
                "2026-11-30 08:59:00"
            ],
            [
                "succeeded",
                "2",
                "2026-11-21 06:01:00",
                "2026-11-30 09:00:00"
            ],
        ]
    );
}

#[test]
fn a_daily_job_runs_after_a_night_in_which_the_machine_slept() {
    let site = minutely();
    edit(&site, "nightly-ingest", "* * * * *", "10 4 * * *");
    let deployment = daybook::schedule::context::Deployment::load(&site.dir).unwrap();
    let site = Site { deployment, ..site };
    ticked(&site, |ticking| {
        ticking.steps(26 * 3_600);
        ticking.steps(5 * 86_400);
        ticking.steps(2);
    });
    let slots = site.query(
        "select strftime(scheduled_at, '%d %H:%M'), state from ledger.slots order by scheduled_at",
    );
    let slots: Vec<String> = slots.iter().map(|slot| slot.join(" ")).collect();
    assert_eq!(
        slots,
        [
            "22 04:10 succeeded",
            "23 04:10 missed",
            "24 04:10 missed",
            "25 04:10 missed",
            "26 04:10 missed",
            "27 04:10 succeeded",
        ]
    );
}

#[test]
fn a_slot_that_cannot_be_recorded_is_tried_again_until_it_is() {
    let site = minutely();
    ticked(&site, |ticking| {
        // As on a full disk: nothing new goes into the ledger.
        let rename = |from: &str, to: &str| {
            let sql = format!("alter table ledger.{from} rename to {to}");
            site.store.connection().execute_batch(&sql).unwrap();
        };
        rename("runs", "runs_away");
        site.store
            .connection()
            .execute_batch("create view ledger.runs as from ledger.runs_away")
            .unwrap();
        ticking.goes_on(70);
        assert_eq!(minutes(&site, "succeeded").0, [""; 0]);
        site.store
            .connection()
            .execute_batch("drop view ledger.runs")
            .unwrap();
        rename("runs_away", "runs");
        ticking.steps(2);
    });
    let wanted = vec!["06:01".to_owned()];
    assert_eq!(minutes(&site, "succeeded"), (wanted, "1".to_owned()));
}

#[test]
fn a_daemon_that_no_tick_reaches_keeps_time_by_itself() {
    static NOW: AtomicI64 = AtomicI64::new(1_795_240_790);
    let site = minutely();
    let stop = Stop::default();
    let (_ticks, heard) = std::sync::mpsc::channel();
    let (opens, opened) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let (deployment, stop_) = (&site.deployment, &stop);
        let store = site.store.sibling().unwrap();
        scope.spawn(move || {
            let clock = Clock::Steered(&NOW);
            let mut daemon = Daemon::open(deployment, &store, clock, stop_).unwrap();
            opens.send(()).unwrap();
            daemon.keep_time(&heard).unwrap();
        });
        // A step before that would be a slot missed, not one to run.
        opened.recv().unwrap();
        // The runs after each step; none would come without a look of its own.
        let mut runs = Vec::new();
        for step in [60, -60, 120] {
            let before = site.one("select count(*) from ledger.runs");
            NOW.fetch_add(step, Ordering::SeqCst);
            let waited = Stopwatch::start();
            while step > 0
                && site.one("select count(*) from ledger.runs") == before
                && waited.elapsed() < Duration::from_mins(2)
            {
                std::thread::sleep(Duration::from_millis(20));
            }
            // Long enough for the daemon to see the clock go back.
            if step < 0 {
                std::thread::sleep(Duration::from_secs(5));
            }
            runs.push(site.one("select count(*) from ledger.runs"));
        }
        stop.ask();
        assert_eq!(runs, ["1", "1", "2"]);
    });
    let most =
        "select max(runs) from (select count(*) as runs from ledger.runs group by scheduled_at)";
    assert_eq!(site.one(most), "1");
}

#[test]
fn a_panic_of_a_job_is_a_failed_run_and_the_next_job_goes_on() {
    let site = Site::new();
    site.land(
        "crimes_20261121.csv",
        file(CRIMES, &[crime("C1", "008/06", "2026-11-20", &[])]),
    );
    let job = &site.deployment.jobs["nightly-ingest"];
    let slot = runner::slot_of(job, AsOf(day(MORNING)));
    let outcome = site.with_context(|context| {
        let context = Context {
            progress: &|what, _, _| assert!(what != "warehouse", "of Quillfeather"),
            ..*context
        };
        let ledger = site.store.sibling().unwrap();
        runner::run(&context, &ledger, job, &slot, Trigger::Schedule)
    });
    let told = format!("{:#}", outcome.unwrap_err());
    assert!(
        told.starts_with("the program broke off in this job"),
        "{told}"
    );
    let kept = site.query(
        "select state, story from ledger.runs union all select state, reason from ledger.slots",
    );
    assert_eq!(kept, vec![vec!["failed".to_owned(), told]; 2]);
    site.run("nightly-ingest", MORNING).unwrap();
    site.run("operations-report", MORNING).unwrap();
    assert_eq!(site.one("select count(*) from core.crimes"), "1");
}

/// A daemon with its log.
struct Serving {
    child: Child,
    log: Receiver<String>,
}

impl Serving {
    fn start(site: Site) -> (Self, tempfile::TempDir) {
        let Site {
            store,
            _folder: folder,
            dir,
            ..
        } = site;
        drop(store);
        let mut child = Command::new(env!("CARGO_BIN_EXE_daybook"))
            .args(["serve", "--dir"])
            .arg(&dir)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let told = BufReader::new(child.stderr.take().unwrap());
        let (says, log) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in told.lines() {
                let _ = says.send(line.unwrap());
            }
        });
        let serving = Self { child, log };
        serving.wait_for("keeping time", Duration::from_mins(1));
        (serving, folder)
    }

    fn wait_for(&self, words: &str, patience: Duration) {
        let waited = Stopwatch::start();
        loop {
            let left = patience.saturating_sub(waited.elapsed());
            let line = self.log.recv_timeout(left);
            let line = line.unwrap_or_else(|_| panic!("no {words:?} within {patience:?}"));
            if line.contains(words) {
                return;
            }
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_daemon_that_was_paused_for_one_to_thirty_seconds_runs_the_next_job() {
    std::thread::scope(|scope| {
        for seconds in [1, 2, 4, 10, 30] {
            scope.spawn(move || {
                let (serving, _folder) = Serving::start(minutely());
                serving.signal("STOP");
                std::thread::sleep(Duration::from_secs(seconds));
                while serving.log.try_recv().is_ok() {}
                serving.signal("CONT");
                // The next full minute, and some time for the run itself.
                serving.wait_for("nightly-ingest as of", Duration::from_secs(90));
            });
        }
    });
}

#[test]
fn the_daemon_stops_within_five_seconds_of_sigterm() {
    let (mut serving, _folder) = Serving::start(minutely());
    let asked = Stopwatch::start();
    serving.signal("TERM");
    assert!(serving.child.wait().unwrap().success());
    assert!(
        asked.elapsed() < Duration::from_secs(5),
        "{:?}",
        asked.elapsed()
    );
}
