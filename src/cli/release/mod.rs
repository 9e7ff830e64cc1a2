//! `daybook release`: public releases, from the day they are announced to what
//! was issued.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Subcommand};

use super::act;
use super::output::{self, Format, Printed};
use crate::clock::Clock;
use crate::harm::accounts::{self, Role};
use crate::measures::results;
use crate::model::account_name::AccountName;
use crate::model::as_of::AsOf;
use crate::publication::calendar::{self, Planned};
use crate::publication::draft::{self, Choices, Draft};
use crate::publication::files;
use crate::publication::issued::{self, Texts};
use crate::report::query::public_release;
use crate::report::view::public_release::PublicRelease;
use crate::report::view::render::public_release as render;
use crate::schedule::context::Deployment;
use crate::store::Store;
use crate::table::{Cell, Column, Table};

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
        /// The day on which it is due.
        #[arg(long, value_name = "DATE")]
        due: AsOf,
        /// An account with the role publisher.
        #[arg(long)]
        by: AccountName,
    },
    /// Every release, with the day on which it is due and that of its issue
    List(Printed),
    /// What a release would say, hold back and leave out, for publishers only;
    /// issues nothing
    Preview(Preview),
    /// Issue a release: keep it in the ledger and write its page and figures
    Issue(Issue),
    /// Prove an issued release's page and figures, and write them again
    Show {
        /// Its name, as it was announced.
        name: String,
        /// Folder; releases/<name> of the deployment when left out.
        #[arg(long)]
        to: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
struct Preview {
    /// Its name, as it was announced.
    name: String,
    /// An account with the role publisher.
    #[arg(long)]
    by: AccountName,
    #[command(flatten)]
    what: What,
    /// As a table: what the release would say. As CSV and JSON: its figures.
    #[command(flatten)]
    printed: Printed,
    /// The same as --format csv.
    #[arg(long, conflicts_with_all = ["format", "json"])]
    csv: bool,
}

#[derive(Debug, Args)]
struct Issue {
    /// Its name, as it was announced.
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
            Action::List(printed) => list(&deployment, printed.format()),
            Action::Preview(preview) => preview.run(&deployment),
            Action::Issue(issue) => issue.run(&deployment),
            Action::Show { name, to } => {
                let store = Store::open_read_only(&deployment.config.store)?;
                let today = Clock::System.today(deployment.config.tz());
                let texts = issued::texts(store.connection(), name, today)?;
                let own = folder(&deployment, name);
                files::check(&own, &texts)?;
                write(to.as_deref().unwrap_or(&own), &texts)
            }
        }
    }
}

fn plan(deployment: &Deployment, name: &str, due: NaiveDate, by: &AccountName) -> Result<()> {
    let store = deployment.open_store()?;
    let today = Clock::System.today(deployment.config.tz());
    let act = act(by, Clock::System.now());
    store.transaction(|tx| {
        accounts::require(tx, act, Role::Publisher)?;
        calendar::plan(tx, name, due, today, act)
    })?;
    output::line(format!("{name}: due on {due}"))
}

fn list(deployment: &Deployment, format: Format) -> Result<()> {
    let store = Store::open_read_only(&deployment.config.store)?;
    let all = calendar::all(store.connection())?;
    if format == Format::Json {
        return output::json(&all);
    }
    let local = |planned: &Planned| {
        let at = planned.issued_at?.and_utc();
        let at = at.with_timezone(&deployment.config.tz());
        Some(at.format("%Y-%m-%d %H:%M").to_string())
    };
    let rows = all
        .iter()
        .map(|planned| {
            vec![
                Cell::of(&planned.name),
                Cell::of(planned.due_on),
                Cell::from(local(planned)),
                Cell::maybe(planned.issued_by.as_ref()),
                Cell::maybe(planned.as_of),
            ]
        })
        .collect();
    let columns = vec![
        Column::words("release"),
        Column::date("due"),
        Column::date("issued"),
        Column::words("by"),
        Column::date("figures as of"),
    ];
    output::table(&Table::of(columns, rows), format)
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
        let act = act(&self.by, Clock::System.now());
        accounts::require(store.connection(), act, Role::Publisher)?;
        let planned = calendar::named(store.connection(), &self.name)?;
        let draft = self.what.draft(deployment, &store, &self.name)?;
        let format = if self.csv {
            Format::Csv
        } else {
            self.printed.format()
        };
        if format != Format::Table {
            let marked = Planned {
                name: format!("PREVIEW of {}, not for publication", planned.name),
                ..planned
            };
            let view = view(deployment, &store, &marked, &draft, Clock::System.now())?;
            return output::table(&render::figures(&view), format);
        }
        output::line("PREVIEW, not issued, not for publication:")?;
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
        let folder = folder(deployment, &self.name);
        let (draft, texts) = store.transaction(|tx| {
            let act = act(&self.by, at);
            accounts::require(tx, act, Role::Publisher)?;
            let planned = calendar::named(tx, &self.name)?;
            let today = at.with_timezone(&deployment.config.tz()).date_naive();
            // Told before the work of holding it against all earlier ones.
            planned.check_day(today)?;
            if planned.issued_at.is_none() {
                files::check_free(&folder)?;
            }
            let draft = self.what.draft(deployment, &store, &self.name)?;
            let texts = texts(deployment, &store, &planned, &draft, at)?;
            issued::issue(tx, &self.name, &draft, &texts, (act, today))?;
            Ok((draft, texts))
        })?;
        let planned = calendar::named(store.connection(), &self.name)?;
        tell(&planned, &draft)?;
        write(&folder, &texts)
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
    let view = view(deployment, store, planned, draft, at)?;
    Ok(Texts {
        page: render::html(&view)?,
        figures: render::csv(&view)?,
    })
}

fn view(
    deployment: &Deployment,
    store: &Store,
    planned: &Planned,
    draft: &Draft,
    at: DateTime<Utc>,
) -> Result<PublicRelease> {
    let config = &deployment.config;
    let issued_on = at.with_timezone(&config.tz()).date_naive();
    let next = calendar::all(store.connection())?
        .into_iter()
        .find(|other| other.issued_at.is_none() && other.due_on > planned.due_on);
    let next = next.map(|next| next.due_on);
    Ok(public_release::view(
        config, planned, draft, issued_on, next,
    ))
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

fn folder(deployment: &Deployment, name: &str) -> PathBuf {
    let releases = deployment.dir.join("releases");
    releases.join(calendar::folder(name))
}

fn write(folder: &Path, texts: &Texts) -> Result<()> {
    for path in files::write(folder, texts)? {
        output::line(format!("  {}", path.display()))?;
    }
    Ok(())
}
