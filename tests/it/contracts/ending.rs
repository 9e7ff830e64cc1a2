//! What a snapshot may end: nothing beyond a limit without a word, of no part of
//! the whole, and of no month but its name's.

use crate::support::{STEWARD, Site};
use daybook::harm::accounts::Role;

use super::{edit, reloaded, write};

const HEADER: &str = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context";

fn rows(month: &str, from: usize, count: usize, outcome: &str) -> String {
    let row = |n: usize| {
        format!(
            "{n:064x},{month},City of London Police,City of London Police,-0.09,51.51,Lane {n},E01000001,City,Burglary,{outcome},\n"
        )
    };
    (from..from + count).map(row).collect()
}

fn land(site: &Site, month: &str, rows: &str) {
    let name = format!("{month}-city-of-london-street.csv");
    site.land(&name, format!("{HEADER}\n{rows}"));
}

fn held(site: &Site) -> Vec<Vec<String>> {
    site.query(
        "select strftime(month, '%Y-%m'), count(*) from history.street_crimes \
         where batch_to is null and not is_deleted group by 1 order by 1",
    )
}

#[test]
fn a_row_of_another_month_is_rejected_and_that_month_stays() {
    let site = Site::new();
    land(&site, "2019-04", &rows("2019-04", 0, 200, "open"));
    site.run("nightly-ingest", "2026-11-21").unwrap();
    let stray = rows("2019-05", 1_000, 210, "open") + &rows("2019-04", 9_000, 1, "open");
    land(&site, "2019-05", &stray);
    let story = site.run("nightly-ingest", "2026-11-22").unwrap();
    assert_eq!(held(&site), [["2019-04", "200"], ["2019-05", "210"]]);
    assert_eq!(
        site.query("select line, column_name, value, code, reason from ledger.rejects"),
        [[
            "212",
            "month",
            "2019-04",
            "name",
            "expected the month that the file's name says"
        ]]
    );
    let told = story.details.join("\n");
    assert!(
        told.contains("2019-05-city-of-london-street.csv: rows it lacks were not ended"),
        "{told}"
    );
}

#[test]
fn a_correction_of_rows_without_a_key_is_no_loss_and_a_loss_waits_for_a_word() {
    let mut site = Site::new();
    site.grant(STEWARD, Role::DataSteward);
    land(&site, "2019-04", &rows("2019-04", 0, 200, "open"));
    site.run("nightly-ingest", "2026-11-21").unwrap();
    land(&site, "2019-04", &rows("2019-04", 0, 200, "charged"));
    site.run("nightly-ingest", "2026-11-22").unwrap();
    assert_eq!(held(&site), [["2019-04", "200"]]);
    assert_eq!(
        site.one("select rows_ended from ledger.batches order by batch_id desc limit 1"),
        "200"
    );
    land(&site, "2019-04", &rows("2019-04", 0, 170, "charged"));
    let story = site.run("nightly-ingest", "2026-11-23").unwrap();
    let told = story.details.join("\n");
    assert!(
        told.contains("it lacks 30 of the 200 rows held, more than the 10%"),
        "{told}"
    );
    assert_eq!(held(&site), [["2019-04", "200"]]);
    site.told(&[
        "ingest",
        "accept-deletions",
        "landing/2019-04-city-of-london-street.csv",
        "--by",
        STEWARD,
    ]);
    assert_eq!(held(&site), [["2019-04", "170"]]);
}

#[test]
fn no_part_of_a_snapshot_is_taken_away_by_a_stray_row_and_a_limit_is_the_default() {
    let site = Site::new();
    let contract = "title = \"Beats\"\nmode = \"snapshot\"\nfiles = [\"beats_{date}.csv\"]\n\
                    scope = [\"area\"]\nkey = [\"area\", \"beat\"]\ncolumns = [\n    \
                    { name = \"area\", type = \"text\" },\n    { name = \"beat\", type = \"integer\" },\n]\n";
    write(&site, "jobs/nightly-ingest/sources/beats.toml", contract);
    let site = reloaded(site);
    let beats = |area: &str, count: usize| -> String {
        (0..count).map(|n| format!("{area},{n}\n")).collect()
    };
    site.land(
        "beats_20261119.csv",
        format!("area,beat\n{}{}", beats("North", 5_000), beats("South", 20)),
    );
    site.run("nightly-ingest", "2026-11-21").unwrap();
    // A twentieth of the whole is well within the limit, and all of the south.
    site.land(
        "beats_20261120.csv",
        format!("area,beat\n{}South,0\n", beats("North", 5_000)),
    );
    let story = site.run("nightly-ingest", "2026-11-22").unwrap();
    let told = story.details.join("\n");
    assert!(
        told.contains("it lacks 19 of the 20 rows held of one of its parts, more than the 10%"),
        "{told}"
    );
    edit(
        &site,
        "jobs/nightly-ingest/sources/beats.toml",
        "scope =",
        "ending = { confirm_above = 1.0 }\nscope =",
    );
    let site = reloaded(site);
    site.land(
        "beats_20261121.csv",
        format!("area,beat\n{}South,0\n", beats("North", 5_000)),
    );
    site.run("nightly-ingest", "2026-11-23").unwrap();
    assert_eq!(
        site.query("select area, count(*) from history.beats where batch_to is null and not is_deleted group by 1 order by 1"),
        [["North", "5000"], ["South", "1"]]
    );
}
