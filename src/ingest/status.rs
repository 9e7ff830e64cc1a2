//! Where every source stands: its last file, whether it is in time, what was
//! rejected, and what its rows wait for.

use anyhow::Result;
use chrono::{Duration, NaiveDate, NaiveDateTime};
use duckdb::{Connection, OptionalExt, params};
use serde::Serialize;

use super::contract::Contract;
use super::contract::load::Broken;
use super::validate::volume;
use crate::store::bind;

/// Days of totals, the moment's own included.
pub const DAYS_SHOWN: i64 = 28;

/// How a source stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Today's file is here, or is not older than its contract lets it be.
    Fresh,
    /// It arrived, and no contract says when the next should.
    Unscheduled,
    /// Today's file is not due yet.
    Due,
    /// Today's file is not here, and is past its time.
    Late,
    /// The newest file is older than its contract lets it be.
    Stale,
    /// The newest file was refused.
    Refused,
    Never,
    /// Its contract does not hold: its files wait.
    Broken,
}

impl State {
    /// As people say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Unscheduled => "no set time",
            Self::Due => "due",
            Self::Late => "late",
            Self::Stale => "stale",
            Self::Refused => "refused",
            Self::Never => "never arrived",
            Self::Broken => "contract at fault",
        }
    }
}

/// One source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceStatus {
    pub source: String,
    pub title: String,
    /// What is not to be relied on while it is not in.
    pub affects: Option<String>,
    pub state: State,
    pub last: Option<LastFile>,
    /// Why the newest file was refused, when it was.
    pub refused: Option<RefusedFile>,
    /// When the next file is due, local time.
    pub next_due: Option<NaiveDateTime>,
    /// Median rows of the last files, and how many files that is.
    pub usual_rows: f64,
    pub files_compared: usize,
    /// Rows of the last file to the usual ones; none without usual rows.
    pub share_of_usual: Option<f64>,
    /// The last file has fewer or more rows than its contract expects.
    pub is_unusual: bool,
    /// Rejected rows that nothing has corrected, over all files.
    pub open_rejects: u64,
    /// Rows that name something whose source has had its days to bring it.
    pub overdue_rows: u64,
    /// Totals of the last 28 days that had a file, the newest first, by the day the files speak of.
    pub days: Vec<DayTotal>,
}

/// The newest accepted file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastFile {
    pub batch_id: i64,
    pub file: String,
    pub as_at: NaiveDateTime,
    pub age_hours: i64,
    pub rows_read: u64,
    pub rows_accepted: u64,
    pub rows_rejected: u64,
    pub rows_duplicate: u64,
    pub rows_warned: u64,
    pub note: Option<String>,
}

/// A refused file that nothing has replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedFile {
    pub batch_id: i64,
    pub file: String,
    pub as_at: NaiveDateTime,
    /// One word for the kind of reason.
    pub refusal: Option<String>,
    pub reason: String,
}

/// What a day's files held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DayTotal {
    pub day: NaiveDate,
    pub files: u64,
    pub rows_read: u64,
    pub rows_accepted: u64,
    pub rows_rejected: u64,
    pub rows_duplicate: u64,
}

/// The moment that is asked about, local time.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub now: NaiveDateTime,
    /// Files that speak of this moment or of a later one are left out.
    pub before: Option<NaiveDateTime>,
}

impl Moment {
    /// Now, with every file there is.
    pub fn now(now: NaiveDateTime) -> Self {
        Self { now, before: None }
    }
}

/// Every source at a moment, in order of name.
pub fn status(
    connection: &Connection,
    contracts: &[Contract],
    broken: &[Broken],
    moment: Moment,
) -> Result<Vec<SourceStatus>> {
    let sound = contracts
        .iter()
        .map(|contract| source(connection, contract, moment));
    let broken = broken
        .iter()
        .map(|broken| without_contract(connection, &broken.name, moment));
    let mut sources: Vec<SourceStatus> = sound.chain(broken).collect::<Result<_>>()?;
    sources.sort_by(|one, other| one.source.cmp(&other.source));
    Ok(sources)
}

/// What is known of a source without a word of its contract.
fn without_contract(connection: &Connection, name: &str, moment: Moment) -> Result<SourceStatus> {
    let last = last_file(connection, name, moment)?;
    let (files_compared, usual_rows) = volume::usual(connection, name)?;
    let rows = last.as_ref().map(|last| last.rows_read);
    Ok(SourceStatus {
        source: name.to_owned(),
        title: name.to_owned(),
        affects: None,
        state: State::Broken,
        share_of_usual: rows.and_then(|rows| share(rows, usual_rows)),
        is_unusual: false,
        next_due: None,
        last,
        refused: None,
        usual_rows,
        files_compared,
        open_rejects: open_rejects(connection, name)?,
        overdue_rows: overdue_rows(connection, name)?,
        days: days(connection, name, moment)?,
    })
}

fn source(connection: &Connection, contract: &Contract, moment: Moment) -> Result<SourceStatus> {
    let now = moment.now;
    let known = without_contract(connection, &contract.name, moment)?;
    let refused = refused_file(connection, contract, moment, known.last.as_ref())?;
    let unusual = match &known.last {
        Some(last) => volume::unusual(connection, contract, last.rows_read)?,
        None => None,
    };
    Ok(SourceStatus {
        title: contract.title.clone(),
        affects: contract.affects.clone(),
        is_unusual: unusual.is_some(),
        state: state(contract, known.last.as_ref(), refused.is_some(), now),
        next_due: next_due(contract, known.last.as_ref(), now),
        refused,
        ..known
    })
}

#[expect(clippy::cast_precision_loss, reason = "row counts are below 2^52")]
fn share(rows: u64, usual: f64) -> Option<f64> {
    (usual > 0.0).then(|| rows as f64 / usual)
}

fn last_file(connection: &Connection, source: &str, moment: Moment) -> Result<Option<LastFile>> {
    Ok(connection
        .query_row(
            "select batch_id, file_name, as_at, rows_read, rows_accepted, rows_rejected, \
                 rows_duplicate, coalesce(rows_warned, 0), reason \
             from ledger.standing_files \
             where source = ? and (? is null or as_at < cast(? as timestamp)) \
             order by as_at desc, file_name desc, batch_id desc limit 1",
            params![source, moment.before, moment.before],
            |row| {
                let as_at: NaiveDateTime = row.get(2)?;
                Ok(LastFile {
                    batch_id: row.get(0)?,
                    file: row.get(1)?,
                    as_at,
                    age_hours: (moment.now - as_at).num_hours(),
                    rows_read: row.get(3)?,
                    rows_accepted: row.get(4)?,
                    rows_rejected: row.get(5)?,
                    rows_duplicate: row.get(6)?,
                    rows_warned: row.get(7)?,
                    note: row.get(8)?,
                })
            },
        )
        .optional()?)
}

/// The newest refused file, when no accepted one speaks of as late a moment.
fn refused_file(
    connection: &Connection,
    contract: &Contract,
    moment: Moment,
    last: Option<&LastFile>,
) -> Result<Option<RefusedFile>> {
    let found = connection
        .query_row(
            "select batch_id, file_name, as_at, refusal, coalesce(reason, '') \
             from ledger.batches \
             where source = ? and state = 'refused' \
                 and (? is null or as_at < cast(? as timestamp)) \
             order by as_at desc, batch_id desc limit 1",
            params![contract.name, moment.before, moment.before],
            |row| {
                Ok(RefusedFile {
                    batch_id: row.get(0)?,
                    file: row.get(1)?,
                    as_at: row.get(2)?,
                    refusal: row.get(3)?,
                    reason: row.get(4)?,
                })
            },
        )
        .optional()?;
    Ok(found.filter(|refused| {
        last.is_none_or(|last| (refused.as_at, refused.batch_id) > (last.as_at, last.batch_id))
    }))
}

fn state(
    contract: &Contract,
    last: Option<&LastFile>,
    is_refused: bool,
    now: NaiveDateTime,
) -> State {
    let Some(last) = last else {
        return if is_refused {
            State::Refused
        } else {
            State::Never
        };
    };
    if is_refused {
        return State::Refused;
    }
    let Some(freshness) = contract.freshness else {
        return State::Unscheduled;
    };
    let limit = Duration::hours(freshness.stale_after_hours.into());
    let is_stale = now - last.as_at > limit;
    match freshness.due_by {
        _ if is_stale => State::Stale,
        Some(_) if last.as_at.date() >= now.date() => State::Fresh,
        Some(due_by) if now.time() < due_by => State::Due,
        Some(_) => State::Late,
        None => State::Fresh,
    }
}

/// Today's time while today's file is not here, tomorrow's otherwise.
fn next_due(
    contract: &Contract,
    last: Option<&LastFile>,
    now: NaiveDateTime,
) -> Option<NaiveDateTime> {
    let due_by = contract.freshness?.due_by?;
    let has_today = last.is_some_and(|last| last.as_at.date() >= now.date());
    let day = if has_today {
        now.date().succ_opt()?
    } else {
        now.date()
    };
    Some(day.and_time(due_by))
}

fn open_rejects(connection: &Connection, source: &str) -> Result<u64> {
    bind::query_one(
        connection,
        "select count(distinct (rejects.batch_id, line)) from ledger.rejects as rejects \
         inner join ledger.standing_files as files on files.batch_id = rejects.batch_id \
         where source = $source and corrected_by is null and not coalesce(is_warning, false)",
        &[("source", &source)],
        |row| row.get(0),
    )
}

fn overdue_rows(connection: &Connection, source: &str) -> Result<u64> {
    bind::query_one(
        connection,
        "select coalesce(sum(rows_overdue), 0)::ubigint from ledger.relation_checks \
         where source = $source \
             and known_at = (select max(known_at) from ledger.relation_checks)",
        &[("source", &source)],
        |row| row.get(0),
    )
}

fn days(connection: &Connection, source: &str, moment: Moment) -> Result<Vec<DayTotal>> {
    let mut statement = connection.prepare(
        "select as_at::date, count(*), sum(rows_read)::ubigint, sum(rows_accepted)::ubigint, \
             sum(rows_rejected)::ubigint, sum(rows_duplicate)::ubigint \
         from ledger.standing_files where source = ? and as_at > cast(? as timestamp) \
             and (? is null or as_at < cast(? as timestamp)) \
         group by 1 order by 1 desc",
    )?;
    let from = moment.now - Duration::days(DAYS_SHOWN);
    let bound = params![source, from, moment.before, moment.before];
    let rows = statement.query_map(bound, |row| {
        Ok(DayTotal {
            day: row.get(0)?,
            files: row.get(1)?,
            rows_read: row.get(2)?,
            rows_accepted: row.get(3)?,
            rows_rejected: row.get(4)?,
            rows_duplicate: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<duckdb::Result<_>>()?)
}
