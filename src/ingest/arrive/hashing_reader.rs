//! A landed file's bytes, read once: a thread of its own reads and hashes them
//! and keeps a copy, while they are decoded here. What is judged, hashed and
//! archived is that copy, whatever becomes of the file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write as _};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::JoinHandle;

use anyhow::{Context as _, Result, anyhow};
use sha2::{Digest, Sha256};

use crate::store::failure;
use crate::store::schema::to_hex;

const BLOCK_BYTES: usize = 1 << 20;
const BLOCKS_AHEAD: usize = 8;

/// An open file, as far as it went when it was found: one that grows is not
/// read for ever. Each clone reads from the start.
#[derive(Debug)]
pub struct Landed {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Landed {
    pub fn new(file: File, bytes: u64) -> Self {
        Self {
            file: Arc::new(file),
            at: 0,
            end: bytes,
        }
    }
}

impl Clone for Landed {
    fn clone(&self) -> Self {
        Self {
            file: Arc::clone(&self.file),
            at: 0,
            end: self.end,
        }
    }
}

impl Read for Landed {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = out.len().min(left);
        let read = self.file.read_at(&mut out[..wanted], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Landed {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Reads a file on a thread of its own, which hashes and copies what it reads.
pub struct HashedFile {
    blocks: Blocks,
    hasher: JoinHandle<Result<String>>,
}

/// The blocks on their way.
pub struct Blocks {
    arriving: Receiver<io::Result<Vec<u8>>>,
    block: Vec<u8>,
    at: usize,
}

impl HashedFile {
    pub fn read(from: impl Read + Send + 'static, mut copy: File) -> Self {
        let (sender, arriving) = sync_channel(BLOCKS_AHEAD);
        let hasher = std::thread::spawn(move || {
            let hashed = hash(from, |block| {
                copy.write_all(&block).context("cannot write its copy")?;
                // Nobody may be listening any more; the hash is wanted still.
                let _ = sender.send(Ok(block));
                Ok(())
            });
            if let Err(error) = &hashed {
                let _ = sender.send(Err(io::Error::other(failure::told(error))));
            }
            hashed
        });
        Self {
            blocks: Blocks {
                arriving,
                block: Vec::new(),
                at: 0,
            },
            hasher,
        }
    }

    pub fn blocks(&mut self) -> &mut Blocks {
        &mut self.blocks
    }

    /// The SHA-256 of the whole file, whether all of it was read here or not.
    pub fn finish(self) -> Result<String> {
        drop(self.blocks);
        let hashed = self.hasher.join();
        hashed.map_err(|_| anyhow!("the reading thread stopped"))?
    }
}

impl Read for Blocks {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.block.len() {
            // A closed channel is the end of the file.
            self.block = self.arriving.recv().unwrap_or_else(|_| Ok(Vec::new()))?;
            self.at = 0;
        }
        let count = out.len().min(self.block.len() - self.at);
        out[..count].copy_from_slice(&self.block[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// The SHA-256 of some content, whose blocks are handed on.
pub fn hash(mut from: impl Read, mut hand_on: impl FnMut(Vec<u8>) -> Result<()>) -> Result<String> {
    let mut hasher = Sha256::new();
    loop {
        let mut block = vec![0; BLOCK_BYTES];
        match from.read(&mut block) {
            Ok(0) => return Ok(to_hex(&hasher.finalize())),
            Ok(read) => {
                block.truncate(read);
                hasher.update(&block);
                hand_on(block)?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error).context("cannot read it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema::hex_sha256;

    fn temporary(content: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        file
    }

    #[test]
    fn the_hash_and_the_copy_are_of_the_whole_file_even_when_little_was_read() {
        let content: Vec<u8> = (0..5_000_000_u32).map(|n| (n % 251) as u8).collect();
        let landed = Landed::new(temporary(&content), content.len() as u64);
        let copy = temporary(b"");
        let mut hashed = HashedFile::read(landed, copy.try_clone().unwrap());
        let mut head = [0; 10];
        hashed.blocks().read_exact(&mut head).unwrap();
        assert_eq!(head[..], content[..10]);
        assert_eq!(hashed.finish().unwrap(), hex_sha256(&content));
        let mut copied = Vec::new();
        let length = copy.metadata().unwrap().len();
        Landed::new(copy, length).read_to_end(&mut copied).unwrap();
        assert_eq!(copied, content);
    }

    #[test]
    fn a_file_that_grows_is_read_as_far_as_it_went_when_it_was_found() {
        let mut file = temporary(b"id\nA\n");
        let mut landed = Landed::new(file.try_clone().unwrap(), 5);
        let mut text = String::new();
        for row in 0..1_000 {
            writeln!(file, "row {row}").unwrap();
        }
        landed.clone().read_to_string(&mut text).unwrap();
        landed.read_to_string(&mut text).unwrap();
        assert_eq!(text, "id\nA\nid\nA\n");
    }

    #[test]
    fn a_copy_that_cannot_be_written_is_told() {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut hashed = HashedFile::read(io::repeat(b'x').take(3_000_000), full);
        let told = hashed.blocks().read_to_end(&mut Vec::new()).unwrap_err();
        assert!(told.to_string().contains("cannot write its copy"), "{told}");
        let told = format!("{:#}", hashed.finish().unwrap_err());
        assert!(told.contains("cannot write its copy"), "{told}");
    }
}
