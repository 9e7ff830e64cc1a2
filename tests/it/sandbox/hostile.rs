//! No statement reads the room without its role, tells a statistic of it, or
//! reaches a file; and each that was refused is on record.

use daybook::config::Config;
use daybook::harm::consultations::inside;
use daybook::store::query::select;
use daybook::store::sandbox::{Refusal, Sandbox};
use daybook::table::Cell;

use super::statements::hostile;
use super::{Asked, FILE_MARK, MARK, STATISTICS, text_of};
use crate::rooms::{ANALYST, READER};

/// What a text gives away.
fn leaks(text: &str) -> Vec<&'static str> {
    [MARK, FILE_MARK]
        .into_iter()
        .chain(STATISTICS)
        .filter(|mark| text.contains(mark))
        .collect()
}

/// Whether a statement that got no answer is no SQL at all.
fn is_garbled(told: &str) -> bool {
    told.contains("syntax error") || told.contains("A CTE needs a SELECT")
}

#[test]
fn no_hostile_statement_gets_as_far_as_being_bound() {
    let asked = Asked::new();
    let config = Config::load(&asked.site.dir).unwrap();
    let sandbox = Sandbox::open(&config.store).unwrap();
    let statements = hostile(&asked.site.dir);
    assert!(statements.len() >= 600, "{}", statements.len());
    let (mut passed, mut garbled) = (Vec::new(), 0);
    for sql in &statements {
        match sandbox.admit(sql) {
            Err(told) => {
                assert!(is_garbled(&told.to_string()), "{sql}: {told}");
                garbled += 1;
            }
            Ok(Err(Refusal(why))) => assert_eq!(leaks(&why), [""; 0], "{sql}: {why}"),
            Ok(Ok(admitted)) if inside(&admitted.reads).is_some() => {}
            Ok(Ok(_)) => passed.push(sql),
        }
    }
    assert_eq!(passed, [""; 0]);
    assert!(garbled < 10, "{garbled} are no SQL");
}

/// One in so many is asked whole: a record opens the database anew.
const ASKED: usize = 6;

#[test]
fn no_hostile_statement_is_answered_and_each_is_on_record() {
    let asked = Asked::new();
    let mut refused = Vec::new();
    for sql in hostile(&asked.site.dir).into_iter().step_by(ASKED) {
        let told = match asked.ask(&[&sql]) {
            Ok(table) => panic!("{sql} was answered: {}", text_of(&table)),
            Err(told) => told,
        };
        assert_eq!(leaks(&told), [""; 0], "{sql}: {told}");
        if !is_garbled(&told) {
            assert!(told.contains("on record"), "{sql}: {told}");
            refused.push(sql);
        }
    }
    assert!(refused.len() >= 100, "{}", refused.len());
    let recorded = asked.on_record();
    let on_record: Vec<&str> = recorded.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(on_record, refused);
    assert!(recorded.iter().all(|row| !row[2].is_empty()));
}

#[test]
fn what_leads_to_the_room_is_shown_to_its_readers_only() {
    let asked = Asked::new();
    let mut expected = Vec::new();
    for sql in [
        "select count(*) from conduct.conduct_cases",
        "select max(case_ref) from known.conduct_cases",
        "from core.harmless order by recorded_at limit 1",
        "from mart.twice_removed",
        "summarize conduct.conduct_cases",
        "with t as (select case_ref from daybook.conduct.conduct_cases) select min(case_ref) from t",
        "select statement from conduct_ledger.consultations",
    ] {
        for account in [ANALYST, READER] {
            let answer = asked.ask(&[sql, "--as", account]);
            let is_shown = account == READER;
            assert_eq!(answer.is_ok(), is_shown, "{account}: {sql}: {answer:?}");
            match answer {
                Ok(table) => assert!(
                    !leaks(&text_of(&table)).is_empty() || sql.contains("statement"),
                    "{sql}"
                ),
                Err(told) => assert_eq!(leaks(&told), [""; 0], "{sql}: {told}"),
            }
            expected.push((sql.to_owned(), account.to_owned(), is_shown));
        }
    }
    let recorded: Vec<(String, String, bool)> = asked
        .on_record()
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone(), row[2].is_empty()))
        .collect();
    assert_eq!(recorded, expected);
}

#[test]
fn the_role_opens_the_room_and_neither_files_nor_statistics() {
    let asked = Asked::new();
    let secret = asked.site.dir.join("secret.csv").display().to_string();
    for sql in [
        "from duckdb_tables()",
        "from information_schema.tables",
        "select json_serialize_plan('from conduct.conduct_cases') as x",
        "from query('from conduct.conduct_cases')",
        "from core.look()",
        &format!("from '{secret}'"),
        &format!("from read_csv('{secret}')"),
    ] {
        let told = asked.ask(&[sql, "--as", READER]).unwrap_err();
        assert!(told.contains("on record"), "{sql}: {told}");
        assert_eq!(leaks(&told), [""; 0], "{sql}: {told}");
    }
    assert_eq!(asked.on_record().len(), 7);
}

#[test]
fn the_ground_of_a_statement_holds_the_tables_that_it_names_and_no_others() {
    let asked = Asked::new();
    let config = Config::load(&asked.site.dir).unwrap();
    let sandbox = Sandbox::open(&config.store).unwrap();
    let admitted = sandbox.admit("from core.crimes").unwrap().unwrap();
    sandbox.close_in(&admitted, None, |_| true).unwrap();
    // As if a statement had come past the check.
    for sql in [
        "from conduct.conduct_cases",
        "from daybook.conduct.conduct_cases",
        "from core.harmless",
        "from known.conduct_cases",
        "from core.look()",
        "from query('from conduct.conduct_cases')",
        "from query(case when random() < 2 then 'from conduct.conduct_cases' end)",
        "from read_csv('secret.csv')",
    ] {
        let told = select(sandbox.connection(), sql).unwrap_err();
        let told = format!("{told:#}");
        assert!(
            told.contains("does not exist") || told.contains("Permission"),
            "{sql}: {told}"
        );
    }
    let held = select(sandbox.connection(), "select count(*) from core.crimes").unwrap();
    assert_eq!(held.rows, [[Cell::new("2")]]);
}
