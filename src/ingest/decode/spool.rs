//! The decoded rows on disk: written by a thread of its own while the next
//! ones are decoded, and thinned to the few that are wanted again.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use anyhow::{Context, Result, anyhow};

use super::csv_lines::Cells;
use super::decoded::{Counts, Decoded, Relation};
use super::header::Header;
use crate::ingest::contract::Contract;
use crate::ingest::refusal::{Fault, Refused};

const BLOCK_BYTES: usize = 1 << 20;
const BLOCKS_AHEAD: usize = 8;

/// Where a source's decoded rows lie until the database has read them.
pub(crate) fn file(contract: &Contract, scratch: &Path) -> PathBuf {
    scratch.join(format!("{}.csv", contract.name))
}

/// Takes the decoded rows away. Their room is given back by a thread of its own,
/// which for gigabytes takes a while.
pub(crate) fn clear(contract: &Contract, scratch: &Path) {
    let path = file(contract, scratch);
    let rows = File::open(&path);
    // What cannot be removed is overwritten by the source's next file.
    let _ = std::fs::remove_file(path);
    std::thread::spawn(move || drop(rows));
}

/// Where the copy lies that is judged, and archived afterwards.
pub(crate) fn copy(contract: &Contract, scratch: &Path) -> PathBuf {
    scratch.join(format!("{}.landed", contract.name))
}

/// Makes the copy anew, in place of an earlier file's.
pub(crate) fn create_copy(contract: &Contract, scratch: &Path) -> Result<File> {
    let path = copy(contract, scratch);
    File::create(&path).with_context(|| format!("cannot write {}", path.display()))
}

/// The rows on their way to the database: its own quoting, led by their line.
pub(crate) struct Rows<'c> {
    contract: &'c Contract,
    path: PathBuf,
    out: Background,
    delimiter: u8,
    /// A cell that holds a line break makes its row stand on several lines.
    has_breaks: bool,
    read: u64,
    longest: usize,
    /// Lines that are no rows, and as many of their faults as are listed.
    faulty: u64,
    faults: Vec<Fault>,
}

impl<'c> Rows<'c> {
    pub(crate) fn create(
        contract: &'c Contract,
        scratch: &Path,
        delimiter: u8,
    ) -> Result<Self, Refused> {
        let path = file(contract, scratch);
        Ok(Self {
            contract,
            out: Background::create(&path)?,
            path,
            delimiter,
            has_breaks: false,
            read: 0,
            longest: 0,
            faulty: 0,
            faults: Vec::new(),
        })
    }

    /// Writes a line that can stand as it is.
    pub(crate) fn pass(&mut self, line: u64, text: &[u8]) -> Result<(), Refused> {
        self.begin(line)?;
        self.longest = self.longest.max(text.len());
        self.out.put(&[self.delimiter]);
        self.out.put(text);
        self.out.put(b"\n");
        Ok(())
    }

    /// Writes a row cell by cell.
    pub(crate) fn write<'t>(
        &mut self,
        line: u64,
        cells: impl Iterator<Item = &'t [u8]>,
    ) -> Result<(), Refused> {
        self.begin(line)?;
        let mut length = 0;
        for cell in cells {
            self.out.put(&[self.delimiter]);
            length += 2 * cell.len() + 3;
            self.has_breaks |= memchr::memchr(b'\n', cell).is_some();
            let is_plain = memchr::memchr3(b'"', b'\n', b'\r', cell).is_none()
                && memchr::memchr(self.delimiter, cell).is_none();
            if is_plain {
                self.out.put(cell);
            } else {
                self.write_quoted(cell);
            }
        }
        self.longest = self.longest.max(length);
        self.out.put(b"\n");
        Ok(())
    }

    fn write_quoted(&mut self, cell: &[u8]) {
        self.out.put(b"\"");
        for part in cell.split_inclusive(|byte| *byte == b'"') {
            self.out.put(part);
            if part.ends_with(b"\"") {
                self.out.put(b"\"");
            }
        }
        self.out.put(b"\"");
    }

    fn begin(&mut self, line: u64) -> Result<(), Refused> {
        self.count()?;
        let mut number = [0; 20];
        self.out.put(decimal(line, &mut number));
        Ok(())
    }

    fn count(&mut self) -> Result<(), Refused> {
        self.read += 1;
        if self.read > self.contract.limits.rows {
            return Err(self.contract.limits.too_many_rows());
        }
        Ok(())
    }

    pub(crate) fn set_aside(
        &mut self,
        line: u64,
        cells: &Cells,
        expected: usize,
    ) -> Result<(), Refused> {
        let reason = format!("{} cells where the header has {expected}", cells.count());
        let delimiter = char::from(self.delimiter).to_string();
        self.fault(line, ("width", reason), || {
            let shown: Vec<_> = cells.iter().map(String::from_utf8_lossy).collect();
            shown.join(&delimiter)
        })
    }

    /// Counts a line that is no row; so many as are listed are kept. Ends where
    /// more are wrong than the contract lets pass of the longest file.
    pub(crate) fn fault(
        &mut self,
        line: u64,
        wrong: (&'static str, String),
        value: impl FnOnce() -> String,
    ) -> Result<(), Refused> {
        self.count()?;
        self.faulty += 1;
        let Contract {
            limits, rejects, ..
        } = self.contract;
        if self.faults.len() < limits.faults {
            self.faults
                .push(Fault::reject(line, None, Some(&value()), wrong));
        }
        if !rejects.is_passed(self.faulty, limits.rows) {
            return Ok(());
        }
        Err(Refused::Judged {
            code: "rejects",
            reason: format!(
                "{} of the first {} rows are wrong, more than its contract lets pass of {}",
                self.faulty, self.read, limits.rows
            ),
            rows_read: self.read,
            faults: std::mem::take(&mut self.faults),
        })
    }

    /// Rows so far, readable or not.
    pub(crate) fn read(&self) -> u64 {
        self.read
    }

    pub(crate) fn finish(
        self,
        header: Header,
        counts: Counts,
        has_dates: bool,
    ) -> Result<Decoded, Refused> {
        self.out.finish()?;
        Ok(Decoded {
            relation: Relation::Csv {
                path: self.path,
                delimiter: self.delimiter,
                longest: self.longest + 32,
                has_breaks: self.has_breaks,
                has_dates,
            },
            header,
            counts: Counts {
                rows: Some(self.read),
                ..counts
            },
            faulty: self.faulty,
            faults: self.faults,
            detected: None,
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

/// A file that is written behind the writer's back.
struct Background {
    block: Vec<u8>,
    sender: SyncSender<Vec<u8>>,
    writer: JoinHandle<std::io::Result<()>>,
}

impl Background {
    fn create(path: &Path) -> Result<Self> {
        let mut file =
            File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        let (sender, blocks) = sync_channel::<Vec<u8>>(BLOCKS_AHEAD);
        let writer =
            std::thread::spawn(move || blocks.iter().try_for_each(|block| file.write_all(&block)));
        Ok(Self {
            block: Vec::with_capacity(BLOCK_BYTES),
            sender,
            writer,
        })
    }

    fn put(&mut self, bytes: &[u8]) {
        if self.block.len() + bytes.len() > BLOCK_BYTES && !self.block.is_empty() {
            let full = std::mem::replace(&mut self.block, Vec::with_capacity(BLOCK_BYTES));
            // A writer that failed has gone; `finish` tells why.
            let _ = self.sender.send(full);
        }
        self.block.extend_from_slice(bytes);
    }

    /// Waits for the last block; an error of any of them is told here.
    fn finish(self) -> Result<()> {
        let _ = self.sender.send(self.block);
        drop(self.sender);
        let written = self.writer.join();
        written
            .map_err(|_| anyhow!("the writing thread stopped"))?
            .context("cannot write the decoded rows")
    }
}

/// Writes the rows of some lines, in ascending order, into a file beside; each
/// row must stand on a line of its own, led by its number.
pub(crate) fn thinned(path: &Path, delimiter: u8, wanted: &[u64]) -> Result<PathBuf> {
    let thin = path.with_extension("thin.csv");
    let mut rows = BufReader::with_capacity(
        BLOCK_BYTES,
        File::open(path).with_context(|| format!("cannot read {}", path.display()))?,
    );
    let mut out = BufWriter::with_capacity(
        BLOCK_BYTES,
        File::create(&thin).with_context(|| format!("cannot write {}", thin.display()))?,
    );
    let mut wanted = wanted.iter().peekable();
    let mut row = Vec::new();
    while let Some(next) = wanted.peek() {
        row.clear();
        if rows.read_until(b'\n', &mut row)? == 0 {
            break;
        }
        let number = row
            .iter()
            .take_while(|byte| **byte != delimiter)
            .fold(0, |number, byte| number * 10 + u64::from(byte - b'0'));
        if number == **next {
            out.write_all(&row)?;
            wanted.next();
        }
    }
    out.flush()?;
    Ok(thin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_behind_is_all_there_and_is_thinned_to_what_is_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.csv");
        let mut out = Background::create(&path).unwrap();
        for line in 2..200_000_u64 {
            out.put(format!("{line},row of {line}\n").as_bytes());
        }
        out.finish().unwrap();
        let thin = thinned(&path, b',', &[2, 17, 199_999]).unwrap();
        assert_eq!(
            std::fs::read_to_string(thin).unwrap(),
            "2,row of 2\n17,row of 17\n199999,row of 199999\n"
        );
        let lines = std::fs::read_to_string(&path).unwrap();
        assert_eq!(lines.lines().count(), 199_998);
    }

    #[test]
    fn a_disk_that_takes_nothing_is_told() {
        let mut out = Background::create(Path::new("/dev/full")).unwrap();
        for _ in 0..100 {
            out.put(&vec![b'x'; 100_000]);
        }
        let told = format!("{:#}", out.finish().unwrap_err());
        assert!(told.contains("cannot write"), "{told}");
    }
}
