//! The SQL of the harm list and of the reports, with what each caller binds to
//! it and reads from it.

use super::definition::{Action, Job, ReportKind};
use crate::harm::ranking::{INSERT_CONTRIBUTIONS, INSERT_ENTRIES};

/// One SQL file of a job.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    /// Path from the deployment folder.
    pub file: &'static str,
    pub target: Target,
    /// Names of the values its caller binds.
    pub binds: &'static [&'static str],
    /// Columns that the program reads by name or place.
    pub gives: &'static [&'static str],
}

/// Where a statement's rows go.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    /// A temporary table that later statements read.
    Table(&'static str),
    /// The ledger: the text before the statement.
    Ledger(&'static str),
    /// The program.
    Rows,
}

const LIST_VALUES: &[&str] = &[
    "as_of",
    "window_from",
    "window_to",
    "window_by",
    "edition",
    "minimum_age",
    "adult_born_by",
    "count_conditional_codes",
    "count_no_further_action",
];

const LIST: &[Statement] = &[
    Statement {
        file: "jobs/harm-list/ranking.sql",
        target: Target::Table("ranking"),
        binds: LIST_VALUES,
        gives: &[
            "person_key",
            "score_days",
            "worst_days",
            "latest_reported_on",
        ],
    },
    Statement {
        file: "jobs/harm-list/contributions.sql",
        target: Target::Table("contributions"),
        binds: LIST_VALUES,
        gives: &["index_code", "is_counted", "not_counted_because"],
    },
    Statement {
        file: "jobs/harm-list/people.sql",
        target: Target::Table("people"),
        binds: LIST_VALUES,
        gives: &[
            "person_key",
            "standing",
            "score_days",
            "worst_days",
            "latest_reported_on",
        ],
    },
    Statement {
        file: "jobs/harm-list/entries.sql",
        target: Target::Ledger(INSERT_ENTRIES),
        binds: &["list_id"],
        gives: &[],
    },
    Statement {
        file: "jobs/harm-list/listed_contributions.sql",
        target: Target::Ledger(INSERT_CONTRIBUTIONS),
        binds: &["list_id", "edition", "kept"],
        gives: &[],
    },
];

const MOVEMENT: &[Statement] = &[Statement {
    file: "jobs/harm-list/movement.sql",
    target: Target::Rows,
    binds: &[
        "previous_id",
        "previous_size",
        "previous_as_of",
        "list_id",
        "size",
    ],
    gives: &[
        "nominal_id",
        "previous_rank",
        "rank",
        "last_list",
        "movement",
        "reason",
    ],
}];

const PACK: &[Statement] = &[
    Statement {
        file: "jobs/harm-list-pack/concentration.sql",
        target: Target::Rows,
        binds: &["list_id"],
        gives: &["suspects_percent", "harm_percent"],
    },
    Statement {
        file: "jobs/harm-list-pack/people.sql",
        target: Target::Rows,
        binds: &["list_id", "as_of", "size"],
        gives: &[
            "nominal_id",
            "forenames",
            "surname",
            "date_of_birth",
            "custody_kind",
            "custody_since",
        ],
    },
    Statement {
        file: "jobs/harm-list-pack/results.sql",
        target: Target::Rows,
        binds: &["list_id", "as_of"],
        gives: &["nominal_id", "crime_ref", "is_convicted", "is_pending"],
    },
];

const BRIEFING: &[Statement] = &[
    Statement {
        file: "jobs/morning-briefing/groups.sql",
        target: Target::Rows,
        binds: &["from", "as_of"],
        gives: &["recorded_on", "title", "crimes", "domestic_abuse"],
    },
    Statement {
        file: "jobs/morning-briefing/events.sql",
        target: Target::Rows,
        binds: &["day", "list_id"],
        gives: &[
            "arrests",
            "arrests_on_list",
            "charges",
            "charges_on_list",
            "orders_granted",
            "cancelled",
        ],
    },
];

const OPERATIONS: &[Statement] = &[
    Statement {
        file: "jobs/operations-report/rejects.sql",
        target: Target::Rows,
        binds: &["from", "until", "utc_from", "utc_until"],
        gives: &[
            "source",
            "column_name",
            "reason",
            "rejected_rows",
            "warned_rows",
        ],
    },
    Statement {
        file: "jobs/operations-report/overdue.sql",
        target: Target::Rows,
        binds: &[],
        gives: &[
            "source",
            "columns",
            "other_source",
            "rows_missing",
            "rows_overdue",
            "within_days",
        ],
    },
    Statement {
        file: "jobs/operations-report/runs.sql",
        target: Target::Rows,
        binds: &["utc_from", "utc_until"],
        gives: &[
            "job",
            "slots",
            "troubled_slots",
            "scheduled_at",
            "state",
            "elapsed_ms",
        ],
    },
];

/// The statements that a deployment's jobs will run, each once, in an order in
/// which what one makes stands before what reads it.
pub fn of_jobs<'a>(jobs: impl Iterator<Item = &'a Job>) -> Vec<Statement> {
    let (mut list, mut pack, mut briefing, mut operations) = (false, false, false, false);
    for job in jobs {
        match &job.action {
            Action::HarmList(_) => list = true,
            Action::Report { kind, .. } => match kind {
                ReportKind::HarmListPack => pack = true,
                ReportKind::MorningBriefing => briefing = true,
                ReportKind::OperationsReport => operations = true,
            },
            Action::Ingest | Action::Measures => {}
        }
    }
    [
        (list, LIST),
        (pack || briefing, MOVEMENT),
        (pack, PACK),
        (briefing, BRIEFING),
        (operations, OPERATIONS),
    ]
    .into_iter()
    .filter(|(is_run, _)| *is_run)
    .flat_map(|(_, statements)| statements)
    .copied()
    .collect()
}

/// Temporary tables that exist while a list is made.
pub fn list_tables() -> impl Iterator<Item = &'static str> {
    LIST.iter().filter_map(|statement| match statement.target {
        Target::Table(table) => Some(table),
        Target::Ledger(_) | Target::Rows => None,
    })
}
