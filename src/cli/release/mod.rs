//! `daybook release`: public releases, from the day they are announced to what
//! was issued.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Subcommand};

use super::output::{self, Format};
use crate::clock::Clock;
use crate::harm::accounts::{self, Role};
use crate::measures::results;
use crate::model::account_name::AccountName;
use crate::model::as_of::AsOf;
use crate::publication::calendar::{self, Planned};
use crate::publication::draft::{self, Choices, Draft};
use crate::publication::issued::{self, Act, Texts};
use crate::report::query::public_release;
use crate::report::view::render::public_release as render;
use crate::schedule::context::Deployment;
use crate::store::Store;
use crate::store::query::Table;

#[derive(Debug, Args)]
pub struct Release {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Announce a release: its name and the day on which it is due
    Plan {
        /// Such as "October 2026".
        name: String,
        #[arg(long, value_name = "DATE")]
        due: AsOf,
        /// An account with the role publisher.
        #[arg(long)]
        by: AccountName,
    },
    /// Every release, with the day on which it is due and that of its issue
    List {
        #[arg(long)]
        json: bool,
    },
    /// What a release would say, hold back and leave out; issues nothing
    Preview(Preview),
    /// Issue a release: keep it in the ledger and write its page and figures
    Issue(Issue),
    /// Write an issued release's page and figures again
    Show {
        name: String,
        /// Folder; releases/<name> of the deployment when left out.
        #[arg(long)]
        to: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
struct Preview {
    name: String,
    #[command(flatten)]
    what: What,
    /// Print the figures as CSV instead.
    #[arg(long)]
    csv: bool,
}

#[derive(Debug, Args)]
struct Issue {
    name: String,
    /// An account with the role publisher.
    #[arg(long)]
    by: AccountName,
    #[command(flatten)]
    what: What,
}

#[derive(Debug, Args)]
struct What {
    /// Figures as evaluated for this date; the newest when left out.
    #[arg(long)]
    as_of: Option<AsOf>,
    /// Keep back what would reveal a count together with an earlier release.
    #[arg(long)]
    withhold: bool,
    /// Leave a measure out, by its id; may be given again.
    #[arg(long, value_name = "ID")]
    leave_out: Vec<String>,
}

impl Release {
    pub fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        match &self.action {
            Action::Plan { name, due, by } => plan(&deployment, name, due.0, by),
            Action::List { json } => list(&deployment, *json),
            Action::Preview(preview) => preview.run(&deployment),
            Action::Issue(issue) => issue.run(&deployment),
            Action::Show { name, to } => {
                let store = Store::open_read_only(&deployment.config.store)?;
                let texts = issued::texts(store.connection(), name)?;
                write(&deployment, name, to.as_deref(), &texts)
            }
        }
    }
}

fn plan(deployment: &Deployment, name: &str, due: NaiveDate, by: &AccountName) -> Result<()> {
    let store = deployment.open_store()?;
    let today = Clock::System.today(deployment.config.tz());
    store.transaction(|tx| {
        accounts::require(tx, by, Role::Publisher)?;
        calendar::plan(tx, name, due, today)
    })?;
    output::line(format!("{name}: due on {due}"))
}

fn list(deployment: &Deployment, json: bool) -> Result<()> {
    let store = Store::open_read_only(&deployment.config.store)?;
    let all = calendar::all(store.connection())?;
    if json {
        return output::json(&all);
    }
    let columns = ["release", "due", "issued", "by", "figures as of"];
    let local = |planned: &Planned| {
        let at = planned.issued_at?.and_utc();
        let at = at.with_timezone(&deployment.config.tz());
        Some(at.format("%Y-%m-%d %H:%M").to_string())
    };
    let rows = all
        .iter()
        .map(|planned| {
            vec![
                Some(planned.name.clone()),
                Some(planned.due_on.to_string()),
                local(planned),
                planned.issued_by.clone(),
                planned.as_of.map(|date| date.to_string()),
            ]
        })
        .collect();
    output::table(
        &Table {
            columns: columns.map(ToOwned::to_owned).to_vec(),
            rows,
            is_plain: vec![false; columns.len()],
        },
        Format::Table,
    )
}

impl What {
    fn draft(&self, deployment: &Deployment, store: &Store, name: &str) -> Result<Draft> {
        let definitions = &deployment.measures.definitions;
        if let Some(unknown) = self
            .leave_out
            .iter()
            .find(|id| definitions.iter().all(|definition| definition.id != **id))
        {
            bail!("no measure has the id {unknown:?}; see `daybook measures`; nothing was changed");
        }
        let as_of = match self.as_of {
            Some(as_of) => as_of,
            None => results::newest(store.connection())?.context(
                "no measure has been evaluated yet; run `daybook run commitment-measures`",
            )?,
        };
        let choices = Choices {
            withhold: self.withhold,
            leave_out: self.leave_out.clone(),
        };
        draft::draft(store.connection(), definitions, name, as_of, &choices)
    }
}

impl Preview {
    fn run(&self, deployment: &Deployment) -> Result<()> {
        let store = Store::open_read_only(&deployment.config.store)?;
        let planned = calendar::named(store.connection(), &self.name)?;
        let draft = self.what.draft(deployment, &store, &self.name)?;
        if self.csv {
            let texts = texts(deployment, &store, &planned, &draft, Clock::System.now())?;
            return output::line(texts.figures.trim_end());
        }
        tell(&planned, &draft)?;
        match draft.refused.len() {
            0 if draft.sections.is_empty() => bail!("no figure can be published"),
            0 => output::line("Nothing was issued; `daybook release issue` would."),
            refused => bail!("{refused} would be refused; nothing can be issued like this"),
        }
    }
}

impl Issue {
    fn run(&self, deployment: &Deployment) -> Result<()> {
        let store = deployment.open_store()?;
        let at = Clock::System.now();
        let (draft, texts) = store.transaction(|tx| {
            accounts::require(tx, &self.by, Role::Publisher)?;
            let planned = calendar::named(tx, &self.name)?;
            let draft = self.what.draft(deployment, &store, &self.name)?;
            let texts = texts(deployment, &store, &planned, &draft, at)?;
            let act = Act {
                by: &self.by,
                at: at.naive_utc(),
            };
            issued::issue(tx, &self.name, &draft, &texts, act)?;
            Ok((draft, texts))
        })?;
        let planned = calendar::named(store.connection(), &self.name)?;
        tell(&planned, &draft)?;
        write(deployment, &self.name, None, &texts)
    }
}

/// The page and the figures of a draft, as of the moment of its issue.
fn texts(
    deployment: &Deployment,
    store: &Store,
    planned: &Planned,
    draft: &Draft,
    at: DateTime<Utc>,
) -> Result<Texts> {
    let config = &deployment.config;
    let issued_on = at.with_timezone(&config.tz()).date_naive();
    let next = calendar::all(store.connection())?
        .into_iter()
        .find(|other| other.issued_at.is_none() && other.due_on > planned.due_on);
    let next = next.map(|next| next.due_on);
    let view = public_release::view(config, planned, draft, issued_on, next);
    Ok(Texts {
        page: render::html(&view)?,
        figures: render::csv(&view)?,
    })
}

fn tell(planned: &Planned, draft: &Draft) -> Result<()> {
    output::line(format!(
        "{}, due on {}, from figures as of {}:",
        planned.name, planned.due_on, draft.as_of
    ))?;
    for section in &draft.sections {
        let cells = &section.release.cells;
        let hidden = cells.iter().filter(|cell| cell.exact.is_none()).count();
        output::line(format!(
            "  {} {}, {} to {}: {} figures, {hidden} hidden, {} of them withheld",
            section.subject,
            section.definition.name,
            section.from.format("%Y-%m"),
            section.to.format("%Y-%m"),
            cells.len(),
            section.withheld
        ))?;
    }
    for (what, all) in [("left out", &draft.left_out), ("refused", &draft.refused)] {
        for one in all {
            output::line(format!(
                "  {} {}: {what}: {}",
                one.subject, one.title, one.reason
            ))?;
        }
    }
    Ok(())
}

fn write(deployment: &Deployment, name: &str, to: Option<&Path>, texts: &Texts) -> Result<()> {
    let slug = name.to_lowercase().replace(' ', "-");
    let folder = to.map_or_else(
        || deployment.dir.join("releases").join(slug),
        Path::to_path_buf,
    );
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    for (file, text) in [
        ("release.html", &texts.page),
        ("figures.csv", &texts.figures),
    ] {
        let path = folder.join(file);
        std::fs::write(&path, text).with_context(|| {
            format!(
                "cannot write {}; `daybook release show` writes it again",
                path.display()
            )
        })?;
        output::line(format!("  {}", path.display()))?;
    }
    Ok(())
}
