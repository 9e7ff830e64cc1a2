//! Finds out how a file's bytes are letters, by reading all of it. The choice is
//! among UTF-8, UTF-16 and Windows-1252, which British systems write; a text
//! that is none of them for certain is refused rather than guessed.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding};

use crate::ingest::contract::codepage::Charset;
use crate::ingest::contract::limits::Told;
use crate::ingest::refusal::ENCODING;

const HEAD_BYTES: usize = 1 << 10;

/// A byte order mark, the zero bytes of UTF-16, whole validity as UTF-8, or
/// Windows-1252 when no letter speaks against it.
pub fn detect(content: &mut dyn Read) -> io::Result<Charset> {
    let mut utf8 = Utf8::new();
    let mut odd = Odd::default();
    let mut head = Vec::new();
    let mut block = vec![0; 1 << 18];
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
                return Ok(Charset::Standard(found));
            }
        }
        utf8.feed(&block[..read], is_last);
        odd.feed(&block[..read]);
        if is_last {
            odd.feed(b"\n");
            return utf8.chosen(&odd);
        }
    }
}

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

/// How much of a text is UTF-8.
pub(crate) struct Utf8 {
    decoder: Decoder,
    text: Vec<u8>,
    line: u64,
    /// Letters beyond ASCII.
    letters: u64,
    broken: u64,
    /// The line of the first byte that is none.
    first: Option<u64>,
    /// The line of the first letter beyond ASCII.
    first_letter: u64,
}

impl Utf8 {
    pub(crate) fn new() -> Self {
        Self {
            decoder: encoding_rs::UTF_8.new_decoder_without_bom_handling(),
            text: vec![0; 1 << 20],
            line: 1,
            letters: 0,
            broken: 0,
            first: None,
            first_letter: 0,
        }
    }

    /// Refuses a text that is to be read in another encoding and is UTF-8
    /// throughout: three letters in a row are not so by chance.
    pub(crate) fn check_other(&self, charset: Charset) -> io::Result<()> {
        const BY_CHANCE: u64 = 2;
        if self.first.is_some() || self.letters <= BY_CHANCE {
            return Ok(());
        }
        Err(Told::error(
            ENCODING,
            format!(
                "line {}: its letters are UTF-8 here and throughout, but its contract says {}",
                self.first_letter,
                charset.name()
            ),
        ))
    }

    pub(crate) fn feed(&mut self, mut block: &[u8], is_last: bool) {
        loop {
            let (result, read, written) =
                self.decoder
                    .decode_to_utf8_without_replacement(block, &mut self.text, is_last);
            block = &block[read..];
            let text = &self.text[..written];
            if self.letters == 0
                && let Some(at) = text.iter().position(|byte| *byte >= 0xc0)
            {
                self.first_letter = self.line + bytecount::count(&text[..at], b'\n') as u64;
            }
            self.line += bytecount::count(text, b'\n') as u64;
            // The first byte of a letter beyond ASCII, and no other, is so large.
            self.letters += text.iter().filter(|byte| **byte >= 0xc0).count() as u64;
            match result {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    self.broken += 1;
                    self.first.get_or_insert(self.line);
                }
            }
        }
    }

    fn chosen(&self, odd: &Odd) -> io::Result<Charset> {
        let Some(first) = self.first else {
            return Ok(Charset::UTF_8);
        };
        // In Windows-1252 hardly two letters in a row look like one of UTF-8.
        if self.letters.saturating_mul(9) >= self.broken {
            let bytes = if self.broken == 1 {
                "1 byte of the file is".to_owned()
            } else {
                format!("{} bytes of the file are", self.broken)
            };
            return Err(Told::error(
                ENCODING,
                format!(
                    "line {first}: {bytes} not UTF-8, in which it has {} letters; expected one \
                     encoding throughout",
                    self.letters
                ),
            ));
        }
        if let Some(line) = odd.found {
            return Err(Told::error(
                ENCODING,
                format!(
                    "line {line}: a byte that Windows-1252 does not have there; is it code page \
                     850 or 437? Say the encoding in its contract"
                ),
            ));
        }
        Ok(Charset::Standard(encoding_rs::WINDOWS_1252))
    }
}

/// Looks for what no text in Windows-1252 has, and one in a code page of MS-DOS
/// has often: letters of that are marks of this.
#[derive(Default)]
struct Odd {
    before: u8,
    middle: u8,
    lines: u64,
    found: Option<u64>,
}

impl Odd {
    fn feed(&mut self, block: &[u8]) {
        for after in block {
            if self.middle >= 0x80 && self.is_odd(*after) {
                self.found.get_or_insert(self.lines + 1);
            }
            self.lines += u64::from(self.middle == b'\n');
            self.before = self.middle;
            self.middle = *after;
        }
    }

    fn is_odd(&self, after: u8) -> bool {
        match self.middle {
            0x81 | 0x8d | 0x8f | 0x90 | 0x9d => true,
            // Quotes, daggers and signs within a word.
            0x82 | 0x84 | 0x87..=0x89 | 0x8b => {
                self.before.is_ascii_alphabetic() && after.is_ascii_alphabetic()
            }
            // An amount of pounds.
            0x9c => after.is_ascii_digit(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_does_not_hang_on_how_the_bytes_come() {
        struct OneByOne<'b>(&'b [u8]);

        impl Read for OneByOne<'_> {
            fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
                let one = self.0.len().min(1).min(out.len());
                self.0.read(&mut out[..one])
            }
        }

        for bytes in [
            &b"\0\x01\x01\0"[..],
            b"a\0b,c\n1,2,3\n",
            b"\xff\xfea\0",
            b"Caf\xc3\xa9\nCaf\xe9\n",
            b"Fran\x87ois\n",
        ] {
            let told = |found: io::Result<Charset>| found.map_err(|error| error.to_string());
            let whole = told(detect(&mut &*bytes));
            assert_eq!(told(detect(&mut OneByOne(bytes))), whole, "{bytes:?}");
        }
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

    #[test]
    fn what_is_nearly_utf_8_is_refused_with_its_line() {
        let told = |bytes: &[u8]| detect(&mut &*bytes).unwrap_err().to_string();
        let rows = "Café Brontë’s\n".repeat(200);
        let spoilt = [rows.as_bytes(), b"O\x92Hara's yard\n"].concat();
        assert_eq!(
            told(&spoilt),
            "line 201: 1 byte of the file is not UTF-8, in which it has 600 letters; expected one \
             encoding throughout"
        );
        let halves = [rows.as_bytes(), &b"Caf\xe9\n".repeat(700)].concat();
        assert!(
            told(&halves).starts_with("line 201: 700 bytes"),
            "{}",
            told(&halves)
        );
        // What looks like UTF-8 by chance, among many letters that are none.
        let chance = [&b"CAF\xc9\x92S\n"[..], &b"Caf\xe9\n".repeat(30)].concat();
        assert_eq!(detect(&mut &*chance).unwrap().name(), "windows-1252");
    }

    #[test]
    fn a_code_page_is_no_windows_1252() {
        for (bytes, line) in [
            (&b"ward\nFran\x87ois\n"[..], 2),
            (b"Caf\x82s\n", 1),
            (b"a\nb\n\x9c12\n", 3),
            (b"\x90tat\n", 1),
        ] {
            let told = detect(&mut &*bytes).unwrap_err().to_string();
            let expected = format!("line {line}: a byte that Windows-1252 does not have there");
            assert!(told.starts_with(&expected), "{told}");
        }
        for bytes in [
            &b"b\x9cuf\n"[..],
            b"O\x92Hara \x9650\n",
            b"\x82so\x92\n",
            b"\xa312\n",
        ] {
            assert_eq!(detect(&mut &*bytes).unwrap().name(), "windows-1252");
        }
    }
}
