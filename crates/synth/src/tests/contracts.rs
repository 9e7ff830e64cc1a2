//! Whether a source's contract is sure to catch what faults spoil in it.

use super::super::source::{Kind, Source};
use super::super::{
    disclosures, engagements, faults, interventions, order_breaches, panel_reviews, patrols,
    pilots, place_reports, training, victim_services,
};
use std::path::Path;
use toml::{Table, Value};

const SOURCES: [&Source; 10] = [
    &order_breaches::ORDER_BREACHES,
    &interventions::INTERVENTIONS,
    &disclosures::DISCLOSURES,
    &victim_services::VICTIM_SERVICES,
    &training::TRAINING,
    &panel_reviews::PANEL_REVIEWS,
    &engagements::ENGAGEMENTS,
    &patrols::PATROLS,
    &place_reports::PLACE_REPORTS,
    &pilots::PILOTS,
];

fn contract(source: &Source) -> Table {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .join("jobs/nightly-ingest/sources")
        .join(format!("{}.toml", source.name));
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

fn words(value: &Value) -> Vec<&str> {
    let words = value.as_array().unwrap().iter();
    words.map(|word| word.as_str().unwrap()).collect()
}

#[test]
fn a_contract_names_the_columns_and_the_key_of_its_source() {
    for source in SOURCES {
        let contract = contract(source);
        let columns = contract["columns"].as_array().unwrap().iter();
        let names: Vec<&str> = columns.map(|c| c["name"].as_str().unwrap()).collect();
        assert_eq!(names, source.header().collect::<Vec<_>>());
        assert_eq!(words(&contract["key"]), names[..source.keys]);
        for key in &contract["columns"].as_array().unwrap()[..source.keys] {
            assert_eq!(key["required"].as_bool(), Some(true), "{}", source.name);
        }
    }
}

#[test]
fn a_contract_types_every_column_that_faults_spoil() {
    for source in SOURCES {
        let contract = contract(source);
        let columns = contract["columns"].as_array().unwrap();
        for ((name, holds), column) in source.columns.iter().zip(columns) {
            let (name, kind) = (format!("{}.{name}", source.name), &column["type"]);
            let expected: &[&str] = match holds {
                Kind::Text | Kind::Choice(_) => &["text", "identifier"],
                Kind::Date => &["date"],
                Kind::Moment => &["timestamp"],
                Kind::Number => &["integer", "decimal"],
                Kind::Flag => &["boolean"],
                Kind::Code => &["ho_code"],
            };
            assert!(expected.contains(&kind.as_str().unwrap()), "{name}: {kind}");
            if let Kind::Choice(choices) = holds {
                assert_eq!(words(&column["values"]), *choices, "{name}");
            }
        }
    }
}

#[test]
fn a_misspelt_word_is_never_another_that_is_allowed() {
    for source in SOURCES {
        for (name, holds) in source.columns {
            let Kind::Choice(choices) = holds else {
                continue;
            };
            for word in *choices {
                let spoilt = faults::misspelt(word);
                assert!(!choices.contains(&spoilt.as_str()), "{name}: {spoilt}");
            }
        }
    }
}
