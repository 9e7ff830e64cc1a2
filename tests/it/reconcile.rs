//! Every row of every real file, held against a second reading of the contracts
//! (`tests/oracle`), and every fault of a dirtier synthetic London.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use daybook::ingest;
use daybook::ingest::arrive::ScanOptions;
use daybook::ingest::arrive::landing;
use daybook::ingest::arrive::landing::Named;
use daybook::ingest::contract::{Contract, Kind};
use daybook::ingest::history::batch::Batch;
use daybook::ingest::{IngestOptions, Outcome};
use daybook::schedule::context::Deployment;
use serde_json::Value;

use crate::support::rows::{PARTIES, file, party};
use crate::support::{MORNING, Site, noon, shared_data};

/// What the second reading of one contract's files came to.
fn expected(contract: &str) -> Vec<Value> {
    let path = root().join("tests/oracle/expected.json");
    let all: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    all.into_iter()
        .filter(|read| read["contract"] == contract)
        .collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The sums of the number columns over the rows that a batch brought.
fn sums(site: &Site, contract: &Contract, batch_id: i64) -> BTreeMap<String, f64> {
    let columns = contract.columns.iter();
    columns
        .filter(|column| matches!(column.kind, Kind::Integer | Kind::Decimal))
        .map(|column| {
            let sum = site.one(&format!(
                "select coalesce(sum(\"{}\"), 0)::decimal(38, 6)::varchar from history.{} \
                 where batch_from = {batch_id}",
                column.name, contract.name
            ));
            (column.name.clone(), sum.parse().unwrap())
        })
        .collect()
}

/// Holds a batch against what the second reading of its file came to.
fn agrees(site: &Site, batch: &Batch, read: &Value) {
    let name = &batch.file_name;
    assert!(batch.is_accepted, "{name}: {:?}", batch.reason);
    let figures = [
        ("rows", batch.rows_read),
        ("accepted", batch.rows_accepted),
        ("rejected", batch.rows_rejected),
        ("duplicates", batch.rows_duplicate),
        ("warnings", batch.rows_warned),
    ];
    for (figure, found) in figures {
        assert_eq!(read[figure], found, "{figure} of {name}");
    }
    assert_eq!(
        batch.rows_read,
        batch.rows_accepted + batch.rows_rejected + batch.rows_duplicate,
        "{name}"
    );
    let contract = site
        .deployment
        .contracts
        .iter()
        .find(|contract| contract.name == batch.source)
        .unwrap();
    let wanted: BTreeMap<String, f64> = read["sums"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(column, sum)| {
            let sum = sum.as_str().map_or_else(|| sum.to_string(), str::to_owned);
            (column.clone(), sum.parse().unwrap())
        })
        .collect();
    // Both sums have six decimals and fewer than sixteen digits.
    assert_eq!(sums(site, contract, batch.batch_id), wanted, "{name}");
    let distinct = site.one(&format!(
        "select count(distinct row_hash) from history.{} where batch_from = {}",
        batch.source, batch.batch_id
    ));
    assert_eq!(read["distinct"].to_string(), distinct, "{name}");
}

fn named<'r>(reads: &'r [Value], batch: &Batch) -> &'r Value {
    let found = reads
        .iter()
        .find(|read| read["file"] == batch.file_name.as_str());
    found.unwrap_or_else(|| panic!("{} was not expected", batch.file_name))
}

#[test]
fn every_published_street_and_outcome_file_comes_to_what_a_second_reading_says() {
    let Some(data) = shared_data() else { return };
    let reads = [
        expected("sources/street_crimes.toml"),
        expected("sources/street_outcomes.toml"),
    ]
    .concat();
    let files: Vec<PathBuf> = reads
        .iter()
        .map(|read| data.join("street").join(read["file"].as_str().unwrap()))
        .collect();
    assert_eq!(files.len(), 36);
    let site = Site::new();
    let done = take_in(&site, &files);
    assert_eq!(done.len(), 36);
    for batch in &done {
        agrees(&site, batch, named(&reads, batch));
    }
}

#[test]
fn both_published_met_files_come_to_what_a_second_reading_says() {
    let Some(data) = shared_data() else { return };
    let site = Site::new();
    for (source, file) in [
        ("met_vawg_offences", "offences"),
        ("met_vawg_victims", "victims"),
    ] {
        let reads = expected(&format!("sources/{source}.toml"));
        let done = take_in(&site, &[data.join(format!("met-vawg/{file}.parquet"))]);
        assert_eq!(done.len(), 1);
        agrees(&site, &done[0], &reads[0]);
        let sheets = site.query(&format!(
            "select sheet, count(*), sum({file})::bigint from history.{source} group by 1 order by 1"
        ));
        let wanted: Vec<Vec<String>> = reads[0]["sums_by"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(sheet, held)| {
                vec![
                    sheet.clone(),
                    held["rows"].to_string(),
                    held[file].to_string(),
                ]
            })
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect();
        assert_eq!(sheets, wanted);
    }
}

/// A deployment whose sources of these names are Chicago's.
fn chicago() -> Site {
    let site = Site::new();
    let fixtures = root().join("tests/it/fixtures/chicago");
    for entry in std::fs::read_dir(fixtures).unwrap() {
        let path = entry.unwrap().path();
        let place = site.dir.join("jobs/nightly-ingest/sources");
        std::fs::copy(&path, place.join(path.file_name().unwrap())).unwrap();
    }
    let deployment = Deployment::load(&site.dir).unwrap();
    Site { deployment, ..site }
}

#[test]
fn the_chicago_complaints_come_to_what_a_second_reading_says() {
    let Some(data) = shared_data() else { return };
    let folder = data.join("person-level/chicago-complaints-2000-2016");
    let site = chicago();
    let officers = site.dir.join("officers.csv.gz");
    std::fs::copy(folder.join("accused.csv.gz"), &officers).unwrap();
    let files = [
        folder.join("complaints.csv.gz"),
        folder.join("accused.csv.gz"),
        officers,
        folder.join("victims.csv.gz"),
    ];
    let done = take_in(&site, &files);
    let sources: Vec<&str> = done.iter().map(|batch| batch.source.as_str()).collect();
    assert_eq!(done.len(), 4, "{sources:?}");
    for batch in &done {
        let reads = expected(&format!("chicago/{}.toml", batch.source));
        agrees(&site, batch, &reads[0]);
    }
}

/// Takes files in without a warehouse behind them.
fn take_in(site: &Site, files: &[PathBuf]) -> Vec<Batch> {
    site.with_context(|context| context.ensure_histories().unwrap());
    let looking = ScanOptions {
        contracts: &site.deployment.contracts,
        settle: std::time::Duration::ZERO,
        largest: u64::MAX,
        zone: site.deployment.config.tz(),
        go_on: &|| Ok(()),
    };
    let named: Vec<Named> = files.iter().map(|file| Named::left(file)).collect();
    let (arrivals, waiting) = landing::inspect(&named, looking).unwrap();
    assert_eq!(waiting, []);
    let scratch = site.dir.join("scratch");
    std::fs::create_dir_all(&scratch).unwrap();
    let taking = IngestOptions {
        scratch: &scratch,
        received_at: noon().naive_utc(),
        may_end: false,
        is_named: true,
    };
    arrivals
        .iter()
        .map(
            |arrival| match ingest::take_in(&site.store, arrival, taking).unwrap() {
                Outcome::Accepted(batch) | Outcome::Refused(batch) => batch,
                other => panic!("{}: {other:?}", arrival.file_name),
            },
        )
        .collect()
}

#[test]
fn another_forces_export_loads_as_its_readme_says() {
    let site = Site::new();
    let example = root().join("jobs/nightly-ingest/examples/northmere");
    let contract = site.dir.join("jobs/nightly-ingest/sources/crimes.toml");
    std::fs::copy(example.join("crimes.toml"), contract).unwrap();
    let deployment = Deployment::load(&site.dir).unwrap();
    let site = Site { deployment, ..site };
    std::fs::copy(
        example.join("NM_CRIME_20260309.csv"),
        site.landing().join("NM_CRIME_20260309.csv"),
    )
    .unwrap();
    site.land(
        "parties_20260309.csv",
        file(PARTIES, &[party("NM/26/004101", "S", "suspect")]),
    );
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.query(
            "select rows_read, rows_accepted, rows_duplicate, rows_rejected, rows_warned \
             from ledger.batches where source = 'crimes'"
        ),
        [["12", "9", "1", "2", "1"]]
    );
    assert_eq!(
        site.one("select count(*) from history.crimes where is_deleted"),
        "1"
    );
    assert_eq!(
        site.query("select line, column_name, value, is_warning from ledger.rejects order by line"),
        [
            ["10", "location_type", "Caravan", "true"],
            ["11", "recorded_at", "31/02/2026 10:00", "false"],
            ["13", "ho_code", "008/6", "false"],
        ]
    );
    assert_eq!(
        site.query(
            "select ward, reported_at, easting, domestic_abuse, force, offence_title \
             from history.crimes where crime_ref = 'NM/26/004101'"
        ),
        [[
            "Brontë Fields",
            "2026-03-07 23:55:00",
            "412250",
            "true",
            "northmere",
            "Assault; occasioning actual bodily harm"
        ]]
    );
    assert_eq!(
        site.one(
            "select easting || '/' || ward from history.crimes where crime_ref = 'NM/26/002990'"
        ),
        "399850/Upper Fell"
    );
}
