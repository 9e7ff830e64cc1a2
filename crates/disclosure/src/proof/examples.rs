//! Each rule by example.

use std::collections::BTreeSet;

use crate::cell::{Months, Part};
use crate::figure::Figure;
use crate::release::{How, Refusal, Release, release};
use crate::rules::Rules;
use crate::table::Table;

use super::tables::{cell, counted, months, names, parts};

/// One group, areas with a total, twelve months. Counts lie in the first.
fn column(counts: &[u32]) -> Table {
    table(counts.len(), counts, &[months(0, 12)])
}

/// Areas with a total over some windows within fourteen months.
fn table(areas: usize, counts: &[u32], windows: &[Months]) -> Table {
    let mut table = counted(months(0, 14), names("A", areas), names("G", 1), counts);
    for &window in windows {
        let group = Part::named("G0");
        let cells = parts(&table.areas)
            .into_iter()
            .map(|area| cell(window, area, group.clone()));
        table.cells.extend(cells);
    }
    table
}

/// The same count in every area and each of fourteen months.
fn steady(count: u32, window: Months) -> Table {
    table(3, &[count; 3 * 14], &[window])
}

fn publish(name: &str, table: &Table, earlier: &[Release]) -> Result<Release, Refusal> {
    release(name, table, earlier, &Rules::default())
}

/// What the public sees, the total last.
fn texts(table: &Table) -> Vec<String> {
    figures(&publish("a release", table, &[]).unwrap())
}

fn figures(release: &Release) -> Vec<String> {
    let text = |figure: &Figure| figure.to_string();
    let mut texts: Vec<String> = release
        .cells
        .iter()
        .map(|cell| text(&cell.figure))
        .collect();
    let total = release
        .cells
        .iter()
        .position(|cell| cell.cell.area.part.name == "All");
    let total = texts.remove(total.unwrap());
    texts.push(total);
    texts
}

fn findings(refused: Result<Release, Refusal>) -> (Vec<(How, String)>, Option<usize>) {
    let Err(Refusal::Revealing { findings, remedy }) = refused else {
        panic!("it was not refused for what it reveals");
    };
    let texts = findings
        .iter()
        .map(|finding| (finding.how, finding.to_string()));
    (texts.collect(), remedy.map(|cells| cells.len()))
}

#[test]
fn a_small_count_is_hidden_with_the_smallest_that_protects_it() {
    assert_eq!(
        texts(&column(&[3, 25, 12, 41])),
        ["[c]", "25", "[c]", "40", "80"]
    );
}

#[test]
fn a_true_zero_is_shown() {
    assert_eq!(
        texts(&column(&[0, 3, 15, 41])),
        ["0", "[c]", "[c]", "40", "60"]
    );
}

#[test]
fn small_counts_that_hide_one_another_need_no_third() {
    assert_eq!(texts(&column(&[6, 7, 41])), ["[c]", "[c]", "40", "55"]);
}

#[test]
fn two_ones_under_a_total_need_a_third() {
    assert_eq!(
        texts(&column(&[1, 1, 13, 41])),
        ["[c]", "[c]", "[c]", "40", "55"]
    );
}

#[test]
fn two_nines_under_a_total_need_a_third() {
    assert_eq!(
        texts(&column(&[9, 9, 13, 41])),
        ["[c]", "[c]", "[c]", "40", "70"]
    );
}

#[test]
fn a_total_is_hidden_only_when_no_part_can_be() {
    assert_eq!(texts(&column(&[3, 0, 41])), ["[c]", "0", "[c]", "45"]);
    assert_eq!(texts(&column(&[3, 0, 0])), ["[c]", "0", "0", "[c]"]);
}

#[test]
fn a_small_remainder_that_no_cell_tells_is_protected() {
    let mut table = column(&[30, 5]);
    table.cells.retain(|cell| cell.area.part.name != "A1");
    assert_eq!(texts(&table), ["[c]", "35"]);
}

#[test]
fn a_table_that_cannot_be_protected_is_refused() {
    assert_eq!(
        publish("a", &column(&[1; 9]), &[]),
        Err(Refusal::Unprotectable)
    );
}

#[test]
fn what_a_person_withholds_is_hidden_and_cannot_be_worked_out() {
    let mut table = column(&[20, 30, 41]);
    table.withheld = table.cells.iter().take(1).cloned().collect();
    assert_eq!(texts(&table), ["[c]", "[c]", "40", "90"]);
}

#[test]
fn nothing_is_kept_of_a_hidden_count() {
    let release = publish("a release", &column(&[3, 25, 12, 41]), &[]).unwrap();
    let kept = serde_json::to_string(&release).unwrap();
    assert_eq!(
        kept.matches(r#""figure":"Suppressed","exact":null"#)
            .count(),
        2
    );
    assert_eq!(serde_json::from_str::<Release>(&kept).unwrap(), release);
}

#[test]
fn a_thirteenth_month_is_refused_with_the_cells_that_reveal_it() {
    let then = publish("first", &steady(7, months(0, 12)), &[]).unwrap();
    let table = steady(7, months(0, 13));
    let (findings, remedy) = findings(publish("second", &table, &[then]));
    assert_eq!(
        findings[0],
        (
            How::Difference,
            "A0, G0, January 2024 to January 2025 less A0, G0, January 2024 to December 2024 \
             (first) would be known from A0, G0, January 2024 to December 2024 (first) and A0, G0, \
             January 2024 to January 2025"
                .to_owned()
        )
    );
    assert_eq!((findings.len(), remedy), (4, Some(4)));
}

#[test]
fn withholding_what_a_refusal_names_lets_the_rest_pass() {
    let then = publish("first", &steady(7, months(0, 12)), &[]).unwrap();
    let mut table = table(3, &[7; 3 * 14], &[months(0, 13), months(1, 12)]);
    let earlier = [then];
    let Err(Refusal::Revealing { remedy, .. }) = publish("second", &table, &earlier) else {
        panic!("thirteen months pass");
    };
    table.withheld = remedy.unwrap();
    let release = publish("second", &table, &earlier).unwrap();
    let shown: BTreeSet<String> = release
        .cells
        .iter()
        .filter(|released| released.exact.is_some())
        .map(|released| released.cell.months.to_string())
        .collect();
    assert_eq!(
        shown,
        BTreeSet::from(["February 2024 to January 2025".to_owned()])
    );
}

#[test]
fn a_year_that_moves_on_by_a_month_passes() {
    let mut earlier = Vec::new();
    for month in 0..3 {
        let release = publish("a year", &steady(3, months(month, 12)), &earlier).unwrap();
        assert_eq!(figures(&release), ["35", "35", "35", "110"]);
        earlier.push(release);
    }
}

#[test]
fn a_count_revised_by_a_small_number_is_refused() {
    let then = publish("first", &column(&[20, 30, 41]), &[]).unwrap();
    let earlier = [then];
    for (revised, passes) in [(30, true), (33, false), (21, false), (40, true), (12, true)] {
        let second = publish("second", &column(&[20, revised, 41]), &earlier);
        assert_eq!(second.is_ok(), passes, "{revised}");
    }
    let (findings, remedy) = findings(publish("second", &column(&[20, 33, 41]), &earlier));
    assert!(
        findings.iter().all(|(how, _)| *how == How::Revision),
        "{findings:?}"
    );
    assert!(findings[0].1.contains("(first)"), "{findings:?}");
    assert_eq!(remedy, None);
}

#[test]
fn what_was_hidden_once_stays_hidden() {
    let then = publish("first", &column(&[3, 25, 12, 41]), &[]).unwrap();
    let now = publish("second", &column(&[13, 25, 12, 41]), &[then]).unwrap();
    assert_eq!(figures(&now), ["[c]", "25", "[c]", "40", "90"]);
}

#[test]
fn a_count_shown_before_that_has_become_small_is_refused() {
    let then = publish("first", &column(&[19, 25, 32, 41]), &[]).unwrap();
    let (findings, remedy) = findings(publish("second", &column(&[3, 25, 32, 41]), &[then]));
    assert!(
        findings.iter().any(|(_, text)| text.starts_with("A0, G0")),
        "{findings:?}"
    );
    assert_eq!(remedy, None);
}

#[test]
fn counts_that_do_not_reach_back_to_an_earlier_release_are_not_enough() {
    let then = publish("first", &steady(7, months(0, 12)), &[]).unwrap();
    let mut table = steady(7, months(1, 12));
    table.facts.retain(|fact| fact.month >= months(1, 1).from());
    table.months = months(1, 13);
    let Err(Refusal::Unfit(faults)) = publish("second", &table, &[then]) else {
        panic!("counts are missing");
    };
    assert!(
        faults[0].starts_with("first: ") && faults[0].contains("February 2024"),
        "{faults:?}"
    );
}

#[test]
fn releases_of_another_subject_are_not_held_against_a_table() {
    let then = publish("first", &steady(7, months(0, 12)), &[]).unwrap();
    let mut table = steady(7, months(0, 13));
    table.subject = "arrests".to_owned();
    assert!(publish("second", &table, &[then]).is_ok());
}

#[test]
fn a_small_month_beyond_a_total_that_has_become_small_is_not_told() {
    // A total of 10 is shown; then two are taken out, and a month of 4 added.
    let counts = |second| [vec![4, second, 2], vec![0; 3 * 11], vec![2, 1, 1]].concat();
    let then = publish("first", &table(3, &counts(4), &[months(0, 12)]), &[]).unwrap();
    assert_eq!(figures(&then), ["[c]", "[c]", "[c]", "10"]);
    let (findings, remedy) = findings(publish(
        "second",
        &table(3, &counts(2), &[months(0, 13)]),
        &[then],
    ));
    assert_eq!((findings[0].0, remedy), (How::Difference, Some(1)));
}

#[test]
fn a_month_that_was_shown_empty_with_its_year_does_not_hide_what_was_added_since() {
    let none = [0; 3 * 14];
    let mut some = none;
    some[0] = 2;
    let then = publish("first", &table(3, &none, &[months(0, 13)]), &[]).unwrap();
    let (findings, _) = findings(publish(
        "second",
        &table(3, &some, &[months(0, 12)]),
        &[then],
    ));
    assert!(findings[0].1.starts_with("A0, G0"), "{findings:?}");
}
