//! What every job has at hand: the deployment, the database, the clock.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::definition::{self, Action, Job};
use super::stop::Stop;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::problem::{Problem, Problems};
use crate::harm::index::{Reference, editions};
use crate::harm::settings::ListSettings;
use crate::harm::sql::ListSql;
use crate::ingest::contract::{self, Contract};
use crate::measures::definition::{self as measure, Loaded};
use crate::measures::settings::MeasureSettings;
use crate::store::Store;
use crate::warehouse::checks::{self, Check};
use crate::warehouse::models::{self, Model};

/// A deployment folder, read and checked as a whole.
pub struct Deployment {
    pub dir: PathBuf,
    pub config: Config,
    pub jobs: BTreeMap<String, Job>,
    pub contracts: Vec<Contract>,
    pub models: Vec<Model>,
    pub checks: Vec<Check>,
    /// Definitions that hold, and those that do not: they take nothing down.
    pub measures: Loaded,
}

impl Deployment {
    /// Reads everything and gathers every problem of all of it before
    /// anything is done.
    pub fn load(dir: &Path) -> Result<Self, Problems> {
        let config = Config::load(dir)?;
        let mut problems = Vec::new();
        let mut keep = |found: Problems| problems.extend(found.0);
        let jobs = definition::load_all(dir, &config).map_err(&mut keep).ok();
        let contracts = contract::load_all(dir).map_err(&mut keep).ok();
        let folder = "jobs/nightly-ingest";
        let models = models::load(dir, &format!("{folder}/models"), &layers(dir, folder))
            .map_err(&mut keep)
            .ok();
        let checks = checks::load(dir, &format!("{folder}/checks"))
            .map_err(&mut keep)
            .ok();
        match (jobs, contracts, models, checks) {
            (Some(jobs), Some(contracts), Some(models), Some(checks)) => Ok(Self {
                dir: dir.to_owned(),
                config,
                jobs,
                contracts,
                models,
                checks,
                measures: measure::load_all(dir),
            }),
            _ => Err(Problems(problems)),
        }
    }

    /// Reads what the jobs will read, so that a broken table is found before
    /// the database is touched.
    pub fn check_tables(&self) -> Result<(), Problems> {
        let problems: Vec<Problem> = self
            .jobs
            .values()
            .filter_map(|job| match &job.action {
                Action::HarmList(settings) => self
                    .reference(settings)
                    .and_then(|_| ListSql::load(&self.dir))
                    .err()
                    .map(|error| as_problems(&job.name, error)),
                _ => None,
            })
            .flatten()
            .collect();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Problems(problems))
        }
    }

    /// The harm index and the basket that a list is made with.
    pub fn reference(&self, settings: &ListSettings) -> Result<Reference> {
        editions::check_named(&self.dir, settings)?;
        Reference::load(&self.dir, &settings.edition, &settings.compare_editions)
    }

    /// How the deployment's job evaluates the measures.
    pub fn measure_settings(&self) -> MeasureSettings {
        let of_job = self.jobs.values().find_map(|job| match &job.action {
            Action::Measures(settings) => Some(*settings),
            _ => None,
        });
        of_job.unwrap_or_default()
    }

    /// Opens the database; the folder has been found sound by then.
    pub fn open_store(&self) -> Result<Store> {
        Store::open(&self.config.store).context("the database could not be opened")
    }
}

/// The layers of models, left to right; a force may send nothing for a room.
fn layers(dir: &Path, folder: &str) -> Vec<&'static str> {
    let mut layers = vec!["staging", "core", "conduct"];
    layers.retain(|layer| *layer != "conduct" || dir.join(folder).join("models/conduct").is_dir());
    layers
}

/// Problems with a place stay as they are; anything else is told of the job.
fn as_problems(job: &str, error: anyhow::Error) -> Vec<Problem> {
    match error.downcast::<Problems>() {
        Ok(problems) => problems.0,
        Err(error) => vec![Problem::whole(format!("job {job}"), format!("{error:#}"))],
    }
}

/// What a step of a job works with.
pub struct Context<'a> {
    pub deployment: &'a Deployment,
    pub store: &'a Store,
    pub clock: Clock,
    pub stop: &'a Stop,
    /// Told (what, done, total) as work goes on.
    pub progress: &'a dyn Fn(&str, u64, u64),
}
