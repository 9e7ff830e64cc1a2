//! A person's word on a file: a snapshot that may end what it lacks, a batch
//! that is taken back; and what was known before it.

use std::path::Path;
use std::sync::OnceLock;

use daybook::harm::accounts::Role;
use daybook::model::as_of::AsOf;
use daybook::schedule::context::Deployment;
use daybook::schedule::ingest_job;

use crate::support::kept::Kept;
use crate::support::rows::{CRIMES, NOMINALS, PARTIES, crime, file, nominal, party};
use crate::support::{MORNING, STEWARD, Site, act, day, noon};

fn posts(count: usize) -> String {
    let mut text = String::from("unit,role,as_at,established_fte,filled_fte\n");
    for unit in 0..count {
        text += &format!("U{unit},staff,2026-11-01,10,8.5\n");
    }
    text
}

const LIVE_POSTS: &str =
    "select count(*) from history.posts where batch_to is null and not is_deleted";

#[test]
fn a_snapshot_that_lacks_too_much_waits_for_somebodys_word() {
    let site = Site::new();
    site.land("posts_20261119.csv", posts(20));
    site.land("posts_20261120.csv", posts(10));
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(site.one(LIVE_POSTS), "20");
    let refused = site.query("select refusal, reason from ledger.batches where state = 'refused'");
    assert_eq!(refused[0][0], "ending");
    assert!(refused[0][1].contains("10 of the 20 rows"), "{refused:?}");

    site.grant(STEWARD, Role::DataSteward);
    let confirm = |name: &str| {
        let steward = STEWARD.parse().unwrap();
        site.with_context(|context| ingest_job::confirm(context, Path::new(name), act(&steward)))
    };
    let told = confirm("posts_20261119.csv").unwrap_err().to_string();
    assert!(told.contains("nothing to confirm"), "{told}");
    let done = confirm("posts_20261120.csv").unwrap();
    assert_eq!(done.accepted.len(), 1);
    assert_eq!(done.accepted[0].merged.ended, 10);
    assert_eq!(site.one(LIVE_POSTS), "10");
    assert_eq!(
        site.query("select source, confirmed_by from ledger.ending_confirmations"),
        [["posts", STEWARD]]
    );
    let told = confirm("posts_20261120.csv").unwrap_err().to_string();
    assert!(told.contains("nothing to confirm"), "{told}");
    // Lying there still, it is known and not judged again.
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(site.one("select count(*) from ledger.batches"), "3");
}

#[test]
fn the_program_takes_a_confirmed_file_off_the_shelf_of_refused_ones() {
    let site = Site::new();
    let path = site.dir.join("daybook.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, settings.replace("leave_files = true", "")).unwrap();
    let deployment = Deployment::load(&site.dir).unwrap();
    let mut site = Site { deployment, ..site };
    site.land("posts_20261119.csv", posts(20));
    site.land("posts_20261120.csv", posts(10));
    site.told(&["run", "nightly-ingest", "--as-of", MORNING]);
    let archive = site.dir.join("archive");
    assert!(
        archive
            .join("refused/posts/000003_posts_20261120.csv")
            .exists()
    );
    site.grant(STEWARD, Role::DataSteward);
    let told = site.told(&[
        "ingest",
        "accept-deletions",
        "posts_20261120.csv",
        "--by",
        STEWARD,
    ]);
    assert!(
        told.contains("batch 4, 10 rows") && told.contains("10 ended"),
        "{told}"
    );
    assert_eq!(site.one(LIVE_POSTS), "10");
    assert!(
        archive
            .join("accepted/posts/000004_posts_20261120.csv")
            .exists()
    );
    assert!(
        !archive
            .join("refused/posts/000003_posts_20261120.csv")
            .exists()
    );
}

/// One suspect with one allegation, then the allegation's code corrected.
fn corrected() -> Site {
    static MADE: OnceLock<Kept> = OnceLock::new();
    Kept::once(&MADE, || {
        let site = Site::new();
        site.land(
            "nominals_20261119.csv",
            file(NOMINALS, &[nominal("S", "male", &[])]),
        );
        site.land(
            "parties_20261119.csv",
            file(PARTIES, &[party("C1", "S", "suspect")]),
        );
        let crimes = |code: &str| file(CRIMES, &[crime("C1", code, "2026-06-01", &[])]);
        for (date, ago, code) in [("2026-11-19", 2, "105/01"), ("2026-11-20", 1, "008/06")] {
            site.land(
                &format!("crimes_{}.csv", date.replace('-', "")),
                crimes(code),
            );
            site.with_context_at(noon() - chrono::TimeDelta::days(ago), |context| {
                ingest_job::ingest(context, AsOf(day(date)), None).unwrap()
            });
        }
        site
    })
}

#[test]
fn what_was_known_of_a_crime_on_a_day_can_be_asked() {
    let mut site = corrected();
    for (then, code) in [("2026-11-19", "105/01"), ("2026-11-20", "008/06")] {
        let sql = format!(
            "with known as ( \
                 select max(batch_id) as batch from ledger.batches \
                 where received_at < date '{then}' + 1) \
             select ho_code from history.crimes, known \
             where crime_ref = 'C1' and batch_from <= batch \
                 and (batch_to is null or batch_to > batch)"
        );
        let told = site.told(&["query", &sql, "--format", "csv"]);
        assert_eq!(
            told.lines().collect::<Vec<_>>(),
            ["ho_code", code],
            "{then}"
        );
    }
}

#[test]
fn a_batch_taken_back_by_command_restores_what_was_and_runs_what_stood_on_it_again() {
    let mut site = corrected();
    let live = "select ho_code from history.crimes where batch_to is null and not is_deleted";
    site.run("harm-list", MORNING).unwrap();
    let batch = site.one("select max(batch_id) from ledger.batches");
    assert_eq!(site.one(live), "008/06");
    site.grant(STEWARD, Role::DataSteward);
    let revert = ["ingest", "revert", &batch, "--by", STEWARD];
    let told = site.told(&[&revert[..], &["--reason", "sent in error"]].concat());
    assert!(
        told.contains(&format!(
            "batch {batch} (crimes_20261120.csv) taken back by batch"
        )) && told.contains("1 rows ended, 1 restored")
            && told.contains(&format!("harm-list as of {MORNING} again: list 2 made")),
        "{told}"
    );
    assert_eq!(site.one(live), "105/01");
    assert_eq!(site.one("select ho_code from staging.crimes"), "105/01");
    assert_eq!(
        site.query("select reason from ledger.batches where kind = 'revert'"),
        [["sent in error"]]
    );
    let output = site.command(&revert);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("was taken back before"), "{told}");
}

#[test]
fn every_source_can_be_seen_as_it_was_known_on_a_day_or_after_a_batch() {
    let mut site = corrected();
    let code = "select ho_code from known.crimes where crime_ref = 'C1'";
    for (option, then, wanted) in [
        ("--known-on", "2026-11-19", "105/01"),
        ("--known-on", "2026-11-20", "008/06"),
        ("--known-at", "3", "105/01"),
        ("--known-at", "4", "008/06"),
    ] {
        let told = site.told(&["query", code, option, then, "--format", "csv"]);
        assert_eq!(
            told.lines().collect::<Vec<_>>(),
            ["ho_code", wanted],
            "{then}"
        );
    }
    let told = site.told(&["query", code, "--format", "csv"]);
    assert_eq!(told.lines().collect::<Vec<_>>(), ["ho_code", "008/06"]);
    let before = site.told(&["query", code, "--known-on", "2026-11-18", "--format", "csv"]);
    assert_eq!(before.trim(), "ho_code");
}
