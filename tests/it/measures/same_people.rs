//! The same people under two measures, or under a new name: what one release
//! hides no other tells.

use std::collections::BTreeMap;

use super::releases::{announced, boroughs, error, figures, issue, public};
use super::{FOLDER, lay};
use crate::support::{MORNING, Site};

/// Monthly counts of three boroughs, and what Ealing has besides in the first
/// of the newest twelve months.
fn counts(rows: &str, first: [u32; 2]) -> String {
    let [counted, among] = first;
    format!(
        "with months as (
            select cast(unnest(generate_series(
                cast($from as timestamp),
                cast($until as timestamp) - interval 1 month,
                interval 1 month
            )) as date) as period
        ),
        monthly(area, counted, among) as (values {rows}),
        rows as (
            select
                period,
                area,
                counted + if(area = 'Ealing' and is_first, {counted}, 0) as counted,
                among + if(area = 'Ealing' and is_first, {among}, 0) as among,
            from (
                select *, period = cast($until - interval 12 months as date) as is_first
                from months cross join monthly
            )
        ),
        spread as (select period, unnest(['Force', area]) as area, counted, among from rows)
        select
            period,
            area,
            'All' as \"group\",
            sum(counted) as numerator,
            sum(among) as denominator,
        from spread group by period, area"
    )
}

/// A site that publishes these measures and no other.
fn publishing(measures: &[(&str, String)]) -> Site {
    let mut site = announced();
    for name in ["t.1.sql", "t.2.sql"] {
        std::fs::remove_file(site.dir.join(FOLDER).join(name)).unwrap();
    }
    write(&mut site, measures);
    site
}

fn write(site: &mut Site, measures: &[(&str, String)]) {
    let definitions: Vec<String> = measures.iter().map(|(id, _)| public(id)).collect();
    let sql: Vec<(&str, &str)> = measures
        .iter()
        .map(|(id, sql)| (*id, sql.as_str()))
        .collect();
    lay(site, &definitions, &sql);
    site.run("commitment-measures", MORNING).unwrap();
}

/// What a release tells of each area under a measure: counted and among.
fn told(site: &Site, release: &str, id: &str) -> BTreeMap<String, [Option<i64>; 2]> {
    let rows = figures(site, release);
    let own = rows.iter().filter(|row| row[1] == id);
    own.map(|row| (row[6].clone(), [row[8].parse().ok(), row[9].parse().ok()]))
        .collect()
}

#[test]
fn what_one_measure_hides_its_complement_does_not_tell() {
    // Ealing's four a year are counted by the first and left by the second;
    // what hides them best in each would tell them together.
    let one = counts(
        "('Brent', 60, 65), ('Camden', 50, 92), ('Ealing', 0, 40)",
        [4, 0],
    );
    let other = counts(
        "('Brent', 5, 65), ('Camden', 42, 92), ('Ealing', 40, 40)",
        [0, 0],
    )
    .replace(
        "counted + if(area = 'Ealing' and is_first, 0, 0)",
        "counted - if(area = 'Ealing' and is_first, 4, 0)",
    );
    let mut site = publishing(&[("t.1", one), ("t.2", other)]);
    let output = issue(&mut site, "First", &[]);
    assert!(output.status.success(), "{output:?}");
    let [one, other] = ["t.1", "t.2"].map(|id| told(&site, "first", id));
    let known = |area: &str| {
        let among = one[area][1].or(other[area][1]);
        one[area][0].or(among.zip(other[area][0]).map(|(among, left)| among - left))
    };
    assert_eq!(known("Ealing"), None);
    let parts = ["Brent", "Camden", "Ealing"];
    let hidden = parts.iter().filter(|area| known(area).is_none()).count();
    assert!(known("Force").is_some());
    assert!(
        hidden >= 2,
        "Ealing is what the others leave of the force: {one:?} {other:?}"
    );
}

#[test]
fn what_two_measures_are_counted_among_is_hidden_in_both_or_in_none() {
    // Ealing has eight cases a year, so that another borough is hidden too.
    let one = counts(
        "('Brent', 1, 65), ('Camden', 50, 92), ('Ealing', 0, 0)",
        [4, 8],
    );
    let other = counts(
        "('Brent', 60, 65), ('Camden', 91, 92), ('Ealing', 0, 0)",
        [0, 8],
    );
    let mut site = publishing(&[("t.1", one), ("t.2", other)]);
    let output = issue(&mut site, "First", &[]);
    assert!(output.status.success(), "{output:?}");
    let [one, other] = ["t.1", "t.2"].map(|id| told(&site, "first", id));
    let shown = |of: &BTreeMap<String, [Option<i64>; 2]>| -> Vec<String> {
        let shown = of.iter().filter(|(_, figures)| figures[1].is_some());
        shown.map(|(area, _)| area.clone()).collect()
    };
    assert_eq!(shown(&one), shown(&other));
    assert_eq!(shown(&one).len(), 2, "{one:?} {other:?}");
}

#[test]
fn a_measure_with_a_new_name_is_held_against_what_was_issued_under_the_old() {
    let mut site = publishing(&[("t.1", boroughs(0))]);
    assert!(issue(&mut site, "First", &[]).status.success());
    // Three more in one month of one borough: told by the change.
    write(&mut site, &[("t.9", boroughs(3))]);
    let told = error(issue(&mut site, "Second", &[]));
    assert!(told.contains("nothing was issued: t.9: "), "{told}");
    assert!(told.contains("would be known by its change"), "{told}");
    assert!(told.contains("First, t.1"), "{told}");
    assert_eq!(site.one("select count(*) from ledger.release_issues"), "1");
}

#[test]
fn a_name_given_to_another_measure_does_not_forget_the_first() {
    let mut site = publishing(&[("t.1", boroughs(0))]);
    assert!(issue(&mut site, "First", &[]).status.success());
    let other = counts(
        "('Brent', 60, 65), ('Camden', 50, 92), ('Ealing', 20, 40)",
        [0, 0],
    );
    write(&mut site, &[("t.1", other), ("t.9", boroughs(3))]);
    let told = error(issue(&mut site, "Second", &["--leave-out", "t.1"]));
    assert!(told.contains("nothing was issued: t.9: "), "{told}");
    assert!(told.contains("First, t.1"), "{told}");
}

#[test]
fn a_measure_with_a_new_name_and_the_same_figures_is_issued_alike() {
    let mut site = publishing(&[("t.1", boroughs(0))]);
    assert!(issue(&mut site, "First", &[]).status.success());
    write(&mut site, &[("t.9", boroughs(0))]);
    let output = issue(&mut site, "Second", &[]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(told(&site, "first", "t.1"), told(&site, "second", "t.9"));
}
