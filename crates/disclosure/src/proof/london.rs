//! A measure of London's size, released in two months running.

use super::tables::months;
use crate::figure::Figure;
use crate::measure::{Measure, Monthly, tables};
use crate::release::{Release, release};
use crate::rules::Rules;
use crate::table::Kind;

/// Adds up what boroughs and groups count in one month.
fn monthly(month: u32) -> Vec<Monthly> {
    let row = |area: String, group: String, counted: u32, rest: u32| Monthly {
        month: months(month, 1).from(),
        area,
        group,
        counted,
        among: Some(counted + rest),
    };
    let boroughs = (0..33).map(|borough| {
        let few = u32::from((borough + month).is_multiple_of(4));
        let counted = if borough < 30 { 1 + few } else { few };
        let rest = borough * 2 + month % 5;
        row(format!("B{borough}"), "All".to_owned(), counted, rest)
    });
    let boroughs: Vec<Monthly> = boroughs.collect();
    let counted: u32 = boroughs.iter().map(|row| row.counted).sum();
    let among: u32 = boroughs.iter().filter_map(|row| row.among).sum();
    let share = |number: u32, of: u32| match number {
        0 => of - (0..10).map(|group| group * of / 100).sum::<u32>(),
        _ => (number - 1) * of / 100,
    };
    let groups = (0..11).map(|group| {
        let (own, rest) = (share(group, counted), share(group, among - counted));
        row("Force".to_owned(), format!("G{group}"), own, rest)
    });
    let groups: Vec<Monthly> = groups.collect();
    let all = row(
        "Force".to_owned(),
        "All".to_owned(),
        counted,
        among - counted,
    );
    let flag = row(
        "Force".to_owned(),
        "Flag".to_owned(),
        counted / 2,
        among / 3,
    );
    [boroughs, groups, vec![all, flag]].concat()
}

fn hidden(release: &Release) -> usize {
    let hidden = |figure| figure == Figure::Suppressed;
    release
        .cells
        .iter()
        .filter(|released| hidden(released.figure))
        .count()
}

#[test]
fn a_measure_of_london_is_released_in_two_months_running_and_little_is_hidden() {
    let measure = Measure {
        subject: "6.4".to_owned(),
        kind: Kind::SexualOrDomestic,
        reach: months(0, 25),
        monthly: (0..25).flat_map(monthly).collect(),
    };
    let mut earlier: Vec<Release> = Vec::new();
    for month in 0..2 {
        let years = [months(month, 12), months(month + 12, 12)];
        let table = &tables(&measure, &years, &earlier).unwrap()[0];
        let made = release("a month", table, &earlier, &Rules::default()).unwrap();
        assert_eq!(made.cells.len(), 2 * 2 * (33 + 11 + 1 + 1));
        let hidden = hidden(&made);
        assert!((1..20).contains(&hidden), "{hidden}");
        earlier.push(made);
    }
}
