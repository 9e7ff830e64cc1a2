//! Builds the SQL that turns rows of text into typed rows and finds every
//! fault on the way. Pure: it makes text, and runs nothing.

use std::fmt::Write as _;
use std::path::Path;

use chrono::NaiveDateTime;

use super::contract::{Column, Contract, Otherwise};
use super::decode::Relation;
use super::header::Header;
use super::keys::{key_hash, names, scope_text};
use super::value::{parquet_cell, typed_value, value_tests};
use crate::store::quoted;

/// How the rows of one file are read: typed, judged, hashed.
pub struct Reading<'a> {
    pub contract: &'a Contract,
    pub relation: &'a Relation,
    pub header: &'a Header,
    /// Bounds of dates count from here.
    pub as_at: NaiveDateTime,
    /// Columns whose value the file's name gives, with that value.
    pub named: Vec<(String, String)>,
}

impl Reading<'_> {
    /// Common table expressions that end in `typed`: `line`, `op` (upper
    /// case, null when there is none), every column, `is_faulty`,
    /// `has_warning`, `row_hash`, `key_hash`, `occurrence` and `scope`.
    /// `kept` is a condition on `line` that spares the rest of the work.
    pub fn typed(&self, kept: Option<&str>) -> String {
        let contract = self.contract;
        let names = names(contract);
        let mut kept_values = String::new();
        for column in &contract.columns {
            let value = self.kept_value(column);
            let _ = write!(kept_values, ",\n        {value} as \"{}\"", column.name);
        }
        // Each layer reads the one before by name, because the database would
        // work out an expression again wherever it stood in a condition.
        format!(
            "{valued},\n\
             tested as (\n    select line, op{kept_values},\n        \
                 {faulty} as is_faulty,\n        {warned} as has_warning\n    from valued\n),\n\
             typed as (\n    select *, hash({names}) as row_hash, {key_hash} as key_hash,\n        \
                 {occurrence} as occurrence, {scope} as scope\n    from tested\n)",
            valued = self.valued(kept),
            faulty = any_of(&self.conditions(|way| way != Otherwise::Warn)),
            warned = any_of(&self.conditions(|way| way == Otherwise::Warn)),
            key_hash = key_hash(contract),
            occurrence = occurrence(contract),
            scope = scope_text(contract),
        )
    }

    /// Every fault of the lines that `kept` lets through: `line`,
    /// `column_name`, `value`, `reason`, `is_warning`, and the row's key as
    /// text, null when a part of it is missing.
    pub fn faults(&self, kept: &str) -> String {
        let mut arms = Vec::new();
        for column in &self.contract.columns {
            for test in self.tests(column) {
                arms.push(format!(
                    "case when {condition} then {{'column_name': '{name}', \
                     'value': \"{name} text\", 'reason': '{reason}', 'is_warning': {warning}}} end",
                    condition = test.condition,
                    name = column.name,
                    reason = quoted(&test.reason),
                    warning = test.way == Otherwise::Warn,
                ));
            }
        }
        arms.push(format!(
            "case when {OP_TEST} then {{'column_name': 'op', 'value': op, \
             'reason': 'expected I, U or D', 'is_warning': false}} end"
        ));
        format!(
            "with {valued},\n\
             found as (\n    select line, {key} as row_key, unnest(list_filter([{arms}], \
                 lambda fault: fault is not null)) as fault\n    from valued\n)\n\
             select line, fault.column_name, fault.value, fault.reason, fault.is_warning, row_key\n\
             from found order by line, fault.column_name",
            valued = self.valued(Some(kept)),
            key = self.told_key(),
            arms = arms.join(",\n        "),
        )
    }

    /// A row's key as it would stand in history, null when a part is missing.
    fn told_key(&self) -> String {
        let key = self.contract.key.iter();
        let parts: Vec<String> = key
            .map(|name| format!("coalesce(cast(\"{name}\" as varchar), \"{name} text\")"))
            .collect();
        if parts.is_empty() {
            return "cast(null as varchar)".to_owned();
        }
        parts.join(" || ' | ' || ")
    }

    /// Each cell as text and as a value, null when it is none.
    fn valued(&self, kept: Option<&str>) -> String {
        let mut values = String::new();
        for column in &self.contract.columns {
            let name = &column.name;
            let value = typed_value(column);
            let _ = write!(values, ",\n        \"{name} text\", {value} as \"{name}\"");
        }
        let raw = self.raw(kept);
        format!("{raw},\nvalued as (\n    select line, op{values}\n    from raw\n)")
    }

    /// Cells as text: trimmed, empty as null, in our spelling, with defaults.
    fn raw(&self, kept: Option<&str>) -> String {
        let mut cells = String::new();
        for column in &self.contract.columns {
            let _ = write!(
                cells,
                ",\n        {} as \"{} text\"",
                self.cell(column),
                column.name
            );
        }
        let op = match self.header.op {
            Some(index) => op_cell(self.contract, &cell_name(index)),
            None => "cast(null as varchar)".to_owned(),
        };
        let kept = kept.map_or_else(String::new, |kept| format!(" where {kept}"));
        format!(
            "source as ({source}{kept}),\n\
             raw as (\n    select line, {op} as op{cells}\n    from source\n)",
            source = self.source(),
        )
    }

    fn source(&self) -> String {
        match self.relation {
            Relation::Csv {
                path,
                delimiter,
                longest,
                ..
            } => {
                let columns: Vec<String> = (0..self.header.names.len())
                    .map(|index| format!("'{}': 'varchar'", cell_name(index)))
                    .collect();
                format!(
                    "select * from read_csv('{}', hive_partitioning = false, \
                     header = false, auto_detect = false, \
                     delim = '{}', quote = '\"', escape = '\"', new_line = '\\n', \
                     max_line_size = {}, columns = {{'line': 'bigint', {}}})",
                    quoted(&literal_path(path)),
                    quoted(&char::from(*delimiter).to_string()),
                    (*longest).max(DEFAULT_LINE_BYTES),
                    columns.join(", ")
                )
            }
            Relation::Parquet { path, types } => {
                let cells: Vec<String> = (0..self.header.names.len())
                    .map(|index| {
                        let name = self.header.names[index].replace('"', "\"\"");
                        let cell = parquet_cell(&format!("\"{name}\""), &types[index]);
                        format!("{cell} as {}", cell_name(index))
                    })
                    .collect();
                format!(
                    "select file_row_number + 1 as line, {} \
                     from read_parquet('{}', file_row_number = true, hive_partitioning = false)",
                    cells.join(", "),
                    quoted(&literal_path(path))
                )
            }
        }
    }

    fn cell(&self, column: &Column) -> String {
        let named = self.named.iter().find(|(name, _)| *name == column.name);
        let at = self
            .contract
            .columns
            .iter()
            .position(|c| c.name == column.name);
        let position = at.and_then(|at| self.header.positions[at]);
        let mut cell = match (named, position) {
            (Some((_, value)), _) => format!("'{}'", quoted(value)),
            (None, Some(index)) => format!("source.{}", cell_name(index)),
            (None, None) => "cast(null as varchar)".to_owned(),
        };
        if !column.map.is_empty() {
            let arms: Vec<String> = column
                .map
                .iter()
                .map(|(from, to)| {
                    format!("when '{}' then nullif('{}', '')", quoted(from), quoted(to))
                })
                .collect();
            cell = format!("case {cell} {} else {cell} end", arms.join(" "));
        }
        if column.drop_zero_decimals {
            cell = format!("regexp_replace({cell}, '^(-?[0-9]+)[.]0+$', '\\1')");
        }
        if let Some(default) = &column.default {
            cell = format!("coalesce({cell}, '{}')", quoted(default));
        }
        cell
    }

    fn kept_value(&self, column: &Column) -> String {
        let value = format!("\"{}\"", column.name);
        if column.otherwise != Otherwise::Warn {
            return value;
        }
        // A wrong value that is only told becomes empty.
        let wrong: Vec<String> = self
            .tests(column)
            .into_iter()
            .filter(|test| test.way == Otherwise::Warn)
            .map(|test| test.condition)
            .collect();
        format!(
            "case when not coalesce({}, false) then {value} end",
            any_of(&wrong)
        )
    }

    fn conditions(&self, wanted: impl Fn(Otherwise) -> bool) -> Vec<String> {
        let mut found: Vec<String> = self
            .contract
            .columns
            .iter()
            .flat_map(|column| self.tests(column))
            .filter(|test| wanted(test.way))
            .map(|test| test.condition)
            .collect();
        if wanted(Otherwise::RejectRow) && self.header.op.is_some() {
            found.push(OP_TEST.to_owned());
        }
        found
    }

    /// What could be wrong with a column's cell.
    fn tests(&self, column: &Column) -> Vec<Test> {
        let cell = format!("\"{} text\"", column.name);
        let mut tests = Vec::new();
        let mut test = |condition: String, reason: String, way| {
            tests.push(Test {
                condition,
                reason,
                way,
            });
        };
        // An empty cell that must not be is no value to leave out.
        let strict = match column.otherwise {
            Otherwise::Warn => Otherwise::RejectRow,
            way => way,
        };
        if self.contract.key.contains(&column.name) {
            let reason = "empty, but it is part of the key".to_owned();
            test(format!("{cell} is null"), reason, strict);
        } else if column.is_required {
            // A deletion needs no more than its key.
            test(
                format!("{cell} is null and op is distinct from 'D'"),
                format!("empty; expected {}", column.kind.expected()),
                strict,
            );
        }
        for (condition, reason) in value_tests(column, self.as_at) {
            test(condition, reason, column.otherwise);
        }
        tests
    }
}

/// One thing that could be wrong with a cell.
struct Test {
    condition: String,
    reason: String,
    way: Otherwise,
}

const OP_TEST: &str = "op not in ('I', 'U', 'D')";

/// What the database allows a line without being told.
const DEFAULT_LINE_BYTES: usize = 2_000_000;

fn occurrence(contract: &Contract) -> String {
    if contract.key.is_empty() {
        let names = names(contract);
        // A wrong value is empty by now; its row does not equal one left empty.
        format!(
            "cast(row_number() over (partition by is_faulty, {names} order by line) as integer)"
        )
    } else {
        "cast(1 as integer)".to_owned()
    }
}

fn any_of(conditions: &[String]) -> String {
    if conditions.is_empty() {
        return "false".to_owned();
    }
    let list: Vec<String> = conditions.iter().map(|c| format!("({c})")).collect();
    format!("coalesce({}, false)", list.join("\n            or "))
}

/// A path that the database opens as it stands: a bracket or a star in it
/// would be a pattern, and read other files.
pub fn literal_path(path: &Path) -> String {
    let mut literal = String::new();
    for letter in path.display().to_string().chars() {
        match letter {
            '*' | '?' | '[' => {
                literal.push('[');
                literal.push(letter);
                literal.push(']');
            }
            letter => literal.push(letter),
        }
    }
    literal
}

fn cell_name(index: usize) -> String {
    format!("c{index}")
}

fn op_cell(contract: &Contract, cell: &str) -> String {
    let cell = format!("upper(source.{cell})");
    let arms: Vec<String> = contract
        .op
        .map
        .iter()
        .map(|(from, to)| {
            format!(
                "when '{}' then '{}'",
                quoted(&from.to_uppercase()),
                to.as_str()
            )
        })
        .collect();
    if arms.is_empty() {
        return cell;
    }
    format!("case {cell} {} else {cell} end", arms.join(" "))
}
