//! How large a file may be once it is opened, and the reader that holds a
//! compressed one to it: a few kilobytes can stand for terabytes.

use std::io::{self, Read};

use crate::ingest::refusal::{LIMIT, Refused};

/// What a contract lets a file be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text, uncompressed.
    pub unpacked: u64,
    /// Times its own size that a file may unpack to.
    pub ratio: u64,
    pub rows: u64,
    /// Bytes of a line, or of a Parquet cell.
    pub line: usize,
    /// How deep a JSON line may be nested.
    pub depth: usize,
    /// Faults of one file that are listed; the rest is counted.
    pub faults: usize,
}

/// Small files may be packed as tightly as they like.
const ANY_RATIO: u64 = 16 << 20;

impl Limits {
    /// Bytes that a file of this size may unpack to.
    pub(crate) fn unpacked_of(&self, bytes: u64) -> u64 {
        bytes
            .saturating_mul(self.ratio)
            .max(ANY_RATIO)
            .min(self.unpacked)
    }

    /// Refuses a file that says of itself, or is found, to hold too much.
    pub(crate) fn check(&self, bytes: u64, rows: u64, unpacked: u64) -> Result<(), Refused> {
        if rows > self.rows {
            return Err(self.too_many_rows());
        }
        if unpacked > self.unpacked_of(bytes) {
            return Err(Refused::coded(LIMIT, self.unpacks_to_more(bytes)));
        }
        Ok(())
    }

    pub(crate) fn too_many_rows(&self) -> Refused {
        let told = format!("more than {} rows, its contract's limits.rows", self.rows);
        Refused::coded(LIMIT, told)
    }

    fn unpacks_to_more(&self, bytes: u64) -> String {
        let most = self.unpacked_of(bytes);
        if most == self.unpacked {
            let mib = most >> 20;
            format!("unpacks to more than {mib} MiB, its contract's limits.unpacked_mib")
        } else {
            format!(
                "{bytes} bytes unpack to more than {most}: more than {} times as many, its \
                 contract's limits.ratio",
                self.ratio
            )
        }
    }

    /// Reads no more than a file of this size may unpack to.
    pub(crate) fn hold<R: Read>(&self, inner: R, bytes: u64) -> Held<R> {
        Held {
            inner,
            left: self.unpacked_of(bytes),
            told: self.unpacks_to_more(bytes),
        }
    }
}

/// Ends with an error where its limit is passed.
pub(crate) struct Held<R> {
    inner: R,
    left: u64,
    told: String,
}

impl<R: Read> Read for Held<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => {
                self.left = left;
                Ok(read)
            }
            None => Err(Told::error(LIMIT, self.told.clone())),
        }
    }
}

/// A refusal on its way through readers, which know only their own errors.
#[derive(Debug, thiserror::Error)]
#[error("{words}")]
pub(crate) struct Told {
    pub(crate) code: &'static str,
    pub(crate) words: String,
}

impl Told {
    pub(crate) fn error(code: &'static str, words: String) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, Self { code, words })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        unpacked: 64 << 20,
        ratio: 100,
        rows: 10,
        line: 100,
        depth: 5,
        faults: 10,
    };

    #[test]
    fn a_stream_is_read_to_its_limit_and_no_byte_further() {
        for (bytes, most) in [(10, 16 << 20), (200_000, 20_000_000), (9 << 20, 64 << 20)] {
            let read = |length| {
                let mut held = LIMITS.hold(io::repeat(b'x').take(length), bytes);
                io::copy(&mut held, &mut io::sink())
            };
            assert_eq!(read(most).unwrap(), most);
            let told = read(most + 1).unwrap_err().to_string();
            assert!(told.contains("limits."), "{told}");
        }
    }

    #[test]
    fn what_a_file_says_of_itself_is_held_to_the_limits() {
        assert!(LIMITS.check(10, 10, 16 << 20).is_ok());
        for (rows, unpacked, word) in [(11, 0, "limits.rows"), (1, 17 << 20, "limits.ratio")] {
            let refused = LIMITS.check(10, rows, unpacked).unwrap_err();
            assert!(refused.to_string().contains(word), "{refused}");
            assert_eq!(refused.code(), LIMIT);
        }
    }
}
