//! `daybook index show`, `coverage`, `diff` and `basket`.

use std::path::Path;

use anyhow::{Result, bail};
use clap::Args;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{measure, read_store, settings, window};
use crate::cli::output::{self, Format};
use crate::harm::index::basket::{self, Condition, Summary};
use crate::harm::index::coverage::{self, Class, Code};
use crate::harm::index::diff::{self, Change, Difference};
use crate::harm::index::editions::{self, Held};
use crate::harm::index::imports::{self, Import};
use crate::harm::index::weights::Basis;
use crate::harm::index::{Reference, coverage::DataCover};
use crate::schedule::context::Deployment;
use crate::store::query::Table;

#[derive(Debug, Args)]
pub(super) struct Show {
    /// One edition
    edition: Option<String>,
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Coverage {
    /// The edition that lists rank on, unless another is named
    #[arg(long)]
    edition: Option<String>,
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Diff {
    from: String,
    to: String,
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Basket {
    #[arg(long)]
    json: bool,
}

/// An edition with what the ledger knows of it.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    held: Held,
    /// `ranks`, `compared` or nothing.
    used: Option<&'static str>,
    /// Newest first.
    imports: Vec<Import>,
}

impl Show {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let store = read_store(&deployment)?;
        let imports = store.map_or_else(|| Ok(Vec::new()), |s| imports::all(s.connection()))?;
        let settings = settings(&deployment);
        let used = |name: &String| match name {
            name if *name == settings.edition => Some("ranks"),
            name if settings.compare_editions.contains(name) => Some("compared"),
            _ => None,
        };
        let mut shown: Vec<Shown> = editions::held(dir)?
            .into_iter()
            .map(|held| Shown {
                used: used(&held.name),
                imports: imports
                    .iter()
                    .filter(|i| i.edition == held.name)
                    .cloned()
                    .collect(),
                held,
            })
            .collect();
        if let Some(wanted) = &self.edition {
            let names: Vec<String> = shown.iter().map(|one| one.held.name.clone()).collect();
            shown.retain(|one| one.held.name == *wanted);
            if shown.is_empty() {
                bail!(
                    "there is no edition {wanted:?}; there are {}",
                    names.join(", ")
                );
            }
        }
        if self.json {
            output::json(&shown)
        } else {
            tell_editions(&shown)
        }
    }
}

impl Coverage {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let store = read_store(&deployment)?;
        let edition = self
            .edition
            .clone()
            .unwrap_or_else(|| settings(&deployment).edition);
        editions::weights(dir, &edition)?;
        let found = measure(&deployment, store.as_ref(), &edition)?;
        if self.json {
            output::json(&found)
        } else {
            tell_coverage(&found)
        }
    }
}

impl Diff {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let from = editions::weights(dir, &self.from)?;
        let to = editions::weights(dir, &self.to)?;
        let mut difference = diff::compare(&from, &to);
        if let Some(store) = read_store(&deployment)? {
            let reference = Reference::load(dir, &self.to, &[])?;
            let window = window(&deployment, &store)?;
            let touched = coverage::by_index_code(&reference, store.connection(), &window)?;
            if let Some(touched) = touched {
                difference.touch(&touched);
            }
        }
        if self.json {
            output::json(&difference)
        } else {
            tell_difference(&difference)
        }
    }
}

impl Basket {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let store = read_store(&deployment)?;
        let reference = Reference::load(dir, &settings(&deployment).edition, &[])?;
        let connection = store.as_ref().map(crate::store::Store::connection);
        let summary = basket::summarise(&reference, connection)?;
        if self.json {
            output::json(&summary)
        } else {
            tell_basket(&summary)
        }
    }
}

pub(super) fn tell_coverage(found: &coverage::Coverage) -> Result<()> {
    let basket = &found.basket;
    output::line(format!(
        "{} weighs {} of the {} codes of the basket that can count",
        found.edition, basket.weighed, basket.codes
    ))?;
    for doubt in &found.alias_doubts {
        output::line(format!("Alias: {doubt}"))?;
    }
    match &found.data {
        None => output::line("Nothing has been taken in yet: no allegations to hold it against"),
        Some(data) => tell_data(data),
    }
}

pub(super) fn tell_difference(difference: &Difference) -> Result<()> {
    output::line(difference)?;
    let days = |days: Option<Decimal>| days.map(|days| days.to_string());
    let row = |kind: &str, change: &Change| {
        vec![
            Some(kind.to_owned()),
            Some(change.ho_code.clone()),
            days(change.from_days),
            days(change.to_days),
            change.change_percent.map(|percent| format!("{percent:+}")),
            change.allegations.map(|count| count.to_string()),
            Some(change.title.clone()),
        ]
    };
    let kinds = [
        ("changed", &difference.changed),
        ("removed", &difference.removed),
        ("added", &difference.added),
    ];
    let rows = kinds
        .into_iter()
        .flat_map(|(kind, changes)| changes.iter().map(move |change| row(kind, change)))
        .collect();
    table(
        &[
            "what",
            "code",
            "from days",
            "to days",
            "%",
            "allegations",
            "title",
        ],
        &[2, 3, 4, 5],
        rows,
    )
}

fn tell_editions(shown: &[Shown]) -> Result<()> {
    let row = |one: &Shown| {
        let of = |basis| one.held.bases.get(&basis).copied().unwrap_or(0).to_string();
        let mut cells = vec![
            Some(one.held.name.clone()),
            one.used.map(ToOwned::to_owned),
            Some(one.held.rows.to_string()),
        ];
        cells.extend(Basis::ALL.map(|basis| Some(of(basis))));
        cells.push(Some(one.held.sha256[..12].to_owned()));
        cells.push(
            one.imports
                .first()
                .map(|import| import.import_id.to_string()),
        );
        cells
    };
    let columns = [
        "edition",
        "used",
        "rows",
        "published",
        "guideline",
        "analogue",
        "sha256",
        "import",
    ];
    table(&columns, &[2, 3, 4, 5, 7], shown.iter().map(row).collect())?;
    for one in shown {
        if let Some(problems) = &one.held.problems {
            output::line(format!("{} is broken: {problems}", one.held.name))?;
        }
        for (place, import) in one.imports.iter().enumerate() {
            let is_newest = place == 0;
            let changed = is_newest && import.csv_sha256 != one.held.sha256;
            output::line(format!(
                "import {} of {} on {} by {}: {} (sha256 {}), {} rows, {} codes, {} conflicts by {}{}",
                import.import_id,
                import.edition,
                import.imported_at.date(),
                import.imported_by,
                import.file_name,
                &import.sha256[..12],
                import.rows_read,
                import.codes,
                import.conflicts_solved,
                import.policy,
                if changed {
                    "; the file was changed since"
                } else {
                    ""
                }
            ))?;
        }
    }
    Ok(())
}

fn tell_data(data: &DataCover) -> Result<()> {
    let window = &data.window;
    output::line(format!(
        "{} allegations {} from {} to {}:",
        data.allegations, window.by, window.from, window.to
    ))?;
    for (class, tally) in &data.classes {
        output::line(format!(
            "  {}: {} of {} codes",
            words(*class),
            tally.allegations,
            tally.codes
        ))?;
    }
    tell_codes("Unscored", &data.unscored)?;
    tell_codes(
        "Codes that the basket does not name",
        &data.not_in_basket_table,
    )?;
    tell_codes("Retired codes", &data.aliased)
}

fn tell_codes(title: &str, codes: &[Code]) -> Result<()> {
    if codes.is_empty() {
        return Ok(());
    }
    output::line(format!("{title}:"))?;
    let row = |code: &Code| {
        let led = (code.index_code != code.ho_code).then(|| code.index_code.clone());
        vec![
            Some(code.ho_code.clone()),
            led,
            Some(code.allegations.to_string()),
            Some(code.title.clone()),
        ]
    };
    table(
        &["code", "led to", "allegations", "title"],
        &[2],
        codes.iter().map(row).collect(),
    )
}

fn words(class: Class) -> &'static str {
    match class {
        Class::Scored => "scored",
        Class::Aliased => "scored under the code that a retired one is led to",
        Class::Unscored => "unscored: in the basket, no weight",
        Class::Proactive => "found by police activity, left out",
        Class::ConditionNotMet => "in the basket, its condition not met",
        Class::OutsideBasket => "outside the basket",
        Class::NotInBasketTable => "of a code that the basket does not name",
        Class::Withdrawn => "cancelled or transferred",
    }
}

fn tell_basket(summary: &Summary) -> Result<()> {
    let row = |name: &str, of: &std::collections::BTreeMap<Condition, usize>| {
        let mut cells = vec![
            Some(name.to_owned()),
            Some(of.values().sum::<usize>().to_string()),
        ];
        cells.extend(Condition::ALL.map(|condition| of.get(&condition).map(ToString::to_string)));
        cells
    };
    let mut rows: Vec<_> = summary
        .groups
        .iter()
        .map(|(name, of)| row(name, of))
        .collect();
    rows.push(row("all", &summary.conditions));
    let mut columns = vec!["group", "codes"];
    columns.extend(Condition::ALL.map(Condition::as_str));
    table(&columns, &[1, 2, 3, 4, 5, 6], rows)?;
    output::line(format!("sha256 {}", summary.sha256))?;
    match &summary.lists {
        None => output::line("No list has been made with this version."),
        Some(lists) => output::line(format!(
            "{} lists were made with this version since {}, as of {} to {}.",
            lists.lists, lists.in_use_since, lists.first_as_of, lists.latest_as_of
        )),
    }
}

fn table(columns: &[&str], figures: &[usize], rows: Vec<Vec<Option<String>>>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    output::table(
        &Table {
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            is_plain: (0..columns.len()).map(|at| figures.contains(&at)).collect(),
            rows,
        },
        Format::Table,
    )
}
