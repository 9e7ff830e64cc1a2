//! The names that files arrive with: days, copies, folders.

use super::*;

/// What is told of files that wait, by name.
fn waiting(site: &Site) -> Vec<String> {
    let story = pass(site);
    story.lines().map(str::to_owned).collect()
}

#[test]
fn a_day_in_a_name_is_written_with_or_without_dashes() {
    let site = site(&contract("", COLUMNS));
    site.land("samples_2026-11-20.csv", csv("A,,1,early\n"));
    site.land("samples_20261121.csv", csv("A,,1,late\n"));
    pass(&site);
    assert_eq!(held(&site, "id, place"), [["A", "late"]]);
    let moments = "select file_name, as_at from ledger.batches where source = 'samples' order by 1";
    assert_eq!(
        site.query(moments),
        [
            ["samples_2026-11-20.csv", "2026-11-20 00:00:00"],
            ["samples_20261121.csv", "2026-11-21 00:00:00"],
        ]
    );
    site.land("samples_2026-02-31.csv", csv("B,,1,x\n"));
    let told = waiting(&site);
    assert_eq!(
        told,
        ["samples_2026-02-31.csv: 2026-02-31 in its name is not a date that exists"]
    );
    // A month that a day follows is that day.
    let month = contract("", COLUMNS).replace("samples_{date}.csv", "samples_{month}*.csv");
    let site = self::site(&month);
    site.land("samples_2026-10.csv", csv("A,,1,early\n"));
    site.land("samples_2026-11-20.csv", csv("A,,1,late\n"));
    pass(&site);
    assert_eq!(
        site.query(moments),
        [
            ["samples_2026-10.csv", "2026-11-01 00:00:00"],
            ["samples_2026-11-20.csv", "2026-11-20 00:00:00"],
        ]
    );
}

#[test]
fn a_name_that_is_nearly_one_is_told_with_the_pattern() {
    let site = Site::new();
    for name in [
        " crimes_20261126.csv",
        "Crimes_20261127.csv",
        "crimes_20261128 (1).csv",
        "crimes-20261128.csv",
    ] {
        site.land(name, "");
        let told = waiting(&site);
        let expected = "no contract names files like this; crimes_{date}.csv is near; do capitals, \
                        spaces, dashes or a copy's number differ?";
        assert!(
            told.iter()
                .any(|line| line.starts_with(name) && line.ends_with(expected)),
            "{told:?}"
        );
    }
    site.land("crimes_20261127.csv.filepart", "");
    says(
        &waiting(&site).join("\n"),
        &["its ending says that it is on its way to crimes_{date}.csv"],
    );
}

#[test]
fn of_one_name_in_two_folders_that_of_the_source_is_taken_and_the_other_told() {
    let site = site(&contract("", COLUMNS));
    std::fs::create_dir(site.landing().join("samples")).unwrap();
    site.land("samples_20261121.csv", csv("A,,1,root\n"));
    site.land("samples/samples_20261121.csv", csv("A,,1,folder\n"));
    let told = waiting(&site);
    assert_eq!(
        told,
        [
            "samples_20261121.csv: a file of this name lies in the folder samples too, and that one \
          is taken; expected one"
        ]
    );
    assert_eq!(held(&site, "place"), [["folder"]]);
    std::fs::remove_file(site.landing().join("samples/samples_20261121.csv")).unwrap();
    assert_eq!(waiting(&site), [""; 0]);
    assert_eq!(held(&site, "place"), [["root"]]);
}
