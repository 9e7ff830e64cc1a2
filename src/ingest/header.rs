//! Finds each column of a contract in a file's header, whatever the order and
//! the spelling, and refuses a header that could be misread.

use super::Refused;
use super::contract::{Column, Contract, Kind, Mode};

/// Where each column of the contract stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Position of each contract column, in the contract's order.
    pub positions: Vec<Option<usize>>,
    /// Position of the column of a delta that says what happened.
    pub op: Option<usize>,
    /// The file's own column names.
    pub names: Vec<String>,
    /// Columns of the file that the contract does not know; not read.
    pub ignored: Vec<String>,
}

/// Whether a file's header cell names this column.
pub fn matches(column: &Column, header: &str) -> bool {
    column.from_name.is_none()
        && (is_same(&column.name, header)
            || column
                .headers
                .iter()
                .any(|spelling| is_same(spelling, header)))
}

/// Whether a file's header cell names the column that says what happened.
pub fn is_op(contract: &Contract, header: &str) -> bool {
    contract
        .op
        .headers
        .iter()
        .any(|spelling| is_same(spelling, header))
}

fn is_same(spelling: &str, header: &str) -> bool {
    spelling.trim().eq_ignore_ascii_case(header.trim())
}

/// A header of more columns is none; each would be asked of the database.
const MOST_COLUMNS: usize = 5_000;

/// Maps a header onto a contract.
pub fn map(contract: &Contract, names: &[String]) -> Result<Header, Refused> {
    if names.len() > MOST_COLUMNS {
        let told = format!("{} columns; is this line a header?", names.len());
        return Err(Refused::at(1, told));
    }
    let mut positions = Vec::with_capacity(contract.columns.len());
    let mut missing = Vec::new();
    for column in &contract.columns {
        let position = position(column, names)?;
        let may_lack =
            column.may_be_absent || column.default.is_some() || column.from_name.is_some();
        if position.is_none() && !may_lack {
            missing.push(column.name.as_str());
        }
        positions.push(position);
    }
    let op = match contract.mode {
        Mode::Delta => op_position(contract, names)?,
        Mode::Snapshot => None,
    };
    let is_used = |index: usize| positions.contains(&Some(index)) || op == Some(index);
    let ignored: Vec<String> = (0..names.len())
        .filter(|index| !is_used(*index))
        .map(|index| names[index].clone())
        .collect();
    if !missing.is_empty() {
        return Err(Refused::at(1, lacks(contract, names, &missing, &ignored)));
    }
    Ok(Header {
        positions,
        op,
        names: names.to_vec(),
        ignored,
    })
}

fn position(column: &Column, names: &[String]) -> Result<Option<usize>, Refused> {
    let found: Vec<usize> = (0..names.len())
        .filter(|index| matches(column, &names[*index]))
        .collect();
    match (found.as_slice(), column.nth) {
        (_, Some(nth)) => Ok(found.get(nth - 1).copied()),
        ([], None) => Ok(None),
        ([one], None) => Ok(Some(*one)),
        ([first, second, ..], None) => Err(Refused::at(
            1,
            format!(
                "columns {} ({:?}) and {} ({:?}) both are {}; expected one, or say which with nth in the contract",
                first + 1,
                names[*first],
                second + 1,
                names[*second],
                column.name
            ),
        )),
    }
}

fn op_position(contract: &Contract, names: &[String]) -> Result<Option<usize>, Refused> {
    let mut found = (0..names.len()).filter(|index| is_op(contract, &names[*index]));
    let first = found.next();
    match (first, found.next()) {
        (Some(first), Some(second)) => Err(Refused::at(
            1,
            format!(
                "columns {} ({:?}) and {} ({:?}) both say what happened to a row; expected one",
                first + 1,
                names[first],
                second + 1,
                names[second]
            ),
        )),
        _ => Ok(first),
    }
}

fn lacks(contract: &Contract, names: &[String], missing: &[&str], unknown: &[String]) -> String {
    let lacks = format!("the header lacks {}", missing.join(", "));
    let header = names.join(",");
    let other = [b',', b';', b'\t', b'|']
        .into_iter()
        .filter(|byte| *byte != contract.delimiter)
        .find(|byte| header.matches(char::from(*byte)).count() + 1 >= contract.columns.len());
    if let Some(byte) = other.filter(|_| names.len() < contract.columns.len()) {
        return format!(
            "{lacks}; it seems to be separated by {:?}, the contract says {:?}",
            char::from(byte),
            char::from(contract.delimiter)
        );
    }
    if !header.is_ascii()
        && header
            .chars()
            .any(|c| ('\u{2e80}'..'\u{ffff}').contains(&c))
    {
        return format!("{lacks}; is the file in another encoding than its contract says?");
    }
    // A file without a header has a row in its place, whose cells are nobody's
    // business where refusals are read.
    if unknown.len() == names.len() {
        return format!(
            "{lacks}; none of its {} cells names a column of the contract; is the header missing?",
            names.len()
        );
    }
    match unknown {
        [] => format!("{lacks}; it has {}", listed(names)),
        unknown => format!(
            "{lacks}; the contract does not know {}; was a column renamed?",
            listed(unknown)
        ),
    }
}

/// Names for people, the first ones when there are many.
pub fn listed(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown = names[..names.len().min(SHOWN)].join(", ");
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => shown,
        Some(more) => format!("{shown} and {more} more"),
    }
}

/// Refuses a Parquet file in which a column has a type that its contract's
/// kind could only be guessed from.
pub fn check_types(
    contract: &Contract,
    header: &Header,
    columns: &[(String, String)],
) -> Result<(), Refused> {
    let mut wrong = Vec::new();
    for (column, position) in contract.columns.iter().zip(&header.positions) {
        let Some((name, held)) = position.map(|at| &columns[at]) else {
            continue;
        };
        if !is_fit(column, held) {
            wrong.push(format!(
                "column {name:?} holds {held}; expected {}",
                column.kind.expected()
            ));
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Refused::whole(wrong.join("; ")))
    }
}

fn is_fit(column: &Column, held: &str) -> bool {
    let is_text = held == "VARCHAR" || held.starts_with("ENUM");
    let is_whole = ["BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT"]
        .iter()
        .any(|name| held.trim_start_matches('U') == *name);
    let is_real = held == "DOUBLE" || held == "FLOAT";
    let is_decimal = held.starts_with("DECIMAL");
    // The database gives an all-empty column of unknown type as this.
    if is_text || held == "\"NULL\"" {
        return true;
    }
    match column.kind {
        Kind::Text | Kind::HoCode => is_whole || held == "BOOLEAN" || held == "DATE",
        Kind::Identifier | Kind::Integer => {
            is_whole || ((is_real || is_decimal) && column.drop_zero_decimals)
        }
        Kind::Decimal => is_whole || is_real || is_decimal,
        Kind::Boolean => held == "BOOLEAN" || is_whole,
        Kind::Date | Kind::Timestamp => held == "DATE" || is_local_timestamp(held),
    }
}

/// One with an offset would have to be turned into local time by guessing.
fn is_local_timestamp(held: &str) -> bool {
    held.starts_with("TIMESTAMP") && !held.contains("WITH TIME ZONE")
}
