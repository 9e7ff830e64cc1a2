//! Files that are something else than their names say, or hold more than one
//! thing: pages, pointers, archives, workbooks, encodings that were guessed.

use std::io::{Cursor, Write as _};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn detecting() -> String {
    contract("encoding = \"detect\"", COLUMNS)
}

#[test]
fn an_encoding_that_was_found_out_is_told() {
    let site = night(
        &detecting(),
        "samples_20261121.csv",
        csv("A,,1,Caf\u{e9}\n"),
    );
    assert_eq!(note(&site), "its text was taken for UTF-8");
    let windows = [csv("A,,1,"), b"Caf\xe9\n".to_vec()].concat();
    let site = night(&detecting(), "samples_20261121.csv", windows);
    assert_eq!(held(&site, "place"), [["Café"]]);
    assert_eq!(note(&site), "its text was taken for windows-1252");
}

#[test]
fn one_wrong_byte_does_not_turn_a_file_into_another_script() {
    let rows: String = (0..200)
        .map(|n| format!("A{n},,{n},Café Brontë’s {n}\n"))
        .collect();
    let spoilt = [csv(&rows), b"B1,,1,O\x92Hara's yard\n".to_vec()].concat();
    assert_eq!(
        refused(&detecting(), spoilt),
        "line 202: 1 byte of the file is not UTF-8, in which it has 600 letters; expected one \
         encoding throughout"
    );
    // Shift JIS, Cyrillic, an old code page: none of them is guessed.
    for bytes in [
        &b"\x83J\x83t\x83F\x81i"[..],
        b"Fran\x87ois Ren\x82e",
        b"\x9c12",
    ] {
        let text = [csv("A,,1,"), bytes.to_vec(), b"\n".to_vec()].concat();
        says(
            &refused(&detecting(), text),
            &["line 2: a byte that Windows-1252 does not have there"],
        );
    }
}

#[test]
fn code_pages_are_read_when_they_are_named() {
    let bytes = [csv("A,,1,"), b"Caf\x82 \x9c5 \xe0\n".to_vec()].concat();
    for (label, place) in [
        ("cp850", "Café £5 Ó"),
        ("437", "Café £5 α"),
        ("IBM850", "Café £5 Ó"),
    ] {
        let named = contract(&format!("encoding = \"{label}\""), COLUMNS);
        let site = night(&named, "samples_20261121.csv", &bytes);
        assert_eq!(held(&site, "place"), [[place]], "{label}");
    }
}

#[test]
fn utf_8_under_a_contract_of_another_encoding_is_refused() {
    for label in ["windows-1252", "cp850", "iso-8859-2"] {
        let named = contract(&format!("encoding = \"{label}\""), COLUMNS);
        let told = refused(&named, csv("A,,1,plain\nB,,2,Café Brontë’s\n"));
        says(
            &told,
            &["line 3: its letters are UTF-8 here and throughout, but its contract says"],
        );
        let site = night(&named, "samples_20261121.csv", csv("A,,1,plain\n"));
        assert_eq!(held(&site, "place"), [["plain"]]);
    }
}

#[test]
fn the_mark_of_another_encoding_is_no_part_of_the_header() {
    let columns = COLUMNS.replace("\"date\"", "\"date\", may_be_absent = true");
    let text = "\u{feff}seen_on,id,number,place\n2026-11-21,A,1,x\n";
    for label in ["windows-1252", "cp850", "utf-16le"] {
        let named = contract(&format!("encoding = \"{label}\""), &columns);
        says(
            &refused(&named, text),
            &["line 1: begins with the mark of UTF-8, but its contract says"],
        );
    }
}

#[test]
fn a_file_that_is_something_else_is_called_by_its_name() {
    for (text, expected) in [
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
            "a pointer of Git LFS",
        ),
        (
            "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n",
            "an HTML page",
        ),
        (
            "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code></Error>\n",
            "an XML document",
        ),
        (
            "{\"error\": {\"code\": 403, \"message\": \"no\"}}\n",
            "it is JSON",
        ),
        ("%PDF-1.7\n", "a PDF"),
    ] {
        says(&refused(&contract("", COLUMNS), text), &[expected]);
        assert!(!refused(&contract("", COLUMNS), text).contains("Sign in"));
    }
    let page = night(
        &contract("", COLUMNS),
        "samples_20261121.jsonl",
        "{\"error\": {\"code\": 403}}\n",
    );
    says(
        &refusal(&page),
        &["no object of it has a member that the contract knows"],
    );
    let inner = gzip(&csv("A,,1,x\n"));
    let workbook = workbook(|_| {});
    for (name, bytes, expected) in [
        (
            "samples_20261121.csv",
            inner.clone(),
            "compressed with gzip; its name does not say so",
        ),
        (
            "samples_20261121.csv.gz",
            gzip(&inner),
            "compressed with gzip; expected text, packed once",
        ),
        (
            "samples_20261121.csv.gz",
            zipped(&[("x.csv", b"id\n")]),
            "ends in .gz, but it is a zip archive",
        ),
        (
            "samples_20261121.csv",
            zipped(&[("x.csv", b"id\n")]),
            "a zip archive; its name does not say so",
        ),
        (
            "samples_20261121.csv.zst",
            inner.clone(),
            "ends in .zst, but it is compressed with gzip",
        ),
        (
            "samples_20261121.csv",
            workbook.clone(),
            "a workbook (.xlsx); its name does not say so",
        ),
        (
            "samples_20261121.jsonl",
            workbook.clone(),
            "a workbook (.xlsx); its name does not say so",
        ),
        ("samples_20261121.parquet", workbook, "it is a zip archive"),
    ] {
        let site = night(&contract("", COLUMNS), name, bytes);
        says(&refusal(&site), &[expected]);
    }
    let padded = [gzip(&csv("A,,1,x\n")), vec![0; 10_240]].concat();
    let site = night(&contract("", COLUMNS), "samples_20261121.csv.gz", padded);
    assert_eq!(held(&site, "id"), [["A"]]);
}

#[test]
fn json_that_is_not_an_object_a_line_is_one_refusal() {
    for (text, expected) in [
        ("[{\"id\":\"A\"},{\"id\":\"B\"}]\n", "it is one JSON list"),
        (
            "[\n{\"id\":\"A\"},\n{\"id\":\"B\"}\n]\n",
            "it is one JSON list",
        ),
        (
            "{\n  \"id\": \"A\",\n  \"place\": \"x\"\n}\n",
            "do not stand on one line each",
        ),
        (
            "{ \"id\": \"A\",\n  \"place\": \"x\" }\n",
            "do not stand on one line each",
        ),
        ("<html>\n</html>\n", "an HTML page or an XML document"),
        ("id,place\nA,x\n", "no line of it is a JSON object"),
    ] {
        let site = night(&contract("", COLUMNS), "samples_20261121.jsonl", text);
        says(&refusal(&site), &[expected]);
        assert_eq!(told(&site).len(), 0, "{text}");
    }
}

#[test]
fn parquet_columns_that_differ_in_case_or_stand_twice_are_refused() {
    let site = site(&contract("", COLUMNS));
    for (day, columns) in [
        (19, "'Camden' as place, 'Barnet' as \"Place\""),
        (20, "'Barnet' as \"PLACE\", 'Camden' as place"),
    ] {
        let path = site.landing().join(format!("samples_202611{day}.parquet"));
        let query =
            format!("select 'A' as id, date '2026-11-21' as seen_on, 1 as number, {columns}");
        // The database itself would rename the second.
        parquet_as_named(&site, &path, &query);
        pass(&site);
        assert_eq!(
            refusal(&site),
            "line 1: columns 4 and 5 both are place; expected one, or say which with nth in the contract"
        );
    }
    // Parts of a column are none themselves.
    let path = site.landing().join("samples_20261121.parquet");
    parquet(
        &site,
        &path,
        "select {'place': 'no', 'id': [1, 2]} as inner_parts, 'A' as id, date '2026-11-21' as seen_on, \
         1 as number, 'Camden' as Place",
    );
    pass(&site);
    assert_eq!(held(&site, "id, place"), [["A", "Camden"]]);
    assert_eq!(
        note(&site),
        "1 column that the contract does not know (column 1), not read"
    );
}

/// A Parquet file whose columns may differ by case alone: written under other
/// names of the same length, which are then put right in its footer.
fn parquet_as_named(site: &Site, path: &std::path::Path, query: &str) {
    let aside = query
        .replace("\"Place\"", "zlace")
        .replace("\"PLACE\"", "ZLACE");
    parquet(site, path, &aside);
    let mut bytes = std::fs::read(path).unwrap();
    for (from, to) in [(b"zlace", b"Place"), (b"ZLACE", b"PLACE")] {
        while let Some(at) = memchr_of(&bytes, from) {
            bytes[at..at + 5].copy_from_slice(to);
        }
    }
    std::fs::write(path, bytes).unwrap();
}

fn memchr_of(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|held| held == wanted)
}

#[test]
fn dates_of_a_parquet_file_need_no_format() {
    let columns = "columns = [\n\
        { name = \"id\", type = \"identifier\", required = true },\n\
        { name = \"seen_on\", type = \"date\", formats = [\"%d/%m/%Y\", \"%Y-%d-%m\"] },\n\
        { name = \"seen_at\", type = \"timestamp\", formats = [\"%d/%m/%Y %H:%M\"], default = \"01/02/2026 10:00\" },\n]\n";
    let site = site(&contract("", columns));
    let path = site.landing().join("samples_20261120.parquet");
    parquet(
        &site,
        &path,
        "select 'A' as id, date '2026-11-05' as seen_on, timestamp '2026-11-05 10:00:00' as seen_at",
    );
    site.land(
        "samples_20261121.csv",
        "id,seen_on,seen_at\nB,05/11/2026,05/11/2026 10:00\n",
    );
    pass(&site);
    let expected = ["2026-11-05", "2026-11-05 10:00:00"];
    assert_eq!(
        held(&site, "id, seen_on, seen_at"),
        [
            ["A", expected[0], expected[1]],
            ["B", expected[0], expected[1]]
        ]
    );
    let path = site.landing().join("samples_20261122.parquet");
    parquet(
        &site,
        &path,
        "select 'C' as id, date '1066-10-14' as seen_on, timestamp '2026-11-05 10:00:00' as seen_at",
    );
    site.run("nightly-ingest", "2026-11-22").unwrap();
    says(&told(&site)[0][3], &["expected a year from 1900"]);
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn the_file_in_a_zip_archive_is_read() {
    let rows = csv("A,,1,x\n");
    let one = zipped(&[
        ("export/", b""),
        ("export/Samples.csv", &rows),
        ("__MACOSX/._Samples.csv", b"x"),
    ]);
    let site = night(&detecting(), "samples_20261121.csv.zip", &one);
    assert_eq!(held(&site, "id, file_line"), [["A", "2"]]);
    let several = zipped(&[("readme.txt", b"hello"), ("samples_2026-11-21.csv", &rows)]);
    let site = night(&contract("", COLUMNS), "samples_20261121.csv.zip", &several);
    assert_eq!(
        refusal(&site),
        "the zip archive holds 2 files; say which one with member in its contract"
    );
    let named = contract("member = \"samples_{date}.csv\"", COLUMNS);
    let site = night(&named, "samples_20261121.csv.zip", &several);
    assert_eq!(held(&site, "id"), [["A"]]);
    let lines = zipped(&[("x.jsonl", b"{\"id\": \"B\"}\n")]);
    let site = night(&contract("", COLUMNS), "samples_20261121.jsonl.zip", lines);
    assert_eq!(held(&site, "id"), [["B"]]);
    for (bytes, expected) in [
        (one[..one.len() - 10].to_vec(), "damaged or was cut off"),
        (zipped(&[]), "holds no file"),
        (
            zipped(&[("x.csv", &gzip(&rows))]),
            "compressed with gzip; expected text, packed once",
        ),
        (
            rows.clone(),
            "its name ends in .zip, but it is not packed so",
        ),
        (
            zipped(&[("x.csv", &[&rows[..], &b"B,,1,x\n".repeat(4 << 20)].concat())]),
            "limits.ratio",
        ),
        (
            list_of(60_000),
            "its list of what it holds is longer than 4 MiB",
        ),
    ] {
        let site = night(&contract("", COLUMNS), "samples_20261121.csv.zip", bytes);
        says(&refusal(&site), &[expected]);
    }
}

/// An archive of so many files without content.
fn list_of(files: usize) -> Vec<u8> {
    let names: Vec<String> = (0..files)
        .map(|n| format!("a/long/name/of/a/file/{n}"))
        .collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    zipped(&files)
}

/// A workbook of one sheet with the header of samples.
fn workbook(fill: impl Fn(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (at, name) in (0..).zip(["id", "seen_on", "number", "place"]) {
        sheet.write(0, at, name).unwrap();
    }
    fill(sheet);
    book.save_to_buffer().unwrap()
}

fn workbooks(file: &str, columns: &str) -> String {
    contract(file, columns).replace("\"samples_{date}.parquet\"", "\"samples_{date}.xlsx\"")
}

fn sheet(contract: &str, bytes: Vec<u8>) -> Site {
    night(contract, "samples_20261121.xlsx", bytes)
}

#[test]
fn a_sheet_of_a_workbook_is_a_table() {
    let day = ExcelDateTime::from_ymd(2026, 11, 5).unwrap();
    let as_date = Format::new().set_num_format("dd/mm/yyyy");
    let columns = COLUMNS.replace("\"date\"", "\"date\", formats = [\"%d/%m/%Y\"]");
    let bytes = workbook(|sheet| {
        sheet.write(1, 0, 15_646).unwrap();
        sheet.write_with_format(1, 1, &day, &as_date).unwrap();
        sheet.write(1, 2, 7.0).unwrap();
        sheet.write(1, 3, "Brontë’s\nMoor, \"n\"").unwrap();
        sheet.write(3, 0, "B").unwrap();
        sheet.write(3, 1, "05/11/2026").unwrap();
        sheet.write(4, 0, 1.564_6e19).unwrap();
        sheet.write(5, 0, "Total").unwrap();
        sheet.write(5, 2, 8).unwrap();
        sheet.write(6, 0, "C").unwrap();
        sheet.write(6, 4, "beyond").unwrap();
    });
    let site = sheet(&workbooks("set_aside = ['Total,.*']", &columns), bytes);
    assert_eq!(
        held(&site, "id, seen_on, number, place, file_line"),
        [
            ["15646", "2026-11-05", "7", "Brontë’s\nMoor, \"n\"", "2"],
            ["B", "2026-11-05", "", "", "4"],
        ]
    );
    let told = told(&site);
    assert_eq!((told[0][0].as_str(), told[0][1].as_str()), ("5", "id"));
    says(&told[0][3], &["reshaped"]);
    assert_eq!(
        (told[1][0].as_str(), told[1][3].as_str()),
        ("7", "5 cells where the header has 4")
    );
    says(&note(&site), &["1 line set aside by its contract"]);
}

#[test]
fn a_title_above_a_sheet_and_its_months_are_read_as_those_of_text() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Notes").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("Data").unwrap();
    sheet
        .merge_range(0, 0, 0, 3, "Table 1", &Format::new())
        .unwrap();
    for (row, cells) in (2..).zip([["id", "2017-01", "2017-02"], ["A", "1", "2"]]) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write(row, column, cell).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let columns = "columns = [\n\
        { name = \"id\", type = \"identifier\", required = true },\n\
        { name = \"month\", type = \"text\", required = true },\n\
        { name = \"number\", type = \"integer\" },\n]\n\
        wide = { columns = '[0-9]{4}-[0-9]{2}', name = \"month\", value = \"number\" }\n";
    let text = |file: &str| workbooks(file, columns).replace("[\"id\"]", "[\"id\", \"month\"]");
    assert_eq!(
        refusal(&self::sheet(&text("skip_lines = 2"), bytes.clone())),
        "it shows 2 sheets; say which one with sheet in its contract"
    );
    let site = self::sheet(&text("sheet = \"data\"\nskip_lines = 2"), bytes);
    assert_eq!(
        held(&site, "id, month, number"),
        [["A", "2017-01", "1"], ["A", "2017-02", "2"]]
    );
}

#[test]
fn a_workbook_that_could_be_misread_or_fills_the_memory_is_refused() {
    let text = workbooks("", COLUMNS);
    let merged = workbook(|sheet| {
        sheet.merge_range(1, 0, 2, 0, "A", &Format::new()).unwrap();
    });
    assert_eq!(
        refusal(&sheet(&text, merged)),
        "line 2: merged cells in the table; expected one value a cell"
    );
    let other = contract("sheet = \"Data\"", COLUMNS).replace(".parquet", ".xlsx");
    says(
        &refusal(&sheet(&other, workbook(|_| {}))),
        &["none of its 1 sheets is \"Data\""],
    );
    let whole = workbook(|sheet| {
        for row in 1..2_000 {
            sheet.write(row, 0, row).unwrap();
        }
    });
    for (bytes, expected) in [
        (
            csv("A,,1,x\n"),
            "no readable workbook: it is something else",
        ),
        (b"<!DOCTYPE html><html>".to_vec(), "it is an HTML page"),
        (
            b"\xd0\xcf\x11\xe0 old".to_vec(),
            "a workbook of the old .xls format",
        ),
        (whole[..whole.len() / 2].to_vec(), "damaged"),
        (zipped(&[("x.csv", b"id\n")]), "damaged"),
        (
            zipped(&[("xl/sharedStrings.xml", &vec![b' '; 20 << 20])]),
            "unpack to more than",
        ),
        (
            zipped(&[("xl/sharedStrings.xml", b"<sst uniqueCount=\"90000000\">")]),
            "claims to hold more than 4000000 texts",
        ),
    ] {
        says(&refusal(&sheet(&text, bytes)), &[expected]);
    }
    // Whatever byte of it is spoilt, it is read or refused, and the night goes on.
    let site = site(&text);
    for (day, at) in (1..28).zip((0..whole.len()).step_by(whole.len() / 27 + 1)) {
        let mut spoilt = whole.clone();
        spoilt[at..(at + 40).min(whole.len())].fill(0xab);
        site.land(&format!("samples_202610{day:02}.xlsx"), spoilt);
    }
    pass(&site);
    assert_eq!(
        site.one("select count(*) from ledger.batches where source = 'samples'"),
        "27"
    );
}

#[test]
fn letters_of_a_header_that_are_not_seen_are_told() {
    let columns = COLUMNS.replace(
        "\"place\", type",
        "\"place\", headers = [\"Place name\"], type",
    );
    let text = |name: &str| format!("id,seen_on,number,{name}\nA,,1,x\n");
    // Spaces of every kind are spaces.
    for name in ["Place\u{a0}name", "place  name", " Place\u{2003}Name"] {
        let site = night(&contract("", &columns), "samples_20261121.csv", text(name));
        assert_eq!(held(&site, "place"), [["x"]], "{name:?}");
    }
    for name in [
        "Place name\u{200b}",
        "\u{202a}Place name",
        "Pl\u{200d}ace name",
    ] {
        let site = night(&contract("", &columns), "samples_20261121.csv", text(name));
        assert_eq!(
            refusal(&site),
            "line 1: the header lacks place; column 4 is place but for letters that are not seen"
        );
    }
    let mut site = night(
        &contract("", &columns),
        "samples_20261121.csv",
        text("Place name\u{200b}"),
    );
    let printed = site.told(&["ingest", "rejects"]);
    says(&printed, &["Place name\\u{200b}"]);
}

#[test]
fn a_column_without_a_name_is_told_as_such() {
    let site = night(
        &contract("", COLUMNS),
        "samples_20261121.csv",
        "id,seen_on,number,place,,extra\nA,,1,x,,y\n",
    );
    assert_eq!(
        note(&site),
        "2 columns that the contract does not know (columns 5 without a name, 6), not read"
    );
}

#[test]
fn a_file_that_ends_where_sheets_end_is_doubted() {
    for (rows, end) in [
        (65_535, Some(65_536)),
        (65_536, Some(65_536)),
        (65_534, None),
    ] {
        let text: String = (0..rows).map(|n| format!("A{n},,1,x\n")).collect();
        let site = night(&contract("", COLUMNS), "samples_20261121.csv", csv(&text));
        let expected = end.map_or_else(String::new, |end| {
            format!(
                "it ends at row {end}, where the sheets of a spreadsheet end; was it cut off there?"
            )
        });
        assert_eq!(note(&site), expected);
    }
}

#[test]
fn a_month_of_headers_only_is_told_as_it_is() {
    let text = contract("", COLUMNS).replace("\"delta\"", "\"snapshot\"");
    let site = night(&text, "samples_20261121.csv", csv(""));
    assert_eq!(
        refusal(&site),
        "the file has no rows, and nothing is held; nothing was changed"
    );
    let site = night(&text, "samples_20261121.csv", csv("A,,x,x\n"));
    assert_eq!(
        refusal(&site),
        "none of its rows is sound, and nothing is held; nothing was changed"
    );
}

#[test]
fn what_a_sheet_made_of_an_identifier_is_not_accepted() {
    let day = ExcelDateTime::from_ymd(2026, 3, 13).unwrap();
    let as_date = Format::new().set_num_format("dd/mm/yyyy");
    let as_time = Format::new().set_num_format("dd/mm/yyyy hh:mm:ss");
    let columns = COLUMNS.replace("\"text\"", "\"timestamp\"");
    let bytes = workbook(|sheet| {
        sheet.write_with_format(1, 0, &day, &as_date).unwrap();
        sheet.write(2, 0, true).unwrap();
        sheet.write(3, 0, "B").unwrap();
        // A hair before midnight is shown, and meant, as the next day.
        sheet
            .write_with_format(3, 3, 46_347.999_999_999, &as_time)
            .unwrap();
    });
    let site = sheet(&workbooks("", &columns), bytes);
    let rejects: Vec<[String; 3]> = told(&site)
        .into_iter()
        .map(|[line, column, value, _]| [line, column, value])
        .collect();
    assert_eq!(rejects, [["2", "id", "2026-03-13"], ["3", "id", "true"]]);
    assert_eq!(held(&site, "id, place"), [["B", "2026-11-22 00:00:00"]]);
}

#[test]
fn an_archive_with_two_files_of_one_name_is_refused() {
    let files = [
        ("a.csv", &b"id,seen_on,number,place\nA,,,x\n"[..]),
        ("b.csv", b"id,seen_on,number,place\nB,,,x\n"),
    ];
    let mut bytes = zipped(&files);
    // Both names, in the local and the central record.
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(5).position(|name| name == b"b.csv") {
        bytes[at + found] = b'a';
        at += found + 1;
    }
    let site = night(
        &contract("", COLUMNS).replace("\"samples_{date}.parquet\"", "\"samples_{date}.csv.zip\""),
        "samples_20261121.csv.zip",
        bytes,
    );
    let reason = site.one("select reason from ledger.batches where source = 'samples'");
    assert!(reason.contains("several files of one name"), "{reason}");
}

#[test]
fn a_formula_that_nobody_worked_out_is_no_empty_cell() {
    const SHEET: &str = "xl/worksheets/sheet1.xml";
    let whole = workbook(|sheet| {
        sheet.write(1, 0, "A").unwrap();
        let formula = rust_xlsxwriter::Formula::new("=B9&C9").set_result("Camden");
        sheet.write(1, 3, formula).unwrap();
    });
    // The empty text was worked out all the same.
    let empty = with_part(&whole, SHEET, |text| {
        text.replace("<v>Camden</v>", "<v></v>")
    });
    for (bytes, place) in [(whole.clone(), "Camden"), (empty, "-")] {
        let site = sheet(&workbooks("", COLUMNS), bytes);
        assert_eq!(held(&site, "coalesce(place, '-')"), [[place]]);
    }
    // Programs that make workbooks leave the value out, or the place for one.
    for without in ["", "<v></v>", "<v/>"] {
        let bytes = with_part(&whole, SHEET, |text| {
            text.replace("<v>Camden</v>", without)
                .replace(" t=\"str\"", "")
        });
        let site = sheet(&workbooks("", COLUMNS), bytes);
        says(
            &refusal(&site),
            &["row 2, column 4: a formula that was never worked out"],
        );
    }
}

/// A workbook with one of its parts changed.
fn with_part(book: &[u8], name: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    let mut parts = Vec::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut bytes).unwrap();
        if part.name() == name {
            let text = String::from_utf8(bytes).unwrap();
            let changed = change(&text);
            assert_ne!(changed, text, "nothing was changed in {name}");
            bytes = changed.into_bytes();
        }
        parts.push((part.name().to_owned(), bytes));
    }
    let parts: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(n, b)| (n.as_str(), b.as_slice()))
        .collect();
    zipped(&parts)
}
