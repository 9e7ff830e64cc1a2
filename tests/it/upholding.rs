//! Faults that the laws of `settling` and `snapshots` have found, each in its
//! smallest form.

use daybook::ingest::Outcome;

use crate::support::shelf::Shelf;

const DELTA: &str = r#"
title = "Deeds"
mode = "delta"
files = ["deeds_{date}*.csv"]
key = ["id"]
columns = [{ name = "id", type = "text" }, { name = "number", type = "integer" }]
"#;

const KEYED: &str = r#"
title = "Deeds"
mode = "snapshot"
files = ["deeds_{date}*.csv"]
key = ["id"]
columns = [{ name = "id", type = "text" }, { name = "number", type = "integer" }]
"#;

const KEYLESS: &str = r#"
title = "Deeds"
mode = "snapshot"
files = ["deeds_{date}*.csv"]
columns = [{ name = "id", type = "text" }, { name = "number", type = "integer" }]
"#;

const BY_AREA: &str = r#"
title = "Deeds"
mode = "snapshot"
files = ["deeds_{date}*.csv"]
key = ["area", "id"]
scope = ["area"]
columns = [{ name = "area", type = "text" }, { name = "id", type = "text" }]
"#;

const STANDING: &str = "select id, number, is_deleted from history.deeds \
                        where batch_to is null order by all";
const LIVE: &str = "select id, number from history.deeds \
                    where batch_to is null and not is_deleted order by all";

fn take(shelf: &Shelf, name: &str, text: &str) -> i64 {
    match shelf.take(name, text) {
        Outcome::Accepted(batch) => batch.batch_id,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn a_file_that_repeats_another_of_its_day_still_has_the_last_word() {
    let files = [
        ("deeds_20261101_a.csv", "id,number\nK,1\n"),
        ("deeds_20261101_b.csv", "id,number\nK,2\n"),
        ("deeds_20261101_c.csv", "id,number\nK,1\n"),
    ];
    for order in [[0, 1, 2], [2, 1, 0]] {
        let shelf = Shelf::new(DELTA);
        for at in order {
            take(&shelf, files[at].0, files[at].1);
        }
        assert_eq!(shelf.query(LIVE), [["K", "1"]], "{order:?}");
    }
}

#[test]
fn an_insert_and_an_update_that_say_the_same_are_one_statement() {
    let both = "id,number,op\nK,1,I\nK,1,U\n";
    let shelf = Shelf::new(DELTA);
    take(&shelf, "deeds_20261101.csv", both);
    take(&shelf, "deeds_20261102.csv", both);
    assert_eq!(
        shelf.query(
            "select rows_accepted, rows_rejected, rows_duplicate from ledger.batches \
             order by batch_id"
        ),
        [["1", "0", "1"], ["1", "0", "1"]]
    );
}

#[test]
fn the_later_of_two_deletions_is_kept_as_it_was_said() {
    let files = [
        ("deeds_20261101.csv", "id,number,op\nK,1,D\n"),
        ("deeds_20261102.csv", "id,number,op\nK,2,D\n"),
    ];
    for order in [[0, 1], [1, 0]] {
        let shelf = Shelf::new(DELTA);
        for at in order {
            take(&shelf, files[at].0, files[at].1);
        }
        assert_eq!(shelf.query(STANDING), [["K", "2", "true"]], "{order:?}");
    }
}

#[test]
fn one_more_of_many_equal_rows_is_counted_on_from_those_held() {
    let shelf = Shelf::new(KEYLESS);
    let rows = |count: usize| format!("id,number\n{}", "K,1\n".repeat(count));
    take(&shelf, "deeds_20261101.csv", &rows(5));
    take(&shelf, "deeds_20261102.csv", &rows(6));
    assert_eq!(
        shelf
            .query("select occurrence from history.deeds order by 1")
            .concat(),
        ["1", "2", "3", "4", "5", "6"]
    );
    take(&shelf, "deeds_20261103.csv", &rows(2));
    assert_eq!(shelf.query(LIVE).len(), 2);
}

#[test]
fn a_rejected_row_is_not_counted_among_the_equal_ones() {
    let shelf = Shelf::new(KEYLESS);
    take(&shelf, "deeds_20261101.csv", "id,number\nK,\n");
    take(&shelf, "deeds_20261102.csv", "id,number\nK,x\nK,\n");
    assert_eq!(shelf.query(LIVE), [["K", ""]]);
}

#[test]
fn a_row_that_lost_the_snapshot_that_brought_it_falls_with_the_last_that_had_it() {
    let shelf = Shelf::new(KEYED);
    take(&shelf, "deeds_20261101.csv", "id,number\nK,1\n");
    let second = take(&shelf, "deeds_20261102.csv", "id,number\nK,1\nL,1\n");
    let third = take(&shelf, "deeds_20261103.csv", "id,number\nK,1\nL,1\n");
    shelf.revert(second).unwrap();
    assert_eq!(shelf.query(LIVE), [["K", "1"], ["L", "1"]]);
    shelf.revert(third).unwrap();
    assert_eq!(shelf.query(LIVE), [["K", "1"]]);
}

#[test]
fn a_snapshot_can_be_taken_back_whose_key_says_which_part_it_covers() {
    let shelf = Shelf::new(BY_AREA);
    take(&shelf, "deeds_20261101.csv", "area,id\nA,K\nB,K\n");
    let second = take(&shelf, "deeds_20261102.csv", "area,id\nB,L\n");
    shelf.revert(second).unwrap();
    let live = "select area, id from history.deeds \
                where batch_to is null and not is_deleted order by all";
    assert_eq!(shelf.query(live), [["A", "K"], ["B", "K"]]);
}

#[test]
fn a_late_snapshot_that_is_taken_back_brings_nothing_back_that_a_newer_one_lacks() {
    let shelf = Shelf::new(KEYED);
    take(&shelf, "deeds_20261103.csv", "id,number\nK,1\n");
    take(&shelf, "deeds_20261101.csv", "id,number\nL,1\n");
    let late = take(&shelf, "deeds_20261102.csv", "id,number\nL,1\n");
    shelf.revert(late).unwrap();
    assert_eq!(shelf.query(LIVE), [["K", "1"]]);
}
