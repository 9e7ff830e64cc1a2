//! JSON lines: one object per row, its names found as a header's would be.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Read;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::Refused;
use super::contract::{Column, Contract, Mode};
use super::decode::{Counts, Decoded};
use super::header::{self, Header};
use super::lines::{Lines, trimmed};
use super::scratch::Rows;

/// Names beyond these are not listed; a file could hold any number.
const MOST_IGNORED: usize = 50;

/// Reads one object a line.
pub(super) fn decode(
    contract: &Contract,
    text: impl Read,
    scratch: &Path,
) -> Result<Decoded, Refused> {
    let mut lines = Lines::new(text);
    let mut rows = Rows::create(contract, scratch, b',')?;
    let mut ignored = BTreeSet::new();
    while let Some(line) = lines.next_filled()? {
        match cells(line.text, contract, &mut ignored) {
            Ok(cells) => rows.write(
                line.number,
                cells.iter().map(|cell| trimmed(cell.as_bytes())),
            ),
            Err(reason) => {
                let shown = String::from_utf8_lossy(line.text).into_owned();
                rows.fault(line.number, &shown, reason);
            }
        }
    }
    if lines.number == 0 {
        return Err(Refused::whole("the file is empty"));
    }
    let counts = Counts {
        rows: None,
        lines: lines.number,
        blank_lines: lines.blank,
        is_unclosed: !lines.is_closed,
    };
    rows.finish(header(contract, ignored), counts)
}

/// Cells stand in the contract's order, `op` last.
fn header(contract: &Contract, ignored: BTreeSet<String>) -> Header {
    let count = contract.columns.len();
    let mut names: Vec<String> = contract.columns.iter().map(|c| c.name.clone()).collect();
    names.push("op".to_owned());
    Header {
        positions: (0..count).map(Some).collect(),
        op: (contract.mode == Mode::Delta).then_some(count),
        names,
        ignored: ignored.into_iter().collect(),
    }
}

fn cells(
    text: &[u8],
    contract: &Contract,
    ignored: &mut BTreeSet<String>,
) -> Result<Vec<String>, String> {
    let Members(object) =
        serde_json::from_slice(text).map_err(|error| format!("not a JSON object: {error}"))?;
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
        Some(Value::String(op)) => op.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    });
    if used < object.len() && ignored.len() < MOST_IGNORED {
        let unknown = object.iter().map(|(name, _)| name).filter(|name| {
            !header::is_op(contract, name)
                && !contract.columns.iter().any(|c| header::matches(c, name))
        });
        ignored.extend(unknown.cloned());
    }
    Ok(cells)
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
                while let Some(member) = map.next_entry()? {
                    members.push(member);
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
) -> Result<Option<&'v Value>, String> {
    match (found.next(), found.next()) {
        (Some((first, _)), Some((second, _))) => Err(format!(
            "{first:?} and {second:?} both are {meaning}; expected one"
        )),
        (value, _) => Ok(value.map(|(_, value)| value)),
    }
}

fn cell(column: &Column, value: Option<&Value>) -> Result<String, String> {
    match value {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) if text.contains('\0') => {
            Err(format!("{} holds a NUL character", column.name))
        }
        Some(Value::String(text)) => Ok(text.clone()),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(value.to_string()),
        Some(_) => Err(format!(
            "{} holds a list or an object; expected one value",
            column.name
        )),
    }
}
