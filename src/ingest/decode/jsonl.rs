//! JSON lines: one object per row, its names found as a header's would be.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Read;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::aside::Aside;
use super::csv_lines::{Lines, trimmed};
use super::decoded::{Counts, Decoded};
use super::header::{self, Header};
use super::spool::Rows;
use crate::ingest::contract::{Column, Contract, Kind, Mode};
use crate::ingest::refusal::{self, AS_ISSUED, HEADER, RESHAPED, Refused};

/// Names beyond these are not counted; a file could hold any number.
const MOST_UNKNOWN: usize = 50;

/// Why a line is no row: a code, and words that quote nothing of it.
type Wrong = (&'static str, String);

/// Reads one object a line.
pub(crate) fn decode(
    contract: &Contract,
    text: impl Read,
    scratch: &Path,
) -> Result<Decoded, Refused> {
    let mut lines = Lines::new(text, contract.limits.line);
    let mut rows = Rows::create(contract, scratch, b',')?;
    let mut unknown = BTreeSet::new();
    let mut aside = Aside::default();
    let mut first = None;
    let (mut objects, mut has_known) = (0_u64, false);
    while let Some(line) = lines.next_filled()? {
        if let Some(patterns) = &contract.layout.set_aside
            && patterns.is_match(line.text)
        {
            aside.matched += 1;
            continue;
        }
        if first.is_none() {
            let begins = line.text.trim_ascii();
            if begins == b"[" || begins == b"{" {
                return Err(no_lines(begins[0]));
            }
            first = Some(*begins.first().unwrap_or(&b' '));
        }
        let read = cells(line.text, contract, &mut unknown);
        objects += u64::from(!matches!(read, Err(("json", _))));
        has_known |= match &read {
            Ok(cells) => cells.has_known,
            Err((code, _)) => *code == "member",
        };
        match read {
            Ok(Cells { cells, .. }) => rows.write(
                contract.layout.row_number(line.number, 0),
                cells.iter().map(|cell| trimmed(cell.as_bytes())),
            )?,
            Err(wrong) => {
                rows.fault(line.number, wrong, || {
                    String::from_utf8_lossy(line.text).into_owned()
                })?;
            }
        }
    }
    if lines.number == 0 {
        return Err(Refused::whole("the file is empty"));
    }
    if let Some(first) = first
        && objects == 0
    {
        return Err(no_lines(first));
    }
    if objects > 0 && !has_known {
        return Err(Refused::coded(
            HEADER,
            "no object of it has a member that the contract knows; are these its rows?",
        ));
    }
    let counts = Counts {
        rows: None,
        lines: lines.number,
        blank_lines: lines.blank,
        is_unclosed: !lines.is_closed,
        aside,
    };
    rows.finish(header(contract, unknown.len()), counts, false)
}

/// Of a file that is JSON perhaps, but not one object a line.
fn no_lines(first: u8) -> Refused {
    Refused::whole(match first {
        b'[' => "it is one JSON list; expected one object a line, without a list around them",
        b'{' => "its JSON objects do not stand on one line each; expected one object a line",
        b'<' => "it is an HTML page or an XML document; expected one JSON object a line",
        _ => "no line of it is a JSON object; expected one a line",
    })
}

/// Cells stand in the contract's order, `op` last.
fn header(contract: &Contract, unknown: usize) -> Header {
    let count = contract.columns.len();
    let mut names: Vec<String> = contract.columns.iter().map(|c| c.name.clone()).collect();
    names.push("op".to_owned());
    Header {
        positions: (0..count).map(Some).collect(),
        op: (contract.mode == Mode::Delta).then_some(count),
        names,
        unknown: match unknown {
            0 => None,
            1 => Some("1 name that the contract does not know".to_owned()),
            count => Some(format!("{count} names that the contract does not know")),
        },
    }
}

/// The cells of an object, in the contract's order.
struct Cells {
    cells: Vec<String>,
    /// Some member of it is one of the contract's.
    has_known: bool,
}

fn cells(text: &[u8], contract: &Contract, unknown: &mut BTreeSet<String>) -> Result<Cells, Wrong> {
    let object = object(text, contract.limits.depth)?;
    let mut cells = Vec::with_capacity(contract.columns.len() + 1);
    let mut used = 0;
    for column in &contract.columns {
        let mut found = object
            .iter()
            .filter(|(name, _)| header::matches(column, name));
        let value = only(&mut found, &column.name)?;
        used += usize::from(value.is_some());
        cells.push(cell(column, value)?);
    }
    let mut found = object
        .iter()
        .filter(|(name, _)| contract.mode == Mode::Delta && header::is_op(contract, name));
    let op = only(&mut found, "what happened to the row")?;
    used += usize::from(op.is_some());
    cells.push(match op {
        Some(Value::Text(op) | Value::Literal(op)) => op.clone(),
        Some(Value::Null) | None => String::new(),
        Some(Value::Nested) => "a list or an object".to_owned(),
    });
    if used < object.len() && unknown.len() < MOST_UNKNOWN {
        let names = object.iter().map(|(name, _)| name).filter(|name| {
            !header::is_op(contract, name)
                && !contract.columns.iter().any(|c| header::matches(c, name))
        });
        let room = MOST_UNKNOWN - unknown.len();
        unknown.extend(names.take(room).map(|name| refusal::shortened(name)));
    }
    Ok(Cells {
        cells,
        has_known: used > 0,
    })
}

/// The members of a line. What the parser says of one that is no object quotes
/// the line, and only where it stopped is taken from it.
fn object(text: &[u8], deepest: usize) -> Result<Vec<(String, Value)>, Wrong> {
    let wrong = |told: String| Err(("json", told));
    if is_deeper(text, deepest) {
        return wrong(format!(
            "nested more than {deepest} deep, its contract's limits.depth"
        ));
    }
    let error = match serde_json::from_slice(text) {
        Ok(Members(members)) => return Ok(members),
        Err(error) => error,
    };
    let column = error.column();
    match error.classify() {
        Category::Eof => wrong("the line ends inside a value".to_owned()),
        Category::Data => wrong(format!("{} where an object was expected", what(text))),
        Category::Syntax | Category::Io => wrong(format!("not JSON at column {column}")),
    }
}

/// What a line that is no object begins with.
fn what(text: &[u8]) -> &'static str {
    match text.trim_ascii_start().first() {
        Some(b'"') => "a text",
        Some(b'[') => "a list",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// Whether brackets outside texts stand within more others than they may.
fn is_deeper(text: &[u8], deepest: usize) -> bool {
    if memchr::memchr2_iter(b'{', b'[', text)
        .nth(deepest)
        .is_none()
    {
        return false;
    }
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    for byte in text {
        match (is_text, byte) {
            (true, _) if is_escaped => is_escaped = false,
            (true, b'\\') => is_escaped = true,
            (_, b'"') => is_text = !is_text,
            (false, b'{' | b'[') => depth += 1,
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > deepest {
            return true;
        }
    }
    false
}

/// The value of a member. A number is kept as it is written: as one of the
/// machine's it would lose digits.
#[derive(Debug)]
enum Value {
    Null,
    Text(String),
    /// A number, true or false.
    Literal(String),
    /// A list or an object.
    Nested,
}

impl Value {
    fn of(raw: &RawValue) -> serde_json::Result<Self> {
        let text = raw.get();
        Ok(match text.as_bytes().first() {
            Some(b'"') => Self::Text(serde_json::from_str(text)?),
            Some(b'[' | b'{') => Self::Nested,
            Some(b'n') => Self::Null,
            _ => Self::Literal(text.to_owned()),
        })
    }
}

/// The members of an object as they stand, a name that comes twice included,
/// which a map would settle by keeping the last.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Gather;

        impl<'de> Visitor<'de> for Gather {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some((name, raw)) = map.next_entry::<String, Box<RawValue>>()? {
                    let value = Value::of(&raw).map_err(serde::de::Error::custom)?;
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }

        input.deserialize_map(Gather)
    }
}

/// The value of the one member that a column may have.
fn only<'v>(
    found: &mut impl Iterator<Item = &'v (String, Value)>,
    meaning: &str,
) -> Result<Option<&'v Value>, Wrong> {
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => Err((
            "member",
            format!("two members both are {meaning}; expected one"),
        )),
        (value, _) => Ok(value.map(|(_, value)| value)),
    }
}

fn cell(column: &Column, value: Option<&Value>) -> Result<String, Wrong> {
    match value {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::Text(text)) if text.contains('\0') => {
            Err(("member", format!("{} holds a NUL character", column.name)))
        }
        // Beyond these, or in another form, it has been a program's number.
        Some(Value::Literal(text))
            if column.kind == Kind::Identifier && !is_machine_number(text) =>
        {
            Err(("reshaped", format!("{RESHAPED}; {AS_ISSUED}")))
        }
        Some(Value::Text(text) | Value::Literal(text)) => Ok(text.clone()),
        Some(Value::Nested) => Err((
            "member",
            format!(
                "{} holds a list or an object; expected one value",
                column.name
            ),
        )),
    }
}

/// A whole number that programs keep as it is.
fn is_machine_number(text: &str) -> bool {
    let is_same = |number: String| number == text;
    text.parse::<u64>().is_ok_and(|n| is_same(n.to_string()))
        || text.parse::<i64>().is_ok_and(|n| is_same(n.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_object_is_told_without_a_word_of_it() {
        for (line, expected) in [
            (
                r#""{\"surname\": \"Aldermoss\"}""#,
                "a text where an object was expected",
            ),
            (
                r#"[{"surname": "Aldermoss"}]"#,
                "a list where an object was expected",
            ),
            ("true", "true or false where an object was expected"),
            ("null", "null where an object was expected"),
            (" 17", "a number where an object was expected"),
            (r#"{"surname": "Alder"#, "the line ends inside a value"),
            (r#"{"surname": Aldermoss}"#, "not JSON at column 13"),
            (r#"{"surname": "A"} Aldermoss"#, "not JSON at column 18"),
            (
                r#"{"a": [[[[1]]]]}"#,
                "nested more than 4 deep, its contract's limits.depth",
            ),
        ] {
            let (code, told) = object(line.as_bytes(), 4).unwrap_err();
            assert_eq!((code, told.as_str()), ("json", expected), "{line}");
        }
        assert_eq!(object(br#"{"a": "{[{[{[\"{["}"#, 4).unwrap().len(), 1);
    }
}
