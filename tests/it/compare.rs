//! Two lists side by side.

use serde_json::Value;

use crate::support::rows::{CRIMES, NOMINALS, crime, file, nominal, party};
use crate::support::{MORNING, Site};

/// Three people on a list of two; then a correction, a merge, and another rule
/// made the list again.
fn made_twice() -> Site {
    let mut site = Site::new();
    site.set_list(&[("size", "2")]);
    let counted = |reference: &str, count: &str| {
        crime(
            reference,
            "008/06",
            "2026-06-01",
            &[("offence_count", count)],
        )
    };
    let crimes = [counted("C1", "5"), counted("C2", "4"), counted("C3", "1")];
    let mut parties = Vec::new();
    let mut nominals = vec![nominal("V", "F", &[])];
    for (crime_ref, suspect) in [("C1", "A"), ("C2", "B"), ("C3", "C")] {
        parties.push(party(crime_ref, suspect, "suspect"));
        parties.push(party(crime_ref, "V", "victim"));
        nominals.push(nominal(suspect, "M", &[]));
    }
    site.land_night("20261121", &crimes, &parties, &nominals);
    site.run("nightly-ingest", MORNING).unwrap();
    site.run("harm-list", MORNING).unwrap();
    site.land("crimes_20261122.csv", file(CRIMES, &[counted("C3", "20")]));
    let merged = nominal("A", "M", &[("merged_into", "D")]);
    let into = nominal("D", "M", &[]);
    site.land("nominals_20261122.csv", file(NOMINALS, &[merged, into]));
    site.run("nightly-ingest", "2026-11-22").unwrap();
    site.set_list(&[("reserve", "7")]);
    site.run("harm-list", MORNING).unwrap();
    site
}

#[test]
fn two_lists_are_laid_side_by_side_merges_followed() {
    let mut site = made_twice();
    let told: Value =
        serde_json::from_str(&site.told(&["list", "compare", "1", "2", "--json"])).unwrap();
    assert_eq!(told["on_both"], 1);
    assert_eq!(
        (&told["only_on_from"], &told["only_on_to"]),
        (&1.into(), &1.into())
    );
    let people: Vec<(String, Value, Value)> = told["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|person| {
            (
                person["nominal_id"].as_str().unwrap().to_owned(),
                person["from_rank"].clone(),
                person["to_rank"].clone(),
            )
        })
        .collect();
    // A became D and kept the score; C overtook; B fell off.
    let expected = [("C", 3, 1), ("D", 1, 2), ("B", 2, 3)]
        .map(|(who, from, to)| (who.to_owned(), from.into(), to.into()));
    assert_eq!(people, expected);
    let differing: Vec<&str> = told["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|difference| difference["what"].as_str().unwrap())
        .collect();
    assert_eq!(differing, ["batch known", "reserve"]);
}

#[test]
fn a_list_beside_itself_differs_in_nothing_and_a_list_that_is_not_is_refused() {
    let mut site = made_twice();
    let told = site.told(&["list", "compare", "2", MORNING]);
    assert!(
        told.contains("They were made from the same texts, settings and batch."),
        "{told}"
    );
    assert!(
        told.contains("2 people have the same rank and score on both."),
        "{told}"
    );
    for (wrong, expected) in [
        ("9", "there is no list 9"),
        ("2020-01-01", "there is no list as of 2020-01-01"),
        ("last", "is no list; expected its number or its date"),
    ] {
        let output = site.command(&["list", "compare", "1", wrong]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(
            !output.status.success() && told.contains(expected),
            "{told}"
        );
    }
}
