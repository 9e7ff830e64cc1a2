//! Finds each column of a contract in a file's header, whatever the order and
//! the spelling, and refuses a header that could be misread.

use super::Refused;
use super::contract::{Column, Contract, Mode};

/// Where each column of the contract stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Position of each contract column, in the contract's order.
    pub positions: Vec<Option<usize>>,
    /// Position of the `op` column of a delta: I, U or D.
    pub op: Option<usize>,
    /// The file's own column names.
    pub names: Vec<String>,
    /// Columns of the file that the contract does not know; not read.
    pub ignored: Vec<String>,
}

impl Header {
    /// Positions in the order rows are written: every column, then `op`.
    pub fn order(&self) -> Vec<Option<usize>> {
        self.positions.iter().copied().chain([self.op]).collect()
    }
}

/// Whether a file's header cell names this column.
pub fn matches(column: &Column, header: &str) -> bool {
    let same = |spelling: &str| spelling.trim().eq_ignore_ascii_case(header.trim());
    same(&column.name) || column.headers.iter().any(|spelling| same(spelling))
}

/// Maps a header onto a contract.
pub fn map(contract: &Contract, names: &[String]) -> Result<Header, Refused> {
    let mut positions = Vec::with_capacity(contract.columns.len());
    let mut missing = Vec::new();
    let mut used = vec![false; names.len()];
    for column in &contract.columns {
        let found: Vec<usize> = (0..names.len())
            .filter(|i| matches(column, &names[*i]))
            .collect();
        match found.as_slice() {
            [] if column.may_be_absent => positions.push(None),
            [] => {
                missing.push(column.name.as_str());
                positions.push(None);
            }
            [one] => {
                used[*one] = true;
                positions.push(Some(*one));
            }
            [first, second, ..] => {
                return Err(Refused::at(
                    1,
                    format!(
                        "columns {} and {} both are {:?}; expected one",
                        first + 1,
                        second + 1,
                        column.name
                    ),
                ));
            }
        }
    }
    if !missing.is_empty() {
        return Err(Refused::at(1, explain_missing(contract, names, &missing)));
    }
    let op = match contract.mode {
        Mode::Delta => names
            .iter()
            .position(|name| name.trim().eq_ignore_ascii_case("op")),
        Mode::Snapshot => None,
    };
    let ignored = names
        .iter()
        .enumerate()
        .filter(|(index, _)| !used[*index] && Some(*index) != op)
        .map(|(_, name)| name.clone())
        .collect();
    Ok(Header {
        positions,
        op,
        names: names.to_vec(),
        ignored,
    })
}

fn explain_missing(contract: &Contract, names: &[String], missing: &[&str]) -> String {
    let header = names.join(",");
    let other = [b',', b';', b'\t', b'|']
        .into_iter()
        .filter(|byte| *byte != contract.delimiter)
        .find(|byte| header.matches(char::from(*byte)).count() + 1 >= contract.columns.len());
    let lacks = format!("the header lacks {}", missing.join(", "));
    match other {
        Some(byte) if names.len() < contract.columns.len() => format!(
            "{lacks}; it seems to be separated by {:?}, the contract says {:?}",
            char::from(byte),
            char::from(contract.delimiter)
        ),
        _ => format!("{lacks}; it has {header}"),
    }
}
