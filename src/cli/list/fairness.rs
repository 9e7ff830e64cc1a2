//! `daybook list fairness`: whether the list, and what follows it, falls alike
//! on groups of people.

use std::path::Path;

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use crate::cli::output::{self, Format, Printed};
use crate::config::Config;
use crate::harm::fairness::relative::Relative;
use crate::harm::fairness::suppression::Shown;
use crate::harm::fairness::{self, Dimension, Rate, Stage};
use crate::model::as_of::AsOf;
use crate::report::format;
use crate::report::sentence::fairness as sentence;
use crate::store::Store;
use crate::table::{Cell, Column, Table};

#[derive(Debug, Args)]
pub(super) struct Fairness {
    /// The lists up to this date; by default the date up to which the extracts
    /// speak.
    #[arg(long)]
    as_of: Option<AsOf>,
    #[command(flatten)]
    printed: Printed,
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    fairness: &'a fairness::Fairness,
    findings: Vec<String>,
    caution: String,
}

impl Fairness {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let config = Config::load(dir)?;
        let store = Store::open_read_only(&config.store)?;
        let held = fairness::take(store.connection(), self.as_of, config.tz())?;
        match self.printed.format() {
            Format::Json => output::json(&Answer {
                findings: held.dimensions.iter().map(sentence::finding).collect(),
                caution: sentence::multiplicity(&held),
                fairness: &held,
            }),
            Format::Csv => output::table(&whole(&held), Format::Csv),
            Format::Table => tell(&held),
        }
    }
}

fn tell(held: &fairness::Fairness) -> Result<()> {
    output::line(format!(
        "Fairness as of {}. {}",
        format::date(held.as_of),
        sentence::who(held)
    ))?;
    for dimension in &held.dimensions {
        output::line("")?;
        output::line(format!(
            "{}. {}",
            sentence::title(&dimension.name),
            sentence::finding(dimension)
        ))?;
        tell_counts(dimension, &held.totals)?;
        tell_rates(dimension)?;
    }
    output::line("")?;
    output::line(sentence::multiplicity(held))?;
    output::line(
        "[c] counts of 1 to 9, and those hidden so that they cannot be worked out; [x] not \
         known; [z] ruled out. Nothing here feeds a score or a rank.",
    )
}

fn tell_counts(dimension: &Dimension, totals: &[Shown]) -> Result<()> {
    let cells = |name: &str, counts: &[Shown]| {
        let mut cells = vec![Cell::new(name)];
        cells.extend(counts.iter().map(|count| shown(*count)));
        cells
    };
    let mut rows: Vec<_> = dimension
        .groups
        .iter()
        .map(|group| cells(&group.name, &group.counts))
        .collect();
    rows.push(cells("All", totals));
    let mut columns = vec![Column::words("people")];
    columns.extend(Stage::ALL.map(|stage| Column::figure(stage.as_str())));
    output::table(&Table::of(columns, rows), Format::Table)
}

fn tell_rates(dimension: &Dimension) -> Result<()> {
    if dimension.rates.is_empty() {
        return output::line("No rate can be shown without giving away a small count.");
    }
    let mut columns = vec![
        Column::words("stage"),
        Column::words("of"),
        Column::words("group"),
    ];
    columns.extend(rate_columns());
    let row = |rate: &Rate| {
        let mut cells = vec![
            Cell::new(rate.stage.as_str()),
            Cell::new(rate.of.as_str()),
            Cell::of(&rate.group),
        ];
        cells.extend(rate_cells(rate));
        cells
    };
    let rows = dimension.rates.iter().map(row).collect();
    output::table(&Table::of(columns, rows), Format::Table)
}

fn rate_columns() -> [Column; 6] {
    [
        Column::figure("rate"),
        Column::figure("others"),
        Column::figure("relative"),
        Column::figure("from"),
        Column::figure("to"),
        Column::words("leaves out 1"),
    ]
}

fn rate_cells(rate: &Rate) -> [Cell; 6] {
    let figure = |pick: fn(Relative) -> f64| {
        rate.relative.map_or_else(
            || Cell::of(Shown::NotApplicable),
            |held| Cell::new(format::number(pick(held), 2)).read_as(pick(held)),
        )
    };
    let is_outside = rate.relative.is_some_and(Relative::is_outside);
    [
        share(rate.part, rate.whole),
        share(rate.others_part, rate.others_whole),
        figure(|held| held.rate),
        figure(|held| held.low),
        figure(|held| held.high),
        Cell::new(if is_outside { "yes" } else { "" }),
    ]
}

/// A percentage, of which programs read every digit.
fn share(part: u64, whole: u64) -> Cell {
    let told = Cell::new(format::share(part, whole));
    if whole == 0 {
        return told;
    }
    told.read_as(format::ratio(part, whole) * 100.0)
}

fn shown(count: Shown) -> Cell {
    count.count().map_or_else(|| Cell::of(count), Cell::of)
}

/// Every count and rate in one table, for programs: a row for each group, stage
/// and what the stage's rate is of.
fn whole(held: &fairness::Fairness) -> Table {
    let mut columns = vec![
        Column::words("dimension"),
        Column::words("group"),
        Column::words("stage"),
        Column::figure("people"),
        Column::words("of"),
    ];
    columns.extend(rate_columns());
    let mut table = Table::of(columns, Vec::new());
    for dimension in &held.dimensions {
        for group in &dimension.groups {
            push_group(&mut table, dimension, &group.name, &group.counts);
        }
        push_group(&mut table, dimension, "All", &held.totals);
    }
    table
}

fn push_group(table: &mut Table, dimension: &Dimension, name: &str, counts: &[Shown]) {
    for (stage, count) in Stage::ALL.into_iter().zip(counts) {
        let bases = stage.bases().iter().copied().map(Some);
        let bases: Vec<Option<Stage>> = bases.collect();
        // The first stage is a share of nothing, and has a count all the same.
        let bases = if bases.is_empty() { vec![None] } else { bases };
        for of in bases {
            let mut row = vec![
                Cell::of(&dimension.name),
                Cell::new(name),
                Cell::new(stage.as_str()),
                shown(*count),
                Cell::maybe(of.map(Stage::as_str)),
            ];
            let rate = dimension
                .rates
                .iter()
                .find(|rate| rate.group == name && rate.stage == stage && Some(rate.of) == of);
            row.extend(rate.into_iter().flat_map(rate_cells));
            table.push(row);
        }
    }
}
