//! What every job has at hand: the deployment, the database, the clock.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::definition::{self, Action, Job};
use super::stop::Stop;
use crate::clock::Clock;
use crate::config::problem::{Problem, Problems, Source};
use crate::config::{Config, access};
use crate::harm::index::{Reference, editions, titles};
use crate::harm::settings::ListSettings;
use crate::harm::sql::ListSql;
use crate::ingest::contract;
use crate::ingest::contract::load::Broken;
use crate::ingest::contract::{Contract, Mode};
use crate::ingest::history::{self, Unready};
use crate::measures::definition::load::{self as measure, Loaded};
use crate::measures::settings::MeasureSettings;
use crate::measures::source_coverage;
use crate::store::Store;
use crate::warehouse::checks::{self, Check};
use crate::warehouse::models::{self, Model};

/// A deployment folder, read and checked as a whole.
pub struct Deployment {
    pub dir: PathBuf,
    pub config: Config,
    pub jobs: BTreeMap<String, Job>,
    pub contracts: Vec<Contract>,
    /// Contracts that do not hold: they stop their own files only.
    pub broken: Vec<Broken>,
    pub models: Vec<Model>,
    pub checks: Vec<Check>,
    /// Definitions that hold, and those that do not: they take nothing down.
    pub measures: Loaded,
}

impl Deployment {
    /// Reads everything and gathers every problem of all of it before
    /// anything is done. A contract or a measure that does not hold is kept
    /// with its problems; the others stand.
    pub fn load(dir: &Path) -> Result<Self, Problems> {
        let config = Config::load(dir)?;
        let mut problems = Vec::new();
        let mut keep = |found: Problems| problems.extend(found.0);
        let jobs = definition::load_all(dir, &config).map_err(&mut keep).ok();
        let jobs = jobs.filter(|jobs| match one_basket(dir, jobs) {
            Some(problem) => {
                keep(problem.into());
                false
            }
            None => true,
        });
        let contracts = contract::load::load_all(dir).map_err(&mut keep).ok();
        let folder = "jobs/nightly-ingest";
        let models = models::load(dir, &format!("{folder}/models"), &layers(dir, folder))
            .map_err(&mut keep)
            .ok();
        let checks = checks::load(dir, &format!("{folder}/checks"))
            .map_err(&mut keep)
            .ok();
        match (jobs, contracts, models, checks) {
            (Some(jobs), Some(loaded), Some(models), Some(checks)) => Ok(Self {
                measures: measure::load_all(dir, &names(&loaded)),
                dir: dir.to_owned(),
                config,
                jobs,
                contracts: loaded.contracts,
                broken: loaded.broken,
                models,
                checks,
            }),
            (_, loaded, _, _) => {
                let broken = loaded.into_iter().flat_map(|loaded| loaded.broken);
                problems.extend(broken.flat_map(|broken| broken.problems));
                Err(Problems(problems))
            }
        }
    }

    /// What is wrong with the contracts that do not hold.
    pub fn contract_problems(&self) -> Vec<Problem> {
        let broken = self.broken.iter();
        broken.flat_map(|broken| broken.problems.clone()).collect()
    }

    /// Holds unless other accounts of the machine can reach what is kept.
    pub fn check_access(&self) -> Result<(), Problems> {
        let problems = access::problems(&self.dir, &self.config);
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Problems(problems))
        }
    }

    /// Reads what the jobs will read, so that a broken table is found before
    /// the database is touched.
    pub fn check_tables(&self) -> Result<(), Problems> {
        let mut problems: Vec<Problem> = self
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
        if let Err(error) = titles::load(&self.dir) {
            problems.extend(as_problems("commitment-scorecard", error));
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Problems(problems))
        }
    }

    /// The harm index and the basket that a list is made with.
    pub fn reference(&self, settings: &ListSettings) -> Result<Reference> {
        editions::check_named(&self.dir, settings)?;
        Reference::load(
            &self.dir,
            settings.basket,
            &settings.edition,
            &settings.compare_editions,
        )
    }

    /// Sources of which a file with what changed is due every night, and those
    /// of which no contract says how often: a silence of theirs is no zero.
    pub fn nightly(&self) -> Vec<String> {
        // One that may by its own word be silent for longer has no such rhythm.
        let is_nightly = |contract: &&Contract| {
            contract.mode == Mode::Delta
                && contract.freshness.is_some_and(|freshness| {
                    let silence = i64::from(freshness.stale_after_hours);
                    freshness.due_by.is_some() && silence <= 24 * source_coverage::SILENCE_DAYS
                })
        };
        let nightly = self.contracts.iter().filter(is_nightly);
        let nightly = nightly.map(|contract| contract.name.clone());
        let broken = self.broken.iter().map(|broken| broken.name.clone());
        nightly.chain(broken).collect()
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

/// A basket of the measures that is not the list's: the warehouse holds one.
fn one_basket(dir: &Path, jobs: &BTreeMap<String, Job>) -> Option<Problem> {
    let of_list = jobs.values().find_map(|job| match &job.action {
        Action::HarmList(settings) => Some(settings.basket),
        _ => None,
    });
    let of_list = of_list.unwrap_or_default();
    jobs.values().find_map(|job| match &job.action {
        Action::Measures(settings) if settings.basket.is_some_and(|own| own != of_list) => {
            let file = format!("jobs/{}/job.toml", job.name);
            let message = format!(
                "the list counts by {of_list}, and one warehouse holds one basket; expected \
                 basket = \"{of_list}\", or none, which is the list's"
            );
            let source = Source::read(dir, Path::new(&file)).ok()?;
            Some(source.problem_at("basket", message))
        }
        _ => None,
    })
}

/// Every source that there is to be, whatever became of its contract.
fn names(loaded: &contract::load::Loaded) -> Vec<&str> {
    let sound = loaded.contracts.iter().map(|contract| &contract.name);
    let broken = loaded.broken.iter().map(|broken| &broken.name);
    sound.chain(broken).map(String::as_str).collect()
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

impl Context<'_> {
    /// Every source has its history table, so that relations and models find it,
    /// but for those that are given back: their contracts do not hold, by
    /// themselves or with what is kept.
    pub fn ensure_histories(&self) -> Result<Vec<Unready>> {
        let deployment = self.deployment;
        let mut unready = history::ensure_all(self.store, &deployment.contracts)?;
        unready.extend(deployment.broken.iter().map(|broken| {
            let problems: Vec<String> = broken.problems.iter().map(Problem::in_one_line).collect();
            Unready {
                source: broken.name.clone(),
                reason: problems.join("; "),
            }
        }));
        Ok(unready)
    }
}
