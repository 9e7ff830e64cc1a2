//! What becomes of rejected rows: they are linked to the file that brings them
//! right, and forgotten after their time.

use std::os::unix::fs::PermissionsExt;
use std::sync::OnceLock;
use std::time::Duration;

use chrono::TimeDelta;
use daybook::harm::accounts::Role;
use daybook::ingest::archive;
use daybook::ingest::archive::Archive;
use daybook::ingest::history::rejects;
use daybook::model::as_of::AsOf;
use daybook::schedule::ingest_job;

use crate::support::kept::Kept;
use crate::support::rows::{CRIMES, crime, file};
use crate::support::{MORNING, STEWARD, Site, act, day, noon};

fn crimes(code: &str) -> String {
    let rows = [
        crime("C1", code, "2026-06-01", &[]),
        crime("C2", "105/01", "2026-06-01", &[]),
    ];
    file(CRIMES, &rows)
}

/// A file of which one row is rejected.
fn night() -> Site {
    static MADE: OnceLock<Kept> = OnceLock::new();
    Kept::once(&MADE, || {
        let site = Site::new();
        site.land("crimes_20261118.csv", crimes("unknown"));
        site.run("nightly-ingest", MORNING).unwrap();
        site
    })
}

const REJECTS: &str = "select line, column_name, value, row_key, corrected_by, aged_out_on \
                       from ledger.rejects";

#[test]
fn a_rejected_row_is_linked_to_the_file_that_brings_it_right() {
    let mut site = night();
    assert_eq!(
        site.query(REJECTS),
        [["2", "ho_code", "unknown", "C1", "", ""]]
    );
    let told = site.told(&["ingest", "rejects", "--file", "crimes_20261118.csv"]);
    assert!(
        told.contains("ho_code") && told.contains("unknown") && told.contains("open"),
        "{told}"
    );

    // Neither a deletion nor a file of an earlier moment brings it right.
    let deletion = format!(
        "{CRIMES},op\n{},D\n",
        crime("C1", "105/01", "2026-06-01", &[])
    );
    site.land("crimes_20261119.csv", deletion);
    site.land("crimes_20261117.csv", crimes("105/01"));
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(site.query(REJECTS)[0][4], "");

    site.land("crimes_20261120.csv", crimes("008/06"));
    site.run("nightly-ingest", MORNING).unwrap();
    let batch =
        site.one("select batch_id from ledger.batches where file_name = 'crimes_20261120.csv'");
    assert_eq!(site.query(REJECTS)[0][4], batch);
    let told = site.told(&["ingest", "rejects", "--file", "crimes_20261118.csv"]);
    assert!(
        told.contains(&format!("came right in batch {batch}")),
        "{told}"
    );
    let told = site.told(&["ingest", "rejects", "--open", "--format", "json"]);
    assert_eq!(told.trim(), "[]");
}

#[test]
fn a_rejected_row_is_open_again_when_what_corrected_it_is_taken_back() {
    let site = night();
    site.land("crimes_20261119.csv", crimes("008/06"));
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(site.query(REJECTS)[0][4], "2");
    site.grant(STEWARD, Role::DataSteward);
    let steward = STEWARD.parse().unwrap();
    site.with_context(|context| ingest_job::revert(context, 2, "sent in error", act(&steward)))
        .unwrap();
    assert_eq!(site.query(REJECTS)[0][4], "");
}

#[test]
fn a_deletion_in_the_first_sound_file_corrects_nothing() {
    let site = Site::new();
    let wrong = file(CRIMES, &[crime("C1", "unknown", "2026-06-01", &[])]);
    site.land("crimes_20261118.csv", wrong);
    let deletion = format!(
        "{CRIMES},op\n{},D\n",
        crime("C1", "105/01", "2026-06-01", &[])
    );
    site.land("crimes_20261119.csv", deletion);
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(site.query(REJECTS)[0][4], "");
}

#[test]
fn rejected_values_are_forgotten_after_their_time_and_what_was_wrong_stays() {
    let mut site = night();
    let now = noon().naive_utc();
    let forget =
        |site: &Site, before| rejects::age_out(&site.store, before, day(MORNING), now).unwrap();
    assert_eq!(forget(&site, now), 0);
    assert_eq!(site.query(REJECTS)[0][2], "unknown");
    assert_eq!(forget(&site, now + TimeDelta::seconds(1)), 1);
    assert_eq!(
        site.query("select reason, code from ledger.rejects"),
        [["type", "type"]]
    );
    assert_eq!(site.query(REJECTS), [["2", "ho_code", "", "", "", MORNING]]);
    assert_eq!(forget(&site, now + TimeDelta::seconds(1)), 0);
    let told = site.told(&["ingest", "rejects", "--file", "crimes_20261118.csv"]);
    assert!(
        told.contains(&format!("(forgotten {MORNING})")) && told.contains(" type "),
        "{told}"
    );
    assert!(!told.contains("unknown"), "{told}");
}

#[test]
fn a_night_forgets_what_is_older_than_ninety_days() {
    let site = night();
    let ingest = |days: i64| {
        site.with_context_at(noon() + TimeDelta::days(days), |context| {
            ingest_job::ingest(context, AsOf(day(MORNING)), None).unwrap()
        })
    };
    assert_eq!(ingest(90).aged_out, 0);
    assert_eq!(ingest(91).aged_out, 1);
    assert_eq!(site.query(REJECTS)[0][5], "2027-02-20");
}

#[test]
fn archived_files_are_erased_after_their_time_and_their_receipts_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive");
    let archive = Archive::open(&path).unwrap();
    for state in ["refused", "accepted"] {
        let shelf = path.join(state).join("crimes");
        std::fs::create_dir_all(&shelf).unwrap();
        let file = shelf.join("000017_crimes_20261118.csv");
        let receipt = shelf.join("000017_crimes_20261118.csv.receipt.json");
        std::fs::write(&file, "C1").unwrap();
        std::fs::write(&receipt, "{}").unwrap();
        for path in [&shelf, shelf.parent().unwrap()] {
            std::fs::set_permissions(path, PermissionsExt::from_mode(0o700)).unwrap();
        }
        let written = std::fs::metadata(&receipt).unwrap().modified().unwrap();
        let kept = Duration::from_hours(90 * 24);
        let age_out = |now| archive::age_out(&archive, state, now, kept).unwrap();
        // A clock that was set back erases nothing.
        assert_eq!(age_out(written - kept), [] as [i64; 0]);
        assert_eq!(age_out(written + kept), [] as [i64; 0]);
        assert!(file.exists());
        assert_eq!(age_out(written + kept + Duration::from_secs(1)), [17]);
        assert!(!file.exists() && receipt.exists());
        assert_eq!(age_out(written + kept * 2), [] as [i64; 0]);
    }
}
