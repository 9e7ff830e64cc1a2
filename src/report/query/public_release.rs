//! Turns a draft of a release into what the public reads.

use chrono::NaiveDate;
use daybook_disclosure::figure::{Figure, Rate};
use daybook_disclosure::measure as protected;

use crate::config::Config;
use crate::measures::results::FORCE;
use crate::publication::calendar::Planned;
use crate::publication::draft::{self, Draft};
use crate::report::view::public_release::{LeftOut, PublicRelease, Row, Section};

const ALL: &str = "All";

/// Decimals of a percentage made of figures rounded to 5.
const DECIMALS: u32 = 1;

/// The release as it will be read.
pub fn view(
    config: &Config,
    planned: &Planned,
    draft: &Draft,
    issued_on: NaiveDate,
    next_due_on: Option<NaiveDate>,
) -> PublicRelease {
    PublicRelease {
        name: planned.name.clone(),
        force: config.force.clone(),
        as_of: draft.as_of.0,
        due_on: planned.due_on,
        issued_on,
        next_due_on,
        sections: draft.sections.iter().map(section).collect(),
        left_out: draft.left_out.iter().map(left_out).collect(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        is_synthetic: config.synthetic,
    }
}

fn section(section: &draft::Section) -> Section {
    let definition = &section.definition;
    let of = &definition.commitment;
    // A measure without a group `All` has a table for each of its groups.
    let group = section.subject.split_once(": ").map(|(_, group)| group);
    Section {
        id: definition.id.clone(),
        title: definition.name.clone(),
        commitment: format!("{} {}", of.number, of.title),
        definition: definition.definition.clone(),
        counted: definition.numerator.clone(),
        among: definition.denominator.clone(),
        reading: section.basis.clone(),
        from: section.from,
        to: section.to,
        rows: in_order(&section.rows)
            .into_iter()
            .map(|found| row(found, group))
            .collect(),
        group: group.map(ToOwned::to_owned),
        withheld: section.withheld as u64,
    }
}

/// The force as a whole, its groups, then its boroughs.
fn in_order(rows: &[protected::Row]) -> Vec<&protected::Row> {
    let mut rows: Vec<&protected::Row> = rows.iter().collect();
    rows.sort_by_key(|row| {
        let is_borough = row.area != FORCE;
        (is_borough, row.group != ALL, &row.area, &row.group)
    });
    rows
}

fn row(row: &protected::Row, group: Option<&str>) -> Row {
    Row {
        area: row.area.clone(),
        group: group.unwrap_or(&row.group).to_owned(),
        counted: row.counted.to_string(),
        among: row.among.map(|among| among.to_string()),
        percent: row.among.map(|among| percent(row.counted, among)),
    }
}

/// Always with its decimals: `68.0`.
fn percent(counted: Figure, among: Figure) -> String {
    match counted.rate(among, 100, DECIMALS) {
        Rate::Value(value) => format!("{value:.*}", DECIMALS as usize),
        rate => rate.to_string(),
    }
}

fn left_out(left_out: &draft::LeftOut) -> LeftOut {
    LeftOut {
        subject: left_out.subject.clone(),
        title: left_out.title.clone(),
        reason: left_out.reason.clone(),
    }
}
