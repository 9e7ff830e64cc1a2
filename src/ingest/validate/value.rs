//! What a cell must hold, as SQL: its value, and every way it can be wrong.

use super::moment;
use crate::ingest::contract::{Column, Contract, Kind, Zone};
use crate::ingest::decode::header::MOMENT;
use crate::ingest::refusal::{AS_ISSUED, RESHAPED};
use crate::model::{control_chars, ho_code};
use crate::store::quoted;

/// What is trimmed off a cell: space, tab, line ends, no-break space. Cells of
/// text files are trimmed before they come here.
const SPACE: &str = "' ' || chr(9) || chr(10) || chr(13) || chr(160)";

/// A cell of a Parquet file as text, trimmed; its type decides how.
pub(crate) fn parquet_cell(column: &str, held: &str) -> String {
    // The database would write a moment in the machine's own zone.
    if held == MOMENT {
        return format!(
            "case when isfinite({column}) then cast(make_timestamp(epoch_us({column})) as varchar) \
             else cast({column} as varchar) end"
        );
    }
    let is_time = held.starts_with("TIMESTAMP");
    if is_time {
        return format!("cast(cast({column} as timestamp) as varchar)");
    }
    if held == "VARCHAR" || held.starts_with("ENUM") {
        return format!("nullif(trim(cast({column} as varchar), {SPACE}), '')");
    }
    format!("cast({column} as varchar)")
}

/// A cell of text, null where it is a word for no value. A text is one that
/// stands in the contract just so; an identifier is one in whatever case, and so
/// is one of dots, dashes and noughts alone.
pub(crate) fn without_words(contract: &Contract, column: &Column, cell: &str) -> String {
    let words = words(contract, column);
    let Some(longest) = words.iter().map(String::len).max() else {
        return cell.to_owned();
    };
    let word = if column.kind == Kind::Text {
        is_one_of(&words, cell)
    } else {
        is_word(&words, cell)
    };
    let mark = match column.kind {
        Kind::Identifier => format!(
            "when {cell} < '1' or ({cell} >= ':' and {cell} < 'A') \
                 or ({cell} >= '[' and {cell} < 'a') or {cell} >= '{{' \
             then case when regexp_matches({cell}, '[1-9\\p{{L}}]') then {cell} end"
        ),
        _ => String::new(),
    };
    format!("case when strlen({cell}) <= {longest} and {word} then null {mark} else {cell} end")
}

/// Words of the contract for no value that are no value of the column's own.
fn words(contract: &Contract, column: &Column) -> Vec<String> {
    let own = |word: &&String| !column.values.contains(word) && !column.map.contains_key(*word);
    contract.no_value.iter().filter(own).cloned().collect()
}

/// In whatever case.
fn is_word(words: &[String], cell: &str) -> String {
    let mut words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    words.sort_unstable();
    words.dedup();
    is_one_of(&words, &format!("lower({cell})"))
}

fn is_one_of(words: &[String], cell: &str) -> String {
    let list: Vec<String> = words
        .iter()
        .map(|word| format!("'{}'", quoted(word)))
        .collect();
    format!("list_contains([{}]::varchar[], {cell})", list.join(", "))
}

/// A cell's value in its column's type, null when it is none.
pub(crate) fn typed_value(contract: &Contract, column: &Column) -> String {
    let cell = format!("\"{} text\"", column.name);
    match column.kind {
        Kind::Text | Kind::Identifier => without_words(contract, column, &cell),
        Kind::HoCode => format!(
            "case when regexp_full_match({cell}, '{}') then {cell} end",
            ho_code::PATTERN.trim_matches(['^', '$'])
        ),
        // A cast alone would round `15646.5` and read `1e3` as a number.
        Kind::Integer => format!(
            "case when regexp_full_match({cell}, '-?[0-9]+') then try_cast({cell} as bigint) end"
        ),
        // A cast alone would take `1_000`.
        Kind::Decimal => format!(
            "case when regexp_full_match({cell}, '[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?') \
             then try_cast({cell} as decimal(18, 6)) end"
        ),
        // Most say it in lower case.
        Kind::Boolean => format!(
            "case when {cell} = 'true' or {cell} = '1' then true \
             when {cell} = 'false' or {cell} = '0' then false \
             else case lower({cell}) when 'true' then true when 'false' then false end end"
        ),
        Kind::Date => moment::date(column, &cell),
        Kind::Timestamp => moment::timestamp(column, &cell),
    }
}

/// When a cell is wrong: where this holds of it.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    asked: Asked,
    holds: String,
}

/// Of which cells a condition is asked. Most are as they should be, which is
/// seen once and quickly for all that is asked of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    All,
    /// Those without a value of their type.
    None,
    /// Those without one that hold something.
    Unread,
    /// Identifiers of more than plain letters, digits and marks.
    Unplain,
}

impl Condition {
    pub(crate) fn of_all(holds: String) -> Self {
        Self {
            asked: Asked::All,
            holds,
        }
    }

    pub(crate) fn of_none(holds: String) -> Self {
        Self {
            asked: Asked::None,
            holds,
        }
    }

    /// Each way in which a column's cell is wrong, as the database asks for them
    /// soonest.
    pub(crate) fn sql(column: &Column, conditions: &[Self]) -> Vec<String> {
        let (value, cell) = (
            format!("\"{}\"", column.name),
            format!("\"{} text\"", column.name),
        );
        let of = |asked: Asked| -> Vec<String> {
            let these = conditions.iter().filter(|c| c.asked == asked);
            these.map(|c| format!("({})", c.holds)).collect()
        };
        let guarded = |asked: Asked, guard: String| {
            let these = of(asked);
            (!these.is_empty()).then(|| format!("({guard} and ({}))", these.join(" or ")))
        };
        let unread = format!("{value} is null and {cell} is not null");
        let unplain = format!("not regexp_full_match({cell}, '{PLAIN}')");
        let mut found = of(Asked::All);
        found.extend(guarded(Asked::None, format!("{value} is null")));
        found.extend(guarded(Asked::Unread, unread));
        found.extend(guarded(Asked::Unplain, unplain));
        found
    }
}

/// Identifiers of which nothing can be wrong but their own pattern.
const PLAIN: &str = "[-0-9A-Za-z/_: ]+";

/// Holds where a cell without a value is empty or a word for no value, and not
/// a value of another kind.
pub(crate) fn is_missing(contract: &Contract, column: &Column) -> String {
    if matches!(column.kind, Kind::Text | Kind::Identifier) {
        return "true".to_owned();
    }
    let word = is_word(
        &words(contract, column),
        &format!("\"{} text\"", column.name),
    );
    format!("coalesce({word}, true)")
}

/// The moment that a file speaks of, from which the bounds of dates count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spoken {
    pub(crate) year: i32,
    /// By its name or manifest, and not by its time stamp alone.
    pub(crate) is_dated: bool,
}

/// A condition, and the code and words for what was expected instead.
type ValueTest = (Condition, (&'static str, String));

/// Conditions under which a cell that holds something is wrong, and what was
/// expected instead.
pub(crate) fn value_tests(contract: &Contract, column: &Column, spoken: Spoken) -> Vec<ValueTest> {
    let cell = format!("\"{} text\"", column.name);
    let value = format!("\"{}\"", column.name);
    let mut found = match column.kind {
        Kind::Text => Vec::new(),
        Kind::Identifier => identifier_tests(&cell),
        _ => type_tests(contract, column),
    };
    if matches!(column.kind, Kind::Date | Kind::Timestamp) {
        let last = spoken.year + column.years_ahead;
        found.push((
            Condition::of_all(format!(
                "{value} not between timestamp '{:04}-01-01' and timestamp '{last:04}-12-31 23:59:59.999999'",
                column.first_year
            )),
            ("year", years_told(column, spoken)),
        ));
    }
    if column.min.is_some() || column.max.is_some() {
        let (low, high) = (
            column.min.unwrap_or(i64::MIN),
            column.max.unwrap_or(i64::MAX),
        );
        found.push((
            Condition::of_all(format!("{value} not between {low} and {high}")),
            (
                "range",
                format!("expected {} to {}", bound(column.min), bound(column.max)),
            ),
        ));
    }
    if let Some(pattern) = &column.pattern {
        found.push((
            Condition::of_all(format!(
                "case when {value} is null then false \
                 else not regexp_full_match({cell}, '{}') end",
                quoted(pattern)
            )),
            ("pattern", format!("expected a value like {pattern}")),
        ));
    }
    if !column.values.is_empty() {
        let list: Vec<String> = column
            .values
            .iter()
            .map(|v| format!("'{}'", quoted(v)))
            .collect();
        found.push((
            Condition::of_all(if matches!(column.kind, Kind::Text | Kind::Identifier) {
                format!("{value} not in ({})", list.join(", "))
            } else {
                format!(
                    "case when {value} is null then false else {cell} not in ({}) end",
                    list.join(", ")
                )
            }),
            (
                "values",
                match &column.values_from {
                    Some(file) => format!("expected one of the {} of {file}", list.len()),
                    None => format!("expected one of {}", column.values.join(", ")),
                },
            ),
        ));
    }
    found
}

/// What is wrong with an identifier, of those in which something may be.
fn identifier_tests(cell: &str) -> Vec<ValueTest> {
    let test = |pattern: &str, code: &'static str, told: &str| {
        let condition = Condition {
            asked: Asked::Unplain,
            holds: format!("regexp_matches({cell}, '{pattern}')"),
        };
        let reason = format!("{told}; {AS_ISSUED}");
        (condition, (code, reason))
    };
    let unseen = format!(
        "[{}\\p{{Cc}}\\p{{Cf}}\\x{{a0}}\\x{{1680}}\\x{{2000}}-\\x{{200a}}\\x{{202f}}\\x{{205f}}\\x{{3000}}]",
        control_chars::class()
    );
    vec![
        test(
            "^(-?[0-9]+[.,][0-9]+([eE][-+]?[0-9]+)?|-?[0-9]{1,3}(,[0-9]{3})+([.][0-9]*)?|[0-9]+[eE][+][0-9]+)$",
            "reshaped",
            RESHAPED,
        ),
        test(
            "^[=+@''`´‘’]|[\"“”„]|[''`´‘’]$",
            "marks",
            "a quote or a formula mark round it",
        ),
        test(&unseen, UNSEEN_CODE, UNSEEN),
        test(
            "\\x{fffd}",
            "lost",
            "a letter that was lost on the way, and stands as U+FFFD",
        ),
    ]
}

/// A cell that is no value of its type, nor a word for none; one with a letter
/// that is not seen looks right, and is told as such.
fn type_tests(contract: &Contract, column: &Column) -> Vec<ValueTest> {
    let cell = format!("\"{} text\"", column.name);
    let word = is_word(&words(contract, column), &cell);
    let unseen = format!("regexp_matches({cell}, '[{}]')", control_chars::class());
    let lazily = |holds: String| Condition {
        asked: Asked::Unread,
        holds,
    };
    vec![
        (
            lazily(format!("not {word} and not {unseen}")),
            ("type", format!("expected {}", expected_form(column))),
        ),
        (
            lazily(unseen),
            (
                UNSEEN_CODE,
                format!("{UNSEEN}; expected {}", expected_form(column)),
            ),
        ),
    ]
}

const UNSEEN_CODE: &str = "unseen";
const UNSEEN: &str = "a letter that is not seen, such as a zero-width space";

/// Where the bounds come from, since they hang on more than the cell.
fn years_told(column: &Column, spoken: Spoken) -> String {
    let last = spoken.year + column.years_ahead;
    let by = if spoken.is_dated {
        "name or manifest"
    } else {
        "time stamp"
    };
    let told = format!(
        "expected a year from {} to {last} (first_year; the file is of {} by its {by}, years_ahead is {})",
        column.first_year, spoken.year, column.years_ahead
    );
    match column.two_digit_years_from {
        Some(first) => format!("{told}; two digits are read as {first} to {}", first + 99),
        None => told,
    }
}

fn bound(bound: Option<i64>) -> String {
    bound.map_or_else(|| "any number".to_owned(), |bound| bound.to_string())
}

fn expected_form(column: &Column) -> String {
    let form = match column.kind {
        Kind::Date if column.formats.is_empty() => "YYYY-MM-DD".to_owned(),
        Kind::Timestamp if column.formats.is_empty() => match column.zone {
            Some(Zone::Utc) => "YYYY-MM-DD HH:MM:SS, of UTC".to_owned(),
            _ => "YYYY-MM-DD HH:MM:SS, local time without offset".to_owned(),
        },
        Kind::Date | Kind::Timestamp => format!("as {}", column.formats.join(" or ")),
        kind => return kind.expected().to_owned(),
    };
    format!("{}, {form}", column.kind.expected())
}
