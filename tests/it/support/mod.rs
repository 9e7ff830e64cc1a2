//! A deployment in a folder of its own, and rows to land in it.

pub mod kept;
pub mod post_office;
pub mod rows;
pub mod shelf;

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use chrono::{DateTime, NaiveDate, Utc};
use daybook::audit::heads;
use daybook::audit::verify::{self, Outside};
use daybook::cli::init;
use daybook::clock::Clock;
use daybook::harm::accounts::{self, Role};
use daybook::model::account_name::AccountName;
use daybook::model::act::Act;
use daybook::model::as_of::AsOf;
use daybook::model::operator::Operator;
use daybook::schedule::context::{Context, Deployment};
use daybook::schedule::ledger::Trigger;
use daybook::schedule::runner::{self, RunSummary};
use daybook::schedule::stop::Stop;
use daybook::store::Store;
use daybook::store::query::select;
use daybook::table::Cell;
use daybook_synth::Plan;
use tempfile::TempDir;

use kept::Kept;

/// The morning most tests speak of.
pub const MORNING: &str = "2026-11-21";

/// Settings of a test deployment: files are taken as they lie.
pub const SETTINGS: &str = r#"
force = "Test Force"
synthetic = true
[landing]
settle_seconds = 0
leave_files = true
[recipients]
leadership = ["commissioner@example.invalid", "deputy@example.invalid"]
officers = ["officer@example.invalid"]
operations = ["operations@example.invalid"]
"#;

pub const OFFICER: &str = "j.officer";
/// Who takes batches back and imports indexes.
pub const STEWARD: &str = "d.steward";

pub struct Site {
    pub _folder: TempDir,
    pub dir: PathBuf,
    pub deployment: Deployment,
    pub store: Store,
}

impl Site {
    /// An empty deployment with the default jobs and the tables of their sources.
    pub fn new() -> Self {
        static EMPTY: OnceLock<Kept> = OnceLock::new();
        Kept::once(&EMPTY, || {
            let site = Self::bare();
            site.with_context(|context| context.ensure_histories().unwrap());
            site
        })
    }

    /// An empty deployment with the default jobs, in whose database nothing is.
    pub fn bare() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("site");
        init::write(&dir, SETTINGS).unwrap();
        Self::open(folder, dir)
    }

    /// What lies in a folder.
    fn open(folder: TempDir, dir: PathBuf) -> Self {
        let deployment = Deployment::load(&dir).unwrap();
        let store = deployment.open_store().unwrap();
        Self {
            _folder: folder,
            dir,
            deployment,
            store,
        }
    }

    /// What is wrong with the contracts as their files are now.
    pub fn contract_problems(&self) -> String {
        let deployment = Deployment::load(&self.dir).unwrap();
        let problems = deployment.contract_problems();
        problems
            .iter()
            .map(|problem| format!("{problem}\n"))
            .collect()
    }

    /// A deployment with synthetic London in its landing folder.
    pub fn with_london(suspects: u32, seed: u64, dirty_share: f64) -> Self {
        let site = Self::new();
        let to = day(MORNING);
        let plan = Plan {
            suspects,
            from: day("2024-11-21"),
            to,
            seed,
            nights: 10,
            dirty_share,
        };
        daybook_synth::write(&plan, &site.landing(), &mut |_, _| {}).unwrap();
        site
    }

    /// An account with a role, bound to whoever runs the tests. The first of a
    /// site is [`OFFICER`], who gives the others theirs.
    pub fn grant(&self, account: &str, role: Role) {
        let officer = OFFICER.parse().unwrap();
        if accounts::all(self.store.connection()).unwrap().is_empty() {
            accounts::appoint(&self.store, act(&officer)).unwrap();
        }
        if account != OFFICER {
            let uid = Some(Operator::current().uid);
            let account = account.parse().unwrap();
            accounts::grant(&self.store, &account, role, uid, act(&officer)).unwrap();
        }
    }

    /// The folder in which the deployment lies alone.
    pub fn parent(&self) -> &Path {
        self.dir.parent().unwrap()
    }

    pub fn landing(&self) -> PathBuf {
        self.dir.join("landing")
    }

    pub fn land(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.landing().join(name), bytes).unwrap();
    }

    pub fn run(&self, job: &str, as_of: &str) -> anyhow::Result<RunSummary> {
        let job = &self.deployment.jobs[job];
        let slot = runner::slot_of(job, AsOf(day(as_of)));
        self.with_context(|context| {
            runner::run(
                context,
                &self.store.sibling().unwrap(),
                job,
                &slot,
                Trigger::Command,
            )
        })
    }

    pub fn with_context<T>(&self, work: impl FnOnce(&Context<'_>) -> T) -> T {
        self.with_context_at(noon(), work)
    }

    pub fn with_context_at<T>(
        &self,
        now: DateTime<Utc>,
        work: impl FnOnce(&Context<'_>) -> T,
    ) -> T {
        work(&Context {
            deployment: &self.deployment,
            store: &self.store,
            clock: Clock::Fixed(now),
            stop: &Stop::default(),
            progress: &|_, _, _| {},
        })
    }

    /// Closes the database, runs the program on the deployment, and gives its
    /// output; opens the database again.
    pub fn command(&mut self, arguments: &[&str]) -> Output {
        let output = self.binary(arguments);
        self.store = self.deployment.open_store().unwrap();
        output
    }

    /// Closes the database and runs the program on the deployment.
    pub fn binary(&mut self, arguments: &[&str]) -> Output {
        self.store = Store::in_memory().unwrap();
        Command::new(env!("CARGO_BIN_EXE_daybook"))
            .args(arguments)
            .arg("--dir")
            .arg(&self.dir)
            // So wide that no word of a table is cut.
            .env("COLUMNS", "1000")
            .output()
            .unwrap()
    }

    /// What the program prints when all goes well.
    pub fn told(&mut self, arguments: &[&str]) -> String {
        let output = self.command(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Takes a code out of the edition that ranks, so that it is unscored.
    pub fn drop_weight(&self, code: &str) {
        let path = self.dir.join("jobs/harm-list/index/starter-2026.csv");
        let text = std::fs::read_to_string(&path).unwrap();
        let row = format!("\n{code},");
        let start = text.find(&row).unwrap() + 1;
        let end = start + text[start..].find('\n').unwrap() + 1;
        std::fs::write(&path, format!("{}{}", &text[..start], &text[end..])).unwrap();
    }

    /// Changes settings of the harm list, as an analyst would, and reads the
    /// deployment again.
    pub fn set_list(&mut self, settings: &[(&str, &str)]) {
        let path = self.dir.join("jobs/harm-list/job.toml");
        let mut text = std::fs::read_to_string(&path).unwrap();
        for (key, value) in settings {
            let start = text.find(&format!("\n{key} = ")).unwrap() + 1;
            let end = start + text[start..].find('\n').unwrap();
            text.replace_range(start..end, &format!("{key} = {value}"));
        }
        std::fs::write(&path, text).unwrap();
        self.deployment = Deployment::load(&self.dir).unwrap();
    }

    /// Lands crimes, parties and nominals of a night; none of a kind, no file.
    pub fn land_night(
        &self,
        date: &str,
        crimes: &[String],
        parties: &[String],
        nominals: &[String],
    ) {
        let sources = [
            ("crimes", rows::CRIMES, crimes),
            ("parties", rows::PARTIES, parties),
            ("nominals", rows::NOMINALS, nominals),
        ];
        for (source, header, rows) in sources {
            if !rows.is_empty() {
                let name = format!("{source}_{}.csv", date.replace('-', ""));
                self.land(&name, rows::file(header, rows));
            }
        }
    }

    /// Takes the landing folder in and makes the list of a date.
    pub fn ranked(&self, as_of: &str) {
        self.run("nightly-ingest", as_of).unwrap();
        self.run("harm-list", as_of).unwrap();
    }

    /// Rows of a query as texts; null is an empty text.
    pub fn query(&self, sql: &str) -> Vec<Vec<String>> {
        let table = select(self.store.connection(), sql).unwrap();
        let texts = |row: &Vec<Cell>| row.iter().map(|cell| cell.text().to_owned()).collect();
        table.rows.iter().map(texts).collect()
    }

    /// What verifying the record finds, a line each.
    pub fn altered(&self) -> Vec<String> {
        let outside = Outside {
            log: Some(heads::path(&self.deployment.config.store.path)),
            anchors: Vec::new(),
        };
        let verified = verify::verify(self.store.connection(), &outside).unwrap();
        verified.findings.iter().map(ToString::to_string).collect()
    }

    /// The one cell a query returns.
    pub fn one(&self, sql: &str) -> String {
        let rows = self.query(sql);
        assert_eq!(rows.len(), 1, "{sql}");
        rows[0][0].clone()
    }
}

/// What an account does at noon, as whoever runs the tests.
pub fn act(by: &AccountName) -> Act<'_> {
    Act {
        by,
        operator: Operator::current(),
        at: noon().naive_utc(),
    }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn noon() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-21T12:00:00Z")
        .unwrap()
        .to_utc()
}

/// A whole small London, accepted, ranked, measured and published once for
/// every test that only reads it.
pub fn london() -> std::sync::MutexGuard<'static, Site> {
    static LONDON: OnceLock<std::sync::Mutex<Site>> = OnceLock::new();
    let site = LONDON.get_or_init(|| {
        let site = Site::with_london(2_000, 7, 0.015);
        site.run("nightly-ingest", MORNING).unwrap();
        for date in ["2026-09-01", "2026-10-01", "2026-11-01", MORNING] {
            site.run("harm-list", date).unwrap();
        }
        site.run("commitment-measures", MORNING).unwrap();
        site.run("morning-briefing", MORNING).unwrap();
        site.run("commitment-scorecard", MORNING).unwrap();
        site.run("harm-list-pack", MORNING).unwrap();
        site.run("operations-report", MORNING).unwrap();
        assert_eq!(site.altered(), [""; 0]);
        std::sync::Mutex::new(site)
    });
    site.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A program that was copied, with the library that lies beside it.
pub fn copied_program(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("LD_LIBRARY_PATH", program.parent().unwrap());
    command
}

/// Copies the program to `to`, by another process: a file that this one holds
/// open for writing could be handed on to the child of a test that runs beside,
/// and a program that anybody holds open for writing cannot be started.
pub fn copy_program(to: &Path) {
    let mut command = Command::new("cp");
    command.arg(env!("CARGO_BIN_EXE_daybook")).arg(to);
    assert!(command.status().unwrap().success(), "{}", to.display());
    // Another account may not reach the library that it was linked to.
    if let Some(folder) = option_env!("DUCKDB_LIB_DIR") {
        let library = format!("{DLL_PREFIX}duckdb{DLL_SUFFIX}");
        let beside = to.with_file_name(&library);
        std::fs::copy(Path::new(folder).join(library), beside).unwrap();
    }
}

/// Real published data beside the project; absent on most machines.
pub fn shared_data() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: no published data at {}", path.display());
    None
}
