//! Whatever bytes arrive: no panic, no error but a refusal, and every row
//! counted. `PROPTEST_CASES` says how many cases each test tries.

use std::cell::RefCell;
use std::io::{Cursor, Read, Write as _};
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use tempfile::TempDir;

use super::arrive::landing::{self, Named};
use super::arrive::{ScanOptions, manifest};
use super::contract::codepage::Charset;
use super::contract::layout::{Layout, Wide};
use super::contract::{Contract, Encoding, Mode};
use super::decode::decoded::{Decoded, Relation};
use super::decode::detect::detect;
use super::decode::text::Utf8Reader;
use super::decode::{header, jsonl, table};
use super::refusal::Refused;
use super::validate::stage::Reading;
use super::{IngestOptions, Outcome, history, take_in};
use crate::config::problem::Source;
use crate::store::{Store, bind};

/// Tries enough cases for every commit; `PROPTEST_CASES` comes before this.
fn cases(count: u32) -> ProptestConfig {
    ProptestConfig {
        cases: count,
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..ProptestConfig::default()
    }
}

/// A contract of the kinds of columns that there are.
const SAMPLES: &str = r#"
title = "Samples"
mode = "delta"
files = ["samples_{date}.csv", "samples_{date}.jsonl", "samples_{date}.xlsx"]
key = ["id"]
sequence = "change"
columns = [
    { name = "id", type = "identifier", required = true, headers = ["Ref", "No."] },
    { name = "seen_on", type = "date", may_be_absent = true },
    { name = "seen_at", type = "timestamp", formats = ["%d/%m/%Y %H:%M", "%Y-%m-%d"], may_be_absent = true },
    { name = "said_at", type = "timestamp", may_be_absent = true, otherwise = "warn" },
    { name = "number", type = "integer", may_be_absent = true, drop_zero_decimals = true },
    { name = "share", type = "decimal", may_be_absent = true, min = 0 },
    { name = "sure", type = "boolean", may_be_absent = true, map = { Y = "true" } },
    { name = "code", type = "ho_code", may_be_absent = true },
    { name = "place", type = "text", nth = 1, may_be_absent = true, pattern = "[^!]*", default = "-", set_aside = ["Total", "A1"] },
    { name = "change", type = "integer", may_be_absent = true, default = "1", required = true, thousands = "," },
]
"#;

fn contract(text: &str) -> Contract {
    Contract::parse("samples", &Source::new("samples.toml", text)).unwrap()
}

/// Every contract that the program carries, as bytes to spoil.
fn contracts() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/nightly-ingest");
    let mut found = vec![SAMPLES.as_bytes().to_vec()];
    for folder in ["sources", "examples/northmere"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "toml") {
                found.push(std::fs::read(path).unwrap());
            }
        }
    }
    found
}

/// What breaks readers.
const TOKENS: &[&[u8]] = &[
    b"\"",
    b"\"\"",
    b"'",
    b"\n",
    b"\r\n",
    b"\r",
    b",",
    b";",
    b"\t",
    b"|",
    b" ",
    b"\0",
    b"\xff",
    b"\x80",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xc3",
    "é".as_bytes(),
    "\u{a0}".as_bytes(),
    "\u{2028}".as_bytes(),
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b"=",
    b"#",
    b"-",
    b"1e400",
    b"null",
    b"2026-02-31",
    b"epoch",
    b"15646.0",
    b"99999999999999999999",
    b"\"\"\"",
    b"\x1b$B",
    b"op",
    b"id",
    b"[[columns]]",
    b"%",
    b"(",
    b"*",
    b"D",
    b"i64",
    b"0x7f",
    b"NaN",
    b".5",
    b"\\u0000",
];

/// One change: where, how many bytes go, what comes.
type Edit = (Index, usize, Vec<u8>);

fn edits(most: usize) -> impl Strategy<Value = Vec<Edit>> {
    let token = prop_oneof![
        6 => select(TOKENS).prop_map(<[u8]>::to_vec),
        2 => proptest::collection::vec(any::<u8>(), 0..6),
        1 => Just(Vec::new()),
    ];
    proptest::collection::vec((any::<Index>(), 0_usize..8, token), 0..most)
}

fn spoilt(mut bytes: Vec<u8>, edits: Vec<Edit>) -> Vec<u8> {
    for (at, gone, new) in edits {
        let at = at.index(bytes.len() + 1);
        let end = (at + gone).min(bytes.len());
        bytes.splice(at..end, new);
    }
    bytes
}

/// A cell, sound or not.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(vec![
            "A1", "A2", "A3", "", "2026-01-02", "1899-12-31", "2026-01-4a", "02/01/2026 10:00",
            "2026-01-02 10:00:00", "2026-01-02T24:00:00", "epoch", "infinity", "7", "7.0", "-7.8e-05",
            "1e-400", "999999999999.9999999", "-1", "true", "Y", "019/08", "4.10", "I", "d", "X",
            "Camden", "\"Cam,den\"", "\"say \"\"so\"\"\"", "\"open", "a\rb", " x ", "\u{a0}y\u{a0}",
            "9223372036854775808", "'", "!", "1_000", "nan", "+5", "0x10", "١٢", "\u{202e}rtl",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
        1 => "[ -~]{0,12}",
    ]
}

/// A delimited file that is nearly one.
fn rows(delimiter: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let names = vec![
        "id",
        "Ref",
        "seen_on",
        "seen_at",
        "said_at",
        "number",
        "share",
        "sure",
        "code",
        "place",
        "op",
        "extra",
        " ID ",
        "",
        "change",
        "seen\u{a0}on",
    ];
    let header = proptest::collection::vec(select(names), 1..9);
    let rows = proptest::collection::vec(proptest::collection::vec(cell(), 9), 0..12);
    let end = select(vec!["\n", "\r\n", "\n\n", "\r"]);
    (header, rows, end, any::<bool>(), any::<bool>()).prop_map(
        move |(header, rows, end, is_closed, has_id)| {
            let width = header.len() + usize::from(has_id);
            let id = has_id.then_some("id").into_iter();
            let mut lines = vec![id.chain(header).collect::<Vec<_>>().join(delimiter)];
            lines.extend(
                rows.into_iter()
                    .map(|row| row[..width.min(9)].join(delimiter)),
            );
            let mut text = lines.join(end);
            if is_closed {
                text.push_str(end);
            }
            text.into_bytes()
        },
    )
}

/// How a file may be written: delimiter, quote, line breaks, encoding, and
/// where its table stands.
type Dress = (&'static str, Option<u8>, bool, Encoding, Layout);

/// Where a table may stand, and whether it is wide.
fn layout() -> impl Strategy<Value = Layout> {
    let plain = SAMPLE.with(|samples| samples.layout.clone());
    let patterns = regex::bytes::RegexSet::new([r"^\s*(?:.*A2.*)\s*$"]).unwrap();
    let wide = Wide {
        columns: regex::Regex::new("^(?:s.*|extra)$").unwrap(),
        name: "place".to_owned(),
        value: "number".to_owned(),
    };
    let some = (0_u64..3, 1_u64..3, 0_u64..3, any::<bool>(), any::<bool>());
    let odd = some.prop_map(
        move |(skip_lines, header_lines, skip_rows, sets_aside, is_wide)| Layout {
            skip_lines,
            header_lines,
            skip_rows,
            set_aside: sets_aside.then(|| patterns.clone()),
            wide: is_wide.then(|| wide.clone()),
            ..SAMPLE.with(|samples| samples.layout.clone())
        },
    );
    prop_oneof![2 => Just(plain), 1 => odd]
}

fn dress() -> impl Strategy<Value = Dress> {
    (
        select(vec![
            ",", ";", "\t", "|", " ", "\x01", "'", "-", "\\", "||", "¬", "¦-",
        ]),
        select(vec![Some(b'"'), Some(b'\''), None, Some(b'#')]),
        any::<bool>(),
        select(vec![
            Encoding::Known(Charset::UTF_8),
            Encoding::Known(Charset::UTF_8),
            Encoding::Known(Charset::UTF_8),
            Encoding::Known(Charset::Standard(encoding_rs::WINDOWS_1252)),
            Encoding::Known(Charset::Standard(encoding_rs::UTF_16LE)),
            Encoding::Known(Charset::of_label("cp850").unwrap()),
            Encoding::Detect,
        ]),
        layout(),
    )
        .prop_filter("the delimiter is no quote", |(delimiter, quote, ..)| {
            quote.is_none_or(|quote| !delimiter.as_bytes().contains(&quote))
        })
}

fn dressed(
    samples: &Contract,
    (delimiter, quote, may_break_lines, encoding, layout): Dress,
) -> Contract {
    Contract {
        encoding,
        layout,
        delimiter: delimiter.as_bytes().to_vec(),
        quote,
        may_break_lines,
        ..samples.clone()
    }
}

thread_local! {
    static SAMPLE: Contract = contract(SAMPLES);
    static FOLDER: TempDir = tempfile::tempdir().unwrap();
}

/// Gives out a few bytes at a time, as a slow disk would.
struct Drops<'b>(&'b [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(out.len()).min(self.0.len());
        out[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

/// A file that was decoded is whole: every row is written or told, as wide as
/// its header, in the order of its lines.
fn is_whole(decoded: Result<Decoded, Refused>, contract: &Contract) -> Result<(), TestCaseError> {
    let decoded = match decoded {
        Ok(decoded) => decoded,
        Err(Refused::Broken(error)) => {
            return Err(TestCaseError::fail(format!("broken: {error:#}")));
        }
        Err(_) => return Ok(()),
    };
    let Relation::Csv {
        path,
        delimiter,
        longest,
        ..
    } = &decoded.relation
    else {
        return Err(TestCaseError::fail("no rows of text"));
    };
    let width = decoded.header.names.len() + 1;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(*delimiter)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_path(path)
        .unwrap();
    let mut written = 0;
    let mut before = 0;
    for row in reader.byte_records() {
        let row = row.unwrap();
        prop_assert_eq!(row.len(), width, "{:?}", row);
        let line: u64 = std::str::from_utf8(&row[0]).unwrap().parse().unwrap();
        prop_assert!(line > before && contract.layout.line_of(line) <= decoded.counts.lines);
        let text: usize = row.iter().map(<[u8]>::len).sum();
        prop_assert!(text <= *longest);
        before = line;
        written += 1;
    }
    let told = decoded.faults.len() as u64;
    prop_assert_eq!(decoded.counts.rows, Some(written + told));
    prop_assert!(decoded.counts.blank_lines <= decoded.counts.lines);
    Ok(())
}

fn decoded(bytes: &[u8], contract: &Contract, step: usize) -> Result<(), TestCaseError> {
    let charset = match contract.encoding {
        Encoding::Known(charset) => charset,
        Encoding::Detect => match detect(&mut Drops(bytes, step)) {
            Ok(charset) => charset,
            Err(error) => {
                prop_assert!(error.to_string().starts_with("line "), "{}", error);
                return Ok(());
            }
        },
    };
    let text = || Utf8Reader::new(Drops(bytes, step), charset);
    FOLDER.with(|folder| {
        is_whole(table::decode(contract, text(), folder.path()), contract)?;
        is_whole(
            table::decode_sheet(contract, text(), folder.path()),
            contract,
        )?;
        is_whole(jsonl::decode(contract, text(), folder.path()), contract)
    })
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn fuzz_any_text_is_a_contract_or_is_told(text in "\\PC{0,200}|([a-z_\\[\\]]{1,12} = [\"'\\[{a-z0-9.,:\\]}]{0,12}\n){0,12}") {
        let _ = Contract::parse("samples", &Source::new("samples.toml", text));
    }

    #[test]
    fn fuzz_a_spoilt_contract_is_told_or_kept(at in any::<Index>(), changes in edits(5)) {
        thread_local!(static ALL: Vec<Vec<u8>> = contracts());
        let bytes = ALL.with(|all| spoilt(at.get(all).clone(), changes));
        let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
        if let Ok(contract) = Contract::parse("samples", &Source::new("samples.toml", text)) {
            let _ = contract.recognise("crimes_20261121.csv");
            let names: Vec<String> = contract.columns.iter().map(|c| c.name.clone()).collect();
            let Ok(header) = header::map(&contract, &names, 1) else { return Ok(()) };
            let columns = names.iter().map(|name| (name.clone(), "DATE".to_owned())).collect();
            let relation = Relation::Parquet { path: "x".into(), columns };
            let as_at = "9999-12-31T00:00:00".parse().unwrap();
            let reading = Reading { contract: &contract, relation: &relation, header: &header, as_at, is_dated: true, zone: chrono_tz::Europe::London, named: Vec::new() };
            prop_assert!(reading.typed(None).len() + reading.faults("true").len() > 100);
        }
    }

    #[test]
    fn fuzz_any_bytes_are_rows_or_are_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..300), dress in dress(), step in 1_usize..400
    ) {
        SAMPLE.with(|samples| decoded(&bytes, &dressed(samples, dress), step))?;
    }

    #[test]
    fn fuzz_a_spoilt_table_is_rows_or_is_refused(
        (bytes, dress) in dress().prop_flat_map(|dress| (rows(dress.0), Just(dress))),
        changes in edits(4), step in 1_usize..400
    ) {
        SAMPLE.with(|samples| decoded(&spoilt(bytes, changes), &dressed(samples, dress), step))?;
    }

    #[test]
    fn fuzz_spoilt_objects_are_rows_or_are_told(
        rows in proptest::collection::vec((select(vec!["A", "B", "é", "\\u0000", "\\ud800"]), cell(), any::<f64>()), 0..6),
        changes in edits(4)
    ) {
        let lines: Vec<String> = rows
            .into_iter()
            .map(|(id, place, share)| {
                let place = serde_json::to_string(&place).unwrap();
                format!("{{\"id\": \"{id}\", \"place\": {place}, \"share\": {share}, \"op\": null}}\n")
            })
            .collect();
        SAMPLE.with(|samples| decoded(&spoilt(lines.concat().into_bytes(), changes), samples, 4_096))?;
    }

    #[test]
    fn fuzz_text_of_any_encoding_is_read_as_it_is_or_refused(
        bytes in proptest::collection::vec(prop_oneof![any::<u8>(), select(b"\x1b$B(J~{}\n\x80\xff\x81\x30".to_vec()), 0x20_u8..0x7f], 0..200),
        label in select(vec![
            "utf-8", "utf-16le", "utf-16be", "windows-1252", "windows-1251", "iso-8859-2", "shift_jis", "euc-jp", "iso-2022-jp",
            "gb18030", "gbk", "big5", "euc-kr", "koi8-r", "macintosh", "x-user-defined", "replacement", "iso-8859-8-i", "x-mac-cyrillic",
        ]),
        step in 1_usize..64
    ) {
        let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
        let mut found = String::new();
        let read = Utf8Reader::new(Drops(&bytes, step), Charset::Standard(encoding)).read_to_string(&mut found);
        let (wanted, has_errors) = encoding.decode_with_bom_removal(&bytes);
        let is_utf8 = std::str::from_utf8(&bytes).is_ok_and(|text| !text.is_ascii());
        if has_errors || wanted.contains('\0') || (is_utf8 && encoding.is_single_byte() && read.is_err()) {
            let told = read.unwrap_err().to_string();
            prop_assert!(told.starts_with("line "), "{}", told);
        } else {
            prop_assert!(read.is_ok());
            prop_assert_eq!(found, wanted);
        }
        let told = |found: std::io::Result<Charset>| found.map_err(|error| error.to_string());
        prop_assert_eq!(told(detect(&mut Drops(&bytes, step))), told(detect(&mut &bytes[..])));
    }

    #[test]
    fn fuzz_a_spoilt_manifest_is_read_or_told(at in 0_usize..4, changes in edits(5)) {
        let sound: [&[u8]; 4] = [
            br#"{"rows": 3, "sha256": "00000000000000000000000000000000000000000000000000000000000000ff", "as_at": "2026-11-21T03:00:00", "totals": {"number": 1.50, "share": -7.8e-05}}"#,
            br#"{"as_at": "2026-11-21", "totals": {}}"#,
            b"{}",
            b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        ];
        if let Ok(manifest) = manifest::parse(spoilt(sound[at].to_vec(), changes)) {
            let year = manifest.as_at.map_or(1, |as_at| chrono::Datelike::year(&as_at));
            prop_assert!((1..=9999).contains(&year));
        }
    }

    #[test]
    fn fuzz_any_header_is_found_or_refused(
        names in proptest::collection::vec(
            prop_oneof![select(vec!["id", "ID ", "ref", "No.", "seen_on", "number", "place", "PLACE", "op", "Op", ""]).prop_map(str::to_owned), "\\PC{0,8}"],
            0..12
        ),
        is_delta in any::<bool>()
    ) {
        SAMPLE.with(|samples| {
            let mode = if is_delta { Mode::Delta } else { Mode::Snapshot };
            let samples = Contract { mode, ..samples.clone() };
            let Ok(header) = header::map(&samples, &names, 1) else { return Ok(()) };
            for (column, at) in samples.columns.iter().zip(&header.positions) {
                prop_assert!(at.is_none_or(|at| header::matches(column, &names[at])));
            }
            let mut used: Vec<usize> = header.positions.iter().flatten().copied().chain(header.op).collect();
            used.sort_unstable();
            used.dedup();
            prop_assert_eq!(used.len() < names.len(), header.unknown.is_some());
            prop_assert!(is_delta || header.op.is_none());
            Ok(())
        })?;
    }
}

/// A store with nothing in it but the source's history, kept for many cases.
struct Ground {
    store: Store,
    folder: TempDir,
    contract: Contract,
    taken: u32,
}

impl Ground {
    fn new() -> Self {
        Self {
            store: Store::in_memory().unwrap(),
            folder: tempfile::tempdir().unwrap(),
            contract: contract(SAMPLES),
            taken: 0,
        }
    }

    /// Takes one file in, now and then into an empty history, and holds what
    /// was counted against what is there.
    fn take(&mut self, name: &str, bytes: &[u8], contract: &Contract) -> Result<(), TestCaseError> {
        let connection = self.store.connection();
        history::ensure(connection, contract).unwrap();
        if self.taken.is_multiple_of(3) {
            connection
                .execute_batch(
                    "delete from history.samples; delete from ledger.batches; \
                     delete from ledger.rejects; delete from ledger.confirmations; \
                     delete from ledger.batch_scopes",
                )
                .unwrap();
        }
        self.taken += 1;
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let contracts = [contract.clone()];
        let looking = ScanOptions {
            contracts: &contracts,
            settle: Duration::ZERO,
            largest: u64::MAX,
            zone: chrono_tz::Europe::London,
            go_on: &|| Ok(()),
        };
        let (arrivals, waiting) = landing::inspect(&[Named::left(&path)], looking).unwrap();
        prop_assert_eq!(waiting, Vec::new());
        let taking = IngestOptions {
            scratch: self.folder.path(),
            received_at: "2026-11-21T04:00:00".parse().unwrap(),
            may_end: false,
            is_named: false,
        };
        let before = self.count("");
        let batch = match take_in(&self.store, &arrivals[0], taking) {
            Ok(Outcome::Accepted(batch)) => batch,
            Ok(Outcome::Refused(batch)) => {
                prop_assert_eq!((batch.rows_accepted, self.count("")), (0, before));
                return Ok(());
            }
            Ok(Outcome::Known { .. }) => return Ok(()),
            Ok(Outcome::Waiting(reason) | Outcome::Failed(reason)) => {
                return Err(TestCaseError::fail(reason));
            }
            Err(error) => return Err(TestCaseError::fail(format!("{error:#}"))),
        };
        prop_assert_eq!(
            batch.rows_read,
            batch.rows_accepted + batch.rows_rejected + batch.rows_duplicate
        );
        let merged = batch.merged;
        let brought = self.count(&format!("where batch_from = {}", batch.batch_id));
        prop_assert!(brought <= batch.rows_accepted + merged.ended);
        prop_assert_eq!(
            self.count("where batch_to is null"),
            self.count_distinct(),
            "a key is held twice"
        );
        Ok(())
    }

    fn count(&self, condition: &str) -> u64 {
        let sql = format!("select count(*) from history.samples {condition}");
        bind::query_one(self.store.connection(), &sql, &[], |row| row.get(0)).unwrap()
    }

    fn count_distinct(&self) -> u64 {
        let sql = "select count(distinct id) from history.samples where batch_to is null";
        bind::query_one(self.store.connection(), sql, &[], |row| row.get(0)).unwrap()
    }
}

/// A zip archive of one file.
fn zipped(content: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.start_file("samples.csv", options).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap().into_inner()
}

/// A workbook whose sheet has the cells of some lines.
fn workbook(content: &[u8], delimiter: &str) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let text = String::from_utf8_lossy(content);
    for (row, line) in (0..).zip(text.lines()) {
        for (column, cell) in (0..).zip(line.split(delimiter)) {
            let written = match cell.parse::<f64>() {
                Ok(number) if number.is_finite() => sheet.write(row, column, number),
                _ => sheet.write(row, column, cell),
            };
            written.unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

thread_local!(static GROUND: RefCell<Ground> = RefCell::new(Ground::new()));

proptest! {
    // Each case is a night of its own in the database.
    #![proptest_config(cases(40))]

    #[test]
    fn fuzz_whatever_lands_is_counted_or_refused(
        (bytes, dress) in dress().prop_flat_map(|dress| (rows(dress.0), Just(dress))),
        changes in edits(3), outer in prop_oneof![2 => Just(Vec::new()), 1 => edits(3)], day in 1_u32..28,
        ending in select(vec!["csv", "jsonl", "csv.zip", "xlsx"]), is_snapshot in any::<bool>()
    ) {
        GROUND.with_borrow_mut(|ground| {
            let mode = if is_snapshot { Mode::Snapshot } else { Mode::Delta };
            let delimiter = dress.0;
            let contract = Contract { mode, ..dressed(&ground.contract, dress) };
            let bytes = match ending {
                "csv.zip" => spoilt(zipped(&spoilt(bytes, changes)), outer),
                "xlsx" => spoilt(workbook(&spoilt(bytes, changes), delimiter), outer),
                _ => spoilt(bytes, changes),
            };
            ground.take(&format!("samples_202611{day:02}.{ending}"), &bytes, &contract)
        })?;
    }
}
