//! A file's bytes, read once: a thread of its own reads and hashes them while
//! they are decoded here.

use std::fs::File;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use anyhow::{Result, anyhow};
use sha2::{Digest, Sha256};

use crate::store::schema::to_hex;

const BLOCK_BYTES: usize = 1 << 20;
const BLOCKS_AHEAD: usize = 8;

/// Reads a file on a thread of its own, which hashes what it reads.
pub struct HashedFile {
    blocks: Blocks,
    hasher: JoinHandle<io::Result<String>>,
}

/// The blocks on their way.
pub struct Blocks {
    arriving: Receiver<io::Result<Vec<u8>>>,
    block: Vec<u8>,
    at: usize,
}

impl HashedFile {
    pub fn read(file: File) -> Self {
        let (sender, arriving) = sync_channel(BLOCKS_AHEAD);
        Self {
            blocks: Blocks {
                arriving,
                block: Vec::new(),
                at: 0,
            },
            hasher: std::thread::spawn(move || hash(file, &sender)),
        }
    }

    pub fn blocks(&mut self) -> &mut Blocks {
        &mut self.blocks
    }

    /// The SHA-256 of the whole file, whether all of it was read here or not.
    pub fn finish(self) -> Result<String> {
        drop(self.blocks);
        let hashed = self.hasher.join();
        Ok(hashed.map_err(|_| anyhow!("the reading thread stopped"))??)
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

/// The SHA-256 of a file's content.
pub fn hash_file(file: &mut File) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; BLOCK_BYTES];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(to_hex(&hasher.finalize()));
        }
        hasher.update(&buffer[..read]);
    }
}

fn hash(mut file: File, sender: &SyncSender<io::Result<Vec<u8>>>) -> io::Result<String> {
    let mut hasher = Sha256::new();
    loop {
        let mut block = vec![0; BLOCK_BYTES];
        match file.read(&mut block) {
            Ok(0) => return Ok(to_hex(&hasher.finalize())),
            Ok(read) => {
                block.truncate(read);
                hasher.update(&block);
                // Nobody may be listening any more; the hash is wanted still.
                let _ = sender.send(Ok(block));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                let told = io::Error::new(error.kind(), error.to_string());
                let _ = sender.send(Err(told));
                return Err(error);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::store::schema::hex_sha256;

    #[test]
    fn the_hash_is_of_the_whole_file_even_when_little_was_read() {
        let content: Vec<u8> = (0..5_000_000_u32).map(|n| (n % 251) as u8).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&content).unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        let mut hashed = HashedFile::read(file);
        let mut head = [0; 10];
        hashed.blocks().read_exact(&mut head).unwrap();
        assert_eq!(head[..], content[..10]);
        assert_eq!(hashed.finish().unwrap(), hex_sha256(&content));
    }
}
