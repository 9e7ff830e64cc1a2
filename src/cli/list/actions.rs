//! `daybook list actions`: what was done about the people of the list and what
//! came of it; or one person's story.

use std::path::Path;

use anyhow::Result;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::cli::output::{self, Format};
use crate::config::Config;
use crate::harm::actions::entries::By;
use crate::harm::actions::outcome::{Followed, Outcome, Work};
use crate::harm::actions::person::{self, Event, Story};
use crate::harm::actions::{self, Horizon, Question, arrived};
use crate::model::as_of::AsOf;
use crate::model::nominal_id::NominalId;
use crate::report::format;
use crate::report::sentence::actions as sentence;
use crate::store::Store;
use crate::store::query::Table;

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
    #[arg(long)]
    json: bool,
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
        let store = Store::open_read_only(&config.store)?;
        let connection = store.connection();
        if let Some(nominal) = &self.nominal {
            let as_of = match self.as_of {
                Some(date) => date,
                None => arrived::all_speak_to(&arrived::sources(connection)?)?,
            };
            let story = person::story(connection, nominal, as_of, config.tz())?;
            return if self.json {
                output::json(&story)
            } else {
                tell_story(&story)
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
        if self.json {
            return output::json(&Answer {
                actions: &taken,
                sentences: sentences(&taken),
                cautions: sentence::cautions(&taken),
            });
        }
        tell(&taken)
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
    let columns = [
        "month",
        "people",
        "positive action",
        "arrests",
        "offences",
        "VAWG arrests",
        "charged",
        "offences charged",
        "remanded",
        "convicted",
        "none of the Ps",
    ];
    let rows = horizon.months.iter().chain(&horizon.all).map(row).collect();
    table(&columns, rows, &[0])
}

fn row(followed: &Followed) -> Vec<Option<String>> {
    let month = followed.month.map_or_else(
        || "all".to_owned(),
        |month| month.format("%Y-%m").to_string(),
    );
    let mut cells = vec![month, format::count(followed.people)];
    match (&followed.outcome, followed.mature_on) {
        (Some(outcome), _) => cells.extend(figures(outcome)),
        (None, Some(from)) => cells.push(format!("too young until {from}")),
        (None, None) => {}
    }
    cells.into_iter().map(Some).collect()
}

fn figures(outcome: &Outcome) -> [String; 9] {
    [
        sentence::share(outcome.with_positive_action, outcome.people),
        sentence::count(outcome.arrests),
        sentence::count(outcome.arrest_offences),
        sentence::count(outcome.vawg_arrests),
        sentence::count(outcome.charged),
        sentence::count(outcome.charges),
        sentence::count(outcome.remanded),
        sentence::count(outcome.convicted),
        sentence::count(outcome.without_work),
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
            let within = horizon
                .days
                .map_or_else(|| "to date".to_owned(), |days| format!("{days} days"));
            let cells = [
                within,
                format::count(outcome.people),
                of(outcome.protect),
                of(outcome.pursue),
                of(outcome.prevent),
                of(outcome.prepare),
                sentence::count(outcome.without_work),
                sentence::count(outcome.without_work_but_under_way),
            ];
            Some(cells.map(Some).to_vec())
        })
        .collect();
    let columns = [
        "within",
        "people",
        "protect",
        "pursue",
        "prevent",
        "prepare",
        "none",
        "under way",
    ];
    table(&columns, rows, &[0])
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
                Some(format::capitalised(&sentence::kind(kind))),
                Some(format::count(*arrests)),
            ]
        })
        .collect();
    output::line("")?;
    output::line("Arrests for VAWG to date, by the kind of the crime arrested for.")?;
    table(&["kind", "arrests"], rows, &[0])
}

fn tell_story(story: &Story) -> Result<()> {
    let day =
        |held: Option<chrono::NaiveDate>| held.map_or_else(|| "never".to_owned(), format::date);
    output::line(format!(
        "{} as of {}: first listed {}, tasked {}. A suspect until a court convicts.",
        story.nominal_id,
        format::date(story.as_of),
        day(story.listed_on),
        day(story.tasked_on)
    ))?;
    let columns = [
        "date",
        "since listing",
        "since tasking",
        "P",
        "what",
        "reference",
        "detail",
    ];
    table(
        &columns,
        story.events.iter().map(event_row).collect(),
        &[0, 3, 4, 5, 6],
    )
}

fn event_row(event: &Event) -> Vec<Option<String>> {
    vec![
        Some(event.happened_on.to_string()),
        event.days_since_listing.map(|days| days.to_string()),
        event.days_since_tasking.map(|days| days.to_string()),
        event.pillar.clone(),
        Some(event.kind.clone()),
        event.reference.clone(),
        event.detail.clone(),
    ]
}

/// A table of figures, save for the columns at these places.
fn table(columns: &[&str], rows: Vec<Vec<Option<String>>>, words: &[usize]) -> Result<()> {
    output::table(
        &Table {
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            rows,
            is_plain: (0..columns.len()).map(|at| !words.contains(&at)).collect(),
        },
        Format::Table,
    )
}
