//! Past lists made again from what was known then.

use daybook::harm::list;
use daybook::harm::verify::Verified;
use daybook::harm::verify::rebuild::Workshop;

use crate::support::rows::{CRIMES, NOMINALS, crime, file, nominal};
use crate::support::{MORNING, Site};

fn verify_all(site: &Site) -> Vec<Verified> {
    let mut workshop = Workshop::open(&site.store).unwrap();
    list::all(site.store.connection())
        .unwrap()
        .iter()
        .map(|list| workshop.verify(list).unwrap())
        .collect()
}

/// Two years of lists, between which crimes are corrected and cancelled,
/// records merged, and weights changed.
fn two_years() -> Site {
    let site = Site::with_london(700, 5, 0.01);
    site.run("nightly-ingest", MORNING).unwrap();
    for month in months(2024, 12, 12) {
        site.run("harm-list", &month).unwrap();
    }
    correct(&site);
    for month in months(2025, 12, 6) {
        site.run("harm-list", &month).unwrap();
    }
    let index = site.dir.join("jobs/harm-list/index/starter-2026.csv");
    let text = std::fs::read_to_string(&index).unwrap();
    let changed = text
        .replacen(",5475,", ",5110,", 1)
        .replace(",182,", ",190.5,");
    assert_ne!(text, changed);
    std::fs::write(&index, changed).unwrap();
    for month in months(2026, 6, 6) {
        site.run("harm-list", &month).unwrap();
    }
    site
}

fn months(year: i32, first: u32, count: u32) -> impl Iterator<Item = String> {
    (0..count).map(move |offset| {
        let month = first - 1 + offset;
        format!(
            "{}-{:02}-01",
            year + i32::try_from(month / 12).unwrap(),
            month % 12 + 1
        )
    })
}

/// A night that corrects crimes of listed people and merges two of them.
fn correct(site: &Site) {
    let listed = site.query(
        "select nominal_id, worst_crime_ref from ledger.list_entries \
         where list_id = (select max(list_id) from ledger.lists) and rank <= 4 order by rank",
    );
    let code = |crime: &str| {
        let found = site.query(&format!(
            "select ho_code, cast(reported_on as varchar) from core.crimes where crime_ref = '{crime}'"
        ));
        (found[0][0].clone(), found[0][1].clone())
    };
    let corrected = |crime_ref: &str, changes: &[(&str, &str)]| {
        let (code, day) = code(crime_ref);
        crime(crime_ref, &code, &day, changes)
    };
    let crimes = [
        corrected(&listed[0][1], &[("status", "cancelled")]),
        corrected(&listed[1][1], &[("offence_count", "4")]),
    ];
    site.land("crimes_20261122.csv", file(CRIMES, &crimes));
    let merged = nominal(
        &listed[3][0],
        "M",
        &[("merged_into", listed[2][0].as_str())],
    );
    site.land("nominals_20261122.csv", file(NOMINALS, &[merged]));
    site.run("nightly-ingest", "2026-11-22").unwrap();
}

#[test]
fn every_list_is_made_again_to_the_byte_and_an_altered_row_is_named() {
    let site = two_years();
    let verified = verify_all(&site);
    assert_eq!(verified.len(), 24);
    for list in &verified {
        assert!(list.rows > 0, "{list:?}");
        assert!(list.is_identical(), "{list:?}");
    }
    // The lists did differ from each other in what they were made from.
    assert_eq!(
        site.one("select count(distinct known_at) || ' ' || count(distinct index_sha256) from ledger.lists"),
        "2 2"
    );
    let altered = site.query(
        "select crime_ref, nominal_id from ledger.list_contributions \
         where list_id = 20 and is_counted order by harm_days desc, crime_ref limit 1",
    );
    let (crime, person) = (&altered[0][0], &altered[0][1]);
    site.store
        .connection()
        .execute_batch(&format!(
            "update history.crimes set offence_count = offence_count + 1 where crime_ref = '{crime}'"
        ))
        .unwrap();
    let again = verify_all(&site);
    let named = &again[19];
    assert!(!named.is_identical());
    let found = named
        .people
        .iter()
        .find(|differing| differing.nominal_id == *person)
        .unwrap();
    assert!(
        found
            .cause
            .contains(&format!("crime {crime}: offence_count was")),
        "{}",
        found.cause
    );
    // Lists whose window does not hold the crime are as they were.
    let reported = site.one(&format!(
        "select cast(reported_on as varchar) from core.crimes where crime_ref = '{crime}'"
    ));
    for list in again
        .iter()
        .filter(|list| list.as_of.0.to_string() <= reported)
    {
        assert!(list.is_identical(), "{list:?}");
    }
}

#[test]
fn a_frozen_row_altered_by_hand_is_named_too() {
    let site = Site::with_london(700, 6, 0.0);
    site.run("nightly-ingest", MORNING).unwrap();
    site.run("harm-list", "2026-10-01").unwrap();
    site.run("harm-list", MORNING).unwrap();
    let victim =
        site.one("select nominal_id from ledger.list_entries where list_id = 2 and rank = 3");
    let change = |sql: &str| {
        site.store.connection().execute_batch(sql).unwrap();
        let again = verify_all(&site);
        assert!(again[0].is_identical());
        again[1].clone()
    };
    let score = change(&format!(
        "update ledger.list_entries set score_days = score_days + 1 \
         where list_id = 2 and nominal_id = '{victim}'"
    ));
    assert_eq!(score.people.len(), 1);
    assert_eq!(score.people[0].nominal_id, victim);
    assert!(score.people[0].cause.starts_with("score_days was"));
    let gone = change(&format!(
        "delete from ledger.list_moves where list_id = 2 and nominal_id = '{victim}'"
    ));
    assert!(gone.people[0].differences.iter().any(|d| {
        (d.table.as_str(), d.column.as_str(), d.frozen.is_none()) == ("list_moves", "row", true)
    }));
    let counts = change(
        "update ledger.lists set counts = replace(counts, '\"listed\":100', '\"listed\":99') where list_id = 2",
    );
    assert_eq!(counts.list.len(), 1, "{:?}", counts.list);
    assert_eq!(counts.list[0].column, "listed");
}

/// What `list verify --all` says while a table of the ledger is altered.
fn told_of(site: &mut Site, table: &str, change: &str) -> String {
    let run = |sql: &str| site.store.connection().execute_batch(sql).unwrap();
    run(&format!("create table was as from ledger.{table}"));
    run(change);
    let output = site.command(&["list", "verify", "--all"]);
    assert_eq!(output.status.code(), Some(1), "{change}");
    let run = |sql: &str| site.store.connection().execute_batch(sql).unwrap();
    run(&format!("delete from ledger.{table}"));
    run(&format!("insert into ledger.{table} from was"));
    run("drop table was");
    let told = [output.stdout, output.stderr].concat();
    String::from_utf8(told).unwrap()
}

#[test]
fn nothing_that_a_list_rests_on_can_be_altered_unseen() {
    let mut site = Site::with_london(300, 9, 0.0);
    site.run("nightly-ingest", MORNING).unwrap();
    site.run("harm-list", "2026-10-01").unwrap();
    site.run("harm-list", MORNING).unwrap();
    let changes = [
        (
            "texts",
            "update ledger.texts set text = text || ' ' where sha256 = (select sha256 \
             from ledger.list_inputs where list_id = 2 and file = 'jobs/harm-list/people.sql')",
            "the text of jobs/harm-list/people.sql kept with list 1 was altered",
        ),
        (
            "texts",
            "delete from ledger.texts where sha256 = (select sha256 \
             from ledger.list_inputs where list_id = 2 and role = 'basket')",
            "the text of jobs/harm-list/basket.csv kept with list 2 is gone",
        ),
        (
            "list_inputs",
            "delete from ledger.list_inputs where list_id = 2 and role = 'aliases'",
            "lists.fingerprint head: was",
        ),
        (
            "list_inputs",
            "delete from ledger.list_inputs where list_id = 2 and file like '%/movement.sql'",
            "list_moves.rows whole: was",
        ),
        (
            "list_inputs",
            "delete from ledger.list_inputs where list_id = 2",
            "list 2 was made before its texts were kept",
        ),
        (
            "lists",
            "update ledger.lists set list_size = 99 where list_id = 2",
            "lists.size head: was 99, is 100",
        ),
        (
            "lists",
            "update ledger.lists set edition = 'another' where list_id = 2",
            "lists.edition head: was another, is",
        ),
        (
            "lists",
            "update ledger.lists set window_from = window_from - 1 where list_id = 2",
            "lists.window_from head: was",
        ),
        (
            "lists",
            "update ledger.lists set index_sha256 = 'a' || index_sha256 where list_id = 2",
            "lists.index_sha256 head: was a",
        ),
        (
            "lists",
            "update ledger.lists set basket_sha256 = 'a' || basket_sha256 where list_id = 2",
            "lists.basket_sha256 head: was a",
        ),
        (
            "lists",
            "update ledger.lists set fingerprint = 'a' || fingerprint where list_id = 2",
            "lists.fingerprint head: was a",
        ),
        (
            "lists",
            "update ledger.lists set previous_id = null where list_id = 2",
            "where none can be",
        ),
        (
            "lists",
            "delete from ledger.lists where list_id = 2",
            "rows are left of lists that the ledger no longer names: 2",
        ),
        (
            "list_entries",
            "insert into ledger.list_entries from ledger.list_entries \
             where list_id = 2 and rank = 1",
            "list_entries.rows whole: was 1 doubled",
        ),
    ];
    for (table, change, expected) in changes {
        let told = told_of(&mut site, table, change);
        assert!(told.contains(expected), "{change}: {told}");
        // What ails one list keeps no other from being looked at.
        assert!(told.contains("list 1 as of"), "{change}: {told}");
    }
    // Each was put back.
    assert!(site.told(&["list", "verify", "--all"]).contains("2 of 2"));
}

#[test]
fn verify_tells_each_list_keeps_the_result_and_fails_when_one_differs() {
    let mut site = Site::with_london(300, 8, 0.0);
    site.run("nightly-ingest", MORNING).unwrap();
    site.run("harm-list", "2026-10-01").unwrap();
    site.run("harm-list", MORNING).unwrap();
    let told = site.told(&["list", "verify", "--all"]);
    assert!(
        told.contains("list 1 as of 2026-10-01: identical"),
        "{told}"
    );
    assert!(told.contains("2 of 2 lists are identical"), "{told}");
    site.store
        .connection()
        .execute_batch("update history.nominals set date_of_birth = date '2015-01-01' where nominal_id = (select nominal_id from ledger.list_entries where list_id = 2 and rank = 1)")
        .unwrap();
    let output = site.command(&["list", "verify"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("standing was ranked, is under_18"), "{told}");
    assert_eq!(
        site.query("select list_id, is_identical from ledger.list_verifications order by rowid"),
        [["1", "true"], ["2", "true"], ["2", "false"]]
    );
}
