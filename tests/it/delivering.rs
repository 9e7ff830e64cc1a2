//! Two accounts of the operating system: one delivers extracts and may do what
//! it likes with the landing folder; the other is daybook's own. The first can
//! neither read the deployment nor change a file of it.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use daybook::clock::Stopwatch;
use nix::unistd::geteuid;
use tempfile::TempDir;

use crate::support::{MORNING, copy_program};

const DELIVERS: u32 = 5001;
const OURS: u32 = 5002;

const SETTINGS: &str = r#"
force = "Test Force"
synthetic = true
[landing]
path = "../../inbox/landing"
settle_seconds = 0
[recipients]
leadership = ["commissioner@example.invalid"]
officers = ["officer@example.invalid"]
operations = ["operations@example.invalid"]
"#;

const CONTRACT: &str = r#"
title = "Samples"
mode = "delta"
key = ["id"]
files = ["samples_{date}.csv"]
columns = [
    { name = "id", type = "identifier", required = true },
    { name = "place", type = "text" },
]
"#;

/// A deployment of one account beside the landing folder of another.
struct Ground {
    folder: TempDir,
    program: PathBuf,
}

impl Ground {
    /// None where the accounts cannot be taken on; `.ci/run` insists.
    fn new() -> Option<Self> {
        if !geteuid().is_root() {
            assert!(
                std::env::var_os("DAYBOOK_TWO_ACCOUNTS").is_none(),
                "the test of two accounts has to run as root"
            );
            eprintln!("SKIPPED: what the delivering account can do is only tried as root");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let ground = Self {
            // Both accounts have to reach the program.
            program: folder.path().join("daybook"),
            folder,
        };
        open_to_all(ground.folder.path());
        copy_program(&ground.program);
        for (name, owner) in [
            ("srv", OURS),
            ("inbox", DELIVERS),
            ("inbox/landing", DELIVERS),
        ] {
            let path = ground.at(name);
            std::fs::create_dir(&path).unwrap();
            open_to_all(&path);
            chown(&path, Some(owner), Some(OURS)).unwrap();
        }
        // daybook takes files away as a member of the folder's group.
        let landing = PermissionsExt::from_mode(0o770);
        std::fs::set_permissions(ground.at("inbox/landing"), landing).unwrap();
        let made = ground.daybook(&[
            "init",
            ground.dir().to_str().unwrap(),
            "--officer",
            "j.officer",
        ]);
        assert!(made.status.success(), "{made:?}");
        ground.write("daybook.toml", SETTINGS);
        ground.write("jobs/nightly-ingest/sources/samples.toml", CONTRACT);
        ground.write("secret.csv", "id,place\nSECRET,Camden\n");
        Some(ground)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn dir(&self) -> PathBuf {
        self.at("srv/site")
    }

    fn landing(&self) -> PathBuf {
        self.at("inbox/landing")
    }

    /// Writes a file of the deployment.
    fn write(&self, name: &str, text: &str) {
        let path = self.dir().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        chown(&path, Some(OURS), Some(OURS)).unwrap();
    }

    fn command(&self, program: &Path, account: u32) -> Command {
        let mut command = Command::new(program);
        command
            .env("LD_LIBRARY_PATH", self.folder.path())
            .uid(account)
            .gid(account)
            .current_dir(self.folder.path());
        command
    }

    fn daybook(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(&self.program, OURS);
        command.args(arguments).output().unwrap()
    }

    fn on_site(&self, arguments: &[&str]) -> Output {
        let dir = self.dir();
        self.daybook(&[arguments, &["--dir", dir.to_str().unwrap()]].concat())
    }

    /// A night, which has to end in time.
    fn night(&self) -> Output {
        let mut command = self.command(&self.program, OURS);
        command.args(["run", "nightly-ingest", "--as-of", MORNING, "--dir"]);
        command
            .arg(self.dir())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        in_time(command.spawn().unwrap())
    }

    /// What the delivering account does, in the shell's words; `$site` and
    /// `$landing` are the folders.
    fn script(&self, script: &str) -> Command {
        let mut command = self.command(Path::new("/bin/sh"), DELIVERS);
        command.args(["-c", script]);
        command
            .env("site", self.dir())
            .env("landing", self.landing());
        command
    }

    fn delivers(&self, script: &str) -> Output {
        let output = self.script(script).output().unwrap();
        assert!(output.status.success(), "{script}: {output:?}");
        output
    }

    fn one(&self, sql: &str) -> String {
        let output = self.on_site(&["query", sql, "--format", "csv"]);
        assert!(output.status.success(), "{sql}: {output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().nth(1).unwrap().to_owned()
    }

    /// Everything of the deployment that a night does not write itself.
    fn untouched(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let written = [
            "archive",
            "audit-heads.log",
            "daybook.duckdb",
            "daybook.duckdb.wal",
        ];
        let mut found: Vec<(PathBuf, Vec<u8>)> = below(&self.dir())
            .into_iter()
            .filter(|path| {
                let own = path.strip_prefix(self.dir()).unwrap();
                path.is_file() && !written.iter().any(|name| own.starts_with(name))
            })
            .map(|path| (path.clone(), std::fs::read(path).unwrap()))
            .collect();
        found.sort();
        found
    }

    /// Nothing in the landing folder was made by daybook.
    fn check_landing(&self) {
        for path in below(&self.at("inbox")) {
            let owner = std::fs::symlink_metadata(&path).unwrap().uid();
            assert_ne!(owner, OURS, "{} was made by daybook", path.display());
        }
    }

    /// No file in the archive holds what only daybook's account can read.
    fn check_archive(&self) {
        for path in below(&self.dir().join("archive")) {
            let kind = std::fs::symlink_metadata(&path).unwrap();
            assert_eq!(kind.uid(), OURS, "{}", path.display());
            assert_eq!(kind.mode() & 0o077, 0, "{}", path.display());
            if kind.is_file() {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(!text.contains("SECRET"), "{}", path.display());
            }
        }
        let secret = "select count(*) from history.samples where id = 'SECRET'";
        assert_eq!(self.one(secret), "0");
    }
}

fn open_to_all(path: &Path) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

/// Everything below a folder, links not followed.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(below(&entry.path()));
        }
        found.push(entry.path());
    }
    found
}

/// The output of a child, or a failure when it hangs.
fn in_time(mut child: Child) -> Output {
    let watch = Stopwatch::start();
    while child.try_wait().unwrap().is_none() {
        if watch.elapsed() > Duration::from_mins(2) {
            child.kill().unwrap();
            panic!("the night hangs");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

fn told(output: &Output) -> String {
    let (out, error) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(error)
}

#[test]
fn links_that_the_delivering_account_plants_are_never_written_through() {
    let Some(ground) = Ground::new() else { return };
    // Every name that a judged file, its receipt and its manifest could get.
    ground.delivers(
        "cd $landing
         for state in accepted refused incoming; do
             mkdir -p $state/samples && chmod 2777 $state $state/samples
             for batch in 1 2 3; do
                 for end in '' .receipt.json .receipt.json.part .manifest.json .manifest.json.part; do
                     ln -s $site/daybook.toml \
                         $state/samples/00000${batch}_samples_20261121.csv$end
                 done
                 ln -s $site/daybook.duckdb \
                     $state/samples/00000${batch}_samples_20261120.csv.receipt.json.part
             done
         done
         printf 'id,place\\nA,Camden\\n' > samples_20261121.csv
         printf 'id,place\\nB,Camden\\n' > samples_20261120.csv
         printf 'nothing\\n' > samples_20261119.csv
         ln -s $site/secret.csv samples_20261118.csv
         ln -s $site/daybook.toml samples_20261120.csv.manifest.json
         printf '{\"x\": \"$(id > /tmp/owned)\"}' > samples_20261121.csv.manifest.json",
    );
    let before = ground.untouched();
    let night = ground.night();
    assert!(night.status.success(), "{}", told(&night));
    assert_eq!(ground.untouched(), before);
    ground.check_landing();
    ground.check_archive();
    assert_eq!(
        ground.one("select string_agg(id, ' ') from history.samples"),
        "A"
    );
    let told = told(&night);
    for line in [
        "samples_20261118.csv: refused: a symbolic link, which is not followed",
        "samples_20261120.csv: its manifest cannot be read: not a plain file",
        "accepted: judged files of an earlier daybook",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let status = ground.on_site(&["ingest", "status"]);
    assert!(status.status.success());
}

#[test]
fn the_delivering_account_can_neither_read_the_deployment_nor_write_to_it() {
    let Some(ground) = Ground::new() else { return };
    ground.delivers("cp /dev/stdin $landing/samples_20261121.csv <<END\nid,place\nA,Camden\nEND\n");
    assert!(ground.night().status.success());
    assert!(
        ground
            .on_site(&["run", "operations-report", "--as-of", MORNING])
            .status
            .success()
    );
    for place in [
        "",
        "/daybook.toml",
        "/daybook.duckdb",
        "/archive",
        "/reports",
        "/mail",
        "/jobs",
    ] {
        assert!(
            ground.dir().join(place.trim_start_matches('/')).exists(),
            "{place}"
        );
        for attempt in [
            "ls",
            "cat",
            "touch",
            "rm -rf",
            "ln -t $landing",
            "mv -t $landing",
        ] {
            let script = format!("{attempt} $site{place}");
            let output = ground.script(&script).output().unwrap();
            assert!(!output.status.success(), "{script}: {}", told(&output));
            let is_refused = ["Permission denied", "not allowed for directory"]
                .iter()
                .any(|words| told(&output).contains(words));
            assert!(is_refused, "{script}: {}", told(&output));
        }
    }
    // Nor by a mode of any file, should the folder's own be opened one day.
    for path in below(&ground.dir()) {
        let mode = std::fs::symlink_metadata(&path).unwrap().mode();
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
    }
    ground.check_landing();
}

#[test]
fn a_landing_folder_or_a_source_folder_that_becomes_a_link_leads_nowhere() {
    let Some(ground) = Ground::new() else { return };
    ground.delivers("mkdir $landing/real && ln -s $site $landing/samples");
    let before = ground.untouched();
    let night = ground.night();
    let line = "samples: refused: a symbolic link, which is not followed";
    assert!(told(&night).contains(line), "{}", told(&night));
    ground.delivers("cd inbox && mv landing away && ln -s $site landing");
    let night = ground.night();
    assert_eq!(night.status.code(), Some(1), "{}", told(&night));
    assert!(
        told(&night).contains("a symbolic link, or no folder"),
        "{}",
        told(&night)
    );
    // The other commands go on.
    assert!(ground.on_site(&["ingest", "status"]).status.success());
    assert_eq!(ground.untouched(), before);
    ground.check_archive();
}

#[test]
fn a_second_name_of_a_file_of_ours_is_left_alone() {
    let Some(ground) = Ground::new() else { return };
    // As root: the kernel does not let the delivering account do it everywhere.
    let name = ground.landing().join("samples_20261121.csv");
    std::fs::hard_link(ground.dir().join("secret.csv"), &name).unwrap();
    let before = ground.untouched();
    let night = ground.night();
    assert!(
        told(&night).contains("a second name (hard link)"),
        "{}",
        told(&night)
    );
    assert_eq!(ground.untouched(), before);
    assert!(name.exists());
    ground.check_archive();
}

#[test]
fn a_file_that_is_swapped_all_the_time_never_hangs_a_night_or_leads_out() {
    let Some(ground) = Ground::new() else { return };
    ground.delivers("printf 'id,place\\nA,Camden\\n' > $landing/good");
    let before = ground.untouched();
    let script = "cd $landing; name=samples_20261121.csv
        while :; do
            cp good new; mv -f new $name
            ln -s $site/secret.csv new; mv -f new $name
            mkfifo new; mv -f new $name
            ln good new; mv -f new $name
            rm -f $name; mkdir $name; rmdir $name
        done";
    let mut racer = ground.script(script).spawn().unwrap();
    let nights: Vec<Output> = (0..8).map(|_| ground.night()).collect();
    racer.kill().unwrap();
    racer.wait().unwrap();
    for night in nights {
        let told = told(&night);
        // A file may be swapped between its archiving and its removal.
        assert!(
            night.status.success() || told.contains("not put away"),
            "{told}"
        );
    }
    assert_eq!(ground.untouched(), before);
    ground.check_landing();
    ground.check_archive();
}
