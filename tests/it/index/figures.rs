use std::collections::{BTreeMap, BTreeSet};

use daybook::harm::index::Reference;
use daybook::harm::index::allegations::{self, Window};
use daybook::harm::index::coverage::{self, Class};
use daybook::model::basket_name::BasketName;

use super::json;
use crate::support::{MORNING, Site, day};

type Row = BTreeMap<String, String>;

/// Rows by key; of an edition the rows of codes themselves.
fn table(site: &Site, file: &str, key: &str) -> BTreeMap<String, Row> {
    let path = site.dir.join("jobs/harm-list").join(file);
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows = reader.deserialize::<Row>().map(Result::unwrap);
    let is_whole = |row: &Row| row.get("for_title").is_none_or(String::is_empty);
    rows.filter(is_whole)
        .map(|row| (row[key].clone(), row))
        .collect()
}

/// Code, title and class of every allegation, worked out from the rows accepted.
fn classes(site: &Site, window: &Window, edition: &str) -> Vec<(String, String, &'static str)> {
    let basket = table(site, "basket.csv", "ho_code");
    let aliases = table(site, "index/aliases.csv", "recorded_code");
    let weights = table(site, &format!("index/{edition}.csv"), "ho_code");
    let women: BTreeSet<String> = site
        .query(
            "select crime_ref from staging.parties inner join staging.nominals using (nominal_id) \
             where role = 'victim' and sex = 'F'",
        )
        .concat()
        .into_iter()
        .collect();
    // A person named under two merged records is named once.
    let allegations: BTreeSet<Vec<String>> = site
        .query(
            "select crime_ref, person_key, ho_code, cast(reported_at as date), status, \
                 coalesce(proactive, false), coalesce(domestic_abuse, false), offence_title \
             from staging.parties inner join core.identities using (nominal_id) \
             inner join staging.crimes using (crime_ref) where role = 'suspect'",
        )
        .into_iter()
        .collect();
    let is_inside = |row: &&Vec<String>| (window.from..=window.to).contains(&day(&row[3]));
    allegations
        .iter()
        .filter(is_inside)
        .map(|row| {
            let code = row[2].clone();
            let led = aliases
                .get(&code)
                .map_or(&code, |alias| &alias["index_code"]);
            let place = basket.get(&code).or_else(|| basket.get(led));
            let condition = place.map(|place| place["condition"].as_str());
            let (woman, abuse) = (women.contains(&row[0]), row[6] == "true");
            let class = match condition {
                _ if ["cancelled", "transferred"].contains(&row[4].as_str()) => "withdrawn",
                None => "not_in_basket_table",
                Some("never") => "outside_basket",
                Some("female_victim") if !woman => "condition_not_met",
                Some("domestic_abuse_or_female_victim") if !woman && !abuse => "condition_not_met",
                _ if row[5] == "true" => "proactive",
                _ if !weights.contains_key(led) => "unscored",
                _ if *led == code => "scored",
                _ => "aliased",
            };
            (code, row[7].clone(), class)
        })
        .collect()
}

fn name(class: Class) -> String {
    serde_json::to_value(class)
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn coverage_equals_a_count_over_the_rows() {
    let mut site = Site::with_london(1_000, 5, 0.01);
    // Codes that lose their weight, one that is retired, one that is strange.
    for (code, becomes) in [("008/65", "008/03"), ("088/09", "777/77")] {
        let path = site.landing();
        for entry in std::fs::read_dir(path).unwrap().map(Result::unwrap) {
            if entry.file_name().to_string_lossy().starts_with("crimes_")
                && entry.path().extension().is_some_and(|e| e == "csv")
            {
                let text = std::fs::read_to_string(entry.path()).unwrap();
                std::fs::write(
                    entry.path(),
                    text.replace(&format!(",{code},"), &format!(",{becomes},")),
                )
                .unwrap();
                let manifest = entry.path().with_extension("csv.manifest.json");
                let _ = std::fs::remove_file(manifest);
            }
        }
    }
    site.drop_weight("008/66");
    site.drop_weight("195/41");
    site.run("nightly-ingest", MORNING).unwrap();
    site.run("harm-list", MORNING).unwrap();
    let reference = Reference::load(&site.dir, BasketName::Npcc, "starter-2026", &[]).unwrap();
    let settings = daybook::harm::settings::ListSettings::default();
    let connection = site.store.connection();
    // The newest list decides, whatever day it is.
    let window = allegations::window(connection, &settings, day("2030-01-01")).unwrap();
    assert_eq!(
        (window.from, window.to),
        (day("2025-11-21"), day("2026-11-20"))
    );
    let found = coverage::measure(&reference, Some((connection, window.clone()))).unwrap();
    let data = found.data.unwrap();

    let wanted = classes(&site, &window, "starter-2026");
    assert_eq!(data.allegations, wanted.len() as u64);
    let mut counts: BTreeMap<&str, (u64, BTreeSet<&String>)> = BTreeMap::new();
    for (code, _, class) in &wanted {
        let entry = counts.entry(class).or_default();
        entry.0 += 1;
        entry.1.insert(code);
    }
    let wanted_tallies: BTreeMap<String, (u64, u64)> = counts
        .iter()
        .map(|(class, (count, codes))| ((*class).to_owned(), (*count, codes.len() as u64)))
        .collect();
    let tallies: BTreeMap<String, (u64, u64)> = data
        .classes
        .iter()
        .map(|(class, tally)| (name(*class), (tally.allegations, tally.codes)))
        .collect();
    assert_eq!(tallies, wanted_tallies);
    assert_eq!(tallies.len(), 8, "every class occurs: {tallies:?}");
    let codes: Vec<&str> = data
        .unscored
        .iter()
        .map(|code| code.ho_code.as_str())
        .collect();
    let mut sorted = codes.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["008/66", "195/41"]);
    assert_eq!(data.not_in_basket_table.len(), 1);
    assert_eq!(data.aliased[0].index_code, "008/02");

    // What weights rest on, from the files and the rows.
    let weights = table(&site, "index/starter-2026.csv", "ho_code");
    let aliases = table(&site, "index/aliases.csv", "recorded_code");
    let mut rest: BTreeMap<&str, u64> = BTreeMap::new();
    for (code, _, class) in &wanted {
        let led = aliases.get(code).map_or(code, |alias| &alias["index_code"]);
        if ["scored", "aliased"].contains(class) {
            // Both titles of 008/01 that weigh apart rest on a guideline, too.
            *rest.entry(&weights[led]["basis"]).or_default() += 1;
        }
    }
    let told: BTreeMap<&str, u64> = data
        .rests_on
        .iter()
        .map(|(basis, share)| (basis.as_str(), share.allegations))
        .collect();
    assert_eq!(told, rest);
    assert_eq!(told.len(), 3, "{told:?}");

    // The list says the same of its own window.
    let list = |key: &str| site.one(&format!("select counts ->> '$.{key}' from ledger.lists"));
    assert_eq!(
        list("unscored_allegations"),
        tallies["unscored"].0.to_string()
    );
    assert_eq!(
        list("proactive_left_out"),
        tallies["proactive"].0.to_string()
    );

    let told = site.told(&["index", "coverage"]);
    for wanted in [
        "Unscored:",
        " weights in use: ",
        "Stalking involving serious alarm or distress",
        "starter-2026 weighs 357 of the 359 codes",
        "777/77",
    ] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
}

#[test]
fn a_difference_equals_one_worked_out_from_the_files() {
    let mut site = Site::with_london(1_000, 6, 0.0);
    site.run("nightly-ingest", MORNING).unwrap();
    site.run("harm-list", MORNING).unwrap();
    let window = Window {
        from: day("2025-11-21"),
        to: day("2026-11-20"),
        by: "reported",
    };
    let aliases = table(&site, "index/aliases.csv", "recorded_code");
    // Days by code and title; without a title, of the code itself.
    let days = |name: &str| -> BTreeMap<(String, String), f64> {
        let path = site.dir.join(format!("jobs/harm-list/index/{name}.csv"));
        let mut reader = csv::Reader::from_path(path).unwrap();
        let rows = reader.deserialize::<Row>().map(Result::unwrap);
        rows.map(|row| {
            let title = row.get("for_title").cloned().unwrap_or_default();
            (
                (row["ho_code"].clone(), title),
                row["days"].parse().unwrap(),
            )
        })
        .collect()
    };
    let (from, to) = (days("starter-2026"), days("ons-severity"));
    let keys: BTreeSet<&(String, String)> = from.keys().chain(to.keys()).collect();
    assert!(
        keys.iter()
            .any(|(_, title)| title.starts_with("Assault with Injury"))
    );
    let whole = |code: &String| (code.clone(), String::new());
    let mut touched: BTreeMap<(String, String), u64> = BTreeMap::new();
    // Under an edition without the code it is unscored, with it scored.
    for (code, title, class) in classes(&site, &window, "starter-2026") {
        if ["scored", "aliased", "unscored"].contains(&class) {
            let led = aliases
                .get(&code)
                .map_or(&code, |alias| &alias["index_code"]);
            let own = (led.clone(), title);
            let key = if keys.contains(&own) { own } else { whole(led) };
            *touched.entry(key).or_insert(0) += 1;
        }
    }
    let found = json(
        &mut site,
        &["index", "diff", "starter-2026", "ons-severity", "--json"],
    );
    let weight = |held: &BTreeMap<(String, String), f64>, key: &(String, String)| {
        held.get(key).or_else(|| held.get(&whole(&key.0))).copied()
    };
    let (mut seen, mut touching, mut by_title) = (0, 0, 0);
    for kind in ["added", "removed", "changed"] {
        for change in found[kind].as_array().unwrap() {
            let text = |field: &str| change[field].as_str().unwrap().to_owned();
            let key = (text("ho_code"), text("for_title"));
            let (before, after) = (weight(&from, &key), weight(&to, &key));
            assert_eq!(change["from_days"].as_f64(), before, "{key:?}");
            assert_eq!(change["to_days"].as_f64(), after, "{key:?}");
            let percent = before
                .zip(after)
                .map(|(a, b)| (1000.0 * (b - a) / a).round() / 10.0);
            assert_eq!(change["change_percent"].as_f64(), percent, "{key:?}");
            let count = touched.get(&key).copied().unwrap_or(0);
            assert_eq!(change["allegations"].as_u64(), Some(count), "{key:?}");
            seen += 1;
            touching += count;
            by_title += if key.1.is_empty() { 0 } else { count };
        }
    }
    assert!(touching > 500 && by_title > 5, "{touching} {by_title}");
    let is_same = |key: &&&(String, String)| weight(&from, key) == weight(&to, key);
    let same = keys.iter().filter(is_same).count();
    assert_eq!(found["same"].as_u64(), Some(same as u64));
    assert_eq!(keys.len(), seen + same);
    let told = site.told(&["index", "diff", "starter-2026", "ons-severity"]);
    assert!(
        told.contains("removed") && told.contains("184.095"),
        "{told}"
    );
}

#[test]
fn an_edition_that_is_not_there_is_told_with_those_that_are() {
    let mut site = Site::new();
    for arguments in [
        vec!["index", "coverage", "--edition", "cchi-2026"],
        vec!["index", "diff", "starter-2026", "cchi-2026"],
        vec!["index", "show", "cchi-2026"],
    ] {
        let told = super::errors(&site.command(&arguments));
        assert!(
            told.contains("cchi-2026") && told.contains("ons-severity, starter-2026"),
            "{told}"
        );
    }
    // Without a database yet: the basket alone.
    std::fs::remove_file(site.dir.join("daybook.duckdb")).unwrap_or(());
    let found = json(&mut site, &["index", "coverage", "--json"]);
    assert_eq!(found["basket"]["codes"], found["basket"]["weighed"]);
    assert_eq!(found["data"], serde_json::Value::Null);
}
