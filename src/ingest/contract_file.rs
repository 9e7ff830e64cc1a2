//! A contract's file as TOML. The JSON Schema for editors is made from these
//! types.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::contract::{
    Column, Contract, Encoding, Format, Freshness, Kind, Limit, Mode, Op, Otherwise, Publisher,
    Relation, Volume,
};
use crate::config::problem::Source;
use crate::model::room::Room;
use crate::store::schema::hex_sha256;

/// What one source's files look like and mean.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "daybook source contract")]
pub(super) struct ContractFile {
    /// The source, as reports print it.
    pub(super) title: String,
    /// Who publishes the file, when it is public.
    pub(super) publisher: Option<Publisher>,
    /// `conduct`: conduct and HR data about the force's own people, kept in
    /// schemas that only the role `conduct-reader` may read.
    #[serde(default)]
    pub(super) room: Room,
    /// `snapshot`: a file holds every live row of its scope, a missing one is
    /// gone. `delta`: a file holds new and changed rows, by key.
    pub(super) mode: Mode,
    /// How bytes become rows; `auto` goes by the file's ending.
    #[serde(default)]
    pub(super) format: Format,
    /// Patterns of file names: `*` is any text, `{date}` eight digits,
    /// `{month}` YYYY-MM, `{other}` text for a column's `from_name`. The endings .gz and .zst are understood after each.
    #[schemars(with = "Vec<String>")]
    pub(super) files: Vec<Spanned<String>>,
    /// A label such as `utf-8`, `windows-1252`, `utf-16le`, or `detect`.
    #[serde(default = "utf8")]
    #[schemars(with = "String")]
    pub(super) encoding: Spanned<String>,
    /// One ASCII character.
    #[serde(default = "comma")]
    #[schemars(with = "String")]
    pub(super) delimiter: Spanned<String>,
    /// One ASCII character, or empty for files without quoting.
    #[serde(default = "double_quote")]
    #[schemars(with = "String")]
    pub(super) quote: Spanned<String>,
    /// Cells may hold line breaks.
    #[serde(default)]
    pub(super) line_breaks: bool,
    /// Columns that identify a row; none: rows are told apart by content.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) key: Vec<Spanned<String>>,
    /// Snapshot: columns that say which part of the whole a file covers.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) scope: Vec<Spanned<String>>,
    /// Delta: the column that says what happened to a row.
    #[serde(default)]
    pub(super) op: Op,
    /// What suffers when the source is missing.
    pub(super) affects: Option<String>,
    #[serde(default)]
    #[schemars(with = "VolumeFile")]
    pub(super) volume: Option<Spanned<VolumeFile>>,
    #[schemars(with = "Option<FreshnessFile>")]
    pub(super) freshness: Option<Spanned<FreshnessFile>>,
    #[schemars(with = "Option<RejectsFile>")]
    pub(super) rejects: Option<Spanned<RejectsFile>>,
    #[schemars(with = "Option<EndingFile>")]
    pub(super) ending: Option<Spanned<EndingFile>>,
    #[serde(default)]
    #[schemars(with = "Vec<RelationFile>")]
    pub(super) relations: Vec<Spanned<RelationFile>>,
    pub(super) columns: Vec<ColumnFile>,
}

/// How many rows a file should have.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VolumeFile {
    pub(super) least: Option<u64>,
    pub(super) most: Option<u64>,
    /// Smallest and largest share of the median rows of the last 28 files.
    pub(super) median_share: Option<[f64; 2]>,
    #[serde(default = "warn")]
    pub(super) otherwise: Otherwise,
}

/// When a nightly file should be there.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FreshnessFile {
    /// Local time, HH:MM.
    pub(super) due_by: Option<String>,
    /// Hours after the moment the newest file speaks of when the source is
    /// stale rather than late.
    pub(super) stale_after_hours: u32,
}

/// When rejected rows refuse the whole file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RejectsFile {
    /// Share of all rows, 0 to 1.
    pub(super) refuse_above: f64,
    /// Fewer rejected rows than this never refuse a file.
    #[serde(default = "twenty")]
    pub(super) at_least: u64,
}

/// When a snapshot needs an admin's word before it ends what it lacks.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EndingFile {
    /// Share of the rows held in the file's scope, 0 to 1.
    pub(super) confirm_above: f64,
    /// Fewer ended rows than this never need it.
    #[serde(default = "ten")]
    pub(super) at_least: u64,
}

/// Rows of another source that rows of this one name.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RelationFile {
    pub(super) columns: Vec<String>,
    pub(super) source: String,
    /// The same names, unless they are called otherwise there.
    #[serde(default)]
    pub(super) source_columns: Vec<String>,
    /// Days that the other source may take to bring the row; with any, the
    /// only thing to do is `warn`.
    #[serde(default)]
    pub(super) within_days: u32,
    #[serde(default = "warn")]
    pub(super) otherwise: Otherwise,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnFile {
    /// Name in the history table.
    #[schemars(with = "String")]
    pub(super) name: Spanned<String>,
    #[serde(rename = "type")]
    pub(super) kind: Kind,
    #[serde(default)]
    pub(super) required: bool,
    /// Other accepted spellings of the header; case and outer spaces do not
    /// matter.
    #[serde(default)]
    pub(super) headers: Vec<String>,
    /// Which of several columns of that name, counted from 1.
    pub(super) nth: Option<usize>,
    /// A file may come without this column.
    #[serde(default)]
    pub(super) may_be_absent: bool,
    /// Stands where the cell is empty or the column absent.
    pub(super) default: Option<String>,
    /// The value stands in the file's name, where every pattern has this name
    /// in braces; the file itself has no such column.
    pub(super) from_name: Option<String>,
    /// The only values allowed, after mapping.
    #[serde(default)]
    pub(super) values: Vec<String>,
    /// The file's spelling to ours.
    #[serde(default)]
    pub(super) map: BTreeMap<String, String>,
    /// Regular expression that the whole value must match.
    pub(super) pattern: Option<String>,
    /// `strptime` formats, tried in order; none: ISO.
    #[serde(default)]
    pub(super) formats: Vec<String>,
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
    /// Dates before this year are wrong.
    #[serde(default = "nineteen_hundred")]
    pub(super) first_year: i32,
    /// Dates more than so many calendar years after the file's are wrong.
    #[serde(default = "one_year")]
    pub(super) years_ahead: i32,
    /// `15646.0` stands for `15646`.
    #[serde(default)]
    pub(super) drop_zero_decimals: bool,
    /// What becomes of a row with a wrong value here.
    #[serde(default)]
    pub(super) otherwise: Otherwise,
}

/// The checked contract of a file in which no problem was found.
pub(super) fn contract(name: &str, file: ContractFile, source: &Source) -> Contract {
    let texts = |spanned: Vec<Spanned<String>>| spanned.into_iter().map(Spanned::into_inner);
    Contract {
        name: name.to_owned(),
        title: file.title,
        publisher: file.publisher,
        room: file.room,
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
            source_room: Room::default(),
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

pub(super) fn encoding(label: &str) -> Option<Encoding> {
    if label == "detect" {
        return Some(Encoding::Detect);
    }
    encoding_rs::Encoding::for_label(label.as_bytes()).map(Encoding::Known)
}

pub(super) fn time(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}

pub(super) fn ascii(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !b"\r\n\0".contains(byte) => Some(*byte),
        _ => None,
    }
}

/// A file pattern: `*` is any text, `{date}` eight digits, `{month}` a year
/// and month with a dash, `{other}` any text that a column may take as its
/// value; compressed or not.
pub(super) fn pattern_regex(pattern: &str) -> Result<Regex, String> {
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
