//! How `daybook index` tells its figures to people.

use std::collections::BTreeMap;

use anyhow::Result;
use rust_decimal::Decimal;

use super::show::Shown;
use crate::cli::output::{self, Format};
use crate::harm::index::basket::{Condition, Summary};
use crate::harm::index::coverage::{Class, Code, Coverage, DataCover};
use crate::harm::index::diff::{Change, Difference};
use crate::harm::index::weights::Basis;
use crate::store::query::Table;

/// Lines that are told one by one.
const MOST_TOLD: usize = 20;

pub(super) fn coverage(found: &Coverage) -> Result<()> {
    let basket = &found.basket;
    output::line(format!(
        "{} weighs {} of the {} codes of the basket that can count",
        found.edition, basket.weighed, basket.codes
    ))?;
    if !found.alias_doubts.is_empty() {
        output::line("Aliases that do not fit the edition:")?;
        some(&found.alias_doubts)?;
    }
    match &found.data {
        None => output::line("Nothing has been taken in yet: no allegations to hold it against"),
        Some(data) => data_cover(data),
    }
}

pub(super) fn difference(difference: &Difference) -> Result<()> {
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

/// The first lines, and the count of the rest.
pub(super) fn some(lines: &[String]) -> Result<()> {
    for told in lines.iter().take(MOST_TOLD) {
        output::line(format!("  {told}"))?;
    }
    match lines.len().saturating_sub(MOST_TOLD) {
        0 => Ok(()),
        more => output::line(format!("  and {more} more")),
    }
}

pub(super) fn editions(shown: &[Shown]) -> Result<()> {
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

fn data_cover(data: &DataCover) -> Result<()> {
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
    codes_of("Unscored", &data.unscored)?;
    codes_of(
        "Codes that the basket does not name",
        &data.not_in_basket_table,
    )?;
    codes_of("Retired codes", &data.aliased)
}

fn codes_of(title: &str, codes: &[Code]) -> Result<()> {
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

pub(super) fn basket(summary: &Summary) -> Result<()> {
    let row = |name: &str, of: &BTreeMap<Condition, usize>| {
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
