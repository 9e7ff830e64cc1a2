use super::book::{Book, Number, Text, disputed, sound};
use super::{edition, errors, imports, lay, stewarded};
use crate::support::{STEWARD, Site};

const HEAD: &str = "ho_code,for_title,title,days,basis,source,note";

/// Code and days of each row of an edition.
fn days(text: &str) -> Vec<(String, String)> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let records = reader.records().map(Result::unwrap);
    records
        .filter(|r| r[1].is_empty())
        .map(|r| (r[0].to_owned(), r[3].to_owned()))
        .collect()
}

/// Code, title and days of the rows that weigh one title alone.
fn titled(text: &str) -> Vec<[String; 3]> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let records = reader.records().map(Result::unwrap);
    records
        .filter(|r| !r[1].is_empty())
        .map(|r| [&r[0], &r[1], &r[3]].map(ToOwned::to_owned))
        .collect()
}

fn pair(code: &str, days: &str) -> (String, String) {
    (code.to_owned(), days.to_owned())
}

#[test]
fn a_workbook_of_2026_becomes_an_edition() {
    let mut site = stewarded();
    let file = lay(&site, "cchi.xlsx", Book::of_2026(&sound()).bytes());
    let told = site.told(&[
        "index",
        "import",
        "--by",
        STEWARD,
        &file,
        "--edition",
        "2026",
    ]);
    let text = edition(&site, "cchi-2026").unwrap();
    assert_eq!(
        days(&text),
        [
            pair("001/01", "5475"),
            pair("008/06", "182"),
            pair("086/02", "547.5"),
            pair("088/09", "0.125"),
            pair("105/01", "1"),
        ]
    );
    let hash = site.one("select sha256 from ledger.index_imports");
    assert_eq!(text.lines().next(), Some(HEAD));
    assert_eq!(
        text.lines().nth(2).unwrap(),
        format!(
            "008/06,,ABH,182,published,\"CCHI 2026 workbook {}, row 7, ATHENA URN 4\",a starting point",
            &hash[..12]
        )
    );
    for wanted in [
        "cchi-2026: written (import 1, ",
        "9 rows read: 5 codes, 0 of them with rows that disagreed (refuse); 1 rows without a code, 2 without a score",
        "  row 9: no code\n",
        "  row 10: 008/30 has no score\n",
        "  row 11: 008/65 has no score\n",
        "Not read: sheets Cover page, Expired offences, Offences need clarity",
        "cchi-2026 weighs 5 of the 359 codes of the basket that can count",
        "Nothing has been accepted yet",
        "Lists still rank on starter-2026.",
    ] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
    assert_eq!(
        site.query("select edition, kind, file_name, policy, rows_read, rows_without_code, rows_without_score, codes, conflicts_solved, imported_by, found_sha256 from ledger.index_imports"),
        [["cchi-2026", "cchi", "cchi.xlsx", "refuse", "9", "1", "2", "5", "0", STEWARD, ""]]
    );
    // The bytes themselves are kept, and the text that came of them.
    assert_eq!(
        site.one("select sha256(bytes) = sha256 from ledger.index_imports"),
        "true"
    );
    assert_eq!(
        site.one("select text from ledger.texts inner join ledger.index_imports on csv_sha256 = texts.sha256"),
        text
    );
}

#[test]
fn a_workbook_of_2021_has_the_same_layout_under_another_name() {
    let mut site = stewarded();
    let mut book = Book::of_2026(&sound());
    book.sheet = "CCHI 2021 values sheet";
    book.header = 0;
    let file = lay(&site, "2021.xlsx", book.bytes());
    site.told(&[
        "index",
        "import",
        "--by",
        STEWARD,
        &file,
        "--edition",
        "2021",
    ]);
    assert_eq!(days(&edition(&site, "cchi-2021").unwrap()).len(), 5);
    assert_eq!(edition(&site, "cchi-2026"), None);
}

#[test]
fn rows_that_contradict_themselves_are_rejected_and_the_rest_is_imported() {
    let mut site = stewarded();
    // The layout of 2020 holds more columns, and two such rows.
    let (slips, sound) = (
        [
            (
                "A slip",
                Number(3.0),
                Text("802/00"),
                Number(802.0),
                Number(1.0),
            ),
            (
                "Another",
                Number(4.0),
                Text("111/25"),
                Number(11.0),
                Number(25.0),
            ),
        ],
        sound(),
    );
    let mut book = Book::of_2020(&[&sound[..2], &slips, &sound[2..]].concat());
    book.rows[0][6] = Text("Medium level community order");
    let file = lay(&site, "2020.xlsx", book.bytes());
    let told = site.told(&[
        "index",
        "import",
        "--by",
        STEWARD,
        &file,
        "--edition",
        "2020",
    ]);
    for wanted in [
        "11 rows read: 5 codes",
        "2 rows rejected: their cells contradict each other:\n",
        "  row 4: N4 is \"802/00\", which is another code than O4 802 and P4 1 (HO_CODE and HO_SUB_CODE) say\n",
        "  row 5: N5 is \"111/25\", which is another code than O5 11 and P5 25 (HO_CODE and HO_SUB_CODE) say\n",
        "1 scores stand that their own starting points contradict",
        "  row 2: 001/01 has 5475 days, and its starting point \"Medium level community order\" is 10 days\n",
    ] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
    let text = edition(&site, "cchi-2020").unwrap();
    assert!(
        text.contains("Medium level community order; sentencing data of the offence itself: Yes")
    );
    let found = days(&text);
    assert_eq!(found.len(), 5);
    assert!(found.contains(&pair("001/01", "5475")), "{found:?}");
    assert!(
        !found
            .iter()
            .any(|(code, _)| code == "802/00" || code == "111/25")
    );
}

#[test]
fn every_conflict_is_told_and_the_force_decides() {
    let mut site = stewarded();
    let file = lay(&site, "cchi.xlsx", Book::of_2026(&disputed()).bytes());
    let import = [
        "index",
        "import",
        "--by",
        STEWARD,
        file.as_str(),
        "--edition",
        "2026",
    ];
    let refused = site.command(&import);
    assert_eq!(refused.status.code(), Some(1));
    let told = errors(&refused);
    for wanted in [
        "003/01 has 2 scores:\n    182 in row 17: Threat to kill\n    365 in row 18: Threat to murder",
        "019/08 has 3 scores:\n    2555 in row 13: Rape of a woman\n    4745 in row 14: Rape of a woman in a campaign\n    1825 in row 15: Attempted rape of a woman\n    1825 in row 16: Rape of a spouse",
        "2 codes have rows that disagree. Decide with --conflicts",
    ] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
    assert_eq!(
        (edition(&site, "cchi-2026"), imports(&site)),
        (None, "0".to_owned())
    );

    for (policy, rape, threat) in [("highest", "4745", "365"), ("lowest", "1825", "182")] {
        let arguments = [&import[..], &["--conflicts", policy, "--replace"]].concat();
        let told = site.told(&arguments);
        assert!(
            told.contains(&format!(
                "7 codes, 2 of them with rows that disagreed ({policy})"
            )),
            "{told}"
        );
        let found = days(&edition(&site, "cchi-2026").unwrap());
        assert!(found.contains(&pair("019/08", rape)), "{found:?}");
        assert!(found.contains(&pair("003/01", threat)), "{found:?}");
    }
    let text = edition(&site, "cchi-2026").unwrap();
    // The lowest stands for the code, and what weighs otherwise for its title.
    assert_eq!(
        titled(&text),
        [
            ["003/01", "Threat to murder", "365"],
            ["019/08", "Rape of a woman", "2555"],
            ["019/08", "Rape of a woman in a campaign", "4745"],
        ]
    );
    assert!(text.contains("row 15, ATHENA URN 12\",\"a starting point; lowest of several scores; the others: 2555, 4745\""), "{text}");
}

#[test]
fn a_title_names_the_row_that_stands_for_a_code() {
    let mut site = stewarded();
    let file = lay(&site, "cchi.xlsx", Book::of_2026(&disputed()).bytes());
    let by_title = |site: &mut Site, titles: &str| {
        let titles = lay(site, "titles.csv", titles);
        site.command(&[
            "index",
            "import",
            "--by",
            STEWARD,
            &file,
            "--edition",
            "2026",
            "--conflicts",
            "by-title",
            "--titles",
            &titles,
        ])
    };
    for (titles, wanted) in [
        (
            "ho_code,title\n019/08,Rape of a woman\n",
            "003/01 has 2 scores, and the titles name none of its rows",
        ),
        (
            "ho_code,title\n019/08,Arson\n003/01,Threat to kill\n",
            "019/08 has 3 scores, and none of its rows has the title \"Arson\"",
        ),
        (
            "ho_code,title\n19/8,Arson\n",
            "titles.csv:2:1: 19/8,Arson\n    ho_code is wrong",
        ),
        (
            "ho_code,title\n019/08,A\n019/08,B\n",
            "titles.csv:3:1: 019/08,B\n    ho_code is 019/08, which stands on line 2 already",
        ),
        (
            "code,title\n",
            "\"code\" is no column of this table; expected ho_code, title",
        ),
    ] {
        let refused = by_title(&mut site, titles);
        assert!(!refused.status.success());
        assert!(
            errors(&refused).contains(wanted),
            "{titles}: {}",
            errors(&refused)
        );
        assert_eq!(
            (edition(&site, "cchi-2026"), imports(&site)),
            (None, "0".to_owned())
        );
    }
    // As a spreadsheet saves it: with a mark before the first byte.
    let done = by_title(
        &mut site,
        "\u{feff}ho_code,title\r\n019/08,rape of a  WOMAN\r\n003/01,Threat to murder\r\n001/01,Murder\r\n",
    );
    assert!(done.status.success(), "{}", errors(&done));
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(
        told.contains("Titles that no conflict asked for: 001/01"),
        "{told}"
    );
    let found = days(&edition(&site, "cchi-2026").unwrap());
    assert!(found.contains(&pair("019/08", "2555")) && found.contains(&pair("003/01", "365")));
    assert!(
        site.one("select titles from ledger.index_imports")
            .contains("WOMAN")
    );
}

#[test]
fn the_same_import_again_changes_nothing_and_a_different_one_needs_leave() {
    let mut site = stewarded();
    let file = lay(&site, "cchi.xlsx", Book::of_2026(&sound()).bytes());
    let import = [
        "index",
        "import",
        "--by",
        STEWARD,
        file.as_str(),
        "--edition",
        "2026",
    ];
    site.told(&import);
    let first = edition(&site, "cchi-2026");
    let told = site.told(&import);
    assert!(
        told.contains("cchi-2026: imported before, nothing was changed (import 1, "),
        "{told}"
    );
    assert_eq!(
        (edition(&site, "cchi-2026"), imports(&site)),
        (first.clone(), "1".to_owned())
    );

    let mut rows = sound();
    rows[0].1 = super::book::Number(7300.0);
    rows.remove(8);
    rows.push((
        "Threats",
        super::book::Number(84.0),
        super::book::Text("003/01"),
        super::book::Empty,
        super::book::Empty,
    ));
    lay(&site, "cchi.xlsx", Book::of_2026(&rows).bytes());
    let refused = site.command(&import);
    let told = errors(&refused);
    for wanted in [
        "jobs/harm-list/index/cchi-2026.csv is there already and differs (1 added, 1 removed, 1 changed, 3 the same): not imported",
        "001/01 5475 -> 7300 (+33.3%): Murder",
        "088/09 gone, was 0.125: Exposure",
        "003/01 new, 84: Threats",
        "Add --replace",
    ] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
    assert_eq!(
        (edition(&site, "cchi-2026"), imports(&site)),
        (first, "1".to_owned())
    );
    site.set_list(&[("edition", "\"cchi-2026\"")]);
    let told = site.told(&[&import[..], &["--replace"]].concat());
    assert!(told.contains("cchi-2026: replaced (import 2, "), "{told}");
    assert!(
        told.contains("1 added, 1 removed, 1 changed, 3 the same"),
        "{told}"
    );
    assert!(
        edition(&site, "cchi-2026")
            .unwrap()
            .contains("001/01,,Murder,7300,")
    );
}

#[test]
fn an_import_that_was_ended_before_its_file_is_finished_by_the_next() {
    let mut site = stewarded();
    let path = site.dir.join("jobs/harm-list/index/cchi-2026.csv");
    let file = lay(&site, "cchi.xlsx", Book::of_2026(&disputed()).bytes());
    let import = |policy: &'static str| {
        [
            "index",
            "import",
            "--by",
            STEWARD,
            file.as_str(),
            "--edition",
            "2026",
            "--conflicts",
            policy,
            "--replace",
        ]
    };
    let other = lay(
        &site,
        "x.csv",
        format!("{HEAD}\n001/01,,Murder,10,guideline,a book,\n"),
    );
    let import_other = [
        "index",
        "import",
        "--by",
        STEWARD,
        other.as_str(),
        "--edition",
        "other",
    ];
    site.told(&import("lowest"));
    let lowest = edition(&site, "cchi-2026").unwrap();

    // The ledger has the row, the folder not yet the file.
    std::fs::remove_file(&path).unwrap();
    let told = site.told(&import("lowest"));
    assert!(
        told.contains(
            "cchi-2026: an earlier import was ended before its file was written; it is written now"
        ),
        "{told}"
    );
    assert_eq!(
        (edition(&site, "cchi-2026"), imports(&site)),
        (Some(lowest.clone()), "1".to_owned())
    );

    // The same for one that was to replace another; any import finishes it.
    site.told(&import("highest"));
    let highest = edition(&site, "cchi-2026").unwrap();
    assert_ne!(highest, lowest);
    std::fs::write(&path, &lowest).unwrap();
    let told = site.told(&import_other);
    assert!(
        told.contains("cchi-2026: an earlier import was ended"),
        "{told}"
    );
    assert_eq!(edition(&site, "cchi-2026"), Some(highest));

    // A file that somebody changed is no unfinished import.
    let changed = format!("{HEAD}\n001/01,,Murder,10,guideline,by hand,\n");
    std::fs::write(&path, &changed).unwrap();
    site.told(&[
        "index",
        "import",
        "--by",
        STEWARD,
        &other,
        "--edition",
        "third",
    ]);
    assert_eq!(edition(&site, "cchi-2026"), Some(changed));
    let leftovers = std::fs::read_dir(path.parent().unwrap()).unwrap();
    let is_part = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().contains("part");
    assert_eq!(leftovers.map(Result::unwrap).filter(is_part).count(), 0);
}

#[test]
fn any_other_index_comes_as_a_table() {
    let mut site = stewarded();
    let rows = "105/01,\"Assault, common\",1.500,guideline,a book,\n001/01,Murder,5475,published,another,with a note\n";
    // A table needs no column for titles.
    let head = HEAD.replace("for_title,", "");
    let file = lay(&site, "ours.csv", format!("{head}\n{rows}"));
    let told = site.told(&[
        "index",
        "import",
        "--by",
        STEWARD,
        &file,
        "--edition",
        "ours",
    ]);
    assert!(told.contains("2 rows read: 2 codes"), "{told}");
    assert_eq!(
        edition(&site, "ours").unwrap(),
        format!(
            "{HEAD}\n001/01,,Murder,5475,published,another,with a note\n105/01,,\"Assault, common\",1.5,guideline,a book,\n"
        )
    );
    let shown = super::json(&mut site, &["index", "show", "ours", "--json"]);
    assert_eq!(
        shown[0]["bases"],
        serde_json::json!({"published": 1, "guideline": 1})
    );
    assert_eq!(shown[0]["imports"][0]["kind"], "table");
    assert_eq!(shown[0]["rows"], 2);
    // A deployment can rank on it.
    let job = site.dir.join("jobs/harm-list/job.toml");
    let text = std::fs::read_to_string(&job).unwrap();
    std::fs::write(
        &job,
        text.replace("edition = \"starter-2026\"", "edition = \"ours\""),
    )
    .unwrap();
    site.told(&["check"]);
    let shown = super::json(&mut site, &["index", "show", "--json"]);
    let used: Vec<&str> = shown
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["used"].as_str().unwrap_or(""))
        .collect();
    assert_eq!(used, ["compared", "ranks", ""]);
}
