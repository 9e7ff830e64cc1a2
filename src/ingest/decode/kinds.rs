//! What a file is that is not what its name says, by its first bytes: the
//! page, the pointer or the archive that was sent in place of an extract.

use crate::ingest::refusal::{Refused, STREAM};

/// Bytes that are looked at.
pub(crate) const HEAD_BYTES: usize = 1 << 10;

/// How a file is packed, by the ending of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    None,
    Gzip,
    Zstd,
    Zip,
}

impl Packing {
    /// Of a name in lower case, and the name without that ending.
    pub(crate) fn of_name(name: &str) -> (Self, &str) {
        let endings = [
            (".gz", Self::Gzip),
            (".zst", Self::Zstd),
            (".zip", Self::Zip),
        ];
        endings
            .into_iter()
            .find_map(|(ending, packing)| Some((packing, name.strip_suffix(ending)?)))
            .unwrap_or((Self::None, name))
    }

    /// Refuses a file that begins as something else than its ending says.
    pub(crate) fn check(self, head: &[u8]) -> Result<(), Refused> {
        let (own, ending): (&[&[u8]], _) = match self {
            Self::None => return refuse_container(head, "its name does not say so"),
            Self::Gzip => (&[GZIP], ".gz"),
            // The second is a frame of something else than content.
            Self::Zstd => (&[ZSTD, b"*M\x18"], ".zst"),
            Self::Zip => (&[ZIP, b"PK\x05\x06"], ".zip"),
        };
        let begins = |magic: &&[u8]| {
            let at = usize::from(magic.len() == 3);
            head.len() < 4 || head[at..].starts_with(magic)
        };
        if own.iter().any(begins) {
            return Ok(());
        }
        let found = container(head).or_else(|| document(head));
        Err(Refused::coded(
            STREAM,
            match found {
                Some(found) => format!("its name ends in {ending}, but it is {found}"),
                None => format!("its name ends in {ending}, but it is not packed so"),
            },
        ))
    }
}

/// Refuses content that is no text: it says what it is, and what speaks against.
pub(crate) fn refuse_container(head: &[u8], but: &str) -> Result<(), Refused> {
    match container(head) {
        Some(found) => Err(Refused::coded(STREAM, format!("it is {found}; {but}"))),
        None => Ok(()),
    }
}

const GZIP: &[u8] = b"\x1f\x8b";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";
const ZIP: &[u8] = b"PK\x03\x04";

/// What begins as no text does.
pub(crate) fn container(head: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 13] = [
        (GZIP, "compressed with gzip"),
        (ZSTD, "compressed with zstd"),
        (b"BZh91AY&SY", "compressed with bzip2"),
        (b"\xfd7zXZ\0", "compressed with xz"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"Rar!\x1a\x07", "a rar archive"),
        (b"PK\x05\x06", "an empty zip archive"),
        (
            b"\xd0\xcf\x11\xe0",
            "a workbook of the old .xls format, or one with a password",
        ),
        (b"%PDF-", "a PDF"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"PAR1\x15", "a Parquet file"),
        (b"\x89PNG", "a picture"),
        (b"{\\rtf", "an RTF document"),
    ];
    if head.starts_with(ZIP) {
        let is_workbook = memchr::memmem::find(head, b"[Content_Types].xml").is_some()
            || memchr::memmem::find(head, b"xl/").is_some();
        return Some(if is_workbook {
            "a workbook (.xlsx)"
        } else {
            "a zip archive"
        });
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some("a tar archive");
    }
    known
        .into_iter()
        .find_map(|(magic, found)| head.starts_with(magic).then_some(found))
}

/// Text that is no table, which a table's header could not tell apart until it
/// fails.
pub(crate) fn document(head: &[u8]) -> Option<&'static str> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = head.trim_ascii_start();
    let begins = |with: &str| {
        text.get(..with.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
    };
    let is_tag = text.first() == Some(&b'<')
        && text
            .get(1)
            .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'!');
    let is_page = begins("<!doctype html") || begins("<html") || begins("<head");
    if begins("version https://git-lfs") {
        Some("a pointer of Git LFS (the file itself was not fetched)")
    } else if is_page {
        Some("an HTML page")
    } else if begins("<?xml") {
        Some("an XML document")
    } else if is_tag {
        Some("an HTML page or an XML document")
    } else if begins("{") || begins("[{") || begins("[\n") || begins("[\r") {
        Some("JSON")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_that_the_first_bytes_belie_is_told() {
        let told = |name: &str, head: &[u8]| {
            let (packing, _) = Packing::of_name(name);
            packing.check(head).map_err(|refused| refused.to_string())
        };
        for (name, head, expected) in [
            (
                "x.csv",
                &b"\x1f\x8b\x08\0"[..],
                "it is compressed with gzip; its name does not say so",
            ),
            (
                "x.csv.gz",
                b"PK\x03\x04\x14",
                "its name ends in .gz, but it is a zip archive",
            ),
            (
                "x.csv.gz",
                b"<!DOCTYPE html>",
                "its name ends in .gz, but it is an HTML page",
            ),
            (
                "x.csv.zst",
                b"id,place\n",
                "its name ends in .zst, but it is not packed so",
            ),
            (
                "x.csv",
                b"PK\x03\x04\x14\0\0[Content_Types].xml",
                "it is a workbook (.xlsx); its name does not say so",
            ),
        ] {
            assert_eq!(told(name, head), Err(expected.to_owned()), "{name}");
        }
        for (name, head) in [
            ("x.csv", &b"PK,place\n"[..]),
            ("x.csv", b"PAR1,place\n"),
            ("x.csv.gz", b"\x1f\x8b\x08\0"),
            ("x.csv.zst", b"P*M\x18\x03"),
            ("x.csv.gz", b""),
        ] {
            assert_eq!(told(name, head), Ok(()), "{name}");
        }
    }

    #[test]
    fn text_that_is_no_table_is_known() {
        for (head, expected) in [
            (
                &b"version https://git-lfs.github.com/spec/v1"[..],
                Some("a pointer of Git LFS (the file itself was not fetched)"),
            ),
            (b"\xef\xbb\xbf\n <!doctype HTML>", Some("an HTML page")),
            (b"<?xml version=\"1.0\"?>", Some("an XML document")),
            (
                b"<Error><Code>AccessDenied",
                Some("an HTML page or an XML document"),
            ),
            (b"{\"error\": 403}", Some("JSON")),
            (b"[{\"id\": 1}]", Some("JSON")),
            (b"id,place\n", None),
            (b"<5,place\n", None),
        ] {
            assert_eq!(document(head), expected);
        }
    }
}
