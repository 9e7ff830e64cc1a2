//! `daybook list decisions`: what is decided, what is awaited, and how often
//! officers overrode the proposal.

use std::path::Path;

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use crate::audit::{Event, Kind};
use crate::cli::asker::Asker;
use crate::cli::output::{self, Format, Printed};
use crate::config::Config;
use crate::harm::accounts::shown;
use crate::harm::decisions::current_status::{self, Decided, Standing};
use crate::harm::decisions::overrides::{self, Overrides, Rate, State};
use crate::harm::decisions::{self, Which};
use crate::harm::list::List;
use crate::model::as_of::AsOf;
use crate::store::Store;
use crate::table::{Cell, Column, Table};

/// Which list is meant; the newest when neither is given.
#[derive(Debug, Args)]
pub(super) struct Meant {
    /// Number of the list.
    #[arg(long, value_name = "ID")]
    list: Option<i64>,
    /// Date of the list.
    #[arg(long, conflicts_with = "list")]
    as_of: Option<AsOf>,
}

impl Meant {
    pub(super) fn which(&self) -> Which {
        match (self.list, self.as_of) {
            (Some(number), _) => Which::Number(number),
            (None, Some(date)) => Which::AsOf(date),
            (None, None) => Which::Newest,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Decisions {
    #[command(flatten)]
    meant: Meant,
    #[command(flatten)]
    printed: Printed,
    #[command(flatten)]
    asker: Asker,
}

#[derive(Serialize)]
struct Shown<'a> {
    list_id: i64,
    as_of: chrono::NaiveDate,
    state: &'a str,
    superseded_by: Option<i64>,
    #[serde(flatten)]
    counts: &'a State,
    overrides: Overrides,
    override_percent: Option<f64>,
    override_percent_recent: Option<f64>,
    warning: Option<String>,
    people: Vec<Person<'a>>,
}

#[derive(Serialize)]
struct Person<'a> {
    rank: Option<u32>,
    nominal_id: &'a str,
    is_contested: bool,
    is_restricted: bool,
    is_blocked: bool,
    /// Crimes of a counter-allegation that no specialist has reviewed.
    unreviewed_crimes: &'a [String],
    #[serde(flatten)]
    decided: Option<&'a Decided>,
}

impl Decisions {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let config = Config::load(dir)?;
        let store = Store::open_existing(&config.store)?;
        let list = decisions::find(store.connection(), self.meant.which())?;
        let look = Event {
            lists: vec![list.list_id],
            ..Event::new(Kind::Consultation, "list decisions")
        };
        self.asker.record(&store, look)?;
        let format = self.printed.format();
        if format == Format::Json {
            return print_json(&store, &list);
        }
        let standings = current_status::of_list(store.connection(), list.list_id)?;
        let table = table(&list, &standings);
        if format == Format::Csv {
            return output::table(&table, format);
        }
        output::line(format!(
            "List {} as of {}, {}",
            list.list_id, list.as_of, list.state
        ))?;
        output::table(&table, format)?;
        tell_state(&store, &list)
    }
}

/// How far a list is decided, and the override rate, in a few lines.
pub(super) fn tell_state(store: &Store, list: &List) -> Result<()> {
    let connection = store.connection();
    let state = overrides::state(connection, list.list_id)?;
    let number = list.list_id;
    let rest = match (state.is_decided, state.awaiting) {
        (true, 0) => "none left".to_owned(),
        (true, left) => format!("{left} left undecided"),
        (false, awaiting) => format!("{awaiting} awaiting a decision"),
    };
    output::line(format!(
        "list {number} is {}: {} accepted, {} deferred, {} rejected, {rest}",
        if state.is_decided {
            "decided"
        } else {
            "proposed"
        },
        state.accepted,
        state.deferred,
        state.rejected,
    ))?;
    if let Some(closed) = &state.closed {
        let (by, at) = (&closed.by, shown(closed.at));
        output::line(format!("closed by {by} at {at}: {}", closed.reason))?;
    }
    if let Some(newer) = overrides::superseded_by(connection, number, list.as_of)? {
        output::line(format!("replaced by list {newer} of the same date"))?;
    }
    let overrides = overrides::overrides(connection, list)?;
    output::line(format!(
        "override rate: {} on this list, {} over the last {} lists with decisions",
        rate(overrides.list),
        rate(overrides.recent),
        overrides.recent_lists
    ))?;
    match warning(&overrides) {
        Some(warning) => output::line(format!("warning: {warning}")),
        None => Ok(()),
    }
}

fn warning(overrides: &Overrides) -> Option<String> {
    let decisions = match overrides.never_in()? {
        1 => "1 decision".to_owned(),
        count => format!("{count} decisions"),
    };
    Some(overrides::warning(&decisions))
}

fn rate(rate: Rate) -> String {
    match rate.percent() {
        Some(percent) => format!("{} of {} ({percent:.1}%)", rate.overridden, rate.decided),
        None => "none decided".to_owned(),
    }
}

fn print_json(store: &Store, list: &List) -> Result<()> {
    let connection = store.connection();
    let standings = current_status::of_list(connection, list.list_id)?;
    let overrides = overrides::overrides(connection, list)?;
    output::json(&Shown {
        list_id: list.list_id,
        as_of: list.as_of,
        state: &list.state,
        superseded_by: overrides::superseded_by(connection, list.list_id, list.as_of)?,
        counts: &overrides::state(connection, list.list_id)?,
        overrides,
        override_percent: overrides.list.percent(),
        override_percent_recent: overrides.recent.percent(),
        warning: warning(&overrides),
        people: standings.iter().map(|s| person(list, s)).collect(),
    })
}

fn person<'a>(list: &List, standing: &'a Standing) -> Person<'a> {
    Person {
        rank: standing.rank,
        nominal_id: &standing.nominal_id,
        is_contested: standing.is_contested(),
        is_restricted: standing.is_restricted(&list.settings),
        is_blocked: standing.is_blocked(&list.settings),
        unreviewed_crimes: &standing.open_crimes,
        decided: standing.decided.as_ref(),
    }
}

fn table(list: &List, standings: &[Standing]) -> Table {
    let columns = vec![
        Column::number("rank"),
        Column::code("nominal"),
        Column::words("decision"),
        Column::words("reason"),
        Column::words("by"),
        Column::date("at"),
        Column::words("marks"),
    ];
    Table::of(columns, standings.iter().map(|s| row(list, s)).collect())
}

fn row(list: &List, standing: &Standing) -> Vec<Cell> {
    let marks: Vec<&str> = [
        (standing.is_contested(), "contested"),
        (standing.is_restricted(&list.settings), "restricted"),
        (
            standing.is_blocked(&list.settings),
            "blocked until reviewed",
        ),
    ]
    .into_iter()
    .filter(|(holds, _)| *holds)
    .map(|(_, words)| words)
    .collect();
    let decided = standing.decided.as_ref();
    vec![
        Cell::maybe(standing.rank),
        Cell::of(&standing.nominal_id),
        Cell::new(decided.map_or("awaited", |d| d.decision.past())),
        Cell::maybe(decided.map(|d| &d.reason)),
        Cell::maybe(decided.map(|d| &d.by)),
        Cell::maybe(decided.map(|d| shown(d.at))),
        Cell::new(marks.join("; ")),
    ]
}
