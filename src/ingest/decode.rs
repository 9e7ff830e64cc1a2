//! Turns a file's bytes into rows of text that carry their line number. What
//! cannot be read at all refuses the file; a line of the wrong shape is set
//! aside as a fault and the rest goes on.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use super::arrive::Arrival;
use super::aside::Aside;
use super::contract::{Contract, Encoding, Format};
use super::failed::caught;
use super::gzip::GzipReader;
use super::hashing_reader::{HashedFile, Landed};
use super::header::{self, Header};
use super::kinds::{self, Packing};
use super::limits::Told;
use super::refusal::STREAM;
use super::table;
use super::text::{self, Utf8Reader};
use super::zstd::ZstdReader;
use super::{Fault, Refused, archive, detect, jsonl, parquet, spool, workbook};
use crate::store::failure;

/// Rows of text, ready for the database to read.
#[derive(Debug)]
pub struct Decoded {
    pub relation: Relation,
    pub header: Header,
    pub counts: Counts,
    /// Lines that are not rows.
    pub faulty: u64,
    /// What is wrong with them, as far as it is listed.
    pub faults: Vec<Fault>,
    /// The encoding that was found out from the content.
    pub detected: Option<&'static str>,
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
    pub aside: Aside,
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
        /// Dates of a sheet stand in it as dates, written here as ISO dates.
        has_dates: bool,
    },
    /// The database's names and types of the file's columns; these decide how
    /// each is read.
    Parquet {
        path: PathBuf,
        columns: Vec<(String, String)>,
    },
}

/// Reads a file as its contract says, and hashes and copies it on the way: both
/// are there even when the content is refused. `parquet_columns` asks the
/// database for the names and types of a Parquet file's columns.
pub fn decode(
    arrival: &Arrival<'_>,
    landed: &Landed,
    scratch: &Path,
    parquet_columns: impl FnOnce(&Path) -> anyhow::Result<Vec<(String, String)>>,
) -> anyhow::Result<(String, Result<Decoded, Refused>)> {
    let contract = arrival.contract;
    let copy = spool::create_copy(contract, scratch)?;
    let mut hashed = HashedFile::read(landed.clone(), copy);
    let name = arrival.file_name.to_lowercase();
    let (packing, stem) = Packing::of_name(&name);
    let format = format_of(contract.format, stem);
    let is_stream = !matches!(format, Format::Parquet | Format::Xlsx);
    if packing != Packing::Zip && (is_stream || packing != Packing::None) {
        let decoded = caught(|| {
            let again = || unpacked(packing, Box::new(landed.clone()));
            let (head, raw) = peeked(Box::new(hashed.blocks()))?;
            packing.check(&head)?;
            text(arrival, format, again, unpacked(packing, raw), scratch)
        });
        return Ok((hashed.finish()?, decoded));
    }
    // These are read from where they say that their parts lie.
    let sha256 = hashed.finish()?;
    let copy = spool::copy(contract, scratch);
    let decoded = caught(|| {
        let mut file = File::open(&copy).map_err(anyhow::Error::from)?;
        if format == Format::Parquet && packing == Packing::None {
            return columns(contract, &copy, &mut file, parquet_columns);
        }
        let copied = Landed::new(file, arrival.bytes);
        if packing == Packing::Zip {
            member(arrival, &copied, scratch)
        } else {
            workbook::decode(arrival, &copied, scratch)
        }
    });
    Ok((sha256, decoded))
}

/// Reads the file in a zip archive that the contract means.
fn member(arrival: &Arrival<'_>, copied: &Landed, scratch: &Path) -> Result<Decoded, Refused> {
    let (head, _) = peeked(Box::new(copied.clone()))?;
    Packing::Zip.check(&head)?;
    let mut archive = archive::open(copied.clone())?;
    let (at, name) = archive::chosen(&archive, arrival.contract)?;
    let mut second = archive.clone();
    let again = archive::content(&mut second, at)?;
    let content = archive::content(&mut archive, at)?;
    let format = format_of(arrival.contract.format, &name);
    text(arrival, format, || again, content, scratch)
}

fn format_of(stated: Format, stem: &str) -> Format {
    match (stated, stem.rsplit('.').next()) {
        (Format::Auto, Some("parquet")) => Format::Parquet,
        (Format::Auto, Some("jsonl")) => Format::Jsonl,
        (Format::Auto, Some("xlsx")) => Format::Xlsx,
        (Format::Auto, _) => Format::Csv,
        (stated, _) => stated,
    }
}

/// Reads text that has been unpacked; `again` gives it once more, to find out
/// its encoding beforehand.
fn text<'b>(
    arrival: &Arrival<'_>,
    format: Format,
    again: impl FnOnce() -> Box<dyn Read + 'b>,
    content: Box<dyn Read + '_>,
    scratch: &Path,
) -> Result<Decoded, Refused> {
    let contract = arrival.contract;
    let limits = &contract.limits;
    let (head, content) = peeked(Box::new(limits.hold(content, arrival.bytes)))?;
    kinds::refuse_container(&head, "expected text, packed once at most and named for it")?;
    let (charset, is_detected) = match contract.encoding {
        Encoding::Known(charset) => (charset, false),
        Encoding::Detect => {
            let mut content = limits.hold(again(), arrival.bytes);
            let found = detect::detect(&mut content).map_err(unreadable_io)?;
            (found, true)
        }
    };
    text::check_mark(&head, charset)?;
    let content = Utf8Reader::new(content, charset);
    let decoded = match format {
        Format::Jsonl => jsonl::decode(contract, content, scratch),
        Format::Parquet | Format::Xlsx => Err(Refused::whole(
            "Parquet files and workbooks are read as they are, not from within a zip archive",
        )),
        _ => table::decode(contract, content, scratch).map_err(|refused| {
            match kinds::document(&head) {
                Some(found) if !matches!(refused, Refused::Broken(_)) => {
                    Refused::whole(format!("it is {found}, not the rows of its contract"))
                }
                _ => refused,
            }
        }),
    };
    decoded.map(|decoded| Decoded {
        detected: is_detected.then(|| charset.name()),
        ..decoded
    })
}

/// Some content unpacked, as the ending of its name says; of a zip archive as it is.
pub(super) fn uncompressed<'b>(name: &str, raw: Box<dyn Read + 'b>) -> Box<dyn Read + 'b> {
    unpacked(Packing::of_name(&name.to_lowercase()).0, raw)
}

fn unpacked<'b>(packing: Packing, raw: Box<dyn Read + 'b>) -> Box<dyn Read + 'b> {
    match packing {
        Packing::Gzip => Box::new(GzipReader::new(raw)),
        Packing::Zstd => Box::new(ZstdReader::new(raw)),
        Packing::None | Packing::Zip => raw,
    }
}

/// The first bytes of some content, and all of it.
fn peeked<'b>(mut content: Box<dyn Read + 'b>) -> Result<(Vec<u8>, Box<dyn Read + 'b>), Refused> {
    let mut head = Vec::new();
    let start = content.by_ref().take(kinds::HEAD_BYTES as u64);
    { start }.read_to_end(&mut head).map_err(unreadable_io)?;
    Ok((head.clone(), Box::new(Cursor::new(head).chain(content))))
}

fn columns(
    contract: &Contract,
    copy: &Path,
    file: &mut File,
    ask: impl FnOnce(&Path) -> anyhow::Result<Vec<(String, String)>>,
) -> Result<Decoded, Refused> {
    if contract.layout.wide.is_some() {
        return Err(Refused::whole("a wide table is read from text or a sheet"));
    }
    let names = parquet::names(file, &contract.limits)?;
    let columns = ask(copy).map_err(unreadable_parquet)?;
    if names.len() != columns.len() {
        return Err(Refused::whole(
            "not a readable Parquet file: its footer names other columns than it has",
        ));
    }
    let header = header::map(contract, &names, 1)?;
    header::check_types(contract, &header, &columns)?;
    Ok(Decoded {
        header,
        relation: Relation::Parquet {
            path: copy.to_owned(),
            columns,
        },
        counts: Counts::default(),
        faulty: 0,
        faults: Vec::new(),
        detected: None,
    })
}

/// An error while the bytes came in: the file's fault when they are not what
/// they claim to be, the machine's otherwise.
pub(super) fn unreadable_io(error: io::Error) -> Refused {
    if let Some(told) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Told>())
    {
        return Refused::coded(told.code, told.words.clone());
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Refused::coded(
            STREAM,
            "the compressed stream ends early: the file was cut off",
        ),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            Refused::coded(STREAM, "the compressed stream is damaged")
        }
        _ => Refused::Broken(error.into()),
    }
}

/// Codes of the database's errors that are no fault of the file.
const OURS: [&str; 4] = ["interrupt", "memory", "disk-full", "fatal"];

/// A database error while a Parquet file was read: the file's own fault, unless
/// it tells of a stop, of memory or of the disk.
pub fn unreadable_parquet(error: anyhow::Error) -> Refused {
    match failure::code(&error) {
        Some(code) if !OURS.contains(&code) => {
            Refused::whole(format!("not a readable Parquet file ({code})"))
        }
        _ => Refused::from_chain(error),
    }
}
