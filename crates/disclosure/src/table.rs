//! What is to be published, and the counts it is made of.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::breakdowns;
use super::cell::{Cell, Months, Part};
use super::cell_bounds::Extent;

/// A table as asked for. Its figures are not given but counted here, from the
/// finest counts there are, so that no margin can disagree with its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What is counted. Releases of the same subject are held against one
    /// another; those of different subjects are taken for unrelated.
    pub subject: String,
    pub kind: Kind,
    /// The months that the facts reach over. They must hold those of every
    /// earlier release that overlaps with this table.
    pub months: Months,
    /// Paths of the finest areas, each with or without a count.
    pub areas: BTreeSet<String>,
    /// Paths that each hold everything once, where it is broken down in several
    /// ways that are not crossed with one another; otherwise none.
    pub wholes: BTreeSet<String>,
    /// Paths of the finest groups: they do not overlap, and together are all.
    pub groups: BTreeSet<String>,
    /// Counts above zero; one that is not here is zero.
    pub facts: Vec<Fact>,
    /// The figures asked for.
    pub cells: BTreeSet<Cell>,
    /// Those among them that a person has decided to withhold.
    pub withheld: BTreeSet<Cell>,
}

/// What the law is strictest about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    SexualOrDomestic,
    Other,
}

/// What was counted in one month, one finest area and one finest group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub month: NaiveDate,
    pub area: String,
    pub group: String,
    pub count: u32,
}

impl Table {
    /// What does not hold together in it, if anything.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        for fact in &self.facts {
            faults.extend(self.fault_of(fact));
            if !seen.insert((fact.month, &fact.area, &fact.group)) {
                faults.push(format!("{} is counted twice", named(fact)));
            }
        }
        let mut extents = BTreeMap::new();
        for cell in &self.cells {
            match self.extent(cell) {
                Err(fault) => faults.push(fault),
                Ok(extent) => {
                    if let Some(other) = extents.insert(extent, cell) {
                        faults.push(format!("{cell} is the same as {other}"));
                    }
                }
            }
        }
        let extents: Vec<Extent> = extents.into_keys().collect();
        if faults.is_empty() {
            faults.extend(breakdowns::faults(self, &extents));
        }
        for cell in self.withheld.difference(&self.cells) {
            faults.push(format!("{cell} is withheld but not asked for"));
        }
        faults
    }

    /// Where a cell lies, or why that cannot be told.
    pub(super) fn extent(&self, cell: &Cell) -> Result<Extent, String> {
        if !self.months.contains(cell.months) {
            return Err(format!(
                "{cell}: the counts reach over {} only",
                self.months
            ));
        }
        Ok(Extent {
            months: (
                self.months.index(cell.months.from()),
                self.months.index(cell.months.until()),
            ),
            areas: numbers(&self.areas, &cell.area.part)
                .map_err(|path| format!("{cell}: {path:?} is not among the areas counted"))?,
            groups: numbers(&self.groups, &cell.group)
                .map_err(|path| format!("{cell}: {path:?} is not among the groups counted"))?,
        })
    }

    /// The areas of each breakdown, where there are several.
    pub(super) fn breakdowns(&self) -> Vec<Vec<usize>> {
        let whole = |path: &String| numbers(&self.areas, &Part::named(path));
        self.wholes
            .iter()
            .filter_map(|path| whole(path).ok())
            .collect()
    }

    /// Where each cell lies, in the order of the cells.
    pub(super) fn extents(&self) -> Vec<Extent> {
        let extents: Result<_, _> = self.cells.iter().map(|cell| self.extent(cell)).collect();
        extents.expect("a table without faults has a place for every cell")
    }

    /// Some of the finest months, areas and groups in words.
    pub(super) fn described(&self, months: &[usize], areas: &[usize], groups: &[usize]) -> String {
        let month = |&number: &usize| self.months.month(number).format("%B %Y").to_string();
        let months: Vec<String> = months.iter().map(month).collect();
        let names = |all: &BTreeSet<String>, numbers: &[usize]| {
            let named = all
                .iter()
                .enumerate()
                .filter(|(number, _)| numbers.contains(number));
            named.map(|(_, name)| name.clone()).collect::<Vec<_>>()
        };
        let (areas, groups) = (names(&self.areas, areas), names(&self.groups, groups));
        [areas, groups, months]
            .map(|names| shortened(&names))
            .join(", ")
    }

    /// Every fact with its place among the finest counts.
    pub(super) fn counts(&self) -> Vec<([usize; 3], i64)> {
        let place = |all: &BTreeSet<String>| -> BTreeMap<String, usize> {
            all.iter().cloned().zip(0..).collect()
        };
        let (areas, groups) = (place(&self.areas), place(&self.groups));
        self.facts
            .iter()
            .map(|fact| {
                let at = [
                    self.months.index(fact.month),
                    areas[&fact.area],
                    groups[&fact.group],
                ];
                (at, i64::from(fact.count))
            })
            .collect()
    }

    fn fault_of(&self, fact: &Fact) -> Option<String> {
        let month = Months::starting(fact.month, 1);
        let lacks = if !month.is_ok_and(|month| self.months.contains(month)) {
            format!("the counts reach over {}", self.months)
        } else if !self.areas.contains(&fact.area) {
            "its area is not among the areas".to_owned()
        } else if !self.groups.contains(&fact.group) {
            "its group is not among the groups".to_owned()
        } else {
            return None;
        };
        Some(format!("{}: {lacks}", named(fact)))
    }
}

/// The first name, and how many more there are.
fn shortened(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

fn named(fact: &Fact) -> String {
    format!("{}, {}, {}", fact.area, fact.group, fact.month)
}

/// Numbers of the paths that a part covers, or the path of it that covers none.
fn numbers(all: &BTreeSet<String>, part: &Part) -> Result<Vec<usize>, String> {
    if part.paths.is_empty() {
        return Err(String::new());
    }
    for path in &part.paths {
        let own = Part::named(path);
        if !all.iter().any(|path| own.covers(path)) {
            return Err(path.clone());
        }
    }
    Ok((0..)
        .zip(all)
        .filter(|(_, path)| part.covers(path))
        .map(|(number, _)| number)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::{Area, Level};

    fn table() -> Table {
        let first: NaiveDate = "2025-01-01".parse().unwrap();
        let months = Months::starting(first, 12).unwrap();
        let fact = |area: &str, count| Fact {
            month: first,
            area: area.to_owned(),
            group: "Women".to_owned(),
            count,
        };
        Table {
            subject: "crimes".to_owned(),
            kind: Kind::Other,
            months,
            areas: ["Brent", "Camden"].map(str::to_owned).into(),
            wholes: BTreeSet::new(),
            groups: ["Men", "Women"].map(str::to_owned).into(),
            facts: vec![fact("Brent", 20), fact("Camden", 30)],
            cells: BTreeSet::from([asked(months, Part::named("Brent"))]),
            withheld: BTreeSet::new(),
        }
    }

    fn asked(months: Months, area: Part) -> Cell {
        Cell {
            months,
            area: Area {
                level: Level::Borough,
                part: area,
            },
            group: Part::all("All"),
        }
    }

    #[test]
    fn a_table_that_holds_together_has_no_faults() {
        assert_eq!(table().faults(), Vec::<String>::new());
    }

    #[test]
    fn counts_of_unknown_places_and_months_are_told() {
        let mut table = table();
        table.facts[0].area = "Ealing".to_owned();
        table.facts[1].month = "2026-01-01".parse().unwrap();
        assert_eq!(
            table.faults(),
            [
                "Ealing, Women, 2025-01-01: its area is not among the areas",
                "Camden, Women, 2026-01-01: the counts reach over January 2025 to December 2025",
            ]
        );
    }

    #[test]
    fn a_place_counted_twice_is_told() {
        let mut table = table();
        table.facts.push(table.facts[0].clone());
        assert_eq!(
            table.faults(),
            ["Brent, Women, 2025-01-01 is counted twice"]
        );
    }

    #[test]
    fn cells_that_nothing_is_counted_for_are_told() {
        let mut table = table();
        let later = Months::starting("2025-02-01".parse().unwrap(), 12).unwrap();
        table.cells = BTreeSet::from([
            asked(table.months, Part::named("Ealing")),
            asked(later, Part::named("Brent")),
        ]);
        assert_eq!(
            table.faults(),
            [
                "Ealing, All, January 2025 to December 2025: \"Ealing\" is not among the areas counted",
                "Brent, All, February 2025 to January 2026: the counts reach over January 2025 to \
                 December 2025 only",
            ]
        );
    }

    #[test]
    fn the_same_cell_under_two_names_is_told() {
        let mut table = table();
        let both = Part::of("North-west", &["Brent", "Camden"]);
        table.cells = [both, Part::all("Force")]
            .map(|part| asked(table.months, part))
            .into();
        assert_eq!(
            table.faults(),
            [
                "North-west, All, January 2025 to December 2025 is the same as Force, All, January \
                 2025 to December 2025"
            ]
        );
    }

    #[test]
    fn what_is_withheld_has_to_be_asked_for() {
        let mut table = table();
        table.withheld = BTreeSet::from([asked(table.months, Part::named("Camden"))]);
        assert!(table.faults()[0].ends_with("is withheld but not asked for"));
    }
}
