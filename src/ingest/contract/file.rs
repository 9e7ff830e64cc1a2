//! A contract's file as TOML. The JSON Schema for editors is made from these
//! types.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use regex::Regex;
use regex::bytes::RegexSet;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use toml::Spanned;

use super::codepage::Charset;
use super::layout::{Layout, Wide};
use super::limits::Limits;
use super::naming::Pattern;
use super::{
    Column, Contract, Encoding, Format, Freshness, Kind, Limit, Mode, OnInvalid, Op, Publisher,
    Relation, Volume, Zone,
};
use crate::config::problem::Source;
use crate::model::restricted::Room;
use crate::store::schema::hex_sha256;

/// What one source's files look like and mean.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "daybook source contract")]
pub(crate) struct ContractFile {
    /// The source, as reports print it.
    pub(crate) title: String,
    /// Who publishes the file, when it is public.
    pub(crate) publisher: Option<Publisher>,
    /// `conduct`: conduct and HR data about the force's own people, kept in
    /// schemas that only the role `conduct-reader` may read.
    #[serde(default)]
    pub(crate) room: Room,
    /// `snapshot`: a file holds every live row of its scope, a missing one is
    /// gone. `delta`: a file holds new and changed rows, by key.
    pub(crate) mode: Mode,
    /// How bytes become rows; `auto` goes by the file's ending.
    #[serde(default)]
    pub(crate) format: Format,
    /// Patterns of file names: `*` is any text, `{date}` YYYYMMDD or YYYY-MM-DD,
    /// `{month}` YYYY-MM, `{other}` text for a column's `from_name`. The endings
    /// .gz, .zst and .zip are understood after each.
    #[schemars(with = "Vec<String>")]
    pub(crate) files: Vec<Spanned<String>>,
    /// A label such as `utf-8`, `windows-1252`, `utf-16le`, `cp850`, or `detect`,
    /// which chooses among UTF-8, UTF-16 and Windows-1252.
    #[serde(default = "utf8")]
    #[schemars(with = "String")]
    pub(crate) encoding: Spanned<String>,
    /// What separates cells: one character, or several such as `||`.
    #[serde(default = "comma")]
    #[schemars(with = "String")]
    pub(crate) delimiter: Spanned<String>,
    /// One ASCII character, or empty for files without quoting.
    #[serde(default = "double_quote")]
    #[schemars(with = "String")]
    pub(crate) quote: Spanned<String>,
    /// Cells may hold line breaks.
    #[serde(default)]
    pub(crate) line_breaks: bool,
    /// The file that is meant in a zip archive that holds several; a pattern of
    /// its name.
    #[schemars(with = "Option<String>")]
    pub(crate) member: Option<Spanned<String>>,
    /// The sheet that is meant in a workbook that shows several.
    pub(crate) sheet: Option<String>,
    /// Lines above the header that are passed over, blank ones included.
    #[serde(default = "none")]
    #[schemars(with = "u64")]
    pub(crate) skip_lines: Spanned<u64>,
    /// Lines that the header takes; names that stand below each other are joined
    /// by a space.
    #[serde(default = "one")]
    #[schemars(with = "u64")]
    pub(crate) header_lines: Spanned<u64>,
    /// Rows under the header that are none, such as the questions of a survey.
    #[serde(default = "none")]
    #[schemars(with = "u64")]
    pub(crate) skip_rows: Spanned<u64>,
    /// Regular expressions of whole lines that are no rows, such as a footer:
    /// counted and told, and no reason to end nothing.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(crate) set_aside: Vec<Spanned<String>>,
    /// Columns that each hold one value of many in a row, such as one a month.
    #[schemars(with = "Option<WideFile>")]
    pub(crate) wide: Option<Spanned<WideFile>>,
    /// Columns that identify a row; none: rows are told apart by content.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(crate) key: Vec<Spanned<String>>,
    /// Snapshot: columns that say which part of the whole a file covers.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(crate) scope: Vec<Spanned<String>>,
    /// Delta: the column that says what happened to a row.
    #[serde(default)]
    pub(crate) op: Op,
    /// Delta: the column by which several changes of one key in a file follow
    /// each other; the last one stands.
    #[schemars(with = "Option<String>")]
    pub(crate) sequence: Option<Spanned<String>>,
    /// Words that stand for no value; left out: those that programs write, such
    /// as NULL, None, nan, N/A, #N/A and `\N`.
    #[serde(default = "no_value")]
    #[schemars(with = "Vec<String>")]
    pub(crate) no_value: Spanned<Vec<String>>,
    /// What suffers when the source is missing.
    pub(crate) affects: Option<String>,
    #[serde(default)]
    #[schemars(with = "VolumeFile")]
    pub(crate) volume: Option<Spanned<VolumeFile>>,
    #[schemars(with = "Option<FreshnessFile>")]
    pub(crate) freshness: Option<Spanned<FreshnessFile>>,
    #[serde(default)]
    #[schemars(with = "LimitsFile")]
    pub(crate) limits: Option<Spanned<LimitsFile>>,
    #[schemars(with = "Option<RejectsFile>")]
    pub(crate) rejects: Option<Spanned<RejectsFile>>,
    #[schemars(with = "Option<EndingFile>")]
    pub(crate) ending: Option<Spanned<EndingFile>>,
    /// Rows of other sources that rows of this one name.
    #[serde(default)]
    #[schemars(with = "Vec<RelationFile>")]
    pub(crate) relations: Vec<Spanned<RelationFile>>,
    /// The columns that are kept, and how each is found in a file.
    pub(crate) columns: Vec<ColumnFile>,
}

/// A table with a column for each of many values: every one is read as a row.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WideFile {
    /// Regular expression that the whole header of such a column matches.
    pub(crate) columns: String,
    /// The contract's column that takes the header.
    pub(crate) name: String,
    /// The contract's column that takes the value under it.
    pub(crate) value: String,
}

/// How many rows a file should have.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VolumeFile {
    /// Fewer rows than this are too few.
    pub(crate) least: Option<u64>,
    /// More rows than this are too many.
    pub(crate) most: Option<u64>,
    /// Smallest and largest share of the median rows of the last 28 files.
    pub(crate) median_share: Option<[f64; 2]>,
    /// What becomes of a file with another number of rows: `warn` or
    /// `reject_file`.
    #[serde(default = "warn")]
    pub(crate) otherwise: OnInvalid,
}

/// When a nightly file should be there.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FreshnessFile {
    /// Local time, HH:MM.
    pub(crate) due_by: Option<String>,
    /// Hours after the moment the newest file speaks of when the source is
    /// stale rather than late.
    pub(crate) stale_after_hours: u32,
}

/// How large a file may be. One that is larger is refused before it fills the
/// memory or the disk.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LimitsFile {
    /// MiB of text, uncompressed.
    pub(crate) unpacked_mib: u64,
    /// Times its own size that a compressed or Parquet file may unpack to, once
    /// that is more than 16 MiB.
    pub(crate) ratio: u64,
    /// Rows of one file.
    pub(crate) rows: u64,
    /// KiB of a line, or of a Parquet cell.
    pub(crate) line_kib: usize,
    /// How deep a JSON line may be nested.
    pub(crate) depth: usize,
    /// Faults of one file that are listed; the rest is counted.
    pub(crate) faults: usize,
}

impl Default for LimitsFile {
    fn default() -> Self {
        Self {
            unpacked_mib: 4_096,
            ratio: 100,
            rows: 50_000_000,
            line_kib: 16_384,
            depth: 32,
            faults: 20_000,
        }
    }
}

impl From<LimitsFile> for Limits {
    fn from(file: LimitsFile) -> Self {
        Self {
            unpacked: file.unpacked_mib << 20,
            ratio: file.ratio,
            rows: file.rows,
            line: file.line_kib << 10,
            depth: file.depth,
            faults: file.faults,
        }
    }
}

/// When rejected rows refuse the whole file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RejectsFile {
    /// Share of all rows, 0 to 1.
    pub(crate) refuse_above: f64,
    /// Fewer rejected rows than this never refuse a file.
    #[serde(default = "twenty")]
    pub(crate) at_least: u64,
}

/// When a snapshot needs an admin's word before it ends what it lacks.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndingFile {
    /// Share of the rows held in the file's scope, 0 to 1.
    pub(crate) confirm_above: f64,
    /// Fewer ended rows than this never need it.
    #[serde(default = "ten")]
    pub(crate) at_least: u64,
}

/// Rows of another source that rows of this one name.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RelationFile {
    /// Columns of this source that name the other's row.
    pub(crate) columns: Vec<String>,
    /// The other source.
    pub(crate) source: String,
    /// The same names, unless they are called otherwise there.
    #[serde(default)]
    pub(crate) source_columns: Vec<String>,
    /// Days that the other source may take to bring the row; with any, the
    /// only thing to do is `warn`.
    #[serde(default)]
    pub(crate) within_days: u32,
    /// What becomes of a row that names one that is not held.
    #[serde(default = "warn")]
    pub(crate) otherwise: OnInvalid,
}

/// One column of the house format and how it is found in a file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColumnFile {
    /// Name in the history table.
    #[schemars(with = "String")]
    pub(crate) name: Spanned<String>,
    /// What its cells hold.
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    /// A row whose cell is empty is wrong.
    #[serde(default)]
    pub(crate) required: bool,
    /// Other accepted spellings of the header; case and outer spaces do not
    /// matter.
    #[serde(default)]
    pub(crate) headers: Vec<String>,
    /// Which of several columns of that name, counted from 1.
    pub(crate) nth: Option<usize>,
    /// A file may come without this column.
    #[serde(default)]
    pub(crate) may_be_absent: bool,
    /// Stands where the cell is empty or the column absent.
    pub(crate) default: Option<String>,
    /// The value stands in the file's name, where every pattern has this name
    /// in braces; the file itself has no such column.
    pub(crate) from_name: Option<String>,
    /// The value must be the one in the file's name, where every pattern has
    /// this name in braces: `month` in `{month}`.
    pub(crate) as_in_name: Option<String>,
    /// The only values allowed, after mapping.
    #[serde(default)]
    pub(crate) values: Vec<String>,
    /// A table in jobs/nightly-ingest/values/ that has them, one a line below
    /// the header `value`.
    pub(crate) values_from: Option<String>,
    /// The file's spelling to ours.
    #[serde(default)]
    pub(crate) map: BTreeMap<String, String>,
    /// Regular expression that the whole value must match.
    pub(crate) pattern: Option<String>,
    /// `strptime` formats, tried in order; none: ISO.
    #[serde(default)]
    pub(crate) formats: Vec<String>,
    /// Timestamp: `UTC` turns its moments into local time; `local` takes an
    /// offset that a format holds off and does not apply it.
    pub(crate) zone: Option<Zone>,
    /// First of the hundred years that two digits (`%y`) stand for.
    pub(crate) two_digit_years_from: Option<i32>,
    /// Smallest number allowed.
    pub(crate) min: Option<i64>,
    /// Largest number allowed.
    pub(crate) max: Option<i64>,
    /// Dates before this year are wrong.
    #[serde(default = "nineteen_hundred")]
    pub(crate) first_year: i32,
    /// Dates more than so many calendar years after the file's are wrong.
    #[serde(default = "one_year")]
    pub(crate) years_ahead: i32,
    /// `15646.0` stands for `15646`.
    #[serde(default)]
    pub(crate) drop_zero_decimals: bool,
    /// What parts the thousands of a number, such as a comma.
    pub(crate) thousands: Option<String>,
    /// Rows that have one of these here are none, such as `Total`: counted and
    /// told.
    #[serde(default)]
    pub(crate) set_aside: Vec<String>,
    /// What becomes of a row with a wrong value here.
    #[serde(default)]
    pub(crate) otherwise: OnInvalid,
}

/// The checked contract of a file in which no problem was found.
pub(crate) fn contract(name: &str, file: ContractFile, source: &Source) -> Contract {
    let texts = |spanned: Vec<Spanned<String>>| spanned.into_iter().map(Spanned::into_inner);
    Contract {
        name: name.to_owned(),
        title: file.title,
        publisher: file.publisher,
        room: file.room,
        mode: file.mode,
        format: file.format,
        encoding: encoding(file.encoding.as_ref()).unwrap_or(Encoding::Detect),
        delimiter: file.delimiter.as_ref().as_bytes().to_vec(),
        quote: ascii(file.quote.as_ref()),
        may_break_lines: file.line_breaks,
        layout: Layout {
            member: file
                .member
                .and_then(|member| Some(Pattern::parse(member.as_ref()).ok()?.regex)),
            sheet: file.sheet,
            skip_lines: file.skip_lines.into_inner(),
            header_lines: file.header_lines.into_inner(),
            skip_rows: file.skip_rows.into_inner(),
            set_aside: whole_lines(&file.set_aside).ok().flatten(),
            wide: file.wide.and_then(|wide| {
                let wide = wide.into_inner();
                Some(Wide {
                    columns: whole(&wide.columns).ok()?,
                    name: wide.name,
                    value: wide.value,
                })
            }),
        },
        key: texts(file.key).collect(),
        scope: texts(file.scope).collect(),
        op: file.op,
        sequence: file.sequence.map(Spanned::into_inner),
        no_value: file.no_value.into_inner(),
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
                refuses: volume.otherwise == OnInvalid::RejectFile,
            }
        }),
        freshness: file.freshness.map(|freshness| {
            let freshness = freshness.into_inner();
            Freshness {
                due_by: freshness.due_by.as_deref().and_then(time),
                stale_after_hours: freshness.stale_after_hours,
            }
        }),
        limits: file
            .limits
            .map_or_else(LimitsFile::default, Spanned::into_inner)
            .into(),
        rejects: file.rejects.map_or(UNLIMITED, |limit| Limit {
            share: limit.as_ref().refuse_above,
            at_least: limit.as_ref().at_least,
        }),
        ending: file.ending.map_or(ENDING, |limit| Limit {
            share: limit.as_ref().confirm_above,
            at_least: limit.as_ref().at_least,
        }),
        patterns: file
            .files
            .iter()
            .filter_map(|pattern| Pattern::parse(pattern.as_ref()).ok())
            .collect(),
        sha256: hex_sha256(source.text.as_bytes()),
    }
}

const UNLIMITED: Limit = Limit {
    share: 1.0,
    at_least: u64::MAX,
};

/// What a snapshot may end unasked where its contract does not say.
const ENDING: Limit = Limit {
    share: 0.1,
    at_least: 10,
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
            as_in_name: self.as_in_name,
            values: self.values,
            values_from: self.values_from,
            map: self.map,
            pattern: self.pattern,
            formats: self.formats,
            zone: self.zone,
            two_digit_years_from: self.two_digit_years_from,
            min: self.min,
            max: self.max,
            first_year: self.first_year,
            years_ahead: self.years_ahead,
            drop_zero_decimals: self.drop_zero_decimals,
            thousands: self
                .thousands
                .as_deref()
                .and_then(|text| text.chars().next()),
            set_aside: self.set_aside,
            otherwise: self.otherwise,
        }
    }
}

/// The JSON Schema of a contract's file, for editors and its reference.
pub(crate) fn schema() -> Schema {
    schemars::schema_for!(ContractFile)
}

fn utf8() -> Spanned<String> {
    Spanned::new(0..0, "utf-8".to_owned())
}

/// Words that databases, spreadsheets and programs write where there is no value.
/// Punctuation is none of them, because it may stand for nought.
fn no_value() -> Spanned<Vec<String>> {
    let words = [
        "NULL",
        "null",
        "(null)",
        "(NULL)",
        "<NULL>",
        "<null>",
        "[NULL]",
        "None",
        "nan",
        "NaN",
        "NaT",
        "N/A",
        "n/a",
        "#N/A",
        "\\N",
        "<NA>",
        "undefined",
        "#NULL!",
        "#REF!",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#UNKNOWN!",
        "#CONNECT!",
        "#BUSY!",
    ];
    Spanned::new(0..0, words.map(str::to_owned).to_vec())
}

fn comma() -> Spanned<String> {
    Spanned::new(0..0, ",".to_owned())
}

fn double_quote() -> Spanned<String> {
    Spanned::new(0..0, "\"".to_owned())
}

fn warn() -> OnInvalid {
    OnInvalid::Warn
}

fn none() -> Spanned<u64> {
    Spanned::new(0..0, 0)
}

fn one() -> Spanned<u64> {
    Spanned::new(0..0, 1)
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

pub(crate) fn encoding(label: &str) -> Option<Encoding> {
    if label == "detect" {
        return Some(Encoding::Detect);
    }
    Charset::of_label(label).map(Encoding::Known)
}

pub(crate) fn time(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}

pub(crate) fn ascii(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !b"\r\n\0".contains(byte) => Some(*byte),
        _ => None,
    }
}

/// A regular expression that must match the whole of a text.
pub(crate) fn whole(pattern: &str) -> Result<Regex, String> {
    Regex::new(&format!("^(?:{pattern})$")).map_err(|error| error.to_string())
}

/// Regular expressions of which one must match the whole of a line; none when
/// there are none.
pub(crate) fn whole_lines(patterns: &[Spanned<String>]) -> Result<Option<RegexSet>, regex::Error> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let whole = patterns
        .iter()
        .map(|pattern| format!(r"^\s*(?:{})\s*$", pattern.as_ref()));
    RegexSet::new(whole).map(Some)
}
