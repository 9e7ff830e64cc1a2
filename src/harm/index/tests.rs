use std::path::Path;

use super::basket::Condition;
use super::weights::Basis;
use super::*;
use crate::model::basket_name::BasketName;

fn problems(role: Role, text: &str) -> String {
    let file = "t.csv".to_owned();
    let text = text.to_owned();
    let error = Reference::parse(vec![Input { role, file, text }]).unwrap_err();
    format!("{error:#}")
}

fn shipped(edition: &str) -> Reference {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Reference::load(root, BasketName::Npcc, edition, &[]).unwrap()
}

#[test]
fn the_starter_weighs_every_code_of_the_basket_that_can_count() {
    let reference = shipped("starter-2026");
    let cover = coverage::measure(&reference, None).unwrap();
    assert_eq!(cover.basket.without, Vec::<String>::new());
    let can_count = |row: &&BasketRow| row.condition != Condition::Never;
    let counting = reference.basket.iter().filter(can_count).count();
    assert_eq!(
        (cover.basket.codes, cover.basket.weighed),
        (counting, counting)
    );
    assert!(counting > 300, "{counting}");
    assert_eq!(cover.alias_doubts, Vec::<String>::new());
}

#[test]
fn an_analogue_of_the_starter_names_a_code_that_is_none() {
    let weights = &shipped("starter-2026").editions[0].weights;
    let find = |code: &str| weights.iter().find(|weight| weight.ho_code == code);
    let mut analogues = 0;
    for weight in weights.iter().filter(|w| w.basis == Basis::Analogue) {
        let near = weight.source.strip_prefix("analogue of ").unwrap();
        analogues += 1;
        let (code, category) = near.split_once(", ").unwrap_or((near, ""));
        let Some(near) = find(code) else {
            // An offence outside the basket, by its guideline.
            assert!(near.contains("Sentencing Council (in force"), "{weight:?}");
            continue;
        };
        assert_ne!(near.basis, Basis::Analogue, "{weight:?}");
        // Another weight only where the row says which category it takes.
        assert_eq!(weight.days == near.days, category.is_empty(), "{weight:?}");
    }
    assert!(analogues > 200, "{analogues}");
}

/// Rows of the index that were once taken for others: the published chart prints
/// the highest row of a code, and the rule left out community orders.
#[test]
fn the_starter_stands_on_the_lowest_starting_point_and_not_on_old_anchors() {
    let weights = &shipped("starter-2026").editions[0].weights;
    let held = weights::by_key(weights);
    let days = |code, title| weights::find(&held, code, title).unwrap().days.to_string();
    let (serious, minor) = (
        "Assault with Injury - Malicious wounding: wounding or inflicting grievous bodily harm (Serious wound or equivalent)",
        "Assault with Injury - Malicious wounding: wounding or inflicting grievous bodily harm (Minor wound or equivalent)",
    );
    for (code, title, right, wrong) in [
        ("008/06", "", "10", "182"),
        ("008/01", "", "19", "1825"),
        ("008/01", minor, "19", "182"),
        ("008/01", serious, "547.5", "182"),
        ("003/01", "", "10", "182"),
        ("008/30", "", "5", "252"),
        ("020/05", "", "19", "182"),
        ("019/07", "", "2555", "1825"),
        ("005/10", "", "3285", "182"),
        ("005/04", "", "2190", "365"),
        ("086/10", "", "19", "182"),
        ("036/05", "", "2190", ""),
        ("008/77", "", "365", ""),
    ] {
        assert_eq!(days(code, title), right, "{code} {title}");
        assert_ne!(right, wrong);
    }
    // A high level community order is whole days, never 18.75.
    assert!(
        weights
            .iter()
            .all(|weight| weight.days.to_string() != "18.75")
    );
}

#[test]
fn a_guideline_row_names_guideline_version_and_category() {
    for weight in &shipped("starter-2026").editions[0].weights {
        let source = &weight.source;
        let named = match weight.basis {
            Basis::Published => source.starts_with("CCHI 20"),
            Basis::Guideline => {
                let version = ["(in force ", "(4 Aug 2008)"];
                let rest = version.iter().find_map(|v| source.split_once(v));
                rest.is_some_and(|(_, category)| category.contains(", "))
            }
            Basis::Analogue => source.starts_with("analogue of "),
        };
        assert!(named, "{weight:?}");
    }
}

#[test]
fn a_title_has_its_own_weight_and_every_other_that_of_the_code() {
    let text = "ho_code,for_title,title,days,basis,source\n\
                008/01,,Wounding,19,guideline,x\n\
                008/01,Wounding: (Serious),Serious wounding,547.5,guideline,x\n";
    let weights = weights::parse("e.csv", text).unwrap();
    let held = weights::by_key(&weights);
    let days = |title: &str| {
        let found = weights::find(&held, "008/01", title).unwrap();
        found.days.to_string()
    };
    assert_eq!(days("WOUNDING serious"), "547.5");
    assert_eq!(days("Wounding \u{2013} \u{201c}serious\u{201d}"), "547.5");
    assert_eq!(days("Wounding (minor)"), "19");
    assert_eq!(days(""), "19");
    assert!(weights::find(&held, "008/02", "Wounding serious").is_none());
    let again = weights::render(&weights).unwrap();
    assert_eq!(weights::parse("e.csv", &again).unwrap(), weights);
}

#[test]
fn a_title_that_is_weighed_twice_or_is_none_is_told() {
    let head = "ho_code,for_title,title,days,basis,source\n008/01,Serious wound,x,5,guideline,x\n";
    for (row, wanted) in [
        (
            "008/01,SERIOUS-WOUND,x,6,guideline,x\n",
            "t.csv:3:8: 008/01,SERIOUS-WOUND,x,6,guideline,x\n    for_title is \"SERIOUS-WOUND\", which stands on line 2 already",
        ),
        (
            "008/01, - ,x,6,guideline,x\n",
            "for_title is \" - \"; expected a title with letters, or nothing",
        ),
    ] {
        let told = problems(Role::Edition, &format!("{head}{row}"));
        assert!(told.contains(wanted), "{told}");
    }
}

#[test]
fn every_code_of_the_basket_in_synthetic_london_has_a_weight() {
    let reference = shipped("starter-2026");
    let weights = &reference.editions[0].weights;
    let finder = basket::Finder::new(&reference.basket, &reference.aliases);
    let mut reader =
        csv::Reader::from_reader(include_str!("../../../crates/synth/src/offences.csv").as_bytes());
    let codes: Vec<String> = reader
        .records()
        .map(|record| record.unwrap()[0].to_owned())
        .collect();
    assert!(codes.contains(&"997/01".to_owned()));
    for code in &codes {
        let place = finder
            .row(code)
            .unwrap_or_else(|| panic!("{code} is in no basket"));
        assert_ne!(place.condition, Condition::Never, "{code}");
        assert!(
            weights.iter().any(|w| w.ho_code == finder.index_code(code)),
            "{code}"
        );
    }
}

#[test]
fn the_severity_score_stays_silent_where_nothing_was_published() {
    let reference = shipped("ons-severity");
    let weights = &reference.editions[0].weights;
    assert!(
        weights
            .iter()
            .all(|w| w.source.starts_with("ONS Crime Severity Score, "))
    );
    assert!(weights.iter().all(|w| w.basis != Basis::Guideline));
    // No value for a sexual offence was published.
    assert!(!weights.iter().any(|w| w.ho_code.starts_with("019/")));
    let cover = coverage::measure(&reference, None).unwrap();
    assert_eq!(cover.basket.weighed, weights.len());
}

#[test]
fn everything_wrong_is_told_with_line_and_column() {
    let head = "ho_code,title,days,basis,source,note\n001/01,\"Murder, x\",5475,published,x,\n";
    for (row, wanted) in [
        (
            "4.10,X,10,published,x,\n",
            "t.csv:3:1: 4.10,X,10,published,x,\n    ho_code is wrong: \"4.10\" is not a Home Office classification; expected NNN/SS",
        ),
        (
            "002/00,\"a, b\",0,published,x,\n",
            "t.csv:3:15: 002/00,\"a, b\",0,published,x,\n    days is 0; expected more than 0",
        ),
        (
            "002/00,X,1.2345,published,x,\n",
            "t.csv:3:10: 002/00,X,1.2345,published,x,\n    days is 1.2345; expected at most 3 decimals",
        ),
        (
            "002/00,X,40000,published,x,\n",
            "days is 40000; expected more than 0 days and at most 36525",
        ),
        (
            "002/00,X,ten,published,x,\n",
            "days is \"ten\"; expected a number of days",
        ),
        (
            "002/00,X,10,guess,x,\n",
            "t.csv:3:13: 002/00,X,10,guess,x,\n    basis is \"guess\"; expected one of published",
        ),
        (
            "002/00,X,10,published, ,\n",
            "source is empty; expected where",
        ),
        (
            "001/01,X,10,published,x,\n",
            "t.csv:3:1: 001/01,X,10,published,x,\n    ho_code is 001/01, which stands on line 2 already",
        ),
        (
            "002/00,X,10,published\n",
            "t.csv:3:1: 002/00,X,10,published\n    4 values in the line; expected 6",
        ),
    ] {
        for ending in ["\n", "\r\n"] {
            let told = problems(Role::Edition, &format!("{head}{row}").replace('\n', ending));
            assert!(told.contains(wanted), "{row}: {told}");
        }
    }
}

#[test]
fn a_header_that_is_wrong_is_told_by_its_column() {
    for (text, wanted) in [
        ("", "there is no column ho_code; expected ho_code, title"),
        (
            "ho_code,title,days,basis\n",
            "t.csv:1:1: ho_code,title,days,basis\n    there is no column source",
        ),
        (
            "ho_code,title,days,days,basis,source\n",
            "t.csv:1:20: ho_code,title,days,days,basis,source\n    the column days stands twice",
        ),
        (
            "ho_code,title,days,basis,source,rank\n",
            "\"rank\" is no column of this table; expected ho_code",
        ),
        ("ho_code,title,days,basis,source\n", "t.csv: has no rows"),
    ] {
        let told = problems(Role::Edition, text);
        assert!(told.contains(wanted), "{text}: {told}");
    }
}

#[test]
fn every_problem_of_every_table_is_told_at_once() {
    let inputs = [
        (
            Role::Aliases,
            "recorded_code,index_code,source\n1/1,001/01,x\n002/00,002/00,\n",
        ),
        (
            Role::Basket,
            "ho_code,vawg_group,condition,title\n001/01,Rape,sometimes,x\n001/01,rape,never,x\n",
        ),
        (
            Role::Edition,
            "ho_code,title,days,basis,source\n001/01,x,-1,guess,x\n",
        ),
    ];
    let inputs = inputs.into_iter().map(|(role, text)| Input {
        role,
        file: format!("{role:?}.csv"),
        text: text.to_owned(),
    });
    let error = Reference::parse(inputs.collect()).unwrap_err();
    let found = &error.downcast_ref::<Problems>().unwrap().0;
    let places: Vec<String> = found
        .iter()
        .map(|p| format!("{}:{}:{}", p.file, p.line, p.column))
        .collect();
    assert_eq!(
        places,
        [
            "Aliases.csv:2:1",
            "Aliases.csv:3:8",
            "Aliases.csv:3:15",
            "Basket.csv:2:8",
            "Basket.csv:2:13",
            "Basket.csv:3:1",
            "Edition.csv:2:10",
            "Edition.csv:2:13",
        ],
        "{error:#}"
    );
}

#[test]
fn an_alias_leads_one_step_and_never_in_a_circle() {
    let told = problems(
        Role::Aliases,
        "recorded_code,index_code,source\n008/03,008/05,x\n008/05,008/06,x\n008/06,008/03,x\n",
    );
    for line in ["t.csv:2:8", "t.csv:3:8", "t.csv:4:8"] {
        assert!(told.contains(line), "{told}");
    }
    assert!(
        told.contains("index_code is 008/05, which line 3 leads on"),
        "{told}"
    );
}

#[test]
fn an_alias_that_does_not_fit_an_edition_is_a_doubt() {
    let text = "ho_code,title,days,basis,source\n008/06,x,182,published,x\n012/00,x,5,published,x\n011/03,x,182,published,x\n008/37,x,9,published,x\n";
    let weights = weights::parse("e.csv", text).unwrap();
    let aliases = [
        ("008/05", "008/06"),
        ("012/00", "011/03"),
        ("019/06", "019/08"),
        ("008/37", "008/56"),
    ];
    let aliases: Vec<Alias> = aliases
        .iter()
        .map(|(from, to)| Alias {
            recorded_code: (*from).to_owned(),
            index_code: (*to).to_owned(),
            source: "x".to_owned(),
        })
        .collect();
    assert_eq!(
        aliases::doubts(&aliases, &weights),
        [
            "012/00 is led to 011/03 (182 days), and its own 5 days are set aside",
            "019/06 is led to 019/08, which has no weight: unscored",
            "008/37 is led to 008/56, which has no weight, and its own 9 days are set aside: unscored",
        ]
    );
}

#[test]
fn an_edition_that_was_written_reads_as_it_was() {
    for name in ["starter-2026", "ons-severity"] {
        let weights = &shipped(name).editions[0].weights;
        let text = weights::render(weights).unwrap();
        assert_eq!(weights::parse("e.csv", &text).unwrap(), *weights);
    }
}

#[test]
fn the_guide_counts_what_is_shipped() {
    let guide = include_str!("../../../docs/harm-index.md");
    let reference = shipped("starter-2026");
    let rows = |edition: &Reference, basis| {
        let weights = edition.editions[0].weights.iter();
        weights.filter(|weight| weight.basis == basis).count()
    };
    let of = |condition| {
        let rows = reference.basket.iter();
        rows.filter(|row| row.condition == condition).count()
    };
    let tables = Basis::ALL
        .map(|basis| format!("| `{}` | {} |", basis.as_str(), rows(&reference, basis)))
        .into_iter()
        .chain(Condition::ALL.map(|held| format!(" | {} |\n", of(held))));
    let severity = shipped("ons-severity");
    let counting = reference.basket.len() - of(Condition::Never);
    let told = [
        format!("{} Home Office codes", reference.basket.len()),
        format!("leads {} retired codes", reference.aliases.len()),
        format!(
            "weighs {} of the basket's {counting} codes",
            severity.editions[0].weights.len()
        ),
        format!("{} rows are `published`", rows(&severity, Basis::Published)),
    ];
    for wanted in tables.chain(told) {
        assert!(guide.contains(&wanted), "{wanted}");
    }
}
