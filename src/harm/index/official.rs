//! The table inside the official workbook: where its columns stand, and what
//! its rows hold.

use calamine::{Data, Range};

use super::cells;

/// Where the columns of the values sheet stand, counted from the first.
#[derive(Debug)]
pub(super) struct Columns {
    /// Row of the header.
    pub(super) header: u32,
    pub(super) urn: u32,
    pub(super) title: u32,
    pub(super) score: u32,
    pub(super) code: u32,
    pub(super) starting_point: Option<u32>,
    pub(super) class: Option<u32>,
    pub(super) sub_code: Option<u32>,
    /// Which similar offence was used where no sentencing data exists.
    pub(super) note: Option<u32>,
    /// Whether the score rests on a guideline of the offence itself.
    pub(super) own: Option<u32>,
}

const REQUIRED: [&str; 4] = [
    "ATHENA URN",
    "FULL_OFFENCE_TITLE",
    "CCHI Score",
    "HOME_OFFICE_CLASSIFICATION",
];
const OPTIONAL: [&str; 3] = ["Starting Point", "HO_CODE", "HO_SUB_CODE"];
/// The 2021 file's header of its notes, which goes on.
const NOTE: &str = "if no sentencing data available";
/// A part of the header of whether sentencing data are of the offence itself.
const OWN: &str = "from actual offence";
/// A header lies among the first rows.
const MOST_ROWS_BEFORE: u32 = 50;

/// Finds the header by its names, whatever row it is in; what is wrong with
/// it otherwise.
pub(super) fn columns(range: &Range<Data>) -> Result<Columns, Vec<String>> {
    let known = |row: &u32| {
        let names = REQUIRED.iter().chain(&OPTIONAL);
        names
            .filter(|name| !places(range, *row, name).is_empty())
            .count()
    };
    let best = (0..MOST_ROWS_BEFORE).max_by_key(|row| (known(row), u32::MAX - row));
    let Some(header) = best.filter(|row| known(row) >= 2) else {
        return Err(vec![format!(
            "no header among the first {MOST_ROWS_BEFORE} rows; expected the columns {}",
            REQUIRED.join(", ")
        )]);
    };
    let mut problems = Vec::new();
    let mut find = |name: &str, is_required: bool| {
        let places = places(range, header, name);
        match places.as_slice() {
            [] if is_required => problems.push(format!(
                "row {} is the header and has no column {name}; expected {}",
                header + 1,
                REQUIRED.join(", ")
            )),
            [] | [_] => {}
            [first, more @ ..] => problems.extend(more.iter().map(|place| {
                format!(
                    "{}: the column {name} stands in {} already; expected it once",
                    cells::name(header, *place),
                    cells::name(header, *first)
                )
            })),
        }
        places.first().copied()
    };
    let required = REQUIRED.map(|name| find(name, true));
    let optional = OPTIONAL.map(|name| find(name, false));
    let ([Some(urn), Some(title), Some(score), Some(code)], true) = (required, problems.is_empty())
    else {
        return Err(problems);
    };
    let [starting_point, class, sub_code] = optional;
    Ok(Columns {
        header,
        urn,
        title,
        score,
        code,
        starting_point,
        class,
        sub_code,
        note: named(range, header, |name| name.starts_with(NOTE)),
        own: named(range, header, |name| name.contains(OWN)),
    })
}

/// The cell of a row, empty where there is none.
pub(super) fn at(range: &Range<Data>, row: u32, column: u32) -> &Data {
    range.get_value((row, column)).unwrap_or(&Data::Empty)
}

fn places(range: &Range<Data>, row: u32, name: &str) -> Vec<u32> {
    let wanted = plain(name);
    width(range)
        .filter(|column| plain(&cells::text(at(range, row, *column))) == wanted)
        .collect()
}

fn named(range: &Range<Data>, row: u32, is_wanted: impl Fn(&str) -> bool) -> Option<u32> {
    width(range).find(|column| is_wanted(&plain(&cells::text(at(range, row, *column)))))
}

fn width(range: &Range<Data>) -> std::ops::RangeInclusive<u32> {
    0..=range.end().map_or(0, |(_, column)| column)
}

/// A header without the differences that do not matter.
fn plain(name: &str) -> String {
    let spaced = name.replace('_', " ").to_lowercase();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}
