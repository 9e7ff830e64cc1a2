//! The evaluation on rows worked out by hand, and against the list's own
//! ledger.

use daybook::harm::evaluation::{self, Question};
use daybook::schedule::context::Deployment;
use serde_json::Value;

use crate::support::rows::{CRIMES, NOMINALS, PARTIES, crime, file, nominal, party};
use crate::support::{MORNING, Site, london};

/// Sexual assault on a girl under 13: 182 days.
const ASSAULT: &str = "020/06";
const ARRESTS: &str = "custody_ref,nominal_id,crime_ref,arrested_at,disposal,disposal_at";

/// A list of two with a reserve of two, as of 1 April 2026. Each crime: who,
/// reported on, offences of 182 days.
fn four_people(arrests: &[(&str, &str)]) -> Site {
    let mut site = Site::new();
    let job = site.dir.join("jobs/harm-list/job.toml");
    let text = std::fs::read_to_string(&job).unwrap();
    let text = text
        .replace("size = 100", "size = 2")
        .replace("reserve = 100", "reserve = 2");
    std::fs::write(&job, text).unwrap();
    site.deployment = Deployment::load(&site.dir).unwrap();
    let held = [
        ("A", "2026-03-01", "10"),
        // The day before the list, the first day after, and on both sides of
        // the 180th day after.
        ("C", "2026-03-31", "5"),
        ("C", "2026-09-27", "1"),
        ("C", "2026-09-28", "9"),
        ("A-OLD", "2026-05-01", "1"),
        ("B", "2026-03-31", "3"),
        ("D", "2025-10-03", "2"),
        ("D", "2026-04-01", "1"),
        // Below the reserve, and the first day that reports are held for.
        ("E", "2025-10-02", "1"),
    ];
    let (mut crimes, mut parties) = (Vec::new(), Vec::new());
    for (place, (who, on, offences)) in held.iter().enumerate() {
        let reference = format!("CR{place}");
        crimes.push(crime(
            &reference,
            ASSAULT,
            on,
            &[("offence_count", offences)],
        ));
        parties.push(party(&reference, who, "suspect"));
        parties.push(party(&reference, "V", "victim"));
    }
    let mut nominals: Vec<String> = ["A", "B", "C", "D", "E"]
        .map(|who| nominal(who, "M", &[]))
        .to_vec();
    nominals.push(nominal("A-OLD", "M", &[("merged_into", "A")]));
    nominals.push(nominal("V", "F", &[]));
    let arrests: Vec<String> = arrests
        .iter()
        .enumerate()
        .map(|(place, (who, on))| format!("CU{place},{who},,{on} 10:00:00,,"))
        .collect();
    site.land("crimes_20261121.csv", file(CRIMES, &crimes));
    site.land("parties_20261121.csv", file(PARTIES, &parties));
    site.land("nominals_20261121.csv", file(NOMINALS, &nominals));
    if !arrests.is_empty() {
        site.land("arrests_20261121.csv", file(ARRESTS, &arrests));
    }
    site.run("nightly-ingest", MORNING).unwrap();
    site.run("harm-list", "2026-04-01").unwrap();
    site
}

fn evaluated(site: &mut Site, options: &[&str]) -> Value {
    let mut words = vec!["list", "evaluate", "--json"];
    words.extend(options);
    serde_json::from_str(&site.told(&words)).unwrap()
}

/// Held for: an arrest before the list; then A on the list date, C the day
/// before it, B on the 181st day.
const HELD: &[(&str, &str)] = &[
    ("E", "2025-06-01"),
    ("A", "2026-04-01"),
    ("C", "2026-03-31"),
    ("B", "2026-09-28"),
];

#[test]
fn nothing_is_evaluated_before_anything_was_taken_in() {
    let mut site = Site::new();
    let output = site.command(&["list", "evaluate"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("nothing has been accepted yet"), "{told}");
}

#[test]
fn harm_before_and_after_is_that_of_180_days_on_each_side_merges_followed() {
    let mut site = four_people(HELD);
    let found = evaluated(&mut site, &[]);
    let harm = &found["harm"];
    assert_eq!(harm["state"], "available", "{harm}");
    // A: 1,820 to 182. C: 910 to 182.
    let listed = &harm["listed"];
    assert_eq!(listed["people"], 2);
    assert_eq!(listed["mean_before"], 1365.0);
    assert_eq!(listed["mean_after"], 182.0);
    assert_eq!(listed["accused_again"]["part"], 2);
    // B: 546 to nothing. D: 364 to 182; its first report is on day 180 before.
    let reserve = &harm["reserve"];
    assert_eq!(reserve["mean_before"], 455.0);
    assert_eq!(reserve["mean_after"], 91.0);
    assert_eq!(reserve["change"]["value"], -364.0);
    assert_eq!(harm["difference"]["value"], -819.0);
    let of_ratios = harm["ratio_of_ratios"]["value"].as_f64().unwrap();
    assert!((of_ratios - (182.0 / 1365.0) / (91.0 / 455.0)).abs() < 1e-12);
}

#[test]
fn an_arrest_counts_from_the_list_date_to_the_180th_day() {
    let mut site = four_people(HELD);
    let found = evaluated(&mut site, &[]);
    let arrested = &found["arrested"];
    assert_eq!(arrested["listed"]["part"], 1, "{arrested}");
    assert_eq!(arrested["reserve"]["part"], 0);
    assert_eq!(arrested["ratio"]["state"], "unavailable");
    let times = &found["time_to_arrest"];
    let first = &times["listed"]["curve"]["steps"][0];
    assert_eq!((&first["day"], &first["events"]), (&1.into(), &1.into()));
    let reserve = &times["reserve"]["curve"];
    assert_eq!(reserve["steps"][0]["day"], 181);
    assert_eq!(reserve["longest_day"], 234);
}

#[test]
fn what_the_data_do_not_carry_is_unavailable_with_the_reason() {
    let mut site = four_people(&[]);
    let found = evaluated(&mut site, &[]);
    for (figure, wanted) in [
        ("arrested", "no arrest is held"),
        ("time_to_arrest", "no arrest is held"),
        ("persistence", "one list was made up to 2026-11-21"),
        ("year_before", "the first day of the programme is not given"),
    ] {
        assert_eq!(found[figure]["state"], "unavailable", "{figure}");
        let reason = found[figure]["reason"].as_str().unwrap();
        assert!(reason.contains(wanted), "{figure}: {reason}");
        assert!(!found[figure]["cannot_show"].as_array().unwrap().is_empty());
    }
    let top = &found["concentration"]["top"][0];
    assert_eq!(top["reason"], "only 5 people have a score");
    let at = &found["discontinuity"]["estimates"][1];
    assert_eq!(at["state"], "unavailable");

    let early = evaluated(&mut site, &["--as-of", "2026-09-27"]);
    let reason = early["harm"]["reason"].as_str().unwrap();
    assert!(reason.contains("180 after it"), "{reason}");
    let none = evaluated(&mut site, &["--as-of", "2026-03-01"]);
    assert_eq!(none["concentration"]["state"], "unavailable");

    let programme = evaluated(&mut site, &["--programme-from", "2026-05-01"]);
    let reason = programme["harm"]["reason"].as_str().unwrap();
    assert!(reason.contains("no list was made"), "{reason}");
}

#[test]
fn a_morning_that_the_extracts_do_not_reach_is_refused() {
    let mut site = four_people(HELD);
    let output = site.command(&["list", "evaluate", "--as-of", "2026-11-22"]);
    assert!(!output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("reach to the morning of 2026-11-21"),
        "{told}"
    );
}

#[test]
fn arrests_that_begin_after_a_list_leave_its_people_out() {
    let mut site = four_people(&[("A", "2026-05-01")]);
    let found = evaluated(&mut site, &[]);
    let reason = found["arrested"]["reason"].as_str().unwrap();
    assert!(
        reason.contains("arrests are held from 2026-05-01"),
        "{reason}"
    );
    assert_eq!(found["harm"]["state"], "available");
}

/// Should the conditions of the list change, the evaluation must follow.
#[test]
fn harm_before_is_what_the_list_itself_counted_in_those_days() {
    let site = london();
    let question = Question {
        as_of: None,
        programme_from: None,
        bandwidth: 50,
    };
    let ground = evaluation::gather(site.store.connection(), &question).unwrap();
    assert_eq!(ground.lists.len(), 4);
    for (list, people) in ground.lists.iter().zip(&ground.people) {
        let counted = site.query(&format!(
            "select people.person_key, sum(held.harm_days) \
             from ledger.list_contributions as held \
             inner join core.people as people on people.person_id = held.nominal_id \
             where held.list_id = {} and held.is_counted \
                 and held.reported_on >= date '{}' - 180 \
             group by 1 having sum(held.harm_days) > 0 order by 1",
            list.list_id, list.as_of
        ));
        let mut found: Vec<(u32, f64)> = people
            .iter()
            .filter(|at| at.rank <= 200 && at.before_days > 0.0)
            .map(|at| (at.person_key, at.before_days))
            .collect();
        found.sort_by_key(|one| one.0);
        let wanted: Vec<(u32, f64)> = counted
            .iter()
            .map(|row| (row[0].parse().unwrap(), row[1].parse().unwrap()))
            .collect();
        assert!(wanted.len() > 50);
        assert_eq!(found, wanted, "{}", list.as_of);
    }
}

#[test]
fn concentration_is_that_of_the_list_itself() {
    let mut site = london();
    let gini = site.one(
        "select counts ->> '$.gini' from ledger.lists order by as_of desc, list_id desc limit 1",
    );
    let found = evaluated(&mut site, &[]);
    let ours = found["concentration"]["gini"].as_f64().unwrap();
    assert!((ours - gini.parse::<f64>().unwrap()).abs() < 1e-12);
    // With four lists of a few weeks nobody is followed for 180 days but the
    // earliest; persistence has three pairs.
    assert_eq!(found["persistence"]["lags"][0]["pairs"], 3);
}

#[test]
fn nobody_is_named_not_even_in_the_data_and_nothing_is_written_over() {
    let mut site = london();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let mut told = site.told(&["list", "evaluate", "--data", &data]);
    told += &site.told(&["list", "evaluate", "--json"]);
    for name in ["scores", "lists", "entrants", "cut"] {
        let path = format!("{data}/{name}.csv");
        told += &std::fs::read_to_string(&path).unwrap();
    }
    let names = site.query("select person_id from core.people");
    let words: std::collections::BTreeSet<&str> = told
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .collect();
    assert!(names.len() > 1_000 && words.len() > 1_000);
    for row in names {
        assert!(!words.contains(row[0].as_str()), "{} is told", row[0]);
    }
    let output = site.command(&["list", "evaluate", "--data", &data]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("is there already"));
}
