//! Holds the shape of the house: which module may use which, which library
//! lives in which room, and where escaping may be switched off.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Who may use whom. A module not named here may not be used by that one.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("config", &["model"]),
    ("clock", &["config"]),
    ("store", &["config"]),
    ("synth", &["model"]),
    ("ingest", &["store", "model", "config"]),
    ("warehouse", &["store", "model", "config", "clock"]),
    ("harm", &["store", "model", "config"]),
    ("disclosure", &["model"]),
    ("measures", &["store", "model", "config"]),
    ("publication", &["store", "model", "measures", "disclosure"]),
    // A report says which extracts it rests on, and so knows their contracts,
    // and what the warehouse stands on.
    (
        "report",
        &[
            "harm",
            "measures",
            "disclosure",
            "publication",
            "model",
            "store",
            "config",
            "ingest",
            "warehouse",
        ],
    ),
    ("mail", &["config", "store"]),
    ("audit", &["store"]),
    (
        "schedule",
        &[
            "ingest",
            "warehouse",
            "harm",
            "measures",
            "disclosure",
            "report",
            "mail",
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
            "synth",
            "store",
            "model",
            "config",
            "clock",
        ],
    ),
];

/// A library and the only places that may name it.
const ROOMS: &[(&str, &[&str])] = &[
    ("tokio_cron_scheduler", &["src/schedule/metronome.rs"]),
    ("lettre", &["src/mail/"]),
    ("axum", &["src/web/"]),
    ("comfy_table", &["src/cli/"]),
    ("indicatif", &["src/cli/"]),
    ("clap", &["src/cli/", "src/main.rs"]),
    ("resvg", &["src/report/"]),
    ("askama", &["src/report/", "src/web/"]),
    ("croner", &["src/schedule/due.rs"]),
    ("calamine", &["src/harm/index/"]),
];

/// What lies behind a wall, by the words of its tables, and the only places in
/// `src/` that may name it. People are decided on without
/// statistics (Data Protection Act 2018 s.41(2)), and conduct and HR data have
/// few readers.
const WALLS: &[(&str, &[&str])] = &[
    (
        "conduct_history",
        &[
            "src/model/room.rs",
            "src/ingest/room.rs",
            "src/measures/reading.rs",
            "src/store/known.rs",
            "src/store/migrations/0007_rooms.sql",
        ],
    ),
    (
        "conduct_ledger",
        &[
            "src/model/room.rs",
            "src/ingest/room.rs",
            "src/ingest/rejects.rs",
            "src/harm/consultations.rs",
            "src/measures/reading.rs",
            "src/store/migrations/0007_rooms.sql",
        ],
    ),
    (
        "ledger.measure_",
        &[
            "src/measures/",
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
    "src/report/sentence/accusation.rs",
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

#[test]
fn nothing_is_ignored_and_no_registry_is_named() {
    let mut wrong = Vec::new();
    for (file, text) in files("src", ".rs").into_iter().chain(files("tests", ".rs")) {
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
