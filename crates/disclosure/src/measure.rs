//! A measure's figures as a table: counts by month of the force, of its
//! boroughs and of its groups, which are not crossed with one another.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::breakdown_hierarchy::{ALL, BOROUGHS, ByMonth, FORCE, Parts, REST};
use super::cell::{Area, Cell, Level, Months, Part};
use super::figure::Figure;
use super::release::Release;
use super::table::{Fact, Kind, Table};

/// What is counted, and what it is counted among besides.
pub(super) const COUNTED: &str = "Counted";
pub(super) const NOT_COUNTED: &str = "Not counted";

/// What is counted under one subject: one reading of one measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    pub subject: String,
    pub kind: Kind,
    /// Months that were counted, each whole. They must hold those of every
    /// earlier release that shares months with the years asked for.
    pub reach: Months,
    pub monthly: Vec<Monthly>,
}

/// What is counted in one month: of the force or a borough in all groups, or
/// of the force in one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monthly {
    pub month: NaiveDate,
    /// `Force`, or a borough.
    pub area: String,
    /// `All`, or a group.
    pub group: String,
    /// The numerator, or the count.
    pub counted: u32,
    /// What it is counted among; none of a plain count.
    pub among: Option<u32>,
}

/// Figures of an area and a group as they leave the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub months: Months,
    pub area: String,
    pub group: String,
    pub counted: Figure,
    pub among: Option<Figure>,
}

/// The tables of a measure's `years`, to be released after `earlier` ones: one,
/// or one for each group of a measure that has no group `All`.
pub fn tables(
    measure: &Measure,
    years: &[Months],
    earlier: &[Release],
) -> Result<Vec<Table>, String> {
    if measure.monthly.iter().any(|row| row.group == ALL) {
        return Ok(vec![table(measure, years, earlier)?]);
    }
    let groups: BTreeSet<&String> = measure.monthly.iter().map(|row| &row.group).collect();
    groups
        .into_iter()
        .map(|group| table(&only(measure, group), years, earlier))
        .collect()
}

/// A release's figures by area and group.
pub fn rows(release: &Release) -> Vec<Row> {
    let mut rows: BTreeMap<(Months, &Area), Row> = BTreeMap::new();
    for released in &release.cells {
        let Cell {
            months,
            area,
            group,
        } = &released.cell;
        let row = rows
            .entry((*months, area))
            .or_insert_with(|| empty(*months, area));
        if group.name == COUNTED {
            row.counted = released.figure;
        } else {
            row.among = Some(released.figure);
        }
    }
    rows.into_values().collect()
}

fn empty(months: Months, area: &Area) -> Row {
    let name = area.part.name.clone();
    let is_whole = area.part.paths.contains(&path(FORCE, FORCE));
    let (area, group) = match area.level {
        Level::Force if is_whole => (FORCE.to_owned(), ALL.to_owned()),
        Level::Force => (FORCE.to_owned(), name),
        _ => (name, ALL.to_owned()),
    };
    Row {
        months,
        area,
        group,
        counted: Figure::Suppressed,
        among: None,
    }
}

/// One group of a measure as a measure of its own.
fn only(measure: &Measure, group: &str) -> Measure {
    let own = measure.monthly.iter().filter(|row| row.group == group);
    Measure {
        subject: format!("{}: {group}", measure.subject),
        monthly: own
            .map(|row| Monthly {
                group: ALL.to_owned(),
                ..row.clone()
            })
            .collect(),
        ..measure.clone()
    }
}

fn table(measure: &Measure, years: &[Months], earlier: &[Release]) -> Result<Table, String> {
    let own = earlier
        .iter()
        .filter(|release| release.subject == measure.subject);
    let before: Vec<&Cell> = own
        .flat_map(|release| &release.cells)
        .map(|released| &released.cell)
        .collect();
    let mut parts = Parts::read(measure, &before)?;
    parts.remember(&before)?;
    parts.fill_up()?;
    let has_rest = measure.monthly.iter().any(|row| row.among.is_some());
    let [mut areas, mut wholes] = [BTreeSet::new(), BTreeSet::new()];
    for (breakdown, part, _) in parts.all() {
        wholes.insert(breakdown.to_owned());
        areas.insert(path(breakdown, part));
    }
    Ok(Table {
        subject: measure.subject.clone(),
        kind: measure.kind,
        months: measure.reach,
        areas,
        wholes,
        groups: groups(has_rest),
        facts: parts
            .all()
            .flat_map(|(whole, part, by_month)| facts(whole, part, by_month))
            .collect(),
        cells: cells(&parts, years, has_rest),
        withheld: BTreeSet::new(),
    })
}

fn groups(has_rest: bool) -> BTreeSet<String> {
    let names = if has_rest {
        &[COUNTED, NOT_COUNTED][..]
    } else {
        &[COUNTED]
    };
    names.iter().map(|&name| name.to_owned()).collect()
}

fn facts(breakdown: &str, part: &str, by_month: &ByMonth) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (&month, counts) in by_month {
        for (group, &count) in [COUNTED, NOT_COUNTED].into_iter().zip(counts) {
            facts.push(Fact {
                month,
                area: path(breakdown, part),
                group: group.to_owned(),
                count: u32::try_from(count).unwrap_or(u32::MAX),
            });
        }
    }
    facts.retain(|fact| fact.count > 0);
    facts
}

fn cells(parts: &Parts, years: &[Months], has_rest: bool) -> BTreeSet<Cell> {
    let asked = parts.all().filter(|(_, part, _)| *part != REST);
    let asked = asked.map(|(breakdown, part, _)| Area {
        level: if breakdown == BOROUGHS {
            Level::Borough
        } else {
            Level::Force
        },
        part: Part::of(part, &[&path(breakdown, part)]),
    });
    let counted = Part::named(COUNTED);
    let groups = if has_rest {
        vec![counted, Part::all(ALL)]
    } else {
        vec![counted]
    };
    let mut cells = BTreeSet::new();
    for area in asked {
        for &months in years {
            cells.extend(groups.iter().map(|group| Cell {
                months,
                area: area.clone(),
                group: group.clone(),
            }));
        }
    }
    cells
}

/// A name within a breakdown. A stroke would make it a part of another.
fn path(breakdown: &str, part: &str) -> String {
    format!("{breakdown}/{}", part.replace('/', "\u{2215}"))
}
