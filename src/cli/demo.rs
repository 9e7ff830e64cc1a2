//! `daybook demo`: a whole deployment on synthetic London, from landing to
//! mailbox, in one command.

mod decisions;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use chrono::{Datelike, Months, NaiveDate};
use clap::Args;
use daybook_synth::Plan;

use super::init;
use super::output::{self, Usage};
use super::progress::Progress;
use crate::clock::{Clock, Stopwatch};
use crate::config::{self, Config};
use crate::model::as_of::AsOf;
use crate::schedule::context::{Context, Deployment};
use crate::schedule::ledger::Trigger;
use crate::schedule::runner::{self, RunSummary};
use crate::schedule::stop::Stop;
use crate::store::Store;

#[derive(Debug, Args)]
pub struct Demo {
    /// Folder to make; an earlier demo in it is replaced.
    #[arg(default_value = "daybook-demo")]
    folder: PathBuf,
    /// The morning to show; today when left out.
    #[arg(long)]
    as_of: Option<AsOf>,
    /// People named as suspects in the last 365 days.
    #[arg(long, default_value_t = 36_000)]
    suspects: u32,
    /// The same seed makes the same London.
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

/// Marks a folder as a demo's, which the next demo may replace.
const MARKER: &str = ".daybook-demo";
/// Whole months, so that a rolling year is known for each of the months shown.
const MONTHS_OF_DATA: u32 = 36;
const NIGHTS: u32 = 14;
/// One for each month that measures show, so that people accepted are followed
/// for a year and longer.
const MONTHLY_LISTS: u32 = 24;

impl Demo {
    pub fn run(&self) -> Result<()> {
        let stopwatch = Stopwatch::start();
        let as_of = self
            .as_of
            .unwrap_or_else(|| AsOf(Clock::System.today(chrono_tz::Europe::London)));
        self.make_folder()?;
        let deployment = Deployment::load(&self.folder)?;
        self.write_landing(&deployment.config, as_of)?;
        let store = deployment.open_store()?;
        let ledger = store.sibling()?;
        let stage = Stage {
            deployment: &deployment,
            store: &store,
            ledger: &ledger,
        };
        stage.tell("nightly-ingest", as_of)?;
        for date in list_dates(as_of) {
            stage.run("harm-list", AsOf(date))?;
        }
        stage.tell("harm-list", as_of)?;
        decisions::record(&store, Clock::System.now().naive_utc())?
            .iter()
            .try_for_each(output::line)?;
        stage.tell("commitment-measures", as_of)?;
        stage.tell("morning-briefing", as_of)?;
        stage.tell("commitment-scorecard", as_of)?;
        stage.tell("harm-list-pack", as_of)?;
        stage.tell("operations-report", as_of)?;
        store.checkpoint()?;
        output::line(format!(
            "done in {:.0} s",
            stopwatch.elapsed().as_secs_f64()
        ))?;
        self.tell_next()
    }

    fn make_folder(&self) -> Result<()> {
        let folder = &self.folder;
        if folder.join(MARKER).exists() {
            replace(folder)?;
        } else if folder
            .read_dir()
            .is_ok_and(|mut entries| entries.next().is_some())
        {
            let message = format!(
                "{} is not empty and not a demo's; nothing was written",
                folder.display()
            );
            return Err(Usage(message).into());
        }
        let settings = config::DEFAULT_TEXT
            .replace("force = \"Example Force\"", "force = \"Synthetic London\"")
            .replace("synthetic = false", "synthetic = true");
        init::write(folder, &settings)?;
        std::fs::write(
            folder.join(MARKER),
            "Made by `daybook demo`, which may replace this folder.\n",
        )?;
        Ok(())
    }

    fn write_landing(&self, config: &Config, as_of: AsOf) -> Result<()> {
        let plan = Plan {
            suspects: self.suspects,
            from: first_of_month(as_of) - Months::new(MONTHS_OF_DATA),
            to: as_of.0,
            seed: self.seed,
            nights: NIGHTS,
            dirty_share: 0.002,
        };
        let bar = Progress::start("synthetic London");
        let summary = daybook_synth::write(&plan, &config.landing.path, &mut |done, total| {
            bar.at("", done, total);
        })?;
        bar.finish();
        let rows: u64 = summary.files.iter().map(|file| file.rows).sum();
        let dirty: u64 = summary.files.iter().map(|file| file.dirty).sum();
        output::line(format!(
            "synthetic London, {} to {as_of}, seed {}: {} files, {rows} rows, {dirty} of them damaged on purpose",
            plan.from,
            plan.seed,
            summary.files.len()
        ))?;
        copy_published(&config.landing.path)
    }

    fn tell_next(&self) -> Result<()> {
        let folder = self.folder.display();
        output::line("next:")?;
        output::line(format!("  daybook list show --dir {folder}"))?;
        output::line(format!("  daybook list explain --rank 7 --dir {folder}"))?;
        output::line(format!("  daybook list decisions --dir {folder}"))?;
        output::line(format!("  daybook ingest status --dir {folder}"))?;
        output::line(format!("  daybook jobs next --dir {folder}"))
    }
}

/// Takes an earlier demo away, unless something still works on it.
fn replace(folder: &Path) -> Result<()> {
    if let Ok(earlier) = Config::load(folder)
        && earlier.store.path.exists()
    {
        Store::open_read_only(&earlier.store)
            .context("the earlier demo is still in use; nothing was changed")?;
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let removed = if path.is_dir() {
            std::fs::remove_dir_all(&path)
        } else {
            std::fs::remove_file(&path)
        };
        removed.with_context(|| format!("cannot replace the earlier demo: {}", path.display()))?;
    }
    Ok(())
}

/// The first of each of the last months, and the morning itself: the
/// programme's monthly lists, so that movement has something to move from.
fn list_dates(as_of: AsOf) -> Vec<NaiveDate> {
    (0..MONTHLY_LISTS)
        .rev()
        .map(|back| first_of_month(as_of) - Months::new(back))
        .filter(|date| *date < as_of.0)
        .collect()
}

fn first_of_month(as_of: AsOf) -> NaiveDate {
    as_of.0.with_day(1).unwrap_or(as_of.0)
}

/// The bundled table of published figures lands like any other file.
fn copy_published(landing: &Path) -> Result<()> {
    let folder = config::DEFAULT_JOBS
        .get_dir("nightly-ingest/published")
        .context("the published figures are part of the program")?;
    let is_extract = |path: &Path| path.extension().is_some_and(|ending| ending != "md");
    for file in folder.files().filter(|file| is_extract(file.path())) {
        let path = landing.join(file.path().file_name().unwrap_or_default());
        std::fs::write(&path, file.contents())
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

struct Stage<'a> {
    deployment: &'a Deployment,
    store: &'a Store,
    ledger: &'a Store,
}

impl Stage<'_> {
    fn tell(&self, name: &str, as_of: AsOf) -> Result<()> {
        let story = self.run(name, as_of)?;
        output::line(format!("{name}: {}", story.headline))?;
        story
            .details
            .iter()
            .try_for_each(|detail| output::line(format!("  {detail}")))
    }

    fn run(&self, name: &str, as_of: AsOf) -> Result<RunSummary> {
        let job = self
            .deployment
            .jobs
            .get(name)
            .with_context(|| format!("the default job {name} is missing"))?;
        let bar = Progress::start(name);
        let context = Context {
            deployment: self.deployment,
            store: self.store,
            clock: Clock::System,
            stop: &Stop::default(),
            progress: &|what, done, total| bar.at(what, done, total),
        };
        let outcome = runner::run(
            &context,
            self.ledger,
            job,
            &runner::slot_of(job, as_of),
            Trigger::Command,
        );
        bar.finish();
        outcome
    }
}
