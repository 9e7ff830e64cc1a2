//! Any declared encoding, read as strict UTF-8: a byte that the encoding does
//! not have is an error with its line, never a replacement character.

use std::io::{self, Read};
use std::ops::Range;

use encoding_rs::{Decoder, DecoderResult, Encoding};

use super::detect::Utf8;
use crate::ingest::contract::codepage::Charset;
use crate::ingest::contract::limits::Told;
use crate::ingest::refusal::{ENCODING, Refused};

/// Decodes on the way through; keeps count of lines for its errors.
pub struct Utf8Reader<R> {
    inner: R,
    letters: Letters,
    charset: Charset,
    /// Whether it is UTF-8 after all, where that could not be seen otherwise.
    doubt: Option<Utf8>,
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

/// What turns bytes into letters.
enum Letters {
    Standard(Decoder),
    Page(Vec<char>),
}

impl Letters {
    /// How much was read and written, and why it stopped.
    fn decode(
        &mut self,
        source: &[u8],
        text: &mut [u8],
        is_last: bool,
    ) -> (DecoderResult, usize, usize) {
        match self {
            Self::Standard(decoder) => {
                decoder.decode_to_utf8_without_replacement(source, text, is_last)
            }
            Self::Page(upper) => {
                let mut written = 0;
                for (read, byte) in source.iter().enumerate() {
                    // No letter of a code page takes more in UTF-8.
                    if text.len() - written < 3 {
                        return (DecoderResult::OutputFull, read, written);
                    }
                    let letter = match byte.checked_sub(0x80) {
                        Some(at) => upper[usize::from(at)],
                        None => char::from(*byte),
                    };
                    written += letter.encode_utf8(&mut text[written..]).len();
                }
                (DecoderResult::InputEmpty, source.len(), written)
            }
        }
    }
}

impl<R: Read> Utf8Reader<R> {
    pub fn new(inner: R, charset: Charset) -> Self {
        Self {
            inner,
            letters: match charset {
                Charset::Standard(encoding) => {
                    Letters::Standard(encoding.new_decoder_with_bom_removal())
                }
                Charset::Page(page) => Letters::Page(page.upper.chars().collect()),
            },
            charset,
            doubt: match charset {
                Charset::Standard(encoding) if !encoding.is_single_byte() => None,
                _ => Some(Utf8::new()),
            },
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
                if let Some(doubt) = &mut self.doubt {
                    doubt.feed(&self.raw[..read], self.is_at_end);
                    if self.is_at_end {
                        doubt.check_other(self.charset)?;
                    }
                }
            }
            let source = &self.raw[self.pending.clone()];
            let (result, read, written) =
                self.letters.decode(source, &mut self.text, self.is_at_end);
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
            let name = self.charset.name();
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
            self.charset.name()
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

/// Refuses a text that begins with the mark of another encoding than it is to
/// be read in: the mark would become letters of its first header.
pub(crate) fn check_mark(head: &[u8], charset: Charset) -> Result<(), Refused> {
    match Encoding::for_bom(head) {
        Some((marked, _)) if Charset::Standard(marked) != charset => Err(Refused::coded(
            ENCODING,
            format!(
                "line 1: begins with the mark of {}, but its contract says {}",
                marked.name(),
                charset.name()
            ),
        )),
        _ => Ok(()),
    }
}

fn newlines(text: &[u8]) -> u64 {
    bytecount::count(text, b'\n') as u64
}

fn invalid(message: String) -> io::Error {
    Told::error(ENCODING, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], encoding: &'static Encoding) -> io::Result<String> {
        let mut text = String::new();
        io::BufReader::new(Utf8Reader::new(bytes, Charset::Standard(encoding)))
            .read_to_string(&mut text)?;
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
    fn long_input_comes_through_whole() {
        let text = "ä€𝄞x\n".repeat(200_000);
        assert_eq!(read(text.as_bytes(), encoding_rs::UTF_8).unwrap(), text);
    }

    #[test]
    fn a_character_cut_off_at_the_end_is_refused() {
        assert!(read(b"abc\xe2\x82", encoding_rs::UTF_8).is_err());
    }

    #[test]
    fn a_code_page_is_read_by_its_own_letters() {
        let page = |label| Charset::of_label(label).unwrap();
        let mut text = String::new();
        Utf8Reader::new(&b"Caf\x82 \x9c5\n"[..], page("cp850"))
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "Café £5\n");
        let long = vec![0xb3; 300_000];
        let mut text = String::new();
        Utf8Reader::new(&long[..], page("437"))
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "│".repeat(300_000));
    }

    #[test]
    fn the_mark_of_another_encoding_is_refused() {
        let standard = Charset::Standard;
        let told = check_mark(b"\xef\xbb\xbfid\n", standard(encoding_rs::WINDOWS_1252));
        assert_eq!(
            told.unwrap_err().to_string(),
            "line 1: begins with the mark of UTF-8, but its contract says windows-1252"
        );
        let page = Charset::of_label("cp437").unwrap();
        for (head, charset) in [
            (&b"\xff\xfei\0"[..], Charset::UTF_8),
            (b"\xef\xbb\xbfid", page),
        ] {
            assert!(check_mark(head, charset).is_err());
        }
        for (head, charset) in [
            (&b"\xef\xbb\xbfid"[..], Charset::UTF_8),
            (b"\xff\xfei\0", standard(encoding_rs::UTF_16LE)),
            (b"id", page),
            (b"", Charset::UTF_8),
        ] {
            assert!(check_mark(head, charset).is_ok());
        }
    }
}
