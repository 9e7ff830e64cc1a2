//! Bounds on what one query takes, and values that the driver cannot hold.

use std::process::{Command, Output};
use std::time::Duration;

use daybook::clock::Stopwatch;

use super::Asked;

/// Runs the program with some settings of its bounds.
fn run(asked: &Asked, settings: &str, arguments: &[&str]) -> (Output, Duration) {
    let path = asked.site.dir.join("daybook.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.split("\n[query]").next().unwrap().to_owned();
    std::fs::write(&path, format!("{text}\n[query]\n{settings}")).unwrap();
    let started = Stopwatch::start();
    let output = Command::new(env!("CARGO_BIN_EXE_daybook"))
        .args(["query", "--dir"])
        .arg(&asked.site.dir)
        .args(arguments)
        .output()
        .unwrap();
    (output, started.elapsed())
}

fn refused(asked: &Asked, settings: &str, arguments: &[&str]) -> (String, Duration) {
    let (output, elapsed) = run(asked, settings, arguments);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
    assert_eq!(output.stdout, b"", "{arguments:?}");
    assert_eq!(told.matches("daybook: ").count(), 1, "{told}");
    (told, elapsed)
}

#[test]
fn a_query_ends_at_its_deadline_whatever_it_is_doing() {
    let asked = Asked::new();
    for sql in [
        // One call of one function, which nothing interrupts.
        "select levenshtein(repeat('a', 60000), repeat('b', 60000))",
        "select sum(levenshtein(repeat('a', 2000 + n), repeat('b', 2000))) from range(100000) as t(n)",
        "select count(*) from range(1000000) as a, range(1000000) as b where a.range % 7 = b.range % 5",
        "with recursive r as (select 1 as n union all select n + 1 from r) select max(n) from r",
    ] {
        let (told, elapsed) = refused(&asked, "", &["--seconds", "1", sql]);
        assert!(told.contains("stopped after 1 s"), "{sql}: {told}");
        assert!(elapsed < Duration::from_secs(8), "{sql}: {elapsed:?}");
    }
}

#[test]
fn a_statement_that_is_long_to_read_ends_at_its_deadline_too() {
    let asked = Asked::new();
    let names: Vec<String> = (0..3_000).map(|n| format!("a{n} as (select 1)")).collect();
    let items = vec!["1"; 30_000].join(",");
    let sql = format!("with {} select [{items}]", names.join(","));
    let (output, elapsed) = run(&asked, "", &["--seconds", "1", &sql]);
    assert_ne!(output.status.code(), None);
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
}

#[test]
fn the_ceiling_on_time_is_the_administrators() {
    let asked = Asked::new();
    for seconds in ["0", "6", "99999999999"] {
        let arguments = ["--seconds", seconds, "select 1"];
        let (output, _) = run(&asked, "max_seconds = 5\n", &arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(
            told.contains("expected 1 to 5") && told.contains("max_seconds"),
            "{told}"
        );
    }
    for arguments in [&["--seconds", "5", "select 1"][..], &["select 1"]] {
        let (output, _) = run(&asked, "max_seconds = 5\n", arguments);
        assert_eq!(output.status.code(), Some(0));
    }
    let recursion = "with recursive r as (select 1 as n union all select n + 1 from r) \
                     select max(n) from r";
    let (told, _) = refused(&asked, "max_seconds = 1\n", &[recursion]);
    assert!(told.contains("stopped after 1 s"), "{told}");
}

#[test]
fn a_result_larger_than_allowed_is_refused_while_it_comes() {
    let asked = Asked::new();
    for (sql, word) in [
        (
            "select repeat('x', 100000) from range(1000)",
            "1048576 bytes",
        ),
        ("select range from range(500001)", "more than 500000 rows"),
    ] {
        let (told, _) = refused(&asked, "max_result = \"1MiB\"\n", &[sql]);
        let is_told = told.contains(word) || told.contains("1048576 bytes");
        assert!(is_told, "{sql}: {told}");
    }
    let (told, _) = refused(&asked, "", &["select range from range(500001)"]);
    assert!(told.contains("more than 500000 rows"), "{told}");
    let fits = ["--format", "csv", "select repeat('x', 1000000) as x"];
    let (output, _) = run(&asked, "max_result = \"1MiB\"\n", &fits);
    assert_eq!(output.stdout.len(), 1_000_003);
}

#[test]
fn memory_outside_the_databases_own_limit_is_bounded() {
    let asked = Asked::new();
    for sql in [
        "select repeat('x', 100000000) from range(40)",
        "select length(repeat('x', 3000000000))",
        "select sum(length(repeat('x', 100000000 + n))) from range(64) as t(n)",
        "select list(repeat('x', 1000000)) from range(5000)",
        "select string_agg(repeat('x', 1000000), '') from range(3000)",
    ] {
        let (told, _) = refused(&asked, "max_memory = \"1GiB\"\n", &[sql]);
        assert!(
            told.contains("[query] max_memory") && told.contains("1073741824 bytes"),
            "{sql}: {told}"
        );
    }
    // What needs little is not kept from it.
    let (output, _) = run(
        &asked,
        "max_memory = \"1GiB\"\n",
        &["select count(distinct range) from range(300000)"],
    );
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn values_that_the_driver_cannot_hold_are_written_as_the_database_writes_them() {
    let asked = Asked::new();
    for (sql, expected) in [
        ("select 'infinity'::timestamp_s", "infinity"),
        ("select '-infinity'::timestamp_ms", "-infinity"),
        ("select 'infinity'::timestamp_ns", "infinity"),
        ("select '-infinity'::timestamp", "-infinity"),
        ("select 'infinity'::timestamptz", "infinity"),
        ("select 'infinity'::date", "infinity"),
        ("select date '5877642-06-25 (BC)'", "5877642-06-25 (BC)"),
        ("select date '5881580-07-10'", "5881580-07-10"),
        (
            "select timestamp '294247-01-10 04:00:54.775806'",
            "294247-01-10 04:00:54.775806",
        ),
        ("select ['infinity'::timestamp_s, null]", "[infinity, NULL]"),
        ("select {'a': 'infinity'::timestamp_ms}", "{'a': infinity}"),
        ("select map {'a': date 'infinity'}", "{a=infinity}"),
        (
            "select 178956970 * interval 1 month",
            "14913080 years 10 months",
        ),
        ("select time '24:00:00'", "24:00:00"),
        ("select '23:59:59+15:59'::timetz", "23:59:59+15:59"),
        (
            "select '-170141183460469231731687303715884105728'::hugeint",
            "-170141183460469231731687303715884105728",
        ),
        (
            "select 340282366920938463463374607431768211455::uhugeint",
            "340282366920938463463374607431768211455",
        ),
        (
            "select 99999999999999999999999999999999999999::decimal(38, 0)",
            "99999999999999999999999999999999999999",
        ),
        ("select 'nan'::double, '-inf'::float", "NaN -inf"),
        ("select '\\x00\\xff'::blob", "\\x00\\xFF"),
        ("select '0101'::bit", "0101"),
        (
            "select '8f7c9c1e-0000-4000-8000-000000000000'::uuid",
            "8f7c9c1e-0000-4000-8000-000000000000",
        ),
        ("select 'a'::enum('a', 'b')", "a"),
        ("select union_value(n := 1)", "1"),
        ("select [1, 2]::int[2]", "[1, 2]"),
        ("select null", "-"),
        ("select [[], [null]]", "[[], [NULL]]"),
    ] {
        let table = asked
            .ask(&[sql])
            .unwrap_or_else(|told| panic!("{sql}: {told}"));
        let cells: Vec<&str> = table.rows[0]
            .iter()
            .map(|cell| cell.value().unwrap_or("-"))
            .collect();
        assert_eq!(cells.join(" "), expected, "{sql}");
    }
}
