//! Gzip streams: every member of a file, and the zeros that tapes and some
//! tools pad it with, which gzip itself passes over.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

use super::unreadable::followed;

/// What each member begins with.
const FIRST: u8 = 0x1f;

/// Decompresses member after member.
pub(crate) struct GzipReader<R> {
    /// None at the end.
    member: Option<GzDecoder<BufReader<R>>>,
}

impl<R: Read> GzipReader<R> {
    pub(crate) fn new(source: R) -> Self {
        Self {
            member: Some(GzDecoder::new(BufReader::with_capacity(1 << 16, source))),
        }
    }

    /// Whether another member begins; zeros to the end are none.
    fn begins(source: &mut impl BufRead) -> io::Result<bool> {
        loop {
            let text = source.fill_buf()?;
            let zeros = text.iter().take_while(|byte| **byte == 0).count();
            match (text.first(), zeros) {
                (None, _) => return Ok(false),
                (Some(&FIRST), 0) => return Ok(true),
                (Some(_), 0) => return Err(followed()),
                _ => source.consume(zeros),
            }
        }
    }
}

impl<R: Read> Read for GzipReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(out)?;
            if read > 0 || out.is_empty() {
                return Ok(read);
            }
            let Some(ended) = self.member.take() else {
                break;
            };
            let mut source = ended.into_inner();
            self.member = Self::begins(&mut source)?.then(|| GzDecoder::new(source));
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn member(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        GzipReader::new(bytes).read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn every_member_is_read_and_padding_passed_over() {
        let two = [member(b"a,b\n"), member(b"c,d\n")].concat();
        assert_eq!(read(&two).unwrap(), "a,b\nc,d\n");
        let padded = [two, vec![0; 200_000]].concat();
        assert_eq!(read(&padded).unwrap(), "a,b\nc,d\n");
    }

    #[test]
    fn what_is_cut_off_or_goes_on_as_something_else_is_told() {
        let whole = member(b"a,b\nc,d\n");
        for end in 0..whole.len() {
            assert!(read(&whole[..end]).is_err(), "cut off at {end}");
        }
        for tail in [&b"and more"[..], b"\0\0x"] {
            let told = read(&[&whole[..], tail].concat()).unwrap_err().to_string();
            assert_eq!(told, "something else follows its compressed stream");
        }
    }
}
