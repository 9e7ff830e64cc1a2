//! `daybook list compare`: two lists side by side.

use std::path::Path;
use std::str::FromStr;

use anyhow::Result;
use clap::Args;
use rust_decimal::Decimal;

use crate::audit::{Event, Kind};
use crate::cli::asker::Asker;
use crate::cli::output::{self, Format, Printed};
use crate::config::Config;
use crate::harm::compare::{self, Compared, Person};
use crate::harm::decisions::{self, Which};
use crate::store::Store;
use crate::table::{Cell, Column, Table};

#[derive(Debug, Args)]
pub(super) struct Compare {
    /// Number or date of one list
    from: Named,
    /// Number or date of the other
    to: Named,
    /// Show everyone on either list, not only whose place differs
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    printed: Printed,
    #[command(flatten)]
    asker: Asker,
}

/// A list by its number, or the last one of a date.
#[derive(Debug, Clone, Copy)]
struct Named(Which);

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.parse().map(Which::Number).ok();
        number
            .or_else(|| text.parse().map(Which::AsOf).ok())
            .map(Self)
            .ok_or_else(|| {
                format!("{text:?} is no list; expected its number or its date, such as 2026-11-01")
            })
    }
}

impl Compare {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let config = Config::load(dir)?;
        let store = Store::open_existing(&config.store)?;
        let connection = store.connection();
        let from = decisions::find(connection, self.from.0)?;
        let to = decisions::find(connection, self.to.0)?;
        let compared = compare::compare(connection, &from, &to)?;
        let look = Event {
            lists: vec![from.list_id, to.list_id],
            ..Event::new(Kind::Consultation, "list compare")
        };
        self.asker.record(&store, look)?;
        match self.printed.format() {
            Format::Json => output::json(&compared),
            Format::Csv => output::table(&table(&compared, &self.shown(&compared)), Format::Csv),
            Format::Table => self.tell(&compared),
        }
    }

    fn shown<'a>(&self, compared: &'a Compared) -> Vec<&'a Person> {
        let all = compared.people.iter();
        all.filter(|person| self.all || differs(person)).collect()
    }

    fn tell(&self, compared: &Compared) -> Result<()> {
        let (from, to) = (&compared.from, &compared.to);
        output::line(format!(
            "List {} as of {} beside list {} as of {}: {} people on both, {} on the first only, {} on the second only",
            from.list_id,
            from.as_of,
            to.list_id,
            to.as_of,
            compared.on_both,
            compared.only_on_from,
            compared.only_on_to
        ))?;
        if compared.differences.is_empty() {
            output::line("They were made from the same texts, settings and batch.")?;
        }
        for difference in &compared.differences {
            let what = &difference.what;
            output::line(format!("  {what}: {}, {}", difference.from, difference.to))?;
        }
        let shown = self.shown(compared);
        let alike = compared.people.len() - shown.len();
        if !shown.is_empty() {
            output::table(&table(compared, &shown), Format::Table)?;
        }
        match alike {
            0 => Ok(()),
            1 => output::line("1 person has the same rank and score on both."),
            _ => output::line(format!(
                "{alike} people have the same rank and score on both."
            )),
        }
    }
}

fn differs(person: &Person) -> bool {
    (person.from_rank, person.from_days) != (person.to_rank, person.to_days)
}

fn table(compared: &Compared, people: &[&Person]) -> Table {
    let place = |rank: Option<u32>, standing: &Option<String>| match (rank, standing) {
        (Some(rank), _) => rank.to_string(),
        (None, Some(standing)) => standing.replace('_', " "),
        (None, None) => "no allegation".to_owned(),
    };
    let days = |days: Option<Decimal>| Cell::maybe(days.map(|days| days.normalize()));
    let rows = people
        .iter()
        .map(|person| {
            let change = person.to_days.unwrap_or_default() - person.from_days.unwrap_or_default();
            vec![
                Cell::of(&person.nominal_id),
                Cell::new(place(person.from_rank, &person.from_standing)),
                Cell::new(place(person.to_rank, &person.to_standing)),
                days(person.from_days),
                days(person.to_days),
                days(Some(change)),
            ]
        })
        .collect();
    let (from, to) = (compared.from.list_id, compared.to.list_id);
    let columns = vec![
        Column::code("nominal"),
        Column::number(format!("rank on {from}")),
        Column::number(format!("rank on {to}")),
        Column::figure(format!("days on {from}")),
        Column::figure(format!("days on {to}")),
        Column::figure("change"),
    ];
    Table::of(columns, rows)
}
