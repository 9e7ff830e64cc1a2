//! Conduct and HR data lie in a room of their own: who may look, what is on
//! record, and that no way of writing a statement leads around it.

mod measured;
mod moved;
mod rejected;
mod walls;

use daybook::harm::accounts::Role;
use std::sync::OnceLock;

use crate::support::kept::Kept;
use crate::support::{MORNING, OFFICER, Site};

pub const CASES: &str =
    "case_ref,recorded_at,category,vawg,subject_id,linked_crime_ref,finalised_at,outcome";
pub const TRAINING: &str = "staff_id,course,role,eligible,completed_on,expires_on";
pub const READER: &str = "p.standards";
pub const ANALYST: &str = "an-analyst";

/// Two conduct cases and one member of staff's training, and an account of
/// each kind.
pub fn site() -> Site {
    static MADE: OnceLock<Kept> = OnceLock::new();
    Kept::once(&MADE, || {
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
            site.grant(account, role);
        }
        site
    })
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
