//! How far a measure's sources speak, and of which months: a month that they do
//! not cover whole is unknown, and a source that never came makes the measure
//! unavailable.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::{Days, Months, NaiveDate};
use daybook_statistics::series::accrual::Accrual;
use duckdb::Connection;

use super::definition::{Definition, Kind};
use super::measure_value::{Cell, Span};
use super::window::YEAR;
use crate::store::bind;

/// Sources that are daybook's own and always speak to the present.
const LIST: &str = "list";
const LEDGER: &str = "ledger";

/// Days without a file after which nobody knows what a nightly source would
/// have said of them. A delta brings what changed since the one before, so that
/// a few nights missed are made up by the next.
pub const SILENCE_DAYS: i64 = 14;

/// Between the parts of a scope, as the ledger writes it.
const BETWEEN_PARTS: &str = " | ";

/// How far the sources of a measure speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Nothing can be told, and why.
    Missing(String),
    Covers(Coverage),
}

/// The time that the sources speak of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// To before this morning, and which source ends there; to the present
    /// when there is no extract among them.
    pub until: Option<(NaiveDate, String)>,
    /// Months before it that no accepted file covers whole, and the source
    /// that lacks them.
    pub holes: BTreeMap<NaiveDate, String>,
    /// Groups and months that a table which says itself how far it goes has no
    /// row for.
    pub untold: BTreeSet<(String, NaiveDate)>,
}

impl Coverage {
    /// Whether every month that a cell rests on is covered whole.
    pub fn holds(&self, definition: &Definition, cell: &Cell) -> bool {
        let next_month = cell.period + Months::new(1);
        let is_reached = self
            .until
            .as_ref()
            .is_none_or(|(until, _)| *until >= next_month);
        is_reached
            && needed(definition, cell)
                .into_iter()
                .all(|(first, last)| self.is_whole(&cell.group, first, last))
    }

    fn is_whole(&self, group: &str, first: NaiveDate, last: NaiveDate) -> bool {
        let place = |month| (group.to_owned(), month);
        self.holes.range(first..=last).next().is_none()
            && self
                .untold
                .range(place(first)..=place(last))
                .next()
                .is_none()
    }
}

/// The months that a cell is worked out from, each stretch with its first and
/// last: its own, those that a year or a look back holds, those in which its
/// cohort grows old, and for a change the same a year before.
fn needed(definition: &Definition, cell: &Cell) -> Vec<(NaiveDate, NaiveDate)> {
    let is_rolling = definition.series == Accrual::Rolling;
    let back = match cell.span {
        // A list looks back from any day of the month.
        _ if is_rolling && definition.sources.iter().any(|name| name == LIST) => YEAR,
        Span::Month if !is_rolling => 0,
        _ => YEAR - 1,
    };
    let first = cell.period - Months::new(back);
    let last = cell.period + Months::new(definition.lag_months(&cell.basis, &cell.group));
    let mut stretches = vec![(first, last)];
    if definition.kind == Kind::Change {
        stretches.push((first - Months::new(YEAR), last - Months::new(YEAR)));
    }
    stretches
}

/// How far the sources of a measure speak, as known after a batch. `nightly`
/// are the sources of which a file is due every night.
pub fn of(
    connection: &Connection,
    definition: &Definition,
    known_at: i64,
    nightly: &[String],
) -> Result<Reach> {
    let mut coverage = Coverage::default();
    for source in &definition.sources {
        match source.as_str() {
            LIST if lists(connection)? == 0 => {
                return Ok(Reach::Missing("no harm list has been made".to_owned()));
            }
            LIST | LEDGER => {}
            source => {
                // One measure may be fed by any of several published files.
                let mut told = Vec::new();
                for name in source.split('|') {
                    told.extend(told_by(connection, name, definition, known_at, nightly)?);
                }
                let Some((until, name, holes)) = either(told) else {
                    let name = source.split('|').next().unwrap_or(source);
                    return Ok(Reach::Missing(format!("no {name} extract has arrived")));
                };
                coverage.holes.extend(holes);
                if coverage.until.as_ref().is_none_or(|(day, _)| until < *day) {
                    coverage.until = Some((until, name));
                }
            }
        }
    }
    Ok(Reach::Covers(coverage))
}

/// To before which morning a source speaks, its name, and the months it lacks.
type Told = (NaiveDate, String, BTreeMap<NaiveDate, String>);

/// Of several sources that will do, the one that reaches furthest; a month is
/// lacking when each of them lacks it.
fn either(mut told: Vec<Told>) -> Option<Told> {
    told.sort_by_key(|(until, ..)| *until);
    let (until, name, mut holes) = told.pop()?;
    for (other_until, _, other) in told {
        holes.retain(|month, _| other.contains_key(month) || *month >= other_until);
    }
    Some((until, name, holes))
}

fn told_by(
    connection: &Connection,
    source: &str,
    definition: &Definition,
    known_at: i64,
    nightly: &[String],
) -> Result<Option<Told>> {
    let mornings = mornings(connection, source, known_at)?;
    let Some(until) = mornings.last().copied() else {
        return Ok(None);
    };
    let Some(scopes) = scopes(connection, source, &definition.parts, known_at)? else {
        return Ok(None);
    };
    let mut months = lacking(&scopes, until);
    if nightly.iter().any(|name| name == source) {
        months.extend(silent(&mornings));
    }
    let holes = months
        .into_iter()
        .map(|month| (month, source.to_owned()))
        .collect();
    Ok(Some((until, source.to_owned(), holes)))
}

/// Months that a part lacks, from its first one to where the source ends.
fn lacking(scopes: &Scopes, until: NaiveDate) -> Vec<NaiveDate> {
    let months_of = |held: &BTreeSet<NaiveDate>| {
        let first = held.first().copied();
        std::iter::successors(first, |month| Some(*month + Months::new(1)))
            .take_while(|month| *month < until)
            .collect::<Vec<_>>()
    };
    let mut found = Vec::new();
    for held in scopes.parts.values() {
        let is_told = |month: &NaiveDate| held.contains(month) || scopes.shared.contains(month);
        let mut months = months_of(held);
        months.retain(|month| !is_told(month));
        found.extend(months);
    }
    found
}

/// Months with a day that lies between two files too far apart.
fn silent(mornings: &[NaiveDate]) -> Vec<NaiveDate> {
    let mut months = Vec::new();
    for pair in mornings.windows(2) {
        if (pair[1] - pair[0]).num_days() <= SILENCE_DAYS {
            continue;
        }
        // A morning's file speaks of the day before it.
        let last = pair[1] - Days::new(2);
        let mut month = month_of(pair[0]);
        while month <= last {
            months.push(month);
            month = month + Months::new(1);
        }
    }
    months
}

fn month_of(day: NaiveDate) -> NaiveDate {
    use chrono::Datelike as _;
    day.with_day(1).unwrap_or(day)
}

/// Of the files of a source that stood after a batch.
const STOOD: &str = "state = 'accepted' and kind = 'file' and source = $source \
    and files.batch_id <= $known_at \
    and (reverted_by is null or reverted_by > $known_at)";

/// The mornings that its files speak of, each once, the oldest first.
fn mornings(connection: &Connection, source: &str, known_at: i64) -> Result<Vec<NaiveDate>> {
    bind::query(
        connection,
        &format!(
            "select distinct cast(as_at as date) from ledger.batches as files \
             where {STOOD} order by 1"
        ),
        &[("source", &source), ("known_at", &known_at)],
        |row| row.get(0),
    )
}

/// The months that a source in scopes has told.
#[derive(Debug, Default)]
struct Scopes {
    /// By what else the scopes name, such as the force.
    parts: BTreeMap<String, BTreeSet<NaiveDate>>,
    /// Months of which one file told several parts: it says of those that it
    /// leaves out that they have no row.
    shared: BTreeSet<NaiveDate>,
}

/// Empty for a source whose scopes name no month; none for one that came without
/// the parts that are wanted.
fn scopes(
    connection: &Connection,
    source: &str,
    wanted: &[String],
    known_at: i64,
) -> Result<Option<Scopes>> {
    let told: Vec<(i64, String)> = bind::query(
        connection,
        &format!(
            "select files.batch_id, scopes.scope from ledger.batch_scopes as scopes \
             inner join ledger.batches as files on files.batch_id = scopes.batch_id \
             where {STOOD} order by all"
        ),
        &[("source", &source), ("known_at", &known_at)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let mut found = Scopes::default();
    let mut in_file: BTreeMap<(i64, NaiveDate), u32> = BTreeMap::new();
    for (batch, scope) in &told {
        let parts: Vec<&str> = scope.split(BETWEEN_PARTS).collect();
        let Some(month) = parts.iter().find_map(|part| month(part)) else {
            continue;
        };
        let others: Vec<&str> = parts
            .into_iter()
            .filter(|p| self::month(p).is_none())
            .collect();
        let is_wanted = |part: &&str| wanted.iter().any(|own| own == part);
        if !wanted.is_empty() && !others.is_empty() && !others.iter().any(is_wanted) {
            continue;
        }
        let told_there = in_file.entry((*batch, month)).or_default();
        *told_there += 1;
        if *told_there > 1 {
            found.shared.insert(month);
        }
        let part = found.parts.entry(others.join(BETWEEN_PARTS)).or_default();
        part.insert(month);
    }
    let is_of_others = found.parts.is_empty() && told.iter().any(|(_, scope)| !scope.is_empty());
    Ok((wanted.is_empty() || !is_of_others).then_some(found))
}

/// The month that a part of a scope names: `2023-11`, or a day or moment in it.
fn month(part: &str) -> Option<NaiveDate> {
    let day = part.get(..10).unwrap_or(part);
    let day: Option<NaiveDate> = day.parse().or_else(|_| format!("{part}-01").parse()).ok();
    day.map(month_of)
}

fn lists(connection: &Connection) -> Result<i64> {
    bind::query_one(
        connection,
        "select count(*) from ledger.lists",
        &[],
        |row| row.get(0),
    )
}
