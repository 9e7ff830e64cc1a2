//! What analysts ask every day goes on working, and nothing of it is on record.

use super::Asked;

/// A statement, and its cells as one text.
const HONEST: [(&str, &str); 52] = [
    ("select 1", "1"),
    ("select 1;", "1"),
    ("select ';' as a ; -- the end; really", ";"),
    ("/* a head */\nselect 1 -- a foot", "1"),
    ("/* ; */ select 2 /* ; */;;", "2"),
    ("select count(*) from core.crimes", "2"),
    ("FROM Core.\"CRIMES\" SELECT count(*)", "2"),
    (
        "from daybook.core.crimes select crime_ref order by crime_ref desc",
        "C2 C1",
    ),
    (
        "select crime_ref from core.crimes order by 1 limit 1 offset 1",
        "C2",
    ),
    ("from core.plain order by all", "C1 C2"),
    (
        "from known.crimes select crime_ref order by crime_ref",
        "C1 C2",
    ),
    (
        "select count(*) from history.crimes where batch_to is null",
        "2",
    ),
    (
        "select state from ledger.batches where source = 'crimes'",
        "accepted",
    ),
    ("select count(*) from ledger.standing_files", "3"),
    ("select count(*) from ledger.list_states", "0"),
    ("select count(*) from ledger.measure_values", "0"),
    (
        "select ward from history.crimes where ward like 'O''%'",
        "O'Hara \"East\"",
    ),
    (
        "with a as (select 1 as x), b as (select x + 1 as y from a) from b",
        "2",
    ),
    (
        "with recursive r as (select 1 as n union all select n + 1 from r where n < 4) select sum(n) from r",
        "10",
    ),
    (
        "with conduct as (select 7 as n), training as (from conduct) from training",
        "7",
    ),
    (
        "with conduct_cases as (select 'conduct.conduct_cases' as t) from conduct_cases",
        "conduct.conduct_cases",
    ),
    (
        "select row_number() over (order by crime_ref desc) as n from core.crimes order by n",
        "1 2",
    ),
    (
        "select crime_ref from core.crimes qualify row_number() over (order by crime_ref) = 1",
        "C1",
    ),
    (
        "select count(*) from core.crimes as a join core.crimes as b using (crime_ref)",
        "2",
    ),
    (
        "select count(*) from core.crimes left join ledger.batches on false",
        "2",
    ),
    ("select count(*) from core.crimes, range(3)", "6"),
    (
        "select count(*) from core.crimes as c, lateral (select c.crime_ref as r) where r = 'C1'",
        "1",
    ),
    (
        "select count(*) from core.crimes positional join range(2)",
        "2",
    ),
    ("select 1 union all select 2 order by 1 desc", "2 1"),
    ("select 1 except select 2", "1"),
    (
        "select max(crime_ref) from core.crimes where crime_ref in (select crime_ref from known.crimes)",
        "C2",
    ),
    (
        "select exists (from core.crimes where crime_ref = 'C9')",
        "false",
    ),
    (
        "select list(crime_ref order by crime_ref) from core.crimes",
        "[C1, C2]",
    ),
    ("select list_transform([1, 2], lambda x: x * 2)", "[2, 4]"),
    ("select [x + 1 for x in [1, 2, 3] if x > 1]", "[3, 4]"),
    ("select unnest([1, 2]) as n", "1 2"),
    ("select {'a': 1, 'b': 'x'}.b", "x"),
    (
        "select json_extract_string('{\"a\": {\"b\": 5}}', '$.a.b')",
        "5",
    ),
    ("select value from json_each('[7, 8]')", "7 8"),
    (
        "select date_trunc('month', date '2026-11-21')::date, date_diff('day', date '2026-11-01', date '2026-11-21')",
        "2026-11-01 20",
    ),
    (
        "select strftime(timestamp '2026-11-21 06:00:00', '%d %B %Y')",
        "21 November 2026",
    ),
    (
        "select date '2026-11-21' - interval 3 days",
        "2026-11-18 00:00:00",
    ),
    (
        "select regexp_extract('N0001234', '[0-9]+'), upper('a'), 'abc'[2], 'a' || 'b', trim('  x ')",
        "0001234 A b ab x",
    ),
    (
        "select crime_ref.lower() from core.crimes order by 1",
        "c1 c2",
    ),
    (
        "select round(quantile_cont(n, 0.5), 2), median(n), stddev_samp(n)::decimal(6, 3) from range(5) as t(n)",
        "2 2 1.581",
    ),
    (
        "pivot (select 'a' as k, 1 as v union all select 'b', 2) on k in ('a', 'b') using sum(v)",
        "1 2",
    ),
    (
        "select v from (unpivot (select 1 as a, 2 as b) on a, b into name k value v) order by v",
        "1 2",
    ),
    (
        "select column_name from (describe core.crimes) limit 1",
        "crime_key",
    ),
    ("select count from (summarize core.crimes) limit 1", "2"),
    (
        "select count(*) > 30 from catalogue.tables where schema_name not like 'conduct%'",
        "true",
    ),
    (
        "select data_type from catalogue.columns where schema_name = 'core' and table_name = 'crimes' and column_name = 'recorded_at'",
        "TIMESTAMP",
    ),
    (
        "select count(*) from catalogue.tables where schema_name like 'conduct%' or table_name in ('conduct_cases', 'training')",
        "0",
    ),
];

#[test]
fn honest_statements_are_answered_and_leave_no_record() {
    let asked = Asked::new();
    for (sql, expected) in HONEST {
        let table = asked
            .ask(&[sql])
            .unwrap_or_else(|told| panic!("{sql}: {told}"));
        let cells: Vec<&str> = table
            .rows
            .iter()
            .flatten()
            .map(|cell| cell.value().unwrap_or("-"))
            .collect();
        assert_eq!(cells.join(" "), expected, "{sql}");
    }
    assert_eq!(asked.on_record(), [[""; 0]; 0]);
}

#[test]
fn names_of_the_room_are_shown_to_who_looks_into_it() {
    let asked = Asked::new();
    let sql = "select count(*) from catalogue.columns where schema_name = 'conduct' \
               and (select count(*) from conduct.training) = 1";
    asked.ask(&[sql]).unwrap_err();
    let table = asked.ask(&[sql, "--as", crate::rooms::READER]).unwrap();
    let columns: usize = table.rows[0][0].text().parse().unwrap();
    assert!(columns > 10, "{columns}");
}

#[test]
fn what_is_no_sql_is_told_and_not_recorded() {
    let asked = Asked::new();
    for sql in ["selec 1", "select * from values (1)", "select 1 from"] {
        let told = asked.ask(&[sql]).unwrap_err();
        assert!(told.contains("syntax error"), "{sql}: {told}");
    }
    let told = asked.ask(&["select nominal from core.crimes"]).unwrap_err();
    assert!(told.contains("nominal"), "{told}");
    assert_eq!(asked.on_record(), [[""; 0]; 0]);
}
