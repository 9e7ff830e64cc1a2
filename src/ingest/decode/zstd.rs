//! Zstandard streams: every frame of a file, each held against its checksum.
//! The library's own reader stops after the first frame without a word.

use std::io::{self, BufRead, BufReader, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::unreadable::followed;

/// Decompresses frame after frame.
pub(crate) struct ZstdReader<R> {
    source: BufReader<R>,
    decoder: FrameDecoder,
    is_in_frame: bool,
    has_begun: bool,
}

impl<R: Read> ZstdReader<R> {
    pub(crate) fn new(source: R) -> Self {
        Self {
            source: BufReader::new(source),
            decoder: FrameDecoder::new(),
            is_in_frame: false,
            has_begun: false,
        }
    }

    /// Begins the next frame; false at the end of the file.
    fn begin(&mut self) -> io::Result<bool> {
        while let Some(first) = self.source.fill_buf()?.first() {
            // A frame begins so, of content or of something else.
            if self.has_begun && !matches!(first, 0x28 | 0x50..=0x5f) {
                return Err(followed());
            }
            match self.decoder.reset(&mut self.source) {
                Ok(()) => {
                    self.is_in_frame = true;
                    self.has_begun = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => self.skip(length.into())?,
                Err(_) => return Err(self.damaged()),
            }
        }
        if self.has_begun {
            return Ok(false);
        }
        Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "not a zstd stream: it has no frame",
        ))
    }

    /// Passes over a frame that holds something other than content.
    fn skip(&mut self, length: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.source.by_ref().take(length), &mut io::sink())?;
        if skipped < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.has_begun = true;
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.is_in_frame = false;
        let said = self.decoder.get_checksum_from_data();
        if said.is_some() && said != self.decoder.get_calculated_checksum() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the compressed stream is damaged: its checksum is another",
            ));
        }
        Ok(())
    }

    /// A stream that fails at its end was cut off.
    fn damaged(&mut self) -> io::Error {
        match self.source.fill_buf() {
            Ok([]) => io::ErrorKind::UnexpectedEof.into(),
            Ok(_) => io::Error::new(
                io::ErrorKind::InvalidData,
                "the compressed stream is damaged",
            ),
            Err(error) => error,
        }
    }
}

impl<R: Read> Read for ZstdReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while !out.is_empty() && (self.is_in_frame || self.begin()?) {
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let strategy = BlockDecodingStrategy::UptoBlocks(1);
                if self
                    .decoder
                    .decode_blocks(&mut self.source, strategy)
                    .is_err()
                {
                    return Err(self.damaged());
                }
            }
            let read = self.decoder.read(out)?;
            if read > 0 {
                return Ok(read);
            }
            self.end()?;
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn read(bytes: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        ZstdReader::new(bytes).read_to_string(&mut text)?;
        Ok(text)
    }

    fn frame(text: &str) -> Vec<u8> {
        compress_to_vec(text.as_bytes(), CompressionLevel::Fastest)
    }

    #[test]
    fn every_frame_is_read_and_what_is_no_content_is_skipped() {
        let skippable = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3];
        let both = [frame("a,b\n"), skippable.to_vec(), frame("c,d\n")].concat();
        assert_eq!(read(&both).unwrap(), "a,b\nc,d\n");
        assert_eq!(read(&frame("")).unwrap(), "");
    }

    #[test]
    fn a_stream_that_was_cut_off_anywhere_is_told() {
        let rows: Vec<String> = (0..5_000).map(|n| format!("{n},{}", n * 7 % 13)).collect();
        let text = rows.join("\n");
        let whole = frame(&text);
        assert_eq!(read(&whole).unwrap(), text);
        for end in (0..whole.len()).step_by(whole.len() / 50 + 1) {
            assert!(read(&whole[..end]).is_err(), "cut off at {end}");
        }
        let first = whole.len();
        let two = [whole.clone(), whole].concat();
        let told = read(&two[..first + 100]).unwrap_err();
        assert_eq!(told.kind(), io::ErrorKind::UnexpectedEof, "{told}");
    }

    #[test]
    fn what_is_no_stream_is_told() {
        for bytes in [&b""[..], b"id,place\nA,B\n", &[0x28, 0xB5]] {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
        for tail in [&b"and more"[..], b"\0", b"\n"] {
            let told = read(&[&frame("a\n")[..], tail].concat()).unwrap_err();
            assert_eq!(
                told.to_string(),
                "something else follows its compressed stream"
            );
        }
    }
}
