//! `daybook list actions`: what was done about the people of the list and what
//! came of it; or one person's story.

use std::path::Path;

use anyhow::Result;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::audit::{self, Kind};
use crate::cli::asker::Asker;
use crate::cli::output::{self, Format, Printed};
use crate::config::Config;
use crate::harm::actions::entries::By;
use crate::harm::actions::outcome::{Followed, Outcome, Work};
use crate::harm::actions::person::{self, Event, RunSummary};
use crate::harm::actions::{self, Horizon, Question, arrived};
use crate::model::as_of::AsOf;
use crate::model::nominal_id::NominalId;
use crate::report::format;
use crate::report::sentence::actions as sentence;
use crate::store::Store;
use crate::table::{Cell, Column, Table};

#[derive(Debug, Args)]
pub(super) struct Actions {
    /// One person's story: nominal id, current or merged.
    nominal: Option<NominalId>,
    /// Count what happened before this date; by default the date up to which
    /// the extracts speak.
    #[arg(long)]
    as_of: Option<AsOf>,
    /// Count from the first acceptance or from the first list; by default from
    /// acceptance, if any list carries one.
    #[arg(long, conflicts_with = "nominal")]
    by: Option<Entry>,
    #[command(flatten)]
    printed: Printed,
    #[command(flatten)]
    asker: Asker,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Entry {
    Accepted,
    Listed,
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    actions: &'a actions::Actions,
    sentences: Vec<Said>,
    cautions: Vec<String>,
}

/// The published sentence of one month, or of all that are old enough.
#[derive(Serialize)]
struct Said {
    days: Option<u32>,
    month: Option<chrono::NaiveDate>,
    sentence: String,
}

impl Actions {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let config = Config::load(dir)?;
        let store = Store::open_existing(&config.store)?;
        let connection = store.connection();
        let format = self.printed.format();
        if let Some(nominal) = &self.nominal {
            let look = audit::Event {
                subjects: vec![nominal.to_string()],
                ..audit::Event::new(Kind::Consultation, "list actions")
            };
            self.asker.record(&store, look)?;
            let as_of = match self.as_of {
                Some(date) => date,
                None => arrived::all_speak_to(&arrived::sources(connection)?)?,
            };
            let story = person::story(connection, nominal, as_of, config.tz())?;
            return match format {
                Format::Json => output::json(&story),
                Format::Csv => output::table(&table_of_story(&story), format),
                Format::Table => tell_story(&story),
            };
        }
        let question = Question {
            as_of: self.as_of,
            by: self.by.map(|by| match by {
                Entry::Accepted => By::Accepted,
                Entry::Listed => By::Listed,
            }),
            zone: config.tz(),
        };
        let taken = actions::take(connection, question)?;
        match format {
            Format::Json => output::json(&Answer {
                actions: &taken,
                sentences: sentences(&taken),
                cautions: sentence::cautions(&taken),
            }),
            Format::Csv => output::table(&table_of_months(&taken.horizons), format),
            Format::Table => tell(&taken),
        }
    }
}

fn sentences(taken: &actions::Actions) -> Vec<Said> {
    let mut said = Vec::new();
    for horizon in &taken.horizons {
        for followed in horizon.all.iter().chain(&horizon.months) {
            said.extend(
                sentence::published(followed, taken.by, horizon.days).map(|sentence| Said {
                    days: horizon.days,
                    month: followed.month,
                    sentence,
                }),
            );
        }
    }
    said
}

fn tell(taken: &actions::Actions) -> Result<()> {
    output::line(format!(
        "Actions as of {}. {}",
        format::date(taken.as_of),
        sentence::who(taken)
    ))?;
    // To date first: it is the sentence that the programme publishes.
    for horizon in taken.horizons.iter().rev() {
        tell_horizon(horizon, taken.by)?;
    }
    if taken.people > 0 {
        tell_work(taken)?;
        tell_kinds(taken)?;
    }
    for caution in sentence::cautions(taken) {
        output::line(caution)?;
    }
    Ok(())
}

fn tell_horizon(horizon: &Horizon, by: By) -> Result<()> {
    if horizon.months.is_empty() {
        return Ok(());
    }
    let heading = horizon.days.map_or_else(
        || "To date".to_owned(),
        |days| format!("Within {days} days"),
    );
    output::line("")?;
    let said = horizon
        .all
        .as_ref()
        .and_then(|all| sentence::published(all, by, horizon.days));
    match said {
        Some(said) => output::line(format!("{heading}. {said}"))?,
        None => output::line(format!("{heading}. No month is old enough."))?,
    }
    output::table(
        &table_of_months(std::slice::from_ref(horizon)),
        Format::Table,
    )
}

/// The months of one horizon for readers, of all of them for programs.
fn table_of_months(horizons: &[Horizon]) -> Table {
    let columns = vec![
        Column::words("within").in_data_only(),
        Column::date("month"),
        Column::figure("people"),
        Column::figure("positive action"),
        Column::figure("arrests"),
        Column::figure("offences"),
        Column::figure("VAWG arrests"),
        Column::figure("charged"),
        Column::figure("offences charged"),
        Column::figure("remanded"),
        Column::figure("convicted"),
        Column::figure("none of the Ps"),
    ];
    let rows = horizons.iter().flat_map(|horizon| {
        let months = horizon.months.iter().chain(&horizon.all);
        months.map(|followed| row(horizon, followed))
    });
    Table::of(columns, rows.collect())
}

fn within(horizon: &Horizon) -> String {
    horizon
        .days
        .map_or_else(|| "to date".to_owned(), |days| format!("{days} days"))
}

fn row(horizon: &Horizon, followed: &Followed) -> Vec<Cell> {
    let month = followed.month.map_or_else(
        || "all".to_owned(),
        |month| month.format("%Y-%m").to_string(),
    );
    let mut cells = vec![
        Cell::new(within(horizon)),
        Cell::new(month),
        Cell::of(followed.people),
    ];
    match (&followed.outcome, followed.mature_on) {
        (Some(outcome), _) => cells.extend(figures(outcome)),
        (None, Some(from)) => cells.push(Cell::new(format!("provisional until {from}"))),
        (None, None) => {}
    }
    cells
}

fn count(value: Option<u64>) -> Cell {
    value.map_or_else(|| Cell::new(sentence::UNAVAILABLE), Cell::of)
}

/// A count with its share beside it, which programs work out for themselves.
fn share(part: Option<u64>, whole: u64) -> Cell {
    match part {
        Some(part) => Cell::new(sentence::share(Some(part), whole)).read_as(part),
        None => count(None),
    }
}

fn figures(outcome: &Outcome) -> [Cell; 9] {
    [
        share(outcome.with_positive_action, outcome.people),
        count(outcome.arrests),
        count(outcome.arrest_offences),
        count(outcome.vawg_arrests),
        count(outcome.charged),
        count(outcome.charges),
        count(outcome.remanded),
        count(outcome.convicted),
        count(outcome.without_work),
    ]
}

fn tell_work(taken: &actions::Actions) -> Result<()> {
    output::line("")?;
    output::line(
        "Interventions begun, by the four Ps: people (interventions). \"None\": none begun; \
         \"under way\": of those, people with one that had begun before.",
    )?;
    let of = |work: Option<Work>| {
        work.map_or_else(
            || sentence::UNAVAILABLE.to_owned(),
            |work| {
                format!(
                    "{} ({})",
                    format::count(work.people),
                    format::count(work.interventions)
                )
            },
        )
    };
    let rows = taken
        .horizons
        .iter()
        .filter_map(|horizon| {
            let outcome = horizon.all.as_ref()?.outcome.as_ref()?;
            Some(vec![
                Cell::new(within(horizon)),
                Cell::of(outcome.people),
                Cell::new(of(outcome.protect)),
                Cell::new(of(outcome.pursue)),
                Cell::new(of(outcome.prevent)),
                Cell::new(of(outcome.prepare)),
                count(outcome.without_work),
                count(outcome.without_work_but_under_way),
            ])
        })
        .collect();
    let columns = vec![
        Column::words("within"),
        Column::figure("people"),
        Column::figure("protect"),
        Column::figure("pursue"),
        Column::figure("prevent"),
        Column::figure("prepare"),
        Column::figure("none"),
        Column::figure("under way"),
    ];
    output::table(&Table::of(columns, rows), Format::Table)
}

fn tell_kinds(taken: &actions::Actions) -> Result<()> {
    let to_date = taken.horizons.last().and_then(|held| held.all.as_ref());
    let outcome = to_date.and_then(|all| all.outcome.as_ref());
    let Some(kinds) = outcome.and_then(|outcome| outcome.vawg_kinds.as_ref()) else {
        return Ok(());
    };
    let mut kinds: Vec<(&String, &u64)> = kinds.iter().collect();
    kinds.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    let rows = kinds
        .into_iter()
        .map(|(kind, arrests)| {
            vec![
                Cell::new(format::capitalised(&sentence::kind(kind))),
                Cell::of(*arrests),
            ]
        })
        .collect();
    output::line("")?;
    output::line("Arrests for VAWG to date, by the kind of the crime arrested for.")?;
    let columns = vec![Column::words("kind"), Column::figure("arrests")];
    output::table(&Table::of(columns, rows), Format::Table)
}

fn tell_story(story: &RunSummary) -> Result<()> {
    let day =
        |held: Option<chrono::NaiveDate>| held.map_or_else(|| "never".to_owned(), format::date);
    output::line(format!(
        "{} as of {}: first listed {}, tasked {}. A suspect until a court convicts.",
        story.nominal_id,
        format::date(story.as_of),
        day(story.listed_on),
        day(story.tasked_on)
    ))?;
    output::table(&table_of_story(story), Format::Table)
}

fn table_of_story(story: &RunSummary) -> Table {
    let columns = vec![
        Column::date("date"),
        Column::figure("since listing"),
        Column::figure("since tasking"),
        Column::words("P"),
        Column::words("what"),
        Column::code("reference"),
        Column::words("detail"),
    ];
    Table::of(columns, story.events.iter().map(event_row).collect())
}

fn event_row(event: &Event) -> Vec<Cell> {
    vec![
        Cell::of(event.happened_on),
        Cell::maybe(event.days_since_listing),
        Cell::maybe(event.days_since_tasking),
        Cell::maybe(event.pillar.as_ref()),
        Cell::of(&event.kind),
        Cell::maybe(event.reference.as_ref()),
        Cell::maybe(event.detail.as_ref()),
    ]
}
