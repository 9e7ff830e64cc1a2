//! What refuses a file as a whole once its rows are known, and what lets it wait.

use super::*;

#[test]
fn a_relation_compares_columns_of_one_type() {
    let site = Site::new();
    let text = contract("", COLUMNS)
        + "[[relations]]\ncolumns = [\"number\"]\nsource = \"crimes\"\nsource_columns = [\"crime_ref\"]\n";
    let path = site.dir.join("jobs/nightly-ingest/sources/samples.toml");
    std::fs::write(path, text).unwrap();
    let told = site.contract_problems();
    says(
        &told,
        &[
            "samples.toml:15",
            "\"number\" is a whole number, \"crime_ref\" of crimes is an identifier; expected one type",
        ],
    );
}

#[test]
fn a_snapshot_of_headers_only_is_refused_and_ends_nothing() {
    let text = contract("", COLUMNS).replace("\"delta\"", "\"snapshot\"");
    let site = night(&text, "samples_20261120.csv", csv("A,,1,x\nB,,2,y\n"));
    site.land("samples_20261121.csv", csv(""));
    pass(&site);
    let batch = site.query(
        "select state, refusal, reason from ledger.batches where file_name = 'samples_20261121.csv'",
    );
    let reason = "a snapshot without rows would end everything that is held; nothing was changed";
    assert_eq!(batch, [["refused", "empty", reason]]);
    assert_eq!(held(&site, "id"), [["A"], ["B"]]);
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", csv(""));
    assert_eq!(counts(&site), ["0", "0", "0", "0", "0"]);
    assert_eq!(held(&site, "id"), Vec::<Vec<String>>::new());
}

#[test]
fn a_parquet_file_whose_types_changed_is_refused_and_a_damaged_one_too() {
    let site = site(&contract("", COLUMNS));
    let path = site.landing().join("samples_20261120.parquet");
    parquet(
        &site,
        &path,
        "select 15646.0::double as id, timestamptz '2026-01-02 10:00:00+01' as seen_on, \
         1.5::double as number, ['x'] as place",
    );
    pass(&site);
    assert_eq!(
        refusal(&site),
        "id holds DOUBLE; expected an identifier; \
         seen_on holds TIMESTAMP WITH TIME ZONE; expected a date that exists; \
         number holds DOUBLE; expected a whole number; place holds a list; expected text"
    );
    let path = site.landing().join("samples_20261121.parquet");
    let sound = "select 'A' || i as id, date '2026-01-02' as seen_on, i as number, 'x' as place \
                 from range(5000) as t (i)";
    parquet(&site, &path, sound);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    pass(&site);
    says(&refusal(&site), &["not a readable Parquet file"]);
    let mut damaged = whole.clone();
    damaged[40..200].fill(0xAB);
    std::fs::write(&path, damaged).unwrap();
    pass(&site);
    says(&refusal(&site), &["not a readable Parquet file"]);
    std::fs::write(&path, whole).unwrap();
    pass(&site);
    assert_eq!(counts(&site), ["5000", "5000", "0", "0", "0"]);
}

#[test]
fn totals_that_a_manifest_claims_are_held_against_the_rows() {
    let columns = COLUMNS.replace("\"integer\"", "\"decimal\"");
    let site = site(&contract("", &columns));
    let claim = |manifest: &str| {
        site.land(
            "samples_20261121.csv",
            csv("A,,1.5,x\nB,,-7.8e-05,y\nC,,,z\n"),
        );
        site.land("samples_20261121.csv.manifest.json", manifest);
        // Another contract's text would judge it anew; another moment does so too.
        pass(&site);
    };
    claim(r#"{"as_at": "2026-11-19", "rows": 3, "totals": {"number": 1.6}}"#);
    assert_eq!(
        refusal(&site),
        "its manifest says number sums to 1.6, the rows sum to 1.499922"
    );
    claim(r#"{"as_at": "2026-11-20", "totals": {"place": 3}}"#);
    assert_eq!(
        refusal(&site),
        "its manifest sums something that is no number of its contract"
    );
    claim(r#"{"as_at": "2026-11-21", "rows": 3, "totals": {"number": 1.499922}}"#);
    assert_eq!(counts(&site), ["3", "3", "0", "0", "0"]);
    assert_eq!(held(&site, "number"), [["1.500000"], ["-0.000078"], [""]]);
}

#[test]
fn an_unusual_number_of_rows_is_told_or_refused_as_the_contract_says() {
    let rows = |count: u32, from: u32| -> String {
        (0..count)
            .map(|n| format!("A{},,1,x\n", n + from))
            .collect()
    };
    for (volume, count, wanted) in [
        ("least = 3", 2, "2 rows, expected at least 3"),
        ("most = 1", 2, "2 rows, expected at most 1"),
    ] {
        let warning = contract(&format!("volume = {{ {volume} }}"), COLUMNS);
        let site = night(&warning, "samples_20261121.csv", csv(&rows(count, 0)));
        assert_eq!(note(&site), wanted);
        assert_eq!(counts(&site), ["2", "2", "0", "0", "0"]);
        let strict = contract(
            &format!("volume = {{ {volume}, otherwise = \"reject_file\" }}"),
            COLUMNS,
        );
        assert_eq!(refused(&strict, csv(&rows(count, 0))), wanted);
    }
    let strict = contract(
        "volume = { median_share = [0.5, 2.0], otherwise = \"reject_file\" }",
        COLUMNS,
    );
    let site = site(&strict);
    // Six files say nothing yet; the seventh compares the eighth.
    for (day, count) in (10..).zip([10, 1, 10, 10, 10, 10, 10]) {
        site.land(
            &format!("samples_202611{day}.csv"),
            csv(&rows(count, day * 100)),
        );
    }
    site.land("samples_20261117.csv", csv(&rows(4, 5_000)));
    site.land("samples_20261118.csv", csv(&rows(21, 6_000)));
    site.land("samples_20261119.csv", csv(&rows(5, 7_000)));
    pass(&site);
    let refused = site.query(
        "select file_name, refusal, reason from ledger.batches \
         where source = 'samples' and state = 'refused' order by 1",
    );
    assert_eq!(
        refused,
        [
            [
                "samples_20261117.csv",
                "volume",
                "4 rows, 0.40 times the median of 10 of the last 7 files; expected 0.5 to 2 times"
            ],
            [
                "samples_20261118.csv",
                "volume",
                "21 rows, 2.10 times the median of 10 of the last 7 files; expected 0.5 to 2 times"
            ],
        ]
    );
    assert_eq!(site.one("select count(*) from history.samples"), "66");
}

#[test]
fn too_many_rejected_rows_refuse_the_file_and_are_kept() {
    let limit = contract("rejects = { refuse_above = 0.5, at_least = 2 }", COLUMNS);
    let text = csv("A,,1,x\nB,,two,x\nC,,three,x\n");
    let site = night(&limit, "samples_20261121.csv", text);
    assert_eq!(
        refusal(&site),
        "2 of 3 rows are wrong, more than the 50% that its contract lets pass; \
         the first: line 3, number: expected a whole number"
    );
    let whole = "expected a whole number";
    assert_eq!(
        told(&site),
        [
            ["3", "number", "two", whole],
            ["4", "number", "three", whole]
        ]
    );
    // Half is not more than half, and one is fewer than two.
    for rows in ["A,,1,x\nB,,2,x\nC,,three,x\nD,,four,x\n", "A,,one,x\n"] {
        let site = night(&limit, "samples_20261121.csv", csv(rows));
        assert_eq!(
            site.one("select state from ledger.batches where source = 'samples'"),
            "accepted"
        );
    }
}

#[test]
fn a_column_may_refuse_the_file() {
    let columns = COLUMNS.replace("\"integer\"", "\"integer\", otherwise = \"reject_file\"");
    let text = csv("A,,1,x\nB,2026-02-30,2,x\nC,,three,x\n");
    let site = night(&contract("", &columns), "samples_20261121.csv", text);
    assert_eq!(
        refusal(&site),
        "line 4: number: expected a whole number; its contract then refuses the file"
    );
    assert_eq!(counts(&site), ["3", "0", "3", "0", "0"]);
    assert_eq!(told(&site).len(), 2);
}

#[test]
fn relations_reject_the_row_or_the_file() {
    let related = |otherwise: &str| {
        let relation = format!(
            "[[relations]]\ncolumns = [\"place\"]\nsource = \"crimes\"\n\
             source_columns = [\"crime_ref\"]\notherwise = \"{otherwise}\"\n"
        );
        contract("", &(COLUMNS.to_owned() + &relation))
    };
    let crimes = file(CRIMES, &[crime("C1", "019/08", "2026-06-01", &[])]);
    let text = csv("A,,1,C1\nB,,2,C2\nC,,3,\n");
    let site = site(&related("reject_row"));
    site.land("crimes_20261121.csv", &crimes);
    site.land("samples_20261121.csv", &text);
    pass(&site);
    assert_eq!(held(&site, "id"), [["A"], ["C"]]);
    assert_eq!(
        told(&site),
        [["3", "place", "C2", "expected one that crimes holds"]]
    );
    assert_eq!(counts(&site), ["3", "2", "1", "0", "0"]);
    // A removal names nothing any more.
    site.land(
        "samples_20261122.csv",
        "op,id,seen_on,number,place\nD,A,,,C9\nI,E,,,C9\n",
    );
    site.run("nightly-ingest", "2026-11-22").unwrap();
    assert_eq!(held(&site, "id"), [["C"]]);
    assert_eq!(counts(&site), ["2", "1", "1", "0", "0"]);

    let site = self::site(&related("reject_file"));
    site.land("crimes_20261121.csv", &crimes);
    site.land("samples_20261121.csv", &text);
    pass(&site);
    assert_eq!(
        refusal(&site),
        "line 3: place: expected one that crimes holds; its contract then refuses the file"
    );
}

#[test]
fn rows_may_wait_for_what_they_name_and_are_told_when_overdue() {
    let relation = "[[relations]]\ncolumns = [\"place\"]\nsource = \"crimes\"\n\
                    source_columns = [\"crime_ref\"]\nwithin_days = 3\notherwise = \"warn\"\n";
    let site = site(&contract("", &(COLUMNS.to_owned() + relation)));
    let crimes = |day: &str, reference: &str| {
        let row = crime(reference, "019/08", "2026-06-01", &[]);
        site.land(&format!("crimes_{day}.csv"), file(CRIMES, &[row]));
    };
    let checks = || {
        site.query(
            "select rows_missing, rows_overdue, within_days, example from ledger.relation_checks \
             where source = 'samples' order by known_at desc limit 1",
        )
    };
    site.land("samples_20261110.csv", csv("A,,1,C1\nB,,2,C2\nC,,3,\n"));
    crimes("20261110", "C9");
    site.run("nightly-ingest", "2026-11-10").unwrap();
    assert_eq!(held(&site, "id").len(), 3);
    assert_eq!(checks(), [["2", "0", "3", "C1"]]);
    crimes("20261112", "C1");
    site.run("nightly-ingest", "2026-11-12").unwrap();
    assert_eq!(checks(), [["1", "0", "3", "C2"]]);
    crimes("20261113", "C8");
    let story = site.run("nightly-ingest", "2026-11-13").unwrap();
    assert_eq!(checks(), [["1", "1", "3", "C2"]]);
    assert!(
        story.details.contains(
            &"samples: 1 rows name a place that crimes does not hold, 1 of them for longer than 3 days"
                .to_owned()
        ),
        "{story:?}"
    );
    crimes("20261114", "C2");
    let story = site.run("nightly-ingest", "2026-11-14").unwrap();
    assert_eq!(checks(), [["0", "0", "3", ""]]);
    assert!(
        !story.details.iter().any(|line| line.starts_with("samples")),
        "{story:?}"
    );
}
