//! The deployment folder's own settings: `daybook.toml`, typed and checked
//! before anything else happens. Absent keys have embedded defaults.

pub mod problem;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use serde::Deserialize;
use toml::Spanned;

use problem::{Problem, Problems, Source};

/// Name of the settings file that makes a folder a deployment.
pub const FILE: &str = "daybook.toml";

/// What `daybook init` writes: every setting with its default and a sentence.
pub const DEFAULT_TEXT: &str = include_str!("daybook.toml");

/// Everything a deployment folder says about itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Name of the force, as reports print it.
    pub force: String,
    /// Handling marking on every page and first in every mail's subject.
    #[serde(default = "default_marking")]
    pub marking: String,
    /// IANA zone that decides what a day is.
    #[serde(default = "default_zone")]
    pub zone: Spanned<String>,
    /// Says on every report that no real person or event is in it.
    #[serde(default)]
    pub synthetic: bool,
    #[serde(default)]
    pub store: StoreConfig,
    #[serde(default)]
    pub landing: LandingConfig,
    #[serde(default)]
    pub retention: RetentionConfig,
    #[serde(default)]
    pub reports: ReportsConfig,
    #[serde(default)]
    pub mail: MailConfig,
    /// Lists of mail addresses that jobs send to by name.
    #[serde(default)]
    pub recipients: BTreeMap<String, Vec<Spanned<String>>>,
}

/// The database file and what it may use of the machine.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    pub path: PathBuf,
    /// DuckDB's memory limit, such as `2GiB`.
    pub memory_limit: Spanned<String>,
    /// Most that may spill to disk, such as `8GiB`.
    pub temp_limit: Spanned<String>,
    pub threads: u16,
}

/// Where extracts arrive.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LandingConfig {
    pub path: PathBuf,
    /// A file without a manifest must lie unchanged this long, in seconds.
    pub settle_seconds: u32,
    /// Judged files stay where they are, for folders that are only read.
    pub leave_files: bool,
}

/// How long personal data is kept beside history.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionConfig {
    /// Days after which the values of rejected rows are forgotten and refused
    /// files removed; 0 keeps them.
    pub rejected_days: u32,
}

/// Where rendered reports go, and where readers find them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReportsConfig {
    pub path: PathBuf,
    /// Address of the pages, put into mails as the link; empty for none.
    pub link: String,
}

/// How mail leaves.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailConfig {
    pub transport: Transport,
    /// Folder for `.eml` files when the transport is `file`.
    pub path: PathBuf,
    pub from: Spanned<String>,
    pub smtp: Option<SmtpConfig>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// One `.eml` file per envelope.
    File,
    /// A mail server.
    Smtp,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    pub host: String,
    #[serde(default = "default_smtp_port")]
    pub port: u16,
    #[serde(default = "default_tls")]
    pub tls: Tls,
    /// Seconds a socket may stay silent before the attempt fails.
    #[serde(default = "default_smtp_timeout")]
    pub timeout_seconds: u16,
    pub user: Option<String>,
    /// Name of the environment variable that holds the password.
    pub password_env: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    None,
    Starttls,
    Wrapper,
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

impl Default for LandingConfig {
    fn default() -> Self {
        Self {
            path: "landing".into(),
            settle_seconds: 5,
            leave_files: false,
        }
    }
}

impl Default for RetentionConfig {
    fn default() -> Self {
        Self { rejected_days: 90 }
    }
}

impl Default for ReportsConfig {
    fn default() -> Self {
        Self {
            path: "reports".into(),
            link: String::new(),
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

fn unspanned(text: &str) -> Spanned<String> {
    Spanned::new(0..0, text.to_owned())
}

fn default_marking() -> String {
    "OFFICIAL-SENSITIVE".to_owned()
}

fn default_zone() -> Spanned<String> {
    unspanned("Europe/London")
}

fn default_smtp_port() -> u16 {
    587
}

fn default_tls() -> Tls {
    Tls::Starttls
}

fn default_smtp_timeout() -> u16 {
    45
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
            &mut config.reports.path,
            &mut config.mail.path,
        ] {
            *path = dir.join(&path);
        }
        Ok(config)
    }

    /// The force's zone; `load` has already refused an unknown one.
    pub fn tz(&self) -> Tz {
        self.zone
            .as_ref()
            .parse()
            .unwrap_or(chrono_tz::Europe::London)
    }

    fn problems(&self, source: &Source) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.zone.as_ref().parse::<Tz>().is_err() {
            problems.push(source.problem(
                self.zone.span(),
                "unknown time zone; expected an IANA name such as \"Europe/London\"",
            ));
        }
        for size in [&self.store.memory_limit, &self.store.temp_limit] {
            if !is_size(size.as_ref()) {
                problems.push(source.problem(
                    size.span(),
                    "not a size; expected a number and a unit, such as \"2GiB\"",
                ));
            }
        }
        for address in self.recipients.values().flatten().chain([&self.mail.from]) {
            if !is_address(address.as_ref()) {
                problems.push(
                    source.problem(address.span(), "not a mail address; expected name@domain"),
                );
            }
        }
        if self.store.threads == 0 {
            problems.push(source.problem_at("threads", "expected at least 1 thread"));
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

fn is_size(text: &str) -> bool {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &text[digits.len()..];
    digits.trim().parse::<f64>().is_ok_and(|n| n > 0.0)
        && ["KiB", "MiB", "GiB", "TiB", "KB", "MB", "GB", "TB"].contains(&unit)
}

/// Whether a text can stand as a mail address: something before one `@`, and
/// a domain after it. The mail library parses it in full when a mail is made.
fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && !text.chars().any(|c| c.is_whitespace() || c.is_control())
    })
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
