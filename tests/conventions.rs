//! Holds the shape of the house: which module may use which, which library
//! lives in which room, and where escaping may be switched off.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Who may use whom. A module not named here may not be used by that one.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("table", &["model"]),
    ("config", &["model"]),
    ("clock", &["config"]),
    ("store", &["config", "table"]),
    ("ingest", &["store", "model", "config", "audit"]),
    ("warehouse", &["store", "model", "config", "clock"]),
    ("harm", &["store", "model", "config", "audit"]),
    ("measures", &["store", "model", "config"]),
    ("publication", &["store", "model", "measures", "audit"]),
    // A report says which extracts it rests on, and so knows their contracts,
    // and what the warehouse stands on.
    (
        "report",
        &[
            "harm",
            "measures",
            "publication",
            "model",
            "store",
            "config",
            "ingest",
            "warehouse",
            "audit",
            "table",
        ],
    ),
    ("mail", &["config", "store"]),
    ("audit", &["store", "model", "table"]),
    (
        "schedule",
        &[
            "ingest",
            "warehouse",
            "harm",
            "measures",
            "report",
            "mail",
            "audit",
            "store",
            "model",
            "config",
            "clock",
        ],
    ),
    (
        "web",
        &[
            "report", "harm", "measures", "schedule", "mail", "audit", "store", "model", "config",
            "clock",
        ],
    ),
    (
        "cli",
        &[
            "web",
            "schedule",
            "report",
            "harm",
            "measures",
            "publication",
            "ingest",
            "warehouse",
            "mail",
            "audit",
            "store",
            "table",
            "model",
            "config",
            "clock",
        ],
    ),
];

/// The rooms of ingest in the order that a file goes through them: none may use
/// a later one.
const INGEST: [&str; 8] = [
    "refusal", "contract", "arrive", "failed", "decode", "validate", "history", "archive",
];

/// A library and the only places that may name it.
const ROOMS: &[(&str, &[&str])] = &[
    ("tokio_cron_scheduler", &["src/schedule/metronome.rs"]),
    ("lettre", &["src/mail/"]),
    ("axum", &["src/web/"]),
    ("unicode_width", &["src/table/"]),
    ("unicode_segmentation", &["src/table/"]),
    ("terminal_size", &["src/cli/"]),
    ("indicatif", &["src/cli/"]),
    ("clap", &["src/cli/", "src/main.rs"]),
    ("resvg", &["src/report/"]),
    ("askama", &["src/report/", "src/web/"]),
    ("croner", &["src/schedule/due.rs"]),
    (
        "calamine",
        &[
            "src/harm/index/",
            "src/ingest/decode/workbook.rs",
            "src/ingest/draft/sheet.rs",
        ],
    ),
    ("daybook_synth", &["src/cli/"]),
    ("daybook_disclosure", &["src/publication/", "src/report/"]),
    // No figure of the whole force decides on a person.
    (
        "daybook_statistics",
        &[
            "src/measures/",
            "src/publication/",
            "src/harm/evaluation/",
            "src/harm/fairness/",
            "src/cli/",
            "src/report/",
        ],
    ),
];

/// What lies behind a wall, by the words of its tables, and the only places in
/// `src/` that may name it. People are decided on without
/// statistics (Data Protection Act 2018 s.41(2)), and conduct and HR data have
/// few readers.
const WALLS: &[(&str, &[&str])] = &[
    (
        "conduct_history",
        &[
            "src/model/restricted.rs",
            "src/ingest/history/restricted.rs",
            "src/measures/allowed_tables.rs",
            "src/audit/verify/",
            "src/store/chain/",
            "src/store/as_known_views.rs",
            "src/store/migrations/0007_rooms.sql",
        ],
    ),
    (
        "conduct_ledger",
        &[
            "src/model/restricted.rs",
            "src/ingest/history/restricted.rs",
            "src/ingest/history/rejects.rs",
            "src/harm/consultations.rs",
            "src/measures/allowed_tables.rs",
            "src/audit/events.sql",
            "src/audit/verify/",
            "src/store/chain/",
            "src/store/migrations/0007_rooms.sql",
            "src/store/migrations/0011_reasons.sql",
            "src/store/migrations/0012_audit_log.sql",
            "src/store/migrations/0014_chain.sql",
            "src/store/migrations/0017_comments.sql",
        ],
    ),
    (
        "ledger.measure_",
        &[
            "src/measures/",
            "src/store/chain/catalogue.rs",
            "src/cli/measures/",
            "src/report/query/measures.rs",
            "src/store/migrations/",
        ],
    ),
];

/// Where people are ranked, shown and decided on.
const OF_THE_LIST: &[&str] = &[
    "src/harm/",
    "src/cli/list/",
    "src/report/query/harm_list_pack.rs",
    "src/report/query/list.rs",
    "src/report/query/people.rs",
    "src/report/sentence/rank_explanation.rs",
    "src/report/sentence/actions.rs",
    "src/report/sentence/fairness.rs",
    "src/report/sentence/list.rs",
    "src/report/sentence/people.rs",
];

/// Templates that place drawings made by our own chart code, which escapes
/// every text it is given. Nothing else may switch escaping off.
const MAY_SWITCH_ESCAPING_OFF: &[&str] = &["templates/reports/", "templates/mail/base.html"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)
            .expect("the folder exists")
            .map(|e| e.expect("it can be listed").path())
        {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.to_string_lossy().ends_with(ending) {
                found.push((
                    shown(&entry),
                    fs::read_to_string(&entry).expect("sources are text"),
                ));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "nothing ends with {ending} in {folder}");
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .expect("below the root")
        .display()
        .to_string()
}

/// `src/harm/list.rs` lies in `harm`.
fn module_of(file: &str) -> &str {
    let rest = file.trim_start_matches("src/");
    rest.split('/')
        .next()
        .expect("a path has a part")
        .trim_end_matches(".rs")
}

/// Modules named after `crate::`, comments and tests of the file left in.
fn modules_used(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect()
        })
        .collect()
}

#[test]
fn modules_use_only_what_lies_before_them() {
    let table: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut wrong = Vec::new();
    for (file, text) in files("src", ".rs") {
        let module = module_of(&file);
        if ["main", "lib"].contains(&module) {
            continue;
        }
        let allowed = table
            .get(module)
            .unwrap_or_else(|| panic!("{file}: module {module} is not in the table"));
        for used in modules_used(&text) {
            let is_known = table.contains_key(used.as_str());
            if is_known && used != module && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{file} uses {used}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_rooms_of_ingest_use_only_what_lies_before_them() {
    let place = |room: &str| INGEST.iter().position(|known| *known == room);
    let mut wrong = Vec::new();
    for (file, text) in files("src/ingest", ".rs") {
        let below = file.trim_start_matches("src/ingest/");
        let Some(own) = place(module_of(below)) else {
            continue;
        };
        for used in text.split("crate::ingest::").skip(1) {
            let end = used.find(|c: char| !c.is_ascii_lowercase() && c != '_');
            let used = &used[..end.unwrap_or(used.len())];
            if place(used).is_none_or(|place| place > own) {
                wrong.push(format!("{file} uses {used:?}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Crates of their own know neither the daemon nor one another.
#[test]
fn crates_stand_by_themselves() {
    for (file, text) in files("crates", "Cargo.toml") {
        for word in ["path =", "daybook =", "duckdb", "tokio"] {
            assert!(!text.contains(word), "{file} names {word}");
        }
    }
}

#[test]
fn the_table_has_no_circle() {
    let table: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    for start in table.keys() {
        let mut reached: Vec<&str> = table[start].to_vec();
        let mut at = 0;
        while at < reached.len() {
            for next in table.get(reached[at]).copied().unwrap_or_default() {
                if !reached.contains(next) {
                    reached.push(next);
                }
            }
            at += 1;
        }
        assert!(!reached.contains(start), "{start} reaches itself");
    }
}

#[test]
fn libraries_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (file, text) in files("src", ".rs") {
        for (library, rooms) in ROOMS {
            let names_it = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .any(|line| {
                    line.contains(&format!("{library}::"))
                        || line.contains(&format!("use {library}"))
                });
            if names_it && !rooms.iter().any(|room| file.starts_with(room)) {
                wrong.push(format!("{file} names {library}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Writes to a ledger that no chain has to follow.
const UNSEALED: &[&str] = &[
    // Migrations are sealed when all have run.
    "src/store/schema.rs",
    // The chain is what it is written to.
    "src/store/chain/",
    // Empties the tables between nights of its own.
    "src/ingest/fuzz.rs",
];

#[test]
fn whoever_writes_to_a_ledger_seals_what_was_written() {
    let writes = [
        "insert into ledger.",
        "insert into conduct_ledger.",
        "insert or replace into ledger.",
        "update ledger.",
        "update conduct_ledger.",
        "delete from ledger.",
        "delete from conduct_ledger.",
        ", \"ledger\")",
        ", \"conduct_ledger\")",
    ];
    let mut wrong = Vec::new();
    for (file, text) in files("src", ".rs") {
        let is_writing = writes.iter().any(|write| text.contains(write));
        let is_excepted = UNSEALED.iter().any(|place| file.starts_with(place));
        if is_writing && !is_excepted && !text.contains("chain::") {
            wrong.push(file);
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_list_and_the_measures_do_not_know_each_other() {
    let table: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    assert!(!table["harm"].contains(&"measures"));
    assert!(!table["measures"].contains(&"harm"));
    for (file, text) in files("src", ".rs") {
        if OF_THE_LIST.iter().any(|place| file.starts_with(place)) {
            let mut code = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            let named = code.find(|line| line.contains("measures::") || line.contains("measure_"));
            assert_eq!(named, None, "{file}");
        }
    }
    for place in OF_THE_LIST {
        assert!(root().join(place).exists(), "{place}");
    }
}

#[test]
fn what_lies_behind_a_wall_is_named_in_few_places() {
    let mut wrong = Vec::new();
    for (file, text) in files("src", ".rs").into_iter().chain(files("src", ".sql")) {
        let code: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim_start().starts_with(['/', '-']))
            .collect();
        for (word, places) in WALLS {
            let names_it = code.iter().any(|line| line.contains(word));
            if names_it && !places.iter().any(|place| file.starts_with(place)) {
                wrong.push(format!("{file} names {word}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn sql_of_the_list_and_its_reports_stays_on_its_side() {
    let mut wrong = Vec::new();
    for (file, text) in files("jobs", ".sql") {
        let is_inside = file.contains("/models/conduct/") || file.contains("/commitment-measures/");
        let lower = text.to_lowercase();
        for word in ["conduct", "ledger.measure"] {
            if !is_inside && lower.contains(word) {
                wrong.push(format!("{file} names {word}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn what_measures_write_is_named_after_them() {
    // The wall before a measure's figures goes by the names of their tables.
    for (file, text) in files("src/measures", ".rs") {
        for rest in text.split("insert into ledger.").skip(1) {
            assert!(rest.starts_with("measure"), "{file}: {rest:.40}");
        }
    }
}

#[test]
fn sql_never_reads_the_clock() {
    let mut wrong = Vec::new();
    for (file, text) in files("jobs", ".sql")
        .into_iter()
        .chain(files("src", ".sql"))
    {
        let lower = text.to_lowercase();
        for word in [
            "now()",
            "current_date",
            "current_timestamp",
            "today()",
            "random()",
            "uuid()",
        ] {
            if lower.contains(word) {
                wrong.push(format!("{file} says {word}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// The prebuilt DuckDB holds its extension for time zones and collations, the
/// one compiled from source does not. Most work is done with the first and the
/// release with the second.
#[test]
fn sql_is_understood_by_both_builds_of_the_database() {
    let words = [
        "at time zone",
        " timezone(",
        " collate ",
        "current_date",
        "select today()",
        "icu_",
    ];
    // What names them to keep them out.
    let exempt = [
        "src/store/functions.rs",
        "tests/conventions.rs",
        "tests/it/sandbox/statements.rs",
    ];
    let mut wrong = Vec::new();
    for folder in ["src", "jobs", "tests", "benches"] {
        let sql = (folder != "tests" && folder != "benches").then(|| files(folder, ".sql"));
        let rust = (folder != "jobs").then(|| files(folder, ".rs"));
        for (file, text) in sql.into_iter().chain(rust).flatten() {
            let lower = text.to_lowercase();
            for word in words.iter().filter(|word| lower.contains(*word)) {
                if !exempt.contains(&file.as_str()) {
                    wrong.push(format!("{file} says {word}"));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn sql_says_what_its_rows_are() {
    let mut wrong = Vec::new();
    for (file, text) in files("jobs", ".sql") {
        let begins = if file.contains("/checks/") {
            "-- "
        } else {
            "-- Grain: "
        };
        if !text.starts_with(begins) {
            wrong.push(file);
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn escaping_is_switched_off_only_for_our_own_drawings() {
    let mut wrong = Vec::new();
    for (file, text) in files("templates", ".html") {
        let switches =
            text.contains("|safe") || text.contains("| safe") || text.contains("escape none");
        if switches
            && !MAY_SWITCH_ESCAPING_OFF
                .iter()
                .any(|allowed| file.starts_with(allowed))
        {
            wrong.push(file);
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Where an error is told as it stands: these read statements and settings, and
/// no row.
const MAY_TELL_ERRORS: [&str; 2] = ["src/schedule/check_sql.rs", "src/schedule/context.rs"];

#[test]
fn an_error_is_told_in_words_that_quote_no_row() {
    let mut wrong = Vec::new();
    for (file, text) in files("src", ".rs") {
        if MAY_TELL_ERRORS.contains(&file.as_str()) {
            continue;
        }
        let (code, _) = text.split_once("#[cfg(test)]").unwrap_or((&text, ""));
        let is_test = file.ends_with("tests.rs") || file.ends_with("fuzz.rs");
        if code.contains("error:#}") && !is_test {
            wrong.push(file);
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn nothing_is_ignored_and_no_registry_is_named() {
    let mut wrong = Vec::new();
    let folders = ["src", "crates", "xtask", "benches", "tests"];
    for (file, text) in folders.into_iter().flat_map(|folder| files(folder, ".rs")) {
        // Put together here so that this file does not find itself.
        for word in [
            ["#[", "ignore"],
            ["todo", "!("],
            ["unimplemented", "!("],
            ["crates", ".io"],
        ] {
            if text.contains(&word.concat()) {
                wrong.push(format!("{file} has {}", word.concat()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
