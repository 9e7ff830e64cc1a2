//! Finds each column of a contract in a file's header, whatever the order and
//! the spelling, and refuses a header that could be misread.

use crate::ingest::contract::{Column, Contract, Kind, Mode, Zone};
use crate::ingest::refusal::{Fault, HEADER, Refused};
use crate::model::control_chars::is_unseen;

/// Where each column of the contract stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Position of each contract column, in the contract's order.
    pub positions: Vec<Option<usize>>,
    /// Position of the column of a delta that says what happened.
    pub op: Option<usize>,
    /// The file's own column names.
    pub names: Vec<String>,
    /// What of the file the contract does not know, in words that quote nothing;
    /// it is not read.
    pub unknown: Option<String>,
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

/// Whether two spellings name one column.
pub(crate) fn is_same(spelling: &str, header: &str) -> bool {
    spelling.trim().eq_ignore_ascii_case(header.trim())
        || (has_odd_space(spelling) || has_odd_space(header))
            && folded(spelling).eq_ignore_ascii_case(&folded(header))
}

/// Whether words are separated by anything but single spaces.
fn has_odd_space(name: &str) -> bool {
    let mut before = 'x';
    name.chars().any(|c| {
        let is_odd = c.is_whitespace() && (c != ' ' || before == ' ');
        before = c;
        is_odd
    })
}

/// With one space wherever there are line ends, no-break spaces or several.
fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a header cell would name a column, were it not for letters that are
/// not seen.
fn matches_unseen(column: &Column, header: &str) -> bool {
    let seen: String = header.chars().filter(|c| !is_unseen(*c)).collect();
    seen.len() < header.len() && matches(column, &seen)
}

/// A header of more columns is none; each would be asked of the database.
pub(crate) const MOST_COLUMNS: usize = 5_000;

/// Refuses a header of more columns than any extract has.
pub(crate) fn check_count(columns: usize, line: u64) -> Result<(), Refused> {
    if columns > MOST_COLUMNS {
        let told = format!("{columns} columns; is this line a header?");
        return Err(wrong(line, &told));
    }
    Ok(())
}

/// Maps a header, which stands on a line, onto a contract.
pub fn map(contract: &Contract, names: &[String], line: u64) -> Result<Header, Refused> {
    check_count(names.len(), line)?;
    let mut positions = Vec::with_capacity(contract.columns.len());
    let mut missing = Vec::new();
    for column in &contract.columns {
        let position = position(column, names).map_err(|told| wrong(line, &told))?;
        let may_lack =
            column.may_be_absent || column.default.is_some() || column.from_name.is_some();
        if position.is_none() && !may_lack {
            missing.push(column.name.as_str());
        }
        positions.push(position);
    }
    let op = match contract.mode {
        Mode::Delta => op_position(contract, names).map_err(|told| wrong(line, &told))?,
        Mode::Snapshot => None,
    };
    let is_used = |index: usize| positions.contains(&Some(index)) || op == Some(index);
    let unknown: Vec<usize> = (0..names.len()).filter(|index| !is_used(*index)).collect();
    if !missing.is_empty() {
        return Err(lacks(contract, names, &missing, &unknown, line));
    }
    Ok(Header {
        positions,
        op,
        names: names.to_vec(),
        unknown: (!unknown.is_empty()).then(|| told(&unknown, names)),
    })
}

fn position(column: &Column, names: &[String]) -> Result<Option<usize>, String> {
    let found: Vec<usize> = (0..names.len())
        .filter(|index| matches(column, &names[*index]))
        .collect();
    match (found.as_slice(), column.nth) {
        (_, Some(nth)) => Ok(found.get(nth - 1).copied()),
        ([], None) => Ok(None),
        ([one], None) => Ok(Some(*one)),
        ([first, second, ..], None) => Err(format!(
            "columns {} and {} both are {}; expected one, or say which with nth in the contract",
            first + 1,
            second + 1,
            column.name
        )),
    }
}

fn op_position(contract: &Contract, names: &[String]) -> Result<Option<usize>, String> {
    let mut found = (0..names.len()).filter(|index| is_op(contract, &names[*index]));
    let first = found.next();
    match (first, found.next()) {
        (Some(first), Some(second)) => Err(format!(
            "columns {} and {} both say what happened to a row; expected one",
            first + 1,
            second + 1
        )),
        // Rows that the contract drops by it would be accepted.
        (None, _) if !contract.op.drop.is_empty() => Err(
            "no column says what happened to a row, by which the contract drops some".to_owned(),
        ),
        _ => Ok(first),
    }
}

fn wrong(line: u64, reason: &str) -> Refused {
    Refused::coded(HEADER, format!("line {line}: {reason}"))
}

/// A header without a column that the contract wants. What it has instead may
/// be anything, and is kept with the values of rejected rows.
fn lacks(
    contract: &Contract,
    names: &[String],
    missing: &[&str],
    unknown: &[usize],
    line: u64,
) -> Refused {
    let lacks = format!("the header lacks {}", some(missing));
    if let Some(other) = other_delimiter(contract, names) {
        let own = shown(&String::from_utf8_lossy(&contract.delimiter));
        let other = shown(other);
        let told = format!("{lacks}; it seems to be separated by {other}, the contract says {own}");
        return wrong(line, &told);
    }
    let header = names.join(",");
    if !header.is_ascii()
        && header
            .chars()
            .any(|c| ('\u{2e80}'..'\u{ffff}').contains(&c))
    {
        let told = format!("{lacks}; is the file in another encoding than its contract says?");
        return wrong(line, &told);
    }
    let unseen = contract.columns.iter().find_map(|column| {
        let found = unknown
            .iter()
            .find(|at| matches_unseen(column, &names[**at]))?;
        missing.contains(&column.name.as_str()).then(|| {
            format!(
                "column {} is {} but for letters that are not seen",
                found + 1,
                column.name
            )
        })
    });
    // A file without a header has a row in its place.
    if unseen.is_none() && unknown.len() == names.len() {
        let told = format!(
            "{lacks}; none of its {} cells names a column of the contract; is the header missing?",
            names.len()
        );
        return wrong(line, &told);
    }
    let reason = match (unseen, unknown) {
        (Some(unseen), _) => format!("line {line}: {lacks}; {unseen}"),
        (None, []) => format!("line {line}: {lacks}"),
        (None, unknown) => format!(
            "line {line}: {lacks}; it has {}; was one renamed?",
            told(unknown, names)
        ),
    };
    Refused::Judged {
        code: HEADER,
        reason,
        rows_read: 0,
        faults: unknown
            .iter()
            .map(|at| unknown_column(line, *at, &names[*at]))
            .collect(),
    }
}

/// A delimiter, as it is told.
pub(crate) fn shown(delimiter: &str) -> String {
    let mut letters = delimiter.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => format!("{letter:?}"),
        _ => format!("{delimiter:?}"),
    }
}

/// What seems to separate the cells of a header in place of the contract's
/// delimiter.
fn other_delimiter(contract: &Contract, names: &[String]) -> Option<&'static str> {
    if names.len() >= contract.columns.len() {
        return None;
    }
    let header = names.join(",");
    ["||", ",", ";", "\t", "|", "¬", "§", "~", "^"]
        .into_iter()
        .filter(|other| other.as_bytes() != contract.delimiter)
        .find(|other| header.matches(other).count() + 1 >= contract.columns.len())
}

/// The first few of some columns, and how many more there are: what follows
/// would not fit into a reason.
fn some(columns: &[&str]) -> String {
    const TOLD: usize = 5;
    match columns.split_at_checked(TOLD) {
        Some((told, more)) if !more.is_empty() => {
            format!("{} and {} more", told.join(", "), more.len())
        }
        _ => columns.join(", "),
    }
}

fn unknown_column(line: u64, at: usize, name: &str) -> Fault {
    let reason = format!("column {}, which the contract does not know", at + 1);
    Fault::reject(line, None, Some(name), (HEADER, reason))
}

/// `2 columns that the contract does not know (columns 4, 7)`.
fn told(unknown: &[usize], names: &[String]) -> String {
    const SHOWN: usize = 10;
    let place = |at: &usize| match names[*at].as_str() {
        "" => format!("{} without a name", at + 1),
        _ => (at + 1).to_string(),
    };
    let places: Vec<String> = unknown.iter().take(SHOWN).map(place).collect();
    let places = places.join(", ");
    let more = match unknown.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match unknown {
        [_] => format!("1 column that the contract does not know (column {places})"),
        _ => format!(
            "{} columns that the contract does not know (columns {places}{more})",
            unknown.len(),
        ),
    }
}

/// Refuses a Parquet file in which a column has a type that its contract's
/// kind could only be guessed from.
pub fn check_types(
    contract: &Contract,
    header: &Header,
    columns: &[(String, String)],
) -> Result<(), Refused> {
    let mut unfit = Vec::new();
    for (column, position) in contract.columns.iter().zip(&header.positions) {
        let Some((_, held)) = position.map(|at| &columns[at]) else {
            continue;
        };
        if !is_fit(column, held) {
            let is_moment = column.kind == Kind::Timestamp && held == MOMENT;
            unfit.push(format!(
                "{} holds {}; expected {}{}",
                column.name,
                type_name(held),
                column.kind.expected(),
                if is_moment {
                    ", or zone = \"UTC\" in the contract"
                } else {
                    ""
                }
            ));
        }
    }
    if unfit.is_empty() {
        Ok(())
    } else {
        Err(Refused::coded(HEADER, unfit.join("; ")))
    }
}

/// A type without its parts, which the file names as it likes.
fn type_name(held: &str) -> &str {
    nested(held).unwrap_or_else(|| match held.split('(').next() {
        Some("DECIMAL") | None => held,
        Some(name) => name,
    })
}

/// What a type is that holds more than one value a row; none of any other.
pub(crate) fn nested(held: &str) -> Option<&'static str> {
    match held.split(['(', '[']).next() {
        Some(name) if name.len() < held.len() && held.ends_with(']') => Some("a list"),
        Some("STRUCT") => Some("a structure"),
        Some("MAP") => Some("a map"),
        Some("UNION") => Some("a union"),
        _ => None,
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
        // Whether a moment is to be turned into local time is not guessed.
        Kind::Timestamp if held == MOMENT => column.zone == Some(Zone::Utc),
        Kind::Date | Kind::Timestamp => {
            held == "DATE" || (held.starts_with("TIMESTAMP") && held != MOMENT)
        }
    }
}

/// A moment, which has the same digits in no two zones.
pub(crate) const MOMENT: &str = "TIMESTAMP WITH TIME ZONE";
