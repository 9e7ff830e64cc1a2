//! `daybook list`: the harm list, and why someone is where they are.

mod act;
mod actions;
mod compare;
mod decisions;
mod evaluate;
mod fairness;
mod look;
mod verify;

use std::path::Path;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::cli::asker::Asker;
use crate::cli::output::Printed;
use crate::config::Config;
use crate::harm::decisions::marks::Mark;
use crate::model::as_of::AsOf;
use crate::model::nominal_id::NominalId;
use crate::store::Store;

#[derive(Debug, Args)]
pub struct List {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The list of a date, or the newest
    Show {
        /// Date of the list; the newest when left out.
        #[arg(long)]
        as_of: Option<AsOf>,
        #[command(flatten)]
        printed: Printed,
        /// Show this many ranks beyond the list.
        #[arg(long, default_value_t = 0)]
        beyond: u32,
        #[command(flatten)]
        asker: Asker,
    },
    /// Every allegation behind one person's score
    Explain {
        /// Nominal id, current or merged.
        nominal: Option<NominalId>,
        /// The person at this rank.
        #[arg(long, conflicts_with = "nominal")]
        rank: Option<u32>,
        /// Date of the list; the newest when left out.
        #[arg(long)]
        as_of: Option<AsOf>,
        #[command(flatten)]
        printed: Printed,
        #[command(flatten)]
        asker: Asker,
    },
    /// Two lists side by side: who is where, and what they were made from
    Compare(compare::Compare),
    /// Make past lists again from what was known then, and compare
    Verify(verify::Verify),
    /// What the lists did: concentration, persistence, harm and arrests after
    Evaluate(evaluate::Evaluate),
    /// What was done about the people of the list, and what came of it
    Actions(actions::Actions),
    /// The rate of each group at each stage, against all others
    Fairness(fairness::Fairness),
    /// What is decided, by whom and why; what is awaited; the override rate
    Decisions(decisions::Decisions),
    /// Accept, defer or reject a person, or everyone in a file
    Decide(act::Decide),
    /// Close a list with the people left undecided
    Close(act::Close),
    /// Record that the accuracy of a person's record is disputed
    Dispute(act::MarkPerson),
    /// Record that a dispute is resolved
    Resolve(act::MarkPerson),
    /// Keep a person from disclosure
    Restrict(act::MarkPerson),
    /// Let a restricted person be disclosed again
    Unrestrict(act::MarkPerson),
    /// Record a specialist's review of a person's counter-allegations
    ReviewCounter(act::MarkPerson),
}

impl List {
    pub fn run(&self, dir: &Path) -> Result<()> {
        let open = || Store::open_existing(&Config::load(dir)?.store);
        match &self.action {
            Action::Show {
                as_of,
                printed,
                beyond,
                asker,
            } => look::show(&open()?, asker, *as_of, printed.format(), *beyond),
            Action::Explain {
                nominal,
                rank,
                as_of,
                printed,
                asker,
            } => {
                let whom = (nominal.as_ref(), *rank);
                look::explain(&open()?, asker, whom, *as_of, printed.format())
            }
            Action::Compare(command) => command.run(dir),
            Action::Verify(command) => command.run(dir),
            Action::Evaluate(command) => command.run(&open()?),
            Action::Actions(command) => command.run(dir),
            Action::Fairness(command) => command.run(dir),
            Action::Decisions(command) => command.run(dir),
            Action::Decide(command) => command.run(dir),
            Action::Close(command) => command.run(dir),
            Action::Dispute(command) => command.run(dir, Mark::Contested),
            Action::Resolve(command) => command.run(dir, Mark::Settled),
            Action::Restrict(command) => command.run(dir, Mark::Restricted),
            Action::Unrestrict(command) => command.run(dir, Mark::Unrestricted),
            Action::ReviewCounter(command) => command.run(dir, Mark::CounterReviewed),
        }
    }
}
