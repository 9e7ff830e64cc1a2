//! History keeps every version, and what was known when.

use crate::support::rows::{CRIMES, crime, file};
use crate::support::{MORNING, Site};

fn crimes(code: &str) -> String {
    file(CRIMES, &[crime("C1", code, "2026-06-01", &[])])
}

fn with_op(op: &str) -> String {
    let text = crimes("105/01");
    let mut lines = text.lines();
    format!(
        "{},op\n{},{op}\n",
        lines.next().unwrap(),
        lines.next().unwrap()
    )
}

#[test]
fn a_correction_keeps_what_was_known_before_it() {
    let site = Site::new();
    site.land("crimes_20261120.csv", crimes("105/01"));
    site.run("nightly-ingest", "2026-11-20").unwrap();
    site.land("crimes_20261121.csv", crimes("008/06"));
    site.run("nightly-ingest", MORNING).unwrap();
    let known = |batch: i64| {
        site.one(&format!(
            "select ho_code from history.crimes where crime_ref = 'C1' \
             and batch_from <= {batch} and (batch_to is null or batch_to > {batch})"
        ))
    };
    assert_eq!(
        (known(1), known(2)),
        ("105/01".to_owned(), "008/06".to_owned())
    );
    let batch = site.query(
        "select rows_new, rows_changed, rows_unchanged from ledger.batches order by batch_id",
    );
    assert_eq!(batch, [["1", "0", "0"], ["0", "1", "0"]]);
}

#[test]
fn an_unchanged_row_is_not_written_again() {
    let site = Site::new();
    for date in ["20261119", "20261120", "20261121"] {
        site.land(&format!("crimes_{date}.csv"), crimes("105/01"));
    }
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(site.one("select count(*) from history.crimes"), "1");
    assert_eq!(
        site.one("select sum(rows_unchanged) from ledger.batches"),
        "2"
    );
}

#[test]
fn tuesdays_file_after_wednesdays_does_not_overwrite_it() {
    let site = Site::new();
    site.land("crimes_20261119.csv", crimes("105/01"));
    site.run("nightly-ingest", MORNING).unwrap();
    site.land("crimes_20261121.csv", crimes("105/01"));
    site.run("nightly-ingest", MORNING).unwrap();
    site.land("crimes_20261120.csv", crimes("008/06"));
    site.run("nightly-ingest", MORNING).unwrap();
    let live = "select ho_code from history.crimes where batch_to is null and not is_deleted";
    assert_eq!(site.one(live), "105/01");
    assert_eq!(
        site.one("select rows_superseded from ledger.batches order by batch_id desc limit 1"),
        "1"
    );
    assert_eq!(site.one("select count(*) from history.crimes"), "2");
}

#[test]
fn a_delta_can_delete_and_bring_back() {
    let site = Site::new();
    let live = "select count(*) from history.crimes where batch_to is null and not is_deleted";
    for (date, op, wanted) in [
        ("20261118", "I", "1"),
        ("20261119", "D", "0"),
        ("20261120", "U", "1"),
    ] {
        site.land(&format!("crimes_{date}.csv"), with_op(op));
        site.run("nightly-ingest", MORNING).unwrap();
        assert_eq!(site.one(live), wanted, "{date}");
    }
    assert_eq!(site.one("select count(*) from history.crimes"), "3");
}

#[test]
fn a_row_missing_from_a_snapshot_is_gone_and_its_past_stays() {
    let site = Site::new();
    let header = "unit,role,as_at,established_fte,filled_fte";
    let both = format!("{header}\nA,staff,2026-11-01,10,8.5\nB,staff,2026-11-01,4,4\n");
    let one = format!("{header}\nA,staff,2026-11-01,10,9\n");
    site.land("posts_20261120.csv", both);
    site.land("posts_20261121.csv", one);
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.query("select unit, filled_fte from staging.posts"),
        [["A", "9.000000"]]
    );
    assert_eq!(
        site.one("select count(*) from history.posts where unit = 'B' and batch_from = 1"),
        "1"
    );
    let batch = site
        .query("select rows_new, rows_changed, rows_ended from ledger.batches order by batch_id");
    assert_eq!(batch, [["2", "0", "0"], ["0", "1", "1"]]);
}

#[test]
fn equal_rows_of_a_file_without_a_key_are_all_kept_and_a_month_is_replaced_alone() {
    let site = Site::new();
    let header = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context";
    let row = |month: &str| {
        format!(",{month},City of London Police,City of London Police,,,No location,,,Drugs,,\n")
    };
    site.land(
        "2018-04-city-of-london-street.csv",
        format!("{header}\n{}{}", row("2018-04"), row("2018-04")),
    );
    site.land(
        "2018-05-city-of-london-street.csv",
        format!("{header}\n{}", row("2018-05")),
    );
    site.run("nightly-ingest", MORNING).unwrap();
    let months = "select month, count(*) from staging.street_crimes group by month order by month";
    assert_eq!(
        site.query(months),
        [["2018-04-01", "2"], ["2018-05-01", "1"]]
    );
    site.land(
        "2018-04-city-of-london-street.csv",
        format!("{header}\n{}", row("2018-04")),
    );
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.query(months),
        [["2018-04-01", "1"], ["2018-05-01", "1"]]
    );
}

#[test]
fn a_large_file_can_be_read_at_once_after_it_was_taken_in() {
    // More rows than DuckDB writes as one group, in a source without a key.
    let site = Site::new();
    let mut text = String::from(
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context\n",
    );
    for row in 0..260_000 {
        text.push_str(&format!(
            "{row},2018-04,City of London Police,City of London Police,,,No location,,,Drugs,,\n"
        ));
    }
    site.land("2018-04-city-of-london-street.csv", text);
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.one("select count(*) from staging.street_crimes"),
        "260000"
    );
    assert_eq!(
        site.one("select count(*) from history.street_crimes"),
        "260000"
    );
}

#[test]
fn a_deletion_that_arrives_first_is_kept() {
    let site = Site::new();
    site.land("crimes_20261120.csv", with_op("D"));
    site.run("nightly-ingest", MORNING).unwrap();
    site.land("crimes_20261119.csv", with_op("I"));
    site.run("nightly-ingest", MORNING).unwrap();
    let live = "select count(*) from history.crimes where batch_to is null and not is_deleted";
    assert_eq!(site.one(live), "0");
    site.land("crimes_20261121.csv", with_op("X"));
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.query("select column_name, value from ledger.rejects"),
        [["op", "X"]]
    );
}

#[test]
fn a_rejected_row_of_a_snapshot_is_not_a_missing_one() {
    let site = Site::new();
    let header = "unit,role,as_at,established_fte,filled_fte";
    site.land(
        "posts_20261119.csv",
        format!("{header}\nA,staff,2026-11-01,10,8\nB,staff,2026-11-01,4,4\n"),
    );
    site.land(
        "posts_20261120.csv",
        format!("{header}\nA,staff,2026-11-01,10,9\nB,staff,2026-11-01,2O,4\n"),
    );
    site.land("posts_20261121.csv", format!("{header}\n"));
    site.run("nightly-ingest", MORNING).unwrap();
    let units = "select unit, filled_fte from staging.posts order by unit";
    assert_eq!(site.query(units), [["A", "9.000000"], ["B", "4.000000"]]);
    let note = site
        .one("select reason from ledger.batches where state = 'accepted' and reason is not null");
    assert!(note.contains("were not ended"), "{note}");
    let refused = site.one("select reason from ledger.batches where state = 'refused'");
    assert!(
        refused.contains("a snapshot without rows would end"),
        "{refused}"
    );
}
