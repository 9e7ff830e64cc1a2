//! `daybook measures explain`: a stored figure with the definition, the SQL, the
//! values and the batches that it was made from, and worked out again from
//! these.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use chrono::NaiveDate;
use clap::Args;
use duckdb::Connection;
use serde::Serialize;

use super::show::Row;
use super::{Asked, definition, newest, series_name};
use crate::cli::output::{self, Format, Printed, Usage};
use crate::harm::point_in_time::Past;
use crate::measures::breaks::{Break, FILE};
use crate::measures::definition::Definition;
use crate::measures::evaluate::{self, Basis};
use crate::measures::measure_value::{Figure, Span};
use crate::measures::results::{self, Point, Which};
use crate::measures::settings::MeasureSettings;
use crate::model::as_of::AsOf;
use crate::report::sentence::breaks;
use crate::schedule::context::Deployment;
use crate::store::inputs::{self, Input, Owner, Role};
use crate::store::{Store, bind};
use crate::table::{Cell, Column, Table};

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Id, such as 6.4.
    id: String,
    /// Month, such as 2026-10.
    #[arg(long)]
    period: Month,
    /// The twelve months that end with it.
    #[arg(long)]
    year: bool,
    /// As evaluated for this date; the newest when left out.
    #[arg(long)]
    as_of: Option<AsOf>,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    printed: Printed,
}

/// The first day of a month.
#[derive(Debug, Clone, Copy)]
struct Month(NaiveDate);

impl std::str::FromStr for Month {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        format!("{text}-01")
            .parse()
            .map(Self)
            .map_err(|_| format!("{text:?} is no month; expected one such as 2026-10"))
    }
}

#[derive(Serialize)]
struct Explained {
    measure_id: String,
    set_id: i64,
    as_of: NaiveDate,
    series: String,
    span: &'static str,
    figure: Row,
    definition: serde_json::Value,
    /// The breaks that touched the area when it was made, the oldest first.
    breaks: Vec<Break>,
    values: Vec<(String, String)>,
    known_at: i64,
    batches: Vec<Batch>,
    files: Vec<File>,
    sql: String,
    again: Option<Row>,
    is_same: bool,
    /// Cells of the whole set that come out otherwise.
    differing_cells: usize,
    cells: usize,
}

/// The files of one source that stood.
#[derive(Debug, Serialize)]
struct Batch {
    source: String,
    files: i64,
    newest: i64,
    newest_file: String,
    newest_sha256: String,
    /// The morning that the newest speaks of.
    speaks_to: NaiveDate,
    rows_accepted: i64,
}

#[derive(Serialize)]
struct File {
    file: String,
    sha256: String,
}

/// What the ledger says of a set beside its figures.
struct Made {
    lists: i64,
    decisions: i64,
    verifications: i64,
    definition: String,
}

impl Explain {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let now = definition(&deployment, &self.id)?;
        let store = Store::open(&deployment.config.store)?;
        let connection = store.connection();
        let as_of = newest(connection, self.as_of)?;
        let set = results::last(connection, &now.id, as_of)?
            .with_context(|| format!("{} was not evaluated as of {as_of}", now.id))?;
        let format = self.printed.format();
        if let Some(reason) = set.unavailable {
            if format == Format::Csv {
                bail!("[x] unavailable as of {as_of}: {reason}");
            }
            return output::line(format!("[x] unavailable as of {as_of}: {reason}"));
        }
        let span = if self.year { Span::Year } else { Span::Month };
        let which = self.asked.which(now, span)?;
        let stored = self.stored(connection, set.set_id, which)?;
        let made = made(connection, set.set_id)?;
        // The definition as it was then, whatever the files say now.
        let texts = inputs::kept(connection, Owner::Figures(set.set_id))?;
        let then = then(&made, &texts)?;
        let basis = Basis {
            as_of,
            known_at: set.known_at,
            settings: MeasureSettings {
                months: set.months,
                ..deployment.measure_settings()
            },
            inputs: &texts,
            nightly: &set.nightly,
            made_at: set.made_at,
        };
        let again = again(&store, &then, &basis, &made, which)?;
        let all = all(connection, set.set_id)?;
        let differing = all
            .iter()
            .filter(|cell| !again.cells.contains(*cell))
            .count()
            + again
                .cells
                .iter()
                .filter(|cell| !all.contains(*cell))
                .count();
        let found = again
            .points
            .iter()
            .find(|point| point.month == self.period.0);
        let window = evaluate::window(&then, &basis);
        let explained = Explained {
            measure_id: now.id.clone(),
            set_id: set.set_id,
            as_of: as_of.0,
            series: series_name(&which),
            span: span.as_str(),
            is_same: found.is_some_and(|found| Row::from(found) == Row::from(&stored)),
            figure: Row::from(&stored),
            definition: serde_json::from_str(&made.definition)?,
            breaks: then.breaks_in(which.area).cloned().collect(),
            values: vec![
                ("as_of".to_owned(), as_of.to_string()),
                ("from".to_owned(), window.from.to_string()),
                ("until".to_owned(), window.until.to_string()),
                ("basis".to_owned(), which.basis.to_owned()),
            ],
            known_at: set.known_at,
            batches: batches(connection, &then, set.known_at)?,
            files: texts.iter().map(file).collect(),
            sql: then.sql.clone(),
            again: found.map(Row::from),
            differing_cells: differing,
            cells: all.len(),
        };
        match format {
            Format::Json => output::json(&explained)?,
            Format::Csv => output::table(&table(&explained), format)?,
            Format::Table => tell(&explained)?,
        }
        if !explained.is_same || differing > 0 {
            bail!(
                "worked out again, the figure or {differing} of the {} cells of its set differ",
                explained.cells
            );
        }
        Ok(())
    }

    fn stored(&self, connection: &Connection, set_id: i64, which: Which<'_>) -> Result<Point> {
        let points = results::points(connection, set_id, which)?;
        points
            .into_iter()
            .find(|point| point.month == self.period.0)
            .with_context(|| {
                Usage(format!(
                    "{} holds no figure for {} of {}; `daybook measures show {} --json` names its series",
                    self.id,
                    series_name(&which),
                    self.period.0.format("%Y-%m"),
                    self.id
                ))
            })
    }
}

/// The figure as it is held and as it comes out again.
fn table(explained: &Explained) -> Table {
    let columns = vec![
        Column::words("figure"),
        Column::date("period"),
        Column::words("state"),
        Column::figure("numerator"),
        Column::figure("denominator"),
        Column::figure("cases"),
        Column::figure("value"),
        Column::figure("low"),
        Column::figure("high"),
    ];
    let row = |name: &str, row: &Row| {
        vec![
            Cell::new(name),
            Cell::of(row.period.format("%Y-%m")),
            Cell::new(row.state),
            Cell::maybe(row.numerator),
            Cell::maybe(row.denominator),
            Cell::maybe(row.cases),
            Cell::maybe(row.value),
            Cell::maybe(row.low),
            Cell::maybe(row.high),
        ]
    };
    let again = explained.again.iter().map(|again| row("again", again));
    let held = row("held", &explained.figure);
    Table::of(columns, std::iter::once(held).chain(again).collect())
}

fn made(connection: &Connection, set_id: i64) -> Result<Made> {
    bind::query_one(
        connection,
        "select lists_known_at, decisions_known_at, verifications_known_at, texts.text \
         from ledger.measure_sets as sets \
         inner join ledger.texts as texts on texts.sha256 = sets.definition_sha256 \
         where set_id = $set_id",
        &[("set_id", &set_id)],
        |row| {
            Ok(Made {
                lists: row.get(0)?,
                decisions: row.get(1)?,
                verifications: row.get(2)?,
                definition: row.get(3)?,
            })
        },
    )
}

/// The definition that a set was made by.
fn then(made: &Made, texts: &[Input]) -> Result<Definition> {
    let statement = texts
        .iter()
        .find(|input| input.role == Role::Measure)
        .context("the SQL of these figures was not kept")?;
    let mut definition: Definition = serde_json::from_str(&made.definition)?;
    definition.sql.clone_from(&statement.text);
    Ok(definition)
}

/// A cell as text, so that one of a set is found in another.
type Told = String;

struct Again {
    points: Vec<Point>,
    cells: std::collections::BTreeSet<Told>,
}

/// The figures from history as it was known and the texts that were kept.
fn again(
    store: &Store,
    definition: &Definition,
    basis: &Basis<'_>,
    made: &Made,
    which: Which<'_>,
) -> Result<Again> {
    let mut past = Past::open(store, definition.commitment.room)?;
    past.stand_on(basis.known_at, basis.inputs)?;
    for table in ["lists", "list_entries", "list_variants"] {
        past.narrow(table, &format!("list_id <= {}", made.lists))?;
    }
    past.narrow(
        "list_decisions",
        &format!("decision_id <= {}", made.decisions),
    )?;
    past.narrow("batches", &format!("batch_id <= {}", basis.known_at))?;
    past.narrow(
        "list_verifications",
        &format!("rowid < {}", made.verifications),
    )?;
    let connection = past.connection();
    let figures = evaluate::figures(connection, definition, basis)?
        .map_err(|reason| anyhow!("worked out again, it is unavailable: {reason}"))?;
    let place = |figure: &Figure| {
        let cell = &figure.cell;
        told(
            (&cell.basis, cell.span.as_str(), &cell.area, &cell.group),
            &Point::from(figure),
        )
    };
    Ok(Again {
        cells: figures.iter().map(place).collect(),
        points: figures
            .iter()
            .filter(|figure| which.holds(&figure.cell))
            .map(Point::from)
            .collect(),
    })
}

fn told(place: (&str, &str, &str, &str), point: &Point) -> Told {
    format!("{place:?} {point:?}")
}

/// Every cell of a set as it is stored.
fn all(connection: &Connection, set_id: i64) -> Result<std::collections::BTreeSet<Told>> {
    let series: Vec<(String, String, String, String)> = bind::query(
        connection,
        "select distinct basis, span, area, \"group\" from ledger.measure_values \
         where set_id = $set_id",
        &[("set_id", &set_id)],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let mut cells = std::collections::BTreeSet::new();
    for (basis, span, area, group) in &series {
        let which = Which {
            basis,
            area,
            group,
            span: if span == "year" {
                Span::Year
            } else {
                Span::Month
            },
        };
        for point in results::stored(connection, set_id, which)? {
            cells.insert(told((basis, span, area, group), &point));
        }
    }
    Ok(cells)
}

fn batches(connection: &Connection, definition: &Definition, known_at: i64) -> Result<Vec<Batch>> {
    let names: Vec<&str> = definition
        .sources
        .iter()
        .flat_map(|source| source.split('|'))
        .collect();
    bind::query(
        connection,
        "select source, count(*), max(batch_id), arg_max(file_name, batch_id), \
             arg_max(sha256, batch_id), cast(max(as_at) as date), \
             cast(sum(rows_accepted) as bigint) \
         from ledger.batches \
         where state = 'accepted' and kind = 'file' and batch_id <= $known_at \
             and (reverted_by is null or reverted_by > $known_at) and list_contains(string_split($names, ','), source) \
         group by source order by source",
        &[("known_at", &known_at), ("names", &names.join(","))],
        |row| {
            Ok(Batch {
                source: row.get(0)?,
                files: row.get(1)?,
                newest: row.get(2)?,
                newest_file: row.get(3)?,
                newest_sha256: row.get(4)?,
                speaks_to: row.get(5)?,
                rows_accepted: row.get(6)?,
            })
        },
    )
}

fn file(input: &Input) -> File {
    File {
        file: input.file.clone(),
        sha256: crate::store::schema::hex_sha256(input.text.as_bytes()),
    }
}

fn tell(explained: &Explained) -> Result<()> {
    let number = |value: Option<f64>| value.map_or_else(|| "none".to_owned(), |v| v.to_string());
    let figure = &explained.figure;
    output::line(format!(
        "{} {}, {} {}, as of {}: {} ({})",
        explained.measure_id,
        explained.series,
        if explained.span == "year" {
            "year to"
        } else {
            "month"
        },
        figure.period.format("%Y-%m"),
        explained.as_of,
        number(figure.value),
        figure.state
    ))?;
    output::line(format!(
        "  numerator {}, denominator {}, cases {}, 95% {} to {}",
        number(figure.numerator),
        number(figure.denominator),
        figure
            .cases
            .map_or_else(|| "none".to_owned(), |cases| cases.to_string()),
        number(figure.low),
        number(figure.high)
    ))?;
    output::line(format!("Known at batch {}:", explained.known_at))?;
    for batch in &explained.batches {
        output::line(format!(
            "  {}: {} files, {} rows accepted, to {}; the newest {} (batch {}, sha256 {})",
            batch.source,
            batch.files,
            batch.rows_accepted,
            batch.speaks_to,
            batch.newest_file,
            batch.newest,
            &batch.newest_sha256[..12.min(batch.newest_sha256.len())]
        ))?;
    }
    if !explained.breaks.is_empty() {
        output::line(format!("Breaks ({FILE}):"))?;
        for found in &explained.breaks {
            let told = breaks::told("Break", found.date, &found.what, &found.source);
            output::line(format!("  {told}"))?;
        }
    }
    output::line("Made from:")?;
    for file in &explained.files {
        output::line(format!("  {} (sha256 {})", file.file, &file.sha256[..12]))?;
    }
    let values: Vec<String> = explained
        .values
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("${name} = {value}"))
        .collect();
    output::line(format!("With {}:", values.join(", ")))?;
    output::line(explained.sql.trim_end())?;
    output::line(if explained.is_same {
        format!(
            "Worked out again from these: the same, as are {} of {} cells of the set.",
            explained.cells - explained.differing_cells.min(explained.cells),
            explained.cells
        )
    } else {
        let again = explained.again.as_ref();
        format!(
            "Worked out again from these: {}.",
            again.map_or_else(|| "no such figure".to_owned(), |row| number(row.value))
        )
    })
}
