//! `jobs/<job>/job.toml`: when a job runs, what it does, who gets the result.

use std::collections::BTreeMap;
use std::path::Path;

use chrono_tz::Tz;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use toml::Spanned;

use super::due::Schedule;
use crate::config::Config;
use crate::config::problem::{Problem, Problems, Source};
use crate::harm::settings::ListSettings;
use crate::measures::settings::MeasureSettings;

/// A checked job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Name of its folder.
    pub name: String,
    pub title: String,
    pub action: Action,
    pub is_enabled: bool,
    pub schedule: Schedule,
}

/// What running a job does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Takes in what has landed and rebuilds the warehouse.
    Ingest,
    HarmList(ListSettings),
    Measures(MeasureSettings),
    Report {
        kind: ReportKind,
        to: Vec<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReportKind {
    /// The night, the list by number, the measures, and how far to trust them.
    MorningBriefing,
    /// Every measure of every commitment.
    CommitmentScorecard,
    /// The list with names and explanations, for authorised officers.
    HarmListPack,
    /// What arrived, how it was judged, and how the night's jobs ended.
    OperationsReport,
}

impl ReportKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MorningBriefing => "morning-briefing",
            Self::CommitmentScorecard => "commitment-scorecard",
            Self::HarmListPack => "harm-list-pack",
            Self::OperationsReport => "operations-report",
        }
    }
}

/// When a job runs, what it does, and who gets the result.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct JobFile {
    /// The job, as reports print it.
    title: String,
    /// What running it does.
    action: ActionName,
    /// Whether the schedule runs it; `daybook run` does either way.
    #[serde(default = "yes")]
    enabled: bool,
    schedule: ScheduleFile,
    /// Rules of the harm list; only where the action is `harm-list`.
    list: Option<ListSettings>,
    /// How measures are evaluated; only where the action is `measures`.
    measures: Option<MeasureSettings>,
    /// Which report; needed where the action is `report`, and only there.
    report: Option<ReportFile>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum ActionName {
    /// Takes in what has landed and rebuilds the warehouse.
    Ingest,
    /// Ranks the harm list.
    HarmList,
    /// Evaluates the commitment measures.
    Measures,
    /// Renders a report and queues its mails.
    Report,
}

/// When the job is due.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ScheduleFile {
    /// Minute, hour, day of month, month, day of week: `10 4 * * *`.
    #[schemars(with = "String")]
    cron: Spanned<String>,
    /// IANA zone that the pattern speaks of; left out, the force's own.
    #[schemars(with = "Option<String>")]
    zone: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReportFile {
    /// Which report.
    kind: ReportKind,
    /// Lists of `[recipients]` in `daybook.toml` that its mail goes to.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    to: Vec<Spanned<String>>,
}

/// The JSON Schema of `job.toml`, for its reference.
pub fn schema() -> Schema {
    schemars::schema_for!(JobFile)
}

fn yes() -> bool {
    true
}

/// Reads every job of a deployment, in order of name, and tells every problem
/// of all of them.
pub fn load_all(dir: &Path, config: &Config) -> Result<BTreeMap<String, Job>, Problems> {
    let folder = dir.join("jobs");
    let entries = std::fs::read_dir(&folder).map_err(|error| {
        Problem::whole(
            "jobs",
            format!("cannot be read: {error}; `daybook init` writes the default jobs"),
        )
    })?;
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    let mut jobs = BTreeMap::new();
    let mut problems = Vec::new();
    for name in names {
        let loaded = Source::read(dir, Path::new(&format!("jobs/{name}/job.toml")))
            .and_then(|source| parse(&name, &source, config));
        match loaded {
            Ok(job) => {
                jobs.insert(name, job);
            }
            Err(found) => problems.extend(found.0),
        }
    }
    if problems.is_empty() {
        Ok(jobs)
    } else {
        Err(Problems(problems))
    }
}

/// Parses and checks one job.
pub fn parse(name: &str, source: &Source, config: &Config) -> Result<Job, Problems> {
    let file: JobFile = source.parse()?;
    let mut problems = Vec::new();
    let zone = zone(&file.schedule, source, config, &mut problems);
    let schedule = Schedule::parse(file.schedule.cron.as_ref(), zone)
        .map_err(|message| problems.push(source.problem(file.schedule.cron.span(), message)));
    let action = action(&file, source, config, &mut problems);
    match (schedule, action) {
        (Ok(schedule), Some(action)) if problems.is_empty() => Ok(Job {
            name: name.to_owned(),
            title: file.title,
            action,
            is_enabled: file.enabled,
            schedule,
        }),
        _ => Err(Problems(problems)),
    }
}

fn zone(file: &ScheduleFile, source: &Source, config: &Config, problems: &mut Vec<Problem>) -> Tz {
    let Some(named) = &file.zone else {
        return config.tz();
    };
    named.as_ref().parse().unwrap_or_else(|_| {
        problems.push(source.problem(
            named.span(),
            "unknown time zone; expected an IANA name such as \"Europe/London\"",
        ));
        config.tz()
    })
}

fn action(
    file: &JobFile,
    source: &Source,
    config: &Config,
    problems: &mut Vec<Problem>,
) -> Option<Action> {
    if file.list.is_some() && file.action != ActionName::HarmList {
        problems.push(source.problem_at(
            "action",
            "[list] belongs to a job whose action is \"harm-list\"",
        ));
    }
    if file.report.is_some() && file.action != ActionName::Report {
        problems.push(source.problem_at(
            "action",
            "[report] belongs to a job whose action is \"report\"",
        ));
    }
    if file.measures.is_some() && file.action != ActionName::Measures {
        problems.push(source.problem_at(
            "action",
            "[measures] belongs to a job whose action is \"measures\"",
        ));
    }
    match file.action {
        ActionName::Ingest => Some(Action::Ingest),
        ActionName::Measures => {
            let settings = file.measures.unwrap_or_default();
            problems.extend(settings.problems(source));
            Some(Action::Measures(settings))
        }
        ActionName::HarmList => {
            let settings = file.list.clone().unwrap_or_default();
            problems.extend(
                settings
                    .problems()
                    .into_iter()
                    .map(|(key, message)| source.problem_at(key, message)),
            );
            Some(Action::HarmList(settings))
        }
        ActionName::Report => report(file.report.as_ref(), source, config, problems),
    }
}

fn report(
    file: Option<&ReportFile>,
    source: &Source,
    config: &Config,
    problems: &mut Vec<Problem>,
) -> Option<Action> {
    let Some(report) = file else {
        problems.push(source.problem_at("action", "a report job needs [report] with its kind"));
        return None;
    };
    for name in &report.to {
        if !config.recipients.contains_key(name.as_ref()) {
            let known: Vec<&str> = config.recipients.keys().map(String::as_str).collect();
            problems.push(source.problem(
                name.span(),
                format!(
                    "no such list in [recipients] of daybook.toml; there are {}",
                    known.join(", ")
                ),
            ));
        }
    }
    Some(Action::Report {
        kind: report.kind,
        to: report.to.iter().map(|name| name.as_ref().clone()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        toml::from_str("force = \"X\"\n[recipients]\nleadership = [\"a@b\"]\n").unwrap()
    }

    fn job(text: &str) -> Result<Job, Problems> {
        parse("j", &Source::new("jobs/j/job.toml", text), &config())
    }

    #[test]
    fn every_problem_of_a_job_is_told_at_its_place() {
        let text = "title = \"T\"\naction = \"report\"\n[schedule]\ncron = \"61 2 * * *\"\nzone = \"Mars\"\n[report]\nkind = \"morning-briefing\"\nto = [\"leaders\"]\n";
        let problems = job(text).unwrap_err().0;
        let places: Vec<(usize, usize)> = problems.iter().map(|p| (p.line, p.column)).collect();
        assert_eq!(places, [(5, 8), (4, 8), (8, 7)], "{problems:?}");
    }

    #[test]
    fn an_unknown_key_is_an_error() {
        let text =
            "title = \"T\"\naction = \"ingest\"\nretrys = 3\n[schedule]\ncron = \"1 2 * * *\"\n";
        let problems = job(text).unwrap_err().0;
        assert_eq!((problems[0].line, problems.len()), (3, 1), "{problems:?}");
    }

    #[test]
    fn list_settings_have_defaults() {
        let text = "title = \"T\"\naction = \"harm-list\"\n[schedule]\ncron = \"1 2 1 * *\"\n[list]\nsize = 50\n";
        let Action::HarmList(settings) = job(text).unwrap().action else {
            panic!()
        };
        assert_eq!((settings.size, settings.window_days), (50, 365));
    }
}
