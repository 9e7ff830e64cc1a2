//! Turns a file's bytes into rows of text that carry their line number. What
//! cannot be read at all refuses the file; a line of the wrong shape is set
//! aside as a fault and the rest goes on.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;
use csv::{ByteRecord, Writer};

use super::arrive::Arrival;
use super::contract::{Contract, Format};
use super::header::{self, Header};
use super::quotes::QuoteGuard;
use super::text::Utf8Reader;
use super::{Fault, Refused};

/// Rows of text, ready for the database to read.
#[derive(Debug)]
pub struct Decoded {
    pub relation: Relation,
    pub header: Header,
    /// Data rows in the file, readable or not; unknown for Parquet.
    pub rows_read: Option<u64>,
    /// Lines that are not rows.
    pub faults: Vec<Fault>,
}

/// Where the database finds the rows: each has `line` and every column of the
/// contract as text.
#[derive(Debug)]
pub enum Relation {
    Csv(PathBuf),
    Parquet(PathBuf),
}

/// Where a source's decoded rows lie until the database has read them.
pub fn scratch_file(contract: &Contract, scratch: &Path) -> PathBuf {
    scratch.join(format!("{}.csv", contract.name))
}

/// Reads a file as its contract says. `parquet_columns` asks the database for
/// the column names of a Parquet file.
pub fn decode(
    arrival: &Arrival<'_>,
    scratch: &Path,
    parquet_columns: impl FnOnce(&Path) -> anyhow::Result<Vec<String>>,
) -> Result<Decoded, Refused> {
    let contract = arrival.contract;
    match format_of(arrival) {
        Format::Parquet => {
            let names = parquet_columns(&arrival.path).map_err(unreadable_parquet)?;
            Ok(Decoded {
                header: header::map(contract, &names)?,
                relation: Relation::Parquet(arrival.path.clone()),
                rows_read: None,
                faults: Vec::new(),
            })
        }
        Format::Jsonl => jsonl(arrival, scratch),
        Format::Csv | Format::Auto => csv(arrival, scratch),
    }
}

fn format_of(arrival: &Arrival<'_>) -> Format {
    let name = arrival.file_name.to_lowercase();
    let stem = name.strip_suffix(".gz").unwrap_or(&name);
    match (arrival.contract.format, stem.rsplit('.').next()) {
        (Format::Auto, Some("parquet")) => Format::Parquet,
        (Format::Auto, Some("jsonl")) => Format::Jsonl,
        (Format::Auto, _) => Format::Csv,
        (stated, _) => stated,
    }
}

fn open(arrival: &Arrival<'_>) -> anyhow::Result<Utf8Reader<Box<dyn Read>>> {
    let file = File::open(&arrival.path)
        .with_context(|| format!("cannot read {}", arrival.path.display()))?;
    let raw: Box<dyn Read> = if arrival.file_name.to_lowercase().ends_with(".gz") {
        Box::new(flate2::read::MultiGzDecoder::new(BufReader::new(file)))
    } else {
        Box::new(file)
    };
    Ok(Utf8Reader::new(raw, arrival.contract.encoding))
}

fn csv(arrival: &Arrival<'_>, scratch: &Path) -> Result<Decoded, Refused> {
    let contract = arrival.contract;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(contract.delimiter)
        .buffer_capacity(1 << 20)
        .from_reader(QuoteGuard::new(
            open(arrival)?,
            contract.delimiter,
            contract.may_break_lines,
        ));
    let mut record = ByteRecord::new();
    if !reader
        .read_byte_record(&mut record)
        .map_err(|e| unreadable(&e))?
    {
        return Err(Refused::whole(
            "the file is empty; a night without rows still has a header line",
        ));
    }
    let names: Vec<String> = record
        .iter()
        .map(|f| String::from_utf8_lossy(f).into_owned())
        .collect();
    let header = header::map(contract, &names)?;
    let mut rows = Rows::create(contract, scratch, &header)?;
    while reader
        .read_byte_record(&mut record)
        .map_err(|e| unreadable(&e))?
    {
        let line = record.position().map_or(0, csv::Position::line);
        let is_ragged = record.len() != names.len();
        if is_ragged {
            rows.set_aside(line, &record, names.len(), contract.delimiter);
        } else {
            rows.write(line, |index| record.get(index).unwrap_or_default())?;
        }
    }
    rows.finish(header)
}

fn jsonl(arrival: &Arrival<'_>, scratch: &Path) -> Result<Decoded, Refused> {
    let contract = arrival.contract;
    let names: Vec<String> = contract.columns.iter().map(|c| c.name.clone()).collect();
    let header = header::map(contract, &names)?;
    let mut rows = Rows::create(contract, scratch, &header)?;
    let mut lines = BufReader::new(open(arrival)?);
    let mut text = String::new();
    let mut line = 0;
    loop {
        text.clear();
        if lines.read_line(&mut text).map_err(|e| unreadable_io(&e))? == 0 {
            break;
        }
        line += 1;
        if text.trim().is_empty() {
            continue;
        }
        match json_cells(&text, contract) {
            Ok(cells) => rows.write(line, |index| cells[index].as_bytes())?,
            Err(reason) => rows.fault(line, None, Some(text.trim().to_owned()), reason),
        }
    }
    if line == 0 {
        return Err(Refused::whole("the file is empty"));
    }
    rows.finish(header)
}

fn json_cells(text: &str, contract: &Contract) -> Result<Vec<String>, String> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).map_err(|error| format!("not a JSON object: {error}"))?;
    let cell = |column: &super::contract::Column| {
        let value = object
            .iter()
            .find(|(name, _)| header::matches(column, name))
            .map(|(_, v)| v);
        match value {
            None | Some(serde_json::Value::Null) => Ok(String::new()),
            Some(serde_json::Value::String(text)) => Ok(text.clone()),
            Some(value @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_))) => {
                Ok(value.to_string())
            }
            Some(_) => Err(format!(
                "{} holds a list or an object; expected one value",
                column.name
            )),
        }
    };
    contract.columns.iter().map(cell).collect()
}

/// The rows on their way to the database.
struct Rows {
    path: PathBuf,
    writer: Writer<BufWriter<File>>,
    order: Vec<Option<usize>>,
    read: u64,
    faults: Vec<Fault>,
}

impl Rows {
    fn create(contract: &Contract, scratch: &Path, header: &Header) -> Result<Self, Refused> {
        let path = scratch_file(contract, scratch);
        let file =
            File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self {
            path,
            writer: csv::WriterBuilder::new().from_writer(BufWriter::with_capacity(1 << 20, file)),
            order: header.order(),
            read: 0,
            faults: Vec::new(),
        })
    }

    fn write<'r>(&mut self, line: u64, cell: impl Fn(usize) -> &'r [u8]) -> Result<(), Refused> {
        self.read += 1;
        let mut number = [0; 20];
        self.writer
            .write_field(decimal(line, &mut number))
            .map_err(anyhow::Error::from)?;
        for index in &self.order {
            let field = index.map_or(&b""[..], &cell);
            self.writer
                .write_field(field)
                .map_err(anyhow::Error::from)?;
        }
        self.writer
            .write_record(None::<&[u8]>)
            .map_err(anyhow::Error::from)?;
        Ok(())
    }

    fn set_aside(&mut self, line: u64, record: &ByteRecord, expected: usize, delimiter: u8) {
        let shown: Vec<String> = record
            .iter()
            .map(|f| String::from_utf8_lossy(f).into_owned())
            .collect();
        let reason = format!("{} fields where the header has {expected}", record.len());
        self.fault(
            line,
            None,
            Some(shown.join(&char::from(delimiter).to_string())),
            reason,
        );
    }

    fn fault(&mut self, line: u64, column: Option<String>, value: Option<String>, reason: String) {
        self.read += 1;
        self.faults.push(Fault {
            line,
            column,
            value,
            reason,
        });
    }

    fn finish(mut self, header: Header) -> Result<Decoded, Refused> {
        self.writer
            .flush()
            .context("cannot write the decoded rows")?;
        Ok(Decoded {
            relation: Relation::Csv(self.path),
            header,
            rows_read: Some(self.read),
            faults: self.faults,
        })
    }
}

/// A number's digits without an allocation per row.
fn decimal(mut number: u64, buffer: &mut [u8; 20]) -> &[u8] {
    let mut start = buffer.len();
    loop {
        start -= 1;
        buffer[start] = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
        if number == 0 {
            return &buffer[start..];
        }
    }
}

fn unreadable(error: &csv::Error) -> Refused {
    match error.kind() {
        csv::ErrorKind::Io(io) => unreadable_io(io),
        _ => Refused::whole(error.to_string()),
    }
}

fn unreadable_io(error: &io::Error) -> Refused {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            Refused::whole("the compressed stream ends early: the file was cut off")
        }
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            Refused::whole(error.to_string())
        }
        // The disk's fault, not the file's: it is tried again.
        _ => Refused::Broken(anyhow::anyhow!("{error}")),
    }
}

/// A database error while a Parquet file was read: the file's own fault, unless
/// it tells of a stop, of memory or of the disk.
pub fn unreadable_parquet(error: anyhow::Error) -> Refused {
    let text = format!("{error:#}");
    let is_ours = [
        "INTERRUPT",
        "Out of Memory",
        "No space",
        "FATAL",
        "Could not write",
    ]
    .iter()
    .any(|word| text.contains(word));
    if is_ours {
        Refused::Broken(error)
    } else {
        Refused::whole(format!("not a readable Parquet file: {text}"))
    }
}
