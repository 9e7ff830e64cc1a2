//! Every number of the sentences about a person, proved from the frozen rows.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;

use crate::support::{MORNING, Site, day, london};

const WORDS: [&str; 10] = [
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];

/// Everyone on the newest list of London, as the program explains them.
fn explained(site: &mut Site) -> Vec<Value> {
    (1..=100)
        .map(|rank| {
            let told = site.told(&["list", "explain", "--rank", &rank.to_string(), "--json"]);
            serde_json::from_str(&told).unwrap()
        })
        .collect()
}

#[test]
fn every_number_of_the_sentences_about_the_hundred_is_that_of_the_frozen_rows() {
    let mut site = london();
    let people = explained(&mut site);
    assert_eq!(people.len(), 100);
    for (rank, person) in (1_u64..).zip(&people) {
        let id = person["nominal_id"].as_str().unwrap();
        let sentence = |place: usize| person["sentences"][place].as_str().unwrap();
        prove_accusation(&site, id, sentence(0));
        prove_firmness(&site, id, rank, sentence(1));
    }
}

/// How many of something a sentence tells; 0 when it does not speak of it.
fn told_of(sentence: &str, nouns: &[&str]) -> u64 {
    let clean = sentence.replace([',', ';', '.'], "").to_lowercase();
    let words: Vec<&str> = clean.split(' ').collect();
    let Some(place) = words.iter().position(|word| nouns.contains(word)) else {
        return 0;
    };
    let number = words[place - 1];
    let spelled = WORDS.iter().position(|word| *word == number);
    spelled.map_or_else(|| number.parse().unwrap(), |value| value as u64)
}

/// The text between two marks.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text
        .find(from)
        .unwrap_or_else(|| panic!("no {from:?}: {text}"))
        + from.len();
    let length = text[start..]
        .find(to)
        .unwrap_or_else(|| panic!("no {to:?}: {text}"));
    &text[start..start + length]
}

fn prove_accusation(site: &Site, id: &str, sentence: &str) {
    let held = format!(
        "(select * from ledger.list_contributions \
         where list_id = 4 and nominal_id = '{id}' and is_counted)"
    );
    let number = |sql: &str| -> u64 { site.one(sql).parse().unwrap() };
    let (who, what) = sentence.split_once("; ").unwrap();

    let allegations = number(&format!("select count(*) from {held}"));
    assert_eq!(
        told_of(who, &["allegation", "allegations"]),
        allegations,
        "{sentence}"
    );

    let victims = victims(site, &held);
    let told = [
        told_of(who, &["woman", "women"]),
        told_of(who, &["girl", "girls"]),
        told_of(who, &["other"]),
    ];
    assert_eq!(told, victims, "{id}: {sentence}");

    let dates = site.query(&format!(
        "select min(reported_on), max(reported_on) from {held}"
    ));
    let (first, last) = (day(&dates[0][0]), day(&dates[0][1]));
    assert!(
        who.ends_with(&reported(first, last)),
        "{first} {last}: {sentence}"
    );

    // What weighs most: one of those with the most harm, told in full.
    let worst = site.query(&format!(
        "select ho_code, weight_days, offence_count, status, coalesce(outcome_code::varchar, ''), \
             harm_days, (select sum(harm_days) from {held}) \
         from {held} qualify harm_days = max(harm_days) over () and crime_ref = ( \
             select worst_crime_ref from ledger.list_entries \
             where list_id = 4 and nominal_id = '{id}')"
    ));
    assert_eq!(worst.len(), 1, "{id}");
    let worst = &worst[0];
    let days = |text: &str| text.replace(',', "").parse::<f64>().unwrap();
    let tail = &what[what.find(&format!(", {}, ", worst[0])).unwrap()..];
    let weight = tail.split(", ").nth(2).unwrap();
    assert_eq!(
        days(weight.split(' ').next().unwrap()),
        days(&worst[1]),
        "{sentence}"
    );
    if worst[2] == "1" {
        assert!(!weight.contains("times"), "{sentence}");
    } else {
        assert_eq!(
            between(weight, "times ", " offences"),
            worst[2],
            "{sentence}"
        );
    }
    let status = if worst[4].is_empty() {
        format!(", {}.", worst[3])
    } else {
        format!(", {}, outcome {}.", worst[3], worst[4])
    };
    assert!(
        tail.ends_with(&format!(", starter table 2026{status}")),
        "{sentence}"
    );

    let share = days(&worst[5]) / days(&worst[6]) * 100.0;
    if allegations == 1 {
        assert!(
            what.starts_with("the score is that of one allegation of"),
            "{sentence}"
        );
    } else if let Some(rest) = what.strip_prefix("over 99%") {
        assert!(
            rest.starts_with(" of the score") && share > 99.0 && share < 100.0,
            "{sentence}"
        );
    } else {
        let told = days(what.split('%').next().unwrap());
        assert!(
            (told - share).abs() <= 0.5 && told < 100.0,
            "{share}: {sentence}"
        );
    }
}

/// Women, girls and others among the victims of counted allegations, each once.
fn victims(site: &Site, held: &str) -> [u64; 3] {
    let rows = site.query(&format!(
        "select \
             count(*) filter (where sex = 'F' and (age is null or age >= 18)), \
             count(*) filter (where sex = 'F' and age < 18), \
             count(*) filter (where sex is distinct from 'F') \
         from ( \
             select victims.person_key, any_value(people.sex) as sex, min(date_sub('year', \
                 people.date_of_birth, crimes.reported_on)) as age \
             from {held} as held \
             inner join core.crimes as crimes using (crime_ref) \
             inner join core.victims as victims using (crime_key) \
             inner join core.people as people on people.person_key = victims.person_key \
             group by victims.person_key)"
    ));
    let number = |place: usize| rows[0][place].parse().unwrap();
    [number(0), number(1), number(2)]
}

fn reported(first: NaiveDate, last: NaiveDate) -> String {
    let show = |date: NaiveDate, how: &str| date.format(how).to_string();
    if first == last {
        return format!("reported on {}", show(first, "%-d %B %Y"));
    }
    let (from, to) = (show(first, "%B %Y"), show(last, "%B %Y"));
    if from == to {
        return format!("reported in {to}");
    }
    let is_one_year = show(first, "%Y") == show(last, "%Y");
    let from = show(first, if is_one_year { "%B" } else { "%B %Y" });
    format!("reported between {from} and {to}")
}

fn prove_firmness(site: &Site, id: &str, rank: u64, sentence: &str) {
    let ranks = site.query(&format!(
        "select coalesce(rank::varchar, '') from ledger.list_variant_ranks \
         where list_id = 4 and nominal_id = '{id}' \
             and (rank is not null or not starts_with(variant, 'edition:'))"
    ));
    assert!([5, 6].contains(&ranks.len()), "{id}");
    let places: Vec<u64> = ranks
        .concat()
        .iter()
        .filter_map(|rank| rank.parse().ok())
        .collect();
    let best = places.iter().copied().fold(rank, u64::min);
    let worst = if places.len() < ranks.len() {
        "unranked".to_owned()
    } else {
        places.iter().copied().fold(rank, u64::max).to_string()
    };
    let span = format!("Rank {rank} ({best} to {worst}). ");
    let rest = sentence
        .strip_prefix(&span)
        .unwrap_or_else(|| panic!("{span}: {sentence}"));
    let held = site.query(&format!(
        "select coalesce(rank_without::varchar, '') from ledger.list_contributions \
         where list_id = 4 and nominal_id = '{id}' and is_counted"
    ));
    let without: Vec<u64> = held
        .concat()
        .iter()
        .filter_map(|rank| rank.parse().ok())
        .collect();
    let highest = without.iter().copied().max();
    if held.len() == 1 {
        assert_eq!(
            rest,
            "Without its one allegation the person would have no rank."
        );
    } else if highest == Some(rank) {
        assert_eq!(rest, "No single allegation decides the rank.", "{id}");
    } else {
        let told = between(
            rest,
            "Without the allegation that weighs most the rank would be ",
            ".",
        );
        assert_eq!(
            told.replace(',', "").parse::<u64>().ok(),
            highest,
            "{sentence}"
        );
    }
}

#[test]
fn every_mark_that_the_list_shows_is_that_of_the_frozen_row() {
    let mut site = london();
    let shown = site.told(&["list", "show"]);
    let rows = site.query(
        "select nominal_id, is_in_custody, is_blocked, has_counter_allegation and not is_blocked, \
             is_restricted, was_under_18, len(identities) > 1, unscored_allegations > 0 \
         from ledger.list_entries where list_id = 4 and rank <= 100 order by rank",
    );
    let marks = [
        "in custody",
        "counter-allegation, blocked until reviewed",
        "counter-allegation, reviewed",
        "restricted",
        "alleged when under 18",
        "merged identities",
        "unscored allegations",
    ];
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        let is_of_row = |line: &&str| line.split_whitespace().any(|word| word == row[0]);
        let lines: Vec<&str> = shown.lines().filter(is_of_row).collect();
        assert_eq!(lines.len(), 1, "{}", row[0]);
        for (mark, holds) in marks.iter().zip(&row[1..]) {
            assert_eq!(
                lines[0].contains(mark),
                holds == "true",
                "{mark}: {}",
                lines[0]
            );
            *times.entry(mark).or_default() += usize::from(holds == "true");
        }
    }
    for mark in ["in custody", "alleged when under 18"] {
        assert!(times[mark] > 0, "nobody is marked {mark}");
    }
}

#[test]
fn the_words_for_refused_crimes_ties_and_margin_are_the_counts_of_the_ledger() {
    let mut site = london();
    let count = |site: &Site, key: &str| {
        site.one(&format!(
            "select counts ->> '$.{key}' from ledger.lists where list_id = 4"
        ))
    };
    let shown = site.told(&["list", "show"]);
    let refused = site.query(
        "select unnest(cast(counts -> '$.refused_crimes' as varchar[])) \
         from ledger.lists where list_id = 4",
    );
    let told = between(&shown, "Refused crimes: ", ".\n");
    let wanted = if refused.is_empty() {
        "none".to_owned()
    } else {
        refused.concat().join(", ")
    };
    assert_eq!(told, wanted);

    // The tie and the margin from the entries, the counts and the words.
    let scores = site.query(
        "select max(score_days) filter (where rank = 100), max(score_days) filter (where rank = 101) \
         from ledger.list_entries where list_id = 4",
    );
    let days = |text: &str| text.replace(',', "").parse::<f64>().unwrap();
    let margin = days(&scores[0][0]) - days(&scores[0][1]);
    assert_eq!(days(&count(&site, "margin_days")), margin);
    let tied = site.one(&format!(
        "select count(*) from ledger.list_entries \
         where list_id = 4 and rank is not null and score_days = {}",
        scores[0][0]
    ));
    assert_eq!(count(&site, "tied_at_cut"), tied);
    let line = shown
        .lines()
        .find(|line| line.contains("margin at 100/101"))
        .unwrap();
    assert_eq!(days(between(line, "margin at 100/101: ", " days")), margin);
    assert!(
        line.ends_with(&format!("tied at the cut: {tied}")),
        "{line}"
    );

    let pack = site
        .dir
        .join(format!("reports/{MORNING}/harm-list-pack.html"));
    let pack = std::fs::read_to_string(pack).unwrap();
    let row = between(&pack, "Crimes refused until corrected, not scored", "</tr>");
    assert!(row.contains(&format!(">{}</td>", refused.len())), "{row}");
    if margin > 0.0 {
        let told = between(&pack, "Rank 100 stands ", " above rank 101");
        assert_eq!(days(told.split(' ').next().unwrap()), margin);
    } else {
        assert!(pack.contains("Ranks 100 and 101 have the same score"));
        assert!(pack.contains(&format!("{tied} people share it")));
    }
}
