//! The command line: one file per command.
#![expect(clippy::print_stderr, reason = "this is where people read")]

pub mod account;
pub mod asker;
pub mod audit;
pub mod check;
pub mod demo;
pub mod index;
pub mod ingest;
pub mod init;
pub mod jobs;
pub mod list;
pub mod logging;
pub mod measures;
pub mod output;
pub mod progress;
pub mod query;
pub mod release;
pub mod run;
pub mod serve;
pub mod source;
pub mod synth;

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand};

use crate::config::access;
use crate::config::problem::Problems;
use crate::model::account_name::AccountName;
use crate::model::act::Act;
use crate::model::control_chars;
use crate::model::operator::Operator;
use crate::store::failure;

/// Overnight extracts in, the morning's briefing out.
#[derive(Debug, Parser)]
#[command(name = "daybook", version, about, max_term_width = 100)]
pub struct Arguments {
    /// Deployment folder.
    #[arg(long, global = true, default_value = ".")]
    dir: PathBuf,
    /// Write logs as JSON lines.
    #[arg(long, global = true)]
    log_json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write daybook.toml and the default jobs into a new deployment folder
    Init(init::Init),
    /// Build a whole deployment on synthetic data and render its reports
    Demo(demo::Demo),
    /// Check every file of the deployment and print every problem
    Check(check::Check),
    /// Run the enabled jobs at their times until told to stop
    Serve(serve::Serve),
    /// Run one job now
    Run(run::Run),
    /// Show jobs, when they are next due, and what became of their slots
    Jobs(jobs::Jobs),
    /// Take in the named files
    Ingest(ingest::Ingest),
    /// Draft a contract for files that no contract knows
    Source(source::Source),
    /// Show, explain and decide the harm list
    List(list::List),
    /// Show, preview and explain the commitment measures
    Measures(measures::Measures),
    /// Announce, preview and issue public releases
    Release(release::Release),
    /// Import, show and compare harm indexes, and show the VAWG basket
    Index(index::Index),
    /// Say who may decide, review and read
    Account(account::Account),
    /// Verify the record, and export what it holds of a person, an account or a time
    Audit(audit::Audit),
    /// Ask the database one SELECT, read-only
    Query(query::Query),
    /// Write synthetic London in the house format
    Synth(synth::Synth),
}

/// Runs the command. Exit code 0 is success, 1 a failure, 2 bad usage or bad
/// configuration.
pub fn run(arguments: &Arguments) -> ExitCode {
    let dir = arguments.dir.as_path();
    access::restrict(dir);
    let outcome = match &arguments.command {
        Command::Init(command) => command.run(),
        Command::Demo(command) => command.run(),
        Command::Check(command) => command.run(dir),
        Command::Serve(_) => serve::run(dir),
        Command::Run(command) => command.run(dir),
        Command::Jobs(command) => command.run(dir),
        Command::Ingest(command) => command.run(dir),
        Command::Source(command) => command.run(),
        Command::List(command) => command.run(dir),
        Command::Measures(command) => command.run(dir),
        Command::Release(command) => command.run(dir),
        Command::Index(command) => command.run(dir),
        Command::Account(command) => command.run(dir),
        Command::Audit(command) => command.run(dir),
        Command::Query(command) => command.run(dir),
        Command::Synth(command) => command.run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(failure::told_to_author(&error));
            let is_configuration = error
                .chain()
                .any(|cause| cause.is::<Problems>() || cause.is::<output::Usage>());
            ExitCode::from(if is_configuration { 2 } else { 1 })
        }
    }
}

/// What an account does by this command.
fn act(by: &AccountName, at: DateTime<Utc>) -> Act<'_> {
    Act {
        by,
        operator: Operator::current(),
        at: at.naive_utc(),
    }
}

impl Arguments {
    /// Reads the command line, or says what is wrong with it and ends the
    /// program with 2: what was typed, or a name that a shell put there, is told
    /// with nothing in it that a terminal would obey.
    #[must_use]
    pub fn read() -> Self {
        Self::try_parse().unwrap_or_else(|error| {
            if !error.use_stderr() {
                error.exit();
            }
            eprint!(
                "{}",
                control_chars::written_out(&error.render().to_string())
            );
            std::process::exit(error.exit_code());
        })
    }

    /// A daemon tells its runs; a command prints its own results.
    fn is_daemon(&self) -> bool {
        matches!(self.command, Command::Serve(_))
    }
}
