//! The same people under two names. Measures may be counted among the same
//! cases, one may count what another counts it among, and a measure may be given
//! a new name: what was told of one is then told of the other. It is the counts
//! that are compared, month by month, and never a name.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::breakdown_hierarchy::{ALL, BOROUGHS};
use super::cell::{Area, Cell, Level, Months, Part};
use super::measure::{COUNTED, NOT_COUNTED};
use super::release::{Release, Released};
use super::table::Table;

/// The fewest months that two series must have in common.
const MONTHS: usize = 12;

/// How alike two series are that count the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// Both as they stand today: every month is equal.
    Equal,
    /// One as it stood then: some months were corrected since.
    Corrected,
}

/// One side of a table in one of its areas: what is counted, what is not, or
/// both together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Side {
    Counted,
    NotCounted,
    All,
}

type Key<'a> = (&'a str, Side);
type Counts = BTreeMap<NaiveDate, i64>;

/// What a release of `other` told of what `table` counts too, in the words of
/// `table`; none if it told nothing of it.
pub fn in_words_of(
    table: &Table,
    other: &Table,
    released: &Release,
    likeness: Likeness,
) -> Option<Release> {
    let common = common(table.months, other.months)?;
    let twins = twins(&series(table), &series(other), &common, likeness);
    let cells: Vec<Released> = released
        .cells
        .iter()
        .flat_map(|one| {
            let own = key(&one.cell).and_then(|key| twins.get(&key));
            own.into_iter().flatten().map(|twin| Released {
                cell: cell(one.cell.months, *twin),
                ..one.clone()
            })
        })
        .collect();
    (!cells.is_empty()).then(|| Release {
        name: format!("{}, {}", released.name, released.subject),
        subject: table.subject.clone(),
        cells,
    })
}

/// Whether two tables count the same of the whole force, on every side.
pub fn is_same(table: &Table, other: &Table, likeness: Likeness) -> bool {
    let (own, others) = (series(table), series(other));
    let is_whole = |(path, _): &Key<'_>| *path == FORCE;
    let sides = |all: &BTreeMap<Key<'_>, Counts>| -> Vec<Side> {
        all.keys()
            .filter(|key| is_whole(key))
            .map(|key| key.1)
            .collect()
    };
    let same = |months: Vec<NaiveDate>| {
        sides(&own).into_iter().all(|side| {
            agree(
                &own[&(FORCE, side)],
                &others[&(FORCE, side)],
                &months,
                likeness,
            )
        })
    };
    sides(&own) == sides(&others) && common(table.months, other.months).is_some_and(same)
}

/// The path of the whole force.
const FORCE: &str = "Force/Force";

fn common(one: Months, other: Months) -> Option<Vec<NaiveDate>> {
    let from = one.from().max(other.from());
    let until = one.until().min(other.until());
    let common = Months::new(from, until).ok()?;
    let months: Vec<NaiveDate> = (0..common.count()).map(|n| common.month(n)).collect();
    (months.len() >= MONTHS).then_some(months)
}

/// Every side of every area, by month.
fn series(table: &Table) -> BTreeMap<Key<'_>, Counts> {
    let mut series: BTreeMap<Key<'_>, Counts> = BTreeMap::new();
    let has_rest = table.groups.contains(NOT_COUNTED);
    for fact in &table.facts {
        let own = if fact.group == COUNTED {
            Side::Counted
        } else {
            Side::NotCounted
        };
        for side in [Some(own), has_rest.then_some(Side::All)]
            .into_iter()
            .flatten()
        {
            let counts = series.entry((&fact.area, side)).or_default();
            *counts.entry(fact.month).or_default() += i64::from(fact.count);
        }
    }
    series
}

/// For each series of `other`, those of a table that count the same.
fn twins<'a, 'b>(
    own: &BTreeMap<Key<'a>, Counts>,
    other: &BTreeMap<Key<'b>, Counts>,
    months: &[NaiveDate],
    likeness: Likeness,
) -> HashMap<Key<'b>, Vec<Key<'a>>> {
    // Thousands of pairs are unlike at once: only those with equal months are
    // looked at where nothing was corrected.
    let of_months = |counts: &Counts| -> Vec<i64> {
        months
            .iter()
            .map(|month| counts.get(month).copied().unwrap_or(0))
            .collect()
    };
    let mut by_counts: HashMap<Vec<i64>, Vec<Key<'a>>> = HashMap::new();
    for (key, counts) in own {
        by_counts.entry(of_months(counts)).or_default().push(*key);
    }
    other
        .iter()
        .map(|(key, counts)| {
            let found = match likeness {
                Likeness::Equal if agree(counts, counts, months, likeness) => by_counts
                    .get(&of_months(counts))
                    .cloned()
                    .unwrap_or_default(),
                Likeness::Equal => Vec::new(),
                Likeness::Corrected => nearest(own, counts, months),
            };
            (*key, found)
        })
        .collect()
}

/// The series that differ least from one, among those that agree with it: what
/// all of them are among may agree with what most of them are.
fn nearest<'a>(
    own: &BTreeMap<Key<'a>, Counts>,
    counts: &Counts,
    months: &[NaiveDate],
) -> Vec<Key<'a>> {
    let apart = |other: &Counts| -> i64 {
        let of = |counts: &Counts, month| counts.get(month).copied().unwrap_or(0);
        let apart = months
            .iter()
            .map(|month| (of(counts, month) - of(other, month)).abs());
        apart.sum()
    };
    let alike: Vec<(i64, Key<'a>)> = own
        .iter()
        .filter(|(_, other)| agree(counts, other, months, Likeness::Corrected))
        .map(|(key, other)| (apart(other), *key))
        .collect();
    let least = alike.iter().map(|(apart, _)| *apart).min();
    let nearest = alike.into_iter().filter(|(apart, _)| Some(*apart) == least);
    nearest.map(|(_, key)| key).collect()
}

/// Whether two series count the same; series of nothing are not compared, since
/// nothing is no sign of anything. Corrected ones agree in three of four months
/// that count, or to a twentieth of all they count.
fn agree(one: &Counts, other: &Counts, months: &[NaiveDate], likeness: Likeness) -> bool {
    let pairs: Vec<(i64, i64)> = months
        .iter()
        .map(|month| {
            let of = |counts: &Counts| counts.get(month).copied().unwrap_or(0);
            (of(one), of(other))
        })
        .filter(|pair| *pair != (0, 0))
        .collect();
    let equal = pairs.iter().filter(|(one, other)| one == other).count();
    let apart: i64 = pairs.iter().map(|(one, other)| (one - other).abs()).sum();
    let all: i64 = pairs.iter().map(|(one, other)| *one.max(other)).sum();
    !pairs.is_empty()
        && match likeness {
            Likeness::Equal => apart == 0,
            Likeness::Corrected => equal * 4 >= pairs.len() * 3 || apart * 20 <= all,
        }
}

/// Which series a figure is of; none for one of several areas at once.
fn key(cell: &Cell) -> Option<Key<'_>> {
    let mut paths = cell.area.part.paths.iter();
    let (Some(path), None) = (paths.next(), paths.next()) else {
        return None;
    };
    let side = if cell.group.name == COUNTED {
        Side::Counted
    } else {
        Side::All
    };
    Some((path, side))
}

fn cell(months: Months, (path, side): Key<'_>) -> Cell {
    let (breakdown, name) = path.split_once('/').unwrap_or(("", path));
    Cell {
        months,
        area: Area {
            level: if breakdown == BOROUGHS {
                Level::Borough
            } else {
                Level::Force
            },
            part: Part::of(name, &[path]),
        },
        group: match side {
            Side::Counted => Part::named(COUNTED),
            Side::NotCounted => Part::named(NOT_COUNTED),
            Side::All => Part::all(ALL),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Measure, Monthly, rows, tables};
    use crate::release::release;
    use crate::rules::Rules;
    use crate::table::Kind;

    fn month(number: u32) -> NaiveDate {
        let first: NaiveDate = "2024-01-01".parse().unwrap();
        first + chrono::Months::new(number)
    }

    /// So many months of the force and its boroughs, of which each has the same
    /// counts every month.
    fn table(subject: &str, months: u32, boroughs: &[(&str, u32, u32)]) -> Table {
        let whole = boroughs.iter().fold(("Force", 0, 0), |sum, borough| {
            ("Force", sum.1 + borough.1, sum.2 + borough.2)
        });
        let of = |number: u32| {
            boroughs
                .iter()
                .chain([&whole])
                .map(move |(area, counted, among)| Monthly {
                    month: month(number),
                    area: (*area).to_owned(),
                    group: ALL.to_owned(),
                    counted: *counted,
                    among: Some(*among),
                })
        };
        let measure = Measure {
            subject: subject.to_owned(),
            kind: Kind::SexualOrDomestic,
            reach: Months::starting(month(0), months).unwrap(),
            monthly: (0..months).flat_map(of).collect(),
        };
        let year = Months::starting(month(0), 12).unwrap();
        tables(&measure, &[year], &[]).unwrap().remove(0)
    }

    /// Figures of one table in the words of another, `Camden among`.
    fn told(table: &Table, other: &Table, likeness: Likeness) -> Vec<String> {
        let made = release("First", other, &[], &Rules::default()).unwrap();
        let told = in_words_of(table, other, &made, likeness);
        let cells = told.into_iter().flat_map(|release| release.cells);
        cells
            .map(|one| format!("{} {}", one.cell.area.part.name, one.cell.group.name))
            .collect()
    }

    const CHARGED: [(&str, u32, u32); 2] = [("Brent", 30, 100), ("Camden", 20, 90)];

    #[test]
    fn what_two_measures_are_counted_among_is_one() {
        let withdrew = [("Brent", 41, 100), ("Camden", 33, 90)];
        let told = told(
            &table("8.2", 24, &withdrew),
            &table("6.4", 24, &CHARGED),
            Likeness::Equal,
        );
        assert_eq!(told, ["Force All", "Brent All", "Camden All"]);
    }

    #[test]
    fn what_one_measure_counts_and_the_other_leaves_is_one() {
        let uncharged = [("Brent", 70, 100), ("Camden", 70, 90)];
        let told = told(
            &table("6.9", 24, &uncharged),
            &table("6.4", 24, &CHARGED),
            Likeness::Equal,
        );
        let counted = told.iter().filter(|cell| cell.ends_with(" Not counted"));
        assert_eq!(counted.count(), 3, "{told:?}");
        // Brent's and Camden's 70 a month are the same figures, too.
        assert_eq!(told.len(), 6);
    }

    #[test]
    fn few_months_and_counts_of_nothing_prove_nothing() {
        let short = table("8.2", 11, &[("Brent", 30, 100)]);
        let measure = table("6.4", 24, &CHARGED);
        assert!(told(&short, &measure, Likeness::Equal).is_empty());
        let none = [("Brent", 0, 7), ("Camden", 0, 8)];
        let other = [("Brent", 0, 5), ("Camden", 0, 6)];
        assert!(
            told(
                &table("1", 24, &none),
                &table("2", 24, &other),
                Likeness::Equal
            )
            .is_empty()
        );
    }

    #[test]
    fn a_renamed_measure_is_known_after_corrections_and_another_is_not() {
        let then = table("6.4", 24, &CHARGED);
        let mut now = table("9.9", 24, &CHARGED);
        for fact in now.facts.iter_mut().step_by(9) {
            fact.count += 1;
        }
        assert!(told(&now, &then, Likeness::Equal).is_empty());
        assert_eq!(told(&now, &then, Likeness::Corrected).len(), 6);
        assert!(is_same(&now, &then, Likeness::Corrected));
        let other = table("9.9", 24, &[("Brent", 35, 100), ("Camden", 12, 70)]);
        assert_eq!(told(&other, &then, Likeness::Corrected), ["Brent All"]);
        assert!(!is_same(&other, &then, Likeness::Corrected));
    }

    #[test]
    fn what_one_measure_hides_the_other_does_not_show() {
        // Ealing leaves four a year uncounted; the other measure counts those.
        let counted = [("Brent", 60, 65), ("Camden", 50, 92), ("Ealing", 0, 40)];
        let mut one = table("6.4", 24, &counted);
        let left = counted.map(|(area, counted, among)| (area, among - counted, among));
        let mut other = table("6.9", 24, &left);
        for (table, own, rest) in [(&mut one, 4, 36), (&mut other, 36, 4)] {
            let ealing = |fact: &crate::table::Fact, group: &str| {
                fact.month == month(0) && fact.area == "Boroughs/Ealing" && fact.group == group
            };
            table
                .facts
                .retain(|fact| !ealing(fact, COUNTED) && !ealing(fact, NOT_COUNTED));
            for (group, count) in [(COUNTED, own), (NOT_COUNTED, rest)] {
                table.facts.push(crate::table::Fact {
                    month: month(0),
                    area: "Boroughs/Ealing".to_owned(),
                    group: group.to_owned(),
                    count,
                });
                let step = if (group == COUNTED) == (own == 4) {
                    4
                } else {
                    -4
                };
                let force = table.facts.iter_mut().find(|fact| {
                    fact.month == month(0) && fact.area == FORCE && fact.group == group
                });
                let count = &mut force.unwrap().count;
                *count = count.checked_add_signed(step).unwrap();
            }
        }
        let first = release("First", &one, &[], &Rules::default()).unwrap();
        let alone = release("First", &other, &[], &Rules::default()).unwrap();
        let held = in_words_of(&other, &one, &first, Likeness::Equal).unwrap();
        let bound = release("First", &other, &[held], &Rules::default()).unwrap();
        let shown = |made: &Release| -> Vec<String> {
            let shown = rows(made)
                .into_iter()
                .filter(|row| row.counted.to_string() != "[c]");
            shown.map(|row| row.area).collect()
        };
        assert_eq!(shown(&first), ["Force", "Brent"]);
        assert_eq!(
            shown(&alone),
            ["Force", "Camden"],
            "Camden's tells Ealing's four"
        );
        assert_eq!(shown(&bound), ["Force", "Brent"]);
    }
}
