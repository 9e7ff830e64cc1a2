//! Every rule of the harm list, each as a few given rows and what must follow.

use crate::support::rows::{CRIMES, CUSTODY, NOMINALS, PARTIES, crime, file, nominal, party};
use crate::support::{MORNING, Site};

const RAPE: &str = "019/08";
/// Sexual assault on a girl under 13: 182 days.
const ASSAULT: &str = "020/06";
const HOMICIDE: &str = "001/01";

/// Lands one crime per row against suspect S by victim V, with the people.
fn site(crimes: &[String], parties: &[String], nominals: &[String]) -> Site {
    let site = Site::new();
    site.land("crimes_20261121.csv", file(CRIMES, crimes));
    site.land("parties_20261121.csv", file(PARTIES, parties));
    site.land("nominals_20261121.csv", file(NOMINALS, nominals));
    site
}

fn ranked(site: &Site, as_of: &str) {
    site.run("nightly-ingest", as_of).unwrap();
    site.run("harm-list", as_of).unwrap();
}

fn score(site: &Site, nominal: &str) -> String {
    let rows = site.query(&format!(
        "select score_days from ledger.list_entries \
         where nominal_id = '{nominal}' and list_id = (select max(list_id) from ledger.lists)"
    ));
    rows.first()
        .map_or_else(|| "none".to_owned(), |row| row[0].clone())
}

fn simple(changes: &[(&str, &str)]) -> Site {
    let site = site(
        &[crime("C1", ASSAULT, "2026-06-01", changes)],
        &[party("C1", "S", "suspect"), party("C1", "V", "victim")],
        &[nominal("S", "M", &[]), nominal("V", "F", &[])],
    );
    ranked(&site, MORNING);
    site
}

#[test]
fn harm_is_weight_times_offence_count() {
    assert_eq!(score(&simple(&[("offence_count", "3")]), "S"), "546.000");
}

/// The two titles of one code that weigh differently, as forces write them.
#[test]
fn a_title_weighs_what_it_says_and_any_other_what_its_code_does() {
    let serious = "Assault with Injury - Malicious wounding: wounding or inflicting grievous \
                   bodily harm (Serious wound or equivalent)";
    let titles = [
        (serious.to_owned(), "547.500"),
        (
            serious.to_uppercase().replace([' ', '-', ':'], ""),
            "547.500",
        ),
        (serious.replace(" - ", " \u{2013}  "), "547.500"),
        (format!("Attempted - {serious}"), "547.500"),
        (serious.replace("Serious", "Minor"), "19.000"),
        (format!("{serious} twice"), "19.000"),
        (String::new(), "19.000"),
    ];
    let (mut crimes, mut parties) = (Vec::new(), Vec::new());
    let mut people = vec![nominal("V", "F", &[])];
    for (number, (title, _)) in titles.iter().enumerate() {
        let (reference, person) = (format!("C{number}"), format!("S{number}"));
        let title = format!("\"{title}\"");
        let changes = [("offence_title", title.as_str())];
        crimes.push(crime(&reference, "008/01", "2026-06-01", &changes));
        parties.push(party(&reference, &person, "suspect"));
        parties.push(party(&reference, "V", "victim"));
        people.push(nominal(&person, "M", &[]));
    }
    // The title alone weighs nothing under another code.
    let other = format!("\"{serious}\"");
    crimes.push(crime(
        "C9",
        ASSAULT,
        "2026-06-01",
        &[("offence_title", &other)],
    ));
    parties.push(party("C9", "S9", "suspect"));
    parties.push(party("C9", "V", "victim"));
    people.push(nominal("S9", "M", &[]));
    let mut site = site(&crimes, &parties, &people);
    ranked(&site, MORNING);
    for (number, (title, wanted)) in titles.iter().enumerate() {
        assert_eq!(score(&site, &format!("S{number}")), *wanted, "{title}");
    }
    assert_eq!(score(&site, "S9"), "182.000");
    // What is frozen names the row, and each statement finds the same one.
    assert_eq!(
        site.query(
            "select distinct ho_code, index_code, weight_days, offence \
             from ledger.list_contributions where ho_code = '008/01' order by weight_days"
        ),
        [
            [
                "008/01",
                "008/01",
                "19.000",
                "Wounding or GBH without intent"
            ],
            [
                "008/01",
                "008/01",
                "547.500",
                "Wounding or GBH without intent, serious wound"
            ],
            [
                "008/01",
                "008/01",
                "547.500",
                "Wounding or GBH without intent, serious wound, attempted"
            ],
        ]
    );
    let told = site.told(&["list", "show"]);
    assert!(
        told.contains("4 weights in use: 0 published (0.0% of the harm), 4 from a guideline"),
        "{told}"
    );
    let json: serde_json::Value =
        serde_json::from_str(&site.told(&["list", "show", "--json"])).unwrap();
    assert_eq!(json["weights_rest_on"]["guideline"]["harm_days"], 2429.0);
    assert!(site.told(&["list", "verify", "--all"]).contains("1 of 1"));
}

#[test]
fn a_cancelled_crime_leaves_the_score_at_the_next_load() {
    let site = simple(&[]);
    assert_eq!(score(&site, "S"), "182.000");
    let changes = [
        ("status", "cancelled"),
        ("status_at", "2026-11-21 09:00:00"),
    ];
    site.land(
        "crimes_20261122.csv",
        file(CRIMES, &[crime("C1", ASSAULT, "2026-06-01", &changes)]),
    );
    ranked(&site, "2026-11-22");
    assert_eq!(score(&site, "S"), "none");
    assert_eq!(site.one("select counts ->> '$.cancelled_since_previous' from ledger.lists order by list_id desc limit 1"), "1");
}

#[test]
fn the_window_holds_365_full_days_before_the_date() {
    for (reported, wanted) in [
        ("2026-11-20", "182.000"),
        ("2026-11-21", "none"),
        ("2025-11-21", "182.000"),
        ("2025-11-20", "none"),
    ] {
        let moment = format!("{reported} 23:59:59");
        assert_eq!(
            score(&simple(&[("reported_at", &moment)]), "S"),
            wanted,
            "{reported}"
        );
    }
}

#[test]
fn a_male_victim_is_outside_the_basket() {
    let site = site(
        &[crime("C1", ASSAULT, "2026-06-01", &[])],
        &[party("C1", "S", "suspect"), party("C1", "V", "victim")],
        &[nominal("S", "F", &[]), nominal("V", "M", &[])],
    );
    ranked(&site, MORNING);
    assert_eq!(score(&site, "S"), "none");
    assert_eq!(
        site.one("select counts ->> '$.not_counted.no_female_victim' from ledger.lists"),
        "1"
    );
}

#[test]
fn a_woman_can_be_listed() {
    let site = site(
        &[crime("C1", ASSAULT, "2026-06-01", &[])],
        &[party("C1", "S", "suspect"), party("C1", "V", "victim")],
        &[nominal("S", "F", &[]), nominal("V", "F", &[])],
    );
    ranked(&site, MORNING);
    assert_eq!(score(&site, "S"), "182.000");
}

#[test]
fn what_police_found_by_themselves_is_left_out_and_counted() {
    let site = simple(&[("proactive", "true")]);
    assert_eq!(score(&site, "S"), "none");
    assert_eq!(
        site.one("select counts ->> '$.proactive_left_out' from ledger.lists"),
        "1"
    );
}

#[test]
fn no_further_action_stays_and_the_rank_without_it_stands_beside() {
    let site = site(
        &[
            crime(
                "C1",
                RAPE,
                "2026-06-01",
                &[("status", "closed"), ("outcome_code", "16")],
            ),
            crime("C2", ASSAULT, "2026-06-02", &[]),
            crime("C3", "001/01", "2026-06-03", &[("offence_count", "1")]),
        ],
        &[
            party("C1", "S", "suspect"),
            party("C1", "V", "victim"),
            party("C2", "S", "suspect"),
            party("C2", "V", "victim"),
            party("C3", "T", "suspect"),
            party("C3", "V", "victim"),
        ],
        &[
            nominal("S", "M", &[]),
            nominal("T", "M", &[]),
            nominal("V", "F", &[]),
        ],
    );
    ranked(&site, MORNING);
    let rows = site.query(
        "select rank, score_days, score_without_nfa_days, rank_without_nfa, no_further_action_allegations \
         from ledger.list_entries where nominal_id = 'S'",
    );
    assert_eq!(rows, [["2", "2007.000", "182.000", "2", "1"]]);
}

#[test]
fn an_unknown_code_is_unscored_and_counted_never_zero_in_silence() {
    let site = site(
        &[crime(
            "C1",
            "008/30",
            "2026-06-01",
            &[("domestic_abuse", "true")],
        )],
        &[party("C1", "S", "suspect"), party("C1", "V", "victim")],
        &[nominal("S", "M", &[]), nominal("V", "F", &[])],
    );
    // In the basket, and weighed by the starter edition until now.
    site.drop_weight("008/30");
    ranked(&site, MORNING);
    assert_eq!(
        site.one("select counts ->> '$.unscored_allegations' from ledger.lists"),
        "1"
    );
    assert_eq!(
        site.one("select counts ->> '$.unscored_codes' from ledger.lists"),
        "[\"008/30\"]"
    );
    assert_eq!(
        site.query("select rank, unscored_allegations from ledger.list_entries"),
        [["", "1"]]
    );
}

#[test]
fn nobody_under_18_is_ranked_and_an_adult_alleged_when_under_18_is_marked() {
    for (born, standing, mark) in [
        ("2008-11-22", "under_18", "true"),
        ("2008-11-21", "ranked", "true"),
        ("2008-06-01", "ranked", "false"),
        ("2008-06-02", "ranked", "true"),
    ] {
        let site = site(
            &[crime("C1", ASSAULT, "2026-06-01", &[])],
            &[party("C1", "S", "suspect"), party("C1", "V", "victim")],
            &[
                nominal("S", "M", &[("date_of_birth", born)]),
                nominal("V", "F", &[]),
            ],
        );
        ranked(&site, MORNING);
        let rows = site.query("select standing, was_under_18 from ledger.list_entries");
        assert_eq!(rows, [[standing, mark]], "{born}");
    }
}

#[test]
fn the_dead_are_removed_and_counted() {
    let site = site(
        &[crime("C1", ASSAULT, "2026-06-01", &[])],
        &[party("C1", "S", "suspect"), party("C1", "V", "victim")],
        &[
            nominal("S", "M", &[("deceased_on", "2026-10-01")]),
            nominal("V", "F", &[]),
        ],
    );
    ranked(&site, MORNING);
    assert_eq!(
        site.query("select rank, standing from ledger.list_entries"),
        [["", "deceased"]]
    );
    assert_eq!(
        site.one("select counts ->> '$.deceased_removed' from ledger.lists"),
        "1"
    );
}

#[test]
fn people_in_custody_are_ranked_and_ranked_again_at_liberty() {
    let site = site(
        &[
            crime("C1", RAPE, "2026-06-01", &[]),
            crime("C2", ASSAULT, "2026-06-01", &[]),
        ],
        &[
            party("C1", "S", "suspect"),
            party("C1", "V", "victim"),
            party("C2", "T", "suspect"),
            party("C2", "V", "victim"),
        ],
        &[
            nominal("S", "M", &[]),
            nominal("T", "M", &[]),
            nominal("V", "F", &[]),
        ],
    );
    let spells = [
        "S,2026-10-01 08:00:00,remand,".to_owned(),
        "T,2026-01-01 08:00:00,sentence,2026-11-20 08:00:00".to_owned(),
    ];
    site.land("custody_spells_20261121.csv", file(CUSTODY, &spells));
    ranked(&site, MORNING);
    let rows = site.query(
        "select nominal_id, rank, is_in_custody, rank_at_liberty from ledger.list_entries order by rank",
    );
    assert_eq!(rows, [["S", "1", "true", ""], ["T", "2", "false", "1"]]);
}

#[test]
fn a_counter_allegation_is_seen_in_either_direction_and_at_any_date() {
    let site = site(
        &[
            crime("C1", ASSAULT, "2026-06-01", &[]),
            crime("C2", "105/01", "2019-06-01", &[]),
            crime("C3", "105/01", "2018-06-01", &[("status", "cancelled")]),
        ],
        &[
            party("C1", "S", "suspect"),
            party("C1", "V", "victim"),
            party("C2", "V", "suspect"),
            party("C2", "S", "victim"),
            party("C1", "T", "suspect"),
            party("C3", "V", "suspect"),
            party("C3", "T", "victim"),
        ],
        &[
            nominal("S", "M", &[]),
            nominal("T", "M", &[]),
            nominal("V", "F", &[]),
        ],
    );
    ranked(&site, MORNING);
    let rows =
        site.query("select nominal_id, has_counter_allegation from ledger.list_entries order by 1");
    assert_eq!(rows, [["S", "true"], ["T", "false"]]);
}

#[test]
fn a_merged_record_follows_its_chain_and_one_crime_counts_once() {
    let mut site = site(
        &[
            crime("C1", ASSAULT, "2026-06-01", &[]),
            crime("C2", ASSAULT, "2026-06-02", &[]),
        ],
        &[
            party("C1", "S1", "suspect"),
            party("C1", "S3", "suspect"),
            party("C1", "V", "victim"),
            party("C2", "S2", "suspect"),
            party("C2", "V", "victim"),
        ],
        &[
            nominal("S1", "M", &[("merged_into", "S2")]),
            nominal("S2", "M", &[("merged_into", "S3")]),
            nominal("S3", "M", &[]),
            nominal("V", "F", &[]),
        ],
    );
    ranked(&site, MORNING);
    let rows = site.query(
        "select nominal_id, score_days, allegations, victims, repeat_victims, array_to_string(identities, ' ') \
         from ledger.list_entries",
    );
    assert_eq!(rows, [["S3", "364.000", "2", "1", "1", "S1 S2 S3"]]);
    let shown = site.told(&["list", "show"]);
    let line = shown
        .lines()
        .find(|line| line.split_whitespace().any(|word| word == "S3"));
    assert!(line.unwrap().contains("merged identities"), "{shown}");
}

#[test]
fn merges_in_a_circle_are_refused_and_told() {
    let site = site(
        &[crime("C1", ASSAULT, "2026-06-01", &[])],
        &[party("C1", "B", "suspect"), party("C1", "V", "victim")],
        &[
            nominal("A", "M", &[("merged_into", "B")]),
            nominal("B", "M", &[("merged_into", "A")]),
            nominal("V", "F", &[]),
        ],
    );
    ranked(&site, MORNING);
    assert_eq!(
        site.query("select nominal_id, identities from ledger.list_entries"),
        [["B", "[B]"]]
    );
    assert_eq!(
        site.one("select failing_rows from mart.checks where name = 'merges_end'"),
        "1"
    );
}

#[test]
fn ties_fall_by_worst_allegation_then_latest_report_then_identifier() {
    // Four people with 1,820 days each; A has it in two allegations.
    let site = site(
        &[
            crime("C1", ASSAULT, "2026-06-01", &[("offence_count", "5")]),
            crime("C2", ASSAULT, "2026-06-01", &[("offence_count", "5")]),
            crime("C3", ASSAULT, "2026-05-01", &[("offence_count", "10")]),
            crime("C4", ASSAULT, "2026-06-01", &[("offence_count", "10")]),
            crime("C5", ASSAULT, "2026-06-01", &[("offence_count", "10")]),
        ],
        &[
            party("C1", "A", "suspect"),
            party("C2", "A", "suspect"),
            party("C3", "B", "suspect"),
            party("C4", "D", "suspect"),
            party("C5", "C", "suspect"),
            party("C1", "V", "victim"),
            party("C2", "V", "victim"),
            party("C3", "V", "victim"),
            party("C4", "V", "victim"),
            party("C5", "V", "victim"),
        ],
        &["A", "B", "C", "D"]
            .map(|id| nominal(id, "M", &[]))
            .into_iter()
            .chain([nominal("V", "F", &[])])
            .collect::<Vec<_>>(),
    );
    ranked(&site, MORNING);
    let order: Vec<String> = site
        .query("select nominal_id from ledger.list_entries order by rank")
        .concat();
    assert_eq!(order, ["C", "D", "B", "A"]);
}

#[test]
fn a_conditional_code_counts_with_domestic_abuse_or_a_female_victim() {
    // Breach of a protective order is conditional in the basket.
    let code = "066/39";
    for (abuse, sex, wanted) in [
        ("true", "M", true),
        ("false", "F", true),
        ("false", "M", false),
    ] {
        let site = site(
            &[crime(
                "C1",
                code,
                "2026-06-01",
                &[("domestic_abuse", abuse)],
            )],
            &[party("C1", "S", "suspect"), party("C1", "V", "victim")],
            &[nominal("S", "M", &[]), nominal("V", sex, &[])],
        );
        ranked(&site, MORNING);
        assert_eq!(score(&site, "S") != "none", wanted, "{abuse} {sex}");
    }
}

#[test]
fn several_suspects_of_one_crime_each_carry_its_harm() {
    let site = site(
        &[crime("C1", HOMICIDE, "2026-06-01", &[])],
        &[
            party("C1", "S", "suspect"),
            party("C1", "T", "suspect"),
            party("C1", "V", "victim"),
            party("C1", "W", "victim"),
        ],
        &[
            nominal("S", "M", &[]),
            nominal("T", "M", &[]),
            nominal("V", "F", &[]),
            nominal("W", "F", &[]),
        ],
    );
    ranked(&site, MORNING);
    let rows = site.query("select score_days, victims from ledger.list_entries");
    assert_eq!(rows, [["5475.000", "2"], ["5475.000", "2"]]);
}

#[test]
fn someone_born_on_a_leap_day_comes_of_age_in_march() {
    let site = site(
        &[crime("C1", ASSAULT, "2026-01-01", &[])],
        &[party("C1", "S", "suspect"), party("C1", "V", "victim")],
        &[
            nominal("S", "M", &[("date_of_birth", "2008-02-29")]),
            nominal("V", "F", &[]),
        ],
    );
    site.run("nightly-ingest", MORNING).unwrap();
    for (date, wanted) in [("2026-02-28", "under_18"), ("2026-03-01", "ranked")] {
        site.run("harm-list", date).unwrap();
        assert_eq!(
            site.one("select standing from ledger.list_entries order by list_id desc limit 1"),
            wanted,
            "{date}"
        );
    }
}
