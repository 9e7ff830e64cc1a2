//! One contract's fault, and what a batch has to note.

use crate::support::kept::Kept;
use crate::support::rows::{PARTIES, file, party};
use crate::support::{MORNING, Site};
use std::sync::OnceLock;

use super::{edit, reloaded, write};

const SAMPLES: &str = "jobs/nightly-ingest/sources/samples.toml";
const CONTRACT: &str = "title = \"Samples\"\nmode = \"snapshot\"\nfiles = [\"samples_{date}.csv\"]\nkey = [\"id\"]\n\
                        columns = [\n    { name = \"id\", type = \"text\", required = true },\n    \
                        { name = \"number\", type = \"integer\" },\n]\n";

fn site() -> Site {
    static MADE: OnceLock<Kept> = OnceLock::new();
    Kept::once(&MADE, || {
        let site = Site::new();
        write(&site, SAMPLES, CONTRACT);
        let site = reloaded(site);
        site.land("samples_20261120.csv", "id,number\nA,1\nB,2\n");
        site.run("nightly-ingest", "2026-11-20").unwrap();
        site
    })
}

#[test]
fn a_contracts_fault_stops_its_own_files_only() {
    let site = site();
    edit(&site, SAMPLES, "type = \"integer\"", "type = \"date\"");
    let site = reloaded(site);
    site.land("samples_20261121.csv", "id,number\nA,1\n");
    site.land(
        "parties_20261121.csv",
        file(PARTIES, &[party("C1", "S", "suspect")]),
    );
    let told = site.run("nightly-ingest", MORNING).unwrap_err().to_string();
    for words in [
        "contract of samples",
        "history.samples.number holds bigint, the contract now says date",
    ] {
        assert!(told.contains(words), "{told}");
    }
    assert_eq!(site.one("select count(*) from staging.parties"), "1");
    assert_eq!(
        site.one("select count(*) from ledger.batches where source = 'samples'"),
        "1"
    );
    edit(&site, SAMPLES, "type = \"date\"", "type = \"integer\"");
    let site = reloaded(site);
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.one("select count(*) from ledger.batches where source = 'samples'"),
        "2"
    );
}

#[test]
fn a_contract_that_does_not_hold_stops_its_own_files_only() {
    let mut site = site();
    for (number, (found, wrong, words)) in [
        (
            "type = \"integer\"",
            "type = \"numeral\"",
            "unknown variant `numeral`",
        ),
        (
            "title = \"Samples\"",
            "title = \"Samples",
            "samples.toml:1:",
        ),
        (
            "mode = \"snapshot\"",
            "mood = \"snapshot\"",
            "unknown field `mood`",
        ),
        (
            "type = \"text\"",
            "type = \"text\", pattern = \"(?x) [A-Z]\"",
            "pattern",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        edit(&site, SAMPLES, found, wrong);
        site = reloaded(site);
        assert_eq!(site.deployment.broken.len(), 1, "{wrong}");
        let night = format!("202611{}", 21 + number);
        site.land(&format!("samples_{night}.csv"), "id,number\nA,1\nB,2\n");
        let suspect = party(&format!("C{number}"), "S", "suspect");
        site.land(&format!("parties_{night}.csv"), file(PARTIES, &[suspect]));
        let as_of = format!("2026-11-{}", 21 + number);
        let told = site.run("nightly-ingest", &as_of).unwrap_err().to_string();
        assert!(told.contains("contract of samples"), "{told}");
        assert!(told.contains(words), "{told}");
        let parties = site.one("select count(*) from staging.parties");
        assert_eq!(parties, (number + 1).to_string());
        let checked = site.command(&["check"]);
        assert_eq!(checked.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&checked.stderr).contains(words));
        edit(&site, SAMPLES, wrong, found);
    }
    site = reloaded(site);
    site.run("nightly-ingest", "2026-11-24").unwrap();
    assert_eq!(
        site.one("select count(*) from ledger.batches where source = 'samples'"),
        "5"
    );
}

/// What its rejected rows held may be restricted, for all that is known.
#[test]
fn no_format_shows_the_rejected_values_of_a_broken_contract() {
    let mut site = site();
    site.land("samples_20261121.csv", "id,number\nA,marked-value\n");
    site.run("nightly-ingest", MORNING).unwrap();
    for format in ["table", "csv", "json"] {
        let shown = ["ingest", "rejects", "--format", format];
        assert!(site.told(&shown).contains("marked-value"), "{format}");
    }
    edit(&site, SAMPLES, "mode = \"snapshot\"", "mood = \"snapshot\"");
    for format in ["table", "csv", "json"] {
        let told = site.told(&["ingest", "rejects", "--format", format]);
        assert!(told.contains("samples_20261121.csv"), "{format}: {told}");
        assert!(!told.contains("marked-value"), "{format}: {told}");
    }
}

#[test]
fn a_source_whose_contract_does_not_hold_is_told_of_in_every_report() {
    let mut site = site();
    edit(&site, SAMPLES, "key = [\"id\"]", "key = [\"none\"]");
    site = reloaded(site);
    site.run("nightly-ingest", MORNING).unwrap_err();
    let told = site.told(&["ingest", "status"]);
    let line = told.lines().find(|line| line.contains("samples")).unwrap();
    assert!(line.contains("contract at fault"), "{line}");
    for (report, words) in [
        ("operations-report", "contract at fault"),
        ("morning-briefing", "contract at fault"),
    ] {
        site.run(report, MORNING).unwrap();
        let page = site.one(&format!(
            "select html from ledger.reports where report = '{report}'"
        ));
        assert!(page.contains(words), "{page}");
    }
}

/// What other sources name of its rows cannot be looked up, and they stand.
#[test]
fn sources_that_name_rows_of_a_broken_one_are_taken_in() {
    let mut site = Site::new();
    let crimes = "jobs/nightly-ingest/sources/crimes.toml";
    site.run("nightly-ingest", "2026-11-20").unwrap();
    edit(&site, crimes, "mode = \"delta\"", "mode = \"deltas\"");
    site = reloaded(site);
    let broken = &site.deployment.broken;
    assert_eq!(broken.len(), 1, "{broken:?}");
    // Its nights without a file stay unknown, and no zero.
    assert!(site.deployment.nightly().contains(&"crimes".to_owned()));
    site.land(
        "parties_20261121.csv",
        file(PARTIES, &[party("C1", "S", "suspect")]),
    );
    site.run("nightly-ingest", MORNING).unwrap_err();
    assert_eq!(site.one("select count(*) from staging.parties"), "1");
}

/// Which rows are in a room is for the contract to say: nobody asks meanwhile.
#[test]
fn nothing_is_asked_of_the_database_while_a_contract_does_not_hold() {
    let mut site = Site::new();
    edit(
        &site,
        "jobs/nightly-ingest/sources/conduct_cases.toml",
        "room = \"conduct\"",
        "rooms = \"conduct\"",
    );
    let output = site.command(&["query", "select count(*) from core.crimes"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("unknown field `rooms`"), "{told}");
}

#[test]
fn what_a_batch_has_to_note_stands_in_the_story_and_on_the_operations_report() {
    let site = site();
    site.land("samples_20261121.csv", "id,number,more\nA,1,\n\nC,x,\n");
    let story = site.run("nightly-ingest", MORNING).unwrap();
    let note = "rows it lacks were not ended, because rows were rejected; 1 column that the contract \
                does not know (column 3), not read; 1 blank lines";
    assert!(
        story
            .details
            .contains(&format!("samples_20261121.csv: {note}")),
        "{:?}",
        story.details
    );
    site.run("operations-report", MORNING).unwrap();
    let page = site.one("select html from ledger.reports where report = 'operations-report'");
    assert!(page.contains(&format!("Samples: {note}.")), "{page}");
}

#[test]
fn a_source_without_a_set_time_is_not_called_fresh() {
    let mut site = Site::new();
    site.land(
        "2022-06-city-of-london-street.csv",
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context\n\
         ,2022-06,City of London Police,City of London Police,,,,,,Burglary,,\n",
    );
    site.run("nightly-ingest", MORNING).unwrap();
    let told = site.told(&["ingest", "status"]);
    let line = told
        .lines()
        .find(|line| line.contains("street_crimes"))
        .unwrap();
    assert!(
        line.contains("no set time") && !line.contains("fresh"),
        "{line}"
    );
    let json: serde_json::Value =
        serde_json::from_str(&site.told(&["ingest", "status", "--json"])).unwrap();
    let sources = json["sources"].as_array().unwrap();
    let street = sources
        .iter()
        .find(|source| source["source"] == "street_crimes")
        .unwrap();
    assert_eq!(street["state"], "unscheduled");
}
