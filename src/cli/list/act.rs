//! `daybook list decide`, `close`, and the marks on a person: what officers and
//! reviewers record. Nothing here prints a name.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;

use super::decisions::{Meant, tell_state};
use crate::cli;
use crate::cli::output::{self, Usage};
use crate::clock::Clock;
use crate::config::Config;
use crate::harm::decisions::close::close;
use crate::harm::decisions::decide::{self, Refused, Wish};
use crate::harm::decisions::marks::{self, Mark};
use crate::harm::decisions::{self, Verdict, file};
use crate::model::account_name::AccountName;
use crate::model::act::Act;
use crate::model::nominal_id::NominalId;
use crate::model::reason::Reason;
use crate::store::Store;

#[derive(Debug, Args)]
pub(super) struct Decide {
    /// Nominal id, current or merged.
    #[arg(requires = "decision", requires = "reason")]
    nominal: Option<NominalId>,
    /// accept, defer or reject.
    decision: Option<Verdict>,
    /// Why, in at most 2,000 characters.
    #[arg(long)]
    reason: Option<Reason>,
    /// A CSV file with the columns `nominal_id,decision,reason`: all rows or none.
    #[arg(long, conflicts_with_all = ["nominal", "decision", "reason"])]
    file: Option<PathBuf>,
    /// Account with the role authorising-officer.
    #[arg(long)]
    by: AccountName,
    #[command(flatten)]
    meant: Meant,
}

impl Decide {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        match (&self.file, &self.nominal, self.decision, &self.reason) {
            (Some(path), ..) => {
                let wishes = file::read(path)?;
                self.record(dir, &wishes.wishes).map_err(|error| {
                    match error.downcast_ref::<Refused>() {
                        Some(refused) => wishes.problems(refused).into(),
                        None => error,
                    }
                })
            }
            (None, Some(nominal), Some(verdict), Some(reason)) => {
                let wish = Wish {
                    nominal: nominal.clone(),
                    verdict,
                    reason: reason.clone(),
                };
                self.record(dir, &[wish])
            }
            _ => Err(Usage(
                "say whom and what: NOMINAL accept|defer|reject --reason TEXT, or --file"
                    .to_owned(),
            )
            .into()),
        }
    }

    fn record(&self, dir: &Path, wishes: &[Wish]) -> Result<()> {
        let store = open(dir)?;
        let list = decisions::find(store.connection(), self.meant.which())?;
        let decided = decide::decide(&store, &list, wishes, now(&self.by))?;
        for (nominal, wish) in decided.iter().zip(wishes) {
            output::line(format!(
                "{nominal} {} on list {} by {}",
                wish.verdict.past(),
                list.list_id,
                self.by
            ))?;
        }
        tell_state(&store, &list)
    }
}

#[derive(Debug, Args)]
pub(super) struct Close {
    /// Why people are left undecided, in at most 2,000 characters.
    #[arg(long)]
    reason: Reason,
    /// Account with the role authorising-officer.
    #[arg(long)]
    by: AccountName,
    #[command(flatten)]
    meant: Meant,
}

impl Close {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let store = open(dir)?;
        let list = decisions::find(store.connection(), self.meant.which())?;
        let closed = close(&store, &list, &self.reason, now(&self.by))?;
        output::line(format!("list {} closed by {}", list.list_id, closed.by))?;
        if !closed.undecided.is_empty() {
            output::line(format!("left undecided: {}", closed.undecided.join(", ")))?;
        }
        tell_state(&store, &list)
    }
}

#[derive(Debug, Args)]
pub(super) struct MarkPerson {
    /// Nominal id, current or merged.
    nominal: NominalId,
    /// Why, in at most 2,000 characters.
    #[arg(long)]
    reason: Reason,
    /// Account with the role for it: authorising-officer, or
    /// specialist-reviewer to review.
    #[arg(long)]
    by: AccountName,
}

impl MarkPerson {
    pub(super) fn run(&self, dir: &Path, mark: Mark) -> Result<()> {
        let store = open(dir)?;
        let marked = marks::mark(&store, &self.nominal, mark, &self.reason, now(&self.by))?;
        let (person, by) = (&marked.person_id, &self.by);
        output::line(match mark {
            Mark::CounterReviewed => format!(
                "the counter-allegations of {person} are reviewed by {by}: {}",
                marked.covers.join(", ")
            ),
            _ => format!("{person} is {} now, by {by}", mark.as_str()),
        })
    }
}

fn open(dir: &Path) -> Result<Store> {
    let config = Config::load(dir)?;
    if !config.store.path.exists() {
        bail!("there is no database yet; run `daybook run nightly-ingest` first");
    }
    Store::open(&config.store)
}

fn now(by: &AccountName) -> Act<'_> {
    cli::act(by, Clock::System.now())
}
