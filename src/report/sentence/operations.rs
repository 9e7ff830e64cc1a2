//! What the operations report says of sources, rows, relations, checks and
//! jobs. Quiet when nothing is wrong.

use super::{Sentence, stale_notice};
use crate::ingest::refusal;
use crate::ingest::status::{DayTotal, RefusedFile, SourceStatus, State};
use crate::report::format;
use crate::report::view::operations_report::{
    CheckCount, JobRuns, OperationsReport, OverdueRows, Record, RejectCount, Shifted,
};

/// Sources and effects shown by name before the rest is counted.
const NAMED: usize = 3;

/// Whether somebody has to act on it. A source without a set time that never
/// came may be one that nobody sends.
pub fn needs_attention(source: &SourceStatus) -> bool {
    match source.state {
        State::Late | State::Stale | State::Refused | State::Broken => true,
        State::Never => source.next_due.is_some(),
        State::Fresh | State::Unscheduled | State::Due => false,
    }
}

/// What needs somebody first, then what is awaited, then what is in.
pub fn in_order(sources: &[SourceStatus]) -> Vec<&SourceStatus> {
    let mut ordered: Vec<&SourceStatus> = sources.iter().collect();
    ordered.sort_by_key(|source| {
        let rank = match source.state {
            State::Refused | State::Broken => 0,
            State::Late => 1,
            State::Stale => 2,
            State::Never if needs_attention(source) => 3,
            State::Due => 4,
            State::Fresh => 5,
            State::Unscheduled => 6,
            State::Never => 7,
        };
        (rank, &source.title, &source.source)
    });
    ordered
}

/// The lead sentence about what arrived.
pub fn arrived(view: &OperationsReport) -> Sentence {
    let total = total_of_day(view);
    let day = format::day_short(view.at.date());
    let after = if total.files == 0 {
        format!("; no file of {day} has been accepted.")
    } else {
        let files = match total.files {
            1 => "one file".to_owned(),
            files => format::plural(files, "file", "files"),
        };
        format!("; the {files} of {day} held {}.", reconciled(&total))
    };
    Sentence::new(&sources_heading(&view.sources), &after, "#sources")
}

/// `12 rows: 10 accepted, 1 rejected, 1 duplicate`.
fn reconciled(total: &DayTotal) -> String {
    format!(
        "{}: {} accepted, {} rejected, {} duplicate",
        format::plural(total.rows_read, "row", "rows"),
        format::count(total.rows_accepted),
        format::count(total.rows_rejected),
        format::count(total.rows_duplicate)
    )
}

/// All sources' files that speak of the report's day.
pub fn total_of_day(view: &OperationsReport) -> DayTotal {
    let day = view.at.date();
    let days = view.sources.iter().flat_map(|source| &source.days);
    let mut total = DayTotal {
        day,
        files: 0,
        rows_read: 0,
        rows_accepted: 0,
        rows_rejected: 0,
        rows_duplicate: 0,
    };
    for of_day in days.filter(|of_day| of_day.day == day) {
        total.files += of_day.files;
        total.rows_read += of_day.rows_read;
        total.rows_accepted += of_day.rows_accepted;
        total.rows_rejected += of_day.rows_rejected;
        total.rows_duplicate += of_day.rows_duplicate;
    }
    total
}

/// The lead sentence about what it means for the figures.
pub fn matters(view: &OperationsReport) -> Sentence {
    let troubled: Vec<&SourceStatus> = troubled(&view.sources);
    let effects: Vec<String> = troubled
        .iter()
        .filter_map(|source| source.affects.clone())
        .collect();
    if troubled.is_empty() {
        let after = " has to do without a source that was due.";
        return Sentence::new("No figure", after, "#sources");
    }
    if effects.is_empty() {
        return Sentence::new("No figure", " is known to rest on them.", "#sources");
    }
    Sentence {
        before: "Do not rely on ".to_owned(),
        linked: named(&effects, "; "),
        after: ".".to_owned(),
        target: "#sources".to_owned(),
    }
}

/// The lead sentence about what to do.
pub fn asked(view: &OperationsReport) -> Sentence {
    let mut asks = Vec::new();
    let names: Vec<String> = troubled(&view.sources)
        .iter()
        .map(|source| source.title.clone())
        .collect();
    if !names.is_empty() {
        asks.push(format!("get {} sent", named(&names, ", ")));
    }
    let overdue: u64 = view.overdue.iter().map(|rows| rows.rows_overdue).sum();
    if overdue > 0 {
        let rows = format::plural(overdue, "overdue row waits", "overdue rows wait");
        asks.push(format!("ask for what {rows} for"));
    }
    if view.warehouse.is_blocked {
        asks.push("correct what the failed check found".to_owned());
    }
    if is_altered(view) {
        asks.push("find out what was altered in the record, and who can write to it".to_owned());
    }
    if !view.shifts.is_empty() {
        asks.push("find out whether a way of recording changed".to_owned());
    }
    let jobs = troubled_jobs(&view.jobs);
    if !jobs.is_empty() {
        asks.push(format!("see why {} did not end well", named(&jobs, ", ")));
    }
    if asks.is_empty() {
        return Sentence::new("Nothing", " is asked of you today.", "#sources");
    }
    let linked = format::capitalised(&asks.join("; "));
    Sentence::new(&linked, ".", "#sources")
}

/// The lead sentence about the warehouse, its checks and the jobs.
pub fn trust(view: &OperationsReport) -> Sentence {
    let jobs = jobs_heading(&view.jobs);
    let after = format!("; {}.", format::inside_a_sentence(&jobs));
    Sentence::new(&warehouse_heading(view), &after, "#warehouse")
}

/// The lead sentence about the record.
pub fn record(view: &OperationsReport) -> Sentence {
    Sentence::new(&record_heading(view.record.as_ref()), ".", "#record")
}

/// The heading of the shifts, without a full stop.
pub fn shifts_heading(shifts: &[Shifted]) -> String {
    match shifts.len() as u64 {
        0 => "No lasting shift without a recorded break".to_owned(),
        shifts => {
            let shifts = format::plural(shifts, "lasting shift", "lasting shifts");
            format!("{shifts} without a recorded break")
        }
    }
}

/// `P.1 VAWG offences recorded: from March 2024 on at a mean of 8,037, against
/// 10,292 in the twelve months before.`
pub fn shift(shifted: &Shifted) -> String {
    let by = shifted.means.map_or_else(
        || "beyond the limits of the twelve months before".to_owned(),
        |(before, after)| {
            format!(
                "at a mean of {}, against {} in the twelve months before and beyond their limits",
                format::value_in_words(shifted.unit, after),
                format::value_in_words(shifted.unit, before)
            )
        },
    );
    format!(
        "{} {}: from {} on {by}.",
        shifted.measure,
        shifted.title,
        format::month(shifted.month)
    )
}

/// What a subject says after the date.
pub fn in_short(view: &OperationsReport) -> String {
    let mut parts = match states(&view.sources) {
        states if states.is_empty() => vec!["every source in".to_owned()],
        states => states,
    };
    let failed = view.checks.iter().filter(|c| c.failing_rows > 0).count() as u64;
    if failed > 0 {
        parts.push(format::plural(failed, "failed check", "failed checks"));
    }
    if is_altered(view) {
        parts.push("record altered".to_owned());
    }
    let jobs = troubled_jobs(&view.jobs).len() as u64;
    if jobs > 0 {
        parts.push(format::plural(jobs, "failed job", "failed jobs"));
    }
    parts.extend(view.header.stale.as_ref().map(stale_notice::in_short));
    if view.header.is_synthetic {
        parts.push("synthetic data".to_owned());
    }
    parts.join(", ")
}

/// The heading of the sources, without a full stop.
pub fn sources_heading(sources: &[SourceStatus]) -> String {
    let troubled = troubled(sources).len();
    if troubled > 0 {
        let verb = if troubled == 1 { "needs" } else { "need" };
        return format!(
            "{troubled} of {} {verb} attention: {}",
            format::plural(sources.len() as u64, "source", "sources"),
            format::list_in_words(&states(sources))
        );
    }
    let with_time = sources.iter().filter(|s| s.next_due.is_some());
    let (due, awaited): (Vec<_>, Vec<_>) = with_time.partition(|s| s.state != State::Due);
    match (due.len(), awaited.len()) {
        (0, 0) => "No source has a set time".to_owned(),
        (1, 0) => "The one source with a set time is in".to_owned(),
        (due, 0) => format!("All {due} sources with a set time are in"),
        (due, awaited) => format!(
            "Nothing is late: {due} of {} with a set time are in, {awaited} not due yet",
            format::plural((due + awaited) as u64, "source", "sources")
        ),
    }
}

/// One sentence for each source that needs somebody.
pub fn cautions(sources: &[SourceStatus]) -> Vec<String> {
    in_order(sources)
        .into_iter()
        .filter(|source| needs_attention(source))
        .map(caution)
        .collect()
}

/// What the newest file of a source has to note, a sentence each.
pub fn notes(sources: &[SourceStatus]) -> Vec<String> {
    let noted = in_order(sources)
        .into_iter()
        .filter_map(|source| Some((source, source.last.as_ref()?.note.as_ref()?)));
    noted
        .map(|(source, note)| format!("{}: {note}.", source.title))
        .collect()
}

/// The sources without a set time that never came, in one sentence.
pub fn never_sent(sources: &[SourceStatus]) -> Option<String> {
    let names: Vec<String> = sources
        .iter()
        .filter(|source| source.state == State::Never && !needs_attention(source))
        .map(|source| source.title.clone())
        .collect();
    (!names.is_empty()).then(|| {
        let names = names.join("; ");
        format!("Without a set time, and never here so far: {names}.")
    })
}

/// The heading of the last files' rows.
pub fn rows_heading(sources: &[SourceStatus]) -> String {
    let files = sources.iter().filter(|source| source.last.is_some());
    let unusual: Vec<String> = files
        .clone()
        .filter(|source| source.is_unusual)
        .map(|source| source.title.clone())
        .collect();
    match (files.count(), unusual.len()) {
        (0, _) => "No file has been accepted yet".to_owned(),
        (_, 0) => "Every last file is of its usual size".to_owned(),
        (files, 1) => format!(
            "1 of {files} last files is of an unusual size: {}",
            unusual[0]
        ),
        (files, n) => format!(
            "{n} of {files} last files are of an unusual size: {}",
            named(&unusual, ", ")
        ),
    }
}

/// The heading of the rejects.
pub fn rejects_heading(view: &OperationsReport) -> String {
    let rows = |pick: fn(&RejectCount) -> u64| view.rejects.iter().map(pick).sum::<u64>();
    let (rejected, warned) = (rows(|r| r.rejected_rows), rows(|r| r.warned_rows));
    match (rejected, warned) {
        (0, 0) => "No row of the last day was rejected".to_owned(),
        (0, _) => format!(
            "{} of the last day accepted with a value blanked",
            format::plural(warned, "row was", "rows were")
        ),
        _ => {
            let total: u64 = view.sources.iter().map(|s| s.open_rejects).sum();
            format!(
                "{} in rows of the last day; {} open over all files",
                format::plural(rejected, "fault", "faults"),
                format::plural(total, "rejected row is", "rejected rows are")
            )
        }
    }
}

/// The heading of the rows that wait too long.
pub fn overdue_heading(overdue: &[OverdueRows]) -> String {
    match overdue.iter().map(|rows| rows.rows_overdue).sum() {
        0 => "No row waits longer than it may for another source".to_owned(),
        rows => format!(
            "{} longer than {} may for another source",
            format::plural(rows, "row waits", "rows wait"),
            if rows == 1 { "it" } else { "they" }
        ),
    }
}

/// The heading of the warehouse and its checks.
pub fn warehouse_heading(view: &OperationsReport) -> String {
    let warehouse = &view.warehouse;
    match (warehouse.stands_on_batch, warehouse.is_blocked) {
        (None, true) => "There is no warehouse yet, because a check failed".to_owned(),
        (None, false) => "There is no warehouse yet".to_owned(),
        (Some(batch), true) => format!(
            "The warehouse still stands on batch {batch} of {}, because a check failed",
            warehouse.newest_batch
        ),
        (Some(batch), false) => format!(
            "The warehouse stands on batch {batch}, and {}",
            checks(&view.checks)
        ),
    }
}

fn is_altered(view: &OperationsReport) -> bool {
    view.record
        .as_ref()
        .is_some_and(|record| record.findings > 0)
}

/// The heading of the record.
pub fn record_heading(record: Option<&Record>) -> String {
    let Some(record) = record else {
        return "The record could not be verified".to_owned();
    };
    let at = record.verified_at.format("%H:%M");
    let entries = format::plural(record.entries, "entry", "entries");
    if record.findings == 0 {
        return format!("The record was verified at {at}: {entries}, nothing was altered");
    }
    format!(
        "The record was altered: {} in {}, found at {at}",
        format::plural(record.findings, "finding", "findings"),
        record.ledgers.join(", ")
    )
}

/// The heading of the last day's jobs.
pub fn jobs_heading(jobs: &[JobRuns]) -> String {
    let troubled = troubled_jobs(jobs).len();
    match (jobs.len(), troubled) {
        (0, _) => "No job was due in the last day".to_owned(),
        (1, 0) => "The one job of the last day ended well".to_owned(),
        (all, 0) => format!("All {all} jobs of the last day ended well"),
        (all, troubled) => format!(
            "{troubled} of {} of the last day did not end well",
            format::plural(all as u64, "job", "jobs")
        ),
    }
}

/// `4 s`, `2 min 5 s`; `[z]` for what never ran.
pub fn took(elapsed_ms: Option<i64>) -> String {
    match elapsed_ms.map(|ms| ms / 1_000) {
        None => "[z]".to_owned(),
        Some(0) => "under 1 s".to_owned(),
        Some(seconds) if seconds < 60 => format!("{seconds} s"),
        Some(seconds) => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

fn troubled(sources: &[SourceStatus]) -> Vec<&SourceStatus> {
    in_order(sources)
        .into_iter()
        .filter(|source| needs_attention(source))
        .collect()
}

/// `1 refused`, `2 late`: how many need attention in each state.
fn states(sources: &[SourceStatus]) -> Vec<String> {
    [State::Refused, State::Late, State::Stale, State::Never]
        .into_iter()
        .filter_map(|state| {
            let is_one = |s: &&SourceStatus| s.state == state && needs_attention(s);
            let count = sources.iter().filter(is_one).count();
            (count > 0).then(|| format!("{count} {}", state.as_str()))
        })
        .collect()
}

fn caution(source: &SourceStatus) -> String {
    let due = source.next_due.map(|due| due.format("%H:%M").to_string());
    let last = source.last.as_ref().map_or_else(
        || "no earlier file".to_owned(),
        |last| {
            format!(
                "last file of {}, {} old",
                format::date_time_short(last.as_at),
                hours(last.age_hours)
            )
        },
    );
    let told = match (source.state, &source.refused) {
        (State::Refused, Some(refused)) => {
            format!("refused, because {}; {last}", why_refused(refused))
        }
        (State::Never, _) => format!(
            "never arrived, though due each day by {}",
            due.unwrap_or_default()
        ),
        (State::Late, _) => format!("late, due today by {}; {last}", due.unwrap_or_default()),
        (state, _) => format!("{}; {last}", state.as_str()),
    };
    let effect = source
        .affects
        .as_ref()
        .map_or_else(String::new, |affects| format!(". Do not rely on {affects}"));
    format!("{}: {told}{effect}.", source.title)
}

fn hours(hours: i64) -> String {
    let whole = hours.unsigned_abs();
    if whole < 72 {
        return format::plural(whole, "hour", "hours");
    }
    format::plural(whole / 24, "day", "days")
}

fn why_refused(refused: &RefusedFile) -> String {
    format!(
        "{} (batch {}, {})",
        refusal::in_words(refused.refusal.as_deref()),
        refused.batch_id,
        refusal::name(&refused.file)
    )
}

fn checks(checks: &[CheckCount]) -> String {
    let failed = checks.iter().filter(|check| check.failing_rows > 0).count();
    match (checks.len(), failed) {
        (0, _) => "no check ran".to_owned(),
        (1, 0) => "the one check holds".to_owned(),
        (all, 0) => format!("all {all} checks hold"),
        (all, failed) => format!(
            "{failed} of {} found rows",
            format::plural(all as u64, "check", "checks")
        ),
    }
}

fn troubled_jobs(jobs: &[JobRuns]) -> Vec<String> {
    jobs.iter()
        .filter(|job| job.troubled_slots > 0)
        .map(|job| job.job.clone())
        .collect()
}

/// The first few by name, the rest as a number.
fn named(items: &[String], between: &str) -> String {
    let mut unique: Vec<&String> = Vec::new();
    for item in items {
        if !unique.contains(&item) {
            unique.push(item);
        }
    }
    let more = unique.len().saturating_sub(NAMED);
    unique.truncate(if more == 1 { NAMED + 1 } else { NAMED });
    let shown: Vec<&str> = unique.iter().map(|item| item.as_str()).collect();
    let and = if between == ", " { " and " } else { "; and " };
    match (shown.split_last(), more) {
        (None, _) => String::new(),
        (Some(_), more) if more > 1 => format!("{}{and}{more} more", shown.join(between)),
        (Some((last, [])), _) => (*last).to_owned(),
        (Some((last, firsts)), _) => format!("{}{and}{last}", firsts.join(between)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::sample::operations::{report, source};

    #[test]
    fn a_day_without_trouble_is_quiet() {
        let view = report();
        assert_eq!(
            arrived(&view).text(),
            "All 2 sources with a set time are in; the 2 files of 21 Nov held 2,000 rows: 1,990 \
             accepted, 8 rejected, 2 duplicate."
        );
        assert_eq!(
            matters(&view).text(),
            "No figure has to do without a source that was due."
        );
        assert_eq!(asked(&view).text(), "Nothing is asked of you today.");
        assert_eq!(
            trust(&view).text(),
            "The warehouse stands on batch 118, and the one check holds; the one job of the last \
             day ended well."
        );
        assert!(cautions(&view.sources).is_empty());
        assert_eq!(in_short(&view), "every source in, synthetic data");
    }

    #[test]
    fn each_kind_of_trouble_is_told_with_what_it_affects() {
        let mut view = report();
        let mut late = source("arrests", "Arrests", State::Late);
        late.affects = Some("arrests".to_owned());
        let mut refused = source("charges", "Charges", State::Refused);
        refused.refused = Some(RefusedFile {
            batch_id: 7,
            file: "charges_20261121.csv".to_owned(),
            as_at: view.at,
            refusal: Some("unreadable".to_owned()),
            reason: "the contract does not know Aldermoss".to_owned(),
        });
        let mut never = source("patrols", "Patrols", State::Never);
        never.last = None;
        view.sources.extend([late, refused, never]);
        assert_eq!(
            sources_heading(&view.sources),
            "3 of 5 sources need attention: 1 refused, 1 late and 1 never arrived"
        );
        assert_eq!(
            cautions(&view.sources),
            [
                "Charges: refused, because it cannot be read as its contract says (batch 7, \
                 charges_20261121.csv); last file of 21 Nov, 00:00, 6 hours old.",
                "Arrests: late, due today by 03:30; last file of 21 Nov, 00:00, 6 hours old. Do \
                 not rely on arrests.",
                "Patrols: never arrived, though due each day by 03:30.",
            ]
        );
        assert_eq!(matters(&view).text(), "Do not rely on arrests.");
        assert_eq!(
            asked(&view).text(),
            "Get Charges, Arrests and Patrols sent."
        );
        assert_eq!(
            in_short(&view),
            "1 refused, 1 late, 1 never arrived, synthetic data"
        );
    }

    #[test]
    fn the_first_few_are_named_and_the_rest_counted() {
        let items = |n: usize| (1..=n).map(|i| i.to_string()).collect::<Vec<_>>();
        assert_eq!(named(&items(1), ", "), "1");
        assert_eq!(named(&items(2), ", "), "1 and 2");
        assert_eq!(named(&items(4), ", "), "1, 2, 3 and 4");
        assert_eq!(named(&items(5), ", "), "1, 2, 3 and 2 more");
        assert_eq!(named(&items(5), "; "), "1; 2; 3; and 2 more");
        assert_eq!(named(&["a".to_owned(), "a".to_owned()], ", "), "a");
    }

    #[test]
    fn a_run_is_timed_in_words() {
        assert_eq!(took(None), "[z]");
        assert_eq!(took(Some(400)), "under 1 s");
        assert_eq!(took(Some(4_900)), "4 s");
        assert_eq!(took(Some(125_000)), "2 min 5 s");
    }
}
