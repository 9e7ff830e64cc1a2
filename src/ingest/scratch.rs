//! The decoded rows on disk: written by a thread of its own while the next
//! ones are decoded, and thinned to the few that are wanted again.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use anyhow::{Context, Result, anyhow};

const BLOCK_BYTES: usize = 1 << 20;
const BLOCKS_AHEAD: usize = 8;

/// A file that is written behind the writer's back.
pub(super) struct Background {
    block: Vec<u8>,
    sender: SyncSender<Vec<u8>>,
    writer: JoinHandle<std::io::Result<()>>,
}

impl Background {
    pub(super) fn create(path: &Path) -> Result<Self> {
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

    pub(super) fn put(&mut self, bytes: &[u8]) {
        if self.block.len() + bytes.len() > BLOCK_BYTES && !self.block.is_empty() {
            let full = std::mem::replace(&mut self.block, Vec::with_capacity(BLOCK_BYTES));
            // A writer that failed has gone; `finish` tells why.
            let _ = self.sender.send(full);
        }
        self.block.extend_from_slice(bytes);
    }

    /// Waits for the last block; an error of any of them is told here.
    pub(super) fn finish(self) -> Result<()> {
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
pub(super) fn thinned(path: &Path, delimiter: u8, wanted: &[u64]) -> Result<PathBuf> {
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
