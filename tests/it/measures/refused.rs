//! What is no measure: refused where it is written, or unavailable with the
//! reason, while the others stand.

use daybook::config::problem::Problems;
use daybook::schedule::check_sql;

use crate::support::MORNING;

use super::{FOLDER, ONE_OF_FOUR, evaluated, lay, measure, of, site};

/// What is told of a measure with this SQL and these lines, beside one that
/// holds.
fn reason(changes: &[(&str, &str)], sql: &str) -> String {
    let mut site = site();
    let measures = [measure("t.1", changes), measure("t.2", &[])];
    lay(&mut site, &measures, &[("t.1", sql), ("t.2", ONE_OF_FOUR)]);
    let done = evaluated(&site);
    let stands = of(&done, "t.2");
    assert_eq!((stands.unavailable.as_ref(), stands.cells), (None, 1));
    // Nothing of the refused one is left.
    assert_eq!(
        site.one(
            "select count(*) from ledger.measure_values \
             where set_id in (select set_id from ledger.measure_sets where measure_id = 't.1')"
        ),
        "0"
    );
    of(&done, "t.1").unavailable.clone().unwrap()
}

fn row(period: &str, numerator: &str, denominator: &str) -> String {
    format!(
        "select cast({period} as date) as period, 'Force' as area, 'All' as \"group\", \
         {numerator} as numerator, {denominator} as denominator"
    )
}

const LAST: &str = "$until - interval 1 month";

#[test]
fn sql_that_is_not_one_select_over_the_warehouse_is_refused() {
    for (sql, expected) in [
        (
            "select 1; select 2",
            "expected one SELECT, got 2 statements",
        ),
        ("delete from ledger.lists", "expected one SELECT"),
        ("create table core.mine as select 1", "expected one SELECT"),
        ("select * from read_csv('/etc/passwd')", "read_csv"),
        ("select * from '/etc/passwd'", "/etc/passwd"),
        ("select * from ledger.person_marks", "ledger.person_marks"),
        ("select * from ledger.list_entries", "ledger.list_entries"),
        ("select * from core.nothing", "no table of the database"),
        ("selekt", "syntax error"),
    ] {
        let told = reason(&[], sql);
        assert!(told.contains(expected), "{sql}: {told}");
    }
}

#[test]
fn sql_that_does_not_end_is_stopped() {
    let endless = format!(
        "{} from range(10000000) a, range(10000000) b where hash(a.range, b.range) = 1",
        row(LAST, "1", "2")
    );
    let told = reason(&[], &endless);
    assert!(
        told.contains("was stopped after 2 seconds, the time limit of the job"),
        "{told}"
    );
}

#[test]
fn rows_that_no_measure_can_have_are_refused_in_numbers() {
    for (sql, expected) in [
        (row(LAST, "1", "-4"), "1 rows have a denominator below zero"),
        (
            row(LAST, "5", "4"),
            "1 rows have a numerator above the denominator",
        ),
        (row(LAST, "-1", "4"), "have a numerator below zero"),
        (row(LAST, "null", "4"), "have no numerator"),
        (row(LAST, "1", "null"), "have no denominator"),
        (row(LAST, "'nan'::double", "4"), "have no numerator"),
        (row(LAST, "1", "'inf'::double"), "have no denominator"),
        (
            row("$until - interval 3 day", "1", "4"),
            "have a period that is no first day of a month",
        ),
        (
            row("$until", "1", "4"),
            "lie outside the months that were asked for",
        ),
        (row("null", "1", "4"), "have no period"),
        (
            format!("{} union all {}", row(LAST, "1", "4"), row(LAST, "2", "4")),
            "1 rows stand twice",
        ),
        (
            row(LAST, "1", "4").replace("'Force'", "''"),
            "have no area or no group",
        ),
        (
            row(LAST, "'many'", "4"),
            "a value could not be converted (conversion)",
        ),
        (
            row(LAST, "1", "4").replace("as denominator", "as among"),
            "(binder)",
        ),
    ] {
        let told = reason(&[], &sql);
        assert!(told.contains(expected), "{sql}: {told}");
    }
}

#[test]
fn what_a_row_held_is_told_to_the_author_and_kept_nowhere() {
    let mut site = site();
    let sql = row(LAST, "5", "4").replace("'All'", "'Aldermoss'");
    lay(&mut site, &[measure("t.1", &[])], &[("t.1", &sql)]);
    let kept = of(&evaluated(&site), "t.1").unavailable.clone().unwrap();
    assert_eq!(
        kept,
        "could not be worked out: 1 rows have a numerator above the denominator"
    );
    let shown = site.command(&["measures", "preview", "t.1", "--as-of", MORNING]);
    let shown = String::from_utf8(shown.stderr).unwrap();
    assert!(
        shown.contains("such as: 2026-10-01, Force, Aldermoss, numerator 5.0, denominator 4.0"),
        "{shown}"
    );
}

#[test]
fn a_denominator_of_zero_and_weights_of_zero_have_no_value_and_say_so() {
    let mut site = site();
    let survey = [("kind", "\"survey\"")];
    let responses = "select cast($until - interval 1 month as date) as period, 'Force' as area, \
        'All' as \"group\", 1 as numerator, 0 as weight from range(5)";
    let none = row(LAST, "0", "0");
    lay(
        &mut site,
        &[measure("t.1", &[]), measure("t.2", &survey)],
        &[("t.1", none.as_str()), ("t.2", responses)],
    );
    let done = evaluated(&site);
    assert!(
        done.iter()
            .filter(|m| m.measure_id.starts_with("t."))
            .all(|m| m.unavailable.is_none())
    );
    assert_eq!(
        site.query(
            "select s.measure_id, v.state, v.value is null from ledger.measure_values as v \
             join ledger.measure_sets as s using (set_id) where measure_id like 't.%' order by all"
        ),
        [["t.1", "empty", "true"], ["t.2", "empty", "true"]]
    );
    let told = reason(&survey, &responses.replace("0 as weight", "-1 as weight"));
    assert!(told.contains("have no weight, or one below zero"), "{told}");
    let told = reason(
        &survey,
        &responses.replace("1 as numerator", "3 as numerator"),
    );
    assert!(
        told.contains("have a response other than 0 and 1"),
        "{told}"
    );
}

#[test]
fn a_definition_that_does_not_hold_is_told_at_its_place_and_the_others_stand() {
    for (key, value, expected) in [
        ("direction", "\"sideways\"", "unknown variant `sideways`"),
        ("kind", "\"guess\"", "unknown variant `guess`"),
        (
            "target",
            "101.0",
            "the target cannot be reached: the measure runs over 0 to 100",
        ),
        ("target", "-1.0", "the target cannot be reached"),
        ("target", "nan", "the target cannot be reached"),
        ("unit", "\"days\"", "the unit of a proportion is percent"),
        ("denominator", "", "a proportion names its denominator"),
        ("definition", "\"no stop\"", "with its full stop"),
        ("minimum_denominator", "0.0", "1 or more"),
        (
            "gap",
            "[\"Women\", \"Men\"]",
            "between two groups of a survey",
        ),
        ("bases", "[\"one\"]", "one basis is no choice"),
        ("sources", "[]", "names its sources"),
        ("colour", "\"red\"", "unknown field `colour`"),
        ("sql", "\"gone.sql\"", "no such file beside this one"),
        (
            "lag",
            "{ months = 90, because = \"b\" }",
            "at most 60 months",
        ),
    ] {
        let mut site = site();
        let measures = [measure("t.1", &[(key, value)]), measure("t.2", &[])];
        lay(
            &mut site,
            &measures,
            &[("t.1", ONE_OF_FOUR), ("t.2", ONE_OF_FOUR)],
        );
        let done = evaluated(&site);
        assert_eq!(of(&done, "t.2").unavailable, None, "{key} = {value}");
        let told = of(&done, "t.1").unavailable.clone().unwrap();
        assert!(told.contains(expected), "{key} = {value}: {told}");
        assert!(
            told.contains(&format!("{FOLDER}/commitment.toml:")),
            "{told}"
        );
        // The line is that of the file, whatever stands before it.
        if !value.is_empty() && !["sql", "sources"].contains(&key) {
            let text =
                std::fs::read_to_string(site.dir.join(FOLDER).join("commitment.toml")).unwrap();
            let line = text
                .lines()
                .position(|line| line.starts_with(&format!("{key} = ")))
                .unwrap()
                + 1;
            assert!(
                told.contains(&format!("commitment.toml:{line}:")),
                "{key}: {told}"
            );
        }
    }
}

#[test]
fn of_two_measures_with_one_id_neither_stands() {
    let mut site = site();
    let measures = [
        measure("t.1", &[]),
        measure("t.1", &[]),
        measure("t.2", &[]),
    ];
    lay(
        &mut site,
        &measures,
        &[("t.1", ONE_OF_FOUR), ("t.2", ONE_OF_FOUR)],
    );
    let done = evaluated(&site);
    let told = of(&done, "t.1").unavailable.clone().unwrap();
    assert!(
        told.contains("the id \"t.1\" stands in 2 definitions"),
        "{told}"
    );
    assert_eq!(of(&done, "t.2").unavailable, None);
}

#[test]
fn a_commitment_whose_head_cannot_be_read_takes_only_its_own_measures() {
    let mut site = site();
    lay(&mut site, &[measure("t.1", &[])], &[("t.1", ONE_OF_FOUR)]);
    let path = site.dir.join(FOLDER).join("commitment.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("number = 10", "number = 11")).unwrap();
    site.deployment = daybook::schedule::context::Deployment::load(&site.dir).unwrap();
    let done = evaluated(&site);
    let told = of(&done, &format!("{FOLDER}/commitment.toml"))
        .unavailable
        .clone()
        .unwrap();
    assert!(
        told.contains("expected a commitment from 1 to 10"),
        "{told}"
    );
    assert!(done.len() > 40);
}

#[test]
fn check_tells_every_broken_definition_and_ends_with_2() {
    let mut site = site();
    let measures = [
        measure("t.1", &[("direction", "\"sideways\"")]),
        measure("t.2", &[("target", "500.0")]),
        measure("t.3", &[]),
    ];
    let text = row(LAST, "'many'", "4");
    lay(
        &mut site,
        &measures,
        &[
            ("t.1", ONE_OF_FOUR),
            ("t.2", ONE_OF_FOUR),
            ("t.3", text.as_str()),
        ],
    );
    let Problems(bound) = check_sql::check(&site.deployment).unwrap().unwrap_err();
    assert!(
        bound
            .iter()
            .any(|problem| problem.to_string().contains("must be a number")),
        "{bound:?}"
    );
    let output = site.command(&["check"]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    for expected in ["sideways", "cannot be reached", "must be a number"] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
}
