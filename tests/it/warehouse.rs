//! The warehouse: what `daybook check` finds in SQL that has not run yet.

use daybook::schedule::binding;
use daybook::schedule::context::Deployment;

use crate::support::Site;

/// Edits a file of a new deployment and returns what binding it tells.
fn bound_after(file: &str, from: &str, to: &str) -> Vec<String> {
    let site = Site::new();
    let path = site.dir.join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
    let deployment = Deployment::load(&site.dir).unwrap();
    let problems = binding::check(&deployment).unwrap().unwrap_err().0;
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn everything_shipped_binds() {
    let site = Site::new();
    let files = binding::check(&site.deployment).unwrap().unwrap();
    let mut shipped = 0;
    let mut folders = vec![site.dir.join("jobs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "sql") {
                shipped += 1;
                let name = path.strip_prefix(&site.dir).unwrap().display().to_string();
                assert!(files.contains(&name), "{name} is not bound");
            }
        }
    }
    assert_eq!(files.len(), shipped);
}

#[test]
fn a_misspelt_column_is_told_with_file_line_and_column() {
    for (file, from, to, place) in [
        (
            "jobs/nightly-ingest/models/core/arrests.sql",
            "arrests.disposal,",
            "arrests.disposl,",
            "core/arrests.sql:6:5: arrests.disposl,",
        ),
        (
            "jobs/nightly-ingest/checks/charges_have_a_crime.sql",
            "select charge_ref",
            "select charge_reff",
            "charges_have_a_crime.sql:2:8: select charge_reff",
        ),
        (
            "jobs/harm-list/entries.sql",
            "people.age,",
            "people.agee,",
            "harm-list/entries.sql:65:5: people.agee,",
        ),
        (
            "jobs/morning-briefing/groups.sql",
            "from core.crimes",
            "from core.crims",
            "groups.sql:28:6: from core.crims",
        ),
        (
            "jobs/nightly-ingest/models/core/orders.sql",
            "from staging.orders",
            "frm staging.orders",
            "core/orders.sql:10:12: frm staging.orders",
        ),
    ] {
        let told = bound_after(file, from, to);
        assert!(told[0].contains(place), "{told:?}");
        let others = told.iter().filter(|line| !line.contains("not checked"));
        assert_eq!(others.count(), 1, "{told:?}");
    }
}

#[test]
fn a_broken_models_dependants_are_told_once_each_and_why() {
    let file = "jobs/nightly-ingest/models/staging/orders.sql";
    let told = bound_after(file, "order_ref", "order_reff");
    let because = format!("not checked, because {file} failed");
    let mut dependants: Vec<&String> = told.iter().skip(1).collect();
    dependants.sort();
    assert_eq!(
        dependants,
        [
            &format!("jobs/commitment-measures/07-powers/orders-in-force.sql: {because}"),
            &format!("jobs/morning-briefing/events.sql: {because}"),
            &format!("jobs/nightly-ingest/models/core/orders.sql: {because}"),
        ]
    );
}

#[test]
fn a_list_table_that_fails_takes_only_the_list_with_it() {
    let told = bound_after("jobs/harm-list/people.sql", "scores.*", "scors.*");
    let unchecked: Vec<&String> = told.iter().skip(1).collect();
    assert_eq!(unchecked.len(), 2, "{told:?}");
    assert!(
        unchecked
            .iter()
            .all(|line| line.contains("because jobs/harm-list/people.sql failed"))
    );
}

#[test]
fn a_measure_must_return_its_columns_in_their_types() {
    let file = "jobs/commitment-measures/06-dangerous-perpetrators/serious-sexual-charges.sql";
    let missing = bound_after(file, "as denominator", "as denom");
    assert_eq!(
        missing,
        [format!(
            "{file}: the result has no column \"denominator\"; it must be a number"
        )]
    );
    let text = bound_after(
        file,
        "cases.cases as numerator",
        "cases.month || '' as numerator",
    );
    assert_eq!(text.len(), 1);
    assert!(text[0].starts_with(&format!("{file}:19:")), "{text:?}");
    assert!(
        text[0].contains("\"numerator\" is VARCHAR; it must be a number"),
        "{text:?}"
    );
    let median = "jobs/commitment-measures/01-police-perpetrators/days-to-finalise.sql";
    assert!(bound_after(median, " as value", " as days")[0].contains("no column \"value\""));
}

#[test]
fn a_value_that_nobody_binds_and_a_column_that_nobody_returns_are_told() {
    let ranking = bound_after("jobs/harm-list/ranking.sql", "$window_from", "$day");
    assert!(
        ranking[0].starts_with("jobs/harm-list/ranking.sql:27:"),
        "{ranking:?}"
    );
    let moved = bound_after(
        "jobs/harm-list/movement.sql",
        "end as movement",
        "end as moved",
    );
    assert!(moved[0].contains("no column \"movement\""), "{moved:?}");
}
