//! Too much of everything: files that grow or are huge, ten thousand of them,
//! and clocks that are wrong.

use std::fs::File;
use std::io::Write as _;
use std::time::{Duration, SystemTime};

use chrono::TimeDelta;
use daybook::model::as_of::AsOf;
use daybook::schedule::ingest_job;

use super::*;
use crate::killed::Disk;
use crate::support::{day, noon};

#[test]
fn a_file_of_a_terabyte_is_left_unread() {
    let mut site = site(&contract("", COLUMNS));
    site.deployment.config.landing.leave_files = false;
    let path = site.landing().join("samples_20261121.csv");
    let file = File::create(&path).unwrap();
    file.set_len(1 << 40).unwrap();
    assert_eq!(
        pass(&site),
        "samples_20261121.csv: refused unread: 1099511627776 bytes, more than the 17179869184 that \
         largest_file in [landing] allows"
    );
    assert_eq!(path.metadata().unwrap().len(), 1 << 40);
}

#[test]
fn a_file_that_never_stops_growing_waits_however_whole_its_manifest_says_it_is() {
    let site = site(&contract("", COLUMNS));
    let name = "samples_20261121.csv";
    site.land(name, csv("A,,1,x\n"));
    site.land(&format!("{name}.manifest.json"), "{}");
    let path = site.landing().join(name);
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let writer = std::thread::spawn(move || {
        let mut file = File::options().append(true).open(path).unwrap();
        while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
            file.write_all(b"\n").unwrap();
            std::thread::sleep(Duration::from_micros(200));
        }
    });
    let told = pass(&site);
    stop.send(()).unwrap();
    writer.join().unwrap();
    assert_eq!(
        told,
        format!("{name}: replaced while it was read; left for the next run")
    );
    assert_eq!(
        site.one("select count(*) from ledger.batches where source = 'samples'"),
        "0"
    );
    // Once it stands still it is accepted whole.
    pass(&site);
    assert_eq!(held(&site, "id"), [["A"]]);
}

#[test]
fn ten_thousand_files_are_told_in_a_hundred_lines_and_the_night_goes_on() {
    let site = site(&contract("", COLUMNS).replace("samples_{date}.csv", "samples_*.csv"));
    for n in 0..5_000 {
        site.land(&format!("rubbish {n:04}"), "");
        site.land(&format!("samples_{n:04}.csv"), csv("A,,1,x\n"));
    }
    site.land(
        "parties_20261121.csv",
        file(PARTIES, &[party("C1", "S", "suspect")]),
    );
    let story = site.run("nightly-ingest", MORNING).unwrap();
    says(
        &story.headline,
        &[
            "2 files accepted",
            "4999 known already, 0 refused, 5000 waiting",
        ],
    );
    let told: Vec<&String> = story
        .details
        .iter()
        .filter(|d| !d.starts_with("check: "))
        .collect();
    assert_eq!(told.len(), 101);
    assert_eq!(
        told[0],
        "rubbish 0000: not recognised: no contract names files like this"
    );
    assert_eq!(told[100], "4900 more files wait");
    assert_eq!(held(&site, "id"), [["A"]]);
}

#[test]
fn a_clock_that_was_set_back_loses_and_erases_nothing() {
    let mut site = site(&contract("", COLUMNS));
    site.deployment.config.landing.leave_files = false;
    let night = |ago: i64| {
        let at = noon() - TimeDelta::days(ago);
        site.with_context_at(at, |context| {
            ingest_job::ingest(context, AsOf(day(MORNING)), None).unwrap()
        })
    };
    site.land("samples_20261120.csv", csv("A,,1,x\n"));
    assert_eq!(night(0).accepted.len(), 1);
    site.land("samples_20261121.csv", csv("A,,2,x\nB,,1,x\n"));
    // Files of the future settle like others.
    let ahead = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    let path = site.landing().join("samples_20261121.csv");
    File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(ahead)
        .unwrap();
    let done = night(3);
    assert_eq!((done.accepted.len(), done.erased.len()), (1, 0));
    assert_eq!(held(&site, "id, number"), [["A", "2"], ["B", "1"]]);
    let archived = std::fs::read_dir(site.dir.join("archive/accepted/samples")).unwrap();
    assert_eq!(archived.count(), 4);
    let received = "select count(distinct received_at::date) from ledger.batches";
    assert_eq!(site.one(received), "2");
}

#[test]
fn a_time_stamp_that_is_no_date_is_told() {
    let mut site = site(&contract("", COLUMNS).replace("samples_{date}.csv", "samples_*.csv"));
    let place = site.dir.join("disk");
    let Some(_disk) = Disk::mount(&place, "8m") else {
        eprintln!("skipped: a file system cannot be mounted here");
        return;
    };
    site.deployment.config.landing.path = place.clone();
    for (name, seconds) in [
        ("samples_far.csv", 1 << 50),
        ("samples_near.csv", 1_795_000_000),
    ] {
        std::fs::write(place.join(name), csv(&format!("{name},,1,x\n"))).unwrap();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let file = File::options().write(true).open(place.join(name)).unwrap();
        file.set_modified(at).unwrap();
    }
    let story = site.run("nightly-ingest", MORNING).unwrap();
    let told: Vec<&String> = story
        .details
        .iter()
        .filter(|d| !d.starts_with("check: "))
        .collect();
    assert_eq!(
        told,
        ["samples_far.csv: its time stamp is not a date of the years 1 to 9999"]
    );
    assert_eq!(held(&site, "id"), [["samples_near.csv"]]);
}

#[test]
fn accepted_files_are_erased_after_their_days_and_the_batches_are_told() {
    let mut site = site(&contract("", COLUMNS));
    site.deployment.config.landing.leave_files = false;
    site.land("samples_20261121.csv", csv("A,,1,x\n"));
    pass(&site);
    let erased = |days: i64, site: &Site| {
        // The archive goes by the machine's clock.
        let at = daybook::clock::Clock::System.now() + TimeDelta::days(days);
        site.with_context_at(at, |context| {
            ingest_job::ingest(context, AsOf(day(MORNING)), None)
                .unwrap()
                .erased
        })
    };
    assert_eq!(erased(29, &site), [] as [i64; 0]);
    assert_eq!(erased(31, &site), [1, 2]);
    let archived = site.dir.join("archive/accepted/samples");
    assert!(!archived.join("000001_samples_20261121.csv").exists());
    assert!(
        archived
            .join("000001_samples_20261121.csv.receipt.json")
            .exists()
    );
    site.deployment.config.retention.accepted_days = 0;
    site.land("samples_20261120.csv", csv("B,,1,x\n"));
    pass(&site);
    assert_eq!(erased(20_000, &site), [] as [i64; 0]);
}
