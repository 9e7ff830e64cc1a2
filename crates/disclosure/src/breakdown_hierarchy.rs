//! A measure's counts by breakdown: which of its groups make up the whole, and
//! which lie across the others.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::cell::Cell;
use super::measure::{Measure, Monthly};

/// The area of the whole force, which is a breakdown of one part, and the group
/// of everyone.
pub(super) const FORCE: &str = "Force";
pub(super) const ALL: &str = "All";

/// The breakdown by borough; what lies in no part of a breakdown.
pub(super) const BOROUGHS: &str = "Boroughs";
pub(super) const REST: &str = "elsewhere";

/// The breakdown by groups, and that by one group which lies across the others.
const GROUPS: &str = "Groups";
const ACROSS: &str = "Across: ";

/// Counted and not counted, by month.
pub(super) type ByMonth = BTreeMap<NaiveDate, [i64; 2]>;

/// The parts of each breakdown, and their counts.
pub(super) struct Parts {
    breakdowns: BTreeMap<String, BTreeMap<String, ByMonth>>,
}

impl Parts {
    pub(super) fn read(measure: &Measure, before: &[&Cell]) -> Result<Self, String> {
        let mut force = ByMonth::new();
        let mut boroughs: BTreeMap<String, ByMonth> = BTreeMap::new();
        let mut groups: BTreeMap<String, ByMonth> = BTreeMap::new();
        for row in &measure.monthly {
            let by_month = match (row.area.as_str(), row.group.as_str()) {
                (FORCE, ALL) => &mut force,
                (FORCE, group) => groups.entry(group.to_owned()).or_default(),
                (borough, ALL) => boroughs.entry(borough.to_owned()).or_default(),
                (area, group) => {
                    return Err(format!(
                        "{area}, {group}: boroughs are not crossed with groups"
                    ));
                }
            };
            if by_month.insert(row.month, counts(row)?).is_some() {
                return Err(format!("{} is counted twice", named(row)));
            }
        }
        let mut breakdowns = BTreeMap::new();
        let set_aside = before.iter().flat_map(|cell| places(cell));
        let set_aside = set_aside.filter(|(breakdown, _)| breakdown.starts_with(ACROSS));
        let set_aside: BTreeSet<&str> = set_aside.map(|(_, part)| part).collect();
        for group in across(&groups, &force, &set_aside)? {
            let own = groups.remove_entry(&group);
            breakdowns.insert(format!("{ACROSS}{group}"), own.into_iter().collect());
        }
        let force = BTreeMap::from([(FORCE.to_owned(), force)]);
        breakdowns.insert(FORCE.to_owned(), force);
        breakdowns.insert(BOROUGHS.to_owned(), boroughs);
        breakdowns.insert(GROUPS.to_owned(), groups);
        breakdowns.retain(|_, parts| !parts.is_empty());
        Ok(Self { breakdowns })
    }

    /// Takes in parts that only earlier cells name: they count nothing today.
    pub(super) fn remember(&mut self, before: &[&Cell]) -> Result<(), String> {
        for (breakdown, part) in before.iter().flat_map(|cell| places(cell)) {
            let has_moved = self.all().any(|(own, name, _)| {
                name == part && own != breakdown && own != BOROUGHS && breakdown != BOROUGHS
            });
            if has_moved {
                return Err(format!(
                    "{part}: whether it lies across the other groups differs from an earlier release"
                ));
            }
            let breakdown = self.breakdowns.entry(breakdown.to_owned()).or_default();
            breakdown.entry(part.to_owned()).or_default();
        }
        Ok(())
    }

    /// Adds to each breakdown what the force counts beyond its parts.
    pub(super) fn fill_up(&mut self) -> Result<(), String> {
        let force = self.breakdowns[FORCE][FORCE].clone();
        for (name, parts) in &mut self.breakdowns {
            let rest = beyond(&force, parts.values());
            if rest.values().flatten().any(|&count| count < 0) {
                return Err(format!("{name} add up to more than the force"));
            }
            if rest.values().flatten().any(|&count| count > 0) {
                parts.insert(REST.to_owned(), rest);
            }
        }
        Ok(())
    }

    /// Every breakdown, part and its counts.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str, &ByMonth)> {
        self.breakdowns.iter().flat_map(|(breakdown, parts)| {
            parts
                .iter()
                .map(move |(part, by_month)| (breakdown.as_str(), part.as_str(), by_month))
        })
    }
}

/// The breakdowns that a cell lies in, with its name.
fn places(cell: &Cell) -> impl Iterator<Item = (&str, &str)> {
    let part = &cell.area.part;
    let breakdowns = part.paths.iter().filter_map(|path| path.split_once('/'));
    breakdowns.map(|(breakdown, _)| (breakdown, part.name.as_str()))
}

fn counts(row: &Monthly) -> Result<[i64; 2], String> {
    let rest = row
        .among
        .map_or(Some(0), |among| among.checked_sub(row.counted));
    let rest =
        rest.ok_or_else(|| format!("{}: more is counted than it is counted among", named(row)))?;
    Ok([row.counted.into(), rest.into()])
}

fn named(row: &Monthly) -> String {
    format!("{}, {}, {}", row.area, row.group, row.month)
}

/// What is left of the whole once the parts are taken off.
fn beyond<'a>(whole: &ByMonth, parts: impl Iterator<Item = &'a ByMonth>) -> ByMonth {
    let mut rest = whole.clone();
    for (&month, counts) in parts.flatten() {
        let left = rest.entry(month).or_default();
        for (left, count) in left.iter_mut().zip(counts) {
            *left -= count;
        }
    }
    rest
}

/// Groups to set aside, those set aside before or two at most, so that the
/// others add up to the whole month by month; or none if all fit into it.
fn across(
    groups: &BTreeMap<String, ByMonth>,
    whole: &ByMonth,
    before: &BTreeSet<&str>,
) -> Result<BTreeSet<String>, String> {
    let rest_without = |set_aside: &BTreeSet<&str>| {
        let others = groups
            .iter()
            .filter(|(name, _)| !set_aside.contains(name.as_str()));
        beyond(whole, others.map(|(_, by_month)| by_month))
    };
    let fits = |set_aside: &BTreeSet<&str>| no_count(&rest_without(set_aside), |count| count != 0);
    let names: Vec<&str> = groups.keys().map(String::as_str).collect();
    let mut choices = vec![before.clone(), BTreeSet::new()];
    choices.extend(names.iter().map(|&one| BTreeSet::from([one])));
    let pairs = names
        .iter()
        .flat_map(|&one| names.iter().map(move |&other| [one, other]));
    choices.extend(pairs.map(BTreeSet::from));
    if let Some(set_aside) = choices.iter().find(|choice| fits(choice)) {
        return Ok(set_aside.iter().map(|&name| name.to_owned()).collect());
    }
    if no_count(&rest_without(before), |count| count < 0) {
        return Ok(before.iter().map(|&name| name.to_owned()).collect());
    }
    Err(
        "groups overlap in a way that cannot be told; leave out those that lie across the others"
            .to_owned(),
    )
}

fn no_count(by_month: &ByMonth, is: impl Fn(i64) -> bool) -> bool {
    !by_month.values().flatten().any(|&count| is(count))
}
