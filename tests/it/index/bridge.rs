//! From the national basket to what the Met publishes.

use crate::support::rows::{CRIMES, NOMINALS, PARTIES, crime, file, nominal, party};
use crate::support::{MORNING, Site, shared_data};

/// A published file of invented counts: the sheet by title, and the sheet by
/// place with the same total.
fn publish(site: &Site, titles: &[(&str, &str, &str, u32)], placed: u32) {
    let header = "bcu_location,borough_name,ward_name_clean_2,recorded_date_months,\
        date_committed_from_date_months,count,sheet,crimsec_group,crimseccodeexpansion,\
        crimsec_offences,vawg_offence";
    let mut lines = vec![header.to_owned()];
    for (class, offence, title, count) in titles {
        lines.push(format!(
            ",,,2026-01-01 00:00:00,2026-01-01 00:00:00,{count},Offence count classification,\
             {class},A subclass,{title},{offence}"
        ));
    }
    lines.push(format!(
        "NW,Camden,,2026-01-01 00:00:00,2026-01-01 00:00:00,{placed},Offence count location,,,,"
    ));
    site.land("met_vawg_offences_20260301.csv", lines.join("\n") + "\n");
    let contract = site
        .dir
        .join("jobs/nightly-ingest/sources/met_vawg_offences.toml");
    let text = std::fs::read_to_string(&contract).unwrap();
    std::fs::write(&contract, text.replace("least = 1000", "least = 1")).unwrap();
}

const TITLES: [(&str, &str, &str, u32); 6] = [
    (
        "Rape",
        "Rape of a Female aged 16 and over",
        "Rape of a female aged 16 or over",
        40,
    ),
    (
        "Other Sexual Offences",
        "Exposure and Voyeurism",
        "EXPOSURE",
        20,
    ),
    (
        "Modern Slavery",
        "Modern Day Slavery",
        "Hold person in slavery or servitude",
        5,
    ),
    (
        "Public fear, alarm, distress",
        "Public Fear Alarm or Distress",
        "Fear or provocation of violence",
        30,
    ),
    (
        "Rape",
        "Rape of a Female aged 16 and over",
        "A title of next year",
        7,
    ),
    (
        "Other flagged offences outside of VAWG",
        "Non-VaWG Classification",
        "Non-Vawg Crime",
        11,
    ),
];

fn walked(site: &mut Site) -> serde_json::Value {
    serde_json::from_str(&site.told(&["measures", "bridge", "--json"])).unwrap()
}

/// Offences of the lines of a step.
fn of(bridge: &serde_json::Value, step: &str) -> i64 {
    let lines = bridge["lines"].as_array().unwrap().iter();
    let lines = lines.filter(|line| line["step"] == step);
    lines.filter_map(|line| line["offences"].as_i64()).sum()
}

/// A site that holds the invented file.
fn published(placed: u32) -> Site {
    let mut site = Site::new();
    let titles = TITLES.map(|(class, offence, title, count)| {
        let class = if class.contains(',') {
            "\"Public fear, alarm, distress\""
        } else {
            class
        };
        (class, offence, title, count)
    });
    publish(&site, &titles, placed);
    site.deployment = daybook::schedule::context::Deployment::load(&site.dir).unwrap();
    site.run("nightly-ingest", MORNING).unwrap();
    site
}

#[test]
fn the_lines_follow_the_basket_and_end_at_the_published_total() {
    let mut site = published(113);
    let bridge = walked(&mut site);
    assert_eq!(of(&bridge, "both"), 60);
    assert_eq!(of(&bridge, "conditional"), 5);
    assert_eq!(of(&bridge, "added"), 30);
    assert_eq!(of(&bridge, "unnamed"), 7);
    assert_eq!(of(&bridge, "apart"), 11);
    assert_eq!(bridge["published"], 113);
    let last = bridge["lines"].as_array().unwrap().last().unwrap();
    assert_eq!(last["so_far"], 113);
    assert_eq!(last["what"], "Non-VaWG Classification");
    let left_out = |what: &str| {
        let lines = bridge["lines"].as_array().unwrap().iter();
        lines
            .filter(|line| line["step"] == "left_out" && line["offences"].is_null())
            .any(|line| line["what"] == what)
    };
    for what in [
        "violence without injury",
        "threats to kill",
        "kidnap false imprisonment",
    ] {
        assert!(left_out(what), "{what}");
    }
    let text = site.told(&["measures", "bridge"]);
    assert!(
        text.contains("The lines end at 113, the published total, January 2026"),
        "{text}"
    );
    assert!(
        text.contains("65 of the 102 offences that the Met publishes as VAWG"),
        "{text}"
    );

    // Another basket, another walk to the same end.
    let file = site.dir.join("jobs/harm-list/basket.csv");
    let text = std::fs::read_to_string(&file).unwrap();
    let changed = text.replace("019/08,rape,female_victim", "019/08,rape,never");
    assert_ne!(text, changed);
    std::fs::write(&file, changed).unwrap();
    let bridge = walked(&mut site);
    assert_eq!((of(&bridge, "both"), of(&bridge, "added")), (20, 70));
    assert_eq!(
        bridge["lines"].as_array().unwrap().last().unwrap()["so_far"],
        113
    );
}

#[test]
fn two_published_counts_that_differ_are_told_and_not_made_equal() {
    let mut site = published(120);
    let text = site.told(&["measures", "bridge"]);
    let said = "the published table of places adds up to 120";
    assert!(
        text.contains(said) && text.contains("differ by 7"),
        "{text}"
    );
}

#[test]
fn p_1_is_vawg_and_what_is_flagged_stands_apart() {
    let mut site = published(113);
    site.run("commitment-measures", "2026-03-01").unwrap();
    let newest = |site: &mut Site, group: &str| {
        let asked = ["measures", "show", "P.1", "--group", group, "--json"];
        let shown: serde_json::Value = serde_json::from_str(&site.told(&asked)).unwrap();
        shown["months"].as_array().unwrap().last().unwrap()["value"].clone()
    };
    assert_eq!(newest(&mut site, "VAWG"), 102.0);
    assert_eq!(newest(&mut site, "Non-VaWG Classification"), 11.0);
    assert_eq!(newest(&mut site, "All"), 113.0);
    let line = site.told(&["measures"]);
    let line = line.lines().find(|line| line.starts_with("P.1")).unwrap();
    assert!(line.contains("102") && !line.contains("113"), "{line}");
}

#[test]
fn what_is_missing_for_the_walk_is_said_and_the_scorecard_says_it_too() {
    let mut site = Site::new();
    let published = site.dir.join("jobs/nightly-ingest/published");
    for file in std::fs::read_dir(published).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.starts_with("met_vawg_monthly") {
            site.land(&name, std::fs::read(&path).unwrap());
        }
    }
    site.run("nightly-ingest", MORNING).unwrap();
    let text = site.told(&["measures", "bridge"]);
    assert!(
        text.contains("no met_vawg_offences file has arrived"),
        "{text}"
    );
    // The small table alone tells what is VAWG and what is not.
    site.run("commitment-measures", "2026-03-01").unwrap();
    let sums = site.query(
        "select \"group\", sum(numerator)::bigint from ledger.measure_values \
         join ledger.measure_sets using (set_id) \
         where measure_id = 'P.1' and span = 'month' group by 1 order by 1",
    );
    assert_eq!(
        sums,
        [
            ["All", "1612003"],
            ["Non-VaWG Classification", "339847"],
            ["VAWG", "1272156"]
        ]
    );
    site.run("commitment-scorecard", "2026-03-01").unwrap();
    let page = site
        .dir
        .join("reports/2026-03-01/commitment-scorecard.html");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("The two definitions are not bridged: no met_vawg_offences file"));
    std::fs::remove_file(site.dir.join("jobs/harm-list/met-titles.csv")).unwrap();
    let text = site.told(&["measures", "bridge"]);
    assert!(
        text.contains("jobs/harm-list/met-titles.csv is not there"),
        "{text}"
    );
}

#[test]
fn the_mets_published_file_walks_to_its_total_to_the_unit() {
    let Some(data) = shared_data() else { return };
    let mut site = Site::new();
    let files = [data.join("met-vawg/offences.parquet")];
    let today = MORNING.parse().unwrap();
    site.with_context(|context| {
        daybook::schedule::ingest_job::ingest(context, today, Some(&files))
    })
    .unwrap();
    let bridge = walked(&mut site);
    let last = bridge["lines"].as_array().unwrap().last().unwrap();
    assert_eq!(last["so_far"], 1_612_003);
    assert_eq!(bridge["published"], 1_612_003);
    assert_eq!(of(&bridge, "apart"), 339_847);
    assert_eq!(of(&bridge, "unnamed"), 0, "the crosswalk names every title");
    // Public fear is published and in no national basket.
    let added = |what: &str| {
        let lines = bridge["lines"].as_array().unwrap().iter();
        let line = lines
            .filter(|line| line["step"] == "added")
            .find(|line| line["what"] == what);
        line.unwrap()["offences"].as_i64().unwrap()
    };
    assert_eq!(added("Public Fear, Alarm or Distress"), 177_812);
    // Every title goes on under a broader offence that has titles of both sides,
    // but for a few.
    let titles = bridge["titles"].as_array().unwrap();
    let count = |wanted: &dyn Fn(&serde_json::Value) -> bool| -> i64 {
        let held = titles.iter().filter(|title| wanted(title));
        held.map(|title| title["offences"].as_i64().unwrap()).sum()
    };
    let goes_on = |title: &serde_json::Value| {
        let of_offence = |other: &&serde_json::Value| other["offence"] == title["offence"];
        let since =
            |other: &serde_json::Value| other["last_month"].as_str().unwrap() > "2024-02-01";
        let before =
            |other: &serde_json::Value| other["first_month"].as_str().unwrap() < "2024-02-01";
        titles.iter().filter(of_offence).any(since) && titles.iter().filter(of_offence).any(before)
    };
    let (joined, all) = (count(&goes_on), count(&|_| true));
    assert_eq!(all, 1_612_003);
    assert!(joined * 1000 > all * 990, "{joined} of {all}");
}

#[test]
fn a_broken_crosswalk_is_told_at_its_place() {
    for (from, to, said) in [
        ("024/18", "24/18", "ho_code is wrong"),
        (
            "Controlling prostitution for gain,Exploitation of Prostitution",
            ",Exploitation of Prostitution",
            "title is empty; expected the published words",
        ),
    ] {
        let mut site = Site::new();
        let file = site.dir.join("jobs/harm-list/met-titles.csv");
        let text = std::fs::read_to_string(&file).unwrap();
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        std::fs::write(&file, changed).unwrap();
        let output = site.command(&["check"]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(
            told.contains("jobs/harm-list/met-titles.csv:") && told.contains(said),
            "{told}"
        );
    }
}

#[test]
fn the_list_and_the_measures_count_by_the_basket_that_is_named() {
    let mut site = Site::new();
    let crimes = [
        crime("C1", "105/01", "2026-06-01", &[]),
        crime("C2", "125/09", "2026-06-01", &[]),
    ];
    let parties = ["C1", "C2"].map(|crime| party(crime, "V1", "victim"));
    let nominals = [nominal("V1", "F", &[])];
    site.land("crimes_20261121.csv", file(CRIMES, &crimes));
    site.land("parties_20261121.csv", file(PARTIES, &parties));
    site.land("nominals_20261121.csv", file(NOMINALS, &nominals));
    site.run("nightly-ingest", MORNING).unwrap();
    let vawg = "select crime_ref from core.crimes where is_vawg order by 1";
    assert_eq!(site.query(vawg), [["C1"]]);
    let shown = site.told(&["index", "basket"]);
    assert!(shown.contains("Basket npcc, jobs/harm-list/basket.csv: the list and the measures"));
    site.set_list(&[("basket", "\"met\"")]);
    site.run("commitment-measures", MORNING).unwrap();
    assert_eq!(
        site.query(vawg),
        [["C2"]],
        "common assault out, public fear in"
    );
    let shown = site.told(&["index", "basket"]);
    assert!(shown.contains("Basket met, jobs/harm-list/basket-met.csv: the list and the measures"));
    assert!(
        site.told(&["index", "basket", "npcc"])
            .contains("would have the list")
    );
    site.run("harm-list", "2026-12-01").unwrap();
    assert!(site.told(&["list", "show"]).contains("basket met"));
    // The measures may name it, and no other.
    let job = site.dir.join("jobs/commitment-measures/job.toml");
    let text = std::fs::read_to_string(&job).unwrap();
    for (name, code) in [("met", 0), ("npcc", 2), ("nppc", 2)] {
        std::fs::write(&job, format!("{text}\n[measures]\nbasket = \"{name}\"\n")).unwrap();
        let output = site.command(&["check"]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{name}: {told}");
        let is_told =
            told.contains("jobs/commitment-measures/job.toml:") && told.contains("basket");
        assert!(code == 0 || is_told, "{told}");
    }
}
