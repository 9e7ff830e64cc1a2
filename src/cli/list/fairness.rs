//! `daybook list fairness`: whether the list, and what follows it, falls alike
//! on groups of people.

use std::path::Path;

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use crate::cli::output::{self, Format};
use crate::config::Config;
use crate::harm::fairness::relative::Relative;
use crate::harm::fairness::suppression::Shown;
use crate::harm::fairness::{self, Dimension, Rate, Stage};
use crate::model::as_of::AsOf;
use crate::report::format;
use crate::report::sentence::fairness as sentence;
use crate::store::Store;
use crate::store::query::Table;

#[derive(Debug, Args)]
pub(super) struct Fairness {
    /// The lists up to this date; by default the date up to which the extracts
    /// speak.
    #[arg(long)]
    as_of: Option<AsOf>,
    #[arg(long)]
    json: bool,
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
        if self.json {
            return output::json(&Answer {
                findings: held.dimensions.iter().map(sentence::finding).collect(),
                caution: sentence::multiplicity(&held),
                fairness: &held,
            });
        }
        tell(&held)
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
        let mut cells = vec![Some(name.to_owned())];
        cells.extend(counts.iter().map(|count| Some(shown(*count))));
        cells
    };
    let mut rows: Vec<_> = dimension
        .groups
        .iter()
        .map(|group| cells(&group.name, &group.counts))
        .collect();
    rows.push(cells("All", totals));
    let mut columns = vec!["people"];
    columns.extend(Stage::ALL.map(Stage::as_str));
    table(&columns, rows, 1)
}

fn tell_rates(dimension: &Dimension) -> Result<()> {
    if dimension.rates.is_empty() {
        return output::line("No rate can be shown without giving away a small count.");
    }
    let columns = [
        "stage",
        "of",
        "group",
        "rate",
        "others",
        "relative",
        "from",
        "to",
        "leaves out 1",
    ];
    table(&columns, dimension.rates.iter().map(rate_row).collect(), 3)
}

fn rate_row(rate: &Rate) -> Vec<Option<String>> {
    let figure = |pick: fn(Relative) -> f64| {
        rate.relative.map_or_else(
            || Shown::NotApplicable.to_string(),
            |held| format::number(pick(held), 2),
        )
    };
    let is_outside = rate.relative.is_some_and(Relative::is_outside);
    [
        rate.stage.as_str().to_owned(),
        rate.of.as_str().to_owned(),
        rate.group.clone(),
        format::share(rate.part, rate.whole),
        format::share(rate.others_part, rate.others_whole),
        figure(|held| held.rate),
        figure(|held| held.low),
        figure(|held| held.high),
        if is_outside { "yes" } else { "" }.to_owned(),
    ]
    .map(Some)
    .to_vec()
}

fn shown(count: Shown) -> String {
    count
        .count()
        .map_or_else(|| count.to_string(), format::count)
}

fn table(columns: &[&str], rows: Vec<Vec<Option<String>>>, words: usize) -> Result<()> {
    output::table(
        &Table {
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            rows,
            is_plain: (0..columns.len()).map(|at| at >= words).collect(),
        },
        Format::Table,
    )
}
