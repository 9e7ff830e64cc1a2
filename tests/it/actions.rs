//! What was done about people and what came of it: a few given rows counted by
//! hand, and all of London counted a second way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use chrono::{Days, NaiveDate};
use chrono_tz::Europe::London;
use daybook::harm::actions::entries::By;
use daybook::harm::actions::outcome::{Outcome, Work};
use daybook::harm::actions::{self, Actions, Question, person};
use daybook::model::as_of::AsOf;
use daybook::report::sentence::actions as sentence;

use crate::support::kept::Kept;
use crate::support::rows::{CRIMES, CUSTODY, NOMINALS, PARTIES, crime, file, nominal, party};
use crate::support::{MORNING, Site, day, london};

const ARRESTS: &str = "custody_ref,nominal_id,crime_ref,arrested_at,disposal,disposal_at";
const CHARGES: &str = "charge_ref,nominal_id,crime_ref,ho_code,charged_at,remanded";
const RESULTS: &str = "charge_ref,result,result_at,sentence_type,sentence_days";
const WORK: &str = "intervention_ref,nominal_id,pillar,kind,starts_at,ends_at,result";

/// Nine people, by what happens to them after 10 January.
fn site() -> Site {
    static MADE: OnceLock<Kept> = OnceLock::new();
    Kept::once(&MADE, || {
        let site = people();
        let land = |name: &str, header: &str, rows: &[&str]| {
            let rows: Vec<String> = rows.iter().map(|row| (*row).to_owned()).collect();
            site.land(&format!("{name}_20261121.csv"), file(header, &rows));
        };
        land(
            "arrests",
            ARRESTS,
            &[
                "A1,ARRESTED,C1,2026-01-10 23:00:00,bailed,2026-01-11 08:00:00",
                "A2,ARRESTED,C1,2026-04-10 23:59:59,bailed,2026-04-11 10:00:00",
                "A3,ARRESTED,C1,2026-04-11 00:00:00,charged,2026-04-11 10:00:00",
                "A4,ARRESTED,,2026-05-01 10:00:00,,",
                "A5,OLD,C2,2026-01-20 10:00:00,,",
                "A6,NEW,C2,2026-01-25 10:00:00,,",
                "A7,ARRESTED,C1,2026-11-21 00:00:00,,",
            ],
        );
        land(
            "charges",
            CHARGES,
            &[
                "H1,CHARGED,C2,008/06,2026-02-01 10:00:00,false",
                "H2,CHARGED,C2,105/01,2026-02-01 10:00:00,false",
                "H3,CHARGED,C2,105/01,2025-12-20 10:00:00,false",
            ],
        );
        land(
            "court_results",
            RESULTS,
            &[
                "H1,convicted,2026-06-01 10:00:00,custody,200",
                "H2,acquitted,2026-06-01 10:00:00,,",
                "H3,discontinued,2025-12-30 10:00:00,,",
            ],
        );
        land(
            "custody_spells",
            CUSTODY,
            &[
                "REMANDED,2025-12-01 10:00:00,remand,2026-01-05 10:00:00",
                "REMANDED,2026-03-01 10:00:00,remand,",
                "IDLE,2026-03-01 10:00:00,recall,",
            ],
        );
        land(
            "interventions",
            WORK,
            &[
                "I1,IDLE,pursue,curfew_checks,2026-01-05 10:00:00,2026-03-01 10:00:00,completed",
                "I2,WORKED,protect,safety_plan,2026-01-11 10:00:00,,",
                "I3,WORKED,pursue,disruption,2026-02-11 10:00:00,,",
                "I4,WORKED,pursue,disruption,2026-08-11 10:00:00,,",
            ],
        );
        site.run("nightly-ingest", MORNING).unwrap();
        site
    })
}

fn people() -> Site {
    let site = Site::new();
    site.land(
        "crimes_20261121.csv",
        file(
            CRIMES,
            &[
                crime("C1", "019/08", "2025-12-01", &[("offence_count", "3")]),
                crime("C2", "008/06", "2025-12-01", &[]),
            ],
        ),
    );
    let names = [
        "ARRESTED", "CHARGED", "REMANDED", "OLD", "NEW", "DEAD", "IDLE", "WORKED", "SUMMER",
        "YOUNG",
    ];
    let mut parties: Vec<String> = names
        .iter()
        .map(|name| party("C2", name, "suspect"))
        .collect();
    parties.extend([
        party("C1", "ARRESTED", "suspect"),
        party("C1", "V", "victim"),
        party("C2", "V", "victim"),
    ]);
    site.land("parties_20261121.csv", file(PARTIES, &parties));
    let changes = |name: &str| -> &[(&str, &str)] {
        match name {
            "OLD" => &[("merged_into", "NEW")],
            "DEAD" => &[("deceased_on", "2026-02-15")],
            _ => &[],
        }
    };
    let mut nominals: Vec<String> = names
        .iter()
        .map(|name| nominal(name, "M", changes(name)))
        .collect();
    nominals.push(nominal("V", "F", &[]));
    site.land("nominals_20261121.csv", file(NOMINALS, &nominals));
    site
}

fn decide(site: &Site, list_id: i64, nominal: &str, decision: &str, at: &str) {
    site.store
        .connection()
        .execute(
            "insert into ledger.list_decisions values \
             (nextval('ledger.decision_ids'), ?, ?, ?, 'a reason', 'an officer', cast(? as timestamp))",
            duckdb::params![list_id, nominal, decision, at],
        )
        .unwrap();
}

fn accepted() -> Site {
    static MADE: OnceLock<Kept> = OnceLock::new();
    Kept::once(&MADE, || {
        let site = site();
        for name in [
            "ARRESTED", "CHARGED", "REMANDED", "OLD", "DEAD", "IDLE", "WORKED",
        ] {
            decide(&site, 1, name, "accept", "2026-01-10 09:00:00");
        }
        // The same person under the other record, later; and a deferral.
        decide(&site, 2, "NEW", "accept", "2026-03-10 09:00:00");
        decide(&site, 2, "YOUNG", "defer", "2026-01-10 09:00:00");
        // Half past midnight on 1 July in London.
        decide(&site, 3, "SUMMER", "accept", "2026-06-30 23:30:00");
        decide(&site, 4, "YOUNG", "accept", "2026-10-01 09:00:00");
        site
    })
}

fn take(site: &Site, as_of: Option<&str>, by: Option<By>) -> Actions {
    let question = Question {
        as_of: as_of.map(|date| AsOf(day(date))),
        by,
        zone: London,
    };
    actions::take(site.store.connection(), question).unwrap()
}

/// What happened to people of all months that are old enough.
fn all(actions: &Actions, days: Option<u32>) -> Option<&Outcome> {
    let horizon = actions.horizons.iter().find(|held| held.days == days);
    horizon.unwrap().all.as_ref()?.outcome.as_ref()
}

#[test]
fn events_count_from_the_day_after_entry_to_the_last_day_of_the_horizon() {
    let site = accepted();
    let taken = take(&site, None, None);
    assert_eq!((taken.as_of, taken.by), (day(MORNING), By::Accepted));
    assert_eq!(
        (taken.people, taken.unknown, taken.entered_since),
        (9, 0, 0)
    );
    // Of January and July: the arrest on day 90 counts, those on the day of
    // entry, on day 91 and on the morning itself do not.
    let within = all(&taken, Some(90)).unwrap();
    let kinds = [("rape", 1), ("violence_with_injury", 2)];
    let wanted = Outcome {
        people: 8,
        with_positive_action: Some(4),
        arrested: Some(2),
        arrests: Some(3),
        arrest_offences: Some(4),
        vawg_arrests: Some(3),
        vawg_kinds: Some(kinds.map(|(kind, n)| (kind.to_owned(), n)).into()),
        arrests_without_crime: Some(0),
        arrests_withdrawn: Some(0),
        charged: Some(1),
        charges: Some(2),
        remanded: Some(1),
        convicted: Some(0),
        convictions: Some(0),
        acquitted: Some(0),
        discontinued: Some(0),
        protect: work(1, 1),
        pursue: work(1, 1),
        prevent: work(0, 0),
        prepare: work(0, 0),
        without_work: Some(7),
        without_work_but_under_way: Some(1),
        died: 1,
    };
    assert_eq!(within, &wanted);
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it stands for a source that has arrived"
)]
fn work(people: u64, interventions: u64) -> Option<Work> {
    Some(Work {
        people,
        interventions,
    })
}

#[test]
fn a_crime_arrested_for_twice_counts_its_offences_once() {
    let site = accepted();
    let taken = take(&site, None, None);
    let to_date = all(&taken, None).unwrap();
    assert_eq!(to_date.people, 9);
    // A2, A3 and A4, and the two arrests of the merged person.
    assert_eq!(to_date.arrests, Some(5));
    assert_eq!(to_date.arrested, Some(2));
    assert_eq!(to_date.arrest_offences, Some(4));
    assert_eq!(to_date.arrests_without_crime, Some(1));
    assert_eq!((to_date.convicted, to_date.convictions), (Some(1), Some(1)));
    assert_eq!(
        (to_date.acquitted, to_date.discontinued),
        (Some(1), Some(0))
    );
    assert_eq!(to_date.pursue, work(1, 2));
}

#[test]
fn a_month_that_is_too_young_is_told_and_not_mixed_in() {
    let site = accepted();
    let taken = take(&site, None, None);
    let months = |days: Option<u32>| -> Vec<(String, u64, bool)> {
        let horizon = taken.horizons.iter().find(|held| held.days == days);
        let months = horizon.unwrap().months.iter();
        months
            .map(|held| {
                let month = held.month.unwrap().format("%Y-%m").to_string();
                (month, held.people, held.outcome.is_some())
            })
            .collect()
    };
    let row = |month: &str, people, is_mature| (month.to_owned(), people, is_mature);
    let wanted = |january, july, october| {
        vec![
            row("2026-01", 7, january),
            row("2026-07", 1, july),
            row("2026-10", 1, october),
        ]
    };
    assert_eq!(months(Some(90)), wanted(true, true, false));
    assert_eq!(months(Some(180)), wanted(true, false, false));
    assert_eq!(months(Some(365)), wanted(false, false, false));
    assert_eq!(months(None), wanted(true, true, true));
    assert_eq!(all(&taken, Some(365)), None);
    // Entered on 1 October: day 90 is 30 December, and 31 December sees it.
    let october = &taken.horizons[0].months[2];
    assert_eq!(october.mature_on, Some(day("2026-12-31")));
    assert!(
        take(&site, Some("2026-12-30"), None).horizons[0].months[2]
            .outcome
            .is_none()
    );
    assert!(
        take(&site, Some("2026-12-31"), None).horizons[0].months[2]
            .outcome
            .is_some()
    );
}

#[test]
fn the_published_sentence_holds_the_figures() {
    let site = accepted();
    let taken = take(&site, None, None);
    let to_date = taken.horizons[3].all.as_ref().unwrap();
    assert_eq!(
        sentence::published(to_date, taken.by, None).unwrap(),
        "Of 9 people tasked, 4 (44.4%) had positive action (conviction, charge, arrest or remand) \
         since they were tasked: 5 arrests for 4 offences, of which 4 VAWG: 2 rape, 2 violence \
         with injury, 0 strangulation or suffocation, 0 other kinds; 1 person charged with 2 \
         offences; 1 convicted."
    );
    let january = &taken.horizons[0].months[0];
    assert_eq!(
        sentence::published(january, taken.by, Some(90)).unwrap(),
        "Of 7 people tasked in January 2026, 4 (57.1%) had positive action (conviction, charge, \
         arrest or remand) within 90 days of being tasked: 3 arrests for 4 offences, of which 3 \
         VAWG: 1 rape, 2 violence with injury, 0 strangulation or suffocation, 0 other kinds; \
         1 person charged with 2 offences; 0 convicted."
    );
}

#[test]
fn lists_without_a_decision_are_counted_by_listing_and_say_listed() {
    let site = site();
    for date in ["2026-01-10", "2026-02-10"] {
        site.run("harm-list", date).unwrap();
    }
    let taken = take(&site, None, None);
    assert_eq!(taken.by, By::Listed);
    // Everyone but the victim, and the merged record once; DEAD was alive.
    assert_eq!(taken.people, 9);
    assert_eq!(taken.first_entered_on, Some(day("2026-01-10")));
    assert_eq!(taken.last_entered_on, Some(day("2026-01-10")));
    let to_date = taken.horizons[3].all.as_ref().unwrap();
    let said = sentence::published(to_date, taken.by, None).unwrap();
    assert!(said.starts_with("Of 9 people listed, 4 (44.4%)"), "{said}");
    assert!(!said.contains("tasked"), "{said}");
    assert_eq!(take(&site, None, Some(By::Accepted)).people, 0);
}

#[test]
fn what_happened_on_or_after_the_date_is_not_counted() {
    let site = accepted();
    let before = take(&site, Some("2026-02-01"), None);
    let to_date = all(&before, None).unwrap();
    assert_eq!(
        (to_date.people, to_date.arrests, to_date.charges),
        (7, Some(2), Some(0))
    );
    assert_eq!(before.entered_since, 2);
    let after = take(&site, Some("2026-02-02"), None);
    assert_eq!(all(&after, None).unwrap().charges, Some(2));
}

#[test]
fn a_source_that_never_arrived_is_unavailable_and_not_zero() {
    let site = people();
    site.land(
        "arrests_20261120.csv",
        file(
            ARRESTS,
            &["A1,ARRESTED,C1,2026-02-10 23:00:00,,".to_owned()],
        ),
    );
    site.run("nightly-ingest", MORNING).unwrap();
    decide(&site, 1, "ARRESTED", "accept", "2026-01-10 09:00:00");
    decide(&site, 1, "GONE", "accept", "2026-01-10 09:00:00");
    let taken = take(&site, None, None);
    assert_eq!((taken.as_of, taken.unknown), (day("2026-11-20"), 1));
    let to_date = all(&taken, None).unwrap();
    assert_eq!(to_date.arrests, Some(1));
    assert_eq!(
        (to_date.charges, to_date.with_positive_action),
        (None, None)
    );
    let said = sentence::published(taken.horizons[3].all.as_ref().unwrap(), taken.by, None);
    assert!(
        said.unwrap()
            .contains("[x] people charged with [x] offences")
    );
    let cautions = sentence::cautions(&taken).join("\n");
    assert!(
        cautions.contains("No extract of charges, court results, custody spells and interventions"),
        "{cautions}"
    );
    assert!(
        cautions.contains("1 person was accepted under an identifier"),
        "{cautions}"
    );
    let late = sentence::cautions(&take(&site, Some(MORNING), None)).join("\n");
    assert!(
        late.contains("The newest extract of arrests speaks of 20 November 2026"),
        "{late}"
    );
}

#[test]
fn one_persons_story_is_in_order_of_date_and_counts_days_from_both_entries() {
    let site = accepted();
    site.run("harm-list", "2026-01-05").unwrap();
    let story = |id: &str, as_of: &str| {
        let id = id.parse().unwrap();
        person::story(site.store.connection(), &id, AsOf(day(as_of)), London)
    };
    let told = story("OLD", MORNING).unwrap();
    assert_eq!(told.nominal_id, "NEW");
    assert_eq!(told.listed_on, Some(day("2026-01-05")));
    assert_eq!(told.tasked_on, Some(day("2026-01-10")));
    let events: Vec<(String, i64, i64, Option<&str>)> = told
        .events
        .iter()
        .map(|event| {
            (
                event.kind.clone(),
                event.days_since_listing.unwrap(),
                event.days_since_tasking.unwrap(),
                event.reference.as_deref(),
            )
        })
        .collect();
    let row = |kind: &str, listing, tasking, reference| {
        (kind.to_owned(), listing, tasking, Some(reference))
    };
    assert_eq!(
        events,
        [
            row("listed", 0, -5, "list 1"),
            row("accepted", 5, 0, "list 1"),
            row("arrested", 15, 10, "A5"),
            row("arrested", 20, 15, "A6"),
            row("accepted", 64, 59, "list 2"),
        ]
    );
    // A disposal of the next day is not known the day before.
    let detail = |as_of: &str| {
        let told = story("ARRESTED", as_of).unwrap();
        let arrest = told
            .events
            .into_iter()
            .find(|event| event.kind == "arrested");
        arrest.unwrap().detail.unwrap()
    };
    assert!(!detail("2026-01-11").contains("bailed"));
    assert!(detail("2026-01-12").ends_with("; VAWG; bailed"));
    assert!(
        story("NOBODY", MORNING)
            .unwrap_err()
            .to_string()
            .contains("NOBODY")
    );
}

#[test]
fn nothing_is_disclosed_of_someone_restricted() {
    let site = accepted();
    site.run("harm-list", "2026-01-05").unwrap();
    site.store
        .connection()
        .execute_batch("update ledger.list_entries set is_restricted = nominal_id = 'CHARGED'")
        .unwrap();
    let story = |id: &str| {
        let id = id.parse().unwrap();
        person::story(site.store.connection(), &id, AsOf(day(MORNING)), London)
    };
    let refusal = story("CHARGED").unwrap_err().to_string();
    assert!(
        refusal.contains("restricted") && !refusal.contains("H1"),
        "{refusal}"
    );
    assert!(story("REMANDED").is_ok());
}

#[test]
fn the_command_prints_the_sentences_and_never_a_name() {
    let mut site = accepted();
    let text = site.told(&["list", "actions"]);
    assert!(
        text.contains("To date. Of 9 people tasked, 4 (44.4%)"),
        "{text}"
    );
    assert!(text.contains("provisional until 2026-12-31"), "{text}");
    let json: serde_json::Value =
        serde_json::from_str(&site.told(&["list", "actions", "--json"])).unwrap();
    assert_eq!(json["people"], 9);
    assert_eq!(
        json["horizons"][0]["all"]["outcome"]["vawg_kinds"]["rape"],
        1
    );
    assert_eq!(
        json["horizons"][1]["months"][1]["outcome"],
        serde_json::Value::Null
    );
    assert_eq!(json["sentences"].as_array().unwrap().len(), 3 + 2 + 4);
    let person = site.told(&["list", "actions", "CHARGED"]);
    assert!(
        person.contains("acquitted") && person.contains("200 days"),
        "{person}"
    );
    for told in [text, person] {
        assert!(
            !told.contains("Aldermoss") && !told.contains("Wren"),
            "{told}"
        );
    }
    let refused = site.command(&["list", "actions", "CHARGED", "--by", "listed"]);
    assert_eq!(refused.status.code(), Some(2));
}

/// A person, a day and a crime or nothing.
type Event = (String, NaiveDate, String);

/// The events of staging's tables, led to their person by walking the merges.
fn events(site: &Site, roots: &BTreeMap<String, String>, sql: &str) -> Vec<Event> {
    let rows = site.query(sql).into_iter();
    rows.map(|row| {
        let root = roots.get(&row[0]).unwrap_or(&row[0]).clone();
        (root, day(&row[1][..10]), row[2].clone())
    })
    .collect()
}

fn roots(site: &Site) -> BTreeMap<String, String> {
    let merged: BTreeMap<String, String> = site
        .query("select nominal_id, merged_into from staging.nominals where merged_into is not null")
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    let end = |id: &String| {
        let mut id = id;
        while let Some(next) = merged.get(id) {
            id = next;
        }
        id.clone()
    };
    merged.keys().map(|id| (id.clone(), end(id))).collect()
}

#[test]
fn all_of_london_counts_the_same_a_second_way() {
    let site = london();
    let roots = roots(&site);
    let mut entered: BTreeMap<String, NaiveDate> = BTreeMap::new();
    let listed = site.query(
        "select nominal_id, as_of from ledger.list_entries inner join ledger.lists using (list_id) \
         where rank <= 100",
    );
    for row in listed {
        let root = roots.get(&row[0]).unwrap_or(&row[0]).clone();
        let on = day(&row[1]);
        entered
            .entry(root)
            .and_modify(|first| *first = on.min(*first))
            .or_insert(on);
    }
    let arrests = events(
        &site,
        &roots,
        "select nominal_id, arrested_at, crime_ref from staging.arrests",
    );
    let charges = events(
        &site,
        &roots,
        "select nominal_id, charged_at, '' from staging.charges",
    );
    let convictions = events(
        &site,
        &roots,
        "select nominal_id, result_at, '' from staging.charges inner join staging.court_results \
         using (charge_ref) where result = 'convicted'",
    );
    let remands = events(
        &site,
        &roots,
        "select nominal_id, starts_at, '' from staging.custody_spells where kind = 'remand'",
    );
    let offences: BTreeMap<String, u64> = site
        .query("select crime_ref, offence_count from staging.crimes")
        .into_iter()
        .map(|row| (row[0].clone(), row[1].parse().unwrap()))
        .collect();
    // From far ahead, so that every month is old enough.
    for days in [Some(90_u64), Some(180), Some(365), None] {
        let counts = |events: &[Event]| -> Vec<Event> {
            let is_within = |(who, on, _): &&Event| {
                entered.get(who).is_some_and(|from| {
                    on > from && days.is_none_or(|days| *on <= *from + Days::new(days))
                })
            };
            events.iter().filter(is_within).cloned().collect()
        };
        let people = |events: &[Event]| -> BTreeSet<String> {
            events.iter().map(|(who, _, _)| who.clone()).collect()
        };
        let (arrests, charges) = (counts(&arrests), counts(&charges));
        let (convictions, remands) = (counts(&convictions), counts(&remands));
        let crimes: BTreeSet<(&String, &String)> =
            arrests.iter().map(|(who, _, crime)| (who, crime)).collect();
        let acted: BTreeSet<String> = [&arrests, &charges, &convictions, &remands]
            .into_iter()
            .flat_map(|events| people(events))
            .collect();
        let taken = take(&site, Some("2028-01-01"), Some(By::Listed));
        let found = all(&taken, days.map(|days| u32::try_from(days).unwrap())).unwrap();
        assert_eq!(found.people, entered.len() as u64);
        assert_eq!(
            found.with_positive_action,
            Some(acted.len() as u64),
            "{days:?}"
        );
        assert_eq!(found.arrests, Some(arrests.len() as u64), "{days:?}");
        assert_eq!(
            found.arrested,
            Some(people(&arrests).len() as u64),
            "{days:?}"
        );
        let wanted: u64 = crimes
            .iter()
            .filter_map(|(_, crime)| offences.get(*crime))
            .sum();
        assert_eq!(found.arrest_offences, Some(wanted), "{days:?}");
        assert_eq!(
            found.charged,
            Some(people(&charges).len() as u64),
            "{days:?}"
        );
        assert_eq!(found.charges, Some(charges.len() as u64), "{days:?}");
        assert_eq!(
            found.convicted,
            Some(people(&convictions).len() as u64),
            "{days:?}"
        );
        assert_eq!(
            found.remanded,
            Some(people(&remands).len() as u64),
            "{days:?}"
        );
        assert!(acted.len() > 5, "{days:?}: too few to tell");
    }
}
