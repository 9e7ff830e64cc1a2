//! The first rows of a file that no contract knows yet, read by what they look
//! like: its format, encoding, delimiter and header.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use duckdb::Connection;
use zip::ZipArchive;

use super::sheet;
use crate::ingest::contract::Format;
use crate::ingest::decode::{header, kinds, uncompressed};
use crate::ingest::validate::stage::literal_path;
use crate::ingest::validate::value::parquet_cell;
use crate::store::bind;

/// A file's header and the cells below it, column by column, without the empty.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) format: Format,
    pub(super) encoding: &'static str,
    pub(super) delimiter: char,
    /// Lines above the header.
    pub(super) skip_lines: usize,
    /// The sheet it is, of a workbook that shows several.
    pub(super) sheet: Option<String>,
    pub(super) columns: Vec<(String, Vec<String>)>,
    pub(super) rows: usize,
    /// What it holds beside, and why no contract can read it.
    pub(super) not_read: Vec<String>,
}

const BYTES: u64 = 1 << 20;
const ROWS: usize = 1_000;
/// Rows by which the width of a table is judged.
const LOOKED_AT: usize = 50;

impl Sample {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let name = path.display().to_string().to_lowercase();
        match ending(&name) {
            Some("parquet") => parquet(path),
            Some("xlsx") => workbook(path),
            Some("zip") => in_archive(path),
            _ => of_text(&name, Box::new(File::open(path)?)),
        }
    }
}

/// The ending of a name below that of how it is packed.
fn ending(name: &str) -> Option<&str> {
    let stem = name.trim_end_matches(".gz").trim_end_matches(".zst");
    stem.rsplit('.').next()
}

/// The one file of an archive, as if it lay by itself.
fn in_archive(path: &Path) -> Result<Sample> {
    // What the library says may quote a name.
    let mut archive = ZipArchive::new(File::open(path)?)
        .ok()
        .context("not a readable zip archive")?;
    let files: Vec<(usize, String)> = (0..archive.len())
        .filter_map(|at| Some((at, archive.name_for_index(at)?.to_lowercase())))
        .filter(|(_, name)| !name.ends_with('/') && !name.starts_with("__macosx/"))
        .collect();
    let [(at, name)] = &files[..] else {
        bail!(
            "the zip archive holds {} files; unpack it and draft from the one that is meant",
            files.len()
        );
    };
    ensure!(
        !matches!(ending(name), Some("parquet" | "xlsx" | "zip")),
        "what the zip archive holds is no text; unpack it and draft from that"
    );
    let member = archive.by_index(*at).ok();
    of_text(
        name,
        Box::new(member.context("not a readable zip archive")?),
    )
}

fn of_text(name: &str, raw: Box<dyn Read + '_>) -> Result<Sample> {
    let (text, encoding) = text(name, raw)?;
    match ending(name) {
        Some("jsonl" | "ndjson") => json_lines(&text, encoding),
        _ => csv(&text, encoding),
    }
}

fn workbook(path: &Path) -> Result<Sample> {
    let read = sheet::read(path, ROWS)?;
    Ok(Sample {
        format: Format::Xlsx,
        sheet: read.name,
        ..table(read.rows, "utf-8", ',')?
    })
}

fn parquet(path: &Path) -> Result<Sample> {
    let connection = Connection::open_in_memory()?;
    let file = literal_path(path);
    let columns = bind::query(
        &connection,
        "select column_name, column_type \
         from (describe select * from read_parquet($path, hive_partitioning = false))",
        &[("path", &file)],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
    )
    .context("not a readable Parquet file")?;
    let mut found = Vec::new();
    let mut not_read = Vec::new();
    for (at, (name, held)) in (1..).zip(columns) {
        if let Some(kind) = header::nested(&held) {
            not_read.push(nested(at, kind));
            continue;
        }
        // A moment of UTC is written as such, whatever zone the machine is in.
        let zone = if held == header::MOMENT { "Z" } else { "" };
        let cells = bind::query(
            &connection,
            &format!(
                "select {} || '{zone}' \
                 from (select \"{}\" as cell from read_parquet($path, hive_partitioning = false) \
                     limit {ROWS}) \
                 where cell is not null",
                parquet_cell("cell", &held),
                name.replace('"', "\"\"")
            ),
            &[("path", &file)],
            |row| row.get::<_, String>(0),
        )?;
        found.push((name, cells));
    }
    Ok(Sample {
        format: Format::Parquet,
        encoding: "utf-8",
        delimiter: ',',
        skip_lines: 0,
        sheet: None,
        rows: found
            .iter()
            .map(|(_, cells)| cells.len())
            .max()
            .unwrap_or(0),
        columns: found,
        not_read,
    })
}

/// What to do about a column that holds more than a value a row.
fn nested(at: usize, kind: &str) -> String {
    format!("column {at} holds {kind}, and is not read: have its parts delivered as columns")
}

/// The start of a file as text, to its last whole line, and its encoding.
fn text(name: &str, raw: Box<dyn Read + '_>) -> Result<(String, &'static str)> {
    let mut bytes = Vec::new();
    uncompressed(name, raw)
        .take(BYTES)
        .read_to_end(&mut bytes)?;
    if let Some(found) = kinds::container(&bytes).or_else(|| kinds::document(&bytes)) {
        // JSON lines begin as JSON does.
        if found != "JSON" {
            bail!("it is {found}; expected text, Parquet or a workbook");
        }
    }
    let zeros = |odd: usize| {
        bytes
            .iter()
            .skip(odd)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
            * 4
            > bytes.len()
    };
    let (encoding, label) = match &bytes[..] {
        [0xff, 0xfe, ..] => (encoding_rs::UTF_16LE, "utf-16le"),
        [0xfe, 0xff, ..] => (encoding_rs::UTF_16BE, "utf-16be"),
        _ if zeros(1) => (encoding_rs::UTF_16LE, "utf-16le"),
        _ if zeros(0) => (encoding_rs::UTF_16BE, "utf-16be"),
        _ if is_utf8(&bytes) => (encoding_rs::UTF_8, "utf-8"),
        _ => (encoding_rs::WINDOWS_1252, "windows-1252"),
    };
    let (text, ..) = encoding.decode(&bytes);
    let mut text = text.into_owned();
    if bytes.len() as u64 == BYTES
        && let Some(end) = text.rfind('\n')
    {
        text.truncate(end);
    }
    if text.trim().is_empty() {
        bail!("the file is empty; expected a header and some rows");
    }
    Ok((text, label))
}

/// A letter may be cut in two where the sample ends.
fn is_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}

fn json_lines(text: &str, encoding: &'static str) -> Result<Sample> {
    let mut columns: Vec<(String, Vec<String>)> = Vec::new();
    let mut not_read = BTreeMap::new();
    let mut rows = 0;
    for line in text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(ROWS)
    {
        let Ok(serde_json::Value::Object(row)) = serde_json::from_str(line) else {
            bail!("line {} is no JSON object; expected one a line", rows + 1);
        };
        rows += 1;
        for (name, value) in row {
            let at = columns
                .iter()
                .position(|(known, _)| *known == name)
                .unwrap_or_else(|| {
                    columns.push((name, Vec::new()));
                    columns.len() - 1
                });
            match value {
                serde_json::Value::Null => {}
                serde_json::Value::String(text) if text.trim().is_empty() => {}
                serde_json::Value::String(text) => columns[at].1.push(text.trim().to_owned()),
                serde_json::Value::Array(_) => drop(not_read.insert(at, "a list")),
                serde_json::Value::Object(_) => drop(not_read.insert(at, "a structure")),
                other => columns[at].1.push(other.to_string()),
            }
        }
    }
    for at in not_read.keys().rev() {
        columns.remove(*at);
    }
    Ok(Sample {
        format: Format::Jsonl,
        encoding,
        delimiter: ',',
        skip_lines: 0,
        sheet: None,
        columns,
        rows,
        not_read: not_read
            .iter()
            .map(|(at, kind)| nested(at + 1, kind))
            .collect(),
    })
}

fn csv(text: &str, encoding: &'static str) -> Result<Sample> {
    let lines: Vec<&str> = text.lines().collect();
    let delimiter = delimiter(&lines);
    let of_line = |line: &&str| match line.trim() {
        "" => Vec::new(),
        _ => cells(line, delimiter),
    };
    table(lines.iter().map(of_line).collect(), encoding, delimiter)
}

/// A header and the rows below it that are as wide; lines above it are told.
fn table(rows: Vec<Vec<String>>, encoding: &'static str, delimiter: char) -> Result<Sample> {
    let is_filled = |row: &&Vec<String>| row.iter().any(|cell| !cell.is_empty());
    let width = most_common(rows.iter().filter(is_filled).take(LOOKED_AT).map(Vec::len));
    // A title above it leaves most cells empty.
    let filled = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count();
    let header = rows
        .iter()
        .position(|row| row.len() == width && filled(row) * 2 > width);
    let header = header.context("the file is empty; expected a header and some rows")?;
    let mut rows = rows.into_iter().skip(header);
    let names = rows.next().unwrap_or_default();
    if names.len() > 1 && names.iter().all(|name| name.parse::<f64>().is_ok()) {
        bail!("line {} holds numbers alone; expected a header", header + 1);
    }
    let mut columns: Vec<(String, Vec<String>)> =
        names.into_iter().map(|name| (name, Vec::new())).collect();
    let mut count = 0;
    let width = columns.len();
    for row in rows.filter(|row| row.len() == width).take(ROWS) {
        count += 1;
        for (cell, (_, held)) in row.into_iter().zip(&mut columns) {
            if !cell.is_empty() {
                held.push(cell);
            }
        }
    }
    Ok(Sample {
        format: Format::Csv,
        encoding,
        delimiter,
        skip_lines: header,
        sheet: None,
        columns,
        rows: count,
        not_read: Vec::new(),
    })
}

/// The width of most rows, the greater of two that are as common.
fn most_common(widths: impl Iterator<Item = usize>) -> usize {
    let mut counted: BTreeMap<usize, usize> = BTreeMap::new();
    for width in widths {
        *counted.entry(width).or_default() += 1;
    }
    let most = counted
        .into_iter()
        .max_by_key(|(width, count)| (*count, *width));
    most.map_or(0, |(width, _)| width)
}

/// The one that gives most cells, and as many on each line.
fn delimiter(lines: &[&str]) -> char {
    let filled = || {
        lines
            .iter()
            .filter(|line| !line.trim().is_empty())
            .take(LOOKED_AT)
    };
    let score = |letter: &char| {
        let width = most_common(filled().map(|line| cells(line, *letter).len()));
        let alike = filled().filter(|line| cells(line, *letter).len() == width);
        (width > 1, alike.count(), width)
    };
    [',', ';', '\t', '|']
        .into_iter()
        .max_by_key(score)
        .unwrap_or(',')
}

/// The cells of a line, trimmed and without their quotes.
fn cells(line: &str, delimiter: char) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut is_quoted = false;
    for letter in line.trim_end_matches('\r').chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            letter if letter == delimiter && !is_quoted => found.push(String::new()),
            letter => found.last_mut().expect("it begins with one").push(letter),
        }
    }
    found
        .iter()
        .map(|cell| cell.trim().trim_start_matches('\u{feff}').to_owned())
        .collect()
}
