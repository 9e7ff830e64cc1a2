//! An invented quiet day of operations.

use chrono::NaiveDateTime;

use super::{day, header};
use crate::ingest::status::{DayTotal, LastFile, SourceStatus, State};
use crate::report::view::operations_report::{
    CheckCount, JobRuns, OperationsReport, Record, Warehouse,
};

fn at(hour: u32, minute: u32) -> NaiveDateTime {
    day(2026, 11, 21)
        .and_hms_opt(hour, minute, 0)
        .expect("a time of the sample")
}

pub(crate) fn report() -> OperationsReport {
    let mut sources = vec![
        source("crimes", "Crime reports", State::Fresh),
        source("parties", "People in crime reports", State::Fresh),
    ];
    for source in &mut sources {
        source.days = vec![DayTotal {
            day: day(2026, 11, 21),
            files: 1,
            rows_read: 1_000,
            rows_accepted: 995,
            rows_rejected: 4,
            rows_duplicate: 1,
        }];
    }
    OperationsReport {
        header: header(),
        at: at(6, 45),
        sources,
        rejects: vec![],
        overdue: vec![],
        shifts: vec![],
        warehouse: Warehouse {
            stands_on_batch: Some(118),
            newest_batch: 118,
            is_blocked: false,
        },
        checks: vec![CheckCount {
            title: "Keys are unique".to_owned(),
            is_blocking: true,
            failing_rows: 0,
        }],
        record: Some(Record {
            verified_at: at(6, 45),
            entries: 12_345,
            findings: 0,
            ledgers: vec![],
        }),
        jobs: vec![JobRuns {
            job: "nightly-ingest".to_owned(),
            slots: 1,
            troubled_slots: 0,
            due_at: at(4, 10),
            state: "succeeded".to_owned(),
            elapsed_ms: Some(4_900),
        }],
    }
}

pub(crate) fn source(name: &str, title: &str, state: State) -> SourceStatus {
    SourceStatus {
        source: name.to_owned(),
        title: title.to_owned(),
        affects: None,
        state,
        last: Some(LastFile {
            batch_id: 118,
            file: format!("{name}_20261121.csv"),
            as_at: at(0, 0),
            age_hours: 6,
            rows_read: 1_000,
            rows_accepted: 995,
            rows_rejected: 4,
            rows_duplicate: 1,
            rows_warned: 2,
            note: None,
        }),
        refused: None,
        next_due: Some(at(3, 30)),
        usual_rows: 800.0,
        files_compared: 28,
        share_of_usual: Some(1.25),
        is_unusual: false,
        open_rejects: 3,
        overdue_rows: 0,
        days: vec![],
    }
}
