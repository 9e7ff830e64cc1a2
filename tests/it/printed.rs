//! What commands print, in each of the formats: tables that fit the terminal,
//! CSV with as many cells in every row, and JSON.

use std::process::{Command, Output};

use daybook::harm::accounts::Role;
use daybook::store::Store;
use unicode_width::UnicodeWidthStr as _;

use crate::support::{MORNING, OFFICER, Site};

const INSPECTOR: &str = "i.spector";

/// A name that would turn the line, climb a line and be worked out.
const HOSTILE: &str = "select '=1+1' as formula, chr(8238) || chr(27) || '[2J' || chr(10) as \
                       control, repeat('東京', 90) as wide, 1234567.5 as days, -5 as below, \
                       date '2026-11-21' as day, null as nothing, repeat('x', 4000) as long";

/// Every command that prints data, with whether it prints a table of it.
fn commands(nominal: &str) -> Vec<(Vec<&str>, bool)> {
    let split = |line: &'static str| line.split(' ').collect::<Vec<_>>();
    let tables = [
        "jobs",
        "jobs history",
        "ingest status",
        "ingest batches",
        "ingest rejects",
        "list show --beyond 20",
        "list explain --rank 1",
        "list compare 1 2 --all",
        "list decisions",
        "list actions",
        "list fairness",
        "measures",
        "measures show 6.4",
        "measures preview 6.4 --as-of 2026-11-21",
        "index show",
        "index basket",
        "account list",
        "release list",
        "audit export --from 2020-01-01 --as i.spector",
    ];
    let sentences = [
        "jobs next",
        "list verify",
        "measures explain 6.4 --period 2026-10",
        "index coverage",
        "index diff starter-2026 starter-2026",
        "audit verify",
    ];
    let tables = tables.map(|line| (split(line), true));
    let sentences = sentences.map(|line| (split(line), false));
    let others = [
        (vec!["query", HOSTILE], true),
        (vec!["query", "select * from core.crimes limit 90"], true),
        (vec!["list", "actions", nominal], true),
    ];
    tables.into_iter().chain(sentences).chain(others).collect()
}

fn run(site: &Site, arguments: &[&str], more: &[&str], columns: usize) -> Output {
    Command::new(env!("CARGO_BIN_EXE_daybook"))
        .args(arguments)
        .args(more)
        .arg("--dir")
        .arg(&site.dir)
        .env("COLUMNS", columns.to_string())
        .output()
        .unwrap()
}

fn told(site: &Site, arguments: &[&str], more: &[&str], columns: usize) -> String {
    let output = run(site, arguments, more, columns);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?} {more:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn is_rule(line: &str, of: char) -> bool {
    !line.is_empty() && line.chars().all(|letter| letter == of)
}

/// The lines of a text's tables, rules and all. The rule over titles is followed
/// by the one beneath them, that at a table's end is not.
fn lines_of_tables(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    let is_top = |at: usize| {
        let mut rules = lines[at + 1..].iter();
        let next = rules.find(|line| is_rule(line, '─') || is_rule(line, '═'));
        next.is_some_and(|line| is_rule(line, '═'))
    };
    let mut inside = false;
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let is_end = is_rule(line, '─') && !is_top(at);
        inside |= is_rule(line, '─') && !is_end;
        if inside {
            found.push(*line);
        }
        inside &= !is_end;
    }
    found
}

fn small_london() -> Site {
    let mut site = Site::with_london(300, 7, 0.015);
    site.run("nightly-ingest", MORNING).unwrap();
    for date in ["2026-11-01", MORNING] {
        site.run("harm-list", date).unwrap();
    }
    site.run("commitment-measures", MORNING).unwrap();
    site.grant(OFFICER, Role::AuthorisingOfficer);
    site.grant(INSPECTOR, Role::Inspector);
    site.grant("press.office", Role::Publisher);
    let plan = "release plan First --due 2030-01-01 --by press.office";
    site.told(&plan.split(' ').collect::<Vec<_>>());
    site
}

#[test]
fn every_command_that_prints_data_prints_it_in_each_format() {
    let mut site = small_london();
    let nominal = site.one("select min(nominal_id) from ledger.list_entries where rank = 1");
    site.store = Store::in_memory().unwrap();
    for (at, (arguments, is_table)) in commands(&nominal).iter().enumerate() {
        let width = [60, 80, 100, 200][at % 4];
        let text = told(&site, arguments, &["--format", "table"], width);
        let lines = lines_of_tables(&text);
        assert!(!lines.is_empty() || !is_table, "{arguments:?}: {text}");
        for line in lines {
            assert!(line.width() <= width, "{arguments:?}, {width}: {line}");
        }

        let csv = told(&site, arguments, &["--format", "csv"], width);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(csv.as_bytes());
        let rows = reader.records().map(|row| row.unwrap().len());
        assert!(rows.max() > Some(2), "{arguments:?}: {csv}");

        let json = told(&site, arguments, &["--format", "json"], width);
        serde_json::from_str::<serde_json::Value>(&json).unwrap();
    }
}

#[test]
fn json_is_another_word_for_the_format_and_csv_keeps_values_whole() {
    let mut site = small_london();
    site.store = Store::in_memory().unwrap();
    for arguments in [
        &["list", "show"][..],
        &["list", "decisions"],
        &["measures", "show", "6.4"],
        &["account", "list"],
        &["jobs", "history"],
    ] {
        assert_eq!(
            told(&site, arguments, &["--json"], 80),
            told(&site, arguments, &["--format", "json"], 80)
        );
    }
    let both = run(&site, &["list", "show"], &["--json", "--format", "csv"], 80);
    assert_eq!(both.status.code(), Some(2));
    let csv = told(&site, &["query", HOSTILE], &["--format", "csv"], 60);
    let wide = "東京".repeat(90);
    let long = "x".repeat(4_000);
    assert_eq!(
        csv,
        format!(
            "formula,control,wide,days,below,day,nothing,long\n\
             '=1+1,\"\\u{{202e}}\\u{{1b}}[2J\n\",{wide},1234567.5,-5,2026-11-21,,{long}\n"
        )
    );
    let text = told(&site, &["query", HOSTILE], &[], 60);
    assert!(
        text.contains("\\u{202e}") || text.contains("\\u{202…"),
        "{text}"
    );
    assert!(
        text.contains("1,234,567.5") && !text.contains(&long),
        "{text}"
    );
    // Sentences have no rows, and neither has what is not there.
    for (arguments, code) in [(["list", "evaluate"], 2), (["measures", "bridge"], 1)] {
        let refused = run(&site, &arguments, &["--format", "csv"], 80);
        assert_eq!(refused.status.code(), Some(code), "{arguments:?}");
        assert!(refused.stdout.is_empty() && !refused.stderr.is_empty());
    }
}
