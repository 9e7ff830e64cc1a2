//! The SQL of the harm list and of the reports, with what each caller binds to
//! it and reads from it.

use super::definition::{Action, Job, ReportKind};

/// One SQL file of a job.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    /// Path from the deployment folder.
    pub file: &'static str,
    pub target: Target,
    pub binds: Binds,
    /// Columns that the program reads by name or place.
    pub gives: &'static [&'static str],
}

/// The values that a statement's caller binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binds {
    /// Those of every statement of the list.
    List,
    /// Some by name.
    Names(&'static [&'static str]),
}

/// Where a statement's rows go.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    /// A temporary table that later statements read.
    Table(&'static str),
    /// A table of the ledger, behind what `harm::ranking::head` puts before it.
    Ledger(&'static str),
    /// The program.
    Rows,
}

const SCORES: &[&str] = &[
    "person_key",
    "score_days",
    "worst_days",
    "latest_reported_on",
];

const fn working(
    file: &'static str,
    table: &'static str,
    gives: &'static [&'static str],
) -> Statement {
    Statement {
        file,
        target: Target::Table(table),
        binds: Binds::List,
        gives,
    }
}

const fn frozen(file: &'static str, table: &'static str) -> Statement {
    Statement {
        file,
        target: Target::Ledger(table),
        binds: Binds::List,
        gives: &[],
    }
}

const LIST: &[Statement] = &[
    working("jobs/harm-list/ranking.sql", "ranking", SCORES),
    working(
        "jobs/harm-list/contributions.sql",
        "contributions",
        &["crime_key", "is_counted", "not_counted_because"],
    ),
    working(
        "jobs/harm-list/people.sql",
        "people",
        &[
            "person_key",
            "standing",
            "score_days",
            "worst_days",
            "latest_reported_on",
        ],
    ),
    working(
        "jobs/harm-list/sensitivity.sql",
        "sensitivity",
        &["place", "person_key", "rank", "score_days"],
    ),
    Statement {
        file: "jobs/harm-list/counts.sql",
        target: Target::Rows,
        binds: Binds::List,
        gives: &["ranked", "listed", "gini", "refused_crimes"],
    },
    frozen("jobs/harm-list/entries.sql", "list_entries"),
    frozen(
        "jobs/harm-list/listed_contributions.sql",
        "list_contributions",
    ),
    frozen("jobs/harm-list/variants.sql", "list_variants"),
    frozen("jobs/harm-list/variant_ranks.sql", "list_variant_ranks"),
    frozen("jobs/harm-list/movement.sql", "list_moves"),
];

const PACK: &[Statement] = &[
    Statement {
        file: "jobs/harm-list-pack/concentration.sql",
        target: Target::Rows,
        binds: Binds::Names(&["list_id"]),
        gives: &["suspects_percent", "harm_percent"],
    },
    Statement {
        file: "jobs/harm-list-pack/people.sql",
        target: Target::Rows,
        binds: Binds::Names(&["list_id", "as_of", "size"]),
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
        binds: Binds::Names(&["list_id", "as_of"]),
        gives: &["nominal_id", "crime_ref", "court"],
    },
];

const BRIEFING: &[Statement] = &[
    Statement {
        file: "jobs/morning-briefing/groups.sql",
        target: Target::Rows,
        binds: Binds::Names(&["from", "as_of"]),
        gives: &["recorded_on", "title", "crimes", "domestic_abuse"],
    },
    Statement {
        file: "jobs/morning-briefing/events.sql",
        target: Target::Rows,
        binds: Binds::Names(&["day", "list_id"]),
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
        binds: Binds::Names(&["from", "until", "utc_from", "utc_until"]),
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
        binds: Binds::Names(&[]),
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
        binds: Binds::Names(&["utc_from", "utc_until"]),
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
                ReportKind::CommitmentScorecard => {}
            },
            Action::Ingest | Action::Measures(_) => {}
        }
    }
    [
        (list, LIST),
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

/// The statements that a report is made from.
pub fn of_report(kind: ReportKind) -> &'static [Statement] {
    match kind {
        ReportKind::HarmListPack => PACK,
        ReportKind::MorningBriefing => BRIEFING,
        ReportKind::OperationsReport => OPERATIONS,
        // Reads the ledger's figures alone.
        ReportKind::CommitmentScorecard => &[],
    }
}

/// Temporary tables that exist while a list is made.
pub fn list_tables() -> impl Iterator<Item = &'static str> {
    LIST.iter().filter_map(|statement| match statement.target {
        Target::Table(table) => Some(table),
        Target::Ledger(_) | Target::Rows => None,
    })
}
