//! Columns and cells that are not what the contract says.

use super::*;

#[test]
fn what_only_begins_like_a_date_is_no_date() {
    let columns = r#"
columns = [
    { name = "id", type = "identifier", required = true },
    { name = "seen_on", type = "date" },
    { name = "seen_at", type = "timestamp" },
    { name = "said_on", type = "date", formats = ["%d/%m/%Y", "%d %b %Y"] },
]
"#;
    let wrong = [
        ("seen_on", "2026-01-4a"),
        ("seen_on", "1026-1-020"),
        ("seen_on", "2026-1-021"),
        ("seen_on", "-026-01-01"),
        ("seen_at", "2026-01-01 10:20:3Z"),
        ("seen_at", "2026-01-01T10:20:3."),
        ("seen_at", "2026-01-01  0:20:30"),
        ("seen_at", "2026-01-01 24:00:00"),
        ("said_on", "epoch"),
        ("said_on", "infinity"),
        ("said_on", "-infinity"),
        ("said_on", "29/02/2026"),
    ];
    let mut text = String::from("id,seen_on,seen_at,said_on\n");
    for (line, (column, value)) in wrong.iter().enumerate() {
        let cell = |name: &str| if name == *column { *value } else { "" };
        let cells = ["seen_on", "seen_at", "said_on"].map(cell).join(",");
        text += &format!("W{line},{cells}\n");
    }
    text += "A,2026-01-04,2026-01-01T10:20:30.5,04/01/2026\n";
    text += "B,2024-02-29 00:00:00,2026-01-01 10:20:30,4 Jan 2026\n";
    let site = night(&contract("", columns), "samples_20261121.csv", text);
    let found: Vec<(String, String, String)> = told(&site)
        .into_iter()
        .map(|[line, column, value, _]| (line, column, value))
        .collect();
    let wanted: Vec<(String, String, String)> = wrong
        .iter()
        .zip(2..)
        .map(|((column, value), line)| (line.to_string(), (*column).into(), (*value).into()))
        .collect();
    assert_eq!(found, wanted);
    assert_eq!(
        held(&site, "seen_on, seen_at, said_on"),
        [
            ["2026-01-04", "2026-01-01 10:20:30.5", "2026-01-04"],
            ["2024-02-29", "2026-01-01 10:20:30", "2026-01-04"]
        ]
    );
}

#[test]
fn names_that_the_contract_does_not_know_lie_with_the_values_and_nowhere_else() {
    let text = "id,Renew at https://x.example,number,place,Aldermoss\nA,,1,x,y\n";
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", text);
    assert_eq!(
        refusal(&site),
        "line 1: the header lacks seen_on; it has 2 columns that the contract does not know \
         (columns 2, 5); was one renamed?"
    );
    let unknown = |at: u32| format!("column {at}, which the contract does not know");
    assert_eq!(
        told(&site),
        [
            ["1", "", "Renew at https://x.example", &unknown(2)],
            ["1", "", "Aldermoss", &unknown(5)],
        ]
    );
    let codes = "select distinct refusal, code from ledger.batches \
                 inner join ledger.rejects using (batch_id)";
    assert_eq!(site.query(codes), [["header", "header"]]);
    site.run("morning-briefing", MORNING).unwrap();
    let page = site.one("select html from ledger.reports");
    let words = "Samples: refused, because its columns are not those of its contract";
    assert!(page.contains(words), "{page}");
    assert!(!page.contains("x.example") && !page.contains("Aldermoss"));
}

#[test]
fn faults_beyond_those_that_are_listed_are_counted() {
    let text = contract("limits = { faults = 3 }", COLUMNS);
    let rows = "A,x,1,p\nB,x,1,p\nC,,1,p\nD\nE,x,y,p\nF,x,1,p\n";
    let site = night(&text, "samples_20261121.csv", csv(rows));
    assert_eq!(held(&site, "id"), [["C"]]);
    assert_eq!(counts(&site), ["6", "1", "5", "0", "0"]);
    let lines: Vec<String> = told(&site).into_iter().map(|[line, ..]| line).collect();
    assert_eq!(lines, ["2", "3", "5"]);
    assert_eq!(note(&site), "only 3 faults are listed");
    // What refuses the file is found behind them.
    let strict = COLUMNS.replace(
        "name = \"number\", type = \"integer\"",
        "name = \"number\", type = \"integer\", otherwise = \"reject_file\"",
    );
    let text = contract("limits = { faults = 1 }", &strict);
    assert_eq!(
        refused(&text, csv(rows)),
        "line 6: number: expected a whole number; its contract then refuses the file"
    );
    // Reading ends where no file of so many rows could have few enough wrong.
    let limits = "limits = { rows = 10 }\nrejects = { refuse_above = 0.2, at_least = 2 }";
    assert_eq!(
        refused(&contract(limits, COLUMNS), csv("A\nB\nC\nD\nE\n")),
        "3 of the first 3 rows are wrong, more than its contract lets pass of 10"
    );
    let many: String = (0..11).map(|n| format!("A{n},,1,x\n")).collect();
    assert_eq!(
        refused(&contract("limits = { rows = 10 }", COLUMNS), csv(&many)),
        "more than 10 rows, its contract's limits.rows"
    );
}

#[test]
fn two_columns_that_say_what_happened_refuse_the_file() {
    let text = "id,op,place,OP,seen_on,number\nA,I,x,D,,1\n";
    assert_eq!(
        refused(&contract("", COLUMNS), text),
        "line 1: columns 2 and 4 both say what happened to a row; expected one"
    );
}

#[test]
fn a_json_object_that_says_something_twice_is_rejected() {
    let lines = [
        r#"{"id": "A", "place": "Camden", "place": "Barnet"}"#,
        r#"{"id": "B", "op": "I", "Op": "D"}"#,
        r#"{"id": "C", "place": "Camden", "beat": 7}"#,
        r#"{"id": "D", "id ": "E"}"#,
        r#"["F"]"#,
        r#"{"id": 12345678901234567890123}"#,
        r#"{"id": "G", "place": ["Camden"]}"#,
    ];
    let site = night(
        &contract("", COLUMNS),
        "samples_20261121.jsonl",
        lines.join("\n"),
    );
    assert_eq!(held(&site, "id, place"), [["C", "Camden"]]);
    let found: Vec<[String; 2]> = told(&site)
        .into_iter()
        .map(|[line, _, _, reason]| [line, reason])
        .collect();
    let wanted = [
        ("1", "two members both are place; expected one"),
        ("2", "two members both are what happened to the row; expected one"),
        ("4", "two members both are id; expected one"),
        ("5", "a list where an object was expected"),
        ("6", "a number that a spreadsheet or a program has reshaped; expected the identifier as it was issued"),
        ("7", "place holds a list or an object; expected one value"),
    ]
    .map(|(line, reason)| [line.to_owned(), reason.to_owned()]);
    assert_eq!(found, wanted);
    says(
        &note(&site),
        &[
            "1 name that the contract does not know, not read",
            "no line end",
        ],
    );
}

#[test]
fn three_hundred_columns_load_and_a_flood_of_them_is_refused() {
    let more: String = (0..300).map(|n| format!(",extra_{n}")).collect();
    let cells: String = (0..300).map(|n| format!(",{n}")).collect();
    let text = format!("id,seen_on,number,place{more}\nA,,1,x{cells}\n");
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", text);
    assert_eq!(held(&site, "id, place"), [["A", "x"]]);
    says(
        &note(&site),
        &[
            "300 columns that the contract does not know (columns 5, 6, 7,",
            "14 and 290 more), not read",
        ],
    );
    let columns: String = (0..300)
        .map(|n| format!("    {{ name = \"extra_{n}\", type = \"integer\" }},\n"))
        .collect();
    let wide = COLUMNS.replace("\n]", &format!("\n{columns}]"));
    let text = format!(
        "id,seen_on,number,place{more}\nA,,1,x{cells}\nB,,1,x{}\n",
        &cells[..cells.len() - 4]
    );
    let site = night(&contract("", &wide), "samples_20261121.csv", text);
    assert_eq!(held(&site, "id, extra_0, extra_299"), [["A", "0", "299"]]);
    let [line, column, _, reason] = told(&site).remove(0);
    assert_eq!(
        (line.as_str(), column.as_str(), reason.as_str()),
        ("3", "", "303 cells where the header has 304")
    );
    let flood = format!("id,seen_on,number,place{}\n", ",x".repeat(1_000_000));
    assert_eq!(
        refused(&contract("", COLUMNS), flood),
        "line 1: 1000004 columns; is this line a header?"
    );
}

#[test]
fn otherwise_warn_empties_the_value_and_a_rejected_row_is_not_warned_of_as_accepted() {
    let columns = COLUMNS.replace(
        "name = \"seen_on\", type = \"date\"",
        "name = \"seen_on\", type = \"date\", otherwise = \"warn\"",
    );
    let rows = "A,2026-02-31,1,x\nB,2026-02-30,one,x\nC,2026-02-28,2,x\n";
    let site = night(&contract("", &columns), "samples_20261121.csv", csv(rows));
    assert_eq!(
        held(&site, "id, seen_on, number"),
        [["A", "", "1"], ["C", "2026-02-28", "2"]]
    );
    assert_eq!(counts(&site), ["3", "2", "1", "0", "1"]);
    let date = "expected a date that exists, YYYY-MM-DD";
    assert_eq!(
        told(&site),
        [
            ["2", "seen_on", "2026-02-31", date],
            ["3", "number", "one", "expected a whole number"],
            ["3", "seen_on", "2026-02-30", date],
        ]
    );
    assert_eq!(
        site.query("select line from ledger.rejects where is_warning order by line"),
        [["2"], ["3"]]
    );
}

#[test]
fn a_column_may_have_any_name_that_a_contract_lets_it_have() {
    // Names that stand in ingest's own statements.
    let names = [
        "own",
        "other",
        "held",
        "judged",
        "said",
        "gone",
        "raw",
        "typed",
        "valued",
        "source",
        "written",
        "settled",
        "later",
        "value",
        "row_key",
        "fault",
        "reason",
        "c0",
        "line_no",
        "select",
        "order",
        "group",
        "table",
        "key",
        "missing",
        "newest",
        "is_warning",
        "batch_id",
        "column_name",
        "past",
        "unlike",
        "sound",
        "scopes",
        "repeated",
        "wrong",
        "dropped",
        "end",
        "file_row_number",
        "filename",
        "count",
        "hash",
        "kind",
        "has_later",
        "is_past",
        "from",
    ];
    for mode in ["delta", "snapshot"] {
        let columns: String = names
            .iter()
            .map(|name| format!("    {{ name = \"{name}\", type = \"integer\" }},\n"))
            .collect();
        let key: Vec<String> = names[..names.len() - 1]
            .iter()
            .map(|n| format!("{n:?}"))
            .collect();
        for key in [r#""id""#.to_owned(), format!("\"id\", {}", key.join(", "))] {
            let wide = contract("", &COLUMNS.replace("\n]", &format!("\n{columns}]")))
                .replace("\"delta\"", &format!("{mode:?}"))
                .replace("[\"id\"]", &format!("[{key}]"));
            let site = site(&wide);
            let header = format!("id,seen_on,number,place,{}\n", names.join(","));
            let row = |id: &str, number: u32| {
                format!("{id},,1,x{}\n", format!(",{number}").repeat(names.len()))
            };
            let first = [row("A", 1), row("B", 1), row("B", 1)].concat();
            let second = [row("A", 2), row("C", 2), row("C", 2)].concat();
            site.land("samples_20261120.csv", format!("{header}{first}"));
            site.land("samples_20261121.csv", format!("{header}{second}"));
            pass(&site);
            let states = site.query(
                "select state, rows_accepted, rows_duplicate from ledger.batches \
                 where source = 'samples' order by batch_id",
            );
            assert_eq!(
                states,
                [["accepted", "2", "1"], ["accepted", "2", "1"]],
                "{mode} {key}"
            );
        }
    }
}

#[test]
fn a_wrong_value_of_any_length_is_kept_short() {
    let long = "x".repeat(3 << 20);
    let rows = format!("A,,{long},x\nB,{long}\nC,,1,{long}\n");
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", csv(&rows));
    assert_eq!(
        held(&site, "id, length(place)"),
        [["C", &long.len().to_string()]]
    );
    let short = format!("{}... ({} bytes)", "x".repeat(500), 3 << 20);
    let found = told(&site);
    assert_eq!(found[0], ["2", "number", &short, "expected a whole number"]);
    assert_eq!(found[1][0], "3");
    says(
        &found[1][2],
        &["B,xxx", &format!("... ({} bytes)", (3 << 20) + 2)],
    );
    assert_eq!(found[1][3], "2 cells where the header has 4");
}

#[test]
fn two_columns_of_one_name_are_refused_unless_the_contract_says_which() {
    let text = "id,place,number,Place ,seen_on\nA,Camden,1,Barnet,\n";
    assert_eq!(
        refused(&contract("", COLUMNS), text),
        "line 1: columns 2 and 4 both are place; \
         expected one, or say which with nth in the contract"
    );
    let second = COLUMNS.replace("name = \"place\",", "name = \"place\", nth = 2,");
    let site = night(&contract("", &second), "samples_20261121.csv", text);
    assert_eq!(held(&site, "place"), [["Barnet"]]);
    assert_eq!(
        note(&site),
        "1 column that the contract does not know (column 2), not read"
    );
    says(
        &refused(
            &contract(
                "",
                &COLUMNS.replace("name = \"place\",", "name = \"place\", nth = 3,"),
            ),
            text,
        ),
        &["line 1: the header lacks place"],
    );
}

#[test]
fn an_identifier_that_became_a_decimal_is_rejected_unless_the_contract_mends_it() {
    let rows = "15646.0,,7.0,x\n1.5E+10,,1,x\n1E+10,,1,x\nA1.0,,1,x\n12.50,,1,x\n007,,1.5,x\n";
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", csv(rows));
    let reshaped = "a number that a spreadsheet or a program has reshaped; \
                    expected the identifier as it was issued";
    let whole = "expected a whole number";
    assert_eq!(held(&site, "id"), [["A1.0"]]);
    assert_eq!(
        told(&site),
        [
            ["2", "id", "15646.0", reshaped],
            ["2", "number", "7.0", whole],
            ["3", "id", "1.5E+10", reshaped],
            ["4", "id", "1E+10", reshaped],
            ["6", "id", "12.50", reshaped],
            ["7", "number", "1.5", whole],
        ]
    );
    let mended = COLUMNS
        .replace(
            "\"identifier\"",
            "\"identifier\", drop_zero_decimals = true",
        )
        .replace("\"integer\"", "\"integer\", drop_zero_decimals = true");
    let site = night(&contract("", &mended), "samples_20261121.csv", csv(rows));
    assert_eq!(held(&site, "id, number"), [["15646", "7"], ["A1.0", "1"]]);
    let lines: Vec<[String; 4]> = told(&site);
    let lines: Vec<&str> = lines.iter().map(|told| told[0].as_str()).collect();
    assert_eq!(lines, ["3", "4", "6", "7"]);
}

#[test]
fn dates_outside_the_years_of_the_contract_are_rejected() {
    let rows = "A,1899-12-31,1,x\nB,1900-01-01,1,x\nC,2027-12-31,1,x\nD,2028-01-01,1,x\n";
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", csv(rows));
    assert_eq!(held(&site, "id"), [["B"], ["C"]]);
    let years = "expected a year from 1900 to 2027 (first_year; the file is of 2026 by its \
                 name or manifest, years_ahead is 1)";
    assert_eq!(
        told(&site),
        [
            ["2", "seen_on", "1899-12-31", years],
            ["5", "seen_on", "2028-01-01", years]
        ]
    );
    let longer = COLUMNS.replace("\"date\"", "\"date\", years_ahead = 2, first_year = 1899");
    let site = night(&contract("", &longer), "samples_20261121.csv", csv(rows));
    assert_eq!(counts(&site), ["4", "4", "0", "0", "0"]);
    let ahead = COLUMNS.replace("\"date\"", "\"date\", years_ahead = 0");
    let site = night(&contract("", &ahead), "samples_20261121.csv", csv(rows));
    assert!(told(&site)[1][3].starts_with("expected a year from 1900 to 2026"));
    assert_eq!(held(&site, "id"), [["B"]]);
}

#[test]
fn date_formats_are_tried_in_their_order() {
    let both = |first: &str, second: &str| {
        COLUMNS.replace(
            "\"date\"",
            &format!("\"date\", formats = [\"{first}\", \"{second}\"]"),
        )
    };
    let rows = "A,03/04/2026,1,x\nB,13/04/2026,1,x\nC,04/13/2026,1,x\nD,2026-04-13,1,x\n";
    let british = contract("", &both("%d/%m/%Y", "%m/%d/%Y"));
    let site = night(&british, "samples_20261121.csv", csv(rows));
    assert_eq!(
        held(&site, "id, seen_on"),
        [
            ["A", "2026-04-03"],
            ["B", "2026-04-13"],
            ["C", "2026-04-13"]
        ]
    );
    let form = "expected a date that exists, as %d/%m/%Y or %m/%d/%Y";
    assert_eq!(told(&site), [["5", "seen_on", "2026-04-13", form]]);
    let american = contract("", &both("%m/%d/%Y", "%d/%m/%Y"));
    let site = night(&american, "samples_20261121.csv", csv(rows));
    assert_eq!(held(&site, "seen_on")[0], ["2026-03-04"]);
}

#[test]
fn values_are_mapped_filled_in_and_taken_from_the_files_name() {
    let columns = r#"
columns = [
    { name = "id", type = "identifier", required = true },
    { name = "sure", type = "boolean", map = { Y = "true", N = "false", U = "" } },
    { name = "sex", type = "text", required = true, default = "U", map = { Female = "F", "-" = "" }, values = ["F", "M", "U"] },
    { name = "force", type = "text", from_name = "force", values = ["kent", "essex"] },
]
"#;
    let text = contract("", columns).replace("samples_{date}", "samples_{force}_{date}");
    let site = site(&text);
    let rows = "id,sure,sex,force\nA,Y,Female,elsewhere\nB,N,-,\nC,U,,\nD,y,M,\nE,,f,\n";
    site.land("samples_kent_20261120.csv", rows);
    site.land("samples_sussex_20261121.csv", "id,sure,sex\nF,,\n");
    pass(&site);
    assert_eq!(
        held(&site, "id, sure, sex, force"),
        [
            ["A", "true", "F", "kent"],
            ["B", "false", "U", "kent"],
            ["C", "", "U", "kent"]
        ]
    );
    assert_eq!(
        told(&site),
        [
            ["5", "sure", "y", "expected true or false"],
            ["6", "sex", "f", "expected one of F, M, U"],
            ["2", "force", "sussex", "expected one of kent, essex"],
        ]
    );
}

#[test]
fn what_happened_to_a_row_may_have_another_name_and_other_codes() {
    let op = "op = { headers = [\"Action\"], map = { a = \"I\", C = \"U\", X = \"D\" } }";
    let site = site(&contract(op, COLUMNS));
    site.land(
        "samples_20261119.csv",
        "Action,id,seen_on,number,place\nA,A,,1,x\nA,B,,1,x\n",
    );
    site.land(
        "samples_20261120.csv",
        "ACTION,id,seen_on,number,place,op\nC,A,,2,y,D\nx,B,,,,\nD,C,,,,\nZ,E,,1,x,\n,F,,1,x,\n",
    );
    pass(&site);
    assert_eq!(held(&site, "id, number"), [["A", "2"], ["F", "1"]]);
    assert_eq!(told(&site), [["5", "op", "Z", "expected I, U or D"]]);
    assert_eq!(
        note(&site),
        "1 column that the contract does not know (column 6), not read"
    );
}
