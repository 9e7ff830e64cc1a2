//! Any declared encoding, read as strict UTF-8: a byte that the encoding does
//! not have is an error with its line, never a replacement character.

use std::io::{self, Read};
use std::ops::Range;

use encoding_rs::{Decoder, DecoderResult, Encoding};

/// Decodes on the way through; keeps count of lines for its errors.
pub struct Utf8Reader<R> {
    inner: R,
    decoder: Decoder,
    encoding: &'static Encoding,
    raw: Vec<u8>,
    /// Undecoded part of `raw`.
    pending: Range<usize>,
    text: Vec<u8>,
    /// Unread part of `text`.
    ready: Range<usize>,
    is_at_end: bool,
    is_finished: bool,
    lines: u64,
}

impl<R: Read> Utf8Reader<R> {
    pub fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            encoding,
            raw: vec![0; 1 << 18],
            pending: 0..0,
            text: vec![0; 1 << 19],
            ready: 0..0,
            is_at_end: false,
            is_finished: false,
            lines: 1,
        }
    }

    /// Decodes until there is text to hand out or the input has ended.
    fn fill(&mut self) -> io::Result<()> {
        while self.ready.is_empty() && !self.is_finished {
            if self.pending.is_empty() && !self.is_at_end {
                let read = self.inner.read(&mut self.raw)?;
                self.is_at_end = read == 0;
                self.pending = 0..read;
            }
            let source = &self.raw[self.pending.clone()];
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(
                source,
                &mut self.text,
                self.is_at_end,
            );
            self.pending.start += read;
            self.ready = 0..written;
            self.check(written)?;
            match result {
                DecoderResult::Malformed(bad, after) => return Err(self.wrong_byte(bad, after)),
                DecoderResult::InputEmpty => self.is_finished = self.is_at_end,
                DecoderResult::OutputFull => {}
            }
        }
        Ok(())
    }

    fn check(&mut self, written: usize) -> io::Result<()> {
        let text = &self.text[..written];
        if let Some(at) = memchr::memchr(0, text) {
            let line = self.lines + newlines(&text[..at]);
            let name = self.encoding.name();
            return Err(invalid(format!(
                "line {line}: a NUL byte; the file is not {name} text"
            )));
        }
        self.lines += newlines(text);
        Ok(())
    }

    /// Names the `bad` bytes, which lie before the `after` last ones read.
    fn wrong_byte(&self, bad: u8, after: u8) -> io::Error {
        let end = self.pending.start.saturating_sub(usize::from(after));
        let shown: Vec<String> = self.raw[end.saturating_sub(usize::from(bad))..end]
            .iter()
            .map(|byte| format!("0x{byte:02X}"))
            .collect();
        let told = if shown.is_empty() {
            "a character cut off at the end of the file".to_owned()
        } else {
            shown.join(" ")
        };
        invalid(format!(
            "line {}: {told} is not {}; say the file's real encoding in its contract",
            self.lines,
            self.encoding.name()
        ))
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.fill()?;
        let count = self.ready.len().min(out.len());
        let from = self.ready.start;
        out[..count].copy_from_slice(&self.text[from..from + count]);
        self.ready.start += count;
        Ok(count)
    }
}

/// Finds out the encoding of a text by reading all of it: a byte order mark,
/// the zero bytes of UTF-16, whole validity as UTF-8, or else the likeliest.
pub fn detect(content: &mut dyn Read) -> io::Result<&'static Encoding> {
    let mut guess = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    let mut utf8 = encoding_rs::UTF_8.new_decoder_without_bom_handling();
    let mut is_utf8 = true;
    let mut head = Vec::new();
    let mut block = vec![0; 1 << 18];
    let mut text = vec![0; 1 << 20];
    loop {
        let read = content.read(&mut block)?;
        let is_last = read == 0;
        // Judged once, when it is whole: a decompressor may give out a few
        // bytes at a time, and these say little.
        if head.len() < HEAD_BYTES {
            head.extend_from_slice(&block[..read.min(HEAD_BYTES - head.len())]);
            if (is_last || head.len() == HEAD_BYTES)
                && let Some(found) = marked(&head)
            {
                return Ok(found);
            }
        }
        if is_utf8 {
            let (result, ..) =
                utf8.decode_to_utf8_without_replacement(&block[..read], &mut text, is_last);
            is_utf8 = result == DecoderResult::InputEmpty;
        }
        guess.feed(&block[..read], is_last);
        if is_last {
            break;
        }
    }
    if is_utf8 {
        return Ok(encoding_rs::UTF_8);
    }
    Ok(guess.guess(None, chardetng::Utf8Detection::Deny))
}

const HEAD_BYTES: usize = 1 << 10;

/// The encoding that a byte order mark names, or that the places of zero
/// bytes give away.
fn marked(head: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Some(encoding);
    }
    let zeros = |odd: usize| {
        let half = head.iter().skip(odd).step_by(2);
        half.filter(|byte| **byte == 0).count()
    };
    let most = head.len() / 4;
    match (zeros(0), zeros(1)) {
        (even, odd) if odd > most && even <= most / 4 => Some(encoding_rs::UTF_16LE),
        (even, odd) if even > most && odd <= most / 4 => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

fn newlines(text: &[u8]) -> u64 {
    bytecount::count(text, b'\n') as u64
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], encoding: &'static Encoding) -> io::Result<String> {
        let mut text = String::new();
        io::BufReader::new(Utf8Reader::new(bytes, encoding)).read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn windows_1252_is_read_when_declared_and_refused_when_not() {
        let bytes = b"name\nCaf\xe9\n";
        assert_eq!(
            read(bytes, encoding_rs::WINDOWS_1252).unwrap(),
            "name\nCafé\n"
        );
        let error = read(bytes, encoding_rs::UTF_8).unwrap_err().to_string();
        assert!(
            error.contains("line 2") && error.contains("0xE9"),
            "{error}"
        );
    }

    #[test]
    fn the_wrong_byte_is_named_and_not_the_one_behind_it() {
        let told = read(b"a\n\x1b$B!\x1b(B", encoding_rs::ISO_2022_JP);
        let told = told.unwrap_err().to_string();
        assert!(told.contains("line 2: 0x21 is not ISO-2022-JP"), "{told}");
    }

    #[test]
    fn a_byte_order_mark_is_dropped() {
        assert_eq!(
            read(b"\xef\xbb\xbfa,b\n", encoding_rs::UTF_8).unwrap(),
            "a,b\n"
        );
        assert_eq!(
            read(b"\xff\xfea\0\n\0", encoding_rs::UTF_16LE).unwrap(),
            "a\n"
        );
    }

    #[test]
    fn utf_16_declared_as_utf_8_is_refused() {
        assert!(
            read(b"a\0,\0b\0\n\0", encoding_rs::UTF_8)
                .unwrap_err()
                .to_string()
                .contains("NUL")
        );
    }

    #[test]
    fn a_guess_does_not_hang_on_how_the_bytes_come() {
        struct OneByOne<'b>(&'b [u8]);

        impl Read for OneByOne<'_> {
            fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
                let one = self.0.len().min(1).min(out.len());
                self.0.read(&mut out[..one])
            }
        }

        for bytes in [&b"\0\x01\x01\0"[..], b"a\0b,c\n1,2,3\n", b"\xff\xfea\0"] {
            let whole = detect(&mut &*bytes).unwrap();
            assert_eq!(detect(&mut OneByOne(bytes)).unwrap(), whole, "{bytes:?}");
        }
    }

    #[test]
    fn long_input_comes_through_whole() {
        let text = "ä€𝄞x\n".repeat(200_000);
        assert_eq!(read(text.as_bytes(), encoding_rs::UTF_8).unwrap(), text);
    }

    #[test]
    fn a_character_cut_off_at_the_end_is_refused() {
        assert!(read(b"abc\xe2\x82", encoding_rs::UTF_8).is_err());
    }

    #[test]
    fn an_encoding_is_found_from_the_content() {
        let found = |mut bytes: &[u8]| detect(&mut bytes).unwrap().name();
        assert_eq!(found("ward\nHornsey Café\n".as_bytes()), "UTF-8");
        assert_eq!(found(b"ward\nHornsey Caf\xe9\n"), "windows-1252");
        assert_eq!(found(b"w\0a\0r\0d\0\n\0A\0\n\0"), "UTF-16LE");
        assert_eq!(found(b"\0w\0a\0r\0d\0\n\0A\0\n"), "UTF-16BE");
        assert_eq!(found(b"\xff\xfew\0\n\0"), "UTF-16LE");
        assert_eq!(found(b"ward\n"), "UTF-8");
    }
}
