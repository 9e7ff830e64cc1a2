//! Bytes that are not the text they should be: encodings, compression, lines,
//! quotes.

use super::*;

#[test]
fn a_return_inside_a_line_is_part_of_its_cell() {
    let rows = "A,,1,plain\nB,,2,Cam\rden\nC,,\r3,x\nD,,4,\"Is\rling\"\n";
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", csv(rows));
    assert_eq!(
        held(&site, "id, number, place"),
        [
            ["A", "1", "plain"],
            ["B", "2", "Cam\rden"],
            ["C", "3", "x"],
            ["D", "4", "Is\rling"]
        ]
    );
    assert_eq!(counts(&site), ["4", "4", "0", "0", "0"]);
}

fn zstd(text: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
}

#[test]
fn a_zstd_file_is_read_to_its_last_frame() {
    let text = csv("A,,1,x\nB,,2,y\n");
    let two = [zstd(&text[..25]), zstd(&text[25..])].concat();
    let site = night(&contract("", COLUMNS), "samples_20261121.csv.zst", &two);
    assert_eq!(held(&site, "id"), [["A"], ["B"]]);
}

#[test]
fn a_truncated_zstd_file_is_refused() {
    let rows: String = (0..3_000)
        .map(|n| format!("A{n},,{},place {}\n", n * 37, n % 11))
        .collect();
    let whole = zstd(&csv(&rows));
    let site = night(
        &contract("", COLUMNS),
        "samples_20261121.csv.zst",
        &whole[..whole.len() / 2],
    );
    assert_eq!(
        refusal(&site),
        "the compressed stream ends early: the file was cut off"
    );
    site.land("samples_20261122.csv.zst", "id,seen_on,number,place\n");
    site.run("nightly-ingest", "2026-11-22").unwrap();
    assert_eq!(
        refusal(&site),
        "its name ends in .zst, but it is not packed so"
    );
    site.land("samples_20261123.csv.zst", "");
    site.run("nightly-ingest", "2026-11-23").unwrap();
    assert_eq!(refusal(&site), "the compressed stream is damaged");
    site.land("samples_20261124.csv.zst", whole);
    site.run("nightly-ingest", "2026-11-24").unwrap();
    assert_eq!(counts(&site), ["3000", "3000", "0", "0", "0"]);
}

fn utf16(text: &str, is_big: bool, mark: bool) -> Vec<u8> {
    let units = mark
        .then_some(0xFEFF)
        .into_iter()
        .chain(text.encode_utf16());
    let pair = |unit: u16| {
        if is_big {
            unit.to_be_bytes()
        } else {
            unit.to_le_bytes()
        }
    };
    units.flat_map(pair).collect()
}

const ACCENTED: &str = "id,seen_on,number,place\nA,,1,Brontë’s Moor\n";

#[test]
fn utf_16_declared_as_utf_8_is_refused_and_the_reverse() {
    let utf8 = contract("", COLUMNS);
    assert_eq!(
        refused(&utf8, utf16(ACCENTED, false, false)),
        "line 1: a NUL byte; the file is not UTF-8 text"
    );
    assert_eq!(
        refused(&utf8, utf16(ACCENTED, false, true)),
        "line 1: begins with the mark of UTF-16LE, but its contract says UTF-8"
    );
    for label in ["utf-16le", "utf-16be"] {
        let utf16 = contract(&format!("encoding = \"{label}\""), COLUMNS);
        says(
            &refused(&utf16, ACCENTED),
            &[
                "line 1: the header lacks id, seen_on, number, place",
                "is the file in another encoding than its contract says?",
            ],
        );
    }
    let utf16le = contract("encoding = \"utf-16le\"", COLUMNS);
    let site = night(
        &utf16le,
        "samples_20261121.csv",
        utf16(ACCENTED, false, true),
    );
    assert_eq!(held(&site, "place"), [["Brontë’s Moor"]]);
    // Half a unit at the end.
    let mut cut = utf16(ACCENTED, false, false);
    cut.pop();
    says(
        &refused(&utf16le, cut),
        &["line 2: a character cut off at the end of the file is not UTF-16LE"],
    );
}

#[test]
fn an_encoding_that_is_to_be_found_out_is_found() {
    let site = site(&contract("encoding = \"detect\"", COLUMNS));
    let windows = |text: &str| {
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(text);
        bytes.into_owned()
    };
    let named = |id: &str| ACCENTED.replace("A,", &format!("{id},"));
    let files = [
        named("A").into_bytes(),
        format!("\u{feff}{}", named("B")).into_bytes(),
        windows(&named("C")),
        utf16(&named("D"), false, true),
        utf16(&named("E"), true, true),
        utf16(&named("F"), false, false),
        utf16(&named("G"), true, false),
        gzip(&utf16(&named("H"), true, false)),
    ];
    for (day, bytes) in (11..).zip(files) {
        let ending = if day == 18 { ".gz" } else { "" };
        site.land(&format!("samples_202611{day}.csv{ending}"), bytes);
    }
    pass(&site);
    let ids = ["A", "B", "C", "D", "E", "F", "G", "H"];
    assert_eq!(
        held(&site, "id, place"),
        ids.map(|id| [id, "Brontë’s Moor"])
    );
}

#[test]
fn a_nul_byte_refuses_the_file_with_its_line() {
    let rows = "A,,1,x\nB,,2,Cam\0den\n";
    assert_eq!(
        refused(&contract("", COLUMNS), csv(rows)),
        "line 3: a NUL byte; the file is not UTF-8 text"
    );
    let escaped = "{\"id\": \"A\", \"place\": \"Cam\\u0000den\"}\n{\"id\": \"B\"}\n";
    let site = night(&contract("", COLUMNS), "samples_20261121.jsonl", escaped);
    assert_eq!(held(&site, "id"), [["B"]]);
    assert_eq!(told(&site)[0][3], "place holds a NUL character");
}

#[test]
fn a_line_of_a_hundred_megabytes_is_refused_before_it_fills_the_memory() {
    let mut bytes = csv("A,,1,x\nB,,2,");
    bytes.resize(100 << 20, b'x');
    let site = site(&contract("", COLUMNS));
    site.land("samples_20261121.csv", &bytes);
    site.land("samples_20261120.csv.gz", gzip(&bytes));
    drop(bytes);
    let before = most_memory();
    pass(&site);
    assert_eq!(
        refusal(&site),
        "line 3: longer than 16384 KiB, its contract's limits.line_kib; is this file text?"
    );
    // Other tests run beside this one; the line itself would be 100 MiB.
    let grown = most_memory().saturating_sub(before);
    eprintln!("a line of 100 MB took {} MiB at most", grown >> 10);
}

/// The most memory this process has had, in KiB.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let figure = line.and_then(|line| line.split_whitespace().nth(1));
    figure.map_or(0, |kib| kib.parse().unwrap())
}

#[test]
fn a_line_just_within_bounds_loads() {
    let place = "x\"\"y,".repeat(3 << 20);
    let site = night(
        &contract("", COLUMNS),
        "samples_20261121.csv",
        csv(&format!("A,,1,\"{place}\"\nB,,2,y\n")),
    );
    let wanted = (4 * (3_u64 << 20) - 1).to_string();
    assert_eq!(
        held(&site, "id, length(rtrim(place, ','))"),
        [["A", wanted.as_str()], ["B", "1"]]
    );
}

#[test]
fn delimiters_and_quotes_are_what_the_contract_says() {
    let cases = [
        ("delimiter = \";\"", "A;;1;\"a;b\"\n", "a;b"),
        ("delimiter = \"\\t\"", "A\t\t1\ta,b\n", "a,b"),
        (
            "delimiter = \"|\"",
            "A||1|\"say \"\"a|b\"\"\"\n",
            "say \"a|b\"",
        ),
        ("quote = \"'\"", "A,,1,'a,''b'' \"c\"'\n", "a,'b' \"c\""),
        ("quote = \"\"", "A,,1,5\" blade\n", "5\" blade"),
        ("quote = \"\"", "A,,1,\"never closed\n", "\"never closed"),
        ("delimiter = \" \"", "A  1 \"a b\"\n", "a b"),
        ("delimiter = \"\\u0001\"", "A\u{1}\u{1}1\u{1}a,b\n", "a,b"),
    ];
    for (file, row, place) in cases {
        let delimiter = row.as_bytes()[1] as char;
        let header = "id,seen_on,number,place".replace(',', &delimiter.to_string());
        let text = format!("{header}\n{row}");
        let site = night(&contract(file, COLUMNS), "samples_20261121.csv", text);
        assert_eq!(held(&site, "number, place"), [["1", place]], "{file}");
    }
    assert_eq!(
        refused(&contract("", COLUMNS), csv("A,,1,\"a\" and b\n")),
        "line 2: text goes on after the quote that closes a cell; \
         a quote inside a cell is written twice"
    );
}

#[test]
fn line_ends_are_lf_or_cr_lf_and_nothing_else() {
    let text = "id,seen_on,number,place\r\nA,,1,x\r\n\r\nB,,2,\"y\"\r\n";
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", text);
    assert_eq!(
        held(&site, "id, place, file_line"),
        [["A", "x", "2"], ["B", "y", "4"]]
    );
    let lines = "select lines, blank_lines from ledger.batches where source = 'samples'";
    assert_eq!(site.query(lines), [["4", "1"]]);
    assert_eq!(note(&site), "1 blank lines");
    assert_eq!(
        refused(&contract("", COLUMNS), text.replace("\r\n", "\r")),
        "line 1: a carriage return inside the header; lines must end with LF or CR LF"
    );
    // A header with LF over rows with CR: one row of far too many cells.
    let mixed = csv("A,,1,x\rB,,2,y\rC,,3,z\r");
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", mixed);
    assert_eq!(counts(&site), ["1", "0", "1", "0", "0"]);
    assert_eq!(told(&site)[0][3], "10 cells where the header has 4");
}

#[test]
fn a_file_without_a_last_line_end_is_noted_and_blank_lines_are_counted() {
    let site = night(
        &contract("", COLUMNS),
        "samples_20261121.csv",
        csv("\nA,,1,x\n\n\nB,,2,y"),
    );
    assert_eq!(held(&site, "id, file_line"), [["A", "3"], ["B", "6"]]);
    assert_eq!(
        note(&site),
        "the last line has no line end; the file may have been cut off; 3 blank lines"
    );
    let ragged = csv("A,,1\nB,,2,y,z\nC,,3,z\n,,,\n \n");
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", ragged);
    assert_eq!(held(&site, "id"), [["C"]]);
    assert_eq!(
        told(&site),
        [
            ["2", "", "A,,1", "3 cells where the header has 4"],
            ["3", "", "B,,2,y,z", "5 cells where the header has 4"],
            ["5", "id", "", "empty, but it is part of the key"],
            ["6", "", "", "1 cells where the header has 4"],
        ]
    );
    assert_eq!(counts(&site), ["5", "1", "4", "0", "0"]);
}
