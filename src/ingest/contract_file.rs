//! A contract's file as TOML, and everything that can be wrong in it. The JSON
//! Schema for editors is made from these types.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::contract::{
    Column, Contract, Encoding, Format, Freshness, Kind, Limit, Mode, Op, Otherwise, Publisher,
    RESERVED, Relation, Volume,
};
use crate::config::problem::{Problem, Source};
use crate::store::schema::hex_sha256;

/// What one source's files look like and mean.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "daybook source contract")]
pub(super) struct ContractFile {
    /// The source, as reports print it.
    title: String,
    /// Who publishes the file, when it is public.
    publisher: Option<Publisher>,
    /// `snapshot`: a file holds every live row of its scope, a missing one is
    /// gone. `delta`: a file holds new and changed rows, by key.
    mode: Mode,
    /// How bytes become rows; `auto` goes by the file's ending.
    #[serde(default)]
    format: Format,
    /// Patterns of file names: `*` is any text, `{date}` eight digits,
    /// `{month}` YYYY-MM, `{other}` text for a column's `from_name`. The endings .gz and .zst are understood after each.
    #[schemars(with = "Vec<String>")]
    files: Vec<Spanned<String>>,
    /// A label such as `utf-8`, `windows-1252`, `utf-16le`, or `detect`.
    #[serde(default = "utf8")]
    #[schemars(with = "String")]
    encoding: Spanned<String>,
    /// One ASCII character.
    #[serde(default = "comma")]
    #[schemars(with = "String")]
    delimiter: Spanned<String>,
    /// One ASCII character, or empty for files without quoting.
    #[serde(default = "double_quote")]
    #[schemars(with = "String")]
    quote: Spanned<String>,
    /// Cells may hold line breaks.
    #[serde(default)]
    line_breaks: bool,
    /// Columns that identify a row; none: rows are told apart by content.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    key: Vec<Spanned<String>>,
    /// Snapshot: columns that say which part of the whole a file covers.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    scope: Vec<Spanned<String>>,
    /// Delta: the column that says what happened to a row.
    #[serde(default)]
    op: Op,
    /// What suffers when the source is missing.
    affects: Option<String>,
    #[serde(default)]
    #[schemars(with = "VolumeFile")]
    volume: Option<Spanned<VolumeFile>>,
    #[schemars(with = "Option<FreshnessFile>")]
    freshness: Option<Spanned<FreshnessFile>>,
    #[schemars(with = "Option<RejectsFile>")]
    rejects: Option<Spanned<RejectsFile>>,
    #[schemars(with = "Option<EndingFile>")]
    ending: Option<Spanned<EndingFile>>,
    #[serde(default)]
    #[schemars(with = "Vec<RelationFile>")]
    relations: Vec<Spanned<RelationFile>>,
    columns: Vec<ColumnFile>,
}

/// How many rows a file should have.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct VolumeFile {
    least: Option<u64>,
    most: Option<u64>,
    /// Smallest and largest share of the median rows of the last 28 files.
    median_share: Option<[f64; 2]>,
    #[serde(default = "warn")]
    otherwise: Otherwise,
}

/// When a nightly file should be there.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FreshnessFile {
    /// Local time, HH:MM.
    due_by: Option<String>,
    /// Hours after the moment the newest file speaks of when the source is
    /// stale rather than late.
    stale_after_hours: u32,
}

/// When rejected rows refuse the whole file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RejectsFile {
    /// Share of all rows, 0 to 1.
    refuse_above: f64,
    /// Fewer rejected rows than this never refuse a file.
    #[serde(default = "twenty")]
    at_least: u64,
}

/// When a snapshot needs an admin's word before it ends what it lacks.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EndingFile {
    /// Share of the rows held in the file's scope, 0 to 1.
    confirm_above: f64,
    /// Fewer ended rows than this never need it.
    #[serde(default = "ten")]
    at_least: u64,
}

/// Rows of another source that rows of this one name.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RelationFile {
    columns: Vec<String>,
    source: String,
    /// The same names, unless they are called otherwise there.
    #[serde(default)]
    source_columns: Vec<String>,
    /// Days that the other source may take to bring the row; with any, the
    /// only thing to do is `warn`.
    #[serde(default)]
    within_days: u32,
    #[serde(default = "warn")]
    otherwise: Otherwise,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnFile {
    /// Name in the history table.
    #[schemars(with = "String")]
    name: Spanned<String>,
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(default)]
    required: bool,
    /// Other accepted spellings of the header; case and outer spaces do not
    /// matter.
    #[serde(default)]
    headers: Vec<String>,
    /// Which of several columns of that name, counted from 1.
    nth: Option<usize>,
    /// A file may come without this column.
    #[serde(default)]
    may_be_absent: bool,
    /// Stands where the cell is empty or the column absent.
    default: Option<String>,
    /// The value stands in the file's name, where every pattern has this name
    /// in braces; the file itself has no such column.
    from_name: Option<String>,
    /// The only values allowed, after mapping.
    #[serde(default)]
    values: Vec<String>,
    /// The file's spelling to ours.
    #[serde(default)]
    map: BTreeMap<String, String>,
    /// Regular expression that the whole value must match.
    pattern: Option<String>,
    /// `strptime` formats, tried in order; none: ISO.
    #[serde(default)]
    formats: Vec<String>,
    min: Option<i64>,
    max: Option<i64>,
    /// Dates before this year are wrong.
    #[serde(default = "nineteen_hundred")]
    first_year: i32,
    /// Dates more than so many calendar years after the file's are wrong.
    #[serde(default = "one_year")]
    years_ahead: i32,
    /// `15646.0` stands for `15646`.
    #[serde(default)]
    drop_zero_decimals: bool,
    /// What becomes of a row with a wrong value here.
    #[serde(default)]
    otherwise: Otherwise,
}

/// The checked contract of a file in which no problem was found.
pub(super) fn contract(name: &str, file: ContractFile, source: &Source) -> Contract {
    let texts = |spanned: Vec<Spanned<String>>| spanned.into_iter().map(Spanned::into_inner);
    Contract {
        name: name.to_owned(),
        title: file.title,
        publisher: file.publisher,
        mode: file.mode,
        format: file.format,
        encoding: encoding(file.encoding.as_ref()).unwrap_or(Encoding::Detect),
        delimiter: ascii(file.delimiter.as_ref()).unwrap_or(b','),
        quote: ascii(file.quote.as_ref()),
        may_break_lines: file.line_breaks,
        key: texts(file.key).collect(),
        scope: texts(file.scope).collect(),
        op: file.op,
        columns: file.columns.into_iter().map(ColumnFile::column).collect(),
        relations: file
            .relations
            .into_iter()
            .map(|relation| relation.into_inner().relation())
            .collect(),
        affects: file.affects,
        volume: file.volume.map_or_else(Volume::default, |volume| {
            let volume = volume.into_inner();
            Volume {
                least: volume.least,
                most: volume.most,
                median_share: volume.median_share.map(|[low, high]| (low, high)),
                refuses: volume.otherwise == Otherwise::RejectFile,
            }
        }),
        freshness: file.freshness.map(|freshness| {
            let freshness = freshness.into_inner();
            Freshness {
                due_by: freshness.due_by.as_deref().and_then(time),
                stale_after_hours: freshness.stale_after_hours,
            }
        }),
        rejects: file.rejects.map_or(UNLIMITED, |limit| Limit {
            share: limit.as_ref().refuse_above,
            at_least: limit.as_ref().at_least,
        }),
        ending: file.ending.map_or(UNLIMITED, |limit| Limit {
            share: limit.as_ref().confirm_above,
            at_least: limit.as_ref().at_least,
        }),
        patterns: file
            .files
            .iter()
            .filter_map(|pattern| pattern_regex(pattern.as_ref()).ok())
            .collect(),
        sha256: hex_sha256(source.text.as_bytes()),
    }
}

const UNLIMITED: Limit = Limit {
    share: 1.0,
    at_least: u64::MAX,
};

impl RelationFile {
    fn relation(self) -> Relation {
        let same = self.source_columns.is_empty();
        Relation {
            source_columns: if same {
                self.columns.clone()
            } else {
                self.source_columns
            },
            columns: self.columns,
            source: self.source,
            within_days: self.within_days,
            otherwise: self.otherwise,
        }
    }
}

impl ColumnFile {
    fn column(self) -> Column {
        Column {
            name: self.name.into_inner(),
            kind: self.kind,
            is_required: self.required,
            headers: self.headers,
            nth: self.nth,
            may_be_absent: self.may_be_absent,
            default: self.default,
            from_name: self.from_name,
            values: self.values,
            map: self.map,
            pattern: self.pattern,
            formats: self.formats,
            min: self.min,
            max: self.max,
            first_year: self.first_year,
            years_ahead: self.years_ahead,
            drop_zero_decimals: self.drop_zero_decimals,
            otherwise: self.otherwise,
        }
    }

    fn problem(&self) -> Option<String> {
        let is_timed = matches!(self.kind, Kind::Date | Kind::Timestamp);
        let is_whole = matches!(self.kind, Kind::Integer | Kind::Identifier);
        if self.nth == Some(0) {
            return Some("nth is counted from 1".to_owned());
        }
        if self.min.zip(self.max).is_some_and(|(min, max)| min > max) {
            return Some("min is above max".to_owned());
        }
        if let Some(format) = self.formats.iter().find(|format| !is_format(format)) {
            return Some(format!(
                "{format:?} is not a date format; expected one such as \"%d/%m/%Y\""
            ));
        }
        if !self.formats.is_empty() && !is_timed {
            return Some("formats are for dates and timestamps".to_owned());
        }
        let is_year = |year: i32| (1..=9999).contains(&year);
        if !is_year(self.first_year) || !(0..=1000).contains(&self.years_ahead) {
            return Some("first_year is from 1 to 9999, years_ahead from 0 to 1000".to_owned());
        }
        if self.drop_zero_decimals && !is_whole {
            return Some("drop_zero_decimals is for integers and identifiers".to_owned());
        }
        if let Some(Err(error)) = self.pattern.as_deref().map(Regex::new) {
            return Some(format!("pattern is not a regular expression: {error}"));
        }
        let default = self.default.as_deref()?;
        let is_allowed = self.values.is_empty() || self.values.iter().any(|v| v == default);
        let is_typed = match self.kind {
            Kind::Boolean => ["true", "false"].contains(&default),
            Kind::Integer => default.parse::<i64>().is_ok(),
            Kind::Decimal => default.parse::<f64>().is_ok(),
            _ => !default.trim().is_empty(),
        };
        (!is_allowed || !is_typed).then(|| {
            format!(
                "the default {default:?} is not allowed here; expected {}",
                self.kind.expected()
            )
        })
    }
}

impl ContractFile {
    pub(super) fn problems(&self, name: &str, source: &Source) -> Vec<Problem> {
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
                "unknown encoding; expected \"detect\" or one such as \"utf-8\", \"windows-1252\" or \"utf-16le\"",
            );
        }
        let is_within = |byte: u8| byte == b'"' || byte.is_ascii_alphanumeric();
        if ascii(self.delimiter.as_ref()).is_none_or(is_within) {
            wrong(
                self.delimiter.span(),
                "expected one ASCII character that is no letter, digit or double quote",
            );
        }
        let quote = self.quote.as_ref();
        if !quote.is_empty() && ascii(quote).is_none() {
            wrong(self.quote.span(), "expected one ASCII character, or none");
        }
        if quote == self.delimiter.as_ref() {
            wrong(self.quote.span(), "the delimiter cannot be the quote too");
        }
        self.table_problems(&mut wrong);
        for pattern in &self.files {
            if let Err(message) = pattern_regex(pattern.as_ref()) {
                problems.push(source.problem(pattern.span(), message));
            }
        }
        if self.mode == Mode::Delta && self.key.is_empty() {
            problems.push(source.problem_at("mode", "a delta needs a key"));
        }
        if self.mode == Mode::Delta && !self.scope.is_empty() {
            problems.push(source.problem_at("scope", "only a snapshot has a scope"));
        }
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
            if volume.otherwise == Otherwise::RejectRow {
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
        for spanned in &self.relations {
            let relation = spanned.as_ref();
            let (here, there) = (relation.columns.len(), relation.source_columns.len());
            if here == 0 || (there != 0 && there != here) {
                wrong(spanned.span(), "expected as many columns here as there");
            }
            if relation.within_days > 0 && relation.otherwise != Otherwise::Warn {
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
            if let Some(place) = &column.from_name {
                let place = format!("{{{place}}}");
                if !self
                    .files
                    .iter()
                    .all(|pattern| pattern.as_ref().contains(&place))
                {
                    problems.push(source.problem(
                        column.name.span(),
                        format!("from_name wants {place} in every pattern of files"),
                    ));
                }
            }
            let is_key = self.key.iter().any(|key| key.as_ref() == name);
            if is_key && column.otherwise == Otherwise::Warn {
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

/// The JSON Schema of a contract's file, for editors.
pub fn schema() -> String {
    let schema = schemars::schema_for!(ContractFile);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

fn utf8() -> Spanned<String> {
    Spanned::new(0..0, "utf-8".to_owned())
}

fn comma() -> Spanned<String> {
    Spanned::new(0..0, ",".to_owned())
}

fn double_quote() -> Spanned<String> {
    Spanned::new(0..0, "\"".to_owned())
}

fn warn() -> Otherwise {
    Otherwise::Warn
}

fn ten() -> u64 {
    10
}

fn twenty() -> u64 {
    20
}

fn nineteen_hundred() -> i32 {
    1900
}

fn one_year() -> i32 {
    1
}

fn encoding(label: &str) -> Option<Encoding> {
    if label == "detect" {
        return Some(Encoding::Detect);
    }
    encoding_rs::Encoding::for_label(label.as_bytes()).map(Encoding::Known)
}

fn time(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}

fn ascii(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !b"\r\n\0".contains(byte) => Some(*byte),
        _ => None,
    }
}

/// Whether every specifier is one that the database understands and reads as
/// local time: it would shift a time with an offset (`%z`, `%Z`) to UTC.
fn is_format(format: &str) -> bool {
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            continue;
        }
        let is_known = match letters.next() {
            Some('-') => letters.next().is_some_and(|s| "dmyHIMSj".contains(s)),
            specifier => specifier.is_some_and(|s| "aAwdbBmyYHIpMSfgjUWcxXGuV%".contains(s)),
        };
        if !is_known {
            return false;
        }
    }
    format.contains('%')
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// A file pattern: `*` is any text, `{date}` eight digits, `{month}` a year
/// and month with a dash, `{other}` any text that a column may take as its
/// value; compressed or not.
fn pattern_regex(pattern: &str) -> Result<Regex, String> {
    if pattern.contains(['/', '\\']) {
        return Err("a pattern names files, not folders".to_owned());
    }
    let escaped = regex::escape(pattern)
        .replace(r"\*", ".*")
        .replace(r"\{date\}", r"(?P<date>[0-9]{8})")
        .replace(r"\{month\}", r"(?P<month>[0-9]{4}-[0-9]{2})");
    let places = Regex::new(r"\\\{([a-z][a-z0-9_]*)\\\}").map_err(|error| error.to_string())?;
    let escaped = places.replace_all(&escaped, "(?P<$1>.+?)");
    Regex::new(&format!(r"^(?:{escaped})(?:\.gz|\.zst)?$")).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    /// Run with `UPDATE_SCHEMA=1` after the types have changed.
    #[test]
    fn the_schema_for_editors_is_the_types() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("jobs/nightly-ingest/contract.schema.json");
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(&path, super::schema()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), super::schema());
    }
}
