//! Measures by example: which tables are made of them, and what is hidden.

use chrono::NaiveDate;

use crate::cell::Months;
use crate::measure::{Measure, Monthly, rows, tables};
use crate::release::release;
use crate::rules::Rules;
use crate::table::Kind;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn year() -> Months {
    Months::starting(day("2025-01-01"), 12).unwrap()
}

fn measure(rows: &[(&str, &str, u32, u32)]) -> Measure {
    let monthly = rows.iter().map(|&(area, group, counted, among)| Monthly {
        month: day("2025-03-01"),
        area: area.to_owned(),
        group: group.to_owned(),
        counted,
        among: Some(among),
    });
    Measure {
        subject: "6.4".to_owned(),
        kind: Kind::SexualOrDomestic,
        reach: year(),
        monthly: monthly.collect(),
    }
}

fn released(measure: &Measure) -> Vec<String> {
    let tables = tables(measure, &[year()], &[]).unwrap();
    let mut texts = Vec::new();
    for table in &tables {
        let release = release("a release", table, &[], &Rules::default()).unwrap();
        texts.extend(rows(&release).iter().map(|row| {
            let among = row.among.unwrap();
            let rate = row.counted.rate(among, 100, 1);
            format!(
                "{}, {}: {}/{among} {rate}",
                row.area, row.group, row.counted
            )
        }));
    }
    texts
}

#[test]
fn a_measure_is_released_by_borough_and_by_group() {
    let measure = measure(&[
        ("Force", "All", 60, 203),
        ("Brent", "All", 19, 60),
        ("Camden", "All", 41, 143),
        ("Force", "Rape", 21, 90),
        ("Force", "Other", 39, 113),
        ("Force", "Domestic abuse", 34, 120),
    ]);
    assert_eq!(
        released(&measure),
        [
            "Force, Domestic abuse: 35/120 29.2",
            "Force, All: 60/205 29.3",
            "Force, Other: 40/115 34.8",
            "Force, Rape: 20/90 22.2",
            "Brent, All: 20/60 33.3",
            "Camden, All: 40/145 27.6",
        ]
    );
}

#[test]
fn a_small_count_of_a_group_that_lies_across_others_is_hidden_with_what_it_leaves() {
    let measure = measure(&[
        ("Force", "All", 60, 203),
        ("Force", "Rape", 21, 90),
        ("Force", "Other", 39, 113),
        ("Force", "Domestic abuse", 55, 120),
    ]);
    assert_eq!(released(&measure)[0], "Force, Domestic abuse: [c]/120 [c]");
}

#[test]
fn the_few_who_are_not_counted_are_hidden_too() {
    let measure = measure(&[("Force", "All", 200, 203), ("Brent", "All", 200, 203)]);
    let texts = released(&measure);
    assert!(texts.iter().all(|text| text.contains("[c]")), "{texts:?}");
}

#[test]
fn a_measure_without_all_has_a_table_for_each_group() {
    let measure = measure(&[("Force", "90 days", 30, 50), ("Force", "180 days", 40, 50)]);
    let tables = tables(&measure, &[year()], &[]).unwrap();
    let subjects: Vec<&str> = tables.iter().map(|table| &*table.subject).collect();
    assert_eq!(subjects, ["6.4: 180 days", "6.4: 90 days"]);
}

#[test]
fn parts_that_cannot_be_of_the_force_are_refused() {
    let told =
        |rows: &[(&str, &str, u32, u32)]| tables(&measure(rows), &[year()], &[]).unwrap_err();
    assert_eq!(
        told(&[("Force", "All", 6, 20), ("Brent", "All", 7, 21)]),
        "Boroughs add up to more than the force"
    );
    assert_eq!(
        told(&[("Force", "All", 21, 20)]),
        "Force, All, 2025-03-01: more is counted than it is counted among"
    );
    let four = ["A", "B", "C", "D"].map(|group| ("Force", group, 6, 12));
    assert!(told(&[&[("Force", "All", 10, 20)], &four[..]].concat()).contains("overlap"));
}

#[test]
fn a_group_that_only_an_earlier_release_names_counts_nothing_today() {
    let then = measure(&[("Force", "All", 60, 203), ("Force", "Rape", 60, 203)]);
    let first = &tables(&then, &[year()], &[]).unwrap()[0];
    let earlier = [release("first", first, &[], &Rules::default()).unwrap()];
    let now = measure(&[("Force", "All", 60, 203)]);
    let second = &tables(&now, &[year()], &earlier).unwrap()[0];
    assert!(second.areas.contains("Groups/Rape") && second.areas.contains("Groups/elsewhere"));
}
