//! One measure of the scorecard: where it stands, its chart, and the figures
//! that the chart has no room for.

use super::figure::Figure;
use super::measure_figure::{self, as_counted, part_titles, printed};
use crate::measures::measure_value::State;
use crate::measures::results::FORCE;
use crate::report::format;
use crate::report::sentence::measure_summary::{self, Footing};
use crate::report::sentence::{changed, measures};
use crate::report::view::commitment_scorecard::{Detailed, Slice};
use crate::report::view::measure::Measure;
use crate::table::{Cell, Column, Table};

#[derive(Debug)]
pub struct MeasureCard {
    /// `measure-6.4`.
    pub id: String,
    /// `6.4 VAWG crimes charged`.
    pub headline: String,
    /// Where it stands, in one sentence.
    pub standing: String,
    pub definition: String,
    /// What is counted among what.
    pub counted: String,
    /// Against the year before, and the year to date.
    pub changes: Vec<String>,
    pub notes: Vec<String>,
    pub figure: Figure,
    /// Readings and groups of the force, then areas.
    pub tables: Vec<Table>,
    /// Where the figures come from: the statement and the set in the ledger.
    pub source: String,
}

impl MeasureCard {
    pub fn new(detailed: &Detailed, as_of: &str) -> Self {
        let measure = &detailed.measure;
        let id = anchor(measure);
        let headline = format!("{} {}", measure.id, measure.title);
        Self {
            standing: measure_summary::standing(measure, footing(detailed)),
            definition: measure.definition.clone(),
            counted: counted(detailed),
            changes: changes(detailed),
            notes: notes(detailed),
            figure: measure_figure::figure(measure, format!("{id}-chart"), headline.clone(), as_of),
            tables: [of_force(detailed), of_areas(detailed)]
                .into_iter()
                .flatten()
                .collect(),
            source: source(detailed),
            headline,
            id,
        }
    }
}

impl MeasureCard {
    /// The measure and where it stands, for plain text.
    pub fn line(&self) -> String {
        format!("{}. {}", self.headline, self.standing)
    }
}

/// The place of a measure in the page.
pub fn anchor(measure: &Measure) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!(
        "measure-{}",
        measure.id.chars().map(plain).collect::<String>()
    )
}

fn footing(detailed: &Detailed) -> Footing {
    Footing {
        accrual: detailed.measure.accrual,
        minimum_denominator: detailed.minimum_denominator,
    }
}

fn counted(detailed: &Detailed) -> String {
    match &detailed.denominator {
        Some(denominator) => format!("{}, among {denominator}", detailed.numerator),
        None => detailed.numerator.clone(),
    }
}

fn changes(detailed: &Detailed) -> Vec<String> {
    let (unit, accrual) = (detailed.measure.unit, detailed.measure.accrual);
    let year = detailed.measure.year_on_year.as_ref();
    let to_date = detailed.year_to_date.as_ref();
    year.map(|found| changed::year_on_year(unit, accrual, found))
        .into_iter()
        .chain(to_date.map(|found| changed::year_to_date(unit, found)))
        .collect()
}

/// What stands beneath the chart; the sentence above has the target.
fn notes(detailed: &Detailed) -> Vec<String> {
    let mut bare = detailed.measure.clone();
    bare.target = None;
    let mut notes = measures::notes(&bare);
    if let (Some(_), Some(source)) = (&bare.baseline, &detailed.baseline_source) {
        notes.push(format!("Baseline from {}.", source.trim_end_matches('.')));
    }
    notes
}

fn source(detailed: &Detailed) -> String {
    let set = detailed
        .set_id
        .map_or_else(String::new, |set| format!("; set {set} of the ledger"));
    format!(
        "{}{set}; “daybook measures explain {}”",
        detailed.file, detailed.measure.id
    )
}

/// The readings and groups of the whole force, when there are several.
fn of_force(detailed: &Detailed) -> Option<Table> {
    let rows: Vec<&Slice> = detailed.slices.iter().filter(|s| s.area == FORCE).collect();
    let name = |slice: &Slice| match slice.reading.as_str() {
        "" => slice.group.clone(),
        reading => format!("{}, {}", slice.group, reading),
    };
    (rows.len() > 1).then(|| table(detailed, "Group", &rows, name))
}

/// The areas of the first reading. Wards are held too and left out: one has too
/// few cases to be read beside a borough.
fn of_areas(detailed: &Detailed) -> Option<Table> {
    let of_force = detailed.slices.iter().filter(|s| s.area == FORCE);
    let first = of_force.map(|slice| slice.reading.as_str()).next()?;
    let rows: Vec<&Slice> = detailed
        .slices
        .iter()
        .filter(|s| s.area != FORCE && s.reading == first && !s.area.contains(": "))
        .collect();
    let title = if first.is_empty() {
        "Area".to_owned()
    } else {
        format!("Area, {first}")
    };
    (!rows.is_empty()).then(|| table(detailed, &title, &rows, |slice| slice.area.clone()))
}

fn table(
    detailed: &Detailed,
    title: &str,
    slices: &[&Slice],
    name: impl Fn(&Slice) -> String,
) -> Table {
    let measure = &detailed.measure;
    let has_part = slices.iter().any(|slice| slice.point.numerator.is_some());
    let has_whole = slices.iter().any(|slice| slice.point.denominator.is_some());
    let (part, whole) = part_titles(measure.unit, has_part);
    let mut columns = vec![
        Column::words(title),
        Column::words(if detailed.is_of_years {
            "12 months to"
        } else {
            "End of"
        }),
        Column::figure("Value"),
    ];
    columns.extend((has_part && has_whole).then(|| Column::figure(part)));
    columns.extend(has_whole.then(|| Column::figure(whole)));
    columns.extend([
        Column::figure("95% interval"),
        Column::figure("Year before"),
    ]);
    let caption = format!("{} {}", measure.id, measure.title);
    let mut table = Table::new(&caption, columns);
    for slice in slices {
        let mut row = vec![
            Cell::new(name(slice)),
            Cell::new(format::month_short(slice.point.month)),
            Cell::new(value(measure, slice)).strong(slice.point.value.is_some()),
        ];
        let amount = |amount: Option<f64>| Cell::new(as_counted(amount));
        row.extend((has_part && has_whole).then(|| amount(slice.point.numerator)));
        row.extend(has_whole.then(|| amount(slice.point.denominator)));
        row.push(Cell::new(interval(measure, slice)));
        row.push(Cell::new(printed(measure, slice.before)));
        table.push(row);
    }
    table
}

/// The value, or why there is none.
fn value(measure: &Measure, slice: &Slice) -> String {
    match slice.point.state {
        State::Few => "[c] too few".to_owned(),
        State::Empty => "[z] none".to_owned(),
        State::Crossing => "[x] crosses a break".to_owned(),
        State::Shown | State::Immature | State::Stale => printed(measure, slice.point.value),
    }
}

fn interval(measure: &Measure, slice: &Slice) -> String {
    slice.point.interval.map_or_else(
        || "[z]".to_owned(),
        |ends| {
            let low = measures::printed(measure, ends.low);
            let high = measures::printed(measure, ends.high);
            let low = low.strip_suffix('%').unwrap_or(&low).to_owned();
            format!("{low} to {high}")
        },
    )
}
