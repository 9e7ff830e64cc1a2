//! Fairness by groups: counted a second way, hidden where small, and never an
//! input to a score.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::OnceLock;

use chrono_tz::Europe::London;
use daybook::harm::fairness::relative::katz;
use daybook::harm::fairness::suppression::Shown;
use daybook::harm::fairness::{self, Fairness, Stage};
use daybook::model::as_of::AsOf;
use daybook::report::sentence::fairness as sentence;

use crate::support::kept::Kept;
use crate::support::{MORNING, Site, day};

const LISTS: [&str; 3] = ["2026-09-01", "2026-10-01", MORNING];

fn listed(site: &Site) {
    site.run("nightly-ingest", MORNING).unwrap();
    for date in LISTS {
        site.run("harm-list", date).unwrap();
    }
}

/// London with every other person of the first list accepted on it, and every
/// third of the last one.
fn decided() -> Site {
    static MADE: OnceLock<Kept> = OnceLock::new();
    Kept::once(&MADE, || {
        let site = Site::with_london(1_200, 5, 0.0);
        listed(&site);
        for (list_id, at, every) in [(1, "2026-09-02 09:00:00", 2), (3, "2026-11-20 09:00:00", 3)] {
            site.store
                .connection()
                .execute_batch(&format!(
                    "insert into ledger.list_decisions \
                     select nextval('ledger.decision_ids'), list_id, nominal_id, \
                         if(rank % {every} = 0, 'accept', 'reject'), 'a reason', 'an officer', \
                         timestamp '{at}' \
                     from ledger.list_entries where list_id = {list_id} and rank <= 100"
                ))
                .unwrap();
        }
        site
    })
}

fn take(site: &Site, as_of: &str) -> Fairness {
    let as_of = Some(AsOf(day(as_of)));
    fairness::take(site.store.connection(), as_of, London).unwrap()
}

/// People by their current identifier.
fn set(site: &Site, sql: &str) -> BTreeSet<String> {
    site.query(sql)
        .into_iter()
        .map(|row| row[0].clone())
        .collect()
}

/// The people of each stage, found without the program's SQL.
fn stages(site: &Site) -> [BTreeSet<String>; 6] {
    let first: BTreeMap<String, String> = site
        .query(
            "select nominal_id, min(as_of) from ledger.list_entries \
             inner join ledger.lists using (list_id) where rank <= 100 group by 1",
        )
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    let after =
        |table: &str, day: &str| -> BTreeSet<String> {
            site.query(&format!(
            "select person_id, {day} from core.{table} inner join core.people using (person_key) \
             where {day} < '{MORNING}'"
        ))
        .into_iter()
        .filter(|row| first.get(&row[0]).is_some_and(|listed_on| row[1] > *listed_on))
        .map(|row| row[0].clone())
        .collect()
        };
    let accepted = set(
        site,
        "select nominal_id from ledger.list_decisions where decision = 'accept'",
    );
    [
        set(
            site,
            "select nominal_id from ledger.list_entries where standing = 'ranked'",
        ),
        first.keys().cloned().collect(),
        accepted.clone(),
        accepted,
        after("arrests", "arrested_on"),
        after("charges", "charged_on"),
    ]
}

#[test]
fn every_count_that_is_shown_equals_one_taken_another_way() {
    let site = decided();
    let held = take(&site, MORNING);
    let stages = stages(&site);
    let mut hidden = 0;
    let mut told = 0;
    for (dimension, column) in [
        ("sex", "sex"),
        ("ethnicity", "ethnicity"),
        ("borough", "home_borough"),
    ] {
        let of: BTreeMap<String, String> = site
            .query(&format!("select person_id, {column} from core.people"))
            .into_iter()
            .map(|row| (row[0].clone(), group(dimension, &row[1])))
            .collect();
        let table = held
            .dimensions
            .iter()
            .find(|held| held.name == dimension)
            .unwrap();
        let names: BTreeSet<&String> = table.groups.iter().map(|group| &group.name).collect();
        assert_eq!(
            names,
            stages[0].iter().map(|id| &of[id]).collect(),
            "{dimension}"
        );
        for group in &table.groups {
            for (stage, shown) in Stage::ALL.into_iter().zip(&group.counts) {
                let people = &stages[stage as usize];
                let count = people.iter().filter(|id| of[*id] == group.name).count() as u64;
                match shown {
                    Shown::Count(shown) => {
                        assert_eq!(*shown, count, "{dimension} {} {stage:?}", group.name);
                        assert!(count == 0 || count >= 10);
                        told += 1;
                    }
                    Shown::Suppressed => hidden += 1,
                    other => panic!("{other:?}"),
                }
            }
        }
        for rate in &table.rates {
            let all = |stage: Stage| stages[stage as usize].len() as u64;
            assert_eq!(rate.part + rate.others_part, all(rate.stage));
            assert_eq!(rate.whole + rate.others_whole, all(rate.of));
            let relative = katz(rate.part, rate.whole, rate.others_part, rate.others_whole);
            assert_eq!(rate.relative, relative);
        }
    }
    assert!(hidden > 20 && told > 40, "{hidden} hidden, {told} told");
}

fn group(dimension: &str, value: &str) -> String {
    let name = match (dimension, value) {
        ("sex", "F") => "Female",
        ("sex", "M") => "Male",
        ("sex", "X") => "Another",
        ("sex", _) => "Not known",
        ("borough", "") => "Not recorded",
        ("borough", borough) => borough,
        (_, "O1") => "Asian",
        (_, code) => match code.chars().next() {
            Some('A') => "Asian",
            Some('B') => "Black",
            Some('M') => "Mixed",
            Some('W') => "White",
            Some('O') => "Other",
            _ => "Not stated",
        },
    };
    name.to_owned()
}

#[test]
fn people_under_age_are_counted_apart_and_bands_follow_birthdays() {
    let site = decided();
    let held = take(&site, MORNING);
    let ages = &held.dimensions[1];
    assert_eq!(ages.name, "age");
    let names: Vec<&str> = ages
        .groups
        .iter()
        .map(|group| group.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "10 to 17, not ranked",
            "18 to 24",
            "25 to 34",
            "35 to 44",
            "45 to 54",
            "55 and over",
            "Not known"
        ]
    );
    let young = set(
        &site,
        "select nominal_id from ledger.list_entries group by 1 \
         having bool_or(standing = 'under_18') and not bool_or(standing = 'ranked')",
    );
    assert!(young.len() >= 10);
    assert_eq!(ages.groups[0].counts[0], Shown::Count(young.len() as u64));
    assert!(
        ages.groups[0].counts[1..]
            .iter()
            .all(|shown| *shown == Shown::NotApplicable)
    );
    let born: Vec<Vec<String>> = site.query(
        "select distinct entries.nominal_id, date_of_birth from ledger.list_entries as entries \
         inner join core.people on person_id = nominal_id where standing = 'ranked'",
    );
    let aged = |from: &str, to: &str| {
        let is_within = |row: &&Vec<String>| row[1].as_str() > from && row[1].as_str() <= to;
        born.iter().filter(is_within).count() as u64
    };
    // Born on 21 November 2001: 25 that day.
    assert_eq!(
        ages.groups[1].counts[0],
        Shown::Count(aged("2001-11-21", "2008-11-21"))
    );
    assert_eq!(
        ages.groups[2].counts[0],
        Shown::Count(aged("1991-11-21", "2001-11-21"))
    );
}

#[test]
fn without_a_decision_nobody_is_said_to_be_accepted() {
    let site = decided();
    // Before the first decision.
    let held = take(&site, "2026-09-01");
    assert_eq!(held.lists, 1);
    assert_eq!(held.totals[2], Shown::Unavailable);
    assert_eq!(held.totals[3], Shown::Unavailable);
    let rates = held
        .dimensions
        .iter()
        .flat_map(|dimension| &dimension.rates);
    assert!(rates.clone().count() > 0);
    assert!(rates.into_iter().all(|rate| rate.stage != Stage::Accepted));
    let error = fairness::take(
        site.store.connection(),
        Some(AsOf(day("2026-08-31"))),
        London,
    );
    assert!(error.unwrap_err().to_string().contains("2026-08-31"));
}

#[test]
fn a_finding_says_the_figures_and_claims_no_cause() {
    let mut site = decided();
    let held = take(&site, MORNING);
    let all: Vec<String> = held.dimensions.iter().map(sentence::finding).collect();
    assert_eq!(all.len(), 4);
    for said in &all {
        assert!(said.contains("which this does not explain"), "{said}");
        for word in ["because", "bias", "due to", "caused"] {
            assert!(!said.contains(word), "{said}");
        }
    }
    let made = held.multiplicity;
    let outside = held
        .dimensions
        .iter()
        .flat_map(|dimension| &dimension.rates)
        .filter_map(|rate| rate.relative)
        .filter(|relative| relative.low > 1.0 || relative.high < 1.0);
    assert_eq!(made.outside, outside.count() as u64);
    assert!((made.expected_by_chance - made.comparisons as f64 / 20.0).abs() < 1e-9);
    let json: serde_json::Value =
        serde_json::from_str(&site.told(&["list", "fairness", "--json", "--as-of", MORNING]))
            .unwrap();
    let counts = &json["dimensions"][0]["groups"][2]["counts"];
    assert_eq!(counts[1], "[c]", "{counts}");
    let text = site.told(&["list", "fairness", "--as-of", MORNING]);
    for said in &all {
        assert!(text.contains(said.as_str()), "{said}");
    }
}

/// Each person of some, and another of them: shuffled with a fixed start, so
/// that a failure can be seen again.
fn donors(ids: &[String], start: u64) -> BTreeMap<String, String> {
    let mut shuffled = ids.to_vec();
    let mut state = start;
    for at in (1..shuffled.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        shuffled.swap(at, (state >> 33) as usize % (at + 1));
    }
    ids.iter().cloned().zip(shuffled).collect()
}

fn landed(site: &Site, source: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(site.landing())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with(&format!("{source}_")) && name.ends_with(".csv")
        })
        .collect();
    found.sort();
    assert!(!found.is_empty(), "{source}");
    found
}

fn rows(path: &PathBuf) -> Vec<csv::StringRecord> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(path)
        .unwrap();
    reader.records().map(Result::unwrap).collect()
}

const BORN: usize = 3;
/// Places of sex, ethnicity and home borough.
const GROUPS: [usize; 3] = [4, 5, 6];

/// Gives every suspect who is no victim the sex, ethnicity and home borough of
/// another; and of those, everyone who was of age at every allegation the date
/// of birth of another such person. Returns how many suspects there are, and
/// how many were changed in each way.
fn permute(site: &Site) -> (usize, usize, usize) {
    let mut committed: BTreeMap<String, String> = BTreeMap::new();
    for row in landed(site, "crimes").iter().flat_map(rows) {
        committed.insert(row[0].to_owned(), row[4].to_owned());
    }
    let (mut suspects, mut others) = (BTreeSet::new(), BTreeSet::new());
    let mut long_ago = BTreeSet::new();
    for row in landed(site, "parties").iter().flat_map(rows) {
        match &row[2] {
            "suspect" => suspects.insert(row[1].to_owned()),
            _ => others.insert(row[1].to_owned()),
        };
        if committed.get(&row[0]).is_none_or(|on| on.as_str() < "2018") {
            long_ago.insert(row[1].to_owned());
        }
    }
    let files = landed(site, "nominals");
    let mut known: BTreeMap<String, csv::StringRecord> = BTreeMap::new();
    for row in files.iter().flat_map(rows) {
        // A merged record may stand for a victim.
        if !row[8].is_empty() {
            others.extend([row[0].to_owned(), row[8].to_owned()]);
        }
        known.insert(row[0].to_owned(), row);
    }
    let free: Vec<String> = suspects
        .iter()
        .filter(|id| !others.contains(*id) && known.contains_key(*id))
        .cloned()
        .collect();
    let is_of_age = |id: &&String| {
        let born = &known[*id][BORN];
        !born.is_empty() && born < "2000" && !long_ago.contains(*id)
    };
    let adults: Vec<String> = free.iter().filter(is_of_age).cloned().collect();
    let (groups, births) = (donors(&free, 1), donors(&adults, 2));
    for path in &files {
        rewrite(path, |cells| {
            if let Some(donor) = groups.get(&cells[0]) {
                for at in GROUPS {
                    known[donor][at].clone_into(&mut cells[at]);
                }
            }
            if let Some(donor) = births.get(&cells[0]) {
                known[donor][BORN].clone_into(&mut cells[BORN]);
            }
        });
    }
    let differ = |donors: &BTreeMap<String, String>, places: &[usize]| {
        let is_other = |(id, donor): &(&String, &String)| {
            places
                .iter()
                .any(|at| known[*id][*at] != known[*donor][*at])
        };
        donors.iter().filter(is_other).count()
    };
    (
        suspects.len(),
        differ(&groups, &GROUPS),
        differ(&births, &[BORN]),
    )
}

/// Changes each row of a file; its manifest no longer fits and goes.
fn rewrite(path: &PathBuf, mut change: impl FnMut(&mut Vec<String>)) {
    let mut writer = csv::WriterBuilder::new()
        .has_headers(false)
        .from_writer(Vec::new());
    for row in rows(path) {
        let mut cells: Vec<String> = row.iter().map(ToOwned::to_owned).collect();
        change(&mut cells);
        writer.write_record(&cells).unwrap();
    }
    std::fs::write(path, writer.into_inner().unwrap()).unwrap();
    let manifest = PathBuf::from(format!("{}.manifest.json", path.display()));
    if manifest.exists() {
        std::fs::remove_file(manifest).unwrap();
    }
}

#[test]
fn permuting_sex_age_ethnicity_and_borough_changes_no_score_and_no_rank() {
    let plain = Site::with_london(1_200, 5, 0.0);
    let permuted = Site::with_london(1_200, 5, 0.0);
    let (suspects, regrouped, reborn) = permute(&permuted);
    assert!(
        regrouped * 2 > suspects,
        "{regrouped} of {suspects} changed"
    );
    assert!(reborn * 3 > suspects, "{reborn} of {suspects} changed");
    for site in [&plain, &permuted] {
        listed(site);
        site.run("harm-list", "2026-11-01").unwrap();
    }
    let people = "select person_id, sex, ethnicity, home_borough, date_of_birth from core.people \
                  order by person_id";
    let differing = plain.query(people).into_iter().zip(permuted.query(people));
    assert!(differing.filter(|(a, b)| a != b).count() * 2 > suspects);
    // Everything that is frozen of everyone, but the age that is printed.
    let entries = "select * exclude (age), array_to_string(identities, ' ') \
                   from ledger.list_entries order by list_id, nominal_id";
    let contributions = "select * from ledger.list_contributions \
                         order by list_id, nominal_id, crime_ref";
    for sql in [entries, contributions] {
        let (before, after) = (plain.query(sql), permuted.query(sql));
        assert!(before.len() > 1_000, "{}", before.len());
        assert_eq!(before, after);
    }
    // The report by groups does see the difference.
    let told = |site: &Site| take(site, MORNING).dimensions;
    assert_ne!(told(&plain), told(&permuted));
}

#[test]
fn the_statements_that_score_and_rank_read_no_such_column() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("jobs/harm-list");
    let words = |name: &str| -> BTreeSet<String> {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let code: Vec<&str> = text
            .lines()
            .map(|line| line.split("--").next().unwrap())
            .collect();
        code.join("\n")
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .map(str::to_lowercase)
            .collect()
    };
    let forbidden = [
        "sex",
        "ethnicity",
        "home_borough",
        "borough",
        "ward",
        "easting",
        "northing",
        "surname",
        "forenames",
        "nominals",
    ];
    for name in ["ranking.sql", "contributions.sql", "people.sql"] {
        let words = words(name);
        assert!(words.contains("person_key"), "{name} was not read");
        for word in forbidden {
            assert!(!words.contains(word), "{name} reads {word}");
        }
        // A date of birth decides who is under age, and is told; it enters
        // no score.
        assert_eq!(
            words.contains("date_of_birth"),
            name == "people.sql",
            "{name}"
        );
        assert_eq!(words.contains("born_on"), name == "ranking.sql", "{name}");
    }
}
