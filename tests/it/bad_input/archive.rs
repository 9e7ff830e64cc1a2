//! Where judged files go, and folders that take or give nothing: whatever the
//! step, it is told, nothing is lost, and the rest goes on.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use super::*;
use crate::killed::Disk;

const NAME: &str = "samples_20261121.csv";

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A deployment that archives, with a file landed.
fn archiving(content: impl AsRef<[u8]>) -> Site {
    let mut site = site(&contract("", COLUMNS));
    site.deployment.config.landing.leave_files = false;
    site.land(NAME, content);
    site
}

fn night(site: &Site) -> Result<String, String> {
    match site.run("nightly-ingest", MORNING) {
        Ok(story) => Ok(story.headline),
        Err(error) => Err(format!("{error:#}")),
    }
}

#[test]
fn nothing_is_made_below_landing_and_links_planted_there_are_not_written_through() {
    let site = archiving(csv("A,,1,x\n"));
    site.land(&format!("{NAME}.manifest.json"), "{\"rows\": 1}");
    let victim = site.dir.join("victim");
    std::fs::write(&victim, "as it was").unwrap();
    for state in ["accepted", "refused"] {
        let planted = site.landing().join(state).join("samples");
        std::fs::create_dir_all(&planted).unwrap();
        for batch in 1..4 {
            for ending in [
                "",
                ".receipt.json",
                ".receipt.json.part",
                ".manifest.json.part",
            ] {
                let name = format!("{batch:06}_{NAME}{ending}");
                symlink(&victim, planted.join(name)).unwrap();
            }
        }
    }
    pass(&site);
    assert_eq!(std::fs::read_to_string(victim).unwrap(), "as it was");
    assert_eq!(names(&site.landing()), ["accepted", "refused"]);
    for state in ["accepted", "refused"] {
        let planted = site.landing().join(state).join("samples");
        assert_eq!(names(&planted).len(), 12);
        for name in names(&planted) {
            assert!(planted.join(name).is_symlink());
        }
    }
    let archived = site.dir.join("archive/accepted/samples");
    let first = format!("000001_{NAME}");
    assert_eq!(
        names(&archived),
        [
            first.clone(),
            format!("{first}.manifest.json"),
            format!("{first}.receipt.json")
        ]
    );
    for folder in ["archive", "archive/accepted", "archive/accepted/samples"] {
        let metadata = std::fs::metadata(site.dir.join(folder)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o700, "{folder}");
    }
}

#[test]
fn an_archive_that_is_a_link_or_that_others_may_write_to_is_refused() {
    for spoil in ["archive", "archive/accepted", "archive/accepted/samples"] {
        let site = archiving(csv("A,,1,x\n"));
        let outside = site.dir.join("outside");
        std::fs::create_dir(&outside).unwrap();
        let place = site.dir.join(spoil);
        let make = |path: &Path| {
            std::fs::create_dir_all(path).unwrap();
            for folder in path.ancestors().take_while(|folder| *folder != site.dir) {
                std::fs::set_permissions(folder, PermissionsExt::from_mode(0o700)).unwrap();
            }
        };
        make(place.parent().unwrap());
        std::fs::set_permissions(&site.dir, PermissionsExt::from_mode(0o700)).unwrap();
        symlink(&outside, &place).unwrap();
        let told = night(&site).unwrap_err();
        says(&told, &["a symbolic link, or no folder", spoil]);
        assert_eq!(names(&outside), [] as [String; 0]);
        assert!(site.landing().join(NAME).exists());

        std::fs::remove_file(&place).unwrap();
        make(&place);
        std::fs::set_permissions(&place, PermissionsExt::from_mode(0o770)).unwrap();
        let told = night(&site).unwrap_err();
        says(
            &told,
            &["has mode 0770, so that others may write to it; expected 0700"],
        );
        assert!(site.landing().join(NAME).exists());

        std::fs::set_permissions(&place, PermissionsExt::from_mode(0o700)).unwrap();
        night(&site).unwrap();
        assert!(!site.landing().join(NAME).exists());
        assert_eq!(held(&site, "id"), [["A"]]);
    }
}

/// Rows of about a megabyte.
fn large() -> Vec<u8> {
    let rows: String = (0..40_000)
        .map(|n| format!("A{n},,{n},a place called x\n"))
        .collect();
    csv(&rows)
}

#[test]
fn an_archive_that_is_full_or_read_only_keeps_the_file_where_it_landed() {
    let content = large();
    let mut site = archiving(&content);
    let place = site.dir.join("disk");
    let Some(disk) = Disk::mount(&place, "400k") else {
        eprintln!("skipped: a file system cannot be mounted here");
        return;
    };
    site.deployment.config.landing.archive = place.join("archive");
    site.land(
        "parties_20261121.csv",
        file(PARTIES, &[party("C1", "S", "suspect")]),
    );
    let told = night(&site).unwrap_err();
    says(
        &told,
        &[
            "2 files accepted",
            "1 file failed: samples_20261121.csv: judged as batch",
            "not put away",
        ],
    );
    assert_eq!(site.one("select count(*) from history.samples"), "40000");
    assert_eq!(site.one("select count(*) from history.parties"), "1");
    assert_eq!(std::fs::read(site.landing().join(NAME)).unwrap(), content);

    assert!(disk.with_options("remount,size=8m,ro"));
    let told = night(&site).unwrap_err();
    says(&told, &["1 known already", "Read-only file system"]);
    assert_eq!(std::fs::read(site.landing().join(NAME)).unwrap(), content);

    assert!(disk.with_options("remount,size=8m,rw"));
    night(&site).unwrap();
    assert_eq!(names(&site.landing()), [] as [String; 0]);
    let archived = place.join("archive/accepted/samples");
    let found = names(&archived);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(std::fs::read(archived.join(&found[0])).unwrap(), content);
    assert_eq!(site.one("select count(*) from ledger.batches"), "2");
}

#[test]
fn a_landing_folder_that_is_read_only_is_read_once_and_told() {
    let mut site = archiving("");
    let place = site.dir.join("disk");
    let Some(disk) = Disk::mount(&place, "8m") else {
        eprintln!("skipped: a file system cannot be mounted here");
        return;
    };
    site.deployment.config.landing.path = place.clone();
    std::fs::write(place.join(NAME), csv("A,,1,x\n")).unwrap();
    assert!(disk.with_options("remount,ro"));
    let archived = site.dir.join("archive/accepted/samples");
    for (round, count) in [(1, "1 files accepted"), (2, "1 known already")] {
        let told = night(&site).unwrap_err();
        says(
            &told,
            &[count, "cannot take", NAME, "Read-only file system"],
        );
        assert_eq!(held(&site, "id"), [["A"]], "round {round}");
        assert_eq!(names(&archived).len(), 2, "round {round}");
    }
    assert!(disk.with_options("remount,rw"));
    night(&site).unwrap();
    assert!(!place.join(NAME).exists());
    assert_eq!(names(&archived).len(), 2);
}

#[test]
fn a_file_for_whose_copy_there_is_no_room_fails_alone() {
    let site = Site::new();
    let place = site.dir.join("disk");
    let Some(disk) = Disk::mount(&place, "30m") else {
        eprintln!("skipped: a file system cannot be mounted here");
        return;
    };
    let settings = site.dir.join("daybook.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    let text = text.replace("leave_files = true", "")
        + "\n[store]\npath = \"disk/daybook.duckdb\"\nmemory_limit = \"1GiB\"\n";
    std::fs::write(&settings, text).unwrap();
    let sources = site.dir.join("jobs/nightly-ingest/sources/samples.toml");
    std::fs::write(sources, contract("", COLUMNS)).unwrap();
    let deployment = Deployment::load(&site.dir).unwrap();
    let store = deployment.open_store().unwrap();
    let site = Site {
        deployment,
        store,
        ..site
    };
    let content = csv(&format!("A,,1,{}\n", "x".repeat(1 << 20)).repeat(40));
    site.land(NAME, &content);
    site.land(
        "parties_20261121.csv",
        file(PARTIES, &[party("C1", "S", "suspect")]),
    );
    let told = night(&site).unwrap_err();
    says(
        &told,
        &[
            "1 files accepted",
            "1 file failed: samples_20261121.csv: cannot write its copy: No space left on device (os error 28)",
        ],
    );
    assert_eq!(site.one("select count(*) from history.parties"), "1");
    assert_eq!(std::fs::read(site.landing().join(NAME)).unwrap(), content);
    assert_eq!(site.one("select count(*) from ledger.ingest_failures"), "0");
    assert!(disk.with_options("remount,size=400m"));
    night(&site).unwrap();
    assert!(!site.landing().join(NAME).exists());
}

#[test]
fn a_database_that_cannot_be_written_is_told_before_anything_is_moved() {
    let mut site = archiving(csv("A,,1,x\n"));
    let place = site.dir.join("disk");
    let Some(disk) = Disk::mount(&place, "30m") else {
        eprintln!("skipped: a file system cannot be mounted here");
        return;
    };
    let settings = site.dir.join("daybook.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    let text = text + "\n[store]\npath = \"disk/daybook.duckdb\"\n";
    std::fs::write(&settings, text).unwrap();
    site = reloaded(site);
    drop(site.deployment.open_store().unwrap());
    assert!(disk.with_options("remount,ro"));
    let output = site.binary(&["run", "nightly-ingest", "--as-of", MORNING]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    says(&told, &["cannot open", "daybook.duckdb"]);
    assert!(site.landing().join(NAME).exists());
}
