//! A file within a zip archive, read as if it had landed by itself. The list of
//! what an archive holds is read to a limit, and its one file as a stream.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use zip::ZipArchive;
use zip::result::ZipError;

use super::unreadable::unreadable_io;
use crate::ingest::arrive::hashing_reader::Landed;
use crate::ingest::contract::Contract;
use crate::ingest::contract::limits::Told;
use crate::ingest::refusal::{LIMIT, Refused, STREAM};

/// Bytes of an archive's list of what it holds, of which a file takes about a
/// hundred.
const LONGEST_LIST: u64 = 4 << 20;

/// An archive; a clone of it reads by itself.
pub(crate) type Archive = ZipArchive<Metered>;

/// Reads what an archive holds.
pub(crate) fn open(landed: Landed) -> Result<Archive, Refused> {
    let left = Rc::new(Cell::new(LONGEST_LIST));
    let landed_again = landed.clone();
    let metered = Metered {
        inner: landed,
        left: Rc::clone(&left),
    };
    let opened = ZipArchive::new(metered);
    // What its files may unpack to is held elsewhere.
    left.set(u64::MAX);
    let archive = opened.map_err(unreadable)?;
    let told = entries_told(landed_again).map_err(unreadable_io)?;
    if told.is_some_and(|told| usize::from(told) > archive.len()) {
        return Err(Refused::coded(
            STREAM,
            "the zip archive holds several files of one name; expected one of each",
        ));
    }
    Ok(archive)
}

/// How many files an archive's last record says that it holds. The library
/// knows a file by its name, and of two that share one the last.
fn entries_told(mut landed: Landed) -> io::Result<Option<u16>> {
    const RECORD: &[u8] = b"PK\x05\x06";
    const RECORD_BYTES: usize = 22;
    const LONGEST_COMMENT: usize = u16::MAX as usize;
    let end = landed.seek(SeekFrom::End(0))?;
    let read = end.min((RECORD_BYTES + LONGEST_COMMENT) as u64);
    landed.seek(SeekFrom::Start(end - read))?;
    let mut tail = Vec::new();
    landed.take(read).read_to_end(&mut tail)?;
    let at = memchr::memmem::rfind(&tail, RECORD);
    let record = at.and_then(|at| tail.get(at..at + RECORD_BYTES));
    let count = record.map(|record| u16::from_le_bytes([record[10], record[11]]));
    // All ones: the count stands in a record of a larger kind.
    Ok(count.filter(|count| *count != u16::MAX))
}

/// The file that the contract means, and its own name in lower case.
pub(crate) fn chosen(archive: &Archive, contract: &Contract) -> Result<(usize, String), Refused> {
    let own_name = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
    let files: Vec<(usize, String)> = (0..archive.len())
        .filter_map(|at| Some((at, archive.name_for_index(at)?)))
        .filter(|(_, path)| !path.ends_with('/') && !path.starts_with("__MACOSX/"))
        .map(|(at, path)| (at, own_name(path)))
        .collect();
    let count = files.len();
    let member = contract.layout.member.as_ref();
    let mut meant = files
        .into_iter()
        .filter(|(_, name)| member.is_none_or(|member| member.is_match(name)));
    match (meant.next(), meant.next(), member) {
        (Some((at, name)), None, _) => Ok((at, name.to_lowercase())),
        (None, _, None) => Err(Refused::whole("the zip archive holds no file")),
        (None, _, Some(_)) => Err(Refused::whole(format!(
            "none of the {count} files in the zip archive is named as member of its contract says"
        ))),
        (Some(_), Some(_), None) => Err(Refused::whole(format!(
            "the zip archive holds {count} files; say which one with member in its contract"
        ))),
        (Some(_), Some(_), Some(_)) => Err(Refused::whole(
            "several files in the zip archive are named as member of its contract says; expected \
             one",
        )),
    }
}

/// The content of one file of an archive.
pub(crate) fn content(archive: &mut Archive, at: usize) -> Result<Box<dyn Read + '_>, Refused> {
    Ok(Box::new(archive.by_index(at).map_err(unreadable)?))
}

fn unreadable(error: ZipError) -> Refused {
    let told = match error {
        ZipError::Io(error) => return unreadable_io(error),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            "the zip archive is protected with a password"
        }
        ZipError::UnsupportedArchive(_) => {
            "the zip archive is packed in a way that is not read; expected deflate, in one part"
        }
        _ => "the zip archive is damaged or was cut off",
    };
    Refused::coded(STREAM, told)
}

/// Ends where more is read than may be, by any clone of it.
#[derive(Clone)]
pub(crate) struct Metered {
    inner: Landed,
    left: Rc<Cell<u64>>,
}

impl Read for Metered {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        match self.left.get().checked_sub(read as u64) {
            Some(left) => self.left.set(left),
            None => {
                let mib = LONGEST_LIST >> 20;
                let told = format!("its list of what it holds is longer than {mib} MiB");
                return Err(Told::error(LIMIT, told));
            }
        }
        Ok(read)
    }
}

impl Seek for Metered {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
