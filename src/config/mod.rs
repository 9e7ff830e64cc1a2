//! The deployment folder's own settings: `daybook.toml`, typed and checked
//! before anything else happens. Absent keys have embedded defaults.

pub mod access;
pub mod address;
mod places;
pub mod problem;
pub mod smtp;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use include_dir::{Dir, include_dir};
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use toml::Spanned;

use address::is_address;
use problem::{Problem, Problems, Source};
use smtp::SmtpConfig;

/// Name of the settings file that makes a folder a deployment.
pub const FILE: &str = "daybook.toml";

/// What `daybook init` writes: every setting with its default and a sentence.
pub const DEFAULT_TEXT: &str = include_str!("daybook.toml");

/// The default jobs, as they stand in the program's own folder.
pub static DEFAULT_JOBS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/jobs");

/// Everything a deployment folder says about itself.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Name of the force, as reports print it.
    pub force: String,
    /// Handling marking on every page and first in every mail's subject.
    #[serde(default = "default_marking")]
    pub marking: String,
    /// IANA zone that decides what a day is.
    #[serde(default = "default_zone")]
    #[schemars(with = "String")]
    pub zone: Spanned<String>,
    /// Says on every report that no real person or event is in it.
    #[serde(default)]
    pub synthetic: bool,
    #[serde(default)]
    pub store: StoreConfig,
    #[serde(default)]
    pub query: QueryConfig,
    #[serde(default)]
    pub landing: LandingConfig,
    #[serde(default)]
    pub files: FilesConfig,
    #[serde(default)]
    pub retention: RetentionConfig,
    #[serde(default)]
    pub reports: ReportsConfig,
    #[serde(default)]
    pub mail: MailConfig,
    /// Lists of mail addresses that jobs send to by name.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub recipients: BTreeMap<String, Vec<Spanned<String>>>,
}

/// The database file and what it may use of the machine.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    /// The one database file, below the deployment folder unless absolute.
    pub path: PathBuf,
    /// DuckDB's memory limit, such as `2GiB`: about half of the machine's or the
    /// service's memory.
    #[schemars(with = "String")]
    pub memory_limit: Spanned<String>,
    /// Most that may spill to disk, such as `8GiB`.
    #[schemars(with = "String")]
    pub temp_limit: Spanned<String>,
    /// Threads that DuckDB works with.
    pub threads: u16,
}

/// What one `daybook query` may take, whatever it asks for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct QueryConfig {
    /// Seconds after which it is stopped, and the most that `--seconds` may say.
    #[schemars(with = "u64")]
    pub max_seconds: Spanned<u64>,
    /// Of its result as text, such as `64MiB`.
    #[schemars(with = "String")]
    pub max_result: Spanned<String>,
    /// Memory of the process as a whole, database and result together, such as
    /// `4GiB`.
    #[schemars(with = "String")]
    pub max_memory: Spanned<String>,
}

/// Where extracts arrive.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LandingConfig {
    /// The folder that others may write to; nothing of daybook's own lies in it.
    pub path: PathBuf,
    /// A file without a manifest must lie unchanged this long, in seconds.
    pub settle_seconds: u32,
    /// Judged files stay where they are, for folders that are only read.
    pub leave_files: bool,
    /// Where judged files are moved to, beside their receipts.
    pub archive: PathBuf,
    /// Size of the largest file that is read, such as `16GiB`.
    #[schemars(with = "String")]
    pub largest_file: Spanned<String>,
}

impl LandingConfig {
    /// Bytes of the largest file that is read; `load` has refused what is no
    /// size.
    pub fn largest_bytes(&self) -> u64 {
        bytes(self.largest_file.as_ref()).unwrap_or(u64::MAX)
    }
}

/// Who else on the machine may read what daybook keeps.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FilesConfig {
    /// The group that owns them may read the deployment's folders and files.
    pub group_may_read: bool,
}

/// How long personal data is kept beside history.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionConfig {
    /// Days after which the values of rejected rows are forgotten and refused
    /// files erased; 0 keeps them.
    pub rejected_days: u32,
    /// Days after which accepted files are erased; 0 keeps them.
    pub accepted_days: u32,
}

/// Where rendered reports go, and where readers find them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReportsConfig {
    /// Folder of the rendered reports.
    pub path: PathBuf,
    /// Address of the pages, put into mails as the link; empty for none.
    #[schemars(with = "String")]
    pub link: Spanned<String>,
}

/// How mail leaves.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MailConfig {
    /// Whether mails are written to files or sent.
    pub transport: Transport,
    /// Folder for `.eml` files when the transport is `file`.
    pub path: PathBuf,
    /// Address that mails are sent from.
    #[schemars(with = "String")]
    pub from: Spanned<String>,
    pub smtp: Option<SmtpConfig>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// One `.eml` file per envelope.
    File,
    /// A mail server.
    Smtp,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self {
            path: "daybook.duckdb".into(),
            memory_limit: unspanned("2GiB"),
            temp_limit: unspanned("8GiB"),
            threads: 2,
        }
    }
}

impl Default for QueryConfig {
    fn default() -> Self {
        Self {
            max_seconds: Spanned::new(0..0, 600),
            max_result: unspanned("64MiB"),
            max_memory: unspanned("4GiB"),
        }
    }
}

impl QueryConfig {
    /// Bytes of text that a result may have.
    pub fn result_bytes(&self) -> u64 {
        bytes(self.max_result.as_ref()).unwrap_or(u64::MAX)
    }

    /// Bytes of address space that the process may have.
    pub fn memory_bytes(&self) -> u64 {
        bytes(self.max_memory.as_ref()).unwrap_or(u64::MAX)
    }
}

impl Default for LandingConfig {
    fn default() -> Self {
        Self {
            path: "landing".into(),
            settle_seconds: 5,
            leave_files: false,
            archive: "archive".into(),
            largest_file: unspanned("16GiB"),
        }
    }
}

impl Default for RetentionConfig {
    fn default() -> Self {
        Self {
            rejected_days: 90,
            accepted_days: 30,
        }
    }
}

impl Default for ReportsConfig {
    fn default() -> Self {
        Self {
            path: "reports".into(),
            link: unspanned(""),
        }
    }
}

impl Default for MailConfig {
    fn default() -> Self {
        Self {
            transport: Transport::File,
            path: "mail".into(),
            from: unspanned("daybook@localhost.localdomain"),
            smtp: None,
        }
    }
}

/// The JSON Schema of `daybook.toml`, for its reference.
pub fn schema() -> Schema {
    schemars::schema_for!(Config)
}

fn unspanned(text: &str) -> Spanned<String> {
    Spanned::new(0..0, text.to_owned())
}

fn default_marking() -> String {
    "OFFICIAL-SENSITIVE".to_owned()
}

fn default_zone() -> Spanned<String> {
    unspanned("Europe/London")
}

impl Config {
    /// Reads and checks `daybook.toml` of a deployment folder. Relative paths
    /// in it become paths below that folder.
    pub fn load(dir: &Path) -> Result<Self, Problems> {
        let source = Source::read(dir, Path::new(FILE))?;
        let mut config: Self = source.parse()?;
        let problems = config.problems(&source);
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        for path in [
            &mut config.store.path,
            &mut config.landing.path,
            &mut config.landing.archive,
            &mut config.reports.path,
            &mut config.mail.path,
        ] {
            *path = dir.join(&path);
        }
        let problems = places::problems(&config, dir, &source);
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(Problems(problems))
        }
    }

    /// The force's zone; `load` has already refused an unknown one.
    pub fn tz(&self) -> Tz {
        self.zone
            .as_ref()
            .parse()
            .unwrap_or(chrono_tz::Europe::London)
    }

    /// The store as a query opens it: the database has half of the query's
    /// memory, so that it spills to disk before the machine refuses it more.
    pub fn store_of_queries(&self) -> StoreConfig {
        let mut store = self.store.clone();
        let half = self.query.memory_bytes() / 2;
        if bytes(store.memory_limit.as_ref()).is_none_or(|limit| limit > half) {
            store.memory_limit = unspanned(&format!("{}KiB", half / 1024));
        }
        store
    }

    fn problems(&self, source: &Source) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.zone.as_ref().parse::<Tz>().is_err() {
            problems.push(source.problem(
                self.zone.span(),
                "unknown time zone; expected an IANA name such as \"Europe/London\"",
            ));
        }
        for size in [
            &self.store.memory_limit,
            &self.store.temp_limit,
            &self.landing.largest_file,
            &self.query.max_result,
            &self.query.max_memory,
        ] {
            if bytes(size.as_ref()).is_none() {
                problems.push(source.problem(
                    size.span(),
                    "not a size; expected a number and a unit, such as \"2GiB\"",
                ));
            }
        }
        for address in self.recipients.values().flatten().chain([&self.mail.from]) {
            if !is_address(address.as_ref()) {
                problems.push(source.problem(
                    address.span(),
                    "not a mail address; expected name@domain, without a name beside it",
                ));
            }
        }
        let link = &self.reports.link;
        if !link.as_ref().is_empty() && !is_web_address(link.as_ref()) {
            problems.push(source.problem(
                link.span(),
                "not a web address; expected one such as \"https://daybook.force.example\", or none",
            ));
        }
        if !(1..=LONGEST_QUERY).contains(self.query.max_seconds.as_ref()) {
            problems.push(source.problem(
                self.query.max_seconds.span(),
                format!("expected seconds from 1 to {LONGEST_QUERY}, a day"),
            ));
        }
        if bytes(self.query.max_memory.as_ref()).is_some_and(|most| most < LEAST_MEMORY) {
            problems.push(source.problem(
                self.query.max_memory.span(),
                "expected at least \"1GiB\": the program and the database take some of it \
                 before a query starts",
            ));
        }
        if self.store.threads == 0 {
            problems.push(source.problem_at("threads", "expected at least 1 thread"));
        }
        if let Some(smtp) = &self.mail.smtp {
            problems.extend(smtp.problems(source));
        }
        if self.mail.transport == Transport::Smtp && self.mail.smtp.is_none() {
            problems.push(source.problem_at(
                "transport",
                "transport is \"smtp\" but there is no [mail.smtp] with a host",
            ));
        }
        problems
    }
}

/// Whether a text is an address that a mail's reader can open.
pub fn is_web_address(text: &str) -> bool {
    let host = ["https://", "http://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    let Some(host) = host.and_then(|rest| rest.split(['/', '?', '#']).next()) else {
        return false;
    };
    let (host, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    host.split('.').all(is_part)
        && port.parse::<u16>().is_ok_and(|port| port > 0)
        && text
            .chars()
            .all(|c| c.is_ascii_graphic() && !"<>\"\\^`{|}".contains(c))
}

/// Seconds that no query runs longer than.
const LONGEST_QUERY: u64 = 24 * 60 * 60;

/// Bytes that a query needs before it asks anything.
const LEAST_MEMORY: u64 = 1 << 30;

/// A size such as `2GiB` in bytes; none for what is no size.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u32 = match &text[digits.len()..] {
        "KiB" | "KB" => 1,
        "MiB" | "MB" => 2,
        "GiB" | "GB" => 3,
        "TiB" | "TB" => 4,
        _ => return None,
    };
    let base: f64 = if text.ends_with("iB") { 1024.0 } else { 1000.0 };
    let number: f64 = digits.trim().parse().ok()?;
    let size = number * base.powi(i32::try_from(unit).ok()?);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between one and what a number of bytes can hold"
    )]
    (1.0..1e18).contains(&size).then_some(size as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Config, Problems> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), text).unwrap();
        Config::load(dir.path())
    }

    #[test]
    fn the_file_that_init_writes_is_valid_and_equals_the_defaults() {
        let config = load(DEFAULT_TEXT).unwrap();
        assert_eq!(config.tz(), chrono_tz::Europe::London);
        assert_eq!(config.store.threads, StoreConfig::default().threads);
        assert_eq!(config.marking, default_marking());
        let query = QueryConfig::default();
        assert_eq!(
            config.query.max_seconds.as_ref(),
            query.max_seconds.as_ref()
        );
        assert_eq!(config.query.result_bytes(), query.result_bytes());
        assert_eq!(config.query.memory_bytes(), query.memory_bytes());
        assert_eq!(config.landing.settle_seconds, 5);
        assert_eq!(config.mail.transport, Transport::File);
    }

    #[test]
    fn every_problem_is_told_with_line_column_and_text() {
        let text = "force = \"X\"\nzone = \"Europe/Londn\"\n\n[store]\nmemory_limit = \"lots\"\n";
        let problems = load(text).unwrap_err().to_string();
        assert!(
            problems.contains("daybook.toml:2:8: zone = \"Europe/Londn\""),
            "{problems}"
        );
        assert!(
            problems.contains("daybook.toml:5:16: memory_limit = \"lots\""),
            "{problems}"
        );
    }

    #[test]
    fn an_address_that_no_mail_could_go_to_is_told_at_its_place() {
        let text = "force = \"X\"\n[mail]\nfrom = \"D <d@x.uk>\"\n[recipients]\n\
            leadership = [\"ok@x.uk\", \"a..b@x.uk\"]\nofficers = [\"a@-x\"]\n";
        let problems = load(text).unwrap_err().0;
        let places: Vec<(usize, usize)> = problems.iter().map(|p| (p.line, p.column)).collect();
        assert_eq!(places, [(5, 26), (6, 13), (3, 8)], "{problems:?}");
    }

    #[test]
    fn a_size_is_a_number_and_a_unit() {
        assert_eq!(bytes("64MiB"), Some(64 * 1024 * 1024));
        assert_eq!(bytes("1.5 KB"), Some(1_500));
        for wrong in [
            "",
            "64",
            "MiB",
            "-1GiB",
            "0KB",
            "nanGiB",
            "infGiB",
            "1GIB",
            "9999999TiB",
        ] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_database_has_half_of_a_querys_memory_at_most() {
        let limit = |text: &str| {
            let config = load(&format!("force = \"X\"\n{text}")).unwrap();
            config.store_of_queries().memory_limit.into_inner()
        };
        assert_eq!(limit(""), "2GiB");
        assert_eq!(limit("[store]\nmemory_limit = \"16GiB\"\n"), "2097152KiB");
        assert_eq!(limit("[query]\nmax_memory = \"1GiB\"\n"), "524288KiB");
    }

    #[test]
    fn bounds_of_a_query_that_cannot_be_are_told() {
        for (key, value) in [
            ("max_seconds", "0"),
            ("max_seconds", "86401"),
            ("max_result", "\"much\""),
            ("max_memory", "\"100MiB\""),
        ] {
            let text = format!("force = \"X\"\n[query]\n{key} = {value}\n");
            let problems = load(&text).unwrap_err().to_string();
            let place = format!("daybook.toml:3:{}: {key} = {value}", key.len() + 4);
            assert!(problems.contains(&place), "{problems}");
        }
    }

    #[test]
    fn unknown_keys_are_all_named() {
        let text = "force = \"X\"\nmarkng = \"Y\"\n[store]\npaht = \"z\"\nthreads = 1\n";
        let problems = load(text).unwrap_err();
        assert_eq!(problems.0.len(), 2, "{problems}");
        assert!(
            problems.to_string().contains("daybook.toml:2:1"),
            "{problems}"
        );
        assert!(
            problems.to_string().contains("daybook.toml:4:1"),
            "{problems}"
        );
    }
}
