//! The ground under `daybook query`: statements made by the hundred try to read
//! the room, its statistics and files; honest ones go on working; and nothing
//! takes more time, memory or room than it may.

mod bounds;
mod honest;
mod hostile;
mod statements;

use clap::Parser;
use daybook::cli::query::Query;
use daybook::harm::accounts::Role;
use daybook::store::Store;
use daybook::table::Table;

use crate::rooms::{CASES, READER, TRAINING};
use crate::support::rows::{CRIMES, crime, file};
use crate::support::{MORNING, Site};

/// In every value of the room's rows.
const MARK: &str = "Zq9Mark";

/// In a file beside the database.
const FILE_MARK: &str = "Xw7File";

/// Figures that nothing else comes to: how many cases there are, and the least
/// and greatest moment in them, in microseconds and as texts.
const CASES_HELD: usize = 4_173;
const STATISTICS: [&str; 5] = [
    "4173",
    "1051752123000000",
    "1795125597000000",
    "2003-05-01 01:22:03",
    "2026-11-19 21:59:57",
];

/// A deployment whose room is full of marks, with views and macros over it that
/// somebody made by hand, and a file beside the database.
fn site() -> Site {
    let site = Site::new();
    let mut cases = format!("{CASES}\n");
    for case in 0..CASES_HELD {
        let at = match case {
            0 => "2003-05-01 01:22:03",
            1 => "2026-11-19 21:59:57",
            _ => "2026-01-01 10:00:00",
        };
        cases += &format!("{MARK}C{case},{at},harassment,true,{MARK}S{case},,,\n");
    }
    cases += &format!("{MARK}R1,2026-01-01 10:00:00,{MARK}unheard,true,{MARK}S1,,,\n");
    site.land("conduct_cases_20261120.csv", cases);
    site.land(
        "training_20261120.csv",
        format!("{TRAINING}\n{MARK}T,vawg_awareness,constable,true,2026-01-01,2027-01-01\n"),
    );
    site.land(
        "crimes_20261120.csv",
        file(
            CRIMES,
            &[
                crime("C1", "008/06", "2026-06-01", &[]),
                crime("C2", "019/08", "2026-06-02", &[("ward", "O'Hara \"East\"")]),
            ],
        ),
    );
    site.run("nightly-ingest", MORNING).unwrap();
    site.grant(READER, Role::ConductReader);
    site.store
        .connection()
        .execute_batch(
            "create view core.harmless as select * from conduct.conduct_cases; \
             create view mart.twice_removed as select count(*) as n from core.harmless; \
             create view core.prying as from duckdb_tables(); \
             create view core.plain as select crime_ref from core.crimes; \
             create macro core.look() as table select * from conduct_history.training; \
             create macro core.most() as (select max(case_ref) from conduct.conduct_cases);",
        )
        .unwrap();
    let statistics = "select count(*), epoch_us(min(recorded_at)), epoch_us(max(recorded_at)), \
                      min(recorded_at), max(recorded_at) from conduct.conduct_cases";
    assert_eq!(site.query(statistics), [STATISTICS]);
    std::fs::write(site.dir.join("secret.csv"), format!("a\n{FILE_MARK}\n")).unwrap();
    std::fs::write(
        site.dir.join("secret.json"),
        format!("{{\"a\":\"{FILE_MARK}\"}}\n"),
    )
    .unwrap();
    site
}

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    query: Query,
}

/// The deployment with its database closed, so that it can be asked.
struct Asked {
    site: Site,
}

impl Asked {
    fn new() -> Self {
        let mut site = site();
        site.store = Store::in_memory().unwrap();
        Self { site }
    }

    /// What `daybook query` would print, or its refusal.
    fn ask(&self, arguments: &[&str]) -> Result<Table, String> {
        let words = ["query"].iter().chain(arguments);
        let command = Command::try_parse_from(words).unwrap();
        let answer = command.query.answer(&self.site.dir);
        answer.map_err(|error| format!("{error:#}"))
    }

    /// Statements on record, refused or not.
    fn on_record(mut self) -> Vec<Vec<String>> {
        self.site.store = self.site.deployment.open_store().unwrap();
        self.site.query(
            "select statement, coalesce(account, ''), coalesce(refusal, '') \
             from conduct_ledger.consultations order by consultation_id",
        )
    }
}

/// A table as one text, names of columns too.
fn text_of(table: &Table) -> String {
    format!("{:?} {:?}", table.columns, table.rows)
}
