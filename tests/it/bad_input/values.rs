//! Words for no value, identifiers that only look right, rows of another part of
//! the whole, values that nobody has named.

use super::*;
use crate::support::rows::NOMINALS;
use crate::support::rows::nominal;

#[test]
fn a_word_for_no_value_is_never_a_person_or_a_place() {
    let words = [
        "NULL", "null", "Null", "(null)", "<NULL>", "None", "NONE", "nan", "NaN", "NaT", "N/A",
        "#N/A", "\\N", "<NA>", "#REF!", "-", "--", "?", "0", "000", ".",
    ];
    let mut text = String::from("id,seen_on,number,place\n");
    for word in words {
        text += &format!("{word},,,x\n");
    }
    text +=
        "A,NULL,#N/A,None\nB,nan,\\N,\\N\nC,N/a,none,null\nD,2026-11-20,0,-\nNULLS,,,Nullarbor\n";
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", text);
    let rejects = told(&site);
    assert_eq!(rejects.len(), words.len());
    for ([line, column, value, reason], (word, at)) in rejects.iter().zip(words.iter().zip(2..)) {
        assert_eq!(
            (line, column.as_str(), value.as_str()),
            (&at.to_string(), "id", *word)
        );
        assert_eq!(reason, "empty, but it is part of the key");
    }
    assert_eq!(
        held(&site, "id, seen_on, number, place"),
        [
            ["A", "", "", ""],
            ["B", "", "", ""],
            ["C", "", "", ""],
            ["D", "2026-11-20", "0", "-"],
            ["NULLS", "", "", "Nullarbor"],
        ]
    );
}

#[test]
fn a_contract_says_its_own_words_for_no_value() {
    let columns = r#"
columns = [
    { name = "id", type = "identifier", required = true },
    { name = "place", type = "text", required = true },
    { name = "state", type = "text", values = ["unknown", "open"] },
    { name = "count", type = "integer", default = "7" },
]
"#;
    let text = "id,place,state,count\nA,unknown,unknown,unknown\nB,Camden,NULL,3\nUnknown,x,open,1\nC,NULL,open,UNKNOWN\n";
    let site = night(
        &contract("no_value = [\"unknown\"]", columns),
        "samples_20261121.csv",
        text,
    );
    let rejected: Vec<String> = told(&site)
        .into_iter()
        .map(|row| row[..3].join(" "))
        .collect();
    assert_eq!(
        rejected,
        ["2 place unknown", "3 state NULL", "4 id Unknown"]
    );
    assert_eq!(
        held(&site, "id, place, state, count"),
        [["C", "NULL", "open", "7"]]
    );
    let site = night(
        &contract("no_value = []", COLUMNS),
        "samples_20261121.csv",
        csv("NULL,,,NULL\n"),
    );
    assert_eq!(held(&site, "id, place"), [["NULL", "NULL"]]);
}

#[test]
fn words_for_no_value_are_none_in_json_and_parquet_either() {
    let lines = "{\"id\":\"NULL\",\"seen_on\":null,\"number\":1,\"place\":\"x\"}\n\
                 {\"id\":\"A\",\"seen_on\":\"NaT\",\"number\":\"nan\",\"place\":\"None\"}\n";
    let site = night(&contract("", COLUMNS), "samples_20261121.jsonl", lines);
    assert_eq!(
        held(&site, "id, seen_on, number, place"),
        [["A", "", "", ""]]
    );
    let site = super::site(&contract("", COLUMNS));
    let path = site.landing().join("samples_20261121.parquet");
    site.store
        .connection()
        .execute_batch(&format!(
            "copy (select * from (values ('NULL', null::date, 1, 'x'), ('A', null, 2, 'nan')) \
             as t (id, seen_on, number, place)) to '{}' (format parquet)",
            path.display()
        ))
        .unwrap();
    pass(&site);
    assert_eq!(held(&site, "id, place"), [["A", ""]]);
    assert_eq!(told(&site)[0][..3], ["1", "id", "NULL"]);
}

#[test]
fn an_identifier_that_only_looks_right_is_rejected_and_can_be_told_apart() {
    let wrong = [
        ("S1\u{200b}", "not seen"),
        ("\u{feff}S1", "not seen"),
        ("S\u{ad}1", "not seen"),
        ("S1\u{2060}", "not seen"),
        ("\u{202e}S1", "not seen"),
        ("S1\u{fe0f}", "not seen"),
        ("S\u{3000}1", "not seen"),
        ("S\u{a0}1", "not seen"),
        ("S1\u{3164}", "not seen"),
        ("S1\u{e0041}", "not seen"),
        ("S\t1", "not seen"),
        ("=\"\"00123\"\"", "formula mark"),
        ("'00125", "formula mark"),
        ("00126'", "formula mark"),
        ("\u{2018}S1\u{2019}", "formula mark"),
        ("@S1", "formula mark"),
        ("+S1", "formula mark"),
        ("`S1`", "formula mark"),
        ("9.78E+12", "reshaped"),
        ("9,78E+12", "reshaped"),
        ("9,78e12", "reshaped"),
        ("9E+12", "reshaped"),
        ("15646.0", "reshaped"),
        ("15646,0", "reshaped"),
    ];
    let sound = [
        "S1",
        "O'Neill/1",
        "CR 12-34/26",
        "00123",
        "12.34.56",
        "É1",
        "a1",
        "1E5",
    ];
    let mut text = String::from("id,seen_on,number,place\n");
    for (id, _) in wrong {
        text += &format!("\"{id}\",,,x\n");
    }
    for id in sound {
        text += &format!("{id},,,x\n");
    }
    let mut site = night(&contract("", COLUMNS), "samples_20261121.csv", text);
    let found = told(&site);
    assert_eq!(found.len(), wrong.len(), "{found:?}");
    for ([_, column, _, reason], (id, word)) in found.iter().zip(wrong) {
        assert!(column == "id" && reason.contains(word), "{id:?}: {reason}");
    }
    assert_eq!(held(&site, "id").len(), sound.len());
    let printed = site.told(&["ingest", "rejects", "--format", "csv"]);
    for shown in [
        "S1\\u{200b}",
        "\\u{feff}S1",
        "S\\u{ad}1",
        "S1\\u{e0041}",
        "S1\\u{fe0f}",
    ] {
        assert!(printed.contains(shown), "{shown} is not in {printed}");
    }
}

#[test]
fn a_value_that_looks_right_is_told_for_the_letter_that_is_not_seen() {
    let columns = r#"
columns = [
    { name = "id", type = "identifier", required = true },
    { name = "on", type = "date" },
    { name = "at", type = "timestamp", formats = ["%d/%m/%Y %H:%M"] },
    { name = "number", type = "integer" },
    { name = "share", type = "decimal" },
    { name = "is_so", type = "boolean" },
    { name = "code", type = "ho_code" },
]
"#;
    let text = "id,on,at,number,share,is_so,code\n\
                A,\u{200e}2026-11-20,,,,,\nB,,20/11/2026\u{200b} 10:00,,,,\nC,,,\u{feff}5,,,\n\
                D,,,,5\u{ad},,\nE,,,,,true\u{2060},\nF,,,,,,019/08\u{200d}\n";
    let site = night(&contract("", columns), "samples_20261121.csv", text);
    let found = told(&site);
    assert_eq!(found.len(), 6, "{found:?}");
    let codes = "select distinct code from ledger.rejects";
    assert_eq!(site.query(codes), [["unseen"]]);
    for [_, _, _, reason] in found {
        says(&reason, &["a letter that is not seen", "expected"]);
    }
}

#[test]
fn nobody_is_merged_into_a_record_that_is_not_held() {
    let site = Site::new();
    let rows = [
        nominal("S1", "M", &[("merged_into", "NULL")]),
        nominal("S2", "M", &[("merged_into", "NULL")]),
        nominal("S3", "M", &[("merged_into", "Z9")]),
        nominal("S4", "M", &[("merged_into", "Z9")]),
        nominal("S5", "M", &[("merged_into", "S3")]),
        nominal("S6", "M", &[("merged_into", "0")]),
    ];
    site.land("nominals_20261121.csv", file(NOMINALS, &rows));
    let parties: Vec<String> = (1..=6)
        .map(|n| party(&format!("C{n}"), &format!("S{n}"), "suspect"))
        .collect();
    site.land("parties_20261121.csv", file(PARTIES, &parties));
    let story = site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.query("select person_id, identities from core.people order by 1"),
        [
            ["S1", "[S1]"],
            ["S2", "[S2]"],
            ["S3", "[S3, S5]"],
            ["S4", "[S4]"],
            ["S6", "[S6]"]
        ]
    );
    let told = story.details.join("\n");
    assert!(
        told.contains("A merged record leads to a record that is held” does not hold for 2 rows"),
        "{told}"
    );
    // Once the record comes, the merge is carried out.
    site.land(
        "nominals_20261122.csv",
        file(NOMINALS, &[nominal("Z9", "M", &[])]),
    );
    site.run("nightly-ingest", "2026-11-22").unwrap();
    assert_eq!(
        site.query("select person_id, identities from core.people order by 1"),
        [
            ["S1", "[S1]"],
            ["S2", "[S2]"],
            ["S6", "[S6]"],
            ["Z9", "[S3, S4, S5, Z9]"]
        ]
    );
}

#[test]
fn a_death_that_cannot_be_takes_nobody_off_the_list() {
    let site = Site::new();
    let rows = [
        nominal("S1", "M", &[("deceased_on", "1900-01-01")]),
        nominal("S2", "M", &[("deceased_on", "1985-06-14")]),
        nominal("S3", "M", &[("deceased_on", "1999-01-01")]),
        nominal("S4", "M", &[("deceased_on", "2026-10-01")]),
        nominal(
            "S5",
            "M",
            &[("deceased_on", "1900-01-01"), ("date_of_birth", "")],
        ),
        nominal("S6", "M", &[("date_of_birth", "1900-01-01")]),
        nominal(
            "S7",
            "M",
            &[("merged_into", "S8"), ("deceased_on", "1900-01-01")],
        ),
        nominal("S8", "M", &[]),
        nominal("V", "F", &[]),
    ];
    site.land("nominals_20261121.csv", file(NOMINALS, &rows));
    let crimes: Vec<String> = (1..=8)
        .map(|n| {
            crime(
                &format!("C{n}"),
                "019/08",
                "2026-06-01",
                &[("domestic_abuse", "true")],
            )
        })
        .collect();
    site.land("crimes_20261121.csv", file(CRIMES, &crimes));
    let named = |n| {
        let crime = format!("C{n}");
        [
            party(&crime, &format!("S{n}"), "suspect"),
            party(&crime, "V", "victim"),
        ]
    };
    let parties: Vec<String> = (1..=8).flat_map(named).collect();
    site.land("parties_20261121.csv", file(PARTIES, &parties));
    let story = site.run("nightly-ingest", MORNING).unwrap();
    let told = story.details.join("\n");
    for words in [
        "A death comes after the birth, and not a year before an alleged offence” does not hold for 5 rows",
        "at more than 110 years of age” does not hold for 1 row",
    ] {
        assert!(told.contains(words), "{told}");
    }
    assert_eq!(
        site.query("select person_id, deceased_on from core.people where deceased_on is not null"),
        [["S4", "2026-10-01"]]
    );
    site.run("harm-list", MORNING).unwrap();
    assert_eq!(
        site.query("select standing, count(*) from ledger.list_entries group by 1 order by 1"),
        [["deceased", "1"], ["ranked", "6"]]
    );
}

#[test]
fn a_label_that_nobody_has_named_is_left_out_and_told() {
    let site = Site::new();
    let crimes = [
        crime(
            "C1",
            "019/08",
            "2026-06-01",
            &[("borough", "Aldermoss of 5 Lane")],
        ),
        crime("C2", "019/08", "2026-06-01", &[("borough", "Hackney")]),
    ];
    site.land("crimes_20261121.csv", file(CRIMES, &crimes));
    let story = site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.query("select crime_ref, borough from core.crimes order by 1"),
        [["C1", ""], ["C2", "Hackney"]]
    );
    let told = story.details.join("\n");
    assert!(
        told.contains("crimes_20261121.csv: 1 row was accepted without a wrong value"),
        "{told}"
    );
    assert!(!told.contains("Aldermoss"), "{told}");
    assert_eq!(
        site.query("select column_name, value, reason from ledger.rejects where is_warning"),
        [[
            "borough",
            "Aldermoss of 5 Lane",
            "expected one of the 36 of boroughs.csv"
        ]]
    );
    // What a deployment names is printed.
    let path = site.dir.join("jobs/nightly-ingest/values/boroughs.csv");
    let text = std::fs::read_to_string(&path).unwrap() + "Aldermoss of 5 Lane\n";
    std::fs::write(&path, text).unwrap();
    let site = reloaded(site);
    site.land("crimes_20261122.csv", file(CRIMES, &crimes));
    site.run("nightly-ingest", "2026-11-22").unwrap();
    assert_eq!(
        site.query("select borough from core.crimes order by 1"),
        [["Aldermoss of 5 Lane"], ["Hackney"]]
    );
}

#[test]
fn an_identifier_with_any_control_or_lost_letter_is_not_accepted() {
    let unseen = (1..32_u8).chain([127]).filter(|c| !b"\n\r".contains(c));
    let mut text = String::from("id,seen_on,number,place\n");
    let mut wanted = 0;
    for letter in unseen {
        text += &format!("A{}B,,,x\n", char::from(letter));
        wanted += 1;
    }
    text += "A\u{fffd}B,,,x\n\"1,234,567\",,,x\n2026-11-21 (BC),,,x\nC,2026-11-21 (BC),,x\nD,,,x\n";
    let site = night(
        &contract("line_breaks = true", COLUMNS),
        "samples_20261121.csv",
        text,
    );
    let rejects = told(&site);
    let (controls, others) = rejects.split_at(wanted);
    for [line, column, _, reason] in controls {
        let is_told = reason.contains("a letter that is not seen");
        assert!(column == "id" && is_told, "{line}: {reason}");
    }
    let others: Vec<(&str, &str)> = others
        .iter()
        .map(|[_, column, _, reason]| (column.as_str(), reason.split_once(';').map_or("", |r| r.0)))
        .collect();
    let reshaped = "a number that a spreadsheet or a program has reshaped";
    assert_eq!(
        others,
        [
            (
                "id",
                "a letter that was lost on the way, and stands as U+FFFD"
            ),
            ("id", reshaped),
            ("seen_on", ""),
        ]
    );
    assert_eq!(held(&site, "id"), [["2026-11-21 (BC)"], ["D"]]);
}

#[test]
fn a_number_of_json_keeps_every_digit() {
    let columns = r#"
columns = [
    { name = "id", type = "identifier", required = true },
    { name = "amount", type = "decimal" },
    { name = "place", type = "text" },
]
"#;
    let lines = "{\"id\":18446744073709551615,\"amount\":99999999999.999999,\"place\":1.50}\n\
                 {\"id\":\"B\",\"amount\":123456789012.123456,\"place\":true}\n\
                 {\"id\":1e5}\n{\"id\":18446744073709551616}\n{\"id\":1.0}\n{\"id\":true}\n{\"id\":\"true\"}\n";
    let site = night(&contract("", columns), "samples_20261121.jsonl", lines);
    assert_eq!(
        held(&site, "id, amount, place"),
        [
            ["18446744073709551615", "99999999999.999999", "1.50"],
            ["B", "123456789012.123456", "true"],
            ["true", "", ""],
        ]
    );
    let rejected: Vec<String> = told(&site).into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(rejected, ["3", "4", "5", "6"]);
}

#[test]
fn a_part_of_the_whole_that_a_row_does_not_name_is_not_accepted() {
    let columns = r#"
columns = [
    { name = "id", type = "identifier", required = true },
    { name = "month", type = "text", as_in_name = "month" },
]
"#;
    let snapshot = contract("scope = [\"month\"]", columns)
        .replace("\"delta\"", "\"snapshot\"")
        .replace("{date}", "{month}");
    let site = night(
        &snapshot,
        "samples_2026-10.csv",
        "id,month\nA,2026-10\nC,\n",
    );
    let rejects = told(&site);
    assert_eq!(rejects.len(), 2);
    assert!(rejects.iter().all(|row| row[..2] == ["3", "month"]));
    assert_eq!(held(&site, "id"), [["A"]]);
    let unnamed = snapshot.replace(", as_in_name = \"month\"", "");
    let site = night(&unnamed, "samples_2026-10.csv", "id,month\nA,2026-10\nC,\n");
    let rejects = told(&site);
    assert_eq!(rejects.len(), 1);
    assert_eq!(rejects[0][..2], ["3", "month"]);
    assert!(rejects[0][3].contains("which part of the whole"));
}
