//! What a Parquet file says of itself in its footer, read here and bounded
//! before the database opens the file: a few kilobytes can stand for billions
//! of rows, and a list that claims to be long would be laid out before it is
//! read.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use super::kinds;
use crate::ingest::contract::limits::Limits;
use crate::ingest::refusal::Refused;

/// Bytes of a footer that are read.
const LONGEST_FOOTER: u64 = 8 << 20;

/// How deep the footer's own structures go, and some more.
const DEEPEST: usize = 16;

/// The names of a file's columns as it says them itself: the database calls
/// one otherwise that differs from another by case alone. Refuses a file that
/// claims more than its contract lets it hold.
pub(crate) fn names(file: &mut File, limits: &Limits) -> Result<Vec<String>, Refused> {
    let bytes = file.metadata().map_err(anyhow::Error::from)?.len();
    let footer = read(file, bytes)?;
    let claimed = Footer::parse(&footer).ok_or_else(|| damaged("its footer is damaged"))?;
    // A cell takes a byte at least once it is text.
    let cells = claimed.rows.saturating_mul(claimed.columns);
    limits.check(bytes, claimed.rows, claimed.unpacked.max(cells))?;
    Ok(claimed.names)
}

fn damaged(why: &str) -> Refused {
    Refused::whole(format!("not a readable Parquet file: {why}"))
}

fn read(file: &mut File, bytes: u64) -> Result<Vec<u8>, Refused> {
    const TAIL: usize = 8;
    if bytes < 12 {
        return Err(damaged("it is too short"));
    }
    let mut tail = [0; TAIL];
    let mut at = |from: u64, out: &mut [u8]| {
        file.seek(SeekFrom::Start(from))
            .and_then(|_| file.read_exact(out))
            .map_err(anyhow::Error::from)
    };
    at(bytes - TAIL as u64, &mut tail)?;
    if &tail[4..] != b"PAR1" {
        let mut head = [0; 8];
        at(0, &mut head)?;
        let found = kinds::container(&head).or_else(|| kinds::document(&head));
        return Err(match found {
            Some(found) => damaged(&format!("it is {found}")),
            None => damaged("it does not end as one does"),
        });
    }
    let length = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
    if length > (bytes - 12).min(LONGEST_FOOTER) {
        return Err(damaged("its footer is longer than a footer can be"));
    }
    let mut footer = vec![0; usize::try_from(length).unwrap_or(0)];
    at(bytes - TAIL as u64 - length, &mut footer)?;
    Ok(footer)
}

/// What the row groups of a file add up to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Footer {
    rows: u64,
    columns: u64,
    unpacked: u64,
    names: Vec<String>,
}

/// A value of the footer, as far as it is wanted.
enum Held<'b> {
    Whole(u64),
    Text(&'b [u8]),
    List(Vec<Held<'b>>),
    /// Values by their numbers.
    Struct(Vec<(i16, Held<'b>)>),
    Other,
}

impl Footer {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Compact { bytes };
        let top = reader.structure(0)?;
        let mut found = Self::default();
        for group in top.list(4)? {
            found.rows = found.rows.saturating_add(group.whole(3)?);
            let columns = group.list(1)?;
            found.columns = found.columns.max(columns.len() as u64);
            for column in columns {
                let unpacked = column.field(3).and_then(|chunk| chunk.whole(6));
                found.unpacked = found.unpacked.saturating_add(unpacked.unwrap_or(0));
            }
        }
        found.rows = found.rows.max(top.whole(3)?);
        found.names = top_names(top.list(2)?)?;
        Some(found)
    }
}

/// The names of the columns in a schema, which lists every part of a column
/// that has parts behind it.
fn top_names(schema: &[Held<'_>]) -> Option<Vec<String>> {
    let (root, parts) = schema.split_first()?;
    let wanted = root.whole(5).unwrap_or(0);
    let mut names = Vec::new();
    // Parts still to come of the column that is being passed over.
    let mut inner = 0_u64;
    for part in parts {
        if inner == 0 {
            let Some(Held::Text(name)) = part.field(4) else {
                return None;
            };
            names.push(String::from_utf8_lossy(name).into_owned());
        } else {
            inner -= 1;
        }
        inner = inner.saturating_add(part.whole(5).unwrap_or(0));
    }
    (names.len() as u64 == wanted && inner == 0).then_some(names)
}

impl<'b> Held<'b> {
    fn field(&self, number: i16) -> Option<&Self> {
        let Self::Struct(fields) = self else {
            return None;
        };
        fields
            .iter()
            .find(|(own, _)| *own == number)
            .map(|(_, held)| held)
    }

    fn list(&self, number: i16) -> Option<&[Held<'b>]> {
        match self.field(number)? {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    fn whole(&self, number: i16) -> Option<u64> {
        match self.field(number)? {
            Self::Whole(number) => Some(*number),
            _ => None,
        }
    }
}

/// The compact protocol of Thrift, in which a footer is written. Whatever
/// claims to be longer than what is left ends the reading.
struct Compact<'b> {
    bytes: &'b [u8],
}

impl<'b> Compact<'b> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn skip(&mut self, length: u64) -> Option<Held<'b>> {
        self.bytes = self.bytes.get(usize::try_from(length).ok()?..)?;
        Some(Held::Other)
    }

    fn structure(&mut self, depth: usize) -> Option<Held<'b>> {
        let mut fields = Vec::new();
        let mut number = 0_i16;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(Held::Struct(fields));
            }
            number = match head >> 4 {
                0 => {
                    let coded = self.varint()?;
                    i16::try_from((coded >> 1).cast_signed() ^ -(coded & 1).cast_signed()).ok()?
                }
                step => number.checked_add(step.into())?,
            };
            fields.push((number, self.value(head & 0x0f, depth, true)?));
        }
    }

    fn value(&mut self, kind: u8, depth: usize, is_field: bool) -> Option<Held<'b>> {
        if depth > DEEPEST {
            return None;
        }
        match kind {
            // A truth stands in the head of its field, and in a list as a byte.
            1 | 2 if is_field => Some(Held::Other),
            1..=3 => self.skip(1),
            // Statistics hold numbers below nought.
            4..=6 => {
                let coded = self.varint()?;
                Some(if coded & 1 == 0 {
                    Held::Whole(coded >> 1)
                } else {
                    Held::Other
                })
            }
            7 => self.skip(8),
            8 => {
                let length = usize::try_from(self.varint()?).ok()?;
                let (text, rest) = self.bytes.split_at_checked(length)?;
                self.bytes = rest;
                Some(Held::Text(text))
            }
            9 | 10 => self.list(depth),
            11 => self.map(depth),
            12 => self.structure(depth + 1),
            _ => None,
        }
    }

    fn list(&mut self, depth: usize) -> Option<Held<'b>> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.varint()?,
            count => count.into(),
        };
        let items = (0..self.credible(count)?).map(|_| self.value(head & 0x0f, depth + 1, false));
        items.collect::<Option<Vec<_>>>().map(Held::List)
    }

    fn map(&mut self, depth: usize) -> Option<Held<'b>> {
        let count = self.varint()?;
        if count == 0 {
            return Some(Held::Other);
        }
        let kinds = self.byte()?;
        for _ in 0..self.credible(count)? {
            self.value(kinds >> 4, depth + 1, false)?;
            self.value(kinds & 0x0f, depth + 1, false)?;
        }
        Some(Held::Other)
    }

    /// A count of things that take a byte each at least.
    fn credible(&self, count: u64) -> Option<u64> {
        (count <= self.bytes.len() as u64).then_some(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    fn footer_of(query: &str) -> (Vec<u8>, Footer) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.parquet");
        let sql = format!("copy ({query}) to '{}' (format parquet)", path.display());
        Store::in_memory()
            .unwrap()
            .connection()
            .execute_batch(&sql)
            .unwrap();
        let mut file = File::open(&path).unwrap();
        let bytes = file.metadata().unwrap().len();
        let footer = read(&mut file, bytes).unwrap();
        let parsed = Footer::parse(&footer).unwrap();
        (footer, parsed)
    }

    #[test]
    fn rows_and_columns_are_found_whatever_the_types() {
        for query in [
            "select i, 'x' || i as t, i % 2 = 0 as b, date '1960-01-01' as d from range(300000) r(i)",
            "select -i as i, null as t, [i, i] as l, {'a': i} as s from range(300000) r(i)",
        ] {
            let (_, found) = footer_of(query);
            assert_eq!((found.rows, found.columns), (300_000, 4), "{query}");
            assert!(found.unpacked > 100_000, "{found:?}");
        }
        assert_eq!(footer_of("select 1 as a where false").1.rows, 0);
    }

    #[test]
    fn a_damaged_footer_is_no_footer_and_never_more_than_it_says() {
        let (footer, whole) = footer_of("select i, 'x' as t from range(300000) r(i)");
        for at in 0..footer.len() {
            assert_eq!(Footer::parse(&footer[..at]), None, "cut off at {at}");
            let mut spoilt = footer.clone();
            spoilt[at] = 0xff;
            let _ = Footer::parse(&spoilt);
        }
        assert_eq!(Footer::parse(&footer), Some(whole));
        // A list of a thousand million structures in six bytes.
        assert_eq!(Footer::parse(&[0x29, 0xfc, 0x80, 0xa8, 0xd6, 0x07]), None);
    }
}
