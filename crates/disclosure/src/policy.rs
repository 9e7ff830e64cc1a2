//! What may be asked for at all.

use super::cell::{Cell, Level};
use super::rules::Rules;
use super::table::{Kind, Table};

/// Why a cell may not be published whatever its count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    #[error("{cell}: {months} months; expected at least {expected}")]
    TooShort {
        cell: Cell,
        months: usize,
        expected: usize,
    },
    #[error("{cell}: finer than a ward or a square of {metres} m")]
    TooFine { cell: Cell, metres: u32 },
    #[error("{cell}: sexual and domestic offences are published by borough at the finest")]
    BelowBorough { cell: Cell },
}

/// Every breach of the rules on length and area, cell by cell.
pub fn check(table: &Table, rules: &Rules) -> Vec<Breach> {
    table
        .cells
        .iter()
        .flat_map(|cell| {
            [
                too_short(cell, rules),
                too_fine(cell, rules),
                below_borough(cell, table.kind),
            ]
        })
        .flatten()
        .collect()
}

fn too_short(cell: &Cell, rules: &Rules) -> Option<Breach> {
    let months = cell.months.count();
    (months < rules.months).then(|| Breach::TooShort {
        cell: cell.clone(),
        months,
        expected: rules.months,
    })
}

fn too_fine(cell: &Cell, rules: &Rules) -> Option<Breach> {
    let is_too_fine = match cell.area.level {
        Level::Force | Level::Borough | Level::Ward => false,
        Level::Grid(metres) => metres < rules.metres,
        Level::Finer => true,
    };
    is_too_fine.then(|| Breach::TooFine {
        cell: cell.clone(),
        metres: rules.metres,
    })
}

fn below_borough(cell: &Cell, kind: Kind) -> Option<Breach> {
    let is_below = !matches!(cell.area.level, Level::Force | Level::Borough);
    (kind == Kind::SexualOrDomestic && is_below)
        .then(|| Breach::BelowBorough { cell: cell.clone() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::cell::{Area, Months, Part};

    fn breaches(kind: Kind, level: Level, months: u32) -> Vec<String> {
        let first = "2025-01-01".parse().unwrap();
        let cell = Cell {
            months: Months::starting(first, months).unwrap(),
            area: Area {
                level,
                part: Part::named("Camden"),
            },
            group: Part::all("All"),
        };
        let table = Table {
            subject: "crimes".to_owned(),
            kind,
            months: cell.months,
            areas: BTreeSet::from(["Camden".to_owned()]),
            wholes: BTreeSet::new(),
            groups: BTreeSet::from(["All".to_owned()]),
            facts: Vec::new(),
            cells: BTreeSet::from([cell]),
            withheld: BTreeSet::new(),
        };
        let breaches = check(&table, &Rules::default());
        breaches.iter().map(Breach::to_string).collect()
    }

    #[test]
    fn fewer_than_twelve_months_are_refused() {
        assert_eq!(
            breaches(Kind::Other, Level::Borough, 11),
            ["Camden, All, January 2025 to November 2025: 11 months; expected at least 12"]
        );
        assert!(breaches(Kind::Other, Level::Borough, 12).is_empty());
    }

    #[test]
    fn nothing_finer_than_a_ward_or_a_square_of_500_m_is_published() {
        for level in [Level::Force, Level::Borough, Level::Ward, Level::Grid(500)] {
            assert!(breaches(Kind::Other, level, 12).is_empty(), "{level:?}");
        }
        for level in [Level::Grid(499), Level::Finer] {
            let breaches = breaches(Kind::Other, level, 12);
            assert!(breaches[0].ends_with("finer than a ward or a square of 500 m"));
        }
    }

    #[test]
    fn sexual_and_domestic_offences_are_published_by_borough_at_the_finest() {
        for level in [Level::Force, Level::Borough] {
            assert!(
                breaches(Kind::SexualOrDomestic, level, 12).is_empty(),
                "{level:?}"
            );
        }
        for level in [Level::Ward, Level::Grid(1_000)] {
            let breaches = breaches(Kind::SexualOrDomestic, level, 12);
            assert!(
                breaches[0].contains("by borough at the finest"),
                "{breaches:?}"
            );
        }
    }

    #[test]
    fn every_breach_of_a_cell_is_told() {
        assert_eq!(breaches(Kind::SexualOrDomestic, Level::Finer, 1).len(), 3);
    }
}
