//! Builds the SQL that turns rows of text into typed rows and finds every
//! fault on the way. Pure: it makes text, and runs nothing.

use std::fmt::Write as _;
use std::path::Path;

use chrono::{Datelike, NaiveDateTime};
use chrono_tz::Tz;

use super::moment;
use super::value::{
    Condition, Spoken, is_missing, parquet_cell, typed_value, value_tests, without_words,
};
use crate::ingest::contract::keys::{key_hash, names, scope_text};
use crate::ingest::contract::{Column, Contract, Kind, OnInvalid, Zone};
use crate::ingest::decode::decoded::Relation;
use crate::ingest::decode::header::Header;
use crate::ingest::refusal::AS_ISSUED;
use crate::store::quoted;

/// How the rows of one file are read: typed, judged, hashed.
pub struct Reading<'a> {
    pub contract: &'a Contract,
    pub relation: &'a Relation,
    pub header: &'a Header,
    /// Bounds of dates count from here.
    pub as_at: NaiveDateTime,
    pub is_dated: bool,
    /// The force's.
    pub zone: Tz,
    /// Columns whose value the file's name gives, or must agree with, and that
    /// value.
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
            faulty = any_of(&self.conditions(|way| way != OnInvalid::Warn)),
            warned = any_of(&self.conditions(|way| way == OnInvalid::Warn)),
            key_hash = key_hash(contract),
            occurrence = occurrence(contract),
            scope = scope_text(contract),
        )
    }

    /// Every fault of the lines that `kept` lets through: `line`,
    /// `column_name`, `value`, `code`, `reason`, `is_warning`, and the row's key
    /// as text, null when a part of it is missing; so many as are listed.
    pub fn faults(&self, kept: &str) -> String {
        let mut arms = Vec::new();
        for column in &self.contract.columns {
            for test in self.tests(column) {
                arms.push(format!(
                    "case when {condition} then {{'column_name': '{name}', \
                     'value': \"{name} text\", 'code': '{code}', 'reason': '{reason}', \
                     'is_warning': {warning}}} end",
                    condition = Condition::sql(column, &[test.condition]).concat(),
                    name = column.name,
                    code = test.code,
                    reason = quoted(&test.reason),
                    warning = test.way == OnInvalid::Warn,
                ));
            }
        }
        arms.push(format!(
            "case when {OP_TEST} then {{'column_name': 'op', 'value': op, \
             'code': 'op', 'reason': 'expected I, U or D', 'is_warning': false}} end"
        ));
        format!(
            "with {valued},\n\
             found as (\n    select line, {key} as row_key, unnest(list_filter([{arms}], \
                 lambda fault: fault is not null)) as fault\n    from valued\n)\n\
             select line, fault.column_name, fault.value, fault.code, fault.reason, \
                 fault.is_warning, row_key\n\
             from found order by {refusing}line, fault.column_name limit {most}",
            valued = self.valued(Some(kept)),
            key = self.told_key(),
            refusing = self.refusing_first(),
            most = self.contract.limits.faults,
            arms = arms.join(",\n        "),
        )
    }

    /// What refuses the whole file is found however much else is wrong.
    fn refusing_first(&self) -> String {
        let columns = self.contract.columns.iter();
        let refusing: Vec<String> = columns
            .filter(|column| column.otherwise == OnInvalid::RejectFile)
            .map(|column| format!("'{}'", column.name))
            .collect();
        if refusing.is_empty() {
            return String::new();
        }
        let refusing = refusing.join(", ");
        format!("fault.column_name not in ({refusing}), ")
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
            let value = self.value(column);
            let _ = write!(values, ",\n        \"{name} text\", {value} as \"{name}\"");
        }
        let raw = self.raw(kept);
        let rows = match self.aside() {
            Some(aside) => format!("raw where not {aside}"),
            None => "raw".to_owned(),
        };
        let read = format!("select line, op{values}\n    from {rows}");
        let local = self.local_times();
        if local.is_empty() {
            return format!("{raw},\nvalued as (\n    {read}\n)");
        }
        format!(
            "{raw},\nread as (\n    {read}\n),\n\
             valued as (\n    select * replace ({local})\n    from read\n)"
        )
    }

    /// How many rows are none, by what they hold; none when the contract knows
    /// no such rows.
    pub fn count_aside(&self) -> Option<String> {
        let aside = self.aside()?;
        let raw = self.raw(None);
        Some(format!("with {raw} select count(*) from raw where {aside}"))
    }

    /// Holds for rows that the contract sets aside by a value, or drops by what
    /// happened to them.
    fn aside(&self) -> Option<String> {
        let list = |values: &[String]| {
            let values = values.iter().map(|value| format!("'{}'", quoted(value)));
            values.collect::<Vec<_>>().join(", ")
        };
        let columns = self.contract.columns.iter();
        let mut conditions: Vec<String> = columns
            .filter(|column| !column.set_aside.is_empty())
            .map(|column| format!("\"{} text\" in ({})", column.name, list(&column.set_aside)))
            .collect();
        let drop = &self.contract.op.drop;
        if self.header.op.is_some() && !drop.is_empty() {
            let drop: Vec<String> = drop.iter().map(|code| code.to_uppercase()).collect();
            conditions.push(format!("op in ({})", list(&drop)));
        }
        (!conditions.is_empty()).then(|| any_of(&conditions))
    }

    /// A cell's value. Dates that the file has as dates need none of the
    /// contract's formats for text.
    fn value(&self, column: &Column) -> String {
        match self.dates(column) {
            Dates::Text => typed_value(self.contract, column),
            Dates::Native => typed_value(self.contract, &without_formats(column)),
            Dates::Mixed => format!(
                "coalesce({}, {})",
                typed_value(self.contract, &without_formats(column)),
                typed_value(self.contract, column)
            ),
        }
    }

    /// Whether it is a sheet, in which dates stand as dates.
    fn has_dates(&self) -> bool {
        matches!(self.relation, Relation::Csv { has_dates, .. } if *has_dates)
    }

    /// How a column of dates stands in the file.
    fn dates(&self, column: &Column) -> Dates {
        if column.formats.is_empty() {
            return Dates::Text;
        }
        match self.relation {
            Relation::Csv { has_dates, .. } if *has_dates => Dates::Mixed,
            Relation::Csv { .. } => Dates::Text,
            Relation::Parquet { columns, .. } => {
                let held = self.position(column).map(|at| columns[at].1.as_str());
                let is_date = |held: &str| held == "DATE" || held.starts_with("TIMESTAMP");
                if held.is_some_and(is_date) {
                    Dates::Native
                } else {
                    Dates::Text
                }
            }
        }
    }

    fn position(&self, column: &Column) -> Option<usize> {
        let mut columns = self.contract.columns.iter();
        let at = columns.position(|other| other.name == column.name)?;
        self.header.positions[at]
    }

    /// Moments of UTC as local time, by a layer of their own because each is
    /// named often.
    fn local_times(&self) -> String {
        let moments = self.contract.columns.iter();
        let moments = moments.filter(|column| column.zone == Some(Zone::Utc));
        let last = |column: &Column| self.spoken().year + column.years_ahead;
        let local: Vec<String> = moments
            .map(|column| {
                let name = format!("\"{}\"", column.name);
                let years = (column.first_year, last(column));
                format!("{} as {name}", moment::local(&name, self.zone, years))
            })
            .collect();
        local.join(", ")
    }

    fn spoken(&self) -> Spoken {
        Spoken {
            year: self.as_at.year(),
            is_dated: self.is_dated,
        }
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
            Relation::Parquet { path, columns } => {
                let cells: Vec<String> = columns
                    .iter()
                    .enumerate()
                    .map(|(index, (name, held))| {
                        let name = name.replace('"', "\"\"");
                        let cell = parquet_cell(&format!("\"{name}\""), held);
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
        let mut cell = match (named, self.position(column)) {
            (Some((_, value)), _) if column.from_name.is_some() => format!("'{}'", quoted(value)),
            (_, Some(index)) => format!("source.{}", cell_name(index)),
            (_, None) => "cast(null as varchar)".to_owned(),
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
        if let Some(mark) = column.thousands {
            cell = without_thousands(&cell, mark);
        }
        if self.has_dates() && column.kind == Kind::Timestamp {
            cell = format!(
                "case when regexp_full_match({cell}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') \
                 then {cell} || ' 00:00:00' else {cell} end"
            );
        }
        if column.drop_zero_decimals {
            cell = format!("regexp_replace({cell}, '^(-?[0-9]+)[.]0+$', '\\1')");
        }
        if let Some(default) = &column.default {
            cell = without_words(self.contract, column, &cell);
            cell = format!("coalesce({cell}, '{}')", quoted(default));
        }
        cell
    }

    fn kept_value(&self, column: &Column) -> String {
        let value = format!("\"{}\"", column.name);
        if column.otherwise != OnInvalid::Warn {
            return value;
        }
        // A wrong value that is only told becomes empty.
        let wrong = self.wrong(column, |way| way == OnInvalid::Warn);
        format!("case when not {} then {value} end", any_of(&wrong))
    }

    fn conditions(&self, wanted: impl Fn(OnInvalid) -> bool) -> Vec<String> {
        let columns = self.contract.columns.iter();
        let mut found: Vec<String> = columns
            .flat_map(|column| self.wrong(column, &wanted))
            .collect();
        if wanted(OnInvalid::RejectRow) && self.header.op.is_some() {
            found.push(OP_TEST.to_owned());
        }
        found
    }

    /// When a column's cell is wrong in a way that is wanted.
    fn wrong(&self, column: &Column, wanted: impl Fn(OnInvalid) -> bool) -> Vec<String> {
        let tests = self.tests(column).into_iter();
        let wrong: Vec<Condition> = tests
            .filter(|test| wanted(test.way))
            .map(|test| test.condition)
            .collect();
        Condition::sql(column, &wrong)
    }

    /// What could be wrong with a column's cell.
    fn tests(&self, column: &Column) -> Vec<Test> {
        let missing = is_missing(self.contract, column);
        let mut tests = Vec::new();
        let mut test = |condition: Condition, (code, reason): (&'static str, String), way| {
            tests.push(Test {
                condition,
                code,
                reason,
                way,
            });
        };
        // An empty cell that must not be is no value to leave out.
        let strict = match column.otherwise {
            OnInvalid::Warn => OnInvalid::RejectRow,
            way => way,
        };
        if self.contract.key.contains(&column.name) {
            let reason = "empty, but it is part of the key".to_owned();
            test(Condition::of_none(missing), ("empty", reason), strict);
        } else if self.contract.scope.contains(&column.name) {
            // No later file would name that part again, and end what it lacks.
            let reason = "empty, but it says which part of the whole the row belongs to".to_owned();
            test(Condition::of_none(missing), ("empty", reason), strict);
        } else if column.is_required {
            // A deletion needs no more than its key.
            test(
                Condition::of_none(format!("{missing} and op is distinct from 'D'")),
                (
                    "empty",
                    format!("empty; expected {}", column.kind.expected()),
                ),
                strict,
            );
        }
        let found = match self.dates(column) {
            Dates::Native => value_tests(self.contract, &without_formats(column), self.spoken()),
            Dates::Text | Dates::Mixed => value_tests(self.contract, column, self.spoken()),
        };
        for (condition, reason) in found {
            test(condition, reason, column.otherwise);
        }
        if self.has_dates() && column.kind == Kind::Identifier {
            let cell = format!("\"{} text\"", column.name);
            let condition = Condition::of_all(format!(
                "case when {cell} is null then false \
                 else regexp_full_match({cell}, '{MADE_BY_A_SHEET}') end"
            ));
            let reason = format!(
                "a date, a time, or true or false, which a spreadsheet makes of what was typed; \
                 {AS_ISSUED}"
            );
            test(condition, ("reshaped", reason), column.otherwise);
        }
        if let Some((condition, reason)) = self.unlike_name(column) {
            test(
                Condition::of_all(condition),
                ("name", reason),
                column.otherwise,
            );
        }
        tests
    }

    /// Holds where a value is not the one in the file's name.
    fn unlike_name(&self, column: &Column) -> Option<(String, String)> {
        let place = column.as_in_name.as_ref()?;
        let (_, named) = self.named.iter().find(|(name, _)| *name == column.name)?;
        let value = format!("\"{}\"", column.name);
        let missing = is_missing(self.contract, column);
        let named = quoted(named);
        let unlike = match (column.kind, place.as_str()) {
            (Kind::Date | Kind::Timestamp, "month") => {
                format!("strftime({value}, '%Y-%m') <> '{named}'")
            }
            (Kind::Date | Kind::Timestamp, _) => {
                format!("strftime({value}, '%Y%m%d') <> replace('{named}', '-', '')")
            }
            _ => format!("lower(cast({value} as varchar)) <> lower('{named}')"),
        };
        // A cell that is no value of its type is told as that.
        let condition = format!(
            "case when {value} is null then {missing} and op is distinct from 'D' else {unlike} end"
        );
        let reason = format!("expected the {place} that the file's name says");
        Some((condition, reason))
    }
}

/// Cells of a sheet that hold no text and no number, as they are written here.
const MADE_BY_A_SHEET: &str =
    "([0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9:.]+)?|[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?|true|false)";

/// How the dates of a column stand in a file.
enum Dates {
    Text,
    /// As the file's own dates.
    Native,
    /// Some as text, in a sheet.
    Mixed,
}

fn without_formats(column: &Column) -> Column {
    Column {
        formats: Vec::new(),
        ..column.clone()
    }
}

/// A number without the marks between its thousands; what is parted otherwise
/// stays as it is, and is no number.
fn without_thousands(cell: &str, mark: char) -> String {
    let mark = match mark {
        ' ' => "[ \u{a0}\u{202f}]".to_owned(),
        mark => quoted(&regex::escape(&mark.to_string())),
    };
    format!(
        "case when regexp_full_match({cell}, '[-+]?[0-9]{{1,3}}({mark}[0-9]{{3}})+([.][0-9]*)?') \
         then regexp_replace({cell}, '{mark}', '', 'g') else {cell} end"
    )
}

/// One thing that could be wrong with a cell.
struct Test {
    condition: Condition,
    code: &'static str,
    reason: String,
    way: OnInvalid,
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

/// Whether one of some conditions holds. As the condition of a case each is asked
/// only of the rows of which none before it holds; as a value all would be asked
/// of all.
fn any_of(conditions: &[String]) -> String {
    if conditions.is_empty() {
        return "false".to_owned();
    }
    let list: Vec<String> = conditions.iter().map(|c| format!("({c})")).collect();
    format!(
        "case when {} then true else false end",
        list.join("\n            or ")
    )
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
