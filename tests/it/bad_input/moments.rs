//! Dates and times as programs write them: read for what they say, or told.

use super::*;

/// What a column makes of some cells: the value, or the reason.
fn read(column: &str, cells: &[&str]) -> Vec<String> {
    let columns = format!(
        "columns = [\n    {{ name = \"id\", type = \"identifier\", required = true }},\n    \
         {{ name = \"seen\", {column} }},\n]\n"
    );
    let mut text = String::from("id,seen\n");
    for (at, cell) in cells.iter().enumerate() {
        text += &format!("A{at:02},{cell}\n");
    }
    let site = night(&contract("", &columns), "samples_20261121.csv", text);
    site.query(
        "select coalesce(cast(seen as varchar), rejects.reason) \
         from range(99) as lines (n) \
         left join history.samples on file_line = n \
         left join ledger.rejects on line = n and column_name = 'seen' \
         where id is not null or rejects.reason is not null order by n",
    )
    .into_iter()
    .map(|mut row| row.remove(0))
    .collect()
}

#[test]
fn a_second_has_up_to_nine_digits_and_six_are_kept() {
    let cells = [
        "2026-06-01 10:00:00.1234567",
        "2026-06-01T10:00:00.123456789",
        "2026-06-01 10:00:00.9999999",
        "2026-06-01 10:00:00.5",
        "2026-06-01 10:00:00.0000000",
    ];
    let wanted = [
        "2026-06-01 10:00:00.123456",
        "2026-06-01 10:00:00.123456",
        "2026-06-01 10:00:00.999999",
        "2026-06-01 10:00:00.5",
        "2026-06-01 10:00:00",
    ];
    assert_eq!(read("type = \"timestamp\"", &cells), wanted);
    let format =
        "type = \"timestamp\", formats = [\"%Y-%m-%d %H:%M:%S.%f\", \"%Y-%m-%dT%H:%M:%S.%f\"]";
    assert_eq!(read(format, &cells), wanted);
    let told = read("type = \"timestamp\"", &["2026-06-01 10:00:00.1234567890"]);
    assert!(told[0].contains("expected a date and time"), "{told:?}");
}

#[test]
fn a_date_with_the_start_of_its_day_is_that_date() {
    let cells = [
        "2026-11-20 00:00:00.000",
        "2026-11-20T00:00:00",
        "2026-11-20 00:00",
        "2026-11-20 00:00:00.0000000",
        "2026-11-20T00:00:00Z",
        "2026-11-20 12:00:00 AM",
    ];
    assert_eq!(read("type = \"date\"", &cells), ["2026-11-20"; 6]);
    let cells = [
        "20/11/2026 00:00",
        "20/11/2026 00:00:00.000",
        "20/11/2026 12:00:00 AM",
    ];
    assert_eq!(
        read("type = \"date\", formats = [\"%d/%m/%Y\"]", &cells),
        ["2026-11-20"; 3]
    );
    for told in read(
        "type = \"date\"",
        &["2026-11-20 00:00:01", "2026-11-20 12:00:00"],
    ) {
        assert!(
            told.contains("expected a date that exists, YYYY-MM-DD"),
            "{told}"
        );
    }
    let told = read(
        "type = \"date\", formats = [\"%d/%m/%Y\"]",
        &["20/11/2026 10:30"],
    );
    assert!(told[0].contains("as %d/%m/%Y"), "{told:?}");
}

#[test]
fn september_has_four_letters_too() {
    let cells = ["04 Sept 2026", "04 Sep 2026", "04 SEPT 2026"];
    assert_eq!(
        read("type = \"date\", formats = [\"%d %b %Y\"]", &cells),
        ["2026-09-04"; 3]
    );
}

#[test]
fn digits_without_separators_have_their_width() {
    let found = read(
        "type = \"timestamp\", formats = [\"%Y%m%d %H%M\", \"%d%m%Y\"]",
        &[
            "20261121 0930",
            "2026121 0930",
            "20261121 930",
            "04092026",
            "4092026",
        ],
    );
    assert_eq!(found[0], "2026-11-21 09:30:00");
    assert_eq!(found[3], "2026-09-04 00:00:00");
    for at in [1, 2, 4] {
        assert!(found[at].contains("expected a date and time"), "{found:?}");
    }
}

#[test]
fn a_year_of_two_digits_is_read_in_the_hundred_years_of_its_contract() {
    let format =
        "type = \"date\", formats = [\"%d-%m-%y\"], two_digit_years_from = 1926, years_ahead = 0";
    let cells = [
        "16-07-68", "01-01-20", "01-01-26", "31-12-25", "01-01-99", "29-02-00",
    ];
    let wanted = [
        "1968-07-16",
        "2020-01-01",
        "1926-01-01",
        "2025-12-31",
        "1999-01-01",
        "2000-02-29",
    ];
    assert_eq!(read(format, &cells), wanted);
    let told = read(&format.replace("1926", "1970"), &["16-07-68"]);
    says(
        &told[0],
        &[
            "expected a year from 1900 to 2026",
            "two digits are read as 1970 to 2069",
        ],
    );
}

#[test]
fn moments_of_utc_become_local_time_where_the_contract_says_so() {
    let cells = [
        "2026-06-30T23:30:00Z",
        "2026-12-31T23:30:00Z",
        "2026-06-30 23:30:00+00",
        "2026-06-30 23:30:00.1234567+00:00",
        "2026-03-29 00:59:59",
        "2026-03-29 01:00:00",
        "2026-10-25 00:59:59",
        "2026-10-25 01:00:00",
        "1968-12-25 12:00:00Z",
    ];
    let wanted = [
        "2026-07-01 00:30:00",
        "2026-12-31 23:30:00",
        "2026-07-01 00:30:00",
        "2026-07-01 00:30:00.123456",
        "2026-03-29 00:59:59",
        "2026-03-29 02:00:00",
        "2026-10-25 01:59:59",
        "2026-10-25 01:00:00",
        "1968-12-25 13:00:00",
    ];
    assert_eq!(read("type = \"timestamp\", zone = \"UTC\"", &cells), wanted);
    let format = "type = \"timestamp\", zone = \"UTC\", formats = [\"%Y-%m-%dT%H:%M:%SZ\"]";
    assert_eq!(read(format, &cells[..2]), wanted[..2]);
    let format = format.replace("UTC", "local");
    assert_eq!(read(&format, &cells[..1]), ["2026-06-30 23:30:00"]);
    let told = read("type = \"timestamp\"", &cells[..1]);
    says(&told[0], &["local time without offset"]);
    let told = read(
        "type = \"timestamp\", zone = \"UTC\"",
        &["2026-06-30 23:30:00+01:00"],
    );
    says(&told[0], &["of UTC"]);
}

#[test]
fn the_bounds_of_a_year_say_where_they_come_from() {
    let told = read("type = \"date\"", &["1899-12-31", "2028-01-01"]);
    for told in told {
        says(
            &told,
            &[
                "expected a year from 1900 to 2027",
                "the file is of 2026 by its name",
                "years_ahead is 1",
            ],
        );
    }
}

#[test]
fn a_moment_of_a_parquet_file_is_local_time_where_the_contract_says_so() {
    let rows = "select id, moment::timestamptz as seen_on, 1 as number, 'x' as place from (values \
                ('A', '2026-07-01 10:00:00.5+00'), ('B', '2026-11-20 23:30:00-02')) as t (id, moment)";
    let of = |column: &str| {
        let columns = COLUMNS.replace("type = \"date\"", column);
        let site = site(&contract("", &columns));
        let path = site.landing().join("samples_20261121.parquet");
        parquet(&site, &path, rows);
        pass(&site);
        site
    };
    let site = of("type = \"timestamp\", zone = \"UTC\"");
    assert_eq!(
        held(&site, "cast(seen_on as varchar)"),
        [["2026-07-01 11:00:00.5"], ["2026-11-21 01:30:00"]]
    );
    let site = night(
        &contract(
            "",
            &COLUMNS.replace("type = \"date\"", "type = \"timestamp\", zone = \"UTC\""),
        ),
        "samples_20261120.csv",
        csv(""),
    );
    let path = site.landing().join("samples_20261121.parquet");
    let never = "select 'A' as id, timestamptz 'infinity' as seen_on, 1 as number, 'x' as place";
    parquet(&site, &path, never);
    pass(&site);
    let told = site.query("select column_name, code from ledger.rejects");
    assert_eq!(told, [["seen_on", "type"]]);
    for column in [
        "type = \"timestamp\"",
        "type = \"timestamp\", zone = \"local\"",
    ] {
        says(
            &refusal(&of(column)),
            &[
                "holds TIMESTAMP WITH TIME ZONE",
                "or zone = \"UTC\" in the contract",
            ],
        );
    }
}
