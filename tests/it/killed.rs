//! A night of ingest that is killed, again and again, at any instant: once it
//! has come through, everything is as if nothing had happened. Each file is
//! accepted once and lies in the archive once, beside one receipt.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use daybook::cli::init;
use daybook::clock::Stopwatch;
use daybook::config::Config;
use daybook::store::Store;
use daybook::store::query::select;
use daybook::store::schema::hex_sha256;
use daybook::table::{Cell, Table};
use daybook_synth::Plan;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use crate::support::rows::{CRIMES, crime, file};
use crate::support::{MORNING, SETTINGS, Site, day};

const KILLS: u32 = 100;

/// The sources that land; the others only make the nights longer.
const SOURCES: [&str; 4] = ["crimes", "nominals", "parties", "posts"];

/// A deployment with three mornings in its landing folder and one file that
/// is refused.
fn prepare(dir: &Path) {
    let settings = SETTINGS.replace("leave_files = true", "leave_files = false");
    init::write(dir, &settings).unwrap();
    let landing = dir.join("landing");
    let plan = Plan {
        suspects: 120,
        from: day("2026-05-21"),
        to: day(MORNING),
        seed: 11,
        nights: 2,
        dirty_share: 0.02,
    };
    daybook_synth::write(&plan, &landing, &mut |_, _| {}).unwrap();
    std::fs::remove_dir_all(landing.join("truth")).unwrap();
    for path in files_below(&landing) {
        let name = name_of(&path);
        if !SOURCES.iter().any(|source| name.starts_with(source)) {
            std::fs::remove_file(path).unwrap();
        }
    }
    let broken = file(CRIMES, &[crime("C1", "019/08", "2026-06-01", &[])]);
    let broken = broken.replace("ho_code", "code");
    std::fs::write(landing.join("crimes_20261102.csv"), broken).unwrap();
}

fn start(dir: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_daybook"))
        .args(["run", "nightly-ingest", "--as-of", MORNING, "--dir"])
        .arg(dir)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn finish(child: Child) {
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-r").arg(from).arg(to).status();
    assert!(copied.unwrap().success());
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// Every file below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn sha256(path: &Path) -> String {
    hex_sha256(&std::fs::read(path).unwrap())
}

/// What a deployment holds, with files for batches.
type Held = BTreeMap<String, Vec<Vec<Option<String>>>>;

fn values(table: &Table) -> Vec<Vec<Option<String>>> {
    let value = |cell: &Cell| cell.value().map(ToOwned::to_owned);
    let rows = table.rows.iter();
    rows.map(|row| row.iter().map(value).collect()).collect()
}

fn held(dir: &Path) -> Held {
    let store = Store::open(&Config::load(dir).unwrap().store).unwrap();
    let rows = |sql: &str| values(&select(store.connection(), sql).unwrap());
    let mut held = Held::new();
    let tables = rows(
        "select table_schema, table_name from information_schema.tables \
         where table_schema in ('history', 'staging', 'core', 'conduct', 'conduct_history') \
         order by all",
    );
    for table in tables {
        let name = table.into_iter().flatten().collect::<Vec<_>>().join(".");
        let content = if name.contains("history.") {
            format!(
                "with named as ( \
                     select version.* exclude (said_by, confirmed_by, batch_from, batch_to), \
                         said.file_name as said_in, confirmed.file_name as confirmed_in, \
                         since.file_name as since, until.file_name as until \
                     from {name} as version \
                     left join ledger.batches as said on said.batch_id = said_by \
                     left join ledger.batches as confirmed on confirmed.batch_id = confirmed_by \
                     left join ledger.batches as since on since.batch_id = batch_from \
                     left join ledger.batches as until on until.batch_id = batch_to) \
                 select count(*), sum(cast(hash(named) as hugeint)) from named"
            )
        } else {
            format!("select count(*) from {name}")
        };
        held.insert(name.clone(), rows(&content));
    }
    for (name, sql) in [
        (
            "batches",
            "select * exclude (batch_id, received_at) from ledger.batches order by batch_id",
        ),
        (
            "rejects",
            "select file_name, rejects.* exclude (batch_id, corrected_by), corrected_by is null \
             from ledger.rejects as rejects inner join ledger.batches using (batch_id) order by all",
        ),
        (
            "confirmations",
            "select again.source, file_name, file_line from ledger.confirmations as again \
             inner join ledger.batches using (batch_id) order by all",
        ),
        (
            "scopes",
            "select file_name, scope, is_whole, is_standing from ledger.batch_scopes \
             inner join ledger.batches using (batch_id) order by all",
        ),
    ] {
        held.insert(name.to_owned(), rows(sql));
    }
    held
}

/// The files that landed all lie in the archive, each once, as they were sent,
/// with its manifest and a receipt that the ledger agrees with.
fn check_archive(sent: &Path, dir: &Path) {
    let store = Store::open(&Config::load(dir).unwrap().store).unwrap();
    let archive = dir.join("archive");
    let mut wanted: BTreeMap<String, String> = BTreeMap::new();
    for path in files_below(sent) {
        wanted.insert(name_of(&path), sha256(&path));
    }
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let left = files_below(&dir.join("landing"));
    assert_eq!(left, [] as [PathBuf; 0]);
    for path in files_below(&archive) {
        let state = path.strip_prefix(&archive).unwrap().iter().next().unwrap();
        let name = name_of(&path);
        let (number, own) = name.split_once('_').unwrap();
        let Some(own) = own.strip_suffix(".receipt.json") else {
            assert!(
                found.insert(own.to_owned(), sha256(&path)).is_none(),
                "{own} lies there twice"
            );
            continue;
        };
        let receipt: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let batch: i64 = number.parse().unwrap();
        assert_eq!(receipt["batch"], batch, "{name}");
        assert_eq!(receipt["file"], own);
        assert_eq!(receipt["sha256"], wanted[own], "{name}");
        assert_eq!(receipt["state"], state.to_str().unwrap(), "{name}");
        let ledger = select(
            store.connection(),
            &format!(
                "select file_name, state, rows_read, rows_accepted, rows_rejected, rows_duplicate \
                 from ledger.batches where batch_id = {batch}"
            ),
        );
        let rows = &receipt["rows"];
        let told = [
            own.to_owned(),
            receipt["state"].as_str().unwrap().to_owned(),
            rows["read"].to_string(),
            rows["accepted"].to_string(),
            rows["rejected"].to_string(),
            rows["duplicate"].to_string(),
        ];
        assert_eq!(values(&ledger.unwrap()), [told.map(Some)], "{name}");
        let receipts = files_below(path.parent().unwrap());
        let of_this = receipts
            .iter()
            .filter(|other| name_of(other).ends_with(&format!("_{own}.receipt.json")));
        assert_eq!(of_this.count(), 1, "{own} has several receipts");
    }
    assert_eq!(found, wanted);
    assert_eq!(
        files_below(&dir.join("daybook.scratch")),
        [] as [PathBuf; 0]
    );
}

#[test]
fn a_night_killed_at_a_hundred_instants_ends_as_if_it_never_had_been() {
    let folder = tempfile::tempdir().unwrap();
    let sent = folder.path().join("sent");
    prepare(&sent);
    let quiet = folder.path().join("quiet");
    copy(&sent, &quiet);
    let usual = Stopwatch::start();
    finish(start(&quiet));
    let usual = usual.elapsed();
    let wanted = held(&quiet);
    assert_eq!(wanted["batches"].len(), SOURCES.len() * 3 + 1);
    check_archive(&sent.join("landing"), &quiet);

    let mut dice = ChaCha8Rng::seed_from_u64(2026);
    let (mut kills, mut rounds) = (0, 0);
    while kills < KILLS {
        rounds += 1;
        let dir = folder.path().join(format!("round-{rounds}"));
        copy(&sent, &dir);
        // Early instants more often: each attempt has less left to do.
        let mut instant = || usual.mul_f64(dice.random::<f64>() * dice.random::<f64>());
        while !is_through(&dir, instant(), &mut kills) {}
        let found = held(&dir);
        for (what, rows) in &wanted {
            assert_eq!(Some(rows), found.get(what), "{what}, round {rounds}");
        }
        check_archive(&sent.join("landing"), &dir);
        std::fs::remove_dir_all(dir).unwrap();
    }
    eprintln!("{kills} kills in {rounds} rounds; a night takes {usual:?}");
}

/// Starts the night and kills it after a while, unless it is through by then.
fn is_through(dir: &Path, instant: Duration, kills: &mut u32) -> bool {
    let mut child = start(dir);
    std::thread::sleep(instant);
    if child.try_wait().unwrap().is_none() {
        child.kill().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    if output.status.signal() == Some(9) {
        *kills += 1;
        return false;
    }
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    true
}

#[test]
fn rows_that_a_killed_night_left_on_the_way_are_removed_by_the_next() {
    let site = Site::new();
    let scratch = site.dir.join("daybook.scratch");
    std::fs::create_dir_all(&scratch).unwrap();
    std::fs::write(scratch.join("crimes.csv"), "2,C1").unwrap();
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(files_below(&scratch), [] as [PathBuf; 0]);
}

/// A small file system of its own, as long as the value lives.
pub struct Disk(PathBuf);

impl Disk {
    /// None where a test may not mount one.
    pub fn mount(place: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(place).unwrap();
        let disk = Self(place.to_owned());
        disk.with_options(&format!("size={size}")).then_some(disk)
    }

    pub fn with_options(&self, options: &str) -> bool {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]);
        let output = mount.arg(&self.0).output();
        output.is_ok_and(|output| output.status.success())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
    }
}

#[test]
fn a_disk_that_fills_up_in_the_night_fails_the_run_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("disk");
    let Some(disk) = Disk::mount(&place, "9m") else {
        eprintln!("skipped: a file system cannot be mounted here");
        return;
    };
    let sent = folder.path().join("sent");
    prepare(&sent);
    let quiet = folder.path().join("quiet");
    copy(&sent, &quiet);
    finish(start(&quiet));
    let dir = place.join("site");
    copy(&sent, &dir);
    let output = start(&dir).wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(disk.with_options("remount,size=400m"));
    finish(start(&dir));
    let (wanted, found) = (held(&quiet), held(&dir));
    for (what, rows) in &wanted {
        assert_eq!(Some(rows), found.get(what), "{what}");
    }
    check_archive(&sent.join("landing"), &dir);
}
