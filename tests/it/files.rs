//! Bad files: each loads right, or is refused whole or row by row with a clear
//! reason, and the night goes on with the other sources.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::rows::{CRIMES, NOMINALS, PARTIES, crime, file, nominal, party};
use crate::support::{MORNING, Site};

/// A site whose crimes file is `bytes`, beside a sound file of parties.
fn night(name: &str, bytes: impl AsRef<[u8]>) -> Site {
    let site = Site::new();
    site.land(name, bytes);
    site.land(
        "parties_20261121.csv",
        file(PARTIES, &[party("C1", "S", "suspect")]),
    );
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.one("select count(*) from history.parties"),
        "1",
        "the night did not go on"
    );
    site
}

fn refusal(site: &Site) -> String {
    assert_eq!(site.one("select count(*) from history.crimes"), "0");
    site.one("select reason from ledger.batches where state = 'refused'")
}

fn rejects(site: &Site) -> Vec<Vec<String>> {
    site.query(
        "select line, column_name, value, reason from ledger.rejects order by line, column_name",
    )
}

fn two_crimes() -> String {
    file(
        CRIMES,
        &[
            crime("C1", "019/08", "2026-06-01", &[]),
            crime("C2", "008/06", "2026-06-02", &[]),
        ],
    )
}

#[test]
fn a_missing_column_refuses_the_file_and_names_it() {
    let text = two_crimes().replace("ho_code", "code");
    let reason = refusal(&night("crimes_20261121.csv", text));
    assert!(
        reason.contains("line 1") && reason.contains("lacks ho_code") && reason.contains("code"),
        "{reason}"
    );
}

#[test]
fn a_file_without_a_header_is_refused_without_a_word_of_its_rows() {
    let text = two_crimes();
    let rows = text.split_once('\n').unwrap().1;
    let reason = refusal(&night("crimes_20261121.csv", rows));
    assert!(
        reason.contains("none of its 22 cells") && !reason.contains("C1"),
        "{reason}"
    );
}

#[test]
fn a_wrong_delimiter_is_recognised() {
    let reason = refusal(&night(
        "crimes_20261121.csv",
        two_crimes().replace(',', ";"),
    ));
    assert!(reason.contains("';'") && reason.contains("','"), "{reason}");
}

#[test]
fn windows_1252_bytes_are_refused_unless_the_contract_says_so() {
    let text = two_crimes().replace("an offence", "Caf\u{1}");
    let bytes: Vec<u8> = text
        .bytes()
        .map(|b| if b == 1 { 0xE9 } else { b })
        .collect();
    let reason = refusal(&night("crimes_20261121.csv", &bytes));
    assert!(
        reason.contains("line 2") && reason.contains("0xE9") && reason.contains("UTF-8"),
        "{reason}"
    );

    let site = Site::new();
    let path = site.dir.join("jobs/nightly-ingest/sources/crimes.toml");
    let contract = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("encoding = \"windows-1252\"\n{contract}")).unwrap();
    let deployment = daybook::schedule::context::Deployment::load(&site.dir).unwrap();
    let site = Site { deployment, ..site };
    site.land("crimes_20261121.csv", &bytes);
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.query("select distinct offence_title from history.crimes"),
        [["Café"]]
    );
}

#[test]
fn an_empty_file_is_refused_and_a_header_alone_is_a_quiet_night() {
    let reason = refusal(&night("crimes_20261121.csv", ""));
    assert!(reason.contains("empty"), "{reason}");
    let site = night("crimes_20261121.csv", format!("{CRIMES}\n"));
    assert_eq!(
        site.query("select state, rows_read from ledger.batches where source = 'crimes'"),
        [["accepted", "0"]]
    );
}

#[test]
fn a_truncated_gzip_is_refused_and_a_whole_one_loads() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(two_crimes().as_bytes()).unwrap();
    let bytes = encoder.finish().unwrap();
    let reason = refusal(&night("crimes_20261121.csv.gz", &bytes[..bytes.len() / 2]));
    assert!(reason.contains("cut off"), "{reason}");
    let site = night("crimes_20261121.csv.gz", &bytes);
    assert_eq!(site.one("select count(*) from history.crimes"), "2");
}

#[test]
fn a_file_that_does_not_match_its_manifest_waits() {
    let site = Site::new();
    site.land("crimes_20261121.csv", two_crimes());
    site.land(
        "crimes_20261121.csv.manifest.json",
        r#"{"rows": 2, "sha256": "00", "as_at": "2026-11-21T00:00:00"}"#,
    );
    let story = site.run("nightly-ingest", MORNING).unwrap();
    assert!(
        story.details.iter().any(|line| line.contains("manifest")),
        "{story:?}"
    );
    assert_eq!(site.one("select count(*) from ledger.batches"), "0");
    site.land("crimes_20261121.csv.manifest.json", r#"{"rows": 3}"#);
    site.run("nightly-ingest", MORNING).unwrap();
    let reason = refusal(&site);
    assert!(
        reason.contains("says 3 rows") && reason.contains("has 2"),
        "{reason}"
    );
}

#[test]
fn a_file_that_is_still_growing_waits() {
    let mut site = Site::new();
    site.deployment.config.landing.settle_seconds = 1;
    let path = site.landing().join("crimes_20261121.csv");
    site.land("crimes_20261121.csv", CRIMES);
    let writer = std::thread::spawn(move || {
        let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
        for _ in 0..150 {
            file.write_all(b"\n").unwrap();
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    });
    let story = site.run("nightly-ingest", MORNING).unwrap();
    writer.join().unwrap();
    assert!(
        story
            .details
            .iter()
            .any(|line| line.contains("still growing")),
        "{story:?}"
    );
    assert_eq!(site.one("select count(*) from ledger.batches"), "0");
}

#[test]
fn a_duplicate_key_counts_once_when_equal_and_is_rejected_when_not() {
    let equal = crime("C1", "019/08", "2026-06-01", &[]);
    let rows = [
        equal.clone(),
        equal,
        crime("C2", "008/06", "2026-06-02", &[]),
        crime("C2", "105/01", "2026-06-02", &[]),
        crime("C3", "105/01", "2026-06-02", &[]),
    ];
    let site = night("crimes_20261121.csv", file(CRIMES, &rows));
    let batch = site.query(
        "select rows_read, rows_accepted, rows_rejected, rows_duplicate from ledger.batches where source = 'crimes'",
    );
    assert_eq!(batch, [["5", "2", "2", "1"]]);
    let told = rejects(&site);
    assert_eq!(told.len(), 2);
    assert_eq!(told[0][..3], ["4", "crime_ref", "C2"]);
    assert!(told[0][3].contains("lines 4, 5"), "{told:?}");
}

#[test]
fn wrong_cells_reject_their_rows_with_line_column_value_and_reason() {
    let rows = [
        crime("C1", "4.10", "2026-06-01", &[]),
        crime("C2", "4.1", "2026-06-01", &[]),
        crime("C3", "019/08", "2026-02-31", &[]),
        crime("C4", "019/08", "2026-06-01", &[("offence_count", "two")]),
        crime(
            "C5",
            "019/08",
            "2026-06-01",
            &[("offence_count", "15646.0")],
        ),
        crime("C6", "019/08", "2026-06-01", &[("domestic_abuse", "maybe")]),
        crime("C7", "019/08", "2026-06-01", &[("status", "opne")]),
        crime("", "019/08", "2026-06-01", &[]),
        crime(
            "C9",
            "019/08",
            "2026-06-01",
            &[("reported_at", "2026-06-01 10:00:00+01:00")],
        ),
        crime("C10", "019/08", "2026-06-01", &[]),
        crime("C11", "019/08", "2026-06-01", &[("offence_count", "-1")]),
        crime(
            "C12",
            "019/08",
            "2026-06-01",
            &[("offence_count", "9223372036854775807")],
        ),
        crime(
            "C13",
            "019/08",
            "2026-06-01",
            &[("reported_at", "2026-06-01 24:00:00")],
        ),
        crime(
            "C14",
            "019/08",
            "2026-06-01",
            &[("reported_at", "2026-06-01")],
        ),
        crime("C15", "019/08", "2026-06-01", &[("outcome_code", "23")]),
        crime("\t", "019/08", "2026-06-01", &[]),
    ];
    let site = night("crimes_20261121.csv", file(CRIMES, &rows));
    assert_eq!(
        site.query("select crime_ref from history.crimes"),
        [["C10"]]
    );
    let told: Vec<(String, String, String)> = rejects(&site)
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone(), row[2].clone()))
        .collect();
    let wanted = [
        ("2", "ho_code", "4.10"),
        ("3", "ho_code", "4.1"),
        ("4", "committed_from", "2026-02-31 10:00:00"),
        ("4", "recorded_at", "2026-02-31 10:00:00"),
        ("4", "reported_at", "2026-02-31 10:00:00"),
        ("4", "status_at", "2026-02-31 10:00:00"),
        ("5", "offence_count", "two"),
        ("6", "offence_count", "15646.0"),
        ("7", "domestic_abuse", "maybe"),
        ("8", "status", "opne"),
        ("9", "crime_ref", ""),
        ("10", "reported_at", "2026-06-01 10:00:00+01:00"),
        ("12", "offence_count", "-1"),
        ("13", "offence_count", "9223372036854775807"),
        ("14", "reported_at", "2026-06-01 24:00:00"),
        ("15", "reported_at", "2026-06-01"),
        ("16", "outcome_code", "23"),
        ("17", "crime_ref", ""),
    ]
    .map(|(line, column, value)| (line.to_owned(), column.to_owned(), value.to_owned()));
    assert_eq!(told, wanted);
    assert_eq!(
        site.one("select rows_rejected from ledger.batches where source = 'crimes'"),
        "15"
    );
}

#[test]
fn a_header_in_another_order_and_case_loads_right() {
    let text = "NOMINAL_ID ,Role,crime_ref,named_by,relationship\nS,suspect,C1,victim,partner\n";
    let site = Site::new();
    site.land("parties_20261121.csv", text);
    site.run("nightly-ingest", MORNING).unwrap();
    let rows = site
        .query("select crime_ref, nominal_id, role, relationship, named_by from history.parties");
    assert_eq!(rows, [["C1", "S", "suspect", "partner", "victim"]]);
}

#[test]
fn lines_of_the_wrong_shape_are_set_aside_and_lines_stay_true() {
    let rows = [
        crime("C1", "019/08", "2026-06-01", &[]),
        "C2,too,short".to_owned(),
        crime("C3", "4.10", "2026-06-01", &[]),
    ];
    let site = night("crimes_20261121.csv", file(CRIMES, &rows));
    assert_eq!(
        site.query("select crime_ref, file_line from history.crimes"),
        [["C1", "2"]]
    );
    let told = rejects(&site);
    assert_eq!(told[0][0], "3");
    assert!(
        told[0][3].contains("3 cells where the header has 22"),
        "{told:?}"
    );
    assert_eq!(told[1][..3], ["4", "ho_code", "4.10"]);
}

#[test]
fn a_cell_of_two_lines_needs_the_contracts_word_and_lines_stay_true() {
    let title = ("offence_title", "\"a title,\nof two lines\"");
    let rows = [
        crime("C1", "019/08", "2026-06-01", &[title]),
        crime("C2", "4.10", "2026-06-01", &[]),
    ];
    let reason = refusal(&night("crimes_20261121.csv", file(CRIMES, &rows)));
    assert!(
        reason.contains("line 2") && reason.contains("line_breaks"),
        "{reason}"
    );
    let site = Site::new();
    let path = site.dir.join("jobs/nightly-ingest/sources/crimes.toml");
    let contract = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("line_breaks = true\n{contract}")).unwrap();
    let deployment = daybook::schedule::context::Deployment::load(&site.dir).unwrap();
    let site = Site { deployment, ..site };
    site.land("crimes_20261121.csv", file(CRIMES, &rows));
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.query("select offence_title, file_line from history.crimes"),
        [["a title,\nof two lines", "2"]]
    );
    assert_eq!(rejects(&site)[0][..3], ["4", "ho_code", "4.10"]);
}

#[test]
fn a_quote_left_open_refuses_the_file_with_its_line() {
    let rows = [
        crime("C1", "019/08", "2026-06-01", &[]),
        crime(
            "C2",
            "019/08",
            "2026-06-01",
            &[("offence_title", "\"never closed")],
        ),
        crime("C3", "019/08", "2026-06-01", &[]),
        crime("C4", "019/08", "2026-06-01", &[]),
    ];
    let reason = refusal(&night("crimes_20261121.csv", file(CRIMES, &rows)));
    assert!(
        reason.contains("line 3") && reason.contains("quote"),
        "{reason}"
    );
}

#[test]
fn json_lines_and_parquet_load_like_csv() {
    let site = Site::new();
    site.land(
        "parties_20261121.jsonl",
        "{\"crime_ref\": \"C1\", \"nominal_id\": \"S\", \"role\": \"suspect\"}\nnot json\n",
    );
    site.store
        .connection()
        .execute_batch(&format!(
            "copy (select 'S' as nominal_id, 'M' as sex, date '1985-06-15' as date_of_birth, \
                 null::varchar as surname, null::varchar as forenames, null::varchar as ethnicity, \
                 null::varchar as home_borough, null::date as deceased_on, null::varchar as merged_into, \
                 false as police_employee) \
             to '{}' (format parquet)",
            site.landing().join("nominals_20261121.parquet").display()
        ))
        .unwrap();
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.query("select crime_ref, nominal_id, role from history.parties"),
        [["C1", "S", "suspect"]]
    );
    assert_eq!(
        site.query("select date_of_birth, sex, file_line from history.nominals"),
        [["1985-06-15", "M", "1"]]
    );
    let told = site.query("select line, value from ledger.rejects");
    assert_eq!(told, [["2", "not json"]]);
    site.land("nominals_20261122.parquet", "PAR1 but not really");
    site.run("nightly-ingest", "2026-11-22").unwrap();
    assert!(
        site.one("select reason from ledger.batches where state = 'refused'")
            .contains("Parquet")
    );
}

#[test]
fn the_same_content_is_taken_in_once_whatever_its_name() {
    let site = night("crimes_20261121.csv", two_crimes());
    std::fs::rename(
        site.landing().join("crimes_20261121.csv"),
        site.landing().join("crimes_20261121.csv.bak"),
    )
    .unwrap();
    site.land("crimes_20261121.csv", two_crimes());
    let story = site.run("nightly-ingest", MORNING).unwrap();
    assert!(story.headline.contains("2 known already"), "{story:?}");
    assert_eq!(site.one("select count(*) from ledger.batches"), "2");
    assert_eq!(site.one("select count(*) from history.crimes"), "2");
}

#[test]
fn a_refused_file_is_told_again_and_judged_anew_when_its_contract_changed() {
    let site = night(
        "crimes_20261121.csv",
        two_crimes().replace("ho_code", "code"),
    );
    let story = site.run("nightly-ingest", MORNING).unwrap();
    assert!(
        story
            .details
            .iter()
            .any(|line| line.contains("still refused")),
        "{story:?}"
    );
    assert_eq!(
        site.one("select count(*) from ledger.batches where state = 'refused'"),
        "1"
    );
    let path = site.dir.join("jobs/nightly-ingest/sources/crimes.toml");
    let contract = std::fs::read_to_string(&path).unwrap();
    let accepts = contract.replace(
        "type = \"ho_code\", required = true",
        "type = \"ho_code\", required = true, headers = [\"code\"]",
    );
    std::fs::write(&path, accepts).unwrap();
    let deployment = daybook::schedule::context::Deployment::load(&site.dir).unwrap();
    let site = Site { deployment, ..site };
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(site.one("select count(*) from history.crimes"), "2");
}

#[test]
fn people_may_come_with_any_name() {
    let hostile = "\"Robert\"\"); drop table history.crimes; --\"";
    let site = Site::new();
    site.land(
        "nominals_20261121.csv",
        file(NOMINALS, &[nominal("S", "M", &[("surname", hostile)])]),
    );
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.one("select surname from core.people"),
        "Robert\"); drop table history.crimes; --"
    );
}

#[test]
fn what_is_passed_over_in_the_landing_folder_is_told() {
    let site = Site::new();
    site.land("crimes_20261121.csv.bz2", "x");
    site.land("crimes_20261121.csv", two_crimes());
    std::os::unix::fs::symlink(
        site.landing().join("crimes_20261121.csv"),
        site.landing().join("crimes_20261120.csv"),
    )
    .unwrap();
    let story = site.run("nightly-ingest", MORNING).unwrap();
    let told = story.details.join("\n");
    assert!(
        told.contains("crimes_20261120.csv: refused: a symbolic link"),
        "{told}"
    );
    assert!(
        told.contains("crimes_20261121.csv.bz2: not recognised"),
        "{told}"
    );
    std::fs::rename(site.landing(), site.dir.join("elsewhere")).unwrap();
    assert!(site.run("nightly-ingest", MORNING).is_err());
}

#[test]
fn parquet_rows_are_held_against_the_manifest() {
    let site = Site::new();
    site.store
        .connection()
        .execute_batch(&format!(
            "copy (select 'C1' as crime_ref, 'S' as nominal_id, 'suspect' as role, \
                 null::varchar as relationship, null::varchar as named_by) \
             to '{}' (format parquet)",
            site.landing().join("parties_20261121.parquet").display()
        ))
        .unwrap();
    site.land(
        "parties_20261121.parquet.manifest.json",
        r#"{"rows": 999, "as_at": "2026-11-21"}"#,
    );
    site.run("nightly-ingest", MORNING).unwrap();
    let reason = site.one("select reason from ledger.batches where state = 'refused'");
    assert!(
        reason.contains("says 999 rows") && reason.contains("has 1"),
        "{reason}"
    );
}
