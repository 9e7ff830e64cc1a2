//! How `daybook index` tells its figures to people.

use std::collections::BTreeMap;

use anyhow::Result;

use super::show::{Named, Shown};
use crate::cli::output::{self, Format};
use crate::harm::index::basket::Condition;
use crate::harm::index::coverage::{Class, Code, Coverage, DataCover};
use crate::harm::index::diff::{Change, Difference};
use crate::harm::index::weights::{Basis, Shares};
use crate::report::sentence::index;
use crate::table::{Cell, Column, Table};

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
        None => output::line("Nothing has been accepted yet: no allegations to hold it against"),
        Some(data) => data_cover(data),
    }
}

pub(super) fn difference(difference: &Difference) -> Result<()> {
    output::line(difference)?;
    table(&table_of_changes(difference))
}

pub(super) fn table_of_changes(difference: &Difference) -> Table {
    let columns = vec![
        Column::words("what"),
        Column::code("code"),
        Column::figure("from days"),
        Column::figure("to days"),
        Column::figure("%"),
        Column::figure("allegations"),
        Column::words("title"),
    ];
    let row = |kind: &str, change: &Change| {
        let percent = change
            .change_percent
            .map(|percent| Cell::new(format!("{percent:+}")).read_as(percent));
        vec![
            Cell::new(kind),
            Cell::of(&change.ho_code),
            Cell::maybe(change.from_days),
            Cell::maybe(change.to_days),
            percent.unwrap_or_default(),
            Cell::maybe(change.allegations),
            Cell::new(match change.for_title.as_str() {
                "" => change.title.clone(),
                title => format!("{} [{title}]", change.title),
            }),
        ]
    };
    let kinds = [
        ("changed", &difference.changed),
        ("removed", &difference.removed),
        ("added", &difference.added),
    ];
    let rows = kinds
        .into_iter()
        .flat_map(|(kind, changes)| changes.iter().map(move |change| row(kind, change)));
    Table::of(columns, rows.collect())
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

pub(super) fn table_of_editions(shown: &[Shown]) -> Table {
    let mut columns = vec![
        Column::code("edition"),
        Column::words("used"),
        Column::figure("rows"),
    ];
    columns.extend(["published", "guideline", "analogue"].map(Column::figure));
    columns.extend([Column::code("sha256"), Column::number("import")]);
    let row = |one: &Shown| {
        let of = |basis| one.held.bases.get(&basis).copied().unwrap_or(0);
        let mut cells = vec![
            Cell::of(&one.held.name),
            Cell::maybe(one.used),
            Cell::of(one.held.rows),
        ];
        cells.extend(Basis::ALL.map(|basis| Cell::of(of(basis))));
        let hash = &one.held.sha256;
        cells.push(Cell::new(&hash[..12]).read_as(hash));
        cells.push(Cell::maybe(
            one.imports.first().map(|import| import.import_id),
        ));
        cells
    };
    Table::of(columns, shown.iter().map(row).collect())
}

pub(super) fn editions(shown: &[Shown]) -> Result<()> {
    table(&table_of_editions(shown))?;
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
    shares(&data.rests_on)?;
    named_codes(data)
        .into_iter()
        .try_for_each(|(title, codes)| codes_of(title, codes))
}

/// What weights rest on, and how much of the harm.
fn shares(rests_on: &Shares) -> Result<()> {
    match index::rests_on(rests_on) {
        Some(told) => output::line(told),
        None => Ok(()),
    }
}

/// Codes that are told one by one, and what they are.
fn named_codes(data: &DataCover) -> [(&'static str, &[Code]); 3] {
    [
        ("Unscored", &data.unscored),
        (
            "Codes that the basket does not name",
            &data.not_in_basket_table,
        ),
        ("Retired codes", &data.aliased),
    ]
}

fn codes_of(title: &str, codes: &[Code]) -> Result<()> {
    if codes.is_empty() {
        return Ok(());
    }
    output::line(format!("{title}:"))?;
    let rows = codes.iter().map(|code| code_row(title, code)).collect();
    table(&Table::of(code_columns(), rows))
}

/// Every code that is told, for programs.
pub(super) fn table_of_codes(found: &Coverage) -> Table {
    let named = found.data.iter().flat_map(named_codes);
    let rows = named.flat_map(|(title, codes)| codes.iter().map(move |code| code_row(title, code)));
    Table::of(code_columns(), rows.collect())
}

fn code_columns() -> Vec<Column> {
    vec![
        Column::words("what").in_data_only(),
        Column::code("code"),
        Column::code("led to"),
        Column::figure("allegations"),
        Column::words("title"),
    ]
}

fn code_row(what: &str, code: &Code) -> Vec<Cell> {
    let led = (code.index_code != code.ho_code).then_some(&code.index_code);
    vec![
        Cell::new(what),
        Cell::of(&code.ho_code),
        Cell::maybe(led),
        Cell::of(code.allegations),
        Cell::of(&code.title),
    ]
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

pub(super) fn basket(named: &Named<'_>) -> Result<()> {
    let summary = named.summary;
    let use_of = if named.is_in_use {
        "the list and the measures count by it"
    } else {
        "basket in jobs/harm-list/job.toml would have the list and the measures count by it"
    };
    output::line(format!("Basket {}, {}: {use_of}.", named.name, named.file))?;
    table(&table_of_groups(named))?;
    output::line(format!("sha256 {}", summary.sha256))?;
    match &summary.lists {
        None => output::line("No list has been made with this version."),
        Some(lists) => output::line(format!(
            "{} lists were made with this version since {}, as of {} to {}.",
            lists.lists, lists.in_use_since, lists.first_as_of, lists.latest_as_of
        )),
    }
}

pub(super) fn table_of_groups(named: &Named<'_>) -> Table {
    let mut columns = vec![Column::words("group"), Column::figure("codes")];
    columns.extend(Condition::ALL.map(|condition| Column::figure(condition.as_str())));
    let row = |name: &str, of: &BTreeMap<Condition, usize>| {
        let mut cells = vec![Cell::new(name), Cell::of(of.values().sum::<usize>())];
        cells.extend(Condition::ALL.map(|condition| Cell::maybe(of.get(&condition))));
        cells
    };
    let groups = named.summary.groups.iter();
    let mut rows: Vec<_> = groups.map(|(name, of)| row(name, of)).collect();
    rows.push(row("all", &named.summary.conditions));
    Table::of(columns, rows)
}

/// A table that has something to say.
fn table(table: &Table) -> Result<()> {
    if table.rows.is_empty() {
        return Ok(());
    }
    output::table(table, Format::Table)
}
