//! What an earlier database held of conduct cases is moved into the room
//! whole, and nothing comes out of it again.

use daybook::config::Config;
use daybook::harm::accounts::Role;
use daybook::ingest::contract;
use daybook::ingest::contract::Contract;
use daybook::ingest::history;
use daybook::ingest::history::restricted;
use daybook::schedule::context::Deployment;
use daybook::store::Store;

use super::{CASES, refused};
use crate::support::{MORNING, STEWARD, Site};

const SOURCE: &str = "jobs/nightly-ingest/sources/conduct_cases.toml";
const INSIDE: &str = "jobs/nightly-ingest/models/conduct/conduct_cases.sql";
const OUTSIDE: &str = "jobs/nightly-ingest/models/staging/conduct_cases.sql";

/// Brings the deployment's files to what they were before there were rooms, or
/// back to what they are.
fn set_room(site: &mut Site, is_room: bool) {
    let path = site.dir.join(SOURCE);
    let contract = std::fs::read_to_string(&path).unwrap();
    let model = |path: &str| site.dir.join(path);
    let (contract, from, to, place) = if is_room {
        let contract = contract.replace("mode = ", "room = \"conduct\"\nmode = ");
        (contract, model(OUTSIDE), model(INSIDE), "conduct_history.")
    } else {
        let contract = contract.replace("room = \"conduct\"\n", "");
        (contract, model(INSIDE), model(OUTSIDE), "history.")
    };
    std::fs::write(path, contract).unwrap();
    let sql = std::fs::read_to_string(&from).unwrap();
    let (head, table) = sql.split_once("from ").unwrap();
    let (_, rest) = table.split_once('.').unwrap();
    std::fs::write(to, format!("{head}from {place}{rest}")).unwrap();
    std::fs::remove_file(from).unwrap();
    site.deployment = Deployment::load(&site.dir).unwrap();
}

/// A deployment from before, with three nights of conduct cases: a case said
/// again, changed and deleted, and a rejected row.
fn before() -> Site {
    let mut site = Site::bare();
    set_room(&mut site, false);
    for (night, rows) in [
        (
            "20261118",
            "K1,2026-01-01 10:00:00,harassment,true,S7,,,,\nK2,2026-01-02 10:00:00,harassment,true,S8,,,,\n",
        ),
        (
            "20261119",
            "K1,2026-01-01 10:00:00,harassment,true,S7,,2026-02-01 10:00:00,no_action,\n\
             K2,2026-01-02 10:00:00,harassment,true,S8,,,,\nK3,2026-01-03 10:00:00,murmured,true,S9,,,,\n",
        ),
        (
            "20261120",
            "K2,2026-01-02 10:00:00,harassment,true,S8,,,,D\nK5,2026-01-05 10:00:00,harassment,,,C-SECRET,,,\n",
        ),
    ] {
        site.land(
            &format!("conduct_cases_{night}.csv"),
            format!("{CASES},op\n{rows}"),
        );
    }
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(site.one("select count(*) from staging.conduct_cases"), "2");
    site
}

fn versions(site: &Site, table: &str) -> Vec<Vec<String>> {
    site.query(&format!("select * from {table} order by rowid"))
}

fn tables(site: &Site) -> Vec<String> {
    let sql = "select schema_name || '.' || table_name from duckdb_tables() \
               where table_name = 'conduct_cases' order by 1";
    site.query(sql).concat()
}

fn shape(site: &Site) -> Vec<Vec<String>> {
    site.query(
        "select column_name, data_type, is_nullable from duckdb_columns() \
         where table_name = 'conduct_cases' and schema_name like '%history' order by column_index",
    )
}

#[test]
fn an_earlier_database_is_moved_whole_at_the_next_night() {
    let mut site = before();
    let (held, columns) = (versions(&site, "history.conduct_cases"), shape(&site));
    assert_eq!(held.len(), 5);
    let rejected = site.query("select line, reason, value, row_key from ledger.rejects");
    assert_eq!(rejected[0][2..], ["murmured", "K3"]);

    set_room(&mut site, true);
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        tables(&site),
        ["conduct.conduct_cases", "conduct_history.conduct_cases"]
    );
    assert_eq!(versions(&site, "conduct_history.conduct_cases"), held);
    assert_eq!(shape(&site), columns);
    assert_eq!(site.one("select count(*) from conduct.conduct_cases"), "2");
    assert_eq!(
        site.query("select line, reason, value, row_key from conduct_ledger.rejected_values"),
        rejected
    );
    let left = "select count(*) from ledger.rejects where value is not null or row_key is not null";
    assert_eq!(site.one(left), "0");
    let examples = "select count(*), count(example) from ledger.relation_checks \
                    where source = 'conduct_cases'";
    let examples = site.query(examples);
    assert_ne!(examples[0][0], "0");
    assert_eq!(examples[0][1], "0");
}

#[test]
fn history_goes_on_where_it_was() {
    let mut site = before();
    set_room(&mut site, true);
    // Said again, taken back, corrected: as if it had never moved.
    site.land(
        "conduct_cases_20261121.csv",
        format!("{CASES}\nK1,2026-01-01 10:00:00,harassment,true,S7,,2026-02-01 10:00:00,no_action\nK3,2026-01-03 10:00:00,harassment,true,S9,,,\n"),
    );
    site.run("nightly-ingest", MORNING).unwrap();
    let newest =
        "select rows_unchanged, rows_new from ledger.batches order by batch_id desc limit 1";
    assert_eq!(site.query(newest), [["1", "1"]]);
    assert_eq!(site.one("select corrected_by from ledger.rejects"), "4");
    site.grant(STEWARD, Role::DataSteward);
    let told = site.told(&["ingest", "revert", "3", "--by", STEWARD]);
    assert!(told.contains("batch 3"), "{told}");
    assert_eq!(
        site.query("select case_ref from conduct.conduct_cases order by 1")
            .concat(),
        ["K1", "K2", "K3"]
    );
}

#[test]
fn a_query_never_meets_what_has_not_been_moved_yet() {
    let mut site = before();
    set_room(&mut site, true);
    for sql in [
        "from history.conduct_cases",
        "from staging.conduct_cases",
        "from known.conduct_cases",
    ] {
        refused(&mut site, &["query", sql]);
    }
    let told = site.told(&[
        "query",
        "select value, row_key from ledger.rejects",
        "--format",
        "csv",
    ]);
    assert_eq!(told, "value,row_key\n,\n");
    assert_eq!(tables(&site), ["conduct_history.conduct_cases"]);
}

fn conduct(site: &Site) -> Vec<Contract> {
    let contracts = contract::load::load_all(&site.dir).unwrap().contracts;
    contracts
        .into_iter()
        .filter(|c| c.name == "conduct_cases")
        .collect()
}

#[test]
fn killed_right_after_the_move_the_database_opens_again() {
    let mut site = before();
    set_room(&mut site, true);
    let held = versions(&site, "history.conduct_cases");
    site.store.checkpoint().unwrap();
    let contracts = conduct(&site);
    site.store
        .transaction(|tx| restricted::move_in(tx, &contracts[0]))
        .unwrap();
    let path = Config::load(&site.dir).unwrap().store.path;
    let copy = site.dir.join("copy.duckdb");
    for ending in ["duckdb", "duckdb.wal"] {
        std::fs::copy(path.with_extension(ending), copy.with_extension(ending)).unwrap();
    }
    let mut config = Config::load(&site.dir).unwrap().store;
    config.path = copy;
    site.store = Store::open(&config).unwrap();
    assert_eq!(tables(&site), ["conduct_history.conduct_cases"]);
    assert_eq!(versions(&site, "conduct_history.conduct_cases"), held);
}

#[test]
fn a_move_that_fails_leaves_everything_where_it_was() {
    let mut site = before();
    set_room(&mut site, true);
    let held = versions(&site, "history.conduct_cases");
    site.store
        .connection()
        .execute_batch("create table conduct_history.conduct_cases (other int)")
        .unwrap();
    history::ensure_all(&site.store, &conduct(&site)).unwrap_err();
    assert_eq!(versions(&site, "history.conduct_cases"), held);
    assert_eq!(
        site.one("select count(*) from conduct_ledger.rejected_values"),
        "0"
    );
}

#[test]
fn nothing_comes_out_of_a_room_again() {
    let mut site = before();
    set_room(&mut site, true);
    site.run("nightly-ingest", MORNING).unwrap();
    set_room(&mut site, false);
    let told = format!("{:#}", site.run("nightly-ingest", MORNING).err().unwrap());
    assert!(told.contains("no longer says room = \"conduct\""), "{told}");
    assert_eq!(
        tables(&site),
        ["conduct.conduct_cases", "conduct_history.conduct_cases"]
    );
}
