//! Files that are small and stand for much: each is refused with its code in
//! bounded memory, is put away, and the night goes on.

use std::io::Write as _;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use daybook::harm::accounts::Role;
use daybook::schedule::context::Deployment;
use daybook::store::Store;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::rows::{PARTIES, file, party};
use crate::support::{MORNING, SETTINGS, STEWARD, Site};

/// What the issue allows ingest.
const MOST_KIB: u64 = 2 << 20;

const CONTRACT: &str = r#"
title = "Samples"
mode = "delta"
key = ["id"]
files = ["samples_{date}.csv", "samples_{date}.jsonl", "samples_{date}.parquet", "samples_{date}.xlsx"]
rejects = { refuse_above = 0.2, at_least = 20 }
columns = [
    { name = "id", type = "identifier", required = true },
    { name = "seen_on", type = "date" },
    { name = "number", type = "integer" },
    { name = "place", type = "text" },
]
"#;

fn site() -> Site {
    let site = Site::new();
    let sources = site.dir.join("jobs/nightly-ingest/sources");
    std::fs::write(sources.join("samples.toml"), CONTRACT).unwrap();
    let settings = SETTINGS.replace("leave_files = true", "leave_files = false");
    std::fs::write(site.dir.join("daybook.toml"), settings).unwrap();
    let deployment = Deployment::load(&site.dir).unwrap();
    Site { deployment, ..site }
}

/// Runs the program and gives how it ended, what it said, and the most memory
/// that it held, in KiB.
fn run(site: &mut Site, arguments: &[&str]) -> (ExitStatus, String, u64) {
    site.store = Store::in_memory().unwrap();
    let told = site.dir.join("told.txt");
    let out = std::fs::File::create(&told).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_daybook"))
        .args(arguments)
        .arg("--dir")
        .arg(&site.dir)
        .stdout(out.try_clone().unwrap())
        .stderr(out)
        .spawn()
        .unwrap();
    let mut most = 0;
    let status = loop {
        most = most.max(peak(child.id()).unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    site.store = site.deployment.open_store().unwrap();
    (status, std::fs::read_to_string(told).unwrap(), most)
}

/// The kernel's own mark of the most that a process has held.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn gzip(text: impl Fn(&mut GzEncoder<Vec<u8>>)) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    text(&mut encoder);
    encoder.finish().unwrap()
}

const HEAD: &[u8] = b"id,seen_on,number,place\n";

/// A header and then one line, so many times.
fn repeated(line: &[u8], times: usize) -> Vec<u8> {
    gzip(|out| {
        out.write_all(HEAD).unwrap();
        let block = line.repeat(10_000);
        for _ in 0..times / 10_000 {
            out.write_all(&block).unwrap();
        }
    })
}

/// An archive of one file.
fn zipped(name: &str, content: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.start_file(name, options).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap().into_inner()
}

/// A frame of blocks that each say one byte 131,072 times.
fn zstd_of_runs(window: u8, blocks: usize) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, window];
    for block in 0..blocks {
        let head: u32 = (131_072 << 3) | (1 << 1) | u32::from(block + 1 == blocks);
        frame.extend_from_slice(&head.to_le_bytes()[..3]);
        frame.push(b'x');
    }
    frame
}

/// A footer that claims two thousand million columns.
fn parquet_of_claims() -> Vec<u8> {
    let footer = [0x15, 0x02, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0x00];
    let mut bytes = b"PAR1".to_vec();
    bytes.extend_from_slice(&footer);
    bytes.extend_from_slice(&u32::try_from(footer.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(b"PAR1");
    bytes
}

fn parquet(site: &Site, query: &str) -> Vec<u8> {
    let path = site.dir.join("aside.parquet");
    let sql = format!("copy ({query}) to '{}' (format parquet)", path.display());
    Store::in_memory()
        .unwrap()
        .connection()
        .execute_batch(&sql)
        .unwrap();
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    bytes
}

/// A file of which no line is an object would be refused for that.
const OBJECT: &str = "{\"id\": \"A\"}\n";

/// A JSON line of 15 MiB, and enough short ones that are wrong too.
fn json_lines(open: &str, part: &str, close: &str) -> Vec<u8> {
    let middle = part.repeat((15 << 20) / part.len());
    let others = "[]\n".repeat(29);
    format!("{OBJECT}{open}{middle}{close}\n{others}").into_bytes()
}

/// Ending, bytes, and the code and a word of the refusal.
type Bomb = (&'static str, Vec<u8>, &'static str, &'static str);

fn bombs(site: &Site) -> Vec<Bomb> {
    let mebibytes_of_x = gzip(|out| {
        let block = vec![b'x'; 1 << 20];
        (0..64).for_each(|_| out.write_all(&block).unwrap());
    });
    let lines = gzip(|out| {
        let block = b"A1,2026-01-01,1,Camden\n".repeat(40_000);
        (0..64).for_each(|_| out.write_all(&block).unwrap());
    });
    let three_gigabytes = [repeated(b"A1,,1,x\n", 10_000), lines.repeat(52)].concat();
    let nested = gzip(|out| out.write_all(&mebibytes_of_x).unwrap());
    let empty_member = gzip(|_| {});
    let tiny_frame =
        ruzstd::encoding::compress_to_vec(&b"x\n"[..], ruzstd::encoding::CompressionLevel::Fastest);
    let quoted = serde_json::to_string(&"{\"id\": 1}".repeat(200_000)).unwrap() + "\n";
    let wrong_rows = [HEAD.to_vec(), b"x,y,z,w\n".repeat(1_000_000)].concat();
    let long_cell = [HEAD, &b"B1,2026-01-01,1,"[..], &vec![b'y'; 40 << 20], b"\n"].concat();
    let equal = "select 'A' as id, date '2026-01-01' as seen_on, 1 as number, 'x' as place";
    vec![
        (
            "csv.gz",
            repeated(b"x\n", 20_000_000),
            "limit",
            "limits.ratio",
        ),
        (
            "csv.gz",
            mebibytes_of_x.repeat(32),
            "limit",
            "limits.line_kib",
        ),
        ("csv.gz", three_gigabytes, "limit", "limits.ratio"),
        ("csv.gz", nested, "stream", "compressed with gzip"),
        (
            "csv.zip",
            zipped(
                "x.csv",
                &[HEAD, &b"A1,2026-01-01,1,Camden\n".repeat(8 << 20)].concat(),
            ),
            "limit",
            "limits.ratio",
        ),
        (
            "xlsx",
            zipped("xl/worksheets/sheet1.xml", &vec![b' '; 200 << 20]),
            "limit",
            "unpack to more than",
        ),
        (
            "csv.gz",
            empty_member.repeat(200_000),
            "unreadable",
            "is empty",
        ),
        ("csv.zst", zstd_of_runs(0x50, 32_768), "limit", "limits."),
        ("csv.zst", zstd_of_runs(0xff, 32_768), "stream", "damaged"),
        (
            "csv.zst",
            tiny_frame.repeat(100_000),
            "header",
            "none of its 1 cells",
        ),
        ("csv", long_cell, "limit", "limits.line_kib"),
        (
            "csv",
            wrong_rows,
            "rejects",
            "1000000 of 1000000 rows are wrong",
        ),
        (
            "csv",
            [vec![b','; 15 << 20], b"\n".to_vec()].concat(),
            "header",
            "15728641 columns",
        ),
        (
            "csv",
            format!("id,{}\nC1,x\n", "A".repeat(66_000)).into_bytes(),
            "header",
            "1 column",
        ),
        (
            "parquet",
            parquet(site, &format!("{equal} from range(60000000)")),
            "limit",
            "limits.rows",
        ),
        (
            "parquet",
            parquet(site, &format!("{equal} from range(10000000)")),
            "limit",
            "limits.ratio",
        ),
        (
            "parquet",
            parquet(
                site,
                "select 'A' || i as id, date '2026-11-20' as seen_on, 1 as number, \
            repeat('y', 2000000) as place from range(2000) r(i)",
            ),
            "limit",
            "limits.",
        ),
        ("parquet", parquet_of_claims(), "unreadable", "footer"),
        (
            "jsonl",
            (OBJECT.to_owned() + &quoted.repeat(30)).into_bytes(),
            "rejects",
            "a text where an object was expected",
        ),
        ("jsonl", json_lines("", "[", ""), "rejects", "limits.depth"),
        (
            "jsonl",
            json_lines("{\"id\":[", "0,", "0]}"),
            "rejects",
            "a list",
        ),
        (
            "jsonl",
            json_lines("{", "\"\":0,", "\"\":0}"),
            "rejects",
            "empty",
        ),
    ]
}

#[test]
fn small_files_that_stand_for_much_are_refused_in_bounded_memory() {
    let mut site = site();
    let bombs = bombs(&site);
    let total: usize = bombs.iter().map(|(_, bytes, ..)| bytes.len()).sum();
    for (number, (ending, bytes, ..)) in bombs.iter().enumerate() {
        site.land(&format!("samples_202610{:02}.{ending}", number + 1), bytes);
    }
    let sound = file(PARTIES, &[party("C1", "S", "suspect")]);
    site.land("parties_20261121.csv", sound);
    let (status, told, most) = run(&mut site, &["run", "nightly-ingest", "--as-of", MORNING]);
    assert!(status.success(), "{told}");
    eprintln!("{} bombs of {total} bytes: at most {most} KiB", bombs.len());
    assert!(most > 10_000 && most < MOST_KIB, "{most} KiB");
    for (number, (ending, _, code, word)) in bombs.iter().enumerate() {
        let name = format!("samples_202610{:02}.{ending}", number + 1);
        let batch = site.query(&format!(
            "select refusal, reason, length(reason) <= 200 from ledger.batches \
             where file_name = '{name}' and state = 'refused'"
        ));
        assert_eq!(batch.len(), 1, "{name}: {told}");
        assert_eq!(
            (batch[0][0].as_str(), batch[0][2].as_str()),
            (*code, "true"),
            "{name} {batch:?}"
        );
        assert!(batch[0][1].contains(word), "{name}: {}", batch[0][1]);
        assert!(!site.landing().join(&name).exists(), "{name} is left");
    }
    assert_eq!(site.one("select count(*) from history.parties"), "1");
    assert_eq!(site.one("select count(*) from history.samples"), "0");
    let rejects = "select max(n) <= 20000, max(longest) <= 200 from ( \
        select count(*) as n, max(length(reason)) as longest from ledger.rejects group by batch_id)";
    assert_eq!(site.query(rejects), [["true", "true"]]);
    // Tomorrow there is nothing left to die of.
    let (status, told, most) = run(&mut site, &["run", "nightly-ingest", "--as-of", MORNING]);
    assert!(status.success() && told.contains("0 refused"), "{told}");
    assert!(most < 1 << 20, "{most} KiB");
}

/// A workbook in which one part is another.
fn book_with(part: &str, content: &[u8]) -> Vec<u8> {
    use zip::write::SimpleFileOptions;
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("CCHI 2026 values sheet").unwrap();
    sheet.write_string(0, 0, "x").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let name = from.by_index(index).unwrap().name().to_owned();
        if name == part {
            to.start_file(name, SimpleFileOptions::default()).unwrap();
            to.write_all(content).unwrap();
        } else {
            to.raw_copy_file(from.by_index(index).unwrap()).unwrap();
        }
    }
    to.finish().unwrap().into_inner()
}

fn far_cells() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("CCHI 2026 values sheet").unwrap();
    sheet.write_string(0, 0, "x").unwrap();
    sheet.write_string(1_048_575, 16_383, "y").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_is_held_to_its_bounds_before_it_is_laid_out() {
    let mut site = site();
    site.grant(STEWARD, Role::DataSteward);
    let strings = "xl/sharedStrings.xml";
    let sheet = "xl/worksheets/sheet1.xml";
    let claim = b"<?xml version=\"1.0\"?><sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" uniqueCount=\"9000000000\"></sst>";
    let many = format!("<sst>{}</sst>", "<si><t>a</t></si>".repeat(4_000_000));
    let cells = format!(
        "<worksheet><sheetData><row r=\"1\">{}</row></sheetData></worksheet>",
        "<c r=\"A1\"><v>1</v></c>".repeat(1_200_000)
    );
    for (name, bytes, word) in [
        ("far.xlsx", far_cells(), "XFD1048576 holds something"),
        (
            "claim.xlsx",
            book_with(strings, claim),
            "claims to hold more than 1000000 texts",
        ),
        (
            "many.xlsx",
            book_with(strings, many.as_bytes()),
            "unpacks to more than 32 MiB",
        ),
        (
            "zeros.xlsx",
            book_with(strings, &vec![0; 300 << 20]),
            "unpacks to more than 32 MiB",
        ),
        (
            "cells.xlsx",
            book_with(sheet, cells.as_bytes()),
            "more than 500000 cells",
        ),
        ("nested.xlsx", book_with(strings, &far_cells()), "workbook"),
        ("large.xlsx", vec![b'P'; 17 << 20], "larger than 16 MiB"),
    ] {
        let path = site.dir.join(name);
        std::fs::write(&path, bytes).unwrap();
        let arguments = [
            "index",
            "import",
            path.to_str().unwrap(),
            "--edition",
            "2026",
            "--by",
            STEWARD,
        ];
        let (status, told, most) = run(&mut site, &arguments);
        assert_eq!(status.code(), Some(1), "{name}: {told}");
        assert!(told.contains(word), "{name}: {told}");
        assert!(most < 700 << 10, "{name}: {most} KiB");
    }
}
