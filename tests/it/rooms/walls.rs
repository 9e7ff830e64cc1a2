//! `daybook check`, and the night itself, refuse SQL that reads across the
//! walls, with its file and line.

use daybook::schedule::check_sql;
use daybook::schedule::context::Deployment;

use super::site;
use crate::support::rows::{CRIMES, NOMINALS, PARTIES, crime, file, nominal, party};
use crate::support::{MORNING, Site};

/// Writes a text over a part of a file.
fn edit(site: &Site, path: &str, from: &str, to: &str) {
    let whole = site.dir.join(path);
    let text = std::fs::read_to_string(&whole).unwrap();
    assert!(text.contains(from), "{path} has no {from}");
    std::fs::write(&whole, text.replacen(from, to, 1)).unwrap();
}

/// What `daybook check` tells of the deployment as its files are now.
fn problems(site: &Site) -> Vec<String> {
    let found = match Deployment::load(&site.dir) {
        Err(problems) => problems.0,
        Ok(deployment) if !deployment.broken.is_empty() => deployment.contract_problems(),
        Ok(deployment) => match check_sql::check(&deployment).unwrap() {
            Err(problems) => problems.0,
            Ok(_) => Vec::new(),
        },
    };
    found.iter().map(ToString::to_string).collect()
}

const STAGING: &str = "jobs/nightly-ingest/models/staging/arrests.sql";
const CORE: &str = "jobs/nightly-ingest/models/core/arrests.sql";
const RANKING: &str = "jobs/harm-list/ranking.sql";
const PACK: &str = "jobs/harm-list-pack/results.sql";
const BRIEFING: &str = "jobs/morning-briefing/groups.sql";
const MEASURE: &str = "jobs/commitment-measures/07-powers/orders-in-force.sql";
const COMMITMENT: &str = "jobs/commitment-measures/07-powers/commitment.toml";

#[test]
fn sql_that_reads_across_a_wall_is_refused_with_file_and_line() {
    for (path, from) in [
        (STAGING, "history.arrests"),
        (CORE, "staging.arrests"),
        (RANKING, "core.allegations"),
        (PACK, "core.charges"),
        (BRIEFING, "core.crimes"),
    ] {
        for (to, word) in [
            (
                "(select * from Conduct.conduct_cases)",
                "conduct and HR data",
            ),
            ("CONDUCT_History.\"training\"", "conduct and HR data"),
            ("ledger.measure_values", "may not feed a list"),
            ("query('from Conduct.training')", "may hide what it reads"),
            ("'figures.csv'", "reads figures.csv, which is no table"),
            ("\"core\".\"csv\"", "reads core.csv, which is no table"),
        ] {
            let site = Site::new();
            let text = std::fs::read_to_string(site.dir.join(path)).unwrap();
            let line = text[..text.find(from).unwrap()].matches('\n').count() + 1;
            edit(&site, path, from, to);
            let told = problems(&site);
            let place = format!("{path}:{line}:");
            assert!(
                told.iter()
                    .any(|told| told.starts_with(&place) && told.contains(word)),
                "{place} {word}: {told:?}"
            );
        }
    }
}

#[test]
fn a_model_that_reads_to_its_right_is_told_with_its_line() {
    let site = Site::new();
    edit(&site, CORE, "from staging.arrests", "from conduct.training");
    let told = problems(&site);
    assert!(told[0].starts_with(&format!("{CORE}:")), "{told:?}");
    assert!(
        told[0].contains("reads conduct.training, a layer to the right"),
        "{told:?}"
    );
}

#[test]
fn a_measure_reads_a_room_only_when_its_commitment_says_so() {
    let site = Site::new();
    let reading = "(select orders.* from core.orders as orders, \
                   (select count(*) as n from conduct.training))";
    edit(&site, MEASURE, "core.orders", reading);
    let told = problems(&site);
    assert!(
        told[0].starts_with(MEASURE) && told[0].contains("room = \"conduct\""),
        "{told:?}"
    );
    edit(
        &site,
        COMMITMENT,
        "number = 7",
        "number = 7\nroom = \"conduct\"",
    );
    assert_eq!(problems(&site), [""; 0]);
    for (from, to, word) in [
        (
            "conduct.training",
            "conduct_history.training",
            "conduct_history.training",
        ),
        (
            "conduct_history.training",
            "ledger.list_entries",
            "sources name \"list\"",
        ),
        (
            "ledger.list_entries",
            "ledger.measure_values",
            "no measure may read",
        ),
        (
            "ledger.measure_values",
            "read_csv('/etc/passwd')",
            "read_csv()",
        ),
        ("read_csv('/etc/passwd')", "'orders.parquet'", "no file"),
    ] {
        edit(&site, MEASURE, from, to);
        let told = problems(&site);
        assert!(
            told[0].starts_with(MEASURE) && told[0].contains(word),
            "{told:?}"
        );
    }
}

#[test]
fn an_unknown_room_is_told_at_its_place() {
    let site = Site::new();
    let path = site.dir.join(COMMITMENT);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("room = \"cellar\"\n{text}")).unwrap();
    let loaded = Deployment::load(&site.dir).unwrap().measures;
    let told = loaded.broken[0].problems.to_string();
    assert!(told.contains(&format!("{COMMITMENT}:1:8")), "{told}");
    assert!(told.contains("expected `open` or `conduct`"), "{told}");
}

#[test]
fn the_night_and_the_list_refuse_too() {
    let mut site = site();
    site.land(
        "crimes_20261121.csv",
        file(CRIMES, &[crime("C1", "008/06", "2026-06-01", &[])]),
    );
    site.land(
        "parties_20261121.csv",
        file(
            PARTIES,
            &[party("C1", "S1", "suspect"), party("C1", "V1", "victim")],
        ),
    );
    site.land(
        "nominals_20261121.csv",
        file(
            NOMINALS,
            &[nominal("S1", "M", &[]), nominal("V1", "F", &[])],
        ),
    );
    site.run("nightly-ingest", MORNING).unwrap();
    let figures = "left join (select max(value) as x from ledger.measure_values) on true";
    let path = site.dir.join(RANKING);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        format!("with ranked as ({text}) select ranked.* from ranked {figures}"),
    )
    .unwrap();
    let told = format!("{:#}", site.run("harm-list", MORNING).err().unwrap());
    assert!(told.contains("may not feed a list"), "{told}");
    assert_eq!(site.one("select count(*) from ledger.lists"), "0");
    std::fs::write(&path, text).unwrap();

    let across = "from staging.arrests, (select count(*) from \"conduct\".training)";
    edit(&site, CORE, "from staging.arrests", across);
    site.deployment = Deployment::load(&site.dir).unwrap();
    let told = format!("{:#}", site.run("nightly-ingest", MORNING).err().unwrap());
    assert!(
        told.contains(CORE) && told.contains("conduct and HR data"),
        "{told}"
    );
}

#[test]
fn rows_of_a_room_are_not_named_from_outside_it() {
    let site = Site::new();
    let path = site.dir.join("jobs/nightly-ingest/sources/orders.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        format!(
            "{text}\n[[relations]]\ncolumns = [\"order_ref\"]\nsource = \"conduct_cases\"\n\
             source_columns = [\"case_ref\"]\notherwise = \"reject_row\"\n"
        ),
    )
    .unwrap();
    let told = site.contract_problems();
    assert!(
        told.contains("conduct_cases lies in a room of its own"),
        "{told}"
    );
    assert!(told.contains("sources/orders.toml:"), "{told}");
}
