//! Turns a file's bytes into rows of text that carry their line number. What
//! cannot be read at all refuses the file; a line of the wrong shape is set
//! aside as a fault and the rest goes on.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::arrive::Arrival;
use super::bytes::HashedFile;
use super::contract::{Contract, Encoding, Format};
use super::header::{self, Header};
use super::lines::{Cells, Dialect, Flaw, LONGEST_LINE, Lines, plain_cells};
use super::scratch::Rows;
use super::text::{self, Utf8Reader};
use super::zstd::ZstdReader;
use super::{Fault, Refused, jsonl};

/// Rows of text, ready for the database to read.
#[derive(Debug)]
pub struct Decoded {
    pub relation: Relation,
    pub header: Header,
    pub counts: Counts,
    /// Lines that are not rows.
    pub faults: Vec<Fault>,
}

/// What a file holds, counted as it is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Data rows, readable or not; unknown for Parquet until it is read.
    pub rows: Option<u64>,
    /// Lines of the file, the header and blank ones included.
    pub lines: u64,
    pub blank_lines: u64,
    /// The last line lacks its end.
    pub is_unclosed: bool,
}

/// Where the database finds the rows.
#[derive(Debug)]
pub enum Relation {
    /// Comma or other; each row is led by its line number. The longest row in
    /// bytes is what the database needs to be told.
    Csv {
        path: PathBuf,
        delimiter: u8,
        longest: usize,
        /// Some row stands on more than one line.
        has_breaks: bool,
    },
    /// The database's types of the file's columns decide how each is read.
    Parquet { path: PathBuf, types: Vec<String> },
}

/// Reads a file as its contract says, and hashes it on the way: the hash is
/// there even when the content is refused. `parquet_columns` asks the database
/// for the names and types of a Parquet file's columns.
pub fn decode(
    arrival: &Arrival<'_>,
    file: File,
    scratch: &Path,
    parquet_columns: impl FnOnce(&Path) -> anyhow::Result<Vec<(String, String)>>,
) -> (anyhow::Result<String>, Result<Decoded, Refused>) {
    let mut hashed = HashedFile::read(file);
    let decoded = match format_of(arrival) {
        Format::Parquet => parquet(arrival, parquet_columns),
        Format::Jsonl => open(arrival, hashed.blocks())
            .and_then(|text| jsonl::decode(arrival.contract, text, scratch)),
        Format::Csv | Format::Auto => {
            open(arrival, hashed.blocks()).and_then(|text| csv(arrival.contract, text, scratch))
        }
    };
    (hashed.finish(), decoded)
}

fn format_of(arrival: &Arrival<'_>) -> Format {
    let name = arrival.file_name.to_lowercase();
    let stem = name
        .strip_suffix(".gz")
        .or_else(|| name.strip_suffix(".zst"))
        .unwrap_or(&name);
    match (arrival.contract.format, stem.rsplit('.').next()) {
        (Format::Auto, Some("parquet")) => Format::Parquet,
        (Format::Auto, Some("jsonl")) => Format::Jsonl,
        (Format::Auto, _) => Format::Csv,
        (stated, _) => stated,
    }
}

fn open<'b>(
    arrival: &Arrival<'_>,
    blocks: &'b mut (dyn Read + 'b),
) -> Result<Utf8Reader<Box<dyn Read + 'b>>, Refused> {
    let encoding = match arrival.contract.encoding {
        Encoding::Known(encoding) => encoding,
        Encoding::Detect => {
            let file = File::open(&arrival.path).context("cannot read the file")?;
            let mut content = uncompressed(&arrival.file_name, Box::new(file));
            text::detect(&mut content).map_err(|error| unreadable_io(&error))?
        }
    };
    let content = uncompressed(&arrival.file_name, Box::new(blocks));
    Ok(Utf8Reader::new(content, encoding))
}

fn uncompressed<'b>(name: &str, raw: Box<dyn Read + 'b>) -> Box<dyn Read + 'b> {
    let name = name.to_lowercase();
    match name.rsplit('.').next() {
        Some("gz") => Box::new(flate2::read::MultiGzDecoder::new(raw)),
        Some("zst") => Box::new(ZstdReader::new(raw)),
        _ => raw,
    }
}

fn parquet(
    arrival: &Arrival<'_>,
    columns: impl FnOnce(&Path) -> anyhow::Result<Vec<(String, String)>>,
) -> Result<Decoded, Refused> {
    let columns = columns(&arrival.path).map_err(unreadable_parquet)?;
    let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
    let header = header::map(arrival.contract, &names)?;
    header::check_types(arrival.contract, &header, &columns)?;
    Ok(Decoded {
        header,
        relation: Relation::Parquet {
            path: arrival.path.clone(),
            types: columns.into_iter().map(|(_, held)| held).collect(),
        },
        counts: Counts::default(),
        faults: Vec::new(),
    })
}

pub(super) fn csv(
    contract: &Contract,
    text: impl Read,
    scratch: &Path,
) -> Result<Decoded, Refused> {
    let mut table = Table {
        contract,
        dialect: Dialect {
            delimiter: contract.delimiter,
            quote: contract.quote,
        },
        lines: Lines::new(text),
        cells: Cells::default(),
    };
    let header = table.header()?;
    let mut rows = Rows::create(contract, scratch, contract.delimiter)?;
    table.read(header.names.len(), &mut rows)?;
    let counts = Counts {
        rows: None,
        lines: table.lines.number,
        blank_lines: table.lines.blank,
        is_unclosed: !table.lines.is_closed,
    };
    rows.finish(header, counts)
}

/// A cell that runs over more lines than this is a quote that was never closed.
const MOST_LINES_IN_A_ROW: usize = 1_000;

/// A delimited file on its way through.
struct Table<'c, R> {
    contract: &'c Contract,
    dialect: Dialect,
    lines: Lines<R>,
    cells: Cells,
}

impl<R: Read> Table<'_, R> {
    fn header(&mut self) -> Result<Header, Refused> {
        let Some(line) = self.lines.next_filled()? else {
            return Err(Refused::whole(
                "the file is empty; a night without rows still has a header line",
            ));
        };
        if memchr::memchr(b'\r', line.text).is_some() {
            return Err(Refused::at(
                line.number,
                "a carriage return inside the header; lines must end with LF or CR LF",
            ));
        }
        let number = line.number;
        self.cells
            .split(line.text, self.dialect)
            .map_err(|flaw| misplaced(flaw, number, self.contract))?;
        let names: Vec<String> = self.cells.iter().map(text_of).collect();
        header::map(self.contract, &names)
    }

    fn read(&mut self, width: usize, rows: &mut Rows) -> Result<(), Refused> {
        while let Some(line) = self.lines.next_filled()? {
            if plain_cells(line.text, self.dialect) == Some(width) {
                rows.pass(line.number, line.text);
                continue;
            }
            let number = line.number;
            match self.cells.split(line.text, self.dialect) {
                Ok(()) => {}
                Err(Flaw::Open) if self.contract.may_break_lines => {
                    let start = line.text.to_vec();
                    self.gather(number, start)?;
                }
                Err(flaw) => return Err(misplaced(flaw, number, self.contract)),
            }
            if self.cells.count() == width {
                rows.write(number, self.cells.iter());
            } else {
                rows.set_aside(number, &self.cells, width, self.dialect.delimiter);
            }
        }
        Ok(())
    }

    /// Takes further lines to a row whose last cell is still open.
    fn gather(&mut self, number: u64, mut row: Vec<u8>) -> Result<(), Refused> {
        for _ in 0..MOST_LINES_IN_A_ROW {
            let Some(line) = self.lines.next_any()? else {
                break;
            };
            row.push(b'\n');
            row.extend_from_slice(line.text);
            let has_quote = self
                .dialect
                .quote
                .is_some_and(|quote| memchr::memchr(quote, line.text).is_some());
            if row.len() > LONGEST_LINE {
                break;
            }
            if has_quote {
                match self.cells.split(&row, self.dialect) {
                    Ok(()) => return Ok(()),
                    Err(Flaw::Open) => {}
                    Err(flaw) => return Err(misplaced(flaw, number, self.contract)),
                }
            }
        }
        Err(misplaced(Flaw::Open, number, self.contract))
    }
}

fn misplaced(flaw: Flaw, line: u64, contract: &Contract) -> Refused {
    let reason = match flaw {
        Flaw::Open if contract.may_break_lines => {
            "a quote opened in the row that begins here is not closed".to_owned()
        }
        Flaw::Open => "a quote opened on this line is not closed on it; say `line_breaks = true` \
                       in the contract if cells may hold line breaks"
            .to_owned(),
        Flaw::AfterQuote => "text goes on after the quote that closes a cell; a quote inside a \
                             cell is written twice"
            .to_owned(),
    };
    Refused::at(line, reason)
}

fn text_of(cell: &[u8]) -> String {
    String::from_utf8_lossy(cell).into_owned()
}

/// An error while the bytes came in: the file's fault when they are not what
/// they claim to be, the machine's otherwise.
pub(super) fn unreadable_io(error: &io::Error) -> Refused {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            Refused::whole("the compressed stream ends early: the file was cut off")
        }
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            Refused::whole(error.to_string())
        }
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
