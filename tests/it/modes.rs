//! Modes of what daybook makes, and what `check` says of those it finds.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::rows::{PARTIES, file, party};
use crate::support::{MORNING, SETTINGS};

fn daybook(dir: &Path, arguments: &str) -> Output {
    // Under the mask that most machines have.
    Command::new("/bin/sh")
        .args([
            "-c",
            &format!("umask 022; exec \"$0\" {arguments} --dir \"$1\""),
        ])
        .arg(env!("CARGO_BIN_EXE_daybook"))
        .arg(dir)
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path)
        .unwrap()
        .permissions()
        .mode()
        & 0o7777
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(below(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// A deployment that the program made, with a file landed.
fn made(folder: &Path, settings: &str) -> PathBuf {
    let dir = folder.join("site");
    let output = daybook(folder, &format!("init {}", dir.display()));
    assert!(output.status.success(), "{}", told(&output));
    std::fs::write(dir.join("daybook.toml"), settings).unwrap();
    let rows = file(PARTIES, &[party("C1", "S", "suspect")]);
    std::fs::write(dir.join("landing/parties_20261121.csv"), rows).unwrap();
    dir
}

const ARCHIVING: &str = "force = \"Test\"\nsynthetic = true\n\
    [recipients]\noperations = [\"operations@example.invalid\"]\n\
    leadership = [\"l@example.invalid\"]\nofficers = [\"o@example.invalid\"]\n\
    [landing]\nsettle_seconds = 0\n";

#[test]
fn everything_that_is_made_is_for_daybooks_account_alone() {
    let folder = tempfile::tempdir().unwrap();
    let dir = made(folder.path(), ARCHIVING);
    // Written by this test, under its own mask.
    set_mode(&dir.join("daybook.toml"), 0o600);
    for job in ["nightly-ingest", "operations-report"] {
        let output = daybook(&dir, &format!("run {job} --as-of {MORNING}"));
        assert!(output.status.success(), "{}", told(&output));
    }
    let found = below(&dir);
    for ending in ["duckdb", "csv", "json", "html", "eml"] {
        assert!(
            found
                .iter()
                .any(|path| path.extension().is_some_and(|e| e == ending)),
            "no {ending} was made"
        );
    }
    for path in found {
        assert_eq!(
            mode(&path) & 0o077,
            0,
            "{} has mode {:o}",
            path.display(),
            mode(&path)
        );
    }
}

#[test]
fn check_and_serve_refuse_what_other_accounts_can_reach() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = folder.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let settings = format!(
        "{SETTINGS}\n[reports]\npath = \"{}\"\n",
        elsewhere.display()
    );
    let dir = made(folder.path(), &settings);
    set_mode(&elsewhere, 0o700);
    let refused = |command: &str, words: &[&str]| {
        let output = daybook(&dir, command);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        for word in words {
            assert!(told(&output).contains(word), "{word}: {}", told(&output));
        }
    };
    let sound = || {
        let output = daybook(&dir, "check");
        assert!(output.status.success(), "{}", told(&output));
    };
    sound();
    for (mode, most) in [
        (0o755, "0700"),
        (0o750, "0700"),
        (0o711, "0700"),
        (0o701, "0700"),
    ] {
        set_mode(&dir, mode);
        let told = format!("its mode is {mode:04o}, so that other accounts");
        refused(
            "check",
            &[&told, &format!("expected at most {most} (`chmod 700`)")],
        );
    }
    refused("serve", &["its mode is 0701"]);
    set_mode(&dir, 0o700);
    // What lies elsewhere is not guarded by the folder.
    set_mode(&elsewhere, 0o750);
    refused(
        "check",
        &["elsewhere: its mode is 0750", "group_may_read = true"],
    );

    let with_readers = settings + "[files]\ngroup_may_read = true\n";
    std::fs::write(dir.join("daybook.toml"), with_readers).unwrap();
    sound();
    set_mode(&elsewhere, 0o770);
    refused(
        "check",
        &["elsewhere: its mode is 0770", "expected at most 0750"],
    );
    set_mode(&elsewhere, 0o755);
    refused(
        "serve",
        &["elsewhere: its mode is 0755", "expected at most 0750"],
    );
}
