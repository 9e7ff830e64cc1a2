//! What is shown is what the files of today give, whatever was evaluated
//! between.

use serde_json::Value;

use super::{lay, measure, site};
use crate::support::{MORNING, Site};

/// A count of so many in the newest month.
fn of(number: u32) -> String {
    format!(
        "select cast($until - interval 1 month as date) as period, 'Force' as area, \
             'All' as \"group\", {number} as numerator, 40 as denominator"
    )
}

/// What each way to read the newest figure says of it.
fn read(site: &mut Site) -> Vec<String> {
    // A measure without any figure has no series.
    let newest = |json: &Value| {
        let last = json.as_array().unwrap().last();
        last.map_or(Value::Null, |point| point["value"].clone())
            .to_string()
    };
    let json: Value =
        serde_json::from_str(&site.told(&["measures", "show", "t.1", "--json"])).unwrap();
    let all: Value = serde_json::from_str(&site.told(&["measures", "--json"])).unwrap();
    let mut of_all = all["measures"].as_array().unwrap().iter();
    let of_all = of_all.find(|one| one["id"] == "t.1").unwrap();
    let explained = site.told(&[
        "measures", "explain", "t.1", "--period", "2026-10", "--json",
    ]);
    let explained: Value = serde_json::from_str(&explained).unwrap();
    let preview = site.told(&["measures", "preview", "t.1", "--as-of", MORNING, "--json"]);
    vec![
        newest(&serde_json::from_str(&preview).unwrap()),
        newest(&json["months"]),
        newest(&of_all["series"]),
        explained["figure"]["value"].to_string(),
    ]
}

fn evaluated(site: &mut Site, trial: &str, sql: &str) -> Vec<String> {
    lay(site, &[trial.to_owned()], &[("t.1", sql)]);
    site.run("commitment-measures", MORNING).unwrap();
    site.run("commitment-scorecard", MORNING).unwrap();
    let page = site.one(
        "select html from ledger.reports where report = 'commitment-scorecard' \
         order by report_id desc limit 1",
    );
    let mut read = read(site);
    let card = page.split("t.1 ").nth(1).unwrap();
    let shown = read[0].replace(".0", ".0%");
    read.push(if card.contains(&shown) {
        read[0].clone()
    } else {
        card.to_owned()
    });
    read
}

#[test]
fn sql_that_was_changed_and_put_back_shows_its_own_figures_again() {
    let mut site = site();
    let trial = measure("t.1", &[]);
    for (number, value) in [(10, "25.0"), (20, "50.0"), (10, "25.0"), (20, "50.0")] {
        assert_eq!(evaluated(&mut site, &trial, &of(number)), [value; 5]);
    }
    // The cells of both stand once each.
    assert_eq!(
        site.one(
            "select count(distinct cells_of) || ' of ' || count(*) from ledger.measure_sets \
             where measure_id = 't.1'"
        ),
        "2 of 4"
    );
    site.run("commitment-measures", MORNING).unwrap();
    assert_eq!(
        site.one("select count(*) from ledger.measure_sets where measure_id = 't.1'"),
        "4",
        "the same again is evaluated once"
    );
}

#[test]
fn a_kind_and_a_setting_put_back_show_their_own_figures_again() {
    let mut site = site();
    let of_few = [("minimum_denominator", "50.0")];
    let (plain, few) = (measure("t.1", &[]), measure("t.1", &of_few));
    assert_eq!(evaluated(&mut site, &plain, &of(10)), ["25.0"; 5]);
    assert_eq!(evaluated(&mut site, &few, &of(10))[..4], ["null"; 4]);
    assert_eq!(evaluated(&mut site, &plain, &of(10)), ["25.0"; 5]);
    let job = site.dir.join("jobs/commitment-measures/job.toml");
    let text = std::fs::read_to_string(&job).unwrap();
    let months = |site: &mut Site, text: &str| {
        std::fs::write(site.dir.join("jobs/commitment-measures/job.toml"), text).unwrap();
        site.deployment = daybook::schedule::context::Deployment::load(&site.dir).unwrap();
        site.run("commitment-measures", MORNING).unwrap();
        let crimes: Value =
            serde_json::from_str(&site.told(&["measures", "show", "5.2", "--json"])).unwrap();
        site.one(&format!(
            "select months from ledger.measure_sets where set_id = {}",
            crimes["set_id"]
        ))
    };
    assert_eq!(
        months(&mut site, &format!("{text}\n[measures]\nmonths = 12\n")),
        "12"
    );
    assert_eq!(months(&mut site, &text), "24");
}

#[test]
fn a_definition_that_was_not_evaluated_has_no_figure_of_another() {
    let mut site = site();
    let trial = measure("t.1", &[]);
    evaluated(&mut site, &trial, &of(10));
    lay(&mut site, std::slice::from_ref(&trial), &[("t.1", &of(20))]);
    for words in [vec!["measures", "show", "t.1"], vec!["measures"]] {
        let told = site.told(&words);
        let of_it = told
            .lines()
            .filter(|line| line.contains("t.1") || line.starts_with("[x]"));
        let told: Vec<&str> = of_it.collect();
        assert!(!told.concat().contains("25.0%"), "{told:?}");
    }
    let told = site.told(&["measures", "show", "t.1"]);
    assert!(
        told.contains(
            "[x] unavailable as of 2026-11-21: its definition has changed since it was \
             evaluated for 21 November 2026; `daybook run commitment-measures` evaluates it again"
        ),
        "{told}"
    );
    // The words alone changed are another definition too.
    lay(
        &mut site,
        &[measure("t.1", &[("numerator", "\"something else\"")])],
        &[("t.1", &of(10))],
    );
    assert!(
        site.told(&["measures", "show", "t.1"])
            .contains("its definition has changed")
    );
    lay(&mut site, &[trial], &[("t.1", &of(10))]);
    assert_eq!(read(&mut site), ["25.0"; 4]);
}
