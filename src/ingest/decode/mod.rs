//! Turns a file's bytes into rows of text that carry their line number. What
//! cannot be read at all refuses the file; a line of the wrong shape is set
//! aside as a fault and the rest goes on.

pub mod aside;
pub mod csv_lines;
pub mod decoded;
pub mod detect;
pub mod gzip;
pub mod head;
pub mod header;
pub mod jsonl;
pub mod kinds;
pub mod parquet;
pub mod spool;
pub mod table;
pub mod text;
pub mod unreadable;
pub mod workbook;
pub mod zip;
pub mod zstd;

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use crate::ingest::arrive::Arrival;
use crate::ingest::arrive::hashing_reader::{HashedFile, Landed};
use crate::ingest::contract::{Contract, Encoding, Format};
use crate::ingest::failed::caught;
use crate::ingest::refusal::Refused;
use decoded::{Counts, Decoded, Relation};
use gzip::GzipReader;
use kinds::Packing;
use text::Utf8Reader;
use unreadable::{unreadable_io, unreadable_parquet};
use zstd::ZstdReader;

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
    let mut archive = zip::open(copied.clone())?;
    let (at, name) = zip::chosen(&archive, arrival.contract)?;
    let mut second = archive.clone();
    let again = zip::content(&mut second, at)?;
    let content = zip::content(&mut archive, at)?;
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
pub(crate) fn uncompressed<'b>(name: &str, raw: Box<dyn Read + 'b>) -> Box<dyn Read + 'b> {
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
