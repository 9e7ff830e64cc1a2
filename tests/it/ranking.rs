//! The program's ranking against the oracle's, person by person.

use std::collections::BTreeMap;

use crate::oracle::{self, Standing};
use crate::support::{MORNING, Site, day, london};

#[test]
fn every_list_of_london_equals_the_oracle() {
    let site = london();
    for (list_id, as_of) in [
        (1, "2026-09-01"),
        (2, "2026-10-01"),
        (3, "2026-11-01"),
        (4, MORNING),
    ] {
        compare(&site, list_id, as_of);
    }
}

#[test]
fn a_second_london_equals_the_oracle() {
    let site = Site::with_london(1_000, 42, 0.02);
    site.run("nightly-ingest", MORNING).unwrap();
    site.run("harm-list", MORNING).unwrap();
    compare(&site, 1, MORNING);
}

fn compare(site: &Site, list_id: i64, as_of: &str) {
    let facts = oracle::Facts::read(&site.landing(), &site.dir.join("jobs"), day(MORNING));
    let wanted = facts.rank(day(as_of));
    let rows = site.query(&format!(
        "select nominal_id, standing, rank, rank_at_liberty, rank_without_nfa, score_days, \
             score_without_nfa_days, allegations, offences, victims, repeat_victims, worst_days, \
             latest_reported_on, domestic_abuse_allegations, no_further_action_allegations, \
             unscored_allegations, is_in_custody, has_counter_allegation, was_under_18, age, \
             array_to_string(identities, ' '), worst_crime_ref \
         from ledger.list_entries where list_id = {list_id}"
    ));
    let found: BTreeMap<String, Vec<String>> =
        rows.into_iter().map(|row| (row[0].clone(), row)).collect();
    assert!(wanted.people.len() > 900, "{}", wanted.people.len());
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        wanted.people.keys().collect::<Vec<_>>(),
        "list {list_id}: not the same people"
    );
    for (id, person) in &wanted.people {
        let row = &found[id];
        let text = |value: Option<usize>| value.map_or_else(String::new, |v| v.to_string());
        let expected = vec![
            id.clone(),
            match person.standing {
                Standing::Eligible => "ranked",
                Standing::Under18 => "under_18",
                Standing::Deceased => "deceased",
            }
            .to_owned(),
            text(person.rank),
            text(person.rank_at_liberty),
            text(person.rank_without_nfa),
            format!("{:.3}", person.score),
            format!("{:.3}", person.score_without_nfa),
            person.allegations.to_string(),
            person.offences.to_string(),
            person.victims.len().to_string(),
            person.repeat_victims.to_string(),
            format!("{:.3}", person.worst),
            // A person with unscored allegations only has no latest counted one.
            person
                .latest_reported
                .map_or_else(|| row[12].clone(), |date| date.to_string()),
            person.domestic_abuse_allegations.to_string(),
            person.no_further_action_allegations.to_string(),
            person.unscored_allegations.to_string(),
            person.is_in_custody.to_string(),
            person.has_counter_allegation.to_string(),
            person.was_under_18.to_string(),
            person.age.map_or_else(String::new, |age| age.to_string()),
            person
                .identities
                .iter()
                .cloned()
                .collect::<Vec<_>>()
                .join(" "),
        ];
        assert_eq!(row[..21], expected, "list {list_id}: {id}");
        if person.allegations > 0 {
            assert!(
                person.worst_crimes.contains(&row[21]),
                "list {list_id}: {id}: {}",
                row[21]
            );
        }
    }
    compare_totals(site, list_id, &wanted);
    compare_refused(site, &facts);
}

fn compare_totals(site: &Site, list_id: i64, wanted: &oracle::Ranking) {
    let totals = &wanted.totals;
    let count = |key: &str| {
        site.one(&format!(
            "select counts ->> '$.{key}' from ledger.lists where list_id = {list_id}"
        ))
    };
    let whole = |key: &str| count(key).parse::<usize>().unwrap();
    assert_eq!(whole("ranked"), totals.ranked);
    assert_eq!(whole("under_18_not_ranked"), totals.under_18);
    assert_eq!(whole("deceased_removed"), totals.deceased);
    assert_eq!(whole("unscored_allegations"), totals.unscored_allegations);
    assert_eq!(whole("tied_at_cut"), totals.tied_at_cut);
    assert_eq!(whole("listed"), totals.listed);
    assert_eq!(whole("listed_allegations"), totals.listed_allegations);
    assert_eq!(whole("listed_victims"), totals.listed_victims);
    assert_eq!(whole("in_custody"), totals.listed_in_custody);
    assert_eq!(
        whole("counter_allegation"),
        totals.listed_counter_allegation
    );
    assert_eq!(whole("merged"), totals.listed_merged);
    assert_eq!(whole("alleged_when_under_18"), totals.listed_was_under_18);
    assert_eq!(whole("no_further_action"), totals.listed_no_further_action);
    let codes: Vec<String> = totals
        .unscored_codes
        .iter()
        .map(|code| format!("\"{code}\""))
        .collect();
    assert_eq!(count("unscored_codes"), format!("[{}]", codes.join(",")));
    assert_eq!(whole("proactive_left_out"), totals.proactive_left_out);
    let harm = |key: &str| count(key).parse::<f64>().unwrap();
    let decimal = |value: rust_decimal::Decimal| value.to_string().parse::<f64>().unwrap();
    assert_eq!(harm("all_harm_days"), decimal(totals.all_harm));
    assert_eq!(harm("listed_harm_days"), decimal(totals.listed_harm));
    assert_eq!(harm("last_on_days"), decimal(totals.last_on.unwrap()));
    assert_eq!(harm("first_off_days"), decimal(totals.first_off.unwrap()));
    assert_eq!(harm("margin_days"), decimal(totals.margin.unwrap()));
    assert_eq!(harm("median_days"), decimal(totals.median.unwrap()));
    assert!((harm("gini") - totals.gini.unwrap()).abs() < 1e-9);
}

/// The same lines rejected, in every file that the oracle reads.
fn compare_refused(site: &Site, facts: &oracle::Facts) {
    assert!(!facts.refused.is_empty());
    for (file, refused) in &facts.refused {
        let lines: Vec<u64> = site
            .query(&format!(
                "select distinct line from ledger.rejects join ledger.batches using (batch_id) \
                 where file_name = '{file}' order by line"
            ))
            .iter()
            .map(|row| row[0].parse().unwrap())
            .collect();
        assert_eq!(
            lines,
            refused.rejected.keys().copied().collect::<Vec<_>>(),
            "{file}"
        );
        let batch = site.query(&format!(
            "select rows_read, rows_duplicate from ledger.batches where file_name = '{file}'"
        ));
        let wanted = [refused.rows.to_string(), refused.duplicates.to_string()];
        assert_eq!(batch, [wanted], "{file}");
    }
}
