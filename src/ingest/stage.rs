//! Builds the SQL that turns rows of text into typed rows and finds every
//! fault on the way. Pure: it makes text, and runs nothing.

use std::fmt::Write as _;

use super::contract::{Column, Contract, Kind, ho_code_pattern};
use super::decode::Relation;
use super::header::Header;
use crate::store::quoted;

/// Creates the temporary table `staged`: `line`, `op`, every column typed,
/// `row_hash`, `occurrence` and `faults` (null when the row is sound).
pub fn staged_sql(contract: &Contract, relation: &Relation, header: &Header) -> String {
    let mut raw = String::new();
    let mut typed = String::new();
    let mut faults = String::new();
    for column in &contract.columns {
        let name = &column.name;
        let _ = write!(raw, ",\n    {} as \"{name}\"", mapped(column));
        let _ = write!(typed, ",\n    {} as \"{name}\"", typed_value(column));
        for (condition, reason) in fault_conditions(contract, column) {
            let _ = write!(
                faults,
                ",\n        case when {condition} then {{'column_name': '{name}', \
                 'value': raw.\"{name}\", 'reason': '{}'}} end",
                quoted(&reason)
            );
        }
    }
    faults.push_str(
        ",\n        case when op not in ('I', 'U', 'D') then {'column_name': 'op', \
         'value': op, 'reason': 'expected I, U or D'} end",
    );
    let is_faulty = contract
        .columns
        .iter()
        .flat_map(|column| fault_conditions(contract, column))
        .map(|(condition, _)| format!("({condition})"))
        .chain(["(op not in ('I', 'U', 'D'))".to_owned()])
        .collect::<Vec<_>>()
        .join("\n        or ");
    let names: Vec<String> = contract
        .columns
        .iter()
        .map(|c| format!("\"{}\"", c.name))
        .collect();
    format!(
        "create or replace temp table staged as\n\
         with source as ({source}),\n\
         raw as (select line, nullif(upper(trim(op)), '') as op{raw}\n    from source as source),\n\
         typed as (select line, op{typed},\n    \
         case when {is_faulty} then list_filter([{faults}\n    ], lambda fault: fault is not null) end as faults\n    \
         from raw)\n\
         select *, hash({hashed}) as row_hash, {occurrence} as occurrence\n\
         from typed",
        source = source_sql(contract, relation, header),
        faults = faults.trim_start_matches(','),
        hashed = names.join(", "),
        occurrence = if contract.key.is_empty() {
            format!(
                "row_number() over (partition by {} order by line)",
                names.join(", ")
            )
        } else {
            "1".to_owned()
        },
    )
}

/// The columns by which a row is matched with history.
pub fn key_columns(contract: &Contract) -> Vec<String> {
    if contract.key.is_empty() {
        vec!["row_hash".to_owned(), "occurrence".to_owned()]
    } else {
        contract.key.clone()
    }
}

fn source_sql(contract: &Contract, relation: &Relation, header: &Header) -> String {
    match relation {
        Relation::Csv(path) => {
            let columns: Vec<String> = contract
                .columns
                .iter()
                .map(|column| format!("'{}': 'varchar'", column.name))
                .chain(["'op': 'varchar'".to_owned()])
                .collect();
            format!(
                "select * from read_csv('{}', header = false, auto_detect = false, delim = ',', \
                 quote = '\"', escape = '\"', new_line = '\\n', max_line_size = 16777216, \
                 columns = {{'line': 'bigint', {}}})",
                quoted(&path.display().to_string()),
                columns.join(", ")
            )
        }
        Relation::Parquet(path) => {
            let cells: Vec<String> = contract
                .columns
                .iter()
                .zip(&header.positions)
                .map(|(column, position)| parquet_cell(&header.names, *position, &column.name))
                .chain([parquet_cell(&header.names, header.op, "op")])
                .collect();
            format!(
                "select file_row_number + 1 as line, {} from read_parquet('{}', file_row_number = true)",
                cells.join(", "),
                quoted(&path.display().to_string())
            )
        }
    }
}

fn parquet_cell(names: &[String], position: Option<usize>, name: &str) -> String {
    match position {
        Some(index) => format!(
            "cast(\"{}\" as varchar) as \"{name}\"",
            names[index].replace('"', "\"\"")
        ),
        None => format!("cast(null as varchar) as \"{name}\""),
    }
}

/// What is trimmed off a cell: space, tab, line ends, no-break space.
const SPACE: &str = "' ' || chr(9) || chr(10) || chr(13) || chr(160)";

/// The trimmed cell, empty as null, the file's own spelling replaced by ours.
fn mapped(column: &Column) -> String {
    let cell = format!("nullif(trim(source.\"{}\", {SPACE}), '')", column.name);
    if column.map.is_empty() {
        return cell;
    }
    let arms: Vec<String> = column
        .map
        .iter()
        .map(|(from, to)| format!("when '{}' then '{}'", quoted(from), quoted(to)))
        .collect();
    format!("case {cell} {} else {cell} end", arms.join(" "))
}

fn typed_value(column: &Column) -> String {
    let cell = format!("raw.\"{}\"", column.name);
    let formats = || {
        let list: Vec<String> = column
            .formats
            .iter()
            .map(|f| format!("'{}'", quoted(f)))
            .collect();
        format!("try_strptime({cell}, [{}])", list.join(", "))
    };
    match column.kind {
        Kind::Text | Kind::HoCode => cell,
        // A cast alone would round `15646.5` and read `15646.0` as a number.
        Kind::Integer => format!(
            "case when regexp_full_match({cell}, '-?[0-9]+') then try_cast({cell} as bigint) end"
        ),
        Kind::Decimal => format!("try_cast({cell} as decimal(18, 6))"),
        Kind::Boolean => format!(
            "case lower({cell}) when 'true' then true when 'false' then false \
             when '1' then true when '0' then false end"
        ),
        Kind::Date if column.formats.is_empty() => {
            format!("case when {cell} like '____-__-__' then try_cast({cell} as date) end")
        }
        Kind::Date => format!("cast({} as date)", formats()),
        // A cast alone would take an offset and silently shift the time, and
        // would read 24:00:00 as the next day.
        Kind::Timestamp if column.formats.is_empty() => format!(
            "case when ({cell} like '____-__-__ __:__:__' or {cell} like '____-__-__T__:__:__' \
             or regexp_full_match({cell}, '.{{19}}[.][0-9]{{1,6}}')) \
             and substring({cell}, 12, 2) < '24' then try_cast({cell} as timestamp) end"
        ),
        Kind::Timestamp => formats(),
    }
}

fn fault_conditions(contract: &Contract, column: &Column) -> Vec<(String, String)> {
    let cell = format!("raw.\"{}\"", column.name);
    let mut found = Vec::new();
    let is_key = contract.key.contains(&column.name);
    if is_key {
        found.push((
            format!("{cell} is null"),
            "empty, but it is part of the key".to_owned(),
        ));
    } else if column.is_required {
        // A deletion needs no more than its key.
        found.push((
            format!("{cell} is null and op is distinct from 'D'"),
            format!("empty; expected {}", column.kind.expected()),
        ));
    }
    match column.kind {
        Kind::Text => {}
        Kind::HoCode => found.push((
            format!(
                "not regexp_full_match({cell}, '{}')",
                ho_code_pattern().trim_matches(['^', '$'])
            ),
            format!("expected {}", column.kind.expected()),
        )),
        _ => found.push((
            format!("{cell} is not null and {} is null", typed_value(column)),
            format!("expected {}", expected_form(column)),
        )),
    }
    if column.min.is_some() || column.max.is_some() {
        let value = typed_value(column);
        let (low, high) = (
            column.min.unwrap_or(i64::MIN),
            column.max.unwrap_or(i64::MAX),
        );
        found.push((
            format!("{value} not between {low} and {high}"),
            format!("expected {} to {}", bound(column.min), bound(column.max)),
        ));
    }
    if !column.values.is_empty() {
        let list: Vec<String> = column
            .values
            .iter()
            .map(|v| format!("'{}'", quoted(v)))
            .collect();
        found.push((
            format!("{cell} not in ({})", list.join(", ")),
            format!("expected one of {}", column.values.join(", ")),
        ));
    }
    found
}

fn bound(bound: Option<i64>) -> String {
    bound.map_or_else(|| "any number".to_owned(), |bound| bound.to_string())
}

fn expected_form(column: &Column) -> String {
    match column.kind {
        Kind::Date if column.formats.is_empty() => {
            format!("{}, YYYY-MM-DD", column.kind.expected())
        }
        Kind::Timestamp if column.formats.is_empty() => {
            format!(
                "{}, YYYY-MM-DD HH:MM:SS, local time without offset",
                column.kind.expected()
            )
        }
        Kind::Date | Kind::Timestamp => {
            format!(
                "{}, as {}",
                column.kind.expected(),
                column.formats.join(" or ")
            )
        }
        kind => kind.expected().to_owned(),
    }
}
