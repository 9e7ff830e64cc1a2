//! Everything that can be wrong in a contract, told at its place.

use std::collections::BTreeMap;
use std::path::Path;

use duckdb::Connection;
use toml::Spanned;

use super::file::{ColumnFile, ContractFile, LimitsFile, ascii, encoding, time};
use super::formats::DateFormat;
use super::layout_problems::is_delimiter;
use super::naming::Pattern;
use super::{Contract, Kind, Mode, OnInvalid, Relation, Zone};
use crate::config::is_web_address;
use crate::config::problem::{Problem, Source};
use crate::model::ho_code::HoCode;
use crate::model::restricted::Room;

impl ContractFile {
    pub(crate) fn problems(&self, name: &str, source: &Source) -> Vec<Problem> {
        let mut problems = Vec::new();
        // Folders of these names in the landing folder hold what was judged.
        if !is_identifier(name) || ["accepted", "refused"].contains(&name) {
            problems.push(Problem::whole(
                source.file.clone(),
                "a contract's file name must be lower-case letters, digits and underscores, and neither accepted nor refused",
            ));
        }
        if self.files.is_empty() {
            problems.push(source.problem_at("files", "expected a pattern at least"));
        }
        if self.columns.is_empty() {
            problems.push(source.problem_at("columns", "expected a column at least"));
        }
        let mut wrong = |span, message: &str| problems.push(source.problem(span, message));
        if encoding(self.encoding.as_ref()).is_none() {
            wrong(
                self.encoding.span(),
                "unknown encoding; expected \"detect\" or one such as \"utf-8\", \"windows-1252\", \"utf-16le\" or \"cp850\"",
            );
        }
        if !is_delimiter(self.delimiter.as_ref()) {
            wrong(
                self.delimiter.span(),
                "expected one character, or up to four, that is no letter, digit, double quote or line end",
            );
        }
        let quote = self.quote.as_ref();
        if !quote.is_empty() && ascii(quote).is_none() {
            wrong(self.quote.span(), "expected one ASCII character, or none");
        }
        if !quote.is_empty() && self.delimiter.as_ref().contains(quote) {
            wrong(self.quote.span(), "the delimiter cannot be the quote too");
        }
        if let Some(url) = self.publisher.as_ref().and_then(|p| p.url.as_ref())
            && !is_web_address(url)
        {
            let place = source.text.find(url.as_str()).unwrap_or_default();
            wrong(
                place..place,
                "url is not a web address; expected one such as \"https://data.police.uk/\"",
            );
        }
        let words = self.no_value.as_ref();
        if words
            .iter()
            .any(|word| word.trim().is_empty() || word.len() > 64)
        {
            wrong(
                self.no_value.span(),
                "a word for no value has 1 to 64 letters",
            );
        }
        self.table_problems(&mut wrong);
        for pattern in &self.files {
            if let Err(message) = Pattern::parse(pattern.as_ref()) {
                problems.push(source.problem(pattern.span(), message));
            }
        }
        if self.mode == Mode::Delta && self.key.is_empty() {
            problems.push(source.problem_at("mode", "a delta needs a key"));
        }
        if self.mode == Mode::Delta && !self.scope.is_empty() {
            problems.push(source.problem_at("scope", "only a snapshot has a scope"));
        }
        self.layout_problems(source, &mut problems);
        self.sequence_problems(source, &mut problems);
        self.column_problems(source, &mut problems);
        problems
    }

    /// The tables beside the columns: volume, freshness, limits, relations.
    fn table_problems(&self, wrong: &mut impl FnMut(std::ops::Range<usize>, &str)) {
        if let Some(spanned) = &self.volume {
            let volume = spanned.as_ref();
            let is_upside_down = volume.least.zip(volume.most).is_some_and(|(a, b)| a > b);
            let is_share = |[low, high]: [f64; 2]| low >= 0.0 && low <= high;
            if is_upside_down || !volume.median_share.is_none_or(is_share) {
                wrong(spanned.span(), "least must not be above most");
            }
            if volume.otherwise == OnInvalid::RejectRow {
                wrong(spanned.span(), "expected \"warn\" or \"reject_file\"");
            }
        }
        if let Some(spanned) = &self.freshness
            && let Some(due_by) = &spanned.as_ref().due_by
            && time(due_by).is_none()
        {
            wrong(spanned.span(), "due_by is not a time; expected HH:MM");
        }
        let shares = [
            self.rejects
                .as_ref()
                .map(|s| (s.as_ref().refuse_above, s.span())),
            self.ending
                .as_ref()
                .map(|s| (s.as_ref().confirm_above, s.span())),
        ];
        for (share, span) in shares.into_iter().flatten() {
            if !(0.0..=1.0).contains(&share) {
                wrong(span, "a share is between 0 and 1");
            }
        }
        if let Some(spanned) = &self.limits {
            for message in limit_problems(spanned.as_ref()) {
                wrong(spanned.span(), &message);
            }
        }
        for spanned in &self.relations {
            let relation = spanned.as_ref();
            let (here, there) = (relation.columns.len(), relation.source_columns.len());
            if here == 0 || (there != 0 && there != here) {
                wrong(spanned.span(), "expected as many columns here as there");
            }
            if relation.within_days > 0 && relation.otherwise != OnInvalid::Warn {
                wrong(
                    spanned.span(),
                    "a row that may wait for what it names cannot be rejected on arrival; expected otherwise = \"warn\"",
                );
            }
            let known = |name: &String| self.columns.iter().any(|c| c.name.as_ref() == name);
            if !relation.columns.iter().all(known) {
                wrong(spanned.span(), "a relation names a column that is not here");
            }
        }
    }

    fn column_problems(&self, source: &Source, problems: &mut Vec<Problem>) {
        let mut seen: Vec<&str> = Vec::new();
        for column in &self.columns {
            let name = column.name.as_ref().as_str();
            let span = column.name.span();
            if !is_identifier(name) || RESERVED.contains(&name) {
                problems.push(source.problem(
                    span.clone(),
                    "a column's name must be lower-case letters, digits and underscores, and none of daybook's own",
                ));
            }
            if seen.contains(&name) {
                problems.push(source.problem(span.clone(), "this column stands here twice"));
            }
            seen.push(name);
            problems.extend(column.problem().map(|told| source.problem(span, told)));
            for (key, place) in [
                ("from_name", &column.from_name),
                ("as_in_name", &column.as_in_name),
            ] {
                let Some(place) = place else { continue };
                let place = format!("{{{place}}}");
                let mut patterns = self.files.iter();
                if !patterns.all(|pattern| pattern.as_ref().contains(&place)) {
                    let told = format!("{key} wants {place} in every pattern of files");
                    problems.push(source.problem(column.name.span(), told));
                }
            }
            if column.from_name.is_some() && column.as_in_name.is_some() {
                let told = "from_name takes the value from the file's name; as_in_name wants it in the file too";
                problems.push(source.problem(column.name.span(), told));
            }
            let is_key = self.key.iter().any(|key| key.as_ref() == name);
            if is_key && column.otherwise == OnInvalid::Warn {
                problems.push(source.problem(
                    column.name.span(),
                    "a key cannot become empty; expected \"reject_row\" or \"reject_file\"",
                ));
            }
        }
        for list in [&self.key, &self.scope] {
            let names = list.iter().map(Spanned::as_ref);
            for (at, named) in list.iter().enumerate() {
                if names
                    .clone()
                    .take(at)
                    .any(|before| before == named.as_ref())
                {
                    problems.push(source.problem(named.span(), "this column stands here twice"));
                }
            }
        }
        for named in self.key.iter().chain(&self.scope) {
            if !seen.contains(&named.as_ref().as_str()) {
                problems.push(source.problem(named.span(), "no column has this name"));
            }
        }
    }
}

/// Limits that limit nothing, or let nothing in.
fn limit_problems(limits: &LimitsFile) -> Vec<String> {
    let bounds = [
        ("unpacked_mib", limits.unpacked_mib, 1 << 20),
        ("ratio", limits.ratio, 10_000),
        ("rows", limits.rows, 1_000_000_000),
        ("line_kib", limits.line_kib as u64, 65_536),
        ("depth", limits.depth as u64, 100),
        ("faults", limits.faults as u64, 1_000_000),
    ];
    bounds
        .into_iter()
        .filter(|(_, value, most)| !(1..=*most).contains(value))
        .map(|(name, value, most)| format!("limits.{name} is {value}; expected 1 to {most}"))
        .collect()
}

impl ColumnFile {
    fn problem(&self) -> Option<String> {
        let is_timed = matches!(self.kind, Kind::Date | Kind::Timestamp);
        let is_whole = matches!(self.kind, Kind::Integer | Kind::Identifier);
        if self.nth == Some(0) {
            return Some("nth is counted from 1".to_owned());
        }
        if self.min.zip(self.max).is_some_and(|(min, max)| min > max) {
            return Some("min is above max".to_owned());
        }
        if !self.formats.is_empty() && !is_timed {
            return Some("formats are for dates and timestamps".to_owned());
        }
        if self.zone.is_some() && self.kind != Kind::Timestamp {
            return Some("zone is for timestamps".to_owned());
        }
        if let Some(told) = self.formats.iter().find_map(|f| self.format_problem(f)) {
            return Some(told);
        }
        let is_short = |format: &String| DateFormat::parse(format).is_some_and(|f| f.has("y"));
        match (self.formats.iter().any(is_short), self.two_digit_years_from) {
            (true, None) => {
                let told = "%y is a year of two digits; expected two_digit_years_from beside it, \
                            such as 1930, which reads 30 to 99 as 1930 to 1999 and the rest as 2000 to 2029";
                return Some(told.to_owned());
            }
            (false, Some(_)) => {
                return Some("two_digit_years_from is for formats with %y".to_owned());
            }
            (true, Some(first)) if !(1800..=2100).contains(&first) => {
                return Some("two_digit_years_from is from 1800 to 2100".to_owned());
            }
            _ => {}
        }
        let is_year = |year: i32| (1..=9999).contains(&year);
        if !is_year(self.first_year) || !(0..=1000).contains(&self.years_ahead) {
            return Some("first_year is from 1 to 9999, years_ahead from 0 to 1000".to_owned());
        }
        if self.values_from.is_some() && !self.values.is_empty() {
            return Some(
                "values stand here or in the table of values_from, not in both".to_owned(),
            );
        }
        if self.drop_zero_decimals && !is_whole {
            return Some("drop_zero_decimals is for integers and identifiers".to_owned());
        }
        if let Some(thousands) = &self.thousands {
            let mut letters = thousands.chars();
            let is_one = matches!((letters.next(), letters.next()), (Some(letter), None)
                if !letter.is_alphanumeric() && !"+-\"".contains(letter));
            if !is_one || !matches!(self.kind, Kind::Integer | Kind::Decimal) {
                return Some(
                    "thousands is one character that is no letter, digit or sign, and for numbers"
                        .to_owned(),
                );
            }
            if thousands == "." && self.kind == Kind::Decimal {
                return Some("a point begins the decimals; it cannot part thousands".to_owned());
            }
        }
        if let Some(told) = self.pattern.as_deref().and_then(refused_by_the_engine) {
            return Some(format!("pattern is no regular expression of RE2: {told}"));
        }
        if let Some(to) = self.map.values().find(|to| self.is_never_value(to)) {
            return Some(format!(
                "map gives {to:?}, which is not allowed here; expected {}, or nothing",
                self.expected()
            ));
        }
        let default = self.default.as_deref()?;
        (default.trim().is_empty() || self.is_never_value(default)).then(|| {
            format!(
                "the default {default:?} is not allowed here; expected {}",
                self.expected()
            )
        })
    }

    /// Whether a text that the contract itself writes into a cell would be wrong
    /// there; none is no value.
    fn is_never_value(&self, text: &str) -> bool {
        let is_allowed = self.values.is_empty() || self.values.iter().any(|value| value == text);
        let is_typed = match self.kind {
            Kind::Boolean => ["true", "false", "1", "0"].contains(&text),
            Kind::Integer => text.parse::<i64>().is_ok(),
            Kind::Decimal => text.parse::<f64>().is_ok_and(f64::is_finite),
            Kind::HoCode => text.parse::<HoCode>().is_ok(),
            _ => true,
        };
        !(text.is_empty() || is_allowed && is_typed)
    }

    fn expected(&self) -> String {
        if self.values.is_empty() {
            self.kind.expected().to_owned()
        } else {
            format!("one of {}", self.values.join(", "))
        }
    }

    fn format_problem(&self, text: &str) -> Option<String> {
        let Some(format) = DateFormat::parse(text) else {
            return Some(format!(
                "{text:?} is not a date format; expected one such as \"%d/%m/%Y\""
            ));
        };
        if self.zone == Some(Zone::Utc) && !format.is_utc() {
            return Some(format!(
                "the format {text:?} has another offset than that of UTC"
            ));
        }
        let told = format.problem(self.kind, self.zone)?;
        Some(format!("the format {text:?} {told}"))
    }
}

/// Why the database, which tries a pattern on every cell, cannot read it. No
/// other engine's word counts: each knows what another does not.
fn refused_by_the_engine(pattern: &str) -> Option<String> {
    let connection = Connection::open_in_memory().ok()?;
    let tried = connection.query_row("select regexp_full_match('', ?)", [pattern], |_| Ok(()));
    let told = tried.err()?.to_string();
    let told = told.lines().next().unwrap_or_default();
    Some(told.trim_start_matches("Invalid Input Error: ").to_owned())
}

/// Relations that lead to a source or a column that is not there.
pub(crate) fn relation_problems(
    dir: &Path,
    folder: &Path,
    contracts: &[Contract],
    broken: &[&str],
) -> BTreeMap<String, Vec<Problem>> {
    let mut problems: BTreeMap<String, Vec<Problem>> = BTreeMap::new();
    for contract in contracts {
        for relation in &contract.relations {
            let file = folder.join(format!("{}.toml", contract.name));
            let Ok(source) = Source::read(dir, &file) else {
                continue;
            };
            let is_other = |name: &str| name == relation.source;
            if broken.iter().any(|broken| is_other(broken)) {
                continue;
            }
            let missing = match contracts.iter().find(|c| is_other(&c.name)) {
                None => Some(format!("no source is named {:?}", relation.source)),
                Some(other) => walled_off(contract, other)
                    .or_else(|| unlike_columns(contract, relation, other)),
            };
            if let Some(message) = missing {
                let found = source.problem_containing(&format!("\"{}\"", relation.source), message);
                problems
                    .entry(contract.name.clone())
                    .or_default()
                    .push(found);
            }
        }
    }
    problems
}

/// Why rows of a source may not name those of another: its rejected rows would
/// tell everybody what the other's room holds.
fn walled_off(contract: &Contract, other: &Contract) -> Option<String> {
    (other.room != Room::Open && contract.room != other.room).then(|| {
        format!(
            "{} lies in a room of its own; only a source of that room may name its rows",
            other.name
        )
    })
}

/// Why rows of two sources cannot be compared by the columns of a relation.
fn unlike_columns(contract: &Contract, relation: &Relation, other: &Contract) -> Option<String> {
    let pairs = relation.columns.iter().zip(&relation.source_columns);
    pairs.into_iter().find_map(|(here, there)| {
        let Some(held) = other.column(there) else {
            return Some(format!("{} has no column {there:?}", relation.source));
        };
        let own = contract.column(here)?;
        (own.kind.sql_type() != held.kind.sql_type()).then(|| {
            format!(
                "{here:?} is {}, {there:?} of {} is {}; expected one type",
                own.kind.expected(),
                relation.source,
                held.kind.expected()
            )
        })
    })
}

/// Columns that ingest adds to every history table or needs on the way.
pub(crate) const RESERVED: &[&str] = &[
    "line",
    "op",
    "key_hash",
    "row_hash",
    "occurrence",
    "file_line",
    "as_at",
    "said_by",
    "confirmed_by",
    "batch_from",
    "batch_to",
    "is_deleted",
    "is_faulty",
    "has_warning",
    "scope",
    "fate",
    "held_row",
    "rowid",
    "lines",
    "is_conflict",
];

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use crate::config::problem::Problems;

    use super::*;

    const SMALL: &str = r#"
title = "Crime reports"
mode = "delta"
files = ["crimes_{date}.csv"]
key = ["crime_ref"]

[[columns]]
name = "crime_ref"
type = "identifier"
required = true

[[columns]]
name = "proactive"
type = "boolean"
map = { Y = "true", N = "false" }
"#;

    fn parse(text: &str) -> Result<Contract, Problems> {
        Contract::parse("crimes", &Source::new("sources/crimes.toml", text))
    }

    #[test]
    fn every_fault_of_a_contract_is_placed() {
        let text = SMALL.replace(
            "key = [\"crime_ref\"]",
            "key = [\"crime\"]\nencoding = \"utf-9\"\ndelimiter = \"ab\"",
        );
        let problems = parse(&text).unwrap_err().0;
        let lines: Vec<usize> = problems.iter().map(|p| p.line).collect();
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(
            lines.contains(&5) && lines.contains(&6) && lines.contains(&7),
            "{lines:?}"
        );
    }

    #[test]
    fn a_source_is_not_named_like_a_shelf_and_has_columns() {
        let source = Source::new("sources/refused.toml", SMALL);
        let told = Contract::parse("refused", &source).unwrap_err().0;
        assert!(told[0].message.contains("neither accepted nor refused"));
        let bare = "title = \"x\"\nmode = \"snapshot\"\nfiles = [\"x.csv\"]\ncolumns = []\n";
        let told = parse(bare).unwrap_err().0;
        assert!(told[0].message.contains("a column at least"), "{told:?}");
    }

    #[test]
    fn every_format_that_a_contract_may_hold_is_one_of_the_database() {
        let store = crate::store::Store::in_memory().unwrap();
        let ask = |format: &str| {
            let sql = format!(
                "select typeof(try_strptime(x, ['{format}'])) from (values ('1')) as t (x)"
            );
            let found = store
                .connection()
                .query_row(&sql, [], |row| row.get::<_, String>(0));
            found.is_ok_and(|held| held == "TIMESTAMP")
        };
        let letters: Vec<char> = ('a'..='z').chain('A'..='Z').chain(['%']).collect();
        for letter in letters {
            for format in [format!("%{letter}"), format!("%-{letter}")] {
                let column = format!("type = \"timestamp\"\nformats = [\"{format}\"]");
                let is_let = parse(&SMALL.replace(
                    "type = \"boolean\"\nmap = { Y = \"true\", N = \"false\" }",
                    &column,
                ))
                .is_ok();
                assert!(!is_let || ask(&format), "{format} is let through");
            }
        }
    }

    #[test]
    fn what_a_contract_cannot_keep_is_told() {
        let wrong = |from: &str, to: &str| {
            let found = parse(&SMALL.replace(from, to)).unwrap_err();
            found.0.into_iter().next().unwrap().message
        };
        let column = "type = \"boolean\"";
        for (from, to, message) in [
            (
                "name = \"proactive\"",
                "name = \"batch_to\"",
                "daybook's own",
            ),
            (column, "type = \"date\"\nformats = [\"%q\"]", "format"),
            (column, "type = \"text\"\npattern = \"(\"", "pattern"),
            (column, "type = \"integer\"\nmin = 5\nmax = 4", "min"),
            (column, "type = \"boolean\"\ndefault = \"maybe\"", "default"),
            (column, "type = \"text\"\nnth = 0", "counted from 1"),
            (column, "type = \"date\"\nformats = [\"%-Y\"]", "format"),
            (
                column,
                "type = \"timestamp\"\nformats = [\"%Y-%m-%d %H:%M%z\"]",
                "format",
            ),
            (
                column,
                "type = \"date\"\nyears_ahead = 2147483647",
                "years_ahead",
            ),
            (column, "type = \"date\"\nfirst_year = -5", "first_year"),
            (
                "key = [\"crime_ref\"]",
                "key = [\"crime_ref\", \"crime_ref\"]",
                "twice",
            ),
            (
                "files = [\"crimes_{date}.csv\"]",
                "files = []",
                "a pattern at least",
            ),
            (
                "mode = \"delta\"",
                "mode = \"delta\"\ndelimiter = \"1\"",
                "no letter, digit",
            ),
            (
                "mode = \"delta\"",
                "mode = \"delta\"\nlimits = { ratio = 0 }",
                "limits.ratio is 0; expected 1 to 10000",
            ),
            (
                "mode = \"delta\"",
                "mode = \"delta\"\nlimits = { line_kib = 100000 }",
                "limits.line_kib is 100000; expected 1 to 65536",
            ),
            (
                "mode = \"delta\"",
                "mode = \"delta\"\nrejects = { refuse_above = 7.0 }",
                "share",
            ),
            (
                "mode = \"delta\"",
                "mode = \"delta\"\nquote = \",\"",
                "delimiter",
            ),
            (
                "mode = \"delta\"",
                "mode = \"delta\"\nvolume = { least = 9, most = 3 }",
                "least",
            ),
            (
                "mode = \"delta\"",
                "mode = \"delta\"\nfreshness = { due_by = \"25:00\", stale_after_hours = 36 }",
                "time",
            ),
        ] {
            let told = wrong(from, to);
            assert!(told.contains(message), "{to}: {told}");
        }
    }
}
