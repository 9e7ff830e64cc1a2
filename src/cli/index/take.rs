//! `daybook index import`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::{measure, tell};
use crate::cli;
use crate::cli::output::{self, Usage};
use crate::clock::Clock;
use crate::harm::index::import::{self, Done, Imported};
use crate::harm::index::reading::{Conflicts, Wanted};
use crate::model::account_name::AccountName;
use crate::schedule::context::Deployment;

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The official workbook (.xlsx), or a table (.csv) with the columns
    /// `ho_code,for_title,title,days,basis,source,note`
    file: PathBuf,
    /// The workbook's year, such as 2026; for a table, its name
    #[arg(long)]
    edition: String,
    /// An account with the role data-steward
    #[arg(long)]
    by: AccountName,
    /// Which score of a code whose rows disagree stands for a title that no row has
    #[arg(long, value_enum, default_value = "refuse")]
    conflicts: Rule,
    /// Table (`ho_code,title`) that names the row of each such code
    #[arg(long)]
    titles: Option<PathBuf>,
    /// Put it in the place of an edition that differs
    #[arg(long)]
    replace: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Rule {
    /// None: every conflict is told and nothing is imported
    Refuse,
    Highest,
    Lowest,
    /// The row with the title that --titles names
    ByTitle,
}

impl Import {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let conflicts = self.rule()?;
        let deployment = Deployment::load(dir)?;
        let store = deployment.open_store()?;
        let imported = import::import(
            &store,
            &Wanted {
                dir,
                file: &self.file,
                edition: &self.edition,
                conflicts,
                replace: self.replace,
                act: cli::act(&self.by, Clock::System.now()),
            },
        )?;
        tell_import(&imported)?;
        tell::coverage(&measure(
            &deployment,
            Some(&store),
            &imported.import.edition,
        )?)?;
        tell_next(&deployment, &imported)
    }

    fn rule(&self) -> Result<Conflicts<'_>> {
        let is_table = self
            .file
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("csv"));
        match (self.conflicts, &self.titles) {
            (Rule::Refuse, None) => Ok(Conflicts::Refuse),
            _ if is_table => Err(Usage(
                "a table holds each code and title once: --conflicts and --titles are for the workbook"
                    .to_owned(),
            )
            .into()),
            (Rule::Highest, None) => Ok(Conflicts::Highest),
            (Rule::Lowest, None) => Ok(Conflicts::Lowest),
            (Rule::ByTitle, Some(path)) => Ok(Conflicts::ByTitle(path)),
            (Rule::ByTitle, None) => {
                Err(Usage("--conflicts by-title needs --titles FILE.csv".to_owned()).into())
            }
            (_, Some(_)) => Err(Usage("--titles needs --conflicts by-title".to_owned()).into()),
        }
    }
}

fn tell_import(imported: &Imported) -> Result<()> {
    let import = &imported.import;
    if let Some(edition) = &imported.repaired {
        output::line(format!(
            "{edition}: an earlier import was ended before its file was written; it is written now"
        ))?;
    }
    let done = match imported.done {
        Done::Written => "written",
        Done::Replaced => "replaced",
        Done::Recorded => "held the same already; the import is recorded",
        Done::Unchanged => "imported before, nothing was changed",
    };
    output::line(format!(
        "{}: {done} (import {}, {} from {}, sha256 {})",
        import.edition,
        import.import_id,
        import.imported_at.date(),
        import.file_name,
        &import.sha256[..12]
    ))?;
    output::line(format!(
        "{} rows read: {} codes, {} of them with rows that disagreed ({}); {} rows without a code, {} without a score",
        import.rows_read,
        import.codes,
        import.conflicts_solved,
        import.policy,
        import.rows_without_code,
        import.rows_without_score
    ))?;
    tell::some(&imported.left_out)?;
    if imported.by_title > 0 {
        output::line(format!(
            "{} titles weigh otherwise than their code and have a weight of their own; another \
             title of the code takes the code's",
            imported.by_title
        ))?;
    }
    some_of(
        "rows rejected: their cells contradict each other",
        &imported.rejected,
    )?;
    some_of(
        "scores stand that their own starting points contradict; decide, and say so in the edition's note",
        &imported.doubts,
    )?;
    if !imported.other_sheets.is_empty() {
        output::line(format!(
            "Not read: sheets {}",
            imported.other_sheets.join(", ")
        ))?;
    }
    if !imported.spare_choices.is_empty() {
        output::line(format!(
            "Titles that no conflict asked for: {}",
            imported.spare_choices.join(", ")
        ))?;
    }
    match &imported.difference {
        Some(difference) => tell::difference(difference),
        None => Ok(()),
    }
}

fn some_of(what: &str, lines: &[String]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    output::line(format!("{} {what}:", lines.len()))?;
    tell::some(lines)
}

fn tell_next(deployment: &Deployment, imported: &Imported) -> Result<()> {
    let (ranks, edition) = (
        super::settings(deployment).edition,
        &imported.import.edition,
    );
    if ranks == *edition {
        return output::line(format!("Lists rank on {edition} from the next run on."));
    }
    output::line(format!(
        "Lists still rank on {ranks}. To change that, see `daybook index diff {ranks} {edition}` \
         and set edition = \"{edition}\" in jobs/harm-list/job.toml."
    ))
}
