//! The tables of the operations report.

use std::cmp::Reverse;

use chrono::{Days, NaiveDate};

use crate::ingest::status::{DAYS_SHOWN, DayTotal, LastFile, SourceStatus};
use crate::report::chart::spark;
use crate::report::format;
use crate::report::sentence::operations::{in_order, needs_attention, took};
use crate::report::view::operations_report::{OperationsReport, RejectCount};
use crate::table::{Cell, Column, Table};

/// A day's bar is cut at so many times the usual rows.
const CUT_AT: f64 = 3.0;
/// A reason in a table is cut after so many letters; contracts can be long.
const REASON_LETTERS: usize = 90;
/// Kinds of fault that a mail tells.
const REJECTS_IN_MAIL: usize = 20;
const DAYS_A_WEEK: usize = 7;

const NOT_APPLICABLE: &str = "[z]";

/// How each source stands.
pub fn sources(view: &OperationsReport) -> Table {
    let columns = vec![
        Column::words("Source"),
        Column::words("State"),
        Column::figure("Data date").on_wide(),
        Column::figure("Age, hours"),
        Column::figure("Next due").on_wide(),
        Column::chart("28 days").on_wide(),
    ];
    let mut table = Table::new("Sources and their last files", columns);
    let days = days(view);
    for source in in_order(&view.sources) {
        let last = source.last.as_ref();
        let mut name = Cell::new(source.title.as_str());
        if let Some(last) = last {
            name = name.note(last.file.as_str());
        }
        table.push(vec![
            name,
            Cell::new(source.state.as_str()).strong(needs_attention(source)),
            Cell::new(last.map_or_else(not_applicable, |last| speaks_of(view, last))),
            Cell::new(last.map_or_else(not_applicable, |last| {
                format::count(last.age_hours.unsigned_abs())
            })),
            Cell::new(
                source
                    .next_due
                    .map_or_else(not_applicable, format::date_time_short),
            ),
            Cell::chart(chart(source, &days)),
        ]);
    }
    table
}

/// The day, with the year where it is another one.
fn speaks_of(view: &OperationsReport, last: &LastFile) -> String {
    use chrono::Datelike as _;
    if last.as_at.year() == view.at.year() {
        format::date_time_short(last.as_at)
    } else {
        last.as_at.format("%-d %b %Y").to_string()
    }
}

/// What the last files held.
pub fn rows(view: &OperationsReport) -> Table {
    let columns = vec![
        Column::words("Source"),
        Column::figure("Rows"),
        Column::figure("Usual").on_page_only(),
        Column::figure("Ratio").on_page_only(),
        Column::figure("Accepted"),
        Column::figure("Rejected"),
        Column::figure("Duplicate"),
        Column::figure("Warned").on_page_only(),
        Column::figure("Open"),
        Column::figure("Overdue").on_page_only(),
    ];
    let mut table = Table::new("Rows of each source’s last file", columns);
    for source in in_order(&view.sources) {
        if let Some(last) = &source.last {
            table.push(row_counts(source, last));
        }
    }
    table
}

fn row_counts(source: &SourceStatus, last: &LastFile) -> Vec<Cell> {
    let ratio = source.share_of_usual;
    vec![
        Cell::new(source.title.as_str()),
        Cell::new(format::count(last.rows_read)).strong(source.is_unusual),
        Cell::new(format::mean_or_whole(source.usual_rows)),
        Cell::new(ratio.map_or_else(not_applicable, |ratio| format::number(ratio, 2)))
            .strong(source.is_unusual),
        Cell::new(format::count(last.rows_accepted)),
        Cell::new(format::count(last.rows_rejected)).strong(last.rows_rejected > 0),
        Cell::new(format::count(last.rows_duplicate)),
        Cell::new(format::count(last.rows_warned)),
        Cell::new(format::count(source.open_rejects)),
        Cell::new(format::count(source.overdue_rows)).strong(source.overdue_rows > 0),
    ]
}

/// Rows read each day, a table a week, the newest first.
pub fn weeks(view: &OperationsReport) -> Vec<Table> {
    let days = days(view);
    days.rchunks(DAYS_A_WEEK)
        .map(|week| week_of(view, week))
        .filter(|table| !table.rows.is_empty())
        .collect()
}

fn week_of(view: &OperationsReport, week: &[NaiveDate]) -> Table {
    let mut columns = vec![Column::words("Source")];
    columns.extend(
        week.iter()
            .map(|day| Column::figure(format::day_short(*day))),
    );
    let last = week.last().copied().map_or_else(String::new, format::date);
    let mut table = Table::new(&format!("Rows read, week to {last}"), columns);
    for source in in_order(&view.sources) {
        let rows: Vec<Option<u64>> = week.iter().map(|day| rows_of(source, *day)).collect();
        if rows.iter().all(Option::is_none) {
            continue;
        }
        let mut cells = vec![Cell::new(source.title.as_str())];
        cells.extend(
            rows.into_iter()
                .map(|rows| Cell::new(rows.map_or_else(not_applicable, format::count))),
        );
        table.push(cells);
    }
    table
}

/// What was rejected, in counts.
pub fn rejects(view: &OperationsReport) -> Table {
    reject_table(view, view.rejects.iter().collect())
}

/// The most frequent of them: a mail that grew with every fault would be
/// clipped by its reader.
pub fn rejects_in_mail(view: &OperationsReport) -> Table {
    let mut table = reject_table(view, most_frequent(view));
    let left_out = view.rejects.len().saturating_sub(REJECTS_IN_MAIL);
    if left_out > 0 {
        table.caption =
            format!("The {REJECTS_IN_MAIL} most frequent faults; {left_out} more are on the page");
    }
    table
}

fn most_frequent(view: &OperationsReport) -> Vec<&RejectCount> {
    let mut rejects: Vec<&RejectCount> = view.rejects.iter().collect();
    rejects.sort_by_key(|reject| Reverse(reject.rejected_rows + reject.warned_rows));
    rejects.truncate(REJECTS_IN_MAIL);
    rejects
}

fn reject_table(view: &OperationsReport, rejects: Vec<&RejectCount>) -> Table {
    let columns = vec![
        Column::words("Source"),
        Column::words("Column"),
        Column::words("Reason"),
        Column::figure("Rejected"),
        Column::figure("Value blanked"),
    ];
    let mut table = Table::new("Rows by fault, files of the last day", columns);
    for reject in rejects {
        table.push(vec![
            Cell::new(title(view, &reject.source)),
            Cell::new(reject.column.as_deref().unwrap_or("whole line")),
            Cell::new(shortened(&reject.reason)),
            Cell::new(format::count(reject.rejected_rows)).strong(reject.rejected_rows > 0),
            Cell::new(format::count(reject.warned_rows)),
        ]);
    }
    table
}

/// What the mail shows of them, a line each: reasons are too long for columns of text.
pub fn reject_lines(view: &OperationsReport) -> Vec<String> {
    most_frequent(view)
        .into_iter()
        .map(|reject| {
            format!(
                "{}, {}: {} rejected, {} accepted with the value blanked; {}",
                title(view, &reject.source),
                reject.column.as_deref().unwrap_or("whole line"),
                format::count(reject.rejected_rows),
                format::count(reject.warned_rows),
                shortened(&reject.reason)
            )
        })
        .collect()
}

/// Rows that wait for another source for too long.
pub fn overdue(view: &OperationsReport) -> Table {
    let columns = vec![
        Column::words("Source"),
        Column::words("Column"),
        Column::words("Waits for"),
        Column::figure("Days allowed"),
        Column::figure("Waiting"),
        Column::figure("Overdue"),
    ];
    let mut table = Table::new("Rows that name what another source does not hold", columns);
    for rows in &view.overdue {
        table.push(vec![
            Cell::new(title(view, &rows.source)),
            Cell::new(rows.columns.as_str()),
            Cell::new(title(view, &rows.other_source)),
            Cell::new(format::count(rows.within_days.into())),
            Cell::new(format::count(rows.rows_missing)),
            Cell::new(format::count(rows.rows_overdue)).strong(true),
        ]);
    }
    table
}

/// What the checks of the last rebuild found.
pub fn checks(view: &OperationsReport) -> Table {
    let columns = vec![
        Column::words("Check"),
        Column::words("If it fails"),
        Column::figure("Rows found"),
    ];
    let mut table = Table::new("Checks of the last rebuild", columns);
    for check in &view.checks {
        let severity = if check.is_blocking {
            "blocks rebuild"
        } else {
            "warning"
        };
        table.push(vec![
            Cell::new(check.title.as_str()),
            Cell::new(severity),
            Cell::new(format::count(check.failing_rows)).strong(check.failing_rows > 0),
        ]);
    }
    table
}

/// How the last day's jobs ended.
pub fn jobs(view: &OperationsReport) -> Table {
    let columns = vec![
        Column::words("Job"),
        Column::figure("Last due"),
        Column::words("Ended"),
        Column::figure("Took"),
        Column::figure("Times due").on_page_only(),
        Column::figure("Failed"),
    ];
    let mut table = Table::new("Jobs due in the last 24 hours", columns);
    for job in &view.jobs {
        table.push(vec![
            Cell::new(job.job.as_str()),
            Cell::new(format::date_time_short(job.due_at)),
            Cell::new(job.state.as_str()).strong(job.state != "succeeded"),
            Cell::new(took(job.elapsed_ms)),
            Cell::new(format::count(job.slots)),
            Cell::new(format::count(job.troubled_slots)).strong(job.troubled_slots > 0),
        ]);
    }
    table
}

/// The days of the charts, oldest first.
fn days(view: &OperationsReport) -> Vec<NaiveDate> {
    let last = view.at.date();
    (0..DAYS_SHOWN.unsigned_abs())
        .rev()
        .map(|back| last - Days::new(back))
        .collect()
}

fn chart(source: &SourceStatus, days: &[NaiveDate]) -> String {
    let rows: Vec<Option<f64>> = days
        .iter()
        .map(|day| rows_of(source, *day).map(format::float))
        .collect();
    let most = rows.iter().flatten().copied().fold(1.0, f64::max);
    let cut_at = if source.usual_rows > 0.0 {
        source.usual_rows * CUT_AT
    } else {
        most
    };
    spark::day_bars(&rows, most.min(cut_at))
}

fn rows_of(source: &SourceStatus, day: NaiveDate) -> Option<u64> {
    let found: Option<&DayTotal> = source.days.iter().find(|total| total.day == day);
    found.map(|total| total.rows_read)
}

fn title<'a>(view: &'a OperationsReport, source: &'a str) -> &'a str {
    let found = view.sources.iter().find(|held| held.source == source);
    found.map_or(source, |held| held.title.as_str())
}

fn shortened(reason: &str) -> String {
    if reason.chars().count() <= REASON_LETTERS {
        return reason.to_owned();
    }
    let start: String = reason.chars().take(REASON_LETTERS).collect();
    format!("{}…", start.trim_end())
}

fn not_applicable() -> String {
    NOT_APPLICABLE.to_owned()
}
