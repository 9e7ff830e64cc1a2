//! Where a table stands in its file, and which of its lines are rows: lines
//! above and under the header, footers, headers that come again, changes in an
//! order, tables with a column a month.

use super::*;

const SNAPSHOT: &str = r#"
columns = [
    { name = "id", type = "identifier", required = true },
    { name = "name", type = "text" },
    { name = "place", type = "text" },
]
"#;

fn snapshot(file: &str) -> String {
    contract(file, SNAPSHOT).replace("\"delta\"", "\"snapshot\"")
}

fn read(contract: &str, text: impl AsRef<[u8]>) -> Site {
    night(contract, "samples_20261121.csv", text)
}

#[test]
fn a_header_may_stand_on_several_lines() {
    // One cell of it holds a line break.
    let columns = COLUMNS.replace("\"date\"", "\"date\", headers = [\"seen\\non\"]");
    let text = "id,\"seen\non\",number,place\nA,2026-11-21,1,x\n";
    let site = read(&contract("line_breaks = true", &columns), text);
    assert_eq!(
        held(&site, "id, seen_on, file_line"),
        [["A", "2026-11-21", "3"]]
    );
    let columns = COLUMNS.replace("\"date\"", "\"date\", headers = [\"seen on\"]");
    let site = read(&contract("line_breaks = true", &columns), text);
    assert_eq!(held(&site, "seen_on"), [["2026-11-21"]]);
    says(
        &refused(&contract("", &columns), text),
        &[
            "line 1: a quote opened on this line",
            "`line_breaks = true`",
        ],
    );
    // Or there are two lines of names, of which some stand over nothing.
    let columns = COLUMNS
        .replace("\"date\"", "\"date\", headers = [\"seen on\"]")
        .replace("\"integer\"", "\"integer\", headers = [\"the number\"]");
    let site = read(
        &contract("header_lines = 2", &columns),
        "id,seen,the,place\n,on,number,\nA,2026-11-21,1,x\n,on,number,\n",
    );
    assert_eq!(
        held(&site, "id, seen_on, number"),
        [["A", "2026-11-21", "1"]]
    );
    assert_eq!(note(&site), "1 line repeating the header");
}

#[test]
fn lines_above_the_header_are_passed_over_and_the_header_is_found_for_the_contract() {
    let text = "Extracted 28/11/2026 03:10 by SVC\n\nid,seen_on,number,place\nA,2026-11-21,1,x\n";
    assert_eq!(
        refused(&contract("", COLUMNS), text),
        "line 1: no header, but line 3 is one; say skip_lines = 2 in the contract"
    );
    let quoted = format!(
        "\"Extract\" of samples, \"28\n{}",
        &text[text.find('\n').unwrap()..]
    );
    says(
        &refused(&contract("", COLUMNS), quoted),
        &["but line 4 is one"],
    );
    let site = read(&contract("skip_lines = 2", COLUMNS), text);
    assert_eq!(held(&site, "id, file_line"), [["A", "4"]]);
    assert_eq!(note(&site), "2 lines above the header passed over");
    assert_eq!(
        refused(&contract("skip_lines = 9", COLUMNS), text),
        "the file ends within the lines that skip_lines passes over"
    );
    says(
        &refused(&contract("skip_lines = 3", COLUMNS), text),
        &["line 4: the header lacks id", "is the header missing?"],
    );
}

#[test]
fn a_line_that_names_the_delimiter_is_held_against_the_contract() {
    let text = "id;seen_on;number;place\nA;2026-11-21;1;x\n";
    let semicolon = contract("delimiter = \";\"", COLUMNS);
    for line in ["sep=;", "SEP=;\r", "\"sep=;\""] {
        let site = read(&semicolon, format!("{line}\n{text}"));
        assert_eq!(
            held(&site, "id, place, file_line"),
            [["A", "x", "3"]],
            "{line}"
        );
        assert_eq!(note(&site), "1 line above the header passed over");
    }
    assert_eq!(
        refused(&contract("", COLUMNS), format!("sep=;\n{text}")),
        "line 1: says that another delimiter separates cells than ',', as the contract says"
    );
}

#[test]
fn what_a_query_tool_writes_around_the_rows_is_no_row() {
    let whole = "id,name,place\nA1,x,Camden\nA2,y,Barnet\nA3,z,Brent\n";
    let tool = "id,name,place\n--,----,-----\nA1,x,Camden\nA2,y,Barnet\n\n(2 rows affected)\n";
    let site = site(&snapshot(""));
    site.land("samples_20261120.csv", whole);
    site.land("samples_20261121.csv", tool);
    pass(&site);
    assert_eq!(held(&site, "id"), [["A1"], ["A2"]]);
    assert_eq!(counts(&site), ["2", "2", "0", "0", "0"]);
    assert_eq!(
        note(&site),
        "1 line under the header passed over; a last line that counts 2 rows; 1 blank lines"
    );
    // Saved again by a spreadsheet, and with a key that is a text.
    let padded = "id,name,place\nA1,x,Camden\n(1 rows affected),,\n";
    let site = read(&snapshot(""), padded);
    assert_eq!(held(&site, "id"), [["A1"]]);
    for (lines, count) in [("A1,x,Camden\n", 2), ("A1,x,y\nA2,x,y\nA3,x,y\n", 2)] {
        let rows = lines.lines().count();
        assert_eq!(
            refused(
                &snapshot(""),
                format!("id,name,place\n{lines}({count} rows affected)\n")
            ),
            format!("its last line says {count} rows, the file has {rows}")
        );
    }
}

#[test]
fn footers_are_set_aside_by_pattern_and_let_a_snapshot_end_what_it_lacks() {
    let whole = "id,name,place\nA1,x,Camden\nA2,y,Barnet\nA3,z,Brent\n";
    let footed = "id,name,place\nA1,x,Camden\nTotal,1,\nEnd of extract\n";
    let site = site(&snapshot("set_aside = ['Total,.*', 'End of .*']"));
    site.land("samples_20261120.csv", whole);
    site.land("samples_20261121.csv", footed);
    pass(&site);
    assert_eq!(held(&site, "id"), [["A1"]]);
    assert_eq!(counts(&site), ["1", "1", "0", "0", "0"]);
    assert_eq!(note(&site), "2 lines set aside by its contract");
    // Without the pattern the footer is a reject, and nothing ends.
    let site = self::site(&snapshot(""));
    site.land("samples_20261120.csv", whole);
    site.land("samples_20261121.csv", footed);
    pass(&site);
    assert_eq!(held(&site, "id").len(), 4);
    says(&note(&site), &["rows it lacks were not ended"]);
}

#[test]
fn rows_are_set_aside_by_a_value_in_every_format() {
    let columns = SNAPSHOT.replace(
        "\"place\", type",
        "\"place\", set_aside = [\"Total\", \"All\"], type",
    );
    let text = contract("", &columns).replace("\"delta\"", "\"snapshot\"");
    let site = read(
        &text,
        "id,name,place\nA,x,Camden\nB,y,Total\nC,z, All \nD,z,Totals\n",
    );
    let expected = [["A", "Camden"], ["D", "Totals"]];
    assert_eq!(held(&site, "id, place"), expected);
    assert_eq!(counts(&site), ["2", "2", "0", "0", "0"]);
    assert_eq!(note(&site), "2 rows set aside by its contract");
    let lines = "{\"id\":\"A\",\"place\":\"Camden\"}\n{\"id\":\"B\",\"place\":\"Total\"}\n\
                 {\"id\":\"D\",\"place\":\"Totals\"}\n";
    let site = night(&text, "samples_20261121.jsonl", lines);
    assert_eq!(held(&site, "id, place"), expected);
    let site = self::site(&text);
    let path = site.landing().join("samples_20261121.parquet");
    let rows = "select * from (values ('A', 'x', 'Camden'), ('B', 'y', 'Total'), ('D', 'y', 'Totals')) \
                as t (id, name, place)";
    parquet(&site, &path, rows);
    site.land("samples_20261121.parquet.manifest.json", "{\"rows\": 3}");
    pass(&site);
    assert_eq!(held(&site, "id, place"), expected);
    assert_eq!(counts(&site), ["2", "2", "0", "0", "0"]);
}

#[test]
fn a_header_that_comes_again_is_no_row() {
    let site = read(
        &snapshot(""),
        "id,name,place\nA,x,Camden\nid,name,place\nB,y,Barnet\n\"id\",name , place\n\
         \u{feff}id,name,place\n",
    );
    assert_eq!(held(&site, "id"), [["A"], ["B"]]);
    assert_eq!(note(&site), "3 lines repeating the header");
    assert_eq!(counts(&site), ["2", "2", "0", "0", "0"]);
    // A table of one column may well hold its name.
    let one = "columns = [{ name = \"id\", type = \"identifier\", required = true }]";
    let site = read(&contract("", one), "id\nA\nid\n");
    assert_eq!(held(&site, "id"), [["A"], ["id"]]);
}

#[test]
fn questions_under_the_header_are_no_rows() {
    let text = "id,name,place\n\"Which\nid?\",Your name,Where\n{\"Import\":1},{},{}\nA,x,Camden\n";
    let site = read(&snapshot("skip_rows = 2\nline_breaks = true"), text);
    assert_eq!(held(&site, "id, file_line"), [["A", "5"]]);
    assert_eq!(note(&site), "2 lines under the header passed over");
}

const CHANGES: &str = r#"
columns = [
    { name = "id", type = "identifier", required = true },
    { name = "lsn", type = "identifier", required = true },
    { name = "number", type = "integer" },
    { name = "place", type = "text" },
]
"#;

const CODES: &str = "sequence = \"lsn\"\n\
    op = { headers = [\"op\"], map = { \"1\" = \"D\", \"2\" = \"I\", \"4\" = \"U\" }, drop = [\"3\"] }";

#[test]
fn the_last_of_several_changes_of_a_key_stands() {
    let night1 = "op,lsn,id,number,place\n\
        2,0x01,A,1,Camden\n3,0x02,A,1,Camden\n4,0x02,A,2,Camden\n\
        2,0x03,B,1,Barnet\n1,0x04,B,1,Barnet\n";
    let site = site(&contract(CODES, CHANGES));
    site.land("samples_20261120.csv", night1);
    pass(&site);
    assert_eq!(held(&site, "id, number"), [["A", "2"]]);
    assert_eq!(counts(&site), ["4", "2", "0", "2", "0"]);
    assert_eq!(
        note(&site),
        "1 row set aside by its contract; 2 rows overtaken by a later one of its key"
    );
    // Out of order, over what is held, and longer numbers.
    let night2 = "op,lsn,id,number,place\n\
        4,0x100,A,9,Camden\n4,0xff,A,5,Camden\n2,0x0a,B,3,Brent\n4,0x0b,C,1,x\n4,0x0b,C,2,x\n";
    site.land("samples_20261121.csv", night2);
    pass(&site);
    assert_eq!(held(&site, "id, number"), [["A", "9"], ["B", "3"]]);
    assert_eq!(counts(&site), ["5", "2", "2", "1", "0"]);
    assert_eq!(
        told(&site)[0][3],
        "lines 5, 6 have this key and different values; expected one"
    );
}

#[test]
fn rows_are_not_dropped_by_a_column_that_is_not_there() {
    assert_eq!(
        refused(&contract(CODES, CHANGES), "lsn,id,number,place\n1,A,1,x\n"),
        "line 1: no column says what happened to a row, by which the contract drops some"
    );
}

const MONTHS: &str = r#"
columns = [
    { name = "borough", type = "text", required = true },
    { name = "month", type = "date", formats = ["%Y%m", "%b-%y"], two_digit_years_from = 1990, required = true },
    { name = "offences", type = "integer", thousands = "," },
]
wide = { columns = '2[0-9]{5}|[A-Z][a-z]{2}-[0-9]{2}', name = "month", value = "offences" }
"#;

fn months(file: &str) -> String {
    let text = contract(file, MONTHS).replace("\"delta\"", "\"snapshot\"");
    text.replace("[\"id\"]", "[\"borough\", \"month\"]")
}

#[test]
fn a_table_with_a_column_a_month_is_a_row_a_month() {
    let text = "Borough,201701,201702,Mar-17,Note\nCamden,1,\"1,234\",3,x\nBarnet,4,,six,y\n";
    let site = read(&months(""), text);
    let rows = site.query(
        "select borough, month, offences from history.samples where batch_to is null order by 1 desc, 2",
    );
    assert_eq!(
        rows,
        [
            ["Camden", "2017-01-01", "1"],
            ["Camden", "2017-02-01", "1234"],
            ["Camden", "2017-03-01", "3"],
            ["Barnet", "2017-01-01", "4"],
            ["Barnet", "2017-02-01", ""],
        ]
    );
    assert_eq!(counts(&site), ["6", "5", "1", "0", "0"]);
    assert_eq!(
        told(&site),
        [["3", "offences", "six", "expected a whole number"]]
    );
    // The next file brings a month more, and no contract has to change.
    site.land(
        "samples_20261122.csv",
        "Borough,201701,201702,Mar-17,Apr-17\nCamden,1,1234,3,7\nBarnet,4,0,6,8\n",
    );
    site.run("nightly-ingest", "2026-11-22").unwrap();
    assert_eq!(counts(&site), ["8", "8", "0", "0", "0"]);
    assert_eq!(
        site.one("select sum(offences) from history.samples where batch_to is null"),
        "1263"
    );
}

#[test]
fn a_wide_table_that_could_be_misread_is_refused() {
    assert_eq!(
        refused(&months(""), "Borough,Note\nCamden,x\n"),
        "line 1: no column is named as wide.columns of its contract says"
    );
    assert_eq!(
        refused(&months(""), "Borough,201701,201701\nCamden,1,2\n"),
        "line 1: columns 2 and 3 have one name; expected one of each"
    );
    let doubles = "Borough,201701\nCamden,1\nBarnet,1\nCamden,2\n";
    let site = read(&months(""), doubles);
    let told = told(&site);
    assert_eq!(told.len(), 2);
    assert_eq!(told[0][0], "2");
    says(&told[0][3], &["lines 2, 4 have this key"]);
}

#[test]
fn delimiters_may_be_longer_than_a_byte() {
    for delimiter in ["||", "¬", "§", "¦"] {
        let row = ["A", "2026-11-21", "1", "\"a | b\""].join(delimiter);
        let header = ["id", "seen_on", "number", "place"].join(delimiter);
        let text = format!("{header}\n{row}\n");
        let named = contract(&format!("delimiter = \"{delimiter}\""), COLUMNS);
        let site = read(&named, &text);
        assert_eq!(
            held(&site, "number, place"),
            [["1", "a | b"]],
            "{delimiter}"
        );
        assert_eq!(note(&site), "");
        if delimiter != "¦" {
            let told = refused(&contract("", COLUMNS), &text);
            let mark = if delimiter == "||" {
                "\"||\""
            } else {
                &format!("'{delimiter}'")
            };
            let expected = format!("separated by {mark}, the contract says ','");
            says(&told, &[&expected]);
        }
    }
}

#[test]
fn thousands_are_parted_as_the_contract_says() {
    let with = |mark: &str| {
        COLUMNS.replace(
            "\"integer\"",
            &format!("\"integer\", thousands = \"{mark}\""),
        )
    };
    let site = read(
        &contract("", &with(",")),
        csv(
            "A,,\"1,234\",x\nB,,12,x\nC,,\"-12,345,678\",x\nD,,\"1,23\",x\nE,,\"1,234.5\",x\nF,,1 234,x\n",
        ),
    );
    assert_eq!(
        held(&site, "id, number"),
        [["A", "1234"], ["B", "12"], ["C", "-12345678"]]
    );
    assert_eq!(told(&site).len(), 3);
    let site = read(
        &contract("", &with(" ")),
        csv("A,,1 234,x\nB,,1\u{a0}234\u{202f}567,x\n"),
    );
    assert_eq!(held(&site, "number"), [["1234"], ["1234567"]]);
    let site = read(&contract("", &with("'")), csv("A,,1'234,x\n"));
    assert_eq!(held(&site, "number"), [["1234"]]);
    let decimals = with(",").replace("\"integer\"", "\"decimal\"");
    let site = read(&contract("", &decimals), csv("A,,\"1,234.5\",x\n"));
    assert_eq!(held(&site, "number"), [["1234.500000"]]);
}

#[test]
fn what_the_keys_for_reading_cannot_be_is_told() {
    let column = "{ name = \"number\", type = \"integer\"";
    for (from, to, expected) in [
        (
            "mode",
            "skip_lines = 5000\nmode",
            "skip_lines is 5000; expected 0 to 1000",
        ),
        (
            "mode",
            "header_lines = 0\nmode",
            "header_lines is 0; expected 1 to 5",
        ),
        ("mode", "set_aside = [\"(\"]\nmode", "no regular expression"),
        (
            "mode",
            "set_aside = [\".*\"]\nmode",
            "matches a line of nothing",
        ),
        ("mode", "member = \"a/b\"\nmode", "not folders"),
        (
            "mode",
            "sequence = \"lsn\"\nmode",
            "no column has this name",
        ),
        (
            "mode",
            "sequence = \"id\"\nmode",
            "the key cannot be the sequence",
        ),
        ("mode", "sequence = \"number\"\nmode", "required = true"),
        (
            "mode",
            "op = { drop = [\"u\"] }\nmode",
            "op drops \"u\", which is a change",
        ),
        ("mode", "delimiter = \"a|\"\nmode", "no letter, digit"),
        (
            "mode",
            "delimiter = \"|'|\"\nquote = \"'\"\nmode",
            "the quote too",
        ),
        ("mode", "encoding = \"cp999\"\nmode", "unknown encoding"),
        (
            "mode",
            "wide = { columns = \"x\", name = \"a\", value = \"number\" }\nmode",
            "two columns of the contract",
        ),
        (
            "mode",
            "wide = { columns = \"(\", name = \"place\", value = \"number\" }\nmode",
            "no regular expression",
        ),
        (
            "mode",
            "format = \"parquet\"\nwide = { columns = \"x\", name = \"place\", value = \"number\" }\nmode",
            "from text or a sheet",
        ),
        (
            column,
            "{ name = \"number\", thousands = \"ab\", type = \"integer\"",
            "thousands is one character",
        ),
        (
            column,
            "{ name = \"number\", thousands = \",\", type = \"text\"",
            "thousands is one character",
        ),
        (
            column,
            "{ name = \"number\", thousands = \".\", type = \"decimal\"",
            "a point begins the decimals",
        ),
    ] {
        let site = Site::new();
        let text = contract("", COLUMNS).replacen(from, to, 1);
        std::fs::write(
            site.dir.join("jobs/nightly-ingest/sources/samples.toml"),
            text,
        )
        .unwrap();
        says(&site.contract_problems(), &[expected]);
    }
}
