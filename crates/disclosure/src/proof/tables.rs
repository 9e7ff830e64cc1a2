//! Random tables for tests, with their margins, and what is seen of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months as Step, NaiveDate};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::attack::Seen;
use crate::cell::{Area, Cell, Level, Months, Part};
use crate::release::Release;
use crate::table::{Fact, Kind, Table};

/// `count` months from so many months after January 2024 on.
pub(super) fn months(from: u32, count: u32) -> Months {
    let first: NaiveDate = "2024-01-01".parse().unwrap();
    Months::starting(first + Step::new(from), count).unwrap()
}

pub(super) fn cell(months: Months, area: Part, group: Part) -> Cell {
    let level = Level::Borough;
    Cell {
        months,
        area: Area { level, part: area },
        group,
    }
}

/// Some names: `A0`, `A1` and so on.
pub(super) fn names(prefix: &str, count: usize) -> BTreeSet<String> {
    (0..count)
        .map(|number| format!("{prefix}{number}"))
        .collect()
}

/// Each one, and all of them together unless there is only one.
pub(super) fn parts(names: &BTreeSet<String>) -> Vec<Part> {
    let each = names.iter().map(|name| Part::named(name));
    let all = (names.len() > 1).then(|| Part::all("All"));
    each.chain(all).collect()
}

/// A table without cells yet. Counts go month by month, in it area by area, in
/// it group by group.
pub(super) fn counted(
    months: Months,
    areas: BTreeSet<String>,
    groups: BTreeSet<String>,
    counts: &[u32],
) -> Table {
    let mut table = Table {
        subject: "crimes".to_owned(),
        kind: Kind::Other,
        months,
        areas,
        wholes: BTreeSet::new(),
        groups,
        facts: Vec::new(),
        cells: BTreeSet::new(),
        withheld: BTreeSet::new(),
    };
    let places = places(&table).into_iter().zip(counts);
    let facts = places.map(|((month, area, group), &count)| Fact {
        month,
        area,
        group,
        count,
    });
    table.facts = facts.filter(|fact| fact.count > 0).collect();
    table
}

/// Counts as they come: many zeros, many small, some equal.
fn count() -> impl Strategy<Value = u32> {
    prop_oneof![
        3 => Just(0_u32),
        3 => 1..4_u32,
        2 => 4..10_u32,
        1 => Just(9_u32),
        1 => 10..13_u32,
        4 => 13..60_u32,
    ]
}

/// Years by areas by groups with every margin, of up to the given sizes; one
/// in four has cells left out.
pub(super) fn cubes(most: [usize; 3]) -> impl Strategy<Value = Table> {
    let sizes = (1..=most[0], 1..=most[1], 1..=most[2]);
    sizes.prop_flat_map(|(years, areas, groups)| {
        let left_out = prop_oneof![3 => Just(Vec::new()), 1 => vec(any::<Index>(), 1..6)];
        (vec(count(), years * areas * groups), left_out).prop_map(move |(counts, left_out)| {
            let mut table = yearly(years, names("A", areas), names("G", groups), &counts);
            let areas = parts(&table.areas);
            cross(&mut table, &areas);
            for index in left_out.into_iter().take(counts.len() / 3) {
                let cells: Vec<Cell> = table.cells.iter().cloned().collect();
                table.cells.remove(index.get(&cells));
            }
            table
        })
    })
}

/// Wards within boroughs within the force, with groups either of each area or
/// of the whole force alone.
pub(super) fn hierarchies() -> impl Strategy<Value = Table> {
    let sizes = (vec(1..=4_usize, 1..=4), 1..=3_usize);
    sizes.prop_flat_map(|(wards, groups)| {
        let counts = vec(count(), wards.iter().sum::<usize>() * groups);
        (counts, any::<bool>()).prop_map(move |(counts, is_crossed)| {
            let boroughs = names("A", wards.len());
            let wards = boroughs.iter().zip(&wards).filter(|(_, wards)| **wards > 1);
            let wards: Vec<String> = wards
                .flat_map(|(borough, &count)| names(&format!("{borough}/W"), count))
                .collect();
            let single = boroughs
                .iter()
                .filter(|borough| !wards.iter().any(|ward| ward.starts_with(&**borough)));
            let finest: BTreeSet<String> = wards.iter().chain(single).cloned().collect();
            let mut table = yearly(1, finest, names("G", groups), &counts);
            let areas: Vec<Part> = wards
                .iter()
                .map(|ward| Part::named(ward))
                .chain(parts(&boroughs))
                .collect();
            cross(&mut table, &areas);
            let is_whole = |part: &Part| part.name == "All";
            table.cells.retain(|cell| {
                is_crossed || groups == 1 || is_whole(&cell.area.part) || is_whole(&cell.group)
            });
            table
        })
    })
}

/// Counts of whole years. Each lies in the year's first month, since no cell
/// tells months apart.
fn yearly(
    years: usize,
    areas: BTreeSet<String>,
    groups: BTreeSet<String>,
    counts: &[u32],
) -> Table {
    let year = areas.len() * groups.len();
    let mut by_month = Vec::new();
    for counts in counts.chunks(year) {
        by_month.extend(counts);
        by_month.extend(vec![0; 11 * year]);
    }
    counted(
        months(0, u32::try_from(years * 12).unwrap()),
        areas,
        groups,
        &by_month,
    )
}

/// Asks for every year and all of them, of every area and group.
fn cross(table: &mut Table, areas: &[Part]) {
    let years = u32::try_from(table.months.count() / 12).unwrap();
    let each = (0..years).map(|year| months(year * 12, 12));
    let groups = parts(&table.groups);
    for months in each.chain([table.months]) {
        for area in areas {
            let cells = groups
                .iter()
                .map(|group| cell(months, area.clone(), group.clone()));
            table.cells.extend(cells);
        }
    }
}

/// Every finest count of a table.
fn places(table: &Table) -> Vec<(NaiveDate, String, String)> {
    let mut places = Vec::new();
    for month in 0..table.months.count() {
        for area in &table.areas {
            let month = table.months.month(month);
            places.extend(
                table
                    .groups
                    .iter()
                    .map(|group| (month, area.clone(), group.clone())),
            );
        }
    }
    places
}

/// The count of each place.
pub(super) fn counts(table: &Table) -> Vec<i64> {
    let facts: BTreeMap<(NaiveDate, &str, &str), u32> = table
        .facts
        .iter()
        .map(|fact| ((fact.month, &*fact.area, &*fact.group), fact.count))
        .collect();
    places(table)
        .iter()
        .map(|(month, area, group)| {
            facts
                .get(&(*month, area, group))
                .map_or(0, |&count| count.into())
        })
        .collect()
}

/// What the public sees of a release, unrounded. An attacker who `knows_which`
/// can tell small cells from others; one who does not knows they are not zero.
pub(super) fn seen(table: &Table, release: &Release, knows_which: bool) -> Vec<Seen> {
    let (places, counts) = (places(table), counts(table));
    let seen = release.cells.iter().map(|released| {
        let is_held = |&number: &usize| is_in(&places[number], &released.cell);
        let holds: Vec<usize> = (0..places.len()).filter(is_held).collect();
        let truth: i64 = holds.iter().map(|&number| counts[number]).sum();
        let range = match truth {
            _ if !knows_which => (truth.min(1), truth + 30),
            0 => (0, 30),
            1..10 => (1, 9),
            _ => (10, truth + 30),
        };
        let count = released.exact.map(|exact| i64::try_from(exact).unwrap());
        Seen {
            holds,
            count,
            range,
        }
    });
    seen.collect()
}

fn is_in((month, area, group): &(NaiveDate, String, String), cell: &Cell) -> bool {
    let within = |path: &str, part: &Part| {
        part.paths.iter().any(|own| {
            own.is_empty()
                || own == path
                || path.starts_with(own) && path[own.len()..].starts_with('/')
        })
    };
    cell.months.from() <= *month
        && *month < cell.months.until()
        && within(area, &cell.area.part)
        && within(group, &cell.group)
}
