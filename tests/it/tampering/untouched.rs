//! What nobody touched verifies, whatever the program did to it.

use daybook::store::Store;
use daybook::store::chain::{self, catalogue};

use super::{Still, consulted, decided, released};
use crate::support::rows::{CRIMES, crime, file};
use crate::support::{MORNING, Site};

#[test]
fn nothing_is_found_after_every_kind_of_act() {
    for site in [decided(), released(), consulted()] {
        assert_eq!(site.altered(), [""; 0]);
    }
}

#[test]
fn nothing_is_found_after_values_aged_out_and_after_runs_that_failed() {
    let mut site = Site::new();
    let night = [
        crime("C1", "008/06", "2026-06-01", &[]),
        crime("C2", "008/06", "2026-06-01", &[("offence_count", "none")]),
    ];
    site.land("crimes_20261121.csv", file(CRIMES, &night));
    assert!(site.run("harm-list", MORNING).is_err());
    site.run("nightly-ingest", MORNING).unwrap();
    let later = daybook::clock::midnight("2028-11-21".parse().unwrap(), chrono_tz::Europe::London);
    site.with_context_at(later, |context| {
        daybook::schedule::ingest_job::ingest(context, "2028-11-21".parse().unwrap(), None)
            .unwrap();
    });
    assert_eq!(
        site.one("select count(*) from ledger.rejects where aged_out_on is not null"),
        "1"
    );
    assert_eq!(site.altered(), [""; 0]);
    let told = site.told(&["audit", "verify"]);
    assert!(told.ends_with("verified: nothing was altered\n"), "{told}");
}

#[test]
fn the_command_ends_with_one_and_names_each_finding() {
    let mut site = decided();
    site.store
        .connection()
        .execute_batch("update ledger.list_decisions set reason = 'x' where decision_id = 1")
        .unwrap();
    let output = site.command(&["audit", "verify"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "ledger.list_decisions 1: edited\n"
    );
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(told, "daybook: the record was altered: one finding\n");
    let output = site.command(&["audit", "verify", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["findings"][0]["ledger"], "ledger.list_decisions");
    assert_eq!(json["findings"][0]["what"], "edited");
    assert_eq!(
        site.one("select findings from ledger.verifications order by verification_id desc limit 1"),
        "1"
    );
}

#[test]
fn the_operations_report_says_how_the_record_stands() {
    let site = decided();
    site.store
        .connection()
        .execute_batch("update ledger.list_decisions set reason = 'x' where decision_id = 1")
        .unwrap();
    site.run("operations-report", "2026-11-25").unwrap();
    let page = |morning: &str| {
        let path = site
            .dir
            .join(format!("reports/{morning}/operations-report.html"));
        std::fs::read_to_string(path).unwrap()
    };
    assert!(page(MORNING).contains("entries, nothing was altered"));
    let told = "The record was altered: 1 finding in ledger.list_decisions, found at 12:00";
    assert!(page("2026-11-25").contains(told), "{}", page("2026-11-25"));
}

#[test]
fn a_table_that_gains_a_column_is_sealed_again_but_not_what_was_altered_before() {
    let mut site = decided();
    site.store
        .connection()
        .execute_batch("update history.crimes set ho_code = '008/01' where crime_ref = 'C8'")
        .unwrap();
    let before = site.altered();
    let path = site.dir.join("jobs/nightly-ingest/sources/crimes.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let unit = "    { name = \"unit\", type = \"text\" },\n";
    assert!(text.contains(unit));
    let more = format!("{unit}    {{ name = \"extra\", type = \"text\" }},\n");
    std::fs::write(&path, text.replace(unit, &more)).unwrap();
    site.deployment = daybook::schedule::context::Deployment::load(&site.dir).unwrap();
    site.run("nightly-ingest", "2026-11-25").unwrap();
    let named = |found: &[String]| -> Vec<String> {
        let own = found
            .iter()
            .filter(|line| line.starts_with("history.crimes"));
        own.map(|line| line.split(": edited").next().unwrap().to_owned())
            .collect()
    };
    let of_batch = named(&before)[0].clone();
    assert!(named(&site.altered()).contains(&of_batch));
    assert_eq!(
        site.one(
            "select count(*) > 1 from conduct_ledger.chain where note = 'crimes gained columns'"
        ),
        "true"
    );
}

#[test]
fn a_database_from_before_is_sealed_as_found_and_says_so() {
    let still = Still::new(decided());
    let copy = still.copy();
    // As it was before there was a chain.
    copy.run(
        "drop table conduct_ledger.chain; drop table conduct_ledger.anchors; \
         drop table conduct_ledger.anchor_heads; drop table ledger.verifications; \
         delete from ledger.migrations where version >= 14",
    );
    std::fs::remove_file(copy.log()).unwrap();
    assert_eq!(super::found(&copy.verify(true, &[])), [""; 0]);
    let store = Store::open(&copy.config).unwrap();
    let all: (i64, i64) = store
        .connection()
        .query_row(
            "select count(*), count(*) filter (note like 'found at schema version %') \
             from conduct_ledger.chain",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(all.0, all.1);
    assert!(all.0 > 50, "{all:?}");
}

#[test]
fn every_table_of_the_ledgers_is_chained_or_said_not_to_be() {
    let store = Store::in_memory().unwrap();
    let mut statement = store
        .connection()
        .prepare(
            "select schema_name || '.' || table_name from duckdb_tables() \
             where schema_name in ('ledger', 'conduct_ledger') order by 1",
        )
        .unwrap();
    let tables: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let fixed = catalogue::fixed();
    let missing: Vec<&String> = tables
        .iter()
        .filter(|table| !fixed.iter().any(|ledger| ledger.table == **table))
        .filter(|table| !catalogue::EXCEPT.iter().any(|(except, _)| except == table))
        .collect();
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn sealing_again_what_has_not_changed_adds_no_entry() {
    let store = Store::in_memory().unwrap();
    let entries = |ledger: &str| chain::entries(store.connection(), ledger).unwrap();
    let write = |sql: &str| {
        store
            .transaction(|tx| {
                tx.execute_batch(sql)?;
                chain::seal(tx, "ledger.releases", &[1, 2])
            })
            .unwrap();
    };
    write("insert into ledger.releases values (1, 'First', date '2026-12-01', null)");
    write("");
    assert_eq!(entries("ledger.releases").len(), 1);
    write("update ledger.releases set name = 'Other'");
    write("delete from ledger.releases");
    write("");
    let all = entries("ledger.releases");
    let contents: Vec<bool> = all.iter().map(|entry| entry.content.is_some()).collect();
    assert_eq!(contents, [true, true, false]);
    write("insert into ledger.releases values (1, 'First', date '2026-12-01', null)");
    assert_eq!(entries("ledger.releases").len(), 4);
}
