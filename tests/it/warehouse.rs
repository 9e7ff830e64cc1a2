//! The warehouse: what a failed check keeps in place, what every report says
//! of it, and what `daybook check` finds in SQL that has not run yet.

use assert_cmd::Command;
use daybook::schedule::check_sql;
use daybook::schedule::context::Deployment;
use mail_parser::MessageParser;

use crate::support::rows::{CRIMES, NOMINALS, PARTIES, crime, file, nominal, party};
use crate::support::{MORNING, Site};

/// Sexual assault on a girl under 13: 182 days.
const ASSAULT: &str = "020/06";
const NEXT: &str = "2026-11-22";
const LATER: &str = "2026-11-23";
const REPORTS: [&str; 4] = [
    "morning-briefing",
    "commitment-scorecard",
    "harm-list-pack",
    "operations-report",
];
const CHECK: &str = "jobs/nightly-ingest/checks/wards_exist.sql";
const SENTENCE: &str = "Every crime lies in a ward that exists";

/// A site with a check of its own and a first night that it passes.
fn site(severity: &str) -> Site {
    let site = with_check(Site::new(), severity);
    night(&site, MORNING, "C1", "Gospel Oak");
    site
}

fn with_check(site: Site, severity: &str) -> Site {
    let sql = format!(
        "-- {SENTENCE}.\n-- severity: {severity}\n\
         select crime_ref, offence_title from core.crimes where ward = 'Nowhere'\n"
    );
    std::fs::write(site.dir.join(CHECK), sql).unwrap();
    reload(site)
}

fn reload(site: Site) -> Site {
    let deployment = Deployment::load(&site.dir).unwrap();
    Site { deployment, ..site }
}

/// Lands the files of a night with one crime of the day before.
fn night(site: &Site, morning: &str, reference: &str, ward: &str) {
    let stamp = morning.replace('-', "");
    let crimes = [crime(reference, ASSAULT, "2026-11-20", &[("ward", ward)])];
    let parties = [
        party(reference, "S", "suspect"),
        party(reference, "V", "victim"),
    ];
    let nominals = [nominal("S", "M", &[]), nominal("V", "F", &[])];
    site.land(&format!("crimes_{stamp}.csv"), file(CRIMES, &crimes));
    site.land(&format!("parties_{stamp}.csv"), file(PARTIES, &parties));
    site.land(&format!("nominals_{stamp}.csv"), file(NOMINALS, &nominals));
}

fn publish(site: &Site, morning: &str) {
    for job in ["harm-list", "commitment-measures"].iter().chain(&REPORTS) {
        site.run(job, morning).unwrap();
    }
}

fn ingest_fails(site: &Site, morning: &str) -> String {
    format!("{:#}", site.run("nightly-ingest", morning).unwrap_err())
}

/// A report as page, mail and plain text, spaces made equal.
fn bodies(site: &Site, report: &str, morning: &str) -> [String; 3] {
    let page = std::fs::read_to_string(site.dir.join(format!("reports/{morning}/{report}.html")));
    let path = std::fs::read_dir(site.dir.join("mail"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            let name = path.to_string_lossy().into_owned();
            name.contains(report) && name.contains(morning)
        })
        .unwrap();
    let bytes = std::fs::read(path).unwrap();
    let mail = MessageParser::default().parse(&bytes).unwrap();
    let html = mail.body_html(0).unwrap().into_owned();
    let text = mail.body_text(0).unwrap().into_owned();
    [page.unwrap(), html, text].map(|body| body.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn a_blocking_check_keeps_yesterdays_warehouse_and_every_report_says_so() {
    let site = site("block");
    site.run("nightly-ingest", MORNING).unwrap();
    publish(&site, MORNING);
    let known_at = site.one("select known_at from mart.warehouse");
    assert_eq!(known_at, "3");

    night(&site, NEXT, "C2", "Nowhere");
    let told = ingest_fails(&site, NEXT);
    for said in [
        "3 files accepted",
        "“Every crime lies in a ward that exists” does not hold for 1 row",
        "stand on batch 3",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    assert!(!told.contains("C2"), "{told}");
    let slot = site.query("select state, reason = '' from ledger.slots where as_of = '2026-11-22'");
    assert_eq!(slot, [["failed", "false"]]);
    assert_eq!(site.one("select count(*) from ledger.batches"), "6");
    assert_eq!(site.query("select crime_ref from core.crimes"), [["C1"]]);
    assert_eq!(site.one("select count(*) from core.allegations"), "1");
    assert_eq!(site.one("select known_at from mart.warehouse"), known_at);
    assert_eq!(
        site.one("select count(*) from mart.checks where failing_rows > 0"),
        "0"
    );

    publish(&site, NEXT);
    assert_eq!(
        site.query("select as_of, known_at from ledger.lists order by list_id"),
        [[MORNING, "3"], [NEXT, "3"]]
    );
    assert_eq!(
        site.query("select distinct known_at from ledger.measure_sets"),
        [["3"]]
    );
    for report in REPORTS {
        for (before, stale) in bodies(&site, report, MORNING)
            .iter()
            .zip(&bodies(&site, report, NEXT))
        {
            assert!(!before.contains("not renewed"), "{report}");
            for said in [
                "These figures were not renewed.",
                "as of batch 3 of 21 November 2026, 12:00",
                "the check “Every crime lies in a ward that exists” does not hold for 1 row.",
                "daybook ingest status",
            ] {
                assert!(stale.contains(said), "{report}: {said}");
            }
            assert!(!stale.contains("C2"), "{report}");
        }
    }
    let briefing = &bodies(&site, "morning-briefing", NEXT)[0];
    assert!(briefing.contains("arrived, held back"));
    assert!(!briefing.contains("0 VAWG crimes"));

    night(&site, LATER, "C2", "Gospel Oak");
    site.run("nightly-ingest", LATER).unwrap();
    publish(&site, LATER);
    assert_eq!(site.one("select known_at from mart.warehouse"), "9");
    assert_eq!(site.one("select count(*) from core.crimes"), "2");
    for report in REPORTS {
        for body in bodies(&site, report, LATER) {
            assert!(
                !body.contains("not renewed") && !body.contains("held back"),
                "{report}"
            );
        }
    }
}

#[test]
fn the_same_batch_and_sql_are_not_tried_again_and_other_sql_is() {
    let attempts =
        |site: &Site| site.query("select known_at, state from ledger.rebuilds order by rebuild_id");
    let site = site("block");
    site.run("nightly-ingest", MORNING).unwrap();
    night(&site, NEXT, "C2", "Nowhere");
    ingest_fails(&site, NEXT);
    publish(&site, NEXT);
    assert!(ingest_fails(&site, NEXT).contains("0 files accepted"));
    assert_eq!(attempts(&site), [["3", "built"], ["6", "blocked"]]);

    let site = with_check(site, "warn");
    site.run("morning-briefing", NEXT).unwrap();
    assert_eq!(
        attempts(&site),
        [["3", "built"], ["6", "blocked"], ["6", "built"]]
    );
    assert_eq!(site.one("select count(*) from core.crimes"), "2");
    let page = &bodies(&site, "morning-briefing", NEXT)[0];
    assert!(!page.contains("not renewed"));

    // Every attempt keeps what each check found.
    let found = site.query(
        "select rebuild_id, severity, failing_rows, examples from ledger.check_results \
         where name = 'wards_exist' order by rebuild_id",
    );
    assert_eq!(
        found,
        [
            ["1", "block", "0", "[]"],
            ["2", "block", "1", r#"[{"crime_ref":"C2"}]"#],
            ["3", "warn", "1", r#"[{"crime_ref":"C2"}]"#],
        ]
    );
    let per_attempt =
        site.query("select distinct count(*) from ledger.check_results group by rebuild_id");
    assert_eq!(per_attempt, [[site.deployment.checks.len().to_string()]]);
}

#[test]
fn sql_that_is_put_back_as_it_was_clears_what_other_sql_blocked() {
    let site = site("block");
    let model = site
        .dir
        .join("jobs/nightly-ingest/models/staging/crimes.sql");
    let sound = std::fs::read_to_string(&model).unwrap();
    site.run("nightly-ingest", MORNING).unwrap();
    std::fs::write(&model, sound.replace("    ward,", "    'Nowhere' as ward,")).unwrap();
    let site = reload(site);
    let told = ingest_fails(&site, MORNING);
    assert!(told.contains("stand on batch 3"), "{told}");
    assert_eq!(site.one("select ward from core.crimes"), "Gospel Oak");
    std::fs::write(&model, sound).unwrap();
    let site = reload(site);
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.query("select state from ledger.rebuilds order by rebuild_id")
            .concat(),
        ["built", "blocked", "built"]
    );
}

#[test]
fn no_list_is_made_by_weights_that_the_warehouse_does_not_hold() {
    let site = site("block");
    site.run("nightly-ingest", MORNING).unwrap();
    night(&site, NEXT, "C2", "Nowhere");
    let index = site.dir.join("jobs/harm-list/index/starter-2026.csv");
    let text = std::fs::read_to_string(&index).unwrap();
    std::fs::write(&index, text.replacen("Murder", "Murder of a person", 1)).unwrap();
    ingest_fails(&site, NEXT);
    let told = format!("{:#}", site.run("harm-list", NEXT).unwrap_err());
    assert!(told.contains("earlier edition"), "{told}");
    assert_eq!(site.one("select count(*) from ledger.lists"), "0");
}

#[test]
fn a_check_that_warns_is_told_and_blocks_nothing() {
    let site = site("warn");
    night(&site, MORNING, "C1", "Nowhere");
    let story = site.run("nightly-ingest", MORNING).unwrap();
    let told = format!("check: “{SENTENCE}” does not hold for 1 row");
    assert!(
        story.details.iter().any(|line| line.starts_with(&told)),
        "{story:?}"
    );
    publish(&site, MORNING);
    let page = &bodies(&site, "morning-briefing", MORNING)[0];
    assert!(!page.contains("not renewed"));
    assert!(page.contains(&format!("Failed check: “{SENTENCE}”; 1 row breaks it.")));
}

#[test]
fn a_first_build_that_is_blocked_leaves_no_warehouse() {
    let site = site("block");
    night(&site, MORNING, "C1", "Nowhere");
    let told = ingest_fails(&site, MORNING);
    assert!(
        told.contains(SENTENCE) && told.contains("there is no warehouse yet"),
        "{told}"
    );
    for job in ["harm-list", "morning-briefing"] {
        let told = format!("{:#}", site.run(job, MORNING).unwrap_err());
        assert!(told.contains(SENTENCE), "{told}");
    }
    let tables = "select count(*) from information_schema.tables \
                  where table_schema in ('staging', 'core', 'mart')";
    assert_eq!(site.one(tables), "0");
    assert_eq!(site.one("select count(*) from ledger.batches"), "3");
    assert_eq!(site.one("select count(*) from ledger.rebuilds"), "1");
    let site = with_check(site, "warn");
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(site.one("select count(*) from core.crimes"), "1");
}

#[test]
fn records_that_are_merged_in_a_circle_are_told_by_their_identifiers() {
    let site = Site::new();
    let merged = |id: &str, into: &str| nominal(id, "M", &[("merged_into", into)]);
    let nominals = [
        merged("N2", "N3"),
        merged("N3", "N1"),
        merged("N1", "N2"),
        merged("N0", "N1"),
        merged("N9", "N9"),
        merged("N7", "N8"),
        nominal("N8", "M", &[]),
    ];
    site.land("nominals_20261121.csv", file(NOMINALS, &nominals));
    let story = site.run("nightly-ingest", MORNING).unwrap();
    let examples = r#"[{"circle_ids":["N1","N2","N3"]},{"circle_ids":["N9"]}]"#;
    assert_eq!(
        site.query(
            "select failing_rows, examples from ledger.check_results where name = 'merges_end'"
        ),
        [["2", examples]]
    );
    // Which ones is for those who may ask the ledger.
    let told =
        "check: “No record is merged, by whatever steps, into itself” does not hold for 2 rows";
    assert!(story.details.iter().any(|line| line == told), "{story:?}");
}

#[test]
fn the_command_ends_with_1_when_a_check_blocks_and_2_when_it_cannot_be_read() {
    let site = with_check(Site::new(), "block");
    night(&site, MORNING, "C1", "Nowhere");
    let dir = site.dir.clone();
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_daybook"))
            .args(arguments)
            .args(["--dir", dir.to_str().unwrap()])
            .assert()
    };
    // Only one process may hold the database.
    let Site { store, .. } = site;
    drop(store);
    run(&["run", "nightly-ingest", "--as-of", MORNING]).code(1);
    let sql = std::fs::read_to_string(dir.join(CHECK)).unwrap();
    std::fs::write(dir.join(CHECK), sql.replace("block", "blok")).unwrap();
    let told = run(&["check"]).code(2);
    let told = String::from_utf8_lossy(&told.get_output().stderr).into_owned();
    assert!(
        told.contains(&format!("{CHECK}:2:1: -- severity: blok")),
        "{told}"
    );
}

/// Edits a file of a new deployment and returns what binding it tells.
fn bound_after(file: &str, from: &str, to: &str) -> Vec<String> {
    let site = Site::new();
    let path = site.dir.join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
    let deployment = Deployment::load(&site.dir).unwrap();
    let problems = check_sql::check(&deployment).unwrap().unwrap_err().0;
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn everything_shipped_binds() {
    let site = Site::new();
    let files = check_sql::check(&site.deployment).unwrap().unwrap();
    let mut shipped = 0;
    let mut folders = vec![site.dir.join("jobs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "sql") {
                shipped += 1;
                let name = path.strip_prefix(&site.dir).unwrap().display().to_string();
                assert!(files.contains(&name), "{name} is not bound");
            }
        }
    }
    assert_eq!(files.len(), shipped);
}

#[test]
fn a_misspelt_column_is_told_with_file_line_and_column() {
    for (file, from, to, place) in [
        (
            "jobs/nightly-ingest/models/core/arrests.sql",
            "arrests.disposal,",
            "arrests.disposl,",
            "core/arrests.sql:6:5: arrests.disposl,",
        ),
        (
            "jobs/nightly-ingest/checks/charges_have_a_crime.sql",
            "select charge_ref",
            "select charge_reff",
            "charges_have_a_crime.sql:4:8: select charge_reff",
        ),
        (
            "jobs/harm-list/entries.sql",
            "people.age,",
            "people.agee,",
            "harm-list/entries.sql:76:5: people.agee,",
        ),
        (
            "jobs/morning-briefing/groups.sql",
            "from core.crimes",
            "from core.crims",
            "groups.sql:8:6: from core.crims",
        ),
        (
            "jobs/nightly-ingest/models/core/orders.sql",
            "from staging.orders",
            "frm staging.orders",
            "core/orders.sql:10:12: frm staging.orders",
        ),
    ] {
        let told = bound_after(file, from, to);
        assert!(told[0].contains(place), "{told:?}");
        let others = told.iter().filter(|line| !line.contains("not checked"));
        assert_eq!(others.count(), 1, "{told:?}");
    }
}

#[test]
fn a_broken_models_dependants_are_told_once_each_and_why() {
    let file = "jobs/nightly-ingest/models/staging/orders.sql";
    let told = bound_after(file, "order_ref", "order_reff");
    let because = format!("not checked, because {file} failed");
    let mut dependants: Vec<&String> = told.iter().skip(1).collect();
    dependants.sort();
    assert_eq!(
        dependants,
        [
            &format!("jobs/commitment-measures/07-powers/breaches-charged.sql: {because}"),
            &format!("jobs/commitment-measures/07-powers/orders-granted.sql: {because}"),
            &format!("jobs/commitment-measures/07-powers/orders-in-force.sql: {because}"),
            &format!(
                "jobs/commitment-measures/07-powers/uncharged-cases-with-an-order.sql: {because}"
            ),
            &format!("jobs/morning-briefing/events.sql: {because}"),
            &format!("jobs/nightly-ingest/models/core/orders.sql: {because}"),
        ]
    );
}

#[test]
fn a_list_table_that_fails_takes_only_the_list_with_it() {
    let told = bound_after("jobs/harm-list/people.sql", "scores.*", "scors.*");
    let unchecked: Vec<&String> = told.iter().skip(1).collect();
    assert_eq!(unchecked.len(), 7, "{told:?}");
    assert!(
        unchecked
            .iter()
            .all(|line| line.contains("because jobs/harm-list/people.sql failed"))
    );
}

#[test]
fn a_measure_must_return_its_columns_in_their_types() {
    let file = "jobs/commitment-measures/09-places/patrol-minutes.sql";
    let missing = bound_after(file, "as denominator", "as denom");
    assert_eq!(
        missing,
        [format!(
            "{file}: the result has no column \"denominator\"; it must be a number"
        )]
    );
    let text = bound_after(
        file,
        "as bigint\n    ) as numerator",
        "as varchar\n    ) as numerator",
    );
    assert_eq!(text.len(), 1);
    assert!(text[0].starts_with(&format!("{file}:12:")), "{text:?}");
    assert!(
        text[0].contains("\"numerator\" is VARCHAR; it must be a number"),
        "{text:?}"
    );
    let median = "jobs/commitment-measures/01-police-perpetrators/days-to-finalise.sql";
    assert!(bound_after(median, " as value", " as days")[0].contains("no column \"value\""));
}

#[test]
fn a_value_that_nobody_binds_and_a_column_that_nobody_returns_are_told() {
    let ranking = bound_after("jobs/harm-list/ranking.sql", "$window_from", "$day");
    assert!(
        ranking[0].starts_with("jobs/harm-list/ranking.sql:35:"),
        "{ranking:?}"
    );
    let moved = bound_after(
        "jobs/harm-list/movement.sql",
        "end as movement",
        "end as moved",
    );
    assert!(moved[0].contains("no column \"movement\""), "{moved:?}");
    let unknown = bound_after(
        "jobs/harm-list/entries.sql",
        "    people.age,\n",
        "    people.age,\n    1 as shoe_size,\n",
    );
    assert!(unknown[0].contains("shoe_size"), "{unknown:?}");
}
