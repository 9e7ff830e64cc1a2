//! Breaks of how things are recorded: nothing is added up, drawn or compared
//! across one that touches it.

use super::{evaluated, lay, measure, site};
use crate::support::{MORNING, Site, day};
use daybook::model::as_of::AsOf;
use daybook::schedule::context::Deployment;

/// The register of a site, read again.
fn enter(site: &mut Site, entries: &str) {
    std::fs::write(site.dir.join("jobs/breaks.toml"), entries).unwrap();
    site.deployment = Deployment::load(&site.dir).unwrap();
}

fn entry(more: &str) -> String {
    format!(
        "[[breaks]]\ndate = \"2025-09-15\"\nwhat = \"the system changed\"\nsource = \"the force\"\n{more}\n"
    )
}

/// Counts of 100 a month before October 2025 and 60 since, for the force, a
/// borough and one of its wards.
const FALL: &str = "select cast(month as date) as period, area, 'All' as \"group\", \
    if(month < date '2025-10-01', 100, 60) + month(month) % 2 as numerator \
    from range($from, $until, interval 1 month) as months (month), \
    unnest(['Force', 'Camden', 'Camden: Gospel Oak']) as areas (area)";

fn fallen(site: &mut Site, changes: &[(&str, &str)]) {
    let mut all = vec![
        ("kind", "\"count\""),
        ("unit", "\"count\""),
        ("denominator", ""),
        ("direction", "\"down\""),
        ("target", "90.0"),
        ("sources", "[\"crimes\"]"),
    ];
    all.extend(changes);
    lay(site, &[measure("T.1", &all)], &[("T.1", FALL)]);
}

fn shown(site: &mut Site, area: &str) -> serde_json::Value {
    evaluated(site);
    let told = site.told(&["measures", "show", "T.1", "--area", area, "--json"]);
    serde_json::from_str(&told).unwrap()
}

/// Months whose year is told, and those whose year crosses a break.
fn years(shown: &serde_json::Value) -> (usize, Vec<String>) {
    let years = shown["years"].as_array().unwrap();
    let of = |state: &str| -> Vec<&serde_json::Value> {
        years.iter().filter(|year| year["state"] == state).collect()
    };
    for year in of("crossing") {
        for field in ["value", "numerator", "low", "high"] {
            assert!(year[field].is_null(), "{year}");
        }
    }
    let crossing = of("crossing")
        .iter()
        .map(|year| year["period"].as_str().unwrap().to_owned())
        .collect();
    (of("shown").len(), crossing)
}

#[test]
fn no_year_is_added_up_and_none_compared_across_a_break() {
    let mut site = site();
    enter(&mut site, &entry("sources = [\"crimes\"]"));
    fallen(&mut site, &[]);
    let shown = shown(&mut site, "Force");
    // September 2025 holds days of both ways; the first whole year since is that
    // to September 2026, the last before that to August 2025.
    let (told, crossing) = years(&shown);
    assert_eq!(crossing.len(), 12, "{crossing:?}");
    assert_eq!(crossing[0], "2025-09-01");
    assert_eq!(crossing[11], "2026-08-01");
    assert_eq!(told, 12);
    let year = &shown["year_on_year"];
    assert_eq!(year["period"], "2026-10-01");
    assert_eq!(year["now_value"], 12.0 * 60.0 + 6.0);
    assert!(year["before_value"].is_null() && year["change"].is_null());
    assert_eq!(year["crosses"]["date"], "2025-09-15");
    let so_far = &shown["year_to_date"];
    assert_eq!(so_far["now_value"], 7.0 * 60.0 + 3.0);
    assert!(so_far["before_value"].is_null() && so_far["change"].is_null());
    assert_eq!(shown["breaks"][0]["what"], "the system changed");
    let text = site.told(&["measures", "show", "T.1"]);
    for words in [
        "Twelve months to October 2026: 726; not compared with a year before, for on 15 \
         September 2025 the way of recording changed (the system changed).",
        "Break, 15 September 2025: the system changed; limits begin anew",
        "nothing here is set against the time before",
        "12 months cross a break",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn limits_and_target_rest_on_one_side_and_the_month_of_both_on_none() {
    let mut site = site();
    enter(&mut site, &entry("sources = [\"crimes\"]"));
    fallen(&mut site, &[]);
    evaluated(&site);
    let told = site.told(&["measures", "--json"]);
    let all: serde_json::Value = serde_json::from_str(&told).unwrap();
    let measure = all["measures"].as_array().unwrap();
    let measure = measure.iter().find(|one| one["id"] == "T.1").unwrap();
    let xmr = &measure["xmr"];
    // Thirteen months since, of 60 and 61; eleven before September, of 100 and 101.
    assert_eq!(xmr["points"], 13);
    assert_eq!(xmr["from"], 11);
    assert!((xmr["centre"].as_f64().unwrap() - (60.0 + 6.0 / 13.0)).abs() < 1e-9);
    let before = &xmr["earlier"][0];
    assert_eq!((&before["from"], &before["to"]), (&0.into(), &10.into()));
    let centre = before["centre"].as_f64().unwrap();
    assert!((100.0..=101.0).contains(&centre), "{before}");
    assert_eq!(measure["assurance"], "will_be_met");
    assert_eq!(measure["breaks"][0]["at"], 11);
}

#[test]
fn without_the_entry_the_same_months_are_one_series_and_the_shift_is_proposed() {
    let mut site = site();
    enter(&mut site, "");
    fallen(&mut site, &[]);
    let later = FALL.replace("2025-10-01", "2025-12-01");
    let file = site.dir.join(super::FOLDER).join("T.1.sql");
    std::fs::write(file, &later).unwrap();
    site.deployment = Deployment::load(&site.dir).unwrap();
    let shown = shown(&mut site, "Force");
    assert_eq!(years(&shown), (24, vec![]));
    assert_eq!(shown["year_on_year"]["is_ratio"], true);
    let read = |site: &Site| {
        site.run("operations-report", MORNING).unwrap();
        let folder = site.dir.join("reports").join(MORNING);
        let page = std::fs::read_to_string(folder.join("operations-report.html")).unwrap();
        page.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let proposed = "T.1 A trial: from December 2025 on at a mean of";
    assert!(read(&site).contains(proposed));
    assert!(
        read(&site).contains("Proposed, nothing was applied."),
        "and only proposed"
    );
    // Entered, the register explains it.
    enter(&mut site, &entry("").replace("2025-09-15", "2025-11-20"));
    let other = site.with_context(|context| {
        let settings = daybook::measures::settings::MeasureSettings::default();
        daybook::schedule::actions::measures(context, AsOf(day("2026-11-22")), settings)
    });
    assert!(other.is_ok());
    site.run("operations-report", "2026-11-22").unwrap();
    let page = site.dir.join("reports/2026-11-22/operations-report.html");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(!page.contains("T.1 A trial: from"));
    assert!(page.contains("No lasting shift without a recorded break"));
}

#[test]
fn a_break_touches_what_it_names_and_nothing_else() {
    let mut site = site();
    let mut crossing = |entry_says: &str, measure_says: &[(&str, &str)], area: &str| {
        enter(&mut site, &entry(entry_says));
        fallen(&mut site, measure_says);
        let shown = shown(&mut site, area);
        let breaks = shown["breaks"].as_array().unwrap().len();
        let crossing = years(&shown).1.len();
        assert_eq!(breaks > 0, crossing > 0, "{entry_says}, {area}");
        crossing > 0
    };
    let codes = [("codes", "[\"019\"]")];
    assert!(crossing("", &[], "Force"));
    assert!(!crossing("sources = [\"posts\"]", &[], "Force"));
    assert!(crossing("codes = [\"019/08\"]", &[], "Force"));
    assert!(crossing("codes = [\"019/08\"]", &codes, "Force"));
    assert!(!crossing("codes = [\"020/05\"]", &codes, "Force"));
    assert!(!crossing("areas = [\"Camden\"]", &[], "Force"));
    assert!(crossing("areas = [\"Camden\"]", &[], "Camden"));
    assert!(crossing("areas = [\"Camden\"]", &[], "Camden: Gospel Oak"));
}

#[test]
fn a_level_is_of_one_side_from_the_end_of_the_breaks_month_and_a_look_back_is_not() {
    let mut site = site();
    let mut states = |series: &str| {
        enter(&mut site, &entry(""));
        fallen(&mut site, &[("series", series)]);
        let shown = shown(&mut site, "Force");
        let months = shown["months"].as_array().unwrap();
        let crossing: Vec<String> = months
            .iter()
            .filter(|month| month["state"] == "crossing")
            .map(|month| month["period"].as_str().unwrap().to_owned())
            .collect();
        (crossing, shown["year_on_year"]["crosses"]["date"].clone())
    };
    let (stock, _) = states("\"stock\"");
    assert_eq!(stock, Vec::<String>::new());
    let (rolling, crosses) = states("\"rolling\"");
    assert_eq!(rolling.first().map(String::as_str), Some("2025-09-01"));
    assert_eq!(rolling.last().map(String::as_str), Some("2026-08-01"));
    assert_eq!(crosses, "2025-09-15");
}

#[test]
fn the_register_is_part_of_what_a_figure_was_made_from() {
    let mut site = site();
    enter(&mut site, "");
    fallen(&mut site, &[]);
    assert!(super::of(&evaluated(&site), "T.1").is_new);
    assert!(!super::of(&evaluated(&site), "T.1").is_new);
    enter(&mut site, &entry("sources = [\"posts\"]"));
    fallen(&mut site, &[]);
    assert!(
        !super::of(&evaluated(&site), "T.1").is_new,
        "it touches something else"
    );
    enter(&mut site, &entry("sources = [\"crimes\"]"));
    fallen(&mut site, &[]);
    assert!(super::of(&evaluated(&site), "T.1").is_new);
    let arguments = [
        "measures", "explain", "T.1", "--period", "2026-10", "--json",
    ];
    let told: serde_json::Value = serde_json::from_str(&site.told(&arguments)).unwrap();
    assert_eq!(told["breaks"][0]["date"], "2025-09-15");
    assert_eq!(told["definition"]["breaks"][0]["source"], "the force");
    assert_eq!(told["is_same"], true);
    assert_eq!(told["differing_cells"], 0);
}

#[test]
fn a_broken_register_is_told_at_its_place_and_no_figure_is_made_by_it() {
    let mut site = site();
    for (text, line, said) in [
        (
            entry("").replace("2025-09-15", "15.9.2025"),
            2,
            "date is \"15.9.2025\"; expected a day such as \"2024-02-28\"",
        ),
        (
            entry("").replace("\"2025-09-15\"", "2025"),
            2,
            "date is \"2025\"; expected a day",
        ),
        (
            entry("sources = [\"crmes\"]"),
            5,
            "sources hold \"crmes\"; expected a source: arrests, charges",
        ),
        (
            entry("codes = [\"19/8\"]"),
            5,
            "codes hold \"19/8\"; expected a Home Office code such as \"019/08\"",
        ),
        (
            entry("areas = [\"\"]"),
            5,
            "areas hold \"\"; expected a borough, or Force",
        ),
        (
            entry("areas = [\"Camden\", \"Camden\"]"),
            5,
            "areas hold \"Camden\" twice; expected each once",
        ),
        (
            entry("").replace("the system changed", " "),
            3,
            "what is empty; expected words",
        ),
        (
            entry("").replace("the force", ""),
            4,
            "source is empty; expected words",
        ),
        (entry("place = \"x\""), 5, "unknown field `place`"),
        (entry("").repeat(2), 7, "date stands in an entry"),
        (
            "[[breaks]]\ndate = \"2025-09-15\"\nwhat = \"x\"\n".to_owned(),
            1,
            "missing field `source`",
        ),
    ] {
        enter(&mut site, &text);
        let output = site.command(&["check"]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        let place = format!("jobs/breaks.toml:{line}:");
        assert!(
            told.contains(&place) && told.contains(said),
            "{said}: {told}"
        );
        let done = evaluated(&site);
        assert!(done.iter().all(|one| one.cells == 0), "{said}");
        let output = site.command(&["measures", "show", "6.4"]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("jobs/breaks.toml"), "{told}");
    }
}

#[test]
fn a_day_written_as_a_date_is_a_day_and_a_missing_register_is_the_shipped_one() {
    let mut site = site();
    enter(
        &mut site,
        &entry("").replace("\"2025-09-15\"", "2025-09-15"),
    );
    assert_eq!(site.deployment.measures.breaks[0].date, day("2025-09-15"));
    std::fs::remove_file(site.dir.join("jobs/breaks.toml")).unwrap();
    site.deployment = Deployment::load(&site.dir).unwrap();
    let breaks = &site.deployment.measures.breaks;
    assert_eq!(breaks.len(), 1);
    assert_eq!(breaks[0].date, day("2024-02-28"));
    let touched = |id: &str| {
        let definitions = &site.deployment.measures.definitions;
        let definition = definitions.iter().find(|one| one.id == id).unwrap();
        !definition.breaks.is_empty()
    };
    assert!(touched("P.1") && touched("P.2") && touched("6.4") && touched("6.1"));
    assert!(!touched("3.1") && !touched("9.2"));
}

#[test]
fn a_step_of_a_measures_own_is_told_to_be_an_entry_of_the_register() {
    let mut site = site();
    lay(
        &mut site,
        &[measure(
            "T.1",
            &[("steps", "[{ date = \"2025-04-01\", reason = \"moved\" }]")],
        )],
        &[("T.1", FALL)],
    );
    let broken = &site.deployment.measures.broken;
    let told = broken[0].problems.to_string();
    assert!(
        told.contains("commitment.toml:") && told.contains("jobs/breaks.toml"),
        "{told}"
    );
}
