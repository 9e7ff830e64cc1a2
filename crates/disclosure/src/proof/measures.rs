//! Measures, which are broken down by borough and by group but never by both:
//! the attacker reckons with every crossing of them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::attack::{Seen, View};
use super::pairs::told;
use super::single::{cases, solved_in};
use super::tables::months;
use crate::cell::{Cell, Level, Months};
use crate::figure::{Figure, Rate};
use crate::measure::{Measure, Monthly, rows, tables};
use crate::release::{Refusal, Release, release};
use crate::rules::Rules;
use crate::table::{Kind, Table};

/// How often each crossing of month, borough, group, flag and counted occurs.
#[derive(Debug, Clone)]
struct Crossed {
    sizes: [usize; 5],
    counts: Vec<u32>,
}

const MONTHS: u32 = 14;

impl Crossed {
    fn places(&self) -> Vec<[usize; 5]> {
        let mut places = vec![[0; 5]];
        for (axis, &size) in self.sizes.iter().enumerate() {
            places = places
                .into_iter()
                .flat_map(|place| {
                    (0..size).map(move |number| {
                        let mut place = place;
                        place[axis] = number;
                        place
                    })
                })
                .collect();
        }
        places
    }

    fn truth(&self) -> Vec<i64> {
        self.counts.iter().map(|&count| count.into()).collect()
    }

    fn measure(&self) -> Measure {
        let [_, boroughs, groups, flags, _] = self.sizes;
        let mut asked = vec![("Force".to_owned(), "All".to_owned())];
        asked.extend((0..boroughs).map(|borough| (format!("A{borough}"), "All".to_owned())));
        asked.extend((0..groups).map(|group| ("Force".to_owned(), format!("G{group}"))));
        asked.extend((1..flags).map(|_| ("Force".to_owned(), "Flag".to_owned())));
        let monthly = asked
            .into_iter()
            .flat_map(|(area, group)| {
                (0..MONTHS).map(move |month| (area.clone(), group.clone(), month))
            })
            .map(|(area, group, month)| self.monthly(area, group, month));
        Measure {
            subject: "6.4".to_owned(),
            kind: Kind::SexualOrDomestic,
            reach: months(0, MONTHS),
            monthly: monthly.collect(),
        }
    }

    fn monthly(&self, area: String, group: String, month: u32) -> Monthly {
        let sum = |counted: bool| {
            let places = self.places().into_iter().zip(&self.counts);
            places
                .filter(|(place, _)| place[0] == month as usize && is_of(place, &area, &group))
                .filter(|(place, _)| !counted || place[4] == 0)
                .map(|(_, count)| count)
                .sum()
        };
        Monthly {
            month: months(month, 1).from(),
            counted: sum(true),
            among: (self.sizes[4] > 1).then(|| sum(false)),
            area,
            group,
        }
    }

    /// What a release shows of it.
    fn seen(&self, release: &Release, knows_which: bool) -> Vec<Seen> {
        let places = self.places();
        let seen = release.cells.iter().map(|released| {
            let holds: Vec<usize> = (0..places.len())
                .filter(|&number| is_in(&places[number], &released.cell))
                .collect();
            let truth: i64 = holds
                .iter()
                .map(|&number| i64::from(self.counts[number]))
                .sum();
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
}

fn is_of(place: &[usize; 5], area: &str, group: &str) -> bool {
    let is_area = area == "Force" || area == format!("A{}", place[1]);
    let is_flagged = group == "Flag" && place[3] == 1;
    is_area && (group == "All" || is_flagged || group == format!("G{}", place[2]))
}

fn is_in(place: &[usize; 5], cell: &Cell) -> bool {
    let name = &*cell.area.part.name;
    let is_place = match cell.area.level {
        Level::Force if name != "Force" => is_of(place, "Force", name),
        _ => is_of(place, name, "All"),
    };
    let month = months(u32::try_from(place[0]).unwrap(), 1);
    is_place && cell.months.contains(month) && (cell.group.name == "All" || place[4] == 0)
}

/// Crossings of up to so many boroughs, groups, flags and readings, with many
/// zeros and small counts.
fn crossings(most: [usize; 4], revisions: usize) -> impl Strategy<Value = (Crossed, Crossed)> {
    let [boroughs, groups, flags, counted] = most;
    let sizes = (1..=boroughs, 1..=groups, 1..=flags, 1..=counted);
    let greatest = select(vec![1_u32, 3, 8, 30]);
    (sizes, greatest).prop_flat_map(move |((boroughs, groups, flags, counted), greatest)| {
        let sizes = [MONTHS as usize, boroughs, groups, flags, counted];
        let size = sizes.iter().product::<usize>();
        let count = prop_oneof![12 => Just(0), 3 => 0..=greatest];
        let revisions = vec((any::<Index>(), 0..=greatest), 0..=revisions);
        (vec(count, size), revisions).prop_map(move |(counts, revisions)| {
            let before = Crossed { sizes, counts };
            let mut after = before.clone();
            for (at, count) in revisions {
                *at.get_mut(&mut after.counts) = count;
            }
            (before, after)
        })
    })
}

fn published(table: &Table, earlier: &[Release]) -> Option<Release> {
    let made = release("a release", table, earlier, &Rules::default());
    match made {
        Ok(release) => Some(release),
        Err(Refusal::Revealing {
            remedy: Some(withheld),
            ..
        }) => {
            let table = Table {
                withheld,
                ..table.clone()
            };
            Some(release("a release", &table, earlier, &Rules::default()).unwrap())
        }
        Err(Refusal::Revealing { .. } | Refusal::Unprotectable) => None,
        Err(refusal) => panic!("{refusal}"),
    }
}

fn table(crossed: &Crossed, years: &[Months], earlier: &[Release]) -> Table {
    tables(&crossed.measure(), years, earlier)
        .unwrap()
        .remove(0)
}

fn rates_tell_no_more(release: &Release) -> Result<(), TestCaseError> {
    for row in rows(release) {
        let Some(among) = row.among else { continue };
        let is_hidden = row.counted == Figure::Suppressed || among == Figure::Suppressed;
        prop_assert_eq!(
            row.counted.rate(among, 100, 1) == Rate::Suppressed,
            is_hidden
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn no_hidden_figure_of_a_measure_can_be_solved_for(
        (crossed, _) in crossings([3, 3, 2, 2], 0)
    ) {
        if let Some(release) = published(&table(&crossed, &[months(0, 12)], &[]), &[]) {
            let (view, truth) = View::new(crossed.seen(&release, true), &crossed.truth());
            prop_assert_eq!(solved_in(&view, &truth), Vec::<String>::new());
            rates_tell_no_more(&release)?;
        }
    }

    #[test]
    fn no_hidden_figure_of_a_measure_can_be_found_by_trying_every_crossing(
        (crossed, _) in prop_oneof![crossings([2, 2, 1, 2], 0), crossings([3, 3, 1, 1], 0), crossings([2, 1, 2, 2], 0)]
    ) {
        if let Some(release) = published(&table(&crossed, &[months(0, 12)], &[]), &[]) {
            for knows_which in [true, false] {
                let (view, truth) = View::new(crossed.seen(&release, knows_which), &crossed.truth());
                for (_, seen) in view.hidden() {
                    let count: i64 = seen.holds.iter().map(|&class| truth[class]).sum();
                    let enough = if (1..10).contains(&count) && !knows_which { 4 } else { 1 };
                    let found = view.spread(&seen.holds, &truth, enough);
                    prop_assert!(found.is_some_and(|found| found >= enough), "{found:?} of {seen:?}");
                }
            }
        }
    }

    #[test]
    fn nothing_can_be_solved_for_with_a_measure_released_again(
        (before, after) in crossings([2, 2, 2, 2], 3),
        (then, now) in select(vec![((0, 12), (1, 12)), ((0, 12), (0, 13)), ((0, 12), (0, 12)), ((0, 13), (1, 12))]),
    ) {
        let year = |(from, count)| [months(from, count)];
        if let Some(first) = published(&table(&before, &year(then), &[]), &[]) {
            let earlier = [first];
            // A group that was empty may have been taken for one of the others.
            let Ok(tables) = tables(&after.measure(), &year(now), &earlier) else { return Ok(()) };
            if let Some(second) = published(&tables[0], &earlier) {
                let seen = [before.seen(&earlier[0], true), after.seen(&second, true)].concat();
                let (view, truth) = View::new(seen, &after.truth());
                prop_assert_eq!(told(&view, &truth, earlier[0].cells.len()), Vec::<String>::new());
            }
        }
    }
}
