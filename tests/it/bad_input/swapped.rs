//! What lies in the landing folder changes while the night is at work: between
//! the moment a file is found and the moment it is read, archived and removed.

use std::cell::Cell;
use std::fs::File;
use std::os::unix::fs::{FileExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

use daybook::clock::Clock;
use daybook::model::as_of::AsOf;
use daybook::schedule::context::Context;
use daybook::schedule::ingest_job::{self, Ingested};
use daybook::schedule::stop::Stop;

use super::*;
use crate::support::{day, noon};

const NAME: &str = "samples_20261121.csv";

/// A night in which something is done to the file just before it is opened.
fn swapped(swap: impl Fn(&Site, &Path)) -> (Site, Ingested) {
    let mut site = site(&contract("", COLUMNS));
    site.deployment.config.landing.leave_files = false;
    site.land(NAME, csv("A,,1,x\n"));
    site.land("samples_20261122.csv", csv("B,,1,x\n"));
    let path = site.landing().join(NAME);
    let is_done = Cell::new(false);
    let done = ingest_job::ingest(
        &Context {
            deployment: &site.deployment,
            store: &site.store,
            clock: Clock::Fixed(noon()),
            stop: &Stop::default(),
            progress: &|what, _, _| {
                if what == NAME && !is_done.replace(true) {
                    swap(&site, &path);
                }
            },
        },
        AsOf(day("2026-11-22")),
        None,
    )
    .unwrap();
    assert!(is_done.get());
    (site, done)
}

/// Nothing but the sound file of the night was accepted, and the other waits.
fn only_the_other_is_in(site: &Site, done: &Ingested, reason: &str) {
    let told: Vec<(&str, &str)> = done
        .waiting
        .iter()
        .map(|waiting| (waiting.file_name.as_str(), waiting.reason.as_str()))
        .collect();
    assert_eq!(told, [(NAME, reason)]);
    assert_eq!(done.failed, []);
    assert_eq!(held(site, "id"), [["B"]]);
    let archived = site.dir.join("archive/accepted/samples");
    assert_eq!(std::fs::read_dir(archived).unwrap().count(), 2);
}

const REPLACED: &str = "replaced while it was read; left for the next run";

/// Puts something else in the place of a landed file.
type Swap<'a> = &'a dyn Fn(&Site, &Path);

#[test]
fn a_pipe_a_socket_a_folder_or_a_link_in_a_files_place_is_told_and_holds_nothing_up() {
    let secret = |site: &Site| {
        let path = site.dir.join("secret.csv");
        std::fs::write(&path, csv("SECRET,,1,x\n")).unwrap();
        path
    };
    let swaps: [Swap<'_>; 6] = [
        &|_, path| super::landing::fifo(path),
        &|_, path| drop(UnixListener::bind(path).unwrap()),
        &|_, path| std::fs::create_dir(path).unwrap(),
        &|site, path| symlink(secret(site), path).unwrap(),
        &|site, path| std::fs::hard_link(secret(site), path).unwrap(),
        &|_, path| std::fs::write(path, csv("C,,1,x\n")).unwrap(),
    ];
    for swap in swaps {
        let (site, done) = swapped(|site, path| {
            std::fs::remove_file(path).unwrap();
            swap(site, path);
        });
        only_the_other_is_in(&site, &done, REPLACED);
        assert!(std::fs::symlink_metadata(site.landing().join(NAME)).is_ok());
    }
    let (site, done) = swapped(|_, path| std::fs::remove_file(path).unwrap());
    only_the_other_is_in(&site, &done, "gone before it could be read");
}

#[test]
fn a_file_that_is_written_to_after_it_was_found_waits() {
    let (site, done) = swapped(|_, path| {
        let file = File::options().append(true).open(path).unwrap();
        std::io::Write::write_all(&mut &file, b"C,,1,x\n").unwrap();
    });
    only_the_other_is_in(&site, &done, REPLACED);
    assert_eq!(
        std::fs::read(site.landing().join(NAME)).unwrap(),
        csv("A,,1,x\nC,,1,x\n")
    );
}

#[test]
fn what_is_archived_is_what_was_judged_and_no_later_writing() {
    let mut site = site(&contract("", COLUMNS));
    site.deployment.config.landing.leave_files = false;
    let content = csv("A,,1,x\n");
    site.land(NAME, &content);
    // Whoever sent it still holds it open, and writes once it is away.
    let open = File::options()
        .write(true)
        .open(site.landing().join(NAME))
        .unwrap();
    pass(&site);
    open.write_all_at(b"id,seen_on,number,place\nZ", 0).unwrap();
    let archived = site
        .dir
        .join("archive/accepted/samples/000001_samples_20261121.csv");
    assert_eq!(std::fs::read(archived).unwrap(), content);
    assert_eq!(held(&site, "id"), [["A"]]);
}

#[test]
fn a_second_name_of_a_file_of_our_own_is_neither_read_nor_removed() {
    let mut site = site(&contract("", COLUMNS));
    site.deployment.config.landing.leave_files = false;
    let settings = site.dir.join("daybook.toml");
    std::fs::hard_link(&settings, site.landing().join(NAME)).unwrap();
    site.land("samples_20261120.csv", csv("A,,1,x\n"));
    let manifest = "samples_20261120.csv.manifest.json";
    std::fs::hard_link(&settings, site.landing().join(manifest)).unwrap();
    let told = pass(&site);
    says(
        &told,
        &[
            &format!("{NAME}: refused: a second name (hard link) of a file that belongs to"),
            "samples_20261120.csv: its manifest cannot be read: not a plain file of at most 16 KiB",
        ],
    );
    assert_eq!(
        site.one("select count(*) from ledger.batches where source = 'samples'"),
        "0"
    );
    assert!(site.landing().join(NAME).exists() && site.landing().join(manifest).exists());
}

#[test]
fn a_landing_folder_that_is_a_link_is_refused() {
    let mut site = site(&contract("", COLUMNS));
    site.deployment.config.landing.leave_files = false;
    let elsewhere = site.dir.join("elsewhere");
    std::fs::rename(site.landing(), &elsewhere).unwrap();
    std::fs::write(elsewhere.join(NAME), csv("A,,1,x\n")).unwrap();
    symlink(&elsewhere, site.landing()).unwrap();
    for ending in ["landing", "landing/", "landing/."] {
        site.deployment.config.landing.path = site.dir.join(ending);
        let told = format!("{:#}", site.run("nightly-ingest", MORNING).unwrap_err());
        says(
            &told,
            &[
                "cannot read the landing folder",
                "a symbolic link, or no folder",
            ],
        );
    }
    assert!(elsewhere.join(NAME).exists());
}
