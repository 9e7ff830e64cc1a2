//! Conduct and HR data lie in a room of their own: who may look, what is on
//! record, and that no way of writing a statement leads around it.

mod moved;
mod rejected;
mod walls;

use daybook::config::Config;
use daybook::harm::accounts::{self, Change, Role};
use daybook::harm::consultations;
use daybook::store::Store;

use crate::support::{MORNING, Site, noon};

const CASES: &str =
    "case_ref,recorded_at,category,vawg,subject_id,linked_crime_ref,finalised_at,outcome";
const TRAINING: &str = "staff_id,course,role,eligible,completed_on,expires_on";
const OFFICER: &str = "j.officer";
const READER: &str = "p.standards";
const ANALYST: &str = "an-analyst";

/// Two conduct cases and one member of staff's training, and an account of
/// each kind.
fn site() -> Site {
    let site = Site::new();
    site.land(
        "conduct_cases_20261120.csv",
        format!(
            "{CASES}\nK1,2026-01-01 10:00:00,harassment,true,S7,,2026-02-01 10:00:00,no_action\n\
             K2,2026-01-02 10:00:00,harassment,true,S8,,,\n"
        ),
    );
    site.land(
        "training_20261120.csv",
        format!("{TRAINING}\nS7,vawg_awareness,constable,true,2026-01-01,2027-01-01\n"),
    );
    site.run("nightly-ingest", MORNING).unwrap();
    for (account, role) in [
        (OFFICER, Role::AuthorisingOfficer),
        (READER, Role::ConductReader),
        (ANALYST, Role::Analyst),
    ] {
        let change = Change {
            by: &OFFICER.parse().unwrap(),
            at: noon().naive_utc(),
        };
        accounts::grant(&site.store, &account.parse().unwrap(), role, change).unwrap();
    }
    site
}

/// What a query that fails prints.
fn refused(site: &mut Site, arguments: &[&str]) -> String {
    let output = site.command(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert_eq!(output.stdout, b"", "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

const ON_RECORD: &str = "select account, statement, refusal is null \
                         from conduct_ledger.consultations order by consultation_id";

#[test]
fn a_look_needs_the_role_and_is_on_record_either_way() {
    let mut site = site();
    let sql = "select case_ref, subject_id from conduct.conduct_cases order by case_ref";

    let told = refused(&mut site, &["query", sql]);
    assert!(told.contains("conduct and HR data"), "{told}");
    for word in [
        "conduct.conduct_cases",
        "--as ACCOUNT",
        "conduct-reader",
        "daybook account grant",
        "on record",
    ] {
        assert!(told.contains(word), "{told}");
    }
    for account in [ANALYST, OFFICER, "nobody"] {
        let told = refused(&mut site, &["query", sql, "--as", account]);
        let wanted = format!("{account} does not hold the role conduct-reader");
        assert!(told.contains(&wanted), "{told}");
    }
    let told = site.told(&["query", sql, "--as", READER, "--format", "csv"]);
    assert_eq!(told, "case_ref,subject_id\nK1,S7\nK2,S8\n");

    let row =
        |account: &str, allowed: &str| [account, sql, allowed].map(ToOwned::to_owned).to_vec();
    assert_eq!(
        site.query(ON_RECORD),
        [
            row("", "false"),
            row(ANALYST, "false"),
            row(OFFICER, "false"),
            row("nobody", "false"),
            row(READER, "true"),
        ]
    );
    let machine_users = "select count(*) from conduct_ledger.consultations \
                         where machine_user = '' or consulted_at < timestamp '2020-01-01'";
    assert_eq!(site.one(machine_users), "0");
}

#[test]
fn who_has_lost_the_role_looks_no_more() {
    let mut site = site();
    let sql = "select count(*) as n from known.training";
    let told = site.told(&["query", sql, "--as", READER, "--format", "csv"]);
    assert_eq!(told, "n\n1\n");
    site.told(&[
        "account",
        "revoke",
        READER,
        "--role",
        "conduct-reader",
        "--by",
        OFFICER,
    ]);
    refused(&mut site, &["query", sql, "--as", READER]);
    assert_eq!(site.query(ON_RECORD).len(), 2);
}

#[test]
fn the_record_of_looks_is_read_like_the_room_itself() {
    let mut site = site();
    let sql = "select statement from conduct_ledger.consultations";
    refused(&mut site, &["query", sql]);
    let told = site.told(&["query", sql, "--as", READER, "--format", "csv"]);
    assert_eq!(told.matches(sql).count(), 2, "{told}");
}

/// What a statement would show of a room, asked as `daybook query` asks it.
fn seen(site: &mut Site, statements: &[&str]) -> Vec<Option<String>> {
    site.store = Store::in_memory().unwrap();
    let config = Config::load(&site.dir).unwrap();
    let known = Store::open_known(&config.store, |_| Ok(None)).unwrap();
    let seen = statements
        .iter()
        .map(|sql| consultations::seen(known.connection(), sql).unwrap())
        .collect();
    drop(known);
    site.store = site.deployment.open_store().unwrap();
    seen
}

#[test]
fn no_way_of_writing_a_statement_leads_around_the_room() {
    let mut site = site();
    site.store
        .connection()
        .execute_batch(
            "create view core.harmless as select * from conduct.conduct_cases; \
             create view mart.twice_removed as select count(*) as n from core.harmless; \
             create macro core.look() as table select * from conduct_history.training",
        )
        .unwrap();
    let statements = [
        "from conduct.conduct_cases",
        "FROM Conduct.CONDUCT_CASES",
        "from \"conduct\".\"Conduct_Cases\"",
        "from daybook.conduct.conduct_cases",
        "from conduct_history.conduct_cases",
        "from conduct_ledger.rejected_values",
        "from known.conduct_cases",
        "from known.main.training",
        "from core.harmless",
        "from mart.twice_removed",
        "from core.look()",
        "select count(*) from conduct.training",
        "select 1 from conduct.training where false",
        "from conduct.training limit 0",
        "select (select max(case_ref) from conduct.conduct_cases)",
        "select 1 where exists (from conduct.conduct_cases where subject_id = 'S7')",
        "select 1 order by (select max(case_ref) from conduct.conduct_cases)",
        "with crimes as (from conduct.conduct_cases) from crimes",
        "with conduct_cases as (select 1) from conduct_cases, conduct.conduct_cases",
        "from core.crimes, lateral (from conduct.training)",
        "from core.crimes union all by name (select case_ref from conduct.conduct_cases)",
        "summarize conduct.conduct_cases",
        "pivot conduct.conduct_cases on vawg in (true) using count(*)",
        "from query('select * from conduct.conduct_cases')",
        "from query('from query(''from known.training'')')",
        "from query_table('conduct.training')",
        "from query_table(['conduct.training'])",
        "from histogram('conduct.conduct_cases', 'category')",
        "from json_execute_serialized_sql(json_serialize_sql('from daybook.conduct.training'))",
        "select json_serialize_plan('from daybook.conduct.training', optimize := true)",
        "from pragma_storage_info('conduct.training')",
        "from duckdb_table_sample('conduct.training')",
        "with recursive r as (select 'K1' as k union select case_ref from conduct.conduct_cases, r) from r",
    ];
    for (sql, seen) in statements.iter().zip(seen(&mut site, &statements)) {
        assert!(seen.is_some(), "{sql} was let through");
    }
}

#[test]
fn what_lies_outside_stays_open_whatever_it_is_called() {
    let mut site = site();
    let statements = [
        "from core.crimes",
        "from known.crimes",
        "from staging.surveys",
        "from history.posts",
        "from ledger.batches where source = 'conduct_cases'",
        "from ledger.rejects",
        "from ledger.measure_values",
        "with conduct as (select 1), training as (from conduct) from training",
        "with conduct_cases as (select 'conduct.conduct_cases' as t) from conduct_cases",
        "select table_name from information_schema.tables where table_schema = 'conduct'",
        "from duckdb_tables()",
        "from duckdb_columns() where schema_name = 'conduct'",
        "describe conduct.conduct_cases",
        "show all tables",
        "from range(3), unnest([1, 2])",
        "select 1",
    ];
    for (sql, seen) in statements.iter().zip(seen(&mut site, &statements)) {
        assert_eq!(seen, None, "{sql}");
    }
    let told = site.told(&["query", "select 1 as n", "--format", "csv"]);
    assert_eq!(told, "n\n1\n");
    assert_eq!(site.query(ON_RECORD), [[""; 0]; 0]);
}

#[test]
fn figures_about_conduct_are_open_to_leadership() {
    let mut site = site();
    site.run("commitment-measures", MORNING).unwrap();
    let told = site.told(&[
        "query",
        "select sum(denominator)::bigint as cases from ledger.measure_values \
             join ledger.measure_sets using (set_id) \
         where measure_id = '1.1' and span = 'month' and area = 'Force' and \"group\" = 'All'",
        "--format",
        "csv",
    ]);
    assert_eq!(told, "cases\n2\n");
}
